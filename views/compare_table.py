"""The methods of one sentence as plain values for the component in assets/compare.*: one row a method, one column
for each run of words that no method splits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from projection.evaluation.agreement import differing_words, span_agreement
from projection.evaluation.errors import count_kinds, mistakes
from projection.text.languages import is_unsegmented
from projection.types import Entity, Sentence, Span
from views.compare_data import Dispute, Row
from views.editor_data import entity_value
from views.markup import counted, direction, gap_before, score_text
from views.palette import css_class

SHOWN_SPANS = 4


def columns(
    sentence: Sentence, compared: Collection[Sequence[Entity]], others: Collection[Sequence[Entity]] = ()
) -> list[dict]:
    """Split the words where any entity starts or ends, and around each word that those compared tag differently."""
    differs = differing_words(*compared)
    borders = {0, len(sentence)}
    for entity in (entity for labelling in (*compared, *others) for entity in labelling):
        borders |= {entity.span.start, entity.span.end}
    for word in differs:
        borders |= {word, word + 1}
    return [piece(sentence, *ends) | {"differs": ends[0] in differs} for ends in pairwise(sorted(borders))]


def piece(sentence: Sentence, start: int, end: int) -> dict:
    """Return the text of some words, and whether a space stands before it."""
    return {"start": start, "end": end, "text": sentence.text_of(Span(start, end)), "gap": gap_before(sentence, start)}


def line(sentence: Sentence, entities: Sequence[Entity]) -> dict:
    """Return a text of its own with its entities, for a method that wrote another translation."""
    starts = {entity.span.start: entity for entity in entities}
    pieces, index = [], 0
    while index < len(sentence):
        entity = starts.get(index)
        following = min((start for start in starts if start > index), default=len(sentence))
        end = entity.span.end if entity else following
        pieces.append(piece(sentence, index, end) | {"entity": entity_value(entity) if entity else None})
        index = end
    return {"pieces": pieces, "direction": direction(sentence.language), "language": sentence.language}


def verdict(entities: Sequence[Entity], reference: Sequence[Entity] | None, words: Sequence[str]) -> dict:
    """Say how a labelling of `words` differs from `reference`: kinds of difference and span F1; nothing without one.

    The kinds are those of `errors.KINDS`, but "spurious" is "additional" here: the reference may be a method.
    """
    if reference is None:
        return {"kinds": [], "f1": "", "same": False}
    kinds = {kind.replace("spurious", "additional"): count
             for kind, count in count_kinds(mistakes(entities, reference, words)).items()}  # fmt: skip
    said = [kind if count == 1 else f"{count} {kind}" for kind, count in sorted(kinds.items())]
    return {"kinds": said, "f1": score_text(span_agreement(entities, reference)), "same": not kinds}


def method_row(name: str, note: str, row: Row, method: str, reference: Sequence[Entity] | None) -> dict:
    """Return the row of one method: its boxes, its own text, or why it has none."""
    found = row.found.get(method)
    head = {"name": name, "method": method, "note": note}
    if found is None or found.entities is None:
        return head | {"kind": "failed", "reason": found.reason if found else "It was not run."}
    if found.own is not None:
        return head | {"kind": "own", "line": line(found.own, found.entities), "use": True}
    entities = [entity_value(entity) for entity in found.entities]
    judged = verdict(found.entities, reference, row.target.words)
    return head | {"kind": "spans", "entities": entities, "verdict": judged, "use": True}


def given_row(name: str, note: str, entities: Sequence[Entity]) -> dict:
    """Return a row that is no method: gold labels, or what a person decided."""
    boxes = [entity_value(item) for item in entities]
    return {"name": name, "method": "", "note": note, "kind": "spans", "entities": boxes,
            "verdict": verdict(entities, None, ()), "use": False}  # fmt: skip


def table(
    *,
    sentence_key: str,
    row: Row,
    methods: Sequence[str],
    current: str,
    gold: Sequence[Entity] | None = None,
    decided: Sequence[Entity] | None = None,
    pick: Mapping[str, Any] | None = None,
) -> dict:
    """Put everything together as the component reads it.

    F1 is that against gold where there is any, else against the current method. `decided` is what a person made
    of it. `pick` (method, start, end) is the box to mark.
    """
    found = row.labellings(methods)
    reference = gold if gold is not None else found.get(current)
    given = [given_row("Decided", "what is exported", decided)] if decided is not None else []
    given += [given_row("Gold", "came with the text", gold)] if gold is not None else []
    rows = []
    for method in methods:
        is_reference = gold is None and method == current
        note = "current" if method == current else ""
        rows.append(method_row(method, note, row, method, None if is_reference else reference))
    others = [entities for entities in (gold, decided) if entities is not None]
    return {
        "sentence": sentence_key,
        "direction": direction(row.target.language),
        "language": row.target.language,
        "tight": is_unsegmented(row.target.language),
        "columns": columns(row.target, found.values(), others),
        "rows": [*given, *rows],
        "scored": "F1 with gold" if gold is not None else f"F1 with {current}",
        "current": current,
        "pick": dict(pick) if pick else None,
    }


def disputes(found: Sequence[Dispute], current: int) -> dict:
    """Return the list of disputed sentences as its component reads it; `current` is the position that is open."""
    return {"current": current, "rows": [_dispute(item) for item in found]}


def _dispute(item: Dispute) -> dict:
    more = len(item.spans) - SHOWN_SPANS
    return {
        "position": item.position,
        "text": item.text,
        "direction": direction(item.language),
        "language": item.language,
        "share": item.score,
        "score": score_text(item.score),
        "words": f"{counted(item.words, 'word')} labelled differently",
        "spans": [
            {"text": text, "label": label, "colour": css_class(label), "found": f"{count} of {item.methods}"}
            for text, label, count in item.spans[:SHOWN_SPANS]
        ],
        "more": f"and {more} more" if more > 0 else "",
    }
