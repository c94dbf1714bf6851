"""The report of an evaluation as files: a page, tables for papers, the counts of every sentence."""

from __future__ import annotations

from typing import Any

import streamlit as st

from views.evaluate_panels import written
from views.evaluate_study import Results


def button(project: Any, results: Results) -> None:
    """Draw the menu of downloads; each file is made when it is asked for."""
    name = "".join(one if one.isalnum() else "-" for one in project.name)[:60] or "project"
    title = f"{project.name}, {project.setup.source_language} to {project.setup.target_language}"
    files = {
        "Report (HTML)": ("html", "text/html", lambda: _made("html", results, title=title)),
        "Table (LaTeX)": ("tex", "text/x-tex", lambda: _made("latex", results)),
        "Table (Markdown)": ("md", "text/markdown", lambda: _made("markdown", results)),
        "Counts by sentence (CSV)": ("csv", "text/csv", lambda: counts(results)),
    }
    with st.popover("Report", icon=":material/download:"):
        for said, (ending, media, make) in files.items():
            st.download_button(
                said, data=lambda make=make: _bytes(make()), file_name=f"{name}-evaluation.{ending}", mime=media,
                on_click="ignore", key=f"report-{ending}", width="stretch",
            )  # fmt: skip


def _made(kind: str, results: Results, **more: str) -> str:
    from projection.evaluation import report

    study = results.study.signed(results.signature)
    return getattr(report, kind)(study, match=results.view.match, baseline=results.view.baseline, **more)


def _bytes(made: str | bytes) -> bytes:
    return made if isinstance(made, bytes) else made.encode("utf-8")


def counts(results: Results) -> bytes:
    """Return found, predicted and gold labels of each sentence, method and label, and the seconds it took."""
    tables, study = results.tables, results.study
    rows = []
    for number, method in enumerate(tables.methods):
        for row, item in enumerate(study.items):
            seconds = study.found[method][row].seconds
            for place, label in enumerate(tables.labels):
                found, predicted, gold = tables.counts[number, row, place].tolist()
                if predicted or gold:
                    rows.append((item.position + 1, item.gold.id, method, label, found, predicted, gold, seconds))
    return written(("sentence", "id", "method", "label", "found", "predicted", "gold", "seconds"), rows)
