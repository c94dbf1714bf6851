"""Marks around entities: put into the text before translation, found again after it, whatever happened to them.

The marks are those of EasyProject (Chen et al., Findings of ACL 2023): square brackets with a space inside, the
same for every label. Brackets that the text has itself travel as parentheses and are put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from projection.text.joining import ELIDING, is_foreign
from projection.text.languages import base, is_unsegmented
from projection.types import Sentence

_OPEN, _CLOSE = "[", "]"
# what translators make of square brackets; round ones too, where the text they got had none
_VARIANTS = ("［］", "【】", "《》", "〈〉", "〔〕", "⟦⟧", "()", "（）")
_OWN_BRACKETS = {"[": "(", "［": "(", "【": "(", "]": ")", "］": ")", "】": ")"}
_PARENTHESES = {"(": "(（", ")": ")）"}
_CLOSING = re.compile(r"""(?:[,.;:!?)}%…”’"'»،؛؟]+|['’][sS])(?=[\s,.;:!?)]|$)""")
_SPACED_IN_FRENCH = frozenset(":;!?%»")
_OPENING = frozenset("([{¿¡")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with marks around its `entities`, as it goes to the translator.

    `own` are the brackets the text has itself, in order, as (what it travels as, what it was), with its
    parentheses among them: they are told apart by their order. It is empty if there is nothing to put back.
    """

    text: str
    entities: int
    own: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class MarkedString:
    """Characters `start` up to, not including, `end` of a text without marks."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """A translation without its marks.

    `strings` are what stood between the two marks of a pair, from left to right, an outer one before those inside
    it. `starts` and `ends` are the places of opening and closing marks without a partner. `brackets_restored`
    is False where brackets of the text itself could not be told from parentheses and stay such.
    """

    text: str
    strings: tuple[MarkedString, ...]
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    brackets_restored: bool = True

    @property
    def opening(self) -> int:
        """How many opening marks came back, doubled ones counted once."""
        return len(self.strings) + len(self.starts)

    @property
    def closing(self) -> int:
        return len(self.strings) + len(self.ends)

    def text_of(self, string: MarkedString) -> str:
        return self.text[string.start : string.end]


def mark(sentence: Sentence) -> MarkedText:
    """Put marks around the entities of a sentence in natural text (`text.joining.natural`).

    A space is added where a mark would touch a letter, a digit or another mark outside, none before
    punctuation.
    """
    own = ()
    if any(bracket in sentence.text for bracket in _OWN_BRACKETS):
        own = tuple((_OWN_BRACKETS.get(one, one), one) for one in sentence.text if one in {*_OWN_BRACKETS, *"()"})
    plain = "".join(_OWN_BRACKETS.get(one, one) for one in sentence.text)
    text, position = "", 0
    for entity in sentence.entities:
        start, end = sentence.tokens[entity.span.start].start, sentence.tokens[entity.span.end - 1].end
        text = _append(text, plain[position:start])
        text = _append(text, f"{_OPEN} {plain[start:end]} {_CLOSE}")
        position = end
    return MarkedText(_append(text, plain[position:]), len(sentence.entities), own)


def _append(left: str, right: str) -> str:
    last, first = left[-1:], right[:1]
    touches = (last == _CLOSE and (first == _OPEN or first.isalnum())) or (last.isalnum() and first == _OPEN)
    return f"{left} {right}" if touches else left + right


def recover(translation: str, marked: MarkedText, language: str) -> Recovered:
    """Take the marks out of a translation (in `language`) of `marked.text`, and say where they stood.

    Variants (full-width, 【】, 《》, parentheses: those the source has none of) count as marks where fewer
    pairs of plain ones came back than went in. Spaces beside a mark follow the habits of the language: one
    lost between two words is put back, one before punctuation is not kept, a script without spaces gets none.
    """
    marks = _marks(translation, marked)
    text, places = _without(translation, marks, language)
    pairs, starts, ends = _pair([(place, kind) for place, (_, kind) in zip(places, marks, strict=True)])
    strings = sorted({pair for pair in pairs if pair[0] < pair[1]}, key=lambda pair: (pair[0], -pair[1]))
    text, is_restored = _restore(text, marked)
    return Recovered(
        text,
        tuple(MarkedString(*pair) for pair in strings),
        tuple(sorted(set(starts) - {start for start, _ in strings})),
        tuple(sorted(set(ends) - {end for _, end in strings})),
        is_restored,
    )


def _marks(text: str, marked: MarkedText) -> list[tuple[int, str]]:
    """Return the place and kind of each mark in a translation."""
    kinds = {_OPEN: _OPEN, _CLOSE: _CLOSE}
    plain = [(place, kinds[one]) for place, one in enumerate(text) if one in kinds]
    if len(_pair(plain)[0]) >= marked.entities:
        return plain
    for opening, closing in _VARIANTS:
        if opening not in marked.text and closing not in marked.text:
            kinds |= {opening: _OPEN, closing: _CLOSE}
    return [(place, kinds[one]) for place, one in enumerate(text) if one in kinds]


def _pair(marks: Sequence[tuple[int, str]]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair each closing mark with the nearest open one; return the pairs, and the places of those left over."""
    waiting: list[int] = []
    pairs, ends = [], []
    for place, kind in marks:
        if kind == _OPEN:
            waiting.append(place)
        elif waiting:
            pairs.append((waiting.pop(), place))
        else:
            ends.append(place)
    return pairs, waiting, ends


def _without(text: str, marks: Sequence[tuple[int, str]], language: str) -> tuple[str, list[int]]:
    """Return the text without its marks, and the place of each in it.

    An opening mark lies where the words after it begin, a closing one where those before it end. Marks with
    nothing but space between them are taken out together.
    """
    borders = [-1, *(place for place, _ in marks), len(text)]
    pieces = [text[left + 1 : right] for left, right in pairwise(borders)]
    clean, places, first = pieces[0].lstrip(), [], 0
    for last in range(len(marks)):
        after = pieces[last + 1]
        if not after.strip() and last + 1 < len(marks):
            continue
        group = [kind for _, kind in marks[first : last + 1]]
        is_spaced = _has_space_outside(group, pieces[first : last + 2])
        clean, after, first = clean.rstrip(), after.lstrip(), last + 1
        gap = " " if after and _needs_space(clean, after, is_spaced, language) else ""
        places += [len(clean) + (len(gap) if kind == _OPEN else 0) for kind in group]
        clean += gap + after
    return clean.rstrip(), places


def _has_space_outside(group: Sequence[str], pieces: Sequence[str]) -> bool:
    """Say whether there is a space before, between or after neighbouring marks that is not inside a pair.

    `pieces` are the texts around them, one more than there are marks.
    """
    for index, piece in enumerate(pieces):
        after_opening = index > 0 and group[index - 1] == _OPEN
        before_closing = index < len(group) and group[index] == _CLOSE
        edge = piece[-1:] if index == 0 else piece[:1]
        if edge.isspace() and not after_opening and not before_closing:
            return True
    return False


def _needs_space(left: str, right: str, is_spaced: bool, language: str) -> bool:
    """Say whether a space belongs between two texts; `is_spaced`: the translator put one there."""
    if not left:
        return False
    if is_unsegmented(language):
        return is_foreign(left[-1]) and is_foreign(right[0])
    if left[-1].isalnum() and right[0].isalnum():
        return True
    if not is_spaced or left[-1] in _OPENING:
        return False
    code = base(language)
    if code in ELIDING and left[-1] in "'’" and left[-2:-1].isalpha() and right[0].isalpha():
        return False
    return not _CLOSING.match(right) or (code == "fr" and right[0] in _SPACED_IN_FRENCH)


def _restore(text: str, marked: MarkedText) -> tuple[str, bool]:
    """Turn parentheses back into the brackets they were, where as many came back as went in."""
    characters, is_complete = list(text), True
    for kind, forms in _PARENTHESES.items():
        were = [here for there, here in marked.own if there == kind]
        found = [place for place, one in enumerate(text) if one in forms]
        if len(were) != len(found):
            is_complete = is_complete and all(here == kind for here in were)
            continue
        for place, bracket in zip(found, were, strict=True):
            if bracket != kind:
                characters[place] = bracket
    return "".join(characters), is_complete


def find_words(text: str, words: str, language: str, *, ignore_case: bool = True) -> Iterator[MarkedString]:
    """Yield where `words` stand in `text`, whatever their spaces; as whole words where the script has spaces."""
    body = r"\s+".join(re.escape(word) for word in words.split())
    if not body:
        return
    pattern = body if is_unsegmented(language) else rf"(?<!\w){body}(?!\w)"
    for match in re.finditer(pattern, text, re.IGNORECASE if ignore_case else 0):
        yield MarkedString(*match.span())
