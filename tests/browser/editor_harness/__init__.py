"""The editor without Streamlit: a page that mounts it in a shadow root, served from this folder and assets/."""

from __future__ import annotations

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
ASSETS = HERE.parent.parent.parent / "assets"


def editor_script() -> str:
    """Return the scripts of the editor joined into one, as the app gives them to Streamlit."""
    return "".join(path.read_text("utf-8") for path in sorted(ASSETS.glob("editor*.js")))


def editor_style() -> str:
    parts = [ASSETS / "tokens.css", *sorted(ASSETS.glob("editor*.css"))]
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
