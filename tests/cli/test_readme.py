"""The README tells the truth: its commands run, its method works."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from projection import registry
from projection.cli import app
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.registry import Entry
from projection.settings import settings
from projection.types import Entity, Sentence, Span

README = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^python -m projection (.+)$", README, re.MULTILINE)
MODEL_COMMANDS = ("align", "train-generator", "train-recognizer")
STAND_INS = {
    "project": "--recognizer rules --translator dictionary --aligner diagonal --method heuristic",
    "label": "--recognizer rules",
}
ENGLISH = "Angela Merkel lives in Berlin .\nMaria met John in London .\n"
GERMAN = "Angela Merkel wohnt in Berlin .\nMaria traf John in London .\n"
PORTUGUESE = "Angela Merkel habita em Berlin .\n"
LABELS = (
    "Angela B-PER\nMerkel I-PER\n{} O\nin O\nBerlin B-LOC\n. O\n\n"
    "Maria B-PER\n{} O\nJohn B-PER\nin O\nLondon B-LOC\n. O\n\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The files the examples speak of."""
    monkeypatch.chdir(tmp_path)
    files = {
        "news.en.txt": ENGLISH, "train.en.txt": ENGLISH, "train.de.txt": GERMAN, "test.pt.txt": PORTUGUESE,
        "train.en.conll": LABELS.format("lives", "met"), "gold.de.conll": LABELS.format("wohnt", "traf"),
        "train.de.conll": LABELS.format("wohnt", "traf"), "corrected.sw.conll": LABELS.format("wohnt", "traf") * 3,
        "other.de.conll": LABELS.format("wohnt", "traf"), "links.pharaoh": "0-0 1-1\n", "gold.pharaoh": "1-1 2-2\n",
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROJECTION_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def store(folder):
    """A store with the project of the examples."""
    words = ["Maria", "traf", "John", "."]
    task = Task(Sentence.from_words(words, "en", [Entity(Span(0, 1), "PER")]), Sentence.from_words(words, "de"), True)
    setup = Setup("en", "de", aligner="diagonal", methods=("heuristic",))
    Store(settings().database).create_project("Demo", setup, [task])


def test_the_readme_shows_every_command():
    assert {command.split()[0] for command in COMMANDS} == {
        "project", "label", "align", "convert", "evaluate", "aer", "methods", "models", "train-generator",
        "train-recognizer", "export", "backup", "restore",
    }  # fmt: skip


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.split()[0] not in MODEL_COMMANDS])
def test_commands_run(folder, store, command):
    """With stand-ins in place of models."""
    if command.startswith("restore"):
        assert CliRunner().invoke(app, shlex.split(command.replace("restore", "backup"))).exit_code == 0
    arguments = shlex.split(f"{command} {STAND_INS.get(command.split()[0], '')}")
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    outputs = [
        arguments[place + 1]
        for place, word in enumerate(arguments)
        if word in ("--output", "--links", "--report", "--html")
    ]
    assert all((folder / name).stat().st_size for name in outputs)
    if command.startswith("evaluate"):
        as_table = "--markdown" in command
        assert re.search(
            r"\| \*\*1\.000\*\* \| \*\*1\.000\*\* \|" if as_table else r"all +1\.0000 +1\.0000 +1\.0000", result.stdout
        )


@pytest.mark.model
def test_align_runs(folder):
    (command,) = [command for command in COMMANDS if command.startswith("align")]
    assert CliRunner().invoke(app, shlex.split(command)).exit_code == 0
    assert (folder / "train.pharaoh").read_text().startswith("0-0 1-1 2-2")


@pytest.mark.model
def test_a_generator_is_trained(folder, tmp_path):
    """From a tiny mT5 of random weights instead of google/mt5-small."""
    from tests.models.tiny_filler import base

    (command,) = [command for command in COMMANDS if command.startswith("train-generator")]
    model = base(tmp_path / "tiny")
    result = CliRunner().invoke(app, shlex.split(f"{command} --model {model} --epochs 1 --beams 2"))
    assert result.exit_code == 0, result.stderr
    assert (folder / "generator" / "model.safetensors").stat().st_size


@pytest.mark.model
def test_a_recognizer_is_trained(folder):
    (command,) = [command for command in COMMANDS if command.startswith("train-recognizer")]
    result = CliRunner().invoke(app, shlex.split(f"{command} --epochs 1"))
    assert result.exit_code == 0, result.stderr
    assert (folder / "my-recognizer" / "adapter.safetensors").stat().st_size
    used = "label news.en.txt --language sw --recognizer my-recognizer --output out.conll"
    assert CliRunner().invoke(app, shlex.split(used)).exit_code == 0
    assert (folder / "out.conll").read_text().startswith("Angela")


def test_the_method_of_the_readme_works_with_one_line_in_the_registry(folder, monkeypatch):
    (code,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    (line,) = re.findall(r"^ +(Entry\(.+\)),$", README, re.MULTILINE)
    module = ModuleType("projection.projectors.same_text")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(code, "README.md", "exec"), vars(module))
    monkeypatch.setattr(registry, "ENTRIES", (*registry.ENTRIES, eval(line, {"Entry": Entry})))
    registry._all_entries.cache_clear()
    try:
        arguments = (
            "project news.en.txt --target train.de.txt --source-language en --target-language de --recognizer rules "
            "--aligner diagonal --method same-text --output out.conll"
        )
        result = CliRunner().invoke(app, shlex.split(arguments))
        assert result.exit_code == 0, result.stderr
        listed = CliRunner().invoke(app, ["methods"]).stdout
    finally:
        monkeypatch.undo()
        registry._all_entries.cache_clear()
    assert (folder / "out.conll").read_text() == LABELS.format("wohnt", "traf").replace(" ", "\t")
    assert "same-text: Names that stay." in listed


def test_licences_and_names_are_those_of_the_registry():
    rows = {
        (role, name): licence
        for role, name, licence in re.findall(
            r"^\| (translator|recognizer|encoder) \| `([\w-]+)`[^|]*\|[^|]+\| ([^|]+?) \|", README, re.MULTILINE
        )
    }
    real = {
        (entry.role, entry.name): entry.licence
        for role in ("translator", "recognizer", "encoder")
        for entry in registry.entries(role)
        if entry.kind in ("embedded", "hub")
    }
    assert rows == real
