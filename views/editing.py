"""What the buttons of the inspect page do: change the labels of one side, store the result, keep the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import streamlit as st

from projection.corrections import edits as operations
from projection.corrections.edits import Edits
from projection.errors import SpanError
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from views.desk import CHECK, TEXT, Desk, Pick, next_pick, valid_pick
from views.frame import failures_said, say
from views.markup import direction
from views.resources import store

_TURN = Lock()
"""Streamlit begins the next run of a page while the last one may still be storing: one action after the other."""


def selected(desk: Desk) -> Pick | None:
    """Return the selection: what the board sent last, or what a button made of it since."""
    sent = (st.session_state.get("board") or {}).get("pick")
    kept = desk.memory.pick
    if sent and sent.get("sentence") == desk.key and sent["count"] > (kept or {}).get("count", -1):
        desk.memory.pick = kept = sent
    return valid_pick(kept, desk)


def act(desk: Desk, action: Callable[..., Pick | None], *args: Any) -> None:
    """Do `action(desk, pick, *args)` with the words selected and the labels stored now; select what it returns.

    Clicks and keys can be quicker than the page: `desk` may be from before the last of them, and the
    next click may come before the action is done.
    """
    with _TURN, failures_said():
        pick = selected(desk)
        if pick is None:
            say("Select words in the board first.", "warn")
            return
        clicked = desk.memory.pick
        after = action(newest(desk, pick.side), pick, *args)
        if desk.memory.pick is clicked:
            select(desk, after)


def newest(desk: Desk, side: str) -> Desk:
    """Return the desk with what this tab stored since, if what is shown still belongs to it.

    Labels of the target stand on the source's labels, the links and both texts; only after a run with
    changed ones are they known.
    """
    stored = store().sentence(desk.project.id, desk.stored.position)
    if desk.memory.revisions.get(stored.id) != stored.revision:
        return desk
    now, then = stored.edits, desk.stored.edits
    same = now.source == then.source and now.target in (then.target, desk.target and desk.target.with_entities(()))
    if side == "target":
        same = same and (now.source_entities, now.alignment) == (then.source_entities, then.alignment)
    return replace(desk, stored=stored) if same else desk


def select(desk: Desk, pick: Pick | None) -> None:
    """Make `pick` the selection; its count is above any the board has sent, so that the board follows."""
    if pick is None:
        return
    before = desk.memory.pick or {}
    desk.memory.pick = {
        "sentence": desk.key,
        "side": pick.side,
        "start": pick.span.start,
        "end": pick.span.end,
        "count": before.get("count", 0) + 1,
    }


def save(desk: Desk, edits: Edits, kind: str) -> bool:
    """Store new edits of the sentence; a newer revision of somebody else is never overwritten."""
    with failures_said():
        revision = store().save(desk.stored.id, edits, expected_revision=desk.stored.revision, kind=kind)
        desk.memory.revisions[desk.stored.id] = revision
        return True
    return False


def change(desk: Desk, side: str, entities: Sequence[Entity], kind: str) -> bool:
    """Store new entities of one side, together with the text they belong to if that was made by a translator."""
    values = {f"{side}_entities": tuple(entities)}
    if getattr(desk.stored.task, side) is None and getattr(desk.stored.edits, side) is None:
        values[side] = desk.sentence_on(side).with_entities(())
    return save(desk, replace(desk.stored.edits, **values), kind)


def relabel(desk: Desk, pick: Pick, label: str) -> Pick:
    """Give the selected words `label`: an entity there changes, free words become one; entities in the way go."""
    entities, gone = operations.label_words(desk.entities_on(pick.side), pick.span, label.strip())
    if change(desk, pick.side, entities, f"label {label.strip()}") and gone:
        say(f"Replaced {', '.join(_name(desk, pick.side, entity) for entity in gone)}")
    return pick


def resize(desk: Desk, pick: Pick, start: int, end: int) -> Pick:
    """Move the borders of the selection by `start` and `end` words; an entity there moves with it."""
    first, last = pick.span.start + start, pick.span.end + end
    if first < 0 or last > len(desk.sentence_on(pick.side)) or first >= last:
        return pick
    moved = Pick(pick.side, Span(first, last))
    if pick.entity(desk) is not None:
        try:
            entities = operations.move_borders(desk.entities_on(pick.side), pick.span, moved.span)
        except SpanError as problem:
            say(f"{problem} Shrink or delete it first.", "warn")
            return pick
        if not change(desk, pick.side, entities, "move border"):
            return pick
    return moved


def grow(desk: Desk, pick: Pick, to: str) -> Pick:
    """Take in the next word on the "left" or "right"; in right-to-left text the end is on the left."""
    mirrored = direction(desk.sentence_on(pick.side).language) == "rtl"
    return resize(desk, pick, *((-1, 0) if (to == "left") != mirrored else (0, 1)))


def delete(desk: Desk, pick: Pick) -> Pick | None:
    """Take the label off the selected words; of the target, the next span comes up."""
    entity = pick.entity(desk)
    if entity is None:
        say("The selected words have no label.", "warn")
        return pick
    if not change(desk, pick.side, operations.remove(desk.entities_on(pick.side), pick.span), "delete"):
        return pick
    say(f"Deleted {_name(desk, pick.side, entity)}")
    return next_pick(desk, pick) if pick.side == "target" else None


def use_span(desk: Desk, replaced: Entity | None, span: Span, label: str) -> None:
    """Put the label on another candidate's span instead of where it is now."""
    entities = operations.remove(desk.entities, replaced.span) if replaced else desk.entities
    entities, _ = operations.label_words(entities, span, label)
    if change(desk, "target", entities, "candidate"):
        select(desk, Pick("target", span))


def use_method(desk: Desk, method: str) -> None:
    """Take over all spans another method found."""
    found = desk.outcome.projections[method]
    values = {"target_entities": tuple(replace(entity, origin="human") for entity in found.entities)}
    if desk.stored.task.target is None:
        values["target"] = found.bitext.target.with_entities(())
    if save(desk, replace(desk.stored.edits, **values), f"spans of {method}"):
        say(f"Took the spans of {method}")


def check(desk: Desk) -> bool:
    """Mark the sentence as checked by a person; text and labels of the target stay as they are from now on."""
    values = {"target_entities": desk.entities, "checked": True}
    if desk.stored.task.target is None and desk.stored.edits.target is None:
        values["target"] = desk.target.with_entities(())
    return save(desk, replace(desk.stored.edits, **values), CHECK)


def translation(desk: Desk, side: str, text: str, language: str) -> None:
    """Replace one side's text; labels of a person follow where their words are unchanged, the rest is recomputed."""
    before = desk.sentence_on(side)
    if not text.strip():
        say("The translation is empty: type one before saving.", "warn")
        return
    if before is not None and text.strip() == before.text:
        say("The translation is the same as before, nothing was stored.", "warn")
        return
    after = tokenize(text.strip(), language, id=desk.stored.task.id)
    decided = getattr(desk.stored.edits, f"{side}_entities")
    if before is None:
        save(desk, replace(desk.stored.edits, **{side: after}), TEXT)
        return
    edits, _ = operations.with_text(desk.stored.edits, side, before, after, decided)
    save(desk, edits, TEXT)


def automatic(desk: Desk) -> None:
    """Drop every change of the sentence; they stay in its history."""
    if save(desk, Edits(), "back to automatic"):
        say("Back to the automatic result. Undo brings your changes back.")


def accept(desk: Desk) -> None:
    """Mark the sentence as checked and go to the next one."""
    with _TURN, failures_said():
        if check(newest(desk, "target")) and desk.stored.position + 1 < desk.project.sentences:
            st.session_state["accepted"] = desk.stored.position
            go(desk.stored.position + 1)


def go(position: int) -> None:
    """Turn to another sentence; its most doubtful span will be selected."""
    st.session_state["position"] = position
    st.session_state.pop("offered", None)


def undo(desk: Desk) -> None:
    """Take back the last change of this sentence; without one, the acceptance that led here."""
    accepted = st.session_state.pop("accepted", None)
    with failures_said("warn"):
        if desk.stored.revision == 0 and accepted is not None:
            go(accepted)
            store().undo(store().sentence(desk.project.id, accepted).id)
        else:
            store().undo(desk.stored.id)


def redo(desk: Desk) -> None:
    with failures_said("warn"):
        store().redo(desk.stored.id)


def restore(desk: Desk, revision: int) -> None:
    with failures_said():
        store().restore(desk.stored.id, revision)
        say(f"Restored revision {revision}")


def _name(desk: Desk, side: str, entity: Entity) -> str:
    return f"{desk.sentence_on(side).text_of(entity.span)} {entity.label}"
