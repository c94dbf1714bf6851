"""The charts of a report as SVG: dots with intervals, and bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from projection.evaluation.report.figures import shown
from projection.evaluation.report.markup import Markup
from projection.evaluation.report.svg import bar, dot, line, name, picture, width_of, words

_PANELS, _PANEL, _GAP = 5, 138, 26
_TITLE = 20  # letters of a panel's title and note
_ROW, _TOP, _FOOT = 32, 30, 24
_BARS = 250


@dataclass(frozen=True, slots=True)
class Panel:
    """One column of dots: a value in [0, 1] for each method that has one, with its interval if there is one."""

    title: str
    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    note: str = ""


def dots(panels: Sequence[Panel], methods: Sequence[str], best: str, title: str, description: str) -> Markup:
    """Draw panels side by side, five in a row, with a line for each method; all have the same scale."""
    room = width_of(methods)
    low = _lowest(panels)
    lines = [panels[start : start + _PANELS] for start in range(0, len(panels), _PANELS)]
    height = _TOP + _ROW * len(methods) + _FOOT
    shapes = []
    for number, some in enumerate(lines):
        top = number * (height + 10)
        for place, method in enumerate(methods):
            shapes.append(name(0, top + _TOP + _ROW * (place + 0.5) + 8, method, "best" if method == best else "name"))
        for column, panel in enumerate(some):
            shapes += _panel(panel, methods, best, (room + column * (_PANEL + _GAP), top), low)
    width = room + min(len(panels), _PANELS) * (_PANEL + _GAP)
    return picture(width, len(lines) * (height + 10) - 14, title, description, shapes)


def _lowest(panels: Sequence[Panel]) -> float:
    ends = [end for panel in panels for pair in panel.intervals.values() for end in pair]
    values = [*ends, *(value for panel in panels for value in panel.values.values())]
    return max(0.0, min(0.8, math.floor(min(values, default=0) * 10 - 0.1) / 10))


def _panel(panel: Panel, methods: Sequence[str], best: str, corner: tuple[float, float], low: float) -> list[Markup]:
    left, top = corner
    bottom = top + _TOP + _ROW * len(methods)

    def x(value: float) -> float:
        return left + 8 + (_PANEL - 16) * (value - low) / (1 - low)

    shapes = [name(left, top + 12, panel.title, "head", longest=_TITLE - len(panel.note))]
    if panel.note:
        shapes.append(words(left + _PANEL, top + 12, panel.note, "small", "end"))
    for tick in _ticks(low):
        shapes += [
            line(x(tick), top + _TOP - 6, x(tick), bottom, "grid"),
            words(
                x(tick),
                bottom + 14,
                f"{tick:.1f}".removeprefix("0") if 0.01 < tick < 0.99 else f"{tick:.0f}",
                "small",
                "middle",
            ),
        ]
    for place, method in enumerate(methods):
        if method in panel.values:
            shapes += _dot(panel, method, x, top + _TOP + _ROW * (place + 0.5) + 4, "best" if method == best else "")
    return shapes


def _dot(panel: Panel, method: str, x, y: float, kind: str) -> list[Markup]:
    value = panel.values[method]
    told = f"{method}, {panel.title}: {shown(value)}"
    shapes = []
    if method in panel.intervals:
        low, high = panel.intervals[method]
        told += f" ({shown(low)} to {shown(high)})"
        shapes.append(line(x(low), y, x(high), y, f"interval {kind}"))
    return [
        *shapes,
        dot(x(value), y, 4.2, f"dot {kind}", told),
        words(x(value), y - 8, shown(value, 2), f"small {kind}", "middle"),
    ]


def _ticks(low: float) -> list[float]:
    step = 0.1 if low >= 0.7 else 0.2 if low >= 0.4 else 0.5
    count = int((1 - low) / step + 1e-9)
    return [1 - step * number for number in range(count, -1, -1)]


def stacks(
    rows: Mapping[str, Mapping[str, int]], groups: Sequence[str], best: str, title: str, description: str
) -> Markup:
    """Draw a bar for each method, divided into groups; the groups' shades go by their order."""
    room = width_of(rows)
    most = max((sum(row.values()) for row in rows.values()), default=0) or 1
    shapes, x = [], 0.0
    for place, group in enumerate(groups):
        shapes += [bar(x, 4, 11, 11, f"shade-{place}"), words(x + 16, 14, group, "legend")]
        x += width_of([group], 0) + 12
    for place, (method, row) in enumerate(rows.items()):
        top = 30 + place * _ROW
        shapes.append(name(0, top + 15, method, "best" if method == best else "name"))
        shapes += _stack(method, row, groups, (room, top), _BARS / most)
    return picture(max(x, room + _BARS + 46), 34 + len(rows) * _ROW, title, description, shapes)


def _stack(
    method: str, row: Mapping[str, int], groups: Sequence[str], corner: tuple[float, float], unit: float
) -> list[Markup]:
    (x, top), shapes = corner, []
    for place, group in enumerate(groups):
        if not row[group]:
            continue
        width = row[group] * unit
        shapes.append(bar(x, top, max(width - 1.5, 0.8), 20, f"shade-{place}", f"{method}, {group}: {row[group]}"))
        if width > 9 + 7 * len(str(row[group])):
            shapes.append(words(x + width / 2, top + 14, row[group], f"on-{place}", "middle"))
        x += width
    return [*shapes, words(x + 6, top + 14, sum(row.values()), "count")]


def bars(counts: Mapping[str, int], title: str, description: str) -> Markup:
    """Draw a bar for each name, the longest in the accent colour."""
    room = width_of(counts)
    most = max(counts.values(), default=0) or 1
    largest = max(counts, key=counts.__getitem__, default="")
    shapes = []
    for place, (key, count) in enumerate(counts.items()):
        top, width = 4 + place * 26, 130 * count / most
        kind = "shade-2" if key == largest else "shade-4"
        shapes += [
            name(0, top + 14, key, "name"),
            bar(room, top, max(width, 0.8), 17, kind, f"{key}: {count}"),
            words(room + width + 6, top + 13, count, "count"),
        ]
    return picture(room + 168, 8 + len(counts) * 26, title, description, shapes)
