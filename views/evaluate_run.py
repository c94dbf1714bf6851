"""Evaluating in the background: methods run over the sentences with gold; what each found is stored as it goes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import streamlit as st

from projection.corrections.runs import Judged, Run, Runs
from projection.errors import Cancelled, ProjectionError
from projection.evaluation.study import Item
from projection.pipeline import Pipeline, Resources, Setup
from projection.pipeline.judging import Reference, judge
from projection.settings import settings
from views.compare_data import comparison_setup
from views.evaluate_gold import Case
from views.jobs import Background, Shared
from views.passing import Passing
from views.resources import compute_lock, resources, store

log = logging.getLogger(__name__)
CHUNK = 8
STORE_EVERY = 2.0


class Evaluating(Background):
    """Judge `methods` on `cases` and keep the results in a run; read `done`, `total`, `problem` any time.

    What was judged is stored as it goes, so that a stopped or killed run goes on where it was.
    """

    def __init__(
        self, run: Run, setup: Setup, methods: Sequence[str], cases: Sequence[Case], runs: Runs, pool: Resources,
        lock: threading.Lock,
    ):  # fmt: skip
        super().__init__()
        self.run, self.setup, self.methods = run, setup, tuple(methods)
        self.done, self.total = 0, len(cases)
        self.stopped = False
        self._cases, self._runs, self._lock, self._pool = cases, runs, lock, pool
        self._waiting: list[Judged] = []
        self._signatures: dict[str, str] = {}
        self._stored_at = monotonic()
        self._begin("projection-evaluation")

    @property
    def seconds_left(self) -> float | None:
        """Return how long the rest takes at the pace so far, None before anything is done."""
        return self.seconds / self.done * (self.total - self.done) if self.done else None

    def _run(self) -> None:
        try:
            pipeline = Pipeline(self.setup, Passing(self._pool, results=8 * CHUNK, measured=True), chunk=CHUNK)
            for start in range(0, self.total, CHUNK):
                self._chunk(pipeline, self._cases[start : start + CHUNK])
        except Cancelled:
            self.stopped = True
        except ProjectionError as problem:
            self.problem = str(problem)
        except Exception as problem:
            log.exception("evaluating failed")
            self.problem = (
                f"Something unexpected happened ({type(problem).__name__}: {problem}). What was evaluated is kept."
            )
        finally:
            self._end()

    def _chunk(self, pipeline: Pipeline, cases: Sequence[Case]) -> None:
        self._look(0, 0)
        references = [Reference(case.gold, case.source_gold, case.links) for case in cases]
        with self._lock:
            outcomes = pipeline.run([case.task for case in cases], self._look, self._say)
            self.stage = "judge"
            found = judge(pipeline, outcomes, references)
            self._signatures = {method: _signature(pipeline, method) for method in self.methods}
        for number, (case, outcome) in enumerate(zip(cases, outcomes, strict=True)):
            item = Item(case.gold, case.source_gold or outcome.source, case.position)
            results = {method: found[method][number] for method in self.methods}
            self._waiting.append(Judged(item, case.content, results))
        self.done += len(cases)
        if monotonic() - self._stored_at > STORE_EVERY:
            self._store()

    def _end(self) -> None:
        try:
            self._store()
        except ProjectionError as problem:
            self.problem = self.problem or str(problem)
        finally:
            self._ended.set()

    def _store(self) -> None:
        waiting, self._waiting, self._stored_at = self._waiting, [], monotonic()
        if waiting:
            self._runs.keep(self.run.id, waiting, self._signatures)


def _signature(pipeline: Pipeline, method: str) -> str:
    """Return the signature of a method, or why it has none: it will have failed on every sentence."""
    try:
        return pipeline.signature(method)
    except (ProjectionError, ImportError) as problem:
        return f"none|{problem}"


@st.cache_resource(show_spinner=False)
def _running() -> Shared[Evaluating]:
    return Shared()


def runs() -> Runs:
    return Runs(store().database)


def current(project: Any) -> Evaluating | None:
    """Return the newest evaluation of a project, running or ended."""
    return _running().current((settings().database, project.id))


def begin(
    project: Any, run_settings: Mapping[str, Any], setup: Setup, methods: Sequence[str], cases: Sequence[Case]
) -> Evaluating:
    """Evaluate `methods` on `cases` under the settings of a run; one that is going on is returned instead."""

    def build() -> Evaluating:
        run = runs().open(project.id, run_settings)
        wanted = replace(comparison_setup(setup, methods), recognizer=setup.recognizer)
        return Evaluating(run, wanted, methods, cases, runs(), resources(), compute_lock())

    return _running().begin((settings().database, project.id), build)


@dataclass(frozen=True, slots=True)
class Known:
    """The results of a run by position; `place` names them: as long as it is the same, so are they."""

    place: tuple = ()
    judged: Mapping[int, Judged] = field(default_factory=dict)


def known(run: Run | None) -> Known:
    """Return the results of a run, read anew when there are more of them."""
    if run is None:
        return Known()
    running = _running().current((settings().database, run.project_id))
    at_work = running.done if running is not None and running.run.id == run.id else 0
    place = (settings().database, run.id, run.sentences, tuple(sorted(run.signatures.items())), at_work)
    return Known(place, _read(place, run.id))


@st.cache_resource(max_entries=4, show_spinner="Reading the results…")
def _read(place: tuple, run_id: int) -> Mapping[int, Judged]:
    """All tabs share what was read; what changes in a run changes its place."""
    return runs().load(run_id)
