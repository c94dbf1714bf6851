"""The pair of sentences as plain values for the editor in assets/editor*: boxes, links, candidates, other methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from projection.evaluation.agreement import differing_words
from projection.text.languages import english_name, is_unsegmented
from projection.types import Alignment, Decision, Entity, Projection, Sentence
from views.markup import SAID, STATES, direction, gap_before, score_text
from views.palette import css_class


def row(sentence: Sentence, entities: Sequence[Entity], note: str, linked: Iterable[int]) -> dict[str, Any]:
    """Return one sentence for the editor; `linked` are its words with a link."""
    linked = frozenset(linked)
    return {
        "name": english_name(sentence.language) if sentence.language != "und" else "Text",
        "note": note,
        "language": sentence.language,
        "direction": direction(sentence.language),
        "tight": is_unsegmented(sentence.language),
        "gaps": [gap_before(sentence, index) for index in range(len(sentence))],
        "words": list(sentence.words),
        "linked": [index in linked for index in range(len(sentence))],
        "entities": [entity_value(entity) for entity in entities],
        "missing": False,
    }


def missing_row(language: str, why: str = "") -> dict[str, Any]:
    """Return the row of a side that is not there; `why` is what kept it from being there, as far as that is known."""
    return row(Sentence("", (), language), (), "not there yet", ()) | {"missing": True, "why": why}


def entity_value(entity: Entity) -> dict[str, Any]:
    state = STATES[entity.origin]
    return {
        "start": entity.span.start,
        "end": entity.span.end,
        "label": entity.label,
        "colour": css_class(entity.label),
        "score": score_text(entity.score),
        "state": state,
        "said": SAID[state],
    }


def links(alignment: Alignment | None, manual: frozenset[tuple[int, int]] = frozenset()) -> list[list[Any]]:
    """Return [source, target, weight, score text, whether a person made it] of each link, left to right."""
    if alignment is None:
        return []
    return [
        [source, target, weight, score_text(alignment.scores.get((source, target))), (source, target) in manual]
        for source, target in sorted(alignment.links)
        for weight in [max(0.0, min(1.0, float(alignment.scores.get((source, target), 1.0))))]
    ]


def entity_pairs(
    source: Sequence[Entity],
    target: Sequence[Entity],
    projection: Projection | None,
    alignment: Alignment | None,
) -> list[list[int]]:
    """Return which source entity each target entity belongs to, as index pairs.

    That of a match on just these words comes first, then those that have the same label, then those with a match that
    touches the target entity, then those with most links into it. One with neither match nor link is none.
    """
    matches = projection.matches if projection else ()
    pairs = []
    for number, entity in enumerate(target):
        into = alignment.sources_of(entity.span) if alignment is not None else ()
        ranked = []
        for index, candidate in enumerate(source):
            spans = [match.span for match in matches if match.entity_index == index]
            touches = any(span.overlaps(entity.span) for span in spans)
            links = sum(word in candidate.span for word in into)
            if touches or links:
                same = candidate.label == entity.label
                ranked.append((entity.span in spans, same, touches, links, -index))
        if ranked:
            pairs.append([-max(ranked)[-1], number])
    return pairs


def strip(name: str, entities: Sequence[Entity], current: Sequence[Entity]) -> dict[str, Any]:
    """Return another method's (or the gold) spans under the target, with the words that differ from `current`."""
    spans = {(entity.span, entity.label) for entity in current}
    same = sum((entity.span, entity.label) in spans for entity in entities)
    return {
        "name": name,
        "entities": [entity_value(entity) for entity in entities],
        "differs": sorted(differing_words(entities, current)),
        "note": f"{same} of {max(len(entities), len(current))} same" if entities or current else "none",
    }


def candidate(decision: Decision, label: str, gone: Sequence[str] = ()) -> dict[str, Any]:
    """Return one candidate for a source entity with what became of it; `gone` are labels its choice would cost."""
    span = decision.candidate.span
    score = score_text(decision.score)
    why = f"{decision.reason}; {', '.join(gone)} would go" if gone else decision.reason
    return {"start": span.start, "end": span.end, "label": label, "score": score, "why": why}
