"""The editor without Streamlit: a page that mounts it in a shadow root, served from this folder and assets/."""

from __future__ import annotations

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.browser.waiting import two_frames

HERE = Path(__file__).parent
ASSETS = HERE.parent.parent.parent / "assets"


def editor_script() -> str:
    """Return the scripts of the editor joined into one, as the app gives them to Streamlit."""
    parts = [ASSETS / "help.js", ASSETS / "page_focus.js", ASSETS / "make.js", *sorted(ASSETS.glob("editor*.js"))]
    return "".join(path.read_text("utf-8") for path in parts)


def editor_style() -> str:
    parts = [ASSETS / "tokens.css", ASSETS / "help.css", *sorted(ASSETS.glob("editor*.css"))]
    return "".join(path.read_text("utf-8") for path in parts)


def _pages() -> dict[str, tuple[str, str]]:
    """Return content type and text of each address."""
    return {
        "/": ("text/html", (HERE / "harness.html").read_text("utf-8")),
        "/harness.js": ("text/javascript", (HERE / "harness.js").read_text("utf-8")),
        "/document.js": ("text/javascript", (ASSETS / "editor_document.js").read_text("utf-8")),
        "/editor.js": ("text/javascript", editor_script()),
        "/editor.css": ("text/css", editor_style()),
        "/editor.html": ("text/html", (ASSETS / "editor.html").read_text("utf-8")),
    }


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, text = _pages().get(self.path.partition("?")[0], ("", ""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", f"{kind or 'text/plain'}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_) -> None:
        pass


class Harness:
    """A server for the page above; use as a context manager."""

    def __enter__(self) -> Harness:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        threading.Thread(target=partial(self._server.serve_forever, 0.05), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


class Editor:
    """One tab with the editor in it, and short names for what the tests ask."""

    def __init__(self, tab, url: str):
        self.tab, self.url = tab, url
        self.problems: list[str] = []
        tab.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        tab.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        tab.set_default_timeout(30_000)
        self.load()

    def load(self) -> None:
        self.tab.goto(self.url)
        self.tab.wait_for_function("window.harness?.ready")

    def start(self, data: dict, *others: dict, answering: bool = False, theme: str = "light") -> Editor:
        """Show a sentence; `others` are there to turn to; with `answering` the fake server stores what is sent."""
        sentences = {item["position"]: item for item in (data, *others)}
        self.tab.evaluate(
            "([data, all, answering, theme]) => { document.documentElement.className = theme;"
            " harness.answering = answering; harness.start(all[data.position], all) }",
            [data, sentences, answering, theme],
        )
        self.settle()
        return self

    def feed(self, data: dict) -> None:
        self.tab.evaluate("data => harness.feed(data)", data)

    def resize(self, width: int, height: int) -> None:
        """Make the window as large as this, and wait until all is drawn in it."""
        self.tab.set_viewport_size({"width": width, "height": height})
        self.tab.wait_for_function(
            "([width, height]) => innerWidth === width && innerHeight === height", arg=[width, height]
        )
        self.settle()

    def press(self, *keys: str) -> Editor:
        for key in keys:
            self.tab.keyboard.press(key)
        self.settle()
        return self

    def burst(self, *keys: str) -> None:
        """Press all keys in one turn of the event loop, as a stalled page gets them."""
        self.tab.evaluate("keys => keys.forEach(key => harness.key({ key }))", list(keys))
        self.settle()

    def settle(self) -> None:
        """Wait until the edits are sent and drawn, and what that made larger or smaller is drawn again."""
        two_frames(self.tab)

    @property
    def sent(self) -> list[dict]:
        return self.tab.evaluate("harness.sent")

    @property
    def ops(self) -> list[dict]:
        """Return all operations ever sent, each once, in order."""
        return [item["op"] for _, item in sorted({op["n"]: op for sent in self.sent for op in sent["ops"]}.items())]

    @property
    def view(self) -> dict:
        """Return what is looked at, as it would be told to the server."""
        return self.tab.evaluate("harness.home.querySelector('.editor').editor.view")

    @property
    def pick(self) -> tuple[str, int, int] | None:
        pick = self.view["pick"]
        return (pick["side"], pick["start"], pick["end"]) if pick else None

    @property
    def queue(self) -> dict:
        return self.tab.evaluate("harness.home.querySelector('.editor').editor.queue")

    def find(self, selector: str):
        return self.tab.locator(selector)

    def text(self, selector: str) -> str:
        return self.find(selector).inner_text()

    @property
    def said(self) -> str:
        return self.text(".said").replace("\u2068", "").replace("\u2069", "")

    def boxes(self, side: str = "target") -> list[str]:
        """Return the labels drawn on one side: "ORG auto a União Europeia"."""
        return self.tab.evaluate("side => harness.boxes(side)", side)

    def word(self, side: str, index: int):
        return self.find(f'.word[data-side="{side}"][data-index="{index}"]')


def open_editor(chromium, **options):
    """Yield an Editor in a fresh browser profile; the test fails when a script threw or a dialog opened."""
    with Harness() as harness:
        context = chromium.new_context(viewport={"width": 1360, "height": 900}, reduced_motion="reduce", **options)
        editor = Editor(context.new_page(), harness.url)
        yield editor
        early = editor.tab.evaluate("harness.early")
        context.close()
    assert editor.problems == []
    assert early == 0, "nothing may be sent while the component is mounted"
