"""Agreement of methods: cases counted by hand, and properties against the independent counts of the evaluation."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.evaluation import agreement
from projection.evaluation.counts import Counts, count
from projection.text import schemes
from projection.types import Entity, Span

BANK = Entity(Span(1, 4), "ORG")
LEFT = Entity(Span(0, 4), "ORG")
CITY = Entity(Span(6, 7), "LOC")


@st.composite
def labellings(draw):
    """Entities of a sentence of 12 words that do not overlap."""
    cuts = sorted(draw(st.sets(st.integers(0, 12), max_size=8)))
    spans = [Span(*pair) for pair in pairwise(cuts)]
    kept = draw(st.lists(st.booleans(), min_size=len(spans), max_size=len(spans)))
    return tuple(
        Entity(span, draw(st.sampled_from(["PER", "LOC"]))) for span, keep in zip(spans, kept, strict=True) if keep
    )


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ((), (), 1.0),  # nothing found by either: they agree
        ((BANK,), (), 0.0),
        ((BANK,), (BANK,), 1.0),
        ((BANK,), (LEFT,), 0.0),  # another border is another span
        ((BANK, CITY), (LEFT, CITY), 0.5),  # 2 * 1 / (2 + 2)
        ((BANK, CITY), (CITY,), 2 / 3),  # 2 * 1 / (2 + 1)
        ((CITY,), (Entity(CITY.span, "ORG"),), 0.0),  # another label is another span
        ((Entity(CITY.span, "LOC", 0.3, "projected"),), (Entity(CITY.span, "LOC", 0.9, "human"),), 1.0),
    ],
)
def test_agreement_of_two(one, other, expected):
    assert agreement.span_agreement(one, other) == pytest.approx(expected)


def test_disagreement_is_the_mean_over_pairs():
    """F1 of the pairs: 1/2, 2/3 and 2/3, by hand as above."""
    three = [(BANK, CITY), (LEFT, CITY), (CITY,)]
    assert agreement.disagreement(three) == pytest.approx(1 - (1 / 2 + 2 / 3 + 2 / 3) / 3)
    assert agreement.disagreement(three[:1]) == agreement.disagreement([]) == 0.0


def test_a_corpus_is_averaged_over_spans_and_only_where_both_have_a_result():
    """a and b: sentence 1 shares 1 of 2+2, sentence 2 shares 2 of 2+2: 2*3/8. c failed on sentence 1."""
    rows = [
        {"a": (BANK, CITY), "b": (LEFT, CITY)},
        {"a": (BANK, CITY), "b": (BANK, CITY), "c": ()},
        {"c": ()},
    ]
    pairs = agreement.pairwise(rows, ["a", "b", "c"])
    assert pairs["a", "b"] == agreement.Pair("a", "b", 6 / 8, 2)
    assert pairs["c", "a"] == agreement.Pair("c", "a", 0.0, 1)
    assert agreement.pairwise(rows[:1], ["a", "c"]) == {}


@given(labellings(), labellings())
def test_agreement_is_symmetric_and_is_the_f1_of_the_evaluation(one, other):
    value = agreement.span_agreement(one, other)
    assert value == agreement.span_agreement(other, one) and 0 <= value <= 1
    assert (value == 1) == (set(one) == set(other))
    if one or other:
        assert value == pytest.approx(sum(count(one, other).values(), Counts()).f1)


@given(st.lists(labellings(), min_size=1, max_size=4))
def test_differing_words_are_those_whose_tag_is_not_the_same(several):
    tags = [schemes.encode(entities, 12, "IOB2") for entities in several]
    expected = {word for word in range(12) if len({row[word] for row in tags}) > 1}
    assert agreement.differing_words(*several) == expected
    pairs = list(combinations(several, 2))
    assert agreement.differing_words(*several) == frozenset().union(
        *(agreement.differing_words(*pair) for pair in pairs)
    )
    assert (agreement.disagreement(several) > 0) == bool(expected)
