"""The figures every form of a report shows, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from projection.errors import ConfigurationError
from projection.evaluation.counts import Counts, Match
from projection.evaluation.resampling import SAMPLES, SEED, Difference
from projection.evaluation.scores import Interval
from projection.evaluation.signature import signature
from projection.evaluation.study import Study, Tables

LEVELS = ((0.01, "**"), (0.05, "*"))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is to say of a study under one way to match.

    `overall` counts all labels, `labels` each (method, label); `intervals` are 95 % intervals of F1, those of all
    labels under (method, None). `differences` are from the baseline, empty without one. `best` is the method with the
    highest F1 (the first of equals), "" without methods.
    """

    study: Study
    tables: Tables
    baseline: str | None
    overall: Mapping[str, Counts]
    labels: Mapping[tuple[str, str], Counts]
    intervals: Mapping[tuple[str, str | None], Interval]
    differences: Mapping[str, Difference]
    best: str

    @property
    def signature(self) -> str:
        """Everything that could change a figure."""
        told = {"study": self.study.signature or "not given", "match": self.tables.match}
        return signature({**told, "level": "95%", "samples": SAMPLES, "seed": SEED})

    def mark(self, method: str) -> str:
        """Return "*" or "**" for a method that differs from the baseline, "" for one that may not."""
        apart = self.differences.get(method)
        if apart is None:
            return ""
        larger = max(apart.bootstrap, apart.randomisation)
        return next((mark for level, mark in LEVELS if larger < level), "")


def figures(study: Study, match: Match = "exact", baseline: str | None = None) -> Figures:
    """Compute the figures of a study. Raises ConfigurationError for a baseline that is none of its methods."""
    if baseline is not None and baseline not in study.methods:
        raise ConfigurationError(f"The baseline {baseline!r} is none of the methods {', '.join(study.methods)}.")
    tables = Tables(study, match)
    overall = tables.overall()
    best = max(study.methods, key=lambda method: overall[method].f1, default="")
    differences = tables.differences(baseline) if baseline is not None else {}
    return Figures(study, tables, baseline, overall, tables.by_label(), tables.intervals(), differences, best)


def shown(value: float | None, digits: int = 3) -> str:
    """Return a share as people write it: .934, 1.000, a dash for none.

    >>> shown(0.9336), shown(1), shown(-0.02, 2), shown(None)
    ('.934', '1.000', '−.02', '–')
    """
    if value is None:
        return "–"
    text = f"{abs(value):.{digits}f}"
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"−{text}" if value < 0 and float(text) else text


def signed(value: float) -> str:
    return f"+{shown(value)}" if value >= 0 else shown(value)


def p_value(value: float) -> str:
    return "< .001" if value < 0.001 else shown(value)
