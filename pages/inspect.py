"""Correct one sentence: the editor, and beneath it links, candidates, methods, words as a table, text and history."""

import streamlit as st

from views import editor_panel, evidence_panels, guidelines, inspect_panels, messages, people, walk, workbench
from views.desk import Desk
from views.frame import enter, failures_drawn
from views.resources import store
from views.running import outcome_here
from views.session import current_position, current_project, memory, write_address

enter()
project = current_project()
if project is None or not project.sentences:
    inspect_panels.empty()
    st.stop()
write_address(project.id, current_position(project.sentences))

with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    inspect_panels.jump(current_position(project.sentences), project.sentences)
    setup = inspect_panels.settings_popover(project)
    method = inspect_panels.method_choice(setup)
walk.strip(project.id, current_position(project.sentences))


def desk_here():
    """Return what is seen of the current sentence, and the job that computes something newer, if any."""
    position = current_position(project.sentences)
    stored = store().sentence(project.id, position, people.line_here(project.id, position))
    outcome, running = outcome_here(stored, setup)
    sheet = workbench.sheet(stored, setup, outcome, method)
    events = store().history(stored.id, stored.line)
    return Desk(store().project(project.id), setup, stored, sheet, events, memory()), running


editor_panel.editor(desk_here)
if st.session_state.pop("open-guidelines", False):
    guidelines.drawer(project)
with failures_drawn():
    desk, running = desk_here()
    if running is not None:
        inspect_panels.waiting(running)
    inspect_panels.prepare_next(desk)
    messages.messages(desk)
    evidence_panels.evidence(desk)
