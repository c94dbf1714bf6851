"""What the store hands out: projects, sentences and revisions as values, read from its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row

from projection.corrections.edits import Edits, load_task
from projection.errors import ConfigurationError
from projection.pipeline import Setup, Task


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    """One project; `sentences` and `checked` are counts, `created` is local time.

    Where the stored setup cannot be used here (it names a component that is not installed), `setup` is
    None and `problem` one message for the user.
    """

    id: int
    name: str
    created: datetime
    sentences: int
    checked: int
    setup: Setup | None
    document_name: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence as imported (`task`) with the newest `edits`; `position` counts from 0, `revision` from 0."""

    id: int
    project_id: int
    position: int
    task: Task
    edits: Edits
    revision: int


@dataclass(frozen=True, slots=True)
class Event:
    """One stored revision: what was done ("label PER", "undo", ...), by whom, when, and the state after it."""

    revision: int
    kind: str
    author: str
    at: datetime
    edits: Edits


def summary_of(row: Row) -> ProjectSummary:
    setup, problem = None, ""
    try:
        setup = Setup.from_dict(json.loads(row.setup))
    except ConfigurationError as cause:
        problem = f"The project {row.name!r} cannot be opened here. {cause} Install what it needs; nothing is lost."
    created = _local(row.created_at)
    return ProjectSummary(row.id, row.name, created, row.sentences, row.checked, setup, row.document_name, problem)


def sentence_of(row: Row) -> StoredSentence:
    edits = Edits.from_dict(json.loads(row.edits)) if row.edits else Edits()
    return StoredSentence(row.id, row.project_id, row.position, load_task(json.loads(row.task)), edits, row.revision)


def event_of(row: Row) -> Event:
    return Event(row.revision, row.kind, row.author, _local(row.at), Edits.from_dict(json.loads(row.edits)))


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone()
