"""The matching by dynamic programming: exact, fast for few entities, each placed at most or exactly once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError
from projection.matching.pruning import Choice, Spans, Weights

DYNAMIC_LIMIT = 10
"""Most entities the dynamic program takes; its cost doubles with each."""


def dynamic(weights: Weights, spans: Spans, per_entity: int = 1, constraint: str = "at most") -> list[Choice]:
    """Solve exactly by dynamic programming over (words covered so far, set of entities used).

    value[p, S] is the best sum over spans that end at or before word p and use exactly entities S:
    O(C * E * 2^E). "exactly" 1 takes the best of the largest sets that can be reached. Raises
    ConfigurationError for other constraints and for more than DYNAMIC_LIMIT entities with a candidate.
    """
    if per_entity != 1 or constraint == "at least":
        raise ConfigurationError("The dynamic program places an entity at most once; use solver 'integer'.")
    live = np.nonzero((weights > 0).any(axis=1))[0]
    if len(live) > DYNAMIC_LIMIT:
        raise ConfigurationError(
            f"The dynamic program takes at most {DYNAMIC_LIMIT} entities, not {len(live)}; use solver 'integer'."
        )
    if not len(live):
        return []
    rows, candidates = np.nonzero(weights[live] > 0)
    best, move = _fill(weights[live][rows, candidates], rows, spans[candidates], len(live))
    final = best[-1]
    if constraint == "exactly":
        reached = np.where(np.isfinite(final), _sizes(len(final)), -1)
        final = np.where(reached == reached.max(), final, -np.inf)
    chosen, state, end = [], int(final.argmax()), len(best) - 1
    while state:
        pair = move[end, state]
        if pair < 0:
            end -= 1
            continue
        chosen.append((int(live[rows[pair]]), int(candidates[pair])))
        state &= ~(1 << int(rows[pair]))
        end = int(spans[candidates[pair], 0])
    return ordered(chosen, weights)


def _fill(
    values: NDArray[np.float64], rows: NDArray[np.intp], spans: Spans, entities: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the table of best sums and the pair each was reached by (-1: the same as one word before).

    `values`, `rows` and `spans` give weight, entity and span of each pair.
    """
    words, states = int(spans[:, 1].max()), 1 << entities
    without = [np.array([state for state in range(states) if not state >> row & 1]) for row in range(entities)]
    best = np.full((words + 1, states), -np.inf)
    best[0, 0] = 0.0
    move = np.full((words + 1, states), -1, np.int64)
    by_end: dict[int, list[int]] = {}
    for pair, end in enumerate(spans[:, 1].tolist()):
        by_end.setdefault(end, []).append(pair)
    for end in range(1, words + 1):
        best[end] = best[end - 1]
        for pair in by_end.get(end, ()):
            before = without[rows[pair]]
            after = before | 1 << rows[pair]
            reached = best[spans[pair, 0], before] + values[pair]
            better = reached > best[end, after]
            best[end, after[better]] = reached[better]
            move[end, after[better]] = pair
    return best, move


def _sizes(states: int) -> NDArray[np.intp]:
    """Return the number of entities in each set."""
    return np.array([state.bit_count() for state in range(states)])


def ordered(choice, weights: Weights) -> list[Choice]:
    """Sort (entity, candidate) pairs: greatest weight first, then as numbered."""
    return sorted(choice, key=lambda pair: (-weights[pair], pair))
