"""Figures that are no scores: how much was carried over, what it cost, and which sentences are in which language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from projection.evaluation.counts import Counts
from projection.evaluation.study import Study, Tables


@dataclass(frozen=True, slots=True)
class Carried:
    """How many of the source `entities` got a place on the target; the rate is None for a method that reads none."""

    placed: int
    entities: int

    @property
    def rate(self) -> float | None:
        return self.placed / self.entities if self.entities else None


def carried(study: Study, method: str) -> Carried:
    """Return how many source entities a method placed, over all sentences. Raises KeyError for an unknown method."""
    pairs = [one.carried for one in study.found[method]]
    return Carried(sum(placed for placed, _ in pairs), sum(entities for _, entities in pairs))


def projection_ratio(pairs: Iterable[tuple[float, float]]) -> float:
    """Return the mean over sentences of the number of predicted to gold entities, given as (predicted, gold) each.

    A sentence without gold adds 1 if nothing is predicted, else 0; without sentences the ratio is 0.
    """
    ratios = [predicted / gold if gold else float(not predicted) for predicted, gold in pairs]
    return sum(ratios) / len(ratios) if ratios else 0.0


def ratio(tables: Tables, method: str) -> float:
    """Return the projection ratio of a method. Raises ValueError for an unknown one."""
    sums = tables.counts[tables.methods.index(method)].sum(axis=1)
    return projection_ratio(sums[:, 1:].tolist())


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds a sentence takes, over the sentences where that is `known`; both are None where it never is.

    `megabytes` is the most that was taken while a batch of sentences was computed, None where nobody measured.
    """

    mean: float | None
    median: float | None
    known: int
    unknown: int
    megabytes: float | None = None


def cost(study: Study, method: str) -> Cost:
    """Return what a sentence costs. Raises KeyError for an unknown method."""
    seconds = [one.seconds for one in study.found[method] if one.seconds is not None]
    unknown = len(study.items) - len(seconds)
    if not seconds:
        return Cost(None, None, 0, unknown)
    taken = [one.megabytes for one in study.found[method] if one.megabytes is not None]
    return Cost(fmean(seconds), median(seconds), len(seconds), unknown, max(taken, default=None))


def languages(study: Study) -> dict[str, NDArray[np.intp]]:
    """Return the rows of the sentences in each language, languages in alphabetical order."""
    rows: dict[str, list[int]] = {}
    for row, item in enumerate(study.items):
        rows.setdefault(item.gold.language, []).append(row)
    return {language: np.array(rows[language], np.intp) for language in sorted(rows)}


def by_language(study: Study, tables: Tables) -> dict[str, dict[str, Counts]]:
    """Return the counts over all labels: language -> method -> Counts. `tables` are those of the study."""
    return {language: tables.overall(rows) for language, rows in languages(study).items()}
