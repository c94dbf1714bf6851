"""The corner of every page that says who is here; and the door, where a login is configured."""

from __future__ import annotations

import re
from html import escape
from importlib.util import find_spec
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError

from projection.corrections.roles import LONGEST_NAME
from projection.errors import StoreError
from views import markup, people
from views.resources import ASSETS

SHOWN = 24
"""Characters of a name that the corner shows."""
NO_AUTHLIB = (
    'A login is configured, but the package Authlib is missing: pip install "Authlib>=1.3.2", then start the app again.'
)
UNREADABLE = "The file .streamlit/secrets.toml cannot be read as TOML: correct it, then start the app again."


def enter() -> None:
    """Draw the corner; where a login is configured and nobody is signed in, ask for it and end the run here."""
    st.html(f"<style>{(ASSETS / 'people.css').read_text('utf-8')}</style>")
    state = people.login()
    if state in ("out", "unreadable"):
        _door(state)
        st.stop()
    if st.session_state.get("remember-person"):
        _cookie()(key="person-cookie", data={"cookie": people.COOKIE, "name": people.author()})
    _corner(state)
    if state == "in":
        _turn_away()


def _turn_away() -> None:
    """Close the project of the address, or of this tab, to a person who is signed in but not one of its people."""
    wanted = str(st.query_params.get("project") or st.session_state.get("project") or "")
    refused = people.may_look(int(wanted)) if re.fullmatch(r"[0-9]{1,9}", wanted) else ""
    if refused:
        st.session_state.pop("project", None)
        st.query_params.pop("project", None)
        st.html(markup.notice("That project is not open to you", refused, "bad"))


@st.fragment
def _corner(state: people.Login) -> None:
    """Draw name and form; only a name that was changed makes the page run again."""
    if st.session_state.pop("person-changed", False):
        st.rerun()
    name = people.author()
    with st.container(key="person-corner", width="content"):
        label = markup.plain(name if len(name) <= SHOWN else name[: SHOWN - 1] + "\u2026") or "Your name"
        corner = st.popover(label, icon=":material/person:", type="tertiary", on_change="rerun", key="person-open")
    if corner.open:
        with corner:
            _signed_in(name) if state == "in" else _name_form(name)


def _name_form(name: str) -> None:
    with st.form("person", border=False):
        st.text_input(
            "Your name", name, key="person-typed", max_chars=LONGEST_NAME, placeholder="No name",
            help="Stands beside your changes. It is kept in this browser; leave it empty to go without.",
        )  # fmt: skip
        st.form_submit_button("Remember", key="person-save", on_click=_save)
    problem = st.session_state.pop("person-problem", "")
    if problem:
        st.html(markup.notice("That name cannot be used", problem, "warn"))


def _save() -> None:
    try:
        people.set_name(st.session_state.get("person-typed") or "")
    except StoreError as problem:
        st.session_state["person-problem"] = str(problem)
    else:
        st.session_state["person-open"], st.session_state["person-changed"] = False, True


def _signed_in(name: str) -> None:
    st.html(f'<p class="lead">{escape(name)}</p>')
    st.button("Sign out", key="sign-out", on_click=st.logout)


def _door(state: people.Login) -> None:
    """Ask for the login of the configured provider, or of one of several."""
    if state == "unreadable":
        st.html(markup.notice("Nobody can be let in", UNREADABLE, "bad"))
        return
    if find_spec("authlib") is None:
        st.html(markup.notice("Nobody can sign in yet", NO_AUTHLIB, "bad"))
        return
    with st.container(key="door", horizontal_alignment="center"):
        st.html(markup.page_title("Sign in", "The projects here are for people with an account."))
        for name in _providers():
            label = f"Sign in with {markup.plain(name)}" if name else "Sign in"
            if st.button(label, key=f"sign-in-{name}", type="primary"):
                _sign_in(name)


def _sign_in(provider: str) -> None:
    try:
        st.login(provider or None)
    except StreamlitAuthError as problem:
        st.html(markup.notice("The login is not configured completely", " ".join(str(problem).split()), "bad"))


def _providers() -> list[str]:
    """Return the names of the configured providers; "" for the one without a name."""
    section: Any = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    named = [name for name, value in section.items() if hasattr(value, "items") and name != "client_kwargs"]
    return ([""] if "client_id" in section or not named else []) + named


@st.cache_resource(show_spinner=False)
def _cookie():
    """Return the mount function of what writes the cookie."""
    return st.components.v2.component("projection_person", html="<span></span>", js=_script())


def _script() -> str:
    return (ASSETS / "person.js").read_text("utf-8")
