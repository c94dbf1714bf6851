"""Alignment error rate on counts worked out by hand (Och and Ney 2003)."""

from __future__ import annotations

import pytest

from projection.errors import AlignmentError
from projection.evaluation.alignment_error import AlignmentCounts, count, count_all
from projection.types import Alignment


def alignment(*links, possible=(), lengths=(4, 4)):
    return Alignment(frozenset(links), *lengths, possible=frozenset(possible))


def test_counts_and_rates():
    """A = 3 links, one sure, one possible, one wrong; S = 2: P = 2/3, R = 1/2, AER = 1 - (1 + 2) / (3 + 2)."""
    predicted = alignment((0, 0), (1, 1), (2, 3))
    gold = alignment((0, 0), (3, 3), possible=[(1, 1)])
    counts = count(predicted, gold)
    assert counts == AlignmentCounts(predicted=3, sure=2, predicted_sure=1, predicted_possible=2)
    assert counts.precision == pytest.approx(2 / 3)
    assert counts.recall == pytest.approx(1 / 2)
    assert counts.f1 == pytest.approx(4 / 7)
    assert counts.alignment_error_rate == pytest.approx(2 / 5)


def test_possible_links_of_a_prediction_do_not_count():
    assert count(alignment((0, 0), possible=[(1, 1)]), alignment((0, 0))).predicted == 1


def test_a_perfect_alignment_has_no_error():
    gold = alignment((0, 0), (1, 2), possible=[(1, 1)])
    assert count(gold, gold).alignment_error_rate == 0


def test_nothing_predicted():
    counts = count(alignment(), alignment((0, 0)))
    assert (counts.precision, counts.recall, counts.f1, counts.alignment_error_rate) == (1, 0, 0, 1)
    assert count(alignment(), alignment()).alignment_error_rate == 0


def test_a_corpus_is_the_sum_of_its_sentences():
    one, two = alignment((0, 0)), alignment((1, 1))
    assert count_all([one, two], [one, one]) == AlignmentCounts(2, 2, 1, 1)
    assert count_all([], []) == AlignmentCounts()
    with pytest.raises(ValueError, match="zip"):
        count_all([one], [])


def test_different_lengths_are_refused():
    with pytest.raises(AlignmentError, match="4 source and 4 target words, gold links for 3 and 4"):
        count(alignment((0, 0)), alignment((0, 0), lengths=(3, 4)))
