"""NER matching: what a recognizer of the target language marks are the candidates ("N" in the paper)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from projection.errors import ConfigurationError
from projection.matching.decisions import ScoredCandidates, decide
from projection.matching.scores import LINK_SCORES, LinkScores
from projection.projectors.matching_settings import (
    CONSTRAINT,
    COUNT,
    SOLVER,
    THRESHOLD,
    TIES,
    check_choice,
    check_matching,
    links_step,
    recognized_step,
    why_missing,
)
from projection.protocols import Option, settings_signature
from projection.types import Bitext, Projection, Step


@dataclass(frozen=True)
class NerMatching:
    """Match entities to the spans that a recognizer of the target language finds, by word links.

    The recognizer says where an entity may be, the source what it is: its labels do not count, as in the
    paper (arXiv 2501.18750), unless `same_label`. `score`, `count`, `constraint`, `solver` and `threshold`
    are those of ngram-matching. An entity the recognizer does not see cannot be placed.
    """

    name: str = "ner-matching"
    score: str = "dice"
    same_label: bool = False
    count: int = 1
    constraint: str = "at most"
    solver: str = "exact"
    threshold: float = 0.0

    requires: ClassVar[frozenset[str]] = frozenset({"alignment", "target_entities"})
    options: ClassVar[tuple[Option, ...]] = (
        Option("score", "dice: share of linked words, 0 to 1. raw: links over words, as published.",
               choices=LINK_SCORES),
        Option("same_label", "Only spans that the recognizer gives the label of the entity."),
        COUNT, CONSTRAINT, SOLVER, THRESHOLD,
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping]] = {
        "default": {},
        "paper": {"score": "raw", "solver": "greedy"},
        "same-label": {"same_label": True},
    }

    def __post_init__(self):
        check_choice(self, "score", LINK_SCORES)
        check_matching(self)

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        return [self._project(bitext) for bitext in bitexts]

    def _project(self, bitext: Bitext) -> Projection:
        if bitext.alignment is None:
            raise ConfigurationError(f"{self.name} needs word links: choose an aligner or give links.")
        if bitext.target_entities is None:
            raise ConfigurationError(f"{self.name} needs a target recognizer (--target-recognizer).")
        entities, seen = bitext.source.entities, sorted(bitext.target_entities, key=lambda entity: entity.span)
        spans = np.array([(entity.span.start, entity.span.end) for entity in seen], np.intp).reshape(-1, 2)
        links = LinkScores(bitext.alignment, [entity.span for entity in entities])
        ruled_out = {
            (row, column): f"The recognizer says {there.label}"
            for row, entity in enumerate(entities)
            for column, there in enumerate(seen)
            if self.same_label and there.label != entity.label
        }

        def parts(entity: int, candidate: int) -> dict[str, float]:
            found = seen[candidate].score
            return {**links.parts(entity, seen[candidate].span), **({} if found is None else {"recognizer": found})}

        def steps() -> Iterator[Step]:
            yield recognized_step(bitext)
            yield links_step(bitext, links.by_source)

        totals = links.totals(spans, self.score)
        return decide(
            bitext,
            ScoredCandidates(spans, totals, parts, "recognized", ruled_out),
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            per_entity=self.count,
            constraint=self.constraint,
            threshold=self.threshold,
            ties=TIES[self.score],
            missing=lambda entity: why_missing(links, entity) if seen else "The recognizer finds nothing in the target",
            confidence=lambda entity, candidate: links.dice(entity, seen[candidate].span),
            steps=steps,
        )
