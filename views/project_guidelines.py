"""Writing the guidelines of a project, on the start page."""

from __future__ import annotations

import streamlit as st

from projection.corrections.records import ProjectSummary
from projection.errors import ProjectionError
from views import guidelines, markup, people
from views.frame import say
from views.resources import store

LONGEST = 200_000


@st.dialog("Guidelines", width="large")
def dialog(project: ProjectSummary) -> None:
    """Write and look at the guidelines of a project. Nothing is stored before Keep."""
    seen = f"guidelines-seen-{project.id}"
    try:
        text, refused = store().guidelines(project.id), people.may_manage(project.id)
    except ProjectionError as problem:
        st.html(markup.notice("The guidelines cannot be read now", str(problem), "bad"))
        return
    opened = st.session_state.setdefault(seen, text)
    st.html(markup.title(project.name, "H opens them beside the sentence"))
    if refused:
        st.html(markup.notice("You can read them here", refused, "warn"))
    writing, reading = st.tabs(["Write", "Read"])
    typed = writing.text_area(
        "Guidelines, in Markdown", text, key=f"guidelines-text-{project.id}", height=320, max_chars=LONGEST,
        disabled=bool(refused), placeholder="# What is a person\n\n- Titles are not part of the name: Dr **Ana Silva**",
    )  # fmt: skip
    reading.html(guidelines.html(typed or "") if (typed or "").strip() else markup.notice("Nothing is written yet"))
    if st.button("Keep", type="primary", key="keep-guidelines", disabled=bool(refused)):
        if not (failed := _keep(project.id, typed or "", opened)):
            st.session_state.pop(seen)
            st.rerun()
        st.html(markup.notice("The guidelines were not kept", failed, "bad"))


def _keep(project_id: int, typed: str, shown: str) -> str:
    """Store what was typed; return why not, "" if it is stored. What somebody else wrote is not written over."""
    try:
        if refused := people.may_manage(project_id):
            return refused
        if store().guidelines(project_id) != shown:
            return "Somebody else changed them. Copy what you wrote, open the guidelines again and add it."
        store().update_guidelines(project_id, typed)
    except ProjectionError as problem:
        return str(problem)
    say("The guidelines are kept.")
    return ""
