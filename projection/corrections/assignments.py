"""Which sentences a person is to do: alone, or apart from others who do the same ones (an overlap set)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, or_, select

from projection.corrections import lines, tables
from projection.corrections.database import Database, now
from projection.corrections.overlaps import open_lines
from projection.corrections.roles import (
    CORRECTOR,
    CURATOR,
    Member,
    begin_managing,
    clean_name,
    name_key,
    own_line,
    role_in,
    same_person,
)
from projection.errors import StoreError

Order = Literal["corpus", "doubt"]
_PART = re.compile(r"(\d+)(?:\s*[-\u2010-\u2015\u2212]\s*(\d+))?")


@dataclass(frozen=True, slots=True)
class Given:
    """What became of an assignment: sentences for each person, and how many were left alone as others do them apart."""

    sentences: dict[str, int]
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What a person has to do: `apart` of the `assigned` sentences are in overlap sets; `next` is a position or None.

    A sentence is done once the person accepted it, or once it was decided about.
    """

    person: str
    assigned: int
    done: int
    apart: int
    next: int | None


def read_positions(text: str, sentences: int) -> list[int]:
    """Read "1-50, 60" as positions from 0, in order, each once. Raises StoreError for what cannot be read.

    >>> read_positions("3, 1-2", 5)
    [0, 1, 2]
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        match = _PART.fullmatch(part)
        if match is None:
            raise StoreError(f"{part[:40]!r} is no number of a sentence and no range: write for example 1-50, 60.")
        first = int(match[1][:12])
        last = int((match[2] or match[1])[:12])
        if not 1 <= first <= last <= sentences:
            raise StoreError(f"{part[:40]!r} is not among the sentences 1 to {sentences} of this project.")
        found.update(range(first - 1, last))
    if not found:
        raise StoreError("No sentences are named: write for example 1-50, 60.")
    return sorted(found)


def split_evenly(positions: Sequence[int], people: Sequence[str], *, deal: bool = False) -> dict[str, list[int]]:
    """Share sentences out, sizes differing by one at most: in blocks, so that texts stay together, or dealt like cards.

    Deal sentences that are ordered by doubt, so that everybody gets as many hard ones.
    """
    if deal:
        return {person: list(positions[index :: len(people)]) for index, person in enumerate(people)}
    size, more = divmod(len(positions), len(people))
    shares, start = {}, 0
    for index, person in enumerate(people):
        end = start + size + (index < more)
        shares[person] = list(positions[start:end])
        start = end
    return shares


class Assignments:
    """The assignments of a store's projects. All methods raise StoreError with one sentence."""

    def __init__(self, database: Database):
        self.database = database

    def free(self, project_id: int, count: int, order: Order = "corpus") -> list[int]:
        """Return the positions of the next `count` sentences that nobody was given and nobody accepted.

        Ordered by doubt, the most doubtful first, those whose doubt is not known last; or as in the corpus.
        """
        sentence, given, reading = tables.sentence, tables.assignment, tables.reading
        taken = select(given.c.sentence_id)
        wanted = select(sentence.c.position).where(
            sentence.c.project_id == project_id, ~sentence.c.checked, sentence.c.id.not_in(taken)
        )
        if order == "doubt":
            wanted = wanted.outerjoin(reading, reading.c.sentence_id == sentence.c.id)
            wanted = wanted.order_by(func.coalesce(reading.c.doubt, -1.0).desc())
        with self.database.reading() as connection:
            return list(connection.execute(wanted.order_by(sentence.c.position).limit(count)).scalars())

    def give(self, project_id: int, shares: dict[str, Collection[int]], by: str) -> Given:
        """Give each person the sentences at some positions, to do alone; whoever had one before has not any more.

        Sentences that several people are doing apart are left alone and counted.
        """
        with self.database.writing() as connection:
            known = begin_managing(connection, project_id, by)
            names = {person: _worker(known, person) for person in shares}
            ids, apart = _ids(connection, project_id), _apart(connection, project_id)
            counts, passed, rows = dict.fromkeys(names.values(), 0), 0, []
            for person, positions in shares.items():
                mine = [ids[position] for position in positions if position in ids]
                free = [sentence for sentence in mine if sentence not in apart]
                passed += len(mine) - len(free)
                counts[names[person]] += len(free)
                rows += [_row(sentence, names[person], by) for sentence in free]
            _forget(connection, [row["sentence_id"] for row in rows])
            _insert(connection, tables.assignment, rows)
        return Given(counts, passed)

    def give_apart(self, project_id: int, positions: Iterable[int], people: Sequence[str], by: str) -> Given:
        """Let two or more people do the same sentences, each on a line of their own that begins as imported.

        Who did one apart before goes on where they were. Texts that somebody corrected stay corrected.
        """
        with self.database.writing() as connection:
            known = begin_managing(connection, project_id, by)
            names = list({name_key(name): name for name in (_worker(known, person) for person in people)}.values())
            ids, apart = _ids(connection, project_id), _apart(connection, project_id)
            chosen = [ids[position] for position in positions if position in ids]
            if len(names) < 2 and not apart.issuperset(chosen):
                raise StoreError("To compare people, choose two or more of them.")
            _begin_apart(connection, project_id, chosen, names, by)
        return Given(dict.fromkeys(names, len(chosen)))

    def take_back(self, project_id: int, positions: Collection[int], person: str, by: str) -> int:
        """Take sentences from a person that they have not finished; return how many. What they did stays."""
        with self.database.writing() as connection:
            begin_managing(connection, project_id, by)
            wanted = set(positions)
            ids = [sentence for position, sentence in _ids(connection, project_id).items() if position in wanted]
            return release(connection, project_id, person, ids)

    def work(self, project_id: int) -> tuple[Work, ...]:
        """Return what everybody who was given sentences has to do, by name."""
        with self.database.reading() as connection:
            rows = jobs_in(connection, project_id)
        found: dict[str, list[Job]] = {}
        for row in rows:
            found.setdefault(name_key(row.person), []).append(row)
        work = []
        for key in sorted(found):
            mine = found[key]
            left = [row.position for row in mine if not _is_done(row)]
            apart = sum(row.overlap for row in mine)
            work.append(Work(mine[0].person, len(mine), len(mine) - len(left), apart, min(left, default=None)))
        return tuple(work)

    def left(self, project_id: int, person: str) -> list[int] | None:
        """Return the positions of the sentences a person has still to do, in order; None if they were given none.

        Asked after every change in the editor, so the database does the choosing.
        """
        sentence, given, line = tables.sentence, tables.assignment, tables.line
        here = select(given.c.person).distinct().join(sentence).where(sentence.c.project_id == project_id)
        own = and_(line.c.sentence_id == sentence.c.id, line.c.name == own_line(person))
        apart_left = or_(line.c.id.is_(None), and_(line.c.open, ~line.c.checked))
        left = or_(and_(~given.c.overlap, ~sentence.c.checked), and_(given.c.overlap, apart_left))
        wanted = select(sentence.c.position).distinct().join(given, given.c.sentence_id == sentence.c.id)
        wanted = wanted.outerjoin(line, own).where(sentence.c.project_id == project_id, left)
        with self.database.reading() as connection:
            names = [name for name in connection.execute(here).scalars() if same_person(name, person)]
            if not names:
                return None
            mine = wanted.where(given.c.person.in_(names)).order_by(sentence.c.position)
            return list(connection.execute(mine).scalars())

    def positions(self, project_id: int, person: str) -> list[int]:
        """Return the positions of all sentences a person was given, in order."""
        with self.database.reading() as connection:
            return [row.position for row in jobs_in(connection, project_id) if same_person(row.person, person)]


def release(connection: Connection, project_id: int, person: str, ids: Collection[int] | None = None) -> int:
    """Take from a person the sentences `ids` (None: all) they have not finished, and close their lines there."""
    table, only = tables.assignment, None if ids is None else set(ids)
    gone = [
        row
        for row in jobs_in(connection, project_id)
        if same_person(row.person, person) and not _is_done(row) and (only is None or row.sentence_id in only)
    ]
    for row in gone:
        place = (table.c.sentence_id == row.sentence_id, table.c.person == row.person)
        connection.execute(delete(table).where(*place))
        if row.overlap:
            lines.set_open(connection, row.sentence_id, own_line(row.person), False)
    return len(gone)


def jobs_in(connection: Connection, project_id: int) -> list[Job]:
    """Return all assignments with the state of the sentence and of the person's own line, in order of position."""
    sentence, given, line = tables.sentence, tables.assignment, tables.line
    wanted = (
        select(given.c.sentence_id, given.c.person, given.c.overlap, sentence.c.position, sentence.c.checked)
        .join(sentence, sentence.c.id == given.c.sentence_id)
        .where(sentence.c.project_id == project_id)
        .order_by(sentence.c.position, given.c.id)
    )
    own = select(line.c.sentence_id, line.c.name, line.c.checked, line.c.open).join(sentence)
    rows = connection.execute(own.where(sentence.c.project_id == project_id)).all()
    state = {(row.sentence_id, row.name): (row.checked, row.open) for row in rows}
    found = connection.execute(wanted).all()
    return [Job(*row, *state.get((row.sentence_id, own_line(row.person)), (False, True))) for row in found]


@dataclass(frozen=True, slots=True)
class Job:
    """One assignment with the state of the sentence and of the person's own line."""

    sentence_id: int
    person: str
    overlap: bool
    position: int
    checked: bool
    line_checked: bool
    line_open: bool


def _is_done(job: Job) -> bool:
    return (job.line_checked or not job.line_open) if job.overlap else job.checked


def _worker(known: Collection[Member], person: str) -> str:
    """Return the name under which a person is given sentences. Raises StoreError where they cannot do them."""
    name = clean_name(person)
    if not name:
        raise StoreError("Choose who is to do these sentences.")
    if known and role_in(known, name) not in (CORRECTOR, CURATOR):
        role = role_in(known, name)
        why = f"{name} is a {role} here" if role else f"{name} is not among the people of this project"
        raise StoreError(f"{why}: make them a corrector first.")
    return next((member.person for member in known if same_person(member.person, name)), name)


def _ids(connection: Connection, project_id: int) -> dict[int, int]:
    table = tables.sentence
    rows = connection.execute(select(table.c.position, table.c.id).where(table.c.project_id == project_id))
    return {row.position: row.id for row in rows}


def _apart(connection: Connection, project_id: int) -> set[int]:
    """Return the sentences that several people do, or did, apart."""
    return {job.sentence_id for job in jobs_in(connection, project_id) if job.overlap}


def _row(sentence_id: int, person: str, by: str, overlap: bool = False) -> dict[str, Any]:
    return {"sentence_id": sentence_id, "person": person, "overlap": overlap, "by": by, "at": now()}


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _forget(connection: Connection, ids: Iterable[int]) -> None:
    """Drop who was to do these sentences alone."""
    table, rows = tables.assignment, [{"which": sentence} for sentence in ids]
    if rows:
        place = (table.c.sentence_id == bindparam("which"), table.c.overlap.is_(False))
        connection.execute(delete(table).where(*place), rows)


def _begin_apart(connection: Connection, project_id: int, ids: Sequence[int], names: Sequence[str], by: str) -> None:
    taken = {(job.sentence_id, name_key(job.person)) for job in jobs_in(connection, project_id) if job.overlap}
    _forget(connection, ids)
    new = ((sentence, name) for sentence in ids for name in names if (sentence, name_key(name)) not in taken)
    _insert(connection, tables.assignment, [_row(sentence, name, by, overlap=True) for sentence, name in new])
    open_lines(connection, project_id, ids, names)
