"""Which sentences go into a file: whole ones only, so that a missing tag never looks like O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projection.exchange.corrected import Corrected, Side
from projection.types import Entity

STATES = {
    "automatic": frozenset({"model", "projected"}),
    "accepted": frozenset({"accepted"}),
    "bulk": frozenset({"bulk"}),
    "corrected": frozenset({"corrected", "human"}),  # "human": older projects did not say what a person did
    "manual": frozenset({"manual"}),
    "given": frozenset({"gold"}),
}
"""How a span came about, and the origins that count as it."""

TITLES = {
    "automatic": "automatic", "accepted": "accepted", "bulk": "accepted in bulk", "corrected": "corrected",
    "manual": "manual", "given": "given with the text",
}  # fmt: skip
"""What files call the states; people read the words of the editor's legend, see `_EXCLUDED`."""

_EXCLUDED = {state: f"that is {title}" for state, title in TITLES.items()} | {
    "automatic": "no person decided on", "manual": "that was added by hand",
}  # fmt: skip
_STATE_OF = {origin: state for state, origins in STATES.items() for origin in origins}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted: spans of these `states`; `positions` None means all sentences."""

    states: frozenset[str] = frozenset(STATES)
    checked_only: bool = False
    unflagged_only: bool = False
    positions: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence (0-based position) that is not written, and why: a clause that goes on from "it ...".

    `by_choice`: nothing is wrong with it, it was not wanted.
    """

    position: int
    reason: str
    by_choice: bool = False


EVERYTHING = Choice()


def state_of(entity: Entity) -> str:
    return _STATE_OF[entity.origin]


def count_states(items: Iterable[Corrected], sides: Sequence[Side] = ("target",)) -> dict[str, int]:
    """Count the spans of each state, all states named."""
    counts = dict.fromkeys(STATES, 0)
    for item in items:
        for entity in _entities(item, sides):
            counts[state_of(entity)] += 1
    return counts


def _entities(item: Corrected, sides: Sequence[Side]) -> list[Entity]:
    return [entity for side in sides for entity in item.entities(side)]


def choose(
    items: Iterable[Corrected], choice: Choice, sides: Sequence[Side] = ("target",)
) -> tuple[list[Corrected], list[LeftOut]]:
    """Return the sentences to write and those left out, each with one reason.

    `sides` are those whose labels will be written, and have to be there. A sentence with a span of an
    excluded state is left out whole. Where automatic spans are excluded, so is a sentence without any span
    that nobody has checked: its emptiness is automatic too. Sentences outside `positions` are neither
    written nor reported.
    """
    kept, left_out = [], []
    for item in items:
        if choice.positions is not None and item.position not in choice.positions:
            continue
        missing, unwanted = _missing(item, sides), _unwanted(item, choice, sides)
        if missing or unwanted:
            left_out.append(LeftOut(item.position, missing or unwanted, by_choice=not missing))
        else:
            kept.append(item)
    return kept, left_out


def _missing(item: Corrected, sides: Sequence[Side]) -> str:
    why = f" ({item.problem})" if item.problem else ""
    for side in sides:
        if item.sentence(side) is None:
            return f"has no {side} text{why}"
    return f"has no labels yet{why}" if "target" in sides and not item.labelled else ""


def _unwanted(item: Corrected, choice: Choice, sides: Sequence[Side]) -> str:
    if choice.checked_only and not item.checked:
        return "is not checked"
    if choice.unflagged_only and item.flagged:
        return "is flagged"
    return _excluded(item, choice, sides) if sides else ""


def _excluded(item: Corrected, choice: Choice, sides: Sequence[Side]) -> str:
    entities = _entities(item, sides)
    unwanted = [state for state in STATES if state not in choice.states]
    found = {state_of(entity) for entity in entities}
    for state in unwanted:
        if state in found:
            return f"has a span {_EXCLUDED[state]}"
    if "automatic" in unwanted and not entities and not item.checked:
        return "has no span, and no person has checked that"
    return ""
