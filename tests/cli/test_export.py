"""`export`: projects of the workbench to files, from the command line."""

import io
import zipfile

import pytest
from typer.testing import CliRunner

from projection.cli import app
from projection.cli.export import Format, Scheme, State
from projection.corrections.edits import Edits
from projection.corrections.store import Store
from projection.exchange import FORMATS, SAME_FILE, STATES
from projection.pipeline import Setup, Task
from projection.text.schemes import SCHEMES
from projection.text.tokenize import tokenize
from projection.types import Entity, Span

SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))
UPLOADED = b"# as it was\nAnn X O\nging Y B-LOC\n\nBob X O\nblieb Y O\n\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two sentences, the second accepted with another label, and the file they came from."""
    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pairs = [("Ann left", "Ann ging"), ("Bob stayed", "Bob blieb")]
    tasks = [
        Task(tokenize(one, "en").with_entities([Entity(Span(0, 1), "PER")]), tokenize(other, "de"), labelled=True)
        for one, other in pairs
    ]
    store = Store()
    number = store.create_project("News", SETUP, tasks, document=UPLOADED, document_name="de.conll")
    second = store.sentence(number, 1)
    edits = Edits(target_entities=(Entity(Span(0, 1), "ORG", origin="corrected"),), checked=True)
    store.save(second.id, edits, expected_revision=0, kind="check")
    return tmp_path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["export", *arguments])
    assert result.exit_code == code, result.output
    return result


def test_the_choices_are_those_of_the_library():
    assert [*Format] == [*FORMATS, SAME_FILE]
    assert [*State] == [*STATES]
    assert {scheme.upper() for scheme in Scheme} == set(SCHEMES)


def test_labels_of_people_and_of_the_method_in_one_file(project):
    result = run("News", "--format", "conll2002", "--output", "out.conll")
    assert (project / "out.conll").read_text() == "Ann\tB-PER\nging\tO\n\nBob\tB-ORG\nblieb\tO\n\n"
    assert "2 of 2 sentences written" in result.stderr and "Not in CoNLL-2002:" in result.stderr


def test_states_choose_whole_sentences(project):
    result = run("1", "--format", "conll2003", "--scheme", "bioes", "--state", "corrected", "--output", "out.conll")
    assert (project / "out.conll").read_text() == "Bob\t_\t_\tS-ORG\nblieb\t_\t_\tO\n\n"
    assert "Left out (sentence 1): has a span no person decided on." in result.stderr


def test_several_files_are_a_zip(project):
    run("News", "--format", "parallel", "--format", "jsonl", "--output", "out.zip")
    archive = zipfile.ZipFile(io.BytesIO((project / "out.zip").read_bytes()))
    assert len(archive.namelist()) == 4 and "README.txt" in archive.namelist()
    result = run("News", "--format", "parallel", "--output", "out.conll", code=2)
    assert "ends in .zip" in result.stderr


def test_the_uploaded_file_with_new_labels(project):
    run("News", "--format", "original", "--checked", "--output", "out.conll")
    assert (project / "out.conll").read_bytes() == UPLOADED.replace(b"Bob X O", b"Bob X B-ORG")


def test_what_a_format_cannot_hold_is_said_and_ends_with_code_one(project):
    store = Store()
    first = store.sentence(1, 0)
    bad = Edits(target_entities=(Entity(Span(0, 1), "A|B", origin="manual"),))
    store.save(first.id, bad, expected_revision=0, kind="label")
    result = run("News", "--format", "conllu", "--output", "out.conllu", code=1)
    assert "Left out (sentence 1): cannot be written as CoNLL-U: there is | in the label 'A|B'." in result.stderr
    assert "Bob" in (project / "out.conllu").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Nothing", "--format", "jsonl"], "There is no project 'Nothing'"),
        (["News", "--format", "jsonl", "--method", "clap"], "has no method 'clap'; it has heuristic"),
        (["News", "--format", "jsonl", "--state", "manual"], "There is no sentence to write"),
        (["99", "--format", "jsonl"], "there are: 1 'News'"),
    ],
)
def test_wrong_use_writes_nothing(project, arguments, said):
    assert said in run(*arguments, "--output", "out.jsonl", code=2).stderr
    assert not (project / "out.jsonl").exists()


def test_help_has_examples():
    assert "Examples:" in run("--help").stdout


def test_sentences_in_two_versions_are_named(project):
    store = Store()
    store.fork(store.sentence(1, 1).id, "~tab", 1, "Ana")
    result = run("News", "--format", "conll2002", "--output", "out.conll")
    assert "Sentence 2 in two versions: the stored one is written" in result.stderr
