"""Scores by label, language, score, kind of entity and cost: each a chart, what it means, and its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projection.evaluation.counts import ANY, Counts
from projection.evaluation.rates import cost, languages
from projection.evaluation.recalls import EFFECTS, NO_COUNTERPART, Recall, recalls
from projection.evaluation.reliability import Curve, Reliability, reliability, threshold_curve
from projection.evaluation.report.charts import Panel, dots
from projection.evaluation.report.figures import Figures, shown
from projection.evaluation.report.markup import Markup, element, join, table
from projection.evaluation.report.plots import costs, honesty, sampled, threshold
from projection.evaluation.scores import Interval


def figure(title: str, meaning: str, drawn: Markup | Iterable[Markup], data: Markup, kind: str = "") -> Markup:
    """Return a chart (or several) under its title, with a sentence on its meaning and its data to open."""
    charts = [drawn] if isinstance(drawn, Markup) else list(drawn)
    return element(
        "figure",
        element("figcaption", element("h2", title), element("p", meaning)),
        element("div", *charts, class_="charts"),
        element("details", element("summary", "Table"), data),
        class_=kind or None,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences or labels scored by themselves: counts and intervals by method."""

    name: str
    counts: Mapping[str, Counts]
    intervals: Mapping[str, Interval]

    @property
    def panel(self) -> Panel:
        """The F1 of each method; where neither side has an entity there is no dot."""
        present = {method: one for method, one in self.counts.items() if one.gold or one.predicted}
        ends = {method: (self.intervals[method].low, self.intervals[method].high) for method in present}
        gold = next(iter(self.counts.values())).gold
        return Panel(self.name, {method: one.f1 for method, one in present.items()}, ends, f"n = {gold:g}")


def f1_by_label(told: Figures) -> Markup:
    labels = [None, *(label for label in told.tables.labels if label != ANY)]
    groups = [_of_label(told, label) for label in labels]
    description = "; ".join(
        f"{method} {shown(counts.f1)} ({shown(told.intervals[method, None].low)} to "
        f"{shown(told.intervals[method, None].high)})"
        for method, counts in told.overall.items()
    )
    title = "F1 by method and label"
    panels = [group.panel for group in groups]
    drawn = dots(panels, told.study.methods, told.best, title, f"All labels: {description}.")
    meaning = "Dot: F1. Line: its 95 % interval; the wider, the less is certain. n: gold entities."
    return figure(title, meaning, drawn, _counts_table("Label", groups), "wide")


def _of_label(told: Figures, label: str | None) -> Group:
    methods = told.study.methods
    counts = told.overall if label is None else {method: told.labels[method, label] for method in methods}
    intervals = {method: told.intervals[method, label] for method in methods}
    return Group("All labels" if label is None else label, counts, intervals)


def _counts_table(first: str, groups: Iterable[Group]) -> Markup:
    rows = [_counts_row(group, method) for group in groups for method in group.counts]
    return table((first, "Method", "P", "R", "F1", "95 % interval", "found", "spurious", "missed"), rows, names=2)


def _counts_row(group: Group, method: str) -> list[object]:
    one, ends = group.counts[method], group.intervals[method]
    rates = (shown(value) for value in (one.precision, one.recall, one.f1))
    counts = (f"{value:g}" for value in (one.found, one.spurious, one.missed))
    names = (element("bdi", name) for name in (group.name, method))
    return [*names, *rates, f"{shown(ends.low)} to {shown(ends.high)}", *counts]


def f1_by_language(told: Figures) -> Markup | None:
    """Only where there are several languages."""
    rows = languages(told.study)
    if len(rows) < 2:
        return None
    groups = [_of_language(told, language, some) for language, some in rows.items()]
    panels = [group.panel for group in groups]
    title = "F1 by language and method"
    drawn = dots(panels, told.study.methods, told.best, title, _spoken(panels))
    meaning = "Dot: F1 over all labels in a language. Line: its 95 % interval. n: gold entities."
    return figure(title, meaning, drawn, _counts_table("Language", groups), "wide")


def _of_language(told: Figures, language: str, rows: NDArray[np.intp]) -> Group:
    ends = told.tables.intervals(rows)
    return Group(language, told.tables.overall(rows), {method: ends[method, None] for method in told.study.methods})


def _spoken(panels: Iterable[Panel]) -> str:
    return "; ".join(
        f"{panel.title}: " + ", ".join(f"{method} {shown(value)}" for method, value in panel.values.items())
        for panel in panels
    ) + "."  # fmt: skip


def scores(told: Figures) -> Markup | None:
    """Reliability and threshold curve of each method that gives scores."""
    study = told.study
    known = {method: reliability(study, method) for method in study.methods}
    curves = {method: threshold_curve(study, method) for method in study.methods}
    silent = [method for method, curve in curves.items() if not curve.points]
    parts = [
        _honest({method: one for method, one in known.items() if one.counted}),
        _thresholds({method: curve for method, curve in curves.items() if curve.points}),
        element("p", "Without any score: ", ", ".join(silent), ".", class_="note") if silent else None,
    ]
    return join(part for part in parts if part is not None)


def _honest(known: Mapping[str, Reliability]) -> Markup | None:
    if not known:
        return None
    charts = [
        _titled(
            method,
            honesty(one, f"Score and share right, {method}", f"Expected calibration error {shown(one.error)}."),
            f"calibration error {shown(one.error)}; {one.unscored} without a score, {one.outside} outside [0, 1]",
        )
        for method, one in known.items()
    ]
    rows = [
        (element("bdi", method), f"{shown(part.low, 2)} to {shown(part.high, 2)}", part.count, shown(part.mean),
         shown(part.share), part.right, part.wrong)
        for method, one in known.items()
        for part in one.bins
    ]  # fmt: skip
    data = table(("Method", "score", "predictions", "mean score", "share right", "right", "wrong"), rows, names=2)
    meaning = (
        "Share of predictions that are right, by their score: on the dashed line the score says how likely a label is "
        "right. The larger a dot, the more predictions; the calibration error is their mean distance from that line."
    )
    return figure("Is the score honest?", meaning, charts, data, "wide")


def _titled(method: str, chart: Markup, note: str) -> Markup:
    head = element("h3", element("bdi", method))
    return element("div", head, element("div", chart, class_="scroll"), element("p", note, class_="note"))


def _thresholds(curves: Mapping[str, Curve]) -> Markup | None:
    if not curves:
        return None
    charts = [_titled(method, _threshold(method, curve), _highest(curve)) for method, curve in curves.items()]
    rows = [
        (element("bdi", method), f"{score:.4g}", shown(one.precision), shown(one.recall), shown(one.f1),
         f"{one.predicted:g}")
        for method, curve in curves.items()
        for score, one in sampled(curve.points)
    ]  # fmt: skip
    data = table(("Method", "least score", "P", "R", "F1", "kept"), rows)
    meaning = "What precision, recall and F1 become when predictions with a lower score are left out."
    return figure("What a threshold would do", meaning, charts, data, "wide")


def _threshold(method: str, curve: Curve) -> Markup:
    return threshold(curve, f"Precision, recall and F1 by threshold, {method}", _highest(curve))


def _highest(curve: Curve) -> str:
    score, counts = max(curve.points, key=lambda point: point[1].f1)
    note = f"; {curve.unscored} without a score are always kept" if curve.unscored else ""
    return f"F1 is highest, {shown(counts.f1)}, from a score of {score:.3g} on{note}"


def effects(told: Figures) -> Markup | None:
    """Recall by what makes an entity hard."""
    parts = [_effect(told, effect, what) for effect, what in EFFECTS.items()] if len(told.study.gold) else []
    return join(part for part in parts if part is not None) or None


def _effect(told: Figures, effect: str, what: str) -> Markup | None:
    found = recalls(told.study, effect)
    groups = [group for group, one in next(iter(found.values())).items() if one.gold]
    if not groups:
        return None
    panels = [_recalled(group, {method: of_method[group] for method, of_method in found.items()}) for group in groups]
    rows = [
        (element("bdi", method), group, shown(one.recall if one.gold else None), one.found, one.gold)
        for method, of_method in found.items()
        for group, one in of_method.items()
    ]
    title = f"Recall by {effect}"
    meaning = f"Share of gold entities found with the same words and label, by {what}. n: gold entities."
    if NO_COUNTERPART in groups:
        meaning += " No counterpart: the source has no entity of that label left for it."
    drawn = dots(panels, told.study.methods, told.best, title, _spoken(panels))
    return figure(title, meaning, drawn, table(("Method", "group", "recall", "found", "gold"), rows, names=2), "wide")


def _recalled(group: str, found: Mapping[str, Recall]) -> Panel:
    gold = next(iter(found.values())).gold
    return Panel(group, {method: one.recall for method, one in found.items()}, note=f"n = {gold}")


def cost_of_methods(told: Figures) -> Markup | None:
    """F1 against time, where any time is known."""
    known = {method: cost(told.study, method) for method in told.study.methods}
    points = {
        method: (one.median * 1000, told.overall[method].f1) for method, one in known.items() if one.median is not None
    }
    if not points:
        return None
    rows = [
        (
            element("bdi", method),
            *(shown(value and value * 1000, 1) for value in (one.mean, one.median)),
            shown(one.megabytes, 0),
            one.known,
            one.unknown,
        )
        for method, one in known.items()
    ]
    spoken = "; ".join(f"{method}: {time:.3g} ms, F1 {shown(score)}" for method, (time, score) in points.items())
    title = "Quality against cost"
    meaning = (
        "F1 over all labels, and how long a sentence takes (median) with everything the method reads; MB at work: "
        "the most memory that was taken while some sentences were computed, besides the models."
    )
    data = table(("Method", "mean ms", "median ms", "MB at work", "sentences", "unknown"), rows)
    return figure(title, meaning, costs(points, told.best, title, f"{spoken}."), data)
