"""Open the database of the store: pragmas, migrations, and every failure as one sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from projection.corrections.tables import HEAD
from projection.errors import StoreError, StoreUnavailable

PATIENCE = 10
"""Seconds to wait for other writers."""
_MIGRATION = 7_402_511
"""The key of the lock by which the processes of one PostgreSQL database take turns to migrate it."""
_TURNS: dict[str, threading.Lock] = {}


class Database:
    """One database: a connection to read on, and transactions that are stored whole or not at all."""

    def __init__(self, url: str):
        self.url = url
        self.engine = open_engine(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with explained(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with explained(self.url), _in_turn(self.engine), self.engine.begin() as connection:
            _begin_writing(connection)
            yield connection


def now() -> str:
    """Return the time as stored, UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def open_engine(url: str) -> Engine:
    """Return an engine whose tables are up to date. Raises StoreError.

    SQLite runs in WAL mode with full synchronisation, so that what was reported as stored survives a
    killed process and a power cut, and waits up to 10 s for another writer.
    """
    try:
        parsed = make_url(url)
        file = _sqlite_file(parsed)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
    except ImportError as problem:
        package = "psycopg[binary]" if "psycopg" in str(problem) else problem.name
        raise StoreError(
            f"The database address {_shown(url)!r} needs a Python package ({problem}): pip install '{package}'."
        ) from problem
    except NoSuchModuleError as problem:
        raise StoreError(f"The database address {_shown(url)!r} cannot be used ({problem}).") from problem
    except ArgumentError as problem:  # nothing of it is shown: a password may stand anywhere in it
        raise StoreError(
            "The database address cannot be read. It looks like sqlite:////folder/file.sqlite or "
            "postgresql+psycopg://name:password@computer/database."
        ) from problem
    except OSError as problem:
        raise StoreError(f"{_no_place(url)} ({problem.strerror}).") from problem
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    with explained(url), _one_at_a_time(file):
        _migrate(engine)
    return engine


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what the database throws into one sentence that says what to do."""
    try:
        yield
    except DataError as problem:  # the same again would fail again
        reason = str(problem.orig).strip().partition("\n")[0].rstrip(".")
        raise StoreError(f"The correction store does not take this ({reason}): nothing was stored.") from problem
    except DBAPIError as problem:
        raise StoreUnavailable(_message(url, str(problem.orig))) from problem
    except PoolTimeout as problem:
        raise StoreUnavailable(_message(url, "locked")) from problem
    except UnicodeEncodeError as problem:
        raise StoreError(
            "Half a surrogate pair cannot be stored: take the broken character out of the text."
        ) from problem
    except OSError as problem:
        raise StoreUnavailable(f"{_no_place(url)} ({problem.strerror}).") from problem


def _message(url: str, cause: str) -> str:
    known = {
        "readonly": "is read-only: nothing was stored. Give write permission, or set PROJECTION_HOME to another folder",
        "locked": "is busy in another program: nothing was stored. Close it there and try again",
        "not a database": "is not a database of this program, or is damaged. Move it away or restore a backup",
        "malformed": "is damaged. Restore a backup, or move it away to start anew",
        "full": "cannot grow, the disk is full: nothing was stored. Make room and try again",
    }
    for sign, meaning in known.items():
        if sign in cause:
            return f"The correction store {_shown(url)} {meaning}."
    reason = cause.strip().partition("\n")[0].rstrip(".") or "no reason given"
    return f"{_no_place(url)} ({reason})."


def _no_place(url: str) -> str:
    if make_url(url).get_backend_name() != "sqlite":
        remedy = "look whether the database runs and PROJECTION_DATABASE_URL names it"
    else:
        remedy = "set PROJECTION_HOME to a folder that can be written"
    return f"Corrections cannot be kept in {_shown(url)}; {remedy}"


def _shown(url: str) -> str:
    parsed = make_url(url)
    return parsed.database or "" if parsed.get_backend_name() == "sqlite" else parsed.render_as_string()


def _sqlite_file(url: URL) -> Path | None:
    name = url.database or ""
    named = url.get_backend_name() == "sqlite" and name not in ("", ":memory:") and not name.startswith("file:")
    return Path(name) if named else None


def _prepare_sqlite(connection, _record) -> None:
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={PATIENCE * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _in_turn(engine: Engine) -> Iterator[None]:
    """Let the threads of this process write to a SQLite file one after the other.

    SQLite itself has no queue: who waits asks again now and then, and among many may never be the one.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _TURNS.setdefault(str(engine.url), threading.Lock())
    if not turn.acquire(timeout=PATIENCE):
        raise PoolTimeout(f"no turn to write within {PATIENCE} s")
    try:
        yield
    finally:
        turn.release()


def _begin_writing(connection: Connection) -> None:
    """Let nobody else write from here on: what is read next is still so when it is written.

    Python begins a SQLite transaction only at the first change of a row, which would leave what is read
    before it, and every change of tables, outside.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _one_at_a_time(file: Path | None):
    if file is None:
        return nullcontext()
    from filelock import FileLock

    return FileLock(f"{file}.lock")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        version = _version(connection)
    if version == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"The correction store was written by a newer version of this program (tables {version}, known is {HEAD}). "
            "Update the program, or set PROJECTION_HOME to another folder."
        )
    with engine.begin() as connection:
        _begin_writing(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION})
        if _version(connection) == HEAD:  # another process was faster
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
