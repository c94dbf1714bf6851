"""A translator that says what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from projection.errors import ModelInputError
from projection.types import Translation


@dataclass(frozen=True, eq=False)
class Scripted:
    """Translates what is in `script`, copies everything else, refuses what is in `refused`."""

    script: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    name: str = "scripted"
    signature: str = "scripted"
    calls: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        self.calls.append((tuple(texts), source, target))
        for text in texts:
            if text in self.refused:
                raise ModelInputError(f"{text} is refused.")
        return [Translation(self.script.get(text, text)) for text in texts]
