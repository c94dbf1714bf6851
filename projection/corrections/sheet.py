"""One sentence as a person sees it: what the pipeline says, and what was decided so far."""

from __future__ import annotations

from dataclasses import dataclass

from projection.corrections.edits import Edits, Entities
from projection.errors import ProjectionError, SpanError
from projection.pipeline import Outcome, Task
from projection.registry import find, load_class
from projection.types import Alignment, Entity, Projection, Sentence, Similarity, Span

SIDES = ("source", "target")


@dataclass(frozen=True)
class Sheet:
    """The imported `task`, the `edits` so far, and the `outcome` of the pipeline under these edits.

    `method` names the projection that is shown, `settings` is its signature or a hash of it. `languages`
    are those of source and target.
    """

    task: Task
    edits: Edits
    outcome: Outcome
    method: str
    settings: str = ""
    languages: tuple[str, str] = ("und", "und")

    @property
    def projection(self) -> Projection | None:
        return self.outcome.projections.get(self.method)

    @property
    def why_not_computed(self) -> str:
        """Why there is no projection, "" if there is one."""
        if self.projection is not None:
            return ""
        error = self.outcome.error
        return error.message if error else self.outcome.method_errors.get(self.method, "")

    @property
    def source(self) -> Sentence | None:
        return self.outcome.source

    @property
    def target(self) -> Sentence | None:
        """The text that the method's labels are on: a method may have written its own."""
        return self.projection.bitext.target if self.projection else self.outcome.target

    @property
    def writes_own_text(self) -> bool:
        return self.target != self.outcome.target

    @property
    def method_writes(self) -> bool:
        """Whether the method labels only a translation of its own, and so nothing once the text is given."""
        try:
            return hasattr(load_class(find("projector", self.method)), "write")
        except ProjectionError:
            return False

    @property
    def alignment(self) -> Alignment | None:
        return self.projection.bitext.alignment if self.writes_own_text else self.outcome.alignment

    @property
    def similarity(self) -> Similarity | None:
        return self.projection.bitext.similarity if self.writes_own_text else self.outcome.similarity

    @property
    def entities(self) -> Entities:
        """The labels of the target that count."""
        return self.edits.final_entities(self.projection)

    def sentence_on(self, side: str) -> Sentence | None:
        return self.source if side == "source" else self.target

    def entities_on(self, side: str) -> Entities:
        if side == "target":
            return self.entities
        if self.edits.source_entities is not None:
            return self.edits.source_entities
        return self.source.entities if self.source else ()

    def words_on(self, side: str) -> Sentence:
        """Return the text of a side. Raises SpanError where there is none yet."""
        sentence = self.sentence_on(side)
        if sentence is None:
            raise SpanError(f"There is no {side} text yet: write one, or choose a translator.")
        return sentence

    def entity_at(self, side: str, span: Span) -> Entity | None:
        return next((entity for entity in self.entities_on(side) if entity.span == span), None)
