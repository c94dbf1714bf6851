"""Find the stage to blame for each mistake of a method, for many sentences at once. `blame` has the definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from projection.evaluation.blame import Blame, Verdict
from projection.evaluation.counterparts import Counterparts, counterparts, keys
from projection.evaluation.errors import Mistake, mistakes
from projection.evaluation.replacing import Replay, run_again, with_links, with_source
from projection.evaluation.verdicts import (
    READS_LINKS,
    Facts,
    before_links,
    of_links,
    of_links_proved,
    of_method,
    source_reason,
)
from projection.types import Alignment, Bitext, Entity, Projection, Sentence

Replacement = Literal["source", "links", "both"]


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence to judge: what the method made of it, and `gold` on the same words of the target.

    `source` are the source entities of gold and `links` gold links, on the words the method saw; None where they are
    not known. Raises ValueError for gold of other words and links of other lengths, SpanError for source entities
    that the source has no room for.
    """

    projection: Projection
    gold: Sentence
    source: tuple[Entity, ...] | None = None
    links: Alignment | None = None

    def __post_init__(self):
        bitext = self.projection.bitext
        if self.gold.words != bitext.target.words:
            raise ValueError(f"gold has {self.gold.words}, the projection is on {bitext.target.words}")
        if self.source is not None:
            object.__setattr__(self, "source", bitext.source.with_entities(self.source).entities)
        lengths = len(bitext.source), len(bitext.target)
        if self.links is not None and (self.links.source_length, self.links.target_length) != lengths:
            given = self.links.source_length, self.links.target_length
            raise ValueError(f"gold links are for {given} words, the projection is on {lengths}")


def blames(
    cases: Sequence[Case], evidence: frozenset[str] = frozenset(), replay: Replay | None = None
) -> list[tuple[Blame, ...]]:
    """Return one Blame for each mistake of each case, mistakes in the order of the words.

    `evidence` is what the method reads (names of protocols.EVIDENCE). `replay` runs the method again: at most three
    times, and only on the sentences with mistakes that it could remove; without it, rules decide. Where it fails on
    a sentence, rules decide there, and the reason says so. Raises Cancelled.
    """
    trials = [_Trial(case, evidence) for case in cases]
    _replace(trials, "source", replay)
    for trial in trials:
        trial.judge_before_links()
    _replace(trials, "links", replay)
    _replace(trials, "both", replay)
    for trial in trials:
        trial.judge_rest()
    return [tuple(trial.blames[mistake] for mistake in trial.mistakes) for trial in trials]


def _replace(trials: Sequence[_Trial], what: Replacement, replay: Replay | None) -> None:
    """Run all sentences again for which a replacement could remove something."""
    if replay is None:
        return
    waiting = [trial for trial in trials if trial.wants(what)]
    again = run_again(replay, [trial.bitext(what) for trial in waiting])
    for trial, result in zip(waiting, again, strict=True):
        trial.take(what, result)


class _Trial:
    """One sentence: its mistakes, and the blames found so far."""

    def __init__(self, case: Case, evidence: frozenset[str]):
        self._case, self._evidence, first = case, evidence, case.projection
        self.mistakes = mistakes(first.entities, case.gold.entities, case.gold.words)
        self.blames: dict[Mistake, Blame] = {}
        self._runs: dict[Replacement, Projection] = {}
        self._problem = ""
        if first.own_entities is not None:
            for mistake in self.mistakes:
                self._blame(mistake, ("target recognition", "The method labels the target itself."))
        source = first.bitext.source if case.source is None else first.bitext.source.with_entities(case.source)
        links = case.links or first.bitext.alignment
        self._pairs = counterparts(source, case.gold, links) if self._open else Counterparts()

    @property
    def _open(self) -> list[Mistake]:
        return [mistake for mistake in self.mistakes if mistake not in self.blames]

    def _blame(self, mistake: Mistake, verdict: Verdict, *, is_proved: bool = False) -> None:
        stage, reason = verdict
        if self._problem and not is_proved:
            reason = (
                f"{reason.removesuffix('.')} (told by rules, as another run failed: {self._problem.removesuffix('.')})."
            )
        self.blames[mistake] = Blame(mistake, stage, "replacement" if is_proved else "rule", reason)

    def wants(self, what: Replacement) -> bool:
        """Whether a replacement changes anything that the method reads, and a mistake is left that it could remove."""
        if not self._open:
            return False
        used = self._case.projection.bitext.source.entities
        is_source = self._case.source is not None and keys(used) != keys(self._case.source)
        is_links = bool(self._evidence & READS_LINKS) and bool(self._pairs.pairs)
        return {"source": is_source, "links": is_links, "both": is_source and is_links}[what]

    def bitext(self, what: Replacement) -> Bitext:
        bitext = self._case.projection.bitext
        if what != "links":
            bitext = with_source(bitext, self._case.source or ())
        return bitext if what == "source" else with_links(bitext, self._pairs, self._case.links)

    def take(self, what: Replacement, result: Projection | str) -> None:
        """Blame the stage that was put right for every mistake that is gone."""
        if isinstance(result, str):
            self._problem = result
            return
        first = self._case.projection
        facts = self._facts(self._runs.get("source", first) if what == "links" else first)
        self._runs[what], found = result, keys(result.entities)
        for mistake in self._open:
            if keys(mistake.gold) <= found and not keys(mistake.predicted) & found:
                self._blame(mistake, _proved(what, mistake, facts), is_proved=True)

    def _facts(self, latest: Projection) -> Facts:
        case = self._case
        return Facts(case.projection, latest, case.gold, case.source, self._pairs, self._evidence)

    def judge_before_links(self) -> None:
        facts = self._facts(self._runs.get("source", self._case.projection))
        for mistake in self._open:
            if verdict := before_links(mistake, facts):
                self._blame(mistake, verdict)

    def judge_rest(self) -> None:
        latest = next((self._runs[what] for what in ("both", "links", "source") if what in self._runs), None)
        facts = self._facts(latest or self._case.projection)
        reads_links = bool(self._evidence & READS_LINKS) and not self._runs.keys() & {"links", "both"}
        for mistake in self._open:
            verdict = of_links(mistake, facts) if reads_links else None
            self._blame(mistake, verdict or of_method(mistake, facts))


def _proved(what: Replacement, mistake: Mistake, facts: Facts) -> Verdict:
    """Name the stage whose replacement has removed a mistake."""
    if what == "links":
        return of_links_proved(mistake, facts)
    missed = [one for gold in mistake.gold if (one := facts.pairs.of_gold(gold)) is not None]
    wrong = [facts.origin(found) for found in mistake.predicted]
    reason = source_reason(missed, wrong, facts)
    if what == "both":
        reason = f"{reason.removesuffix('.')}, and links are wrong too."
    return "source recognition", reason
