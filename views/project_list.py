"""The stored projects: open, rename, delete and bring back."""

from __future__ import annotations

import streamlit as st

from views import markup
from views.frame import failures_said
from views.resources import store
from views.session import open_project


def projects_menu() -> None:
    """List the stored projects: open, rename, delete with confirmation."""
    found = store().projects()
    with st.popover("Open project", disabled=not found, width="stretch", key="projects", on_change="rerun"):
        for project in found:
            _project_line(project)
    dialog, project = st.session_state.pop("project-dialog", (None, None))
    if dialog:
        {"rename": _rename, "delete": _delete}[dialog](project)


def _project_line(project) -> None:
    name, rename, delete = st.columns([5, 1, 1], vertical_alignment="center")
    label = f"{markup.plain(project.name)}  ·  {project.checked} of {project.sentences} checked"
    problem = project.problem or None
    if name.button(label, key=f"open-{project.id}", width="stretch", disabled=problem is not None, help=problem):
        open_project(project.id)
        st.switch_page("pages/inspect.py", query_params={"project": str(project.id), "s": "1"})
    rename.button(
        "", icon=":material/edit:", key=f"rename-{project.id}", help="Rename", on_click=_ask, args=("rename", project)
    )
    delete.button(
        "", icon=":material/delete:", key=f"delete-{project.id}", help="Delete", on_click=_ask, args=("delete", project)
    )


def _ask(dialog: str, project) -> None:
    """Close the menu, which would cover it, and open a dialog in the coming run."""
    st.session_state["projects"] = False
    st.session_state["project-dialog"] = (dialog, project)


@st.dialog("Rename project")
def _rename(project) -> None:
    name = st.text_input("Name", project.name, max_chars=120, key="new-name")
    if st.button(
        "Rename", type="primary", key="confirm-rename", on_click=_renamed, args=(project.id,), disabled=not name.strip()
    ):
        st.rerun()


def _renamed(project_id: int) -> None:
    if name := st.session_state["new-name"].strip():
        with failures_said():
            store().rename_project(project_id, name)


@st.dialog("Delete project")
def _delete(project) -> None:
    st.html(markup.facts({"Project": project.name, "Checked": f"{project.checked} of {project.sentences}"}))
    st.write("It leaves the list with all its sentences and corrections.")
    if st.button("Delete", type="primary", key="confirm-delete", on_click=_deleted, args=(project,)):
        st.rerun()


def _deleted(project) -> None:
    with failures_said():
        store().delete_project(project.id)
        st.session_state["deleted"] = project
        if st.session_state.get("project") == project.id:
            st.session_state.pop("project")


def deleted_notice() -> None:
    """After a deletion: the way back."""
    project = st.session_state.get("deleted")
    if project is None:
        return
    said, back = st.columns([5, 1], vertical_alignment="center")
    said.html(markup.notice(f"Deleted {project.name}"))
    back.button("Bring it back", key="bring-back", on_click=_bring_back, args=(project,), width="stretch")


def _bring_back(project) -> None:
    with failures_said():
        store().restore_project(project.id)
        st.session_state.pop("deleted")
