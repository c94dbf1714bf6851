"""The JSONL schema keeps everything a Sentence or Pair holds."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import FormatError
from projection.text.documents import Pair, read, write_sentences
from projection.types import Alignment, Entity, Sentence, Span, Token
from tests.text.strategies import entity_sets


@st.composite
def sentences(draw, identifier=""):
    pieces = draw(st.lists(st.tuples(st.sampled_from(["", " ", "  ", "\u3000"]), st.text(min_size=1, max_size=4))))
    text, tokens = "", []
    for gap, word in pieces:
        text += gap
        tokens.append(Token(word, len(text), len(text) + len(word)))
        text += word
    text += draw(st.sampled_from(["", " "]))
    scores = st.one_of(st.none(), st.floats(0, 1))
    origins = st.sampled_from(["gold", "model", "projected", "human"])
    entities = tuple(
        Entity(entity.span, entity.label, draw(scores), draw(origins)) for entity in draw(entity_sets(len(tokens)))
    )
    return Sentence(text, tuple(tokens), draw(st.sampled_from(["en", "zh-Hant", "und"])), entities, identifier)


@st.composite
def pairs(draw):
    source, target = draw(sentences("7")), draw(st.one_of(st.none(), sentences("t")))
    if not (target and source.tokens and target.tokens and draw(st.booleans())):
        return Pair(source, target)
    links = st.tuples(st.integers(0, len(source) - 1), st.integers(0, len(target) - 1))
    sure, possible = draw(st.sets(links)), draw(st.sets(links))
    scores = {link: draw(st.floats(0, 1)) for link in sorted(sure | possible) if draw(st.booleans())}
    return Pair(source, target, Alignment(sure, len(source), len(target), scores, possible))


@given(pair=pairs())
def test_a_pair_comes_back(pair):
    stream = io.BytesIO()
    assert write_sentences(stream, [pair], "jsonl") == 1
    document = read(stream.getvalue())
    assert (document.format, document.problems) == ("jsonl", [])
    assert list(document.iter_pairs()) == [pair]


def row(**values):
    return json.dumps(values).encode() + b"\n"


def test_text_alone_is_tokenised_and_tokens_alone_are_joined():
    (first, second) = read(row(text="Ann left.", language="eng_Latn") + row(tokens=["New York", "x"])).iter_sentences()
    assert (first.words, first.language, first.id) == (("Ann", "left", "."), "en", "1")
    assert (second.text, second.words, second.id) == ("New York x", ("New York", "x"), "2")


def test_entities_and_unknown_keys_survive_an_edit():
    line = b'{"note":{"a":1},"tokens":["Ann","left"],"entities":[{"start":0,"end":1,"label":"PER"}],"z":"\\u00e9"}\r\n'
    document, stream = read(line), io.BytesIO()
    assert document.has_labels
    document.write(stream, [(Entity(Span(1, 2), "LOC", 0.5, "human"),)])
    new = b'{"start":1,"end":2,"label":"LOC","score":0.5,"origin":"human"}'
    assert stream.getvalue() == line.replace(b'{"start":0,"end":1,"label":"PER"}', new)


def test_the_target_of_a_pair_can_be_labelled():
    line = row(tokens=["a"], target={"tokens": ["b", "c"]})
    stream = io.BytesIO()
    read(line).write(stream, [(Entity(Span(0, 2), "X"),)], side="target")
    (pair,) = read(stream.getvalue()).iter_pairs()
    assert (pair.source.entities, pair.target.entities) == ((), (Entity(Span(0, 2), "X"),))


def test_nested_entities_are_reported_and_the_outermost_kept():
    entities = [{"start": 0, "end": 3, "label": "ORG"}, {"start": 1, "end": 2, "label": "LOC"}]
    document = read(row(tokens=list("abc"), entities=entities), name="n.jsonl")
    assert [entity.label for entity in next(document.iter_sentences()).entities] == ["ORG"]
    (problem,) = document.problems
    assert (problem.line, problem.kind, problem.repaired_by) == (1, "nested", "outermost")
    assert "[1, 2) LOC is nested in or crosses [0, 3) ORG" in problem.message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "no JSON"),
        (b"[]", "a sentence is an object"),
        (row(id=1), "neither 'text' nor 'tokens'"),
        (row(text=3), "'text' is a string"),
        (row(tokens="ab"), "'tokens' is a list"),
        (row(tokens=["a", ""]), "'tokens' is a list"),
        (row(text="a b", tokens=["b", "a"]), "not the words of 'text'"),
        (row(text="a", tokens=["a"], offsets=[[0]]), "'offsets'"),
        (row(text="a", tokens=["a"], offsets=[[1, 2]]), "does not lie"),
        (row(tokens=["a"], entities=[{"start": 0, "end": 2, "label": "X"}]), "ends after the last"),
        (row(tokens=["a"], entities=[{"start": 1, "end": 1, "label": "X"}]), "start < end"),
        (row(tokens=["a"], entities=[{"start": "0", "end": 1, "label": "X"}]), "wrong kind"),
        (row(tokens=["a"], entities=[{"start": 0, "end": 1}]), "needs 'start'"),
        (row(tokens=["a"], entities=3), "'entities' is a list"),
        (row(tokens=["a"], target={"tokens": ["b"]}, links=[[0, 1]]), "outside"),
        (row(tokens=["a"], target={"tokens": ["b"]}, links=[[0]]), "a link is"),
        (row(text="a", language="xx"), "no language"),
        (row(tokens=["\ud800"]), "surrogate"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_a_bad_line_is_reported_and_left_out(line, message):
    data = row(text="good") + line.rstrip(b"\n") + b"\n"
    document = read(data)
    (problem,) = document.problems
    assert (problem.line, problem.kind, problem.repaired_by) == (2, "json", "line left out")
    assert message in problem.message
    assert [sentence.text for sentence in document.iter_sentences()] == ["good"]
    stream = io.BytesIO()
    document.write(stream, [None])
    assert stream.getvalue() == data


def test_only_bad_lines_are_an_error():
    with pytest.raises(FormatError, match=r"j:1: no sentence can be read as JSONL"):
        read(row(id=1), name="j")
