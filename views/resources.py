"""What all sessions of the server share: models and results, the correction store, style sheets."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent.parent / "assets"
SHARED = ("help.css", "help.js", "page_focus.js")
"""What the components whose keys work from the whole page have in common."""


@st.cache_resource(show_spinner=False)
def resources():
    """Return the one pool of loaded components and finished results."""
    from projection.pipeline import Resources

    return Resources()


@st.cache_resource(show_spinner=False)
def compute_lock() -> threading.Lock:
    """One computation at a time: models are large and the processor is shared."""
    return threading.Lock()


@st.cache_resource(show_spinner=False)
def _store(url: str):
    from projection.corrections.store import Store

    return Store(url)


def store():
    """Return the correction store of the current settings (PROJECTION_HOME, PROJECTION_DATABASE_URL)."""
    from projection.settings import settings

    return _store(settings().database)


def style() -> str:
    """Return the style sheets of the pages as one <style> element.

    Dialogs and menus hang on the body, outside the part of the page that Streamlit tells its theme.
    """
    theme = st.context.theme.type if st.context.theme else None
    scheme = f"body {{ color-scheme: {theme or 'light dark'}; }}"
    return f"<style>{_asset('tokens.css')}{_asset('app.css')}{scheme}</style>"


def editor_component():
    """Return the mount function of the editor (see assets/editor.js)."""
    return _component("editor", *SHARED, "make.js", *sorted(path.name for path in ASSETS.glob("editor_*.*")))


def compare_component():
    """Return the mount function of the methods side by side (see assets/compare.js)."""
    return _component("compare", "make.js")


def queue_component():
    """Return the mount function of the list of sentences to check (see assets/queue.js)."""
    return _component("queue", *SHARED, "make.js", "queue_drawing.js")


def disputes_component():
    """Return the mount function of the list of disputed sentences (see assets/disputes.js)."""
    return _component("disputes", "make.js")


def sentences_component():
    """Return the mount function of the sentences behind a mark of a chart (see assets/sentences.js)."""
    return _component("sentences", "make.js")


@st.cache_resource(show_spinner=False)
def _component(name: str, *more: str):
    """Register assets/`name`.* as a component; `more` are further scripts and style sheets of it."""
    parts = {kind: [f"{name}.{kind}", *(one for one in more if one.endswith(kind))] for kind in ("css", "js")}
    return st.components.v2.component(
        f"projection_{name}",
        html=_asset(f"{name}.html"),
        css=_asset("tokens.css") + "".join(map(_asset, parts["css"])),
        js="".join(map(_asset, parts["js"])),
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")
