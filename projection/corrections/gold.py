"""Labels that came with a translation, on its words as they are after some were split or joined."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, pairwise

from projection.corrections.edits import Entities, in_order
from projection.types import Sentence, Span


def gold_on(given: Sentence, target: Sentence) -> Entities | None:
    """Return the labels of `given` on the words of `target`.

    A label goes to all words that have a character of it, as a person's labels do. None where the characters are
    others, so that nobody knows which words are meant, or where two labels would meet in one word.
    """
    if given.words == target.words:
        return given.entities
    if given.characters != target.characters:
        return None
    before, after = _borders(given), _borders(target)
    moved = []
    for entity in given.entities:
        start, end = before[entity.span.start], before[entity.span.end]
        words = [word for word, (first, last) in enumerate(pairwise(after)) if first < end and start < last]
        moved.append((entity, Span(words[0], words[-1] + 1)))
    if any(one[1].overlaps(other[1]) for one, other in pairwise(sorted(moved, key=lambda item: item[1]))):
        return None
    return in_order(replace(entity, span=span) for entity, span in moved)


def _borders(sentence: Sentence) -> list[int]:
    """Return before which character, spaces left out, each word begins, and how many there are."""
    return list(accumulate((len("".join(word.split())) for word in sentence.words), initial=0))
