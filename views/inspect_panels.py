"""Around the editor of the inspect page: going to a sentence, settings, waiting, what to do without a project."""

from __future__ import annotations

from typing import Any

import streamlit as st

from projection import registry
from projection.corrections.store import settings_key
from projection.errors import StoreError
from projection.pipeline import ROLES, Setup
from views import editing, markup, people, walk, workbench
from views.desk import Desk
from views.frame import say
from views.jobs import Job
from views.resources import store
from views.session import forget
from views.settings_panel import settings_panel

AHEAD = 2
"""Sentences computed before the person turns to them."""

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
    jump(position, sentences)


def jump(position: int, sentences: int) -> None:
    """Go to a sentence by its number."""
    st.session_state["jump"] = position + 1
    st.number_input(
        "Sentence", 1, sentences, key="jump", label_visibility="collapsed", width=110,
        on_change=lambda: editing.go(st.session_state["jump"] - 1),
    )  # fmt: skip
    st.html(f'<span class="meta">of {markup.thousands(sentences)}</span>', width="content")


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
    """Draw the settings; store a change with the project, and say when somebody else has stored one.

    The widgets belong to the settings they were drawn for: those of a tab that shows older ones must not bring
    these back.
    """
    key = f"settings-{project.id}-{settings_key(project.setup)}"
    seen = st.session_state.get("settings-seen")
    st.session_state["settings-seen"] = project.id, key
    if seen and seen[0] == project.id and seen[1] != key:
        say("The settings of this project were changed by somebody else: labels are shown as they are now.", "warn")
    why_not = people.may_manage(project.id)
    with st.popover("Settings", icon=":material/tune:", disabled=bool(why_not), help=why_not or None):
        chosen = settings_panel(project.setup, key)
    if chosen != project.setup:
        try:
            store().update_setup(project.id, chosen)
        except StoreError as problem:
            said = f"{problem} The sentence is shown with the settings of before."
            st.html(markup.notice("These settings could not be stored", said, "bad"))
        else:
            st.session_state.pop("settings-seen", None)
            st.rerun()
    return project.setup


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


def prepare_next(desk: Desk) -> None:
    """Have the sentences after this one ready when the person gets there: their own ones, if they were given some."""
    position = desk.stored.position
    following = walk.following(desk.project.id, position) or range(position + 1, desk.project.sentences)
    lines = {one: people.line_here(desk.project.id, one) for one in following[:AHEAD]}
    workbench.prepare([store().sentence(desk.project.id, *place) for place in lines.items()], desk.setup)


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
    if job.stopped:
        st.html(markup.notice("Stopped", "Nothing was lost. Run it again, or change the settings above first."))
    else:
        st.html(markup.notice("This could not be computed", job.problem or "", "bad"))
    st.button("Run again", key="again", on_click=forget, args=(slot,))
