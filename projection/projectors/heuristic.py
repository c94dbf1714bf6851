"""The word-alignment heuristic: linked target words form runs, near runs merge, the longest are kept.

García-Ferrero et al. (2022) as re-stated by the paper (arXiv 2501.18750), with the faults of the
published implementations corrected: runs come from a mask (no order effects), the longest runs are
kept (not the shortest), a gap that belongs to another entity is not swallowed, and collisions are won
by the longer span whatever the source order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from projection.errors import ConfigurationError
from projection.matching.decisions import ScoredCandidates, decide, without_zero
from projection.matching.solvers import check_solver
from projection.projectors.matching_settings import links_step
from projection.protocols import Option, settings_signature
from projection.types import Bitext, Projection, Span, Step


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
            if not getattr(self, option) >= 0:  # NaN is neither
                raise ConfigurationError(f"heuristic: {option} must not be negative, but is {getattr(self, option)}.")
        check_solver(self.name, self.solver)

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        return [self._project(bitext) for bitext in bitexts]

    def _project(self, bitext: Bitext) -> Projection:
        if bitext.alignment is None:
            raise ConfigurationError("heuristic needs word links: choose an aligner or give links.")
        entities = bitext.source.entities
        links = _links_by_source(bitext, self.drop_punctuation)
        linked = [_best_scores(links, entity.span) for entity in entities]
        owners = Counter(word for scores in linked for word in scores)
        found = [
            self._runs(scores, set(links.get(entity.span.start, ())), owners)
            for entity, scores in zip(entities, linked, strict=True)
        ]
        scored = self._score(found, [len(entity.span) for entity in entities])
        return decide(
            bitext,
            scored,
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            per_entity=self.keep,
            confidence=lambda entity, candidate: scored.parts(entity, candidate)["link score"],
            steps=lambda: self._steps(bitext, links, linked, found, scored),
        )

    def _runs(self, scores: Mapping[int, float], first: set[int], owners: Mapping[int, int]) -> list[_Run]:
        """Return the merged runs of one entity, left to right.

        `scores` are its linked target words, `first` those of its first word; `owners` counts the
        entities each target word is linked to, so that a gap word with an owner is another's.
        """
        runs: list[_Run] = []
        for start, end in _maximal(scores):
            run = _Run(start, end, end - start, sum(scores[word] for word in range(start, end)))
            if runs and self._merges(runs[-1], run, first, owners):
                runs[-1] = replace(runs[-1], end=end, linked=runs[-1].linked + run.linked,
                                   strength=runs[-1].strength + run.strength)  # fmt: skip
            else:
                runs.append(run)
        return runs

    def _merges(self, left: _Run, right: _Run, first: set[int], owners: Mapping[int, int]) -> bool:
        if right.start - left.end > self.gap or (self.only_i and right.start in first):
            return False
        return not (self.guard and any(word in owners for word in range(left.end, right.start)))

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

    def _steps(
        self,
        bitext: Bitext,
        links: Mapping[int, Mapping[int, float]],
        linked: Sequence[Mapping[int, float]],
        found: Sequence[Sequence[_Run]],
        scored: ScoredCandidates,
    ) -> Iterator[Step]:
        """Yield links, runs before and after merging, and what the filters left."""
        dropped = "Links to punctuation are ignored." if self.drop_punctuation else ""
        yield links_step(bitext, links, dropped)
        target, names = bitext.target, [f"{bitext.source.text_of(e.span)} {e.label}" for e in bitext.source.entities]
        yield Step(
            "Runs of linked words",
            f"Runs with up to {self.gap} other words between them are merged"
            f"{', but not across a word linked to another entity' if self.guard else ''}"
            f"{', nor before a link of the first word' if self.only_i else ''}.",
            columns=("entity", "runs", "after merging"),
            rows=tuple(
                (name, " | ".join(target.text_of(Span(*stretch)) for stretch in _maximal(scores)) or None,
                 " | ".join(target.text_of(Span(run.start, run.end)) for run in runs) or None)
                for name, scores, runs in zip(names, linked, found, strict=True)
            ),
        )  # fmt: skip
        if not scored.ruled_out:
            return
        ratio = f"longer than {without_zero(self.ratio)} of the entity" if self.ratio else ""
        keep = f"the {self.keep} longest" if self.keep else ""
        yield Step(
            "Runs left out",
            f"Kept are {' and '.join(filter(None, (ratio, keep)))}.",
            columns=("entity", "run", "why"),
            rows=tuple(
                (names[entity], target.text_of(Span(*map(int, scored.spans[candidate]))), reason)
                for (entity, candidate), reason in scored.ruled_out.items()
            ),
        )


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    linked: int
    strength: float

    def __len__(self) -> int:
        return self.end - self.start


def _links_by_source(bitext: Bitext, drop_punctuation: bool) -> dict[int, dict[int, float]]:
    """Return the linked target words of each source word, with their scores."""
    words, links = bitext.target.words, defaultdict(dict)
    for source, target in bitext.alignment.links:
        if not drop_punctuation or any(map(str.isalnum, words[target])):
            links[source][target] = bitext.alignment.scores.get((source, target), 1.0)
    return links


def _best_scores(links: Mapping[int, Mapping[int, float]], span: Span) -> dict[int, float]:
    """Return the target words linked to `span`, each with its best link."""
    best: dict[int, float] = {}
    for source in range(span.start, span.end):
        for target, score in links.get(source, {}).items():
            best[target] = max(score, best.get(target, 0.0))
    return best


def _maximal(words: Iterable[int]) -> list[tuple[int, int]]:
    """Return the maximal stretches of consecutive numbers as half-open pairs."""
    stretches: list[tuple[int, int]] = []
    for word in sorted(words):
        if stretches and stretches[-1][1] == word:
            stretches[-1] = (stretches[-1][0], word + 1)
        else:
            stretches.append((word, word + 1))
    return stretches
