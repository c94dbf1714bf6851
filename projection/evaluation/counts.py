"""Matches of labelled spans, counted sentence by sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from projection.types import Entity, Span


@dataclass(frozen=True, slots=True)
class Counts:
    """Entities found (true positives), spurious (false positives) and missed (false negatives).

    A partial match counts half on each side. Counts add up: those of a corpus are the sum of those of its
    sentences. Rates with nothing to divide by are 0, as in conlleval and seqeval.

    >>> (Counts(3, 1, 0) + Counts(0, 0, 1)).precision
    0.75
    """

    found: float = 0
    spurious: float = 0
    missed: float = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.found + other.found, self.spurious + other.spurious, self.missed + other.missed)

    @property
    def predicted(self) -> float:
        return self.found + self.spurious

    @property
    def gold(self) -> float:
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


Match = Literal["exact", "type", "span", "partial"]
MATCHES: dict[Match, str] = {
    "exact": "the same words with the same label",
    "type": "the same label, at least one word in common",
    "span": "the same words, whatever the label",
    "partial": "a word in common, whatever the label: 1 for the same words, else a half",
}
"""What can count as found. SemEval-2013 task 9 (and nervaluate) call these strict, type, exact and partial."""
ANY = ""
"""The label under which matches that do not look at labels are counted."""


def count(
    predicted: Iterable[Entity], gold: Iterable[Entity], labels: Collection[str] | None = None, match: Match = "exact"
) -> Mapping[str, Counts]:
    """Compare the entities of one sentence; `labels` restricts both sides (None: all).

    Labels without an entity on either side have no entry. "span" and "partial" count everything under ANY. Where
    several entities share words, they are paired one to one so that as much as possible is found.
    """
    if match != "exact":
        return _counted_in_pairs(predicted, gold, labels, match)
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


def _counted_in_pairs(
    predicted: Iterable[Entity], gold: Iterable[Entity], labels: Collection[str] | None, match: Match
) -> Mapping[str, Counts]:
    ours, theirs = (
        sorted({(one.span, one.label if match == "type" else ANY) for one in side
                if labels is None or one.label in labels})
        for side in (predicted, gold)
    )  # fmt: skip
    rows: dict[str, Counts] = {}
    for label in sorted({label for _, label in (*ours, *theirs)}):
        found, reference = ([span for span, own in side if own == label] for side in (ours, theirs))
        credit = _best_credit(found, reference, match)
        rows[label] = Counts(credit, len(found) - credit, len(reference) - credit)
    return rows


def _best_credit(found: Sequence[Span], gold: Sequence[Span], match: Match) -> float:
    """Return the greatest sum of credits when each span is paired with at most one of the other side."""
    worth = [[_credit(one, other, match) for other in gold] for one in found]
    best: float = sum(map(sum, worth))
    if _has_choice(worth):
        import numpy as np
        from scipy.optimize import linear_sum_assignment

        credits = np.array(worth, float)
        best = credits[linear_sum_assignment(credits, maximize=True)].sum()
    return float(best) if match == "partial" else int(best)


def _has_choice(worth: list[list[float]]) -> bool:
    """Return whether any span could be paired with more than one of the other side."""
    return any(sum(map(bool, line)) > 1 for line in (*worth, *zip(*worth, strict=True)))


def _credit(one: Span, other: Span, match: Match) -> float:
    if one == other:
        return 1
    if match == "span" or not one.overlaps(other):
        return 0
    return 1 if match == "type" else 0.5


def total(rows: Iterable[Mapping[str, Counts]]) -> dict[str, Counts]:
    """Return the sum over sentences for each label, labels in alphabetical order."""
    sums: dict[str, Counts] = {}
    for row in rows:
        for label, counts in row.items():
            sums[label] = sums.get(label, Counts()) + counts
    return dict(sorted(sums.items()))
