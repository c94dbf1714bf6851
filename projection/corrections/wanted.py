"""Which sentences a list shows, and in which order: what a person chooses, and the same for the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from projection.corrections import tables
from projection.corrections.operations import BULK_CHECK, CHECK
from projection.corrections.readings import HEAD, plain, tag
from projection.corrections.records import BRANCH, MAIN

Order = Literal["doubt", "corpus", "length", "label"]
State = Literal["open", "flagged", "checked", "bulk", "corrected", "noted", "conflict"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sentences of a project, and in which order.

    A sentence is in if it is in one of `states` (none: any) and has the `label`, the `reason` (a kind of doubt, or
    "none"), the `person` it was given to, and all the words of `text` in its texts or its note, "" meaning any.
    `most` is the greatest doubt. `mine` is the line of who asks: what they have checked there is checked for them.
    """

    states: tuple[State, ...] = ("open",)
    label: str = ""
    reason: str = ""
    person: str = ""
    text: str = ""
    order: Order = "doubt"
    most: float | None = None
    mine: str = ""


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    sentence, reading = tables.sentence.c, tables.reading.c
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(or_(*(_STATES[state](wanted.mine) for state in wanted.states)))
    if wanted.label:
        found.append(reading.row.contains(tag("l", wanted.label)))
    if wanted.reason == "none":
        found += [reading.doubt.is_not(None), ~reading.row.contains("\x1fr")]
    elif wanted.reason:
        found.append(reading.row.contains(tag("r", wanted.reason)))
    if wanted.person:
        given = tables.assignment.c
        found.append(exists().where(given.sentence_id == sentence.id, given.person == wanted.person))
    if wanted.most is not None:
        found.append(reading.doubt <= wanted.most)
    for word in wanted.text.split():
        spellings = {word, plain(word), word.capitalize(), word.upper()}
        notes = (sentence.note.contains(spelling, autoescape=True) for spelling in sorted(spellings))
        found.append(or_(reading.text.contains(plain(word), autoescape=True), *notes))
    return found


def order_of(wanted: Wanted) -> Sequence[ColumnElement[Any]]:
    sentence, reading = tables.sentence.c, tables.reading.c
    first = {
        "doubt": [reading.doubt.desc().nulls_last()],
        "corpus": [],
        "length": [reading.length.desc().nulls_last()],
        "label": [func.substr(reading.row, 1, HEAD).nulls_last()],
    }
    return [*first[wanted.order], sentence.position]


def _checked(mine: str) -> ColumnElement[bool]:
    """Whether a sentence is checked, for all or on the line `mine`."""
    sentence, line = tables.sentence.c, tables.line.c
    if not mine:
        return sentence.checked
    own = line.sentence_id == sentence.id, line.name == mine, line.open, line.checked
    return or_(sentence.checked, exists().where(*own))


def accepted_in_bulk() -> ColumnElement[bool]:
    """Whether the newest check of the sentence was one in bulk."""
    sentence, event = tables.sentence.c, tables.event
    checks = event.c.sentence_id == sentence.id, event.c.line == MAIN, event.c.kind.in_((CHECK, BULK_CHECK))
    newest = select(func.max(event.c.revision)).where(*checks).correlate(tables.sentence).scalar_subquery()
    other = event.alias()
    was_bulk = exists().where(
        other.c.sentence_id == sentence.id, other.c.line == MAIN, other.c.kind == BULK_CHECK, other.c.revision == newest
    )
    return and_(sentence.checked, was_bulk)


def _corrected() -> ColumnElement[bool]:
    edits = tables.sentence.c.edits
    return or_(*(edits.contains(f'"origin": "{origin}"') for origin in ("corrected", "manual", "human")))


def in_conflict() -> ColumnElement[bool]:
    line = tables.line.c
    return exists().where(line.sentence_id == tables.sentence.c.id, line.open, line.name.startswith(BRANCH))


def done_apart() -> ColumnElement[bool]:
    """Whether several people do the sentence on their own, so that nobody may decide it for all."""
    given = tables.assignment.c
    return exists().where(given.sentence_id == tables.sentence.c.id, given.overlap)


_STATES = {
    "open": lambda mine: ~_checked(mine),
    "flagged": lambda mine: tables.sentence.c.flagged,
    "checked": lambda mine: _checked(mine),
    "bulk": lambda mine: accepted_in_bulk(),
    "corrected": lambda mine: _corrected(),
    "noted": lambda mine: tables.sentence.c.note != "",
    "conflict": lambda mine: in_conflict(),
}
