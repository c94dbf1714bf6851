"""Stages whose result the user brings; asked to work, they say what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from projection.errors import ModelUnavailable
from projection.text.languages import english_name
from projection.types import Alignment, Entity, Sentence, Translation


@dataclass(frozen=True, kw_only=True)
class GivenTranslator:
    """Translates nothing: every sentence needs a translation of the user's. Raises ModelUnavailable."""

    name: str = "given"
    signature: str = "given"

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        if not texts:
            return []
        _miss(
            f"No translation is given for this sentence, and no translator is chosen for {english_name(source)} to "
            f"{english_name(target)}: paste a translation, upload a file of translations (--target), or choose a "
            "translator."
        )


@dataclass(frozen=True, kw_only=True)
class GivenRecognizer:
    """Labels nothing: every sentence needs labels of the user's. Raises ModelUnavailable."""

    name: str = "given"
    signature: str = "given"

    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        if not sentences:
            return []
        _miss(
            f"No labels are given for this sentence, and no recognizer is chosen for "
            f"{english_name(sentences[0].language)}: mark the entities, upload a labelled file, or choose a recognizer."
        )


@dataclass(frozen=True, kw_only=True)
class GivenAligner:
    """Links nothing: every pair needs links of the user's. Raises ModelUnavailable."""

    name: str = "given"
    signature: str = "given"

    def align(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Alignment]:
        if not pairs:
            return []
        _miss(
            "No word links are given for this pair, and no aligner is chosen: upload Pharaoh links, draw them, or "
            "choose an aligner."
        )


def _miss(message: str) -> NoReturn:
    raise ModelUnavailable(message)
