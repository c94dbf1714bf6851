"""How doubtful the labels of one sentence are, and why.

total = 1 - product over the kinds of signals of (1 - the strongest of the kind, at most SURE): no signal makes another
smaller, several weak ones mean more than one of them, and none alone is a proof. With s a score in [0, 1], e a source
entity and t the span it was put on:

- score: 1 - s(e, t), of the best span of e.
- close call: max over the other candidates u of e of (1 - (s(t) - s(u)) / (CLOSE * s(t))) * (1 - |t & u| / |t | u|),
  the first factor cut to [0, 1]. Candidates that share words with t dispute only the words at its borders, so they
  count by what they do not share; one that is already labelled alike disputes nothing.
- methods: the mean of 1 - F1 over all pairs of methods on this text, see `evaluation.agreement`.
- missing: 1 - s of the best candidate of an entity without a place, 1 where it has none.
- count: |n - m| / max(n, m) for n entities of a label in the source and m in the target; missing ones are not
  counted again.
- model: the probability of what a recognizer of the target language says, where that is another label or an entity
  that is not there; 1/2 where it does not say how sure it is, as then one voice stands against one.
- unlinked: the share of the words of e and t (signs left out) without a link to the other.
- weak links: 1 - the mean, over the linked words of e and t, of the best link each has to the other.

A signal is there only where its source is: a second method, a recognizer, links, scores in [0, 1]. What a person
has decided is not doubtful. Nothing here is fitted to a corpus; bench/doubt.py measures what each signal finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

from projection.pipeline import Outcome
from projection.triage import signals
from projection.triage.signals import Reason, Sight
from projection.types import Entity

SURE = 0.99
NOTICED = 0.1
"""A signal under this is no reason to look."""

KINDS = MappingProxyType(
    {
        "missing": "entity missing",
        "close": "close call",
        "methods": "methods differ",
        "model": "label conflict",
        "count": "counts differ",
        "score": "low score",
        "unlinked": "words without link",
        "weak": "weak links",
        "failed": "no result",
    }
)
"""The kinds of reasons, and what they are called in lists."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """`total` in [0, 1], not less than any of the `reasons` (up to SURE); strongest first, none if all is quiet."""

    total: float
    reasons: tuple[Reason, ...] = ()


def doubt_about(outcome: Outcome, method: str, entities: Sequence[Entity] | None = None) -> Doubt:
    """Return how doubtful the result of `method` on this sentence is.

    `entities` are the labels that count where a person has decided some of them (None: those of the method).
    """
    projection = outcome.projections.get(method)
    if projection is None:
        return Doubt(1.0, (Reason("failed", 1.0, _why_none(outcome, method), "no result", "bad"),))
    sight = Sight.of(outcome, projection, entities)
    found = [reason for signal in signals.ALL for reason in signal(sight)]
    reasons = sorted((reason for reason in found if reason.value >= NOTICED), key=lambda reason: -reason.value)
    strongest: dict[str, float] = {}
    for reason in found:
        strongest[reason.kind] = max(min(reason.value, SURE), strongest.get(reason.kind, 0.0))
    return Doubt(1 - prod(1 - value for value in strongest.values()), tuple(reasons))


def _why_none(outcome: Outcome, method: str) -> str:
    if method in outcome.method_errors:
        return outcome.method_errors[method]
    return str(outcome.error) if outcome.error else "This method was not run."
