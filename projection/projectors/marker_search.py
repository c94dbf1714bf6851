"""Find the two places of a pair of marks in a fixed translation that make it most probable: an exact search.

The problem is CODEC's (Le et al., "Constrained Decoding for Cross-lingual Label Projection", ICLR 2024):
maximise log P(y with [ before word a and ] before word b | x with marks). All tokens but the marks are given,
and a log probability only falls as tokens are added. So what the model thinks of the text up to a place, with
the mark put there, is an upper bound on everything that goes on from it, and best-first search with these
bounds finds the true optimum, mostly after a small part of all (a, b).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from projection.protocols import TokenScores
from projection.types import Span

Pieces = Sequence[tuple[Sequence[int], Sequence[int]]]
"""Of each target word its tokens as it stands, and as it would after a space (see protocols.TokenScorer)."""
Score = Callable[[Sequence[Sequence[int]]], list[TokenScores]]
"""Scores token sequences under the marked source; probes 0 and 1 are the first tokens of the two marks."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The tokens of the opening and of the closing mark."""

    opening: tuple[int, ...]
    closing: tuple[int, ...]


@dataclass(slots=True)
class Found:
    """What a search came to.

    `hypotheses` are (log probability of the marked text, span), best first; `openings` the (upper
    bound, word) of every place an opening mark may have. `scored` counts the texts that were scored, `possible`
    the (opening, closing) pairs there are. `is_exact` is False where the limit stopped the search.
    """

    hypotheses: list[tuple[float, Span]] = field(default_factory=list)
    openings: list[tuple[float, int]] = field(default_factory=list)
    scored: int = 0
    possible: int = 0
    is_exact: bool = True


def search(
    pieces: Pieces,
    marks: Marks,
    score: Score,
    *,
    best: int = 5,
    batch: int = 16,
    longest: int = 0,
    limit: int = 0,
    places: Collection[int] | None = None,
) -> Found:
    """Return the `best` most probable spans for the marks.

    `batch` texts are scored at a time; spans have up to `longest` words (0: any). `limit` bounds the texts
    scored (0: none). Opening marks may stand before the words `places` only (None: all).
    """
    found, words = Found(), len(pieces)
    starts = sorted(range(words) if places is None else places)
    reach = longest or words
    found.possible = sum(min(reach, words - start) for start in starts)
    if not starts:
        return found
    (plain,) = score([_written(pieces, marks, None)])
    found.scored = 1
    offsets = [0, *accumulate(len(as_is) for as_is, _ in pieces)]
    before = _sums(plain.log_probabilities)
    found.openings = sorted(((before[offsets[a]] + plain.probes[offsets[a], 0], a) for a in starts), reverse=True)
    queue = [(-bound, 0, a, 0) for bound, a in found.openings]  # (-bound, a text to score or not, opening, closing)
    heapq.heapify(queue)
    while queue and not (len(found.hypotheses) >= best and -queue[0][0] <= found.hypotheses[best - 1][0]):
        if limit and found.scored >= limit:
            found.is_exact = False
            break
        room = min(batch, limit - found.scored) if limit else batch
        taken = [heapq.heappop(queue) for _ in range(min(room, len(queue)))]
        texts = [_written(pieces, marks, (a, b or None)) for _, _, a, b in taken]
        found.scored += len(texts)
        for (_, _, a, b), scores in zip(taken, score(texts), strict=True):
            if b:
                found.hypotheses.append((float(scores.log_probabilities.sum()), Span(a, b)))
                continue
            for bound, end in _closings(pieces, marks, scores, a, min(words, a + reach)):
                heapq.heappush(queue, (-bound, 1, a, end))
        found.hypotheses.sort(key=lambda one: (-one[0], len(one[1]), one[1]))
    found.hypotheses = found.hypotheses[:best]
    return found


def _written(pieces: Pieces, marks: Marks, places: tuple[int, int | None] | None) -> list[int]:
    """Return the tokens of the text with an opening mark before word a and a closing one before word b."""
    opening, closing = places or (None, None)
    tokens: list[int] = []
    for word, (as_is, spaced) in enumerate(pieces):
        if word == closing:
            tokens += marks.closing
        if word == opening:
            tokens += marks.opening
        tokens += spaced if word in (opening, closing) else as_is
    return [*tokens, *marks.closing] if closing == len(pieces) else tokens


def _closings(pieces: Pieces, marks: Marks, scores: TokenScores, start: int, last: int) -> list[tuple[float, int]]:
    """Return (bound, word) of each closing place after an opening mark before `start`, up to word `last`."""
    before = _sums(scores.log_probabilities)
    place = sum(len(as_is) for as_is, _ in pieces[:start]) + len(marks.opening)
    bounds = []
    for end in range(start + 1, last + 1):
        place += len(pieces[end - 1][1 if end - 1 == start else 0])
        bounds.append((before[place] + scores.probes[place, 1], end))
    return bounds


def _sums(log_probabilities: np.ndarray) -> np.ndarray:
    """Return the log probability of everything before each token."""
    return np.concatenate([[0.0], np.cumsum(log_probabilities)])
