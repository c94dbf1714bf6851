"""Who works on a project, in which role, and what each may do. Without any member a project is open to everybody.

A name is what a person says of themselves, or what a login vouches for; nothing here can tell the two apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, insert, select, update

from projection.corrections import tables
from projection.corrections.assignments import jobs_in, release
from projection.corrections.database import Database, now
from projection.corrections.records import MAIN
from projection.corrections.roles import (
    CORRECTOR,
    CURATOR,
    OWN,
    ROLES,
    VIEWER,
    Member,
    Role,
    begin_managing,
    clean_name,
    members_of,
    name_key,
    not_managing,
    own_line,
    role_in,
    same_person,
)
from projection.errors import StoreError


class People:
    """The members of a store's projects, and what they may do. All methods raise StoreError with one sentence."""

    def __init__(self, database: Database):
        self.database = database

    def members(self, project_id: int) -> tuple[Member, ...]:
        """Return who has a role, curators first, then by name; nobody where the project is open to all."""
        with self.database.reading() as connection:
            return members_of(connection, project_id)

    def known(self, project_id: int) -> tuple[str, ...]:
        """Return everybody who has a role, sentences to do, or a change in the project's history, by name."""
        sentence, event, given, member = tables.sentence, tables.event, tables.assignment, tables.member
        here = sentence.c.project_id == project_id
        with self.database.reading() as connection:
            names = [
                *connection.execute(select(member.c.person).where(member.c.project_id == project_id)).scalars(),
                *connection.execute(select(given.c.person).join(sentence).where(here).distinct()).scalars(),
                *connection.execute(select(event.c.author).join(sentence).where(here).distinct()).scalars(),
            ]
        first = {name_key(name): name for name in reversed(names) if name}
        return tuple(sorted(first.values(), key=name_key))

    def role(self, project_id: int, person: str) -> Role | None:
        """Return a person's role; None for one without, also where nobody has any."""
        with self.database.reading() as connection:
            return role_in(members_of(connection, project_id), person)

    def set_member(self, project_id: int, person: str, role: str, by: str) -> None:
        """Add a person, or give them another role. Whoever adds the first one becomes curator."""
        name, by = clean_name(person), clean_name(by)
        if role not in ROLES:
            raise StoreError(f"There is no role {role!r}; known are {', '.join(ROLES)}.")
        if not name:
            raise StoreError("The name is empty: type the name of the person to add.")
        with self.database.writing() as connection:
            known = begin_managing(connection, project_id, by)
            if not known and not by:
                raise StoreError("Say your own name first: whoever adds the first person becomes the curator.")
            if not known:
                _store(connection, project_id, by, CURATOR)
                if same_person(by, name):
                    return
            here = [member for member in known if same_person(member.person, name)]
            if here and role != CURATOR:
                _keep_a_curator(known, here[0])
            _store(connection, project_id, here[0].person if here else name, role)

    def remove_member(self, project_id: int, person: str, by: str) -> None:
        """Take a person's role and what they had still to do; all they did stays, under their name."""
        with self.database.writing() as connection:
            known = begin_managing(connection, project_id, by)
            here = [member for member in known if same_person(member.person, person)]
            if not here:
                raise StoreError(f"{person} is not among the people of this project.")
            _keep_a_curator(known, here[0])
            table = tables.member
            connection.execute(delete(table).where(table.c.project_id == project_id, table.c.person == here[0].person))
            release(connection, project_id, here[0].person)

    def open_to_all(self, project_id: int, by: str) -> None:
        """Take all roles away, so that the project is open to everybody again."""
        with self.database.writing() as connection:
            begin_managing(connection, project_id, by)
            connection.execute(delete(tables.member).where(tables.member.c.project_id == project_id))

    # what a person may do ---------------------------------------------------------------------------

    def may(self, project_id: int, person: str, line: str = MAIN, position: int | None = None) -> str:
        """Return why a person may not change a line of a sentence, "" if they may.

        `position` counts from 0; without one the answer is about the project as a whole.
        """
        with self.database.reading() as connection:
            known = members_of(connection, project_id)
            role = role_in(known, person)
            refused = _not_editing(known, role, person)
            if refused or (position is None and not line.startswith(OWN)):
                return refused
            if line.startswith(OWN):
                return _not_own(connection, project_id, person, line, position)
            return _not_assigned(connection, project_id, person, position) if role == CORRECTOR else ""

    def changeable(self, project_id: int, person: str, positions: Iterable[int]) -> set[int]:
        """Return those positions whose main line a person may change: as `may`, for many at once."""
        wanted = set(positions)
        with self.database.reading() as connection:
            known = members_of(connection, project_id)
            role = role_in(known, person)
            if _not_editing(known, role, person):
                return set()
            if role != CORRECTOR:
                return wanted
            jobs = jobs_in(connection, project_id)
        mine = {job.position for job in jobs if same_person(job.person, person)}
        apart = {job.position for job in jobs if job.overlap and job.line_open}
        free = mine if mine else wanted - {job.position for job in jobs if not job.overlap}
        return (wanted & free) - apart

    def may_manage(self, project_id: int, person: str) -> str:
        """Return why a person may not manage people, decide between versions, change or delete the project."""
        with self.database.reading() as connection:
            return not_managing(members_of(connection, project_id), person)

    def line_for(self, project_id: int, sentence_id: int, person: str) -> str:
        """Return the line a person works on: their own where they do a sentence apart from others, else the main one.

        Sentences belong to one project, so `project_id` is only there for the caller's sake.
        """
        name = own_line(person)
        line, given = tables.line, tables.assignment
        wanted = select(line.c.id).where(line.c.sentence_id == sentence_id, line.c.name == name, line.c.open)
        doing = select(given.c.person).where(given.c.sentence_id == sentence_id, given.c.overlap)
        with self.database.reading() as connection:
            if not person or connection.execute(wanted).first() is None:
                return MAIN
            return name if any(same_person(one, person) for one in connection.execute(doing).scalars()) else MAIN


def _not_editing(known: Collection[Member], role: Role | None, person: str) -> str:
    if not known or role in (CORRECTOR, CURATOR):
        return ""
    if not person:
        return "This project is for certain people: say your name first."
    if role == VIEWER:
        return "You can look and export here, but not change anything: your role is viewer."
    return f"{person} is not among the people of this project: a curator can add you on the page People."


def _not_own(connection: Connection, project_id: int, person: str, line: str, position: int | None) -> str:
    if not person or own_line(person) != line:
        return "This is somebody else's own version of the sentence: only they can change it."
    if position is None:
        return ""
    table, sentence = tables.line, tables.sentence
    place = (sentence.c.project_id == project_id, sentence.c.position == position)
    found = select(table.c.open).join(sentence).where(*place, table.c.name == line)
    if connection.execute(found).scalar_one_or_none():
        return ""
    return f"Sentence {position + 1} has been decided about, your version of it is closed: reload the page."


def _not_assigned(connection: Connection, project_id: int, person: str, position: int) -> str:
    sentence, given = tables.sentence, tables.assignment
    place = (sentence.c.project_id == project_id, sentence.c.position == position)
    here = connection.execute(select(given.c.person, given.c.overlap).join(sentence).where(*place)).all()
    if any(row.overlap for row in here) and _is_apart(connection, project_id, position):
        return f"Sentence {position + 1} is being done by several people apart: a curator decides between them."
    if any(same_person(row.person, person) for row in here):
        return ""
    plain = [row.person for row in here if not row.overlap]
    if plain:
        return f"Sentence {position + 1} is assigned to {' and '.join(plain)}."
    if assigned_to(connection, project_id, person):
        return f"Sentence {position + 1} is not one of the sentences assigned to you."
    return ""


def _is_apart(connection: Connection, project_id: int, position: int) -> bool:
    table, sentence = tables.line, tables.sentence
    place = (sentence.c.project_id == project_id, sentence.c.position == position)
    own = table.c.name.startswith(OWN, autoescape=True)
    return connection.execute(select(table.c.id).join(sentence).where(*place, own, table.c.open)).first() is not None


def assigned_to(connection: Connection, project_id: int, person: str) -> int:
    """Return how many sentences of a project a person was given."""
    sentence, given = tables.sentence, tables.assignment
    counts = select(given.c.person, func.count().label("size")).join(sentence)
    rows = connection.execute(counts.where(sentence.c.project_id == project_id).group_by(given.c.person)).all()
    return sum(row.size for row in rows if same_person(row.person, person))


def _keep_a_curator(known: Collection[Member], leaving: Member) -> None:
    curators = [member for member in known if member.role == CURATOR]
    if curators == [leaving]:
        raise StoreError(f"{leaving.person} is the last curator: make somebody else a curator first.")


def _store(connection: Connection, project_id: int, person: str, role: str) -> None:
    table = tables.member
    place = (table.c.project_id == project_id, table.c.person == person)
    if not connection.execute(update(table).where(*place).values(role=role)).rowcount:
        connection.execute(insert(table).values(project_id=project_id, person=person, role=role, at=now()))
