"""What is wrong with the labels of a sentence, kind by kind: each mistake pairs what was predicted with what gold has.

Exact matches are taken out first. What is left is tied together where spans share words, and then:

- one gold entity tied to one predicted one: "label" (same words), "boundary" (same label), else "label and boundary";
- one gold entity tied to several predicted ones: "split"; several tied to one: "merged";
- larger knots are cut into pairs that share as many words as possible, ties going to the same label, then
  to what stands first; what is not in a pair counts as below;
- a gold and a predicted entity on other words of the same text, with the same label: "wrong occurrence";
- what is left: "missing" (gold) and "spurious" (predicted).

So each false negative is in one mistake, and each false positive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from projection.types import Entity, Sentence

Kind = Literal[
    "missing", "spurious", "label", "boundary", "label and boundary", "split", "merged", "wrong occurrence",
]  # fmt: skip
KINDS: dict[Kind, str] = {
    "missing": "a gold entity of which nothing was labelled",
    "spurious": "a label where gold has none",
    "label": "the right words with another label",
    "boundary": "the right label on too many, too few or shifted words",
    "label and boundary": "another label on some of the words",
    "split": "one gold entity labelled in several parts",
    "merged": "several gold entities under one label",
    "wrong occurrence": "the right name, labelled where it stands a second time",
}
"""All kinds, with what each means."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake; `gold` and `predicted` are the entities it is about, in the order of their words."""

    kind: Kind
    gold: tuple[Entity, ...] = ()
    predicted: tuple[Entity, ...] = ()

    @property
    def sides(self) -> str:
        """For one gold and one predicted entity that overlap: which ends differ, "left", "right", "both", else ""."""
        if not self._is_pair:
            return ""
        (gold,), (found,) = self.gold, self.predicted
        left, right = gold.span.start != found.span.start, gold.span.end != found.span.end
        return "both" if left and right else "left" if left else "right" if right else ""

    @property
    def extent(self) -> str:
        """For the same: "too long", "too short", "shifted" (neither holds the other), "" for the same words."""
        if not self._is_pair or not self.sides:
            return ""
        (gold,), (found,) = self.gold, self.predicted
        if found.span.start <= gold.span.start and gold.span.end <= found.span.end:
            return "too long"
        if gold.span.start <= found.span.start and found.span.end <= gold.span.end:
            return "too short"
        return "shifted"

    @property
    def _is_pair(self) -> bool:
        return len(self.gold) == len(self.predicted) == 1 and self.gold[0].span.overlaps(self.predicted[0].span)


def mistakes(predicted: Iterable[Entity], gold: Iterable[Entity], words: Sequence[str] | None = None) -> list[Mistake]:
    """Return what is wrong with `predicted`, in the order of the words.

    `words` are those of the sentence; without them no "wrong occurrence" is found. Entities that are on one side
    twice count once.
    """
    ours, theirs = ({(one.span, one.label): one for one in side} for side in (predicted, gold))
    left = [entity for key, entity in ours.items() if key not in theirs]
    lost = [entity for key, entity in theirs.items() if key not in ours]
    found: list[Mistake] = []
    for golds, founds in _knots(lost, left):
        found += _of_knot(golds, founds)
    found = _with_occurrences(found, words) if words is not None else found
    return sorted(found, key=_place)


def mistakes_of(predicted: Sentence, gold: Sentence) -> list[Mistake]:
    """Return what is wrong with the labels of a sentence on the words of gold."""
    return mistakes(predicted.entities, gold.entities, gold.words)


def count_kinds(found: Iterable[Mistake]) -> Counter[Kind]:
    """Count mistakes by kind; those of a corpus are the sum of those of its sentences."""
    return Counter(one.kind for one in found)


def _place(mistake: Mistake) -> tuple[int, int]:
    first = (mistake.gold or mistake.predicted)[0].span
    return first.start, first.end


def _knots(gold: Sequence[Entity], found: Sequence[Entity]) -> Iterator[tuple[list[Entity], list[Entity]]]:
    """Yield the groups of entities that are tied together by shared words."""
    waiting = [*((one, True) for one in gold), *((one, False) for one in found)]
    while waiting:
        group, fresh = [], [waiting.pop(0)]
        while fresh:
            one, is_gold = fresh.pop()
            group.append((one, is_gold))
            tied = [other for other in waiting if other[1] != is_gold and other[0].span.overlaps(one.span)]
            waiting = [other for other in waiting if other not in tied]
            fresh += tied
        sides = ([one for one, is_gold in group if is_gold is wanted] for wanted in (True, False))
        golds, founds = (sorted(side, key=lambda one: (one.span.start, one.span.end, one.label)) for side in sides)
        yield golds, founds


def _of_knot(gold: list[Entity], found: list[Entity]) -> list[Mistake]:
    if not found:
        return [Mistake("missing", (one,)) for one in gold]
    if not gold:
        return [Mistake("spurious", (), (one,)) for one in found]
    if len(gold) == len(found) == 1:
        return [_pair(gold[0], found[0])]
    if len(gold) == 1:
        return [Mistake("split", tuple(gold), tuple(found))]
    if len(found) == 1:
        return [Mistake("merged", tuple(gold), tuple(found))]
    return _cut(gold, found)


def _pair(gold: Entity, found: Entity) -> Mistake:
    if gold.span == found.span:
        return Mistake("label", (gold,), (found,))
    return Mistake("boundary" if gold.label == found.label else "label and boundary", (gold,), (found,))


def _cut(gold: list[Entity], found: list[Entity]) -> list[Mistake]:
    """Pair as many words as possible; what is not paired is missing or spurious."""
    from scipy.optimize import linear_sum_assignment

    shared = np.array([[one.span.shared(other.span) for other in found] for one in gold], float)
    same = np.array([[one.label == other.label for other in found] for one in gold])
    worth = shared + 0.5 * (same & (shared > 0))
    pairs = [pair for pair in zip(*linear_sum_assignment(worth, maximize=True), strict=True) if worth[pair]]
    rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
    return [
        *(_pair(gold[row], found[column]) for row, column in pairs),
        *(Mistake("missing", (one,)) for row, one in enumerate(gold) if row not in rows),
        *(Mistake("spurious", (), (one,)) for column, one in enumerate(found) if column not in columns),
    ]


def _with_occurrences(found: list[Mistake], words: Sequence[str]) -> list[Mistake]:
    """Join what is missing with what is spurious where both are the same name."""

    def name(entity: Entity) -> tuple[str, ...]:
        return (entity.label, *(word.casefold() for word in words[entity.span.start : entity.span.end]))

    spurious = [one for one in found if one.kind == "spurious"]
    joined: list[Mistake] = []
    for one in found:
        if one.kind != "missing":
            continue
        alike = [other for other in spurious if name(other.predicted[0]) == name(one.gold[0])]
        if alike:
            nearest = min(alike, key=lambda other: abs(other.predicted[0].span.start - one.gold[0].span.start))
            spurious.remove(nearest)
            joined.append(Mistake("wrong occurrence", one.gold, nearest.predicted))
    gone = {one for mistake in joined for one in (*mistake.gold, *mistake.predicted)}
    kept = [one for one in found if one.kind not in ("missing", "spurious") or not {*one.gold, *one.predicted} & gone]
    return [*kept, *joined]
