"""Messages of an editor to revisions of sentences: in order, each once, none lost, none over somebody else's.

An editor sends its whole queue of operations until it hears that they are stored, so a message may come
again, late, or together with others. `Inbox.take` stores what is new. An operation made on an older
revision than somebody else's newest is not mixed into it: it goes to a line "~client" that branches off
where the person stood, and waits there for a decision.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from projection.corrections import operations
from projection.corrections.records import BRANCH, MAIN, TAB, Event, Line, Stamp, StoredSentence
from projection.corrections.sheet import Sheet
from projection.corrections.store import Store
from projection.errors import ConflictError, ProjectionError, SpanError, StoreUnavailable
from projection.types import Entity

log = logging.getLogger(__name__)

SheetOf = Callable[[StoredSentence, str, str], Sheet]
"""What is seen of a stored sentence under a method and settings: (stored, method, settings key) to Sheet.

The key is that of the settings under which the person saw it; "" where a page did not say. Raises SpanError when
those settings are not known any more.
"""

LARGEST = 2**31 - 1
LONGEST_NAME = 200
_ATTEMPTS = 5
_WAITS = 3
"""How often an operation that failed comes again, later each time, before it is refused."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that could not be done: number `n` of `client` (0 if it had none), and a sentence for the user."""

    client: str
    n: int
    text: str


@dataclass
class Receipt:
    """What became of a message: the last number of each client that is dealt with, what was refused or kept apart.

    `stored` are the ids of sentences with a new revision; `waiting` says why something could not be stored yet.
    """

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    waiting: str = ""

    def add(self, other: Receipt) -> None:
        """Add what became of another message."""
        self.acknowledged |= other.acknowledged
        self.refused += other.refused
        self.said += other.said
        self.stored += other.stored


@dataclass(frozen=True, slots=True)
class Message:
    """One operation as an editor sends it, every value of the right type (see `read`)."""

    n: int
    project: int
    position: int
    base: int
    operation: Mapping[str, Any]
    sentence: int | None
    line: str
    method: str
    settings: str
    seconds: float | None

    @property
    def kind(self) -> str:
        return self.operation["kind"]

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Message:
        """Read what a page sent. Raises ValueError with what is wrong."""
        operation, line = row.get("op"), row.get("line", MAIN)
        if not isinstance(operation, Mapping) or not isinstance(operation.get("kind"), str):
            raise ValueError("there is no operation in it")
        if not isinstance(line, str) or len(line) > LONGEST_NAME or not line.isprintable():
            raise ValueError("line is a short text")
        numbers = (_number(row, name) for name in ("n", "project", "position", "base"))
        sentence = None if row.get("sentence") is None else _number(row, "sentence")
        method, settings = (value if isinstance(value := row.get(name), str) else "" for name in ("method", "settings"))
        seconds = row.get("seconds")
        return cls(
            *numbers, operation, sentence, line, method, settings, float(seconds) if _is_duration(seconds) else None
        )


def _number(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name)
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise ValueError(f"{name} is a number from 0")
    return value


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LARGEST


class Inbox:
    """Store the operations of editors, those of one client one after the other; safe between threads and processes.

    `sheet_of` gives what a person sees. `may(project id, author, line, position)` returns why
    somebody may not change a line of a sentence, "" if they may.
    """

    def __init__(self, store: Store, sheet_of: SheetOf, may: Callable[[int, str, str, int], str] = lambda *_: ""):
        self._store, self._sheet_of, self._may = store, sheet_of, may
        self._turns: dict[str, threading.Lock] = {}
        self._done: dict[str, int] = {}
        self._refused: dict[str, dict[int, Refused]] = {}
        self._tried: dict[str, tuple[int, int]] = {}

    def take(self, client: str, messages: Sequence[Mapping[str, Any]], author: str = "") -> Receipt:
        """Store what is new of a queue, oldest first.

        When the database fails the rest is not acknowledged, so that the editor keeps it and sends it
        again; StoreUnavailable says why. Everything before is stored. What was refused is said again
        as long as the message comes again: the editor may not have heard it.
        """
        receipt = Receipt()
        if not _is_client(client):
            receipt.refused.append(Refused("", 0, _unreadable("it does not say which page it comes from")))
            return receipt
        with self._turns.setdefault(client, threading.Lock()):
            last = receipt.acknowledged[client] = max(self._done.get(client, 0), self._store.acknowledged(client))
            queue = _in_order(messages)
            for n, message in queue:
                if n > last:
                    self._try(client, n, message, author, receipt)
                    last = receipt.acknowledged[client] = self._done[client] = n
            refused = self._refused.get(client, {})
            self._refused[client] = {n: refused[n] for n, _ in queue if n in refused}
            receipt.refused += self._refused[client].values()
            receipt.refused += [Refused(client, 0, _unreadable("it has no number")) for _ in _nameless(messages)]
        return receipt

    def _try(self, client: str, n: int, row: Mapping[str, Any], author: str, receipt: Receipt) -> None:
        """Do one message; remember why if that is refused. Raises StoreUnavailable."""
        try:
            self._do(client, Message.read(row), author, receipt)
        except StoreUnavailable:
            raise
        except ProjectionError as problem:
            self._refuse(Refused(client, n, str(problem)))
        except (KeyError, TypeError, ValueError) as problem:
            self._refuse(Refused(client, n, _unreadable(str(problem))))
        except Exception as problem:  # a fault of this program: it must not stand in the way of all that comes after it
            log.exception("operation %s of %s could not be done", n, client)
            what = f"Something unexpected happened ({type(problem).__name__}: {problem})"
            if self._comes_again(client, n):
                raise StoreUnavailable(f"{what}: your change waits in this page and is tried again.") from problem
            self._refuse(Refused(client, n, f"{what}: this change was not stored. Reload the page, then do it again."))

    def _comes_again(self, client: str, n: int) -> bool:
        """Count the attempts at one operation; say whether it is tried again."""
        last, tried = self._tried.get(client, (0, 0))
        times = tried + 1 if last == n else 1
        self._tried[client] = n, times
        return times <= _WAITS

    def _refuse(self, refused: Refused) -> None:
        self._refused.setdefault(refused.client, {})[refused.n] = refused

    def _do(self, client: str, message: Message, author: str, receipt: Receipt) -> None:
        """Store one message; again from the start where somebody else was faster by a moment."""
        problem = self._may(message.project, author, message.line, message.position)
        if problem:
            raise SpanError(problem)
        stamp = Stamp(author, client, message.n, message.base, message.seconds)
        for _ in range(_ATTEMPTS):
            try:
                return self._place(message, stamp, receipt)
            except ConflictError:
                continue
        raise StoreUnavailable("Several people change this sentence just now: your change is kept and tried again.")

    def _place(self, message: Message, stamp: Stamp, receipt: Receipt) -> None:
        stored = self._store.sentence(message.project, message.position, message.line)
        if message.sentence not in (None, stored.id):
            raise SpanError("The sentence is not where it was any more; nothing was stored. Reload the page.")
        others = self._store.others_since(stored.id, message.base, stamp.client, stored.line)
        said: list[str] = []
        if message.kind == "resolve":
            changed = self._resolve(stored, message, others, stamp)
        elif others:
            changed = self._apart(stored, others, message, stamp)
            who = others[-1].author or "another tab"
            said = [f"Sentence {stored.position + 1} was changed by {who} meanwhile: both versions are kept."]
        else:
            changed, lost = self._step(stored, message, stamp)
            said = [f"The label {text} had to go." for text in lost]
        if changed:
            receipt.stored.append(stored.id)
            receipt.said += said

    def _step(self, stored: StoredSentence, message: Message, stamp: Stamp) -> tuple[bool, list[str]]:
        """Do the operation on the newest state of the line; return whether it changed, and the labels that went."""
        here = {"line": stored.line, "stamp": stamp, "expected_revision": stored.revision}
        if message.kind in ("undo", "redo"):
            getattr(self._store, message.kind)(stored.id, **here)
            return True, []
        if message.kind == "restore":
            self._store.restore(stored.id, _number(message.operation, "revision"), **here)
            return True, []
        if message.kind == "check" and self._store.undecided(stored.id, stored.line):
            raise SpanError(f"Sentence {stored.position + 1} is there in two versions: decide which one counts first.")
        sheet = self._sheet_of(stored, message.method, message.settings)
        try:
            change = operations.apply(sheet, message.operation)
        except ProjectionError as problem:
            self._wait_for(sheet, stored, stamp, problem)
            raise
        if change.edits.to_dict() == stored.edits.to_dict():
            return False, []
        self._store.save(
            stored.id, change.edits, expected_revision=stored.revision, kind=change.kind, stamp=stamp, line=stored.line
        )
        return True, _names(sheet, message.operation.get("side", "target"), change.lost)

    def _wait_for(self, sheet: Sheet, stored: StoredSentence, stamp: Stamp, problem: ProjectionError) -> None:
        """Raise StoreUnavailable, some times, where the labels an operation is about could not be computed.

        A model or endpoint may be back in a moment: the operation waits in the page meanwhile.
        """
        why = sheet.why_not_computed.rstrip(".")
        if not why or not self._comes_again(stamp.client, stamp.number):
            return
        raise StoreUnavailable(
            f"Sentence {stored.position + 1} cannot be projected now, so your change waits in this page ({why})."
        ) from problem

    def _apart(self, stored: StoredSentence, others: Sequence[Event], message: Message, stamp: Stamp) -> bool:
        """Keep an operation that came too late on a line of its own, which begins where the person stood.

        That is the revision before the first one of somebody else: what came until then was their own.
        """
        base = others[0].revision - 1
        name = self._branch(stored, base, stamp)
        mine = self._store.sentence(stored.project_id, stored.position, name)
        try:
            if message.kind == "restore":  # the revisions on the screen are those of the line before
                number = min(_number(message.operation, "revision"), LARGEST)
                edits = self._store.state_at(stored.id, number, stored.line)
                kind = f"restore {number}"
                self._store.save(mine.id, edits, expected_revision=mine.revision, kind=kind, stamp=stamp, line=name)
                return True
            return self._step(mine, message, replace(stamp, base=mine.revision))[0]
        finally:
            if self._store.sentence(stored.project_id, stored.position, name).revision == 0:
                self._store.close_line(stored.id, name)

    def _branch(self, stored: StoredSentence, base: int, stamp: Stamp) -> str:
        """Return the open line for what this client did since `base`: the one there is, or a new one."""
        lines = {line.name: line for line in self._store.lines(stored.id, only_open=False)}
        for name in _branch_names(stamp.client.partition(TAB)[0]):
            line = lines.get(name)
            if line is None:
                self._store.fork(stored.id, name, base, stamp.author, stored.line)
                return name
            if (line.parent, line.base) == (stored.line, base):
                if not line.open:
                    self._store.open_line(stored.id, name)
                return name
        raise AssertionError("names do not end")

    def _resolve(self, stored: StoredSentence, message: Message, others: Sequence[Event], stamp: Stamp) -> bool:
        """Decide about a version that was kept apart: take it as the newest, or leave what is stored."""
        name, keep = message.operation.get("line"), message.operation.get("keep")
        if not isinstance(name, str) or type(keep) is not bool:
            raise ValueError("a decision names a version, and whether to take it")
        branch = self._waiting(stored, name)
        if not keep:
            self._store.close_line(stored.id, name)
            return True
        if others:
            raise SpanError("The sentence was changed once more meanwhile: look at both versions again, then decide.")
        kind = f"took the version of {branch.author or 'another tab'}"
        self._store.save(
            stored.id, branch.edits, expected_revision=stored.revision, kind=kind, stamp=stamp, line=stored.line
        )
        self._store.close_line(stored.id, name)
        return True

    def _waiting(self, stored: StoredSentence, name: str) -> Line:
        for line in self._store.undecided(stored.id, stored.line):
            if line.name == name:
                return line
        raise SpanError("Somebody has decided about these two versions already.")


def _is_client(client: Any) -> bool:
    return (
        isinstance(client, str) and 0 < len(client) <= LONGEST_NAME // 2 and client.isascii() and client.isprintable()
    )


def _in_order(messages: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """Return (number, message) of all that have a number, oldest first."""
    numbered = ((row.get("n"), row) for row in _rows(messages))
    return sorted(((n, row) for n, row in numbered if _is_order(n)), key=lambda item: item[0])


def _nameless(messages: Any) -> Iterator[Any]:
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        yield messages
        return
    yield from (row for row in messages if not isinstance(row, Mapping) or not _is_order(row.get("n")))


def _rows(messages: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(messages, Sequence):
        yield from (row for row in messages if isinstance(row, Mapping))


def _is_order(n: Any) -> bool:
    return type(n) is int and 0 < n <= LARGEST


def _unreadable(problem: str) -> str:
    return f"A change could not be read ({problem}) and was not stored: reload the page."


def _branch_names(client: str) -> Iterator[str]:
    yield f"{BRANCH}{client}"
    yield from (f"{BRANCH}{client}.{number}" for number in count(2))


def _names(sheet: Sheet, side: str, entities: Iterable[Entity]) -> list[str]:
    sentence = sheet.words_on(side)
    return [f"{sentence.text_of(entity.span)} {entity.label}" for entity in entities]
