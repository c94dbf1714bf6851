"""Going through a list of sentences one after the other in the editor: those behind a mark of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from views import editing, markup, people
from views.session import address

_KEY = "walk"


@dataclass(frozen=True, slots=True)
class Walk:
    """The sentences of a project that somebody looks through: what they have in common, and their positions."""

    project_id: int
    title: str
    positions: tuple[int, ...]

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


def begin(project_id: int, title: str, positions: Sequence[int]) -> None:
    """Let the editor of this tab go through these sentences."""
    st.session_state[_KEY] = Walk(project_id, title, tuple(positions))


def leave() -> None:
    st.session_state.pop(_KEY, None)


def current(project_id: int) -> Walk | None:
    walk: Walk | None = st.session_state.get(_KEY)
    return walk if walk is not None and walk.project_id == project_id else None


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
