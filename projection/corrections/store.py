"""The append-only store of projects and corrections: nothing is overwritten, any state can come back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from projection.corrections import lines, tables
from projection.corrections.database import Database, now
from projection.corrections.edits import Edits, dump_task
from projection.corrections.records import (
    BRANCH,
    EVENT,
    MAIN,
    Event,
    Line,
    ProjectSummary,
    Stamp,
    StoredSentence,
    event_of,
    sentence_of,
    summary_of,
)
from projection.corrections.wanted import in_conflict
from projection.errors import ConflictError, GoneError, StoreError
from projection.pipeline import Setup, Task
from projection.settings import settings

_BATCH = 500
_PORTION = 100


class Store:
    """Projects, sentences and their revisions in a database, SQLite unless `url` says otherwise.

    Every method raises StoreError with one sentence when the database cannot be used. A sentence has a
    main line of revisions and, if people work apart or got into each other's way, further lines by name.
    """

    def __init__(self, url: str | None = None):
        self.database = Database(url or settings().database)
        self._settings: set[str] = set()

    @property
    def url(self) -> str:
        return self.database.url

    # projects ---------------------------------------------------------------------------------------

    def create_project(
        self, name: str, setup: Setup, tasks: Iterable[Task], *, document: bytes | None = None, document_name: str = ""
    ) -> int:
        """Store a project with all its sentences, or nothing at all; return its id.

        `document` is the imported file itself, kept so that an export can be byte-identical to it.
        """
        with self.database.writing() as connection:
            values = {
                "name": name,
                "setup": json.dumps(setup.to_dict()),
                "created_at": now(),
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

    def projects(self, *, deleted: bool = False) -> list[ProjectSummary]:
        """Return the projects that are not deleted, newest first, also those with a `problem`; or the deleted ones."""
        wanted = _summaries(deleted).order_by(tables.project.c.id.desc())
        with self.database.reading() as connection:
            return [summary_of(row) for row in connection.execute(wanted).all()]

    def project(self, project_id: int) -> ProjectSummary:
        """Return one project. Raises GoneError when it is not there, StoreError when it cannot be run here."""
        with self.database.reading() as connection:
            row = connection.execute(_summaries(one=project_id).where(tables.project.c.id == project_id)).first()
        if row is None:
            raise GoneError(f"There is no project {project_id}; it may have been deleted.")
        summary = summary_of(row)
        if summary.problem:
            raise StoreError(summary.problem)
        return summary

    def document(self, project_id: int) -> bytes | None:
        """Return the imported file, None if there was none."""
        return self._project_value(project_id, "document")

    def guidelines(self, project_id: int) -> str:
        """Return the project's guidelines, Markdown."""
        return self._project_value(project_id, "guidelines") or ""

    def _project_value(self, project_id: int, column: str) -> Any:
        wanted = select(tables.project.c[column]).where(tables.project.c.id == project_id)
        with self.database.reading() as connection:
            return connection.execute(wanted).scalar_one_or_none()

    def update_setup(self, project_id: int, setup: Setup) -> None:
        """Store the settings of a project. Those of before stay known: pages still show labels made with them."""
        with self.database.writing() as connection:
            wanted = select(tables.project.c.setup).where(tables.project.c.id == project_id)
            before = connection.execute(wanted).scalar_one_or_none()
            if before is not None:
                _keep(connection, json.loads(before))
            _keep(connection, setup.to_dict())
        self._change_project(project_id, setup=json.dumps(setup.to_dict()))

    def update_labels(self, project_id: int, labels: str) -> None:
        """Store the project's label set as JSON text (see ProjectSummary.labels)."""
        self._change_project(project_id, labels=labels)

    def update_guidelines(self, project_id: int, text: str) -> None:
        self._change_project(project_id, guidelines=text)

    def keep_settings(self, setup: Setup) -> None:
        """Keep every choice of a setup under its `settings_key`, which labels carry; `setup_of` is the way back."""
        key = settings_key(setup)
        if key in self._settings:
            return
        with self.database.writing() as connection:
            _keep(connection, setup.to_dict())
        self._settings.add(key)

    def setup_of(self, key: str) -> dict[str, Any] | None:
        """Return the choices kept under `key` as plain values, None if there are none."""
        wanted = select(tables.settings.c.setup).where(tables.settings.c.key == key)
        with self.database.reading() as connection:
            text = connection.execute(wanted).scalar_one_or_none()
        return json.loads(text) if text else None

    def rename_project(self, project_id: int, name: str) -> None:
        self._change_project(project_id, name=name)

    def delete_project(self, project_id: int) -> None:
        """Hide a project; `restore_project` brings it back with everything in it."""
        self._change_project(project_id, deleted_at=now())

    def restore_project(self, project_id: int) -> None:
        self._change_project(project_id, deleted_at=None)

    def _change_project(self, project_id: int, **values: Any) -> None:
        with self.database.writing() as connection:
            done = connection.execute(update(tables.project).where(tables.project.c.id == project_id).values(values))
        if not done.rowcount:
            raise StoreError(f"There is no project {project_id}.")

    # sentences --------------------------------------------------------------------------------------

    def sentence(self, project_id: int, position: int, line: str = MAIN) -> StoredSentence:
        """Return a sentence with the newest state of `line`; one that has not begun is as imported."""
        wanted = _sentences(project_id).where(tables.sentence.c.position == position)
        with self.database.reading() as connection:
            row = connection.execute(wanted).first()
            if row is None:
                raise StoreError(f"Project {project_id} has no sentence number {position + 1}.")
            stored = sentence_of(row)
            if line == MAIN:
                return stored
            head = lines.find(connection, stored.id, line)
        edits, revision = (head.edits, head.revision) if head else (Edits(), 0)
        return replace(stored, edits=edits, revision=revision, line=line)

    def sentences(self, project_id: int) -> Iterator[StoredSentence]:
        """Yield all sentences of a project in order, read in batches."""
        start = 0
        while True:
            wanted = _sentences(project_id).where(tables.sentence.c.position >= start).limit(_BATCH)
            with self.database.reading() as connection:
                rows = connection.execute(wanted).all()
            yield from map(sentence_of, rows)
            if len(rows) < _BATCH:
                return
            start = rows[-1].position + 1

    def version(self, project_id: int) -> int:
        """Return a number that grows with every revision stored in the project."""
        total = select(func.sum(tables.sentence.c.revision)).where(tables.sentence.c.project_id == project_id)
        with self.database.reading() as connection:
            return connection.execute(total).scalar_one() or 0

    # revisions --------------------------------------------------------------------------------------

    def save(
        self, sentence_id: int, edits: Edits, *, expected_revision: int, kind: str, stamp: Stamp | None = None,
        line: str = MAIN,
    ) -> int:  # fmt: skip
        """Append a revision to a line and return its number once it is safely stored.

        Raises ConflictError when `expected_revision` is not the newest: somebody else was first, and
        nothing is stored.
        """
        with self.database.writing() as connection:
            return lines.append(connection, sentence_id, line, edits, expected_revision, kind, stamp or Stamp())

    def save_many(self, changes: Sequence[tuple[StoredSentence, Edits]], *, kind: str, stamp: Stamp) -> list[int]:
        """Append one revision to each of several sentences in one transaction.

        Return the ids of those that changed since they were read; they are left alone. `stamp.client` names
        the batch, by which `undo_many` takes it back.
        """
        passed, stamp = [], replace(stamp, number=0)
        with self.database.writing() as connection:
            for stored, edits in changes:
                try:
                    lines.append(connection, stored.id, stored.line, edits, stored.revision, kind, stamp)
                except ConflictError:
                    passed.append(stored.id)
        return passed

    def undo_many(self, batch: str, stamp: Stamp) -> tuple[int, int]:
        """Take back a batch of `save_many` where nothing was done since; return how many were, and were not.

        In portions, so that others can store in between; what is interrupted is finished by calling it again.
        """
        with self.database.reading() as connection:
            stored = lines.batch_of(connection, batch)
        undone = 0
        for start in range(0, len(stored), _PORTION):
            with self.database.writing() as connection:
                undone += lines.undo_batch(connection, stored[start : start + _PORTION], stamp)
        return undone, len(stored) - undone

    def history(self, sentence_id: int, line: str = MAIN) -> list[Event]:
        """Return all revisions of a line, newest first."""
        with self.database.reading() as connection:
            return lines.events(connection, sentence_id, line)[::-1]

    def newest_events(self, project_id: int) -> dict[int, Event]:
        """Return the newest event of each sentence's main line, by sentence id; those as imported have none."""
        event, sentence = tables.event, tables.sentence
        newest = (event.c.sentence_id == sentence.c.id) & (event.c.revision == sentence.c.revision)
        columns = (event.c.sentence_id, *(event.c[name] for name in EVENT))
        wanted = select(*columns).join(sentence, newest & (event.c.line == MAIN))
        with self.database.reading() as connection:
            rows = connection.execute(wanted.where(sentence.c.project_id == project_id)).all()
        return {sentence_id: event_of(values) for sentence_id, *values in rows}

    def undo(
        self, sentence_id: int, *, line: str = MAIN, stamp: Stamp | None = None, expected_revision: int | None = None
    ) -> Edits:
        """Go back one step, as a new revision. Raises StoreError when there is nothing to undo.

        Raises ConflictError when the newest revision is not the expected one: what would be taken back is
        somebody else's.
        """
        with self.database.writing() as connection:
            return lines.step(connection, sentence_id, line, "undo", stamp or Stamp(), expected_revision)

    def redo(
        self, sentence_id: int, *, line: str = MAIN, stamp: Stamp | None = None, expected_revision: int | None = None
    ) -> Edits:
        """Take back the last undo, as a new revision; a change in between ends that. Raises as `undo` does."""
        with self.database.writing() as connection:
            return lines.step(connection, sentence_id, line, "redo", stamp or Stamp(), expected_revision)

    def restore(
        self, sentence_id: int, revision: int, *, line: str = MAIN, stamp: Stamp | None = None,
        expected_revision: int | None = None,
    ) -> Edits:  # fmt: skip
        """Bring back the state of an older revision (0: as imported), as a new revision. ConflictError as `undo`."""
        with self.database.writing() as connection:
            return lines.restore(connection, sentence_id, line, revision, stamp or Stamp(), expected_revision)

    # several people and tabs ------------------------------------------------------------------------

    def acknowledged(self, client: str) -> int:
        """Return the number of the last message of an editor's client that is stored, 0 if there is none."""
        wanted = select(func.max(tables.event.c.number)).where(tables.event.c.client == client)
        with self.database.reading() as connection:
            return connection.execute(wanted).scalar_one() or 0

    def others_since(self, sentence_id: int, base: int, client: str, line: str = MAIN) -> list[Event]:
        """Return what others than `client` and its tab (see records.TAB) stored after revision `base`, oldest first."""
        with self.database.reading() as connection:
            return lines.events(connection, sentence_id, line, base, client)

    def state_at(self, sentence_id: int, revision: int, line: str = MAIN) -> Edits:
        """Return the state of an older revision (0: as it began). Raises StoreError when there is none."""
        with self.database.reading() as connection:
            return lines.state_at(connection, sentence_id, line, revision)

    def lines(self, sentence_id: int, *, only_open: bool = True) -> list[Line]:
        """Return the versions of a sentence beside the main one, oldest first."""
        with self.database.reading() as connection:
            return lines.of_sentence(connection, sentence_id, only_open)

    def fork(self, sentence_id: int, name: str, base: int, author: str = "", parent: str = MAIN) -> None:
        """Begin a line from revision `base` of `parent`; one that is there begins anew, its events stay."""
        with self.database.writing() as connection:
            lines.fork(connection, sentence_id, name, base, author, parent)

    def undecided(self, sentence_id: int, parent: str = MAIN) -> list[Line]:
        """Return the versions that were kept apart from the line `parent` and wait for a decision, oldest first."""
        return [line for line in self.lines(sentence_id) if line.name.startswith(BRANCH) and line.parent == parent]

    def torn(self, project_id: int) -> list[int]:
        """Return the positions of the sentences of which two versions wait for a decision."""
        sentence = tables.sentence.c
        wanted = select(sentence.position).where(sentence.project_id == project_id, in_conflict())
        with self.database.reading() as connection:
            return list(connection.execute(wanted.order_by(sentence.position)).scalars())

    def open_line(self, sentence_id: int, name: str) -> None:
        """Let a line wait for a decision again."""
        with self.database.writing() as connection:
            lines.set_open(connection, sentence_id, name, True)

    def close_line(self, sentence_id: int, name: str) -> None:
        """Say that somebody decided about a line; its revisions stay."""
        with self.database.writing() as connection:
            lines.set_open(connection, sentence_id, name, False)


def settings_key(setup: Setup) -> str:
    """Return a short name for every choice of `setup`."""
    return _key_of(setup.to_dict())


def _key_of(choices: Mapping[str, Any]) -> str:
    return blake2b(json.dumps(choices, sort_keys=True).encode(), digest_size=6).hexdigest()


def _keep(connection: Connection, choices: Mapping[str, Any]) -> None:
    """Store all choices of a setup under their key, if they are not there yet."""
    key, text = _key_of(choices), json.dumps(choices, sort_keys=True)
    known = connection.execute(select(tables.settings.c.key).where(tables.settings.c.key == key)).first()
    if known is None:
        connection.execute(insert(tables.settings).values(key=key, setup=text, at=now()))


def _summaries(deleted: bool = False, one: int | None = None) -> Select:
    project, sentence = tables.project, tables.sentence
    counts = select(
        sentence.c.project_id,
        func.count().label("sentences"),
        func.count().filter(sentence.c.checked).label("checked"),
        func.count().filter(sentence.c.flagged).label("flagged"),
    ).group_by(sentence.c.project_id)
    counts = (counts if one is None else counts.where(sentence.c.project_id == one)).subquery()
    names = ("id", "name", "setup", "created_at", "deleted_at", "document_name", "labels")
    numbers = (func.coalesce(counts.c[name], 0).label(name) for name in ("sentences", "checked", "flagged"))
    gone = project.c.deleted_at.is_not(None) if deleted else project.c.deleted_at.is_(None)
    columns = (project.c[name] for name in names)
    return select(*columns, *numbers).outerjoin(counts, counts.c.project_id == project.c.id).where(gone)


def _sentences(project_id: int) -> Select:
    table = tables.sentence
    return select(table).where(table.c.project_id == project_id).order_by(table.c.position)
