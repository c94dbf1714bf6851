"""Plain tables for the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return aligned columns: text to the left, numbers to the right.

    >>> print(table(("name", "size"), [("a", 10), ("bcd", 5)]))
    name  size
    a       10
    bcd      5
    """
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(header, *body, strict=True)]
    numeric = [bool(body) and all(_is_number(row[index]) for row in body) for index in range(len(header))]
    lines = []
    for row in (list(header), *body):
        cells = []
        for cell, width, right in zip(row, widths, numeric, strict=True):
            gap = " " * (width - _width(cell))
            cells.append(gap + cell if right else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() or text == "-"
