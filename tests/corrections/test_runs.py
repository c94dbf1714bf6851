"""Runs of an evaluation: what is kept reads back the same, and nothing stands that is no longer true."""

from __future__ import annotations

import pytest

from projection.corrections.runs import Judged, Runs, content_of
from projection.corrections.store import Store
from projection.evaluation.blame import Blame
from projection.evaluation.errors import mistakes
from projection.evaluation.study import Found, Item
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span

WORDS = ("Ana", "<b>", "foi", "a", "São", "Paulo", "👩‍👧")
GOLD = Sentence.from_words(WORDS, "pt", [Entity(Span(0, 2), "PER"), Entity(Span(4, 6), "LOC")], id="7")
SOURCE = Sentence.from_words(["Ana", "went"], "en", [Entity(Span(0, 1), "PER", 0.5, "model")])
ENTITIES = (Entity(Span(0, 1), "PER", 0.75, "projected"), Entity(Span(4, 6), "LOC", 1.0, "projected"))
(MISTAKE,) = mistakes(ENTITIES, GOLD.entities, WORDS)
GOOD = Found(ENTITIES, "", (Blame(MISTAKE, "wrong link", "replacement", "“Ana” is linked."),), (2, 3), 0.25, 12.5)
FAILED = Found(None, "translation: too long")


@pytest.fixture
def runs(url):
    store = Store(url)
    project = store.create_project("Trip", Setup("en", "pt"), [Task(Sentence.from_words(WORDS))])
    return Runs(store.database), project


def judged(position: int = 0, content: str = "a", by: str = "", **found: Found) -> Judged:
    return Judged(Item(GOLD, SOURCE, position), content, found, dict.fromkeys(found, by))


def test_what_was_kept_reads_back(runs):
    store, project = runs
    run = store.open(project, {"gold": "given", "aligner": "é"})
    both = [judged(0, one=GOOD, two=FAILED), judged(3, one=Found(()), two=Found((), "", ()))]
    store.keep(run.id, both, {"one": "one|x:1", "two": "two"})
    assert store.load(run.id) == {0: both[0], 3: both[1]}
    (kept,) = store.of(project)
    assert kept.signatures == {"one": "one|x:1", "two": "two"}
    assert kept.settings == {"gold": "given", "aligner": "é"}


def test_the_same_settings_are_the_same_run_and_others_another(runs):
    store, project = runs
    first = store.open(project, {"gold": "given", "aligner": "a"})
    assert store.open(project, {"aligner": "a", "gold": "given"}).id == first.id
    second = store.open(project, {"gold": "given", "aligner": "b"})
    assert [run.id for run in store.of(project)] == [second.id, first.id]
    store.keep(first.id, [judged(one=GOOD)], {"one": "1"})
    store.delete(first.id)
    assert [run.id for run in store.of(project)] == [second.id] and store.load(first.id) == {}


def test_other_methods_join_on_the_same_content_only(runs):
    store, project = runs
    run = store.open(project, {})
    store.keep(run.id, [judged(0, "a", one=GOOD), judged(1, "a", one=GOOD)], {"one": "1"})
    store.keep(run.id, [judged(0, "a", two=FAILED), judged(1, "changed", two=FAILED)], {"two": "2"})
    found = store.load(run.id)
    assert found[0].found == {"one": GOOD, "two": FAILED} and found[1].found == {"two": FAILED}
    assert found[1].content == "changed"


def test_results_of_another_program_stay_until_there_are_newer_ones(runs):
    store, project = runs
    run = store.open(project, {})
    store.keep(run.id, [judged(0, one=GOOD, two=FAILED), judged(1, one=GOOD)], {"one": "1", "two": "2"})
    store.keep(run.id, [judged(1, one=FAILED, by="retrained")], {"one": "1, retrained"})
    found = store.load(run.id)
    assert found[0].found == {"one": GOOD, "two": FAILED} and found[0].by == {"one": "", "two": ""}
    assert found[1].found == {"one": FAILED} and found[1].by == {"one": "retrained"}
    assert store.of(project)[0].signatures == {"one": "1, retrained", "two": "2"}


def test_the_revision_grows_with_whatever_is_stored(runs):
    store, project = runs
    run = store.open(project, {})
    store.keep(run.id, [judged(0, one=GOOD)], {"one": "1"})
    first = store.of(project)[0].revision
    store.keep(run.id, [judged(0, one=FAILED)], {"one": "1"})
    assert run.revision < first < store.of(project)[0].revision


def test_many_sentences_are_kept_at_once(runs):
    store, project = runs
    run = store.open(project, {})
    store.keep(run.id, [judged(position, one=GOOD) for position in range(1203)], {"one": "1"})
    assert list(store.load(run.id)) == list(range(1203))


def test_content_tells_values_apart():
    assert content_of({"a": 1, "b": [2]}) == content_of({"b": [2], "a": 1}) != content_of({"a": 1, "b": [3]})
