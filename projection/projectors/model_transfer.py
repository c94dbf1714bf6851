"""Model transfer: the target text labelled directly, the baseline that projection is measured against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from projection.errors import ConfigurationError
from projection.matching.explanation import LazySteps
from projection.projectors.matching_settings import recognized_step
from projection.protocols import Option, settings_signature
from projection.types import Bitext, Projection, Step


@dataclass(frozen=True)
class ModelTransfer:
    """Take the labels a multilingual recognizer gives the target text; the source and its labels play no part."""

    name: str = "model-transfer"

    requires: ClassVar[frozenset[str]] = frozenset({"target_entities"})
    reads_source: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = ()
    presets: ClassVar[Mapping[str, Mapping]] = {"default": {}}

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        return [self._project(bitext) for bitext in bitexts]

    def _project(self, bitext: Bitext) -> Projection:
        if bitext.target_entities is None:
            raise ConfigurationError(f"{self.name} needs a target recognizer (--target-recognizer).")

        def steps() -> list[Step]:
            text = Step("Target text", "Read on its own; the source is not looked at.", bitext.target.text,
                        bitext.target.language)  # fmt: skip
            return [text, recognized_step(bitext)]

        return Projection(
            bitext, (), (), (), self.name, self.signature, steps=LazySteps(steps), own_entities=bitext.target_entities
        )
