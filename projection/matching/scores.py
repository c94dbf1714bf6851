"""Scores of (entity, target span) pairs from links, label probabilities and cosines: arrays (E, C).

The formulas are those of the paper (arXiv 2501.18750) and of the thesis that followed it; translation
scores are in `translation_scores`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from projection.matching.pruning import Spans
from projection.types import Alignment, Entity, LabelProbabilities, Similarity, Span

LINK_SCORES = ("dice", "raw")
Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinkScores:
    """How well the links of an entity fill a span, scored two ways.

    "raw", as published: 2 * links between them / (words of entity + words of span); several links per word
    take it above 1. "dice": (words of the entity linked into the span + words of the span linked to the
    entity) / the same, in [0, 1].
    """

    alignment: Alignment
    entities: Sequence[Span]

    @cached_property
    def by_source(self) -> Mapping[int, list[int]]:
        """The linked target words of each source word that has any, ascending."""
        links: dict[int, list[int]] = {}
        for source, target in sorted(self.alignment.links):
            links.setdefault(source, []).append(target)
        return links

    def totals(self, spans: Spans, kind: str) -> Scores:
        """Return the scores of `spans` (C, 2) by the formula `kind`."""
        starts, ends = spans[:, 0], spans[:, 1]
        totals = np.zeros((len(self.entities), len(spans)))
        for row, entity in enumerate(self.entities):
            into = [self.by_source[word] for word in range(entity.start, entity.end) if word in self.by_source]
            counts = np.bincount([target for targets in into for target in targets], minlength=self._words)
            if kind == "raw":
                found = 2 * _between(counts, starts, ends)
            else:
                found = _between(counts > 0, starts, ends).astype(np.intp)
                for targets in into:
                    reached = np.bincount(targets, minlength=self._words)
                    found += _between(reached, starts, ends) > 0
            totals[row] = found / (len(entity) + ends - starts)
        return totals

    def parts(self, entity: int, span: Span) -> dict[str, float]:
        """Return the links, and the shares of words that have one: of the entity ("covered"), of the span ("pure")."""
        links, sources, targets = self._counts(entity, span)
        return {"links": float(links), "covered": sources / len(self.entities[entity]), "pure": targets / len(span)}

    def dice(self, entity: int, span: Span) -> float:
        _, sources, targets = self._counts(entity, span)
        return (sources + targets) / (len(self.entities[entity]) + len(span))

    def targets_of(self, entity: int) -> list[int]:
        """Return the target words linked to an entity, ascending."""
        place = self.entities[entity]
        return sorted({target for word in range(place.start, place.end) for target in self.by_source.get(word, ())})

    @property
    def _words(self) -> int:
        return self.alignment.target_length

    def _counts(self, entity: int, span: Span) -> tuple[int, int, int]:
        """Return the links, the linked words of the entity and those of the span."""
        place = self.entities[entity]
        links = [(source, target) for source in range(place.start, place.end)
                 for target in self.by_source.get(source, ()) if target in span]  # fmt: skip
        return len(links), len({source for source, _ in links}), len({target for _, target in links})


def _between(values: NDArray, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray:
    """Return the sum of `values` over each span of words."""
    sums = np.concatenate([[0], np.cumsum(values)])
    return sums[ends] - sums[starts]


def certain(entities: Sequence[Entity], words: int) -> LabelProbabilities:
    """Return the probabilities of a recognizer that is sure of its entities: 1 for their tags, 1 for O elsewhere."""
    labels = sorted({entity.label for entity in entities})
    tags = ("O", *(f"{prefix}-{label}" for label in labels for prefix in "BI"))
    matrix = np.zeros((words, len(tags)), np.float32)
    matrix[:, 0] = 1
    for entity in entities:
        column = tags.index(f"B-{entity.label}")
        matrix[entity.span.start : entity.span.end] = 0
        matrix[entity.span.start, column] = 1
        matrix[entity.span.start + 1 : entity.span.end, column + 1] = 1
    return LabelProbabilities(tags, matrix)


def labels_of(probabilities: LabelProbabilities) -> list[str]:
    """Return the labels a recognizer knows, in the order of its tags."""
    return list(dict.fromkeys(tag[2:] for tag in probabilities.tags if tag[:2] in ("B-", "I-")))


def ner_scores(
    probabilities: LabelProbabilities, labels: Sequence[str | None], spans: Spans, alpha: float, least: float
) -> Scores:
    """Score each span by how probable a recognizer finds it as an entity of each of `labels`.

    mean(P(B-l | first word), P(I-l | each further word)), times alpha ** (words - 1) where these tags are
    also the most probable ones, so that the whole name beats its parts. Scores up to `least` become 0. None
    as label takes the best of all labels; a label the recognizer does not know scores 0. It is not bounded by 1.
    """
    known = {label: _label_scores(probabilities, label, spans, alpha) for label in labels_of(probabilities)}
    nothing = np.zeros(len(spans))
    known[None] = np.max([nothing, *known.values()], axis=0)
    scores = np.array([known.get(label, nothing) for label in labels]).reshape(len(labels), len(spans))
    return np.where(scores > least, scores, 0.0)


def _label_scores(probabilities: LabelProbabilities, label: str, spans: Spans, alpha: float) -> Scores:
    matrix, starts, ends = probabilities.matrix.astype(np.float64), spans[:, 0], spans[:, 1]
    if not len(spans):
        return np.zeros(0)
    likeliest = matrix.argmax(axis=1)
    begins, goes_on = (
        (matrix[:, probabilities.tags.index(tag)], likeliest == probabilities.tags.index(tag))
        if tag in probabilities.tags
        else (np.zeros(len(matrix)), np.zeros(len(matrix), bool))
        for tag in (f"B-{label}", f"I-{label}")
    )
    lengths = ends - starts
    mean = (begins[0][starts] + _between(goes_on[0], starts + 1, ends)) / lengths
    is_path = begins[1][starts] & (_between(goes_on[1], starts + 1, ends) == lengths - 1)
    return mean * np.where(is_path, alpha ** (lengths - 1.0), 1.0)


def cosine_scores(similarity: Similarity, entities: Sequence[Span], spans: Spans) -> Scores:
    """Return max(mean over the entity of its best cosine in the span, mean over the span of its best in the entity).

    Means run over sub-words. NaN where entity or span has no sub-word. O(sub-words of the entity * C) each.
    """
    scores = np.full((len(entities), len(spans)), np.nan)
    if not similarity.matrix.size:
        return scores
    columns, first = np.unique(similarity.target_words, return_index=True)
    sizes = np.bincount(similarity.target_words, minlength=similarity.target_length)
    by_start = [(start, np.nonzero(spans[:, 0] == start)[0]) for start in np.unique(spans[:, 0])]
    filled = _between(sizes, spans[:, 0], spans[:, 1])
    for row, entity in enumerate(entities):
        own = similarity.matrix[(similarity.source_words >= entity.start) & (similarity.source_words < entity.end)]
        if not len(own):
            continue
        words = np.full((len(own), similarity.target_length), -np.inf)
        words[:, columns] = np.maximum.reduceat(own, first, axis=1)
        forward = np.empty(len(spans))
        for start, members in by_start:
            ends = spans[members, 1]
            best = np.maximum.accumulate(words[:, start : ends.max()], axis=1).mean(axis=0)
            forward[members] = best[ends - start - 1]
        sums = np.bincount(similarity.target_words, own.max(axis=0), minlength=similarity.target_length)
        backward = _between(sums, spans[:, 0], spans[:, 1]) / np.maximum(filled, 1)
        scores[row] = np.where(filled > 0, np.maximum(forward, backward), np.nan)
    return scores
