"""What is known of a pair of sentences: links, similarities, labels of the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from projection.errors import AlignmentError
from projection.types.sentences import Entity, Sentence, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Link = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Word links (source, target) of one pair, with optional scores in [0, 1] per link.

    `links` are the sure ones, `possible` further ones (the `ipj` of Pharaoh gold files); a pair is
    never in both. Raises AlignmentError when a link lies outside the lengths.
    """

    links: frozenset[Link]
    source_length: int
    target_length: int
    scores: Mapping[Link, float] = field(default_factory=lambda: MappingProxyType({}))
    possible: frozenset[Link] = frozenset()

    def __post_init__(self):
        object.__setattr__(self, "links", frozenset(self.links))
        object.__setattr__(self, "possible", frozenset(self.possible) - self.links)
        for source, target in (*self.links, *self.possible):
            if not (0 <= source < self.source_length and 0 <= target < self.target_length):
                raise AlignmentError(
                    f"Link {source}-{target} is outside a pair of {self.source_length} source and "
                    f"{self.target_length} target words (word numbers start at 0)."
                )

    @property
    def inverse(self) -> Alignment:
        """The same links seen from the target."""
        return Alignment(
            frozenset((target, source) for source, target in self.links),
            self.target_length,
            self.source_length,
            {(target, source): score for (source, target), score in self.scores.items()},
            frozenset((target, source) for source, target in self.possible),
        )

    def targets_of(self, span: Span) -> frozenset[int]:
        """Return the target words linked (surely) to any source word of `span`."""
        return frozenset(target for source, target in self.links if source in span)

    def sources_of(self, span: Span) -> frozenset[int]:
        """Return the source words linked (surely) to any target word of `span`."""
        return frozenset(source for source, target in self.links if target in span)


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """Cosine similarities between the sub-words of a pair, and what is needed to read them.

    `matrix` has shape (m, n), float32 in [-1, 1]; `source_words` (m,) and `target_words` (n,) give
    the word each sub-word belongs to; `source_norms` (m,) and `target_norms` (n,) are the vector
    lengths, so that raw dot products can be restored (AWESoME needs them). Words the tokenizer maps
    to nothing have no row or column. `encoder` is the signature of the model and layer; `warnings` say
    what it had to do with this pair (windows over a long sentence).
    """

    matrix: NDArray[np.float32]
    source_words: NDArray[np.intp]
    target_words: NDArray[np.intp]
    source_length: int
    target_length: int
    source_norms: NDArray[np.float32]
    target_norms: NDArray[np.float32]
    encoder: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LabelProbabilities:
    """What a recognizer thinks of each word: `matrix` (words, tags), float32, rows sum to 1.

    `tags` are IOB2 ("O", "B-PER", "I-PER", ...), one per column.
    """

    tags: tuple[str, ...]
    matrix: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bitext:
    """A pair with the evidence gathered for it; what is absent is None.

    `target_entities` and `target_probabilities` are what a recognizer of the target language sees in
    the target. `target.entities` hold gold or human labels if there are any; no projector reads them.
    """

    source: Sentence
    target: Sentence
    alignment: Alignment | None = None
    similarity: Similarity | None = None
    target_entities: tuple[Entity, ...] | None = None
    target_probabilities: LabelProbabilities | None = None
