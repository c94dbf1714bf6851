"""Byte identity on random and on real files, and edits that come back."""

import io
import tracemalloc

import conllu
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projection.errors import FormatError, LabelError
from projection.text.documents import FORMATS, WRITABLE, read, write_sentences
from projection.text.schemes import SCHEMES
from projection.types import Sentence
from tests.text.strategies import entity_sets

PARTS = st.sampled_from(
    [*"\n\n\n\t\t \r#O12_|(){}[]", "B-PER", "I-PER", "I-LOC", "S-X", "\r\n", "\u3000", "\u00a0", "\u2028", "\x85",
     "\x0b", "\ufeff", "1\t", "2\t", "1-2\t", "\tO\n", " O\n", "\tB-PER\n", "# text = ", "-DOCSTART- -X- O O\n",
     " ||| ", "NER=B-PER", "Entity=(PER", "\t_\t_\t_\t_\t_\t_\t_\t", "0-0 ", '{"text": "a b"}\n', "é", "漢", "😀", "a"]
)  # fmt: skip
FILES = st.lists(PARTS, min_size=1, max_size=40).map("".join)


def back(document, *arguments):
    stream = io.BytesIO()
    document.write(stream, *arguments)
    return stream.getvalue()


@pytest.mark.parametrize("format", [None, *FORMATS])
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(text=FILES)
def test_reading_and_writing_changes_no_byte(format, text):
    data = text.encode()
    try:
        document = read(data, format=format)
    except FormatError:
        return  # refused with a message, so there is nothing to write
    sentences = list(document.iter_sentences("valid"))
    assert len(sentences) == document.sentence_count
    assert back(document) == data
    assert back(document, [None] * len(sentences)) == data


@st.composite
def column_files(draw, scheme):
    """A legal file in one of the column formats, with comments, blank lines and odd words."""
    words = st.text(st.sampled_from("ab#-1é漢\u3000\u00a0\u2028"), min_size=1, max_size=4)
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    numbered = draw(st.booleans())
    between = draw(st.sampled_from(["", "_\t"]))
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            lines.append("# a comment")
        sentence = draw(st.lists(words, min_size=1, max_size=6))
        for index, word in enumerate(sentence, 1):
            lines.append(f"{index}\t{word}\tO\t-" if numbered else f"x{word}\t{between}O")
        lines.append("")
    return ending.join(lines) + draw(st.sampled_from(["", ending]))


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_edits_come_back_and_touch_only_labels(scheme, data):
    text = data.draw(column_files(scheme))
    document = read(text.encode())
    assert document.problems == []
    edits = [data.draw(entity_sets(len(sentence))) for sentence in document.iter_sentences()]
    changed = back(document, edits, scheme).decode()
    again = read(changed.encode(), scheme=scheme, format=document.format)
    assert [sentence.entities for sentence in again.iter_sentences()] == edits
    assert [sentence.words for sentence in again.iter_sentences()] == [s.words for s in document.iter_sentences()]
    column = 2 if document.format == "uner" else -1
    for old, new in zip(text.split("\n"), changed.split("\n"), strict=True):
        if old != new:
            old_cells, new_cells = old.rstrip("\r").split("\t"), new.rstrip("\r").split("\t")
            old_cells[column] = new_cells[column] = ""
            assert old_cells == new_cells


@pytest.mark.parametrize("format", WRITABLE)
@given(data=st.data())
def test_exported_sentences_are_read_back(format, data):
    words = st.text(st.sampled_from("ab#-é漢 \u3000\u2028"), min_size=1, max_size=4).filter(lambda word: word.strip())
    rows = data.draw(st.lists(st.lists(words, min_size=1, max_size=6), min_size=1, max_size=3))
    sentences = [
        Sentence.from_words(row, "en", data.draw(entity_sets(len(row))), id=str(number))
        for number, row in enumerate(rows, 1)
    ]
    scheme = data.draw(st.sampled_from(SCHEMES))
    stream = io.BytesIO()
    assert write_sentences(stream, sentences, format, scheme) == len(sentences)
    again = list(read(stream.getvalue(), format=format, scheme=scheme, language="en").iter_sentences())
    if format == "plain":
        assert "".join("".join(s.text for s in again).split()) == "".join("".join(s.text for s in sentences).split())
        return
    assert [(s.words, s.entities, s.id) for s in again] == [(s.words, s.entities, s.id) for s in sentences]


def test_conllu_export_is_valid_conllu():
    sentence = Sentence.from_words(["Ann", "(", "x"], "en", id="s1", space_after=[True, False, False])
    stream = io.BytesIO()
    write_sentences(stream, [sentence], "conllu")
    (parsed,) = conllu.parse(stream.getvalue().decode())
    assert [token["form"] for token in parsed] == ["Ann", "(", "x"]
    assert parsed.metadata == {"sent_id": "s1", "text": "Ann (x"}
    assert parsed[1]["misc"] == {"SpaceAfter": "No"}


def test_an_empty_sentence_is_a_blank_line_and_tabs_are_refused():
    stream = io.BytesIO()
    write_sentences(stream, [Sentence.from_words([])], "conll2002")
    assert stream.getvalue() == b"\n"
    for format in ("conll2002", "conllu", "uner"):
        with pytest.raises(FormatError, match="a tab"):
            write_sentences(io.BytesIO(), [Sentence.from_words(["a\tb"])], format)


@pytest.mark.data
def test_every_gold_file_is_written_back_byte_for_byte(data_folder):
    files = [path for path in sorted(data_folder.glob("*/*")) if path.suffix in (".conll02", ".iob2", ".src-tgt")]
    assert len(files) >= 18
    for path in files:
        document = read(path)
        assert back(document, [None] * document.sentence_count) == path.read_bytes(), path
        assert document.scheme == (None if path.suffix == ".src-tgt" else "IOB2"), path


@pytest.mark.data
def test_uner_files_are_read_as_the_conllu_library_reads_them(data_folder):
    path = data_folder / "uner" / "pt_bosque-ud-test.iob2"
    parsed = conllu.parse(path.read_text("utf-8"), fields=("id", "form", "ner", "a", "b"))
    sentences = list(read(path, language="pt").iter_sentences())
    assert [s.id for s in sentences] == [p.metadata["sent_id"] for p in parsed]
    for sentence, expected in zip(sentences, parsed, strict=True):
        assert list(sentence.words) == [token["form"] for token in expected]
        tags = [token["ner"] for token in expected]
        assert len(sentence.entities) == sum(tag.startswith("B-") for tag in tags)


@pytest.mark.data
def test_the_one_illegal_label_of_the_gold_data_is_found(data_folder):
    document = read(data_folder / "uner" / "hr_set-ud-dev.iob2")
    (problem,) = document.problems
    assert problem.line == 6707
    with pytest.raises(LabelError):
        list(document.iter_sentences())


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Peak of reading and writing a file of n words: the same for n and 4 n, so a million words need no more."""
    peaks = []
    block = b"# sent_id = s\n" + b"Ann\tB-PER\nLee\tI-PER\n" + b"some words\tO\n" * 22 + b"\n"
    for repeats in (250, 1000):
        path = tmp_path / f"{repeats}.conll"
        path.write_bytes(block * repeats)
        tracemalloc.start()
        document = read(path)
        words = sum(len(sentence) for sentence in document.iter_sentences())
        with (tmp_path / "out").open("wb") as stream:
            document.write(stream, (None for _ in range(repeats)), "BIOES")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert words == 24 * repeats
    # the read buffer of the check is 1 MB (three copies as bytes and text), the sample 5000 lines
    assert max(peaks) < 8_000_000
    assert peaks[1] < peaks[0] * 1.5 + 3_000_000
