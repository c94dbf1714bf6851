"""A store of the first version is brought up to date whole or not at all; everything in it reads back.

store_0001.sql is the dump of a file that the first version wrote (labels by hand, links, undo, redo, a restored
revision, an imported file, a deleted project).
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from projection.corrections import tables
from projection.corrections.edits import Edits
from projection.corrections.store import Store
from projection.errors import StoreError
from projection.types import Alignment, Entity, Span
from tests.corrections.model import inbox, message

pytestmark = pytest.mark.sqlite

DUMP = (Path(__file__).parent / "store_0001.sql").read_text(encoding="utf-8")
LABELS = (Entity(Span(0, 1), "PER", 0.5, "projected"), Entity(Span(4, 5), "ORG", None, "human"))
LINKS = Alignment(frozenset((n, n) for n in range(5)), 5, 5, {(0, 0): 0.25})


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "corrections.sqlite"
    with sqlite3.connect(made) as connection:
        connection.executescript(DUMP)
    return made


def rows(file, query):
    with sqlite3.connect(file) as connection:
        return connection.execute(query).fetchall()


def test_everything_of_the_first_version_reads_back(file):
    store = Store(f"sqlite:///{file}")
    (project,) = store.projects()
    assert (project.id, project.name, project.sentences, project.checked, project.flagged) == (1, "News <b>", 3, 1, 0)
    assert store.document(1) == b"\xff\x00raw" and store.guidelines(1) == "" and project.labels == ""
    assert [gone.name for gone in store.projects(deleted=True)] == ["Gone"]
    first = store.sentence(1, 0)
    assert (first.revision, first.line) == (5, "") and first.task.target.words[3] == "👩‍👧"
    assert first.edits == Edits(checked=True, target_entities=LABELS, alignment=LINKS)
    history = store.history(1)[::-1]
    assert [(event.revision, event.kind, event.author) for event in history] == [
        (1, "label Roma ORG", "Ana"), (2, "link", ""), (3, "undo", ""), (4, "redo", ""), (5, "check", "Ana"),
    ]  # fmt: skip
    assert history[2].edits == Edits(target_entities=LABELS)
    assert {(event.base, event.seconds, event.client, event.number) for event in history} == {(None, None, "", 0)}
    assert history[0].at.isoformat() != history[1].at.isoformat()
    assert store.sentence(1, 1).edits == Edits() and store.history(2)[1].edits.target.words[1] == "viu"
    assert store.lines(1) == [] and store.version(1) == 7


def test_nothing_of_the_old_rows_changed(file):
    columns = {
        "project": "id, name, setup, created_at, deleted_at, document_name, document",
        "sentence": "id, project_id, position, task, revision, edits, checked",
        "event": "id, sentence_id, revision, kind, author, at, edits",
    }
    queries = [f"SELECT {names} FROM {table} ORDER BY id" for table, names in columns.items()]
    before = [rows(file, query) for query in queries]
    Store(f"sqlite:///{file}")
    assert [rows(file, query) for query in queries] == before and len(before[2]) == 7
    assert rows(file, "PRAGMA integrity_check") == [("ok",)] and rows(file, "PRAGMA foreign_key_check") == []


def test_work_goes_on_where_it_stood(file):
    store = Store(f"sqlite:///{file}")
    box = inbox(store)
    undo = [message(n, {"kind": "undo"}, base=5) for n in range(1, 4)]
    assert not box.take("c1", undo).refused
    assert store.sentence(1, 0).edits == Edits()
    operation = {"kind": "label", "side": "target", "start": 3, "end": 4, "label": "X"}
    box.take("c1", [message(4, {"kind": "redo"}, base=5), message(5, operation, base=5)])
    kept = store.sentence(1, 0).edits
    assert kept.target_entities == (LABELS[0], Entity(Span(3, 4), "X", None, "manual"), LABELS[1])
    assert [event.number for event in store.history(1)][:5] == [5, 4, 3, 2, 1]


def test_a_corrected_label_of_the_first_version_stays_a_persons(file):
    store = Store(f"sqlite:///{file}")
    operation = {"kind": "move", "side": "target", "start": 4, "end": 5, "to": [3, 5]}
    inbox(store).take("c1", [message(1, operation, base=5)])
    (moved,) = [entity for entity in store.sentence(1, 0).edits.target_entities if entity.label == "ORG"]
    assert (moved.origin, moved.derived) == ("corrected", None), "nobody knows what it was made from"


def test_the_newest_migration_is_the_one_the_code_expects():
    folder = Path(tables.__file__).parent / "migrations" / "versions"
    assert max(path.name[:4] for path in folder.glob("[0-9]*.py")) == tables.HEAD, "else every start migrates again"


def test_both_ways_lead_to_the_tables_of_the_code(file, tmp_path):
    Store(f"sqlite:///{file}")
    Store(f"sqlite:///{tmp_path / 'new.sqlite'}")
    tables.metadata.create_all(create_engine(f"sqlite:///{tmp_path / 'code.sqlite'}"))
    migrated, new, code = (shape(path) for path in (file, tmp_path / "new.sqlite", tmp_path / "code.sqlite"))
    del migrated["alembic_version"], new["alembic_version"]
    assert migrated == new == code


def shape(file):
    found = inspect(create_engine(f"sqlite:///{file}"))
    return {
        table: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table)},
            {(index["name"], tuple(index["column_names"]), index["unique"]) for index in found.get_indexes(table)},
            {tuple(one["column_names"]) for one in found.get_unique_constraints(table)},
            {(tuple(one["constrained_columns"]), one["referred_table"]) for one in found.get_foreign_keys(table)},
        )
        for table in found.get_table_names()
    }


def test_a_migration_that_fails_leaves_the_old_store_as_it_was(file):
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE settings (of_somebody_else INTEGER)")
    before = "\n".join(sqlite3.connect(file).iterdump())
    with pytest.raises(StoreError):
        Store(f"sqlite:///{file}")
    assert "\n".join(sqlite3.connect(file).iterdump()) == before
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE settings")
    assert Store(f"sqlite:///{file}").sentence(1, 0).revision == 5


def test_a_process_killed_while_it_migrates_leaves_a_store_that_can_be_opened(file):
    script = (
        "import sys, time\n"
        "from alembic import op\n"
        "drop = op.drop_table\n"
        "def slow(name):\n"
        "    drop(name); print('dropped', flush=True); time.sleep(60)\n"
        "op.drop_table = slow\n"
        "from projection.corrections.store import Store\n"
        f"Store({f'sqlite:///{file}'!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "dropped\n"
        process.send_signal(signal.SIGKILL)
    assert rows(file, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert len(rows(file, "SELECT * FROM event")) == 7
    assert Store(f"sqlite:///{file}").history(1)[0].kind == "check"


def test_many_open_an_old_store_at_once(file):
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(f"sqlite:///{file}"), range(8)))
    assert {store.sentence(1, 0).revision for store in stores} == {5}


def test_an_old_store_that_cannot_be_written_says_so_and_stays(file):
    before = file.read_bytes()
    with pytest.raises(StoreError, match="is read-only: nothing was stored"):
        Store(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert file.read_bytes() == before
