"""Sentences that several people did apart: what each made of them, and the decision between their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from projection.corrections import lines, tables
from projection.corrections.database import Database, now
from projection.corrections.edits import Edits
from projection.corrections.records import MAIN, Line, Stamp, dump_state, load_state
from projection.corrections.roles import OWN, begin_managing, own_line
from projection.corrections.versions import DECIDED, Apart, read_versions
from projection.errors import ConflictError, StoreError


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
            return read_versions(connection, project_id)

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
