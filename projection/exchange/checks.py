"""What to know before a download: what a format would lose, what it cannot hold, what others may misread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from projection.exchange.corrected import Corrected
from projection.exchange.formats import FEATURES, FORMATS, ExportFormat, Options
from projection.exchange.selection import LeftOut
from projection.exchange.words import edge_spaces, gaps

NUMBERS_SHOWN = 8
_COUNTED = frozenset({"notes", "flags", "spaces", "odd spaces", "edges"})


@dataclass(frozen=True, slots=True)
class Loss:
    """What one format has no place for: FEATURES with the number of sentences that have them.

    `kept_in` are the titles of those chosen formats that keep all of it.
    """

    format: str
    features: tuple[tuple[str, int], ...]
    kept_in: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        names = (f"{FEATURES[name]} ({count})" if name in _COUNTED else FEATURES[name] for name, count in self.features)
        return ", ".join(names)

    def __str__(self) -> str:
        kept = f"; kept in {', '.join(self.kept_in)}" if self.kept_in else ""
        return f"{FORMATS[self.format].title}: {self.what}{kept}"


@dataclass(frozen=True, slots=True)
class Care:
    """What a format holds but other programs may misread, and the sentences (0-based) that have it."""

    format: str
    what: str
    positions: tuple[int, ...]

    def __str__(self) -> str:
        return f"{FORMATS[self.format].title}, sentence {shown(self.positions)}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found. `items` can be written in every chosen format; `left_out` have one reason each."""

    items: tuple[Corrected, ...]
    left_out: tuple[LeftOut, ...] = ()
    losses: tuple[Loss, ...] = ()
    cares: tuple[Care, ...] = ()


def check(
    items: Iterable[Corrected], formats: Sequence[str], options: Options, left_out: Iterable[LeftOut] = ()
) -> Report:
    """Find the sentences every one of `formats` can hold, and what each format would lose of them.

    A sentence one format cannot hold is left out of all, so that files of one archive have the same
    sentences in the same order. `left_out` are those that were not chosen in the first place.
    """
    rows = [FORMATS[name] for name in formats]
    kept, faults = [], list(left_out)
    for item in items:
        fault = next(filter(None, (_fault(row, item, options) for row in rows)), "")
        if fault:
            faults.append(LeftOut(item.position, fault))
        else:
            kept.append(item)
    faults.sort(key=lambda gone: gone.position)
    losses = filter(None, (_loss(row, kept, rows, options) for row in rows))
    cares = [care for row in rows for care in _cares(row, kept, options)]
    return Report(tuple(kept), tuple(faults), tuple(losses), tuple(cares))


def _fault(row: ExportFormat, item: Corrected, options: Options) -> str:
    found = row.fault(item, options)
    return f"cannot be written as {row.title}: {found}" if found else ""


def _loss(row: ExportFormat, items: Sequence[Corrected], rows: Sequence[ExportFormat], options: Options) -> Loss | None:
    counts = {name: sum(has(item, options) for item in items) for name, has in _HAS.items()}
    lost = tuple((name, count) for name, count in counts.items() if count and name not in row.kept(options))
    names = {name for name, _ in lost}
    kept_in = tuple(other.title for other in rows if names <= other.kept(options))
    return Loss(row.name, lost, kept_in) if lost else None


def _cares(row: ExportFormat, items: Sequence[Corrected], options: Options) -> list[Care]:
    found: dict[str, list[int]] = {}
    for item in items:
        what = row.care(item, options)
        if what:
            found.setdefault(what, []).append(item.position)
    return [Care(row.name, what, tuple(positions)) for what, positions in found.items()]


def shown(positions: Sequence[int]) -> str:
    """Write sentence numbers for people, from 1, the first few of many."""
    numbers = ", ".join(str(position + 1) for position in positions[:NUMBERS_SHOWN])
    return numbers + (f" and {len(positions) - NUMBERS_SHOWN} more" if len(positions) > NUMBERS_SHOWN else "")


def _entities(item: Corrected, options: Options):
    return item.entities(options.side)


_HAS: dict[str, Callable[[Corrected, Options], bool]] = {
    "texts": lambda item, options: True,
    "ids": lambda item, options: bool(item.id) and item.id != str(item.number),
    "spaces": lambda item, options: "" in gaps(item.sentence(options.side)),
    "odd spaces": lambda item, options: not gaps(item.sentence(options.side)) <= {"", " "},
    "edges": lambda item, options: edge_spaces(item.sentence(options.side)),
    "other": lambda item, options: item.other(options.side) is not None,
    "links": lambda item, options: item.alignment is not None and bool(item.alignment.links),
    "possible": lambda item, options: item.alignment is not None and bool(item.alignment.possible),
    "link scores": lambda item, options: item.alignment is not None and bool(item.alignment.scores),
    "scores": lambda item, options: any(entity.score is not None for entity in _entities(item, options)),
    "provenance": lambda item, options: any(entity.origin != "gold" for entity in _entities(item, options)),
    "checked": lambda item, options: item.checked,
    "flags": lambda item, options: item.flagged,
    "notes": lambda item, options: bool(item.note),
}
