"""Who has which role in a project: the first part of the page People."""

from __future__ import annotations

from html import escape

import streamlit as st

from projection.corrections.assignments import Work
from projection.corrections.records import ProjectSummary
from projection.corrections.roles import CORRECTOR, CURATOR, LONGEST_NAME, VIEWER, Member, clean_name
from views import markup, people
from views.frame import failures_said, say
from views.people_versions import NONE, name

ROLES = {VIEWER: "Viewer", CORRECTOR: "Corrector", CURATOR: "Curator"}
MEANS = {
    VIEWER: "looks and exports",
    CORRECTOR: "changes the sentences given to them, or all if none are",
    CURATOR: "changes everything, manages people, decides, deletes",
}


# roles --------------------------------------------------------------------------------------------------


def roles(project: ProjectSummary, refused: str) -> None:
    """Show who has which role; a curator can change that. `refused` says why the person here may not."""
    known, work = people.people().members(project.id), people.assignments().work(project.id)
    st.html(_state(known) + (_member_table(known, work) if known else ""))
    st.html(markup.facts({ROLES[role]: meaning for role, meaning in MEANS.items()}))
    if refused:
        st.html(markup.notice("You can look here, not change", refused))
        return
    add, change = st.columns(2)
    with add.container(border=True):
        _add(project, known)
    if known:
        with change.container(border=True):
            _change(project, known)


def _state(known: tuple[Member, ...]) -> str:
    if not known:
        return markup.notice(
            "Open to everybody",
            "Whoever can open this page can change this project. As soon as you add somebody you become its curator, "
            "and only the people you add can change it.",
        )
    return ""


def _member_table(known: tuple[Member, ...], work: tuple[Work, ...]) -> str:
    done = {one.person: one for one in work}
    rows = []
    for member in known:
        mine = done.get(member.person)
        progress = f"{mine.done} of {mine.assigned}" if mine else NONE
        rows.append([name(member.person), ROLES[member.role], progress, f"{member.since:%Y-%m-%d}"])
    return markup.sheet(["Name", "Role", "Done", "Since"], rows, frozenset({2, 3}))


def _add(project: ProjectSummary, known: tuple[Member, ...]) -> None:
    st.html(markup.title("Add somebody"))
    with st.form("member", border=False, clear_on_submit=True):
        st.text_input(
            "Name", key="member-name", max_chars=LONGEST_NAME,
            placeholder="The name they use here, or the e-mail address they sign in with",
        )  # fmt: skip
        st.segmented_control(
            "Role", list(ROLES), default=CORRECTOR, required=True, key="member-role", format_func=ROLES.get
        )
        st.form_submit_button("Add", type="primary", key="member-add", on_click=_store_member, args=(project.id,))
    if not known and not people.author():
        st.html(markup.notice("Say your own name first", "In the corner at the top right; you become the curator."))


def _store_member(project_id: int) -> None:
    with failures_said("warn"):
        person = clean_name(st.session_state.get("member-name") or "")
        first = not people.people().members(project_id)
        role = st.session_state.get("member-role") or CORRECTOR
        people.people().set_member(project_id, person, role, people.author())
        more = f" You, {people.author()}, are the curator." if first else ""
        say(f"{person} has a role now.{more}")


def _change(project: ProjectSummary, known: tuple[Member, ...]) -> None:
    st.html(markup.title("Change a role, or take somebody out", "What they did stays, under their name."))
    person = st.selectbox("Person", [member.person for member in known], key="member-chosen")
    role = next(member.role for member in known if member.person == person)
    with st.container(horizontal=True, vertical_alignment="center"):
        for other in ROLES:
            if other != role:
                st.button(f"Make {ROLES[other].lower()}", key=f"make-{other}", on_click=_change_role,
                          args=(project.id, person, other))  # fmt: skip
        with st.popover("Take out"):
            st.html(f'<p class="lead">{escape(person)} cannot change anything here any more.</p>')
            st.button("Yes, take out", key="member-remove", on_click=_remove_member, args=(project.id, person))
        with st.popover("Open to everybody again"):
            st.html('<p class="lead">All roles go, and everybody can change this project. What was done stays.</p>')
            st.button("Yes, open it", key="member-open", on_click=_open_to_all, args=(project.id,))


def _change_role(project_id: int, person: str, role: str) -> None:
    with failures_said("warn"):
        people.people().set_member(project_id, person, role, people.author())
        say(f"{person} is {ROLES[role].lower()} now.")


def _remove_member(project_id: int, person: str) -> None:
    with failures_said("warn"):
        people.people().remove_member(project_id, person, people.author())
        say(f"{person} has no role any more. What they did stays.")


def _open_to_all(project_id: int) -> None:
    with failures_said("warn"):
        people.people().open_to_all(project_id, people.author())
        say("The project is open to everybody.")
