"""The contracts between stages. Batch first: sequences in, lists of equal length and order out.

Every implementation has `name` (as registered) and `signature` (name plus every setting that could
change its output; used as cache key and printed with scores). Constructors are cheap: weights are
loaded on first use. A failure raises; the pipeline then tries smaller batches, so that only the
sentences that really fail carry the error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from projection.types import Alignment, Bitext, Entity, Projection, Sentence, Similarity, Translation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int], None]
"""Called with (done, total); raising projection.errors.Cancelled from it stops the run."""


class Component(Protocol):
    name: str

    @property
    def signature(self) -> str: ...


class Tokenizer(Component, Protocol):
    def tokenize(self, text: str, language: str) -> Sentence:
        """Split one sentence into tokens with exact code-point offsets; the text is never changed."""


class Recognizer(Component, Protocol):
    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        """Find entities on the given tokens; entities already present are ignored."""


class Translator(Component, Protocol):
    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate each text from language `source` to `target` (BCP-47). Raises ModelInputError."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """Sub-word vectors of one sentence.

    `vectors` (m, d) float32, not normalised; `words` (m,) word index of each sub-word, ascending.
    `length` is the number of words; `warnings` say what the encoder had to do (windows).
    """

    vectors: NDArray[np.float32]
    words: NDArray[np.intp]
    length: int
    warnings: tuple[str, ...] = ()


class Encoder(Component, Protocol):
    def encode(self, sentences: Sequence[Sentence]) -> list[Encoding]:
        """Embed each sentence on its own; long ones in overlapping windows, never truncated."""


class Aligner(Component, Protocol):
    def align(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Alignment]:
        """Link the words of each (source, target) pair; an empty side gives no links."""


@runtime_checkable
class SimilarityAligner(Protocol):
    """An aligner whose links are a pure function of a similarity matrix."""

    def similarities(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Similarity]: ...

    def links(self, similarity: Similarity) -> Alignment: ...


class Projector(Component, Protocol):
    requires: frozenset[str]
    """Evidence it reads from the Bitext: any of "alignment", "similarity", "target_entities"."""

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        """Carry the source entities of each pair onto its target."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a component, as forms and `--option` show it; the default is the constructor's.

    `choices` lists the allowed words; numbers have `minimum`, `maximum` and `step`.
    """

    name: str
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


def settings_signature(component: object) -> str:
    """Return "name|setting:value|..." over the fields of a dataclass component, in order of declaration."""
    values = {item.name: getattr(component, item.name) for item in fields(component)}
    name = values.pop("name")
    return "|".join([str(name), *(f"{key}:{_short(value)}" for key, value in values.items())])


def _short(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
