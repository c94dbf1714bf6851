"""The entities of many sentences as columns of numbers, so that charts over thousands of sentences are quick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projection.types import Entity

Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Entities one after another, sentence by sentence: arrays of shape (entities,).

    `rows` are the numbers of their sentences from 0, `starts` and `ends` their words (half-open), `labels` the places
    of their labels in the list given. `scores` are NaN where there is none. An entity that is in a sentence twice
    is here once.
    """

    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    labels: NDArray[np.intp]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    def counts(self, sentences: int, labels: int, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
        """Return how many entities there are, (sentences, labels): all of them, or the `chosen` ones."""
        places = self.rows * labels + self.labels
        places = places if chosen is None else places[chosen]
        return np.bincount(places, minlength=sentences * labels).reshape(sentences, labels)


def columns_of(sides: Iterable[Mapping[Key, Entity]], labels: Sequence[str]) -> Columns:
    """Lay out the entities of each sentence (see `keyed`)."""
    places = {label: place for place, label in enumerate(labels)}
    numbers: list[tuple[int, int, int, int]] = []
    scores: list[float | None] = []
    for row, side in enumerate(sides):
        for (start, end, label), entity in side.items():
            numbers.append((row, start, end, places[label]))
            scores.append(entity.score)
    table = np.array(numbers, np.intp).reshape(-1, 4).T.copy()
    return Columns(*table, np.array(scores, float))


def keyed(entities: Iterable[Entity]) -> dict[Key, Entity]:
    """Return the entities of a sentence by what makes two of them the same: words and label."""
    return {(entity.span.start, entity.span.end, entity.label): entity for entity in entities}
