"""What to look at next, page by page: sentences by doubt, state, label, reason, person and words, in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from projection.corrections import tables
from projection.corrections.database import Database
from projection.corrections.readings import HEAD, Reading, columns, plain, reading_from, tag, tags_of
from projection.corrections.records import MAIN, StoredSentence, local, sentence_of

Order = Literal["doubt", "corpus", "length", "label"]
State = Literal["open", "flagged", "checked", "bulk", "corrected", "noted", "conflict"]
BULK_CHECK = "check in bulk"
TELLING = 3
"""Sentences accepted from which on their pace says something."""
LONGEST_PAUSE = 900
"""Seconds on one sentence from which on nobody was working on it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sentences of a project, and in which order.

    A sentence is in if it is in one of `states` (none: any) and has the `label`, the `reason` (a kind of doubt, or
    "none"), the `person` it was given to, and all the words of `text` in its texts or its note, "" meaning any.
    `most` is the greatest doubt. `mine` is the line of who asks: what they have checked there is checked for them.
    """

    states: tuple[State, ...] = ("open",)
    label: str = ""
    reason: str = ""
    person: str = ""
    text: str = ""
    order: Order = "doubt"
    most: float | None = None
    mine: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: the sentence, its reading (which may be old, `fresh` says) and whom it was given to."""

    stored: StoredSentence
    reading: Reading | None
    fresh: bool
    people: tuple[str, ...] = ()
    bulk: bool = False


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
        listed = self._from(select(tables.sentence.c.id), wanted).order_by(*_order(wanted)).offset(start).limit(size)
        with self._database.reading() as connection:
            ids = list(connection.execute(listed).scalars())  # wide rows are read after sorting, not sorted
            wide = self._from(select(*columns()), Wanted(())).where(tables.sentence.c.id.in_(ids))
            rows = sorted(connection.execute(wide).all(), key=lambda row: ids.index(row.id))
            people = _people(connection.execute(_given_to(ids)).all())
            in_bulk = select(tables.sentence.c.id).where(tables.sentence.c.id.in_(ids), _bulk())
            bulk = set(connection.execute(in_bulk).scalars())
        return [self._listed(row, people, bulk) for row in rows]

    def place(self, wanted: Wanted, position: int) -> int | None:
        """Return at which row the sentence at `position` stands, None if it is not among them."""
        order = func.row_number().over(order_by=_order(wanted)).label("place")
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
            ~sentence.checked, ~sentence.flagged, sentence.note == "", ~_conflict(), ~_apart(), self._fresh(),
            reading.doubt.is_not(None), ~reading.row.contains(tag("r", "failed")),
        )  # fmt: skip
        chosen = self._from(select(sentence.position, sentence.revision, reading.doubt), wanted).where(allowed)
        with self._database.reading() as connection:
            return [tuple(row) for row in connection.execute(chosen.order_by(*_order(wanted)))]

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
        return joined.where(sentence.c.project_id == self._project, *_conditions(wanted))

    def _fresh(self) -> ColumnElement[bool]:
        reading = tables.reading.c
        return and_(reading.settings == self.settings, reading.revision == tables.sentence.c.revision)

    def _listed(self, row: Any, people: Mapping[int, tuple[str, ...]], bulk: set[int]) -> Listed:
        stored = sentence_of(row)
        reading = reading_from(row, stored)
        fresh = reading is not None and (reading.settings, reading.revision) == (self.settings, stored.revision)
        return Listed(stored, reading, fresh, people.get(row.id, ()), row.id in bulk)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    sentence, reading = tables.sentence.c, tables.reading.c
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(or_(*(_STATES[state](wanted.mine) for state in wanted.states)))
    if wanted.label:
        found.append(reading.row.contains(tag("l", wanted.label)))
    if wanted.reason == "none":
        found += [reading.doubt.is_not(None), ~reading.row.contains("\x1fr")]
    elif wanted.reason:
        found.append(reading.row.contains(tag("r", wanted.reason)))
    if wanted.person:
        given = tables.assignment.c
        found.append(exists().where(given.sentence_id == sentence.id, given.person == wanted.person))
    if wanted.most is not None:
        found.append(reading.doubt <= wanted.most)
    for word in wanted.text.split():
        spellings = {word, plain(word), word.capitalize(), word.upper()}
        notes = (sentence.note.contains(spelling, autoescape=True) for spelling in sorted(spellings))
        found.append(or_(reading.text.contains(plain(word), autoescape=True), *notes))
    return found


def _order(wanted: Wanted) -> Sequence[ColumnElement[Any]]:
    sentence, reading = tables.sentence.c, tables.reading.c
    first = {
        "doubt": [reading.doubt.desc().nulls_last()],
        "corpus": [],
        "length": [reading.length.desc().nulls_last()],
        "label": [func.substr(reading.row, 1, HEAD).nulls_last()],
    }
    return [*first[wanted.order], sentence.position]


def _checked(mine: str) -> ColumnElement[bool]:
    """Whether a sentence is checked, for all or on the line `mine`."""
    sentence, line = tables.sentence.c, tables.line.c
    if not mine:
        return sentence.checked
    own = line.sentence_id == sentence.id, line.name == mine, line.open, line.checked
    return or_(sentence.checked, exists().where(*own))


def _bulk() -> ColumnElement[bool]:
    """Whether the newest check of the sentence was one in bulk."""
    sentence, event = tables.sentence.c, tables.event
    checks = event.c.sentence_id == sentence.id, event.c.line == MAIN, event.c.kind.in_(("check", BULK_CHECK))
    newest = select(func.max(event.c.revision)).where(*checks).correlate(tables.sentence).scalar_subquery()
    other = event.alias()
    was_bulk = exists().where(
        other.c.sentence_id == sentence.id, other.c.line == MAIN, other.c.kind == BULK_CHECK, other.c.revision == newest
    )
    return and_(sentence.checked, was_bulk)


def _corrected() -> ColumnElement[bool]:
    edits = tables.sentence.c.edits
    return or_(*(edits.contains(f'"origin": "{origin}"') for origin in ("corrected", "manual", "human")))


def _conflict() -> ColumnElement[bool]:
    line = tables.line.c
    return exists().where(line.sentence_id == tables.sentence.c.id, line.open, line.name.like("~%"))


def _apart() -> ColumnElement[bool]:
    """Whether several people do the sentence on their own, so that nobody may decide it for all."""
    given = tables.assignment.c
    return exists().where(given.sentence_id == tables.sentence.c.id, given.overlap)


_STATES = {
    "open": lambda mine: ~_checked(mine),
    "flagged": lambda mine: tables.sentence.c.flagged,
    "checked": lambda mine: _checked(mine),
    "bulk": lambda mine: _bulk(),
    "corrected": lambda mine: _corrected(),
    "noted": lambda mine: tables.sentence.c.note != "",
    "conflict": lambda mine: _conflict(),
}


def _given_to(ids: Sequence[int]) -> Select:
    given = tables.assignment.c
    return select(given.sentence_id, given.person).where(given.sentence_id.in_(ids)).order_by(given.person)


def _people(rows: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for sentence, person in rows:
        found[sentence] = (*found.get(sentence, ()), person)
    return found
