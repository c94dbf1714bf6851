"""HTML and SVG that cannot be broken by what is put in: text is escaped unless it is Markup already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no character of XML
Child = object


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(value: object) -> Markup:
    """Return a value as HTML; characters that XML has no place for are replaced by "\N{REPLACEMENT CHARACTER}"."""
    return value if isinstance(value, Markup) else Markup(escape(_FORBIDDEN.sub("\ufffd", str(value))))


def element(name: str, /, *children: Child, **attributes: object) -> Markup:
    """Return an element that is well-formed as XML too; None children and attributes are left out.

    Names of attributes lose a trailing "_", and "_" within them stands for "-".

    >>> element("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = join(child for child in children if child is not None)
    return Markup(f"<{name}{told}>{inner}</{name}>" if children or name not in _VOID else f"<{name}{told} />")


_VOID = frozenset({"meta", "br", "line", "rect", "circle", "path"})


def join(children: Iterable[Child]) -> Markup:
    return Markup("".join(map(escaped, children)))


def table(header: Sequence[Child], rows: Iterable[Sequence[Child]], names: int = 1) -> Markup:
    """Return a table whose first columns, so many as `names`, name the rows; the others are figures."""
    head = element(
        "tr",
        *(element("th", cell, scope="col", class_="name") for cell in header[:names]),
        *(element("th", cell, scope="col") for cell in header[names:]),
    )
    body = (
        element(
            "tr",
            *(element("th", cell, scope="row", class_="name") for cell in row[:names]),
            *(element("td", cell) for cell in row[names:]),
        )
        for row in rows
    )
    made = element("table", element("thead", head), element("tbody", *body))
    return element("div", made, class_="scroll")
