"""From a matrix to links: each function takes (m, n) and returns a boolean (m, n), True where linked.

argmax, itermax, match, forward and reverse read similarities in [0, 1] ((cosine + 1) / 2 as in
SimAlign, Jalili Sabet et al. 2020); softmax and entmax read logits (AWESoME, Dou and Neubig 2021).
Ties go to the lower index. An empty side gives an empty matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Links = NDArray[np.bool_]

ITERMAX_DISCOUNT = 0.9


def forward(similarity: NDArray) -> Links:
    """Link each row to its best column."""
    links = np.zeros(similarity.shape, bool)
    if similarity.size:
        links[np.arange(len(similarity)), similarity.argmax(axis=1)] = True
    return links


def reverse(similarity: NDArray) -> Links:
    """Link each column to its best row."""
    links = np.zeros(similarity.shape, bool)
    if similarity.size:
        links[similarity.argmax(axis=0), np.arange(similarity.shape[1])] = True
    return links


def argmax(similarity: NDArray) -> Links:
    """Link what is best for each other ("inter")."""
    return forward(similarity) & reverse(similarity)


def itermax(similarity: NDArray, rounds: int = 2) -> Links:
    """Repeat argmax on what is left: cells with one side already linked count 0.9 of their similarity.

    Cells with both sides linked are out. Stops after `rounds` (the first is plain argmax), when a round
    adds nothing or no row or no column is free. With two rows or columns or fewer it is argmax.
    """
    links = argmax(similarity)
    if min(similarity.shape) <= 2:
        return links
    for _ in range(rounds - 1):
        rows, columns = links.any(axis=1), links.any(axis=0)
        if rows.all() or columns.all():
            break
        factor = np.where(rows[:, None] | columns[None, :], ITERMAX_DISCOUNT, 1.0)
        factor[np.ix_(rows, columns)] = 0.0
        added = argmax(similarity * factor) & (factor > 0)
        if not added.any():
            break
        links |= added
    return links


def match(similarity: NDArray) -> Links:
    """Maximum-weight matching ("mwmf"): every element of the shorter side gets its own partner."""
    from scipy.optimize import linear_sum_assignment

    links = np.zeros(similarity.shape, bool)
    links[linear_sum_assignment(similarity, maximize=True)] = True
    return links


def softmax(logits: NDArray, threshold: float) -> Links:
    """Link where the softmax over columns and the softmax over rows both exceed `threshold`."""
    return (softmax_of(logits, axis=1) > threshold) & (softmax_of(logits, axis=0) > threshold)


def entmax(logits: NDArray, threshold: float = 0.0) -> Links:
    """Link where the 1.5-entmax over columns and over rows both exceed `threshold` (0: both not zero)."""
    return (entmax_of(logits, axis=1) > threshold) & (entmax_of(logits, axis=0) > threshold)


def softmax_of(logits: NDArray, axis: int) -> NDArray:
    """Return the softmax along `axis`."""
    if not logits.size:
        return logits
    weights = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)


def entmax_of(logits: NDArray, axis: int) -> NDArray[np.float64]:
    """Return the 1.5-entmax along `axis` (Peters et al. 2019, exact algorithm by sorting).

    p = max(z / 2 - tau, 0)^2 with tau such that p sums to 1; tau is found among the prefixes of the
    sorted values, where it is mean - sqrt((1 - sum of squared deviations) / k).
    """
    if not logits.size:
        return logits.astype(np.float64)
    values = np.moveaxis(np.asarray(logits, np.float64), axis, -1) / 2
    values = values - values.max(axis=-1, keepdims=True)
    ordered = -np.sort(-values, axis=-1)
    count = np.arange(1, ordered.shape[-1] + 1)
    mean = ordered.cumsum(axis=-1) / count
    deviation = (ordered**2).cumsum(axis=-1) - count * mean**2
    taus = mean - np.sqrt(np.clip((1 - deviation) / count, 0, None))
    support = (taus <= ordered).sum(axis=-1, keepdims=True)
    tau = np.take_along_axis(taus, support - 1, axis=-1)
    return np.moveaxis(np.clip(values - tau, 0, None) ** 2, -1, axis)


BY_SIMILARITY: Mapping[str, Callable[[NDArray], Links]] = MappingProxyType(
    {"argmax": argmax, "itermax": itermax, "match": match, "forward": forward, "reverse": reverse}
)
BY_LOGITS: Mapping[str, Callable[[NDArray, float], Links]] = MappingProxyType({"softmax": softmax, "entmax": entmax})
EXTRACTIONS: tuple[str, ...] = (*BY_SIMILARITY, *BY_LOGITS)
