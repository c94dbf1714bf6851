"""Is every acknowledged edit there? A server killed in the middle of edits, and twenty people correcting at once.

    python -m bench.durability [--kills 100] [--people 20] [--edits 50] [--sentences 10000] [--json]

An editor sends its queue to a server process (the inbox over a SQLite file, without a browser), which is killed with
SIGKILL at a random moment, often while it stores; the next one gets what was not acknowledged again. In the end every
operation must be stored exactly once and the sentences must be as after the same operations without a kill.
"Latency" is the time of one edit in the inbox, from the message to the acknowledgement: conflicts looked up, the
pipeline run (links are given, so without a model), the revision on the disk.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from projection.cli.tables import table
from projection.corrections import tables
from projection.corrections.edits import Edits
from projection.corrections.inbox import Inbox, Receipt
from projection.corrections.records import StoredSentence
from projection.corrections.sheet import Sheet
from projection.corrections.store import Store
from projection.errors import StoreUnavailable
from projection.pipeline import Pipeline, Setup, Task
from projection.types import Alignment, Entity, Sentence, Span

METHOD = "span-matching"
SETUP = Setup("en", "pt", aligner="given", methods=(METHOD,))
WORDS = 12
PROJECT = 1


@dataclass(frozen=True, slots=True)
class Killed:
    """What became of `operations` sent to a server that was killed `kills` times."""

    kills: int
    operations: int
    acknowledged: int
    lost: int
    twice: int
    same_state: bool


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of edits made at once, and the latency of one in seconds."""

    setting: str
    edits: int
    lost: int
    median: float
    p95: float
    worst: float


def corpus(url: str, sentences: int) -> Store:
    """Return a store with one project of labelled, linked sentences."""
    entities = [Entity(Span(word, word + 1), "PER") for word in range(0, WORDS, 3)]
    source = Sentence.from_words([f"word{index}" for index in range(WORDS)], "en", entities)
    target = Sentence.from_words([f"palavra{index}" for index in range(WORDS)], "pt")
    links = Alignment(frozenset((word, word) for word in range(WORDS)), WORDS, WORDS)
    store = Store(url)
    store.create_project("durability", SETUP, [Task(source, target, True, links)] * sentences)
    return store


def inbox(store: Store) -> Inbox:
    pipeline = Pipeline(SETUP, also=("alignment",))

    def sheet(stored: StoredSentence, method: str, settings: str) -> Sheet:
        return Sheet(stored.task, stored.edits, pipeline.run([stored.edits.apply(stored.task)])[0], METHOD, "bench")

    return Inbox(store, sheet)


def edit(n: int) -> dict[str, Any]:
    """Return the message of edit number `n` (from 1) of one person: all kinds in turn, each a new revision."""
    word, turn = (n // 16) % (WORDS - 1), n % 16
    here = {"side": "target", "start": word, "end": word + 1}
    operations: Sequence[Mapping[str, Any]] = (
        {"kind": "label", **here, "label": f"L{n}"},
        {"kind": "link", "source": word, "target": word, "on": False},
        {"kind": "link", "source": word, "target": word, "on": True},
        {"kind": "remove", **here},
        {"kind": "flag", "on": True},
        {"kind": "check"},
        {"kind": "uncheck"},
        {"kind": "split", "side": "target", "word": word, "at": 2},
        {"kind": "merge", "side": "target", "word": word},
        {"kind": "undo"},
        {"kind": "redo"},
        {"kind": "flag", "on": False},
        {"kind": "note", "text": f"seen {n} times"},
        {"kind": "undo"},
        {"kind": "automatic"},
    )
    return _message(n, operations[turn] if turn < len(operations) else {"kind": "note", "text": f"{n}"}, 0, 0)


def _message(n: int, operation: Mapping[str, Any], position: int, base: int) -> dict[str, Any]:
    return {"n": n, "project": PROJECT, "sentence": position + 1, "position": position, "line": "", "base": base,
            "method": METHOD, "seconds": 1.0, "op": operation}  # fmt: skip


class Editor:
    """What the browser does: number the operations, keep them until they are acknowledged, send all of them again."""

    def __init__(self, url: str, client: str):
        self.url, self.client, self.count, self.acknowledged = url, client, 0, 0
        self._server: subprocess.Popen[str] | None = None

    def make(self, edits: int) -> None:
        self.count += edits

    def send(self, kill_within: float | None = None) -> bool:
        """Send the queue; return whether it was acknowledged before the server was killed, if it was."""
        server = self._running()
        queue = [edit(n) for n in range(self.acknowledged + 1, self.count + 1)]
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(json.dumps([self.client, queue]) + "\n")
        server.stdin.flush()
        if kill_within is not None:
            time.sleep(random.uniform(0, kill_within))
            server.send_signal(signal.SIGKILL)
        answer = server.stdout.readline()
        if kill_within is not None:
            self.stop()
        if answer.endswith("\n"):
            self.acknowledged = max(self.acknowledged, int(answer))
        return answer.endswith("\n")

    def stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
            self._server = None

    def _running(self) -> subprocess.Popen[str]:
        if self._server is None:
            command = [sys.executable, "-m", "bench.durability", "--serve", self.url]
            folder = Path(__file__).parent.parent
            self._server = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
            )
        return self._server


def serve(url: str) -> None:
    """Answer each line [client, queue] of standard input with the last number that is stored."""
    box = inbox(Store(url))
    for line in sys.stdin:
        client, queue = json.loads(line)
        for _ in queue:  # one after the other, so that a kill meets the server between them as well as within
            receipt = box.take(client, queue)
        print(receipt.acknowledged[client], flush=True)


def stored_numbers(url: str, client: str) -> list[int]:
    """Return the numbers of a client's stored messages, in any order, as often as they are there."""
    wanted = select(tables.event.c.number).where(tables.event.c.client == client)
    with Store(url).database.reading() as connection:
        return list(connection.execute(wanted).scalars())


def killed(folder: Path, kills: int, edits_each: int = 12, seed: int = 7) -> Killed:
    """Kill the server `kills` times while an editor works, and look what is there."""
    random.seed(seed)
    url = f"sqlite:///{folder / 'killed.sqlite'}"
    corpus(url, 1)
    editor, lost = Editor(url, "editor"), 0
    for _ in range(kills):
        editor.make(1)
        editor.send()
        editor.make(edits_each)
        editor.send(kill_within=0.06)
        there = set(stored_numbers(url, "editor"))
        lost += len(set(range(1, editor.acknowledged + 1)) - there)
    while editor.acknowledged < editor.count:
        editor.send()
    editor.stop()
    numbers = stored_numbers(url, "editor")
    lost += editor.count - len(set(numbers))
    return Killed(
        kills, editor.count, editor.acknowledged, lost, len(numbers) - len(set(numbers)),
        Store(url).sentence(PROJECT, 0).edits == _without_kills(folder, editor.count),
    )  # fmt: skip


def _without_kills(folder: Path, count: int) -> Edits:
    store = corpus(f"sqlite:///{folder / 'quiet.sqlite'}", 1)
    inbox(store).take("editor", [edit(n) for n in range(1, count + 1)])
    return store.sentence(PROJECT, 0).edits


def write(
    url: str, client: str, edits: int, position: int = 0, box: Inbox | None = None, pause: float = 0
) -> list[float]:
    """Make edits on the newest revision, each sent twice, `pause` seconds apart; return the seconds of each at first.

    The pauses vary by half, so that people do not stay in step.
    """
    store = Store(url) if box is None else None
    box = box or inbox(store)
    shown, taken = Store(url) if store is None else store, []
    for n in range(1, edits + 1):
        time.sleep(pause * random.uniform(0.5, 1.5))
        word = n % WORDS
        label = {"kind": "label", "side": "target", "start": word, "end": word + 1, "label": f"{client} {n}"}
        message = _message(n, label, position, shown.sentence(PROJECT, position).revision)
        begin = time.perf_counter()
        receipt = _until_stored(box, client, message)
        taken.append(time.perf_counter() - begin)
        box.take(client, [message])
        if receipt.acknowledged[client] != n or receipt.refused:
            raise AssertionError(f"edit {n} of {client} was not stored: {receipt.refused}")
    return taken


def _until_stored(box: Inbox, client: str, message: Mapping[str, Any]) -> Receipt:
    """Send until it is acknowledged, as an editor does when the database is busy."""
    while True:
        try:
            return box.take(client, [message])
        except StoreUnavailable:
            continue


def crowd(folder: Path, people: int, edits: int, pause: float = 1.0) -> Iterator[Crowd]:
    """Yield the figures of people at one server, each on a sentence of their own and all on one, and of processes.

    `pause`: the seconds between two edits of a person, for those who look before they correct.
    """
    server = (
        (f"one server, own sentences, every {pause:g} s", range(people), pause),
        ("one server, own sentences, no pause", range(people), 0),
        ("one server, one sentence, no pause", [0] * people, 0),
    )
    for number, (name, places, wait) in enumerate(server):
        url = f"sqlite:///{folder / f'crowd-{number}.sqlite'}"
        box = inbox(corpus(url, people))
        with ThreadPoolExecutor(people) as pool:
            work = [pool.submit(write, url, f"p{one}", edits, place, box, wait) for one, place in enumerate(places)]
            times = [second for one in work for second in one.result()]
        yield _crowd(name, url, [f"p{person}" for person in range(people)], edits, times)
    yield _processes(folder, 4, max(1, people // 4), edits)


def _processes(folder: Path, processes: int, people: int, edits: int) -> Crowd:
    name = f"{processes} processes, own sentences, no pause"
    url = f"sqlite:///{folder / 'processes.sqlite'}"
    corpus(url, processes * people)
    command = [sys.executable, "-m", "bench.durability", "--write", url, "--people", str(people), "--edits", str(edits)]
    running = [
        subprocess.Popen([*command, "--first", str(first)], stdout=subprocess.PIPE, text=True)
        for first in range(0, processes * people, people)
    ]
    times = [second for process in running for second in json.loads(process.communicate()[0])]
    return _crowd(name, url, [f"p{person}" for person in range(processes * people)], edits, times)


def _crowd(name: str, url: str, clients: Sequence[str], edits: int, times: Sequence[float]) -> Crowd:
    stored = [len(stored_numbers(url, client)) for client in clients]  # in whatever version: a conflict keeps both
    made = edits * len(clients)
    median, p95, worst = np.quantile(times, [0.5, 0.95, 1.0])
    return Crowd(name, made, made - sum(stored), float(median), float(p95), float(worst))


def looks(folder: Path, sentences: int, revisions: int = 500) -> dict[str, float]:
    """Return the median seconds of what a page reads when it opens a sentence with many revisions."""
    store = corpus(f"sqlite:///{folder / 'large.sqlite'}", sentences)
    for revision in range(revisions):
        note = Edits(note=f"{revision}")
        store.save(1, note, expected_revision=revision, kind="note")
    reads = {
        "projects": lambda: store.projects(),
        "project": lambda: store.project(PROJECT),
        "sentence": lambda: store.sentence(PROJECT, sentences // 2),
        f"sentence with {revisions} revisions": lambda: store.sentence(PROJECT, 0),
        f"history of {revisions} revisions": lambda: store.history(1),
        f"undo after {revisions} revisions": lambda: store.undo(1),
        "versions beside": lambda: store.lines(1),
        "version of the project": lambda: store.version(PROJECT),
    }
    times = min(15, revisions)
    return {name: float(np.median([_seconds(read) for _ in range(times)])) for name, read in reads.items()}


def _seconds(read) -> float:
    begin = time.perf_counter()
    read()
    return time.perf_counter() - begin


def main(given: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--edits", type=int, default=50, help="of each person (default 50)")
    options.add_argument("--sentences", type=int, default=10_000, help="of the project that is opened")
    options.add_argument("--json", action="store_true", help="unrounded figures for programs")
    for hidden in ("--serve", "--write"):
        options.add_argument(hidden, metavar="URL", help=argparse.SUPPRESS)
    options.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    arguments = options.parse_args(given)
    if arguments.serve:
        serve(arguments.serve)
        return 0
    if arguments.write:
        print(json.dumps(_write_here(arguments)))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = {
            "killed": asdict(killed(folder, arguments.kills)),
            "crowd": [asdict(one) for one in crowd(folder, arguments.people, arguments.edits)],
            "looks": looks(folder, arguments.sentences),
        }
    print(json.dumps(figures) if arguments.json else _text(figures))
    return 0


def _write_here(arguments: argparse.Namespace) -> list[float]:
    box, places = inbox(Store(arguments.write)), range(arguments.first, arguments.first + arguments.people)
    with ThreadPoolExecutor(arguments.people) as pool:
        work = [pool.submit(write, arguments.write, f"p{place}", arguments.edits, place, box) for place in places]
        return [second for one in work for second in one.result()]


def _text(figures: Mapping[str, Any]) -> str:
    one = figures["killed"]
    state = "the same as" if one["same_state"] else "NOT the same as"
    lines = [
        f"Killed {one['kills']} times during {one['operations']} edits: {one['acknowledged']} acknowledged, "
        f"{one['lost']} lost, {one['twice']} stored twice; the sentence is {state} without a kill.",
        "",
        table(
            ("people at once", "edits", "lost", "median ms", "p95 ms", "worst ms"),
            [
                (row["setting"], str(row["edits"]), str(row["lost"]),
                 *(f"{1000 * row[key]:.0f}" for key in ("median", "p95", "worst")))
                for row in figures["crowd"]
            ],
        ),
        "",
        table(("reading", "median ms"), [(name, f"{1000 * took:.1f}") for name, took in figures["looks"].items()]),
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
