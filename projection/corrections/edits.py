"""What a person decided about one sentence, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from projection.pipeline import Task
from projection.text.jsonl import dump_entities, dump_links, dump_sentence, load_entities, load_links, load_sentence
from projection.types import Alignment, Entity, Projection, Sentence, Span

Entities = tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """A person's decisions; None means "as the pipeline has it".

    `source` and `target` are corrected texts or tokens, `source_entities` corrected labels, `alignment`
    corrected links. Labels of the target are decided one by one: `placed` are a person's, the automatic
    ones on the spans of `removed` or under a placed one are gone, all others follow the pipeline. Once the
    sentence is accepted, `target_entities` is the whole list and nothing follows any more.
    `checked`: a person has looked and agrees; `flagged`: to be looked at again; `note`: a person's words.
    """

    source_entities: Entities | None = None
    target: Sentence | None = None
    alignment: Alignment | None = None
    target_entities: Entities | None = None
    source: Sentence | None = None
    checked: bool = False
    placed: Entities = ()
    removed: tuple[Span, ...] = ()
    flagged: bool = False
    note: str = ""

    def apply(self, task: Task) -> Task:
        """Return the task with the decisions that the pipeline has to follow.

        Links that came with the task are left out once a text has changed: they count its words.
        """
        source = task.source if self.source is None else self.source
        target = task.target if self.target is None else self.target
        if source is not None and self.source_entities is not None:
            source = source.with_entities(self.source_entities)
        same_words = self.source is None and _same_words(self.target, task.target)
        return Task(
            source,
            target,
            (task.labelled and self.source is None) or self.source_entities is not None,
            self.alignment or (task.alignment if same_words else None),
        )

    def final_entities(self, projection: Projection | None) -> Entities:
        """Return the target labels that count: the person's, and the projected ones they have not replaced."""
        if self.target_entities is not None:
            return self.target_entities
        fits = projection and (self.target is None or projection.bitext.target.words == self.target.words)
        automatic = projection.entities if fits else ()
        return in_order((*self.placed, *(entity for entity in automatic if not self._replaced(entity.span))))

    def _replaced(self, span: Span) -> bool:
        return span in self.removed or any(entity.span.overlaps(span) for entity in self.placed)

    @property
    def decides_target(self) -> bool:
        """Whether a person decided anything about the labels of the target."""
        return self.target_entities is not None or bool(self.placed) or bool(self.removed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, leaving out what is None or empty."""
        row: dict[str, Any] = {"checked": self.checked}
        for side in ("source", "target"):
            sentence, entities = getattr(self, side), getattr(self, f"{side}_entities")
            if sentence is not None:
                row[side] = dump_sentence(sentence)
            if entities is not None:
                row[f"{side}_entities"] = dump_entities(entities)
        if self.alignment is not None:
            row["alignment"] = dump_alignment(self.alignment)
        others = {
            "placed": dump_entities(self.placed),
            "removed": [[span.start, span.end] for span in self.removed],
            "flagged": self.flagged,
            "note": self.note,
        }
        return row | {key: value for key, value in others.items() if value}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Edits:
        values: dict[str, Any] = {
            "checked": bool(row.get("checked")),
            "placed": load_entities(row.get("placed", ())),
            "removed": tuple(Span(*pair) for pair in row.get("removed", ())),
            "flagged": bool(row.get("flagged")),
            "note": row.get("note", ""),
        }
        for side in ("source", "target"):
            if side in row:
                values[side] = load_sentence(row[side])[0]
            if f"{side}_entities" in row:
                values[f"{side}_entities"] = load_entities(row[f"{side}_entities"])
        if "alignment" in row:
            values["alignment"] = load_alignment(row["alignment"])
        return cls(**values)


def _same_words(edited: Sentence | None, given: Sentence | None) -> bool:
    return edited is None or (given is not None and edited.words == given.words)


def in_order(entities: Iterable[Entity]) -> Entities:
    return tuple(sorted(entities, key=lambda entity: entity.span))


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
