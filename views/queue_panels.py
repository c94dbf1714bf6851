"""Around the list of the queue: search, order and filters, progress, and how far the project is read."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from projection import registry
from projection.corrections.queue import Queue, Tally
from projection.corrections.roles import own_line, same_person
from projection.corrections.wanted import Order, State, Wanted
from projection.pipeline import ROLES
from projection.triage import KINDS
from views import markup, queue_data, queue_scan
from views.inspect_panels import STAGES
from views.people import author
from views.queue_panel import SIZE
from views.queue_scan import Scan
from views.resources import store
from views.session import forget, remembered

ORDERS: dict[Order, str] = {
    "doubt": "Most doubtful",
    "corpus": "Corpus order",
    "length": "Longest",
    "label": "Label",
}
STATES: dict[State, str] = {
    "open": "Open",
    "flagged": "Flagged",
    "noted": "With a note",
    "conflict": "Two versions",
    "checked": "Checked",
    "bulk": "Accepted in bulk",
    "corrected": "Corrected or added",
}
KEYS = ("queue-order", "queue-text", "queue-states", "queue-label", "queue-reason", "queue-person")


def first_page() -> None:
    st.session_state["queue-page"] = 1


def filters(tally: Tally, people: list[str]) -> Wanted:
    """Draw search, order and filters; all are kept from page to page."""
    kept: dict[str, Any] = {"persist_state": "session", "on_change": first_page}
    st.session_state.setdefault("queue-order", "doubt")
    st.session_state.setdefault("queue-states", ["open"])
    _begin_anew_for_others()
    if people and "queue-person" not in st.session_state:  # begin with one's own: the others are not one's to do
        st.session_state["queue-person"] = next((name for name in people if same_person(name, author())), "")
    text = st.text_input("Find", key="queue-text", placeholder="Find a word, name or note", width=240,
                         icon=":material/search:", label_visibility="collapsed", **kept)  # fmt: skip
    order = st.segmented_control("Order", list(ORDERS), required=True, key="queue-order",
                                 format_func=ORDERS.get, label_visibility="collapsed", **kept)  # fmt: skip
    with st.popover(_filter_title()):
        states = st.multiselect("State", list(STATES), key="queue-states", format_func=STATES.get,
                                placeholder="Any state", help="Any of these; none means all sentences.",
                                **kept)  # fmt: skip
        labels = ["", *sorted(tally.labels)]
        label = _choice("Label", "queue-label", labels, lambda name: name or "Any label", kept)
        person = ""
        if people:
            person = _choice("Given to", "queue-person", ["", *people], lambda name: name or "Anybody", kept)
        st.button("Reset", key="queue-reset", on_click=reset, disabled=not _filtered())
    reason, person_here = st.session_state.get("queue-reason", ""), author()
    mine = own_line(person_here) if person_here else ""
    return Wanted(tuple(states), label, reason, person, text.strip(), order, mine=mine)


def _begin_anew_for_others() -> None:
    """Forget what was searched, filtered and saved in this tab when somebody else gives their name in it."""
    before, here = st.session_state.get("queue-for"), author()
    st.session_state["queue-for"] = here
    if before is None or same_person(before, here):
        return
    reset()
    st.session_state["queue-text"] = ""
    for key in ("queue-person", "queue-saved"):
        st.session_state.pop(key, None)


def _choice(label: str, key: str, options: list[str], name: Any, kept: dict[str, Any]) -> str:
    if st.session_state.get(key, "") not in options:  # what is not there any more
        st.session_state[key] = ""
    return st.selectbox(label, options, key=key, format_func=name, **kept)


def _filtered() -> bool:
    chosen = [st.session_state.get(key) for key in ("queue-label", "queue-reason", "queue-person")]
    return any(chosen) or st.session_state.get("queue-states", ["open"]) != ["open"]


def _filter_title() -> str:
    """Name what is filtered by on the button, so that nobody wonders where sentences are."""
    states = st.session_state.get("queue-states", ["open"])
    said = [", ".join(STATES[state] for state in states) if states else "Any state"]
    said += [value for key in ("queue-label", "queue-person") if (value := st.session_state.get(key))]
    reason = st.session_state.get("queue-reason")
    said += [{"none": "nothing doubtful", **KINDS}[reason]] if reason else []
    return markup.plain("Show: " + "; ".join(said))


def reset() -> None:
    first_page()
    st.session_state["queue-states"] = ["open"]
    for key in ("queue-label", "queue-reason", "queue-person"):
        st.session_state[key] = ""


def tally_of(project: Any, queue: Queue, scan: Scan | None) -> Tally:
    """Return the counts of the project, counted again only when something is stored or read."""
    done = scan and (id(scan), scan.done, scan.finished)
    return remembered("queue-tally", (project.id, store().version(project.id), done, queue.settings), queue.tally)


def summary(tally: Tally, seconds: float | None, own: tuple[int, int] | None) -> None:
    """Draw progress, the reasons with a count each (a click filters), and the time the rest takes.

    `own` are those checked and all of the sentences of the person here, if the list shows these.
    """
    checked, sentences = own or (tally.checked, tally.sentences)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="xsmall", key="queue-summary"):
        share = 0 if not sentences else round(100 * checked / sentences)
        all_of = f"{markup.thousands(sentences)} of your sentences" if own else markup.counted(sentences, "sentence")
        done = f"{markup.thousands(checked)} of {all_of} checked"
        bar = f'<span class="meta">{share} %<span class="bar"><i style="width:{share}%"></i></span></span>'
        st.html(f'<div class="title">{done}{bar}</div>', width="content")
        current = st.session_state.get("queue-reason", "")
        for kind, name, count in queue_data.reason_counts(tally, current):
            st.button(f"{name} **{markup.thousands(count)}**", key=f"queue-reason-{kind}", on_click=_only, args=(kind,),
                      type="primary" if kind == current else "tertiary",
                      help="Show all reasons again" if kind == current else "Show only these")  # fmt: skip
        left = queue_data.time_left(seconds and seconds * (sentences - checked))
        if left and checked < sentences:
            pace = queue_data.time_left(seconds).removeprefix("about ")
            st.html(markup.title(f"{left} left", f"{pace} a sentence"), width="content")


def _only(kind: str) -> None:
    """Show only sentences with this reason; a second click shows all again."""
    st.session_state["queue-reason"] = "" if st.session_state.get("queue-reason") == kind else kind
    first_page()


def scan_line(project: Any, tally: Tally, waiting: int) -> None:
    """Read in the background what is not read under the settings of now; say how far that is, with a stop button."""
    scan = queue_scan.current_scan(project)
    if scan is not None and not scan.finished:
        _running(scan, tally.read)
        return
    lacking = tally.sentences - tally.read
    if scan is not None and scan.problem:
        st.html(markup.notice("Reading ended early", scan.problem, "bad"))
    if lacking == 0 or not waiting:
        _failures(project, tally)
        return
    unasked = queue_scan.begins_by_itself(project.setup)
    if (scan is None and unasked) or (scan is not None and not (scan.stopped or scan.problem)):
        started = queue_scan.begin_scan(project, lacking)
        started.wait(0.5)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{markup.counted(lacking, 'sentence')} not read under these settings yet: their doubt is not known."
        st.html(f'<span class="meta">{said}</span>', width="content")
        st.button("Go on reading" if tally.read else "Read them", key="queue-read", on_click=queue_scan.begin_scan,
                  args=(project, lacking))  # fmt: skip


@st.fragment(run_every=1)
def _running(scan: Scan, read: int) -> None:
    """Show how far reading is; draw the whole page anew when it ended, and now and then before."""
    if scan.finished or (scan.done - st.session_state.get("queue-drawn", 0) > max(25, scan.done // 2)):
        st.session_state["queue-drawn"] = 0 if scan.finished else scan.done
        st.rerun()
    stage, place = STAGES.get(scan.stage, ("Starting", ""))
    name = f" with {registry.find(ROLES[place], getattr(scan.setup, place)).name}" if place else ""
    left = queue_data.time_left(scan.seconds_left)
    text = (
        f"Reading the project: {markup.thousands(scan.done)} of {markup.counted(scan.total, 'sentence')}"
        f"{f', {left} left' if left else ''}. {stage}{name}. You can already work."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(1.0, scan.done / scan.total if scan.total else 0.0), markup.plain(text))
        st.button("Stop", key="queue-stop", on_click=scan.stop)


def _failures(project: Any, tally: Tally) -> None:
    failed = tally.reasons.get("failed", 0)
    if failed:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(
                f'<span class="meta">{markup.counted(failed, "sentence")} without a result.</span>', width="content"
            )
            st.button("Read them again", key="queue-again", on_click=_read_again, args=(project,))


def _read_again(project: Any) -> None:
    queue_scan.readings().forget_failed(project.id)
    forget("queue-tally")


def caption(project: Any, total: int) -> None:
    """Say which rows are shown, out of how many, and whose labels they are."""
    first = (st.session_state["queue-page"] - 1) * SIZE
    shown = f"{markup.thousands(first + 1)} to {markup.thousands(min(total, first + SIZE))} of " if total else ""
    filtered = "" if total == project.sentences else f", filtered from {markup.thousands(project.sentences)}"
    said = f"{shown}{markup.counted(total, 'sentence')}{filtered}. Labels by {project.setup.methods[0]}"
    st.html(f'<span class="meta">{escape(said)}</span>', width="content")
