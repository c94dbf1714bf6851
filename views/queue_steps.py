"""What was done to many sentences at once in this tab: a step of the list like any other, for its undo."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from projection.corrections.records import Stamp
from views import markup, people
from views.frame import failures_said, say
from views.resources import store


def _steps() -> dict[str, int]:
    """Return the project of each batch done here and not taken back since, in the order they were done."""
    return st.session_state.setdefault("queue-steps", {})


def keep(batch: str, project_id: int) -> None:
    _steps()[batch] = project_id


def drop(batch: str) -> None:
    _steps().pop(batch, None)


def steps_in(project_id: int) -> list[str]:
    return [batch for batch, number in _steps().items() if number == project_id]


def undo(batch: str) -> None:
    """Take back a batch where nothing was done since, and say how many that were."""
    undone, left = store().undo_many(batch, Stamp(people.author()))
    drop(batch)
    more = f" {markup.counted(left, 'sentence')} changed since and stayed as they are." if left else ""
    say(f"Taken back on {markup.counted(undone, 'sentence')}.{more}")


def undo_asked(batches: Iterable[str]) -> None:
    """Take back what the list asks for, which it does until the batch is no step any more."""
    for batch in batches:
        number = _steps().get(batch)
        if number is None:
            continue
        with failures_said():
            refused = people.may_here(number)
            if not refused:
                undo(batch)
                continue
            drop(batch)
            say(refused, "bad")
