"""Sentences of a project to files: what of them, how named, and what a download holds."""

import io
import shlex
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

from projection import exchange
from projection.corrections.edits import Edits
from projection.corrections.records import Event, StoredSentence
from projection.exchange import Choice, LeftOut, Options, Origin, Report, Request, delivery
from projection.pipeline import Outcome, Task
from projection.types import Alignment, Bitext, Entity, Match, Projection, Sentence, Span

SOURCE = Sentence.from_words(["Ann", "left"], "en", [Entity(Span(0, 1), "PER")], id="7")
TARGET = Sentence.from_words(["Ana", "Sá", "saiu"], "pt", id="7")
LINKS = Alignment(frozenset({(0, 0), (1, 2)}), 2, 3)
FOUND = Projection(Bitext(SOURCE, TARGET, LINKS), (Match(0, Span(0, 2), 0.5),), (), (), "heuristic", "heuristic gap=1")
OUTCOME = Outcome(Task(SOURCE, TARGET), SOURCE, TARGET, LINKS, projections={"heuristic": FOUND})
ORIGIN = Origin("News", "pt", "a.conll")


def stored(edits=Edits(), position=0):  # noqa: B008 - a value
    return StoredSentence(1, 1, position, Task(SOURCE, TARGET), edits, 0)


def written(request, *items):
    report = exchange.examine(items, request)
    return exchange.download(request, report, ORIGIN)


ITEM = exchange.from_stored(OUTCOME, stored(), "heuristic")


def test_labels_that_count_are_exported_with_their_settings():
    assert ITEM.target.entities == (Entity(Span(0, 2), "PER", 0.5, "projected"),)
    assert (ITEM.id, ITEM.settings, ITEM.alignment, ITEM.labelled) == ("7", "heuristic gap=1", LINKS, True)
    decided = Edits(target_entities=(Entity(Span(2, 3), "X", origin="manual"),), checked=True, flagged=True, note="ok?")
    event = Event(3, "check", "Ana", datetime(2026, 11, 21, 14, 2, 11, tzinfo=UTC), "{}")
    item = exchange.from_stored(OUTCOME, stored(decided), "heuristic", event)
    assert item.target.entities == decided.target_entities
    assert (item.checked, item.flagged, item.note, item.author) == (True, True, "ok?", "Ana")
    assert item.at == "2026-11-21T14:02:11+00:00"


def test_a_person_s_single_labels_stand_beside_the_automatic_ones():
    placed = Edits(placed=(Entity(Span(2, 3), "X", origin="manual"),))
    item = exchange.from_stored(OUTCOME, stored(placed), "heuristic")
    assert [(entity.label, entity.origin) for entity in item.target.entities] == [("PER", "projected"), ("X", "manual")]


def test_labels_accepted_in_older_projects_count_as_accepted():
    """They were stored with the origin they had; where nobody accepted the sentence they are automatic still."""
    old = (Entity(Span(0, 2), "PER", 0.5, "projected"), Entity(Span(2, 3), "X", origin="human"))
    for checked, origin in ((True, "accepted"), (False, "projected")):
        item = exchange.from_stored(OUTCOME, stored(Edits(target_entities=old, checked=checked)), "heuristic")
        assert [entity.origin for entity in item.target.entities] == [origin, "human"]


def test_a_method_that_failed_leaves_the_sentence_unlabelled_with_the_reason():
    failed = replace(OUTCOME, projections={}, method_errors={"heuristic": "no links"})
    item = exchange.from_stored(failed, stored(), "heuristic")
    assert not item.labelled and item.problem == "no links"
    assert exchange.examine([item], Request(("conll2002",))).left_out == (LeftOut(0, "has no labels yet (no links)"),)


def test_the_text_a_method_wrote_is_exported_with_its_labels():
    own = Sentence.from_words(["Sá", "foi", "embora", "Ana"], "pt")
    projection = Projection(Bitext(SOURCE, own, None), (Match(0, Span(3, 4), 1.0),), (), (), "writer", "writer")
    outcome = Outcome(Task(SOURCE), SOURCE, TARGET, LINKS, projections={"writer": projection})
    item = exchange.from_stored(outcome, stored(), "writer")
    assert item.target.words == own.words and item.target.entities[0].span == Span(3, 4)
    assert item.alignment is None


def test_one_file_is_the_file_and_several_are_a_zip_with_a_readme():
    assert written(Request(("conll2002",)), ITEM) == "Ana\tB-PER\nSá\tI-PER\nsaiu\tO\n\n".encode()
    archive = zipfile.ZipFile(io.BytesIO(written(Request(("conll2002", "pharaoh"), Options("BIOES")), ITEM)))
    assert archive.namelist() == [
        "News-target-pt-all-conll2002-bioes.conll", "News-all.pharaoh", "README.txt",
    ]  # fmt: skip
    assert archive.read("News-all.pharaoh") == b"0-0 1-2\n"
    assert b"heuristic gap=1" in archive.read("README.txt")


def test_a_format_of_two_files_comes_as_a_zip():
    request = Request(("parallel",))
    assert delivery.count_files(request) == 3
    names = zipfile.ZipFile(io.BytesIO(written(request, ITEM))).namelist()
    assert names == ["News-all-parallel-iob2.source.conll", "News-all-parallel-iob2.target.conll", "README.txt"]


def test_the_uploaded_file_comes_back_with_nothing_but_other_labels():
    content = "# keep me\r\nAna X O\r\nSá Y O\r\nsaiu Z B-ORG\r\n\r\n".encode()
    assert delivery.write_original(content, "a.conll", "pt", [None]) == content
    report = Report((ITEM,))
    labelled = delivery.write_original(content, "a.conll", "pt", delivery.labels_of(report, 1))
    assert labelled == "# keep me\r\nAna X B-PER\r\nSá Y I-PER\r\nsaiu Z O\r\n\r\n".encode()
    assert delivery.labels_of(Report((replace(ITEM, position=2),)), 3) == [None, None, ITEM.target.entities]


def test_file_names_are_safe_and_tell_every_choice():
    def name(project, format, language="pt", choice=Choice(checked_only=True)):  # noqa: B008 - a value
        request = Request((format,), Options("BIOES"), choice)
        return exchange.download_name(request, Origin(project, language))[0]

    assert name("../<b>Ünï\\x", "conll2002") == "b-Ünï-x-target-pt-checked-conll2002-bioes.conll"
    assert name("///", "jsonl", "und") == "projection-checked.jsonl"
    assert name("a", "pharaoh") == "a-checked.pharaoh"
    assert name("a", "labelstudio") == "a-export.zip"
    assert name("a", "docbin", choice=Choice(positions=frozenset({4}))) == "a-target-pt-sentence-5-docbin.spacy"


def test_reasons_are_grouped():
    gone = [LeftOut(1, "is flagged"), LeftOut(3, "has no span"), LeftOut(5, "is flagged")]
    assert delivery.same_reasons(gone) == {gone[0]: [1, 5], gone[1]: [3]}


def test_the_command_line_gives_the_same_download(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from projection.cli import app
    from projection.corrections.store import Store
    from projection.pipeline import Setup

    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    setup = Setup("en", "pt", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))
    number = Store().create_project("a b", setup, [Task(SOURCE, TARGET, labelled=True)])
    choice = Choice(frozenset({"given", "automatic"}), unflagged_only=True)
    request = Request(("conll2003", "uner"), Options("BIOES", "source", True), choice)
    line = delivery.command(number, "heuristic", request, Origin("a b", "en"))
    result = CliRunner().invoke(app, shlex.split(line)[3:])
    assert result.exit_code == 0, result.stderr
    names = zipfile.ZipFile(tmp_path / "a-b-export.zip").namelist()
    assert names[0] == "a-b-source-en-all-conll2003-bioes.conll"
    assert delivery.command(1, "m", Request(("jsonl",), choice=Choice(positions=frozenset({1}))), ORIGIN) == ""
