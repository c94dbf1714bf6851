"""Messages of an editor to revisions of sentences: in order, each once, none lost, none over somebody else's.

An editor sends its whole queue of operations until it hears that they are stored, so a message may come
again, late, or together with others. `Inbox.take` stores what is new. An operation made on an older
revision than somebody else's newest is not mixed into it: it goes to a line "~client" that branches off
where the person stood, and waits there for a decision.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from projection.corrections import operations
from projection.corrections.records import MAIN, Stamp, StoredSentence
from projection.corrections.sheet import Sheet
from projection.corrections.store import Store
from projection.errors import ProjectionError, SpanError, StoreUnavailable
from projection.types import Entity

SheetOf = Callable[[StoredSentence, str], Sheet]
"""What is seen of a stored sentence under a method: (stored, method) to Sheet."""

BRANCH = "~"


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that could not be done: number `n` of `client`, and a sentence for the user."""

    client: str
    n: int
    text: str


@dataclass
class Receipt:
    """What became of a message: the last number of each client that is dealt with, what was refused or kept apart.

    `stored` are the ids of sentences with a new revision.
    """

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)


class Inbox:
    """Store the operations of editors, one after the other; safe between threads.

    `sheet_of` gives what a person sees. `may(project id, author, line)` returns why somebody may not
    change a line, "" if they may.
    """

    def __init__(self, store: Store, sheet_of: SheetOf, may: Callable[[int, str, str], str] = lambda *_: ""):
        self._store, self._sheet_of, self._may = store, sheet_of, may
        self._turn = threading.Lock()
        self._done: dict[str, int] = {}

    def take(self, client: str, messages: Sequence[Mapping[str, Any]], author: str = "") -> Receipt:
        """Store what is new of a queue, oldest first.

        When the database fails the rest is not acknowledged, so that the editor keeps it and sends it
        again; StoreUnavailable says why. Everything before is stored.
        """
        receipt = Receipt()
        with self._turn:
            last = receipt.acknowledged[client] = max(self._done.get(client, 0), self._store.acknowledged(client))
            for message in messages:
                if message["n"] <= last:
                    continue
                try:
                    self._do(client, message, author, receipt)
                except StoreUnavailable:
                    raise
                except ProjectionError as problem:
                    receipt.refused.append(Refused(client, message["n"], str(problem)))
                except (KeyError, TypeError, ValueError) as problem:
                    text = f"A change could not be read ({problem}) and was not stored: reload the page."
                    receipt.refused.append(Refused(client, message["n"], text))
                last = receipt.acknowledged[client] = self._done[client] = message["n"]
        return receipt

    def _do(self, client: str, message: Mapping[str, Any], author: str, receipt: Receipt) -> None:
        operation, line = message["op"], message.get("line", MAIN)
        problem = self._may(message["project"], author, line)
        if problem:
            raise SpanError(problem)
        stored = self._store.sentence(message["project"], message["position"], line)
        base = int(message["base"])
        stamp = Stamp(author, client, message["n"], base, message.get("seconds"))
        if operation.get("kind") == "resolve":
            self._resolve(stored, operation, stamp)
        elif others := self._store.others_since(stored.id, base, client, line):
            self._apart(stored, base, message, stamp)
            who = others[-1].author or "another tab"
            receipt.said.append(
                f"Sentence {stored.position + 1} was changed by {who} meanwhile: both versions are kept."
            )
        else:
            lost = self._step(stored, message, stamp)
            receipt.said += [f"The label {text} had to go." for text in lost]
        receipt.stored.append(stored.id)

    def _step(self, stored: StoredSentence, message: Mapping[str, Any], stamp: Stamp) -> list[str]:
        """Do the operation on the newest state of the line; return the labels that had to go."""
        operation, line = message["op"], stored.line
        kind = operation.get("kind")
        if kind in ("undo", "redo"):
            getattr(self._store, kind)(stored.id, line=line, stamp=stamp)
        elif kind == "restore":
            self._store.restore(stored.id, int(operation["revision"]), line=line, stamp=stamp)
        else:
            sheet = self._sheet_of(stored, message.get("method", ""))
            change = operations.apply(sheet, operation)
            if change.edits == stored.edits and not change.kind:
                return []
            self._store.save(
                stored.id, change.edits, expected_revision=stored.revision, kind=change.kind, stamp=stamp, line=line
            )
            return _names(sheet, operation.get("side", "target"), change.lost)
        return []

    def _apart(self, stored: StoredSentence, base: int, message: Mapping[str, Any], stamp: Stamp) -> None:
        """Keep an operation that came too late on a line of its own, which begins where the person stood."""
        name = f"{BRANCH}{stamp.client}"
        branch = next((one for one in self._store.lines(stored.id) if one.name == name), None)
        if branch is None:
            self._store.fork(stored.id, name, base, stamp.author)
        mine = self._store.sentence(stored.project_id, stored.position, name)
        self._step(mine, message, replace(stamp, base=mine.revision))

    def _resolve(self, stored: StoredSentence, operation: Mapping[str, Any], stamp: Stamp) -> None:
        name = str(operation["line"])
        branch = next((one for one in self._store.lines(stored.id) if one.name == name), None)
        if branch is None:
            raise SpanError("Somebody has decided about these two versions already.")
        if operation.get("keep"):
            kind = f"took the version of {branch.author or 'another tab'}"
            self._store.save(
                stored.id, branch.edits, expected_revision=stored.revision, kind=kind, stamp=stamp, line=stored.line
            )
        self._store.close_line(stored.id, name)


def _names(sheet: Sheet, side: str, entities: Iterable[Entity]) -> list[str]:
    sentence = sheet.words_on(side)
    return [f"{sentence.text_of(entity.span)} {entity.label}" for entity in entities]
