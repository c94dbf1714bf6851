"""What a person changed about one sentence, as pure values and operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from projection.errors import SpanError
from projection.pipeline import Task
from projection.text.jsonl import dump_entities, dump_links, dump_sentence, load_entities, load_links, load_sentence
from projection.types import Alignment, Entity, Projection, Sentence, Span

Entities = tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """A person's decisions; None means "as the pipeline has it".

    `source` and `target` are corrected texts, `source_entities` and `target_entities` corrected
    labels, `alignment` corrected links. `checked`: a person has looked and agrees.
    """

    source_entities: Entities | None = None
    target: Sentence | None = None
    alignment: Alignment | None = None
    target_entities: Entities | None = None
    source: Sentence | None = None
    checked: bool = False

    def apply(self, task: Task) -> Task:
        """Return the task with the decisions that the pipeline has to follow.

        Links that came with the task are left out once a text has changed: they count its words.
        """
        source = task.source if self.source is None else self.source
        target = task.target if self.target is None else self.target
        if source is not None and self.source_entities is not None:
            source = source.with_entities(self.source_entities)
        same_words = self.source is None and self.target is None
        return Task(
            source,
            target,
            (task.labelled and self.source is None) or self.source_entities is not None,
            self.alignment or (task.alignment if same_words else None),
        )

    def final_entities(self, projection: Projection | None) -> Entities:
        """Return the target labels that count: the person's if there are any, else the projected ones."""
        if self.target_entities is not None:
            return self.target_entities
        return projection.entities if projection else ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, leaving out what is None."""
        row: dict[str, Any] = {"checked": self.checked}
        for side in ("source", "target"):
            sentence, entities = getattr(self, side), getattr(self, f"{side}_entities")
            if sentence is not None:
                row[side] = dump_sentence(sentence)
            if entities is not None:
                row[f"{side}_entities"] = dump_entities(entities)
        if self.alignment is not None:
            row["alignment"] = dump_alignment(self.alignment)
        return row

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Edits:
        values: dict[str, Any] = {"checked": bool(row.get("checked"))}
        for side in ("source", "target"):
            if side in row:
                values[side] = load_sentence(row[side])[0]
            if f"{side}_entities" in row:
                values[f"{side}_entities"] = load_entities(row[f"{side}_entities"])
        if "alignment" in row:
            values["alignment"] = load_alignment(row["alignment"])
        return cls(**values)


def dump_alignment(alignment: Alignment) -> dict[str, Any]:
    return dump_links(alignment) | {"words": [alignment.source_length, alignment.target_length]}


def load_alignment(row: Mapping[str, Any]) -> Alignment:
    return load_links(row, *row["words"])


def dump_task(task: Task) -> dict[str, Any]:
    """Return plain JSON values; `load_task` is the way back."""
    row: dict[str, Any] = {"labelled": task.labelled}
    for side in ("source", "target"):
        if getattr(task, side) is not None:
            row[side] = dump_sentence(getattr(task, side))
    if task.alignment is not None:
        row["alignment"] = dump_alignment(task.alignment)
    return row


def load_task(row: dict[str, Any]) -> Task:
    sides = [load_sentence(row[side])[0] if side in row else None for side in ("source", "target")]
    alignment = load_alignment(row["alignment"]) if "alignment" in row else None
    return Task(*sides, bool(row["labelled"]), alignment)


def label_words(entities: Sequence[Entity], span: Span, label: str) -> tuple[Entities, Entities]:
    """Give `span` a label; return the new entities and those that were in the way and went."""
    gone = tuple(entity for entity in entities if entity.span.overlaps(span) and entity.span != span)
    kept = [entity for entity in entities if not entity.span.overlaps(span)]
    return _sorted([*kept, Entity(span, label, origin="human")]), gone


def move_borders(entities: Sequence[Entity], old: Span, new: Span) -> Entities:
    """Put the entity on `old` onto `new`. Raises SpanError when another entity is there, or none on `old`."""
    moved = next((entity for entity in entities if entity.span == old), None)
    if moved is None:
        raise SpanError(f"There is no entity at words {old.start + 1} to {old.end} any more: choose it again.")
    others = [entity for entity in entities if entity is not moved]
    blocked = next((entity for entity in others if entity.span.overlaps(new)), None)
    if blocked is not None:
        raise SpanError(f"{blocked.label} at words {blocked.span.start + 1} to {blocked.span.end} is there.")
    return _sorted([*others, Entity(new, moved.label, origin="human")])


def remove(entities: Sequence[Entity], span: Span) -> Entities:
    return _sorted(entity for entity in entities if entity.span != span)


def carry_over(entities: Sequence[Entity], before: Sentence, after: Sentence) -> tuple[Entities, Entities]:
    """Move entities from a text to its edited version; return those that still stand and those that do not.

    An entity stands when all its words survive unchanged and next to each other.
    """
    new_place: dict[int, int] = {}
    for block in SequenceMatcher(None, before.words, after.words, autojunk=False).get_matching_blocks():
        new_place |= {block.a + step: block.b + step for step in range(block.size)}
    kept, lost = [], []
    for entity in entities:
        places = [new_place.get(word) for word in range(entity.span.start, entity.span.end)]
        if None not in places and places == list(range(places[0], places[0] + len(places))):
            kept.append(replace(entity, span=Span(places[0], places[0] + len(places))))
        else:
            lost.append(entity)
    return tuple(kept), tuple(lost)


def with_text(
    edits: Edits, side: str, before: Sentence, after: Sentence, entities: Sequence[Entity] | None
) -> tuple[Edits, Entities]:
    """Replace the text of "source" or "target"; return the new edits and the labels that could not follow.

    `entities` are the labels a person decided on that side (None: they stay automatic). Links by hand
    count words, so they go; the sentence has to be checked again.
    """
    kept, lost = carry_over(entities, before, after) if entities is not None else (None, ())
    changed = {side: after.with_entities(()), f"{side}_entities": kept}
    return replace(edits, alignment=None, checked=False, **changed), lost


def _sorted(entities) -> Entities:
    return tuple(sorted(entities, key=lambda entity: entity.span))
