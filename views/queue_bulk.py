"""Accepting many sentences at once: exactly which is shown before, and all of it can be taken back in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any
from uuid import uuid4

import streamlit as st

from projection.corrections import operations
from projection.corrections.operations import BULK_CHECK
from projection.corrections.queue import Batch, Queue
from projection.corrections.records import Stamp
from projection.corrections.wanted import Wanted
from projection.errors import SpanError
from views import markup, people, queue_steps
from views.frame import failures_said, say
from views.queue_panel import changeable, close_dialog, open_dialog, shown_sheet
from views.queue_scan import reading_settings, readings
from views.resources import store
from views.session import remembered

PREFIX = "bulk-"
SHOWN = 10
PART = 250
Chosen = Sequence[tuple[int, int, float]]
"""(position, revision, doubt) of sentences, as they were when the person saw the list."""


def button(project: Any, queue: Queue, wanted: Wanted) -> None:
    """Open the dialog; what is accepted follows the search and the filters of the list."""
    why_not = people.may_here(project.id)
    st.button("Accept in bulk", key="queue-bulk", disabled=bool(why_not), help=why_not or None, on_click=open_dialog,
              args=("bulk",))  # fmt: skip
    if st.session_state.get("queue-dialog") == "bulk":
        dialog(project, queue, wanted)


@st.dialog("Accept in bulk", width="large", on_dismiss=close_dialog)
def dialog(project: Any, queue: Queue, wanted: Wanted) -> None:
    percent = st.slider(
        "Accept open sentences with a doubt of at most", 0, 100, 10, format="%d %%", key="queue-bulk-most",
        on_change=_first_page, help="10 % is a doubt of .10. The search and the filters of the list count too.",
    )  # fmt: skip
    limited = replace(wanted, states=("open",), most=percent / 100, order="doubt")
    key = (project.id, store().version(project.id), limited, queue.tally().read)
    chosen = remembered("queue-bulk-chosen", key, lambda: _acceptable(project, queue, limited))
    possible = queue.count(replace(limited, most=None))
    said = f"{markup.counted(len(chosen), 'sentence')} of {markup.thousands(possible)} open ones"
    st.html(markup.title(said, f"{_filters(wanted)}most doubtful first"))
    st.caption("Sentences with a flag or a note, in two versions or without a result are left for people.")
    if chosen:
        _preview(project, chosen)
    if st.button(f"Accept {markup.counted(len(chosen), 'sentence')}", type="primary", key="queue-bulk-do",
                 disabled=not chosen):  # fmt: skip
        with st.spinner("Storing…"), failures_said():
            accept(project, chosen)
        close_dialog()
        st.rerun()
    for batch in queue.batches(PREFIX):
        batch_line(batch)


def _acceptable(project: Any, queue: Queue, wanted: Wanted) -> Chosen:
    found = queue.acceptable(wanted)
    mine = changeable(project, (position for position, *_ in found))
    return [one for one in found if one[0] in mine]


def _first_page() -> None:
    st.session_state["queue-bulk-page"] = 1


def _turned(key: str) -> None:
    st.session_state["queue-bulk-page"] = st.session_state[key]


def _filters(wanted: Wanted) -> str:
    said = [f"“{wanted.text}”" if wanted.text else "", wanted.label, wanted.reason, wanted.person]
    used = [part for part in said if part]
    return f"only {', '.join(used)}; " if used else ""


def _preview(project: Any, chosen: Chosen) -> None:
    """Show which sentences they are, with the labels that would be accepted."""
    pages = -(-len(chosen) // SHOWN)
    page = min(st.session_state.get("queue-bulk-page", 1), pages)
    some = chosen[(page - 1) * SHOWN : page * SHOWN]
    found = {one.stored.position: one for one in readings().at(project.id, [position for position, *_ in some])}
    rows = []
    for position, _, doubt in some:
        one = found[position]
        sheet = shown_sheet(project, one.stored, one.reading)
        words = markup.words(sheet.target, sheet.entities, limit=60) if sheet.target else ""
        rows.append([str(position + 1), words, markup.score_text(doubt)])
    st.html(markup.sheet(["#", "Sentence", "Doubt"], rows, frozenset({0, 2})))
    if pages > 1:
        key = f"queue-bulk-pages-{page}-{pages}"
        st.pagination(pages, default=page, key=key, on_change=_turned, args=(key,))


def accept(project: Any, chosen: Chosen) -> int:
    """Accept the sentences as they were seen; say how many were and why others were not.

    They are stored in parts, so that others can store meanwhile, under one name, by which all are taken back.
    """
    store().keep_settings(project.setup)
    stamp = Stamp(people.author(), f"{PREFIX}{uuid4().hex[:12]}")
    queue_steps.keep(stamp.client, project.id)  # before the first part: a later one may fail
    done = sum(_accept_part(project, chosen[start : start + PART], stamp) for start in range(0, len(chosen), PART))
    if not done:
        queue_steps.drop(stamp.client)
    passed = len(chosen) - done
    left = f" {markup.counted(passed, 'sentence')} changed meanwhile and stayed open." if passed else ""
    say(f"{markup.counted(done, 'sentence')} accepted in bulk.{left} Accept in bulk lists it, with an undo.")
    return done


def _accept_part(project: Any, chosen: Chosen, stamp: Stamp) -> int:
    """Accept some of the sentences in one transaction; return how many were still as they had been seen."""
    settings = reading_settings(project.setup)
    revisions = {position: revision for position, revision, _ in chosen}
    changes = []
    for one in readings().at(project.id, revisions):
        same = one.stored.revision == revisions[one.stored.position]
        if not same or one.reading is None or one.reading.settings != settings:
            continue
        try:
            sheet = shown_sheet(project, one.stored, one.reading)
            changes.append((one.stored, operations.check(sheet, "bulk").edits))
        except SpanError:
            continue
    return len(changes) - len(store().save_many(changes, kind=BULK_CHECK, stamp=stamp))


def batch_line(batch: Batch) -> None:
    """Offer to take back something done to many sentences."""
    who = f" by {batch.author}" if batch.author else ""
    what = "accepted" if batch.kind == BULK_CHECK else batch.kind
    left = "" if batch.standing == batch.sentences else f", {markup.thousands(batch.standing)} as they were left"
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{markup.counted(batch.sentences, 'sentence')} {what}{who} at {markup.local_time(batch.at)}{left}"
        st.html(f'<span class="meta">{escape(said)}</span>', width="stretch")
        if st.button("Undo", key=f"undo-{batch.id}", disabled=not batch.standing):
            with failures_said():
                queue_steps.undo(batch.id)
            st.rerun()
