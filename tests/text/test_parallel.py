"""Plain text, TSV, `|||` and Pharaoh links."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import AlignmentError, FormatError
from projection.text.documents import read
from projection.text.pharaoh import format_line, parse_line, read_links
from projection.types import Alignment, Entity, Span


def test_plain_text_is_split_into_sentences():
    document = read(b"Dr. Lee left. Ann stayed.\r\n\r\nOne more\r\n", name="a.txt", language="en")
    sentences = list(document.iter_sentences())
    assert [(s.id, s.text, s.provenance.line) for s in sentences] == [
        ("1", "Dr. Lee left.", 1), ("2", "Ann stayed.", 1), ("3", "One more", 3),
    ]  # fmt: skip
    assert sentences[0].words == ("Dr.", "Lee", "left", ".")
    assert (document.format, document.sentence_count, document.has_labels) == ("plain", 3, False)
    assert document.description == (
        "plain text; split into sentences, tokenised (spacy:en); UTF-8, CR LF line endings; 3 sentences."
    )


def test_lines_can_be_sentences_or_words():
    data = "a b\u00a0c  d.\n\nDr. e\n".encode()
    tokens = list(read(data, units="tokens").iter_sentences())
    assert [s.words for s in tokens] == [("a", "b\u00a0c", "d."), (), ("Dr.", "e")]
    assert tokens[0].text == "a b\u00a0c  d."
    assert [s.words for s in read(data, units="lines", language="en").iter_sentences()] == [
        ("a", "b", "c", "d."), (), ("Dr.", "e"),
    ]  # fmt: skip


def test_tsv_pairs():
    document = read(b"I left.\tParti.\nYes\t\n", language="en", target_language="pt")
    assert (document.format, document.has_pairs) == ("tsv", True)
    first, second = document.iter_pairs()
    assert (first.source.words, first.target.words) == (("I", "left", "."), ("Parti", "."))
    assert (first.source.language, first.target.language) == ("en", "pt")
    assert (second.target.text, second.alignment) == ("", None)


def test_bars_are_tokenised():
    document = read(b"2 .   ||| 2 .  \noh , a|b ||| oh\n")
    assert document.format == "bars"
    assert [(p.source.words, p.target.words) for p in document.iter_pairs()] == [
        (("2", "."), ("2", ".")), (("oh", ",", "a|b"), ("oh",)),
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"a\tb\nc\nd\te\n", b"a ||| b\nc\nd ||| e\n"])
def test_lines_that_are_no_pair_are_reported_and_left_out(data):
    document = read(data)
    assert [pair.source.text for pair in document.iter_pairs()] == ["a", "d"]
    (problem,) = document.problems
    assert (problem.line, problem.kind, problem.repaired_by) == (2, "columns", "line left out")


@pytest.mark.parametrize("data", [b"a. b\n\nc\n", b"a\tb\r\nc\td", b"a ||| b\n"])
def test_text_files_hold_no_labels_but_are_written_back(data):
    document, stream = read(data), io.BytesIO()
    document.write(stream)
    assert stream.getvalue() == data
    with pytest.raises(FormatError, match="no place for labels"):
        document.write(io.BytesIO(), [(Entity(Span(0, 1), "X"),)] * document.sentence_count)


def test_files_of_links_and_numbered_lines_are_not_taken_for_text():
    with pytest.raises(FormatError, match="word links"):
        read(b"0-0 1-1\n\n2p3\n")
    with pytest.raises(FormatError, match="numbers the lines"):
        read(b"0\tWir\n1\tDas\n")


def test_pharaoh_lines():
    alignment = parse_line("0-0 2p1 1-2:0.5", 3, 3)
    assert alignment == Alignment(frozenset({(0, 0), (1, 2)}), 3, 3, {(1, 2): 0.5}, frozenset({(2, 1)}))
    assert format_line(alignment) == "0-0 1-2 2p1"
    assert parse_line("1-1 3p2", 3, 2, one_indexed=True) == Alignment({(0, 0)}, 3, 2, possible={(2, 1)})
    assert parse_line("") == Alignment(frozenset(), 0, 0)
    assert (parse_line("4-1").source_length, parse_line("4-1").target_length) == (5, 2)


@given(data=st.data())
def test_links_come_back(data):
    links = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 7)))
    alignment = Alignment(data.draw(links), 6, 8, possible=data.draw(links))
    assert parse_line(format_line(alignment), 6, 8) == alignment


@pytest.mark.parametrize("line", ["a-b", "1", "1-", "1-2-3", "-1-2", "1:2", "٣-٣"])
def test_what_is_no_link_is_refused(line):
    with pytest.raises(AlignmentError, match="no link"):
        parse_line(line)


def test_links_outside_are_refused():
    with pytest.raises(AlignmentError, match="outside"):
        parse_line("3-0", 3, 3)
    with pytest.raises(AlignmentError, match="below 1"):
        parse_line("0-1", one_indexed=True)


def test_a_file_of_links():
    assert [len(a.links) for a in read_links(b"0-0\n\n1-1 0-1\n", [(1, 1), (2, 2), (2, 2)])] == [1, 0, 2]
    assert [format_line(a) for a in read_links(b"0-0\r\n\r\n")] == ["0-0", ""]
    with pytest.raises(FormatError, match=r"l\.txt:2: Link 1-1 is outside .* one_indexed=True"):
        list(read_links(b"0-0\n1-1\n", [(1, 1), (1, 1)], name="l.txt"))
    with pytest.raises(FormatError, match="1 lines of links but there are more pairs"):
        list(read_links(b"0-0\n", [(1, 1), (1, 1)]))
    with pytest.raises(FormatError, match="more lines of links than pairs"):
        list(read_links(b"0-0\n\n", [(1, 1)]))


@pytest.mark.data
@pytest.mark.parametrize(("name", "sure"), [("enfr", 4038), ("zhen", None)])
def test_gold_links_fit_their_sentences(data_folder, name, sure):
    folder = data_folder / "word-alignment"
    pairs = list(read(folder / f"{name}.src-tgt").iter_pairs())
    lengths = [(len(pair.source), len(pair.target)) for pair in pairs]
    gold = list(read_links(folder / f"{name}.gold", lengths, one_indexed=True))
    assert len(gold) == len(pairs)
    if sure:  # sure links of the Hansards test set, Och and Ney 2003, table 2
        assert sum(len(alignment.links) for alignment in gold) == sure
