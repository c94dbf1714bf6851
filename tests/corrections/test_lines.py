"""Revisions beside the main line, several at once, and stores that cannot be used."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, update

from bench import durability
from projection.corrections import tables
from projection.corrections.edits import Edits
from projection.corrections.records import Stamp
from projection.corrections.store import Store
from projection.errors import ConflictError, StoreError, StoreUnavailable
from projection.pipeline import Task
from tests.corrections.model import SETUP, sentence

TASK = Task(sentence("Ann met Bob"), sentence("Ann viu Bob", language="pt"))


@pytest.fixture
def store(url):
    made = Store(url)
    made.create_project("p", SETUP, [TASK] * 3)
    return made


def noted(text):
    return Edits(note=text)


def save(store, text, revision, line="", number=1):
    return store.save(number, noted(text), expected_revision=revision, kind="note", line=line, stamp=Stamp("Ana"))


def note(store, line="", position=0):
    return store.sentence(1, position, line).edits.note


# lines ----------------------------------------------------------------------------------------------------


def test_a_line_that_has_not_begun_is_as_imported(store):
    save(store, "main", 0)
    stored = store.sentence(1, 0, "@ana")
    assert (stored.edits, stored.revision, stored.line) == (Edits(), 0, "@ana")
    assert store.lines(1) == [] and store.history(1, "@ana") == []


def test_lines_have_revisions_of_their_own(store):
    assert save(store, "main", 0) == 1
    assert save(store, "ana 1", 0, "@ana") == 1 and save(store, "ana 2", 1, "@ana") == 2
    assert save(store, "ben 1", 0, "@ben") == 1
    assert (note(store), note(store, "@ana"), note(store, "@ben")) == ("main", "ana 2", "ben 1")
    assert [event.edits.note for event in store.history(1, "@ana")] == ["ana 2", "ana 1"]
    assert [(line.name, line.author, line.revision, line.open) for line in store.lines(1)] == [
        ("@ana", "Ana", 2, True),
        ("@ben", "Ana", 1, True),
    ]
    assert store.version(1) == 1, "lists follow the main line"
    with pytest.raises(ConflictError, match="revision 2, yours was made on 1"):
        save(store, "late", 1, "@ana")
    assert store.undo(1, line="@ana") == noted("ana 1") and store.undo(1, line="@ana") == Edits()
    with pytest.raises(StoreError, match="nothing to undo"):
        store.undo(1, line="@ana")
    assert store.redo(1, line="@ana") == noted("ana 1")
    assert store.restore(1, 2, line="@ana") == noted("ana 2") and store.restore(1, 0, line="@ana") == Edits()
    assert note(store) == "main" and len(store.history(1)) == 1


def test_a_fork_begins_with_what_stood_there_and_can_be_undone_to_before_it(store):
    for revision, text in enumerate("abc"):
        save(store, text, revision)
    store.fork(1, "~c", 2, "Ben")
    assert (note(store, "~c"), store.sentence(1, 0, "~c").revision) == ("b", 0)
    assert store.state_at(1, 0, "~c") == noted("b")
    save(store, "mine", 0, "~c")
    assert [store.undo(1, line="~c").note for _ in range(3)] == ["b", "a", ""]
    assert [store.redo(1, line="~c").note for _ in range(3)] == ["a", "b", "mine"]
    assert note(store) == "c"
    with pytest.raises(StoreError, match="no revision 9"):
        store.fork(1, "~d", 9)
    assert [line.name for line in store.lines(1)] == ["~c"]


def test_a_fork_of_a_line_beside_the_main_one(store):
    save(store, "main", 0)
    for revision, text in enumerate("ab"):
        save(store, text, revision, "@ana")
    store.fork(1, "~c", 1, "Ana", "@ana")
    assert note(store, "~c") == "a" and store.lines(1)[-1].parent == "@ana"
    assert store.undo(1, line="~c") == Edits()


def test_a_line_that_begins_again_keeps_what_it_was(store):
    for revision, text in enumerate("ab"):
        save(store, text, revision)
    store.fork(1, "~c", 1)
    save(store, "first", 0, "~c")
    store.close_line(1, "~c")
    assert store.lines(1) == [] and not store.lines(1, only_open=False)[0].open
    assert note(store, "~c") == "first", "closed, not gone"
    store.fork(1, "~c", 2)
    assert note(store, "~c") == "b" and store.lines(1)[0].base == 2
    assert [event.kind for event in store.history(1, "~c")] == ["begin again", "note"]
    store.close_line(1, "~c")
    store.open_line(1, "~c")
    assert [line.name for line in store.lines(1)] == ["~c"]


ACTIONS = st.lists(st.tuples(st.sampled_from(["edit", "undo", "redo", "restore"]), st.integers(0, 8)), max_size=15)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ACTIONS, after=ACTIONS)
def test_lines_behave_like_the_list_of_an_editor(store, before, after):
    """Against a plain model: states, a pointer for undo and redo, a copy of it for the fork."""
    project = store.create_project("p", SETUP, [TASK])
    number = store.sentence(project, 0).id

    def act(line, done, undone, history, action, value):
        revision = store.sentence(project, 0, line).revision
        try:
            if action == "edit":
                store.save(number, noted(f"{line}{value}"), expected_revision=revision, kind="note", line=line)
                done, undone = [*done, f"{line}{value}"], []
            elif action == "restore":
                store.restore(number, value, line=line)
                done, undone = [*done, history[value]], []
            elif action == "undo":
                store.undo(number, line=line)
                done, undone = done[:-1], [*undone, done[-1]]
                assert done
            else:
                store.redo(number, line=line)
                done, undone = [*done, undone[-1]], undone[:-1]
        except StoreError:
            wanted = {"undo": len(done) > 1, "redo": bool(undone), "restore": value < len(history), "edit": True}
            assert not wanted[action]
        else:
            history.append(done[-1])
        assert store.sentence(project, 0, line).edits.note == done[-1]
        return done, undone

    done, undone, history = [""], [], [""]
    for action, value in before:
        done, undone = act("", done, undone, history, action, value)
    store.fork(number, "~c", len(history) - 1)
    mine, mine_undone, mine_history = done, undone, [done[-1]]
    for action, value in after:
        mine, mine_undone = act("~c", mine, mine_undone, mine_history, action, value)
    assert store.sentence(project, 0).edits.note == done[-1]


# several at once ------------------------------------------------------------------------------------------


def test_a_batch_is_stored_together_without_those_that_changed(store):
    sentences = list(store.sentences(1))
    save(store, "somebody", 0, number=2)
    changes = [(one, Edits(checked=True)) for one in sentences]
    passed = store.save_many(changes, kind="check in bulk", stamp=Stamp("Ana", "bulk-1", number=7))
    assert passed == [2] and [one.edits.checked for one in store.sentences(1)] == [True, False, True]
    assert store.project(1).checked == 2
    event = store.history(3)[0]
    assert (event.kind, event.author, event.client, event.number) == ("check in bulk", "Ana", "bulk-1", 0)


def test_a_batch_is_taken_back_where_nothing_came_after(store):
    sentences = list(store.sentences(1))
    stamp = Stamp("Ana", "bulk-1")
    store.save_many([(one, Edits(checked=True)) for one in sentences], kind="check in bulk", stamp=stamp)
    save(store, "later", 1, number=2)
    assert store.undo_many("bulk-1", stamp) == (2, 1)
    assert [one.edits for one in store.sentences(1)] == [Edits(), noted("later"), Edits()]
    assert store.undo_many("bulk-1", stamp) == (0, 3), "once is enough"
    assert store.undo_many("bulk-2", stamp) == (0, 0)
    assert store.redo(1) == Edits(checked=True)


def test_a_batch_that_fails_stores_nothing(store):
    one, two, _ = store.sentences(1)
    with pytest.raises(StoreError, match=r"surrogate"):
        store.save_many([(one, Edits(checked=True)), (two, noted("\ud800"))], kind="x", stamp=Stamp("", "b"))
    assert [one.revision for one in store.sentences(1)] == [0, 0, 0] and store.history(1) == []


def test_a_message_makes_one_revision_whoever_brings_it(store):
    stamp = Stamp("Ana", "c1", 1)
    assert store.save(1, noted("a"), expected_revision=0, kind="note", stamp=stamp) == 1
    assert store.save(1, noted("a"), expected_revision=1, kind="note", stamp=stamp) == 1, "the revision it made"
    assert store.undo(1, stamp=stamp) and len(store.history(1)) == 1
    assert store.acknowledged("c1") == 1 and store.acknowledged("c2") == 0
    save(store, "b", 1)
    save(store, "c", 2)
    assert len(store.history(1)) == 3, "without a number nothing is compared"


def test_what_others_did_since(store):
    for revision, client in enumerate(["c1", "c2", "c1", "c3"]):
        stamp = Stamp("", client, revision + 1)
        store.save(1, noted(client), expected_revision=revision, kind="note", stamp=stamp)
    assert [event.revision for event in store.others_since(1, 0, "c1")] == [2, 4]
    assert [event.revision for event in store.others_since(1, 2, "c1")] == [4]
    assert store.others_since(1, 4, "c1") == [] and store.others_since(1, 99, "c9") == []


# stores that cannot be used -------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_a_store_that_another_program_holds_says_so_and_loses_nothing(store, url):
    with store.database.engine.connect() as impatient:
        impatient.exec_driver_sql("PRAGMA busy_timeout=50")
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    store.database.engine.dispose()
    quick = Store(f"{url}?timeout=0")
    assert quick.sentence(1, 0).revision == 0, "reading goes on"
    with quick.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        connection.commit()
    with pytest.raises(StoreUnavailable, match="is busy in another program: nothing was stored"):
        save(quick, "x", 0)
    holder.execute("ROLLBACK")
    assert save(quick, "x", 0) == 1


@pytest.mark.sqlite
def test_a_full_disk_says_so_and_loses_nothing(store):
    save(store, "kept", 0)
    with store.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(
        store.database.engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA max_page_count={pages}").close()
    )
    with pytest.raises(StoreUnavailable, match="the disk is full: nothing was stored"):
        save(store, "x" * 1_000_000, 1)
    assert note(store) == "kept" and len(store.history(1)) == 1


def test_one_correction_that_cannot_be_read_is_said_and_an_older_state_can_be_restored(store, url):
    save(store, "good", 0)
    save(store, "bad", 1)
    with store.database.writing() as connection:
        connection.execute(update(tables.sentence).where(tables.sentence.c.id == 1).values(edits='{"placed": [5]}'))
    with pytest.raises(StoreError, match=r"A stored correction cannot be read \(.*\): restore an older state"):
        store.sentence(1, 0)
    store.restore(1, 1)
    assert note(store) == "good"


def test_the_newest_event_of_each_sentence(store):
    save(store, "a", 0)
    save(store, "b", 1)
    save(store, "apart", 0, "@ana", 2)
    save(store, "c", 0, number=3)
    assert {number: (one.revision, one.edits.note) for number, one in store.newest_events(1).items()} == {
        1: (2, "b"),
        3: (1, "c"),
    }


@pytest.mark.sqlite
def test_a_damaged_store_says_so(store, url):
    store.database.engine.dispose()
    file = url.removeprefix("sqlite:///")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(file, "r+b") as handle:
        handle.seek(4096)
        handle.write(b"\xff" * 4096 * 200)
    with pytest.raises(StoreUnavailable, match="damaged"):
        Store(url).sentence(1, 0)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql+pg8000://ana:secret@host/db", r"needs a Python package.*pg8000.*pip install"),
        ("mysql+nothing://ana:secret@host/db", "cannot be used"),
        ("not an address secret", "cannot be read. It looks like sqlite:////folder/file.sqlite or postgresql"),
    ],
)
def test_addresses_that_cannot_be_used_are_one_sentence_without_the_password(address, said):
    with pytest.raises(StoreError, match=said) as refused:
        Store(address)
    assert "secret" not in str(refused.value) and "\n" not in str(refused.value)


# killed, and many at once ---------------------------------------------------------------------------------


def test_what_was_acknowledged_survives_a_server_killed_in_the_middle(tmp_path):
    found = durability.killed(tmp_path, 5)
    assert (found.kills, found.lost, found.twice) == (5, 0, 0) and found.same_state
    assert found.operations == found.acknowledged == 5 * 13


def test_twenty_people_and_several_servers_at_once_lose_nothing(tmp_path):
    for found in durability.crowd(tmp_path, 20, 3, 0.01):
        assert (found.edits, found.lost) == (60, 0), found.setting


def test_looking_reads_only_what_it_shows(tmp_path):
    assert len(durability.looks(tmp_path, 20, 5)) == 8


def test_the_figures_are_said(capsys, monkeypatch):
    monkeypatch.setattr(durability, "killed", lambda *_: durability.Killed(3, 39, 39, 1, 0, False))
    monkeypatch.setattr(durability, "crowd", lambda *_: [durability.Crowd("one server", 100, 0, 0.01, 0.25, 1.0)])
    assert durability.main(["--sentences", "5"]) == 0
    said = capsys.readouterr().out
    assert "Killed 3 times during 39 edits: 39 acknowledged, 1 lost, 0 stored twice" in said
    assert "NOT the same" in said and "250" in said and "history of 500 revisions" in said
