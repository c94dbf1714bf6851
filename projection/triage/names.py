"""Where the same name comes again in a project, whatever label it has there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from projection.types import Entity, Sentence, Span

State = Literal["same", "unlabelled", "other label", "other words"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in sentence number `position`, on the words of `span`.

    `state` compares what is there with the label asked for: "same", "unlabelled", "other label" on the same words,
    or "other words" where entities lie across its borders; `there` are the entities it touches. `in_source`: the
    source has the name of the source too; None when none was asked for.
    """

    position: int
    span: Span
    state: State
    there: tuple[Entity, ...]
    in_source: bool | None = None


def find_name(name: str, sentence: Sentence) -> list[Span]:
    """Return where `name` stands in the sentence as whole words, left to right, without overlap.

    Capitals count; how accents are encoded, the width of spaces, and spaces around signs do not. Words are those of
    the sentence, so a name is found however it was split elsewhere.
    """
    wanted, gaps = _plain(name), _gaps(name)
    words = [_plain(word) for word in sentence.words]
    found: list[Span] = []
    start = 0
    while wanted and start < len(words):
        end = _match(wanted, words, start)
        if end is not None and _gaps(sentence.text_of(Span(start, end))) == gaps:
            found.append(Span(start, end))
            start = end
        else:
            start += 1
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _gaps(text: str) -> set[int]:
    """Return after how many characters, spaces not counted, a space parts two letters or digits."""
    parts = [unicodedata.normalize("NFC", part) for part in text.split()]
    ends = accumulate(map(len, parts))
    pairs = zip(ends, pairwise(parts), strict=False)
    return {end for end, (left, right) in pairs if left[-1].isalnum() and right[0].isalnum()}


def _match(wanted: str, words: Sequence[str], start: int) -> int | None:
    """Return the end of the words from `start` on that make up `wanted`, None if they do not."""
    reached = 0
    for index in range(start, len(words)):
        if not words[index] or not wanted.startswith(words[index], reached):
            return None
        reached += len(words[index])
        if reached == len(wanted):
            return index + 1
    return None


def occurrences(
    name: str,
    label: str,
    sentences: Iterable[tuple[int, Sentence | None, Sentence, Sequence[Entity]]],
    source_name: str = "",
) -> Iterator[Occurrence]:
    """Yield every place of `name` in the targets, sentences in the order given.

    `sentences` are (position, source if there is one, target, the labels that count). `source_name` is what the
    name is in the source, if it is known.
    """
    for position, source, target, entities in sentences:
        spans = find_name(name, target)
        if not spans:
            continue
        in_source = bool(source is not None and find_name(source_name, source)) if source_name else None
        for span in spans:
            there = tuple(entity for entity in entities if entity.span.overlaps(span))
            yield Occurrence(position, span, _state(there, span, label), there, in_source)


def _state(there: Sequence[Entity], span: Span, label: str) -> State:
    if not there:
        return "unlabelled"
    if len(there) == 1 and there[0].span == span:
        return "same" if there[0].label == label else "other label"
    return "other words"
