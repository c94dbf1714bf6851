"""Sentences with a mistake: what gold has and what was predicted, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from projection.evaluation.errors import Mistake
from projection.evaluation.report.markup import Markup, element, join
from projection.evaluation.study import Study
from projection.types import Entity, Sentence

MOST = 20
_AROUND = 12  # words shown before and after


def examples(study: Study, method: str, rows: Iterable[int], kind: str) -> Markup:
    """Return up to 20 mistakes of a kind; `rows` are the sentences to look in."""
    found = ((row, one) for row in rows for one in study.mistakes(method)[row] if one.kind == kind)
    items = [_example(study, method, row, one) for (row, one), _ in zip(found, range(MOST), strict=False)]
    return element("ol", *items, class_="examples")


def _example(study: Study, method: str, row: int, mistake: Mistake) -> Markup:
    item = study.items[row]
    predicted = study.found[method][row].entities or ()
    window = _window(item.gold, (*mistake.gold, *mistake.predicted))
    sides = (
        ("gold", item.gold.entities, mistake.gold),
        ("predicted", predicted, mistake.predicted),
    )
    lines = [
        element("div", element("span", side, class_="side"), _line(item.gold, entities, meant, window, side))
        for side, entities, meant in sides
    ]
    number = str(item.position + 1)
    place = f"Sentence {number}" + (f" ({item.gold.id})" if item.gold.id not in ("", number) else "")
    return element("li", element("div", element("bdi", place), class_="place"), *lines)


def _window(sentence: Sentence, meant: Sequence[Entity]) -> tuple[int, int]:
    starts, ends = [one.span.start for one in meant], [one.span.end for one in meant]
    return max(0, min(starts) - _AROUND), min(len(sentence), max(ends) + _AROUND)


def _line(
    sentence: Sentence, entities: Sequence[Entity], meant: Sequence[Entity], window: tuple[int, int], side: str
) -> Markup:
    begin, end = window
    parts: list[object] = ["… "] if begin else []
    at = begin
    for entity in _shown(entities, meant, window):
        parts.append(_text(sentence, at, entity.span.start))
        marked = _text(sentence, entity.span.start, entity.span.end).rstrip()
        kind = f"{side} meant" if any(entity is one for one in meant) else side
        parts += [element("mark", element("bdi", marked), element("b", entity.label), class_=kind), " "]
        at = entity.span.end
    parts.append(_text(sentence, at, end))
    parts += [" …"] if end < len(sentence) else []
    return element("bdi", join(parts), dir="auto", lang=sentence.language)


def _shown(entities: Sequence[Entity], meant: Sequence[Entity], window: tuple[int, int]) -> Iterator[Entity]:
    """Yield what lies in the window, left to right; where entities overlap, the one that is meant or comes first."""
    begin, end = window
    kept: list[Entity] = []
    for one in sorted(entities, key=lambda one: (not any(one is other for other in meant), one.span)):
        inside = begin <= one.span.start and one.span.end <= end
        if inside and not any(one.span.overlaps(other.span) for other in kept):
            kept.append(one)
    yield from sorted(kept, key=lambda one: one.span)


def _text(sentence: Sentence, start: int, end: int) -> str:
    """Return words with what stands between them and after them."""
    if start >= end:
        return ""
    last = sentence.tokens[end].start if end < len(sentence) else len(sentence.text)
    return sentence.text[sentence.tokens[start].start : last]
