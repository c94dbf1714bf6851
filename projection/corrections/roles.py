"""Names of people, their roles in a project, and who may manage it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from sqlalchemy import Connection, select, update

from projection.corrections import tables
from projection.corrections.records import local
from projection.errors import GoneError, StoreError

Role = Literal["viewer", "corrector", "curator"]
VIEWER, CORRECTOR, CURATOR = ROLES = ("viewer", "corrector", "curator")
LONGEST_NAME = 200
OWN = "@"
"""Begins the name of a line on which one person works apart from others."""

_JOINERS = "\u200c\u200d"
_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a project: viewers read and export, correctors edit, curators also manage and decide."""

    person: str
    role: Role
    since: datetime


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, nothing invisible but what joins letters. Raises StoreError if too long.

    >>> clean_name("  Ana\\n Silva ")
    'Ana Silva'
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    seen = (letter for letter in text if letter in _JOINERS or letter.isprintable())
    name = " ".join("".join(seen).split())
    if not name.strip(_JOINERS + " "):
        return ""
    if len(name) > LONGEST_NAME:
        raise StoreError(f"A name has at most {LONGEST_NAME} characters, this one has {len(name)}. Shorten it.")
    return name


def name_key(name: str) -> str:
    """Return what two ways to write one name have in common: "ANA" and "Ana" are one person."""
    bare = "".join(letter for letter in name if letter not in _JOINERS)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())


def same_person(one: str, other: str) -> bool:
    return name_key(one) == name_key(other)


def own_line(person: str) -> str:
    """Return the name of the line on which a person works apart from others; long names end in a hash."""
    key = name_key(person)
    if len(key) > _LONGEST_KEY:
        key = f"{key[:_LONGEST_KEY]} {blake2b(key.encode(), digest_size=8).hexdigest()}"
    return OWN + key


def members_of(connection: Connection, project_id: int) -> tuple[Member, ...]:
    table = tables.member
    rows = connection.execute(select(table).where(table.c.project_id == project_id)).all()
    found = (Member(row.person, row.role, local(row.at)) for row in rows)
    return tuple(sorted(found, key=lambda member: (-ROLES.index(member.role), name_key(member.person))))


def role_in(known: Collection[Member], person: str) -> Role | None:
    return next((member.role for member in known if same_person(member.person, person)), None)


def begin_managing(connection: Connection, project_id: int, by: str) -> tuple[Member, ...]:
    """Hold the project until the transaction ends, and return its members. Raises StoreError if `by` may not manage.

    Two curators that remove each other at the same moment come one after the other.
    """
    table = tables.project
    held = connection.execute(update(table).where(table.c.id == project_id).values(id=table.c.id))
    if not held.rowcount:
        raise GoneError(f"There is no project {project_id}; it may have been deleted.")
    known = members_of(connection, project_id)
    refused = not_managing(known, by)
    if refused:
        raise StoreError(refused)
    return known


def not_managing(known: Collection[Member], person: str) -> str:
    if not known or role_in(known, person) == CURATOR:
        return ""
    curators = " or ".join(member.person for member in known if member.role == CURATOR)
    return f"Only a curator of this project can do that: ask {curators}."
