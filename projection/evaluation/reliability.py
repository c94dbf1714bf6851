"""Is the score honest, and what would a threshold on it do?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projection.evaluation.counts import Counts
from projection.evaluation.study import Study

MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions with a score in [`low`, `high`), the last bin's `high` included: how many are right, and wrong.

    `mean` is the mean of their scores, None where there are none.
    """

    low: float
    high: float
    right: int
    wrong: int
    mean: float | None = None

    @property
    def count(self) -> int:
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """The share that is right, None of none."""
        return self.right / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Reliability:
    """How the scores of a method agree with how often it is right.

    `error` is the expected calibration error in [0, 1] (Naeini et al., AAAI 2015): the mean over predictions of how
    far the mean score of their bin is from the share that is right; None without a score in [0, 1]. `unscored`
    predictions have no score and `outside` ones a score that is not in [0, 1]: neither is in a bin.
    """

    bins: tuple[Bin, ...]
    error: float | None
    unscored: int
    outside: int

    @property
    def counted(self) -> int:
        """The number of predictions in the bins."""
        return sum(one.count for one in self.bins)


def reliability(study: Study, method: str, bins: int = 10) -> Reliability:
    """Put the predictions of a method in bins of equal width by their score; right is what matches exactly.

    Raises KeyError for an unknown method, ValueError for less than one bin.
    """
    if bins < 1:
        raise ValueError(f"{bins} bins: at least one is needed")
    scores, right = study.predicted(method).scores, study.right(method)
    known = ~np.isnan(scores)
    inside = known & (scores >= 0) & (scores <= 1)
    kept, hits = scores[inside], right[inside]
    places = np.minimum((kept * bins).astype(int), bins - 1)
    counts, rights = np.bincount(places, minlength=bins), np.bincount(places[hits], minlength=bins)
    sums = np.bincount(places, kept, minlength=bins)
    error = float(np.abs(sums - rights).sum() / len(kept)) if len(kept) else None
    made = tuple(
        Bin(
            place / bins,
            (place + 1) / bins,
            int(rights[place]),
            int(counts[place] - rights[place]),
            float(sums[place] / counts[place]) if counts[place] else None,
        )
        for place in range(bins)
    )
    return Reliability(made, error, int((~known).sum()), int((known & ~inside).sum()))


@dataclass(frozen=True, slots=True)
class Curve:
    """What is left when predictions with a score under a threshold are left out: (threshold, counts), lowest first.

    `unscored` predictions have no score and are always kept.
    """

    points: tuple[tuple[float, Counts], ...]
    unscored: int


def threshold_curve(study: Study, method: str, most: int = MOST_POINTS) -> Curve:
    """Return exact counts at each distinct score of a method, or at `most` of them, evenly chosen by rank.

    The first point leaves nothing out; the last keeps the best score only. Raises KeyError for an unknown method.
    """
    scores, right = study.predicted(method).scores, study.right(method)
    known = ~np.isnan(scores)
    order = np.argsort(scores[known], kind="stable")
    ranked, hits = scores[known][order], right[known][order]
    thresholds, starts = np.unique(ranked, return_index=True)
    if len(thresholds) > most:
        chosen = np.unique(np.linspace(0, len(thresholds) - 1, most).round().astype(int))
        thresholds, starts = thresholds[chosen], starts[chosen]
    kept_hits = np.append(hits[::-1].cumsum()[::-1], 0)[starts] + int(right[~known].sum())
    kept = len(ranked) - starts + int((~known).sum())
    gold = len(study.gold)
    points = zip(thresholds.tolist(), kept_hits.tolist(), kept.tolist(), strict=True)
    return Curve(
        tuple((score, Counts(found, all_kept - found, gold - found)) for score, found, all_kept in points),
        int((~known).sum()),
    )
