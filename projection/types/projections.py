"""What a method says about a pair: candidates, what became of each, and where the entities went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from projection.types.evidence import Bitext
from projection.types.sentences import Entity, Sentence, Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target span somebody proposed; `origin` names the extractor ("n-gram", "aligned run", ...)."""

    span: Span
    origin: str


DecisionStatus = Literal["chosen", "lost", "ruled out"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one candidate for one entity, and why.

    `score` is the total the solver saw, `parts` the numbers it was made of. `status` is "chosen",
    "lost" (good enough, but something else was placed) or "ruled out" (never eligible). `reason` is
    a short complete sentence; `blocked_by` the (entity index, span) that took its place, if any.
    """

    entity_index: int
    candidate: Candidate
    score: float
    parts: Mapping[str, float]
    status: DecisionStatus
    reason: str
    blocked_by: tuple[int, Span] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Entity number `entity_index` of the source was placed on `span` of the target."""

    entity_index: int
    span: Span
    score: float
    parts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Unprojected:
    """A source entity without a place on the target, and why."""

    entity_index: int
    reason: str


Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a method did on its way, so that a person can follow it.

    `title` names it ("Marked source"), `note` says in one sentence what happened or went wrong. What
    came out is a `text` in `language`, a table (`columns`, `rows`), both or neither. Scores in cells
    are floats, word numbers ints; a None cell is empty.
    """

    title: str
    note: str = ""
    text: str = ""
    language: str = "und"
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """Everything one method has to say about one pair.

    `decisions` holds one Decision for each considered candidate, best first within each entity; it
    is a lazy sequence where there are many. `signature` lists every setting that could change the
    result; `steps` are the stages the method went through, in order (lazy like the decisions). The
    labelled target is derived: see `entities` and `labelled_target`. `own_entities` are those of a
    method that labels the target itself and places no source entity; `bitext.target` is the text the
    labels are on, for a method that writes its own translation too.
    """

    bitext: Bitext
    matches: tuple[Match, ...]
    decisions: Sequence[Decision]
    unprojected: tuple[Unprojected, ...]
    method: str
    signature: str
    warnings: tuple[str, ...] = ()
    steps: Sequence[Step] = ()
    own_entities: tuple[Entity, ...] | None = None

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The projected entities, left to right."""
        if self.own_entities is not None:
            return self.own_entities
        source = self.bitext.source.entities
        return tuple(
            Entity(match.span, source[match.entity_index].label, match.score, "projected")
            for match in sorted(self.matches, key=lambda match: match.span)
        )

    @property
    def labelled_target(self) -> Sentence:
        return self.bitext.target.with_entities(self.entities)
