"""How a method got to its result: its steps one at a time in large type, or all beneath each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from projection.types import Projection, Step
from views import markup, tables
from views.desk import Desk

SHOWN_CANDIDATES = 6
MOST_TITLES = 7
"""Beyond this many steps their buttons show numbers only."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One screen: a title, one sentence about it, and ready HTML."""

    title: str
    note: str
    body: str


def slides(projection: Projection) -> list[Slide]:
    """Return the source, what the method says of itself, and the result."""
    source = projection.bitext.source
    labelled = markup.counted(len(source.entities), "labelled span")
    first = Slide("Source", f"{labelled} to place on the translation.", markup.words(source, scores=True))
    if projection.own_entities is not None:
        first = Slide("Source", "This method labels the other text by itself: these labels play no part.", first.body)
    return [first, *(Slide(step.title, step.note, step_body(step)) for step in projection.steps), _result(projection)]


def _result(projection: Projection) -> Slide:
    placed = markup.counted(len(projection.entities), "span")
    missing = tables.unprojected(projection)
    lost = "".join(markup.notice(f"{name} not placed", reason, "warn") for name, reason in missing)
    warned = "".join(markup.notice("Note", warning, "warn") for warning in projection.warnings)
    body = markup.words(projection.bitext.target, projection.entities, scores=True)
    return Slide("Labelled text", f"{placed} on the translation.", body + lost + warned)


def step_body(step: Step) -> str:
    """Return text and table of a step as HTML."""
    text = ""
    if step.text:
        text = (
            f'<div class="step-text" dir="{markup.direction(step.language)}" lang="{escape(step.language)}">'
            f"{escape(step.text)}</div>"
        )
    return text + (_table(step) if step.columns else "")


def _table(step: Step) -> str:
    numbers = frozenset(
        index
        for index in range(len(step.columns))
        if (values := [row[index] for row in step.rows if row[index] is not None])
        and all(isinstance(value, int | float) for value in values)
    )
    return markup.sheet(
        [name[:1].upper() + name[1:] for name in step.columns],
        [[_cell(value) for value in row] for row in step.rows],
        numbers,
    )


def _cell(value: str | int | float | None) -> str:
    if isinstance(value, str):
        return f'<bdi class="step-cell">{escape(value)}</bdi>'
    return markup.score_text(value) if isinstance(value, float) else escape(str("" if value is None else value))


def slide_html(slide: Slide, number: int, total: int, *, large: bool) -> str:
    note = f'<p class="lead">{escape(slide.note)}</p>' if slide.note else ""
    heading = f'<div class="title">{escape(slide.title)}<span class="meta">{number} of {total}</span></div>'
    return f'<section class="slide{" large" if large else ""}">{heading}{note}{slide.body}</section>'


def steps_panel(projection: Projection | None, key: str = "steps") -> None:
    """Draw all steps beneath each other, folded up: for a page that is about something else."""
    if projection is None:
        return
    with st.expander(f"How {markup.plain(projection.method)} got there", key=key):
        _all(slides(projection), large=False)


def _all(shown: Sequence[Slide], *, large: bool) -> None:
    st.html("".join(slide_html(slide, at, len(shown), large=large) for at, slide in enumerate(shown, start=1)))


def stage_view(desk: Desk) -> None:
    """One step a screen, for talks: keys Left and Right turn the pages."""
    projection = desk.projection
    if projection is None:
        reason = desk.outcome.method_errors.get(desk.method) or str(desk.outcome.error or "It gave no result.")
        st.html(markup.notice(f"{desk.method} has no result on this sentence", reason, "bad"))
        return
    shown = slides(projection)
    whose = (desk.stored.id, desk.method)
    if st.session_state.get("stage-of") != whose:
        st.session_state["stage-of"], st.session_state["stage"] = whose, 0
    at = min(st.session_state.get("stage") or 0, len(shown) - 1)
    st.session_state["stage"] = at
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Back", key="stage-back", shortcut="Left", disabled=at == 0, on_click=_turn, args=(at - 1,))
        st.button("Next step", key="stage-next", shortcut="Right", disabled=at + 1 == len(shown), on_click=_turn,
                  args=(at + 1,))  # fmt: skip
        for number, slide in enumerate(shown):  # not a segmented control: that keeps the arrow keys for itself
            kind = "primary" if number == at else "tertiary"
            label = f"{number + 1} {slide.title}" if len(shown) <= MOST_TITLES else str(number + 1)
            st.button(markup.plain(label), key=f"stage-{number}", type=kind, help=markup.plain(slide.title),
                      on_click=_turn, args=(number,))  # fmt: skip
        every = st.toggle("All steps", key="stage-all")
    with st.container(border=True):
        if every:
            _all(shown, large=True)
        else:
            st.html(slide_html(shown[at], at + 1, len(shown), large=True))
    decisions_panel(projection)


def _turn(number: int) -> None:
    st.session_state["stage"] = number


def decisions_panel(projection: Projection) -> None:
    """Why each candidate was chosen or not, and what forcing another one would cost."""
    source = projection.bitext.source
    if not source.entities or not len(projection.decisions):
        return
    with st.expander("Every candidate: why it was chosen or not", key="stage-decisions"):
        entity = st.pills(
            "Entity", range(len(source.entities)), key=f"stage-entity-{len(source.entities)}", required=True, default=0,
            label_visibility="collapsed", format_func=lambda number: markup.plain(_name(projection, number)),
        )  # fmt: skip
        listed = tables.decisions_about(projection, entity, SHOWN_CANDIDATES)
        if not listed:
            st.html(markup.notice(f"No candidate for {_name(projection, entity)}"))
            return
        st.html(tables.candidates(projection, listed))
        st.caption(markup.plain(objective(projection)))


def _name(projection: Projection, number: int) -> str:
    entity = projection.bitext.source.entities[number]
    return f"{projection.bitext.source.text_of(entity.span)} {entity.label}"


def objective(projection: Projection) -> str:
    """Say what the method maximised, and how far it got."""
    decisions = projection.decisions
    if not hasattr(decisions, "objective"):
        return "This method decides each entity by itself; there is no sum to maximise."
    reached = f"Sum over all placed entities: {decisions.objective:.3f}."
    if not tables.can_force(projection):
        return f"{reached} Too many candidates to say what another choice would cost."
    under = decisions.optimum - decisions.objective
    best = "No other choice has a greater sum." if under < 1e-9 else f"The greatest possible is {under:.3f} more."
    return f"{reached} {best} If forced: how much the sum would change if the entity had to go there."
