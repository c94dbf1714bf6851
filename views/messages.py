"""What there is to know about the sentence on the inspect page, beneath its board."""

from __future__ import annotations

from itertools import takewhile

import streamlit as st

from projection.corrections.edits import Edits, Entities
from projection.corrections.operations import AUTOMATIC, carry_over
from views import markup, tables
from views.desk import CHECK, TEXT, Desk


def messages(desk: Desk) -> None:
    """Draw what failed, what is missing, what was not projected; of other methods see their own tab."""
    outcome, found = desk.outcome, []
    if outcome.error:
        again = "It is tried again when you come back after a moment."
        found.append(markup.notice(f"Stopped at {outcome.error.stage}", f"{outcome.error.message} {again}", "bad"))
    if failure := outcome.method_errors.get(desk.method):
        found.append(markup.notice(f"{desk.method} failed on this sentence", failure, "bad"))
    others = {*desk.setup.methods} - {desk.method}
    ran = (stage for stage in outcome.stages if stage.name not in others)
    warned = dict.fromkeys(warning for stage in ran for warning in stage.warnings)
    found += [markup.notice("Note", warning, "warn") for warning in warned]
    if outcome.source is not None and not outcome.source.entities and not outcome.error:
        found.append(markup.notice("No entity in the source", "Select words above and press P, O, L or M."))
    found += [*_not_placed(desk), *_not_carried_over(desk), *_not_projected_any_more(desk)]
    if desk.gold_is_lost:
        told = "The labels that came with the translation belong to another text, so nothing is compared with them."
        found.append(markup.notice("Gold does not fit any more", told, "warn"))
    if found:
        st.html("".join(found))


def _not_placed(desk: Desk) -> list[str]:
    """One message for all source entities without a place that no person has placed since."""
    if desk.projection is None:
        return []
    covered = {source for source, _ in desk.pairs}
    missing = zip(desk.projection.unprojected, tables.unprojected(desk.projection), strict=True)
    lines = [f"{name}: {reason}." for item, (name, reason) in missing if item.entity_index not in covered]
    if not lines:
        return []
    remedy = "Select the words in the translation and press a label key, or choose a candidate below."
    headline = "1 entity not placed" if len(lines) == 1 else f"{len(lines)} entities not placed"
    return [markup.notice(headline, " ".join([*lines, remedy]), "warn")]


def _not_carried_over(desk: Desk) -> list[str]:
    """One message, until the sentence is checked, for labels of a person that did not follow a new text."""
    lost = [] if desk.is_checked else [name for side in ("source", "target") for name in lost_labels(desk, side)]
    if not lost:
        return []
    headline = f"{markup.counted(len(lost), 'label')} of yours not carried over to the new text"
    return [markup.notice(headline, f"{', '.join(lost)}. Mark the words again where they still stand.", "warn")]


def lost_labels(desk: Desk, side: str) -> list[str]:
    """Name the labels a person had set on the texts that led to the current one and that are not on it."""
    text = getattr(desk.stored.edits, side)
    states = [*(event.edits for event in desk.events), Edits()]
    names: dict[str, None] = {}
    for event, before in zip(desk.events, states[1:], strict=True):
        if event.kind != TEXT or text is None or getattr(event.edits, side) != text:
            continue
        replaced, entities = getattr(before, side), _decided(before, side)
        text, replaced = replaced, replaced or getattr(desk.stored.task, side)
        if entities:
            _, lost = carry_over(entities, replaced, getattr(event.edits, side))
            names |= {f"{replaced.text_of(entity.span)} {entity.label}": None for entity in lost}
    sentence = desk.sentence_on(side)
    here = {f"{sentence.text_of(entity.span)} {entity.label}" for entity in desk.entities_on(side)}
    return [name for name in names if name not in here]


def _decided(edits: Edits, side: str) -> Entities:
    """Return the labels of one side that a person set or agreed with."""
    if side == "source":
        found = edits.source_entities or ()
    else:
        found = edits.placed if edits.target_entities is None else edits.target_entities
    return tuple(entity for entity in found if entity.origin not in AUTOMATIC)


def _not_projected_any_more(desk: Desk) -> list[str]:
    """One message for source labels that came after the sentence was accepted, and so have no effect there."""
    late = late_labels(desk)
    if not late:
        return []
    headline = f"{markup.counted(len(late), 'source label')} newer than your labels of the translation"
    remedy = "An accepted sentence is not projected again: mark the words in the translation too."
    return [markup.notice(headline, f"{', '.join(late)}. {remedy}", "warn")]


def late_labels(desk: Desk) -> list[str]:
    """Name the source labels a person added after the target's were accepted or changed for the last time."""
    decided = desk.stored.edits.target_entities
    since = [*takewhile(lambda event: event.edits.target_entities == decided, desk.events)]
    if decided is None or not since:
        return []
    known = _source_labels(desk, next((event for event in since if event.kind == CHECK), since[-1]).edits)
    placed = {(one, desk.entities[other].label) for one, other in desk.pairs}
    named = ((index, entity, f"{desk.source.text_of(entity.span)} {entity.label}")
             for index, entity in enumerate(desk.entities_on("source")))  # fmt: skip
    return [
        name
        for index, entity, name in named
        if entity.origin not in AUTOMATIC and name not in known and (index, entity.label) not in placed
    ]


def _source_labels(desk: Desk, edits: Edits) -> set[str]:
    """Name the source labels as they were under `edits`: a person's, else those that came with the text."""
    sentence = edits.source or desk.stored.task.source or desk.source
    given = sentence.entities if edits.source_entities is None else edits.source_entities
    return {f"{sentence.text_of(entity.span)} {entity.label}" for entity in given}
