"""Everything the inspect page knows about its current sentence, put together once per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from projection.corrections.records import Event, ProjectSummary, StoredSentence
from projection.pipeline import Outcome, Setup
from projection.types import Alignment, Entity, Projection, Sentence, Similarity, Span
from views.board import entity_pairs
from views.palette import STANDARD_LABELS

TEXT, CHECK = "text", "check"
"""The kinds of change by which a person replaces a text, and accepts a sentence."""


@dataclass
class Memory:
    """A tab's selection as the board sends it, and the newest revision it stored of each sentence.

    An object of its own, because Streamlit may end a run wherever session state is used, and these must
    stay in step with what is stored.
    """

    pick: Mapping[str, Any] | None = None
    revisions: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """The project, the stored sentence, what the pipeline says about it, and what a person made of it.

    `entities` are the labels of the target as they will be exported, `events` the stored changes, newest first.
    """

    project: ProjectSummary
    setup: Setup
    stored: StoredSentence
    outcome: Outcome
    method: str
    events: Sequence[Event] = ()
    memory: Memory = field(default_factory=Memory)

    @property
    def source(self) -> Sentence | None:
        return self.outcome.source

    @property
    def target(self) -> Sentence | None:
        """The text that the method's labels are on: a method may have written its own."""
        return self.projection.bitext.target if self.projection else self.outcome.target

    @property
    def projection(self) -> Projection | None:
        return self.outcome.projections.get(self.method)

    @property
    def alignment(self) -> Alignment | None:
        return self.outcome.alignment if self.target == self.outcome.target else self.projection.bitext.alignment

    @property
    def similarity(self) -> Similarity | None:
        return self.outcome.similarity if self.target == self.outcome.target else self.projection.bitext.similarity

    def shares_text(self, projection: Projection) -> bool:
        """Whether the projection labels the text that is shown, and not one the method wrote."""
        return projection.bitext.target == self.target

    @property
    def key(self) -> str:
        """Name the sentence and its words; a selection counts words, so it ends when a text changes."""
        texts = [side.words for side in (self.source, self.target) if side is not None]
        return f"{self.stored.project_id}/{self.stored.position}/{crc32(repr(texts).encode()):x}"

    @property
    def entities(self) -> tuple[Entity, ...]:
        return self.stored.edits.final_entities(self.projection)

    @property
    def is_checked(self) -> bool:
        return self.stored.edits.checked

    @property
    def gold(self) -> tuple[Entity, ...]:
        """Labels that came with the target, to compare with."""
        return tuple(e for e in (self.stored.task.target.entities if self.stored.task.target else ()))

    @property
    def pairs(self) -> list[list[int]]:
        """Which source entity each target entity belongs to, as index pairs."""
        return entity_pairs(self.entities_on("source"), self.entities, self.projection, self.alignment)

    def is_typed(self, side: str) -> bool:
        """Whether a person wrote the text of this side here."""
        text = getattr(self.stored.edits, side)
        return text is not None and any(
            event.kind == TEXT and getattr(event.edits, side) == text for event in self.events
        )

    def entities_on(self, side: str) -> tuple[Entity, ...]:
        if side == "target":
            return self.entities
        if self.stored.edits.source_entities is not None:
            return self.stored.edits.source_entities
        return self.source.entities if self.source else ()

    def sentence_on(self, side: str) -> Sentence | None:
        return self.source if side == "source" else self.target

    def labels(self) -> list[str]:
        """The standard labels, then those that occur in this sentence."""
        seen = [e.label for side in ("source", "target") for e in self.entities_on(side)]
        return list(dict.fromkeys([*STANDARD_LABELS, *seen]))


@dataclass(frozen=True, slots=True)
class Pick:
    """The words selected on one side, whether or not they are an entity."""

    side: str
    span: Span

    def entity(self, desk: Desk) -> Entity | None:
        for entity in desk.entities_on(self.side):
            if entity.span == self.span:
                return entity
        return None


def valid_pick(value: Mapping[str, Any] | None, desk: Desk) -> Pick | None:
    """Return the selection if it fits the sentence as it is now."""
    if not value or value.get("sentence") != desk.key:
        return None
    sentence = desk.sentence_on(value["side"])
    if sentence is None or not 0 <= value["start"] < value["end"] <= len(sentence):
        return None
    return Pick(value["side"], Span(value["start"], value["end"]))


def first_doubtful(desk: Desk) -> Pick | None:
    """The span to look at first: the automatic one with the lowest score, else the first."""
    entities = desk.entities
    if not entities:
        return None
    automatic = [entity for entity in entities if entity.origin == "projected" and entity.score is not None]
    chosen = min(automatic, key=lambda entity: entity.score) if automatic else entities[0]
    return Pick("target", chosen.span)


def next_pick(desk: Desk, pick: Pick | None) -> Pick | None:
    """The target span after the selected one, around the end."""
    spans = [entity.span for entity in desk.entities]
    if not spans:
        return None
    after = [span for span in spans if pick and pick.side == "target" and span.start > pick.span.start]
    return Pick("target", after[0] if after else spans[0])
