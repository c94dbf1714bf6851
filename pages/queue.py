"""Sentences in the order in which they are worth a look, with the reasons; accepted one by one or in bulk."""

import streamlit as st

from views import inspect_panels, queue_bulk, queue_names, queue_panel, queue_panels, queue_scan
from views.frame import enter
from views.session import current_position, current_project, write_address

enter()
project = current_project()
if project is None or not project.sentences:
    inspect_panels.empty()
    st.stop()
queue_panel.open_if_asked(project)
write_address(project.id, current_position(project.sentences))
waiting = queue_scan.keep_up(project)
queue = queue_panel.queue_of(project)
tally = queue_panels.tally_of(project, queue, queue_scan.current_scan(project))
given_to = queue.people()

with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    wanted = queue_panels.filters(tally, given_to)
    queue_bulk.button(project, queue, wanted)
    queue_names.button(project)
own = queue_panel.own_progress(queue, wanted)
queue_panels.summary(tally, queue.pace(), own)
queue_panels.scan_line(project, tally, waiting)

total = queue.count(wanted)
queue_panel.draw(project, queue, wanted, total, own, given=bool(given_to))
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    queue_panels.caption(project, total)
    queue_panel.pages(total)
queue_names.dialog_if_asked(project, queue, tuple(tally.labels))
