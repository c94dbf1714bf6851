"""How far a figure could be chance: bootstrap intervals and paired tests over the sentences of a corpus.

Everything works on a table of counts (sentences, columns) whose sums a `statistic` turns into a figure: with the
sums of the columns along the last axis it returns one figure for each row of sums. One resampling serves all
columns, so that several methods scored on the same sentences are drawn together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
SAMPLES, SEED = 1000, 1
_AT_ONCE = 4_000_000  # random numbers held at a time
_TINY = 1e-12  # sums of the same numbers in another order


def f1_of(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F1 of (..., 2) sums: found, and predicted + gold; 0 where there is nothing (as conlleval)."""
    return np.divide(2 * sums[..., 0], sums[..., 1], out=np.zeros(sums.shape[:-1]), where=sums[..., 1] > 0)


def resampled_sums(table: ArrayLike, samples: int = SAMPLES, seed: int = SEED) -> NDArray[np.float64]:
    """Return the column sums of `samples` resamples (samples, columns), rows drawn with replacement (Efron 1979).

    The same seed gives the same sums (numpy's PCG64). Takes O(samples x sentences).
    """
    from threadpoolctl import threadpool_limits

    counts = _table(table)
    size = len(counts)
    found = np.zeros((samples, counts.shape[1]))
    generator = np.random.default_rng(seed)
    step = max(1, _AT_ONCE // max(1, size))  # one product for many resamples reads the table once
    with threadpool_limits(1, user_api="blas"):  # threads that wait for a busy core make it ten times slower
        for start in range(0, samples if size else 0, step):
            times = np.empty((min(step, samples - start), size))
            for row in times:
                row[:] = np.bincount(generator.integers(size, size=size), minlength=size)
            found[start : start + len(times)] = times @ counts
    return found


def quantiles(values: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of resampled figures."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two systems on the same sentences are apart: `value` is the first less the second.

    `low` and `high` bound it by paired bootstrap at 95 %. `bootstrap` and `randomisation` are two-sided p-values: how
    often a difference as large comes about though the systems are equally good.
    """

    value: float
    low: float
    high: float
    bootstrap: float
    randomisation: float
    samples: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def difference(
    one: ArrayLike, other: ArrayLike, statistic: Statistic = f1_of, *, samples: int = SAMPLES, seed: int = SEED
) -> Difference:
    """Compare two systems whose counts on each sentence are the rows of `one` and `other`.

    - Paired bootstrap (Koehn, EMNLP 2004): both are scored on the same resamples; p is twice the share of those in
      which the one that is behind is at least as good. So it is below .05 where the interval leaves out 0. Moving the
      differences to mean zero (Berg-Kirkpatrick et al., EMNLP 2012) is not done: on a handful of sentences that can
      be significant although a quarter of the resamples show no difference.
    - Approximate randomisation (Noreen 1989; Yeh, COLING 2000): the two results of a sentence are exchanged
      by a coin; p is how often the difference then is as large.

    Shares are (r + 1) / (samples + 1), so no p-value is 0. Raises ValueError for tables of different shape.
    """
    return differences([one], other, statistic, samples=samples, seed=seed)[0]


def differences(
    others: Sequence[ArrayLike],
    base: ArrayLike,
    statistic: Statistic = f1_of,
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> list[Difference]:
    """Compare each of several systems with one, all on the same resamples: `difference(other, base)` of each."""
    right, tables = _table(base), [_table(one) for one in others]
    for left in tables:
        if left.shape != right.shape:
            raise ValueError(f"the two were scored on different sentences: {left.shape} and {right.shape} counts")
    drawn = resampled_sums(np.hstack([right, *tables]), samples, seed).reshape(samples, -1, right.shape[1])
    figures = statistic(drawn)
    return [
        _difference(left, right, figures[:, number] - figures[:, 0], statistic, samples, seed)
        for number, left in enumerate(tables, 1)
    ]


def _difference(
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    drawn: NDArray[np.float64],
    statistic: Statistic,
    samples: int,
    seed: int,
) -> Difference:
    observed = _apart(statistic, left.sum(0), right.sum(0)).item()
    low, high = quantiles(drawn)
    behind = min(_p_value(drawn <= _TINY), _p_value(drawn >= -_TINY))
    exchanged = np.concatenate([_apart(statistic, *pair) for pair in _exchanged(left, right, samples, seed)])
    swapped = np.abs(exchanged) >= abs(observed) - _TINY
    return Difference(observed, low, high, min(1.0, 2 * behind), _p_value(swapped), samples, seed)


def _exchanged(
    left: NDArray[np.float64], right: NDArray[np.float64], samples: int, seed: int
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield sums of both systems (some samples, columns), the sentences exchanged at random."""
    generator = np.random.default_rng(seed)
    total, apart = left.sum(0) + right.sum(0), left - right
    moved = np.flatnonzero(np.any(apart, axis=1))  # the others stay the same, exchanged or not
    step = max(1, _AT_ONCE // max(1, len(moved)))
    for start in range(0, samples, step):
        signs = generator.integers(2, size=(min(step, samples - start), len(moved)), dtype=np.int8) * 2 - 1
        kept = signs.astype(np.float32) @ apart[moved].astype(np.float32) if len(moved) else np.zeros((len(signs), 1))
        yield (total + kept) / 2, (total - kept) / 2


def _apart(statistic: Statistic, one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.atleast_1d(statistic(np.asarray(one, float)) - statistic(np.asarray(other, float)))


def _p_value(extreme: NDArray[np.bool_]) -> float:
    return float((np.count_nonzero(extreme) + 1) / (extreme.size + 1))


def _table(values: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(values, np.float64)
    return table.reshape(len(table), -1) if table.size else np.zeros((0, table.shape[1] if table.ndim > 1 else 2))
