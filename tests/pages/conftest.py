"""AppTest over the whole app, with the deterministic stand-ins instead of models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from projection.pipeline import Setup, Task
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from views import project_panels
from views.resources import store

APP = str(Path(__file__).parent.parent.parent / "app.py")
STAND_INS = {
    "translator": "dictionary",
    "recognizer": "rules",
    "aligner": "diagonal",
    "methods": ("heuristic", "span-matching"),
}


@pytest.fixture(autouse=True)
def light(monkeypatch, tmp_path):
    """A home of its own for each test, and no real model."""
    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path))
    monkeypatch.setattr(
        project_panels,
        "default_setup",
        lambda source, target, direction: Setup(source, target, direction, **STAND_INS),
    )
    st.cache_resource.clear()


@pytest.fixture
def app():
    return AppTest.from_file(APP, default_timeout=30)


@pytest.fixture
def project():
    """Return a function that stores sentences as a project and gives its number."""

    def create(*pairs: tuple[str, str | None], name: str = "Trial", labelled: bool = True, **setup) -> int:
        tasks = []
        for text, translation in pairs:
            source = tokenize(text, "en")
            if labelled:
                source = source.with_entities([Entity(Span(0, 1), "PER")])
            tasks.append(Task(source, translation and tokenize(translation, "de"), labelled=labelled))
        return store().create_project(name, Setup("en", "de", **(STAND_INS | setup)), tasks)

    return create


def page(app: AppTest, name: str, **address: str) -> AppTest:
    """Open a page at an address; nothing may throw."""
    app.run()
    for key, value in address.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    return app


class Editor:
    """What the editor in the browser would send, and what it is given to draw."""

    def __init__(self, app: AppTest, client: str = "browser"):
        self.app, self.client, self.n, self.view, self.ops = app, client, 0, 0, []

    @property
    def data(self) -> dict:
        (component,) = self.app.get("bidi_component")
        return json.loads(component.proto.json)

    def send(self, **view) -> None:
        """Send the queue and the view, as the component does, and let the page run."""
        self.view += 1
        here = {"n": self.view, "sentence": self.data["sentence"]} | dict.fromkeys(("pick", "ghost", "go", "open"))
        known = self.data["acknowledged"].get(self.client, 0)
        self.ops = [op for op in self.ops if op["n"] > known]
        sent = {"client": self.client, "ops": list(self.ops), "view": here | view, "recovered": []}
        self.app.session_state["editor"] = {"sent": sent}
        self.app.run()
        assert not self.app.exception

    def do(self, kind: str, *, go: int | None = None, **values) -> None:
        data = self.data
        self.n += 1
        names = ("project", "sentence", "position", "line", "method", "settings")
        place = {name: data[name] for name in names} | {"n": self.n, "base": data["revision"], "seconds": 1.5}
        self.ops.append(place | {"op": {"kind": kind} | values})
        self.send(go=go)

    def spans(self, side: str = "target") -> list[tuple[int, int, str, str]]:
        return [(item["start"], item["end"], item["label"], item["state"]) for item in self.data[side]["entities"]]


def html(app: AppTest) -> str:
    """All static HTML of the page as one string."""
    return "\n".join(element.proto.body for element in app.get("html"))
