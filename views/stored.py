"""The sentences of a project as they are stored, read once for all tabs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from projection.corrections.records import StoredSentence
from projection.settings import settings
from views.resources import store


def sentences(project_id: int) -> Sequence[StoredSentence]:
    """Return all sentences of a project, in order, with their newest edits."""
    return _read(settings().database, project_id, store().version(project_id))


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(database: str, project_id: int, version: int) -> Sequence[StoredSentence]:
    return tuple(store().sentences(project_id))
