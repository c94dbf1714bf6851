"""One sentence on the compare page: the source, the methods beneath each other, and taking over what one found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from projection.text.languages import english_name
from projection.types import Entity, Span
from views import compare_table, editing, markup
from views.compare_data import Row
from views.desk import Desk
from views.frame import say
from views.resources import compare_component
from views.session import address

STAGES = "stages"
"""What the address says of the view where it is not the methods side by side."""


def view_choice() -> bool:
    """Ask whether one method is to be shown stage by stage; kept in the address. Key P changes it."""
    is_staged = st.query_params.get("view") == STAGES
    label = "Side by side" if is_staged else "Play stages"
    st.button(label, key="view", shortcut="P", on_click=_turn_to, args=(not is_staged,))
    return is_staged


def _turn_to(staged: bool) -> None:
    if staged:
        st.query_params["view"] = STAGES
    else:
        st.query_params.pop("view", None)


def undo_and_open(desk: Desk) -> None:
    """Take back the last change of the sentence, or go on with it in Inspect."""
    st.button("Undo", key="undo", shortcut="Ctrl+Z", disabled=not desk.events, on_click=editing.undo, args=(desk,))
    if st.button("Open in Inspect", key="open-inspect", shortcut="E"):
        there = address(desk.project.id, desk.stored.position)
        st.switch_page("pages/inspect.py", query_params=there)  # the method goes along in the session


def heading(desk: Desk) -> None:
    """The source with its entities, and what went wrong on the way."""
    outcome, setup = desk.outcome, desk.project.setup
    labels = "your labels" if outcome.task.labelled else setup.recognizer
    pair = markup.language_pair(setup.source_language, setup.target_language)
    name = outcome.task.id or f"Sentence {desk.stored.position + 1}"
    parts = [markup.title(name, f"{pair} \u00b7 {labels}")]
    if outcome.source is not None:
        language = english_name(outcome.source.language) if outcome.source.language != "und" else "Source"
        parts.append(
            f'<div class="source-line"><b>{escape(language)}</b>{markup.words(outcome.source, scores=True)}</div>'
        )
    if outcome.error:
        parts.append(markup.notice(f"Stopped at {outcome.error.stage}", outcome.error.message, "bad"))
    elif outcome.source is not None and not outcome.source.entities:
        parts.append(markup.notice("No entity in the source", "There is nothing to project. Add one in Inspect."))
    st.html("".join(parts))


def stack(desk: Desk, row: Row, methods: Sequence[str]) -> None:
    """Draw the methods; a click on a box selects it, a click on "Use all" takes the method over."""
    decided = desk.entities if desk.stored.edits.decides_target else None
    data = compare_table.table(
        sentence_key=sentence_key(desk),
        row=row,
        methods=methods,
        current=desk.method,
        gold=desk.gold or None,
        decided=decided,
        pick=current_pick(desk, row),
    )
    sent = compare_component()(
        key="compare", data=data, default={"pick": None}, on_pick_change=lambda: None, on_use_change=lambda: None
    )
    use = sent.get("use")
    if use and use.get("sentence") == sentence_key(desk) and use.get("method") in desk.outcome.projections:
        use_all(desk, use["method"])
        st.rerun()


def sentence_key(desk: Desk) -> str:
    """Name the sentence and the words its spans count."""
    return f"{desk.key}"


def current_pick(desk: Desk, row: Row) -> dict | None:
    """Return what was clicked last, if that method still has an entity there."""
    pick = (st.session_state.get("compare") or {}).get("pick")
    if not isinstance(pick, Mapping) or pick.get("sentence") != sentence_key(desk):
        return None
    return dict(pick) if picked_entity(row, pick) is not None else None


def picked_entity(row: Row, pick: Mapping[str, Any]) -> Entity | None:
    found = row.labellings([pick.get("method")]).get(pick.get("method"), ())
    return next((item for item in found if [item.span.start, item.span.end] == [pick["start"], pick["end"]]), None)


def pick_line(desk: Desk, row: Row, methods: Sequence[str]) -> None:
    """Say who found the selected span, and let the person use it."""
    pick = current_pick(desk, row)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if pick is None:
            st.html(markup.title("Nothing selected", "Click a span to look at it and use it"))
            return
        entity, method = picked_entity(row, pick), pick["method"]
        labellings = row.labellings(methods)
        same = sum(any((item.span, item.label) == (entity.span, entity.label) for item in found)
                   for found in labellings.values())  # fmt: skip
        score = f", score {markup.score_text(entity.score)}" if entity.score is not None else ""
        about = f"{entity.label} \u00b7 {method}{score} \u00b7 found by {same} of {len(labellings)}"
        st.html(markup.title(f"\u201c{row.target.text_of(entity.span)}\u201d", about), width="content")
        used = any(
            (item.span, item.label) == (entity.span, entity.label)
            for item in (desk.entities if desk.stored.edits.decides_target else ())
        )
        st.button("Use this span", key="use-span", shortcut="U", type="primary", disabled=used, on_click=use_span,
                  args=(desk, method, entity.span, entity.label))  # fmt: skip


def use_all(desk: Desk, method: str) -> None:
    """Take over everything a method found, with its text if it wrote one."""
    editing.use_method(desk, method)


def use_span(desk: Desk, method: str, span: Span, label: str) -> None:
    """Put one span of a method among the current labels, instead of where its source entity is now."""
    found = desk.outcome.projections[method]
    if not desk.shares_text(found):
        desk = replace(desk, sheet=replace(desk.sheet, method=method))
    index = next((match.entity_index for match in found.matches if match.span == span), None)
    editing.use_span(desk, desk.placed(index), span, label, method)
    say(f"Used \u201c{found.bitext.target.text_of(span)}\u201d of {method}. Undo takes it back.")
