"""Who is here: the name a person gave, or the one a login vouches for; and what they may do."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import streamlit as st

from projection.corrections.assignments import Assignments
from projection.corrections.overlaps import Overlaps
from projection.corrections.people import People
from projection.corrections.records import MAIN
from projection.corrections.roles import clean_name
from projection.errors import StoreError
from views.resources import store

COOKIE = "projection_name"
SIGN_IN = "Sign in to change anything."

Login = Literal["none", "out", "in", "unreadable"]


def people() -> People:
    return People(store().database)


def assignments() -> Assignments:
    return Assignments(store().database)


def overlaps() -> Overlaps:
    return Overlaps(store().database)


def login() -> Login:
    """Say whether a login is configured ([auth] in .streamlit/secrets.toml), and whether the person is signed in.

    A file of secrets that cannot be read may hold a login, so that nobody is let in by a typing error.
    """
    signed_in = st.user.get("is_logged_in")
    if signed_in is not None:
        return "in" if signed_in else "out"
    there = any(Path(name).exists() for name in st.get_option("secrets.files"))
    return "unreadable" if there and not st.secrets.load_if_toml_exists() else "none"


def author() -> str:
    """Return the name of the person here: the e-mail of who is signed in, else the name they gave, else ""."""
    state = login()
    if state != "none":
        return _signed_in() if state == "in" else ""
    if "person" not in st.session_state:
        st.session_state["person"] = _remembered()
    return st.session_state["person"]


def _signed_in() -> str:
    """Return the e-mail address, unless the provider says that it is not verified; then name and number there.

    Names are not unique and anybody may choose them, so a name alone would let one person pass for another.
    """
    email, verified = st.user.get("email"), st.user.get("email_verified", True)
    if email and str(verified).lower() not in ("false", "0", "none"):
        return _clean(str(email))
    return _clean(f"{st.user.get('name') or 'somebody'} ({st.user.get('iss', '')}#{st.user.get('sub', '')})")


def _remembered() -> str:
    return _clean(unquote(st.context.cookies.get(COOKIE, "")))


def _clean(name: str) -> str:
    try:
        return clean_name(name)
    except StoreError:
        return ""


def set_name(text: str) -> None:
    """Take a name for this tab, and have the browser remember it. Raises StoreError when it is too long."""
    st.session_state["person"] = clean_name(text)
    st.session_state["remember-person"] = True


def may(project_id: int, person: str, line: str = MAIN, position: int | None = None) -> str:
    """Return why a person may not change a line of a sentence, "" if they may; see People.may."""
    if not person and login() != "none":
        return SIGN_IN
    return people().may(project_id, person, line, position)


def may_here(project_id: int, line: str = MAIN, position: int | None = None) -> str:
    """Return why the person here may not change a line of a sentence, "" if they may."""
    return may(project_id, author(), line, position)


def may_manage(project_id: int) -> str:
    """Return why the person here may not manage a project, decide or delete, "" if they may."""
    person = author()
    return SIGN_IN if not person and login() != "none" else people().may_manage(project_id, person)


def may_look(project_id: int) -> str:
    """Return why the person here may not look at a project, "" if they may.

    Without a login anybody may, as a name alone proves nothing; with one, a project with members is for them alone.
    """
    if login() == "none":
        return ""
    person = author()
    if not person:
        return SIGN_IN
    if not people().members(project_id) or people().role(project_id, person):
        return ""
    return f"{person} is not among the people of this project: ask one of its curators."


def line_here(project_id: int, position: int) -> str:
    """Return the line of a sentence that the person here works on."""
    person = author()
    if not person or st.session_state.get("main-version") == (project_id, position):
        return MAIN
    return people().line_for(project_id, store().sentence(project_id, position).id, person)


def following(project_id: int, position: int) -> list[int] | None:
    """Return what the person here has to do besides the sentence at `position`, in the order they get to it.

    What was passed over comes after the rest; None for somebody who was given no sentences here.
    """
    person = author()
    left = assignments().left(project_id, person) if person else None
    if left is None:
        return None
    return [one for one in left if one > position] + [one for one in left if one < position]


def show_main(project_id: int, position: int) -> None:
    """Have the editor show what counts for the project, also to somebody with a version of their own."""
    st.session_state["main-version"] = (project_id, position)
