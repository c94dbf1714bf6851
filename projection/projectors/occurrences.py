"""Where a string stands among the words of a text, if its spelling there is not quite the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from projection.types import Span

EXACT, ALIKE, INSIDE = "exact", "but for case and punctuation", "inside words"


@dataclass(frozen=True, eq=False)
class WordText:
    """The words of a text, ready to be searched for strings."""

    words: Sequence[str]

    @cached_property
    def _bare(self) -> list[str]:
        return [bare(word) for word in self.words]

    def find(self, wanted: str, *, inside_words: bool = False) -> tuple[list[Span], str]:
        """Return the spans where `wanted` stands, left to right, and how: EXACT, else ALIKE, else INSIDE.

        EXACT: its words, whatever the spaces between. ALIKE: compatible characters, case and punctuation do not
        count; a span neither begins nor ends with a word of punctuation. INSIDE, only with `inside_words` (for
        languages that put endings on names): each of its words is a part of one of as many consecutive words,
        and a single letter is a word of its own. No span: ([], "").
        """
        exact, alike = "".join(wanted.split()), bare(wanted)
        if exact and (spans := _joined(self.words, exact)):
            return spans, EXACT
        if alike and (spans := _joined(self._bare, alike)):
            return spans, ALIKE
        if inside_words and (spans := self._inside([piece for piece in map(bare, wanted.split()) if piece])):
            return spans, INSIDE
        return [], ""

    def _inside(self, pieces: list[str]) -> list[Span]:
        starts = range(len(self._bare) - len(pieces) + 1) if pieces else ()
        return [
            Span(start, start + len(pieces))
            for start in starts
            if all(
                piece in word if len(piece) > 1 else piece == word
                for piece, word in zip(pieces, self._bare[start:], strict=False)
            )
        ]


def bare(text: str) -> str:
    """Return the letters, marks, digits and symbols of a text in compatible form (NFKC), case folded.

    >>> bare("„New-York“")
    'newyork'
    """
    kept = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one)[0] in "LMNS")
    return unicodedata.normalize("NFKC", "".join(kept).casefold())


def _joined(words: Sequence[str], wanted: str) -> list[Span]:
    """Return the spans whose words make up `wanted`; empty words count at neither end."""
    spans = []
    for start, first in enumerate(words):
        if not first or not wanted.startswith(_solid(first)):
            continue
        end, sofar = start, ""
        while end < len(words) and len(sofar) < len(wanted) and wanted.startswith(sofar):
            sofar, end = sofar + _solid(words[end]), end + 1
        if sofar == wanted:
            spans.append(Span(start, end))
    return spans


def _solid(word: str) -> str:
    return "".join(word.split())
