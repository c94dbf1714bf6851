"""Several people on one project: roles, sentences to do, how far they agree, and decisions between them."""

import streamlit as st

from views import inspect_panels, markup, people, people_decisions, people_panels, people_work
from views.frame import enter
from views.session import current_position, current_project, write_address

PARTS = {"roles": "Roles", "sentences": "Sentences", "agreement": "Agreement", "decide": "Decide"}

enter()
project = current_project()
if project is None:
    inspect_panels.empty()
    st.stop()
write_address(project.id, current_position(project.sentences))
st.html(markup.page_title("People", f"{project.name}: who works on it, on which sentences, and how far they agree."))
part = st.segmented_control(
    "Part", list(PARTS), default="roles", required=True, key="part", bind="query-params", format_func=PARTS.get,
    label_visibility="collapsed",
)  # fmt: skip
refused = people.may_manage(project.id)
if part == "roles":
    people_panels.roles(project, refused)
elif part == "sentences":
    people_work.work(project, refused)
elif part == "agreement":
    people_decisions.agreement(project)
else:
    people_decisions.decisions(project, refused)
