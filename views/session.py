"""What one browser tab remembers, and what its address says: project, sentence, method."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Any

import streamlit as st

from projection.errors import GoneError, StoreError
from views import labels, palette
from views.desk import Memory
from views.markup import notice
from views.resources import store


def remembered(
    slot: str, key: Hashable, build: Callable[[], Any], drop: Callable[[Any], None] = lambda value: None
) -> Any:
    """Return `build()`, kept in this tab under `slot` while `key` stays the same; `drop` gets what it replaces."""
    kept = st.session_state.get(f"kept-{slot}")
    if kept is None or kept[0] != key:
        if kept is not None:
            drop(kept[1])
        kept = (key, build())
        st.session_state[f"kept-{slot}"] = kept
    return kept[1]


def forget(slot: str) -> None:
    st.session_state.pop(f"kept-{slot}", None)


def memory() -> Memory:
    """Return what the tab remembers of its selection and of what it stored."""
    return st.session_state.setdefault("memory", Memory())


def open_project(project_id: int, position: int = 0) -> None:
    """Make a project and sentence the current ones of this tab."""
    st.session_state["project"], st.session_state["position"] = project_id, position


def current_project() -> Any | None:
    """Return the project of the address, else of this tab, else None; the address is completed."""
    wanted = st.query_params.get("project") or st.session_state.get("project")
    try:
        project = store().project(_id(wanted)) if wanted is not None else None
    except (StoreError, ValueError) as problem:
        reason = str(problem) if isinstance(problem, StoreError) else "The address names no project."
        st.html(notice("That project cannot be opened", reason, "bad"))
        if isinstance(problem, GoneError | ValueError):  # one that cannot be read now may be there after a reload
            st.session_state.pop("project", None)
            st.query_params.pop("project", None)
        return None
    if project is not None and st.session_state.get("project") != project.id:
        open_project(project.id, _number(st.query_params.get("s"), 1) - 1)
    palette.use(labels.colours(project) if project is not None else {})
    return project


def current_position(sentences: int) -> int:
    """Return the 0-based position of the current sentence, inside the project."""
    if "position" not in st.session_state:
        st.session_state["position"] = _number(st.query_params.get("s"), 1) - 1
    position = max(0, min(st.session_state["position"], sentences - 1))
    st.session_state["position"] = position
    return position


def address(project_id: int, position: int = 0) -> dict[str, str]:
    """Return what names a project and a sentence (1-based there) in the address of a page."""
    return {"project": str(project_id), "s": str(position + 1)}


def write_address(project_id: int, position: int) -> None:
    """Put project and sentence into the address, so that it can be shared."""
    for name, value in address(project_id, position).items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def begin_with_address(name: str, options: Collection[Any]) -> None:
    """Let the widget with the key `name` begin with what the address says, or with what it was on another page."""
    wanted = st.query_params.get(name) or st.session_state.get(f"last-{name}")
    if name not in st.session_state and wanted in options:
        st.session_state[name] = wanted


def keep_in_address(name: str, usual: Any) -> None:
    """Put what the widget `name` says into the address, so that it can be shared; the usual value is left out."""
    value = st.session_state[f"last-{name}"] = st.session_state.get(name)
    if value is None or value == usual:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _id(wanted: str | int) -> int:
    """Read the number of a project. Raises ValueError for what no database can hold."""
    number = int(wanted)
    if not 0 < number < 2**31:
        raise ValueError(f"no project has the number {number}")
    return number


def _number(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise
