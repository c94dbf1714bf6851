"""The choice of methods to compare: groups by name, any method by itself, and what keeps the others from running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from projection import registry
from projection.pipeline import Setup
from projection.pipeline.method_sets import method_sets
from views import markup
from views.compare_data import kept_setup
from views.frame import failures_said
from views.readiness import obstacle, ready_methods
from views.resources import store
from views.settings_panel import method_names

AVAILABLE = "available"
PROJECT = "project"
_EMPTIED, _AGAIN = "methods-emptied", "methods-again"


def groups(setup: Setup, *, links: bool) -> dict[str, tuple[str, list[str]]]:
    """Return title and methods of each group; `links`: the sentences bring their own."""
    found = {PROJECT: ("Of this project", list(setup.methods))}
    found |= {name: (group.title, list(group.methods)) for name, group in method_sets().items()}
    return found | {AVAILABLE: ("Everything available here", ready_methods(setup, links=links))}


def obstacles(setup: Setup, methods: Sequence[str], *, links: bool) -> dict[str, str]:
    """Return the methods that cannot run here, each with what it needs."""
    reasons = {method: obstacle(setup, method, links=links) for method in methods}
    return {method: reason for method, reason in reasons.items() if reason}


def method_row(project: Any, *, links: bool) -> tuple[list[str], dict[str, str]]:
    """Draw the choice; return the methods to run and, with their reasons, those that cannot.

    The choice stands in the address and does not change the project.
    """
    setup = project.setup
    known = groups(setup, links=links)
    _start_value(project.id, setup)
    chosen = list(st.session_state.get("methods") or st.query_params.get_all("methods"))
    st.session_state["group"] = next((name for name, (_, methods) in known.items() if methods == chosen), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            "Groups of methods", list(known), key="group", label_visibility="collapsed", on_change=_take, args=(known,),
            format_func=lambda name: known[name][0],
        )  # fmt: skip
        chosen = st.multiselect(
            "Methods", method_names(setup.methods), key="methods", bind="query-params", label_visibility="collapsed",
            placeholder="Choose methods to compare", wrap=True,
            on_change=_note_emptied,
            persist_state="session",  # said to the browser again where a rerun was quicker than the first answer
        )  # fmt: skip
        st.session_state[_EMPTIED] = not chosen and st.session_state.get(_EMPTIED, False)
        again = not (chosen or st.session_state[_EMPTIED] or st.session_state.get(_AGAIN))
        st.session_state[_AGAIN] = again
        if again:
            st.rerun()  # the browser went back to an address of before the methods stood in it; see _start_value
        st.session_state["compared"] = (project.id, chosen)
        st.button(
            "Keep for project", key="keep-methods", on_click=_keep, args=(project, chosen),
            disabled=not chosen or tuple(chosen) == setup.methods,
            help="Make these the methods of the project, also in Inspect and Export. The first one is exported.",
        )  # fmt: skip
    wanted = list(chosen)
    if st.session_state["group"] == AVAILABLE:
        wanted += [name for name in registry.names("projector") if name not in wanted]
    lacking = obstacles(setup, wanted, links=links)
    return [method for method in chosen if method not in lacking], lacking


def _start_value(project_id: int, setup: Setup) -> None:
    """Begin with what was compared last in this tab, else with the methods of the project.

    Also where the choice is empty and it was not a person who emptied it.
    """
    if st.session_state.get("methods") or st.session_state.get(_EMPTIED) or "methods" in st.query_params:
        return
    kept_for, kept = st.session_state.get("compared", (None, []))
    st.session_state["methods"] = list(kept) if kept_for == project_id and kept else list(setup.methods)


def _note_emptied() -> None:
    st.session_state[_EMPTIED] = not st.session_state["methods"]


def _take(known: Mapping[str, tuple[str, list[str]]]) -> None:
    chosen = st.session_state["group"]
    if chosen:
        st.session_state["methods"] = known[chosen][1]


def _keep(project: Any, methods: Sequence[str]) -> None:
    with failures_said():
        store().update_setup(project.id, kept_setup(project.setup, methods))


def cannot_run(reasons: Mapping[str, str], *, expanded: bool = False) -> None:
    """List the methods that cannot run here, with what each needs."""
    if not reasons:
        return
    with st.expander(f"{markup.counted(len(reasons), 'method')} cannot run here", expanded=expanded):
        st.html(markup.facts(reasons))
