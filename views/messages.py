"""What there is to know about the sentence on the inspect page, beneath its board."""

from __future__ import annotations

import streamlit as st

from views import markup, tables
from views.desk import Desk


def messages(desk: Desk) -> None:
    """Draw what failed, what is missing, what was not projected."""
    outcome, found = desk.outcome, []
    if outcome.error:
        found.append(markup.notice(f"Stopped at {outcome.error.stage}", outcome.error.message, "bad"))
    found += _failed_methods(desk)
    warned = dict.fromkeys(warning for stage in outcome.stages for warning in stage.warnings)
    found += [markup.notice("Note", warning, "warn") for warning in warned]
    if outcome.source is not None and not outcome.source.entities and not outcome.error:
        found.append(markup.notice("No entity in the source", "Select words in the board and press P, O, L or M."))
    found += _not_placed(desk)
    if found:
        st.html("".join(found))


def _failed_methods(desk: Desk) -> list[str]:
    """One message for all methods that failed for the same reason."""
    reasons: dict[str, list[str]] = {}
    for name, text in desk.outcome.method_errors.items():
        reasons.setdefault(text, []).append(name)
    return [
        markup.notice(f"{', '.join(names)} failed on this sentence", text, "bad") for text, names in reasons.items()
    ]


def _not_placed(desk: Desk) -> list[str]:
    """One message for all source entities without a place that no person has placed since."""
    if desk.projection is None:
        return []
    covered = {source for source, _ in desk.pairs}
    missing = zip(desk.projection.unprojected, tables.unprojected(desk.projection), strict=True)
    lines = [f"{name}: {reason}." for item, (name, reason) in missing if item.entity_index not in covered]
    if not lines:
        return []
    remedy = "Select the words in the translation and press a label key, or choose a candidate below."
    headline = "1 entity not placed" if len(lines) == 1 else f"{len(lines)} entities not placed"
    return [markup.notice(headline, " ".join([*lines, remedy]), "warn")]
