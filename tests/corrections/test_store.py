"""The store: append-only, conflicts, undo, bad files, two processes, a killed process."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect

from projection.corrections import tables
from projection.corrections.edits import Edits
from projection.corrections.records import Stamp, undo_stacks
from projection.corrections.store import Store, settings_key
from projection.errors import ConflictError, StoreError
from projection.pipeline import Setup, Task
from projection.types import Alignment, Entity, Sentence, Span

SETUP = Setup.for_pair("en", "pt")


def task(text="Ann lives in Rome", **more):
    return Task(Sentence.from_words(text.split(), "en", [Entity(Span(0, 1), "PER")], id="a-1"), **more)


def labelled(label):
    return Edits(target_entities=(Entity(Span(0, 1), label, origin="human"),))


@pytest.fixture
def store(url):
    return Store(url)


def test_projects_come_back_as_they_were(store, url):
    tasks = [
        task(labelled=True),
        Task(target=Sentence.from_words(["مرحبا", "👩‍👩‍👧", "a b"], "ar")),
        task(target=Sentence.from_words(["Ann"], "pt"), alignment=Alignment(frozenset({(0, 0)}), 4, 1, {(0, 0): 0.25})),
    ]
    number = store.create_project("News <b>", SETUP, tasks, document=b"\xff\x00raw", document_name="news.conll")
    again = Store(url)
    (project,) = again.projects()
    assert project == again.project(number)
    assert (project.name, project.sentences, project.checked, project.document_name) == ("News <b>", 3, 0, "news.conll")
    assert project.setup == SETUP
    assert [stored.task for stored in again.sentences(number)] == tasks
    assert [stored.position for stored in again.sentences(number)] == [0, 1, 2]
    assert again.document(number) == b"\xff\x00raw"


def test_a_failed_import_leaves_nothing(store):
    def tasks():
        yield task()
        raise ValueError("line 2 is broken")

    with pytest.raises(ValueError, match="line 2"):
        store.create_project("half", SETUP, tasks())
    assert store.projects() == []


def test_more_sentences_than_one_batch(store):
    number = store.create_project("big", SETUP, [task()] * 1201)
    assert [stored.position for stored in store.sentences(number)] == list(range(1201))


def test_every_revision_is_kept(store):
    number = store.create_project("p", SETUP, [task()])
    sentence = store.sentence(number, 0)
    assert sentence.revision == 0 and sentence.edits == Edits()
    assert store.save(sentence.id, labelled("ORG"), expected_revision=0, kind="label ORG", stamp=Stamp("Ana")) == 1
    assert store.save(sentence.id, Edits(checked=True), expected_revision=1, kind="check") == 2
    newest = store.sentence(number, 0)
    assert newest.revision == 2 and newest.edits == Edits(checked=True)
    assert [(event.revision, event.kind, event.author) for event in store.history(sentence.id)] == [
        (2, "check", ""),
        (1, "label ORG", "Ana"),
    ]
    assert store.history(sentence.id)[1].edits == labelled("ORG")
    assert store.project(number).checked == 1
    assert store.restore(sentence.id, 1) == labelled("ORG")
    assert store.restore(sentence.id, 0) == Edits()
    assert len(store.history(sentence.id)) == 4
    with pytest.raises(StoreError, match="no revision 9"):
        store.restore(sentence.id, 9)


def test_the_second_writer_is_told_and_overwrites_nothing(store, url):
    number = store.create_project("p", SETUP, [task()])
    sentence = store.sentence(number, 0)
    Store(url).save(sentence.id, labelled("ORG"), expected_revision=0, kind="first")
    with pytest.raises(ConflictError, match=r"revision 1, yours was made on 0.*not stored"):
        store.save(sentence.id, labelled("PER"), expected_revision=0, kind="second")
    assert store.sentence(number, 0).edits == labelled("ORG")
    assert len(store.history(sentence.id)) == 1


def test_undo_and_redo(store):
    number = store.create_project("p", SETUP, [task()])
    sentence = store.sentence(number, 0).id
    with pytest.raises(StoreError, match="nothing to undo"):
        store.undo(sentence)
    for revision, label in enumerate("ABC"):
        store.save(sentence, labelled(label), expected_revision=revision, kind=label)
    assert [store.undo(sentence) for _ in range(3)] == [labelled("B"), labelled("A"), Edits()]
    assert [store.redo(sentence) for _ in range(2)] == [labelled("A"), labelled("B")]
    store.save(sentence, labelled("D"), expected_revision=8, kind="D")
    with pytest.raises(StoreError, match="nothing to redo"):
        store.redo(sentence)
    assert store.undo(sentence) == labelled("B")
    assert len(store.history(sentence)) == 10, "nothing is ever taken away"


@given(st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=30))
def test_undo_behaves_like_every_editor(actions):
    past, future, events = [0], [], []
    for number, action in enumerate(actions, 1):
        if action == "edit":
            past, future = [*past, number], []
        elif action == "undo" and len(past) > 1:
            future.append(past.pop())
        elif action == "redo" and future:
            past.append(future.pop())
        else:
            continue
        events.append((number, action))
    assert undo_stacks(events) == (past, future)


def test_undo_of_a_history_that_makes_no_sense_stops_at_the_beginning():
    assert undo_stacks([(1, "undo"), (2, "redo"), (3, "x"), (4, "undo"), (5, "undo")]) == ([0, 1], [3, 2])


def test_rename_delete_and_bring_back(store):
    number = store.create_project("p", SETUP, [task()])
    store.rename_project(number, "q")
    store.update_setup(number, Setup.for_pair("en", "de"))
    assert (store.project(number).name, store.project(number).setup.target_language) == ("q", "de")
    store.delete_project(number)
    assert store.projects() == []
    with pytest.raises(StoreError, match=f"no project {number}"):
        store.project(number)
    store.restore_project(number)
    assert store.project(number).sentences == 1


def test_what_is_not_there_is_named(store):
    number = store.create_project("p", SETUP, [task()])
    with pytest.raises(StoreError, match="no sentence number 5"):
        store.sentence(number, 4)
    with pytest.raises(StoreError, match="no sentence 77"):
        store.save(77, Edits(), expected_revision=0, kind="x")
    with pytest.raises(StoreError, match="no project 9"):
        store.rename_project(9, "x")


def test_migrations_make_the_tables_of_the_code(store, url):
    found = inspect(create_engine(url))
    for table in tables.metadata.tables.values():
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert {c.name: c.nullable for c in table.columns} == {n: c["nullable"] for n, c in columns.items()}
    assert set(found.get_table_names()) == {*tables.metadata.tables, "alembic_version"}


def file_of(url):
    return url.removeprefix("sqlite:///")


@pytest.mark.sqlite
def test_a_newer_store_is_refused(store, url):
    with sqlite3.connect(file_of(url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"written by a newer version.*tables 9999"):
        Store(url)


def test_a_file_that_is_no_database(tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is not a database, whatever its name says" * 50)
    with pytest.raises(StoreError, match=r"broken\.sqlite is not a database of this program, or is damaged"):
        Store(f"sqlite:///{broken}")
    assert broken.read_bytes().startswith(b"this is not")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="set PROJECTION_HOME to a folder that can be written"):
        Store(f"sqlite:///{tmp_path / 'file' / 'inside' / 'a.sqlite'}")


def test_an_address_that_means_nothing():
    with pytest.raises(StoreError, match="'oracle9://x' cannot be used"):
        Store("oracle9://x")


@pytest.mark.sqlite
def test_a_read_only_store_can_be_read(store, url):
    number = store.create_project("p", SETUP, [task()])
    locked = f"sqlite:///file:{file_of(url)}?mode=ro&uri=true"
    reader = Store(locked)
    assert reader.sentence(number, 0).task == task()
    with pytest.raises(StoreError, match="is read-only: nothing was stored"):
        reader.save(1, Edits(), expected_revision=0, kind="x")


def test_twenty_writers_lose_nothing(store, url):
    number = store.create_project("p", SETUP, [task() for _ in range(20)])

    def correct(position):
        sentence = store.sentence(number, position)
        for revision in range(5):
            store.save(sentence.id, labelled(f"L{revision}"), expected_revision=revision, kind="x")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(correct, range(20)))
    assert {(s.revision, s.edits) for s in store.sentences(number)} == {(5, labelled("L4"))}


def test_two_processes_create_the_store_at_once(url):
    script = f"from projection.corrections.store import Store; print(len(Store({url!r}).projects()))"
    running = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in running] == [b"0\n", b"0\n"]


def test_what_was_reported_as_stored_survives_a_killed_process(store, url):
    number = store.create_project("p", SETUP, [task()])
    script = textwrap.dedent(f"""
        from projection.corrections.edits import Edits
        from projection.corrections.store import Store
        store = Store({url!r})
        sentence = store.sentence({number}, 0)
        for revision in range(10_000):
            print(store.save(sentence.id, Edits(), expected_revision=revision, kind="x"), flush=True)
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        reported = [int(process.stdout.readline()) for _ in range(40)]
        process.send_signal(signal.SIGKILL)
        reported += [int(line) for line in process.stdout.read().split()]
    again = Store(url).sentence(number, 0)
    assert again.revision >= reported[-1] >= 40
    assert len(Store(url).history(again.id)) == again.revision


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"methods": ["gone-method"]}, "no projector called 'gone-method'"),
        ({"shape": "round"}, "another version wrote them"),
    ],
)
def test_a_project_made_with_what_is_gone_leaves_the_others_open(store, url, change, cause):
    kept = store.create_project("Kept", SETUP, [task()])
    broken = store.create_project("Broken", SETUP, [task(), task()])
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        values = json.dumps(SETUP.to_dict() | change)
        connection.execute("UPDATE project SET setup = ? WHERE id = ?", (values, broken))
    unusable, usable = store.projects()
    assert (usable.id, usable.setup, usable.problem) == (kept, SETUP, "")
    assert (unusable.id, unusable.sentences, unusable.setup) == (broken, 2, None)
    assert "'Broken' cannot be opened here" in unusable.problem and cause in unusable.problem
    with pytest.raises(StoreError, match=cause):
        store.project(broken)
    assert len(list(store.sentences(broken))) == 2
    store.update_setup(broken, SETUP)
    assert store.project(broken).setup == SETUP


def test_settings_of_before_stay_known_when_a_project_gets_others(store):
    number, other = store.create_project("p", SETUP, [task()]), replace(SETUP, aligner="diagonal")
    assert store.setup_of(settings_key(SETUP)) is None
    store.update_setup(number, other)
    for one in (SETUP, other):
        assert Setup.from_dict(store.setup_of(settings_key(one))) == one
    store.update_setup(number, SETUP)
    assert store.project(number).setup == SETUP
