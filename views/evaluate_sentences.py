"""The sentences behind a mark of a chart, in a drawer: what is wrong in each, and the way to the editor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from projection.evaluation.blame import Blame
from projection.evaluation.changes import Change
from projection.evaluation.study import Study
from projection.types import Entity, Sentence, Span
from views import markup, walk
from views.chart import Behind, Meant
from views.markup import direction
from views.palette import css_class
from views.resources import sentences_component
from views.session import address, memory

SHOWN = 200
_LIST = "evaluate-list"
_OPEN = "evaluate-open"


def open_if_asked(project: Any) -> None:
    """Go on in Inspect with the sentence that was clicked, and from there through the list it was in."""
    wanted = st.session_state.pop(_OPEN, None)
    if wanted is not None:
        position, method, title, places = wanted
        walk.begin(project.id, title, places)
        memory().offered = ""  # the sentence may be the one that was shown last: this mistake is selected all the same
        st.session_state["position"] = position
        there = address(project.id, position)
        if method in project.setup.methods:
            st.session_state.pop("m", None)
            st.session_state["method"] = method
            there["m"] = method
        st.switch_page("pages/inspect.py", query_params=there)


def ask(method: str, behind: Behind, other: Any = None) -> None:
    """Have the drawer opened with these sentences in this run of the page; see evaluate_panels.Other."""
    st.session_state[_LIST] = method, behind, other


def drawer(study: Study) -> None:
    """Draw the drawer, if it was asked for in this run."""
    wanted = st.session_state.pop(_LIST, None)
    if wanted is None:
        return
    method, behind, other = wanted
    shown, changes = (other.study, other.changes) if other is not None else (study, None)
    title = f"{behind.title}, {markup.counted(len(behind.rows), 'sentence')}"

    @st.dialog(markup.plain(title), width="medium", position="right")
    def show() -> None:
        listed = behind.rows[:SHOWN]
        if len(behind.rows) > SHOWN:
            st.caption(f"The first {SHOWN} are listed.")
        if not listed:
            st.html(markup.notice("No sentence", "Nothing of this kind is wrong.", "good"))
            return
        rows = {number: row(shown, method, number, changes, behind.is_meant) for number in listed}
        data = {"title": title, "rows": [*rows.values()]}
        sent = sentences_component()(key="sentences", data=data, on_open_change=lambda: None)
        if opened := sent.get("open"):
            places = {}
            for number in behind.rows:
                told = rows.get(number) or row(shown, method, number, changes, behind.is_meant)
                spans, item = [one["span"] for one in told["mistakes"]], shown.items[number]
                clicked = spans[opened["mistake"]] if spans and item.position == opened["position"] else None
                span = clicked or next(filter(None, spans), None)
                places[item.position] = (item.gold.words, Span(*span)) if span else None
            st.session_state[_OPEN] = opened["position"], method, behind.title, places
            st.rerun()

    show()


def row(
    study: Study, method: str, number: int, changes: Mapping[int, Change] | None, is_meant: Meant | None = None
) -> dict[str, Any]:
    """Return one sentence as the drawer reads it: with the mistakes of a method, or with what changed.

    Mistakes the list is about come first.
    """
    item = study.items[number]
    gold = item.gold
    if changes is not None:
        told = list(_changed(changes[number], gold))
    else:
        found = study.found[method][number]
        blames = found.blames if found.blames is not None else [Blame(one) for one in study.mistakes(method)[number]]
        blames = sorted(blames, key=lambda one: is_meant is not None and not is_meant(one))
        told = [_mistake(one, gold, known=found.blames is not None) for one in blames]
        if found.entities is None:
            told = [{"kind": "failed", "gold": None, "found": None, "why": found.problem, "span": None}, *told]
    return {"position": item.position, "text": gold.text, "direction": direction(gold.language),
            "language": gold.language, "mistakes": told}  # fmt: skip


def _mistake(blame: Blame, gold: Sentence, *, known: bool) -> dict[str, Any]:
    mistake = blame.mistake
    detail = ", ".join(filter(None, (mistake.kind, mistake.sides, mistake.extent)))
    why = f"{blame.stage}: {blame.reason}" if blame.reason else blame.stage
    return {"kind": detail, "gold": _boxes(mistake.gold, gold), "found": _boxes(mistake.predicted, gold),
            "why": why if known else "", "span": _words(mistake.predicted or mistake.gold)}  # fmt: skip


def _changed(change: Change, gold: Sentence) -> Iterable[dict[str, Any]]:
    for kind, entities, side in (("fixed", change.fixed, "gold"), ("broken", change.broken, "gold"),
                                 ("gone", change.gone, "found"), ("new mistake", change.fresh, "found")):  # fmt: skip
        if entities:
            yield {"kind": kind, "gold": None, "found": None, "why": "", side: _boxes(entities, gold),
                   "span": _words(entities)}  # fmt: skip


def _words(entities: Sequence[Entity]) -> list[int]:
    """Return the words to select for a mistake: those of what was found, which the editor shows, else of gold."""
    return [entities[0].span.start, entities[0].span.end]


def _boxes(entities: Sequence[Entity], sentence: Sentence) -> list[dict[str, str]]:
    return [{"text": sentence.text_of(one.span), "label": one.label, "colour": css_class(one.label)}
            for one in entities]  # fmt: skip
