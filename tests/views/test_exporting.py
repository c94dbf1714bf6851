"""Labels to files."""

from projection.corrections.edits import Edits
from projection.pipeline import Outcome, Task
from projection.types import Alignment, Bitext, Entity, Match, Projection, Sentence, Span
from views import exporting
from views.exporting import Row

SOURCE = Sentence.from_words(["Ann", "left"], "en", [Entity(Span(0, 1), "PER")])
TARGET = Sentence.from_words(["Ana", "Sá", "saiu"], "pt", [Entity(Span(0, 2), "PER")])
LINKS = Alignment(frozenset({(0, 0), (1, 2)}), 2, 3)
ROW = Row(0, SOURCE, TARGET, TARGET.entities, LINKS, True)
UNLABELLED = Row(1, SOURCE, TARGET.with_entities(()), None, None, False, "alignment: no model")
UNTRANSLATED = Row(2, SOURCE, None, None, None, False, "translation: none given")


def test_tags_follow_format_scheme_and_side():
    assert exporting.write([ROW], "conll2002", "IOB2", "target") == "Ana\tB-PER\nSá\tI-PER\nsaiu\tO\n\n".encode()
    assert exporting.write([ROW], "conll2002", "BIOES", "target") == "Ana\tB-PER\nSá\tE-PER\nsaiu\tO\n\n".encode()
    assert exporting.write([ROW], "conll2002", "IOB1", "source") == b"Ann\tI-PER\nleft\tO\n\n"


def test_links_are_one_line_a_pair():
    assert exporting.write([ROW, ROW], "pharaoh", "", "") == b"0-0 1-2\n0-0 1-2\n"


def test_a_sentence_without_labels_is_left_out_whole():
    rows = [ROW, UNLABELLED, UNTRANSLATED]
    assert exporting.complete(rows, "target") == [ROW]
    assert exporting.complete(rows, "source") == rows


def test_the_uploaded_file_comes_back_with_nothing_but_other_labels():
    content = "# keep me\r\nAna X O\r\nSá Y O\r\nsaiu Z B-ORG\r\n\r\n".encode()
    assert exporting.write_original(content, "a.conll", "pt", [None]) == content
    labelled = exporting.write_original(content, "a.conll", "pt", [TARGET.entities])
    assert labelled == "# keep me\r\nAna X B-PER\r\nSá Y I-PER\r\nsaiu Z O\r\n\r\n".encode()


def test_file_names_are_safe_and_tell_every_choice():
    def name(project, kind, language="pt"):
        return exporting.file_name(project, kind, side="target", language=language, scheme="BIOES", scope="checked")

    assert name("../<b>Ünï\\x", "conll2002") == "b-Ünï-x-target-pt-checked-conll2002-bioes.conll"
    assert name("///", "jsonl", "und") == "projection-target-checked-jsonl.jsonl"
    assert name("a", "pharaoh") == "a-checked-pharaoh.pharaoh"


def test_the_text_a_method_wrote_is_exported_with_its_labels():
    own = Sentence.from_words(["Sá", "foi", "embora", "Ana"], "pt")
    bitext = Bitext(SOURCE, own, None)
    projection = Projection(bitext, (Match(0, Span(3, 4), 1.0),), (), (), "writer", "writer")
    outcome = Outcome(Task(SOURCE), SOURCE, TARGET, LINKS, projections={"writer": projection})
    row = exporting.row(0, outcome, Edits(), "writer")
    assert row.target.words == own.words and row.target.entities[0].span == Span(3, 4)
    assert row.alignment is None
