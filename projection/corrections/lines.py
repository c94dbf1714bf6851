"""The revisions of one sentence on a connection: append, walk back, branch off. Store wraps each in a transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, insert, select, update

from projection.corrections import tables
from projection.corrections.database import now
from projection.corrections.edits import Edits
from projection.corrections.records import (
    EVENT,
    MAIN,
    TAB,
    Event,
    Line,
    Stamp,
    dump_state,
    event_of,
    line_of,
    load_state,
    undo_stacks,
)
from projection.errors import ConflictError, StoreError


def append(
    connection: Connection, sentence_id: int, line: str, edits: Edits, expected: int, kind: str, stamp: Stamp
) -> int:
    """Add the revision after `expected` and return its number. Raises ConflictError when there is one already.

    A numbered message that is stored already is not stored again: the revision it made is returned.
    """
    known = _revision_of(connection, stamp)
    if known:
        return known
    state = dump_state(edits)
    if line != MAIN and find(connection, sentence_id, line) is None:
        fork(connection, sentence_id, line, 0, stamp.author)
    head = {"revision": expected + 1, "edits": state, "checked": edits.checked, "flagged": edits.flagged}
    extra = {"note": edits.note} if line == MAIN else {"at": now()}
    table, place = _head(sentence_id, line)
    done = connection.execute(update(table).where(*place, table.c.revision == expected).values(head | extra))
    if not done.rowcount:
        raise _changed_elsewhere(newest_revision(connection, sentence_id, line), expected)
    row = {
        "sentence_id": sentence_id, "line": line, "revision": expected + 1,
        "kind": kind.replace("\0", ""), "author": stamp.author,
        "at": now(), "edits": state, "base": expected if stamp.base is None else stamp.base,
        "seconds": stamp.seconds, "client": stamp.client, "number": stamp.number,
    }  # fmt: skip
    connection.execute(insert(tables.event).values(row))
    return expected + 1


def _revision_of(connection: Connection, stamp: Stamp) -> int | None:
    """Return the revision that a numbered message made, None where it made none."""
    if not stamp.number:
        return None
    table = tables.event
    message = (table.c.client == stamp.client, table.c.number == stamp.number)
    return connection.execute(select(table.c.revision).where(*message)).scalar_one_or_none()


def newest_revision(connection: Connection, sentence_id: int, line: str) -> int:
    """Return the number of the newest revision; 0 for a line that has not begun. Raises StoreError."""
    table, place = _head(sentence_id, line)
    newest = connection.execute(select(table.c.revision).where(*place)).scalar_one_or_none()
    if newest is None and line == MAIN:
        raise StoreError(f"There is no sentence {sentence_id}.")
    return newest or 0


def events(
    connection: Connection, sentence_id: int, line: str, after: int = 0, not_by: str | None = None
) -> list[Event]:
    """Return the revisions after number `after`, oldest first, those of the tab `not_by` left out (see TAB)."""
    table = tables.event
    place = (table.c.sentence_id == sentence_id, table.c.line == line, table.c.revision > after)
    wanted = select(*(table.c[name] for name in EVENT)).where(*place)
    if not_by is not None:
        page = not_by.partition(TAB)[0]
        wanted = wanted.where(table.c.client != page, ~table.c.client.startswith(page + TAB, autoescape=True))
    return [event_of(row) for row in connection.execute(wanted.order_by(table.c.revision)).all()]


def state_at(connection: Connection, sentence_id: int, line: str, revision: int) -> Edits:
    if revision == 0:
        head = find(connection, sentence_id, line) if line != MAIN else None
        return state_at(connection, sentence_id, head.parent, head.base) if head and head.base else Edits()
    table = tables.event
    place = (table.c.sentence_id == sentence_id, table.c.line == line, table.c.revision == revision)
    state = connection.execute(select(table.c.edits).where(*place)).scalar_one_or_none()
    if state is None:
        raise StoreError(f"The sentence has no revision {revision}.")
    return load_state(state)


def _changed_elsewhere(newest: int, expected: int) -> ConflictError:
    return ConflictError(
        f"This sentence was changed elsewhere (revision {newest}, yours was made on {expected}). "
        "Your change was not stored; look at the newest state and make it again."
    )


def _expected_revision(connection: Connection, sentence_id: int, line: str, stamp: Stamp, expected: int | None) -> int:
    """Return the newest revision. Raises ConflictError for another than `expected`, unless it is the message's own."""
    newest = newest_revision(connection, sentence_id, line)
    if expected not in (None, newest) and not _revision_of(connection, stamp):
        raise _changed_elsewhere(newest, expected)
    return newest


def step(
    connection: Connection, sentence_id: int, line: str, kind: str, stamp: Stamp, expected: int | None = None
) -> Edits:
    """Go one step back ("undo") or forth again ("redo"), also to before the line branched off.

    Raises ConflictError when the newest revision is not the `expected` one.
    """
    newest = _expected_revision(connection, sentence_id, line, stamp, expected)
    done, undone = undo_stacks(_way_to(connection, sentence_id, line, newest), (MAIN, 0))
    if not (len(done) > 1 if kind == "undo" else undone):
        raise StoreError(f"There is nothing to {kind}.")
    edits = state_at(connection, sentence_id, *(done[-2] if kind == "undo" else undone[-1]))
    append(connection, sentence_id, line, edits, newest, kind, stamp)
    return edits


def _way_to(connection: Connection, sentence_id: int, line: str, until: int) -> list[tuple[tuple[str, int], str]]:
    """Return ((line, revision), kind) of all that led to a revision of a line, oldest first."""
    head = find(connection, sentence_id, line) if line != MAIN else None
    before = _way_to(connection, sentence_id, head.parent, head.base) if head and head.base else []
    table = tables.event
    wanted = select(table.c.revision, table.c.kind).where(
        table.c.sentence_id == sentence_id, table.c.line == line, table.c.revision <= until
    )
    found = connection.execute(wanted.order_by(table.c.revision))
    return [*before, *(((line, row.revision), row.kind) for row in found)]


def restore(
    connection: Connection, sentence_id: int, line: str, revision: int, stamp: Stamp, expected: int | None = None
) -> Edits:
    """Bring back an older state. Raises ConflictError when the newest revision is not the `expected` one."""
    edits = state_at(connection, sentence_id, line, revision)
    newest = _expected_revision(connection, sentence_id, line, stamp, expected)
    append(connection, sentence_id, line, edits, newest, f"restore {revision}", stamp)
    return edits


def batch_of(connection: Connection, batch: str) -> list[tuple[int, str, int]]:
    """Return (sentence id, line, revision) of everything stored under one name."""
    table = tables.event
    wanted = select(table.c.sentence_id, table.c.line, table.c.revision).where(
        table.c.client == batch, table.c.kind.not_in(("undo", "redo"))
    )
    return [tuple(row) for row in connection.execute(wanted)]


def undo_batch(connection: Connection, stored: Iterable[tuple[int, str, int]], stamp: Stamp) -> int:
    """Take back those revisions after which nothing was done; return how many were."""
    undone = 0
    for sentence_id, line, revision in stored:
        if newest_revision(connection, sentence_id, line) == revision:
            step(connection, sentence_id, line, "undo", stamp)
            undone += 1
    return undone


def find(connection: Connection, sentence_id: int, name: str) -> Line | None:
    table = tables.line
    row = connection.execute(select(table).where(table.c.sentence_id == sentence_id, table.c.name == name)).first()
    return line_of(row) if row else None


def of_sentence(connection: Connection, sentence_id: int, only_open: bool) -> list[Line]:
    table = tables.line
    wanted = select(table).where(table.c.sentence_id == sentence_id).order_by(table.c.id)
    return [line_of(row) for row in connection.execute(wanted.where(table.c.open) if only_open else wanted)]


def fork(connection: Connection, sentence_id: int, name: str, base: int, author: str, parent: str = MAIN) -> None:
    start = state_at(connection, sentence_id, parent, base)
    table, place = _head(sentence_id, name)
    head = {"author": author, "edits": dump_state(start), "at": now(), "open": True, "parent": parent}
    newest = connection.execute(select(table.c.revision).where(*place)).scalar_one_or_none()
    if newest is None:
        row = {"sentence_id": sentence_id, "name": name, "base": base, "revision": 0}
        connection.execute(insert(table).values(row | head | {"checked": start.checked, "flagged": start.flagged}))
        return
    connection.execute(update(table).where(*place).values(head | {"base": base}))
    append(connection, sentence_id, name, start, newest, "begin again", Stamp(author))


def set_open(connection: Connection, sentence_id: int, name: str, is_open: bool) -> None:
    table, place = _head(sentence_id, name)
    connection.execute(update(table).where(*place).values(open=is_open))


def _head(sentence_id: int, line: str) -> tuple[Table, tuple]:
    if line == MAIN:
        return tables.sentence, (tables.sentence.c.id == sentence_id,)
    return tables.line, (tables.line.c.sentence_id == sentence_id, tables.line.c.name == line)
