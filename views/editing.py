"""What pages do to a sentence outside the editor: the same operations, through the same inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from projection.corrections.inbox import Receipt
from projection.types import Entity, Span
from views import workbench
from views.desk import Desk
from views.frame import failures_said, say


def perform(desk: Desk, operation: Mapping[str, Any]) -> bool:
    """Do one operation on the revision that is shown; say what was refused. Return whether something was stored.

    The editor may show the next sentence already while a button or text field still is about the one before.
    """
    with failures_said():
        receipt = workbench.perform(desk.stored, desk.setup, desk.sheet, operation)
        tell(receipt)
        if receipt.stored and st.session_state.get("position", desk.stored.position) != desk.stored.position:
            say(f"That was about sentence {desk.stored.position + 1}, and is stored there.", "warn")
        return bool(receipt.stored) and not receipt.refused
    return False


def tell(receipt: Receipt) -> None:
    """Leave what a receipt has to say for the next run of the page."""
    refused = [item.text for item in receipt.refused]
    if refused or receipt.said:
        say(" ".join([*refused, *receipt.said]), "warn")


def use_span(desk: Desk, replaced: Entity | None, span: Span, label: str, method: str = "") -> bool:
    """Put the label on another candidate's span, or where `method` found it, instead of where it is now."""
    before = (replaced.span.start, replaced.span.end) if replaced else (None, None)
    place = {"start": before[0], "end": before[1], "to": [span.start, span.end], "label": label}
    return perform(desk, {"kind": "take", "name": method} | place if method else {"kind": "place"} | place)


def use_method(desk: Desk, method: str) -> None:
    """Take over all spans another method found."""
    if perform(desk, {"kind": "method", "name": method}):
        say(f"Took the spans of {method}")


def set_tags(desk: Desk, side: str, entities: Sequence[Entity]) -> bool:
    """Make the labels of one side those of an edited table: what is gone goes, what is new is labelled."""
    before = {(entity.span, entity.label): entity for entity in desk.entities_on(side)}
    after = {(entity.span, entity.label) for entity in entities}
    spans = {span for span, _ in after}
    for (span, label), _ in before.items():
        if (span, label) not in after and not any(span.overlaps(other) for other in spans):
            perform(desk, {"kind": "remove", "side": side, "start": span.start, "end": span.end})
    return all(
        perform(desk, {"kind": "label", "side": side, "start": span.start, "end": span.end, "label": label})
        for span, label in sorted(after, key=lambda item: item[0])
        if (span, label) not in before
    )


def text(desk: Desk, side: str, written: str) -> None:
    """Replace one side's text."""
    perform(desk, {"kind": "text", "side": side, "text": written})


def undo(desk: Desk) -> None:
    perform(desk, {"kind": "undo"})


def go(position: int) -> None:
    """Turn to another sentence; what it is listed for, or its most doubtful span, will be selected."""
    st.session_state["position"] = position
