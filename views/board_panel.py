"""The board on the inspect page: what is selected, and the two sentences or the one there is."""

from __future__ import annotations

import streamlit as st

from projection.types import Span
from views import board as boards
from views import editing
from views.desk import Desk, Pick, first_doubtful
from views.resources import board_component


def current_pick(desk: Desk) -> Pick | None:
    """Return the selection, at first the most doubtful span."""
    pick = editing.selected(desk)
    if pick is None and st.session_state.get("offered") != desk.key:
        pick = first_doubtful(desk)
        editing.select(desk, pick)
    st.session_state["offered"] = desk.key
    return pick


def draw_board(desk: Desk, pick: Pick | None, preview: tuple[Span, str] | None) -> None:
    """Draw both sentences with links; a side that a stopped run did not reach is an empty row."""
    found = {name: one for name, one in desk.outcome.projections.items() if name != desk.method}
    others = {name: one.entities for name, one in found.items() if desk.shares_text(one)}
    if desk.gold:
        others["gold"] = desk.gold
    data = boards.board(
        sentence_key=desk.key,
        source=_row(desk, "source", _source_note(desk)),
        target=_row(desk, "target", _target_note(desk)),
        links=boards.links(desk.alignment, manual=desk.stored.edits.alignment is not None),
        pairs=desk.pairs,
        strips=[boards.strip(name, entities, desk.entities) for name, entities in others.items()],
        pick=_pick_value(desk, pick),
        preview=preview,
    )
    board_component()(key="board", data=data, default={"pick": None}, on_pick_change=lambda: None)


def _row(desk: Desk, side: str, note: str) -> dict:
    sentence = desk.sentence_on(side)
    if sentence is None:
        return boards.missing_row(getattr(desk.setup, f"{side}_language"))
    if desk.alignment is None:
        linked = range(len(sentence))  # nothing is known yet, so no word is without a link
    else:
        linked = {link[side == "target"] for link in desk.alignment.links}
    return boards.row(sentence, desk.entities_on(side), note, linked, checked=desk.is_checked)


def _source_note(desk: Desk) -> str:
    """Say where text and labels of the source came from."""
    labels = "your labels" if desk.outcome.task.labelled else desk.setup.recognizer
    if desk.is_typed("source"):
        return f"your text, {labels}"
    return f"source, {labels}" if desk.stored.task.source else f"{desk.setup.translator}, {labels}"


def _target_note(desk: Desk) -> str:
    if desk.is_typed("target"):
        return "your text"
    if desk.stored.task.target:
        return "given"
    if desk.target != desk.outcome.target:
        return desk.method
    translated = desk.stored.edits.target or any(stage.name == "translation" for stage in desk.outcome.stages)
    return desk.setup.translator if translated else desk.setup.methods[0]


def _pick_value(desk: Desk, pick: Pick | None) -> dict | None:
    if pick is None:
        return None
    count = (desk.memory.pick or {"count": 0})["count"]
    return {"side": pick.side, "start": pick.span.start, "end": pick.span.end, "count": count}
