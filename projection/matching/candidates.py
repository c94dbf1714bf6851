"""Target spans that may receive an entity, as arrays.

A span array has shape (C, 2): half-open word spans, sorted by start, then by length.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Candidates(NamedTuple):
    """Span array and the length limit that made it (in words; equal to the sentence when none)."""

    spans: NDArray[np.intp]
    longest: int


def longest_within(words: int, limit: int) -> int:
    """Return the greatest span length L <= `words` such that all spans up to L number at most `limit`.

    There are words * L - L * (L - 1) / 2 spans of length 1 to L. Always at least 1.
    """
    lengths = np.arange(1, words + 1)
    counts = words * lengths - lengths * (lengths - 1) // 2
    return max(1, int(np.searchsorted(counts, limit, side="right")))


def ngrams(words: int, *, longest: int = 0, limit: int = 100_000) -> Candidates:
    """Return all spans of up to `longest` words (0: any length), never more than about `limit` spans.

    The limit lowers `longest`, which is returned so that the caller can report it.
    """
    allowed = min(longest or words, longest_within(words, limit)) if words else 0
    starts = np.repeat(np.arange(words), np.minimum(allowed, words - np.arange(words)))
    first = np.r_[True, starts[1:] != starts[:-1]] if len(starts) else np.zeros(0, bool)
    positions = np.arange(len(starts))
    within = positions - np.maximum.accumulate(np.where(first, positions, 0)) if len(starts) else positions
    return Candidates(np.stack([starts, starts + within + 1], axis=1).astype(np.intp), allowed)
