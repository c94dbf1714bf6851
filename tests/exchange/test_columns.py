"""CoNLL files are read back by us, by conllu and by seqeval."""

from dataclasses import replace

import conllu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

from projection.exchange import FORMATS, Options, check, write
from projection.text import documents
from projection.text.schemes import SCHEMES
from projection.types import Sentence
from tests.exchange.samples import COLUMN_LABELS, ITEM, PLAIN, corpora, spans

COLUMNS = ("conll2002", "conll2003", "conllu", "uner")


def read(content: bytes, format: str, scheme: str):
    return list(documents.read(content, format=format, scheme=scheme).iter_sentences())


@settings(max_examples=40, deadline=None)
@given(corpora(labels=COLUMN_LABELS), st.sampled_from(COLUMNS), st.sampled_from(SCHEMES), st.booleans())
def test_words_and_labels_come_back(items, format, scheme, comments):
    options = Options(scheme, comments=comments)
    report = check(items, [format], options)
    assert not report.left_out
    (content,) = write(format, items, options)
    back = read(content, format, scheme)
    assert [sentence.words for sentence in back] == [item.target.words for item in items]
    assert [spans(sentence) for sentence in back] == [spans(item.target) for item in items]
    if comments or format in ("conllu", "uner"):
        assert [sentence.id for sentence in back] == [item.id for item in items]
        assert [sentence.text.strip() for sentence in back] == [item.target.text.strip() for item in items]


@settings(max_examples=30, deadline=None)
@given(corpora(labels=("PER", "LOC")), st.sampled_from(["IOB1", "IOB2", "BIOES", "BILOU"]))
def test_seqeval_sees_the_same_entities(items, scheme):
    (content,) = write("conll2002", items, Options(scheme))
    blocks = [block.split("\n") for block in content.decode().removesuffix("\n\n").split("\n\n")]
    tags = [[line.split("\t")[1] for line in block] for block in blocks]
    rules = {"IOB1": IOB1, "IOB2": IOB2, "BIOES": IOBES, "BILOU": BILOU}[scheme]
    found = [[(e.start, e.end, e.tag) for e in sentence] for sentence in Entities(tags, rules).entities]
    assert found == [spans(item.target) for item in items]
    if scheme == "IOB2":
        assert [(start, end + 1, label) for label, start, end in get_entities(tags[0])] == found[0]


@settings(max_examples=30, deadline=None)
@given(corpora(labels=("PER", "LOC")))
def test_conllu_reads_words_ids_texts_and_labels(items):
    (content,) = write("conllu", items)
    for item, parsed in zip(items, conllu.parse(content.decode()), strict=True):
        assert [token["form"] for token in parsed] == list(item.target.words)
        assert parsed.metadata["sent_id"] == item.id
        assert parsed.metadata["text"].strip() == item.target.text.strip()
        labelled = {index for index, token in enumerate(parsed) if "NER" in (token["misc"] or {})}
        assert labelled == {index for start, end, _ in spans(item.target) for index in range(start, end)}


def test_the_columns_are_those_of_each_format():
    lines = {format: write(format, [ITEM])[0].decode().split("\n") for format in COLUMNS}
    assert lines["conll2002"][3] == "Bob\tB-ORG"
    assert lines["conll2003"][3] == "Bob\t_\t_\tB-ORG"
    assert lines["uner"][:3] == ["# sent_id = news-1", "# text = Ana 😊 viu Bob Sá .", "1\tAna\tB-PER\t-\t-"]
    assert lines["conllu"][5] == "4\tBob\t_\t_\t_\t_\t_\t_\t_\tNER=B-ORG"


def test_parallel_files_hold_the_same_sentences_and_make_pairs_again(tmp_path):
    from views.importing import Upload, file_reading

    files = write("parallel", [ITEM, PLAIN], Options("BIOES"))
    source, target = (
        Upload(f"a{row.suffix}", content) for row, content in zip(FORMATS["parallel"].files, files, strict=True)
    )
    reading = file_reading(source, target, None, source="en", target="pt", direction="translate-train")
    assert not reading.errors and not reading.problems
    pairs = [(task.source.words, task.target.words, spans(task.source)) for task in reading.tasks]
    assert pairs == [(item.source.words, item.target.words, spans(item.source)) for item in (ITEM, PLAIN)]
    assert [spans(sentence) for sentence in read(files[1], "conll2002", "BIOES")] == [spans(ITEM.target)] * 2


@pytest.mark.parametrize(
    ("words", "label", "format", "said"),
    [
        (["a\tb"], "PER", "conll2002", "there is a tab in the word 'a\\tb'"),
        (["a\nb"], "PER", "uner", "there is a line feed in the word"),
        (["a"], "P\tER", "conll2003", "there is a tab in the label 'P\\tER'"),
        (["a"], "P\nER", "conllu", "there is a line feed in the label"),
        (["a"], " PER", "conll2002", "begins or ends with a space"),
        (["a"], "P|R", "conllu", "there is | in the label"),
        (["-DOCSTART-"], "PER", "conll2003", "begins a document"),
        (["a\tb"], "PER", "parallel", "there is a tab"),
    ],
)
def test_what_a_column_cannot_hold_is_left_out_and_said(words, label, format, said):
    from projection.types import Entity, Span

    bad = replace(PLAIN, target=Sentence.from_words(words, "pt", [Entity(Span(0, 1), label)]))
    report = check([ITEM, bad], [format], Options())
    assert report.items == (ITEM,)
    assert report.left_out[0].position == 1 and said in report.left_out[0].reason
    assert FORMATS[format].title in report.left_out[0].reason


def test_a_sentence_without_words_is_left_out():
    bad = replace(PLAIN, target=Sentence("", ()))
    assert "no words" in check([bad], ["conll2002"], Options()).left_out[0].reason
