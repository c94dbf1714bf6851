"""The file with gold labels of a project: the last one that was given for an evaluation, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import delete, insert, select

from projection.corrections import tables
from projection.corrections.database import Database


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The name of a file and a digest of its content, 8 hexadecimal digits."""

    name: str
    digest: str


class GoldFiles:
    """The gold files of a store's projects, one for each."""

    def __init__(self, database: Database):
        self._database = database

    def of(self, project_id: int) -> KeptFile | None:
        """Return which file a project has, if any; its content is not read."""
        file = tables.gold_file
        wanted = select(file.c.name, file.c.digest).where(file.c.project_id == project_id)
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        return KeptFile(*row) if row is not None else None

    def content(self, project_id: int, wanted: KeptFile) -> bytes | None:
        """Return the content of the file; None when another has taken its place."""
        file = tables.gold_file
        there = (file.c.project_id == project_id) & (file.c.name == wanted.name) & (file.c.digest == wanted.digest)
        with self._database.reading() as connection:
            return connection.execute(select(file.c.content).where(there)).scalar_one_or_none()

    def keep(self, project_id: int, name: str, content: bytes) -> KeptFile:
        """Store a file in the place of the one before."""
        kept = KeptFile(name, digest_of(content))
        values = {"project_id": project_id, "name": name, "digest": kept.digest, "content": content}
        with self._database.writing() as connection:
            connection.execute(delete(tables.gold_file).where(tables.gold_file.c.project_id == project_id))
            connection.execute(insert(tables.gold_file).values(values))
        return kept


def digest_of(content: bytes) -> str:
    """Return what tells one content from another: 8 hexadecimal digits of its BLAKE2b hash."""
    return blake2b(content, digest_size=4).hexdigest()
