"""Write labels to a file: choose format and scheme, look at the real file, download it."""

import streamlit as st

from projection.errors import ProjectionError
from views import export_panels, exporting, inspect_panels, markup
from views.frame import enter
from views.jobs import Job
from views.resources import compute_lock, resources, store
from views.session import current_position, current_project, remembered, write_address

QUICK = 1.0

enter()
project = current_project()
if project is None:
    inspect_panels.empty()
    st.stop()
position = current_position(project.sentences)
write_address(project.id, position)
setup = project.setup
head, choice, action = st.columns([5, 1, 1.4], vertical_alignment="center")
head.html(export_panels.heading(project))
with choice:
    method = inspect_panels.method_choice(setup)
version = (project.id, store().version(project.id))
stored = remembered("stored", version, lambda: list(store().sentences(project.id)))
state = (*version, setup.to_dict(), method)


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
rows = export_panels.in_scope(job.results, scope, position)
with choices.container(border=True):
    written = export_panels.checks(rows, side, kind, stopped=len(job.results) < job.total)


def whole_original() -> bytes:
    language = export_panels.language_of(setup, side)
    known = [row.entities for row in job.results]
    labels = known + [None] * (project.sentences - len(known))
    return exporting.write_original(store().document(project.id), project.document_name, language, labels)


def content(limit: int | None = None) -> bytes:
    if kind == exporting.SAME_FILE:
        return remembered("original", state, whole_original)
    return exporting.write(written[:limit], kind, scheme, side)


name = export_panels.name_of(project, kind, scheme, side, scope, position)
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
