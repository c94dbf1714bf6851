"""What leaves the house: one sentence with its translation, the labels that count, and who decided what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from projection.text.records import Pair
from projection.types import Alignment, Entity, Sentence

Side = Literal["source", "target"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """One sentence of a project, ready to be written.

    `position` counts from 0. `target` has its final entities, with `origin` and `derived`; `labelled` is
    False while there are none yet (which is not the same as no entity), `problem` says why. `settings` is
    the signature of `method`; `author` and `at` (ISO 8601) belong to the last change a person made, both
    "" when there was none.
    """

    position: int
    id: str
    source: Sentence | None
    target: Sentence | None
    alignment: Alignment | None = None
    labelled: bool = True
    checked: bool = False
    flagged: bool = False
    note: str = ""
    method: str = ""
    settings: str = ""
    author: str = ""
    at: str = ""
    problem: str = ""

    @property
    def number(self) -> int:
        """The number people see, from 1."""
        return self.position + 1

    def sentence(self, side: Side) -> Sentence | None:
        return self.source if side == "source" else self.target

    def other(self, side: Side) -> Sentence | None:
        return self.target if side == "source" else self.source

    def entities(self, side: Side) -> tuple[Entity, ...]:
        sentence = self.sentence(side)
        return sentence.entities if sentence else ()

    @property
    def pair(self) -> Pair:
        """Source, target and links as the readers and writers of `projection.text` have them."""
        return Pair(self.source, self.target, self.alignment if self.target is not None else None)
