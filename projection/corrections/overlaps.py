"""Sentences that several people did apart: what each made of them, and the decision between their versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from projection.corrections import lines, tables
from projection.corrections.database import Database, now
from projection.corrections.edits import Edits, load_task
from projection.corrections.records import MAIN, Line, Stamp, dump_state, load_state, local
from projection.corrections.roles import OWN, begin_managing, name_key, own_line
from projection.errors import ConflictError, StoreError
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

    `main` is what counts for the project as long as nobody decided, `revision` its number. `decided`: a curator
    chose, no version is open any more; `by` says who did, `how` in which words.
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


class Overlaps:
    """The overlap sets of a store's projects. All methods raise StoreError with one sentence."""

    def __init__(self, database: Database):
        self.database = database

    def version(self, project_id: int) -> tuple[int, ...]:
        """Return numbers that change with everything `sentences` shows, for keeping its result."""
        sentence, line, given = tables.sentence, tables.line, tables.assignment
        here = sentence.c.project_id == project_id
        lines_now = select(func.sum(line.c.revision), func.count(), func.count().filter(line.c.open)).join(sentence)
        with self.database.reading() as connection:
            counts = [
                *connection.execute(lines_now.where(here)).one(),
                *connection.execute(select(func.count(), func.sum(given.c.id)).join(sentence).where(here)).one(),
                connection.execute(select(func.sum(sentence.c.revision)).where(here)).scalar_one(),
            ]
        return tuple(count or 0 for count in counts)

    def sentences(self, project_id: int) -> tuple[Apart, ...]:
        """Return the sentences of the project that people do or did apart, in order."""
        with self.database.reading() as connection:
            heads = connection.execute(_heads(project_id)).all()
            people = _people(connection, project_id)
            rows = connection.execute(_own_lines(project_id)).all()
            decisions = _decisions(connection, project_id)
        versions: dict[int, list[Row]] = {}
        for row in rows:
            if (row.sentence_id, row.name) in people:
                versions.setdefault(row.sentence_id, []).append(row)
        return tuple(
            _apart(head, versions[head.id], people, decisions.get(head.id, ("", "")))
            for head in heads
            if head.id in versions
        )

    def decide(self, project_id: int, shown: Apart, line: str, by: str) -> int:
        """Make one version the one that counts, as a new revision of the main line, and close all versions.

        `line` names the version, MAIN keeps what the main line has, which must have been accepted. Raises
        ConflictError when anything was changed since it was `shown`.
        """
        with self.database.writing() as connection:
            begin_managing(connection, project_id, by)
            return _decide(connection, shown, line, by)

    def decide_agreed(self, project_id: int, shown: Sequence[Apart], by: str) -> int:
        """Decide at once about all of `shown` that are unanimous; return how many that were.

        What changed meanwhile is left for a look.
        """
        done = 0
        with self.database.writing() as connection:
            begin_managing(connection, project_id, by)
            for one in shown:
                if one.is_unanimous and not one.decided:
                    try:
                        _decide(connection, one, one.versions[0].line, by)
                    except ConflictError:
                        continue
                    done += 1
        return done

    def reopen(self, project_id: int, shown: Apart, by: str) -> None:
        """Open the versions of a sentence that was decided about again; the decision stays until there is another."""
        with self.database.writing() as connection:
            begin_managing(connection, project_id, by)
            for version in shown.versions:
                lines.set_open(connection, shown.sentence_id, version.line, True)


def open_lines(connection: Connection, project_id: int, ids: Sequence[int], names: Sequence[str]) -> None:
    """Begin a line for each of these people on each sentence, or open again the one they had."""
    line, sentence = tables.line, tables.sentence
    here = sentence.c.project_id == project_id
    known = {
        (row.sentence_id, row.name): row.id
        for row in connection.execute(select(line.c.id, line.c.sentence_id, line.c.name).join(sentence).where(here))
    }
    worked_on = select(sentence.c.id, sentence.c.edits).where(here, sentence.c.edits.is_not(None))
    states = {row.id: load_state(row.edits) for row in connection.execute(worked_on)}
    fresh = []
    for number in ids:
        for name in names:
            if (number, own_line(name)) in known:
                again = update(line).where(line.c.id == known[number, own_line(name)])
                connection.execute(again.values(open=True))
            elif _texts(states.get(number)):
                _from_text(connection, number, name, states[number])
            else:
                fresh.append(_new_line(number, name))
    if fresh:
        connection.execute(insert(line), fresh)


def _texts(edits: Edits | None) -> bool:
    return edits is not None and (edits.source is not None or edits.target is not None)


def _from_text(connection: Connection, sentence_id: int, person: str, edits: Edits) -> None:
    """Begin a line with the texts of the main one, and without what was decided there about the labels."""
    start = replace(edits, target_entities=None, placed=(), removed=(), checked=False, flagged=False, note="")
    lines.append(connection, sentence_id, own_line(person), start, 0, "begin apart", Stamp(person))


def _new_line(sentence_id: int, person: str) -> dict[str, Any]:
    return {
        "sentence_id": sentence_id, "name": own_line(person), "author": person, "base": 0, "revision": 0,
        "edits": dump_state(Edits()), "checked": False, "flagged": False, "open": True, "at": now(),
    }  # fmt: skip


def _decide(connection: Connection, shown: Apart, line: str, by: str) -> int:
    known = lines.of_sentence(connection, shown.sentence_id, only_open=True)
    own = {one.name: one for one in known if one.name.startswith(OWN)}
    _unchanged(shown, own, lines.newest_revision(connection, shown.sentence_id, MAIN))
    edits, kind = _chosen(connection, shown, own, line)
    stamp = Stamp(by, base=shown.revision)
    revision = lines.append(connection, shown.sentence_id, MAIN, edits, shown.revision, kind, stamp)
    for name in own:
        lines.set_open(connection, shown.sentence_id, name, False)
    return revision


def _chosen(connection: Connection, shown: Apart, own: Mapping[str, Line], line: str) -> tuple[Edits, str]:
    names = {version.line: version.person for version in shown.versions}
    others = " and ".join(person for name, person in names.items() if name != line)
    main = lines.state_at(connection, shown.sentence_id, MAIN, shown.revision)
    if line == MAIN:
        if not main.checked:
            raise StoreError(f"Accept sentence {shown.position + 1} in Inspect first, then take what is there.")
        return main, f"{DECIDED}what is in Inspect, against {others}"
    if line not in own:
        raise StoreError("That version is not there any more: look at the sentence again.")
    if not own[line].edits.checked:
        raise StoreError(f"{names[line]} has not finished sentence {shown.position + 1} yet.")
    chosen = own[line].edits
    against = f", against {others}" if others else ""
    return replace(chosen, flagged=False, note=chosen.note or main.note), f"{DECIDED}{names[line]}{against}"


def _unchanged(shown: Apart, own: Mapping[str, Line], newest: int) -> None:
    """Raise ConflictError unless everything is as it was shown."""
    if not own:
        raise ConflictError("Somebody has decided about this sentence already: look at it again.")
    if newest != shown.revision:
        raise ConflictError(f"Sentence {shown.position + 1} was changed in Inspect meanwhile: look at it again.")
    for version in shown.versions:
        if version.line in own and own[version.line].revision != version.revision:
            raise ConflictError(f"{version.person} changed their version meanwhile: look at it again.")


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
    wanted = select(given.c.sentence_id, given.c.person).join(sentence)
    rows = connection.execute(wanted.where(sentence.c.project_id == project_id, given.c.overlap)).all()
    return {(row.sentence_id, own_line(row.person)): row.person for row in rows}


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
    source = edits.source or task.source
    decided = not any(row.open for row in rows)
    return Apart(head.id, head.position, head.revision, source, main, tuple(versions), decided, *decision)


def _labelled(edits: Edits, given: Sentence | None) -> Sentence | None:
    """Return the target with the labels a person decided on; automatic ones are in it once it is accepted."""
    words = edits.target or given
    return None if words is None else words.with_entities(edits.final_entities(None))
