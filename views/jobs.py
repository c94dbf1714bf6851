"""A pipeline run in the background: its page stays alive, shows how far it is, and can stop it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from time import monotonic
from typing import Any, Generic, TypeVar

from projection.errors import Cancelled, ProjectionError
from projection.pipeline import Outcome, Pipeline, Resources, Setup, Task

log = logging.getLogger(__name__)
CHUNK = 8
"""Sentences between two looks at the stop button."""


class Background:
    """Work on a thread of its own that can be looked at and stopped; the work itself is `_work` of what inherits this.

    `done` of `total` sentences are finished, `stage` names what is being done; at the end `stopped` says that somebody
    ended it, `problem` that it ended early, with what `kept` says of the work so far. Pass `_look` and `_say` to the
    pipeline, so that a stop is noticed.
    """

    kept = "Your work is stored."

    def __init__(self, total: int):
        self.done, self.total = 0, total
        self.stage = ""
        self.stopped = False
        self.problem: str | None = None
        self.began = monotonic()
        self._stop, self._ended = threading.Event(), threading.Event()

    @property
    def seconds(self) -> float:
        return monotonic() - self.began

    @property
    def seconds_left(self) -> float | None:
        """Return how long the rest takes at the pace so far, None before anything is done."""
        return self.seconds / self.done * max(0, self.total - self.done) if self.done else None

    @property
    def finished(self) -> bool:
        return self._ended.is_set()

    def stop(self) -> None:
        """Ask the run to end at the next sentence; what is finished stays."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Return whether the run ended within `seconds`."""
        return self._ended.wait(seconds)

    def _begin(self, name: str) -> None:
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        try:
            self._guarded(self._work)
            self._guarded(self._finish)
        finally:
            self._ended.set()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do a part of the work; what goes wrong is said, the first of several."""
        try:
            work()
        except Cancelled:
            self.stopped = True
        except ProjectionError as problem:
            self.problem = self.problem or str(problem)
        except Exception as problem:
            log.exception("%s ended early", type(self).__name__)
            said = f"Something unexpected happened ({type(problem).__name__}: {problem}). {self.kept}"
            self.problem = self.problem or said

    def _work(self) -> None:
        raise NotImplementedError

    def _finish(self) -> None:
        """What is left to do however the work ended."""

    def _look(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled("Stopped.")

    def _say(self, stage: str) -> None:
        self.stage = stage
        self._look(0, 0)


class Job(Background):
    """Run `tasks` through `setup` on a thread of its own; read `done`, `stage`, `results`, `problem` at any time.

    `keep` turns each Outcome into what is held in `results`. `lock` is held for one chunk at a time, so
    that jobs of several people take turns. `also` is evidence to gather even if no method reads it: links,
    for the board and for export. A stopped job keeps the results it has.
    """

    def __init__(
        self,
        setup: Setup,
        tasks: Sequence[Task],
        resources: Resources,
        lock: threading.Lock,
        *,
        keep: Callable[[int, Outcome], Any] = lambda index, outcome: outcome,
        also: Iterable[str] = ("alignment",),
    ):
        super().__init__(len(tasks))
        self.setup = setup
        self.results: list[Any] = []
        self._given = (tasks, resources, lock, keep, tuple(also))
        self._begin("projection-job")

    def _work(self) -> None:
        tasks, resources, lock, keep, also = self._given
        pipeline = Pipeline(self.setup, resources, chunk=CHUNK, also=also)
        for start in range(0, len(tasks), CHUNK):
            with lock:
                outcomes = pipeline.run(tasks[start : start + CHUNK], self._look, self._say)
            for outcome in outcomes:
                self.results.append(keep(len(self.results), outcome))
            self.done = len(self.results)


Work = TypeVar("Work", bound=Background)


class Shared(Generic[Work]):
    """Background work that all tabs of a server see: two of them never do the same at once."""

    def __init__(self):
        self._lock = threading.Lock()
        self._known: dict[Hashable, Work] = {}

    def current(self, place: Hashable, is_wanted: Callable[[Work], bool] = lambda work: True) -> Work | None:
        """Return the newest work of a place, running or ended; one that is not wanted any more is stopped."""
        with self._lock:
            work = self._known.get(place)
            if work is not None and not is_wanted(work):
                work.stop()
                del self._known[place]
                return None
            return work

    def begin(self, place: Hashable, build: Callable[[], Work]) -> Work:
        """Return the running work of a place, or a new one."""
        with self._lock:
            work = self._known.get(place)
            if work is None or work.finished:
                work = self._known[place] = build()
            return work
