"""Write labels to files: choose formats and sentences, see what would be lost, look at the real files, download."""

from dataclasses import replace

import streamlit as st

from projection import exchange
from projection.errors import ProjectionError
from projection.exchange import delivery
from views import export_panels, inspect_panels, markup, people_decisions
from views.frame import enter
from views.jobs import Job
from views.resources import compute_lock, resources, store
from views.session import current_position, current_project, remembered, write_address
from views.stored import sentences

QUICK = 1.0
PREVIEWED = 30

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
stored = sentences(project.id)
state = (*version, setup.to_dict(), method)
newest = remembered("newest", version, lambda: store().newest_events(project.id))


def keep(index, outcome):
    return exchange.from_stored(outcome, stored[index], method, newest.get(stored[index].id))


def start() -> Job:
    return Job(setup, [item.edits.apply(item.task) for item in stored], resources(), compute_lock(), keep=keep)


job = remembered("export", state, start, Job.stop)
if not job.wait(QUICK):
    inspect_panels.waiting(job)
    st.stop()
if job.problem:
    inspect_panels.failed(job, "export")
    st.stop()

formats, choices, preview = st.columns([1, 1.1, 1.9])
with formats.container(border=True):
    chosen = export_panels.format_choice(project)
with choices.container(border=True):
    sentences = st.container()
    options = export_panels.writing_choice(setup, chosen)
sides = exchange.Request(chosen, options).sides
with sentences:
    selection = export_panels.sentence_choice(job.results, sides, position)
request = exchange.Request(chosen, options, selection)
report = remembered("report", (state, request), lambda: exchange.examine(job.results, request))
with choices.container(border=True):
    stopped = len(job.results) < job.total
    apart = {one.position for one in people_decisions.Sorted.of(project.id).to_decide}
    export_panels.findings(report, request, stopped=stopped, torn=store().torn(project.id), apart=apart)
if chips := export_panels.label_chips(report.items, sides):
    sentences.html(chips)

language = export_panels.language_of(setup, options.side)
origin = exchange.Origin(project.name, language, project.document_name)
name, media = exchange.download_name(request, origin) if chosen else ("", "")
count = delivery.count_files(request)


def as_uploaded() -> bytes:
    labels = delivery.labels_of(report, project.sentences)
    return delivery.write_original(store().document(project.id), project.document_name, setup.target_language, labels)


with preview.container(border=True):
    try:
        original = remembered("original", (state, request), as_uploaded) if exchange.SAME_FILE in chosen else b""
        if chosen and report.items:
            beginning = replace(report, items=report.items[:PREVIEWED])
            files = exchange.bundles(request, beginning, origin, original)
            export_panels.file_tabs(files, markup.counted(len(report.items), "sentence"))
        else:
            st.html(markup.title("No file yet"))
    except ProjectionError as problem:
        st.html(markup.notice("This file cannot be written", str(problem), "bad"))
        st.stop()
if report.items and (line := delivery.command(project.id, method, request, origin)):
    with preview.expander("The same on the command line"):
        st.code(line, language=None, wrap_lines=True)
action.download_button(
    f"Download ZIP, {count} files" if count > 1 else "Download",
    data=lambda: exchange.download(request, report, origin, original), file_name=name, mime=media, on_click="ignore",
    shortcut="Ctrl+E", type="primary", disabled=not (chosen and report.items), key="download", width="stretch",
)  # fmt: skip
