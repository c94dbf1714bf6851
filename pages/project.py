"""Start or reopen a project: type, upload, or look at the demo corpus; nothing is stored before Import."""

import streamlit as st

from projection.errors import ProjectionError
from projection.text.languages import normalise
from views import importing, markup, palette, project_list, project_panels
from views.frame import enter
from views.importing import Reading
from views.session import address, forget, open_project, remembered


def inspect(project_id: int | None) -> None:
    if project_id is not None:
        forget("reading")
        open_project(project_id)
        st.switch_page("pages/inspect.py", query_params=address(project_id))


def read_files(files, options, source: str, target: str, direction: str) -> Reading:
    """Read the uploads, with a stop button while it lasts; kept until a file or setting changes."""
    marks = tuple(file and (file.name, len(file.content), hash(file.content)) for file in files)
    key, name = (marks, source, target, direction, options), files[0].name
    if st.session_state.get("stopped-reading") == key:
        return Reading(
            name, (), errors=("Reading was stopped. Remove the file, or change a setting to read it again.",)
        )
    waiting = st.empty()

    def tell(sentences: int) -> None:
        waiting.caption(f"Reading {markup.plain(name)}: {markup.thousands(sentences)} sentences so far")

    def build() -> Reading:
        return importing.file_reading(
            *files, source=source, target=target, direction=direction, options=options, progress=tell
        )

    stop = st.empty()
    stop.button("Stop reading", key="stop-reading", on_click=st.session_state.update, args=({"stopped-reading": key},))
    reading = remembered("reading", key, build)
    stop.empty(), waiting.empty()
    return reading


enter()
palette.use({})
project_list.deleted_notice()
project_list.projects_panel()
st.html(
    markup.page_title(
        "Start a project", "Entities are carried over from a text to its translation, and you check them."
    )
)
source, target, direction = project_panels.language_row()
try:
    source, target = normalise(source), normalise(target)
    setup = project_panels.default_setup(source, target, direction)
except ProjectionError as problem:
    st.html(markup.notice("This language is not known", str(problem), "bad"))
    source, target, setup = "und", "und", None
given, other = (source, target) if direction == "translate-train" else (target, source)

typed_column, upload_column, demo_column = st.columns(3)
with typed_column.container(border=True, height="stretch"):
    text = project_panels.typed_card(given, other)
with upload_column.container(border=True, height="stretch"):
    files, options = project_panels.upload_card(given, other)
with demo_column.container(border=True, height="stretch"):
    if project_panels.demo_card():
        inspect(project_panels.demo_project())

if setup is None:  # what was typed and uploaded above stays
    st.stop()
with st.container(border=True):
    top, action = st.columns([3, 1], vertical_alignment="center")
    if files[0] is not None:
        reading = read_files(files, options, source, target, direction)
    else:
        rows = importing.typed_rows(text or "", given)
        if not rows:
            top.html(markup.title("Preview", "Type a sentence above, upload a file, or open the demo corpus."))
            st.stop()
        with st.expander("Change the split or give translations", expanded=len(rows) > 1):
            rows = project_panels.split_editor(rows, key=f"split-{hash((text, given))}")
        reading = importing.typed_reading(rows, source, target, direction)
    top.html(markup.title(f"Preview of {reading.name}", "Nothing is stored until you import"))
    project_panels.preview(reading, setup)
    ready = bool(reading.sentences) and not reading.errors
    label = f"Import {markup.counted(reading.sentences, 'sentence')}" if ready else "Import"
    if action.button(label, type="primary", disabled=not ready, key="import", width="stretch"):
        inspect(project_panels.import_project(reading.name, setup, reading))
