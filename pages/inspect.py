"""Look at one sentence: labels, translation, links, candidates, methods; correct what is wrong."""

import streamlit as st

from views import board_panel, evidence_panels, inspect_panels, markup, messages
from views.desk import Desk
from views.frame import enter
from views.resources import store
from views.running import outcome_of
from views.session import current_position, current_project, memory, write_address

enter()
project = current_project()
if project is None or not project.sentences:
    inspect_panels.empty()
    st.stop()
position = current_position(project.sentences)
write_address(project.id, position)
stored = store().sentence(project.id, position)

with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    inspect_panels.navigation(position, project.sentences)
    decisions, method_place = (
        st.container(horizontal=True, width="content", gap="xsmall"),
        st.container(horizontal=True, width="content", gap="xsmall"),
    )
    with method_place:
        setup = inspect_panels.settings_popover(project)
        method = inspect_panels.method_choice(setup)
    status = st.container(width="content")

task = stored.edits.apply(stored.task)
desk = Desk(project, setup, stored, outcome_of(setup, task), method, store().history(stored.id), memory())
with decisions:
    inspect_panels.decisions_bar(desk)
with status:
    inspect_panels.saved_state(desk)

pick = board_panel.current_pick(desk)
with st.container():
    place = st.container()
    messages.messages(desk)
    inspect_panels.span_tools(desk, pick)

left, right = st.columns([2, 3])
with right.container(border=True):
    tabs = st.tabs(["Candidates", "Methods", "Token table", "Text", "Steps and history"])
    with tabs[0]:
        entity = evidence_panels.entity_choice(desk, pick)
        evidence_panels.candidates_tab(desk, entity)
    with tabs[1]:
        evidence_panels.methods_tab(desk)
    with tabs[2]:
        evidence_panels.tokens_tab(desk)
    with tabs[3]:
        evidence_panels.text_tab(desk)
    with tabs[4]:
        evidence_panels.history_tab(desk)
with left.container(border=True):
    evidence_panels.matrix_panel(desk, entity)

shown = evidence_panels.previewed(desk, entity)
preview = shown and (shown[1].candidate.span, f"#{shown[0] + 1}, {markup.score_text(shown[1].score)}. Press U to use")
with place:
    board_panel.draw_board(desk, pick, preview)
