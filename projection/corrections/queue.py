"""What to look at next, page by page: sentences by doubt, state, label, reason, person and words, in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from projection.corrections import tables
from projection.corrections.database import Database
from projection.corrections.readings import Reading, columns, plain, reading_from, tag, tags_of
from projection.corrections.records import StoredSentence, local, sentence_of
from projection.corrections.wanted import Wanted, accepted_in_bulk, conditions, done_apart, in_conflict, order_of

TELLING = 3
"""Sentences accepted from which on their pace says something."""
LONGEST_PAUSE = 900
"""Seconds on one sentence from which on nobody was working on it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: the sentence, its reading (which may be old, `fresh` says) and whom it was given to."""

    stored: StoredSentence
    reading: Reading | None
    fresh: bool
    people: tuple[str, ...] = ()
    bulk: bool = False
    torn: bool = False
    """Whether two versions of it wait for a decision."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over a project: all `sentences`, those `checked`, `flagged`, and `read` under the settings of now.

    `reasons` counts the open sentences for each kind of doubt, `quiet` those read that have none; `labels` counts
    sentences by label.
    """

    sentences: int
    checked: int
    flagged: int
    read: int
    quiet: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Something done to many sentences at once: of `sentences` it changed, `standing` are still as it left them."""

    id: str
    kind: str
    author: str
    at: datetime
    sentences: int
    standing: int


class Queue:
    """The list of one project's sentences; `settings` are those a reading has to have been made under."""

    def __init__(self, database: Database, project_id: int, settings: str):
        self.settings = settings
        self._database, self._project = database, project_id

    def count(self, wanted: Wanted) -> int:
        with self._database.reading() as connection:
            return connection.execute(self._from(select(func.count()), wanted)).scalar_one()

    def page(self, wanted: Wanted, start: int, size: int) -> list[Listed]:
        """Return rows `start` (from 0) up to `start + size`."""
        listed = self._from(select(tables.sentence.c.id), wanted).order_by(*order_of(wanted)).offset(start).limit(size)
        with self._database.reading() as connection:
            ids = list(connection.execute(listed).scalars())  # wide rows are read after sorting, not sorted
            wide = self._from(select(*columns()), Wanted(())).where(tables.sentence.c.id.in_(ids))
            rows = sorted(connection.execute(wide).all(), key=lambda row: ids.index(row.id))
            people = _people(connection.execute(_given_to(ids)).all())
            in_bulk = select(tables.sentence.c.id).where(tables.sentence.c.id.in_(ids), accepted_in_bulk())
            bulk = set(connection.execute(in_bulk).scalars())
            two = select(tables.sentence.c.id).where(tables.sentence.c.id.in_(ids), in_conflict())
            torn = set(connection.execute(two).scalars())
        return [self._listed(row, people, bulk, torn) for row in rows]

    def place(self, wanted: Wanted, position: int) -> int | None:
        """Return at which row the sentence at `position` stands, None if it is not among them."""
        order = func.row_number().over(order_by=order_of(wanted)).label("place")
        listed = self._from(select(tables.sentence.c.position, order), wanted).subquery()
        with self._database.reading() as connection:
            found = connection.execute(select(listed.c.place).where(listed.c.position == position)).scalar()
        return None if found is None else found - 1

    def acceptable(self, wanted: Wanted) -> list[tuple[int, int, float]]:
        """Return (position, revision, doubt) of the open sentences among the `wanted` that may be accepted unseen.

        Their reading is of now and no failure; flagged ones, those with a note, conflicts and those that several
        people do apart are left for people.
        """
        sentence, reading = tables.sentence.c, tables.reading.c
        allowed = and_(
            ~sentence.checked, ~sentence.flagged, sentence.note == "", ~in_conflict(), ~done_apart(), self._fresh(),
            reading.doubt.is_not(None), ~reading.row.contains(tag("r", "failed")),
        )  # fmt: skip
        chosen = self._from(select(sentence.position, sentence.revision, reading.doubt), wanted).where(allowed)
        with self._database.reading() as connection:
            return [tuple(row) for row in connection.execute(chosen.order_by(*order_of(wanted)))]

    def tally(self) -> Tally:
        sentence, reading = tables.sentence.c, tables.reading.c
        reasons: Counter[str] = Counter()
        labels: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        with self._database.reading() as connection:
            find = func.strpos if connection.dialect.name == "postgresql" else func.instr
            tags = func.substr(reading.row, 1, find(reading.row, "\n")).label("tags")
            known, fresh = reading.doubt.is_not(None).label("known"), self._fresh().label("fresh")
            groups = (sentence.checked, sentence.flagged, known, fresh, tags)
            names = (sentence.checked, sentence.flagged, "known", "fresh", "tags")
            chosen = self._from(select(*groups, func.count()), Wanted(())).group_by(*names)
            for checked, flagged, is_known, is_fresh, head, count in connection.execute(chosen):
                found = tags_of(head or "")
                labels.update(dict.fromkeys(found["l"], count))
                sums["sentences"] += count
                sums["checked"] += count * bool(checked)
                sums["flagged"] += count * bool(flagged)
                sums["read"] += count * bool(is_known and is_fresh)
                if is_known and not checked:
                    reasons.update(dict.fromkeys(found["r"], count))
                    sums["quiet"] += count * (not found["r"])
        return Tally(*(sums[name] for name in ("sentences", "checked", "flagged", "read", "quiet")), reasons, labels)

    def people(self) -> list[str]:
        """Return everybody who was given sentences of the project."""
        given = tables.assignment
        chosen = select(given.c.person).distinct().join(tables.sentence, tables.sentence.c.id == given.c.sentence_id)
        with self._database.reading() as connection:
            rows = connection.execute(chosen.where(tables.sentence.c.project_id == self._project))
            return sorted(row.person for row in rows)

    def pace(self) -> float | None:
        """Return the mean seconds a sentence was open before it was accepted, None while that were too few to say."""
        event, sentence = tables.event, tables.sentence
        chosen = select(func.avg(event.c.seconds), func.count()).join(sentence, sentence.c.id == event.c.sentence_id)
        counts = event.c.kind == "check", event.c.seconds > 0, event.c.seconds < LONGEST_PAUSE
        with self._database.reading() as connection:
            mean, count = connection.execute(chosen.where(sentence.c.project_id == self._project, *counts)).one()
        return mean if count >= TELLING else None

    def batches(self, prefix: str, limit: int = 3) -> list[Batch]:
        """Return the newest things done to many sentences (their `client` begins with `prefix`), newest first."""
        event, sentence = tables.event, tables.sentence
        standing = func.count().filter(sentence.c.revision == event.c.revision).label("standing")
        names = (event.c.client, func.min(event.c.kind).label("kind"), func.min(event.c.author).label("author"))
        chosen = (
            select(*names, func.max(event.c.at).label("at"), func.count().label("sentences"), standing)
            .join(sentence, sentence.c.id == event.c.sentence_id)
            .where(sentence.c.project_id == self._project, event.c.client.like(f"{prefix}%"), event.c.kind != "undo")
            .group_by(event.c.client)
            .order_by(func.max(event.c.at).desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(chosen).all()
        return [Batch(row.client, row.kind, row.author, local(row.at), row.sentences, row.standing) for row in rows]

    def holding(self, name: str) -> list[int]:
        """Return the positions of sentences whose texts may hold a name: all its parts are somewhere in them."""
        parts = [tables.reading.c.text.contains(plain(part), autoescape=True) for part in name.split()]
        chosen = self._from(select(tables.sentence.c.position), Wanted(())).where(*parts)
        with self._database.reading() as connection:
            return list(connection.execute(chosen.order_by(tables.sentence.c.position)).scalars())

    def _from(self, chosen: Select, wanted: Wanted) -> Select:
        sentence, reading = tables.sentence, tables.reading
        joined = chosen.select_from(sentence.outerjoin(reading, reading.c.sentence_id == sentence.c.id))
        return joined.where(sentence.c.project_id == self._project, *conditions(wanted))

    def _fresh(self) -> ColumnElement[bool]:
        reading = tables.reading.c
        return and_(reading.settings == self.settings, reading.revision == tables.sentence.c.revision)

    def _listed(self, row: Any, people: Mapping[int, tuple[str, ...]], bulk: set[int], torn: set[int]) -> Listed:
        stored = sentence_of(row)
        reading = reading_from(row, stored)
        fresh = reading is not None and (reading.settings, reading.revision) == (self.settings, stored.revision)
        return Listed(stored, reading, fresh, people.get(row.id, ()), row.id in bulk, row.id in torn)


def _given_to(ids: Sequence[int]) -> Select:
    given = tables.assignment.c
    return select(given.sentence_id, given.person).where(given.sentence_id.in_(ids)).order_by(given.person)


def _people(rows: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for sentence, person in rows:
        found[sentence] = (*found.get(sentence, ()), person)
    return found
