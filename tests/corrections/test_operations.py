"""What a person can do to a sentence: each operation by hand, then any number of them in any order."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.corrections import operations
from projection.corrections.edits import Edits
from projection.errors import ProjectionError, SpanError
from projection.pipeline import Outcome, Task
from projection.types import Alignment, Derivation, Entity, Sentence, Span
from tests.corrections.model import LINKED, PLACED, WRITTEN, sentence, sheet_of, spans, then

SOURCE = sentence("Ann met Bob in Rome", (0, 1, "PER"), (2, 3, "PER"), (4, 5, "LOC"))
TARGET = sentence("Ann viu Bob em Roma", language="pt")
LINKS = Alignment(frozenset((n, n) for n in range(5)), 5, 5)
GIVEN = Task(SOURCE, TARGET, True, LINKS)
"""Labels, both texts and links came with the file."""
BARE = Task(SOURCE.with_entities(()))
"""Only a text came: labels, translation and links are a machine's."""


def on(start, end, **more):
    return {"start": start, "end": end} | more


def label(start, end, label, side="target"):
    return on(start, end, kind="label", side=side, label=label)


def remove(start, end, side="target"):
    return on(start, end, kind="remove", side=side)


def move(start, end, to, side="target"):
    return on(start, end, kind="move", side=side, to=list(to))


def link(source, target, on=True):
    return {"kind": "link", "source": source, "target": target, "on": on}


def split(word, at, side="target"):
    return {"kind": "split", "side": side, "word": word, "at": at}


def merge(word, side="target"):
    return {"kind": "merge", "side": side, "word": word}


CHECK, UNCHECK = {"kind": "check"}, {"kind": "uncheck"}


def after(sheet, *steps):
    """Return what is seen after some operations, everything computed anew in between."""
    for step in steps:
        sheet = then(sheet, operations.apply(sheet, step).edits)
    return sheet


def refusal(sheet, operation):
    with pytest.raises(ProjectionError) as refused:
        operations.apply(sheet, operation)
    return str(refused.value)


def test_the_model_labels_what_it_should():
    seen = sheet_of(GIVEN)
    assert spans(seen.entities) == [
        (0, 1, "PER", "projected"), (2, 3, "PER", "projected"), (4, 5, "LOC", "projected"),
    ]  # fmt: skip
    bare = sheet_of(BARE)
    assert bare.target.text == "ANN MET BOB IN ROME" and spans(bare.entities) == spans(seen.entities)
    assert sheet_of(BARE, method=WRITTEN).target.text == "ANNo METo BOBo INo ROMEo"


# labels of the target -----------------------------------------------------------------------------------


def test_a_corrected_label_stays_beside_automatic_ones():
    seen = after(sheet_of(GIVEN), label(4, 5, "ORG"))
    assert spans(seen.entities) == [
        (0, 1, "PER", "projected"), (2, 3, "PER", "projected"), (4, 5, "ORG", "corrected"),
    ]  # fmt: skip
    assert seen.entities[2].derived == Derivation(LINKED, Span(4, 5), "LOC", 0.5, "settings-1")
    assert seen.entities[2].score is None, "the score was that of another label"
    # the link to Bob goes, and with it his label; what the person decided does not
    assert spans(after(seen, link(2, 2, False)).entities) == [(0, 1, "PER", "projected"), (4, 5, "ORG", "corrected")]


def test_a_label_on_free_words_is_manual():
    seen = after(sheet_of(GIVEN), label(1, 2, "MISC"))
    assert seen.entity_at("target", Span(1, 2)) == Entity(Span(1, 2), "MISC", None, "manual")
    assert seen.entity_at("target", Span(1, 2)).derived is None
    assert len(seen.entities) == 4


def test_a_label_over_several_takes_their_place_and_says_so():
    change = operations.apply(sheet_of(GIVEN), label(1, 5, "MISC"))
    assert [(entity.span, entity.label) for entity in change.lost] == [(Span(2, 3), "PER"), (Span(4, 5), "LOC")]
    assert spans(then(sheet_of(GIVEN), change.edits).entities) == [(0, 1, "PER", "projected"), (1, 5, "MISC", "manual")]


def test_the_same_label_again_changes_nothing():
    seen = sheet_of(GIVEN)
    assert operations.apply(seen, label(4, 5, "LOC")).edits == seen.edits
    once = after(seen, label(4, 5, "ORG"))
    assert operations.apply(once, label(4, 5, " ORG ")).edits == once.edits


def test_back_where_the_machine_had_it_counts_as_accepted():
    derived = Derivation(LINKED, Span(4, 5), "LOC", 0.5, "settings-1")
    for steps in (
        [label(4, 5, "ORG"), label(4, 5, "LOC")],
        [move(4, 5, (3, 5)), move(3, 5, (4, 5))],
        [move(4, 5, (3, 5)), label(3, 5, "ORG"), label(3, 5, "LOC"), move(3, 5, (4, 5))],
        [label(4, 5, "ORG"), on(4, 5, kind="place", to=[4, 5], label="LOC")],
    ):
        (entity,) = [one for one in after(sheet_of(GIVEN), *steps).entities if one.span == Span(4, 5)]
        assert (entity, entity.derived) == (Entity(Span(4, 5), "LOC", 0.5, "accepted"), derived)


def test_borders_move_but_not_into_another_label():
    seen = sheet_of(GIVEN)
    moved = after(seen, move(4, 5, (3, 5)))
    assert spans(moved.entities)[2] == (3, 5, "LOC", "corrected")
    assert moved.entities[2].derived.span == Span(4, 5)
    assert refusal(seen, move(4, 5, (2, 5))) == "PER at words 3 to 3 is there: shrink or delete it first."
    assert "no label at words 2 to 2 any more" in refusal(seen, move(1, 2, (1, 3)))
    assert operations.apply(seen, move(4, 5, (4, 5))).edits == seen.edits


def test_what_was_removed_stays_removed():
    seen = after(sheet_of(GIVEN), remove(4, 5))
    assert [entity.label for entity in seen.entities] == ["PER", "PER"]
    again = after(seen, link(3, 3, False), label(4, 5, "ORG", "source"), link(3, 3, True))
    assert [entity.label for entity in again.entities] == ["PER", "PER"]
    assert spans(after(again, CHECK).entities) == [(0, 1, "PER", "accepted"), (2, 3, "PER", "accepted")]


def test_nothing_comes_up_from_below_a_label_that_is_taken_away():
    # a label over Bob's and Rome's, put there while the links said nothing of Rome
    seen = after(sheet_of(GIVEN), link(4, 4, False), label(3, 5, "MISC"), link(4, 4, True))
    assert spans(seen.entities)[2] == (3, 5, "MISC", "manual")
    assert [entity.label for entity in after(seen, remove(3, 5)).entities] == ["PER", "PER"]
    shrunk = after(seen, move(3, 5, (3, 4)))
    assert [(entity.span.start, entity.label) for entity in shrunk.entities] == [(0, "PER"), (2, "PER"), (3, "MISC")]


def test_confirming_keeps_one_label_whatever_happens_to_the_links():
    seen = after(sheet_of(GIVEN), on(4, 5, kind="confirm"))
    assert spans(seen.entities)[2] == (4, 5, "LOC", "accepted")
    assert seen.entities[2].score == 0.5 and seen.entities[2].derived.method == LINKED
    assert spans(after(seen, link(4, 4, False), link(2, 2, False)).entities) == [
        (0, 1, "PER", "projected"), (4, 5, "LOC", "accepted"),
    ]  # fmt: skip
    assert operations.apply(seen, on(4, 5, kind="confirm")).edits == seen.edits
    assert "choose it again" in refusal(seen, on(1, 2, kind="confirm"))


def test_a_candidate_takes_the_place_of_the_label_it_belongs_to():
    seen = after(sheet_of(GIVEN), on(4, 5, kind="place", to=[3, 4], label="LOC"))
    assert spans(seen.entities)[2] == (3, 4, "LOC", "corrected")
    assert seen.entities[2].derived.span == Span(4, 5)
    # none yet: on free words it is a person's own, over another label that one goes
    change = operations.apply(
        sheet_of(GIVEN), {"kind": "place", "start": None, "end": None, "to": [1, 3], "label": "X"}
    )
    assert [entity.span for entity in change.lost] == [Span(2, 3)]
    assert spans(then(sheet_of(GIVEN), change.edits).entities)[1] == (1, 3, "X", "manual")


# labels once accepted -----------------------------------------------------------------------------------


def test_accepting_keeps_text_and_labels_whatever_the_machine_says_later():
    seen = after(sheet_of(BARE), label(4, 5, "ORG"), label(3, 4, "X"), CHECK)
    assert seen.edits.checked and seen.edits.target.text == "ANN MET BOB IN ROME"
    said = [(0, 1, "PER", "accepted"), (2, 3, "PER", "accepted"), (3, 4, "X", "manual"), (4, 5, "ORG", "corrected")]
    assert spans(seen.entities) == said
    assert spans(after(seen, link(0, 0, False), remove(2, 3, "source"), label(1, 2, "Y", "source")).entities) == said
    unchecked = after(seen, UNCHECK)
    assert not unchecked.edits.checked and spans(unchecked.entities) == said
    assert operations.apply(seen, CHECK).edits == seen.edits


@pytest.mark.parametrize("origin", ["accepted", "bulk"])
def test_accepted_labels_say_what_they_were_made_from(origin):
    edits = operations.check(sheet_of(GIVEN), origin).edits
    assert [entity.origin for entity in edits.target_entities] == [origin] * 3
    assert edits.target_entities[0].score == 0.5
    assert edits.target_entities[0].derived == Derivation(LINKED, Span(0, 1), "PER", 0.5, "settings-1")
    corrected = after(then(sheet_of(GIVEN), edits), label(0, 1, "ORG")).entities[0]
    assert (corrected.origin, corrected.derived) == ("corrected", edits.target_entities[0].derived)


def test_operations_on_accepted_labels():
    seen = after(sheet_of(GIVEN), CHECK)
    seen = after(seen, label(4, 5, "ORG"), move(2, 3, (1, 3)), remove(0, 1), label(3, 4, "X"))
    assert spans(seen.entities) == [(1, 3, "PER", "corrected"), (3, 4, "X", "manual"), (4, 5, "ORG", "corrected")]
    assert seen.edits.target_entities == seen.entities and not seen.edits.placed and not seen.edits.removed
    placed = after(seen, on(4, 5, kind="place", to=[0, 1], label="LOC"))
    assert spans(placed.entities)[0] == (0, 1, "LOC", "corrected")


def test_nothing_can_be_accepted_before_there_are_labels():
    nothing = Outcome(Task(SOURCE), SOURCE, None)
    seen = replace(sheet_of(BARE), outcome=nothing)
    assert refusal(seen, CHECK) == "There are no labels to accept yet."
    assert "There is no target text yet" in refusal(seen, label(0, 1, "PER"))


def test_labels_by_hand_are_accepted_even_where_the_method_failed():
    failed = replace(sheet_of(GIVEN), outcome=Outcome(GIVEN, SOURCE, TARGET))
    labelled = replace(failed, edits=operations.apply(failed, label(0, 1, "PER")).edits)
    assert spans(operations.apply(labelled, CHECK).edits.target_entities) == [(0, 1, "PER", "manual")]


def test_the_labels_of_another_method_are_taken_over_and_the_ones_that_go_are_named():
    seen = after(sheet_of(Task(SOURCE, TARGET, True)), link(4, 4, False), label(1, 2, "X"))
    change = operations.apply(seen, {"kind": "method", "name": PLACED})
    assert [(entity.span.start, entity.label) for entity in change.lost] == [(1, "X")]
    assert spans(change.edits.target_entities)[2] == (4, 5, "LOC", "accepted")
    assert change.edits.target_entities[2].derived.method == PLACED
    assert refusal(seen, {"kind": "method", "name": "clap"}) == "clap has no result for this sentence."


def test_another_methods_own_text_comes_with_its_labels():
    change = operations.apply(sheet_of(BARE), {"kind": "method", "name": WRITTEN})
    seen = then(sheet_of(BARE), change.edits)
    assert seen.target.text == "ANNo METo BOBo INo ROMEo"
    assert [seen.target.text_of(entity.span) for entity in seen.entities] == ["ANNo", "BOBo", "ROMEo"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (label(4, 5, "ORG"), [(0, 1, "PER", "projected"), (2, 3, "PER", "projected"), (4, 5, "ORG", "corrected")]),
        (remove(4, 5), [(0, 1, "PER", "projected"), (2, 3, "PER", "projected")]),
        (link(0, 1), [(0, 1, "PER", "projected"), (2, 3, "PER", "projected"), (4, 5, "LOC", "projected")]),
        (split(0, 2), [(0, 2, "PER", "projected"), (3, 4, "PER", "projected"), (5, 6, "LOC", "projected")]),
        (CHECK, [(0, 1, "PER", "accepted"), (2, 3, "PER", "accepted"), (4, 5, "LOC", "accepted")]),
    ],
)
def test_a_method_that_writes_its_own_text_keeps_its_other_labels_when_one_is_corrected(step, said):
    seen = after(sheet_of(BARE, method=WRITTEN), step)
    assert seen.projection is None, "it labels no given text, and the text is given from now on"
    assert "".join(seen.target.words) == "ANNoMEToBOBoINoROMEo"
    assert spans(seen.entities) == said
    assert after(seen, CHECK).edits.checked


# labels of the source -----------------------------------------------------------------------------------


def test_source_labels_are_corrected_and_projected_anew():
    seen = after(sheet_of(GIVEN), label(1, 2, "X", "source"), remove(2, 3, "source"), move(4, 5, (3, 5), "source"))
    assert spans(seen.entities_on("source")) == [
        (0, 1, "PER", "gold"),
        (1, 2, "X", "manual"),
        (3, 5, "LOC", "corrected"),
    ]
    assert spans(seen.entities) == [(0, 1, "PER", "projected"), (1, 2, "X", "projected"), (3, 5, "LOC", "projected")]


def test_corrected_labels_of_a_recognizer_say_so():
    seen = after(sheet_of(BARE), label(4, 5, "ORG", "source"))
    entity = seen.entities_on("source")[2]
    assert (entity.origin, entity.derived) == (
        "corrected", Derivation("recognition", Span(4, 5), "LOC", 0.75, "settings-1")
    )  # fmt: skip
    assert [one.origin for one in seen.entities_on("source")] == ["model", "model", "corrected"]
    back = after(seen, label(4, 5, "LOC", "source")).entities_on("source")[2]
    assert (back.origin, back.score) == ("accepted", 0.75)


# links --------------------------------------------------------------------------------------------------


def test_links_by_hand_are_followed():
    seen = after(sheet_of(GIVEN), link(4, 3), link(0, 0, False))
    assert seen.alignment.links == {(1, 1), (2, 2), (3, 3), (4, 4), (4, 3)}
    assert spans(seen.entities) == [(2, 3, "PER", "projected"), (3, 5, "LOC", "projected")]
    assert operations.apply(seen, link(4, 3)).edits == seen.edits
    assert operations.apply(seen, link(0, 0, False)).edits == seen.edits


def test_links_keep_scores_and_possible_ones():
    links = Alignment(frozenset({(0, 0), (4, 4)}), 5, 5, {(0, 0): 0.25, (4, 4): 0.5}, frozenset({(2, 2)}))
    seen = after(sheet_of(Task(SOURCE, TARGET, True, links)), link(2, 2), link(4, 4, False))
    assert seen.edits.alignment == Alignment(frozenset({(0, 0), (2, 2)}), 5, 5, {(0, 0): 0.25})


def test_links_count_the_words_of_the_text_that_is_seen():
    seen = after(sheet_of(BARE), link(0, 1))
    assert seen.edits.target.text == "ANN MET BOB IN ROME", "kept: another translation has other words"
    assert "choose them again" in refusal(seen, link(0, 5)) and "choose them again" in refusal(seen, link(-1, 0))


# words --------------------------------------------------------------------------------------------------


def test_split_and_merge_carry_labels_and_links():
    seen = after(sheet_of(GIVEN), label(4, 5, "ORG"), link(3, 4), split(0, 2), split(5, 1))
    assert seen.target.words == ("An", "n", "viu", "Bob", "em", "R", "oma") and seen.target.text == TARGET.text
    assert spans(seen.entities) == [(0, 2, "PER", "projected"), (3, 4, "PER", "projected"), (5, 7, "ORG", "corrected")]
    assert seen.entities[2].derived.span == Span(5, 7)
    assert seen.alignment.links == {(0, 0), (0, 1), (1, 2), (2, 3), (3, 4), (3, 5), (3, 6), (4, 5), (4, 6)}
    back = after(seen, merge(5), merge(0))
    assert back.target.tokens == TARGET.tokens and back.alignment.links == LINKS.links | {(3, 4)}
    assert back.entities[2].derived.span == Span(4, 5)
    assert spans(after(back, label(4, 5, "LOC")).entities)[2] == (4, 5, "LOC", "accepted")


def test_joining_over_a_space_takes_the_space_away():
    seen = after(sheet_of(GIVEN), merge(3))
    assert seen.target.text == "Ann viu Bob emRoma" and seen.target.words[3] == "emRoma"
    assert spans(seen.entities)[2] == (3, 4, "LOC", "projected")
    wide = Sentence("Ann  \u3000 viu", (TARGET.tokens[0], replace(TARGET.tokens[1], start=7, end=10)), "pt")
    joined = operations.apply(sheet_of(Task(SOURCE, wide, True)), merge(0)).edits.target
    assert joined.text == "Annviu" and joined.words == ("Annviu",)


def test_two_labels_that_meet_are_not_joined():
    seen = after(sheet_of(GIVEN), label(3, 4, "X"))
    assert refusal(seen, merge(3)) == "Two labels meet here: delete one of them before joining the words."
    assert refusal(after(seen, CHECK), merge(3)).startswith("Two labels meet here")
    source = after(sheet_of(GIVEN), label(1, 2, "X", "source"))
    assert refusal(source, merge(0, "source")).startswith("Two labels meet here")
    assert spans(after(seen, merge(0)).entities)[0] == (0, 1, "PER", "projected")


def test_words_of_the_source_are_split_with_their_labels_and_links():
    seen = after(sheet_of(GIVEN), label(4, 5, "ORG"), split(0, 1, "source"), merge(4, "source"))
    assert seen.source.words == ("A", "nn", "met", "Bob", "inRome")
    assert spans(seen.entities_on("source")) == [(0, 2, "PER", "gold"), (3, 4, "PER", "gold"), (4, 5, "LOC", "gold")]
    assert seen.alignment.links == {(0, 0), (1, 0), (2, 1), (3, 2), (4, 3), (4, 4)}
    assert spans(seen.entities) == [(0, 1, "PER", "projected"), (2, 3, "PER", "projected"), (4, 5, "ORG", "corrected")]


def test_what_was_removed_stays_removed_when_words_are_split_or_joined():
    seen = after(sheet_of(GIVEN), remove(4, 5), split(4, 2))
    assert [entity.label for entity in seen.entities] == ["PER", "PER"]
    assert [entity.label for entity in after(seen, merge(4)).entities] == ["PER", "PER"]
    # ... but a label that is there does not go because a word without one joined it
    seen = after(sheet_of(GIVEN), link(3, 4, False), label(3, 4, "X", "source"), remove(3, 4), merge(3))
    assert len(seen.entities) == 3 and seen.entities[2].span == Span(3, 4)


@pytest.mark.parametrize("operation", [split(0, 0), split(0, 3), split(0, 99), split(0, -1), split(5, 1), split(-1, 1),
                                       merge(4), merge(5), merge(-1)])  # fmt: skip
@pytest.mark.parametrize("side", ["source", "target"])
def test_words_that_are_not_there(operation, side):
    said = refusal(sheet_of(GIVEN), operation | {"side": side})
    assert "can be split only inside the word" in said or "There is no such word" in said


@pytest.mark.parametrize(
    ("word", "at", "halves"),
    [
        ("👩‍👩‍👧s", 5, ("👩‍👩‍👧", "s")),
        ("👩‍👩‍👧", 1, ("👩", "\u200d👩‍👧")),
        ("e\u0301a", 2, ("e\u0301", "a")),
        ("مرحبا", 2, ("مر", "حبا")),
        ("東京都", 2, ("東京", "都")),
        ("𝕊𝕋", 1, ("𝕊", "𝕋")),
        ("New York", 3, ("New", " York")),
    ],
)
def test_words_of_all_scripts_are_split_by_code_points(word, at, halves):
    task = Task(SOURCE, Sentence.from_words(["x", word, "y"], "und", space_after=[False, False, False]), True)
    seen = after(sheet_of(task), label(1, 2, "X"), split(1, at))
    assert seen.target.words == ("x", *halves, "y") and seen.target.text == f"x{word}y"
    assert spans(seen.entities)[1:2] == [(1, 3, "X", "corrected")] or (1, 3, "X", "manual") in spans(seen.entities)
    assert after(seen, merge(1)).target == task.target


def test_a_half_of_spaces_is_no_word():
    task = Task(SOURCE, Sentence.from_words(["a ", "b"], "und"), True)
    assert "only inside the word" in refusal(sheet_of(task), split(0, 1))


# texts --------------------------------------------------------------------------------------------------


def text(text, side="target"):
    return {"kind": "text", "side": side, "text": text}


def test_a_persons_labels_follow_the_text_as_far_as_it_stands():
    seen = after(sheet_of(GIVEN), label(4, 5, "ORG"), label(1, 2, "X"), remove(0, 1), link(0, 1))
    change = operations.apply(seen, text("Ontem Ann conheceu Bob em Roma"))
    assert [(entity.span.start, entity.label) for entity in change.lost] == [(1, "X")]
    now = then(seen, change.edits)
    assert now.edits.alignment is None and now.target.words[1] == "Ann"
    assert (5, 6, "ORG", "corrected") in spans(now.entities)
    assert now.entity_at("target", Span(5, 6)).derived == Derivation(LINKED, Span(5, 6), "LOC", 0.5, "settings-1")
    # Ann's label was removed, so the one that the new links would put there does not count
    assert now.edits.removed == (Span(1, 2), Span(5, 6))


def test_a_changed_text_has_to_be_checked_again_and_what_was_not_accepted_stays_out():
    seen = after(sheet_of(GIVEN), remove(0, 1), CHECK, text("Ann viu Bob em Roma hoje"))
    assert not seen.edits.checked
    assert spans(seen.entities) == [(2, 3, "PER", "accepted"), (4, 5, "LOC", "accepted")]


def test_a_changed_source_keeps_labels_of_both_sides():
    seen = after(sheet_of(GIVEN), label(4, 5, "ORG"), label(1, 2, "X", "source"), CHECK)
    seen = after(seen, text("Today Ann met Bob in Rome", "source"))
    assert spans(seen.entities_on("source")) == [
        (1, 2, "PER", "gold"), (2, 3, "X", "manual"), (3, 4, "PER", "gold"), (5, 6, "LOC", "gold"),
    ]  # fmt: skip
    assert (4, 5, "ORG", "corrected") in spans(seen.entities) and not seen.edits.checked


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "The text is empty"),
        (" \n\u2003", "The text is empty"),
        ("Ann viu Bob em Roma ", "the same as before"),
        ("half \ud83d", "half a surrogate pair"),
        ("zero \0", "number 0"),
        ("x" * 100_001, "at most 100000 characters"),
    ],
)
def test_texts_that_are_refused(wrong, said):
    assert said in refusal(sheet_of(GIVEN), text(wrong))


# the rest -----------------------------------------------------------------------------------------------


def test_flags_and_notes_stay_when_everything_else_goes():
    seen = after(sheet_of(GIVEN), {"kind": "flag", "on": True}, {"kind": "note", "text": " <b>look</b> \n again "})
    seen = after(seen, label(4, 5, "ORG"), link(0, 1), text("Ann e Bob"), CHECK, {"kind": "automatic"})
    assert seen.edits == Edits(flagged=True, note="<b>look</b> \n again")
    assert after(seen, {"kind": "flag", "on": False}, {"kind": "note", "text": ""}).edits == Edits()
    assert "10000 characters" in refusal(seen, {"kind": "note", "text": "x" * 10_001})


@pytest.mark.parametrize(
    "wrong", ["", "  ", "\n", "PER\nLOC", "x" * 101, "x" * 10_000, "a\0b", "a\u2028b", "\u202e", "\ud800"]
)
@pytest.mark.parametrize("kind", ["label", "place"])
def test_labels_that_are_refused(wrong, kind):
    assert "label" in refusal(sheet_of(GIVEN), on(0, 1, kind=kind, side="target", to=[0, 1], label=wrong))


def test_a_label_of_markup_is_a_label():
    assert after(sheet_of(GIVEN), label(0, 1, "<img onerror=x>")).entities[0].label == "<img onerror=x>"


GOOD = [
    label(0, 1, "ORG"), remove(0, 1), move(0, 1, (0, 2)), on(0, 1, kind="place", to=[1, 2], label="X"),
    on(0, 1, kind="confirm"), link(0, 1), split(0, 1), merge(0), {"kind": "flag", "on": True},
    {"kind": "note", "text": "x"}, {"kind": "method", "name": PLACED}, text("x"),
]  # fmt: skip
WRONG = [
    None,
    True,
    -1,
    2**70,
    1.5,
    float("nan"),
    float("inf"),
    "1",
    "\ud800",
    [],
    [1],
    [1, 2, 3],
    {},
    [0, True],
    [3, 1],
    b"x",
]


@pytest.mark.parametrize("good", GOOD, ids=lambda operation: operation["kind"])
def test_operations_of_a_page_that_means_ill_are_refused_in_a_sentence(good):
    seen = sheet_of(GIVEN)
    assert operations.apply(seen, good).edits != seen.edits
    for key in good:
        said = refusal(seen, {name: value for name, value in good.items() if name != key})
        assert said.endswith("; reload the page."), said
        for wrong in WRONG:
            fine = type(wrong) is type(good[key]) and wrong in (True, "1")
            if fine or (good["kind"] == "place" and key in ("start", "end") and type(wrong) is int):
                continue  # a candidate is placed also where the label it belonged to has gone
            said = refusal(seen, good | {key: wrong})
            assert said.endswith(".") and len(said) < 400, said


def test_spans_the_wrong_way_round_or_outside():
    seen = sheet_of(GIVEN)
    assert "the first word comes before the last" in refusal(seen, label(3, 1, "X"))
    assert "the first word comes before the last" in refusal(seen, label(2, 2, "X"))
    assert "the first word comes before the last" in refusal(seen, label(-1, 2, "X"))
    assert refusal(seen, label(3, 6, "X")) == "The target text has 5 words, there is no word 6: choose the words again."
    assert "there is no word" in refusal(seen, label(0, 2**62, "X", "source"))


def test_a_page_cannot_say_what_only_the_program_says():
    seen = sheet_of(GIVEN)
    assert operations.apply(seen, CHECK | {"origin": "gold", "sheet": 1, "span": "x"}) == operations.apply(seen, CHECK)
    assert refusal(seen, {"kind": "__class__"}) == "There is no operation '__class__'; reload the page."
    assert "There is no operation" in refusal(seen, {"kind": ["label"]})
    assert "There is no operation" in refusal(seen, {})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from([*operations._OPERATIONS, "undo", "nothing"])
FIELDS = ("side", "start", "end", "to", "label", "source", "target", "on", "word", "at", "name", "text")


@given(KINDS, st.dictionaries(st.sampled_from(FIELDS), JUNK))
def test_no_junk_gets_further_than_a_refusal(kind, values):
    seen = sheet_of(GIVEN)
    try:
        edits = operations.apply(seen, {"kind": kind, **values}).edits
    except ProjectionError as refused:
        assert str(refused)
    else:
        held(then(seen, edits))


# any number of operations -------------------------------------------------------------------------------

WORDS = st.integers(0, 6)
SIDES = st.sampled_from(["source", "target"])
LABELS = st.sampled_from(["PER", "LOC", "X"])
PIECES = st.sampled_from(["Ann", "Bob", "Rome", "e\u0301", "👩\u200d👧", "مرحبا", "東京", "x"])
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map(" ".join)


@st.composite
def anything(draw):
    """Draw an operation that may well make sense on a sentence of about five words."""
    kind = draw(st.sampled_from([*operations._OPERATIONS, "label", "remove", "move", "link", "split", "merge"]))
    start = draw(WORDS)
    to = draw(WORDS)
    nowhere = kind == "place" and draw(st.booleans())
    return {
        "kind": kind, "side": draw(SIDES), "label": draw(LABELS), "on": draw(st.booleans()),
        "start": None if nowhere else start, "end": None if nowhere else start + draw(st.integers(1, 3)),
        "to": [to, to + draw(st.integers(1, 3))], "source": draw(WORDS), "target": draw(WORDS), "word": draw(WORDS),
        "at": draw(st.integers(1, 3)), "name": draw(st.sampled_from([LINKED, PLACED, WRITTEN])), "text": draw(TEXTS),
    }  # fmt: skip


TASKS = st.sampled_from([GIVEN, BARE, Task(SOURCE, TARGET, True), Task(SOURCE.with_entities(()), TARGET)])
METHODS = st.sampled_from([LINKED, PLACED, WRITTEN])


def held(seen):
    """Check what must be so whatever a person did."""
    for side in ("source", "target"):
        words = seen.sentence_on(side)
        words.with_entities(seen.entities_on(side))  # not overlapping, not outside
        assert all(word.strip() for word in words.words)
    edits = seen.edits
    if edits.alignment is not None:
        assert (edits.alignment.source_length, edits.alignment.target_length) == (len(seen.source), len(seen.target))
    back = Edits.from_dict(json.loads(json.dumps(edits.to_dict())))
    assert back == edits and back.to_dict() == edits.to_dict()
    for entity in (*seen.entities, *seen.entities_on("source")):
        if entity.origin in ("accepted", "bulk"):
            assert entity.derived is None or (entity.derived.span, entity.derived.label) == (entity.span, entity.label)
        if entity.derived is not None:
            assert entity.origin in ("accepted", "bulk", "corrected") and entity.derived.settings == "settings-1"


@given(TASKS, METHODS, st.lists(anything(), max_size=12))
def test_any_sequence_keeps_the_sentence_whole(task, method, steps):
    seen = sheet_of(task, method=method)
    for step in steps:
        try:
            edits = operations.apply(seen, step).edits
        except ProjectionError as refused:
            assert str(refused).endswith((".", "again"))
            continue
        seen = then(seen, edits)
        held(seen)


@given(TASKS, METHODS, st.booleans(), st.lists(anything(), max_size=12))
def test_labels_of_the_target_are_what_a_list_of_them_would_be(task, method, accepted, steps):
    """A model of labels as a plain set: what is seen after each step is exactly what the step says."""
    seen = sheet_of(task, method=method)
    if accepted and seen.projection is not None:
        seen = after(seen, CHECK)
    for step in steps:
        kind = step["kind"]
        if kind not in ("label", "remove", "move", "place", "confirm"):
            continue
        step = step | {"side": "target"}
        before = {(entity.span.start, entity.span.end, entity.label) for entity in seen.entities}
        expected = _labels_after(before, step, len(seen.target))
        try:
            edits = operations.apply(seen, step).edits
        except SpanError:
            assert expected is None
            continue
        assert expected is not None
        seen = then(seen, edits)
        assert {(entity.span.start, entity.span.end, entity.label) for entity in seen.entities} == expected


def _labels_after(labels, step, words):
    """Return the labels after a step, None if it cannot be done."""
    span, to, name = (step["start"], step["end"]), tuple(step["to"]), step["label"]
    there = [one for one in labels if one[:2] == span]

    def free_of(end_points, among):
        return {one for one in among if one[1] <= end_points[0] or one[0] >= end_points[1]}

    if step["kind"] == "label":
        return None if span[1] > words else free_of(span, labels) | {(*span, name)}
    if step["kind"] == "place":
        return None if to[1] > words else free_of(to, labels - set(there)) | {(*to, name)}
    if not there:
        return None
    if step["kind"] == "move":
        others = labels - set(there)
        blocked = to[1] > words or free_of(to, others) != others
        return None if blocked else others | {(*to, there[0][2])}
    return labels - set(there) if step["kind"] == "remove" else labels


@given(TASKS, METHODS, st.lists(anything(), max_size=8), st.lists(anything(), max_size=6))
def test_what_a_person_decided_stays_when_links_and_source_labels_change(task, method, decided, later):
    seen = sheet_of(task, method=method)
    for step in decided:
        if step["kind"] in ("label", "remove", "move", "place", "confirm", "check"):
            try:
                seen = then(seen, operations.apply(seen, step | {"side": "target"}).edits)
            except SpanError:
                continue
    people = {entity for entity in seen.entities if entity.origin not in operations.AUTOMATIC}
    removed = set(seen.edits.removed)
    for step in later:
        upstream = step["kind"] == "link" or (step["kind"] in ("label", "remove", "move") and step["side"] == "source")
        if not upstream:
            continue
        try:
            seen = then(seen, operations.apply(seen, step).edits)
        except SpanError:
            continue
        assert people <= set(seen.entities)
        automatic = {entity.span for entity in seen.entities if entity.origin in operations.AUTOMATIC}
        assert seen.edits.target_entities is not None or not automatic & removed


@given(TASKS, METHODS, SIDES, WORDS, st.integers(1, 3), st.lists(anything(), max_size=4))
def test_split_and_then_join_is_as_before(task, method, side, word, at, steps):
    seen = sheet_of(task, method=method)
    for step in steps:
        try:
            seen = then(seen, operations.apply(seen, step).edits)
        except ProjectionError:
            continue
    try:
        parted = after(seen, split(word, at, side))
    except SpanError:
        return
    try:
        back = after(parted, merge(word, side))
    except SpanError:  # the aligner saw other words in between, and put two labels where they were parted
        assert seen.edits.alignment is None and parted.alignment != seen.alignment
        return
    for one in ("source", "target"):
        assert back.sentence_on(one).words == seen.sentence_on(one).words
    people = [entity for entity in seen.entities if entity.origin not in operations.AUTOMATIC]
    assert set(people) <= set(back.entities)
    if seen.edits.alignment is not None:
        assert back.edits.alignment.links == seen.edits.alignment.links
