"""Backup and restore: the store as one file and back, while others work, and files that are no backup."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from projection.corrections import tables
from projection.corrections.backup import backup, restore
from projection.corrections.edits import Edits
from projection.corrections.people import People
from projection.corrections.records import Stamp
from projection.corrections.store import Store
from projection.errors import StoreError
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span

SETUP = Setup.for_pair("en", "pt")


def task(text="Ann lives in Rome"):
    return Task(Sentence.from_words(text.split(), "en", [Entity(Span(0, 1), "PER")]), labelled=True)


def labelled(label):
    return Edits(target_entities=(Entity(Span(0, 1), label, origin="manual"),), checked=True)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def store(url):
    """A project with a history, a line beside it, a person, labels and guidelines; and one that was deleted."""
    made = Store(url)
    number = made.create_project("News مرحبا", SETUP, [task()] * 3, document=b"\xff\x00raw", document_name="n.conll")
    made.save(1, labelled("PER"), expected_revision=0, kind="check", stamp=Stamp("Ana", "c1", 1, 0, 1.5))
    made.save(1, labelled("ORG"), expected_revision=1, kind="label", stamp=Stamp("Ana", "c1", 2, 1, 2.5))
    made.fork(2, "@ana", 0, "Ana")
    made.update_labels(number, '[{"label": "DATE"}]')
    made.update_guidelines(number, "# Names\n\nأسماء")
    People(made.database).set_member(number, "Ana", "curator", "Ana")
    made.delete_project(made.create_project("Gone", SETUP, [task()]))
    return made


def content(store: Store) -> dict[str, list[tuple]]:
    """Every row of every table."""
    with store.database.reading() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
        }


def test_what_is_backed_up_comes_back_whole(store, url, home):
    before = content(store)
    kept = backup(url, home / "friday.sqlite")
    assert (kept.rows["project"], kept.rows["sentence"], kept.rows["event"]) == (2, 4, 2)
    store.save(1, labelled("LOC"), expected_revision=2, kind="label")
    store.create_project("After", SETUP, [task()])
    after = content(store)
    done = restore(url, kept.file)
    assert done.rows == kept.rows
    assert content(store) == before == content(Store(url)), "also for a server that was running"
    assert content(Store(f"sqlite:///{done.before}")) == after, "what was there is kept beside"
    assert [event.kind for event in Store(url).history(1)] == ["label", "check"]
    number = store.create_project("New", SETUP, [task()])
    assert number == 3 and store.save(1, labelled("MISC"), expected_revision=2, kind="label") == 3


def test_a_backup_moves_to_another_database_and_back(store, url, home):
    backup(url, home / "one.sqlite")
    other = f"sqlite:///{home / 'other' / 'corrections.sqlite'}"
    done = restore(other, home / "one.sqlite")
    assert done.before is None, "nothing was there"
    assert content(Store(other)) == content(store)
    backup(other, home / "two.sqlite")
    Store(url).delete_project(1)
    restore(url, home / "two.sqlite")
    assert content(Store(url)) == content(Store(other))


def test_the_file_is_one_file_and_never_written_over(store, url, home):
    file = home / "deep" / "b.sqlite"
    backup(url, file)
    assert [path.name for path in file.parent.iterdir()] == ["b.sqlite"]
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"b\.sqlite is there already"):
        backup(url, file)
    assert file.read_bytes() == before


def test_a_backup_made_while_others_write_is_the_store_at_one_moment(store, url, home):
    stop, written = threading.Event(), threading.Event()

    def write():
        writer, revision = Store(url), 2
        while not stop.is_set():
            revision = writer.save(1, labelled(f"L{revision}"), expected_revision=revision, kind="label")
            written.set()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(5):
            assert written.wait(60), "the other one writes"
            written.clear()
            backup(url, home / f"{number}.sqlite")
    finally:
        stop.set()
        writing.join()
    for number in range(5):
        with closing(sqlite3.connect(home / f"{number}.sqlite")) as connection:
            (head,) = connection.execute("SELECT revision FROM sentence WHERE id = 1").fetchone()
            newest = connection.execute("SELECT max(revision), count(*) FROM event WHERE sentence_id = 1").fetchone()
            assert newest == (head, head)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def spoil(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 * 2 : 4096 * 5] = b"\xff" * 4096 * 3
    file.write_bytes(data)


def foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE holidays (place TEXT)")


def newer(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (cut, "damaged or cut short"),
        (spoil, "damaged or cut short"),
        (foreign, "is not a backup of this program"),
        (newer, "written by a newer version"),
        (lambda file: file.write_text("PK\x03\x04 no database"), "is not a backup of this program"),
        (lambda file: file.write_bytes(b""), "is not a backup of this program"),
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: (file.unlink(), file.mkdir()), "cannot be read"),
    ],
)
def test_what_is_no_backup_is_refused_and_nothing_is_changed(store, url, home, spoiled, said):
    file = home / "b.sqlite"
    backup(url, file)
    store.rename_project(1, "Now")
    spoiled(file)
    before = content(store)
    with pytest.raises(StoreError, match=said) as refused:
        restore(url, file)
    assert "\n" not in str(refused.value)
    assert content(Store(url)) == before
    assert not list(home.rglob("*.before-*"))


def test_a_backup_of_the_first_version_is_brought_up_to_date_and_stays_as_it_was(url, home):
    file = home / "old.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((Path(__file__).parent / "store_0001.sql").read_text("utf-8"))
    before = file.read_bytes()
    restore(url, file)
    assert file.read_bytes() == before
    assert Store(url).projects()[0].flagged == 0
    assert Store(url).sentence(1, 0).revision == 5


def test_a_transaction_that_fails_leaves_the_store_as_it_was(store, url, home, monkeypatch):
    from projection.corrections import backup as module

    backup(url, home / "b.sqlite")
    store.rename_project(1, "Now")
    before = content(store)

    def full(*_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(module, "_number_on", full)
    with pytest.raises(StoreError, match="disk is full"):
        restore(url, home / "b.sqlite")
    assert content(Store(url)) == before


@pytest.mark.sqlite
def test_a_damaged_store_is_moved_aside_and_the_backup_takes_its_place(store, url, home):
    expected = content(store)
    backup(url, home / "b.sqlite")
    store.database.engine.dispose()
    file = Path(make_url(url).database)
    file.write_bytes(b"this was a database once" * 500)
    Path(f"{file}-wal").unlink()
    done = restore(url, home / "b.sqlite")
    assert done.before and done.before.read_bytes().startswith(b"this was a database once")
    assert content(Store(url)) == expected


@pytest.mark.sqlite
def test_a_store_of_a_newer_version_is_not_replaced(store, url, home):
    backup(url, home / "b.sqlite")
    newer(Path(make_url(url).database))
    with pytest.raises(StoreError, match="written by a newer version"):
        restore(url, home / "b.sqlite")


@pytest.mark.sqlite
def test_a_plain_copy_of_a_store_that_was_in_use_can_be_restored(store, url, home):
    """What was written last is in the file -wal beside it."""
    expected, file = content(store), Path(make_url(url).database)
    for ending in ("", "-wal"):
        (home / f"copy.sqlite{ending}").write_bytes(Path(f"{file}{ending}").read_bytes())
    restore(f"sqlite:///{home / 'fresh.sqlite'}", home / "copy.sqlite")
    assert content(Store(f"sqlite:///{home / 'fresh.sqlite'}")) == expected
