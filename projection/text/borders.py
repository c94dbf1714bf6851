"""Borders of words, counted in characters: how the same text, split into words in two ways, hangs together.

Characters are code points of the words, spaces left out, so that neither the spaces between words nor those inside one
matter. Character 0 is the first of the sentence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from projection.types import Sentence, Span, Token


def borders(sentence: Sentence) -> list[int]:
    """Return before which character each word begins, and at the end how many there are: one number more than words."""
    return list(accumulate((len("".join(word.split())) for word in sentence.words), initial=0))


def stretch(span: Span, edges: Sequence[int]) -> tuple[int, int]:
    """Return the characters of a span, end not included; `edges` are the borders of its sentence."""
    return edges[span.start], edges[span.end]


def words_with(characters: tuple[int, int], edges: Sequence[int]) -> Span | None:
    """Return the words that have a character of a stretch, None for an empty one (of words that are all spaces)."""
    start, end = characters
    return Span(bisect_right(edges, start) - 1, bisect_left(edges, end)) if start < end else None


def cut(sentence: Sentence, wanted: Iterable[int]) -> Sentence:
    """Return the sentence with its words also cut before the characters `wanted`; its text stays.

    Entities stay on the same characters. Words that are all spaces, and entities on nothing else, are left out.
    """
    before = borders(sentence)
    places = [
        token.start + place
        for token in sentence.tokens
        for place, character in enumerate(token.text)
        if not character.isspace()
    ]
    after = sorted({*before, *wanted})
    pieces = ((places[start], places[end - 1] + 1) for start, end in pairwise(after))
    tokens = tuple(Token(sentence.text[start:end], start, end) for start, end in pieces)
    moved = ((entity, words_with(stretch(entity.span, before), after)) for entity in sentence.entities)
    entities = tuple(replace(entity, span=span) for entity, span in moved if span is not None)
    return replace(sentence, tokens=tokens, entities=entities)
