"""The charts of a report that have two axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from projection.evaluation.reliability import Curve, Reliability
from projection.evaluation.report.figures import shown
from projection.evaluation.report.markup import Markup
from projection.evaluation.report.svg import bar, dot, line, name, path, picture, width_of, words

_LEFT, _WIDTH, _HEIGHT, _HISTOGRAM = 30, 262, 164, 44
_LINES = ("precision", "recall", "f1")
Place = Callable[[float], float]


def honesty(found: Reliability, title: str, description: str) -> Markup:
    """Draw the share that is right by score, and how many there are."""

    def x(value: float) -> float:
        return _LEFT + _WIDTH * value

    def y(value: float) -> float:
        return 10 + _HEIGHT * (1 - value)

    known = [(one.mean, one.share, one) for one in found.bins if one.count]
    most = max((one.count for one in found.bins), default=1)
    shapes = [*_grid(x, y), line(x(0), y(0), x(1), y(1), "guide")]
    shapes += [words(x(0) + 6, y(1) + 14, "better than stated", "small")]
    shapes += [words(x(1) - 6, y(0) - 7, "worse than stated", "small", "end")]
    shapes.append(path(((x(mean), y(share)) for mean, share, _ in known), "curve"))
    for mean, share, one in known:
        told = f"score {shown(one.low, 2)} to {shown(one.high, 2)}: {one.right} of {one.count} right"
        shapes.append(dot(x(mean), y(share), 2.2 + 4 * math.sqrt(one.count / most), "dot best", told))
    base = y(0) + 12 + _HISTOGRAM
    shapes += _histogram(found, x, base)
    shapes += [words(x(tick), base + 14, _tick(tick), "small", "middle") for tick in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    return picture(x(1) + 12, base + 22, title, description, shapes)


def _histogram(found: Reliability, x: Place, base: float) -> list[Markup]:
    most = max((one.count for one in found.bins), default=0) or 1
    shapes = [line(x(0), base, x(1), base, "grid")]
    for one in found.bins:
        wrong, right = (_HISTOGRAM * count / most for count in (one.wrong, one.right))
        left, width = x(one.low) + 1, x(one.high) - x(one.low) - 2
        told = f"score {shown(one.low, 2)} to {shown(one.high, 2)}: {one.right} right, {one.wrong} wrong"
        if one.right:
            shapes.append(bar(left, base - wrong - right, width, right, "right", told))
        if one.wrong:
            shapes.append(bar(left, base - wrong, width, max(wrong, 0.8), "wrong", told))
    top = base - _HISTOGRAM + 10
    shapes += [bar(x(0) + 6, top - 8, 9, 9, "right"), words(x(0) + 20, top, "right", "small")]
    return [*shapes, bar(x(0) + 6, top + 6, 9, 9, "wrong"), words(x(0) + 20, top + 14, "wrong", "small")]


def threshold(curve: Curve, title: str, description: str) -> Markup:
    """Draw precision, recall and F1 by the least score that is kept."""
    scores = [score for score, _ in curve.points]
    low, high = (min(scores), max(scores)) if scores else (0.0, 1.0)
    low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)

    def x(value: float) -> float:
        return _LEFT + _WIDTH * (value - low) / (high - low or 1)

    def y(value: float) -> float:
        return 34 + _HEIGHT * (1 - value)

    shapes, place = _grid(x, y, low, high), float(_LEFT)
    for measure, told in zip(_LINES, ("precision", "recall", "F1"), strict=True):
        shapes += [line(place, 12, place + 24, 12, f"curve {measure}"), words(place + 30, 16, told, "legend")]
        place += 96
        values = [(score, getattr(counts, measure)) for score, counts in curve.points]
        shapes.append(path(((x(score), y(value)) for score, value in _steps(values)), f"curve {measure}"))
    ends = (low, (low + high) / 2, high)
    shapes += [words(x(end), y(0) + 16, _tick(end), "small", "middle") for end in ends]
    return picture(_LEFT + _WIDTH + 12, y(0) + 24, title, description, shapes)


def _steps(values: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Between two scores a threshold keeps what the higher one keeps: the line goes up or down first, then along."""
    steps = list(values[:1])
    for (before, _), (score, value) in pairwise(values):
        steps += [(before, value), (score, value)]
    return steps


def _grid(x: Place, y: Place, low: float = 0, high: float = 1) -> list[Markup]:
    shapes = []
    for tick in (0, 0.5, 1):
        shapes += [
            line(x(low), y(tick), x(high), y(tick), "grid"),
            words(_LEFT - 6, y(tick) + 4, _tick(tick), "small", "end"),
        ]
    return shapes


def _tick(value: float) -> str:
    return f"{value:.3g}".replace("0.", ".", 1) if 0 < abs(value) < 1 else f"{value:.3g}"


def costs(points: Mapping[str, tuple[float, float]], best: str, title: str, description: str) -> Markup:
    """Draw F1 against milliseconds a sentence, on a logarithmic scale; `points` are (milliseconds, F1)."""
    times = [max(time, 1e-3) for time, _ in points.values()]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)) + 0.05)
    ticks = _scale([score for _, score in points.values()])
    bottom, top = ticks[0], ticks[-1]

    def x(time: float) -> float:
        return 40 + 400 * (math.log10(max(time, 1e-3)) - low) / (high - low or 1)

    def y(score: float) -> float:
        return 12 + 200 * (top - score) / (top - bottom or 1)

    shapes = []
    for tick in ticks:
        shapes += [line(40, y(tick), 440, y(tick), "grid"), words(34, y(tick) + 4, shown(tick, 2), "small", "end")]
    for power in range(low, high + 1):
        shapes.append(words(x(10**power), y(bottom) + 18, f"{10**power:g}", "small", "middle"))
    shapes.append(words(440, y(bottom) + 34, "ms a sentence", "small", "end"))
    shapes += _named(points, best, x, y)
    return picture(440 + width_of(points) * 0.4, y(bottom) + 40, title, description, shapes)


def _scale(scores: Sequence[float]) -> list[float]:
    """Return two to six round values from under the least score to above the greatest."""
    low, high = max(0.0, min(scores) - 0.005) * 100, min(1.0, max(scores) + 0.005) * 100
    step = next(step for step in (1, 2, 5, 10, 20) if math.ceil(high / step) - math.floor(low / step) <= 5)
    return [tick * step / 100 for tick in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _named(points: Mapping[str, tuple[float, float]], best: str, x: Place, y: Place) -> list[Markup]:
    """Draw dots with names beside them, a name moved down where it would stand on another."""
    shapes: list[Markup] = []
    taken: list[tuple[float, float, float]] = []
    for method, (time, score) in sorted(points.items(), key=lambda item: -item[1][1]):
        kind, width = "best" if method == best else "name", width_of([method], 0)
        on_left = x(time) + 10 + width > 440
        start, height = x(time) - 10 - width if on_left else x(time) + 10, y(score) + 4
        while any(abs(height - other) < 14 and start < end and start + width > begin for begin, end, other in taken):
            height += 3
        taken.append((start, start + width, height))
        shapes.append(dot(x(time), y(score), 4.5, f"dot {kind}", f"{method}: F1 {shown(score)}, {time:.3g} ms"))
        shapes.append(name(x(time) + (-10 if on_left else 10), height, method, kind, "end" if on_left else "start"))
    return shapes


def sampled(points: Sequence, most: int = 20) -> list:
    """Return at most so many points, evenly chosen, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]
