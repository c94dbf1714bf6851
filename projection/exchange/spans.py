"""A table of all spans as CSV, made for spreadsheets.

RFC 4180 with a byte order mark, so that Excel takes it for UTF-8. A text cell that a spreadsheet would
take for a formula (it begins with = + - @, a tab or a carriage return, also in their wide forms) gets an
apostrophe in front, which spreadsheets do not show. Word numbers count from 1 and include the last one;
character offsets count code points from 0 and do not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain

from projection.exchange.corrected import Corrected, Side
from projection.exchange.options import Options
from projection.exchange.selection import TITLES, state_of
from projection.exchange.words import half_pair
from projection.types import Entity, Sentence

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
COLUMNS = (
    "sentence", "id", "side", "first_word", "last_word", "start", "end", "text", "label", "state", "score", "method",
    "was_label", "was_first_word", "was_last_word", "checked", "flagged", "note", "author", "at", "sentence_text",
)  # fmt: skip


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    stream = io.StringIO(newline="")
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    for item in items:
        for side in ("source", "target"):
            sentence = item.sentence(side)
            for entity in sentence.entities if sentence else ():
                table.writerow(map(harmless, _cells(item, side, sentence, entity)))
    return (("\ufeff" + stream.getvalue()).encode(),)


def _cells(item: Corrected, side: Side, sentence: Sentence, entity: Entity) -> Iterator[str | int | float]:
    span, before = entity.span, entity.derived
    yield from (item.number, item.id, side, span.start + 1, span.end)
    yield from (sentence.tokens[span.start].start, sentence.tokens[span.end - 1].end, sentence.text_of(span))
    yield from (entity.label, TITLES[state_of(entity)], "" if entity.score is None else entity.score)
    yield before.method if before else item.method if entity.origin == "projected" else ""
    yield from (before.label, before.span.start + 1, before.span.end) if before else ("", "", "")
    yield from ("yes" if item.checked else "no", "yes" if item.flagged else "no", item.note)
    yield from (item.author, item.at, sentence.text)


def harmless(cell: str | int | float) -> str | int | float:
    """Put an apostrophe before text that a spreadsheet would compute; numbers stay numbers.

    >>> [harmless(cell) for cell in ("=1+1", "a=b", -0.5)]
    ["'=1+1", 'a=b', -0.5]
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def fault(item: Corrected, options: Options) -> str:
    texts = [sentence.text for sentence in (item.source, item.target) if sentence is not None]
    labels = [entity.label for side in ("source", "target") for entity in item.entities(side)]
    return half_pair(*texts, *labels, item.note, item.id, item.author)


def care(item: Corrected, options: Options) -> str:
    sides = [(side, item.sentence(side)) for side in ("source", "target") if item.entities(side)]
    if not sides:
        return "it has no span, so it has no row in the table"
    cells = (cell for side, sentence in sides for cell in _cells(item, side, sentence, sentence.entities[0]))
    texts = (sentence.text_of(entity.span) for _, sentence in sides for entity in sentence.entities)
    labels = (entity.label for _, sentence in sides for entity in sentence.entities)
    if any(harmless(cell) != cell for cell in chain(cells, texts, labels)):
        return "a cell begins like a formula, so an apostrophe stands before it"
    return ""
