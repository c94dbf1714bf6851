"""Word alignment from sub-word vectors: one batched aligner for every encoder and extraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from projection.alignment.calibration import Calibration, calibration_of
from projection.alignment.extraction import EXTRACTIONS
from projection.alignment.words import extract
from projection.errors import ConfigurationError
from projection.protocols import Encoder, Encoding, Option
from projection.types import Alignment, Sentence, Similarity

UNITS = ("subword", "word")


@dataclass(frozen=True)
class EmbeddingAligner:
    """Link words whose vectors are alike.

    `extraction` is one of `alignment.extraction.EXTRACTIONS`. `unit` "subword" compares sub-words and
    links two words when any of their sub-words are linked; "word" compares the means of their
    sub-word vectors, and the matrix then has one row or column per word. `threshold`: for softmax and
    entmax the probability both sides must exceed (None: as calibrated for the encoder); for the others
    the least link score (None: keep all). Link scores: see `alignment.words.confidence`.
    """

    encoder: Encoder
    extraction: str = "itermax"
    unit: str = "subword"
    threshold: float | None = None
    name: str = ""

    options: ClassVar[tuple[Option, ...]] = (
        Option("unit", "Compare sub-words, or whole words by their mean.", choices=UNITS),
        Option("threshold", "Least link score, or probability for softmax and entmax; empty: as calibrated.",
               minimum=0.0, maximum=1.0, step=0.01),
    )  # fmt: skip

    def __post_init__(self):
        for setting, allowed in (("extraction", EXTRACTIONS), ("unit", UNITS)):
            if getattr(self, setting) not in allowed:
                raise ConfigurationError(
                    f"{self._title}: there is no {setting} {getattr(self, setting)!r}; choose one of "
                    f"{', '.join(allowed)}."
                )
        if self.threshold is not None and not 0 <= self.threshold < 1:
            raise ConfigurationError(
                f"{self._title}: threshold must be at least 0 and below 1, but is {self.threshold}."
            )

    @property
    def _title(self) -> str:
        return self.name or f"{self.encoder.name}:{self.extraction}"

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about how the encoder was loaded; empty before the first use."""
        return getattr(self.encoder, "notices", ())

    @cached_property
    def calibration(self) -> Calibration:
        return calibration_of(self.encoder.name, getattr(self.encoder, "model", ""))

    @property
    def signature(self) -> str:
        threshold = "" if self.threshold is None else f"|threshold:{self.threshold}"
        used = self.calibration
        scale = "dot" if used.temperature is None else f"T{used.temperature}"
        calibrated = f"|calibration:{scale},{used.softmax},{used.entmax}"
        return f"{self.extraction}|unit:{self.unit}{threshold}{calibrated}|encoder:({self.encoder.signature})"

    def align(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Alignment]:
        return [self.links(similarity) for similarity in self.similarities(pairs)]

    def similarities(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Similarity]:
        """Compare the two sides of each pair; each different sentence is encoded once."""
        words = [(source.words, target.words) for source, target in pairs]
        different = {
            side: sentence
            for sides, pair in zip(words, pairs, strict=True)
            for side, sentence in zip(sides, pair, strict=True)
        }
        encodings = self.encoder.encode(list(different.values()))
        units = {side: _Units.of(one, self.unit) for side, one in zip(different, encodings, strict=True)}
        signature = self.encoder.signature
        return [units[source].against(units[target], signature) for source, target in words]

    def links(self, similarity: Similarity) -> Alignment:
        return extract(similarity, self.extraction, self.calibration, self.threshold)


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """What is compared of one sentence: unit vectors (m, d), their former lengths, their words."""

    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    words: NDArray[np.intp]
    length: int
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, encoding: Encoding, unit: str) -> _Units:
        vectors, words = encoding.vectors, encoding.words
        if unit == "word" and len(words):
            words, starts, sizes = np.unique(words, return_index=True, return_counts=True)
            vectors = np.add.reduceat(vectors, starts, axis=0) / sizes[:, None].astype(np.float32)
        norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        scale = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
        return cls(vectors * scale[:, None], norms, words, encoding.length, encoding.warnings)

    def against(self, other: _Units, encoder: str) -> Similarity:
        if len(self.words) and len(other.words):
            matrix = self.vectors @ other.vectors.T
            np.clip(matrix, -1, 1, out=matrix)
        else:
            matrix = np.zeros((len(self.words), len(other.words)), np.float32)
        return Similarity(
            matrix,
            self.words,
            other.words,
            self.length,
            other.length,
            self.norms,
            other.norms,
            encoder,
            tuple(
                f"{side}: {warning}" for side, one in (("Source", self), ("Target", other)) for warning in one.warnings
            ),
        )
