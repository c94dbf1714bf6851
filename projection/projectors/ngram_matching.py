"""N-gram matching, the method of the paper: every span of target words against every entity, by word links.

An integer program chooses (arXiv 2501.18750, equations 1 to 3, and the thesis that followed it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

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
    check_range,
    links_step,
    why_missing,
)
from projection.projectors.ngram_candidates import NgramCandidates
from projection.protocols import Option, settings_signature
from projection.types import Bitext, Projection, Step


@dataclass(frozen=True)
class NgramMatching:
    """Match entities to spans of target words by the links between them.

    Candidates are all spans of up to `longest` words (`longest_unsegmented` in scripts without spaces, where
    words may be single characters; 0: any length) without a word of `stop` (separated by spaces). `score`
    is "dice", in [0, 1], or "raw", as published and not bounded: see LinkScores. The solver places each
    entity "at most", "exactly" or "at least" (`constraint`) `count` times and counts what a score is
    above `threshold`. Of equal spans it takes the leftmost, then the shorter, by the raw score, as published;
    by dice the longer, as more of its words are linked.
    """

    name: str = "ngram-matching"
    score: str = "dice"
    longest: int = 0
    longest_unsegmented: int = 0
    stop: str = "! ? ！ ？ ؟"
    count: int = 1
    constraint: str = "at most"
    solver: str = "exact"
    threshold: float = 0.2

    requires: ClassVar[frozenset[str]] = frozenset({"alignment"})
    options: ClassVar[tuple[Option, ...]] = (
        Option("score", "dice: share of linked words, 0 to 1. raw: links over words, as published.",
               choices=LINK_SCORES),
        Option("longest", "Longest span in words; 0 for any.", minimum=0, maximum=100, step=1),
        Option("longest_unsegmented", "The same for scripts without spaces (Chinese, Japanese, Thai, ...).", minimum=0,
               maximum=200, step=1),
        Option("stop", "Words no span may contain, separated by spaces."),
        COUNT, CONSTRAINT, SOLVER, THRESHOLD,
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping]] = {
        "default": {},
        "paper": {"score": "raw", "longest_unsegmented": 30, "stop": "! ?", "solver": "greedy", "threshold": 0.0},
        "thesis": {"score": "raw", "longest": 10, "longest_unsegmented": 10, "stop": "! ?", "threshold": 0.0},
    }

    def __post_init__(self):
        check_choice(self, "score", LINK_SCORES)
        check_range(self, "longest", 0)
        check_range(self, "longest_unsegmented", 0)
        check_matching(self)

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        return [self._project(bitext) for bitext in bitexts]

    def _project(self, bitext: Bitext) -> Projection:
        if bitext.alignment is None:
            raise ConfigurationError(f"{self.name} needs word links: choose an aligner or give links.")
        found = NgramCandidates.of(bitext, self.longest, self.longest_unsegmented, self.stop)
        links = LinkScores(bitext.alignment, [entity.span for entity in bitext.source.entities])
        scored = ScoredCandidates(
            found.spans,
            links.totals(found.spans, self.score),
            lambda entity, candidate: links.parts(entity, found.span(candidate)),
            "n-gram",
        )

        def steps() -> Iterator[Step]:
            yield links_step(bitext, links.by_source)
            yield Step("Spans of words", found.note)

        return decide(
            bitext,
            scored,
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            per_entity=self.count,
            constraint=self.constraint,
            threshold=self.threshold,
            ties=TIES[self.score],
            missing=lambda entity: why_missing(links, entity),
            confidence=lambda entity, candidate: links.dice(entity, found.span(candidate)),
            warnings=found.warnings,
            steps=steps,
        )
