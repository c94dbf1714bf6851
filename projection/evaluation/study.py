"""Methods on the same sentences with gold: counts of each sentence, from which every figure is derived.

A Study holds what each method found and what gold has. Nothing else is stored: all tables are sums over the counts of
sentences, so that a part of the corpus (a language, sentences of some length) is scored by choosing its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from projection.evaluation.blame import Blame
from projection.evaluation.columns import Columns, columns_of, keyed
from projection.evaluation.counts import ANY, Counts, Match, count
from projection.evaluation.errors import Mistake, mistakes
from projection.evaluation.resampling import SAMPLES, SEED, Difference, differences, f1_of, quantiles, resampled_sums
from projection.evaluation.scores import Interval
from projection.types import Entity, Sentence

Table = NDArray[np.float64]
Rate = Literal["f1", "precision", "recall"]


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence to judge on: `gold` has the gold labels, `source` what is known of the other side.

    `position` is its place in the project or file, from 0.
    """

    gold: Sentence
    source: Sentence | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a method found in one sentence; `entities` is None where it failed, and `problem` says why.

    `blames` has one Blame for each mistake, None where nobody looked. `carried` is (source entities with a place on
    the target, source entities); (0, 0) for a method that does not look at the source. `seconds` is what the sentence
    took with everything the method reads, None where that is not known (say, since results were reused). `megabytes` is
    the most that any of these stages took for the batch the sentence was in, None where nobody measured.
    """

    entities: tuple[Entity, ...] | None
    problem: str = ""
    blames: tuple[Blame, ...] | None = None
    carried: tuple[int, int] = (0, 0)
    seconds: float | None = None
    megabytes: float | None = None


@dataclass(frozen=True)
class Study:
    """Gold and the results of every method on it: `found[method]` has one Found for each of `items`.

    A method that failed on a sentence counts there as if it had found nothing; `failures` says how often. `signature`
    names everything that could change a figure.
    """

    items: tuple[Item, ...]
    found: Mapping[str, tuple[Found, ...]]
    signature: str = ""

    def __post_init__(self):
        for method, results in self.found.items():
            if len(results) != len(self.items):
                raise ValueError(f"{method} has {len(results)} results for {len(self.items)} sentences")

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(self.found)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels of gold and of any method, in alphabetical order."""
        sides = [item.gold.entities for item in self.items]
        sides += [one.entities or () for results in self.found.values() for one in results]
        return tuple(sorted({entity.label for side in sides for entity in side}))

    def failures(self, method: str) -> dict[str, int]:
        """Return on how many sentences a method failed, by what it said."""
        said: dict[str, int] = {}
        for one in self.found[method]:
            if one.entities is None:
                said[one.problem] = said.get(one.problem, 0) + 1
        return said

    def rows(self, method: str, match: Match = "exact") -> list[Mapping[str, Counts]]:
        """Return the counts of each sentence by label."""
        pairs = zip(self.found[method], self.items, strict=True)
        return [count(one.entities or (), item.gold.entities, None, match) for one, item in pairs]

    def part(self, rows: Sequence[int]) -> Study:
        """Return the study of some of the sentences; what is known of their mistakes goes with them."""
        chosen = {method: tuple(results[row] for row in rows) for method, results in self.found.items()}
        part = replace(self, items=tuple(self.items[row] for row in rows), found=chosen)
        for method, known in self._mistakes.items():
            part._mistakes[method] = tuple(known[row] for row in rows)
        return part

    def blamed(self, found: Mapping[str, tuple[Found, ...]]) -> Study:
        """Return the study with other blames: `found` has the same entities."""
        return self._alike(found=found)

    def signed(self, signature: str) -> Study:
        """Return the study under another signature."""
        return self._alike(signature=signature)

    def _alike(self, **changed: Any) -> Study:
        """Return a study of the same entities; what is known of them goes with it."""
        alike = replace(self, **changed)
        alike._columns.update(self._columns)
        alike._mistakes.update(self._mistakes)
        return alike

    @cached_property
    def gold(self) -> Columns:
        """All gold entities."""
        return columns_of((keyed(item.gold.entities) for item in self.items), self.labels)

    def predicted(self, method: str) -> Columns:
        """Return all entities a method found."""
        return self._compared(method)[0]

    def right(self, method: str) -> NDArray[np.bool_]:
        """Return of each of `predicted` whether gold has it too: the same words with the same label."""
        return self._compared(method)[1]

    def hits(self, method: str) -> NDArray[np.bool_]:
        """Return of each of `gold` whether the method found it."""
        return self._compared(method)[2]

    def mistakes(self, method: str) -> tuple[tuple[Mistake, ...], ...]:
        """Return what is wrong in each sentence; found once, since it takes a while."""
        if method not in self._mistakes:
            wrong = set(self.rows_with_mistakes(method).tolist())
            self._mistakes[method] = tuple(
                tuple(mistakes(one.entities or (), item.gold.entities, item.gold.words)) if row in wrong else ()
                for row, (one, item) in enumerate(zip(self.found[method], self.items, strict=True))
            )
        return self._mistakes[method]

    def rows_with_mistakes(self, method: str) -> NDArray[np.intp]:
        """Return the sentences in which anything is spurious or missed, in order."""
        return np.union1d(self.predicted(method).rows[~self.right(method)], self.gold.rows[~self.hits(method)])

    def _compared(self, method: str) -> tuple[Columns, NDArray[np.bool_], NDArray[np.bool_]]:
        if method not in self._columns:
            ours = [keyed(one.entities or ()) for one in self.found[method]]
            theirs = [keyed(item.gold.entities) for item in self.items]
            pairs = list(zip(ours, theirs, strict=True))
            right = np.array([key in gold for found, gold in pairs for key in found], bool)
            hits = np.array([key in found for found, gold in pairs for key in gold], bool)
            self._columns[method] = columns_of(ours, self.labels), right, hits
        return self._columns[method]

    @cached_property
    def _columns(self) -> dict[str, tuple[Columns, NDArray[np.bool_], NDArray[np.bool_]]]:
        return {}

    @cached_property
    def _mistakes(self) -> dict[str, tuple[tuple[Mistake, ...], ...]]:
        return {}


class Tables:
    """The counts of a study under one way to match, as numbers: what every chart is drawn from.

    `counts` has shape (methods, sentences, labels, 3): found, predicted, gold. `labels` are those of the study, or
    ANY alone for matches that do not look at labels.
    """

    def __init__(self, study: Study, match: Match = "exact"):
        self.methods, self.match = study.methods, match
        by_label = match in ("exact", "type")
        self.labels = study.labels if by_label else (ANY,)
        sentences = len(study.items)
        self.counts = np.zeros((len(study.methods), sentences, len(self.labels), 3))
        for number, method in enumerate(study.methods):
            found, shape = study.predicted(method), (sentences, len(study.labels))
            sides = found.counts(*shape, study.right(method)), found.counts(*shape), study.gold.counts(*shape)
            exact = np.stack(sides, axis=-1)
            self.counts[number] = exact if by_label else exact.sum(axis=1, keepdims=True)
            if match != "exact":
                self._count_pairs(study, number, match)

    def _count_pairs(self, study: Study, number: int, match: Match) -> None:
        """Count the sentences with mistakes again; where all is right, it is so under every way to match."""
        places = {label: place for place, label in enumerate(self.labels)}
        method = study.methods[number]
        for row in study.rows_with_mistakes(method).tolist():
            self.counts[number, row] = 0
            found, gold = study.found[method][row].entities or (), study.items[row].gold.entities
            for label, one in count(found, gold, None, match).items():
                self.counts[number, row, places[label]] = one.found, one.predicted, one.gold

    def sums(self, rows: NDArray[np.intp] | slice = slice(None)) -> Table:
        """Return the sums over some sentences, (methods, labels, 3)."""
        return self.counts[:, rows].sum(axis=1)

    def overall(self, rows: NDArray[np.intp] | slice = slice(None)) -> dict[str, Counts]:
        """Return the counts of each method over all labels."""
        return {method: _counts(one) for method, one in zip(self.methods, self.sums(rows).sum(axis=1), strict=True)}

    def by_label(self, rows: NDArray[np.intp] | slice = slice(None)) -> dict[tuple[str, str], Counts]:
        """Return the counts of each (method, label)."""
        sums = self.sums(rows)
        return {
            (method, label): _counts(sums[number, place])
            for number, method in enumerate(self.methods)
            for place, label in enumerate(self.labels)
        }

    def intervals(
        self,
        rows: NDArray[np.intp] | slice = slice(None),
        *,
        rate: Rate = "f1",
        level: float = 0.95,
        samples: int = SAMPLES,
        seed: int = SEED,
    ) -> dict[tuple[str, str | None], Interval]:
        """Return the bootstrap interval of a rate of each (method, label), and of all labels under (method, None).

        All are drawn from the same resamples of the sentences (see `resampling`).
        """
        counts = self.counts[:, rows]
        predicted, gold = counts[..., 1], counts[..., 2]
        twice = {"f1": predicted + gold, "precision": 2 * predicted, "recall": 2 * gold}[rate]  # what F1 divides by
        pairs = np.stack([counts[..., 0], twice], axis=-1)
        methods, sentences, columns, _ = pairs.shape
        table = pairs.transpose(1, 0, 2, 3).reshape(sentences, methods * columns * 2)
        sums = resampled_sums(table, samples, seed).reshape(samples, methods, columns, 2)
        drawn = f1_of(np.concatenate([sums.sum(axis=2, keepdims=True), sums], axis=2))  # all labels first
        names = (None, *self.labels)
        return {
            (method, name): Interval(*quantiles(drawn[:, number, column], level), level, samples, seed)
            for number, method in enumerate(self.methods)
            for column, name in enumerate(names)
        }

    def difference(self, one: str, other: str, rows: NDArray[np.intp] | slice = slice(None)) -> Difference:
        """Return how far two methods are apart in F1 over all labels."""
        return self.differences(other, rows, (one,))[one]

    def differences(
        self,
        baseline: str,
        rows: NDArray[np.intp] | slice = slice(None),
        methods: Sequence[str] | None = None,
        *,
        samples: int = SAMPLES,
        seed: int = SEED,
    ) -> dict[str, Difference]:
        """Return how far methods (default: all others) are from the baseline in F1 over all labels.

        All are drawn from the same resamples of the sentences.
        """
        chosen = [method for method in self.methods if method != baseline] if methods is None else methods
        numbers = [self.methods.index(method) for method in (baseline, *chosen)]
        sums = self.counts[:, rows].sum(axis=2)[numbers]
        pairs = np.stack([sums[..., 0], sums[..., 1] + sums[..., 2]], axis=-1)
        return dict(zip(chosen, differences(pairs[1:], pairs[0], samples=samples, seed=seed), strict=True))


def _counts(row: NDArray[np.float64]) -> Counts:
    found, predicted, gold = row.tolist()
    return Counts(found, predicted - found, gold - found)
