"""Which gold entities are found and which are not: recall by what makes an entity hard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from projection.evaluation.scores import LENGTHS
from projection.evaluation.study import Item, Study
from projection.types import Sentence

Effect = Literal["entity length", "sentence length", "frequency", "distance"]
EFFECTS: dict[Effect, str] = {
    "entity length": "words of the entity",
    "sentence length": "words of the sentence",
    "frequency": "times the same name with the same label comes in gold, whatever its case",
    "distance": "how far it moved: its middle's place in the source less that in the target, both as a share of the "
    "sentence",
}
"""What recall is divided by, and what the groups are."""
NO_COUNTERPART = "no counterpart"
_ENTITY_ENDS, _NAME_ENDS, _FAR_ENDS = (1, 2, 3), (1, 4, 9), (0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of the `gold` entities were `found`; `rows` are the sentences in which one of them was not."""

    found: int
    gold: int
    rows: tuple[int, ...] = ()

    @property
    def recall(self) -> float:
        """The share that was found, 0 of none."""
        return self.found / self.gold if self.gold else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Gold entities in groups: `names` in order, and for each entity of `Study.gold` the place of its group."""

    names: tuple[str, ...]
    places: NDArray[np.intp]


def recalls(study: Study, effect: Effect) -> dict[str, dict[str, Recall]]:
    """Return the recall of each method by group: method -> group -> Recall; exact matches count.

    Groups without a gold entity are there too, those of "distance" only if a source has entities. Raises KeyError
    for an unknown effect.
    """
    groups = _GROUPED[effect](study)
    return {method: _recalls(study, method, groups) for method in study.methods}


def _recalls(study: Study, method: str, groups: Groups) -> dict[str, Recall]:
    hits = study.hits(method)
    size = len(groups.names)
    gold, found = (np.bincount(groups.places[some], minlength=size) for some in (slice(None), hits))
    lost = [study.gold.rows[~hits & (groups.places == place)] for place in range(size)]
    return {
        name: Recall(int(found[place]), int(gold[place]), tuple(np.unique(lost[place]).tolist()))
        for place, name in enumerate(groups.names)
    }


def _by_entity_length(study: Study) -> Groups:
    return _binned(study.gold.ends - study.gold.starts, _ENTITY_ENDS)


def _by_sentence_length(study: Study) -> Groups:
    words = np.array([len(item.gold) for item in study.items], np.intp)
    return _binned(words[study.gold.rows], LENGTHS)


def _by_frequency(study: Study) -> Groups:
    names = [name for item in study.items for name in _names(item.gold)]
    times = Counter(names)
    return _binned(np.array([times[name] for name in names], np.intp), _NAME_ENDS)


def _names(sentence: Sentence) -> list[tuple[str, ...]]:
    words = [word.casefold() for word in sentence.words]
    return [(entity.label, *words[entity.span.start : entity.span.end]) for entity in sentence.entities]


def _by_distance(study: Study) -> Groups:
    """Without any entity in a source there is nothing to say: no groups."""
    if not any(item.source is not None and item.source.entities for item in study.items):
        return Groups((), np.zeros(len(study.gold), np.intp))
    apart = np.concatenate([distances(item) for item in study.items])
    places = np.searchsorted(_FAR_ENDS, apart)  # NaN comes last
    places[np.isnan(apart)] = len(_FAR_ENDS) + 1
    starts = (0, *_FAR_ENDS)
    names = [f"{start:g}-{end:g}" for start, end in zip(starts, _FAR_ENDS, strict=False)]
    return Groups((*names, f"over {_FAR_ENDS[-1]:g}", NO_COUNTERPART), places)


def distances(item: Item) -> NDArray[np.float64]:
    """Return how far each gold entity is from its counterpart in the source, (entities,) in [0, 1].

    Places are the middles of entities divided by the words of their sentence. Entities of the same label are paired
    one to one so that the sum of distances is least; NaN for those left over, and for all without a source.
    """
    from scipy.optimize import linear_sum_assignment

    apart = np.full(len(item.gold.entities), np.nan)
    for label in sorted({entity.label for entity in item.gold.entities} if item.source is not None else ()):
        ours = [place for place, entity in enumerate(item.gold.entities) if entity.label == label]
        here = _middles(item.gold, label)
        there = _middles(item.source, label)
        costs = np.abs(here[:, None] - there[None, :])
        if costs.size == 1:
            apart[ours[0]] = costs[0, 0]
        elif costs.size:
            for row, column in zip(*linear_sum_assignment(costs), strict=True):
                apart[ours[row]] = costs[row, column]
    return apart


def _middles(sentence: Sentence, label: str) -> NDArray[np.float64]:
    spans = [entity.span for entity in sentence.entities if entity.label == label]
    return np.array([(span.start + span.end) / 2 / len(sentence) for span in spans])


def _binned(values: NDArray[np.intp], ends: Sequence[int]) -> Groups:
    """Group whole numbers: up to and including each end, and above the last."""
    starts = (1, *(end + 1 for end in ends))
    names = [str(start) if start == end else f"{start}-{end}" for start, end in zip(starts, ends, strict=False)]
    return Groups((*names, f"{starts[-1]}+"), np.searchsorted(ends, values))


_GROUPED: Mapping[Effect, Callable[[Study], Groups]] = {
    "entity length": _by_entity_length,
    "sentence length": _by_sentence_length,
    "frequency": _by_frequency,
    "distance": _by_distance,
}
