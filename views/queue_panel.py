"""The list of the queue: what it is given to draw, and what becomes of what it sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st

from projection.corrections.inbox import Inbox
from projection.corrections.queue import Listed, Queue
from projection.corrections.readings import Lacking, Reading, still_right, words_of
from projection.corrections.records import MAIN, StoredSentence
from projection.corrections.roles import CORRECTOR, same_person
from projection.corrections.sheet import Sheet
from projection.corrections.store import settings_key
from projection.corrections.wanted import Wanted
from projection.errors import ProjectionError, SpanError
from projection.settings import settings
from views import people, queue_data, queue_steps
from views.frame import say
from views.markup import local_time, thousands
from views.queue_scan import reading_settings, readings
from views.resources import queue_component, store
from views.session import address

KEY = "queue-list"
SIZE = 25
REMEMBERED = 50


def queue_of(project: Any) -> Queue:
    return Queue(store().database, project.id, reading_settings(project.setup))


def receive(sent: Mapping[str, Any] | None) -> bool:
    """Store what the list sent and follow what it asks for; return whether there was anything new in it."""
    view = (sent or {}).get("view")
    handled: dict[str, int] = st.session_state.setdefault("queue-handled", {})
    if not sent or not view or handled.get(sent["client"], -1) >= view["n"]:
        return False
    try:
        receipt = _inbox(settings().database).take(str(sent["client"]), sent.get("ops", ()), people.author())
    except ProjectionError as problem:  # the list keeps what is not acknowledged and sends it again
        say(str(problem), "bad")
    else:
        st.session_state["queue-acknowledged"] = receipt.acknowledged
        known = [*st.session_state.get("queue-problems", ()), *receipt.refused]
        st.session_state["queue-problems"] = known[-REMEMBERED:]
        if receipt.stored:
            st.session_state["queue-saved"] = local_time(datetime.now().astimezone())
        if receipt.said:
            say(" ".join(receipt.said), "warn")
    queue_steps.undo_asked(view.get("undo") or ())
    handled[sent["client"]] = view["n"]
    if view.get("open") is not None:
        st.session_state["queue-open"] = int(view["open"])
    if view.get("turn"):
        st.session_state["queue-page"] = max(1, st.session_state.get("queue-page", 1) + int(view["turn"]))
    if view.get("name"):
        st.session_state["queue-name"] = dict(view["name"])
    return True


def _on_sent() -> None:
    receive((st.session_state.get(KEY) or {}).get("sent"))


@st.cache_resource(show_spinner=False)
def _inbox(url: str) -> Inbox:
    return Inbox(store(), sheet_of, people.may)


def sheet_of(stored: StoredSentence, method: str, seen: str) -> Sheet:
    """Return what the queue shows of a sentence: its reading if that still stands, else no labels of the pipeline.

    Raises SpanError when the list was drawn under other settings, those with the key `seen`.
    """
    project = store().project(stored.project_id)
    if seen not in ("", settings_key(project.setup)):
        raise SpanError(
            f"The project's settings changed after the list was drawn, so the labels of sentence {stored.position + 1} "
            "may be others now: look at it again, then decide."
        )
    store().keep_settings(project.setup)
    return shown_sheet(project, stored, standing(project, stored))


def standing(project: Any, stored: StoredSentence) -> Reading | None:
    """Return the reading of a sentence if nothing it was made from has changed; also for a person's own line."""
    (main,) = readings().at(project.id, [stored.position])
    now = reading_settings(project.setup)
    reading = still_right(Lacking(main.stored, main.reading), now)
    same = main.stored.edits.apply(main.stored.task) == stored.edits.apply(stored.task)
    return reading if same or stored.line == MAIN else None


def shown_sheet(project: Any, stored: StoredSentence, reading: Reading | None) -> Sheet:
    """Return what the list shows of a sentence, whose reading may be missing."""
    languages = (project.setup.source_language, project.setup.target_language)
    key = settings_key(project.setup)
    return (reading or words_of(stored)).sheet(stored, key, languages)


def changeable(project: Any, positions: Iterable[int]) -> set[int]:
    """Return those of the sentences that the person here may change for all: a corrector may not touch others' work."""
    person = people.author()
    if people.people().role(project.id, person) != CORRECTOR:
        return set(positions)
    return people.people().changeable(project.id, person, positions)


def open_dialog(name: str) -> None:
    """Keep a dialog open over the runs of the page until it is closed."""
    st.session_state["queue-dialog"] = name


def close_dialog() -> None:
    st.session_state.pop("queue-dialog", None)


def pages(total: int) -> None:
    """Draw the page numbers, if there is more than one page."""
    if total > SIZE:
        page, count = st.session_state["queue-page"], -(-total // SIZE)
        key = f"queue-pages-{page}-{count}"  # the list turns pages too, so each page has a widget of its own
        st.pagination(count, default=page, key=key, on_change=_turned, args=(key,))


def _turned(key: str) -> None:
    st.session_state["queue-page"] = st.session_state[key]


def lines_here(project: Any, listed: Iterable[Listed]) -> dict[int, StoredSentence]:
    """Return the sentences that the person here does apart from others, as they have them."""
    found = {}
    for one in listed:
        line = people.line_here(project.id, one.stored.position) if one.people else MAIN
        if line != MAIN:
            found[one.stored.id] = store().sentence(project.id, one.stored.position, line)
    return found


def draw(project: Any, queue: Queue, wanted: Wanted, total: int, own: tuple[int, int] | None, *, given: bool) -> None:
    """Draw the current page of the list with its preview, and do what it asks for; `own` as in `own_progress`."""
    pages = max(1, -(-total // SIZE))
    page = min(st.session_state.get("queue-page", 1), pages)
    st.session_state["queue-page"] = page
    start = (page - 1) * SIZE
    listed = queue.page(wanted, start, SIZE)
    data = {
        "project": project.id,
        "list": f"{project.id} {wanted} {start}",
        "rows": queue_data.rows(listed, lines_here(project, listed)),
        "start": start,
        "total": total,
        "person": people.author(),
        "people": given,
        "method": project.setup.methods[0],
        "settings": settings_key(project.setup),
        "empty": "" if total else empty_text(project, queue, wanted, own),
        "readonly": people.may_here(project.id),
        "acknowledged": st.session_state.get("queue-acknowledged", {}),
        "problems": _problems(st.session_state.get("queue-problems", ())),
        "steps": queue_steps.steps_in(project.id),
        "wish": st.session_state.get("queue-wish"),
        "saved": st.session_state.get("queue-saved", ""),
    }
    sent = queue_component()(key=KEY, data=data, default={"sent": None}, on_sent_change=_on_sent)
    if receive(sent.get("sent")):  # the first message after a restart of the server calls no callback
        st.rerun()


def _problems(refused: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"client": one.client, "n": one.n, "text": one.text} for one in refused]


def own_progress(queue: Queue, wanted: Wanted) -> tuple[int, int] | None:
    """Return (checked, all) of the sentences of the person here, as they have them; None if the list is not theirs."""
    if not wanted.person or not same_person(wanted.person, people.author()):
        return None
    own = Wanted((), person=wanted.person, mine=wanted.mine)
    return queue.count(replace(own, states=("checked",))), queue.count(own)


def empty_text(project: Any, queue: Queue, wanted: Wanted, own: tuple[int, int] | None) -> str:
    """Say why the list is empty; what is searched for may be in sentences of another state."""
    if wanted == Wanted(order=wanted.order, mine=wanted.mine) and project.sentences == project.checked:
        return "All sentences are checked."
    if own and own[0] == own[1] and wanted == Wanted(order=wanted.order, mine=wanted.mine, person=wanted.person):
        return "All of your sentences are checked."
    hidden = queue.count(replace(wanted, states=())) if wanted.text and wanted.states else 0
    if hidden:
        where = "among checked sentences" if wanted.states == ("open",) else "in sentences of another state"
        matches = "1 match" if hidden == 1 else f"{thousands(hidden)} matches"
        return f"{matches} {where}. Change the state above to see {'it' if hidden == 1 else 'them'}."
    return "No sentence is in this list. Change the filters above to see others."


def open_if_asked(project: Any) -> None:
    """Go on in Inspect with the sentence the list asked for."""
    position = st.session_state.pop("queue-open", None)
    if position is not None:
        st.session_state["position"] = position
        st.session_state["queue-wish"] = {"position": position, "n": _next_wish()}
        st.switch_page("pages/inspect.py", query_params=address(project.id, position))


def _next_wish() -> int:
    """Return a number that grows, so that the list follows a wish once."""
    return (st.session_state.get("queue-wish") or {"n": 0})["n"] + 1
