"""What one method gets right that another got wrong, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projection.evaluation.columns import keyed
from projection.evaluation.study import Study
from projection.types import Entity


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence (`row` of the study's items, from 0) on which two methods differ, seen from the first to the second.

    `found`, `spurious` and `missed` are how many more the second has. `fixed` are gold entities that only the second
    found, `broken` those that only the first found; `gone` are spurious ones that the second no longer has, and
    `fresh` those that only it has. All count exact matches.
    """

    row: int
    found: int
    spurious: int
    missed: int
    fixed: tuple[Entity, ...] = ()
    broken: tuple[Entity, ...] = ()
    gone: tuple[Entity, ...] = ()
    fresh: tuple[Entity, ...] = ()

    @property
    def gain(self) -> int:
        """How many mistakes fewer: missed and spurious ones together; negative where it got worse."""
        return -(self.spurious + self.missed)


@dataclass(frozen=True, slots=True)
class Changes:
    """All sentences on which two methods differ: `better` and `worse` by size of the gain, the largest first.

    `even` ones have other mistakes, but as many. Ties stand in the order of sentences.
    """

    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    even: tuple[Change, ...]

    @property
    def fixed(self) -> int:
        """How many gold entities only the second method found."""
        return sum(len(one.fixed) for one in (*self.better, *self.worse, *self.even))

    @property
    def broken(self) -> int:
        """How many gold entities only the first method found."""
        return sum(len(one.broken) for one in (*self.better, *self.worse, *self.even))


def changes(study: Study, one: str, other: str) -> Changes:
    """Return where `other` got better and worse than `one`. Raises KeyError for an unknown method."""
    apart = study.hits(one) != study.hits(other)
    rows = set(study.gold.rows[apart].tolist()) | _spurious_apart(study, one, other)
    found = [_change(study, row, one, other) for row in sorted(rows)]
    ranked = sorted(found, key=lambda change: -abs(change.gain))
    return Changes(
        tuple(change for change in ranked if change.gain > 0),
        tuple(change for change in ranked if change.gain < 0),
        tuple(change for change in ranked if not change.gain),
    )


def _spurious_apart(study: Study, one: str, other: str) -> set[int]:
    """Return the rows where the two have different spurious entities."""
    ours, theirs = (set(_spurious(study, method)) for method in (one, other))
    return {row for row, *_ in ours ^ theirs}


def _spurious(study: Study, method: str) -> list[tuple[int, ...]]:
    columns = study.predicted(method)
    wrong: NDArray[np.bool_] = ~study.right(method)
    table = np.stack([columns.rows, columns.starts, columns.ends, columns.labels], axis=1)[wrong]
    return list(map(tuple, table.tolist()))


def _change(study: Study, row: int, one: str, other: str) -> Change:
    gold = keyed(study.items[row].gold.entities)
    first, second = (keyed(study.found[method][row].entities or ()) for method in (one, other))
    fixed = tuple(entity for key, entity in gold.items() if key in second and key not in first)
    broken = tuple(entity for key, entity in gold.items() if key in first and key not in second)
    gone = tuple(entity for key, entity in first.items() if key not in gold and key not in second)
    fresh = tuple(entity for key, entity in second.items() if key not in gold and key not in first)
    found = len(fixed) - len(broken)
    return Change(row, found, len(fresh) - len(gone), -found, fixed, broken, gone, fresh)
