"""Soft span matching: every span of target words against every entity, by the alignment mass they share.

A continuous form of the paper's alignment score: no gap rule, no length threshold, nothing to set
per language. See `SpanMatching` for the formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from projection.alignment.posterior import hard_links, soft_links
from projection.errors import ConfigurationError
from projection.matching.candidates import ngrams
from projection.matching.decisions import ScoredCandidates, decide
from projection.matching.solvers import check_solver
from projection.protocols import Option, settings_signature
from projection.types import Bitext, Projection, Span, Step

SHOWN_WORDS = 3
"""Target words shown for each entity in the steps."""


@dataclass(frozen=True)
class SpanMatching:
    """Match entities to target spans by the Dice coefficient of soft alignment mass.

    With P from `soft_links`, entity e = [s, e) and span t = [a, b):
    covered = mass(e, t) / mass(e, all), pure = mass(t, e) / mass(t, all), and their harmonic mean
    2 * mass(e, t) / (mass(e) + mass(t)) is the score, in [0, 1]: high only if the entity's mass lands
    in the span and the span's mass comes from the entity. All spans are candidates; prefix sums make
    each one O(1). Where only links are known (given or corrected by hand), P is their scores.
    """

    name: str = "span-matching"
    threshold: float = 0.2
    temperature: float = 0.03
    longest: int = 0
    solver: str = "greedy"
    max_candidates: int = 100_000

    requires: ClassVar[frozenset[str]] = frozenset({"similarity"})
    options: ClassVar[tuple[Option, ...]] = (
        Option("threshold", "A span needs a score above this.", minimum=0.0, maximum=1.0, step=0.05),
        Option("temperature", "Lower: only the best links count. Higher: mass spreads.", minimum=0.005, maximum=0.2,
               step=0.005),
        Option("longest", "Longest span in words; 0 for any.", minimum=0, maximum=100, step=1),
        Option("solver", "Take the best pair first, or maximise the sum.", choices=("greedy", "exact")),
        Option("max_candidates", "Most spans looked at in one sentence; a cut is reported.", minimum=1,
               maximum=5_000_000, step=1000),
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping]] = {"default": {}, "exact": {"solver": "exact"}}

    def __post_init__(self):
        if not 0 < self.temperature < inf:
            raise ConfigurationError(f"span-matching: temperature must be a number above 0, not {self.temperature}.")
        if not 0 <= self.threshold <= 1:
            raise ConfigurationError(f"span-matching: threshold must be between 0 and 1, not {self.threshold}.")
        for setting, least in (("longest", 0), ("max_candidates", 1)):
            if getattr(self, setting) < least:
                raise ConfigurationError(
                    f"span-matching: {setting} must be at least {least}, not {getattr(self, setting)}."
                )
        check_solver(self.name, self.solver)

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        return [self._project(bitext) for bitext in bitexts]

    def _project(self, bitext: Bitext) -> Projection:
        words = len(bitext.target)
        spans, longest = ngrams(words, longest=self.longest, limit=self.max_candidates)
        warnings = ()
        if longest < min(self.longest or words, words):
            warnings = (
                f"The sentence has {words} words: only spans of up to {longest} words were looked at, to stay within "
                f"{self.max_candidates} candidates (option max_candidates).",
            )
        links = _links(bitext, self.temperature)
        entities = [entity.span for entity in bitext.source.entities]
        scored = score_spans(links, entities, spans)
        return decide(
            bitext,
            scored,
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            threshold=self.threshold,
            missing=lambda entity: "No word of the entity is linked",
            warnings=warnings,
            steps=lambda: [_mass_step(bitext, links, self.temperature)],
        )


def _links(bitext: Bitext, temperature: float) -> NDArray[np.float64]:
    if bitext.similarity is not None:
        return soft_links(bitext.similarity, temperature)
    if bitext.alignment is not None:
        return hard_links(bitext.alignment)
    raise ConfigurationError("span-matching needs an alignment: choose an aligner or give links.")


def _mass_step(bitext: Bitext, links: NDArray[np.float64], temperature: float) -> Step:
    """Show where the alignment mass of each entity lands."""
    rows = []
    for entity in bitext.source.entities:
        mass = links[entity.span.start : entity.span.end].sum(axis=0)
        name, whole = f"{bitext.source.text_of(entity.span)} {entity.label}", float(mass.sum())
        best = [int(word) for word in np.argsort(-mass, kind="stable")[:SHOWN_WORDS] if mass[word] > 0]
        rows += [
            (name, bitext.target.words[word], word, float(mass[word]), _share(float(mass[word]), whole))
            for word in best
        ]
    kind = f"softmax at temperature {temperature:g}" if bitext.similarity is not None else "the links given"
    return Step(
        "Where the mass of each entity lands",
        f"The {SHOWN_WORDS} target words with most alignment mass, {kind}.",
        columns=("entity", "target word", "number", "mass", "share"),
        rows=tuple(rows),
    )


def score_spans(links: NDArray[np.float64], entities: Sequence[Span], spans: NDArray[np.intp]) -> ScoredCandidates:
    """Score all `spans` (C, 2) for all `entities` by shared mass of `links` (source words, target words)."""
    starts, ends = spans[:, 0], spans[:, 1]
    sums = np.zeros((len(entities) + 1, links.shape[1] + 1))
    for index, entity in enumerate(entities):
        np.cumsum(links[entity.start : entity.end].sum(axis=0), out=sums[index, 1:])
    np.cumsum(links.sum(axis=0), out=sums[-1, 1:])
    shared = sums[:-1, ends] - sums[:-1, starts]
    of_span = sums[-1, ends] - sums[-1, starts]
    of_entity = sums[:-1, -1:]
    whole = of_entity + of_span
    totals = np.divide(2 * shared, whole, out=np.zeros_like(shared), where=whole > 1e-12)
    np.clip(totals, 0, 1, out=totals)  # differences of sums are exact to rounding only

    def parts(entity: int, candidate: int) -> dict[str, float]:
        start, end = spans[candidate]
        mass, span_mass = (float(row[end] - row[start]) for row in (sums[entity], sums[-1]))
        return {"covered": _share(mass, float(sums[entity, -1])), "pure": _share(mass, span_mass)}

    return ScoredCandidates(spans, totals, parts, "n-gram")


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0) if whole > 1e-12 else 0.0
