"""The whole store as one file, and back: the same SQLite file whatever database the store is in."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.engine import make_url

from projection.corrections import tables
from projection.corrections.database import Database, explained
from projection.errors import StoreError, StoreUnavailable
from projection.settings import settings

_BATCH = 500
_PATIENCE = 10.0
_OURS = {"alembic_version", "project", "sentence", "event"}
_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file with a whole store; `rows` counts them by table."""

    file: Path
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a store holds after `restore`; `before` is the file with what it held until then, None if nothing."""

    rows: dict[str, int]
    before: Path | None


def backup(url: str, file: Path) -> Kept:
    """Write the store to `file`, which appears whole, checked, or not at all. Others may go on working.

    Raises StoreError when `file` is there already or the copy is not like the store.
    """
    _refuse_present(file)
    with explained(url), _arriving(file) as coming:
        rows = _write(Database(url), coming)
        _check(coming, rows, f"The backup {file}")
    return Kept(file, rows)


def restore(url: str, file: Path) -> Restored:
    """Let the store be as it was when `file` was made; what it holds now is written to a file beside it first.

    A backup of an older version is brought up to date. Raises StoreError, and changes nothing, when `file`
    is no backup, is damaged or was written by a newer version.
    """
    with tempfile.TemporaryDirectory(prefix="projection-") as folder:
        copied = _opened(file, Path(folder) / "copy.sqlite")
        try:
            moved = _move_away_damaged(url)
            store = Database(url)
            with explained(url), copied.reading() as source, store.writing() as target:
                rows, before = _replace(source, target, url)
        finally:
            copied.engine.dispose()
    return Restored(rows, moved or before)


def _replace(source: Connection, target: Connection, url: str) -> tuple[dict[str, int], Path | None]:
    """Keep what the target holds, then put the rows of the source in its place, in one transaction."""
    if target.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables.metadata.sorted_tables)
        target.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    before = None
    if any(_counts(target).values()):
        before = _beside(url)
        with _arriving(before) as coming:
            _check(coming, _export(target, coming), "The copy of the present store")
    for table in reversed(tables.metadata.sorted_tables):
        target.execute(delete(table))
    rows = _copy(source, target)
    _number_on(target)
    if _counts(target) != rows:
        raise StoreError("The store does not hold what the backup holds: nothing was changed. Try again.")
    return rows, before


def _refuse_present(file: Path) -> None:
    if file.exists():
        raise StoreError(f"{file} is there already. Name another file, or move it away.")


# writing a file -------------------------------------------------------------------------------------------


@contextmanager
def _arriving(file: Path) -> Iterator[Path]:
    """Give a new file in the same folder, which gets its name at the end, or goes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(number)
    coming = Path(name)
    try:
        yield coming
        _refuse_present(file)
        coming.rename(file)
    finally:
        coming.unlink(missing_ok=True)


def _write(store: Database, file: Path) -> dict[str, int]:
    """Write the store as it is at one moment; return the rows of each table."""
    if store.engine.dialect.name != "sqlite":
        with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as source:
            return _export(source, file)
    with closing(store.engine.raw_connection()) as source, closing(sqlite3.connect(file)) as target:
        _pages(source.driver_connection, target)
        target.execute("PRAGMA journal_mode=DELETE")
        return {table.name: _rows(target, table.name) for table in tables.metadata.sorted_tables}


def _pages(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy all pages in one step, so that nothing changes in between; give up when the store stays busy."""
    until = time.monotonic() + _PATIENCE

    def patient(status: int, _left: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise StoreUnavailable("The store is busy in another program: no backup was made. Try again.")

    source.backup(target, pages=-1, progress=patient)


def _export(source: Connection, file: Path) -> dict[str, int]:
    store = Database(f"sqlite:///{file}")
    try:
        with store.writing() as target:
            rows = _copy(source, target)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    finally:
        store.engine.dispose()
        Path(f"{file}.lock").unlink(missing_ok=True)
    return rows


def _copy(source: Connection, target: Connection) -> dict[str, int]:
    """Insert all rows of the source, tables others point to first; return how many of each there were."""
    rows = {}
    for table in tables.metadata.sorted_tables:
        found = source.execute(select(table), execution_options={"stream_results": True})
        rows[table.name] = 0
        for batch in found.mappings().partitions(_BATCH):
            target.execute(insert(table), [dict(row) for row in batch])
            rows[table.name] += len(batch)
    return rows


def _number_on(target: Connection) -> None:
    """Let new rows get numbers after those that were copied, which were not drawn from the sequences."""
    if target.dialect.name == "postgresql":
        for table in tables.metadata.sorted_tables:
            if "id" in table.c:
                target.execute(text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"(SELECT coalesce(max(id), 0) + 1 FROM \"{table.name}\"), false)"
                ))  # fmt: skip


def _check(file: Path, rows: dict[str, int], name: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        if not sound or rows != {table: _rows(connection, table) for table in rows}:
            raise StoreError(f"{name} is not like the store and was thrown away. The store is damaged, or the disk is.")


def _rows(connection: sqlite3.Connection, table: str) -> int:
    return connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]


def _counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables.metadata.sorted_tables
    }


# reading one ----------------------------------------------------------------------------------------------


def _opened(file: Path, copy: Path) -> Database:
    """Return a copy of a backup as an up-to-date database; the backup itself stays as it is."""
    try:
        with file.open("rb") as handle:
            if handle.read(len(_MAGIC)) != _MAGIC:
                raise StoreError(f"{file} is not a backup of this program. Name a file that `backup` wrote.")
        shutil.copyfile(file, copy)
        with suppress(FileNotFoundError):  # a plain copy of a store has what was written last in a file beside it
            shutil.copyfile(f"{file}-wal", f"{copy}-wal")
    except OSError as problem:
        raise StoreError(f"The backup {file} cannot be read ({problem.strerror}).") from problem
    try:
        with closing(sqlite3.connect(copy)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError:
        sound, found = False, set()
    if not sound:
        raise StoreError(f"The backup {file} is damaged or cut short: nothing was restored. Take another one.")
    if not found >= _OURS:
        raise StoreError(f"{file} is not a backup of this program. Name a file that `backup` wrote.")
    try:
        return Database(f"sqlite:///{copy}")
    except StoreUnavailable as problem:
        raise StoreError(f"The backup {file} cannot be used: {problem}") from problem
    except StoreError as problem:
        raise StoreError(
            f"The backup {file} was written by a newer version of this program: nothing was restored. "
            "Update the program."
        ) from problem


# the store that is there ----------------------------------------------------------------------------------


def _move_away_damaged(url: str) -> Path | None:
    """Move a SQLite store that cannot be read out of the way, and return where it is; None if it is sound."""
    file = _file(url)
    if file is None or not file.exists() or _is_sound(file):
        return None
    moved = _beside(url)
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.replace(f"{file}{ending}", f"{moved}{ending}")
    return moved


def _is_sound(file: Path) -> bool:
    """Whether a file is a database without damage; one that is busy or may not be read counts as sound."""
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    name = parsed.database or ""
    is_file = parsed.get_backend_name() == "sqlite" and name not in ("", ":memory:") and not name.startswith("file:")
    return Path(name) if is_file else None


def _beside(url: str) -> Path:
    """Return a new name beside a SQLite store, else in the folder for corrections."""
    place = _file(url) or settings().home_folder / "corrections.sqlite"
    return place.with_name(f"{place.stem}.before-{datetime.now():%Y%m%d-%H%M%S-%f}{place.suffix}")
