"""What all pages begin with: the frame of app.py around them, and the message the last action left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from projection.errors import ProjectionError
from views.markup import notice, plain

ICONS = {"bad": ":material/error:", "warn": ":material/info:"}


def enter() -> None:
    """Begin a page, whatever address was opened first.

    Because of the folder pages/ beside app.py, Streamlit runs a page on its own until the first call of
    st.navigation, which a new server has not seen when the first address it is asked for is that of a page.
    Then start again through app.py; only in the first run of a tab, so that no click is lost.
    """
    entered = st.session_state.get("entered")
    st.session_state["entered"] = True
    if PagesManager.uses_pages_directory and not entered:
        PagesManager.uses_pages_directory = False
        st.rerun()
    show_said()


def show_said() -> None:
    """Show the message that the last action left."""
    text, tone = st.session_state.pop("said", ("", ""))
    if text:
        duration = "infinite" if tone == "bad" else "short"
        st.toast(plain(text), icon=ICONS.get(tone, ":material/check:"), duration=duration)


def say(text: str, tone: str = "") -> None:
    """Leave a short message for the next run of the page; one with the tone "bad" stays until it is closed."""
    st.session_state["said"] = (text, tone)


@contextmanager
def failures_drawn() -> Iterator[None]:
    """Draw what fails here in its place: what Streamlit shows of an error inside a fragment says nothing."""
    try:
        yield
    except ProjectionError as problem:
        st.html(notice("This cannot be shown", str(problem), "bad"))


@contextmanager
def failures_said(tone: str = "bad") -> Iterator[None]:
    """Leave the message of what fails here; nothing after it in the block is done."""
    try:
        yield
    except ProjectionError as problem:
        say(str(problem), tone)
