"""Run one stage over many sentences: reuse what is known, compute the rest, catch what fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from projection.errors import Cancelled, ModelUnavailable, ProjectionError
from projection.pipeline.memory import Peak
from projection.pipeline.resources import Resources
from projection.pipeline.setup import Outcome, Stage, StageError, Task
from projection.types import Alignment, Entity, LabelProbabilities, Projection, Sentence, Similarity

log = logging.getLogger(__name__)
_NOT_KEPT = object()


@dataclass(slots=True, eq=False)
class Work:
    """One sentence on its way; the fields fill up stage by stage."""

    task: Task
    source: Sentence | None
    target: Sentence | None
    alignment: Alignment | None
    similarity: Similarity | None = None
    target_entities: tuple[Entity, ...] | None = None
    target_probabilities: LabelProbabilities | None = None
    projections: dict[str, Projection] = field(default_factory=dict)
    stages: list[Stage] = field(default_factory=list)
    method_errors: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    error: StageError | None = None

    @classmethod
    def on(cls, task: Task) -> Work:
        return cls(task, task.source, task.target, task.alignment)

    def outcome(self) -> Outcome:
        return Outcome(
            self.task,
            self.source,
            self.target,
            self.alignment,
            self.similarity,
            dict(self.projections),
            tuple(self.stages),
            self.error,
            dict(self.method_errors),
            dict(self.missing),
        )


@dataclass(frozen=True)
class StageRun:
    """One stage: `build` gives its component, `compute` maps works to values, `key` is the content of a
    work that its value depends on, `warnings` reads what a value has to say.

    `failures` says where an error goes: it ends the sentence ("error"), or only those methods that need
    what this stage gives ("missing"), or this method alone ("method_errors").

    A batch that fails is tried again in halves, so that only the sentences that really fail carry the
    error; a missing model fails them all at once.
    """

    name: str
    role: str
    build: Callable[[], Any]
    compute: Callable[[Any, list[Work]], list[Any]]
    key: Callable[[Work], Hashable]
    warnings: Callable[[Any], tuple[str, ...]] = lambda value: ()
    failures: Literal["error", "missing", "method_errors"] = "error"

    def over(self, works: list[Work], resources: Resources) -> Iterator[tuple[Work, Any]]:
        """Yield (work, value) for those that succeed, in order; the others get their error."""
        if not works:
            return
        try:
            component = self.build()
            signature = component.signature
        except (ProjectionError, ImportError) as problem:
            for work in works:
                self._fail(work, problem)
            return
        places = {work: (self.name, signature, self.key(work)) for work in works}
        known = {work: resources.result(place, _NOT_KEPT) for work, place in places.items()}
        fresh = [work for work in works if known[work] is _NOT_KEPT]
        with Peak(resources.measures_memory and bool(fresh)) as peak:
            begin = perf_counter()
            computed = self._compute(component, fresh)
            seconds = (perf_counter() - begin) / max(1, len(fresh))
        for work in works:
            reused = known[work] is not _NOT_KEPT
            if not reused and work not in computed:
                continue
            value = known[work] if reused else computed[work]
            if not reused:
                resources.keep(places[work], value)
            took = 0.0 if reused else seconds
            taken = None if reused else peak.megabytes
            work.stages.append(Stage(self.name, signature, took, reused, self.warnings(value), taken))
            yield work, value

    def _compute(self, component: Any, works: list[Work]) -> dict[Work, Any]:
        if not works:
            return {}
        try:
            return dict(zip(works, self.compute(component, works), strict=True))
        except Cancelled:
            raise
        except (ModelUnavailable, ImportError) as problem:
            for work in works:
                self._fail(work, problem)
            return {}
        except Exception as problem:  # whatever a model throws must not stop the other sentences
            if len(works) == 1:
                self._fail(works[0], problem)
                return {}
        half = len(works) // 2
        return self._compute(component, works[:half]) | self._compute(component, works[half:])

    def _fail(self, work: Work, problem: Exception) -> None:
        message = str(problem)
        if not isinstance(problem, ProjectionError):
            log.error("%s failed on sentence %r", self.name, work.task.id, exc_info=problem)
            message = f"The {self.role} failed on this sentence ({type(problem).__name__}: {problem})."
        if self.failures == "error":
            work.error = StageError(self.name, message)
        else:
            getattr(work, self.failures)[self.name] = message
