"""Run many variants of methods over the same pairs; evidence is gathered once per chunk for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.variants import Variant, reads_source
from projection.evaluation.comparison import compare
from projection.evaluation.counts import Counts
from projection.evaluation.rates import projection_ratio
from projection.evaluation.scores import Scores
from projection.pipeline import Outcome, Pipeline, Resources, Setup, Task
from projection.types import Entity, Sentence

CHUNK = 64
_REHEARSED = 3
_EVIDENCE = frozenset({"alignment", "target recognition"})
Build = Callable[[Variant], Setup]


class Evidence(Resources):
    """Keeps what variants share, links and target labels, and none of their projections.

    `variants` says how many methods stay loaded.
    """

    def __init__(self, variants: int):
        super().__init__(results=4 * CHUNK, components=variants + 8)

    def keep(self, key: Hashable, value: Any) -> None:
        if isinstance(key, tuple) and key[0] in _EVIDENCE:
            super().keep(key, value)


@dataclass(frozen=True, slots=True)
class Item:
    """A pair to measure on: labelled source and gold target; without a source, `error` says why."""

    source: Sentence | None
    gold: Sentence
    error: str = ""

    def task(self) -> Task:
        """Return what a method may see: the target without its gold labels."""
        return Task(self.source, self.gold.with_entities(()), labelled=self.source is not None)


@dataclass(slots=True, eq=False)
class Tally:
    """What one variant did on one language: predicted entities by sentence, and how it went.

    `entities` are those of the sources, `placed` how many of them found a place (both 0 for a method
    that does not look at the source); `failures` counts sentences by what went wrong.
    """

    signature: str
    predicted: list[tuple[Entity, ...]] = field(default_factory=list)
    entities: int = 0
    placed: int = 0
    seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item, outcome: Outcome | None, method: str) -> None:
        """Count one sentence; without an outcome the item could not be tried."""
        projection = outcome.projections.get(method) if outcome else None
        entities = len(item.source.entities) if item.source is not None else 0
        if outcome:
            self.seconds += sum(stage.seconds for stage in outcome.stages if stage.name == method)
        if projection is None:
            self.failures[_why(outcome, method) if outcome else item.error] += 1
            self.predicted.append(())
            self.entities += entities
        else:
            self.predicted.append(projection.entities)
            self.warnings.update(projection.warnings)
            self.entities += entities if projection.own_entities is None else 0
            self.placed += len({match.entity_index for match in projection.matches})


def _why(outcome: Outcome, method: str) -> str:
    return outcome.method_errors.get(method) or str(outcome.error)


class Runner:
    """Measures variants on the items of one language; `build` makes the Setup of a variant.

    `lacking` says of each variant that cannot run here why; `evidence_seconds` what links and target labels took.
    """

    def __init__(self, variants: Sequence[Variant], build: Build, resources: Evidence):
        self._pipelines = {variant: Pipeline(build(variant), resources, chunk=CHUNK) for variant in variants}
        self.lacking: dict[Variant, str] = {}
        self.evidence_seconds: Counter[str] = Counter()

    def rehearse(self, items: Sequence[Item]) -> None:
        """Let each variant try a few pairs; one that fails on all of them for the same reason is left out."""
        tried = sorted(items, key=lambda item: item.source is None or not item.source.entities)[:_REHEARSED]
        for variant in list(self._pipelines):
            causes = {self._cause(variant, item, outcome) for item, outcome in self._outcomes(variant, tried)}
            if len(causes) == 1 and (cause := causes.pop()):
                self.lacking[variant] = cause
                del self._pipelines[variant]

    @staticmethod
    def _cause(variant: Variant, item: Item, outcome: Outcome | None) -> str | None:
        """Return why the variant has nothing to say about an item, None if it has."""
        if outcome is None:
            return item.error
        return None if variant.method in outcome.projections else _why(outcome, variant.method)

    def run(self, items: Sequence[Item], progress: Callable[[int], None]) -> dict[Variant, Tally]:
        """Return what each variant did; `progress` gets the number of further items after each chunk."""
        tallies = {variant: Tally(pipeline.signature(variant.method)) for variant, pipeline in self._pipelines.items()}
        for start in range(0, len(items), CHUNK):
            chunk = items[start : start + CHUNK]
            for variant, tally in tallies.items():
                for item, outcome in self._outcomes(variant, chunk):
                    tally.add(item, outcome, variant.method)
                    self._count_evidence(outcome)
            progress(len(chunk))
        return tallies

    def _outcomes(self, variant: Variant, items: Sequence[Item]) -> Iterator[tuple[Item, Outcome | None]]:
        """Yield each item with its outcome, None where the source is missing that the method reads."""
        reads = reads_source(variant)
        outcomes = iter(
            self._pipelines[variant].run([item.task() for item in items if item.source is not None or not reads])
        )
        for item in items:
            yield item, next(outcomes) if item.source is not None or not reads else None

    def _count_evidence(self, outcome: Outcome | None) -> None:
        for stage in outcome.stages if outcome else ():
            if stage.name in _EVIDENCE and not stage.reused:
                self.evidence_seconds[stage.name] += stage.seconds


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one variant in one language.

    `rate` is the share of source entities that found a place, None for a method without source entities;
    `ratio` the mean over sentences of predicted / gold entities as the paper's scorer counts it: without gold
    entities a sentence adds 1 if nothing is predicted, else 0.
    """

    variant: Variant
    language: str
    scores: Scores
    rate: float | None
    ratio: float
    seconds: float
    failures: Mapping[str, int]
    warnings: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, unrounded."""
        return {
            "method": self.variant.method,
            "options": dict(self.variant.options),
            "language": self.language,
            **self.scores.to_dict(),
            "projection_rate": self.rate,
            "projection_ratio": self.ratio,
            "seconds": self.seconds,
            "failed_sentences": sum(self.failures.values()),
            "failures": dict(self.failures),
            "warnings": dict(self.warnings),
        }


def result(
    variant: Variant,
    language: str,
    tally: Tally,
    gold: Sequence[Sentence],
    settings: Mapping[str, object],
    labels: Collection[str] | None = None,
) -> Result:
    """Score a tally against gold, over `labels` on both sides (None: all)."""
    predicted = [sentence.with_entities(found) for sentence, found in zip(gold, tally.predicted, strict=True)]
    scores = compare(predicted, gold, labels, {**settings, "run": tally.signature}, pair_by="order")
    rate = tally.placed / tally.entities if tally.entities else None
    sums = (sum(row.values(), Counts()) for row in scores.rows)
    ratio = projection_ratio((one.predicted, one.gold) for one in sums)
    return Result(variant, language, scores, rate, ratio, tally.seconds, tally.failures, tally.warnings)
