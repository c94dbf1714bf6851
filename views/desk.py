"""Everything the inspect page knows about its current sentence, put together once per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from projection.corrections.gold import gold_on
from projection.corrections.inbox import Refused
from projection.corrections.operations import AUTOMATIC, CHECK, TEXT
from projection.corrections.records import Event, ProjectSummary, StoredSentence
from projection.corrections.sheet import Sheet
from projection.pipeline import Outcome, Setup
from projection.types import Alignment, Entity, Projection, Sentence, Similarity, Span
from views.editor_data import entity_pairs
from views.labels import LabelChoice, label_set

__all__ = ["CHECK", "TEXT", "Desk", "Memory", "Pick", "first_doubtful", "valid_pick"]


@dataclass
class Memory:
    """What one tab remembers of its editor: the newest view it sent, what is acknowledged, what was refused.

    `wish` is a selection the page wants to see in the editor, `offered` the sentence it was last made for;
    `last_message` names the message taken in last. `page_is_behind`: only the editor shows what was done
    last. `revisions` are the newest ones this tab has shown, by sentence id and line.
    An object of its own, because Streamlit may end a run wherever session state is used, and these must
    stay in step with what is stored.
    """

    view: Mapping | None = None
    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    wish: dict | None = None
    offered: str = ""
    page_is_behind: bool = False
    last_message: tuple | None = None
    revisions: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """The project, the stored sentence, and what a person sees of it (`sheet`).

    `events` are the stored changes of the line that is shown, newest first.
    """

    project: ProjectSummary
    setup: Setup
    stored: StoredSentence
    sheet: Sheet
    events: Sequence[Event] = ()
    memory: Memory = field(default_factory=Memory)

    @property
    def outcome(self) -> Outcome:
        return self.sheet.outcome

    @property
    def method(self) -> str:
        return self.sheet.method

    @property
    def source(self) -> Sentence | None:
        return self.sheet.source

    @property
    def target(self) -> Sentence | None:
        return self.sheet.target

    @property
    def projection(self) -> Projection | None:
        return self.sheet.projection

    @property
    def alignment(self) -> Alignment | None:
        return self.sheet.alignment

    @property
    def similarity(self) -> Similarity | None:
        return self.sheet.similarity

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The labels of the target as they will be exported."""
        return self.sheet.entities

    def sentence_on(self, side: str) -> Sentence | None:
        return self.sheet.sentence_on(side)

    def entities_on(self, side: str) -> tuple[Entity, ...]:
        return self.sheet.entities_on(side)

    def shares_text(self, projection: Projection) -> bool:
        """Whether the projection labels the text that is shown, and not one the method wrote."""
        return projection.bitext.target == self.target

    @property
    def key(self) -> str:
        """Name the sentence and its words; a selection counts words, so it ends when a text changes."""
        texts = [side.words for side in (self.source, self.target) if side is not None]
        place = f"{self.stored.project_id}/{self.stored.position}/{self.stored.line}"
        return f"{place}/{crc32(repr(texts).encode()):x}"

    @property
    def is_checked(self) -> bool:
        return self.stored.edits.checked

    @property
    def gold(self) -> tuple[Entity, ...]:
        """Labels that came with the target, on its words as they are, to compare with; none where they do not fit."""
        return self._gold or ()

    @property
    def gold_is_lost(self) -> bool:
        """Whether labels came with a target whose text is another one now."""
        return self._gold is None

    @property
    def _gold(self) -> tuple[Entity, ...] | None:
        given = self.stored.task.target
        return gold_on(given, self.target) if given is not None and given.entities and self.target is not None else ()

    @property
    def pairs(self) -> list[list[int]]:
        """Which source entity each target entity belongs to, as index pairs."""
        return entity_pairs(self.entities_on("source"), self.entities, self.projection, self.alignment)

    def placed(self, source_entity: int | None) -> Entity | None:
        """Return the target entity that belongs to source entity number `source_entity`."""
        return next((self.entities[number] for index, number in self.pairs if index == source_entity), None)

    def is_typed(self, side: str) -> bool:
        """Whether a person wrote the text of this side here."""
        text = getattr(self.stored.edits, side)
        return text is not None and any(
            event.kind == TEXT and getattr(event.edits, side) == text for event in self.events
        )

    def labels(self) -> tuple[LabelChoice, ...]:
        """The labels of the project, then others that occur in this sentence."""
        return label_set(self.project, [e.label for side in ("source", "target") for e in self.entities_on(side)])


@dataclass(frozen=True, slots=True)
class Pick:
    """The words selected on one side, whether or not they are an entity."""

    side: str
    span: Span

    def entity(self, desk: Desk) -> Entity | None:
        return desk.sheet.entity_at(self.side, self.span)


def valid_pick(desk: Desk) -> Pick | None:
    """Return what is selected in the editor, if it fits the sentence as it is now."""
    view = desk.memory.view
    value = view.get("pick") if view and view.get("sentence") == desk.stored.id else desk.memory.wish
    if not value or value.get("key", desk.key) != desk.key:
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
    automatic = [entity for entity in entities if entity.origin in AUTOMATIC and entity.score is not None]
    chosen = min(automatic, key=lambda entity: entity.score) if automatic else entities[0]
    return Pick("target", chosen.span)
