"""Choose candidates for entities: spans of the result never overlap, an entity is used as often as allowed.

`weights` (E, C) holds the value of putting entity e on candidate c; only positive weights may be
chosen. `spans` (C, 2) are half-open word spans. Results are lists of (entity, candidate).

`per_entity` n and `constraint` say how often an entity is placed: "at most", "exactly" or "at least" n
times; n = 0 is no limit. Entities without a positive weight are left out beforehand, as in the paper.
Where "exactly" or "at least" cannot be met for all others, as many as possible are placed; `lacking`
tells how many projections are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError
from projection.matching.dynamic import DYNAMIC_LIMIT, dynamic, ordered
from projection.matching.integer import integer
from projection.matching.pruning import Choice, Spans, Weights, independent, undominated, untied

CONSTRAINTS = ("at most", "exactly", "at least")


def solve(
    weights: Weights,
    spans: Spans,
    *,
    solver: str = "greedy",
    per_entity: int = 1,
    constraint: str = "at most",
    ties: str = "shorter",
) -> list[Choice]:
    """Match by the solver of that name; `ties` is that of `pruning.untied`.

    "greedy" takes the best remaining pair; "exact" maximises the sum of weights (by the dynamic
    program for few entities, else by the integer program); "dynamic" and "integer" force one of these.
    """
    check_solver("matching", solver)
    check_constraint("matching", per_entity, constraint)
    values = untied(weights, spans, ties)
    if solver != "greedy":
        values = undominated(values, spans)
    return ordered(SOLVERS[solver](values, spans, per_entity, constraint), weights)


def check_solver(who: str, solver: str) -> None:
    """Raise ConfigurationError, naming `who` asks for it, if there is no solver of that name."""
    if solver not in SOLVERS:
        raise ConfigurationError(f"{who}: there is no solver {solver!r}; known are {', '.join(SOLVERS)}.")


def check_constraint(who: str, per_entity: int, constraint: str) -> None:
    """Raise ConfigurationError, naming `who` asks for it, for a constraint that does not exist."""
    if constraint not in CONSTRAINTS:
        raise ConfigurationError(f"{who}: constraint must be one of {', '.join(CONSTRAINTS)}, not {constraint!r}.")
    if per_entity != int(per_entity) or per_entity < 0:
        raise ConfigurationError(f"{who}: an entity is placed a whole number of times, not {per_entity}.")
    if per_entity == 0 and constraint == "exactly":
        raise ConfigurationError(f"{who}: exactly 0 projections per entity would place nothing; 0 goes with at most.")


def greedy(weights: Weights, spans: Spans, per_entity: int = 1, constraint: str = "at most") -> list[Choice]:
    """Take the greatest weight, strike out what it blocks, repeat. O(P log P) for P positive pairs.

    "exactly" n stops at n like "at most", "at least" n never stops (as published): neither is enforced.
    """
    entities, candidates = np.nonzero(weights > 0)
    values = weights[entities, candidates]
    order = np.argsort(-values, kind="stable")
    most = 0 if constraint == "at least" else per_entity
    taken = np.zeros(int(spans[:, 1].max(initial=0)), bool)
    used = np.zeros(len(weights), int)
    chosen: list[Choice] = []
    for entity, candidate in zip(entities[order].tolist(), candidates[order].tolist(), strict=True):
        start, end = spans[candidate]
        if (most and used[entity] >= most) or taken[start:end].any():
            continue
        taken[start:end] = True
        used[entity] += 1
        chosen.append((entity, candidate))
    return chosen


def exact(weights: Weights, spans: Spans, per_entity: int = 1, constraint: str = "at most") -> list[Choice]:
    """Maximise the sum of weights, group by group of entities that compete for words.

    A group of up to DYNAMIC_LIMIT entities placed at most or exactly once goes through the dynamic
    program, any other through the integer program.
    """
    chosen: list[Choice] = []
    for group in independent(weights, spans):
        few = per_entity == 1 and constraint != "at least" and len(group) <= DYNAMIC_LIMIT
        columns = np.nonzero((weights[group] > 0).any(axis=0))[0]
        part = (dynamic if few else integer)(weights[np.ix_(group, columns)], spans[columns], per_entity, constraint)
        chosen += [(int(group[row]), int(columns[column])) for row, column in part]
    return ordered(chosen, weights)


def lacking(choice: Sequence[Choice], weights: Weights, per_entity: int, constraint: str) -> NDArray[np.intp]:
    """Return for each entity how many projections the constraint asks for beyond those in `choice`.

    0 for "at most" and for entities without a positive weight.
    """
    if constraint == "at most":
        return np.zeros(len(weights), np.intp)
    placed = np.bincount([entity for entity, _ in choice], minlength=len(weights))
    return np.where((weights > 0).any(axis=1), np.maximum(per_entity - placed, 0), 0)


SOLVERS: dict[str, Callable[[Weights, Spans, int, str], list[Choice]]] = {
    "greedy": greedy,
    "exact": exact,
    "dynamic": dynamic,
    "integer": integer,
}
