"""Readings and the queue: order, filters, what an edit or a setting makes old, bulk acceptance and its undo."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projection.corrections import operations
from projection.corrections.edits import Edits
from projection.corrections.queue import Queue
from projection.corrections.readings import Reading, Readings, reading_of, still_right, words_of
from projection.corrections.records import Stamp
from projection.corrections.store import Store
from projection.corrections.wanted import Wanted
from projection.pipeline import Pipeline, Setup, Task
from projection.text.tokenize import tokenize
from projection.triage import Reason
from projection.types import Entity, Sentence, Span

SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))
TEXTS = (
    "Maria lives in Berlin .",
    "Nothing happens .",
    "John works for Google in London today .",
    "Paris is beautiful .",
)
NOW, METHOD = "now", "heuristic"


@pytest.fixture
def store(url):
    return Store(url)


@pytest.fixture
def project(store):
    return store.create_project("Trial", SETUP, [Task(tokenize(text, "en")) for text in TEXTS])


def read(store, project, settings=NOW):
    """Read what is old, as a scan does; return the positions the pipeline ran on."""
    readings, ran = Readings(store.database), []
    for one in readings.lacking(project, settings):
        kept = still_right(one, settings)
        if kept is None:
            ran.append(one.stored.position)
            (outcome,) = Pipeline(SETUP, also=("alignment",)).run([one.stored.edits.apply(one.stored.task)])
            kept = reading_of(one.stored, outcome, METHOD, settings)
        readings.keep(project, [kept], [one.stored])
    return ran


def set_doubts(store, project, *values):
    """Replace what was read by doubts of our own, each with one reason."""
    readings = Readings(store.database)
    for one, (value, kind) in zip(readings.at(project, range(len(values))), values, strict=True):
        reasons = (Reason(kind, value, "why", "why", "warn", Span(0, 1)),) if kind else ()
        readings.keep(project, [replace(one.reading, doubt=value, reasons=reasons)], [one.stored])


def positions(store, project, **wanted):
    return [row.stored.position for row in Queue(store.database, project, NOW).page(Wanted(**wanted), 0, 50)]


def change(store, project, position, **edits):
    stored = store.sentence(project, position)
    store.save(stored.id, replace(stored.edits, **edits), expected_revision=stored.revision, kind="test")


def test_a_reading_comes_back_as_it_was(store, project):
    assert read(store, project) == [0, 1, 2, 3]
    (one,) = Readings(store.database).at(project, [0])
    (outcome,) = Pipeline(SETUP, also=("alignment",)).run([one.stored.task])
    assert one.reading == reading_of(one.stored, outcome, METHOD, NOW)
    assert one.reading.target.text == "Maria wohnt in Berlin." and one.reading.labels == ("PER", "LOC")
    assert one.reading.source.entities == outcome.source.entities


def test_what_an_edit_makes_old(store, project):
    read(store, project)
    assert read(store, project) == []
    change(store, project, 0, flagged=True, note="look")
    change(store, project, 1, source_entities=(Entity(Span(0, 1), "ORG"),))
    assert read(store, project) == [1]  # a flag changes nothing that was read
    change(store, project, 2, checked=True, target_entities=(Entity(Span(0, 1), "MISC", None, "manual"),))
    assert read(store, project) == []
    assert Readings(store.database).at(project, [2])[0].reading.labels == ("MISC",)


def test_what_settings_make_old(store, project):
    read(store, project)
    change(store, project, 2, checked=True, target_entities=())
    assert read(store, project, "other settings") == [0, 1, 3]  # what a person decided as a whole stays


def test_a_stopped_scan_goes_on_where_it_was(store, project):
    readings = Readings(store.database)
    first = readings.lacking(project, NOW, limit=2)
    readings.keep(
        project, [replace(words_of(one.stored), settings=NOW) for one in first], [one.stored for one in first]
    )
    assert [one.stored.position for one in readings.lacking(project, NOW)] == [2, 3]
    assert [one.stored.position for one in readings.lacking(project, NOW, after=2)] == [3]
    assert [stored.position for stored in readings.unknown(project)] == [2, 3]


def test_sentences_are_listed_before_they_are_read(store, project):
    assert positions(store, project) == [0, 1, 2, 3]
    assert Queue(store.database, project, NOW).tally().read == 0
    readings, unknown = Readings(store.database), Readings(store.database).unknown(project)
    readings.keep(project, [words_of(one) for one in unknown], unknown)
    assert positions(store, project, text="GOOGLE london") == [2]  # by words, in any order, without capitals
    assert Queue(store.database, project, NOW).tally().read == 0


def test_orders(store, project):
    read(store, project)
    set_doubts(store, project, (0.2, "score"), (0.0, ""), (0.9, "missing"), (0.2, "close"))
    assert positions(store, project) == [2, 0, 3, 1]  # equal doubts stay in order
    assert positions(store, project, order="corpus") == [0, 1, 2, 3]
    assert positions(store, project, order="length") == [2, 0, 3, 1]
    assert positions(store, project, order="label")[-1] == 1  # those without a label last


def test_filters(store, project):
    read(store, project)
    set_doubts(store, project, (0.2, "score"), (0.0, ""), (0.9, "missing"), (0.2, "close"))
    assert positions(store, project, reason="close") == [3]
    assert positions(store, project, reason="none") == [1]
    assert positions(store, project, label="PER") == [2, 0]
    assert positions(store, project, label="per") == []
    assert positions(store, project, most=0.2) == [0, 3, 1]
    assert positions(store, project, text="berlin") == [0]
    assert positions(store, project, text="100%") == positions(store, project, text="_") == []
    change(store, project, 1, flagged=True)
    change(store, project, 3, note="Über den Titel REDEN")
    assert positions(store, project, states=("flagged",)) == [1]
    assert positions(store, project, states=("flagged", "noted")) == [3, 1]
    assert positions(store, project, text="über reden") == [3]
    change(store, project, 0, checked=True, target_entities=())
    assert positions(store, project) == [2, 3, 1]
    assert positions(store, project, states=("checked",)) == [0]
    assert positions(store, project, states=()) == [2, 0, 3, 1]


def test_provenance_and_conflicts(store, project):
    read(store, project)
    change(store, project, 0, target_entities=(Entity(Span(0, 1), "LOC", None, "corrected"),), checked=True)
    assert positions(store, project, states=("corrected",)) == [0]
    store.fork(store.sentence(project, 2).id, "~other", 0)
    assert positions(store, project, states=("conflict",)) == [2]


def test_pages_and_places(store):
    tasks = [Task(tokenize(f"Maria number {number} .", "en")) for number in range(60)]
    project = store.create_project("Long", SETUP, tasks)
    queue = Queue(store.database, project, NOW)
    wanted = Wanted(order="corpus")
    assert queue.count(wanted) == 60
    assert [row.stored.position for row in queue.page(wanted, 50, 25)] == list(range(50, 60))
    assert queue.place(wanted, 37) == 37 and queue.place(Wanted(("flagged",)), 37) is None
    assert queue.page(wanted, 60, 25) == []


def test_tally(store, project):
    read(store, project)
    set_doubts(store, project, (0.2, "score"), (0.0, ""), (0.9, "missing"), (0.2, "score"))
    change(store, project, 3, flagged=True, checked=True)
    tally = Queue(store.database, project, NOW).tally()
    assert (tally.sentences, tally.checked, tally.flagged, tally.read, tally.quiet) == (4, 1, 1, 3, 1)
    assert tally.reasons == {"score": 1, "missing": 1}  # of open ones
    assert tally.labels["PER"] == 2 and "O" not in tally.labels


def accept(store, project, wanted, batch):
    """Accept in bulk what the page would."""
    chosen = [position for position, *_ in Queue(store.database, project, NOW).acceptable(wanted)]
    changes = []
    for one in Readings(store.database).at(project, chosen):
        sheet = one.reading.sheet(one.stored, "key", ("en", "de"))
        changes.append((one.stored, operations.check(sheet, "bulk").edits))
    return chosen, store.save_many(changes, kind="check in bulk", stamp=Stamp("Ana", batch))


def test_bulk_acceptance_and_its_undo(store, project):
    read(store, project)
    set_doubts(store, project, (0.1, "score"), (0.0, ""), (0.9, "missing"), (0.05, "close"))
    change(store, project, 3, flagged=True)
    read(store, project)
    chosen, passed = accept(store, project, Wanted(most=0.5), "bulk-1")
    assert (chosen, passed) == ([0, 1], [])  # a flagged one is left for people
    first = store.sentence(project, 0)
    assert first.edits.checked and first.edits.target.text == "Maria wohnt in Berlin."
    assert [entity.origin for entity in first.edits.target_entities] == ["bulk", "bulk"]
    assert first.edits.target_entities[0].derived.method == METHOD
    assert positions(store, project, states=("bulk",)) == [0, 1]
    (batch,) = Queue(store.database, project, NOW).batches("bulk-")
    assert (batch.id, batch.author, batch.sentences, batch.standing) == ("bulk-1", "Ana", 2, 2)
    change(store, project, 1, note="mine")
    assert store.undo_many("bulk-1", Stamp("Ana")) == (1, 1)  # what was changed since stays
    assert store.sentence(project, 0).edits == Edits()
    assert store.sentence(project, 1).edits.checked
    assert [one.standing for one in Queue(store.database, project, NOW).batches("bulk-")] == [0]


def test_what_was_changed_while_the_preview_was_open_is_passed(store, project):
    read(store, project)
    (one,) = Readings(store.database).at(project, [0])
    edits = operations.check(one.reading.sheet(one.stored, "key", ("en", "de")), "bulk").edits
    change(store, project, 0, note="somebody else")
    assert store.save_many([(one.stored, edits)], kind="check in bulk", stamp=Stamp("", "bulk-2")) == [one.stored.id]
    assert not store.sentence(project, 0).edits.checked


def test_old_and_failed_readings_are_never_accepted_unseen(store, project):
    queue = Queue(store.database, project, NOW)
    assert queue.acceptable(Wanted()) == []
    read(store, project)
    set_doubts(store, project, (0.0, ""), (0.0, ""), (1.0, "failed"), (0.0, ""))
    change(store, project, 3, source_entities=())
    assert [position for position, *_ in queue.acceptable(Wanted())] == [0, 1]
    Readings(store.database).forget_failed(project)
    assert [one.stored.position for one in Readings(store.database).lacking(project, NOW)] == [2, 3]


def test_a_failure_is_read_too(store):
    setup = Setup("en", "de", translator="given", recognizer="rules", aligner="diagonal", methods=("heuristic",))
    project = store.create_project("Half", setup, [Task(tokenize(TEXTS[0], "en"))])
    stored = store.sentence(project, 0)
    (outcome,) = Pipeline(setup).run([stored.task])
    reading = reading_of(stored, outcome, METHOD, NOW)
    assert reading.failed and reading.doubt == 1.0 and reading.target is None
    Readings(store.database).keep(project, [reading], [stored])
    (one,) = Readings(store.database).at(project, [0])
    assert one.reading == reading
    assert one.reading.sheet(one.stored, "key", ("en", "de")).projection is None


@pytest.mark.parametrize("label", ["50%_off", 'a"b', "O\x1fRG", "ÄÖ", "<b>"])
def test_labels_of_any_kind_can_be_filtered(store, label):
    target = Sentence.from_words(["x", "y"], "de", [])
    project = store.create_project("Odd", SETUP, [Task(target=target), Task(target=target)])
    stored = store.sentence(project, 0)
    reading = Reading(stored.id, NOW, 0, 0.5, (), None, target, (Entity(Span(0, 1), label),), (label,))
    Readings(store.database).keep(project, [reading], [stored])
    assert positions(store, project, label=label) == [0]
    assert Queue(store.database, project, NOW).tally().labels == {label: 1}


def test_where_a_name_may_be(store, project):
    read(store, project)
    queue = Queue(store.database, project, NOW)
    assert queue.holding("Berlin") == [0] and queue.holding("berlin  Maria") == [0]
    assert queue.holding("Paris Berlin") == []


def test_people_and_pace(store, project):
    queue = Queue(store.database, project, NOW)
    assert queue.people() == [] and queue.pace() is None
    for position, seconds in enumerate((12.0, 8.0, 16.0, 5000.0)):  # the last one went for lunch
        assert (queue.pace() is None) == (position < 3)
        stored = store.sentence(project, position)
        stamp = Stamp(seconds=seconds)
        store.save(stored.id, Edits(checked=True), expected_revision=0, kind="check", stamp=stamp)
    assert queue.pace() == 12.0


def test_what_somebody_checked_on_a_line_of_their_own(store, project):
    read(store, project)
    stored = store.sentence(project, 0)
    store.fork(stored.id, "@Ana", 0)
    mine = store.sentence(project, 0, "@Ana")
    assert 0 in positions(store, project, mine="@Ana")
    store.save(stored.id, Edits(checked=True), expected_revision=mine.revision, kind="check", line="@Ana")
    assert positions(store, project, states=("checked",), mine="@Ana") == [0]
    assert 0 not in positions(store, project, mine="@Ana")
    assert 0 in positions(store, project, mine="@Rui") and 0 in positions(store, project)
