"""Edits as values: what they do to a task, what survives a changed text, the way to JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.corrections.edits import Edits, carry_over, label_words, move_borders, remove, with_text
from projection.errors import SpanError
from projection.pipeline import Task
from projection.types import Alignment, Entity, Sentence, Span


def sentence(text, *entities, language="en"):
    return Sentence.from_words(text.split(" "), language, [Entity(Span(*e[:2]), e[2]) for e in entities])


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


def test_label_move_remove():
    entities = SOURCE.entities
    labelled, gone = label_words(entities, Span(2, 4), "MISC")
    assert [(e.span, e.label, e.origin) for e in labelled] == [
        (Span(0, 1), "PER", "gold"),
        (Span(2, 4), "MISC", "human"),
    ]
    assert [e.label for e in gone] == ["LOC"]
    relabelled, gone = label_words(entities, Span(0, 1), "ORG")
    assert [e.label for e in relabelled] == ["ORG", "LOC"] and gone == ()
    assert move_borders(entities, Span(3, 5), Span(2, 5))[1].span == Span(2, 5)
    with pytest.raises(SpanError, match="PER at words 1 to 1 is there"):
        move_borders(entities, Span(3, 5), Span(0, 5))
    assert remove(entities, Span(0, 1)) == entities[1:]


def test_labels_follow_a_changed_text_as_far_as_they_can():
    after = sentence("Yesterday Ann still lives in York")
    kept, lost = carry_over(SOURCE.entities, SOURCE, after)
    assert [(e.span, e.label) for e in kept] == [(Span(1, 2), "PER")]
    assert [e.label for e in lost] == ["LOC"]
    edits, lost = with_text(Edits(alignment=LINKS, checked=True), "source", SOURCE, after, SOURCE.entities)
    assert edits.source == after and [e.span for e in edits.source_entities] == [Span(1, 2)]
    assert edits.alignment is None and not edits.checked and len(lost) == 1
    automatic, lost = with_text(Edits(), "target", TARGET, after, None)
    assert automatic.target_entities is None and lost == ()


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
    edits = Edits((Entity(Span(0, 1), "PER", 0.5, "human"),), TARGET, LINKS, (), SOURCE, True)
    assert Edits.from_dict(json.loads(json.dumps(edits.to_dict()))) == edits
    assert Edits.from_dict(json.loads(json.dumps(Edits().to_dict()))) == Edits()


def test_an_emptied_text_is_not_replaced_by_the_old_one():
    before, nothing = sentence("Ann lives"), Sentence("", (), "en")
    done = Edits(source=nothing, target=nothing).apply(Task(before, before))
    assert (done.source, done.target) == (nothing, nothing)


def test_moving_an_entity_that_is_gone_says_so():
    with pytest.raises(SpanError, match="no entity at words 2 to 3 any more"):
        move_borders((), Span(1, 3), Span(0, 3))
