"""What stands between the editor and the store: what a person sees of a sentence, and what becomes of their changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from time import monotonic
from typing import Any
from uuid import uuid4

import streamlit as st

from projection.corrections.inbox import Inbox, Receipt
from projection.corrections.records import TAB, StoredSentence
from projection.corrections.sheet import Sheet
from projection.corrections.store import settings_key
from projection.errors import SpanError, StoreError
from projection.pipeline import Outcome, Pipeline, Resources, Setup, Task
from projection.registry import find
from views import people
from views.ahead import Ahead
from views.resources import compute_lock, resources, store
from views.session import memory

KEPT_OUTCOMES = 200
FAILED_FOR = 20.0


class Outcomes:
    """The newest results of the pipeline by sentence, for all tabs: equal tasks under equal settings run once.

    A result with a failure counts for FAILED_FOR seconds only: the model or endpoint may be back.
    """

    def __init__(self, size: int = KEPT_OUTCOMES):
        self._size, self._lock = size, threading.Lock()
        self._kept: OrderedDict[tuple[int, str], list[tuple[str, Task, Outcome, float]]] = OrderedDict()

    def find(self, stored: StoredSentence, setup: Setup, task: Task) -> Outcome | None:
        wanted = settings_key(setup)
        with self._lock:
            for settings, known, outcome, until in self._kept.get((stored.id, stored.line), ()):
                if settings == wanted and known == task and monotonic() < until:
                    self._kept.move_to_end((stored.id, stored.line))
                    return outcome
        return None

    def last(self, stored: StoredSentence, setup: Setup) -> Outcome | None:
        """Return the newest result of a sentence under these settings, made from older edits."""
        wanted = settings_key(setup)
        with self._lock:
            kept = self._kept.get((stored.id, stored.line), ())
            return next((outcome for settings, _, outcome, _ in kept if settings == wanted), None)

    def keep(self, stored: StoredSentence, setup: Setup, task: Task, outcome: Outcome) -> None:
        key, settings = (stored.id, stored.line), settings_key(setup)
        until = monotonic() + FAILED_FOR if has_failed(outcome) else inf
        with self._lock:
            others = [item for item in self._kept.get(key, ()) if item[:2] != (settings, task)]
            self._kept[key] = [(settings, task, outcome, until), *others][:3]
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def has_failed(outcome: Outcome) -> bool:
    """Say whether something could not be computed that may be possible later."""
    return bool(outcome.error or outcome.missing or outcome.method_errors)


@st.cache_resource(show_spinner=False)
def outcomes() -> Outcomes:
    return Outcomes()


def evidence(setup: Setup) -> tuple[str, ...]:
    """Return what is gathered even where no method asks for it: links, and a recognizer's opinion if there is one."""
    recognizes = find("recognizer", setup.target_recognizer).kind != "given"
    return ("alignment", "target_entities") if recognizes else ("alignment",)


def compute(stored: StoredSentence, setup: Setup) -> Outcome:
    """Return the pipeline's outcome under the stored edits, computed here and now if it is not at hand."""
    return _compute(stored, setup, outcomes(), resources(), compute_lock())


def _compute(
    stored: StoredSentence, setup: Setup, known: Outcomes, pool: Resources, lock: threading.Lock
) -> Outcome:  # fmt: skip
    task = stored.edits.apply(stored.task)
    outcome = known.find(stored, setup, task)
    if outcome is None:
        with lock:
            outcome = Pipeline(setup, pool, also=evidence(setup)).run([task])[0]
        known.keep(stored, setup, task, outcome)
    return outcome


@st.cache_resource(show_spinner=False)
def _ahead() -> Ahead:
    return Ahead()


def prepare(upcoming: Iterable[StoredSentence], setup: Setup) -> None:
    """Compute what this tab will probably open next, in the background, and nothing that it wished for before."""
    known, pool, lock = outcomes(), resources(), compute_lock()
    tab = st.session_state.setdefault("tab", uuid4().hex)
    _ahead().wish(tab, [partial(_compute, one, setup, known, pool, lock) for one in upcoming])


def sheet_of(stored: StoredSentence, method: str, settings: str) -> Sheet:
    """Return what a person sees of a sentence under a method and the settings that the page showed it with.

    Raises SpanError when nobody knows these settings any more.
    """
    setup = _setup_of(stored.project_id, settings)
    store().keep_settings(setup)
    return sheet(stored, setup, compute(stored, setup), method)


def _setup_of(project_id: int, settings: str) -> Setup:
    """Return the settings with a key: those of the project, or older ones; those of the project for no key."""
    now = store().project(project_id).setup
    if settings in ("", settings_key(now)):
        return now
    kept = store().setup_of(settings)
    if kept is None:
        raise SpanError(
            "The project's settings changed after this was shown, so the labels may be others now: "
            "look at the sentence again, then decide."
        )
    return Setup.from_dict(kept)


def sheet(stored: StoredSentence, setup: Setup, outcome: Outcome, method: str) -> Sheet:
    method = method if method in setup.methods else setup.methods[0]
    languages = (setup.source_language, setup.target_language)
    return Sheet(stored.task, stored.edits, outcome, method, settings_key(setup), languages)


@st.cache_resource(show_spinner=False)
def _inbox(url: str) -> Inbox:
    return Inbox(store(), sheet_of, people.may)


def inbox() -> Inbox:
    """Return the one inbox of the server for the current store."""
    return _inbox(store().url)


def perform(stored: StoredSentence, setup: Setup, seen: Sheet, operation: Mapping[str, Any]) -> Receipt:
    """Do one operation that a button of a page asks for, on the newest revision this tab has shown.

    The button may have been drawn before the editor stored something: `stored` and `seen` are what the
    page knew then. What was refused is in the receipt.
    """

    def newest_sheet(newest: StoredSentence, method: str, _settings: str) -> Sheet:
        if newest.edits.apply(newest.task) == stored.edits.apply(stored.task):
            return replace(seen, edits=newest.edits)
        return sheet(newest, setup, compute(newest, setup), method)

    base = max(stored.revision, memory().revisions.get((stored.id, stored.line), 0))
    message = {
        "n": 1, "project": stored.project_id, "position": stored.position, "line": stored.line,
        "base": base, "method": seen.method, "op": dict(operation),
    }  # fmt: skip
    store().keep_settings(setup)
    return Inbox(store(), newest_sheet, people.may).take(_client(), [message], people.author())


def _client() -> str:
    """Return a name for one change by a button, as part of this tab: the editor's own are no conflict with it."""
    view = memory().view
    tab = view["client"] if view else st.session_state.setdefault("tab", uuid4().hex)
    return f"{tab}{TAB}{uuid4().hex}"


def shown(stored: StoredSentence) -> None:
    """Remember that this tab shows a revision of a sentence, or stored it."""
    memory().revisions[stored.id, stored.line] = stored.revision


def take(sent: Mapping[str, Any]) -> Receipt:
    """Store what an editor sent: first what an earlier page could not hand over, then its own queue.

    Where one of them has to wait, the others do not.
    """
    receipt = Receipt()
    queues: Sequence[Mapping[str, Any]] = [*sent.get("recovered", ()), sent]
    for queue in queues:
        try:
            receipt.add(inbox().take(str(queue["client"]), queue.get("ops", ()), people.author()))
        except StoreError as problem:
            receipt.waiting = str(problem)
    return receipt
