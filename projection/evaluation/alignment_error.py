"""Alignment error rate against sure and possible gold links (Och and Ney 2003)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from projection.errors import AlignmentError
from projection.types import Alignment


@dataclass(frozen=True, slots=True)
class AlignmentCounts:
    """Counts of links; corpus counts are the sum of those of its sentences.

    With A the predicted, S the sure and P (which includes S) the possible gold links: `predicted` is
    |A|, `sure` |S|, `predicted_sure` |A ∩ S|, `predicted_possible` |A ∩ P|. Rates with nothing to
    divide by are 1 (nothing predicted is wrong, nothing sure is missed).
    """

    predicted: int = 0
    sure: int = 0
    predicted_sure: int = 0
    predicted_possible: int = 0

    def __add__(self, other: AlignmentCounts) -> AlignmentCounts:
        return AlignmentCounts(
            self.predicted + other.predicted,
            self.sure + other.sure,
            self.predicted_sure + other.predicted_sure,
            self.predicted_possible + other.predicted_possible,
        )

    @property
    def precision(self) -> float:
        """|A ∩ P| / |A|."""
        return self.predicted_possible / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """|A ∩ S| / |S|."""
        return self.predicted_sure / self.sure if self.sure else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def alignment_error_rate(self) -> float:
        """1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|), in [0, 1]; 0 when both are empty."""
        total = self.predicted + self.sure
        return 1 - (self.predicted_sure + self.predicted_possible) / total if total else 0.0


def count(predicted: Alignment, gold: Alignment) -> AlignmentCounts:
    """Compare the links of one pair with gold. Raises AlignmentError when the pairs differ in length."""
    lengths = [(one.source_length, one.target_length) for one in (predicted, gold)]
    if lengths[0] != lengths[1]:
        raise AlignmentError(
            f"Predicted links are for {lengths[0][0]} source and {lengths[0][1]} target words, gold links for "
            f"{lengths[1][0]} and {lengths[1][1]}: compare alignments of the same pair."
        )
    found = predicted.links
    sure = len(found & gold.links)
    return AlignmentCounts(len(found), len(gold.links), sure, sure + len(found & gold.possible))


def count_all(predicted: Iterable[Alignment], gold: Iterable[Alignment]) -> AlignmentCounts:
    """Return the sum over a corpus; both must have the same number of pairs."""
    return sum((count(one, reference) for one, reference in zip(predicted, gold, strict=True)), AlignmentCounts())
