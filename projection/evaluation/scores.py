"""Span scores of a corpus: micro-averaged, per label, with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projection.evaluation.counts import Counts, total


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval of the F1 score: `level` .95 means 95 %."""

    low: float
    high: float
    level: float
    samples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Scores:
    """The counts of each sentence, and everything that follows from them.

    `rows` has one mapping label -> Counts for each gold sentence; `missing` is the number of gold
    sentences that were not predicted at all (their entities count as missed). `signature` says what
    was compared and how.
    """

    rows: tuple[Mapping[str, Counts], ...]
    signature: str = ""
    missing: int = 0

    @property
    def labels(self) -> dict[str, Counts]:
        """Counts of each label over all sentences."""
        return total(self.rows)

    @property
    def overall(self) -> Counts:
        """Counts over all labels (micro average)."""
        return sum(self.labels.values(), Counts())

    def interval(self, *, level: float = 0.95, samples: int = 1000, seed: int = 1) -> Interval:
        """Return the percentile bootstrap interval of the overall F1, sentences drawn with replacement.

        The same seed gives the same interval (numpy's PCG64). Takes O(samples x sentences).
        """
        import numpy as np

        size = len(self.rows)
        table = np.zeros((max(size, 1), 2))
        for index, row in enumerate(self.rows):
            counts = sum(row.values(), Counts())
            table[index] = 2 * counts.found, counts.predicted + counts.gold
        generator = np.random.default_rng(seed)
        drawn = np.zeros((samples, 2))
        for sample in range(samples if size else 0):
            drawn[sample] = np.bincount(generator.integers(size, size=size), minlength=size) @ table
        f1 = np.divide(drawn[:, 0], drawn[:, 1], out=np.zeros(samples), where=drawn[:, 1] > 0)
        low, high = np.quantile(f1, [(1 - level) / 2, (1 + level) / 2])
        return Interval(float(low), float(high), level, samples, seed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, unrounded."""
        interval = self.interval()
        return {
            "overall": _figures(self.overall),
            "labels": {label: _figures(counts) for label, counts in self.labels.items()},
            "interval": {"low": interval.low, "high": interval.high, "level": interval.level, "seed": interval.seed},
            "sentences": len(self.rows),
            "missing_sentences": self.missing,
            "signature": self.signature,
        }


def _figures(counts: Counts) -> dict[str, float | int]:
    names = ("precision", "recall", "f1", "found", "spurious", "missed", "predicted", "gold")
    return {name: getattr(counts, name) for name in names}
