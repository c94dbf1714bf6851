"""Files for other tools, opened by these tools: datasets and spaCy; and a table for spreadsheets."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projection.exchange import Options, check, write
from projection.text.schemes import decode
from projection.types import Sentence
from tests.exchange.samples import COLUMN_LABELS, HOSTILE, ITEM, PLAIN, corpora, spans


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Return a function that opens Parquet as anybody would who uses `datasets`."""
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()

    def load(content: bytes):
        folder = tmp_path_factory.mktemp("parquet")
        (folder / "a.parquet").write_bytes(content)
        return datasets.load_dataset(
            "parquet", data_files=str(folder / "a.parquet"), split="train", cache_dir=str(folder)
        )

    return load


@settings(max_examples=12, deadline=None)
@given(items=corpora(), scheme=st.sampled_from(["IOB2", "BIOES"]))
def test_datasets_opens_parquet_with_class_labels(opened, items, scheme):
    rows = opened(write("parquet", items, Options(scheme))[0])
    for side, prefix in (("target", ""), ("source", "source_")):
        names = rows.features[f"{prefix}ner_tags"].feature.names
        assert names[0] == "O"
        for item, row in zip(items, rows, strict=True):
            sentence = item.sentence(side)
            assert row[f"{prefix}tokens"] == list(sentence.words) and row[f"{prefix}text"] == sentence.text
            tags = [names[number] for number in row[f"{prefix}ner_tags"]]
            assert tags == row[f"{prefix}tags"]
            found, problems = decode(tags, scheme)
            assert not problems
            assert [(e.span.start, e.span.end, e.label) for e in found] == spans(sentence)


def test_parquet_keeps_links_and_who_decided_what(opened):
    first, second = opened(write("parquet", [ITEM, PLAIN])[0])
    assert {key: first[key] for key in ("id", "note", "flagged", "author", "at", "settings")} == {
        "id": "news-1", "note": ITEM.note, "flagged": True, "author": "Ana", "at": ITEM.at, "settings": ITEM.settings,
    }  # fmt: skip
    assert {"source": 0, "target": 0, "sure": True, "score": 0.9} in first["links"]
    assert {"source": 2, "target": 3, "sure": False, "score": None} in first["links"]
    corrected = first["entities"][1]
    assert (corrected["origin"], corrected["derived_label"], corrected["derived_score"]) == ("corrected", "LOC", 0.5)
    assert second["checked"] is True and second["links"] == [] and second["entities"][0]["derived_label"] is None


@settings(max_examples=25, deadline=None)
@given(corpora(gaps=("", " "), edges=False))
def test_spacy_opens_the_docbin_with_words_spaces_and_entities(items):
    import spacy
    from spacy.tokens import DocBin

    docs = list(DocBin().from_bytes(write("docbin", items)[0]).get_docs(spacy.blank("xx").vocab))
    for item, doc in zip(items, docs, strict=True):
        assert [token.text for token in doc] == list(item.target.words)
        assert doc.text == item.target.text
        assert [(span.start, span.end, span.label_) for span in doc.ents] == spans(item.target)
        assert doc.user_data["id"] == item.id and doc.user_data.get("note", "") == item.note


def test_spacy_can_train_on_it(tmp_path):
    """Its own reader of training files takes the file, and makes an example of each sentence."""
    import spacy
    from spacy.training import Corpus

    path = tmp_path / "train.spacy"
    path.write_bytes(write("docbin", [ITEM, PLAIN])[0])
    examples = list(Corpus(path)(spacy.blank("pt")))
    assert [example.reference.ents[1].text for example in examples] == ["Bob Sá", "Bob Sá"]


def test_the_same_sentences_give_the_same_bytes():
    for format in ("parquet", "docbin", "labelstudio", "webanno", "spans"):
        assert write(format, [ITEM, PLAIN]) == write(format, [ITEM, PLAIN])


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_table_has_a_row_for_each_span_of_both_sides():
    rows = rows_of(write("spans", [ITEM])[0])
    assert [(row["side"], row["text"], row["label"], row["state"]) for row in rows] == [
        ("source", "Ann", "PER", "automatic"), ("source", "Bob Lee", "PER", "given with the text"),
        ("target", "Ana", "PER", "automatic"), ("target", "Bob Sá", "ORG", "corrected"),
    ]  # fmt: skip
    last = rows[-1]
    assert (last["first_word"], last["last_word"], last["start"], last["end"]) == ("4", "5", "10", "16")
    assert (last["was_label"], last["was_last_word"], last["note"], last["flagged"]) == ("LOC", "4", ITEM.note, "yes")
    assert ITEM.target.text[10:16] == "Bob Sá"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_as_a_formula(begin):
    from dataclasses import replace

    from projection.types import Entity, Span

    text = f"{begin}cmd|' /C calc'!A0"
    sentence = Sentence.from_words([text], "en", [Entity(Span(0, 1), text)], id=text)
    item = replace(ITEM, source=sentence, target=sentence, note=text, author=text, id=text, alignment=None)
    cells = [cell for row in rows_of(write("spans", [item])[0]) for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) for cell in cells)
    assert f"'{text}" in cells
    (care,) = check([item], ["spans"], Options()).cares
    assert "apostrophe" in care.what


def test_a_table_with_quotes_commas_and_lines_comes_back():
    from dataclasses import replace

    note = 'one, "two"\nthree ' + HOSTILE
    assert rows_of(write("spans", [replace(ITEM, note=note)])[0])[0]["note"] == note


def test_a_sentence_without_a_span_has_no_row_and_that_is_said():
    from dataclasses import replace

    bare = replace(PLAIN, source=PLAIN.source.with_entities(()), target=PLAIN.target.with_entities(()))
    report = check([ITEM, bare], ["spans"], Options())
    assert [(care.positions, "no row" in care.what) for care in report.cares] == [((1,), True)]


@settings(max_examples=30, deadline=None)
@given(corpora(labels=COLUMN_LABELS))
def test_every_format_writes_whatever_passed_the_check(items):
    from projection.exchange import FORMATS

    for format in FORMATS:
        report = check(items, [format], Options())
        assert len(write(format, report.items)) == len(FORMATS[format].files)
