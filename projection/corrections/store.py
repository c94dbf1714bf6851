"""The append-only store of projects and corrections: nothing is overwritten, any state can come back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from projection.corrections import tables
from projection.corrections.database import explained, open_engine
from projection.corrections.edits import Edits, dump_task
from projection.corrections.records import Event, ProjectSummary, StoredSentence, event_of, sentence_of, summary_of
from projection.errors import ConflictError, GoneError, StoreError
from projection.pipeline import Setup, Task
from projection.settings import settings

_BATCH = 500


class Store:
    """Projects, sentences and their revisions in a database, SQLite unless `url` says otherwise.

    Every method raises StoreError with one sentence when the database cannot be used.
    """

    def __init__(self, url: str | None = None):
        self.url = url or settings().database
        self._engine = open_engine(self.url)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with explained(self.url), self._engine.begin() as connection:
            yield connection

    # projects ---------------------------------------------------------------------------------------

    def create_project(
        self, name: str, setup: Setup, tasks: Iterable[Task], *, document: bytes | None = None, document_name: str = ""
    ) -> int:
        """Store a project with all its sentences, or nothing at all; return its id.

        `document` is the imported file itself, kept so that an export can be byte-identical to it.
        """
        with self._writing() as connection:
            values = {
                "name": name,
                "setup": json.dumps(setup.to_dict()),
                "created_at": _now(),
                "document": document,
                "document_name": document_name,
            }
            project_id = connection.execute(insert(tables.project).values(values)).inserted_primary_key[0]
            rows = [
                {"project_id": project_id, "position": position, "task": json.dumps(dump_task(task))}
                for position, task in enumerate(tasks)
            ]
            for start in range(0, len(rows), _BATCH):
                connection.execute(insert(tables.sentence), rows[start : start + _BATCH])
        return project_id

    def projects(self) -> list[ProjectSummary]:
        """Return the projects that are not deleted, newest first, also those with a `problem`."""
        with self._reading() as connection:
            rows = connection.execute(_summaries().order_by(tables.project.c.id.desc())).all()
        return [summary_of(row) for row in rows]

    def project(self, project_id: int) -> ProjectSummary:
        """Return one project. Raises GoneError when it is not there, StoreError when it cannot be run here."""
        with self._reading() as connection:
            row = connection.execute(_summaries().where(tables.project.c.id == project_id)).first()
        if row is None:
            raise GoneError(f"There is no project {project_id}; it may have been deleted.")
        summary = summary_of(row)
        if summary.problem:
            raise StoreError(summary.problem)
        return summary

    def document(self, project_id: int) -> bytes | None:
        """Return the imported file, None if there was none."""
        with self._reading() as connection:
            return connection.execute(
                select(tables.project.c.document).where(tables.project.c.id == project_id)
            ).scalar_one_or_none()

    def update_setup(self, project_id: int, setup: Setup) -> None:
        self._change_project(project_id, setup=json.dumps(setup.to_dict()))

    def rename_project(self, project_id: int, name: str) -> None:
        self._change_project(project_id, name=name)

    def delete_project(self, project_id: int) -> None:
        """Hide a project; `restore_project` brings it back with everything in it."""
        self._change_project(project_id, deleted_at=_now())

    def restore_project(self, project_id: int) -> None:
        self._change_project(project_id, deleted_at=None)

    def _change_project(self, project_id: int, **values: Any) -> None:
        with self._writing() as connection:
            done = connection.execute(update(tables.project).where(tables.project.c.id == project_id).values(values))
        if not done.rowcount:
            raise StoreError(f"There is no project {project_id}.")

    # sentences --------------------------------------------------------------------------------------

    def sentence(self, project_id: int, position: int) -> StoredSentence:
        wanted = _sentences(project_id).where(tables.sentence.c.position == position)
        with self._reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise StoreError(f"Project {project_id} has no sentence number {position + 1}.")
        return sentence_of(row)

    def sentences(self, project_id: int) -> Iterator[StoredSentence]:
        """Yield all sentences of a project in order, read in batches."""
        start = 0
        while True:
            wanted = _sentences(project_id).where(tables.sentence.c.position >= start).limit(_BATCH)
            with self._reading() as connection:
                rows = connection.execute(wanted).all()
            yield from map(sentence_of, rows)
            if len(rows) < _BATCH:
                return
            start = rows[-1].position + 1

    def version(self, project_id: int) -> int:
        """Return a number that grows with every revision stored in the project."""
        total = select(func.sum(tables.sentence.c.revision)).where(tables.sentence.c.project_id == project_id)
        with self._reading() as connection:
            return connection.execute(total).scalar_one() or 0

    def save(self, sentence_id: int, edits: Edits, *, expected_revision: int, kind: str, author: str = "") -> int:
        """Append a revision and return its number once it is safely stored.

        Raises ConflictError when `expected_revision` is not the newest: somebody else was first, and
        nothing is stored.
        """
        with self._writing() as connection:
            return _append(connection, sentence_id, edits, expected_revision, kind, author)

    def history(self, sentence_id: int) -> list[Event]:
        """Return all revisions, newest first."""
        with self._reading() as connection:
            return _history(connection, sentence_id)[::-1]

    def undo(self, sentence_id: int, author: str = "") -> Edits:
        """Go back one step, as a new revision. Raises StoreError when there is nothing to undo."""
        return self._step(sentence_id, "undo", author)

    def redo(self, sentence_id: int, author: str = "") -> Edits:
        """Take back the last undo, as a new revision; a change in between ends that."""
        return self._step(sentence_id, "redo", author)

    def restore(self, sentence_id: int, revision: int, author: str = "") -> Edits:
        """Bring back the state of an older revision (0: as imported), as a new revision."""
        with self._writing() as connection:
            events = _history(connection, sentence_id)
            states = {0: Edits()} | {event.revision: event.edits for event in events}
            if revision not in states:
                raise StoreError(f"The sentence has no revision {revision}.")
            newest = events[-1].revision if events else 0
            _append(connection, sentence_id, states[revision], newest, f"restore {revision}", author)
            return states[revision]

    def _step(self, sentence_id: int, kind: str, author: str) -> Edits:
        with self._writing() as connection:
            events = _history(connection, sentence_id)
            done, undone = _undo_stacks(events)
            if not (len(done) > 1 if kind == "undo" else undone):
                raise StoreError(f"There is nothing to {kind}.")
            edits = done[-2] if kind == "undo" else undone[-1]
            _append(connection, sentence_id, edits, events[-1].revision, kind, author)
            return edits


def _undo_stacks(events: Iterable[Event]) -> tuple[list[Edits], list[Edits]]:
    """Replay a history: the states undo walks back through (the current one last), and those redo offers."""
    done, undone = [Edits()], []
    for event in events:
        if event.kind == "undo":
            undone.append(done.pop())
        elif event.kind == "redo":
            done.append(undone.pop())
        else:
            done.append(event.edits)
            undone = []
    return done, undone


def _append(connection: Connection, sentence_id: int, edits: Edits, expected: int, kind: str, author: str) -> int:
    state = json.dumps(edits.to_dict(), ensure_ascii=False)
    done = connection.execute(
        update(tables.sentence)
        .where(tables.sentence.c.id == sentence_id, tables.sentence.c.revision == expected)
        .values(revision=expected + 1, edits=state, checked=edits.checked)
    )
    if not done.rowcount:
        newest = connection.execute(
            select(tables.sentence.c.revision).where(tables.sentence.c.id == sentence_id)
        ).scalar_one_or_none()
        if newest is None:
            raise StoreError(f"There is no sentence {sentence_id}.")
        raise ConflictError(
            f"This sentence was changed elsewhere (revision {newest}, yours was made on {expected}). "
            "Your change was not stored; look at the newest state and make it again."
        )
    row = {"sentence_id": sentence_id, "revision": expected + 1, "kind": kind, "author": author, "at": _now()}
    connection.execute(insert(tables.event).values(row | {"edits": state}))
    return expected + 1


def _history(connection: Connection, sentence_id: int) -> list[Event]:
    rows = connection.execute(
        select(tables.event).where(tables.event.c.sentence_id == sentence_id).order_by(tables.event.c.revision)
    )
    return [event_of(row) for row in rows]


def _summaries() -> Select:
    project, sentence = tables.project, tables.sentence
    counts = (
        select(
            sentence.c.project_id,
            func.count().label("sentences"),
            func.count().filter(sentence.c.checked).label("checked"),
        )
        .group_by(sentence.c.project_id)
        .subquery()
    )
    columns = [project.c[name] for name in ("id", "name", "setup", "created_at", "document_name")]
    return (
        select(*columns, func.coalesce(counts.c.sentences, 0).label("sentences"),
               func.coalesce(counts.c.checked, 0).label("checked"))
        .outerjoin(counts, counts.c.project_id == project.c.id)
        .where(project.c.deleted_at.is_(None))
    )  # fmt: skip


def _sentences(project_id: int) -> Select:
    table = tables.sentence
    return select(table).where(table.c.project_id == project_id).order_by(table.c.position)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
