"""Intervals and paired tests beside scipy's, and beside every exchange that there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from projection.evaluation.resampling import difference, f1_of, quantiles, resampled_sums

GENERATOR = np.random.default_rng(7)
GOLD = GENERATOR.integers(1, 4, 60)


def system(right: float, seed: int) -> np.ndarray:
    """Return (found, predicted + gold) of 60 sentences of a system that finds about this share."""
    generator = np.random.default_rng(seed)
    found = generator.binomial(GOLD, right)
    return np.stack([found, GOLD + found + generator.binomial(2, 1 - right, len(GOLD))], axis=1)


def test_f1_of_nothing_is_nothing():
    assert f1_of(np.array([[3, 10], [0, 0], [0, 5]])).tolist() == [0.6, 0, 0]


def test_the_interval_is_scipys():
    table = system(0.7, 1)
    ours = quantiles(f1_of(resampled_sums(table, 4000, 3)))
    theirs = stats.bootstrap(
        (table[:, 0], table[:, 1]), lambda found, size: 2 * found.sum() / size.sum(), paired=True, vectorized=False,
        n_resamples=4000, method="percentile", rng=np.random.default_rng(5),
    ).confidence_interval  # fmt: skip
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_the_same_seed_gives_the_same_and_nothing_gives_nothing():
    table = system(0.7, 1)
    assert (resampled_sums(table, 50, 3) == resampled_sums(table, 50, 3)).all()
    assert (resampled_sums(table, 50, 3) != resampled_sums(table, 50, 4)).any()
    assert resampled_sums([], 5).tolist() == [[0, 0]] * 5
    assert difference([], []).randomisation == 1


@pytest.mark.parametrize("seed", range(4))
def test_randomisation_is_what_all_exchanges_say(seed):
    """Twelve sentences have 4 096 exchanges: the share of them with as large a difference is the exact p."""
    one, other = system(0.7, seed)[:12], system(0.55, seed + 50)[:12]
    observed = abs(f1_of(one.sum(0)) - f1_of(other.sum(0)))
    extreme = 0
    for swaps in product([False, True], repeat=12):
        swap = np.array(swaps)[:, None]
        here, there = np.where(swap, other, one).sum(0), np.where(swap, one, other).sum(0)
        extreme += abs(f1_of(here) - f1_of(there)) >= observed - 1e-12
    found = difference(one, other, samples=20000)
    assert found.randomisation == pytest.approx(extreme / 4096, abs=0.015)
    assert found.value == pytest.approx(float(f1_of(one.sum(0)) - f1_of(other.sum(0))))


def test_a_mean_is_tested_like_scipys_permutation_test():
    generator = np.random.default_rng(11)
    one, other = generator.normal(0.3, 1, 80), generator.normal(0, 1, 80)
    found = difference(one, other, lambda sums: sums[..., 0] / 80, samples=20000)
    theirs = stats.permutation_test(
        (one, other), lambda left, right, axis: (left - right).mean(axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=20000, rng=np.random.default_rng(3),
    )  # fmt: skip
    assert found.randomisation == pytest.approx(theirs.pvalue, abs=0.015)
    assert found.bootstrap == pytest.approx(theirs.pvalue, abs=0.03)


def test_systems_that_are_the_same_do_not_differ_and_those_that_are_apart_do():
    same = difference(system(0.7, 1), system(0.7, 1))
    assert (same.value, same.low, same.high) == (0, 0, 0) and same.bootstrap == same.randomisation == 1
    apart = difference(system(0.9, 1), system(0.3, 2))
    assert apart.value > 0.3 and apart.low > 0 and apart.randomisation == pytest.approx(1 / 1001)
    assert apart.bootstrap == pytest.approx(2 / 1001)
    turned = difference(system(0.3, 2), system(0.9, 1))
    assert turned.value == pytest.approx(-apart.value) and turned.randomisation == apart.randomisation


def test_two_sentences_prove_nothing():
    """One of two sentences differs: in a quarter of the resamples nothing does, whatever else is drawn."""
    apart = difference([[1, 2], [1, 2]], [[1, 2], [0, 2]])
    assert apart.value > 0 and apart.low == 0 and apart.bootstrap == pytest.approx(0.5, abs=0.06)


def test_p_of_equally_good_systems_is_spread_evenly():
    """Under the null hypothesis p is below .2 in a fifth of the cases."""
    low = sum(difference(system(0.6, n), system(0.6, n + 500), samples=200).randomisation <= 0.2 for n in range(200))
    assert 20 <= low <= 60


def test_different_sentences_cannot_be_compared():
    with pytest.raises(ValueError, match="different sentences"):
        difference(system(0.5, 1), system(0.5, 1)[:30])
