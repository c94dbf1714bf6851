"""Span scores of a corpus: micro-averaged, per label, with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projection.evaluation.counts import Counts, total

LENGTHS = (10, 20, 40)


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval of F1 or another rate: `level` .95 means 95 %."""

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
    lengths: tuple[int, ...] = ()
    """Words of each gold sentence."""
    languages: tuple[str, ...] = ()
    """Language of each gold sentence, "und" where it is not known."""

    @property
    def labels(self) -> dict[str, Counts]:
        """Counts of each label over all sentences."""
        return total(self.rows)

    @property
    def overall(self) -> Counts:
        """Counts over all labels (micro average)."""
        return sum(self.labels.values(), Counts())

    def by_length(self, ends: Sequence[int] = LENGTHS) -> dict[str, Counts]:
        """Return the counts of the sentences of up to `ends` words each, as "1-10", "11-20", ..., "41+"."""
        starts = [1, *(end + 1 for end in ends)]
        names = [*(f"{start}-{end}" for start, end in zip(starts, ends, strict=False)), f"{starts[-1]}+"]
        sums = dict.fromkeys(names, Counts())
        for row, length in zip(self.rows, self.lengths, strict=True):
            name = names[sum(length > end for end in ends)]
            sums[name] = sum(row.values(), sums[name])
        return sums

    def by_language(self) -> dict[str, Counts]:
        """Return the counts of the sentences of each language, languages in alphabetical order."""
        sums = {language: Counts() for language in sorted(set(self.languages))}
        for row, language in zip(self.rows, self.languages, strict=True):
            sums[language] = sum(row.values(), sums[language])
        return sums

    @property
    def table(self) -> list[tuple[int, int]]:
        """(found, predicted + gold) of each sentence: what F1 is made of (see `resampling`)."""
        sums = (sum(row.values(), Counts()) for row in self.rows)
        return [(counts.found, counts.predicted + counts.gold) for counts in sums]

    def interval(self, *, level: float = 0.95, samples: int = 1000, seed: int = 1) -> Interval:
        """Return the percentile bootstrap interval of the overall F1, sentences drawn with replacement.

        The same seed gives the same interval (numpy's PCG64). Takes O(samples x sentences).
        """
        from projection.evaluation.resampling import f1_of, quantiles, resampled_sums

        return Interval(*quantiles(f1_of(resampled_sums(self.table, samples, seed)), level), level, samples, seed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, unrounded."""
        interval = self.interval()
        return {
            "overall": figures_of(self.overall),
            "labels": {label: figures_of(counts) for label, counts in self.labels.items()},
            "interval": {"low": interval.low, "high": interval.high, "level": interval.level, "seed": interval.seed},
            "sentences": len(self.rows),
            "missing_sentences": self.missing,
            "signature": self.signature,
        }


def figures_of(counts: Counts) -> dict[str, float]:
    """Return counts and rates as plain JSON values, unrounded."""
    names = ("precision", "recall", "f1", "found", "spurious", "missed", "predicted", "gold")
    return {name: getattr(counts, name) for name in names}
