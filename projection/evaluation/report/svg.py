"""What the charts are drawn with; lengths are CSS pixels at full size."""

from __future__ import annotations

from collections.abc import Iterable

from projection.evaluation.report.markup import Child, Markup, element, escaped

_LETTER, _LONGEST = 6.9, 26


def picture(width: float, height: float, title: str, description: str, shapes: Iterable[Markup]) -> Markup:
    """Return a chart with its text for people who do not see it."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *shapes,
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        width=_number(width),
        height=_number(height),
        role="img",
        aria_label=f"{title}. {description}",
    )


def words(x: float, y: float, content: Child, kind: str = "", anchor: str = "start") -> Markup:
    return element("text", content, x=_number(x), y=_number(y), class_=kind or None, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return element("line", x1=_number(x1), y1=_number(y1), x2=_number(x2), y2=_number(y2), class_=kind)


def bar(x: float, y: float, width: float, height: float, kind: str, told: str = "") -> Markup:
    children = [element("title", told)] if told else []
    place = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
    return element("rect", *children, **place, rx="2", class_=kind)


def dot(x: float, y: float, radius: float, kind: str, told: str = "") -> Markup:
    children = [element("title", told)] if told else []
    return element("circle", *children, cx=_number(x), cy=_number(y), r=_number(radius), class_=kind)


def path(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return element("path", d=f"M{steps}", class_=kind) if steps else escaped("")


def name(x: float, y: float, text: str, kind: str, anchor: str = "start", longest: int = _LONGEST) -> Markup:
    """Return a name, cut if it is long; its whole text shows on pointing."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    parts = [cut] if cut == text else [element("title", text), cut]
    return element("text", *parts, x=_number(x), y=_number(y), class_=kind, text_anchor=anchor)


def width_of(names: Iterable[str], least: float = 60) -> float:
    """Return the room that the longest name takes, about."""
    return max([least, *(min(len(one), _LONGEST) * _LETTER + 14 for one in names)])


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
