"""The word-alignment heuristic: linked target words form runs, near runs merge, the longest are kept.

García-Ferrero et al. (2022) as re-stated by the paper (arXiv 2501.18750), with the faults of the
published implementations corrected: runs come from a mask (no order effects), the longest runs are
kept (not the shortest), a gap that belongs to another entity is not swallowed, and collisions are won
by the longer span whatever the source order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from projection.errors import ConfigurationError
from projection.matching.decisions import ScoredCandidates, decide, without_zero
from projection.protocols import Option, settings_signature
from projection.types import Alignment, Bitext, Entity, Projection, Span


@dataclass(frozen=True)
class Heuristic:
    """Project along word links.

    For each entity: the target words linked to it form maximal runs; neighbouring runs merge when at
    most `gap` words lie between them (never across a word linked to another entity when `guard`, nor,
    with `only_i`, into a run that starts at a link of the entity's first word); a run must be longer
    than `ratio` times the entity (0: no limit); the `keep` longest stay (0: all). A word carries one
    entity: longer spans win, then more linked words, then source order. Total = words + the share of
    linked words, so that the solver sees exactly this order; "exact" maximises the sum of totals.
    """

    name: str = "heuristic"
    gap: int = 2
    ratio: float = 0.0
    keep: int = 1
    guard: bool = True
    only_i: bool = False
    drop_punctuation: bool = False
    solver: str = "greedy"

    requires: ClassVar[frozenset[str]] = frozenset({"alignment"})
    options: ClassVar[tuple[Option, ...]] = (
        Option("gap", "Most words between two runs that are merged.", minimum=0, maximum=10, step=1),
        Option("ratio", "A run must be longer than this share of the entity; 0 for no limit.", minimum=0.0,
               maximum=2.0, step=0.1),
        Option("keep", "How many of the longest runs are kept; 0 for all.", minimum=0, maximum=10, step=1),
        Option("guard", "Do not merge across a word linked to another entity."),
        Option("only_i", "Do not merge a run that starts at a link of the entity's first word."),
        Option("drop_punctuation", "Ignore links to punctuation."),
        Option("solver", "Longest span first, or most words in all.", choices=("greedy", "exact")),
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping]] = {
        "default": {},
        "paper": {"gap": 1, "ratio": 0.8, "keep": 0, "guard": False},
        "original": {"gap": 1, "drop_punctuation": True, "guard": False},
    }

    def __post_init__(self):
        for option in ("gap", "ratio", "keep"):
            if getattr(self, option) < 0:
                raise ConfigurationError(f"heuristic: {option} must not be negative, but is {getattr(self, option)}.")

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        return [self._project(bitext) for bitext in bitexts]

    def _project(self, bitext: Bitext) -> Projection:
        if bitext.alignment is None:
            raise ConfigurationError("heuristic needs word links: choose an aligner or give links.")
        entities = bitext.source.entities
        found = [self._runs(bitext, entities, index) for index in range(len(entities))]
        scored = self._score(found, [len(entity.span) for entity in entities])
        return decide(
            bitext,
            scored,
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            per_entity=self.keep,
            confidence=lambda entity, candidate: scored.parts(entity, candidate)["link score"],
        )

    def _runs(self, bitext: Bitext, entities: Sequence[Entity], index: int) -> list[_Run]:
        """Return the merged runs of one entity, left to right."""
        span, alignment = entities[index].span, bitext.alignment
        linked = _linked(bitext, span, self.drop_punctuation)
        first = _linked(bitext, Span(span.start, span.start + 1), self.drop_punctuation)
        foreign = (
            set().union(*(alignment.targets_of(other.span) for number, other in enumerate(entities) if number != index))
            - linked
        )
        runs: list[_Run] = []
        for start, end in _maximal(linked):
            run = _Run(start, end, end - start, _strength(alignment, span, range(start, end)))
            if runs and self._merges(runs[-1], run, first, foreign):
                runs[-1] = replace(runs[-1], end=end, linked=runs[-1].linked + run.linked,
                                   strength=runs[-1].strength + run.strength)  # fmt: skip
            else:
                runs.append(run)
        return runs

    def _merges(self, left: _Run, right: _Run, first: set[int], foreign: set[int]) -> bool:
        if right.start - left.end > self.gap or (self.only_i and right.start in first):
            return False
        return not (self.guard and foreign.intersection(range(left.end, right.start)))

    def _score(self, found: list[list[_Run]], lengths: list[int]) -> ScoredCandidates:
        spans = sorted({(run.start, run.end) for runs in found for run in runs})
        column = {span: number for number, span in enumerate(spans)}
        totals = np.full((len(found), len(spans)), np.nan)
        runs_at: dict[tuple[int, int], _Run] = {}
        ruled_out: dict[tuple[int, int], str] = {}
        for entity, runs in enumerate(found):
            passing = []
            for run in runs:
                pair = entity, column[run.start, run.end]
                totals[pair] = len(run) + run.linked / (len(run) + 1)
                runs_at[pair] = run
                if self.ratio and not len(run) / lengths[entity] > self.ratio:
                    ruled_out[pair] = f"Not longer than {without_zero(self.ratio)} of the entity"
                else:
                    passing.append(pair)
            passing.sort(key=lambda pair: (-totals[pair], spans[pair[1]]))
            for pair in passing[self.keep or len(passing) :]:
                ruled_out[pair] = (
                    "Shorter than the longest run" if self.keep == 1 else f"Not among the {self.keep} longest"
                )

        def parts(entity: int, candidate: int) -> dict[str, float]:
            run = runs_at[entity, candidate]
            return {"words": float(len(run)), "linked": float(run.linked), "ratio": len(run) / lengths[entity],
                    "link score": run.strength / run.linked}  # fmt: skip

        array = np.array(spans, dtype=np.intp).reshape(-1, 2)
        return ScoredCandidates(array, totals, parts, "aligned run", ruled_out)


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    linked: int
    strength: float

    def __len__(self) -> int:
        return self.end - self.start


def _linked(bitext: Bitext, span: Span, drop_punctuation: bool) -> set[int]:
    words = set(bitext.alignment.targets_of(span))
    if drop_punctuation:
        words = {word for word in words if any(map(str.isalnum, bitext.target.tokens[word].text))}
    return words


def _maximal(words: set[int]) -> list[tuple[int, int]]:
    """Return the maximal stretches of consecutive numbers as half-open pairs."""
    stretches: list[tuple[int, int]] = []
    for word in sorted(words):
        if stretches and stretches[-1][1] == word:
            stretches[-1] = (stretches[-1][0], word + 1)
        else:
            stretches.append((word, word + 1))
    return stretches


def _strength(alignment: Alignment, span: Span, words: range) -> float:
    """Sum over `words` of the best link score from the entity."""
    best = dict.fromkeys(words, 0.0)
    for source, target in alignment.links:
        if source in span and target in best:
            best[target] = max(best[target], alignment.scores.get((source, target), 1.0))
    return sum(best.values())
