"""From outcomes and gold to what a study holds."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from projection import registry
from projection.models.stand_ins import DiagonalAligner
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.pipeline.judging import OTHER_WORDS, OWN_TRANSLATION, Reference, judge
from projection.projectors.heuristic import Heuristic
from projection.types import Alignment, Entity, Sentence, Span
from tests.pipeline import test_evidence

GERMAN = ["Maria", "wohnt", "in", "Berlin", "."]
PER, LOC = Entity(Span(0, 1), "PER"), Entity(Span(3, 4), "LOC")


@pytest.fixture(autouse=True)
def toy_methods(monkeypatch):
    points = [EntryPoint("WRITES", f"{test_evidence.__name__}:WRITES", "projection.projector")]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "projection.projector" else [])
    registry._all_entries.cache_clear()
    yield
    monkeypatch.undo()
    registry._all_entries.cache_clear()


def english(*entities):
    return Sentence.from_words(["Maria", "lives", "in", "Berlin", "."], "en", entities)


def german(*entities, words=GERMAN):
    return Sentence.from_words(words, "de", entities)


def pipeline(*methods, resources=None, **chosen):
    chosen = {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal"} | chosen
    return Pipeline(Setup("en", "de", methods=methods, **chosen), resources)


def judged(run, task, *reference):
    found = judge(run, run.run([task]), [Reference(*reference)])
    return {method: one for method, (one,) in found.items()}


def test_each_method_is_judged():
    run = pipeline("heuristic", "span-matching", "model-transfer", target_recognizer="rules")
    found = judged(run, Task(english(), german()), german(PER, LOC))
    assert list(found) == ["heuristic", "span-matching", "model-transfer"]
    assert {(one.problem, one.blames) for one in found.values()} == {("", ())}
    assert [[(it.span, it.label) for it in one.entities] for one in found.values()] == [
        [(PER.span, "PER"), (LOC.span, "LOC")]
    ] * 3
    assert [one.carried for one in found.values()] == [(2, 2), (2, 2), (0, 0)]


def test_gold_of_the_source_and_gold_links_are_used():
    run = pipeline("heuristic")
    (found,) = judged(run, Task(english(), german()), german(PER), english(PER)).values()
    assert [one.stage for one in found.blames] == ["source recognition"]
    crossed = Alignment(frozenset({(0, 3), (3, 0)}), 5, 5)
    task = Task(english(PER), german(), labelled=True, alignment=crossed)
    straight = Alignment(frozenset((word, word) for word in range(5)), 5, 5)
    (found,) = judged(run, task, german(PER), None, straight).values()
    assert [(one.stage, one.by) for one in found.blames] == [("wrong link", "replacement")] * 2


def test_source_labels_of_the_user_count_as_gold_and_those_of_other_words_do_not():
    run = pipeline("heuristic")
    task = Task(english(PER, LOC), german(), labelled=True)
    (found,) = judged(run, task, german(PER)).values()
    assert [one.stage for one in found.blames] == ["translation"]
    other = Sentence.from_words(["Maria", "moved"], "en", [PER])
    (found,) = judged(run, Task(english(), german()), german(PER), other, Alignment(frozenset(), 2, 5)).values()
    assert [one.stage for one in found.blames] == ["unknown"]


def test_a_method_that_failed_says_why(monkeypatch):
    run = pipeline("heuristic", "ner-matching", "writes")
    found = judged(run, Task(english(), german()), german(PER, LOC))
    assert found["ner-matching"].entities is None and "No recognizer for German" in found["ner-matching"].problem
    assert found["writes"].entities is None and "writes its own translation" in found["writes"].problem
    assert found["heuristic"].blames == ()

    def broken(*_):
        raise RuntimeError("no memory")

    monkeypatch.setattr(DiagonalAligner, "align", broken)
    (found,) = judged(pipeline("heuristic"), Task(english(), german()), german(PER)).values()
    assert found.entities is None and "no memory" in found.problem and found.seconds is None


def test_another_text_than_that_of_gold_cannot_be_judged():
    found = judged(pipeline("heuristic", "writes:loud"), Task(english()), german(PER, LOC))
    assert (found["writes:loud"].entities, found["writes:loud"].problem) == (None, OWN_TRANSLATION)
    found = judged(pipeline("heuristic"), Task(english()), german(words=["Berlin"]))
    assert (found["heuristic"].entities, found["heuristic"].problem) == (None, OTHER_WORDS)


def test_a_method_that_writes_the_words_of_gold_is_judged_by_rules():
    (outcome,) = pipeline("writes").run([Task(english())])
    (found,) = judged(pipeline("writes"), Task(english()), outcome.target.with_entities([PER])).values()
    assert found.carried == (0, 2)
    assert [(one.stage, one.by) for one in found.blames] == [("unknown", "rule")]


def test_a_method_that_cannot_be_built_any_more_is_judged_by_rules(monkeypatch):
    run = pipeline("heuristic")
    outcomes = run.run([Task(english(PER, LOC), german(), labelled=True, alignment=Alignment(frozenset(), 5, 5))])

    def gone(_):
        raise ImportError("gone")

    monkeypatch.setattr(run, "_projector", gone)
    ((found,),) = judge(run, outcomes, [Reference(german(PER, LOC))]).values()
    assert [(one.stage, one.by) for one in found.blames] == [("no link", "rule")] * 2


def test_methods_run_again_on_a_whole_chunk_at_once(monkeypatch):
    calls, original = [], Heuristic.project

    def counting(self, bitexts):
        calls.append(len(bitexts))
        return original(self, bitexts)

    monkeypatch.setattr(Heuristic, "project", counting)
    run = pipeline("heuristic")
    unlinked = [
        Task(english(PER), german(), labelled=True, alignment=Alignment(frozenset({(one, one)}), 5, 5))
        for one in (1, 0, 2)
    ]
    outcomes = run.run(unlinked)
    assert calls == [3]
    ((first, second, third),) = judge(run, outcomes, [Reference(german(PER))] * 3).values()
    assert calls == [3, 2] and second.blames == ()
    assert [one.stage for row in (first, third) for one in row.blames] == ["no link", "no link"]


def test_seconds_are_those_of_all_that_is_read_and_computed_now():
    resources = Resources()
    run = pipeline("heuristic", "model-transfer", target_recognizer="rules", resources=resources)
    task = Task(english(), german())
    (outcome,) = run.run([task])
    found = {method: one for method, (one,) in judge(run, [outcome], [Reference(german(PER, LOC))]).items()}
    took = {stage.name: stage.seconds for stage in outcome.stages}
    assert found["heuristic"].seconds == pytest.approx(took["recognition"] + took["alignment"] + took["heuristic"])
    assert found["model-transfer"].seconds == pytest.approx(took["target recognition"] + took["model-transfer"])
    again = judged(run, task, german(PER, LOC))
    assert {one.seconds for one in again.values()} == {None}
    new = pipeline("heuristic:paper", resources=resources)
    assert judged(new, task, german(PER, LOC))["heuristic:paper"].seconds is None  # its links are reused


def test_a_translation_counts_for_whoever_reads_it():
    run = pipeline("model-transfer", "heuristic", target_recognizer="rules")
    (outcome,) = run.run([Task(english())])
    found = judge(run, [outcome], [Reference(outcome.target)])
    took = {stage.name: stage.seconds for stage in outcome.stages}
    transfer = took["translation"] + took["target recognition"] + took["model-transfer"]
    assert found["model-transfer"][0].seconds == pytest.approx(transfer)
    assert found["heuristic"][0].seconds == pytest.approx(
        took["recognition"] + took["translation"] + took["alignment"] + took["heuristic"]
    )
