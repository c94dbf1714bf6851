"""Evaluations that were made, kept with the project: what every method found in each sentence, and gold as it was.

A run is all results under the same settings: evaluating again takes up what is missing or has changed. Under other
settings there is another run, so that two can be compared sentence by sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from projection.corrections import tables
from projection.corrections.database import Database, now
from projection.corrections.records import local
from projection.evaluation.blame import Blame
from projection.evaluation.errors import Mistake
from projection.evaluation.study import Found, Item
from projection.text.jsonl import dump_entities, dump_sentence, load_entities, load_sentence
from projection.types import Entity, Sentence

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `settings` are plain JSON values, `signatures` has the newest of each method, `created` is local time.

    `revision` grows with whatever is stored in it.
    """

    id: int
    project_id: int
    settings: Mapping[str, Any]
    signatures: Mapping[str, str]
    created: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence of a run: gold and source as they were, and what each method found.

    `content` names what was judged (see `content_of`), `by` the program that did it: the hash of the signature of each
    method. Results stand as long as both are the same.
    """

    item: Item
    content: str
    found: Mapping[str, Found]
    by: Mapping[str, str] = field(default_factory=dict)


def signature_hash(signature: str) -> str:
    """Return what `Judged.by` holds of a signature."""
    return blake2b(signature.encode(), digest_size=6).hexdigest()


def content_of(*values: Any) -> str:
    """Return a hash of plain JSON values."""
    return blake2b(json.dumps(values, sort_keys=True, ensure_ascii=False).encode(), digest_size=8).hexdigest()


class Runs:
    """The runs of a store's projects."""

    def __init__(self, database: Database):
        self._database = database

    def find(self, project_id: int, settings: Mapping[str, Any]) -> Run | None:
        """Return the run of a project under `settings`, if there is one."""
        settings = json.loads(json.dumps(settings))
        return next((run for run in self.of(project_id) if run.settings == settings), None)

    def open(self, project_id: int, settings: Mapping[str, Any]) -> Run:
        """Return the run of a project under `settings`, plain JSON values; a new one if there is none."""
        settings = json.loads(json.dumps(settings))
        if (known := self.find(project_id, settings)) is not None:
            return known
        values = {"project_id": project_id, "settings": json.dumps(settings, ensure_ascii=False), "created_at": now()}
        with self._database.writing() as connection:
            connection.execute(insert(tables.run).values(signatures="{}", **values))
        return self.find(project_id, settings)

    def of(self, project_id: int | None = None) -> list[Run]:
        """Return the runs of a project, or of all projects, newest first."""
        run = tables.run
        wanted = select(run).order_by(run.c.id.desc())
        if project_id is not None:
            wanted = wanted.where(run.c.project_id == project_id)
        with self._database.reading() as connection:
            return [
                Run(row.id, row.project_id, json.loads(row.settings), json.loads(row.signatures),
                    local(row.created_at), row.revision)
                for row in connection.execute(wanted)
            ]  # fmt: skip

    def keep(self, run_id: int, judged: Sequence[Judged], signatures: Mapping[str, str]) -> None:
        """Store results, all or none; those of other methods on the same content stay."""
        run = tables.run
        with self._database.writing() as connection:
            known = connection.execute(select(run.c.signatures).where(run.c.id == run_id)).scalar_one()
            text = json.dumps(json.loads(known) | dict(signatures), ensure_ascii=False)
            values = {"signatures": text, "revision": run.c.revision + 1}
            connection.execute(update(run).where(run.c.id == run_id).values(values))
            for start in range(0, len(judged), _AT_ONCE):
                _store(connection, run_id, judged[start : start + _AT_ONCE])

    def load(self, run_id: int) -> dict[int, Judged]:
        """Return the results of a run by position."""
        result = tables.result
        wanted = select(result.c.position, result.c.content, result.c.row).where(result.c.run_id == run_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(result.c.position)).all()
        return {position: _load(position, content, row) for position, content, row in rows}

    def delete(self, run_id: int) -> None:
        """Delete a run; labels and corrections are not touched."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.result).where(tables.result.c.run_id == run_id))
            connection.execute(delete(tables.run).where(tables.run.c.id == run_id))


def _store(connection: Connection, run_id: int, judged: Sequence[Judged]) -> None:
    result = tables.result
    places = [one.item.position for one in judged]
    there = (result.c.run_id == run_id) & result.c.position.in_(places)
    before = {row.position: row for row in connection.execute(select(result).where(there))}
    rows = []
    for one in judged:
        old = before.get(one.item.position)
        row = _dump(one)
        if old is not None and old.content == one.content:
            before_that = json.loads(old.row)
            for part in ("found", "by"):
                row[part] = before_that[part] | row[part]
        rows.append({"run_id": run_id, "position": one.item.position, "content": one.content,
                     "row": json.dumps(row, ensure_ascii=False)})  # fmt: skip
    if rows:
        connection.execute(delete(result).where(there))
        connection.execute(insert(result), rows)


def _dump(one: Judged) -> dict[str, Any]:
    row: dict[str, Any] = {"gold": dump_sentence(one.item.gold)}
    if one.item.source is not None:
        row["source"] = dump_sentence(one.item.source)
    row["found"] = {method: _dump_found(found, one.item.gold.entities) for method, found in one.found.items()}
    return row | {"by": dict(one.by)}


def _load(position: int, content: str, text: str) -> Judged:
    row = json.loads(text)
    gold = _sentence(row["gold"])
    source = _sentence(row["source"]) if "source" in row else None
    found = {method: _load_found(one, gold.entities) for method, one in row["found"].items()}
    return Judged(Item(gold, source, position), content, found, row["by"])


def _sentence(row: Mapping[str, Any]) -> Sentence:
    """Read what `dump_sentence` wrote; words with single spaces between them need not be looked for in the text."""
    if "offsets" in row:
        return load_sentence(row)[0]
    return Sentence.from_words(row["tokens"], row["language"], load_entities(row["entities"]), id=row.get("id", ""))


def _dump_found(found: Found, gold: Sequence[Entity]) -> dict[str, Any]:
    if found.entities is None:
        return {"problem": found.problem}
    row: dict[str, Any] = {"entities": dump_entities(found.entities)}
    if found.carried != (0, 0):
        row["carried"] = list(found.carried)
    if found.seconds is not None:
        row["seconds"] = found.seconds
    if found.megabytes is not None:
        row["megabytes"] = found.megabytes
    if found.blames is not None:
        row["blames"] = [_dump_blame(blame, gold, found.entities) for blame in found.blames]
    return row


def _load_found(row: Mapping[str, Any], gold: Sequence[Entity]) -> Found:
    if "entities" not in row:
        return Found(None, row["problem"])
    entities = load_entities(row["entities"])
    blames = tuple(_load_blame(one, gold, entities) for one in row["blames"]) if "blames" in row else None
    return Found(entities, "", blames, tuple(row.get("carried", (0, 0))), row.get("seconds"), row.get("megabytes"))


def _dump_blame(blame: Blame, gold: Sequence[Entity], found: Sequence[Entity]) -> list[Any]:
    """Entities are named by their numbers."""
    mistake = blame.mistake
    numbers = [[side.index(one) for one in some] for side, some in ((gold, mistake.gold), (found, mistake.predicted))]
    return [mistake.kind, *numbers, blame.stage, blame.by, blame.reason]


def _load_blame(values: Sequence[Any], gold: Sequence[Entity], found: Sequence[Entity]) -> Blame:
    kind, golds, founds, *rest = values
    sides = (tuple(side[number] for number in some) for side, some in ((gold, golds), (found, founds)))
    return Blame(Mistake(kind, *sides), *rest)
