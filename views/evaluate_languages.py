"""Languages by methods: this project beside the newest runs of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from projection.corrections.runs import Run
from projection.errors import ProjectionError
from projection.evaluation.counts import Counts
from projection.evaluation.rates import languages
from projection.evaluation.study import Tables
from views import evaluate_run, evaluate_scores, evaluate_study, markup
from views.evaluate_choice import Ground
from views.evaluate_gold import Cases, study_of
from views.evaluate_panels import panel
from views.evaluate_study import Results
from views.resources import store
from views.stored import sentences

Rows = Mapping[str, Mapping[str, Counts]]


def draw(project: Any, run: Run, results: Results, own: Rows, theme: str) -> None:
    """Draw the table of this project's languages, and of other projects' where that is asked for."""
    others = _others(project, run)
    rows = {markup.language_name(code): counts for code, counts in own.items()}
    if others and st.toggle(f"With {markup.counted(len(others), 'other evaluated project')}", key="all-projects"):
        for other, one in others.items():
            ground = Ground(one.settings["gold"], one.settings["source_labels"] == "recognized")
            cases = evaluate_study.cases(other, sentences(other), ground)
            key = ("language", cases.place, one.revision, results.view.match)
            rows |= results.kept(key, lambda one=one, cases=cases: _rows(one, cases, results))
    methods = [method for method in results.study.methods if any(method in row for row in rows.values())]
    chart = evaluate_scores.language_chart(
        rows, methods, theme, results.kept("wrong by language", lambda: _wrong(results))
    )
    panel(chart, "Languages and methods", f"F1, match {results.view.match}")


def _wrong(results: Results) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the rows with mistakes of each method in each language of this project."""
    study = results.study
    wrong = {method: study.rows_with_mistakes(method) for method in study.methods}
    return {
        (markup.language_name(code), method): tuple(np.intersect1d(rows, some).tolist())
        for code, rows in languages(study).items()
        for method, some in wrong.items()
    }


def _others(project: Any, run: Run) -> dict[int, Run]:
    """Return, by project, the newest run of each other one that was judged on the same kind of gold.

    Gold of a file is nobody else's.
    """
    if run.settings["gold"] not in ("given", "checked"):
        return {}
    there = {one.id for one in store().projects()} - {project.id}
    found: dict[int, Run] = {}
    for other in evaluate_run.runs().of():
        same = all(other.settings.get(kind) == run.settings[kind] for kind in ("gold", "source_labels"))
        if other.project_id in there and other.revision and same:
            found.setdefault(other.project_id, other)
    return found


def _rows(run: Run, cases: Cases, results: Results) -> Rows:
    """Return the counts of another project on the sentences on which all methods that were run there have a result."""
    try:
        project = store().project(run.project_id)
        known = evaluate_run.known(run, beside=True)
    except ProjectionError:
        return {}
    methods = {method: "" for method in results.study.methods if method in run.signatures}
    study = evaluate_study.with_rules(study_of(cases.cases, known.judged, methods), results.view.rules)
    if not study.items or not methods:
        return {}
    language = markup.language_name(run.settings["setup"]["target_language"])
    return {f"{language} ({project.name})": Tables(study, results.view.match).overall()}
