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
    """Work on a thread of its own that can be looked at and stopped; the work itself is `_run` of what inherits this.

    `stage` names what is being done. Pass `_look` and `_say` to the pipeline, so that a stop is noticed.
    """

    def __init__(self):
        self.stage = ""
        self.problem: str | None = None
        self.began = monotonic()
        self._stop, self._ended = threading.Event(), threading.Event()

    @property
    def seconds(self) -> float:
        return monotonic() - self.began

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
        raise NotImplementedError

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
        super().__init__()
        self.setup, self.total, self.done = setup, len(tasks), 0
        self.results: list[Any] = []
        self.cancelled = False
        self._work = (tasks, resources, lock, keep, tuple(also))
        self._begin("projection-job")

    def _run(self) -> None:
        tasks, resources, lock, keep, also = self._work
        try:
            pipeline = Pipeline(self.setup, resources, chunk=CHUNK, also=also)
            for start in range(0, len(tasks), CHUNK):
                with lock:
                    outcomes = pipeline.run(tasks[start : start + CHUNK], self._look, self._say)
                for outcome in outcomes:
                    self.results.append(keep(len(self.results), outcome))
                self.done = len(self.results)
        except Cancelled:
            self.cancelled = True
        except ProjectionError as problem:
            self.problem = str(problem)
        except Exception as problem:
            log.exception("a background run failed")
            self.problem = f"Something unexpected happened ({type(problem).__name__}: {problem}). Your work is stored."
        finally:
            self._ended.set()


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
