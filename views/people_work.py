"""Who does which sentences, and handing them out: the second part of the page People."""

from __future__ import annotations

import streamlit as st

from projection.corrections.assignments import Given, Work, read_positions, split_evenly
from projection.corrections.records import ProjectSummary
from projection.corrections.roles import VIEWER, same_person
from projection.errors import StoreError
from views import markup, people
from views.frame import failures_said, say
from views.people_versions import NONE, name
from views.session import address, open_project

ORDERS = {"doubt": "Most doubtful first", "corpus": "As in the corpus"}
WAYS = {"split": "Split between them", "apart": "All do the same, apart"}


def work(project: ProjectSummary, refused: str) -> None:
    """Show who does which sentences, and let a curator hand them out."""
    found = people.assignments().work(project.id)
    _my_own(project, found)
    if found:
        st.html(_work_table(found))
    else:
        st.html(markup.notice("No sentences are given to anybody", "Everybody who may change the project does any."))
    if refused:
        return
    give, back = st.columns([3, 2])
    with give.container(border=True):
        _give(project)
    if found:
        with back.container(border=True):
            _take_back(project, found)


def _my_own(project: ProjectSummary, found: tuple[Work, ...]) -> None:
    mine = next((one for one in found if same_person(one.person, people.author())), None)
    if mine is None or mine.next is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Go on with your sentences", type="primary", key="my-next"):
            open_project(project.id, mine.next)
            st.switch_page("pages/inspect.py", query_params=address(project.id, mine.next))
        st.html(markup.progress_line(mine.done, mine.assigned), width="content")


def _work_table(found: tuple[Work, ...]) -> str:
    rows = []
    for one in found:
        apart = markup.thousands(one.apart) if one.apart else NONE
        following = NONE if one.next is None else markup.thousands(one.next + 1)
        rows.append([name(one.person), markup.progress_line(one.done, one.assigned), apart, following])
    return markup.sheet(["Name", "Done", "In common with others", "Next"], rows, frozenset({2, 3}))


def _give(project: ProjectSummary) -> None:
    st.html(markup.title("Hand out sentences"))
    which = st.segmented_control(
        "Which", ["next", "numbers"], default="next", required=True, key="give-which",
        format_func={"next": "The next free ones", "numbers": "By number"}.get,
    )  # fmt: skip
    if which == "next":
        count, order = st.columns(2)
        count.number_input(
            "How many", 1, max(1, project.sentences), min(50, max(1, project.sentences)), key="give-count"
        )
        order.selectbox("Order", list(ORDERS), key="give-order", format_func=ORDERS.get,
                        help="Doubt is known for sentences that the page Queue has read.")  # fmt: skip
    else:
        st.text_input("Numbers", key="give-numbers", placeholder="1-50, 60", max_chars=2000)
    here = people.people()
    members = [member.person for member in here.members(project.id) if member.role != VIEWER]
    st.multiselect("People", members or here.known(project.id), key="give-people", accept_new_options=not members,
                   placeholder="Choose people" if members else "Choose people, or type names")  # fmt: skip
    st.radio(
        "How", list(WAYS), key="give-way", format_func=WAYS.get, horizontal=True,
        help="Apart: each on a version of their own, blind to the others, for agreement and a decision later.",
    )  # fmt: skip
    st.button("Hand out", type="primary", key="give", on_click=_hand_out, args=(project,))


def _hand_out(project: ProjectSummary) -> None:
    with failures_said("warn"):
        chosen, dealt = _chosen(project)
        names = st.session_state.get("give-people") or []
        if not names:
            raise StoreError("Choose who is to do these sentences.")
        if not chosen:
            raise StoreError("There are no free sentences left: everything is given to somebody or accepted.")
        if st.session_state.get("give-way") == "apart":
            given = people.assignments().give_apart(project.id, chosen, names, people.author())
        else:
            shares = split_evenly(chosen, names, deal=dealt)
            given = people.assignments().give(project.id, shares, people.author())
        say(_given(given))


def _chosen(project: ProjectSummary) -> tuple[list[int], bool]:
    """Return the positions that are meant, and whether they are ordered by doubt."""
    if st.session_state.get("give-which") == "numbers":
        return read_positions(st.session_state.get("give-numbers") or "", project.sentences), False
    order = st.session_state.get("give-order") or "doubt"
    count = int(st.session_state.get("give-count") or 1)
    return people.assignments().free(project.id, count, order), order == "doubt"


def _given(given: Given) -> str:
    shares = ", ".join(f"{person}: {markup.counted(size, 'sentence')}" for person, size in given.sentences.items())
    passed = (
        f" {markup.counted(given.passed, 'sentence')} left as they are: several people do them." if given.passed else ""
    )
    return f"{shares}.{passed}"


def _take_back(project: ProjectSummary, found: tuple[Work, ...]) -> None:
    st.html(markup.title("Take sentences back", "Only what is not finished; what was done stays."))
    person = st.selectbox("From", [one.person for one in found], key="back-person")
    st.text_input("Numbers", key="back-numbers", placeholder="All of theirs, or 1-50, 60", max_chars=2000)
    st.button("Take back", key="back", on_click=_back, args=(project, person))


def _back(project: ProjectSummary, person: str) -> None:
    with failures_said("warn"):
        text = (st.session_state.get("back-numbers") or "").strip()
        chosen = read_positions(text, project.sentences) if text else range(project.sentences)
        count = people.assignments().take_back(project.id, chosen, person, people.author())
        say(f"{markup.counted(count, 'sentence')} taken back.")
