"""Say of every candidate what became of it: the explanation behind each projected label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projection.matching.explanation import LazySteps, matching_steps
from projection.matching.forcing import Forcing, force
from projection.matching.pruning import Choice
from projection.matching.solvers import lacking, solve
from projection.types import Bitext, Candidate, Decision, Match, Projection, Span, Step, Unprojected

Parts = Callable[[int, int], Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class ScoredCandidates:
    """Candidates of one pair with their totals.

    `spans` (C, 2); `totals` (E, C), NaN where a candidate was not considered for an entity;
    `parts(entity, candidate)` gives the numbers a total is made of; `origin` names the extractor;
    `ruled_out` holds a reason for each (entity, candidate) excluded before matching, `nothing` the reason
    for those whose total is 0. `evidence` are the arrays that `parts` reads, where it keeps any of size: they
    are seen there by who counts memory.
    """

    spans: NDArray[np.intp]
    totals: NDArray[np.float64]
    parts: Parts
    origin: str
    ruled_out: Mapping[Choice, str] = field(default_factory=lambda: MappingProxyType({}))
    nothing: str = "No link from the entity"
    evidence: Mapping[str, NDArray[np.float64]] = field(default_factory=lambda: MappingProxyType({}))

    def weights(self, threshold: float) -> NDArray[np.float64]:
        """Return (E, C) what a solver maximises: total - threshold, -inf where a pair is not eligible."""
        weights = np.nan_to_num(self.totals, nan=-np.inf) - threshold
        for pair in self.ruled_out:
            weights[pair] = -np.inf
        return weights


@dataclass(frozen=True, eq=False)
class Decisions(Sequence[Decision]):
    """All decisions of one projection, built when asked for: by entity, best total first.

    `of(entity)` gives those of one entity. Ties are listed shorter first, then leftmost. `objective`,
    `optimum` and `forcing` are the view of the matching as an integer program: the sum over the chosen of
    (total - threshold), and what other choices would cost.
    """

    scored: ScoredCandidates
    chosen: tuple[Choice, ...]
    threshold: float
    names: tuple[str, ...]
    """Text and label of each source entity, for the reasons."""
    solver: str = "greedy"
    per_entity: int = 1
    constraint: str = "at most"

    @property
    def weights(self) -> NDArray[np.float64]:
        return self.scored.weights(self.threshold)

    @cached_property
    def objective(self) -> float:
        """The sum of the weights of the chosen pairs."""
        return self._sum(self.chosen)

    @cached_property
    def _best_solution(self) -> tuple[Choice, ...]:
        if self.solver != "greedy":
            return self.chosen
        return tuple(solve(self.weights, self.scored.spans, solver="exact", **self._limit))

    @property
    def optimum(self) -> float:
        """The greatest sum any solution has; greedy may stay under it."""
        return self._sum(self._best_solution)

    def _sum(self, choice: Iterable[Choice]) -> float:
        return float(sum(self.scored.totals[pair] - self.threshold for pair in choice))

    @property
    def _limit(self) -> dict[str, Any]:
        return {"per_entity": self.per_entity, "constraint": self.constraint}

    @cached_property
    def _forced(self) -> dict[Choice, Forcing]:
        return {}

    def forcing(self, entity: int, candidate: Candidate | Span | int) -> Forcing:
        """Return what putting `entity` on `candidate` (or its span, or its column) would cost.

        That is the optimum less the best sum of any solution with this pair, computed when asked, and kept. The
        cost is None for candidates that are not eligible.
        """
        column = self._column(candidate)
        pair = entity, column
        if pair not in self._forced:
            weights = self.weights
            if column < 0 or np.isnan(self.scored.totals[pair]):
                self._forced[pair] = Forcing(None, "Not a candidate of this method")
            elif weights[pair] <= 0:
                span, total = self._span(column), float(self.scored.totals[pair])
                self._forced[pair] = Forcing(None, self._why(entity, column, total, span)[1])
            else:
                limit = self.per_entity, self.constraint
                self._forced[pair] = force(weights, self.scored.spans, pair, self._best_solution, limit, self.names)
        return self._forced[pair]

    def _column(self, candidate: Candidate | Span | int) -> int:
        """Return the number of a candidate, -1 if there is none on that span."""
        if isinstance(candidate, int):
            return candidate
        span = candidate.span if isinstance(candidate, Candidate) else candidate
        found = np.nonzero((self.scored.spans == (span.start, span.end)).all(axis=1))[0]
        return int(found[0]) if len(found) else -1

    @cached_property
    def _counts(self) -> list[int]:
        return np.count_nonzero(~np.isnan(self.scored.totals), axis=1).tolist()

    @cached_property
    def _ranked(self) -> dict[int, NDArray[np.intp]]:
        return {}

    def _order(self, entity: int) -> NDArray[np.intp]:
        """Rank the candidates of one entity; long sentences have many, so only when asked."""
        if entity not in self._ranked:
            spans, totals = self.scored.spans, self.scored.totals[entity]
            ranked = np.lexsort((spans[:, 0], spans[:, 1] - spans[:, 0], -np.nan_to_num(totals, nan=-np.inf)))
            self._ranked[entity] = ranked[: self._counts[entity]]
        return self._ranked[entity]

    def __len__(self) -> int:
        return sum(self._counts)

    def __iter__(self) -> Iterator[Decision]:
        for entity in range(len(self._counts)):
            yield from self.of(entity)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index if index >= 0 else len(self) + index
        for entity, count in enumerate(self._counts):
            if 0 <= position < count:
                return self._decide(entity, int(self._order(entity)[position]))
            position -= count
        raise IndexError(f"There are {len(self)} decisions, none has number {index}.")

    def of(self, entity: int, limit: int | None = None) -> list[Decision]:
        """Return the decisions about one entity, best total first, at most `limit`."""
        return [self._decide(entity, int(candidate)) for candidate in self._order(entity)[:limit]]

    def at(self, entity: int, span: Span) -> Decision | None:
        """Return the decision about one entity and one span, None if it was not considered; no other is built."""
        column = self._column(span)
        is_considered = column >= 0 and not np.isnan(self.scored.totals[entity, column])
        return self._decide(entity, column) if is_considered else None

    def _decide(self, entity: int, candidate: int) -> Decision:
        total = float(self.scored.totals[entity, candidate])
        span = Span(*map(int, self.scored.spans[candidate]))
        status, reason, blocked_by = self._why(entity, candidate, total, span)
        return Decision(
            entity,
            Candidate(span, self.scored.origin),
            total,
            self.scored.parts(entity, candidate),
            status,
            reason,
            blocked_by,
        )

    def _why(self, entity: int, candidate: int, total: float, span: Span):
        if (entity, candidate) in self.chosen:
            return "chosen", "Chosen", None
        if (entity, candidate) in self.scored.ruled_out:
            return "ruled out", self.scored.ruled_out[entity, candidate], None
        if total <= 0:
            return "ruled out", self.scored.nothing, None
        if total <= self.threshold:
            return "ruled out", f"Under threshold {without_zero(self.threshold)}", None
        own = {other: self._span(other) for winner, other in self.chosen if winner == entity}
        crossing = [other for other, place in own.items() if place.overlaps(span)]
        is_full = self.constraint != "at least" and 0 < self.per_entity <= len(own)
        rivals = crossing or (list(own) if is_full else [])
        best = max(rivals, key=lambda other: self.scored.totals[entity, other], default=None)
        thieves = [
            (winner, other) for winner, other in self.chosen if winner != entity and self._span(other).overlaps(span)
        ]
        if thieves and (best is None or self.scored.totals[entity, best] < total):
            winner, other = max(thieves, key=lambda pair: self.scored.totals[pair])
            return "lost", f"Taken by {self.names[winner]}", (winner, self._span(other))
        if best is not None:
            reason = "Overlaps the chosen span" if crossing else "Entity placed elsewhere"
            return "lost", reason, (entity, own[best])
        return "lost", "Another combination scores higher", None

    def _span(self, candidate: int) -> Span:
        return Span(*map(int, self.scored.spans[candidate]))


def without_zero(number: float) -> str:
    """Write .20 for 0.2, as the screens do."""
    return f"{number:.2f}".replace("0.", ".", 1) if 0 <= number < 1 else f"{number:.2f}"


def decide(
    bitext: Bitext,
    scored: ScoredCandidates,
    *,
    method: str,
    signature: str,
    solver: str = "greedy",
    per_entity: int = 1,
    constraint: str = "at most",
    threshold: float = 0.0,
    ties: str = "shorter",
    missing: Callable[[int], str] = lambda entity: "No link leaves the entity",
    confidence: Callable[[int, int], float] | None = None,
    warnings: tuple[str, ...] = (),
    steps: Callable[[], Iterable[Step]] = tuple,
) -> Projection:
    """Solve the matching over `scored` and explain it: the last step of every candidate method.

    A candidate is eligible when its total exceeds `threshold`, and the solver maximises the sum of
    (total - threshold) with "at most", "exactly" or "at least" (`constraint`) `per_entity` projections of
    each entity, 0 for no limit; of equal candidates it takes those that `ties` says. `missing(entity)`
    explains an entity that has no candidate at all, and `confidence(entity, candidate)`, in [0, 1], is the
    score of a match where the total is not. `steps` makes the steps that came before; those of the matching
    are added, all of them when first read.
    """
    weights = scored.weights(threshold)
    limit = {"per_entity": per_entity, "constraint": constraint}
    chosen = tuple(solve(weights, scored.spans, solver=solver, ties=ties, **limit))
    source = bitext.source
    names = tuple(f"{source.text_of(entity.span)} {entity.label}" for entity in source.entities)
    decisions = Decisions(scored, chosen, threshold, names, solver, per_entity, constraint)
    matches = tuple(
        Match(
            entity,
            Span(*map(int, scored.spans[candidate])),
            confidence(entity, candidate) if confidence else float(scored.totals[entity, candidate]),
            scored.parts(entity, candidate),
        )
        for entity, candidate in chosen
    )
    placed = {match.entity_index for match in matches}
    unprojected = tuple(
        Unprojected(entity, _why_not(decisions, entity, missing))
        for entity in range(len(source.entities))
        if entity not in placed
    )
    warnings = (*warnings, *_not_met(decisions, lacking(chosen, weights, per_entity, constraint)))
    explained = LazySteps(lambda: [*steps(), *matching_steps(decisions, bitext)])
    return Projection(bitext, matches, decisions, unprojected, method, signature, warnings, explained)


def _not_met(decisions: Decisions, short: NDArray[np.intp]) -> Iterator[str]:
    """Yield a warning if the constraint could not be kept for all entities that have a candidate."""
    if not short.any():
        return
    names = [f"{decisions.names[entity]} ({short[entity]} missing)" for entity in np.nonzero(short)[0]]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    how = (
        "greedy found no more room (solver exact places as many as possible)"
        if decisions.solver == "greedy"
        else "no combination of spans allows it, so as many as possible were placed"
    )
    yield (
        f"{decisions.constraint.capitalize()} {decisions.per_entity} per entity could not be kept for "
        f"{', '.join(names[:5])}{more}: {how}."
    )


def _why_not(decisions: Decisions, entity: int, missing: Callable[[int], str]) -> str:
    best = decisions.of(entity, 1)
    if not best or best[0].score <= 0:
        return missing(entity)
    if best[0].blocked_by is None and best[0].score <= decisions.threshold:
        return f"{best[0].reason} (best candidate {without_zero(best[0].score)})"
    return best[0].reason
