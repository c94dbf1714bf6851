"""What it would cost to put an entity on another candidate: the question behind the ILP view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projection.matching.integer import integer
from projection.matching.pruning import Choice, Spans, Weights, overlapping, undominated
from projection.matching.solvers import lacking, solve


@dataclass(frozen=True, slots=True)
class Forcing:
    """The optimum less the best total of any solution that contains a pair, >= 0.

    `cost` is None where no allowed solution contains it, and `reason` says why. `solution` is the best one
    that does, as (entity, candidate) pairs.
    """

    cost: float | None
    reason: str = ""
    solution: tuple[Choice, ...] = ()


def force(
    weights: Weights,
    spans: Spans,
    pair: Choice,
    optimum: Sequence[Choice],
    limit: tuple[int, str],
    names: Sequence[str],
) -> Forcing:
    """Solve the matching exactly with `pair`, whose weight must be positive, chosen.

    `limit` is (per entity, constraint), `optimum` a best solution without that condition. One that lacks more
    projections than it does under "exactly" or "at least" is not allowed. `names` of the entities are for the reason.
    """
    solution = _best_with(weights, spans, pair, *limit)
    more = lacking(solution, weights, *limit) - lacking(optimum, weights, *limit)
    if more.sum() > 0:
        left_out = ", ".join(names[entity] for entity in np.nonzero(more > 0)[0])
        return Forcing(None, f"It would leave {left_out} without {limit[1]} {limit[0]}")
    return Forcing(max(value(optimum, weights) - value(solution, weights), 0.0), "", tuple(solution))


def value(choice: Sequence[Choice], weights: Weights) -> float:
    """Return the sum of the weights of the chosen pairs, the objective of the paper."""
    return float(sum(weights[pair] for pair in choice))


def _best_with(weights: Weights, spans: Spans, pair: Choice, per_entity: int, constraint: str) -> list[Choice]:
    entity, candidate = pair
    free = np.where(overlapping(spans, candidate), -np.inf, weights)
    if per_entity == 1 and constraint != "at least":
        free[entity] = -np.inf
        return [pair, *solve(free, spans, solver="exact", per_entity=1, constraint=constraint)]
    free[pair] = weights[pair]
    return integer(undominated(free, spans), spans, per_entity, constraint, forced=pair)
