"""Methods beneath each other on one sentence, their agreement over the project, and one method stage by stage."""

from dataclasses import replace

import streamlit as st

from views import compare_choice, compare_corpus, compare_panels, inspect_panels, markup, steps, workbench
from views.compare_data import comparison_setup, reduce
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
task = stored.edits.apply(stored.task)

with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    inspect_panels.navigation(position, project.sentences)
    is_staged = compare_panels.view_choice()
    method_place = st.container(width="content")
    actions = st.container(horizontal=True, width="content", gap="xsmall")
methods, lacking = compare_choice.method_row(project, links=task.alignment is not None)
if not methods:
    st.html(markup.notice("No method to compare", "Choose one or more that can run here."))
    compare_choice.cannot_run(lacking, expanded=True)
    st.stop()
with method_place:
    current = inspect_panels.method_choice(replace(project.setup, methods=methods, options={}))

setup = comparison_setup(project.setup, methods)
outcome = outcome_of(setup, task, "compare-job")
sheet = workbench.sheet(stored, setup, outcome, current)
desk = Desk(project, setup, stored, sheet, store().history(stored.id), memory())
workbench.shown(stored)
row = reduce(outcome, setup.methods)
corpus = compare_corpus.corpus_of(project)
corpus.learn(position, task, row)
with actions:
    compare_panels.undo_and_open(desk)

if is_staged:
    steps.stage_view(desk)
    st.stop()
with st.container(gap="small"):
    compare_panels.heading(desk)
    if row.target is not None:
        compare_panels.stack(desk, row, methods)
        compare_panels.pick_line(desk, row, methods)
    compare_choice.cannot_run(lacking)
compare_corpus.corpus_panel(project, position, corpus, methods)
