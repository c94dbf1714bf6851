"""Calibration and thresholds against figures by hand and by brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.evaluation.counts import Counts, count, total
from projection.evaluation.reliability import Bin, reliability, threshold_curve
from projection.evaluation.study import Study
from tests.evaluation.studies import studies, study

SMALL = study(
    ["0-2 PER, 4-6 ORG", "10-12 LOC", "0-2 PER"],
    method=["0-2 PER .9, 4-5 ORG .2", "10-12 LOC 1, 6-7 PER", "0-2 PER .25, 3-4 PER 7"],
)


def test_bins_by_hand():
    found = reliability(SMALL, "method", bins=2)
    assert found.bins[0] == Bin(0, 0.5, 1, 1, pytest.approx(0.225)) and found.bins[0].share == 0.5
    assert found.bins[1] == Bin(0.5, 1, 2, 0, pytest.approx(0.95))
    assert found.error == pytest.approx((2 * abs(0.225 - 0.5) + 2 * abs(0.95 - 1)) / 4)
    assert (found.unscored, found.outside, found.counted) == (1, 1, 4)


def test_a_score_of_one_is_in_the_last_bin_and_empty_bins_say_nothing():
    found = reliability(study(["0-1 PER"], method=["0-1 PER 1"]), "method")
    assert found.bins[-1] == Bin(0.9, 1, 1, 0, 1) and found.error == 0
    assert found.bins[0].share is None and found.bins[0].mean is None


def test_without_scores():
    found = reliability(study(["0-1 PER"], method=["0-1 PER"]), "method")
    assert found.error is None and found.unscored == 1 and found.counted == 0
    with pytest.raises(ValueError, match="at least one"):
        reliability(SMALL, "method", bins=0)


def test_threshold_curve_by_hand():
    found = threshold_curve(SMALL, "method")
    assert found.unscored == 1
    assert found.points == (
        (0.2, Counts(3, 3, 1)), (0.25, Counts(3, 2, 1)), (0.9, Counts(2, 2, 2)), (1, Counts(1, 2, 3)),
        (7, Counts(0, 2, 4)),
    )  # fmt: skip


def test_few_of_many_thresholds_are_taken_with_both_ends():
    many = study(["0-1 PER"] * 500, method=[f"0-1 PER {row / 500}" for row in range(500)])
    found = threshold_curve(many, "method")
    assert len(found.points) == 200
    assert found.points[0] == (0, Counts(500, 0, 0)) and found.points[-1] == (499 / 500, Counts(1, 0, 499))
    assert [counts.found for score, counts in found.points] == [500 - round(score * 500) for score, _ in found.points]


@given(studies(st.none() | st.sampled_from([-1.0, 0.0, 0.3, 0.5, 1.0])))
def test_a_threshold_leaves_out_what_is_under_it(drawn: Study):
    for score, counts in threshold_curve(drawn, "one").points:
        kept = (
            [entity for entity in one.entities if entity.score is None or entity.score >= score]
            for one in drawn.found["one"]
        )
        rows = (count(found, item.gold.entities) for found, item in zip(kept, drawn.items, strict=True))
        assert counts == sum(total(rows).values(), Counts())


@given(studies(st.none() | st.floats(-0.5, 1.5)), st.integers(1, 12))
def test_each_prediction_is_counted_once(drawn: Study, bins: int):
    found = reliability(drawn, "one", bins)
    assert found.counted + found.unscored + found.outside == len(drawn.predicted("one"))
    scores, right = drawn.predicted("one").scores, drawn.right("one")
    inside = (scores >= 0) & (scores <= 1)
    assert sum(one.right for one in found.bins) == np.count_nonzero(right & inside)
