"""The layouts of MasakhaNER 2.0 and PAN-X, and what is said where there is something else."""

from __future__ import annotations

import json

import pytest

from bench.corpora import MASAKHANER, XTREME
from projection.errors import ConfigurationError, FormatError
from projection.types import Span

TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
COLUMNS = "Cape\tB-LOC\nTown\tI-LOC\nis\tO\n\nja\tO\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def parquet(path, rows, metadata=True, named=("tokens", "ner_tags")):
    import pyarrow
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    table = pyarrow.table({name: list(column) for name, column in zip(named, zip(*rows, strict=True), strict=True)})
    if metadata:
        features = {"ner_tags": {"feature": {"names": TAGS, "_type": "ClassLabel"}, "_type": "Sequence"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    parquet.write_table(table, path)
    return path


def entities(test_set):
    return [[(entity.span, entity.label) for entity in sentence.entities] for sentence in test_set.sentences]


@pytest.mark.parametrize(
    ("corpus", "place"),
    [
        (MASAKHANER, "af/test.txt"),
        (MASAKHANER, "af/test.conll"),
        (MASAKHANER, "data/af/test.txt"),
        (MASAKHANER, "MasakhaNER2.0/data/af/test.txt"),
        (XTREME, "af/test.tsv"),
        (XTREME, "af/test"),
        (XTREME, "panx/test-af.tsv"),
        (XTREME, "panx_dataset/af-test"),
        (XTREME, "panx_processed_maxlen128/af/test.tsv"),
    ],
)
def test_columns_are_found(tmp_path, corpus, place):
    path = write(tmp_path / place, COLUMNS)
    found = corpus.read(tmp_path, "af")
    assert found.path == path
    assert entities(found) == [[(Span(0, 2), "LOC")], []]
    assert found.sentences[0].language == "af"


def test_the_language_before_each_word_of_pan_x_is_taken_off(tmp_path):
    """Lines of the authors' archive; a word may hold a colon of its own, or be nothing but the prefix."""
    write(tmp_path / "af" / "test", "af:Die\tO\naf:a:b\tB-ORG\naf:\tI-ORG\n\naf:ja\tO\n")
    found = XTREME.read(tmp_path, "af")
    assert [sentence.words for sentence in found.sentences] == [("Die", "a:b", ""), ("ja",)]
    assert entities(found)[0] == [(Span(1, 3), "ORG")]


def test_columns_with_spaces_and_a_stray_inside_label_are_read_as_seqeval_does(tmp_path):
    write(tmp_path / "hau" / "test.txt", "Cape I-LOC\nTown I-LOC\nis O\n")
    assert entities(MASAKHANER.read(tmp_path, "hau")) == [[(Span(0, 2), "LOC")]]


def test_a_sentence_that_cannot_be_read_is_told(tmp_path):
    write(tmp_path / "hau" / "test.txt", "Cape B-LOC\nis O\n\none two three\nok O\n\nja O\n")
    found = MASAKHANER.read(tmp_path, "hau")
    assert len(found.sentences) == 2
    (place,) = found.skipped
    assert "test.txt:4" in place and "columns" in place


@pytest.mark.parametrize("place", ["PAN-X.af/test-00000-of-00001.parquet", "af/test-00000-of-00001.parquet"])
def test_parquet_with_named_tags(tmp_path, place):
    parquet(tmp_path / place, [(["Cape", "Town", "is"], [5, 6, 0]), (["ja"], [0])])
    found = XTREME.read(tmp_path, "af")
    assert entities(found) == [[(Span(0, 2), "LOC")], []]
    assert [sentence.id for sentence in found.sentences] == ["1", "2"]


def test_rows_of_parquet_that_make_no_sentence_are_told(tmp_path):
    parquet(tmp_path / "PAN-X.af" / "test.parquet", [(["a"], [0, 0]), (["a"], [99]), (["ja"], [1])])
    found = XTREME.read(tmp_path, "af")
    assert entities(found) == [[(Span(0, 1), "PER")]]
    assert "row 1: 1 words and 2 tags" in found.skipped[0]
    assert "row 2" in found.skipped[1]


@pytest.mark.parametrize(("metadata", "named"), [(False, ("tokens", "ner_tags")), (True, ("words", "tags"))])
def test_other_parquet_is_refused(tmp_path, metadata, named):
    parquet(tmp_path / "PAN-X.af" / "test.parquet", [(["a"], [0])], metadata, named)
    with pytest.raises(FormatError, match="no columns tokens and ner_tags"):
        XTREME.read(tmp_path, "af")


def test_test_sets_without_labels_are_refused(tmp_path):
    write(tmp_path / "panx" / "test-af.tsv", "Cape\nTown\n\nja\n")
    with pytest.raises(FormatError, match=r"no labels.*download_data\.sh"):
        XTREME.read(tmp_path, "af")


def test_missing_data_names_layout_and_source(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        MASAKHANER.read(tmp_path, "hau")
    for part in ("MasakhaNER 2.0", str(tmp_path), "hau/test.txt", "github.com/masakhane-io/masakhane-ner"):
        assert part in str(caught.value)


def test_no_language_is_no_path(tmp_path):
    with pytest.raises(ConfigurationError, match="There is no language"):
        XTREME.file_of(tmp_path, "../*")
