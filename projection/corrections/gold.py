"""Labels that came with a translation, on its words as they are after some were split or joined."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from projection.corrections.edits import Entities, in_order
from projection.text.borders import borders, stretch, words_with
from projection.types import Sentence


def gold_on(given: Sentence, target: Sentence) -> Entities | None:
    """Return the labels of `given` on the words of `target`.

    A label goes to all words that have a character of it, as a person's labels do. None where the characters are
    others, so that nobody knows which words are meant, or where two labels would meet in one word.
    """
    if given.words == target.words:
        return given.entities
    if given.characters != target.characters:
        return None
    before, after = borders(given), borders(target)
    spans = [words_with(stretch(entity.span, before), after) for entity in given.entities]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans) or any(one.overlaps(other) for one, other in pairwise(sorted(known))):
        return None
    return in_order(replace(entity, span=span) for entity, span in zip(given.entities, known, strict=True))
