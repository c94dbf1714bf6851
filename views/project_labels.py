"""Editing the label set of a project, on the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from projection.corrections.records import ProjectSummary
from projection.errors import ProjectionError
from views import labels, markup, people
from views.frame import say
from views.label_counts import LabelCounts, count_labels
from views.labels import FREE_KEYS, LabelChoice
from views.palette import NAMES
from views.queue_panel import queue_of
from views.resources import store
from views.session import remembered

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 60
"""Labels shown in their colours."""
PROBLEMS_SHOWN = 4


def occurring(project: ProjectSummary) -> LabelCounts:
    """Return how often each label occurs, counted again when something was stored or read.

    Not while somebody types in the table: with other figures Streamlit would draw it anew, without what was typed.
    """
    kept = st.session_state.get("labels-counted")
    if kept and kept[0] == project.id and _has_typed(project.id):
        return kept[1]
    read = (queue_of(project).settings, queue_of(project).tally()) if project.setup else None
    with st.spinner("Counting the labels of the project"):
        counts = remembered("labels", (project.id, store().version(project.id), read), lambda: count_labels(project))
    st.session_state["labels-counted"] = project.id, counts
    return counts


def _has_typed(project_id: int) -> bool:
    typed = st.session_state.get(f"labels-table-{project_id}") or {}
    return any(typed.get(what) for what in ("edited_rows", "added_rows", "deleted_rows"))


@st.dialog("Labels", width="large")
def dialog(project: ProjectSummary) -> None:
    """Change labels, their keys and colours. Nothing is stored before Keep."""
    try:
        newest, refused = store().project(project.id), people.may_manage(project.id)
        counts = occurring(newest)
    except ProjectionError as problem:
        st.html(markup.notice("The labels cannot be read now", str(problem), "bad"))
        return
    now = labels.label_set(newest, counts.labels)
    st.html(markup.title(project.name, f"{markup.counted(len(now), 'label')}; the first nine without a key get 1 to 9"))
    if refused:
        st.html(markup.notice("You can look at them", refused, "warn"))
    typed = _table(newest, now, counts, bool(refused))
    st.html(_not_counted(counts) or "<span></span>")
    st.html(_sample(typed))
    wrong = labels.problems(typed)
    st.html("".join(markup.notice(text, tone="bad") for text in wrong[:PROBLEMS_SHOWN]) or "<span></span>")
    problem = st.empty()
    with st.container(horizontal=True, horizontal_alignment="right"):
        usual = st.button(
            "Back to the standard labels", key="standard-labels", disabled=bool(refused) or not newest.labels
        )
        kept = st.button("Keep", type="primary", key="keep-labels", disabled=bool(wrong or refused))
    # here and not in a callback, which would get what was typed before a cell that the click itself ended
    if usual or (kept and not wrong):
        if not (failed := _keep(project.id, labels.standard_labels() if usual else typed, newest.labels)):
            st.rerun()
        problem.html(markup.notice("The labels were not kept", failed, "bad"))


def _table(
    project: ProjectSummary, now: tuple[LabelChoice, ...], counts: LabelCounts, locked: bool
) -> tuple[LabelChoice, ...]:
    """Draw the labels as a table one can type in; return them as typed."""
    method = project.setup.methods[0] if project.setup else "the method"
    edited = st.data_editor(
        _frame(now, counts), num_rows="fixed" if locked else "dynamic", key=f"labels-table-{project.id}",
        hide_index=True, disabled=locked, height=min(38 + 36 * (len(now) + 2), 340),
        column_config={
            "Label": st.column_config.TextColumn(width="large", max_chars=labels.LONGEST_LABEL),
            "Key": st.column_config.TextColumn(
                width="small", max_chars=1, help=f"Free are {' '.join(FREE_KEYS.upper())}. Search finds the others."
            ),
            "Colour": st.column_config.SelectboxColumn(options=[*NAMES.values()], width="small"),
            "Source": _count("Spans in the sources, given or recognized."),
            "Target": _count(f"Spans as Export writes them, with {method}. Versions of people who work apart count "
                             "once one of them is taken."),
            "Gold": _count("Spans that came with the targets, to compare with."),
        },
        alt="Labels of the project with key, colour and how often each occurs",
    )  # fmt: skip
    rows = edited[["Label", "Key", "Colour"]].fillna("").astype(str)
    return labels.read_rows(rows.itertuples(index=False, name=None))


def _count(said: str) -> Any:
    return st.column_config.NumberColumn(disabled=True, width="small", help=said)


def _not_counted(counts: LabelCounts) -> str:
    """Say which labels are not known: a label without a count may still be used."""
    if not counts.unknown:
        return ""
    headline = f"The automatic labels of {markup.counted(counts.unknown, 'sentence')} are not counted"
    told = "Not read under these settings, or without a result: a label with 0 may occur there. Queue reads them."
    return markup.notice(headline, told, "warn")


def _frame(now: tuple[LabelChoice, ...], counts: LabelCounts) -> pd.DataFrame:
    """Return the table; gold has a column only where targets came with labels."""
    import pandas as pd

    found = {"Source": counts.source, "Target": counts.target} | ({"Gold": counts.gold} if counts.gold else {})
    return pd.DataFrame({
        "Label": pd.Series([item.label for item in now], dtype="str"),
        "Key": pd.Series([item.key.upper() for item in now], dtype="str"),
        "Colour": pd.Series([NAMES[item.family] for item in now], dtype="str"),
        **{name: [column[item.label] for item in now] for name, column in found.items()},
    })  # fmt: skip


def _sample(chosen: tuple[LabelChoice, ...]) -> str:
    """Return the first labels in their colours, with their keys."""
    tags = "".join(markup.coloured(item.label, item.colour, item.key.upper()) for item in chosen[:SAMPLE])
    more = len(chosen) - SAMPLE
    return f"<div>{tags}{markup.pill(f'{markup.thousands(more)} more') if more > 0 else ''}</div>"


def _keep(project_id: int, chosen: tuple[LabelChoice, ...], shown: str) -> str:
    """Store a label set; return why not, "" if it is stored. What somebody else stored is not written over."""
    try:
        if refused := people.may_manage(project_id):
            return refused
        if store().project(project_id).labels != shown:
            return "Somebody else changed the labels. Open them again and make your change there."
        store().update_labels(project_id, labels.dump(chosen))
    except ProjectionError as problem:
        return str(problem)
    st.session_state.pop(f"labels-table-{project_id}", None)
    say("The labels are kept.")
    return ""
