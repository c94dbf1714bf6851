"""From a stored sentence and what the pipeline says of it to what leaves the house."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from projection.exchange.corrected import Corrected

if TYPE_CHECKING:
    from projection.corrections.edits import Edits
    from projection.corrections.records import Event, StoredSentence
    from projection.pipeline import Outcome
    from projection.types import Entity


def from_stored(outcome: Outcome, stored: StoredSentence, method: str, last: Event | None = None) -> Corrected:
    """Reduce an outcome and a person's edits to what is exported of them; `last` is the newest stored change."""
    projection, edits = outcome.projections.get(method), stored.edits
    target, alignment = outcome.target, outcome.alignment
    if projection is not None and projection.bitext.target != target:  # the method wrote a text of its own
        target, alignment = projection.bitext.target, projection.bitext.alignment
    labelled = projection is not None or edits.target_entities is not None
    if target is not None and labelled:
        target = target.with_entities(_accepted(entity, edits) for entity in edits.final_entities(projection))
    return Corrected(
        stored.position, stored.task.id, outcome.source, target, alignment, labelled, edits.checked, edits.flagged,
        edits.note, method, projection.signature if projection else "", last.author if last else "",
        last.at.isoformat(timespec="seconds") if last else "",
        str(outcome.error) if outcome.error else outcome.method_errors.get(method, ""),
    )  # fmt: skip


def _accepted(entity: Entity, edits: Edits) -> Entity:
    """Older projects kept the automatic origin of the labels of a sentence that was accepted."""
    old = edits.checked and edits.target_entities is not None and entity.origin in ("projected", "model")
    return replace(entity, origin="accepted") if old else entity
