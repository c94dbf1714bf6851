"""One line of `--report`: everything that is known of a sentence, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projection.pipeline import Outcome
    from projection.types import Alignment, Decision, Projection, Span, Step

DECISIONS_PER_ENTITY = 20


def report_row(number: int, outcome: Outcome, method: str, signature: str, error: str = "") -> dict[str, Any]:
    """Return plain JSON values. Words count from 0, `end` is exclusive.

    `decisions` holds the best DECISIONS_PER_ENTITY of each entity; `decisions_considered` says how many
    there were and `decisions_listed_per_entity` states the cap.
    """
    from projection.text.jsonl import dump_sentence

    projection = outcome.projections.get(method)
    target = projection.labelled_target if projection else outcome.target
    row: dict[str, Any] = {
        "number": number,
        "id": outcome.task.id,
        "source": dump_sentence(outcome.source) if outcome.source else None,
        "target": dump_sentence(target) if target else None,
        "links": _links(outcome.alignment),
        "method": method,
        **_projection(projection),
        "steps": [_step(step) for step in projection.steps] if projection else [],
        "warnings": list(outcome.warnings),
        "error": error or None,
        "stages": [
            {"name": stage.name, "component": stage.component, "seconds": round(stage.seconds, 6)}
            for stage in outcome.stages
        ],
        "signature": signature,
    }
    return row


def _links(alignment: Alignment | None) -> list[list] | None:
    if alignment is None:
        return None
    scores = alignment.scores
    return [[*link, _number(scores[link])] if link in scores else list(link) for link in sorted(alignment.links)]


def _projection(projection: Projection | None) -> dict[str, Any]:
    if projection is None:
        return {"matches": [], "unprojected": [], "decisions": [], "decisions_considered": 0}
    matches = [
        {
            "entity": match.entity_index,
            **_span(match.span),
            "score": _number(match.score),
            "parts": _parts(match.parts),
        }
        for match in projection.matches
    ]
    return {
        "matches": matches,
        "unprojected": [{"entity": one.entity_index, "reason": one.reason} for one in projection.unprojected],
        "decisions": [_decision(decision) for decision in _best(projection)],
        "decisions_considered": len(projection.decisions),
        "decisions_listed_per_entity": DECISIONS_PER_ENTITY,
    }


def _best(projection: Projection) -> list[Decision]:
    """Return the first decisions of each entity without building those that follow, where the sequence can."""
    decisions: Sequence[Decision] = projection.decisions
    if hasattr(decisions, "of"):
        count = len(projection.bitext.source.entities)
        return [one for entity in range(count) for one in decisions.of(entity, DECISIONS_PER_ENTITY)]
    grouped = groupby(decisions, key=lambda decision: decision.entity_index)
    return [one for _, group in grouped for one in list(group)[:DECISIONS_PER_ENTITY]]


def _step(step: Step) -> dict[str, Any]:
    rows = [[_number(cell) if isinstance(cell, float) else cell for cell in row] for row in step.rows]
    return {**asdict(step), "rows": rows}


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "entity": decision.entity_index,
        **_span(decision.candidate.span),
        "origin": decision.candidate.origin,
        "score": _number(decision.score),
        "parts": _parts(decision.parts),
        "status": decision.status,
        "reason": decision.reason,
        "blocked_by": decision.blocked_by and {"entity": decision.blocked_by[0], **_span(decision.blocked_by[1])},
    }


def _span(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _parts(parts) -> dict[str, float | None]:
    return {name: _number(value) for name, value in parts.items()}


def _number(value: Any) -> float | None:
    """JSON has no NaN: what is not a number is null."""
    number = float(value)
    return number if number == number and abs(number) != float("inf") else None
