"""Reading a project in the background: what the pipeline says of every sentence, kept for the queue."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic, sleep
from typing import Any

import streamlit as st

from projection.corrections.readings import FORM, Lacking, Reading, Readings, reading_of, still_right, words_of
from projection.corrections.records import StoredSentence
from projection.corrections.store import settings_key
from projection.pipeline import ROLES, Pipeline, Resources, Setup
from projection.pipeline.setup import projector_options
from projection.registry import components_of, find, load_class
from projection.settings import settings
from views.compare_data import comparison_setup
from views.jobs import Background, Shared
from views.passing import Passing
from views.resources import compute_lock, resources, store
from views.workbench import evidence

CHUNK = 8
"""Sentences between two looks at the stop button, and between two turns of others who compute."""
FETCHED = 64
PAUSE = 0.01
STORE_EVERY = 1.0
AT_ONCE = 50
OF_THE_BOX = frozenset({"embedded", "given", "stand-in"})
SECOND_OPINIONS = ("heuristic", "span-matching")


def scan_setup(setup: Setup) -> Setup:
    """Return what the queue reads with: where the project has one method only, a quick second one beside it.

    Both work on the same links, so that the second costs next to nothing.
    """
    if len(setup.methods) > 1 or _writes(setup.methods[0]):
        return setup
    base = setup.methods[0].partition(":")[0]
    second = next(name for name in SECOND_OPINIONS if name != base)
    return comparison_setup(setup, (*setup.methods, second))


def _writes(method: str) -> bool:
    """Whether a method makes a text of its own, on which no other can be compared."""
    return hasattr(load_class(find("projector", method)), "write")


def begins_by_itself(setup: Setup) -> bool:
    """Whether a project may be read unasked: with what comes in the box, not with large models or a chat."""
    used = [find(role, getattr(setup, place)) for place, role in ROLES.items()]
    for method in setup.methods:
        options = projector_options(setup, method)
        for key, role in components_of(find("projector", method)).items():
            chosen = options.get(key) or ""
            name = chosen if isinstance(chosen, str) else chosen.get("name", "")
            if name and role not in ROLES.values():
                return False
            used += [find(role, name)] if name else []
    return all(entry.kind in OF_THE_BOX for entry in used)


def reading_settings(setup: Setup) -> str:
    """Return the name of the settings under which readings are made now."""
    return f"{FORM}:{settings_key(scan_setup(setup))}"


class Scan(Background):
    """Bring the readings of a project up to date on a thread of its own; read `done`, `total`, `problem` any time.

    What is read is stored as it goes, so that a stopped or killed scan goes on where it was.
    """

    kept = "What was read is kept."

    def __init__(self, project: Any, readings: Readings, pool: Resources, lock: threading.Lock, total: int):
        super().__init__(total)
        self.project_id, self.settings = project.id, reading_settings(project.setup)
        self.setup = scan_setup(project.setup)
        self.method = project.setup.methods[0]
        self._readings, self._lock = readings, lock
        self._pipeline = Pipeline(self.setup, Passing(pool, results=8 * CHUNK), chunk=CHUNK, also=evidence(self.setup))
        self._waiting: list[tuple[Reading, StoredSentence]] = []
        self._stored_at = monotonic()
        self._begin("projection-scan")

    def _work(self) -> None:
        while unknown := self._readings.unknown(self.project_id):
            self._look(0, 0)
            self._readings.keep(self.project_id, [words_of(one) for one in unknown], unknown)
        after = -1
        while lacking := self._readings.lacking(self.project_id, self.settings, after=after, limit=FETCHED):
            self._read(lacking)
            after = lacking[-1].stored.position

    def _finish(self) -> None:
        self._store()

    def _read(self, lacking: Sequence[Lacking]) -> None:
        rest = []
        for one in lacking:
            kept = still_right(one, self.settings)
            if kept is None:
                rest.append(one.stored)
            else:
                self._take(kept, one.stored)
        for start in range(0, len(rest), CHUNK):
            self._look(0, 0)
            some = rest[start : start + CHUNK]
            with self._lock:
                outcomes = self._pipeline.run([one.edits.apply(one.task) for one in some], self._look, self._say)
            for stored, outcome in zip(some, outcomes, strict=True):
                self._take(reading_of(stored, outcome, self.method, self.settings), stored)
            sleep(PAUSE)  # a lock that is taken again at once is never got by anybody else

    def _take(self, reading: Reading, stored: StoredSentence) -> None:
        self._waiting.append((reading, stored))
        self.done += 1
        if monotonic() - self._stored_at > STORE_EVERY:
            self._store()

    def _store(self) -> None:
        waiting, self._waiting, self._stored_at = self._waiting, [], monotonic()
        self._readings.keep(self.project_id, [reading for reading, _ in waiting], [stored for _, stored in waiting])


@st.cache_resource(show_spinner=False)
def _scans() -> Shared[Scan]:
    return Shared()


def readings() -> Readings:
    return Readings(store().database)


def current_scan(project: Any) -> Scan | None:
    """Return the newest scan of a project under its settings of now, running or ended."""
    now = reading_settings(project.setup)
    return _scans().current((settings().database, project.id), lambda scan: scan.settings == now)


def begin_scan(project: Any, total: int) -> Scan:
    def build() -> Scan:
        return Scan(project, readings(), resources(), compute_lock(), total)

    return _scans().begin((settings().database, project.id), build)


def keep_up(project: Any) -> int:
    """Bring readings up to date that need no run; return how many of the first `AT_ONCE` old ones still do.

    A check or a flag costs nothing that way.
    """
    now = reading_settings(project.setup)
    lacking = readings().lacking(project.id, now, limit=AT_ONCE)
    kept = [(reading, one.stored) for one in lacking if (reading := still_right(one, now)) is not None]
    readings().keep(project.id, [reading for reading, _ in kept], [stored for _, stored in kept])
    return len(lacking) - len(kept)
