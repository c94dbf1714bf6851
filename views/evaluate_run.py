"""Evaluating in the background: methods run over the sentences with gold; what each found is stored as it goes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

import streamlit as st

from projection.corrections.runs import Judged, Run, Runs, signature_hash
from projection.errors import ProjectionError
from projection.evaluation.study import Item
from projection.models.embedded import forget_latest
from projection.pipeline import Pipeline, Resources, Setup
from projection.pipeline.judging import Reference, judge
from projection.settings import settings
from views.compare_data import kept_setup
from views.evaluate_gold import Case
from views.jobs import Background, Shared
from views.passing import Passing
from views.resources import compute_lock, resources, store

CHUNK = 8
PAUSE = 0.01
STORE_EVERY = 2.0


class Evaluating(Background):
    """Judge the methods of `programs` on `cases` and keep the results in a run; `done` grows up to `total`.

    What was judged is stored as it goes, so that a stopped or killed run goes on where it was.
    """

    def __init__(
        self, run: Run, setup: Setup, programs: Mapping[str, str], cases: Sequence[Case], runs: Runs, pool: Resources,
        lock: threading.Lock,
    ):  # fmt: skip
        super().__init__(len(cases))
        self.run, self.setup, self.methods = run, setup, tuple(programs)
        self.programs = dict(programs)
        self._cases, self._runs, self._lock, self._pool = cases, runs, lock, pool
        self._waiting: list[Judged] = []
        self._signatures: dict[str, str] = {}
        self._stored_at = monotonic()
        self._begin("projection-evaluation")

    def covers(self, settings: Mapping[str, Any], programs: Mapping[str, str], cases: Sequence[Case]) -> bool:
        """Whether this was to do just that: these methods, as they are now, on all of these sentences."""
        begun = {(case.position, case.content) for case in self._cases}
        same = self.run.settings == settings and programs.items() <= self.programs.items()
        return same and all((case.position, case.content) in begun for case in cases)

    def _work(self) -> None:
        pipeline = Pipeline(self.setup, Passing(self._pool, results=8 * CHUNK, measured=True), chunk=CHUNK)
        self._warm_up()
        for start in range(0, self.total, CHUNK):
            self._chunk(pipeline, self._cases[start : start + CHUNK])
            sleep(PAUSE)  # a lock that is taken again at once is never got by anybody else

    def _finish(self) -> None:
        self._store()

    def _warm_up(self) -> None:
        """Run one sentence for nothing, so that loading models is not counted as the cost of a sentence."""
        with self._lock:
            Pipeline(self.setup, Passing(self._pool, results=CHUNK, measured=True)).run(
                [self._cases[0].task], self._look, self._say
            )

    def _chunk(self, pipeline: Pipeline, cases: Sequence[Case]) -> None:
        self._look(0, 0)
        references = [Reference(case.gold, case.source_gold, case.links) for case in cases]
        with self._lock:
            forget_latest()
            outcomes = pipeline.run([case.task for case in cases], self._look, self._say)
            self.stage = "judge"
            found = judge(pipeline, outcomes, references)
            self._signatures = {method: said for method in self.methods if (said := signature_of(pipeline, method))}
        by = programs({method: self._signatures.get(method, "") for method in self.methods})
        for number, (case, outcome) in enumerate(zip(cases, outcomes, strict=True)):
            item = Item(case.gold, case.source_gold or outcome.source, case.position)
            results = {method: found[method][number] for method in self.methods}
            self._waiting.append(Judged(item, case.content, results, by))
        self.done += len(cases)
        if monotonic() - self._stored_at > STORE_EVERY:
            self._store()

    def _store(self) -> None:
        waiting, self._waiting, self._stored_at = self._waiting, [], monotonic()
        if waiting:
            self._runs.keep(self.run.id, waiting, self._signatures)


def signature_of(pipeline: Pipeline, method: str) -> str:
    """Return the signature of a method, "" where it cannot run here."""
    try:
        return pipeline.signature(method)
    except (ProjectionError, ImportError):
        return ""


def signatures(setup: Setup, methods: Sequence[str]) -> dict[str, str]:
    """Return the signature that each method has now, "" where it cannot run here."""
    pipeline = Pipeline(kept_setup(setup, methods), resources())
    return {method: signature_of(pipeline, method) for method in methods}


def programs(said: Mapping[str, str]) -> dict[str, str]:
    """Return the hashes of signatures, "" for none."""
    return {method: signature_hash(text) if text else "" for method, text in said.items()}


@st.cache_resource(show_spinner=False)
def _running() -> Shared[Evaluating]:
    return Shared()


def runs() -> Runs:
    return Runs(store().database)


def current(project: Any) -> Evaluating | None:
    """Return the newest evaluation of a project, running or ended."""
    return _running().current((settings().database, project.id))


def begin(
    project: Any, run_settings: Mapping[str, Any], setup: Setup, programs: Mapping[str, str], cases: Sequence[Case]
) -> Evaluating:
    """Evaluate methods, keyed in `programs`, on `cases` under the settings of a run.

    One that is going on in the project is returned instead.
    """

    def build() -> Evaluating:
        run = runs().open(project.id, run_settings)
        wanted = kept_setup(setup, list(programs))
        return Evaluating(run, wanted, programs, cases, runs(), resources(), compute_lock())

    return _running().begin((settings().database, project.id), build)


@dataclass(frozen=True, slots=True)
class Known:
    """The results of a run by position; `place` names them: as long as it is the same, so are they."""

    place: tuple = ()
    judged: Mapping[int, Judged] = field(default_factory=dict)


def known(run: Run | None, *, beside: bool = False) -> Known:
    """Return the results of a run as they are now; while it goes on, as they were when somebody last asked for them.

    `beside`: it is another run than the one the page is about.
    """
    if run is None:
        return Known()
    if beside:
        return Known(_place(run), _read(_place(run), run.id))
    running, shown = current_of(run), st.session_state.get("evaluate-known")
    if running is not None and not running.finished and shown is not None and shown.place[:2] == _place(run)[:2]:
        return shown
    place = _place(run)
    found = st.session_state["evaluate-known"] = Known(place, _read(place, run.id))
    return found


def is_behind(project: Any, run_settings: Mapping[str, Any], known: Known) -> bool:
    """Say whether more results of a run are stored than are known here."""
    run = runs().find(project.id, run_settings)
    return run is not None and _place(run) != known.place


def show_so_far() -> None:
    """Let the results of a run that goes on be read again."""
    st.session_state.pop("evaluate-known", None)


def current_of(run: Run) -> Evaluating | None:
    running = _running().current((settings().database, run.project_id))
    return running if running is not None and running.run.id == run.id else None


def _place(run: Run) -> tuple:
    return settings().database, run.id, run.revision


@st.cache_resource(max_entries=4, show_spinner="Reading the results…")
def _read(place: tuple, run_id: int) -> Mapping[int, Judged]:
    """All tabs share what was read; whatever is stored in a run changes its place."""
    return runs().load(run_id)
