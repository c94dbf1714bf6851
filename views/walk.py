"""Going through a list of sentences one after the other in the editor: those behind a mark of a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from projection.types import Sentence, Span
from views import editing, markup, people
from views.session import address

_KEY = "walk"
Place = tuple[tuple[str, ...], Span] | None
"""The words of a sentence, and those among them that it is in the list for."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The sentences of a project that somebody looks through: what they have in common, and by position for what they
    are looked at, as far as that is known.
    """

    project_id: int
    title: str
    places: Mapping[int, Place]

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(self.places)

    def after(self, position: int) -> list[int]:
        """Return what comes after a sentence, in the order of the list; all of it, where that is not in the list."""
        if position not in self.positions:
            return list(self.positions)
        return list(self.positions[self.positions.index(position) + 1 :])

    def before(self, position: int) -> list[int]:
        """Return what comes before a sentence, the nearest first."""
        if position not in self.positions:
            return []
        return list(self.positions[: self.positions.index(position)][::-1])


def begin(project_id: int, title: str, places: Mapping[int, Place]) -> None:
    """Let the editor of this tab go through these sentences, by position."""
    st.session_state[_KEY] = Walk(project_id, title, places)


def leave() -> None:
    st.session_state.pop(_KEY, None)


def current(project_id: int) -> Walk | None:
    walk: Walk | None = st.session_state.get(_KEY)
    return walk if walk is not None and walk.project_id == project_id else None


def wanted(project_id: int, position: int, target: Sentence | None) -> Span | None:
    """Return the words of the target that the sentence is in the list for, unless it has other words now."""
    walk = current(project_id)
    words, span = (walk and walk.places.get(position)) or ((), None)
    return span if target is not None and target.words == words else None


def following(project_id: int, position: int) -> list[int] | None:
    """Return what the person here goes on with: the list they look through, else what they were given (see people)."""
    walk = current(project_id)
    return walk.after(position) if walk is not None else people.following(project_id, position)


def strip(project_id: int, position: int) -> None:
    """Draw where in the list the sentence is, with ways on, back, to the charts it came from, and out."""
    walk = current(project_id)
    if walk is None:
        return
    after, before = walk.after(position), walk.before(position)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button("Previous of list", key="walk-back", icon=":material/arrow_back:", disabled=not before,
                  on_click=editing.go, args=(before[0] if before else position,))  # fmt: skip
        st.button("Next of list", key="walk-on", icon=":material/arrow_forward:", disabled=not after,
                  on_click=editing.go, args=(after[0] if after else position,))  # fmt: skip
        place = f"{len(before) + 1} of {len(walk.positions)}" if position in walk.positions else "not in the list"
        st.html(markup.title(walk.title, place), width="content")
        if st.button("Back to Evaluate", key="walk-home", type="tertiary"):
            st.switch_page("pages/evaluate.py", query_params=address(project_id, position))
        st.button("Leave the list", key="walk-leave", type="tertiary", on_click=leave)
