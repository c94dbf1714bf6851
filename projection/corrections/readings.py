"""What the pipeline said of each sentence when it was last read, kept for lists: never the truth, only a copy.

A reading stands while its settings and the content it was made from (text, words, source labels, links and labels
decided by hand) are those of now. A change that leaves the content alone, such as a check, a flag or a note, costs
no new run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, Select, delete, insert, or_, select

from projection.corrections import tables
from projection.corrections.database import Database
from projection.corrections.edits import Entities, dump_task
from projection.corrections.records import StoredSentence, sentence_of
from projection.corrections.sheet import Sheet
from projection.pipeline import Outcome
from projection.text.jsonl import dump_entities, dump_sentence, load_entities, load_sentence
from projection.triage import Doubt, Reason, doubt_about
from projection.types import Bitext, Projection, Sentence, Span

FORM = "1"
"""Grows when readings say something else than before, so that older ones are made again."""
MARK = "\x1f"
"""Stands before each tag at the beginning of a row; JSON never holds it unescaped."""
HEAD = 240
"""Characters of a row that are looked at for tags."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence as `method` had it under `settings`: `doubt` is None while only its words are known.

    `source` and `target` are None where there is no text; `entities` are the automatic ones of the target, `labels`
    the names of those that count with what people decided. `content` is a hash of what the pipeline was given.
    """

    sentence_id: int
    settings: str
    revision: int
    doubt: float | None = None
    reasons: tuple[Reason, ...] = ()
    source: Sentence | None = None
    target: Sentence | None = None
    entities: Entities = ()
    labels: tuple[str, ...] = ()
    method: str = ""
    signature: str = ""
    content: str = ""

    @property
    def failed(self) -> bool:
        return any(reason.kind == "failed" for reason in self.reasons)

    def sheet(self, stored: StoredSentence, settings: str, languages: tuple[str, str]) -> Sheet:
        """Return what a person sees of the sentence here, without the candidates, links and other methods.

        `settings` is the key by which the store knows them.
        """
        task = stored.edits.apply(stored.task)
        source, target = self.source or task.source, self.target or task.target
        found = {}
        if target is not None and self.doubt is not None and not self.failed:
            pair = Bitext(source if source is not None else Sentence("", ()), target)
            found[self.method] = Projection(pair, (), (), (), self.method, self.signature, own_entities=self.entities)
        outcome = Outcome(task, source, target, projections=found)
        return Sheet(stored.task, stored.edits, outcome, self.method, settings, languages)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A sentence whose reading is missing or old; `reading` is the old one, if there is one."""

    stored: StoredSentence
    reading: Reading | None


def content_of(stored: StoredSentence) -> str:
    """Return a hash of all that the pipeline and the doubt depend on, besides the settings."""
    edits = stored.edits
    decided = replace(edits, checked=False, flagged=False, note="").to_dict()
    text = json.dumps([dump_task(edits.apply(stored.task)), decided], sort_keys=True)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def words_of(stored: StoredSentence) -> Reading:
    """Return a reading before the pipeline ran, so that the sentence can be found by its words."""
    task = stored.edits.apply(stored.task)
    labels = tuple(entity.label for entity in stored.edits.target_entities or stored.edits.placed)
    return Reading(stored.id, "", stored.revision, None, (), task.source, task.target, labels=labels)


def reading_of(stored: StoredSentence, outcome: Outcome, method: str, settings: str) -> Reading:
    """Return the reading of a sentence from what the pipeline made of it."""
    projection = outcome.projections.get(method)
    final = stored.edits.final_entities(projection)
    doubt = doubt_about(outcome, method, final if stored.edits.decides_target else None)
    if projection is None and stored.edits.target_entities is not None:
        doubt = Doubt(0.0)  # a person's whole list needs no method
    task = stored.edits.apply(stored.task)
    source = outcome.source or task.source
    target = projection.bitext.target if projection else outcome.target or task.target
    return Reading(
        stored.id, settings, stored.revision, doubt.total, doubt.reasons, source, target,
        projection.entities if projection else (), tuple(entity.label for entity in final), method,
        projection.signature if projection else "", content_of(stored),
    )  # fmt: skip


def still_right(lacking: Lacking, settings: str) -> Reading | None:
    """Return the old reading brought up to date, where nothing it was made from has changed; else None."""
    stored, old = lacking.stored, lacking.reading
    if old is None or old.doubt is None:
        return None
    whole = stored.edits.target_entities
    if stored.edits.checked and whole is not None:  # decided as a whole: neither settings nor doubt matter any more
        target = stored.edits.target or stored.task.target or old.target
        labels = tuple(entity.label for entity in whole)
        return replace(old, settings=settings, revision=stored.revision, target=target, labels=labels)
    if old.settings == settings and old.content == content_of(stored):
        return replace(old, revision=stored.revision)
    return None


class Readings:
    """The readings of a store's projects."""

    def __init__(self, database: Database):
        self._database = database

    def keep(self, project_id: int, readings: Sequence[Reading], stored: Sequence[StoredSentence]) -> None:
        """Store readings in place of older ones, all or none; `stored` are their sentences, in the same order."""
        if not readings:
            return
        rows = [_row(project_id, *pair) for pair in zip(readings, stored, strict=True)]
        table = tables.reading
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.sentence_id.in_([row["sentence_id"] for row in rows])))
            connection.execute(insert(table), rows)

    def lacking(self, project_id: int, settings: str, *, after: int = -1, limit: int = 200) -> list[Lacking]:
        """Return the first sentences after position `after` without a reading of now, in order."""
        with self._database.reading() as connection:
            wanted = _with_readings(project_id).where(_is_old(settings), tables.sentence.c.position > after)
            return [_lacking(row) for row in connection.execute(wanted.limit(limit))]

    def unknown(self, project_id: int, limit: int = 500) -> list[StoredSentence]:
        """Return the first sentences that cannot be found by their words yet."""
        with self._database.reading() as connection:
            wanted = _with_readings(project_id).where(tables.reading.c.sentence_id.is_(None)).limit(limit)
            return [sentence_of(row) for row in connection.execute(wanted)]

    def at(self, project_id: int, positions: Iterable[int]) -> list[Lacking]:
        """Return sentences with their readings, in the order of the project."""
        found: list[Lacking] = []
        wanted = sorted(set(positions))
        with self._database.reading() as connection:
            for start in range(0, len(wanted), 500):
                some = tables.sentence.c.position.in_(wanted[start : start + 500])
                found += [_lacking(row) for row in connection.execute(_with_readings(project_id).where(some))]
        return found

    def forget_failed(self, project_id: int) -> None:
        """Have the sentences without a result read again."""
        table = tables.reading
        failed = table.c.row.contains(tag("r", "failed"))
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.project_id == project_id, failed))


def tag(kind: str, name: str) -> str:
    """Return how a row says "l" (label) or "r" (reason) of its sentence; names are in hex, as LIKE ignores case."""
    return f"{MARK}{kind}{name.encode().hex()}{MARK}"


def tags_of(head: str) -> dict[str, list[str]]:
    """Return the labels ("l") and reasons ("r") that the beginning of a row names; a tag cut off at its end is not."""
    found: dict[str, list[str]] = {"l": [], "r": []}
    for part in head.partition("\n")[0].split(MARK)[1:-1]:
        if part[:1] in found:
            found[part[0]].append(bytes.fromhex(part[1:]).decode())
    return found


def plain(text: str) -> str:
    """Return a text as it is searched: without differences of case."""
    return text.casefold()


def _row(project_id: int, reading: Reading, stored: StoredSentence) -> dict[str, Any]:
    labels = "".join(tag("l", label) for label in sorted(set(reading.labels))) or f"{MARK}z{MARK}"
    kinds = "".join(tag("r", kind) for kind in dict.fromkeys(reason.kind for reason in reading.reasons))
    task = stored.edits.apply(stored.task)
    values = {
        "method": reading.method,
        "signature": reading.signature,
        "content": reading.content,
        "labels": reading.labels,
        "entities": dump_entities(reading.entities),
        "reasons": [_dump_reason(reason) for reason in reading.reasons],
    }
    for side, own in (("source", task.source), ("target", task.target)):
        sentence = getattr(reading, side)
        if sentence is not None and sentence != own:
            values[side] = dump_sentence(sentence)
    texts = (sentence.text for sentence in (reading.target, reading.source) if sentence is not None)
    return {
        "sentence_id": reading.sentence_id,
        "project_id": project_id,
        "settings": reading.settings,
        "revision": reading.revision,
        "doubt": reading.doubt,
        "length": len(reading.target or reading.source or ()),
        "text": plain("\n".join(texts)),
        "row": f"{labels}{kinds}\n{json.dumps(values, ensure_ascii=False)}",
    }


def reading_from(row: Row, stored: StoredSentence) -> Reading | None:
    """Return the reading of a row with the columns read_settings, read_revision, doubt and row; None without one."""
    if row.row is None:
        return None
    values = json.loads(row.row.partition("\n")[2])
    task = stored.edits.apply(stored.task)
    sides = {side: load_sentence(values[side])[0] if side in values else getattr(task, side)
             for side in ("source", "target")}  # fmt: skip
    return Reading(
        row.id, row.read_settings, row.read_revision, row.doubt, tuple(map(_load_reason, values["reasons"])),
        sides["source"], sides["target"], load_entities(values["entities"]), tuple(values["labels"]), values["method"],
        values["signature"], values["content"],
    )  # fmt: skip


def columns() -> list[Any]:
    """Return the columns of a sentence with its reading, as `sentence_of` and `reading_from` take them."""
    reading = tables.reading.c
    named = (reading.settings.label("read_settings"), reading.revision.label("read_revision"), reading.doubt)
    return [tables.sentence, *named, reading.row]


def _with_readings(project_id: int) -> Select:
    sentence, reading = tables.sentence, tables.reading
    joined = select(*columns()).outerjoin(reading, reading.c.sentence_id == sentence.c.id)
    return joined.where(sentence.c.project_id == project_id).order_by(sentence.c.position)


def _is_old(settings: str) -> Any:
    reading = tables.reading.c
    return or_(
        reading.sentence_id.is_(None), reading.settings != settings, reading.revision != tables.sentence.c.revision
    )


def _lacking(row: Row) -> Lacking:
    stored = sentence_of(row)
    return Lacking(stored, reading_from(row, stored))


def _dump_reason(reason: Reason) -> dict[str, Any]:
    return asdict(reason) | {"span": reason.span and [reason.span.start, reason.span.end]}


def _load_reason(row: dict[str, Any]) -> Reason:
    return Reason(**row | {"span": Span(*row["span"]) if row["span"] else None})
