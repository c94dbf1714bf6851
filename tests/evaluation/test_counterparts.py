"""Which entities of two sides mean the same."""

from __future__ import annotations

import pytest

from projection.evaluation.counterparts import counterparts
from tests.evaluation.pairs import LINKS, entities, links, sentence

WORDS = "a b c d e f g h"


def paired(source, gold, linked=LINKS, here=WORDS, there="s t u v w x y z"):
    found = counterparts(sentence(here, source), sentence(there, gold), linked and links(linked))
    return [(one.span.start, other.span.start) for one, other in found.pairs]


@pytest.mark.parametrize(
    ("source", "gold", "linked", "expected"),
    [
        ("", "0-1 PER", LINKS, []),
        ("0-1 PER", "", LINKS, []),
        ("0-1 PER, 4-5 PER", "0-1 PER, 4-5 PER", "0-4 4-0", [(0, 4), (4, 0)]),  # links
        ("0-1 PER, 4-5 PER", "0-1 PER, 4-5 PER", None, [(0, 0), (4, 4)]),  # places
        ("0-1 PER, 4-5 LOC", "0-1 LOC, 4-5 PER", None, [(0, 4), (4, 0)]),  # labels
        ("0-1 PER, 4-5 LOC", "0-1 LOC, 4-5 PER", "0-0 4-4", [(0, 4), (4, 0)]),  # labels count more than links
        ("0-1 PER", "0-1 LOC", None, []),  # nothing but the place speaks for it
        ("0-1 PER", "0-1 LOC", "0-0", [(0, 0)]),
        ("0-1 PER", "4-5 PER", "0-0", [(0, 4)]),  # the same label, whatever the links
        ("0-1 PER, 1-2 PER, 2-3 PER", "5-6 PER", "1-5", [(1, 5)]),  # one to one
    ],
)
def test_what_speaks_for_a_pair(source, gold, linked, expected):
    assert paired(source, gold, linked) == expected


def test_text_decides_between_equal_labels():
    assert paired(
        "0-1 LOC, 4-5 LOC", "0-1 LOC, 4-5 LOC", None, "Berlin b c d Paris f g h", "París t u v BERLIN x y z"
    ) == [
        (0, 4),
        (4, 0),
    ]


def test_text_and_links_together_count_more_than_the_label():
    """Gold says Brussels LOC here and MISC there; another LOC stands in the target."""
    found = paired("0-1 LOC", "0-1 MISC, 4-5 LOC", "0-0", "Brussels b c d e f g h", "Brussels t u v w x y z")
    assert found == [(0, 0)]


def test_punctuation_is_no_likeness():
    assert paired("0-1 LOC", "0-1 PER", None, ". b c d e f g h", ". t u v w x y z") == []


def test_a_pair_is_found_from_both_sides():
    (one,), (other,) = entities("0-1 LOC"), entities("4-5 LOC")
    found = counterparts(sentence(WORDS, "0-1 LOC"), sentence(WORDS, "4-5 LOC"))
    assert found.of_gold(other) == one and found.of_source(one) == other
    assert found.of_gold(one) is None and found.of_source(other) is None
