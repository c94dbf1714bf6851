"""What methods are judged on: which sentences, which labels, and what a method may see of them."""

from __future__ import annotations

import pytest

from projection.corrections.edits import Edits
from projection.corrections.records import StoredSentence
from projection.corrections.runs import Judged
from projection.evaluation.study import Found, Item
from projection.pipeline import Setup, Task
from projection.types import Alignment, Entity, Sentence, Span
from views.evaluate_gold import GoldFile, cases, failed, is_labelled, kinds, missing, run_settings, study_of

PER, LOC = Entity(Span(0, 1), "PER", 0.5, "projected"), Entity(Span(2, 3), "LOC")
SOURCE = Sentence.from_words(["Ana", "saw", "Rome"], "en", [Entity(Span(0, 1), "PER"), Entity(Span(2, 3), "LOC")])
TARGET = Sentence.from_words(["Ana", "sah", "Rom"], "de", [Entity(Span(0, 1), "PER"), LOC])
LINKS = Alignment(frozenset({(0, 0)}), 3, 3)


def stored(position: int, task: Task, edits: Edits | None = None) -> StoredSentence:
    return StoredSentence(position + 1, 1, position, task, edits or Edits(), 0)


GIVEN = stored(0, Task(SOURCE, TARGET, labelled=True))
BARE = stored(1, Task(SOURCE, None, labelled=True))
ACCEPTED = stored(2, Task(SOURCE, None, labelled=True),
                  Edits(target=TARGET.with_entities(()), target_entities=(PER,), checked=True))  # fmt: skip


def test_what_there_is_to_judge_on():
    assert kinds([GIVEN, BARE, ACCEPTED]) == {"given": 1, "checked": 1}
    assert kinds([BARE]) == {} and kinds([ACCEPTED]) == {"checked": 1}
    unlabelled = stored(0, Task(SOURCE, TARGET.with_entities(()), labelled=True))
    assert kinds([unlabelled]) == {} and kinds([unlabelled, GIVEN]) == {"given": 2}


def test_a_method_never_sees_gold_or_what_people_did():
    corrected = stored(0, Task(SOURCE, TARGET, labelled=True), Edits(alignment=LINKS, placed=(PER,)))
    (case,) = cases([corrected], "given").cases
    assert case.task == Task(SOURCE, TARGET.with_entities(()), labelled=True)
    assert case.gold.entities == (Entity(Span(0, 1), "PER"), LOC) and case.links == LINKS
    assert case.source_gold is None


def test_links_that_came_with_the_text_are_used():
    (case,) = cases([stored(0, Task(SOURCE, TARGET, True, LINKS))], "given").cases
    assert case.task.alignment == LINKS


def test_recognized_labels_leave_the_given_ones_as_gold():
    (case,) = cases([GIVEN], "given", recognized=True).cases
    assert case.task.source.entities == () and not case.task.labelled and case.source_gold == SOURCE


def test_what_people_accepted_is_gold():
    found = cases([GIVEN, BARE, ACCEPTED], "checked")
    (case,) = found.cases
    assert case.position == 2 and case.gold.entities == (Entity(Span(0, 1), "PER"),) and not found.left_out
    assert case.task.target.entities == ()


def test_sentences_without_gold_are_named():
    lost = stored(3, Task(SOURCE, TARGET, True), Edits(target=Sentence.from_words(["Ganz", "anders"], "de")))
    found = cases([GIVEN, BARE, lost], "given")
    assert [case.position for case in found.cases] == [0]
    assert {places for places in found.left_out.values()} == {(1,), (3,)}
    assert any("no translation" in reason for reason in found.left_out)


def test_labels_of_a_file_find_their_sentences_by_characters():
    other_words = Sentence.from_words(["Ana", "sa", "h", "Rom"], "de", [Entity(Span(3, 4), "LOC")])
    strange = Sentence.from_words(["Wer", "?"], "de")
    file = GoldFile("gold.conll", "ab12", (strange, other_words, TARGET))
    twice = stored(1, GIVEN.task)
    nowhere = stored(2, Task(SOURCE, Sentence.from_words(["Nein"], "de"), True))
    found = cases([GIVEN, twice, nowhere], "file", file=file)
    assert [case.gold.entities for case in found.cases] == [(LOC,), TARGET.entities]
    assert found.retokenised == (0,) and found.unused == 1
    assert found.left_out == {"the file has no sentence with these characters": (2,)}


def test_settings_name_gold_and_source_labels_but_no_method():
    settings = run_settings(Setup("en", "de", methods=("heuristic",)), "checked", True)
    assert settings["gold"] == "checked" and settings["source_labels"] == "recognized"
    assert "methods" not in settings["setup"] and settings["setup"]["aligner"] == "e5-small:itermax"


@pytest.fixture
def two():
    return cases([GIVEN, stored(1, GIVEN.task)], "given").cases


def judged(case, *methods, content=None, by="", found=None):
    results = {method: found or Found(()) for method in methods}
    return Judged(Item(case.gold, SOURCE, case.position), content or case.content, results, dict.fromkeys(methods, by))


def programs(*methods: str, by: str = "") -> dict[str, str]:
    return dict.fromkeys(methods, by)


def test_only_what_lacks_or_changed_is_evaluated_again(two):
    first, second = two
    assert missing(two, {}, programs("a", "b")) == (list(two), ["a", "b"])
    known = {0: judged(first, "a", "b"), 1: judged(second, "a")}
    assert missing(two, known, programs("a", "b")) == ([second], ["b"])
    assert missing(two, known, programs("a")) == ([], [])
    changed = {0: judged(first, "a", content="older"), 1: judged(second, "a")}
    assert missing(two, changed, programs("a")) == ([first], ["a"])


def test_results_of_another_program_are_none(two):
    known = {0: judged(two[0], "a", by="old"), 1: judged(two[1], "a", by="new")}
    assert missing(two, known, programs("a", by="new")) == ([two[0]], ["a"])
    assert missing(two, known, programs("a")) == ([], [])  # nobody knows what it is now


def test_what_failed_can_be_named(two):
    known = {0: judged(two[0], "a", found=Found(None, "No.")), 1: judged(two[1], "a", "b")}
    assert failed(two, known, ["a", "b", "c"]) == {"a": [two[0]]}


def test_a_study_has_the_sentences_that_all_methods_did(two):
    first, second = two
    study = study_of(two, {0: judged(first, "a"), 1: judged(second, "a", "b")}, programs("a", "b"), "s")
    assert [item.position for item in study.items] == [1] and study.methods == ("a", "b") and study.signature == "s"


def test_whether_sources_have_labels():
    assert is_labelled([GIVEN]) and not is_labelled([stored(0, Task(SOURCE, TARGET))])
    assert is_labelled([stored(0, Task(SOURCE, TARGET), Edits(source_entities=()))])
