"""The rules of `blame`: what is said of a mistake from what is known, and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from projection.evaluation.blame import Verdict
from projection.evaluation.counterparts import Counterparts, key, keys
from projection.evaluation.errors import Mistake
from projection.types import Alignment, Decision, Entity, Projection, Sentence, Span

READS_LINKS = frozenset({"alignment", "similarity"})
READS_TARGET = frozenset({"target_entities", "target_probabilities"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at.

    `first` is the projection to judge, `latest` that of the run in which most was replaced by gold (`first` where
    none was). `source` are the source entities of gold, None where they are not known. `evidence` is what the method
    reads (names of protocols.EVIDENCE).
    """

    first: Projection
    latest: Projection
    gold: Sentence
    source: tuple[Entity, ...] | None
    pairs: Counterparts
    evidence: frozenset[str]

    def named(self, entity: Entity) -> str:
        return f"{self.words(entity.span)} {entity.label}"

    def words(self, span: Span) -> str:
        return f"“{self.gold.text_of(span)}”"

    def source_words(self, span: Span) -> str:
        return f"“{self.first.bitext.source.text_of(span)}”"

    def pairs_of(self, mistake: Mistake) -> Iterator[tuple[Entity, Entity]]:
        """Yield the (source entity, gold entity) with one label that a mistake is about."""
        for gold in mistake.gold:
            one = self.pairs.of_gold(gold)
            if one is not None and one.label == gold.label:
                yield one, gold
        for found in mistake.predicted:
            one = self.origin(found)
            other = self.pairs.of_source(one)
            if other is not None and other.label == one.label:
                yield one, other

    def origin(self, found: Entity) -> Entity:
        """Return the source entity that was projected to `found`, in the latest run or else in the first."""
        matches = ((run.bitext.source.entities, match) for run in (self.latest, self.first) for match in run.matches)
        origins = (entities[match.entity_index] for entities, match in matches if match.span == found.span)
        return next(one for one in origins if one.label == found.label)


def _joined(words: Iterable[int], sentence: Sentence) -> str:
    """Return words of a sentence, ascending, with a mark where others lie between them."""
    text, last = "", None
    for word in words:
        text += ("" if last is None else " " if word == last + 1 else " … ") + sentence.words[word]
        last = word
    return text


def before_links(mistake: Mistake, facts: Facts) -> Verdict | None:
    """Blame what comes before the links: the labels of the source, and the translation."""
    if not mistake.gold:
        return next((verdict for found in mistake.predicted if (verdict := _of_spurious(found, facts))), None)
    return next((verdict for gold in mistake.gold if (verdict := _of_gold(gold, facts))), None) or _of_strangers(
        mistake, facts
    )


def _of_strangers(mistake: Mistake, facts: Facts) -> Verdict | None:
    """Blame source entities that gold does not have for what they took, where the method did not run without them."""
    if facts.source is None or keys(facts.latest.bitext.source.entities) == keys(facts.source):
        return None
    origins = (facts.origin(found) for found in mistake.predicted)
    strange = [one for one in origins if key(one) not in keys(facts.source)]
    return ("source recognition", source_reason([], strange, facts)) if strange else None


def _of_gold(gold: Entity, facts: Facts) -> Verdict | None:
    one = facts.pairs.of_gold(gold)
    if one is None:
        if facts.source is not None:
            return "translation", f"No entity of the source has {facts.named(gold)} as its counterpart."
        return _unlabelled(gold, facts)
    if one.label != gold.label:
        text = facts.source_words(one.span)
        if facts.source is None:
            return "source recognition", f"The source labels {text} {one.label}: gold has {facts.named(gold)}."
        return "translation", f"Gold labels {text} {one.label} in the source and {facts.named(gold)} here."
    if facts.source is not None and key(one) not in keys(facts.latest.bitext.source.entities):
        return "source recognition", source_reason([one], [], facts)
    return _cut_short(one, gold, facts) if facts.source is None else None


def _cut_short(one: Entity, gold: Entity, facts: Facts) -> Verdict | None:
    """Blame the labels of an unchecked source where words next to its entity are linked with gold and have none."""
    bitext = facts.first.bitext
    if bitext.alignment is None or any(word not in gold.span for word in bitext.alignment.targets_of(one.span)):
        return None
    outside = sorted(word for word in bitext.alignment.sources_of(gold.span) if word not in one.span)
    whole = {*outside, *range(one.span.start, one.span.end)}
    is_whole = len(whole) == max(whole) - min(whole) + 1
    if not outside or not is_whole or set(outside) & _labelled(bitext.source):
        return None
    text = f"The source leaves “{_joined(outside, bitext.source)}” out of {facts.source_words(one.span)} {one.label}"
    return "source recognition", f"{text}: gold has {facts.named(gold)}."


def _labelled(sentence: Sentence) -> set[int]:
    """Return the words that carry a label."""
    return {word for one in sentence.entities for word in range(one.span.start, one.span.end)}


def _unlabelled(gold: Entity, facts: Facts) -> Verdict:
    """Look for a gold entity in a source that nobody has checked, among the words without a label."""
    bitext = facts.first.bitext
    labelled = _labelled(bitext.source)
    linked = bitext.alignment.sources_of(gold.span) if bitext.alignment is not None else frozenset()
    there = {word.casefold() for word in facts.gold.words[gold.span.start : gold.span.end]}
    same = [word for word, text in enumerate(bitext.source.words) if text.casefold() in there]
    free = [word for word in sorted(linked) or same if word not in labelled]
    if not free:
        return "unknown", f"Nothing in the source is known to mean {facts.named(gold)}."
    text = _joined(free, bitext.source)
    return "source recognition", f"The source leaves “{text}” without a label: gold has {facts.named(gold)}."


def _of_spurious(found: Entity, facts: Facts) -> Verdict | None:
    one = facts.origin(found)
    text = f"{facts.source_words(one.span)} {one.label}"
    if facts.source is not None and key(one) not in keys(facts.source):
        return "source recognition", source_reason([], [one], facts)
    other = facts.pairs.of_source(one)
    if other is None and facts.source is not None:
        return "translation", f"Gold has no counterpart of {text}."
    if other is None:
        return "unknown", f"Gold has no counterpart of {text}, and nobody has checked the labels of the source."
    if other.label != one.label:
        stage = "source recognition" if facts.source is None else "translation"
        return stage, f"The source has {text}: gold has {facts.named(other)}."
    return None


def source_reason(missed: Iterable[Entity], wrong: Iterable[Entity], facts: Facts) -> str:
    """Say how the source entities differ from those of gold, for one of either."""
    used = facts.first.bitext.source.entities
    for one in missed:
        if key(one) in keys(used):
            continue
        there = next((other for other in used if other.span.overlaps(one.span)), None)
        if there is None:
            return f"The source leaves {facts.source_words(one.span)} without a label: gold has {one.label}."
        text = f"{facts.source_words(one.span)} {one.label}"
        return f"The source labels {facts.source_words(there.span)} {there.label}: gold has {text}."
    for one in wrong:
        if key(one) not in keys(facts.source or ()):
            return f"The source labels {facts.source_words(one.span)} {one.label}: gold does not."
    return "With gold labels in the source it is right."


def of_links(mistake: Mistake, facts: Facts, *, is_proved: bool = False) -> Verdict | None:
    """Blame the links of the entities a mistake is about; `is_proved` looks at those of every word."""
    alignment = facts.first.bitext.alignment
    if alignment is None:
        return None
    pairs = facts.pairs_of(mistake)
    return next((it for one, gold in pairs if (it := _of_pair(one, gold, alignment, facts, is_proved))), None)


def of_links_proved(mistake: Mistake, facts: Facts) -> Verdict:
    """Say what was wrong with links that gold links have put right."""
    verdict = of_links(mistake, facts, is_proved=True)
    if verdict is not None:
        return verdict
    one, gold = next(facts.pairs_of(mistake))
    if facts.first.bitext.alignment is None or "similarity" not in facts.evidence:
        return "wrong link", f"With gold links {facts.source_words(one.span)} comes to {facts.named(gold)}."
    return (
        "wrong link",
        f"{facts.source_words(one.span)} is linked with {facts.named(gold)}, but similarities lead away.",
    )


def _of_pair(one: Entity, gold: Entity, alignment: Alignment, facts: Facts, is_proved: bool) -> Verdict | None:
    targets, sources = alignment.targets_of(one.span), alignment.sources_of(gold.span)
    text, wanted = facts.source_words(one.span), facts.named(gold)
    if not targets:
        return "no link", f"{text} is linked with nothing: gold has {wanted}."
    if strange := sorted(word for word in targets if word not in gold.span):
        words = _joined(strange, facts.gold)
        another = "another " if words in facts.words(gold.span) else ""
        return "wrong link", f"{text} is linked with {another}“{words}”: gold has {wanted}."
    if strange := sorted(word for word in sources if word not in one.span):
        words = _joined(strange, facts.first.bitext.source)
        return "wrong link", f"{wanted} is linked with “{words}”, which is outside of {text}."
    if alone := [word for word in range(gold.span.start, gold.span.end) if word not in targets]:
        words = _joined(alone, facts.gold)
        return "no link", f"“{words}” is linked with nothing: gold has {wanted}."
    if is_proved and (alone := [word for word in range(one.span.start, one.span.end) if word not in sources]):
        words = _joined(alone, facts.first.bitext.source)
        return "no link", f"“{words}” of {text} is linked with nothing: gold has {wanted}."
    return None


def of_method(mistake: Mistake, facts: Facts) -> Verdict:
    """Blame what the method did with its evidence, in the latest run."""
    asked = [*facts.pairs_of(mistake)]
    verdicts = [_of_decision(one, gold, facts) for one, gold in asked]
    verdicts += [verdict for found in mistake.predicted if (verdict := _of_spurious(found, facts))]
    chosen = [(one, gold) for one, gold in asked if _decision(one, gold.span, facts)]
    found = next((verdict for verdict in verdicts if verdict is not None), None)
    if found is not None:
        return found
    if chosen:
        one, gold = chosen[0]
        return "matching", f"{facts.source_words(one.span)} is placed on {facts.words(gold.span)}, and elsewhere too."
    return "unknown", "The method does not say how it came about."


def _of_decision(one: Entity, gold: Entity, facts: Facts) -> Verdict | None:
    """Return why the method did not place a source entity where gold has it; None if it did, or does not say."""
    text, wanted = f"{facts.source_words(one.span)} {one.label}", facts.words(gold.span)
    decision = _decision(one, gold.span, facts)
    seen = facts.latest.bitext.target_entities
    if decision is None:
        if "target_entities" in facts.evidence and seen is not None and all(gold.span != it.span for it in seen):
            return "target recognition", f"The recognizer of the target does not see {wanted}."
        if not len(facts.latest.decisions):
            return None
        return "candidate", f"{wanted} was never considered for {text}."
    if decision.status == "chosen":
        return None
    if decision.blocked_by is not None and decision.blocked_by[0] != decision.entity_index:
        winner = facts.latest.bitext.source.entities[decision.blocked_by[0]]
        taken = f"{facts.source_words(winner.span)} {winner.label}"
        return "collision", f"{taken} took {facts.words(decision.blocked_by[1])}: gold has {wanted} for {text}."
    said = decision.reason[:1].lower() + decision.reason[1:]
    return "matching", f"{wanted} was considered for {text} and not chosen: {said}."


def _decision(one: Entity, span: Span, facts: Facts) -> Decision | None:
    """Return what the latest run decided about a source entity and a span, without building other decisions."""
    run = facts.latest
    places = [number for number, other in enumerate(run.bitext.source.entities) if key(other) == key(one)]
    if not places:
        return None
    if hasattr(run.decisions, "at"):
        return run.decisions.at(places[0], span)
    about = (item for item in run.decisions if item.entity_index == places[0] and item.candidate.span == span)
    return next(about, None)
