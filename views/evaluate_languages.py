"""Languages by methods: this project beside the newest runs of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from projection.corrections.runs import Run
from projection.errors import ProjectionError
from projection.evaluation.counts import Counts
from projection.evaluation.study import Study, Tables
from views import evaluate_run, evaluate_scores, evaluate_study, markup
from views.evaluate_panels import panel
from views.evaluate_study import Results
from views.resources import store
from views.session import remembered

Rows = Mapping[str, Mapping[str, Counts]]


def draw(project: Any, run: Run, results: Results, own: Rows, theme: str) -> None:
    """Draw the table of this project's languages, and of other projects' where that is asked for."""
    others = _others(project, run)
    rows = {markup.language_name(code): counts for code, counts in own.items()}
    if others and st.toggle(
        f"With {markup.counted(len(others), 'other project')} that were evaluated", key="all-projects"
    ):
        for name, one in others.items():
            key = (one.id, one.sentences, tuple(results.study.methods), results.view.match, results.view.rules)
            rows |= remembered(f"language-{one.id}", key, lambda one=one, name=name: _rows(name, one, results))
    methods = [method for method in results.study.methods if any(method in row for row in rows.values())]
    chart = evaluate_scores.language_chart(rows, methods, theme)
    panel(chart, "Languages and methods", f"F1, match {results.view.match}")


def _others(project: Any, run: Run) -> dict[str, Run]:
    """Return the newest run of each other project that was judged on the same kind of gold."""
    found: dict[str, Run] = {}
    for one in store().projects():
        if one.id == project.id:
            continue
        kinds = ("gold", "source_labels")
        same = [other for other in evaluate_run.runs().of(one.id)
                if other.sentences and all(other.settings[kind] == run.settings[kind] for kind in kinds)]  # fmt: skip
        if same:
            found[one.name if one.name not in found else f"{one.name} {one.id}"] = same[0]
    return found


def _rows(name: str, run: Run, results: Results) -> Rows:
    try:
        judged = evaluate_run.runs().load(run.id).values()
    except ProjectionError:
        return {}
    found = {}
    for method in results.study.methods:
        known = [one for one in judged if method in one.found]
        if not known:
            continue
        plain = Study(tuple(one.item for one in known), {method: tuple(one.found[method] for one in known)})
        study = evaluate_study.with_rules(plain, results.view.rules)
        found[method] = Tables(study, results.view.match).overall()[method]
    language = markup.language_name(run.settings["setup"]["target_language"])
    return {f"{language} ({name})": found} if found else {}
