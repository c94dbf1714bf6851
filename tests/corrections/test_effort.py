"""What accepting took people, from what the store remembers."""

from __future__ import annotations

import pytest

from projection.corrections.edits import Edits
from projection.corrections.effort import Effort, efforts, seconds_of
from projection.corrections.records import Stamp
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span


def label(start: int, origin: str) -> Entity:
    return Entity(Span(start, start + 1), "PER", None, origin)


def test_visits_add_up():
    assert seconds_of([("a", 1.0), ("a", 4.0), ("a", 9.5)]) == 9.5
    assert seconds_of([("a", 4.0), ("a", 2.0), ("b", 3.0), ("b", None)]) == 9.0
    assert seconds_of([("a", 10.0), ("b", 5.0), ("a", 20.0)]) == 25.0
    assert seconds_of([("a", 5000.0)]) == 600.0
    assert seconds_of([("a", None)]) is None and seconds_of([]) is None


@pytest.fixture
def store(url):
    return Store(url)


def save(store: Store, place: tuple[int, int], kind: str, edits: Edits, seconds: float | None = None) -> None:
    stored = store.sentence(*place)
    stamp = Stamp("Ana", "tab", seconds=seconds)
    store.save(stored.id, edits, expected_revision=stored.revision, kind=kind, stamp=stamp)


def test_changes_and_what_stayed_are_counted_for_accepted_sentences_only(store):
    tasks = [Task(Sentence.from_words(["Ana", "saw", "Bob", "and", "Eve"]))] * 4
    project = store.create_project("Trip", Setup("en", "de"), tasks)

    save(store, (project, 0), "label Ana PER", Edits(placed=(label(0, "manual"),)), 3.0)
    save(store, (project, 0), "undo", Edits(), 4.0)
    save(store, (project, 0), "label Bob PER", Edits(placed=(label(2, "corrected"),)), 6.0)
    save(store, (project, 0), "flag", Edits(placed=(label(2, "corrected"),), flagged=True), 7.0)
    whole = (label(0, "accepted"), label(2, "corrected"), label(4, "manual"))
    save(store, (project, 0), "check", Edits(target_entities=whole, checked=True), 8.5)
    save(store, (project, 1), "check in bulk", Edits(target_entities=(label(0, "bulk"),), checked=True), None)
    save(store, (project, 2), "label Ana PER", Edits(placed=(label(0, "manual"),)), 3.0)
    first, second = efforts(store.database, project)
    assert (first.position, first.changes, first.seconds, first.bulk) == (0, 3, 8.5, False)
    assert (first.kept, first.corrected, first.made, first.labels, first.saved) == (1, 1, 1, 3, 0)
    assert second == Effort(1, second.at, 0, 1, 0, 0, None, True) and second.saved == 1


def test_a_sentence_that_is_open_again_does_not_count(store):
    project = store.create_project("Trip", Setup("en", "de"), [Task(Sentence.from_words(["Ana"]))])
    save(store, (project, 0), "check", Edits(target_entities=(), checked=True))
    assert len(efforts(store.database, project)) == 1
    save(store, (project, 0), "uncheck", Edits(target_entities=()))
    assert efforts(store.database, project) == []
