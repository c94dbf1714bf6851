"""The values that walk through the house: immutable, checked when built, standard library only.

Word indices are 0-based and spans half-open `[start, end)`; character offsets count Python code
points. "Source" is always the side the entities come from, "target" the side that receives labels,
whatever the direction of translation.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from projection.errors import AlignmentError, SpanError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EntityOrigin = Literal["gold", "model", "projected", "human"]
Link = tuple[int, int]
_NOTHING: Mapping = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Words `start` up to, not including, `end`. Raises SpanError unless 0 <= start < end."""

    start: int
    end: int

    def __post_init__(self):
        if not 0 <= self.start < self.end:
            raise SpanError(f"A span needs 0 <= start < end, not [{self.start}, {self.end}).")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, word: object) -> bool:
        return isinstance(word, int) and self.start <= word < self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def shift(self, words: int) -> Span:
        return Span(self.start + words, self.end + words)


@dataclass(frozen=True, slots=True)
class Token:
    """One word with its code-point offsets in `Sentence.text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled span. `score` is a probability or a method's own score, None when there is none."""

    span: Span
    label: str
    score: float | None = None
    origin: EntityOrigin = "gold"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value was read: file name and 1-based number of its first line."""

    path: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path or None, self.line) if part is not None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A tokenised text with non-overlapping entities, sorted by span.

    Invariant: `text[token.start:token.end] == token.text`, tokens in order and disjoint. Tokens may
    contain spaces. `language` is a BCP-47 code ("en", "zh-Hant"), "und" when unknown. Equality
    ignores `provenance`. Raises SpanError when an invariant is broken.
    """

    text: str
    tokens: tuple[Token, ...]
    language: str = "und"
    entities: tuple[Entity, ...] = ()
    id: str = ""
    provenance: Provenance | None = field(default=None, compare=False)

    def __post_init__(self):
        position = 0
        for index, token in enumerate(self.tokens):
            if token.start < position or self.text[token.start : token.end] != token.text:
                raise SpanError(
                    f"Token {index} {token.text!r} does not lie at [{token.start}, {token.end}) of its text."
                )
            position = token.end
        ordered = tuple(sorted(self.entities, key=lambda entity: entity.span))
        object.__setattr__(self, "entities", ordered)
        for left, right in itertools.pairwise(ordered):
            if left.span.overlaps(right.span):
                raise SpanError(
                    f"Entities [{left.span.start}, {left.span.end}) {left.label} and "
                    f"[{right.span.start}, {right.span.end}) {right.label} overlap."
                )
        if ordered and max(entity.span.end for entity in ordered) > len(self.tokens):
            last = max(ordered, key=lambda entity: entity.span.end)
            raise SpanError(
                f"Entity [{last.span.start}, {last.span.end}) ends after the last of {len(self.tokens)} words."
            )

    @classmethod
    def from_words(
        cls,
        words: Sequence[str],
        language: str = "und",
        entities: Iterable[Entity] = (),
        *,
        id: str = "",
        space_after: Sequence[bool] | None = None,
        provenance: Provenance | None = None,
    ) -> Sentence:
        """Build a sentence from given words, kept exactly; a space follows each unless `space_after` says no."""
        parts, tokens, position = [], [], 0
        for index, word in enumerate(words):
            tokens.append(Token(word, position, position + len(word)))
            last = index == len(words) - 1
            gap = "" if last or (space_after is not None and not space_after[index]) else " "
            parts.append(word + gap)
            position += len(word) + len(gap)
        return cls("".join(parts), tuple(tokens), language, tuple(entities), id, provenance)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def text_of(self, span: Span) -> str:
        """Return the text under `span` as it stands in the sentence, inner spaces included."""
        return self.text[self.tokens[span.start].start : self.tokens[span.end - 1].end]

    def with_entities(self, entities: Iterable[Entity]) -> Sentence:
        return replace(self, entities=tuple(entities))


@dataclass(frozen=True, slots=True)
class Alignment:
    """Word links (source, target) of one pair, with optional scores in [0, 1] per link.

    `links` are the sure ones, `possible` further ones (the `ipj` of Pharaoh gold files); a pair is
    never in both. Raises AlignmentError when a link lies outside the lengths.
    """

    links: frozenset[Link]
    source_length: int
    target_length: int
    scores: Mapping[Link, float] = field(default_factory=lambda: _NOTHING)
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


@dataclass(frozen=True, slots=True)
class Bitext:
    """A pair with the evidence gathered for it; what is absent is None.

    `target.entities` hold gold or human labels if there are any; no projector reads them.
    """

    source: Sentence
    target: Sentence
    alignment: Alignment | None = None
    similarity: Similarity | None = None
    target_entities: tuple[Entity, ...] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target span somebody proposed; `origin` names the extractor ("n-gram", "aligned run", ...)."""

    span: Span
    origin: str


DecisionStatus = Literal["chosen", "lost", "ruled out"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one candidate for one entity, and why.

    `score` is the total the solver saw, `parts` the numbers it was made of. `status` is "chosen",
    "lost" (good enough, but something else was placed) or "ruled out" (never eligible). `reason` is
    a short complete sentence; `blocked_by` the (entity index, span) that took its place, if any.
    """

    entity_index: int
    candidate: Candidate
    score: float
    parts: Mapping[str, float]
    status: DecisionStatus
    reason: str
    blocked_by: tuple[int, Span] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Entity number `entity_index` of the source was placed on `span` of the target."""

    entity_index: int
    span: Span
    score: float
    parts: Mapping[str, float] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Unprojected:
    """A source entity without a place on the target, and why."""

    entity_index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Projection:
    """Everything one method has to say about one pair.

    `decisions` holds one Decision for each considered candidate, best first within each entity; it
    is a lazy sequence where there are many. `signature` lists every setting that could change the
    result. The labelled target is derived: see `entities` and `labelled_target`.
    """

    bitext: Bitext
    matches: tuple[Match, ...]
    decisions: Sequence[Decision]
    unprojected: tuple[Unprojected, ...]
    method: str
    signature: str
    warnings: tuple[str, ...] = ()

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The projected entities, left to right."""
        source = self.bitext.source.entities
        return tuple(
            Entity(match.span, source[match.entity_index].label, match.score, "projected")
            for match in sorted(self.matches, key=lambda match: match.span)
        )

    @property
    def labelled_target(self) -> Sentence:
        return self.bitext.target.with_entities(self.entities)


@dataclass(frozen=True, slots=True)
class Translation:
    """One translated text with the warnings its translator has about it."""

    text: str
    warnings: tuple[str, ...] = ()
