"""Asking again until it is so: what a click or a key brings about is not there at once, in the page or in the store."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright").expect
expect.set_options(timeout=60_000)


def becomes(read: Callable[[], Any], expected: Any, seconds: float = 60) -> None:
    """Wait until `read` gives what is expected, in the store or on the page; else fail with what it gave last."""
    end = monotonic() + seconds
    while (found := read()) != expected and monotonic() < end:
        sleep(0.05)
    assert found == expected


def until(is_so: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until something is so in the store or on the page."""
    becomes(lambda: bool(is_so()), True, seconds)


def at_rest(page) -> None:
    """Wait until no script of the app runs for this tab: what it shows is all of its last run."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def two_frames(page) -> None:
    """Wait until what was done is drawn, and what that made larger or smaller is drawn again."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def does_not_scroll_sideways(page) -> None:
    """Wait until the page is as wide as its window, with all of it drawn."""
    at_rest(page)
    until(lambda: page.evaluate("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"))
