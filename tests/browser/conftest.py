"""A real server and a real Chromium; skipped, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 120_000
"""Milliseconds a first model load may take on a slow machine."""
THROTTLE = float(os.environ.get("PROJECTION_TEST_THROTTLE", "1"))
"""How many times slower all pages run than they could; with 6, say, waits that a fast machine hides are found."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The app on a port of its own, with its own corrections; can be stopped and started again."""

    def __init__(self, home: Path):
        self.port, self.home, self._process = free_port(), home, None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        command += [f"--server.port={self.port}", "--server.fileWatcherType=none"]
        environment = {**os.environ, "PROJECTION_HOME": str(self.home)}
        self._log = (self.home / "server.log").open("ab")
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log)
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).read()
                return
            except OSError:
                time.sleep(0.25)
        raise RuntimeError(f"the app did not start: {(self.home / 'server.log').read_text()[-2000:]}")

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the server at once, whatever it is doing."""
        self._process.kill()
        self._process.wait(20)
        self._log.close()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


@pytest.fixture(scope="session")
def _the_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("app"))
    server.start()
    yield server
    if server.is_running:
        server.stop()


@pytest.fixture
def server(_the_server):
    """The one server of the run; a test that stopped it and then failed takes no other with it."""
    if not _the_server.is_running:
        _the_server.start()
    return _the_server


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=FLAGS)
        if THROTTLE > 1:
            browser.on("context", lambda context: context.on("page", slow_down))
        yield browser
        browser.close()


def slow_down(page) -> None:
    """Let the page run THROTTLE times slower."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})


@pytest.fixture
def page(chromium, server):
    """A fresh tab; the test fails when a page script throws or something outside the app is requested."""
    context = chromium.new_context(viewport={"width": 1360, "height": 1000}, accept_downloads=True)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    tab.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    inside = (server.url, "data:", "blob:", "about:")
    tab.on("request", lambda request: request.url.startswith(inside) or problems.append(f"request: {request.url}"))
    yield tab
    context.close()
    assert problems == []
