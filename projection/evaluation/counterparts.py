"""Which gold entity of the target means which entity of the source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from projection.types import Alignment, Entity, Sentence, Span

LABEL, TEXT, LINKS, PLACE = 2.0, 2.0, 1.5, 0.1
"""What the same label, the same text, links between all words, and the same place in the sentence are worth."""
SHORTEST_PREFIX = 4
"""Words that begin with as many equal letters are similar."""
Key = tuple[Span, str]


@dataclass(frozen=True, slots=True)
class Counterparts:
    """Pairs (source entity, gold entity of the target), one to one, in the order of the source."""

    pairs: tuple[tuple[Entity, Entity], ...] = ()

    def of_gold(self, entity: Entity) -> Entity | None:
        """Return the source entity that means this entity of the target."""
        return next((one for one, other in self.pairs if key(other) == key(entity)), None)

    def of_source(self, entity: Entity) -> Entity | None:
        """Return the entity of the target that means this source entity."""
        return next((other for one, other in self.pairs if key(one) == key(entity)), None)


def key(entity: Entity) -> Key:
    """Return what makes two entities the same here: their words and label."""
    return entity.span, entity.label


def keys(entities: Iterable[Entity]) -> set[Key]:
    return {key(entity) for entity in entities}


def counterparts(source: Sentence, gold: Sentence, links: Alignment | None = None) -> Counterparts:
    """Pair the entities of both sides so that the sum of what speaks for the pairs is greatest.

    For a pair speak: the same label, similar words, (sure) links between their words, and a similar place. The same
    label alone is enough; with another label there must be a link or a similar word. So links that are wrong do not
    part two entities with the same label, unless text and links agree on another. Of equal sums the solver's is taken,
    which depends on the order of the words only.
    """
    if not source.entities or not gold.entities:
        return Counterparts()
    from scipy.optimize import linear_sum_assignment

    worth = np.array([[_worth(source, one, gold, other, links) for other in gold.entities] for one in source.entities])
    chosen = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return Counterparts(
        tuple((source.entities[row], gold.entities[column]) for row, column in chosen if worth[row, column])
    )


def _worth(source: Sentence, one: Entity, gold: Sentence, other: Entity, links: Alignment | None) -> float:
    seen = TEXT * _likeness(source, one.span, gold, other.span) + LINKS * _linked(one.span, other.span, links)
    if one.label != other.label and not seen:
        return 0.0
    middles = (one.span.start + one.span.end) / len(source), (other.span.start + other.span.end) / len(gold)
    return seen + LABEL * (one.label == other.label) + PLACE * (1 - abs(middles[0] - middles[1]) / 2)


def _likeness(one: Sentence, here: Span, other: Sentence, there: Span) -> float:
    """Return how similar the words of two spans are, 0 to 1, in any order: the same, or beginning alike."""
    left, right = (
        [word.casefold() for word in sentence.words[span.start : span.end]]
        for sentence, span in ((one, here), (other, there))
    )
    shared = sum(max(_alike(word, candidate) for candidate in right) for word in left)
    return min(1.0, shared / max(len(left), len(right)))


def _alike(one: str, other: str) -> float:
    if one == other:
        return float(any(map(str.isalnum, one)))
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return shared / max(len(one), len(other)) if shared >= SHORTEST_PREFIX else 0.0


def _linked(here: Span, there: Span, links: Alignment | None) -> float:
    """Return the share of the words of both spans that are linked with the other."""
    if links is None:
        return 0.0
    inside = [(one, other) for one, other in links.links if one in here and other in there]
    return (len({one for one, _ in inside}) + len({other for _, other in inside})) / (len(here) + len(there))
