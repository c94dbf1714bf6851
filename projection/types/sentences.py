"""Words, spans and labelled sentences."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from projection.errors import SpanError

EntityOrigin = Literal["gold", "model", "projected", "accepted", "bulk", "corrected", "manual", "human"]
"""Where a label comes from: given with the text, a recognizer, a projection; or a person, who accepted it (one by
one or in bulk), corrected it, or made it; "human" is what older files say of any of the latter."""


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

    def shared(self, other: Span) -> int:
        """Return how many words are in both."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

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
class Derivation:
    """The automatic label a person's was made from: where `method` under `settings` had put it, and its score.

    `settings` is a signature or its hash; words count as in the sentence when the person decided.
    """

    method: str
    span: Span
    label: str
    score: float | None = None
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled span. `score` is a probability or a method's own score, None when there is none.

    Equality ignores `derived`.
    """

    span: Span
    label: str
    score: float | None = None
    origin: EntityOrigin = "gold"
    derived: Derivation | None = field(default=None, compare=False)


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

    @property
    def characters(self) -> str:
        """All characters of the words, spaces left out: the same however the text is split into words."""
        return "".join("".join(word.split()) for word in self.words)

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
class Translation:
    """One translated text with the warnings its translator has about it."""

    text: str
    warnings: tuple[str, ...] = ()
