"""`backup` and `restore` as commands: what they say, and their exit codes."""

import pytest
from typer.testing import CliRunner

from projection.cli import app
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.text.tokenize import tokenize


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [*arguments])
    assert result.exit_code == code, result.output
    return result.stderr


def test_there_and_back(home):
    store = Store()
    store.create_project("News", Setup.for_pair("en", "pt"), [Task(tokenize("Ann left", "en"))])
    assert "1 projects, 1 sentences, 0 changes, checked" in run("backup", "b.sqlite")
    store.rename_project(1, "Other")
    said = run("restore", "b.sqlite")
    assert "Restored 1 projects" in said and "What was there before is in" in said
    assert Store().project(1).name == "News"


def test_what_cannot_be_done_is_one_sentence(home):
    (home / "x.sqlite").write_text("something else")
    assert run("restore", "x.sqlite", code=2).startswith("Error: x.sqlite is not a backup")
    assert run("backup", "x.sqlite", code=2).startswith("Error: x.sqlite is there already")
