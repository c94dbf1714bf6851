"""The queue through the whole app: reading in the background, order, filters, decisions of the list, bulk, names."""

from __future__ import annotations

import time

from tests.pages.conftest import html, page
from views import queue_scan
from views.resources import store

PAIRS = (
    ("Maria met Anna in Berlin .", "Maria traf Anna in Berlin ."),
    ("Maria works at Siemens .", "Bei Siemens arbeitet Maria ."),
    ("Nothing happened today .", "Heute ist nichts passiert ."),
    ("Maria likes Maria .", "Maria mag Maria ."),
)


def wait_until_read(project_id: int) -> None:
    """Wait for the scan that the page began."""
    project = store().project(project_id)
    for _ in range(200):
        scan = queue_scan.current_scan(project)
        if scan is not None and scan.finished:
            assert scan.problem is None
            return
        time.sleep(0.05)
    raise AssertionError("the scan did not end")


def opened(app, project_id: int):
    page(app, "queue", project=str(project_id))
    wait_until_read(project_id)
    app.run()
    assert not app.exception
    return app


def test_no_project(app):
    page(app, "queue")
    assert "No project is open" in html(app)


def test_a_project_is_read_and_listed(app, project):
    number = project(*PAIRS)
    opened(app, number)
    assert "0 of 4 sentences checked" in html(app)
    assert "1 to 4 of 4 sentences. Labels by heuristic" in html(app)
