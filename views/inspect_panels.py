"""The upper half of the inspect page: toolbar, waiting, and the tools for a selected span."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from projection import registry
from projection.errors import StoreError
from projection.pipeline import ROLES, Setup
from views import board as boards
from views import editing, markup
from views.desk import Desk, Pick, next_pick
from views.jobs import Job
from views.palette import label_keys
from views.resources import store
from views.session import forget
from views.settings_panel import settings_panel

STAGES = {
    "recognize": ("Finding entities", "recognizer"),
    "translate": ("Translating", "translator"),
    "align": ("Aligning words", "aligner"),
    "read target": ("Finding entities in the translation", "target_recognizer"),
    "project": ("Projecting labels", ""),
}


def navigation(position: int, sentences: int) -> None:
    """Previous, next and jump; keys Ctrl+Left and Ctrl+Right."""
    st.button(
        "Prev", key="previous", shortcut="Ctrl+Left", disabled=position == 0, on_click=editing.go, args=(position - 1,)
    )
    st.button(
        "Next",
        key="next",
        shortcut="Ctrl+Right",
        disabled=position + 1 >= sentences,
        on_click=editing.go,
        args=(position + 1,),
    )
    st.session_state["jump"] = position + 1
    st.number_input(
        "Sentence", 1, sentences, key="jump", label_visibility="collapsed", width=110,
        on_change=lambda: editing.go(st.session_state["jump"] - 1),
    )  # fmt: skip
    st.html(f'<span class="meta">of {markup.thousands(sentences)}</span>', width="content")


def decisions_bar(desk: Desk) -> None:
    """Accept, undo and redo."""
    last = desk.stored.position + 1 == desk.project.sentences
    nothing = desk.projection is None and desk.stored.edits.target_entities is None
    label = "Accept" if last else "Accept & next"
    st.button(
        label, key="accept", type="primary", shortcut="A", disabled=nothing, on_click=editing.accept, args=(desk,)
    )
    st.button("Undo", key="undo", shortcut="Ctrl+Z", on_click=editing.undo, args=(desk,))
    st.button("Redo", key="redo", shortcut="Ctrl+Y", on_click=editing.redo, args=(desk,))


def method_choice(setup: Setup, label: str = "Method") -> str:
    """Choose whose labels are shown and exported; kept in the address as m, and from page to page."""
    kept = st.session_state.get("method")
    if "m" not in st.session_state and "m" not in st.query_params and kept in setup.methods:
        st.session_state["m"] = kept
    chosen = st.selectbox(
        label, list(setup.methods), key="m", bind="query-params", label_visibility="collapsed", width=150,
        help="The method whose labels are shown and exported.",
    )  # fmt: skip
    st.session_state["method"] = chosen
    return chosen


def settings_popover(project: Any) -> Setup:
    """Draw the settings; store a change with the project."""
    with st.popover("Settings", icon=":material/tune:"):
        chosen = settings_panel(project.setup, f"settings-{project.id}")
    if chosen != project.setup:
        try:
            store().update_setup(project.id, chosen)
        except StoreError as problem:
            st.html(markup.notice("These settings are used here but not stored", str(problem), "bad"))
            return chosen
        st.rerun()
    return chosen


def local_time(moment: datetime) -> str:
    """Write a stored time as the clock of the person shows it."""
    zone = st.context.timezone
    return f"{moment.astimezone(ZoneInfo(zone) if zone else None):%H:%M:%S}"


def saved_state(desk: Desk) -> None:
    """Say how far the project is and that the sentence is stored."""
    saved = desk.events[0].at if desk.events else None
    state = f'<span class="saved">\u2713 Saved {local_time(saved)}</span>' if saved else ""
    st.html(f"{markup.progress_line(desk.project.checked, desk.project.sentences)} {state}", width="content")


@st.fragment(run_every=0.5)
def waiting(job: Job) -> None:
    """Show what a running job is doing, with a stop button, until the page can be drawn."""
    if job.finished:
        st.rerun()
    stage, place = STAGES.get(job.stage, ("Waiting for another run to finish", ""))
    about = ""
    if place:
        entry = registry.find(ROLES[place], getattr(job.setup, place))
        size = f", {entry.megabytes:.0f} MB" if entry.megabytes else ""
        about = f" with {entry.name}{size}"
    count = f"{markup.thousands(job.done)} of {markup.thousands(job.total)}, " if job.total > 1 else ""
    text = f"{stage}{about} ({count}{job.seconds:.0f} s). The first use of a model also loads it."
    if job.total > 1:
        st.progress(job.done / job.total, markup.plain(text))
    else:
        st.html(markup.working(text))
    st.button("Stop", key="stop-job", on_click=job.stop)
    if job.total == 1:
        for height in (60, 60, 260):
            st.skeleton(height=height)


def span_tools(desk: Desk, pick: Pick | None) -> None:
    """Buttons and keys for the selected words."""

    def button(label: str, key: str, shortcut: str, action: Callable[..., None], *args: Any) -> None:
        st.button(label, key=key, shortcut=shortcut or None, on_click=editing.act, args=(desk, action, *args))

    with st.container(border=True, gap="xsmall"):
        _selection_line(desk, pick)
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            for label, shortcut in label_keys(desk.labels()).items():
                button(markup.plain(label), f"label-{label}", shortcut, editing.relabel, label)
            button("Grow left", "grow-left", "Shift+Left", editing.grow, "left")
            button("Grow right", "grow-right", "Shift+Right", editing.grow, "right")
            button("Drop first", "drop-first", "Q", editing.resize, 1, 0)
            button("Drop last", "drop-last", "W", editing.resize, 0, -1)
            button("Delete", "delete-span", "Delete", editing.delete)
            st.button("Next span", key="next-span", shortcut="N", disabled=not desk.entities,
                      on_click=lambda: editing.select(desk, next_pick(desk, editing.selected(desk))))  # fmt: skip
            with st.popover("Other label", disabled=pick is None):
                label = st.text_input("Label", key="other-label", max_chars=40, placeholder="DATE")
                st.button("Set label", key="set-other-label", disabled=not label.strip(),
                          on_click=editing.act, args=(desk, editing.relabel, label))  # fmt: skip


def _selection_line(desk: Desk, pick: Pick | None) -> None:
    if pick is None:
        st.html(markup.title("Nothing selected", "Click a span or drag over words, or press N"))
        return
    sentence, entity = desk.sentence_on(pick.side), pick.entity(desk)
    text = f"\u201c{sentence.text_of(pick.span)}\u201d"
    about = f"{entity.label}, {boards.SAID[markup.STATES[entity.origin]]}" if entity else "no label yet"
    if entity and entity.score is not None:
        about += f", score {markup.score_text(entity.score)}"
    st.html(markup.title(text, f"{about} \u00b7 {markup.word_numbers(pick.span)}"))


def empty() -> None:
    """No project is open: a faint sample and the ways in."""
    st.html(
        '<div class="empty"><div class="words">'
        '<span class="entity auto label-per">Angela Merkel<span class="tag">PER</span></span> met '
        '<span class="entity auto label-per">Emmanuel Macron<span class="tag">PER</span></span> in '
        '<span class="entity auto label-loc">Berlin<span class="tag">LOC</span></span> .</div>'
        "No project is open. Type a sentence, upload a file, or look at the demo corpus.</div>"
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        if st.button("Start a project", type="primary", key="start"):
            st.switch_page("pages/project.py")


def failed(job: Job, slot: str = "job") -> None:
    """A run ended without a result: say what happened and offer to go on."""
    if job.cancelled:
        st.html(markup.notice("Stopped", "Nothing was lost. Run it again, or change the settings above first."))
    else:
        st.html(markup.notice("This could not be computed", job.problem or "", "bad"))
    st.button("Run again", key="again", on_click=forget, args=(slot,))
