"""From outcomes and gold to what a study holds: what every method found, and which stage its mistakes come from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from projection.errors import Cancelled, ProjectionError
from projection.evaluation.blame import Blame
from projection.evaluation.blaming import Case, blames
from projection.evaluation.replacing import Replay
from projection.evaluation.study import Found
from projection.pipeline.gathering import GIVES
from projection.pipeline.run import Pipeline
from projection.pipeline.setup import Outcome
from projection.types import Alignment, Entity, Projection, Sentence

log = logging.getLogger(__name__)
OWN_TRANSLATION = "It wrote its own translation, which gold does not label."
OTHER_WORDS = "Its target has other words than gold."


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known to be right of one sentence: `gold` has the labels of the target.

    `source` has those of the source, `links` are gold links; None where nobody knows them. They are used where they
    are on the words the method saw.
    """

    gold: Sentence
    source: Sentence | None = None
    links: Alignment | None = None


def judge(
    pipeline: Pipeline, outcomes: Sequence[Outcome], references: Sequence[Reference]
) -> dict[str, tuple[Found, ...]]:
    """Return what each method of the setup found in each sentence, with one blame for each mistake.

    Methods run again on sentences with mistakes (see `blaming.blames`), so a chunk of sentences is better than one.
    Source labels that the user gave with the text count as gold, where `references` have no others.
    """
    return {method: _judge_method(pipeline, method, outcomes, references) for method in pipeline.setup.methods}


def _judge_method(
    pipeline: Pipeline, method: str, outcomes: Sequence[Outcome], references: Sequence[Reference]
) -> tuple[Found, ...]:
    found = [
        _found(pipeline, method, outcome, reference) for outcome, reference in zip(outcomes, references, strict=True)
    ]
    judged = [number for number, one in enumerate(found) if one.entities is not None]
    cases = [_case(outcomes[number], method, references[number]) for number in judged]
    for number, one in zip(judged, _blamed(pipeline, method, cases), strict=True):
        found[number] = replace(found[number], blames=one)
    return tuple(found)


def _blamed(pipeline: Pipeline, method: str, cases: Sequence[Case]) -> list[tuple[Blame, ...] | None]:
    """Return the blames of each case, None for one that cannot be looked into: it stops no other."""
    try:
        return list(blames(cases, pipeline.evidence(method), _replay(pipeline, method)))
    except Cancelled:
        raise
    except Exception:
        if len(cases) == 1:
            log.exception("nobody knows which stage is to blame in sentence %r", cases[0].gold.id)
            return [None]
    half = len(cases) // 2
    return _blamed(pipeline, method, cases[:half]) + _blamed(pipeline, method, cases[half:])


def _found(pipeline: Pipeline, method: str, outcome: Outcome, reference: Reference) -> Found:
    """Return everything but the blames."""
    seconds, megabytes = _cost(pipeline, method, outcome)
    projection = outcome.projections.get(method)
    if projection is None:
        said = outcome.method_errors.get(method) or (str(outcome.error) if outcome.error else "It gave no result.")
        return Found(None, said, seconds=seconds)
    if projection.bitext.target.words != reference.gold.words:
        return Found(None, OWN_TRANSLATION if pipeline.writes(method) else OTHER_WORDS, seconds=seconds)
    carried = _carried(projection) if pipeline.reads_source(method) else (0, 0)
    return Found(projection.entities, carried=carried, seconds=seconds, megabytes=megabytes)


def _carried(projection: Projection) -> tuple[int, int]:
    if projection.own_entities is not None:
        return 0, 0
    return len({match.entity_index for match in projection.matches}), len(projection.bitext.source.entities)


def _case(outcome: Outcome, method: str, reference: Reference) -> Case:
    projection = outcome.projections[method]
    source, target = projection.bitext.source, projection.bitext.target
    links = reference.links
    if links is not None and (links.source_length, links.target_length) != (len(source), len(target)):
        links = None
    return Case(projection, reference.gold, _gold_source(outcome, source, reference.source), links)


def _gold_source(outcome: Outcome, source: Sentence, given: Sentence | None) -> tuple[Entity, ...] | None:
    if given is not None and given.words == source.words:
        return given.entities
    return source.entities if outcome.task.labelled else None


def _replay(pipeline: Pipeline, method: str) -> Replay | None:
    try:
        return pipeline.project_again(method)
    except (ProjectionError, ImportError):  # the method has failed on every sentence, and its Found say why
        return None


def _cost(pipeline: Pipeline, method: str, outcome: Outcome) -> tuple[float | None, float | None]:
    """Return the seconds the sentence took with all that the method reads, and the most megabytes of any stage.

    None unless all of it was computed now.
    """
    evidence, needed = pipeline.evidence(method), {method}
    needed |= {stage for stage, kinds in GIVES.items() if evidence & kinds}
    if pipeline.reads_source(method):
        needed |= {"recognition", "translation"}
    elif pipeline.setup.direction == "translate-train":
        needed.add("translation")
    stages = [stage for stage in outcome.stages if stage.name in needed]
    if any(stage.reused for stage in stages) or method not in {stage.name for stage in stages}:
        return None, None
    taken = [stage.megabytes for stage in stages if stage.megabytes is not None]
    return sum(stage.seconds for stage in stages), max(taken, default=None)
