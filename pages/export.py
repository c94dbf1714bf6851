"""Write labels to a file: choose format and scheme, look at the real file, download it."""

import streamlit as st

from projection.errors import ProjectionError
from views import export_panels, exporting, inspect_panels, markup
from views.jobs import Job
from views.resources import compute_lock, resources, store
from views.session import current_project, remembered, write_address

QUICK = 1.0

project = current_project()
if project is None:
    inspect_panels.empty()
    st.stop()
write_address(project.id, st.session_state.get("position", 0))
setup = project.setup
head, choice, action = st.columns([5, 1, 1.4], vertical_alignment="center")
head.html(export_panels.heading(project))
with choice:
    method = inspect_panels.method_choice(setup)
stored = list(store().sentences(project.id))
state = (project.id, setup.to_dict(), method, tuple(item.revision for item in stored))


def start() -> Job:
    return Job(
        setup, [item.edits.apply(item.task) for item in stored], resources(), compute_lock(),
        keep=lambda index, outcome: exporting.row(index, outcome, stored[index].edits, method),
    )  # fmt: skip


job = remembered("export", state, start, Job.stop)
if not job.wait(QUICK):
    inspect_panels.waiting(job)
    st.stop()
if job.problem:
    inspect_panels.failed(job, "export")
    st.stop()

choices, preview = st.columns([1, 2])
with choices.container(border=True):
    kind, scheme, side, scope = export_panels.choices(project)
rows = export_panels.in_scope(job.results, scope, st.session_state.get("position", 0))
with choices.container(border=True):
    written = export_panels.checks(rows, side, kind, stopped=len(job.results) < job.total)


def content(limit: int | None = None) -> bytes:
    if kind == exporting.SAME_FILE:
        document = store().document(project.id)
        return exporting.write_original(
            document, project.document_name, export_panels.language_of(setup, side), job.results, None
        )
    return exporting.write(written[:limit], kind, scheme, side)


name = exporting.file_name(project.name, export_panels.language_of(setup, side), kind, project.document_name)
with preview.container(border=True):
    st.html(markup.title(name, markup.counted(len(written), "sentence")))
    try:
        export_panels.file_preview(content(30), kind)
    except ProjectionError as problem:
        st.html(markup.notice("This file cannot be written", str(problem), "bad"))
        st.stop()
action.download_button(
    "Download", data=content, file_name=name, mime="text/plain", on_click="ignore", shortcut="Ctrl+E", type="primary",
    disabled=not written, key="download", width="stretch",
)  # fmt: skip
