"""Word links in Pharaoh format: `0-0 1-2 3p4`, one line per pair, an empty line for a pair without links.

`i-j` links source word i surely to target word j, `ipj` possibly (Och and Ney 2003). Counting starts
at 0 unless told otherwise; gold files of some corpora count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from projection.errors import AlignmentError, FormatError
from projection.text.lines import TextSource
from projection.types import Alignment

_LINK = re.compile(r"(\d+)([-p])(\d+)(?::([\d.eE+-]+))?", re.ASCII)
_ABSENT = object()


def parse_line(
    line: str, source_length: int | None = None, target_length: int | None = None, one_indexed: bool = False
) -> Alignment:
    """Read one line; a score may follow a link as in `3-4:0.87`.

    Without lengths they are the smallest that fit. Raises AlignmentError for anything else than
    links, and for links outside the lengths.
    """
    sure, possible, scores = set(), set(), {}
    for item in line.split():
        match = _LINK.fullmatch(item)
        if not match:
            raise AlignmentError(f"{item!r} is no link; a link looks like 3-4 (sure) or 3p4 (possible).")
        link = int(match.group(1)) - one_indexed, int(match.group(3)) - one_indexed
        if min(link) < 0:
            raise AlignmentError(f"Link {item!r} has a word number below 1; count from 0 (one_indexed=False).")
        (sure if match.group(2) == "-" else possible).add(link)
        if match.group(4):
            scores[link] = _score(item, match.group(4))
    every = sure | possible
    lengths = (
        1 + max((link[side] for link in every), default=-1) if length is None else length
        for side, length in enumerate((source_length, target_length))
    )
    return Alignment(frozenset(sure), *lengths, scores, frozenset(possible))


def _score(item: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise AlignmentError(f"{item!r} has no number after the colon.") from None


def format_line(alignment: Alignment) -> str:
    """Write one line, counting from 0, by source word; the text `parse_line` reads back, scores left out."""
    marked = [(link, "-") for link in alignment.links] + [(link, "p") for link in alignment.possible]
    return " ".join(f"{source}{mark}{target}" for (source, target), mark in sorted(marked))


def read_links(
    path_or_bytes: Path | str | bytes,
    lengths: Iterable[tuple[int, int]] | None = None,
    one_indexed: bool = False,
    *,
    name: str = "",
    encoding: str = "utf-8",
) -> Iterator[Alignment]:
    """Yield the Alignment of each line.

    `lengths` are the (source, target) word counts of the pairs, in order. Raises FormatError with
    the line for a line that cannot be read, and when there are more or fewer lines than pairs.
    """
    origin = path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes)
    source = TextSource(origin, name or ("" if isinstance(origin, bytes) else str(origin)), encoding)
    source.check(may_be_empty=True)
    wanted = None if lengths is None else iter(lengths)
    pairs = ((line, None) for line in source.lines()) if wanted is None else zip_longest(
        source.lines(), wanted, fillvalue=_ABSENT
    )  # fmt: skip
    count = 0
    for line, pair in pairs:
        if line is _ABSENT:
            raise FormatError(
                f"the file has {count} lines of links but there are more pairs.",
                path=source.name,
                remedy="Write one line per pair, an empty one where a pair has no links.",
            )
        if pair is _ABSENT:
            raise FormatError(
                "there are more lines of links than pairs.",
                path=source.name,
                line=line.number,
                remedy="Check that links and sentences come from the same files.",
            )
        count = line.number
        try:
            yield parse_line(line.text, *(pair or (None, None)), one_indexed=one_indexed)
        except AlignmentError as problem:
            remedy = "" if one_indexed else "If the file counts words from 1, say so (--one-indexed; one_indexed=True)."
            raise FormatError(str(problem), path=source.name, line=line.number, remedy=remedy) from None
