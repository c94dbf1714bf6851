"""The steps of a matching, as a person reads them: best candidates, then the program and what it chose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from projection.matching.forcing import Forcing
from projection.types import Bitext, Decision, Step

if TYPE_CHECKING:
    from projection.matching.decisions import Decisions

SHOWN_ROWS = 40
SHOWN_PER_ENTITY = 5
FORCING_LIMIT = 500_000
"""Most (entity, candidate) pairs for which the steps say what the runner-up would cost (`forcing` always does)."""


@dataclass(frozen=True, eq=False)
class LazySteps(Sequence[Step]):
    """Steps made when first looked at, so that a corpus run does not pay for what nobody reads."""

    make: Callable[[], Iterable[Step]]

    @cached_property
    def _made(self) -> tuple[Step, ...]:
        return tuple(self.make())

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, index):
        return self._made[index]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._made)


def matching_steps(decisions: Decisions, bitext: Bitext) -> list[Step]:
    """Return what the solver saw and what it did."""
    return [_candidates(decisions, bitext), _matching(decisions, bitext)]


def _candidates(decisions: Decisions, bitext: Bitext) -> Step:
    entities = len(decisions.names)
    shown = max(1, min(SHOWN_PER_ENTITY, SHOWN_ROWS // max(entities, 1)))
    listed = [decision for entity in range(entities) for decision in decisions.of(entity, shown)]
    parts = list(dict.fromkeys(name for decision in listed for name in decision.parts))
    rows = tuple(
        (
            decisions.names[decision.entity_index],
            bitext.target.text_of(decision.candidate.span),
            *(decision.parts.get(name) for name in parts),
            decision.score,
            decision.reason,
        )
        for decision in listed
    )
    considered = len(decisions)
    note = f"{decisions.scored.origin}: {len(decisions.scored.spans)} spans, {considered} scores"
    if considered > len(rows):
        note += f"; the best {shown} of each entity are shown" if shown > 1 else "; the best of each entity is shown"
    return Step("Candidates", f"{note}.", columns=("entity", "candidate", *parts, "total", "outcome"), rows=rows)


def _matching(decisions: Decisions, bitext: Bitext) -> Step:
    is_small = np.size(decisions.scored.totals) <= FORCING_LIMIT
    note = [
        f"{decisions.solver.capitalize()}: {_placed(decisions)} of {len(decisions.names)} entities placed, "
        f"sum {decisions.objective:.3f}{f' (each score less {decisions.threshold:g})' if decisions.threshold else ''}"
    ]
    if decisions.solver == "greedy" and is_small:
        over = decisions.optimum - decisions.objective
        note.append("the greatest possible" if over < 1e-6 else f"{over:.3f} under the greatest possible")
    words = len(bitext.target)
    spans = "span" if decisions.per_entity == 1 else "spans"
    limit = f"{decisions.constraint} {decisions.per_entity} {spans} per entity ({len(decisions.names)} rows)"
    rows = f"{limit if decisions.per_entity else 'no limit per entity'}, every word in at most one span ({words} rows)"
    if not is_small:
        rows += "; too many candidates to say here what another choice would cost"
    return Step(
        "Matching",
        f"{', '.join(note)}. Constraints: {rows}.",
        columns=("entity", "placed on", "value", "runner-up", "its value", "cost of forcing it", "why not"),
        rows=tuple(_entity_row(decisions, entity, bitext, is_small) for entity in range(len(decisions.names))),
    )


def _entity_row(decisions: Decisions, entity: int, bitext: Bitext, with_cost: bool) -> tuple[str | float | None, ...]:
    target, threshold = bitext.target, decisions.threshold
    own = [decisions.scored.spans[candidate] for winner, candidate in decisions.chosen if winner == entity]
    places = " | ".join(" ".join(target.words[start:end]) for start, end in own) or None
    worth = float(sum(decisions.scored.totals[pair] - threshold for pair in decisions.chosen if pair[0] == entity))
    second = _runner_up(decisions.of(entity, len(own) + 10))
    if second is None:
        return decisions.names[entity], places, worth if own else None, None, None, None, "No other candidate"
    forcing = decisions.forcing(entity, second.candidate) if with_cost else Forcing(None)
    return (
        decisions.names[entity],
        places,
        worth if own else None,
        target.text_of(second.candidate.span),
        second.score - threshold,
        forcing.cost,
        forcing.reason or second.reason,
    )


def _runner_up(listed: Sequence[Decision]) -> Decision | None:
    """Return the best candidate that lost, else the best that was never eligible."""
    others = [decision for decision in listed if decision.status != "chosen"]
    return next((decision for decision in others if decision.status == "lost"), others[0] if others else None)


def _placed(decisions: Decisions) -> int:
    return len({entity for entity, _ in decisions.chosen})
