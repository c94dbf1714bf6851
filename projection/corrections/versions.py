"""What each of several people made of a sentence they did apart, read from the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, select

from projection.corrections import tables
from projection.corrections.edits import Edits, load_task
from projection.corrections.records import MAIN, load_state, local
from projection.corrections.roles import OWN, name_key, own_line
from projection.types import Sentence

DECIDED = "decided for "
"""Begins the kind of a revision by which somebody chose between versions."""


@dataclass(frozen=True, slots=True)
class Version:
    """What one person made of a sentence: its words with the labels; None where there is no text yet.

    `finished`: the person accepted it. `revision` is that of the person's line.
    """

    person: str
    line: str
    revision: int
    finished: bool
    sentence: Sentence | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Apart:
    """A sentence that several people do apart, with their `versions` by name; `position` counts from 0.

    `main` is what counts for the project as long as nobody decided, `revision` its number. `source` has the labels
    that came with it or that a person gave it, `labelled` says whether it has; a recognizer's are not in the store.
    `decided`: a curator chose, no version is open any more; `by` says who did, `how` in which words.
    """

    sentence_id: int
    position: int
    revision: int
    source: Sentence | None
    main: Version
    versions: tuple[Version, ...]
    decided: bool
    by: str = ""
    how: str = ""
    labelled: bool = False

    @property
    def finished(self) -> tuple[Version, ...]:
        return tuple(version for version in self.versions if version.finished and version.sentence is not None)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Who has not finished yet."""
        return tuple(version.person for version in self.versions if not version.finished)

    @property
    def is_ready(self) -> bool:
        """Whether two people or more have finished, so that their versions can be compared."""
        return len(self.finished) > 1

    @property
    def is_unanimous(self) -> bool:
        """Whether all have finished, with the same words and labels."""
        if self.waiting or not self.is_ready:
            return False
        found = {(one.words, tuple((entity.span, entity.label) for entity in one.entities)) for one in self._sentences}
        return len(found) == 1

    @property
    def same_words(self) -> bool:
        """Whether nobody who has finished changed the words in another way than the others."""
        return len({one.words for one in self._sentences}) == 1

    @property
    def _sentences(self) -> tuple[Sentence, ...]:
        return tuple(version.sentence for version in self.finished if version.sentence is not None)

    @property
    def by_person(self) -> dict[str, Sentence]:
        """The finished versions as the evaluation takes them."""
        return {version.person: version.sentence for version in self.finished if version.sentence is not None}

    @property
    def seen(self) -> dict[str, int]:
        """The revision of each line, to decide on just what was shown."""
        return {version.line: version.revision for version in self.versions}


def read_versions(connection: Connection, project_id: int) -> tuple[Apart, ...]:
    """Return the sentences of a project that people do or did apart, in order."""
    heads = connection.execute(_heads(project_id)).all()
    people = _people(connection, project_id)
    decisions = _decisions(connection, project_id)
    versions: dict[int, list[Row]] = {}
    for row in connection.execute(_own_lines(project_id)):
        if (row.sentence_id, row.name) in people:
            versions.setdefault(row.sentence_id, []).append(row)
    return tuple(
        _apart(head, versions[head.id], people, decisions.get(head.id, ("", "")))
        for head in heads
        if head.id in versions
    )


def _heads(project_id: int) -> Select:
    sentence, line = tables.sentence, tables.line
    apart = select(line.c.sentence_id).where(line.c.name.startswith(OWN, autoescape=True))
    columns = (sentence.c.id, sentence.c.position, sentence.c.revision, sentence.c.task, sentence.c.edits)
    here = (sentence.c.project_id == project_id, sentence.c.id.in_(apart))
    return select(*columns).where(*here).order_by(sentence.c.position)


def _own_lines(project_id: int) -> Select:
    line, sentence = tables.line, tables.sentence
    own = line.c.name.startswith(OWN, autoescape=True)
    return select(line).join(sentence).where(sentence.c.project_id == project_id, own).order_by(line.c.name)


def _people(connection: Connection, project_id: int) -> dict[tuple[int, str], str]:
    """Return who does which sentence apart: (sentence, line) to the name as it was given."""
    given, sentence = tables.assignment, tables.sentence
    wanted = select(given.c.sentence_id, given.c.person).join(sentence).order_by(given.c.id)
    rows = connection.execute(wanted.where(sentence.c.project_id == project_id, given.c.overlap)).all()
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(own_line(row.person), row.person)  # "Rui" and "rui" are one person, as first written
    return {(row.sentence_id, own_line(row.person)): names[own_line(row.person)] for row in rows}


def _decisions(connection: Connection, project_id: int) -> dict[int, tuple[str, str]]:
    """Return who decided about each sentence the last time, and in which words."""
    event, sentence = tables.event, tables.sentence
    wanted = select(event.c.sentence_id, event.c.author, event.c.kind).join(sentence)
    kinds = event.c.kind.startswith(DECIDED, autoescape=True)
    here = wanted.where(sentence.c.project_id == project_id, event.c.line == MAIN, kinds)
    rows = connection.execute(here.order_by(event.c.revision)).all()
    return {row.sentence_id: (row.author, row.kind) for row in rows}


def _apart(head: Row, rows: list[Row], people: Mapping[tuple[int, str], str], decision: tuple[str, str]) -> Apart:
    task = load_task(json.loads(head.task))
    edits = load_state(head.edits)
    given = task.target
    versions = [
        Version(
            people[row.sentence_id, row.name], row.name, row.revision, row.checked,
            _labelled(load_state(row.edits), given), load_state(row.edits).note, local(row.at),
        )
        for row in sorted(rows, key=lambda row: name_key(row.name))
    ]  # fmt: skip
    main = Version(
        "", MAIN, head.revision, edits.checked, _labelled(edits, given), edits.note, max(one.at for one in versions)
    )
    now = edits.apply(task)
    decided = not any(row.open for row in rows)
    return Apart(
        head.id, head.position, head.revision, now.source, main, tuple(versions), decided, *decision, now.labelled
    )


def _labelled(edits: Edits, given: Sentence | None) -> Sentence | None:
    """Return the target with the labels a person decided on; automatic ones are in it once it is accepted."""
    words = edits.target or given
    return None if words is None else words.with_entities(edits.final_entities(None))
