"""Exact matches of labelled spans, counted sentence by sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from projection.types import Entity


@dataclass(frozen=True, slots=True)
class Counts:
    """Entities found (true positives), spurious (false positives) and missed (false negatives).

    Counts add up: those of a corpus are the sum of those of its sentences. Rates with nothing to
    divide by are 0, as in conlleval and seqeval.

    >>> (Counts(3, 1, 0) + Counts(0, 0, 1)).precision
    0.75
    """

    found: int = 0
    spurious: int = 0
    missed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.found + other.found, self.spurious + other.spurious, self.missed + other.missed)

    @property
    def predicted(self) -> int:
        return self.found + self.spurious

    @property
    def gold(self) -> int:
        return self.found + self.missed

    @property
    def precision(self) -> float:
        """The share of predicted entities that are right."""
        return self.found / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of gold entities that were found."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.predicted + self.gold
        return 2 * self.found / total if total else 0.0


def count(
    predicted: Iterable[Entity], gold: Iterable[Entity], labels: Collection[str] | None = None
) -> Mapping[str, Counts]:
    """Compare the entities of one sentence by span and label; `labels` restricts both sides (None: all).

    Labels without an entity on either side have no entry.
    """
    ours, theirs = (
        {(entity.span, entity.label) for entity in side if labels is None or entity.label in labels}
        for side in (predicted, gold)
    )
    found, spurious, missed = (
        Counter(label for _, label in part) for part in (ours & theirs, ours - theirs, theirs - ours)
    )
    return {
        label: Counts(found[label], spurious[label], missed[label]) for label in sorted({*found, *spurious, *missed})
    }


def total(rows: Iterable[Mapping[str, Counts]]) -> dict[str, Counts]:
    """Return the sum over sentences for each label, labels in alphabetical order."""
    sums: dict[str, Counts] = {}
    for row in rows:
        for label, counts in row.items():
            sums[label] = sums.get(label, Counts()) + counts
    return dict(sorted(sums.items()))
