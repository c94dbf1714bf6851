"""Prepare a matching without losing an optimum: break ties, drop what is never needed, split what does not meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]
Spans = NDArray[np.intp]
Choice = tuple[int, int]


_BIAS = 1e-7


def untied(weights: Weights, spans: Spans, ties: str = "shorter") -> Weights:
    """Lower each positive weight by less than a ten-millionth of it, so that no two of an entity are equal.

    Ahead is the earlier entity; of its spans with `ties` "shorter" the shorter, then the leftmost; with "longer"
    the longer, then the leftmost; with "leftmost", as in the published code, the leftmost, then the shorter.
    Equal up to rounding counts as equal.
    """
    if not weights.size:
        return weights
    starts, lengths = spans[:, 0], spans[:, 1] - spans[:, 0]
    words = int(spans[:, 1].max()) + 1
    if ties == "leftmost":
        rank = starts * words + lengths
    else:
        rank = (words - lengths if ties == "longer" else lengths) * words + starts
    rank = rank + np.arange(len(weights))[:, None] * words**2
    return np.where(weights > 0, weights * (1 - rank * (_BIAS / (len(weights) * words**2))), weights)


def undominated(weights: Weights, spans: Spans, *, grid: int = 400) -> Weights:
    """Zero each weight that a span inside it reaches too, for the same entity: never needed for an optimum.

    (A wider span blocks everything the inner one blocks, and counts as one projection like it.)
    Sentences of more than `grid` words are left as they are.
    """
    words = int(spans[:, 1].max(initial=0))
    if not len(weights) or not words or words > grid:
        return weights
    dense = np.full((len(weights), words + 1, words + 1), -np.inf)
    dense[:, spans[:, 0], spans[:, 1]] = weights
    inside = dense.copy()
    dominated = np.zeros(dense.shape, bool)
    for length in range(2, words + 1):
        starts = np.arange(words - length + 1)
        ends = starts + length
        inner = np.maximum(inside[:, starts + 1, ends], inside[:, starts, ends - 1])
        dominated[:, starts, ends] = inner >= dense[:, starts, ends]
        inside[:, starts, ends] = np.maximum(inner, dense[:, starts, ends])
    return np.where(dominated[:, spans[:, 0], spans[:, 1]], 0.0, weights)


def independent(weights: Weights, spans: Spans) -> list[NDArray[np.intp]]:
    """Split the entities that have a candidate into groups that share no target word.

    Each group can be matched on its own: no candidate of one blocks a candidate of another. Returns the
    ascending entity numbers of each group, groups in order of their first entity.
    """
    live = np.nonzero((weights > 0).any(axis=1))[0]
    words = int(spans[:, 1].max(initial=0))
    covered = np.zeros((len(live), words + 1), np.intp)
    for row, entity in enumerate(live):
        own = spans[weights[entity] > 0]
        np.add.at(covered[row], own[:, 0], 1)
        np.add.at(covered[row], own[:, 1], -1)
    touched = (covered.cumsum(axis=1) > 0).astype(np.float32)
    meets = touched @ touched.T > 0
    groups: list[NDArray[np.intp]] = []
    left = np.ones(len(live), bool)
    while left.any():
        group = meets[left.argmax()]
        while (wider := meets[group].any(axis=0)).sum() > group.sum():
            group = wider
        groups.append(live[group])
        left &= ~group
    return groups


def overlapping(spans: Spans, candidate: int) -> NDArray[np.bool_]:
    """Say of each candidate whether it shares a word with `candidate` (which does so with itself)."""
    start, end = spans[candidate]
    return (spans[:, 0] < end) & (start < spans[:, 1])
