"""How the correction workbench feels, measured in a real browser against a real server.

    python -m bench.workbench [--json] [--people 4] [--only keys,paint,open,next,people]

- keys: from a key press until the edit is stored and the page says so; 60 words a side, 3 methods.
- paint: what an edit draws before the next frame, layout included, with 300 words a side; without the server.
- open: from the address of a project of 10 000 sentences until its first sentence can be edited, in a browser that
  has opened the app before; and the same for a project of one sentence.
- next: from the key for the next sentence until that one is shown, 2 s after the one before, and 0.3 s after it; the
  sentences are new, nothing is reused.
- people: many tabs of one server correct at once, each another sentence, 5 s between two edits; every edit must be in
  the database afterwards. Browsers and server share the processors of this machine; bench.durability
  has twenty people without browsers.

The links come with the sentences, as with uploaded alignments: this times the workbench, not the models
(bench.speed does). Needs Chromium and the development requirements; PROJECTION_HOME is a new folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Alignment, Entity, Sentence, Span

ROOT = Path(__file__).parent.parent
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
METHODS = ("heuristic", "span-matching", "ngram-matching")
EDITS, TURNS, PAINTS = 60, 30, 20
READING, PAGING = 2000, 300
"""Milliseconds a sentence is looked at: by somebody who reads, and by somebody who leafs through."""
LOADING = 30
EDITS_EACH, PAUSE = 8, 5000
"""Of each of many people: edits, and the mean of the milliseconds between two of them."""
EDITOR = """
    const inside = (node) => {
      for (const item of node.querySelectorAll('*')) {
        if (item.editor) return item.editor
        const found = item.shadowRoot && inside(item.shadowRoot)
        if (found) return found
      }
    }
    const editor = inside(document)
    const press = (key, more = {}) =>
      document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
    const until = (check) => new Promise((done, fail) => {
      const began = performance.now()
      const look = () => {
        if (check()) done(performance.now() - began)
        else if (performance.now() - began > 30000) fail(new Error('nothing came for 30 s'))
        else setTimeout(look, 2)
      }
      look()
    })
"""
KEY = f"async (key) => {{ {EDITOR} press(key); return until(() => !editor.queue.ops.length) }}"
TURN = f"""async (back) => {{ {EDITOR}
    const before = editor.data.position
    const began = performance.now()
    press('ArrowRight', {{ ctrlKey: true }})
    await until(() => editor.data.position === before + 1)
    return performance.now() - began }}"""
PAINT = f"""async (key) => {{ {EDITOR}
    const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())))
    const first = frame() // frames call back in this order: before the editor draws, the editor, after it
    press(key)
    const second = frame().then(() => {{ editor.root.getBoundingClientRect(); return performance.now() }})
    return await second - await first }}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="unrounded figures for programs")
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--only", default="keys,paint,open,next,people")
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    with tempfile.TemporaryDirectory() as home, _browser() as browser:
        os.environ["PROJECTION_HOME"] = home
        store = Store(f"sqlite:///{home}/corrections.sqlite")
        with _server(home) as address:
            runs = {
                "keys": lambda: keys(store, browser, address),
                "paint": lambda: paint(store, browser, address),
                "open": lambda: opening(store, browser, address),
                "next": lambda: turning(store, browser, address),
                "people": lambda: people(store, browser, address, arguments.people),
            }
            result: dict[str, Any] = {}
            _settle(browser, address)
            for name in chosen:
                _tell(name)
                result[name] = runs[name]()
    machine = f"cores:{os.cpu_count()}|python:{platform.python_version()}"
    result["signature"] = f"methods:{','.join(METHODS)}|aligner:given|{machine}"
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name in chosen:
        print(f"{name}: " + ", ".join(f"{what} {value}" for what, value in result[name].items()))
    print(f"signature: {result['signature']}")


def pair(words: int, seed: int) -> Task:
    """Return two sentences of `words` words: an entity in every tenth place, linked one by one with a few crossings."""
    random.seed(seed)
    source = [f"word{random.randrange(900)}" for _ in range(words)]
    target = [f"mot{random.randrange(900)}" for _ in range(words)]
    entities = [Entity(Span(at, at + 2), random.choice(["PER", "ORG", "LOC"])) for at in range(1, words - 2, 10)]
    links = {(at, at) for at in range(words)} | {(at, at + 1) for at in range(0, words - 1, 7)}
    return Task(
        Sentence.from_words(source, "en", entities, id=str(seed)), Sentence.from_words(target, "fr"), True,
        Alignment(frozenset(links), words, words),
    )  # fmt: skip


def project(store: Store, count: int, words: int) -> int:
    setup = Setup("en", "fr", aligner="given", methods=METHODS)
    return store.create_project(f"{count} x {words}", setup, [pair(words, seed) for seed in range(count)])


def keys(store: Store, browser: Any, address: str) -> dict[str, Any]:
    number = project(store, 1, 60)
    tab = _open(browser, address, number)
    times = [tab.evaluate(KEY, "pol"[turn % 3]) for turn in range(EDITS)][5:]
    stored = store.sentence(number, 0).revision
    tab.close()
    return _summary(times) | {"stored": f"{stored} of {EDITS}"}


def paint(store: Store, browser: Any, address: str) -> dict[str, Any]:
    tab = _open(browser, address, project(store, 1, 300))
    times = [tab.evaluate(PAINT, "pol"[turn % 3]) for turn in range(PAINTS)]
    tab.close()
    return _summary(times)


def opening(store: Store, browser: Any, address: str) -> dict[str, Any]:
    """Load the page of a large project in a browser that has opened the app before, and of one with one sentence."""
    large, small = project(store, 10_000, 25), project(store, 1, 25)
    tab = _open(browser, address, small)
    times: dict[int, list[float]] = {large: [], small: []}
    for number in (large, small) * 6:
        tab.goto("about:blank")
        began = time.perf_counter()
        tab.goto(f"{address}/inspect?project={number}&s=1", wait_until="domcontentloaded")
        tab.wait_for_selector(".target .box")
        times[number].append(1000 * (time.perf_counter() - began))
    tab.close()
    return _summary(times[large][1:]) | {"one sentence": f"{statistics.median(times[small][1:]):.0f} ms"}


def turning(store: Store, browser: Any, address: str) -> dict[str, Any]:
    tab = _open(browser, address, project(store, 2 * TURNS + 2, 40))
    times: dict[int, list[float]] = {READING: [], PAGING: []}
    for pause in (READING, PAGING):
        for _ in range(TURNS):
            tab.wait_for_timeout(pause)
            times[pause].append(tab.evaluate(TURN, None))
    tab.close()
    paging = _summary(times[PAGING])
    return _summary(times[READING]) | {f"paging every {PAGING} ms": f"{paging['median']}, p95 {paging['p95']}"}


def people(store: Store, browser: Any, address: str, count: int, edits: int = EDITS_EACH) -> dict[str, Any]:
    """All tabs correct at the same time; browsers and server share this machine, so the times are those of both."""
    number = project(store, count, 40)
    tabs = []
    for sentence in range(count):
        tabs.append(_open(browser, address, number, sentence + 1))
        _tell(f"people: {sentence + 1} of {count} tabs open")
    work = f"""async ([keys, pauses]) => {{ {EDITOR}
        const times = []
        for (const [turn, key] of keys.entries()) {{
          await new Promise((done) => setTimeout(done, pauses[turn]))
          press(key)
          times.push(await until(() => !editor.queue.ops.length))
        }}
        return times }}"""
    draw = random.Random(1)
    for tab in tabs:
        keys = ["pol"[turn % 3] for turn in range(edits)]
        pauses = [draw.randrange(0, 2 * PAUSE) for _ in keys]
        tab.evaluate(f"([keys, pauses]) => {{ window.answer = ({work})([keys, pauses]) }}", [keys, pauses])
    times: list[float] = []
    for done, tab in enumerate(tabs, 1):
        times += tab.evaluate("() => window.answer")
        _tell(f"people: {done} of {count} tabs done")
    stored = sum(store.sentence(number, sentence).revision for sentence in range(count))
    for tab in tabs:
        tab.context.close()
    return _summary(times) | {"stored": f"{stored} of {count * edits}", "pause": f"{PAUSE / 1000:.0f} s on average"}


def _settle(browser: Any, address: str) -> None:
    """Open the first page and give the server time to load its models, as it does when it starts."""
    _tell(f"waiting {LOADING} s for the models that are loaded ahead")
    tab = browser.new_page()
    tab.goto(address, wait_until="domcontentloaded")
    tab.wait_for_timeout(1000 * LOADING)
    tab.close()


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _summary(times: list[float]) -> dict[str, str]:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"median": f"{statistics.median(times):.0f} ms", "p95": f"{p95:.0f} ms", "n": str(len(times))}


def _open(browser: Any, address: str, number: int, sentence: int = 1) -> Any:
    tab = browser.new_context(viewport={"width": 1360, "height": 900}).new_page()
    tab.set_default_timeout(120_000)
    tab.goto(f"{address}/inspect?project={number}&s={sentence}", wait_until="domcontentloaded")
    tab.wait_for_selector(".target .box")
    tab.wait_for_timeout(1500)
    return tab


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        sys.exit("This needs Chromium: install it (Debian: apt install chromium) and try again.")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def _server(home: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    with (Path(home) / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        address = f"http://localhost:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.25)
        yield address
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
