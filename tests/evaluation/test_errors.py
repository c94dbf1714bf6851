"""Kinds of mistakes on cases whose truth is plain, and for any labelling: nothing lost, nothing counted twice."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.evaluation.counts import count
from projection.evaluation.errors import KINDS, Mistake, count_kinds, mistakes, mistakes_of
from projection.types import Entity, Sentence, Span

WORDS = ["Ann", "Lee", "of", "the", "United", "Nations", "met", "Ann", "Lee", "in", "New", "York"]


def entities(text: str) -> list[Entity]:
    """Read "0-2 PER, 4-6 ORG"."""
    found = []
    for part in filter(None, text.split(", ")):
        span, label = part.split()
        found.append(Entity(Span(*map(int, span.split("-"))), label))
    return found


@pytest.mark.parametrize(
    ("gold", "predicted", "kinds"),
    [
        ("0-2 PER, 4-6 ORG", "0-2 PER, 4-6 ORG", []),
        ("0-2 PER", "", ["missing"]),
        ("", "0-2 PER", ["spurious"]),
        ("0-2 PER", "0-2 ORG", ["label"]),
        ("4-6 ORG", "3-6 ORG", ["boundary"]),
        ("4-6 ORG", "3-6 LOC", ["label and boundary"]),
        ("4-6 ORG", "4-5 ORG, 5-6 ORG", ["split"]),
        ("0-2 PER, 4-6 ORG", "0-6 PER", ["merged"]),
        ("0-2 PER", "7-9 PER", ["wrong occurrence"]),
        ("0-2 PER", "7-9 ORG", ["missing", "spurious"]),
        ("0-2 PER, 10-12 LOC", "7-9 PER, 10-12 LOC", ["wrong occurrence"]),
        ("0-2 PER, 7-9 PER", "0-2 PER", ["missing"]),
        # two gold and two predicted in one knot: pairs that share most words
        ("0-3 PER, 3-6 ORG", "0-2 PER, 2-6 ORG", ["boundary", "boundary"]),
        ("0-4 PER, 4-6 ORG", "0-1 PER, 3-6 ORG", ["boundary", "boundary"]),
    ],
)
def test_kinds(gold, predicted, kinds):
    assert [one.kind for one in mistakes(entities(predicted), entities(gold), WORDS)] == kinds


@pytest.mark.parametrize(
    ("gold", "predicted", "sides", "extent"),
    [
        ("4-6 ORG", "3-6 ORG", "left", "too long"),
        ("4-6 ORG", "4-7 LOC", "right", "too long"),
        ("4-6 ORG", "5-6 ORG", "left", "too short"),
        ("3-6 ORG", "2-5 ORG", "both", "shifted"),
        ("3-6 ORG", "2-7 ORG", "both", "too long"),
        ("3-6 ORG", "4-5 ORG", "both", "too short"),
        ("3-6 ORG", "3-6 LOC", "", ""),
        ("0-2 PER", "7-9 PER", "", ""),
        ("0-2 PER", "", "", ""),
    ],
)
def test_which_end_is_wrong_and_how(gold, predicted, sides, extent):
    (mistake,) = mistakes(entities(predicted), entities(gold), WORDS)
    assert (mistake.sides, mistake.extent) == (sides, extent)


def test_the_nearest_occurrence_is_taken_and_case_does_not_matter():
    words = ["Bush", "and", "BUSH", "and", "Bush"]
    (first, second) = mistakes(entities("2-3 PER, 4-5 PER"), entities("0-1 PER"), words)
    assert first.kind == "wrong occurrence" and first.predicted[0].span == Span(2, 3)
    assert second == Mistake("spurious", (), tuple(entities("4-5 PER")))
    sentence = Sentence.from_words(words, "en")
    found = mistakes_of(sentence.with_entities(entities("2-3 PER")), sentence.with_entities(entities("0-1 PER")))
    assert count_kinds(found) == Counter({"wrong occurrence": 1})


@st.composite
def labellings(draw):
    found, start = [], 0
    while start < 12 and draw(st.booleans()):
        start += draw(st.integers(0, 3))
        end = start + draw(st.integers(1, 3))
        found.append(Entity(Span(start, end), draw(st.sampled_from("AB"))))
        start = end
    return found


@given(labellings(), labellings())
def test_each_false_positive_and_each_false_negative_is_in_one_mistake(ours, theirs):
    words = ["w"] * 20
    found = mistakes(ours, theirs, words)
    assert Counter(one for mistake in found for one in mistake.gold) == Counter(set(theirs) - set(ours))
    assert Counter(one for mistake in found for one in mistake.predicted) == Counter(set(ours) - set(theirs))
    counts = count(ours, theirs).values()
    assert sum(len(mistake.gold) for mistake in found) == sum(one.missed for one in counts)
    assert {mistake.kind for mistake in found} <= KINDS.keys()
    for mistake in found:
        assert bool(mistake.gold) == (mistake.kind != "spurious")
        assert bool(mistake.predicted) == (mistake.kind != "missing")


@given(labellings(), labellings())
def test_the_other_way_round_missing_is_spurious_and_split_is_merged(ours, theirs):
    turned = {"missing": "spurious", "spurious": "missing", "split": "merged", "merged": "split"}
    here, there = count_kinds(mistakes(ours, theirs)), count_kinds(mistakes(theirs, ours))
    assert here == Counter({turned.get(kind, kind): number for kind, number in there.items()})


@given(labellings())
def test_what_is_right_has_no_mistakes(ours):
    assert mistakes(ours, ours, ["w"] * 20) == []
