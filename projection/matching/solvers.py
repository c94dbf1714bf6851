"""Choose candidates for entities: spans of the result never overlap, an entity is used at most k times.

`weights` (E, C) holds the value of putting entity e on candidate c; only positive weights may be
chosen. `spans` (C, 2) are half-open word spans. Results are lists of (entity, candidate). Ties: `greedy`
takes the shorter span, then the earlier entity, then the leftmost span; `dynamic` the combination of
shorter spans; `integer` leaves them to HiGHS.

The integer program is that of the paper (arXiv 2501.18750) with one clique row per target word in
place of one row per overlapping pair, which is equivalent for intervals and far smaller.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError

Weights = NDArray[np.float64]
Spans = NDArray[np.intp]
Choice = tuple[int, int]

DYNAMIC_LIMIT = 10
"""Most entities the dynamic program takes; its cost doubles with each."""


def solve(weights: Weights, spans: Spans, *, solver: str = "greedy", per_entity: int = 1) -> list[Choice]:
    """Match by the solver of that name; `per_entity` 0 means no limit.

    "greedy" takes the best remaining pair; "exact" maximises the sum of weights (by the dynamic
    program for few entities, else by the integer program); "dynamic" and "integer" force one of these.
    """
    check_solver("matching", solver)
    return SOLVERS[solver](weights, spans, per_entity)


def check_solver(who: str, solver: str) -> None:
    """Raise ConfigurationError, naming `who` asks for it, if there is no solver of that name."""
    if solver not in SOLVERS:
        raise ConfigurationError(f"{who}: there is no solver {solver!r}; known are {', '.join(SOLVERS)}.")


def greedy(weights: Weights, spans: Spans, per_entity: int = 1) -> list[Choice]:
    """Take the greatest weight, strike out what it blocks, repeat. O(P log P) for P positive pairs."""
    entities, candidates = np.nonzero(weights > 0)
    values = weights[entities, candidates]
    starts, ends = spans[candidates, 0], spans[candidates, 1]
    order = np.lexsort((starts, entities, ends - starts, -values))
    taken = np.zeros(int(spans[:, 1].max(initial=0)), bool)
    used = np.zeros(len(weights), int)
    chosen: list[Choice] = []
    for entity, candidate in zip(entities[order].tolist(), candidates[order].tolist(), strict=True):
        start, end = spans[candidate]
        if (per_entity and used[entity] >= per_entity) or taken[start:end].any():
            continue
        taken[start:end] = True
        used[entity] += 1
        chosen.append((entity, candidate))
    return chosen


def exact(weights: Weights, spans: Spans, per_entity: int = 1) -> list[Choice]:
    """Maximise the sum of weights with whichever exact solver suits the size."""
    live = int((weights > 0).any(axis=1).sum())
    choose = dynamic if per_entity == 1 and live <= DYNAMIC_LIMIT else integer
    return choose(weights, spans, per_entity)


def integer(weights: Weights, spans: Spans, per_entity: int = 1) -> list[Choice]:
    """Solve the integer program with HiGHS: one row per entity, one row per target word.

    Equation (1) of the paper bounds the projections of an entity; the word rows replace (2) and (3).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    weights = undominated(weights, spans)
    entities, candidates = np.nonzero(weights > 0)
    if not len(entities):
        return []
    starts, lengths = spans[candidates, 0], spans[candidates, 1] - spans[candidates, 0]
    variables = np.arange(len(entities))
    columns = np.repeat(variables, lengths)
    within = np.arange(len(columns)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows = np.repeat(starts, lengths) + within
    words = int(rows.max()) + 1
    if per_entity:
        rows, columns = np.r_[rows, words + entities], np.r_[columns, variables]
    height = words + (len(weights) if per_entity else 0)
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(height, len(variables)))
    bound = np.r_[np.ones(words), np.full(height - words, per_entity)]
    result = milp(
        -weights[entities, candidates],
        constraints=LinearConstraint(matrix, ub=bound),
        bounds=Bounds(0, 1),
        integrality=1,
        options={"mip_rel_gap": 0.0},
    )
    if result.x is None:  # the zero vector is feasible, so HiGHS itself failed
        raise RuntimeError(f"The integer program was not solved: {result.message}")
    picked = np.nonzero(result.x > 0.5)[0]
    return _ordered(zip(entities[picked].tolist(), candidates[picked].tolist(), strict=True), weights)


def dynamic(weights: Weights, spans: Spans, per_entity: int = 1) -> list[Choice]:
    """Solve exactly by dynamic programming over (words covered so far, set of entities used).

    value[p, S] is the best sum over spans that end at or before word p and use exactly entities S:
    O(C * E * 2^E). Raises ConfigurationError for more than one projection per entity or more than
    DYNAMIC_LIMIT entities with a candidate.
    """
    if per_entity != 1:
        raise ConfigurationError("The dynamic program places an entity at most once; use solver 'integer'.")
    weights = undominated(weights, spans)
    live = np.nonzero((weights > 0).any(axis=1))[0]
    if len(live) > DYNAMIC_LIMIT:
        raise ConfigurationError(
            f"The dynamic program takes at most {DYNAMIC_LIMIT} entities, not {len(live)}; use solver 'integer'."
        )
    if not len(live):
        return []
    values = _unequal(weights, spans)[live]
    rows, candidates = np.nonzero(weights[live] > 0)
    words, states = int(spans[candidates, 1].max()), 1 << len(live)
    without = [np.array([state for state in range(states) if not state >> row & 1]) for row in range(len(live))]
    best = np.full((words + 1, states), -np.inf)
    best[0, 0] = 0.0
    move = np.full((words + 1, states), -1, np.int64)
    by_end: dict[int, list[int]] = {}
    for pair, end in enumerate(spans[candidates, 1].tolist()):
        by_end.setdefault(end, []).append(pair)
    for end in range(1, words + 1):
        best[end] = best[end - 1]
        for pair in by_end.get(end, ()):
            row, candidate = rows[pair], candidates[pair]
            before = without[row]
            after = before | 1 << row
            reached = best[spans[candidate, 0], before] + values[row, candidate]
            better = reached > best[end, after]
            best[end, after[better]] = reached[better]
            move[end, after[better]] = pair
    chosen, state, end = [], int(best[words].argmax()), words
    while state:
        pair = move[end, state]
        if pair < 0:
            end -= 1
            continue
        chosen.append((int(live[rows[pair]]), int(candidates[pair])))
        state &= ~(1 << int(rows[pair]))
        end = int(spans[candidates[pair], 0])
    return _ordered(chosen, weights)


def undominated(weights: Weights, spans: Spans, *, grid: int = 400) -> Weights:
    """Zero each weight that a span inside it reaches too, for the same entity: never needed for an optimum.

    (A wider span blocks everything the inner one blocks.) Sentences of more than `grid` words are
    left as they are.
    """
    words = int(spans[:, 1].max(initial=0))
    if not len(weights) or not words or words > grid:
        return weights
    dense = np.full((len(weights), words + 1, words + 1), -np.inf)
    dense[:, spans[:, 0], spans[:, 1]] = weights
    inside = dense.copy()
    dominated = np.zeros(dense.shape, bool)
    for length in range(2, words + 1):
        starts = np.arange(words - length + 1)
        ends = starts + length
        inner = np.maximum(inside[:, starts + 1, ends], inside[:, starts, ends - 1])
        dominated[:, starts, ends] = inner >= dense[:, starts, ends]
        inside[:, starts, ends] = np.maximum(inner, dense[:, starts, ends])
    return np.where(dominated[:, spans[:, 0], spans[:, 1]], 0.0, weights)


def _unequal(weights: Weights, spans: Spans) -> Weights:
    """Break ties by a bias far below any real difference: shorter, earlier entity, leftmost."""
    lengths = spans[:, 1] - spans[:, 0]
    words = int(spans[:, 1].max(initial=1)) + 1
    rank = (lengths * len(weights) + np.arange(len(weights))[:, None]) * words + spans[:, 0]
    return weights - 1e-9 * rank / (words * len(weights) * words + 1)


def _ordered(choice, weights: Weights) -> list[Choice]:
    return sorted(choice, key=lambda pair: (-weights[pair], pair))


SOLVERS: dict[str, Callable[[Weights, Spans, int], list[Choice]]] = {
    "greedy": greedy,
    "exact": exact,
    "dynamic": dynamic,
    "integer": integer,
}
