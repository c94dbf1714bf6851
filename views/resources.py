"""What all sessions of the server share: models and results, the correction store, style sheets."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent.parent / "assets"


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
    """Return the style sheets of the pages as one <style> element."""
    return f"<style>{_asset('tokens.css')}{_asset('app.css')}</style>"


def editor_component():
    """Return the mount function of the editor (see assets/editor.js)."""
    more = sorted(path.stem for path in ASSETS.glob("editor_*.js"))
    return _component("editor", *more)


def compare_component():
    """Return the mount function of the methods side by side (see assets/compare.js)."""
    return _component("compare")


def disputes_component():
    """Return the mount function of the list of disputed sentences (see assets/disputes.js)."""
    return _component("disputes")


@st.cache_resource(show_spinner=False)
def _component(name: str, *more_scripts: str):
    return st.components.v2.component(
        f"projection_{name}",
        html=_asset(f"{name}.html"),
        css=_asset("tokens.css") + _asset(f"{name}.css"),
        js="".join(_asset(f"{script}.js") for script in (name, *more_scripts)),
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")
