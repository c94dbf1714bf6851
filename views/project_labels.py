"""Editing the label set of a project, on the start page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st

from projection.corrections.records import ProjectSummary
from projection.errors import ProjectionError
from views import labels, markup, people
from views.frame import say
from views.labels import FREE_KEYS, LabelChoice
from views.palette import NAMES
from views.resources import store

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 60
"""Labels shown in their colours."""
PROBLEMS_SHOWN = 4


@st.cache_data(show_spinner="Looking at the labels of the project", max_entries=20)
def occurring(_store, url: str, project_id: int, version: int) -> dict[str, int]:
    """Return how often each label occurs in what was imported and what people decided, most frequent first."""
    found: Counter[str] = Counter()
    for stored in _store.sentences(project_id):
        sides = (stored.task.source, stored.task.target)
        found.update(entity.label for side in sides if side is not None for entity in side.entities)
        decided = (stored.edits.source_entities, stored.edits.target_entities, stored.edits.placed)
        found.update(entity.label for entities in decided for entity in entities or ())
    return dict(found.most_common())


@st.dialog("Labels", width="large")
def dialog(project: ProjectSummary) -> None:
    """Change labels, their keys and colours. Nothing is stored before Keep."""
    try:
        counts = occurring(store(), store().url, project.id, store().version(project.id))
        newest, refused = store().project(project.id), people.may_manage(project.id)
    except ProjectionError as problem:
        st.html(markup.notice("The labels cannot be read now", str(problem), "bad"))
        return
    now = labels.label_set(newest, counts)
    st.html(markup.title(project.name, f"{markup.counted(len(now), 'label')}; the first nine without a key get 1 to 9"))
    if refused:
        st.html(markup.notice("You can look at them", refused, "warn"))
    typed = _table(project.id, now, counts, bool(refused))
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
    project_id: int, now: tuple[LabelChoice, ...], counts: dict[str, int], locked: bool
) -> tuple[LabelChoice, ...]:
    """Draw the labels as a table one can type in; return them as typed."""
    edited = st.data_editor(
        _frame(now, counts), num_rows="fixed" if locked else "dynamic", key=f"labels-table-{project_id}",
        hide_index=True, disabled=locked, height=min(38 + 36 * (len(now) + 2), 340),
        column_config={
            "Label": st.column_config.TextColumn(width="large", max_chars=labels.LONGEST_LABEL),
            "Key": st.column_config.TextColumn(
                width="small", max_chars=1, help=f"Free are {' '.join(FREE_KEYS.upper())}. Search finds the others."
            ),
            "Colour": st.column_config.SelectboxColumn(options=[*NAMES.values()], width="small"),
            "Occurs": st.column_config.NumberColumn(disabled=True, width="small"),
        },
        alt="Labels of the project with key, colour and how often each occurs",
    )  # fmt: skip
    rows = edited[["Label", "Key", "Colour"]].fillna("").astype(str)
    return labels.read_rows(rows.itertuples(index=False, name=None))


def _frame(now: tuple[LabelChoice, ...], counts: dict[str, int]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({
        "Label": pd.Series([item.label for item in now], dtype="str"),
        "Key": pd.Series([item.key.upper() for item in now], dtype="str"),
        "Colour": pd.Series([NAMES[item.family] for item in now], dtype="str"),
        "Occurs": [counts.get(item.label, 0) for item in now],
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
