"""The matching as an integer program, solved by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projection.matching.dynamic import ordered
from projection.matching.pruning import Choice, Spans, Weights


def integer(
    weights: Weights, spans: Spans, per_entity: int = 1, constraint: str = "at most", forced: Choice | None = None
) -> list[Choice]:
    """Solve the integer program of the paper (arXiv 2501.18750, also the thesis of its second author).

    Equation (1) bounds the projections of each entity that has a candidate; one row per target word
    replaces its pairwise rows (2) and (3), which is equivalent for intervals and far smaller. Where
    "exactly" or "at least" cannot be met for all entities, each lacking projection is counted, and the
    best sum is taken among the solutions that lack fewest. `forced` is a pair that must be chosen.
    """
    entities, candidates = np.nonzero(weights > 0)
    if not len(entities):
        return []
    values = weights[entities, candidates]
    fixed = np.zeros(len(entities), bool) if forced is None else (entities == forced[0]) & (candidates == forced[1])
    program = _Program.build(spans[candidates], entities, per_entity, constraint, fixed)
    solution = program.solve(values, lacking=0)
    if solution is None:
        fewest = program.solve(np.zeros(len(values)), lacking=None)
        solution = program.solve(values, lacking=round(fewest[len(values) :].sum()))
    picked = np.nonzero(solution[: len(values)] > 0.5)[0]
    return ordered(zip(entities[picked].tolist(), candidates[picked].tolist(), strict=True), weights)


@dataclass(frozen=True)
class _Program:
    """Rows and bounds. Variables: one binary per pair, then one per entity with the projections it lacks."""

    matrix: Any
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    fixed: NDArray[np.bool_]
    slack: int

    @classmethod
    def build(
        cls, spans: Spans, entities: NDArray[np.intp], per_entity: int, constraint: str, fixed: NDArray[np.bool_]
    ) -> _Program:
        """Write one row per target word, one per entity unless `per_entity` is 0, and one for all that is lacking."""
        from scipy.sparse import csr_array

        pairs, lengths = np.arange(len(spans)), spans[:, 1] - spans[:, 0]
        columns = np.repeat(pairs, lengths)
        within = np.arange(len(columns)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        rows = np.repeat(spans[:, 0], lengths) + within
        words = int(spans[:, 1].max())
        lower, upper = np.full(words, -np.inf), np.ones(words)
        slack = 0
        if per_entity:
            numbers, of_pair = np.unique(entities, return_inverse=True)
            count = len(numbers)
            rows, columns = np.r_[rows, words + of_pair], np.r_[columns, pairs]
            lower = np.r_[lower, np.full(count, -np.inf if constraint == "at most" else per_entity)]
            upper = np.r_[upper, np.full(count, np.inf if constraint == "at least" else per_entity)]
            if constraint != "at most":
                slack = count
                rows = np.r_[rows, words + np.arange(count), np.full(count, words + count)]
                columns = np.r_[columns, len(pairs) + np.tile(np.arange(count), 2)]
                lower, upper = np.r_[lower, -np.inf], np.r_[upper, 0.0]
        matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(lower), len(pairs) + slack))
        return cls(matrix, lower, upper, fixed, slack)

    def solve(self, values: NDArray[np.float64], lacking: int | None) -> NDArray[np.float64] | None:
        """Maximise the sum of `values` with at most `lacking` projections missing; None if there is no solution.

        With `lacking` None as few as possible are missing, and the values do not count.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        upper = self.upper.copy()
        if self.slack:
            upper[-1] = np.inf if lacking is None else lacking
        cost = np.r_[-values, np.full(self.slack, 1.0 if lacking is None else 0.0)]
        result = milp(
            cost,
            constraints=LinearConstraint(self.matrix, self.lower, upper),
            bounds=Bounds(
                np.r_[self.fixed, np.zeros(self.slack)], np.r_[np.ones(len(values)), np.full(self.slack, np.inf)]
            ),
            integrality=1,
            options={"mip_rel_gap": 0.0},
        )
        if result.x is None and not (result.status == 2 and self.slack and lacking == 0):
            raise RuntimeError(f"The integer program was not solved: {result.message}")
        return result.x
