"""How far people agree who labelled the same sentences apart: Cohen's kappa over words, F1 over spans.

What the figures mean, and where they mislead:

- `kappa` is Cohen's kappa (Cohen 1960) of the IOB2 tags of all words. Most words are O for everybody, so it is
  high as soon as both leave most words alone, and it grows with every easy sentence that has no name in it. That
  is the trap of the O class: .9 here does not mean that they agree on the names.
- `kappa_names` is the same over the words to which at least one of the two gave a label. It leaves out what both
  called O, and thereby every agreement on O: it is lower than what one would call fair, and may be negative.
  Brandsen et al. 2020 report both, for this reason.
- `f1` is F1 of spans with their labels, exact borders; it does not matter who is taken as the reference. It needs
  no count of what is not a name, and is what kappa comes to when that count grows without limit (Hripcsak and
  Rothschild 2005). If one figure is to be reported, report this one (Deleger et al. 2012).
- `partial` counts two spans as the same if their labels are the same and they share a word, each span once.

Cohen 1960, A Coefficient of Agreement for Nominal Scales. Hripcsak, Rothschild 2005, Agreement, the F-Measure, and
Reliability in Information Retrieval (JAMIA). Deleger et al. 2012, Building Gold Standard Corpora for Medical Natural
Language Processing Tasks (AMIA). Brandsen et al. 2020, Creating a Dataset for Named Entity Recognition in the
Archaeology Domain (LREC).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from projection.evaluation.counts import Counts, count, total
from projection.evaluation.scores import Interval
from projection.types import Entity, Sentence

SAMPLES = 500


@dataclass(frozen=True)
class Agreement:
    """Two people over the sentences that both labelled on the same words.

    `pairs` has the two labelled sentences each time. `reworded` counts sentences that both labelled, but on
    different words, because one of them changed the text: nothing can be said of those. Figures are None where
    they are not defined: kappa when both gave one and the same tag to every word, all without any sentence.
    """

    one: str
    other: str
    pairs: tuple[tuple[Sentence, Sentence], ...]
    reworded: int = 0

    @property
    def sentences(self) -> int:
        return len(self.pairs)

    @cached_property
    def counts(self) -> dict[str, Counts]:
        """Exact spans by label; `other` is counted as the reference, which F1 does not depend on."""
        return total(count(left.entities, right.entities) for left, right in self.pairs)

    @property
    def f1(self) -> float | None:
        """F1 of exact spans with labels, over all sentences together; 1 where neither has any."""
        return _f1(*_sum(self._exact)) if self.pairs else None

    @property
    def partial(self) -> float | None:
        """F1 of spans with the same label that share a word."""
        return _f1(*_sum(self._partial)) if self.pairs else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa of the tags of all words."""
        return cohen_kappa(*self._tags)

    @property
    def kappa_names(self) -> float | None:
        """Cohen's kappa of the tags of the words that at least one of the two labelled."""
        return cohen_kappa(*_named(*self._tags))

    def of_label(self, label: str) -> LabelAgreement:
        """Return the agreement on one label; kappa is that of "is in a span of this label" over all words."""
        tags = tuple([_has(tag, label) for tag in side] for side in self._tags)
        return LabelAgreement(label, self.counts.get(label, Counts()), cohen_kappa(*tags))

    def labels(self, most: int | None = None) -> list[LabelAgreement]:
        """Return the agreement on each label, or on the `most` frequent ones; frequent ones first, then by name."""
        order = sorted(self.counts, key=lambda label: (-self.counts[label].predicted - self.counts[label].gold, label))
        return [self.of_label(label) for label in order[:most]]

    def interval(self, figure: str, *, level: float = 0.95, samples: int = SAMPLES, seed: int = 1) -> Interval | None:
        """Return the percentile bootstrap interval of "f1", "partial", "kappa" or "kappa_names".

        Sentences are drawn with replacement. None where fewer than two sentences, or no sample, give a
        figure. The same seed gives the same interval. Takes O(samples x words).
        """
        import numpy as np

        if self.sentences < 2:
            return None
        generator = np.random.default_rng(seed)
        drawn = generator.multinomial(self.sentences, np.full(self.sentences, 1 / self.sentences), size=samples)
        if figure in ("f1", "partial"):
            table = np.array(self._exact if figure == "f1" else self._partial, dtype=float)
            figures = [_f1(*row) for row in drawn @ table]
        elif figure in ("kappa", "kappa_names"):
            figures = self._kappas(drawn, only_names=figure == "kappa_names")
        else:
            raise ValueError(f"There is no figure {figure!r}.")
        known = [value for value in figures if value is not None]
        if not known:
            return None
        low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
        return Interval(float(low), float(high), level, samples, seed)

    def _kappas(self, drawn: Any, *, only_names: bool) -> list[float | None]:
        import numpy as np

        left, right = self._tags
        lengths = [len(sentence) for sentence, _ in self.pairs]
        places = np.repeat(np.arange(self.sentences), lengths)
        tags = {tag: number for number, tag in enumerate(sorted({*left, *right}))}
        one, other = (np.array([tags[tag] for tag in side], dtype=int) for side in (left, right))
        if only_names:
            kept = np.array([tag != "O" or mate != "O" for tag, mate in zip(left, right, strict=True)], dtype=bool)
            places, one, other = places[kept], one[kept], other[kept]
        same = one == other
        found = []
        for weights in drawn:
            each = weights[places]
            sums = (np.bincount(side, each, minlength=len(tags)) for side in (one, other))
            found.append(_kappa(float(each[same].sum()), float(each.sum()), *sums))
        return found

    @cached_property
    def _tags(self) -> tuple[list[str], list[str]]:
        left, right = ([tag for pair in self.pairs for tag in tags_of(pair[side])] for side in (0, 1))
        return left, right

    @cached_property
    def _exact(self) -> list[tuple[int, int]]:
        rows = (sum(count(left.entities, right.entities).values(), Counts()) for left, right in self.pairs)
        return [(row.found, row.predicted + row.gold) for row in rows]

    @cached_property
    def _partial(self) -> list[tuple[int, int]]:
        return [
            (overlapping(left.entities, right.entities), len(left.entities) + len(right.entities))
            for left, right in self.pairs
        ]


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """The agreement of two people on one label: exact spans as counts, kappa over words (None: not defined)."""

    label: str
    counts: Counts
    kappa: float | None


def agreements(rows: Iterable[Mapping[str, Sentence]], people: Sequence[str]) -> list[Agreement]:
    """Compare every two of `people`, in their order; pairs without a common sentence are left out.

    A row has what each person made of one sentence; a person who has not finished it has none.
    """
    pairs: dict[tuple[str, str], list[tuple[Sentence, Sentence]]] = {}
    reworded: dict[tuple[str, str], int] = {}
    for row in rows:
        for two in combinations([person for person in people if person in row], 2):
            left, right = (row[person] for person in two)
            known = pairs.setdefault(two, [])
            if left.words == right.words:
                known.append((left, right))
            else:
                reworded[two] = reworded.get(two, 0) + 1
    order = [two for two in combinations(people, 2) if two in pairs]
    return [Agreement(*two, tuple(pairs[two]), reworded.get(two, 0)) for two in order]


def mean(found: Sequence[Agreement], figure: str) -> float | None:
    """Return the mean of a figure over pairs of people, each pair counting once; None where none has it."""
    known = [value for value in (getattr(one, figure) for one in found) if value is not None]
    return sum(known) / len(known) if known else None


def cohen_kappa(one: Sequence[object], other: Sequence[object]) -> float | None:
    """Return (p - e) / (1 - e): agreement beyond what the two would reach by chance, at most 1.

    p is the share of equal items; e the share to expect if each gave their tags at random, as often as they do.
    None without items, and where e is 1 (one and the same tag everywhere), as nothing can be told from that.

    >>> cohen_kappa("BOOO", "BOOI")
    0.5555555555555556
    """
    left, right = Counter(one), Counter(other)
    same = sum(mine == theirs for mine, theirs in zip(one, other, strict=True))
    tags = sorted({*left, *right}, key=repr)
    return _kappa(same, len(one), [left[tag] for tag in tags], [right[tag] for tag in tags])


def overlapping(one: Iterable[Entity], other: Iterable[Entity]) -> int:
    """Return the largest number of disjoint pairs of entities with the same label that share a word.

    Entities of one side do not overlap, so it is enough to walk through both from the left, label by label.
    """
    left, right = _by_label(one), _by_label(other)
    return sum(_walk(entities, right.get(label, [])) for label, entities in left.items())


def _by_label(entities: Iterable[Entity]) -> dict[str, list[Entity]]:
    found: dict[str, list[Entity]] = {}
    for entity in sorted(entities, key=lambda entity: entity.span):
        found.setdefault(entity.label, []).append(entity)
    return found


def _walk(left: list[Entity], right: list[Entity]) -> int:
    found = here = there = 0
    while here < len(left) and there < len(right):
        mine, theirs = left[here].span, right[there].span
        shared = mine.overlaps(theirs)
        found += shared
        here, there = here + (shared or mine.end <= theirs.end), there + (shared or theirs.end < mine.end)
    return found


def tags_of(sentence: Sentence) -> list[str]:
    """Return the IOB2 tag of each word."""
    tags = ["O"] * len(sentence)
    for entity in sentence.entities:
        start, end = entity.span.start, entity.span.end
        tags[start:end] = [f"B-{entity.label}", *[f"I-{entity.label}"] * (end - start - 1)]
    return tags


def _named(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[str]]:
    kept = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if (mine, theirs) != ("O", "O")]
    return [mine for mine, _ in kept], [theirs for _, theirs in kept]


def _has(tag: str, label: str) -> bool:
    return tag[2:] == label and tag != "O"


def _kappa(same: float, items: float, left: Sequence[float], right: Sequence[float]) -> float | None:
    if not items:
        return None
    chance = sum(float(mine) * float(theirs) for mine, theirs in zip(left, right, strict=True))
    if chance >= items * items:
        return None
    return float((same * items - chance) / (items * items - chance))


def _sum(rows: Iterable[tuple[int, int]]) -> tuple[int, int]:
    known = list(rows)
    return sum(row[0] for row in known), sum(row[1] for row in known)


def _f1(shared: float, size: float) -> float:
    return float(2 * shared / size) if size else 1.0
