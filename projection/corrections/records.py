"""What the store hands out: projects, sentences and revisions as values, read from its rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from projection.corrections.edits import Edits, load_task
from projection.errors import ConfigurationError, StoreError
from projection.pipeline import Setup, Task

MAIN = ""
"""The name of the main line of every sentence."""

BRANCH = "~"
"""Begins the names of lines with changes that lost against newer ones; open until somebody decided."""

TAB = "+"
"""Parts the names of clients that are one browser tab: "abc" and "abc+1" never get into each other's way."""


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """One project; `sentences`, `checked` and `flagged` are counts, `created` is local time.

    Where the stored setup cannot be used here (it names a component that is not installed), `setup` is
    None and `problem` one message for the user. `labels` is the JSON text of its label set ("": standard).
    `deleted` is when it was deleted, None while it is there.
    """

    id: int
    name: str
    created: datetime
    sentences: int
    checked: int
    setup: Setup | None
    document_name: str = ""
    problem: str = ""
    flagged: int = 0
    labels: str = ""
    deleted: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence as imported (`task`) with the newest `edits`; `position` counts from 0, `revision` from 0."""

    id: int
    project_id: int
    position: int
    task: Task
    edits: Edits
    revision: int
    line: str = MAIN


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a change comes from: message `number` of an editor's `client`, made on revision `base`.

    `seconds`: how long the sentence had been open. `author`: the person's name, "" on a laptop without names.
    """

    author: str = ""
    client: str = ""
    number: int = 0
    base: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One stored revision: what was done ("label Rome LOC", "undo", ...), by whom, when, and the `state` after it.

    The state is JSON text; `edits` reads it.
    """

    revision: int
    kind: str
    author: str
    at: datetime
    state: str
    base: int | None = None
    seconds: float | None = None
    client: str = ""
    number: int = 0

    @property
    def edits(self) -> Edits:
        return load_state(self.state)


EVENT = ("revision", "kind", "author", "at", "edits", "base", "seconds", "client", "number")
"""The columns of an Event, in its order."""


@dataclass(frozen=True, slots=True)
class Line:
    """A version of a sentence beside the main one (see tables.line); it began on revision `base` of `parent`."""

    sentence_id: int
    name: str
    author: str
    base: int
    revision: int
    edits: Edits
    at: datetime
    open: bool
    parent: str = MAIN


def steps(events: Iterable[Event]) -> tuple[int, int]:
    """Return how many changes can be undone and redone after `events`, oldest first."""
    done, undone = undo_stacks((event.revision, event.kind) for event in events)
    return len(done) - 1, len(undone)


def undo_stacks(events: Iterable[tuple[Any, str]], start: Any = 0) -> tuple[list[Any], list[Any]]:
    """Replay (revision, kind), oldest first: the revisions whose states undo walks back through, and redo offers.

    The current state is the last of the first list, which begins with `start`, the sentence as imported.
    """
    done, undone = [start], []
    for revision, kind in events:
        if kind == "undo" and len(done) > 1:
            undone.append(done.pop())
        elif kind == "redo" and undone:
            done.append(undone.pop())
        else:
            done.append(revision)
            undone = []
    return done, undone


def summary_of(row: Row) -> ProjectSummary:
    setup, problem = None, ""
    try:
        setup = Setup.from_dict(json.loads(row.setup))
    except ConfigurationError as cause:
        problem = f"The project {row.name!r} cannot be opened here. {cause} Install what it needs; nothing is lost."
    return ProjectSummary(
        row.id, row.name, local(row.created_at), row.sentences, row.checked, setup, row.document_name, problem,
        row.flagged, row.labels, local(row.deleted_at) if row.deleted_at else None,
    )  # fmt: skip


def sentence_of(row: Row) -> StoredSentence:
    edits = load_state(row.edits)
    return StoredSentence(row.id, row.project_id, row.position, load_task(json.loads(row.task)), edits, row.revision)


def event_of(values: Sequence[Any]) -> Event:
    """Return the event of the columns EVENT: read by place, as histories are long."""
    revision, kind, author, at, *others = values
    return Event(revision, kind, author, local(at), *others)


def line_of(row: Row) -> Line:
    edits = load_state(row.edits)
    return Line(
        row.sentence_id, row.name, row.author, row.base, row.revision, edits, local(row.at), row.open, row.parent
    )


def load_state(state: str | None) -> Edits:
    """Read what `dump_state` wrote. Raises StoreError."""
    try:
        return Edits.from_dict(json.loads(state)) if state else Edits()
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise StoreError(
            f"A stored correction cannot be read ({problem}): restore an older state of the sentence, or a backup."
        ) from problem


def dump_state(edits: Edits) -> str:
    return json.dumps(edits.to_dict(), ensure_ascii=False)


def local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone()
