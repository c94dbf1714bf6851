"""What kind of mistakes a method makes and where: counts with the sentences behind each, for charts and reports.

"Rows" are always the places of sentences in the study's `items`, from 0, in order and each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from projection.evaluation.blame import STAGES, Stage
from projection.evaluation.errors import KINDS, Kind, Mistake
from projection.evaluation.study import Study
from projection.types import Entity

SIDES, EXTENTS = ("left", "right", "both"), ("too long", "too short", "shifted")
Key = TypeVar("Key")
NONE = ""
"""The label in a confusion for an entity without a counterpart."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How often something comes, and the rows of the sentences where it does."""

    count: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Kinds:
    """Mistakes by kind (see `errors`), every kind in its order; the others say how "boundary" mistakes are made.

    `sides` says which ends are wrong, `extents` how; see `Mistake`.
    """

    kinds: Mapping[Kind, Cell]
    sides: Mapping[str, Cell]
    extents: Mapping[str, Cell]

    @property
    def total(self) -> int:
        """The number of mistakes."""
        return sum(cell.count for cell in self.kinds.values())


def kinds(study: Study, method: str) -> Kinds:
    """Count the mistakes of a method by kind. Raises KeyError for an unknown method."""
    found = [(row, one) for row, some in enumerate(study.mistakes(method)) for one in some]
    boundaries = [(row, one) for row, one in found if one.kind == "boundary"]
    return Kinds(
        _counted(found, KINDS, lambda one: one.kind),
        _counted(boundaries, SIDES, lambda one: one.sides),
        _counted(boundaries, EXTENTS, lambda one: one.extent),
    )


def _counted(
    found: Iterable[tuple[int, Mistake]], keys: Iterable[Key], key_of: Callable[[Mistake], Key]
) -> dict[Key, Cell]:
    return _cells(((key_of(one), row) for row, one in found), keys)


def _cells(found: Iterable[tuple[Key, int]], keys: Iterable[Key] = ()) -> dict[Key, Cell]:
    """Collect (key, row) pairs, rows in order; `keys` come first, with or without anything in them."""
    rows: dict[Key, list[int]] = {key: [] for key in keys}
    for key, row in found:
        rows.setdefault(key, []).append(row)
    return {key: Cell(len(some), tuple(dict.fromkeys(some))) for key, some in rows.items()}


@dataclass(frozen=True, slots=True)
class Stages:
    """Mistakes by the stage to blame, every stage in its order.

    `unseen` are the mistakes of sentences where nobody looked for one.
    """

    stages: Mapping[Stage, Cell]
    unseen: Cell


def stages(study: Study, method: str) -> Stages | None:
    """Count the stages to blame for a method's mistakes, None where no sentence has blames.

    Raises KeyError for an unknown method.
    """
    results = study.found[method]
    if all(one.blames is None for one in results):
        return None
    blames = ((blame.stage, row) for row, one in enumerate(results) for blame in one.blames or ())
    unseen = [row for row, one in enumerate(results) if one.blames is None]
    numbers = [(row, len(study.mistakes(method)[row])) for row in unseen]
    rest = Cell(sum(number for _, number in numbers), tuple(row for row, number in numbers if number))
    return Stages(_cells(blames, STAGES), rest)


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a gold label (first) met a predicted one (second); NONE where there is no counterpart.

    Only pairs that came are in `cells`. `labels` are those of the study, in alphabetical order.
    """

    labels: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def count(self, gold: str, predicted: str) -> int:
        cell = self.cells.get((gold, predicted))
        return cell.count if cell else 0


def confusion(study: Study, method: str) -> Confusion:
    """Count which label met which, each gold and each predicted entity once.

    Entities with the same words and label meet on the diagonal. Of what is left, entities that are one mistake and
    share words meet: also with other ends, so that a "boundary" mistake is on the diagonal. Of a "split" or "merged"
    entity, the part that shares most words with it counts (then the one with the same label, then the first), the
    others have no counterpart; nor have "missing", "spurious" and both sides of a "wrong occurrence". So each row adds
    up to the gold entities of its label, each column to the predicted ones. Raises KeyError for an unknown method.
    """
    predicted, right = study.predicted(method), study.right(method)
    places, rows = predicted.labels[right].tolist(), predicted.rows[right].tolist()
    pairs = [((study.labels[place],) * 2, row) for place, row in zip(places, rows, strict=True)]
    for row, some in enumerate(study.mistakes(method)):
        pairs += [(labels, row) for one in some for labels in met(one)]
    return Confusion(study.labels, _cells(sorted(pairs)))


def met(mistake: Mistake) -> list[tuple[str, str]]:
    """Return which gold labels met which predicted ones in a mistake; see `confusion`."""
    pair = max(
        ((gold, found) for gold in mistake.gold for found in mistake.predicted), key=_closeness, default=None
    )  # the first of equals, entities being in the order of their words
    if pair is None or not pair[0].span.overlaps(pair[1].span):
        pair = ()
    return [
        *([(pair[0].label, pair[1].label)] if pair else []),
        *((one.label, NONE) for one in mistake.gold if not any(one is other for other in pair)),
        *((NONE, one.label) for one in mistake.predicted if not any(one is other for other in pair)),
    ]


def _closeness(pair: tuple[Entity, Entity]) -> tuple[int, bool]:
    gold, found = pair
    return gold.span.shared(found.span), gold.label == found.label
