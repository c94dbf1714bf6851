"""The same name elsewhere: every place of it in the project, to be ticked and labelled in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import uuid4

import streamlit as st

from projection.corrections import operations
from projection.corrections.queue import Queue
from projection.corrections.records import Stamp, StoredSentence
from projection.corrections.sheet import Sheet
from projection.errors import SpanError
from projection.triage import Occurrence, occurrences
from views import markup, people, queue_steps
from views.frame import failures_said, say
from views.palette import STANDARD_LABELS
from views.queue_bulk import batch_line
from views.queue_panel import changeable, close_dialog, open_dialog, shown_sheet
from views.queue_scan import readings
from views.resources import store
from views.session import remembered

PREFIX = "name-"
MOST = 500
"""Places shown at once."""
CONTEXT = 40
NO_LABEL = "(no label)"


@dataclass(frozen=True, slots=True)
class Place:
    """An occurrence with the sentence it is in, as the person saw it."""

    found: Occurrence
    stored: StoredSentence
    sheet: Sheet


def button(project: Any) -> None:
    """Open the dialog without a name; a click on a label of the preview opens it with that one."""
    why_not = people.may_here(project.id)
    st.button("Same name", key="queue-names", disabled=bool(why_not), on_click=_open_empty,
              help=why_not or "Find every place of a name and label them together.")  # fmt: skip


def _open_empty() -> None:
    _fill("", "", "")
    open_dialog("name")


def _fill(name: str, label: str, source: str) -> None:
    st.session_state["queue-name-text"], st.session_state["queue-name-source"] = name, source
    st.session_state["queue-name-label"] = label or STANDARD_LABELS[0]


def dialog_if_asked(project: Any, queue: Queue, labels: Sequence[str]) -> None:
    """Open the dialog when a label of the preview was clicked, and while it is open."""
    asked = st.session_state.pop("queue-name", None)
    if asked is not None:
        _fill(*_asked_name(project, asked))
        open_dialog("name")
    if st.session_state.get("queue-dialog") == "name":
        dialog(project, queue, labels)


def _asked_name(project: Any, asked: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the words of the label, the label, and its words in the source where that is plain."""
    (one,) = readings().at(project.id, [asked["position"]])
    sheet = _sheet(project, one.stored, one.reading)
    entity = next((item for item in sheet.entities if item.span.start == asked["start"]), None)
    if entity is None or sheet.target is None:
        return "", str(asked["label"]), ""
    alike = [item for item in sheet.entities_on("source") if item.label == entity.label]
    source = sheet.source.text_of(alike[0].span) if len(alike) == 1 and sheet.source else ""
    return sheet.target.text_of(entity.span), entity.label, source


@st.dialog("The same name elsewhere", width="large", on_dismiss=close_dialog)
def dialog(project: Any, queue: Queue, labels: Sequence[str]) -> None:
    options = [*dict.fromkeys([*STANDARD_LABELS, *labels, st.session_state["queue-name-label"]]), NO_LABEL]
    options.sort(key=lambda label: label == NO_LABEL)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name, as it stands in the text", key="queue-name-text")
        label = st.selectbox("Label", dict.fromkeys(options), key="queue-name-label", width=180)
    source = st.session_state.get("queue-name-source", "") if name else ""
    key = (project.id, store().version(project.id), name, label, source)
    places = remembered("queue-name-places", key, lambda: _found(project, queue, name, label, source))
    if name and not places:
        st.html(markup.notice("This name is nowhere in the project", "Capitals count, and only whole words are found."))
    ticked = _table(places, label, key) if places else []
    said = f"Label {markup.counted(len(ticked), 'place')}" if label != NO_LABEL else "Take the label off " + (
        markup.counted(len(ticked), "place"))  # fmt: skip
    if st.button(said, type="primary", key="queue-name-do", disabled=not ticked):
        with st.spinner("Storing…"), failures_said():
            apply(project, ticked, name, label)
        close_dialog()
        st.rerun()
    for batch in queue.batches(PREFIX):
        batch_line(batch)


def _found(project: Any, queue: Queue, name: str, label: str, source: str) -> list[Place]:
    """Return the places that are shown: those to be ticked first, those that have the label already last."""
    places = list(islice(find(project, queue, name, label, source), MOST))
    return sorted(places, key=lambda place: (not suggested(place, label), place.found.state == "same"))


def find(project: Any, queue: Queue, name: str, label: str, source: str) -> Iterator[Place]:
    """Yield the places of a name, in the order of the project."""
    if not name.strip():
        return
    found = {one.stored.position: one for one in readings().at(project.id, changeable(project, queue.holding(name)))}
    sheets = {position: _sheet(project, one.stored, one.reading) for position, one in found.items()}
    rows = ((position, sheet.source, sheet.target, sheet.entities) for position, sheet in sheets.items()
            if sheet.target is not None)  # fmt: skip
    for one in occurrences(name, label, rows, source):
        yield Place(one, found[one.position].stored, sheets[one.position])


def _sheet(project: Any, stored: StoredSentence, reading: Any) -> Sheet:
    return shown_sheet(project, stored, reading)


def _table(places: Sequence[Place], label: str, key: tuple) -> list[Place]:
    """Draw the places with a tick each; return the ticked ones."""
    import pandas as pd

    frame = pd.DataFrame(
        [[suggested(place, label), place.found.position + 1, _state(place), *_excerpt(place)]
         for place in places],
        columns=["Apply", "#", "There now", "Before", "Name", "After"],
    )  # fmt: skip
    if len(places) == MOST:
        st.html(markup.notice(f"The first {MOST} places are shown", "Label these first, then open this again."))
    count = sum(frame["Apply"])
    st.html(markup.title(markup.counted(len(places), "place"), f"{count} ticked at first; untick what is another name"))
    edited = st.data_editor(
        frame, hide_index=True, key=f"queue-name-table-{hash(key)}", height=min(420, 38 + 35 * len(places)),
        disabled=list(frame.columns[1:]), alt="Places of the name, with a tick for those to label",
        column_config={"Apply": st.column_config.CheckboxColumn(width=60), "#": st.column_config.NumberColumn(width=60),
                       "There now": st.column_config.TextColumn(width="medium")},
    )  # fmt: skip
    return [place for place, chosen in zip(places, edited["Apply"], strict=True) if chosen]


def suggested(place: Place, label: str) -> bool:
    """Whether a place is ticked at first: something would change, nobody decided there, the source agrees if asked."""
    if place.stored.edits.checked or place.found.in_source is False:
        return False
    if any(entity.origin not in operations.AUTOMATIC for entity in place.found.there):
        return False
    return place.found.state in (("same", "other label") if label == NO_LABEL else ("unlabelled", "other label"))


def _excerpt(place: Place) -> tuple[str, str, str]:
    sentence, span = place.sheet.target, place.found.span
    start, end = sentence.tokens[span.start].start, sentence.tokens[span.end - 1].end
    before, after = sentence.text[:start], sentence.text[end:]
    cut = f"…{before[-CONTEXT:]}" if len(before) > CONTEXT else before
    return cut, sentence.text[start:end], f"{after[:CONTEXT].strip()}…" if len(after) > CONTEXT else after.strip()


def _state(place: Place) -> str:
    """Say what stands at a place now, and what speaks against touching it."""
    labelled = ", ".join(f"{place.sheet.target.text_of(one.span)} {one.label}" for one in place.found.there)
    checked = "sentence checked" if place.stored.edits.checked else ""
    absent = "not named so in the source" if place.found.in_source is False else ""
    same = "the same" if place.found.state == "same" else labelled or "no label"
    return ", ".join(filter(None, (same, checked, absent)))


def apply(project: Any, places: Sequence[Place], name: str, label: str) -> None:
    """Label the places as they were seen, all in one step; say how many, and how many changed meanwhile."""
    sheets: dict[int, tuple[StoredSentence, Sheet]] = {}
    for place in places:
        stored, sheet = sheets.get(place.stored.id, (place.stored, place.sheet))
        sheets[place.stored.id] = stored, _labelled(sheet, place, label)
    changes = [(stored, sheet.edits) for stored, sheet in sheets.values() if sheet.edits != stored.edits]
    kind = f"label {name} {label} in bulk" if label != NO_LABEL else f"take the label off {name} in bulk"
    store().keep_settings(project.setup)
    stamp = Stamp(people.author(), f"{PREFIX}{uuid4().hex[:12]}")
    passed = len(store().save_many(changes, kind=kind, stamp=stamp))
    if passed < len(changes):
        queue_steps.keep(stamp.client, project.id)
    left = f" {markup.counted(passed, 'sentence')} changed meanwhile and stayed as they were." if passed else ""
    say(f"{name}: {markup.counted(len(changes) - passed, 'sentence')} changed.{left} Same name lists it, with an undo.")


def _labelled(sheet: Sheet, place: Place, label: str) -> Sheet:
    """Return the sheet with the place labelled; one that cannot be is left as it is."""
    span = place.found.span
    try:
        if label != NO_LABEL:
            return replace(sheet, edits=operations.label_words(sheet, "target", span, label).edits)
        if sheet.entity_at("target", span) is not None:
            return replace(sheet, edits=operations.remove_label(sheet, "target", span).edits)
    except SpanError:
        pass
    return sheet
