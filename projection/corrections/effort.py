"""What accepting the sentences of a project took people: changes, time, and how much of what was proposed stayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from projection.corrections import tables
from projection.corrections.database import Database
from projection.corrections.operations import BULK_CHECK, CHECK
from projection.corrections.records import MAIN, load_state, local

_NO_CHANGE = frozenset({CHECK, BULK_CHECK, "uncheck", "flag", "unflag", "note"})
LONGEST = 600.0
"""Seconds after which nobody was working any more: longer visits count as this long."""


@dataclass(frozen=True, slots=True)
class Effort:
    """One accepted sentence.

    `changes` are the actions on its labels, links and texts, undo included. Of its final labels, `kept` stand as
    a method proposed them, `corrected` were changed and `made` come from a person. `seconds` is how long it was in
    front of people, None where nobody measured; `bulk`: it was accepted together with others.
    """

    position: int
    at: datetime
    changes: int
    kept: int
    corrected: int
    made: int
    seconds: float | None
    bulk: bool

    @property
    def labels(self) -> int:
        return self.kept + self.corrected + self.made

    @property
    def saved(self) -> int:
        """How many actions fewer than giving every label by hand, one action each; negative: it took more."""
        return self.labels - self.changes


def efforts(database: Database, project_id: int) -> list[Effort]:
    """Return the effort of each sentence of a project that is accepted now, in the order of the corpus."""
    event, sentence = tables.event, tables.sentence
    columns = (event.c.kind, event.c.at, event.c.seconds, event.c.client)
    chosen = (
        select(sentence.c.position, sentence.c.edits, *columns)
        .join(event, event.c.sentence_id == sentence.c.id)
        .where(sentence.c.project_id == project_id, sentence.c.checked, event.c.line == MAIN)
        .order_by(sentence.c.position, event.c.revision)
    )
    with database.reading() as connection:
        rows = connection.execute(chosen).all()
    return [_effort(position, list(events)) for position, events in groupby(rows, key=lambda row: row.position)]


def _effort(position: int, events: Sequence[Any]) -> Effort:
    origins = [entity.origin for entity in load_state(events[0].edits).target_entities or ()]
    made, corrected = (sum(origin in names for origin in origins) for names in (("manual", "human"), ("corrected",)))
    last = max((one for one in events if one.kind in (CHECK, BULK_CHECK)), key=lambda one: one.at, default=events[-1])
    return Effort(
        position,
        local(last.at),
        sum(one.kind not in _NO_CHANGE for one in events),
        len(origins) - made - corrected,
        corrected,
        made,
        seconds_of((one.client, one.seconds) for one in events),
        last.kind == BULK_CHECK,
    )


def seconds_of(events: Iterable[tuple[str, float | None]]) -> float | None:
    """Return how long a sentence was open, from (client, seconds since it was opened), oldest first.

    The clock of a client runs on until its seconds fall: then it opened the sentence anew.
    """
    visits: dict[str, list[float]] = {}
    for client, seconds in events:
        if seconds is None:
            continue
        own = visits.setdefault(client, [])
        if own and seconds >= own[-1]:
            own.pop()
        own.append(seconds)
    every = [min(seconds, LONGEST) for own in visits.values() for seconds in own]
    return sum(every) if every else None
