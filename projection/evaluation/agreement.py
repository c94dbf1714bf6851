"""How far methods agree on one text, without asking who is right: exact spans with their labels.

Two labellings that are both empty agree fully. Nothing here knows gold; F1 is symmetric, so it does not
matter which of two labellings is taken for the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from projection.types import Entity

Labelling = Iterable[Entity]


def span_agreement(one: Labelling, other: Labelling) -> float:
    """Return F1 of the spans with labels of two labellings: 2 |A ∩ B| / (|A| + |B|), 1 if both are empty."""
    return _f1(*_shared(one, other))


def disagreement(labellings: Sequence[Labelling]) -> float:
    """Return the mean of 1 - F1 over all pairs, in [0, 1]; 0 with fewer than two labellings."""
    pairs = list(combinations([list(labelling) for labelling in labellings], 2))
    return sum(1 - span_agreement(*pair) for pair in pairs) / len(pairs) if pairs else 0.0


def differing_words(*labellings: Labelling) -> frozenset[int]:
    """Return the words whose IOB2 tag is not the same in all labellings."""
    tagged = [_tagged(labelling) for labelling in labellings]
    return frozenset(word for tags in tagged for word in tags if len({other.get(word) for other in tagged}) > 1)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two methods over a corpus: `f1` over all their spans together, on the `sentences` both have a result for."""

    one: str
    other: str
    f1: float
    sentences: int


def pairwise(rows: Iterable[Mapping[str, Labelling]], methods: Sequence[str]) -> dict[tuple[str, str], Pair]:
    """Compare every two of `methods` over a corpus, keyed both ways round.

    A row has the labelling of each method on one sentence; a method that failed there has none, and the
    sentence does not count for its pairs. F1 is micro-averaged; pairs without a common sentence are left out.
    """
    sums: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        present = {method: list(row[method]) for method in methods if method in row}
        for one, other in combinations(present, 2):
            counts = sums.setdefault((one, other), [0, 0, 0])
            shared, size = _shared(present[one], present[other])
            counts[0], counts[1], counts[2] = counts[0] + shared, counts[1] + size, counts[2] + 1
    found = {}
    for (one, other), (shared, size, sentences) in sums.items():
        found[one, other] = Pair(one, other, _f1(shared, size), sentences)
        found[other, one] = Pair(other, one, _f1(shared, size), sentences)
    return found


def _shared(one: Labelling, other: Labelling) -> tuple[int, int]:
    """Return |A ∩ B| and |A| + |B|."""
    left, right = ({(entity.span, entity.label) for entity in side} for side in (one, other))
    return len(left & right), len(left) + len(right)


def _f1(shared: int, size: int) -> float:
    return 2 * shared / size if size else 1.0


def _tagged(labelling: Labelling) -> dict[int, tuple[str, bool]]:
    """Return (label, whether it is the first word) of each word inside an entity."""
    return {
        word: (entity.label, word == entity.span.start)
        for entity in labelling
        for word in range(entity.span.start, entity.span.end)
    }
