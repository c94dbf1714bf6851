"""Methods against gold: scores with intervals, kinds of mistakes, stages to blame, the sentences behind each mark."""

import streamlit as st

from views import (
    compare_choice,
    evaluate_board,
    evaluate_choice,
    evaluate_gold,
    evaluate_run,
    evaluate_sentences,
    evaluate_status,
    evaluate_study,
    inspect_panels,
    markup,
)  # fmt: skip
from views.frame import enter
from views.session import current_position, current_project, write_address
from views.stored import sentences

enter()
project = current_project()
if project is None or not project.sentences:
    inspect_panels.empty()
    st.stop()
evaluate_sentences.open_if_asked(project)
write_address(project.id, current_position(project.sentences))
stored = sentences(project.id)
found = evaluate_gold.kinds(stored)
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    ground = evaluate_choice.ground(project, stored, found)
    report_place = st.container(width="content")
if not found.get(ground.kind) and ground.file is None:
    evaluate_status.no_gold(bool(found))
    st.stop()
links = any(one.task.alignment is not None for one in stored)
methods, lacking = compare_choice.method_row(project, links=links)
if not methods:
    st.html(markup.notice("No method to evaluate", "Choose one or more that can run here."))
    compare_choice.cannot_run(lacking, expanded=True)
    st.stop()
cases = evaluate_study.cases(project.id, stored, ground)
settings = evaluate_gold.run_settings(project.setup, ground.said, ground.recognized)
run = evaluate_run.runs().find(project.id, settings)
known = evaluate_run.known(run)
signatures = evaluate_run.signatures(project.setup, methods)
evaluate_status.line(project, settings, cases, known, evaluate_run.programs(signatures))
compare_choice.cannot_run(lacking)
study = evaluate_board.draw(project, run, cases, known, signatures, report_place)
if study is not None:
    evaluate_sentences.drawer(study)
