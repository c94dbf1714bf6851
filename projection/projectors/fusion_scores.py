"""The scores that fusion-matching adds up, for one pair: what each says, on one scale, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from projection.matching.pruning import Choice
from projection.matching.scores import LinkScores, certain, cosine_scores, ner_scores
from projection.projectors.matching_settings import links_step, recognized_step
from projection.projectors.ngram_candidates import NgramCandidates
from projection.types import Bitext, LabelProbabilities, Step

NER_LEAST = 0.05
TRANSLATION_LEAST = 0.1
"""Scores up to these count as 0, as in the thesis."""


@dataclass(eq=False)
class FusedScores:
    """Raw scores (E, C) by name, NaN where there is none, and `scales` (E,) that bring each to 0 to 1.

    A score is divided by the greatest value it takes for the entity where that is above 1, a cosine by the
    greatest it could take; negative ones count as 0. `left_out` gives the reason for each score that has a
    weight and is not there.
    """

    bitext: Bitext
    found: NgramCandidates
    links: LinkScores
    weights: Mapping[str, float]
    normalised: bool
    left_out: Mapping[str, str]
    raw: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    scales: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, raw: NDArray[np.float64], greatest: float | None = None) -> None:
        """Keep a score; `greatest` is the most it can be, None when it has no bound."""
        self.raw[name] = raw
        if greatest is not None:
            self.scales[name] = np.full(len(raw), greatest)
        else:
            self.scales[name] = np.fmax.reduce(raw, axis=1, initial=1.0)

    def add_links(self, kind: str) -> None:
        self.add("alignment", self.links.totals(self.found.spans, kind))

    def add_ner(self, own_label: bool, alpha: float) -> None:
        probabilities = self.probabilities
        labels = [entity.label if own_label else None for entity in self.bitext.source.entities]
        self.add("ner", ner_scores(probabilities, labels, self.found.spans, alpha, NER_LEAST))
        unknown = sorted({label for label in labels if label and f"B-{label}" not in probabilities.tags})
        if self.bitext.target_probabilities is None:
            self.notes.append("the recognizer tells no probabilities, so what it marks counts as certain")
        elif unknown:
            self.notes.append(f"the recognizer does not know {', '.join(unknown)}")

    def add_cosines(self, floor: float) -> None:
        cosines = cosine_scores(self.bitext.similarity, self.links.entities, self.found.spans)
        self.add("embedding", cosines - floor, 1 - floor)

    @property
    def probabilities(self) -> LabelProbabilities:
        """Those of the recognizer; where it tells none, its entities are certain."""
        known = self.bitext.target_probabilities
        return known if known is not None else certain(self.bitext.target_entities or (), len(self.bitext.target))

    def totals(self, names: Iterable[str] | None = None) -> NDArray[np.float64]:
        """Return the weighted sum (E, C) of the scores of these names (None: all).

        Normalised scores are added as a weighted mean, in [0, 1].
        """
        used = [name for name in (self.raw if names is None else names) if name in self.raw]
        totals = np.zeros((len(self.links.entities), len(self.found.spans)))
        for name in used:
            values = np.nan_to_num(self.raw[name], nan=0.0)
            if self.normalised:
                values = np.maximum(values, 0) / self.scales[name][:, None]
            totals += self.weights[name] * values
        weight = sum(self.weights[name] for name in used)
        return totals / weight if self.normalised and weight else totals

    def confidence(self, entity: int, candidate: int) -> float:
        """Return the weighted mean of the normalised scores of one pair, in [0, 1]."""
        weight = sum(self.weights[name] for name in self.raw)
        return sum(self.weights[name] * self._normal(name, (entity, candidate)) for name in self.raw) / weight

    def parts(self, entity: int, candidate: int) -> dict[str, float]:
        """Return each score of one pair, normalised and raw; one that was not computed for it is missing."""
        pair, parts = (entity, candidate), {}
        for name, raw in self.raw.items():
            if not np.isnan(raw[pair]):
                parts |= {name: self._normal(name, pair), f"{name} (raw)": float(raw[pair])}
        return parts

    def _normal(self, name: str, pair: Choice) -> float:
        value = float(self.raw[name][pair] / self.scales[name][pair[0]])
        return 0.0 if np.isnan(value) else max(value, 0.0)

    def most_promising(self, per_entity: int) -> list[Choice]:
        """Return the pairs worth a translation score: the `per_entity` (0: all) best of each entity by the others.

        Pairs without any other evidence are left out. Where no other score has a weight, links decide.
        """
        others = self.totals() if self.raw else self.links.totals(self.found.spans, "dice")
        pairs: list[Choice] = []
        for entity, scores in enumerate(others):
            best = np.argsort(-scores, kind="stable")[: per_entity or None]
            pairs += [(entity, int(candidate)) for candidate in best if scores[candidate] > 0]
        return pairs

    def add_translation(self, scores: Mapping[Choice, float]) -> None:
        raw = np.full((len(self.links.entities), len(self.found.spans)), np.nan)
        for pair, score in scores.items():
            raw[pair] = score if score > TRANSLATION_LEAST else 0.0
        self.add("translation", raw)
        self.notes.append(f"translation scores for {len(scores)} of {raw.size} pairs, the best by the other scores")

    def steps(self) -> Iterator[Step]:
        """Yield what was read, score by score, and how it is added up."""
        yield links_step(self.bitext, self.links.by_source)
        if "ner" in self.raw:
            yield recognized_step(self.bitext)
        rows = [
            (name, weight, self.left_out.get(name, "used"), self._most(name))
            for name, weight in self.weights.items()
            if weight
        ]
        how = "weighted mean of scores between 0 and 1" if self.normalised else "weighted sum of the scores as they are"
        note = "; ".join([f"{self.found.note.rstrip('.')}; {how}", *self.notes])
        yield Step("Scores", f"{note}.", columns=("score", "weight", "state", "greatest raw value"), rows=tuple(rows))

    def _most(self, name: str) -> float | None:
        if name not in self.raw or not self.raw[name].size or np.isnan(self.raw[name]).all():
            return None
        return float(np.nanmax(self.raw[name]))
