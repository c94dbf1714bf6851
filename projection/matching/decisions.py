"""Say of every candidate what became of it: the explanation behind each projected label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from projection.matching.solvers import Choice, solve
from projection.types import Bitext, Candidate, Decision, Match, Projection, Span, Unprojected

Parts = Callable[[int, int], Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class ScoredCandidates:
    """Candidates of one pair with their totals.

    `spans` (C, 2); `totals` (E, C), NaN where a candidate was not considered for an entity;
    `parts(entity, candidate)` gives the numbers a total is made of; `origin` names the extractor;
    `ruled_out` holds a reason for each (entity, candidate) excluded before matching.
    """

    spans: NDArray[np.intp]
    totals: NDArray[np.float64]
    parts: Parts
    origin: str
    ruled_out: Mapping[Choice, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False)
class Decisions(Sequence[Decision]):
    """All decisions of one projection, built when asked for: by entity, best total first.

    `of(entity)` gives those of one entity. Ties are listed shorter first, then leftmost.
    """

    scored: ScoredCandidates
    chosen: tuple[Choice, ...]
    threshold: float
    names: tuple[str, ...]
    """Text and label of each source entity, for the reasons."""

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
            return "ruled out", "No link from the entity", None
        if total <= self.threshold:
            return "ruled out", f"Under threshold {without_zero(self.threshold)}", None
        own = [self._span(other) for winner, other in self.chosen if winner == entity]
        ahead = [self.scored.totals[entity, other] for winner, other in self.chosen if winner == entity]
        thieves = [
            (winner, other) for winner, other in self.chosen if winner != entity and self._span(other).overlaps(span)
        ]
        if thieves and not (ahead and max(ahead) >= total):
            winner, other = max(thieves, key=lambda pair: self.scored.totals[pair])
            return "lost", f"Taken by {self.names[winner]}", (winner, self._span(other))
        if own:
            best = max(range(len(own)), key=lambda index: ahead[index])
            crossing = [other for other in own if other.overlaps(span)]
            reason = "Overlaps the chosen span" if crossing else "Entity placed elsewhere"
            return "lost", reason, (entity, crossing[0] if crossing else own[best])
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
    threshold: float = 0.0,
    missing: Callable[[int], str] = lambda entity: "No link leaves the entity",
    confidence: Callable[[int, int], float] | None = None,
    warnings: tuple[str, ...] = (),
) -> Projection:
    """Solve the matching over `scored` and explain it: the last step of every candidate method.

    A candidate is eligible when its total exceeds `threshold`, and the solver maximises the sum of
    (total - threshold). `missing(entity)` explains an entity that has no candidate at all, and
    `confidence(entity, candidate)`, in [0, 1], is the score of a match where the total is not.
    """
    weights = np.nan_to_num(scored.totals, nan=-np.inf) - threshold
    for pair in scored.ruled_out:
        weights[pair] = -np.inf
    chosen = tuple(solve(weights, scored.spans, solver=solver, per_entity=per_entity))
    source = bitext.source
    names = tuple(f"{source.text_of(entity.span)} {entity.label}" for entity in source.entities)
    decisions = Decisions(scored, chosen, threshold, names)
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
    return Projection(bitext, matches, decisions, unprojected, method, signature, warnings)


def _why_not(decisions: Decisions, entity: int, missing: Callable[[int], str]) -> str:
    best = decisions.of(entity, 1)
    if not best or best[0].score <= 0:
        return missing(entity)
    if best[0].blocked_by is None and best[0].score <= decisions.threshold:
        return f"{best[0].reason} (best candidate {without_zero(best[0].score)})"
    return best[0].reason
