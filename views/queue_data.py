"""The rows of the queue as plain values for the list in assets/queue.js."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from projection.corrections.queue import Listed, Tally
from projection.text.languages import english_name, is_unsegmented
from projection.triage import KINDS, Reason
from projection.types import Entity, Sentence
from views.editor_data import entity_value
from views.markup import direction, gap_before, score_text
from views.palette import css_class

SHOWN_REASONS = 2
SHOWN_LABELS = 4
LONGEST = 160
"""Characters of a sentence in the list; the preview has all of it."""


def rows(listed: Iterable[Listed], lines: Mapping[int, Any]) -> list[dict[str, Any]]:
    """Return one value for each row; `lines` has the sentence as the person here works on it, by id."""
    return [row(one, lines.get(one.stored.id, one.stored)) for one in listed]


def row(listed: Listed, stored: Any) -> dict[str, Any]:
    """Return one sentence; `stored` is the line of it that the person here works on."""
    reading, edits = listed.reading, stored.edits
    source, target = _texts(listed, stored)
    shown = target or source or Sentence("", ())
    final = _final(listed, stored, target)
    reasons = reading.reasons if reading else ()
    is_read = reading is not None and reading.doubt is not None
    return {
        "sentence": stored.id,
        "position": stored.position,
        "revision": stored.revision,
        "line": stored.line,
        "text": shown.text if len(shown.text) <= LONGEST else f"{shown.text[:LONGEST].rstrip()}…",
        "direction": direction(shown.language),
        "language": shown.language,
        "counts": counts(final),
        "doubt": score_text(reading.doubt) if is_read else "",
        "share": reading.doubt if is_read else 0.0,
        "reasons": [pill(reason) for reason in reasons[:SHOWN_REASONS]],
        "more": f"+{len(reasons) - SHOWN_REASONS}" if len(reasons) > SHOWN_REASONS else "",
        "why": [pill(reason) for reason in reasons],
        "people": ", ".join(listed.people),
        "states": states(listed, edits),
        "checked": edits.checked,
        "flagged": edits.flagged,
        "note": edits.note,
        "ready": (listed.fresh and is_read and not reading.failed and target is not None) or edits.checked,
        "unread": _why_not_ready(listed, target),
        "source": side(source, source.entities if source else ()),
        "target": side(target, final),
    }


def _texts(listed: Listed, stored: Any) -> tuple[Sentence | None, Sentence | None]:
    task, reading = stored.edits.apply(stored.task), listed.reading
    source = (reading.source if reading and listed.fresh else None) or task.source
    target = stored.edits.target or task.target or (reading.target if reading else None)
    return source, target


def _final(listed: Listed, stored: Any, target: Sentence | None) -> Sequence[Entity]:
    """Return the labels that count; the automatic ones only where they were read from the text that is shown."""
    if listed.reading is None or listed.reading.target != target:
        return stored.edits.final_entities(None)
    return listed.reading.sheet(stored, "", ("und", "und")).entities


def _why_not_ready(listed: Listed, target: Sentence | None) -> str:
    reading = listed.reading
    if reading is None or reading.doubt is None:
        return "Not read yet"
    if reading.failed:
        return next(reason.text for reason in reading.reasons if reason.kind == "failed")
    if not listed.fresh:
        return "Changed since it was read"
    return "" if target is not None else "There is no text to label"


def counts(entities: Sequence[Entity]) -> list[dict[str, Any]]:
    found = Counter(entity.label for entity in entities).most_common()
    shown = [{"text": f"{count} {label}", "colour": css_class(label)} for label, count in found[:SHOWN_LABELS]]
    more = sum(count for _, count in found[SHOWN_LABELS:])
    return [*shown, {"text": f"+{more}", "colour": ""}] if more else shown


def pill(reason: Reason) -> dict[str, str]:
    return {"text": reason.pill, "said": reason.text, "tone": reason.tone}


def states(listed: Listed, edits: Any) -> list[dict[str, str]]:
    """Return what a person decided about the sentence, as text and tone."""
    found = [{"text": "Two versions", "tone": "bad"}] if listed.torn else []
    if edits.flagged:
        found.append({"text": "Flagged", "tone": "warn"})
    if edits.checked:
        found.append({"text": "Accepted in bulk" if listed.bulk else "Checked", "tone": "good"})
    if edits.note:
        found.append({"text": "Note", "tone": ""})
    if not edits.checked and (edits.decides_target or edits.source_entities is not None or edits.alignment is not None):
        found.append({"text": "Edited", "tone": ""})
    return found or [{"text": "Open", "tone": "plain"}]


def side(sentence: Sentence | None, entities: Sequence[Entity]) -> dict[str, Any] | None:
    """Return a whole sentence with its entities for the preview, None where there is none."""
    if sentence is None:
        return None
    return {
        "name": english_name(sentence.language) if sentence.language != "und" else "Text",
        "language": sentence.language,
        "direction": direction(sentence.language),
        "tight": is_unsegmented(sentence.language),
        "gaps": [gap_before(sentence, index) for index in range(len(sentence))],
        "words": list(sentence.words),
        "entities": [entity_value(entity) for entity in entities if entity.span.end <= len(sentence)],
    }


def reason_counts(tally: Tally, current: str = "") -> list[tuple[str, str, int]]:
    """Return (kind, name, open sentences) of the reasons that occur or are `current`, "none" last."""
    counts = {**tally.reasons, "none": tally.quiet}
    names = {**KINDS, "none": "nothing doubtful"}
    return [(kind, name, counts.get(kind, 0)) for kind, name in names.items() if counts.get(kind) or kind == current]


def time_left(seconds: float | None) -> str:
    """Say a duration in the unit a person would use; "" for None."""
    if seconds is None:
        return ""
    for least, unit, size in ((5400, "h", 3600), (90, "min", 60)):
        if seconds >= least:
            return f"about {seconds / size:.0f} {unit}"
    return f"about {max(1, round(seconds))} s"
