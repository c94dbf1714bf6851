"""The stored projects: find, open, rename, delete and bring back."""

from __future__ import annotations

import streamlit as st

from projection.corrections.records import ProjectSummary
from projection.errors import StoreError
from views import markup, people, project_guidelines, project_labels
from views.frame import failures_said
from views.resources import store
from views.session import address, open_project

SHOWN = 5
"""Projects listed before somebody searches or asks for more."""
SEARCH_FROM = 3
"""With fewer projects there is nothing to search for."""


def projects_panel() -> None:
    """List the stored projects, newest first, with what can be done with each; and those that were deleted."""
    try:
        found, gone = store().projects(), store().projects(deleted=True)
    except StoreError as problem:
        st.html(markup.notice("Your projects cannot be shown now", str(problem), "bad"))
        return
    if found or gone:
        with st.container(border=True, key="projects", gap="xsmall"):
            wanted = _head(found)
            shown = [project for project in found if wanted in project.name.casefold()]
            limit = len(shown) if wanted else st.session_state.get("projects-shown", SHOWN)
            for project in shown[: max(limit, SHOWN)]:
                _project_line(project)
            _below(shown, limit, wanted)
            if gone:
                _deleted_projects(gone)
    dialog, project = st.session_state.pop("project-dialog", (None, None))
    if dialog:
        DIALOGS[dialog](project)


def _head(found: list[ProjectSummary]) -> str:
    """Draw title and search; return what is searched for, ready to compare."""
    title, search = st.columns([3, 2], vertical_alignment="center")
    sentences = sum(project.sentences for project in found)
    counts = f"{markup.counted(len(found), 'project')}, {markup.counted(sentences, 'sentence')}"
    title.html(markup.title("Your projects", counts))
    if len(found) < SEARCH_FROM:
        return ""
    typed = search.text_input(
        "Search projects", key="project-search", placeholder="Search projects", label_visibility="collapsed"
    )
    return (typed or "").strip().casefold()


def _below(shown: list[ProjectSummary], limit: int, wanted: str) -> None:
    if wanted and not shown:
        st.html(markup.notice("No project has that name", "Search for a part of its name, in any case."))
    hidden = len(shown) - max(limit, SHOWN)
    if hidden > 0:
        label = f"Show {markup.counted(hidden, 'more project')}"
        st.button(label, key="more-projects", type="tertiary", on_click=_show_all, args=(len(shown),))


def _show_all(number: int) -> None:
    st.session_state["projects-shown"] = number


def _project_line(project: ProjectSummary) -> None:
    name, facts, tools = st.columns([4, 3, 4], vertical_alignment="center", gap="small")
    problem = project.problem or None
    if name.button(
        markup.plain(project.name), key=f"open-{project.id}", width="stretch", disabled=problem is not None,
        help=problem or "Open",
    ):  # fmt: skip
        open_project(project.id)
        st.switch_page("pages/inspect.py", query_params=address(project.id))
    facts.html(_facts(project))
    with tools.container(horizontal=True, gap="small", horizontal_alignment="right"):
        for ask in DIALOGS:
            st.button(ask.capitalize(), key=f"{ask}-{project.id}", type="tertiary", on_click=_ask, args=(ask, project))


def _facts(project: ProjectSummary) -> str:
    flagged = markup.pill(f"{markup.thousands(project.flagged)} flagged", "warn") if project.flagged else ""
    setup, languages = project.setup, ""
    if setup:
        languages = markup.pill(markup.language_pair(setup.source_language, setup.target_language))
    return markup.progress_line(project.checked, project.sentences) + f" {flagged}{languages}"


def _ask(dialog: str, project: ProjectSummary) -> None:
    """Open a dialog in the coming run, with what is stored then."""
    for kept in (f"guidelines-seen-{project.id}", f"guidelines-text-{project.id}", f"labels-table-{project.id}"):
        st.session_state.pop(kept, None)
    st.session_state["project-dialog"] = (dialog, project)


def _allowed(project_id: int) -> None:
    """Raise StoreError when the person here may not manage the project."""
    if reason := people.may_manage(project_id):
        raise StoreError(reason)


@st.dialog("Rename project")
def _rename(project: ProjectSummary) -> None:
    name = st.text_input("Name", project.name, max_chars=120, key="new-name")
    if st.button(
        "Rename", type="primary", key="confirm-rename", on_click=_renamed, args=(project.id,), disabled=not name.strip()
    ):
        st.rerun()


def _renamed(project_id: int) -> None:
    if name := st.session_state["new-name"].strip():
        with failures_said():
            _allowed(project_id)
            store().rename_project(project_id, name)


@st.dialog("Delete project")
def _delete(project: ProjectSummary) -> None:
    counts = {"Checked": f"{project.checked} of {project.sentences}", "Flagged": str(project.flagged or "")}
    st.html(markup.facts({"Project": project.name, **counts}))
    st.write("It leaves the list with all its sentences and corrections. Deleted projects can be brought back.")
    if st.button("Delete", type="primary", key="confirm-delete", on_click=_deleted, args=(project,)):
        st.rerun()


def _deleted(project: ProjectSummary) -> None:
    with failures_said():
        _allowed(project.id)
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
    back.button("Bring it back", key="bring-back", on_click=_bring_back, args=(project.id,), width="stretch")


def _deleted_projects(gone: list[ProjectSummary]) -> None:
    """List what was deleted, the last first. Nothing of it is ever destroyed."""
    with st.expander(
        f"{markup.counted(len(gone), 'deleted project')}", key="deleted-projects", on_change="rerun"
    ) as pane:
        for project in sorted(gone, key=lambda one: one.deleted, reverse=True) if pane.open else ():
            name, when, back = st.columns([5, 4, 2], vertical_alignment="center")
            name.html(markup.title(project.name))
            when.html(
                f'<span class="meta">{markup.counted(project.sentences, "sentence")}, {project.checked} checked, '
                f"deleted on {project.deleted:%Y-%m-%d at %H:%M}</span>"
            )
            back.button(
                "Bring back", key=f"restore-{project.id}", on_click=_bring_back, args=(project.id,), width="stretch"
            )


def _bring_back(project_id: int) -> None:
    with failures_said():
        _allowed(project_id)
        store().restore_project(project_id)
        if (deleted := st.session_state.get("deleted")) and deleted.id == project_id:
            st.session_state.pop("deleted")


DIALOGS = {
    "labels": project_labels.dialog, "guidelines": project_guidelines.dialog, "rename": _rename, "delete": _delete
}  # fmt: skip
