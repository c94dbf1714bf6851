"""The signals of doubt, one function each: from what is known of a sentence to reasons. `doubt` has the equations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from projection.evaluation.agreement import differing_words, disagreement
from projection.matching.decisions import without_zero
from projection.pipeline import Outcome
from projection.types import Alignment, Decision, Entity, Match, Projection, Sentence, Span

CLOSE = 0.1
"""Candidates this share of the best score apart are no close call any more."""
RIVALS = 20
"""Candidates looked at for each entity, best first; those after them are further away."""
ONE_AGAINST_ONE = 0.5
USUAL_LABELS = frozenset({"PER", "ORG", "LOC", "MISC"})
"""What a recognizer that does not list its labels is taken to know."""
AUTOMATIC = frozenset({"projected", "model"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that makes a sentence doubtful.

    `kind` is a key of doubt.KINDS, `value` in [0, 1], `text` a short sentence for the user and `pill` its shortest
    form; `tone` is "", "warn" or "bad". `span` are the words of the target it is about, if it is about some.
    """

    kind: str
    value: float
    text: str
    pill: str
    tone: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What the signals look at: the `entities` that count, and the `matches` of source entities still among them."""

    outcome: Outcome
    projection: Projection
    entities: tuple[Entity, ...]
    matches: Mapping[int, tuple[Match, ...]]

    @classmethod
    def of(cls, outcome: Outcome, projection: Projection, entities: Sequence[Entity] | None) -> Sight:
        counting = tuple(projection.entities if entities is None else entities)
        automatic = {(entity.span, entity.label) for entity in counting if entity.origin in AUTOMATIC}
        placed: dict[int, tuple[Match, ...]] = {}
        for match in projection.matches:
            label = projection.bitext.source.entities[match.entity_index].label
            if (match.span, label) in automatic:
                placed[match.entity_index] = (*placed.get(match.entity_index, ()), match)
        return cls(outcome, projection, counting, placed)

    @property
    def source(self) -> Sentence:
        return self.projection.bitext.source

    @property
    def target(self) -> Sentence:
        return self.projection.bitext.target

    @property
    def alignment(self) -> Alignment | None:
        return self.projection.bitext.alignment or self.outcome.alignment

    def name(self, index: int) -> str:
        return shortened(self.source.text_of(self.source.entities[index].span))


def shortened(text: str, longest: int = 28) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def low_score(sight: Sight) -> Iterator[Reason]:
    for index, matches in sight.matches.items():
        best = max(matches, key=lambda match: match.score)
        if 0 <= best.score <= 1:
            said = f"{sight.name(index)} scores {without_zero(best.score)}"
            yield Reason("score", 1 - best.score, said, said, "", best.span)
    if sight.projection.own_entities is not None:
        for entity in sight.entities:
            if entity.origin in AUTOMATIC and entity.score is not None and 0 <= entity.score <= 1:
                said = f"{shortened(sight.target.text_of(entity.span))} scores {without_zero(entity.score)}"
                yield Reason("score", 1 - entity.score, said, said, "", entity.span)


def close_call(sight: Sight) -> Iterator[Reason]:
    labelled = {(entity.span, entity.label) for entity in sight.entities}
    for index, matches in sight.matches.items():
        label = sight.source.entities[index].label
        listed = decisions_about(sight.projection, index, RIVALS)
        own = {match.span for match in matches}
        best = max((item.score for item in listed if item.candidate.span in own), default=0.0)
        rivals = [item for item in listed if item.score > 0 and (item.candidate.span, label) not in labelled]
        if best <= 0 or not rivals:
            continue
        value, rival = max(
            ((_closeness(best, item.score) * _unshared(item.candidate.span, own), item) for item in rivals),
            key=lambda pair: pair[0],
        )
        apart = best - rival.score
        said = f"Close call: first two candidates {without_zero(abs(apart))} apart"
        if apart < 0:
            said = f"Another candidate scores {without_zero(-apart)} more"
        yield Reason("close", value, said, f"close call {without_zero(abs(apart))}", "warn", matches[0].span)


def _closeness(best: float, other: float) -> float:
    return min(1.0, max(0.0, 1 - (best - other) / (CLOSE * best)))


def _unshared(span: Span, own: set[Span]) -> float:
    """Return 1 - intersection / union with the most similar of `own`."""
    shared = ((span.shared(one), one) for one in own)
    return 1 - max(common / (len(span) + len(one) - common) for common, one in shared)


def decisions_about(projection: Projection, entity: int, limit: int) -> list[Decision]:
    """Return the first `limit` decisions about one source entity, best first."""
    of = getattr(projection.decisions, "of", None)
    if of is not None:
        return of(entity, limit)
    return list(islice((item for item in projection.decisions if item.entity_index == entity), limit))


def methods_differ(sight: Sight) -> Iterator[Reason]:
    labellings = [
        sight.entities if other is sight.projection else other.entities
        for other in sight.outcome.projections.values()
        if other.bitext.target.words == sight.target.words
    ]
    words = differing_words(*labellings)
    if words:
        first = Span(min(words), min(words) + 1)
        said = f"Methods differ on {len(words)} word{'s' if len(words) > 1 else ''}"
        yield Reason("methods", disagreement(labellings), said, "methods differ", "", first)


def entity_missing(sight: Sight) -> Iterator[Reason]:
    by_person = Counter(entity.label for entity in sight.entities if entity.origin not in AUTOMATIC)
    for item in sight.projection.unprojected:
        label = sight.source.entities[item.entity_index].label
        if by_person[label] > 0:  # taken to be the one that was missing
            by_person[label] -= 1
            continue
        best = decisions_about(sight.projection, item.entity_index, 1)
        score = min(1.0, max(0.0, best[0].score)) if best else 0.0
        name = sight.name(item.entity_index)
        yield Reason("missing", 1 - score, f"{name} missing: {_as_clause(item.reason)}", f"{name} missing", "bad")


def _as_clause(sentence: str) -> str:
    """Put a short sentence after a colon; the first word keeps its case where it is a name or an abbreviation."""
    first = sentence.split(" ", 1)[0]
    return sentence[:1].lower() + sentence[1:] if first[1:].islower() or len(first) == 1 else sentence


def counts_differ(sight: Sight) -> Iterator[Reason]:
    if not sight.source.entities and sight.projection.own_entities is not None:
        return
    given = Counter(entity.label for entity in sight.source.entities)
    lost = Counter(sight.source.entities[item.entity_index].label for item in sight.projection.unprojected)
    found = Counter(entity.label for entity in sight.entities)
    for label in sorted(given.keys() | found.keys()):
        expected = max(given[label] - lost[label], min(found[label], given[label]))
        if expected != found[label]:
            value = abs(expected - found[label]) / max(expected, found[label])
            said = f"{given[label]} {label} in source, {found[label]} here"
            first = next((entity.span for entity in sight.entities if entity.label == label), None)
            yield Reason("count", value, said, said, "warn", first)


def model_differs(sight: Sight) -> Iterator[Reason]:
    seen = sight.projection.bitext.target_entities
    if seen is None:
        return
    probabilities = sight.projection.bitext.target_probabilities
    known = {tag.partition("-")[2] for tag in probabilities.tags} if probabilities else USUAL_LABELS
    for entity in sight.entities:
        there = [other for other in seen if other.span.overlaps(entity.span)]
        if entity.origin not in AUTOMATIC or entity.label not in known or not there:
            continue
        if all(other.label != entity.label for other in there):
            said = f"model says {there[0].label}, not {entity.label}"
            yield Reason("model", _sureness(there[0]), f"The {said}", said, "", entity.span)
    for other in seen:
        if not any(other.span.overlaps(entity.span) for entity in sight.entities):
            said = f"model sees {other.label} {shortened(sight.target.text_of(other.span))}"
            yield Reason("model", _sureness(other), f"The {said}", said, "", other.span)


def _sureness(entity: Entity) -> float:
    return ONE_AGAINST_ONE if entity.score is None else min(1.0, max(0.0, entity.score))


def links_missing_or_weak(sight: Sight) -> Iterator[Reason]:
    alignment = sight.alignment
    if alignment is None:
        return
    for index, matches in sight.matches.items():
        best = _best_links(sight, alignment, sight.source.entities[index].span, [match.span for match in matches])
        if not best:
            continue
        name, span = sight.name(index), matches[0].span
        without = sum(score is None for score in best)
        share, linked = without / len(best), [score for score in best if score is not None]
        if not linked:
            yield Reason("unlinked", share, f"{name} has no link", f"{name} has no link", "warn", span)
            continue
        some = f"{without} word{'s' if without > 1 else ''} of {name} without link"
        yield Reason("unlinked", share, some, some, "", span)
        mean = sum(linked) / len(linked)
        weak = f"links of {name} {without_zero(mean)}"
        yield Reason("weak", 1 - mean, weak[:1].upper() + weak[1:], weak, "", span)


def _best_links(sight: Sight, alignment: Alignment, entity: Span, spans: Sequence[Span]) -> list[float | None]:
    """Return the best link of each word, on either side, to the other side; None for a word without any."""
    inside = {
        link: min(1.0, max(0.0, alignment.scores.get(link, 1.0)))
        for link in alignment.links
        if link[0] in entity and any(link[1] in span for span in spans)
    }
    found: list[float | None] = []
    for side, sentence, stretches in ((0, sight.source, [entity]), (1, sight.target, spans)):
        for word in (word for span in stretches for word in range(span.start, span.end)):
            if any(map(str.isalnum, sentence.words[word])):
                found.append(max((score for link, score in inside.items() if link[side] == word), default=None))
    return found


ALL = (
    entity_missing,
    close_call,
    methods_differ,
    model_differs,
    counts_differ,
    low_score,
    links_missing_or_weak,
)
"""Every signal; of reasons that are as strong as each other the earlier one is said first."""
