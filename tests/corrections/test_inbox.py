"""Messages of editors: whatever comes twice, late, at once or in part, each is stored once and none is lost."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projection.corrections import database
from projection.corrections.edits import Edits
from projection.corrections.inbox import Inbox
from projection.corrections.records import Stamp, steps
from projection.corrections.store import Store
from projection.errors import StoreUnavailable
from projection.pipeline import StageError, Task
from projection.types import Alignment, Span
from tests.corrections.model import LINKED, PLACED, SETUP, inbox, message, sentence, sheet_of, spans

TASK = Task(
    sentence("Ann met Bob in Rome", (0, 1, "PER"), (2, 3, "PER"), (4, 5, "LOC")),
    sentence("Ann viu Bob em Roma", language="pt"),
    True,
    Alignment(frozenset((n, n) for n in range(5)), 5, 5),
)
CHECK, UNDO, REDO = {"kind": "check"}, {"kind": "undo"}, {"kind": "redo"}


def label(start, end, label, side="target"):
    return {"kind": "label", "side": side, "start": start, "end": end, "label": label}


def remove(start, end):
    return {"kind": "remove", "side": "target", "start": start, "end": end}


def flag(on):
    return {"kind": "flag", "on": on}


def note(text):
    return {"kind": "note", "text": text}


def resolve(line, keep):
    return {"kind": "resolve", "line": line, "keep": keep}


@pytest.fixture
def store(url):
    made = Store(url)
    made.create_project("p", SETUP, [TASK, TASK])
    return made


def kinds(store, line="", number=1):
    return [event.kind for event in store.history(number, line)[::-1]]


def seen(store, line=""):
    stored = store.sentence(1, 0, line)
    return spans(sheet_of(stored.task, stored.edits).entities)


# one page -----------------------------------------------------------------------------------------------


def test_a_queue_is_stored_in_order_with_who_from_what_and_how_long(store):
    queue = [message(1, label(4, 5, "ORG")), message(2, remove(0, 1), seconds=2.5), message(3, CHECK, seconds=None)]
    receipt = inbox(store).take("c1", queue, "Ana")
    assert receipt.acknowledged == {"c1": 3} and not receipt.refused and receipt.stored == [1, 1, 1]
    assert [
        (event.revision, event.kind, event.author, event.client, event.number, event.base, event.seconds)
        for event in store.history(1)[::-1]
    ] == [
        (1, "label Roma ORG", "Ana", "c1", 1, 0, 1.5),
        (2, "remove Ann PER", "Ana", "c1", 2, 0, 2.5),
        (3, "check", "Ana", "c1", 3, 0, None),
    ]
    assert seen(store) == [(2, 3, "PER", "accepted"), (4, 5, "ORG", "corrected")]


def test_what_comes_again_is_not_stored_again(store):
    box = inbox(store)
    queue = [message(1, flag(True)), message(2, UNDO), message(3, note("a"))]
    for part in (queue[:1], queue[:2], queue[:1], queue, queue[1:], queue):
        box.take("c1", part)
    assert kinds(store) == ["flag", "undo", "note"]
    assert inbox(store).take("c1", queue).acknowledged == {"c1": 3}, "also after a restart"
    assert box.take("c1", []).acknowledged == {"c1": 3}
    assert kinds(store) == ["flag", "undo", "note"]


def test_each_operation_is_about_what_its_page_showed(store):
    asked = []

    def sheet(stored, method, settings):
        asked.append((method, settings))
        return sheet_of(stored.task, stored.edits, method)

    queue = [
        message(1, label(4, 5, "ORG"), method=PLACED, settings="a1"),
        message(2, CHECK, method=LINKED, settings="b2"),
        message(3, flag(True), method=LINKED, settings=["no", "key"]),
    ]
    Inbox(store, sheet).take("c1", queue)
    assert asked == [(PLACED, "a1"), (LINKED, "b2"), (LINKED, "")]


def test_the_order_inside_a_queue_is_that_of_the_numbers(store):
    inbox(store).take("c1", [message(3, note("c")), message(1, note("a")), message(2, note("b"))])
    assert [event.edits.note for event in store.history(1)] == ["c", "b", "a"]


def test_an_operation_that_changes_nothing_is_no_revision(store):
    receipt = inbox(store).take("c1", [message(1, flag(False)), message(2, label(4, 5, "LOC")), message(3, note(" "))])
    assert receipt.acknowledged == {"c1": 3} and not receipt.refused and not receipt.stored
    assert store.history(1) == []


def test_labels_that_had_to_go_are_said(store):
    assert inbox(store).take("c1", [message(1, label(1, 5, "X"))]).said == [
        "The label Bob PER had to go.",
        "The label Roma LOC had to go.",
    ]


def test_what_is_refused_is_said_until_it_was_heard_and_does_not_hold_up_the_rest(store):
    box = inbox(store)
    queue = [message(1, remove(3, 4)), message(2, flag(True)), message(3, UNDO, position=1)]
    receipt = box.take("c1", queue)
    assert receipt.acknowledged == {"c1": 3} and kinds(store) == ["flag"]
    assert [(one.client, one.n) for one in receipt.refused] == [("c1", 1), ("c1", 3)]
    assert "There is no label at words 4 to 4" in receipt.refused[0].text
    assert receipt.refused[1].text == "There is nothing to undo."
    assert box.take("c1", queue).refused == receipt.refused, "the answer may have been lost"
    assert box.take("c1", [message(4, CHECK)]).refused == []


def test_who_may_not_is_told_why(store):
    def may(project, person, line, position):
        return "" if person == "Ana" else f"{person or 'Nobody'} may only read project {project}."

    box = inbox(store, may=may)
    assert box.take("c1", [message(1, CHECK)], "Ben").refused[0].text == "Ben may only read project 1."
    assert store.history(1) == []
    assert box.take("c1", [message(2, CHECK)], "Ana").refused == []


def test_undo_all_the_way_is_the_sentence_as_imported(store):
    box, numbers = inbox(store), itertools.count(1)
    done = [label(n % 5, n % 5 + 1, f"L{n}") for n in range(230)]
    box.take("c1", [message(next(numbers), operation) for operation in done])
    states = [event.edits for event in store.history(1)]
    assert len(states) == 230 and steps(store.history(1)[::-1]) == (230, 0)
    for expected in [*states[1:], Edits()]:
        assert not box.take("c1", [message(next(numbers), UNDO)]).refused
        assert store.sentence(1, 0).edits == expected
    assert box.take("c1", [message(next(numbers), UNDO)]).refused
    for expected in states[::-1]:
        box.take("c1", [message(next(numbers), REDO)])
        assert store.sentence(1, 0).edits == expected
    assert len(store.history(1)) == 690, "nothing is ever taken away"


def test_a_revision_comes_back(store):
    box = inbox(store)
    box.take("c1", [message(1, note("a")), message(2, note("b")), message(3, {"kind": "restore", "revision": 1})])
    assert store.sentence(1, 0).edits.note == "a" and kinds(store)[-1] == "restore 1"
    box.take("c1", [message(4, {"kind": "restore", "revision": 0}), message(5, UNDO)])
    assert store.sentence(1, 0).edits.note == "a"
    assert "no revision 77" in box.take("c1", [message(6, {"kind": "restore", "revision": 77})]).refused[0].text


def test_a_clock_that_goes_backwards_changes_nothing(store, monkeypatch):
    hours = itertools.count(23, -1)
    monkeypatch.setattr("projection.corrections.lines.now", lambda: f"2026-11-21T{next(hours):02}:00:00.000000+00:00")
    box = inbox(store)
    box.take("c1", [message(n, note(f"{n}")) for n in range(1, 6)])
    assert [event.edits.note for event in store.history(1)] == ["5", "4", "3", "2", "1"]
    box.take("c1", [message(6, UNDO)])
    assert store.sentence(1, 0).edits.note == "4"
    receipt = box.take("c2", [message(1, note("late"), base=2)])
    assert receipt.said and store.sentence(1, 0, "~c2").edits.note == "late"


# any way of sending the same ------------------------------------------------------------------------------

OPERATIONS = st.one_of(
    st.builds(label, st.integers(0, 3), st.just(4), st.sampled_from(["X", "Y"])),
    st.builds(remove, st.integers(0, 4), st.integers(1, 5)),
    st.builds(flag, st.booleans()),
    st.builds(note, st.sampled_from(["", "a", "b"])),
    st.sampled_from([UNDO, REDO, CHECK, {"kind": "uncheck"}, {"kind": "automatic"}, {"kind": "nonsense"}]),
    st.builds(lambda n: {"kind": "restore", "revision": n}, st.integers(0, 5)),
    st.builds(lambda s, t, on: {"kind": "link", "source": s, "target": t, "on": on},
              st.integers(0, 5), st.integers(0, 5), st.booleans()),
)  # fmt: skip
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def fresh(store):
    """Return the position and id of a sentence that nobody has touched, in a project of its own."""
    project = store.create_project("p", SETUP, [TASK])
    return project, store.sentence(project, 0).id


@SLOW
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=8), data=st.data())
def test_however_the_queue_is_cut_and_repeated_it_is_as_if_each_came_once(store, operations, data):
    once, once_id = fresh(store)
    client = f"once{once}"
    for n, operation in enumerate(operations, 1):
        inbox(store).take(client, [message(n, operation, project=once)])

    many, many_id = fresh(store)
    client, box = f"many{many}", inbox(store)
    queue = [message(n, operation, project=many) for n, operation in enumerate(operations, 1)]
    # an editor sends from its first unacknowledged message on; a shorter queue sent before may overtake it
    acknowledged = 0
    for last in data.draw(st.lists(st.integers(1, len(queue)), max_size=5)):
        first = data.draw(st.integers(0, min(acknowledged, last - 1)))
        box = inbox(store) if data.draw(st.booleans()) else box
        receipt = box.take(client, queue[first:last])
        assert receipt.acknowledged[client] >= last
        acknowledged = max(acknowledged, receipt.acknowledged[client])
    inbox(store).take(client, queue)
    inbox(store).take(client, queue)
    assert store.sentence(many, 0).edits == store.sentence(once, 0).edits
    assert kinds(store, number=many_id) == kinds(store, number=once_id)
    numbers = Counter(event.number for event in store.history(many_id))
    assert set(numbers.values()) <= {1}


# two pages ------------------------------------------------------------------------------------------------


def test_two_take_turns_when_each_sees_what_the_other_did(store):
    box = inbox(store)
    for n in range(1, 6):
        for who in ("c1", "c2"):
            newest = store.sentence(1, 0).revision
            receipt = box.take(who, [message(n, note(f"{who} {n}"), base=newest)])
            assert not receipt.said and not receipt.refused
    assert len(store.history(1)) == 10 and store.lines(1) == []


@pytest.fixture
def torn(store):
    """c1 and c2 both began at revision 0: c1 was first with two changes, c2 came late with two."""
    box = inbox(store)
    box.take("c1", [message(1, label(4, 5, "ORG")), message(2, flag(True))], "Ana")
    receipt = box.take("c2", [message(1, remove(0, 1)), message(2, note("mine"))], "Ben")
    assert receipt.said == ["Sentence 1 was changed by Ana meanwhile: both versions are kept."] * 2
    assert receipt.acknowledged == {"c2": 2} and not receipt.refused
    return box


THEIRS = [(0, 1, "PER", "projected"), (2, 3, "PER", "projected"), (4, 5, "ORG", "corrected")]
MINE = [(2, 3, "PER", "projected"), (4, 5, "LOC", "projected")]


def test_in_a_conflict_both_are_kept(torn, store):
    assert seen(store) == THEIRS and seen(store, "~c2") == MINE
    (line,) = store.lines(1)
    assert (line.name, line.author, line.base, line.revision, line.parent) == ("~c2", "Ben", 0, 2, "")
    assert line.edits.note == "mine" and not store.sentence(1, 0).edits.note
    torn.take("c2", [message(1, remove(0, 1)), message(2, note("mine"))], "Ben")
    assert len(store.history(1, "~c2")) == 2, "stored once there too"


def test_a_conflict_is_resolved_for_what_came_late_and_undone(torn, store):
    receipt = torn.take("c2", [message(3, resolve("~c2", True), base=2)], "Ben")
    assert not receipt.refused and store.lines(1) == []
    assert seen(store) == MINE and store.sentence(1, 0).edits.note == "mine"
    assert kinds(store)[-1] == "took the version of Ben"
    torn.take("c2", [message(4, UNDO, base=3)], "Ben")
    assert seen(store) == THEIRS and store.sentence(1, 0).edits.flagged
    torn.take("c2", [message(5, REDO, base=4)], "Ben")
    assert seen(store) == MINE


def test_a_conflict_is_resolved_for_what_is_stored_and_the_other_stays_in_the_history(torn, store):
    assert not torn.take("c1", [message(3, resolve("~c2", False), base=2)], "Ana").refused
    assert store.lines(1) == [] and seen(store) == THEIRS
    assert [line.open for line in store.lines(1, only_open=False)] == [False]
    assert kinds(store, "~c2") == ["remove Ann PER", "note"]
    said = torn.take("c2", [message(3, resolve("~c2", True), base=2)], "Ben").refused[0].text
    assert said == "Somebody has decided about these two versions already."


def test_a_sentence_in_two_versions_is_not_accepted(torn, store):
    now = store.sentence(1, 0).revision
    receipt = torn.take("c9", [message(1, CHECK, base=now), message(2, note("two"), base=now)])
    assert [one.text for one in receipt.refused] == [
        "Sentence 1 is there in two versions: decide which one counts first."
    ]
    assert not store.sentence(1, 0).edits.checked and store.torn(1) == [0]
    torn.take("c9", [message(3, resolve("~c2", False), base=now), message(4, CHECK, base=now)])
    assert store.sentence(1, 0).edits.checked and store.torn(1) == []


def test_no_decision_over_what_nobody_looked_at(torn, store):
    torn.take("c3", [message(1, note("third"), base=2)], "Cem")
    said = torn.take("c2", [message(3, resolve("~c2", True), base=2)], "Ben").refused[0].text
    assert "changed once more meanwhile" in said
    assert store.sentence(1, 0).edits.note == "third" and len(store.lines(1)) == 1


@pytest.mark.parametrize(
    "wrong", [resolve("", True), resolve("@ana", True), resolve(None, True), resolve("~c2", "yes"), {"kind": "resolve"}]
)
def test_decisions_that_are_none(torn, store, wrong):
    store.fork(1, "@ana", 0, "Ana")
    assert torn.take("c2", [message(3, wrong, base=2)]).refused
    assert [line.name for line in store.lines(1)] == ["~c2", "@ana"] and seen(store) == THEIRS


def test_buttons_beside_the_editor_are_the_same_page(store):
    """What a tab stores by other ways ("c1+...") is its own work: no conflict, whatever was seen of it."""
    box = inbox(store)
    for n, (client, operation) in enumerate(
        [("c1", flag(True)), ("c1+a", note("a")), ("c1+b", label(1, 2, "X")), ("c1", remove(1, 2)), ("c1+a", UNDO)], 1
    ):
        receipt = box.take(client, [message(n, operation)])
        assert not receipt.said and not receipt.refused
    assert len(store.history(1)) == 5 and store.lines(1) == []
    for other in ("c", "c1%", "c1_b", "c12", "c2+c1"):
        assert box.take(other, [message(1, note("late"))]).said, other
    box.take("c3", [message(1, note("third"), base=5)])
    assert box.take("c1+a", [message(6, label(0, 1, "Y"), base=5)]).said
    assert box.take("c1", [message(6, label(2, 3, "Z"), base=5)]).said
    assert {"Y", "Z"} <= {entity.label for entity in store.sentence(1, 0, "~c1").edits.placed}, "one version of one tab"


def test_what_came_late_begins_where_its_person_stood(store):
    """c1's second change builds on its first, and c2 came in between: the first is in both versions."""
    box = inbox(store)
    box.take("c1", [message(1, label(1, 2, "X"))], "Ana")
    box.take("c2", [message(1, note("between"), base=1)], "Ben")
    move = {"kind": "move", "side": "target", "start": 1, "end": 2, "to": [1, 3]}
    receipt = box.take("c1", [message(1, label(1, 2, "X")), message(2, remove(2, 3)), message(3, move)], "Ana")
    assert not receipt.refused
    assert (1, 3, "X", "manual") in seen(store, "~c1") and (1, 2, "X", "manual") in seen(store)
    (line,) = store.lines(1)
    assert line.base == 1


def test_undo_of_what_somebody_built_on_is_kept_apart_too(store):
    box = inbox(store)
    box.take("c1", [message(1, note("a")), message(2, flag(True))])
    box.take("c2", [message(1, CHECK, base=2)])
    receipt = box.take("c1", [message(3, UNDO), message(4, UNDO), message(5, UNDO), message(6, REDO)])
    assert [one.text for one in receipt.refused] == ["There is nothing to undo."]
    assert store.sentence(1, 0, "~c1").edits == Edits(note="a")
    assert store.sentence(1, 0).edits.checked and store.sentence(1, 0).edits.flagged
    box.take("c1", [message(7, {"kind": "restore", "revision": 2})])
    assert store.sentence(1, 0, "~c1").edits == Edits(note="a", flagged=True)


def test_an_operation_that_cannot_be_done_leaves_no_empty_version(store):
    box = inbox(store)
    box.take("c1", [message(1, note("a"))])
    receipt = box.take("c2", [message(1, remove(3, 4)), message(2, flag(False)), message(3, {"kind": "restore"})])
    assert len(receipt.refused) == 2 and not receipt.said and store.lines(1) == []


def test_a_second_conflict_is_a_version_of_its_own(torn, store):
    newest = store.sentence(1, 0).revision
    torn.take("c1", [message(3, note("theirs"), base=newest)])
    torn.take("c2", [message(3, flag(False), base=newest)])
    assert [(line.name, line.base, line.edits.flagged) for line in store.lines(1)] == [
        ("~c2", 0, False),
        ("~c2.2", 2, False),
    ]
    assert seen(store, "~c2.2") == THEIRS, "the second began on what c1 had done"
    assert not torn.take("c2", [message(4, resolve("~c2.2", True), base=3)]).refused
    assert [line.name for line in store.lines(1)] == ["~c2"]


def test_more_of_a_version_that_was_decided_about_opens_it_again_whole(torn, store):
    torn.take("c1", [message(3, resolve("~c2", False), base=2)])
    torn.take("c2", [message(3, label(1, 2, "Z"))])
    assert len(store.lines(1)) == 1 and store.lines(1)[0].edits.note == "mine"
    assert seen(store, "~c2") == [(1, 2, "Z", "manual"), *MINE]


def test_pages_of_one_person_on_their_own_line_are_kept_apart_from_there(store):
    box = inbox(store)
    box.take("c0", [message(1, note("main"))])
    box.take("c1", [message(1, label(1, 2, "X"), line="@ana"), message(2, flag(True), line="@ana")], "Ana")
    receipt = box.take("c2", [message(1, remove(1, 2), base=1, line="@ana")], "Ana")
    assert receipt.said and not receipt.refused
    branch = next(line for line in store.lines(1) if line.name == "~c2")
    assert (branch.parent, branch.base, branch.edits.note) == ("@ana", 1, "")
    assert not (branch.edits.placed or branch.edits.flagged) and store.sentence(1, 0, "@ana").edits.flagged
    said = box.take("c2", [message(2, resolve("~c2", True), base=1)], "Ana").refused[0].text
    assert "decided about" in said, "it is none of the main line's"
    assert not box.take("c2", [message(3, resolve("~c2", True), base=2, line="@ana")], "Ana").refused
    assert not store.sentence(1, 0, "@ana").edits.placed and store.sentence(1, 0).edits.note == "main"
    box.take("c2", [message(4, UNDO, base=3, line="@ana")], "Ana")
    assert store.sentence(1, 0, "@ana").edits.placed


def test_a_bulk_change_in_between_is_somebody_elses(store):
    stored = store.sentence(1, 0)
    store.save_many([(stored, Edits(checked=True))], kind="check in bulk", stamp=Stamp("Ana", "bulk-1"))
    assert inbox(store).take("c1", [message(1, flag(True))]).said
    assert store.sentence(1, 0).edits == Edits(checked=True)
    assert store.sentence(1, 0, "~c1").edits == Edits(flagged=True)


def test_what_an_earlier_page_left_behind_comes_late_and_loses_nothing(store):
    box = inbox(store)
    box.take("old", [message(1, note("seen"))])
    box.take("new", [message(1, flag(True), base=1)])
    receipt = box.take("old", [message(1, note("seen")), message(2, label(1, 2, "X"))])
    assert receipt.acknowledged == {"old": 2}
    assert (1, 2, "X", "manual") in seen(store, "~old") and store.sentence(1, 0).edits.flagged


@SLOW
@given(
    st.lists(
        st.tuples(st.sampled_from(["c1", "c2", "c3"]), st.booleans(), st.booleans(), st.integers(0, 4)), max_size=14
    )
)
def test_whoever_sends_what_when_every_change_is_in_one_revision_and_nobody_writes_over_unseen_work(store, turns):
    """Each turn: a page makes a change, perhaps looks at the newest state first, perhaps the server starts anew."""
    project, number = fresh(store)
    box = inbox(store)
    base = dict.fromkeys(["c1", "c2", "c3"], 0)
    made: dict[str, list[str]] = {page: [] for page in base}
    for page, looks, restarts, word in turns:
        newest = store.sentence(project, 0).revision
        base[page] = newest if looks else base[page]
        box = inbox(store) if restarts else box
        n = len(made[page]) + 1
        made[page].append(f"{page} {n}")
        wanted = label(word, word + 1, f"{page} {n}")
        name = f"{page}-{project}"
        receipt = box.take(name, [message(n, wanted, base=base[page], project=project)])
        assert receipt.acknowledged == {name: n} and not receipt.refused
        theirs = [one for one in store.history(number) if one.revision > base[page] and one.client != name]
        placed = [line for line in ["", *(one.name for one in store.lines(number))]
                  if any((one.client, one.number) == (name, n) for one in store.history(number, line))]  # fmt: skip
        assert len(placed) == 1 and bool(placed[0]) == bool(theirs)
        assert f"{page} {n}" in {entity.label for entity in store.sentence(project, 0, placed[0]).edits.placed}
    everywhere = ["", *(line.name for line in store.lines(number, only_open=False))]
    kept = Counter((one.client, one.number) for line in everywhere for one in store.history(number, line))
    assert kept == Counter((f"{page}-{project}", n) for page in made for n in range(1, len(made[page]) + 1))


# databases that fail ----------------------------------------------------------------------------------------


class Failing(Store):
    """A store whose saving fails at the moments that are named: before it is stored, or after."""

    def __init__(self, url, before=(), after=()):
        super().__init__(url)
        self.calls, self.before, self.after = itertools.count(1), set(before), set(after)

    def save(self, *values, **more):
        call = next(self.calls)
        if call in self.before:
            raise StoreUnavailable("The correction store is busy.")
        done = super().save(*values, **more)
        if call in self.after:
            raise StoreUnavailable("The connection was lost, and nobody knows whether it was stored.")
        return done


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_database_that_fails_in_the_middle_loses_nothing_and_stores_nothing_twice(store, url, moment):
    failing = Failing(url, **{moment: [3]})
    box = inbox(failing)
    queue = [message(n, note(f"{n}")) for n in range(1, 7)] + [message(7, UNDO), message(8, {"kind": "nonsense"})]
    with pytest.raises(StoreUnavailable):
        box.take("c1", queue)
    assert [event.number for event in store.history(1)] == ([2, 1] if moment == "before" else [3, 2, 1])
    assert box.take("c1", []).acknowledged["c1"] == (2 if moment == "before" else 3)
    receipt = box.take("c1", queue)
    assert receipt.acknowledged == {"c1": 8} and [one.n for one in receipt.refused] == [8]
    assert [event.number for event in store.history(1)] == [7, 6, 5, 4, 3, 2, 1]
    assert store.sentence(1, 0).edits.note == "5"


def test_a_refusal_before_the_database_failed_is_still_said(store, url):
    box = inbox(Failing(url, before=[1]))
    queue = [message(1, remove(3, 4)), message(2, note("x"))]
    with pytest.raises(StoreUnavailable):
        box.take("c1", queue)
    receipt = box.take("c1", queue)
    assert [one.n for one in receipt.refused] == [1] and kinds(store) == ["note"]


def test_an_answer_that_was_never_given_is_given_after_a_restart(store, url):
    """The process ends between storing and answering."""
    failing = Failing(url, after=[2])
    with pytest.raises(StoreUnavailable):
        inbox(failing).take("c1", [message(1, note("a")), message(2, note("b"))])
    receipt = inbox(Store(url)).take("c1", [message(1, note("a")), message(2, note("b")), message(3, UNDO)])
    assert receipt.acknowledged == {"c1": 3} and kinds(store) == ["note", "note", "undo"]


def test_when_the_view_cannot_be_made_the_changes_wait(store):
    def broken(stored, method, settings):
        raise RuntimeError("the model has no memory left")

    box = Inbox(store, broken)
    queue = [message(1, UNDO), message(2, label(1, 2, "X"))]
    with pytest.raises(StoreUnavailable, match=r"the model has no memory left.*waits in this page"):
        box.take("c1", queue)
    assert inbox(store).take("c1", queue).acknowledged == {"c1": 2} and kinds(store) == ["label viu X"]


def test_a_fault_that_stays_does_not_hold_up_what_comes_after_it(store):
    def broken(stored, method, settings):
        if method == PLACED:
            raise RuntimeError("nobody thought of this")
        return sheet_of(stored.task, stored.edits)

    box, queue = Inbox(store, broken), [message(1, label(1, 2, "X"), method=PLACED), message(2, flag(True))]
    waited = 0
    while True:
        try:
            receipt = box.take("c1", queue)
            break
        except StoreUnavailable:
            waited += 1
    assert waited == 3 and kinds(store) == ["flag"] and receipt.acknowledged == {"c1": 2}
    assert [one.n for one in receipt.refused] == [1] and "nobody thought of this" in receipt.refused[0].text


# at the same time -------------------------------------------------------------------------------------------


def test_somebody_faster_by_a_moment_is_a_conflict_and_no_loss(store, url):
    """While c1's change is worked out, c2's is stored."""
    other = inbox(Store(url))

    def slow(stored, method, settings):
        other.take("c2", [message(1, note("fast"))], "Ben")
        return sheet_of(stored.task, stored.edits)

    receipt = Inbox(store, slow).take("c1", [message(1, label(1, 2, "X"))], "Ana")
    assert receipt.acknowledged == {"c1": 1} and not receipt.refused and "changed by Ben" in receipt.said[0]
    assert store.sentence(1, 0).edits.note == "fast" and (1, 2, "X", "manual") in seen(store, "~c1")


def test_one_queue_to_two_servers_at_once_is_stored_once(store, url):
    queue = [message(n, note(f"{n}") if n % 3 else UNDO) for n in range(1, 31)]
    together = threading.Barrier(2)

    def send(box):
        together.wait()
        for last in range(1, 31):
            box.take("c1", queue[:last])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, [inbox(Store(url)), inbox(Store(url))]))
    assert [event.number for event in store.history(1)] == list(range(30, 0, -1))
    assert store.lines(1) == []


def test_twenty_people_on_one_sentence_lose_nothing(store):
    box = inbox(store)
    together = threading.Barrier(20)

    def work(person):
        together.wait()
        for n in range(1, 6):
            newest = store.sentence(1, 0).revision
            receipt = box.take(f"c{person}", [message(n, note(f"{person} {n}"), base=newest)])
            assert receipt.acknowledged == {f"c{person}": n} and not receipt.refused

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))
    names = ["", *(line.name for line in store.lines(1, only_open=False))]
    kept = Counter(event.edits.note for name in names for event in store.history(1, name) if event.kind == "note")
    assert kept == Counter(f"{person} {n}" for person in range(20) for n in range(1, 6))


# pages that mean ill ----------------------------------------------------------------------------------------

BAD = [
    {"op": None}, {"op": []}, {"op": {"kind": None}}, {"op": {"kind": ["flag"]}}, {"op": "flag"},
    {"project": "1"}, {"project": None}, {"project": 2**40}, {"project": 99}, {"project": True},
    {"position": -1}, {"position": 1.0}, {"position": 10**9}, {"base": None}, {"base": float("nan")},
    {"base": 2**63}, {"line": None}, {"line": 7}, {"line": "x" * 1000}, {"line": "\ud800"}, {"line": "a\0"},
    {"sentence": 77}, {"sentence": "x"}, {"op": {"kind": "restore", "revision": 2**70}},
    {"op": {"kind": "restore", "revision": True}}, {"op": {"kind": "restore"}}, {"op": note("\ud800")},
    {"op": note("a\0b")}, {"op": note(None)}, {"op": {"kind": "flag", "on": 1}},
]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD, ids=str)
def test_messages_that_mean_nothing_are_refused_and_do_not_stand_in_the_way(store, wrong):
    receipt = inbox(store).take("c1", [message(1, flag(True)) | wrong, message(2, note("after"))])
    assert receipt.acknowledged == {"c1": 2}
    assert [one.n for one in receipt.refused] == [1] and len(receipt.refused[0].text) < 300
    assert kinds(store) == ["note"] and store.sentence(1, 0).edits == Edits(note="after")


@pytest.mark.parametrize("seconds", [None, "long", -1, float("nan"), float("inf"), True, [], 10**400])
def test_a_wrong_stopwatch_is_no_reason_to_refuse_work(store, seconds):
    assert not inbox(store).take("c1", [message(1, flag(True), seconds=seconds)]).refused
    assert store.history(1)[0].seconds is None and kinds(store) == ["flag"]


@pytest.mark.parametrize("n", [None, 0, -1, True, "1", 1.5, 2**31, float("nan"), []])
def test_messages_without_a_number_are_not_stored(store, n):
    receipt = inbox(store).take("c1", [message(n, flag(True)), message(1, note("good"))])
    assert [one.n for one in receipt.refused] == [0] and receipt.acknowledged == {"c1": 1}
    assert kinds(store) == ["note"]


@pytest.mark.parametrize("client", ["", None, 5, "x" * 101, "\ud800", "é", "a\nb"])
def test_pages_without_a_name_are_not_heard(store, client):
    receipt = inbox(store).take(client, [message(1, flag(True))])
    assert len(receipt.refused) == 1 and not receipt.acknowledged and store.history(1) == []


@pytest.mark.parametrize("messages", [None, 5, "abc", {}, [None], ["x"], [[]], [{}]])
def test_queues_that_are_none(store, messages):
    receipt = inbox(store).take("c1", messages)
    assert receipt.acknowledged == {"c1": 0} and store.history(1) == []


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["n", "project", "sentence", "position", "line", "base", "method", "seconds", "op"])


@SLOW
@given(st.dictionaries(KEYS, JUNK), st.dictionaries(st.sampled_from(["kind", "on", "text", "line", "keep"]), JUNK))
def test_no_junk_stops_the_inbox(store, values, operation):
    project, number = fresh(store)
    good = message(1, {"kind": "flag", "on": True} | operation, project=project)
    receipt = inbox(store).take(f"c{project}", [good | values, message(2, note("after"), project=project)])
    assert receipt.acknowledged == {f"c{project}": max(2, receipt.acknowledged[f"c{project}"])}
    state = store.sentence(project, 0).edits
    assert state.note in ("after", "") and json.dumps(state.to_dict())
    assert len(store.history(number)) <= 2


def test_words_of_the_history_are_stored_whatever_the_text_holds(store, monkeypatch):
    project = store.create_project(
        "p", SETUP, [Task(sentence("Ann \0 x"), sentence("An\0n \u202e 👩‍👧", language="pt"))]
    )
    number = store.sentence(project, 0).id
    receipt = inbox(store).take("c9", [message(1, label(0, 3, "X"), project=project)])
    assert not receipt.refused and "\0" not in store.history(number)[0].kind
    assert store.sentence(project, 0).edits.placed[0].span == Span(0, 3)


def test_time_is_stored_in_utc():
    assert database.now().endswith("+00:00")


# what cannot be known yet -------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [UNDO, REDO, {"kind": "restore", "revision": 1}])
def test_undo_never_takes_back_what_somebody_else_stores_in_that_moment(store, monkeypatch, operation):
    """Eva's change arrives after the inbox has looked for changes of others, and before it steps back."""
    box = inbox(store)
    box.take("ana", [message(1, flag(True)), message(2, note("a")), message(3, UNDO)], "Ana")
    looked = store.others_since

    def late(*arguments):
        found = looked(*arguments)
        if not any(event.author == "Eva" for event in store.history(1)):
            inbox(Store(store.url)).take("eva", [message(1, note("Eva's"), base=3)], "Eva")
        return found

    monkeypatch.setattr(store, "others_since", late)
    box.take("ana", [message(4, operation, base=3)], "Ana")
    assert store.sentence(1, 0).edits.note == "Eva's"
    assert [line.name for line in store.lines(1)] == ["~ana"], "Ana's step is kept apart"


def test_an_edit_waits_while_nothing_can_be_projected_and_is_stored_when_it_can(store):
    """After a restart, with the endpoint of a model away: the label that is removed is not known for the moment."""
    away = True

    def seen_now(stored, method, settings):
        sheet = sheet_of(stored.task, stored.edits)
        failed = replace(sheet.outcome, projections={}, error=StageError("alignment", "Nobody answers."))
        return replace(sheet, outcome=failed) if away else sheet

    box = Inbox(store, seen_now)
    queue = [message(1, remove(0, 1))]
    with pytest.raises(StoreUnavailable, match=r"Sentence 1 cannot be projected .*waits .*\(Nobody answers\)"):
        box.take("c1", queue)
    away = False
    receipt = box.take("c1", queue)
    assert receipt.acknowledged == {"c1": 1} and kinds(store) == ["remove Ann PER"]


def test_an_edit_about_labels_that_never_come_is_refused_in_the_end_and_the_rest_goes_on(store):
    def never(stored, method, settings):
        sheet = sheet_of(stored.task, stored.edits)
        return replace(sheet, outcome=replace(sheet.outcome, projections={}, method_errors={sheet.method: "Broken."}))

    box = Inbox(store, never)
    queue = [message(1, remove(0, 1)), message(2, flag(True))]
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            box.take("c1", queue)
    receipt = box.take("c1", queue)
    assert receipt.acknowledged == {"c1": 2} and kinds(store) == ["flag"]
    assert [one.n for one in receipt.refused] == [1]
