"""What the buttons of the inspect page do: change the labels of one side, store the result, keep the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from projection.corrections.edits import Edits
from projection.errors import ProjectionError
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from views.desk import Desk, Pick, next_pick, sentence_key
from views.resources import store


def select(desk: Desk, pick: Pick | None) -> None:
    """Make `pick` the selection; its count is above any the board has sent, so that the board follows."""
    if pick is None:
        return
    before = st.session_state.get("pick") or {}
    st.session_state["pick"] = {
        "sentence": sentence_key(desk.stored),
        "side": pick.side,
        "start": pick.span.start,
        "end": pick.span.end,
        "count": before.get("count", 0) + 1,
    }


def say(text: str, tone: str = "") -> None:
    """Leave a short message for the next run of the page."""
    st.session_state["said"] = (text, tone)


def save(desk: Desk, edits: Edits, kind: str) -> bool:
    """Store new edits of the sentence; a newer revision of somebody else is never overwritten."""
    try:
        store().save(desk.stored.id, edits, expected_revision=desk.stored.revision, kind=kind)
    except ProjectionError as problem:
        say(str(problem), "bad")
        return False
    return True


def change(desk: Desk, side: str, entities: Sequence[Entity], kind: str) -> bool:
    """Store new entities of one side."""
    entities = tuple(sorted(entities, key=lambda entity: entity.span))
    edits = desk.stored.edits
    if side == "target":
        return save(desk, replace(edits, target_entities=entities), kind)
    return save(desk, replace(edits, source_entities=entities), kind)


def relabel(desk: Desk, pick: Pick, label: str) -> None:
    """Give the selected words `label`: an entity there changes, free words become one; entities in the way go."""
    label = label.strip()
    if not label:
        return
    in_the_way = [e for e in desk.entities_on(pick.side) if e.span.overlaps(pick.span) and e.span != pick.span]
    kept = [e for e in desk.entities_on(pick.side) if not e.span.overlaps(pick.span)]
    if change(desk, pick.side, [*kept, Entity(pick.span, label, origin="human")], f"label {label}"):
        names = ", ".join(_name(desk, pick.side, entity) for entity in in_the_way)
        if names:
            say(f"Replaced {names}")
        select(desk, pick)


def resize(desk: Desk, pick: Pick, start: int, end: int) -> None:
    """Move the borders of the selection by `start` and `end` words; an entity there moves with it."""
    sentence = desk.sentence_on(pick.side)
    first, last = pick.span.start + start, pick.span.end + end
    if first < 0 or last > len(sentence) or first >= last:
        return
    moved = Pick(pick.side, Span(first, last))
    entity = pick.entity(desk)
    if entity is not None:
        others = _others(desk, pick.side, entity)
        blocked = next((other for other in others if other.span.overlaps(moved.span)), None)
        if blocked is not None:
            say(f"{_name(desk, pick.side, blocked)} is there. Shrink or delete it first.", "warn")
            return
        if not change(desk, pick.side, [*others, Entity(moved.span, entity.label, origin="human")], "resize"):
            return
    select(desk, moved)


def delete(desk: Desk, pick: Pick) -> None:
    entity = pick.entity(desk)
    if entity is None:
        return
    if change(desk, pick.side, _others(desk, pick.side, entity), "delete"):
        say(f"Deleted {_name(desk, pick.side, entity)}")
        select(desk, next_pick(desk, pick) if pick.side == "target" else None)


def use_span(desk: Desk, replaced: Entity | None, span: Span, label: str) -> None:
    """Put the label on another candidate's span instead of where it is now."""
    others = [entity for entity in _others(desk, "target", replaced) if not entity.span.overlaps(span)]
    if change(desk, "target", [*others, Entity(span, label, origin="human")], "candidate"):
        select(desk, Pick("target", span))


def use_method(desk: Desk, method: str) -> None:
    """Take over all spans another method found."""
    found = desk.outcome.projections[method].entities
    if change(desk, "target", [replace(entity, origin="human") for entity in found], f"spans of {method}"):
        say(f"Took the spans of {method}")


def check(desk: Desk, checked: bool = True) -> bool:
    """Mark the sentence as checked by a person; its target labels are fixed as they are."""
    edits = replace(desk.stored.edits, checked=checked)
    return save(desk, edits, "check" if checked else "uncheck")


def step(action: Callable[[int], Edits], desk: Desk, nothing: str) -> None:
    """Undo or redo one event of the sentence."""
    try:
        action(desk.stored.id)
    except ProjectionError as problem:
        say(str(problem) or nothing, "warn")


def _others(desk: Desk, side: str, entity: Entity | None) -> list[Entity]:
    return [other for other in desk.entities_on(side) if entity is None or other.span != entity.span]


def _name(desk: Desk, side: str, entity: Entity) -> str:
    return f"{desk.sentence_on(side).text_of(entity.span)} {entity.label}"


def automatic(desk: Desk) -> None:
    """Drop every change of the sentence; they stay in its history."""
    if save(desk, Edits(), "back to automatic"):
        say("Back to the automatic result. Undo brings your changes back.")


def translation(desk: Desk, side: str, text: str, language: str) -> None:
    """Replace one side's text; links, and labels on words that changed, are computed again."""
    sentence = tokenize(text.strip(), language, id=desk.stored.task.id)
    edits = desk.stored.edits
    if side == "target":
        changed = replace(edits, target=sentence, target_entities=None, alignment=None)
    else:
        changed = replace(edits, source=sentence, source_entities=None, alignment=None)
    save(desk, changed, "text")
