"""Edits as values: what they do to a task, what survives a changed text, the way to JSON and back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from projection.corrections.edits import Edits
from projection.corrections.operations import carry_over
from projection.pipeline import Task
from projection.types import Alignment, Bitext, Derivation, Entity, Projection, Sentence, Span
from tests.corrections.model import sentence

SOURCE = sentence("Ann lives in New York", (0, 1, "PER"), (3, 5, "LOC"))
TARGET = sentence("Ann wohnt in New York", language="de")
LINKS = Alignment(frozenset({(0, 0)}), 5, 5, {(0, 0): 0.5}, frozenset({(1, 1)}))


def test_no_edits_change_nothing():
    task = Task(SOURCE, TARGET, True, LINKS)
    assert Edits().apply(task) == task
    assert Edits().final_entities(None) == ()


def test_labels_links_and_texts_reach_the_pipeline():
    human = (Entity(Span(0, 1), "ORG", origin="human"),)
    applied = Edits(source_entities=human).apply(Task(SOURCE))
    assert applied.labelled and applied.source.entities == human
    other = Alignment(frozenset({(1, 1)}), 5, 5)
    assert Edits(alignment=other).apply(Task(SOURCE, TARGET, alignment=LINKS)).alignment == other
    longer = sentence("Ann wohnt jetzt in New York", language="de")
    applied = Edits(target=longer).apply(Task(SOURCE, TARGET, alignment=LINKS))
    assert applied.target == longer and applied.alignment is None, "the old links count other words"
    assert Edits(target_entities=human).final_entities(None) == human


def projection(*entities, target=TARGET):
    found = tuple(Entity(Span(start, end), label, 0.5, "projected") for start, end, label in entities)
    return Projection(Bitext(SOURCE, target), (), (), (), "m", "m", own_entities=found)


def test_labels_that_count_are_a_persons_and_the_automatic_ones_they_left():
    automatic = projection((0, 1, "PER"), (1, 2, "X"), (3, 5, "LOC"))
    placed = Entity(Span(4, 5), "ORG", origin="manual")
    edits = Edits(placed=(placed,), removed=(Span(1, 2), Span(3, 4)))
    assert edits.final_entities(automatic) == (automatic.entities[0], placed)
    assert Edits(removed=(Span(3, 4),)).final_entities(automatic) == automatic.entities, "another span was removed"
    assert Edits(placed=(placed,)).final_entities(None) == (placed,)
    assert Edits(target_entities=()).final_entities(automatic) == ()
    assert [e.decides_target for e in (Edits(), edits, Edits(target_entities=()), Edits(note="x"))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_labels_on_other_words_than_the_persons_text_do_not_count():
    typed = sentence("Ann", language="pt")
    assert Edits(target=typed).final_entities(projection((3, 5, "LOC"))) == ()
    assert len(Edits(target=typed).final_entities(projection((0, 1, "PER"), target=typed))) == 1


def test_labels_follow_a_changed_text_as_far_as_they_can():
    after = sentence("Yesterday Ann still lives in York")
    kept, lost = carry_over(SOURCE.entities, SOURCE, after)
    assert [(e.span, e.label) for e in kept] == [(Span(1, 2), "PER")]
    assert [e.label for e in lost] == ["LOC"]
    derived = Derivation("m", Span(0, 2), "PER", 0.5)
    corrected = Entity(Span(0, 1), "PER", origin="corrected", derived=derived)
    assert carry_over([corrected], SOURCE, after)[0][0].derived is None, "its words do not stand together any more"
    whole = sentence("Oh Ann lives in New York")
    assert carry_over([corrected], SOURCE, whole)[0][0].derived == Derivation("m", Span(1, 3), "PER", 0.5)


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), st.lists(st.sampled_from("abcd"), max_size=8))
def test_carried_labels_cover_the_same_words(before, after):
    first, second = Sentence.from_words(before), Sentence.from_words(after)
    entities = [Entity(Span(n, n + 1), "X") for n in range(0, len(before), 2)]
    kept, lost = carry_over(entities, first, second)
    assert len(kept) + len(lost) == len(entities)
    words = [second.text_of(entity.span) for entity in kept]
    assert all(word in before[::2] for word in words)
    second.with_entities(kept)  # never overlapping, never outside
    if before == after:
        assert kept == tuple(entities)


def test_json_and_back():
    derived = Derivation("span-matching", Span(0, 2), "LOC", 0.25, "abc")
    edits = Edits(
        source_entities=(Entity(Span(0, 1), "PER", 0.5, "human"),), target=TARGET, alignment=LINKS, target_entities=(),
        source=SOURCE, checked=True, placed=(Entity(Span(1, 2), "X", None, "corrected", derived),),
        removed=(Span(0, 1), Span(3, 5)), flagged=True, note="<b>\n\u202e",
    )  # fmt: skip
    back = Edits.from_dict(json.loads(json.dumps(edits.to_dict())))
    assert back == edits and back.placed[0].derived == derived
    assert Edits.from_dict(json.loads(json.dumps(Edits().to_dict()))) == Edits()


def test_what_the_first_version_stored_is_read():
    row = {
        "checked": True,
        "target": {"language": "de", "text": "Ann wohnt", "tokens": ["Ann", "wohnt"], "entities": []},
        "target_entities": [{"start": 0, "end": 1, "label": "PER", "origin": "human"}],
        "alignment": {"links": [[0, 0, 0.5]], "possible": [[1, 1]], "words": [5, 2]},
    }
    edits = Edits.from_dict(row)
    assert edits.checked and edits.target.words == ("Ann", "wohnt") and not edits.placed and not edits.removed
    assert edits.final_entities(projection((0, 1, "X"))) == (Entity(Span(0, 1), "PER", None, "human"),)
    assert edits.alignment == Alignment(frozenset({(0, 0)}), 5, 2, {(0, 0): 0.5}, frozenset({(1, 1)}))
    assert edits.to_dict() == row


def test_an_emptied_text_is_not_replaced_by_the_old_one():
    before, nothing = sentence("Ann lives"), Sentence("", (), "en")
    done = Edits(source=nothing, target=nothing).apply(Task(before, before))
    assert (done.source, done.target) == (nothing, nothing)
