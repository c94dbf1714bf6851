"""The charts of the evaluate page, put together from the results of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from projection.corrections.effort import efforts
from projection.corrections.runs import Judged, Run
from projection.evaluation.blame import STAGES
from projection.evaluation.rates import by_language
from projection.evaluation.recalls import EFFECTS
from projection.evaluation.study import Study
from views import (
    evaluate_changes,
    evaluate_choice,
    evaluate_curves,
    evaluate_effort,
    evaluate_gold,
    evaluate_languages,
    evaluate_mistakes,
    evaluate_panels,
    evaluate_report,
    evaluate_scores,
    evaluate_study,
    markup,
)
from views.evaluate_gold import Case
from views.evaluate_panels import panel
from views.evaluate_study import Results
from views.resources import store
from views.session import remembered


def draw(
    project: Any,
    run: Run | None,
    cases: Sequence[Case],
    judged: Mapping[int, Judged],
    methods: Sequence[str],
    report_place: Any,
) -> Study | None:
    """Draw everything that is known of these methods; return the study that the charts are about."""
    if run is None or len(evaluate_gold.missing(cases, judged, methods)[0]) == len(cases):
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        view = evaluate_choice.view(methods)
    stated = evaluate_study.stated(run, methods, view)
    key = (run.id, id(judged), tuple(methods), view.rules, stated)
    study = remembered("study", key, lambda: evaluate_study.study(cases, judged, methods, view.rules, stated))
    results = remembered("results", (key, view), lambda: Results(study, view))
    with report_place:
        evaluate_report.button(project, results)
    evaluate_panels.failures(study)
    evaluate_panels.rules_told(judged, methods, view.rules)
    interval = results.intervals[view.focus, None]
    counts = results.tables.overall()[view.focus]
    evaluate_panels.tiles(study, counts, interval, view.focus, results.against)
    _charts(project, run, results)
    with st.expander("Signature: every setting that could change a figure"):
        st.code(stated, language=None, wrap_lines=True)
    return study


def _charts(project: Any, run: Run, results: Results) -> None:
    study, view = results.study, results.view
    theme = st.context.theme.type or "light"
    first, second = st.columns([1.9, 1.1])
    rate = evaluate_scores.RATES[view.rate]
    with first:
        chart = evaluate_scores.scores_chart(study, results.tables, results.intervals, view.rate, view.focus, theme)
        panel(chart, f"{rate} by method and label", f"dot: {rate}, line: 95 % interval; match {view.match}")
    with second:
        panel(evaluate_mistakes.kinds_chart(study, theme), "Kinds of mistakes", "click a bar for its sentences")
    first, second = st.columns([1.1, 1.1])
    with first:
        ordered = [view.focus, *(method for method in study.methods if method != view.focus)]
        meta = f"{view.focus}, {evaluate_mistakes.mistakes_behind(study, view.focus)}"
        panel(evaluate_mistakes.stages_chart(study, ordered, theme), "Stage to blame", meta,
              lacking="Nobody looked for the stages: evaluate these sentences again.", below=_stages_told)  # fmt: skip
    with second:
        panel(evaluate_mistakes.confusion_chart(study, view.focus, theme), "Label confusion", view.focus)
    first, second = st.columns(2)
    with first:
        note = evaluate_curves.reliability_note(study, view.focus)
        panel(evaluate_curves.reliability_chart(study, view.focus, theme), "Is the score honest?", note,
              lacking=f"{view.focus} gives no score between 0 and 1.")  # fmt: skip
    with second:
        panel(evaluate_curves.threshold_chart(study, view.focus, theme), "F1 against a threshold", view.focus,
              lacking=f"{view.focus} gives no scores.")  # fmt: skip
    first, second = st.columns(2)
    with first:
        effect = st.session_state.get("effect") or next(iter(EFFECTS))
        panel(evaluate_curves.effect_chart(study, effect, view.focus, theme), f"Recall by {effect}", EFFECTS[effect],
              lacking="Nothing is known of it: it needs labels in the source.", above=_effect_choice)  # fmt: skip
    with second:
        sizes = {method: evaluate_study.megabytes(project.setup, method) for method in study.methods}
        panel(evaluate_scores.cost_chart(study, results.tables, sizes, view.focus, theme), "Quality against cost",
              "median time with all a method reads; size: its models",
              lacking="No times are known: every result was there already.")  # fmt: skip
    evaluate_changes.draw(project, run, results, theme)
    first, second = st.columns(2)
    with first:
        evaluate_languages.draw(project, run, results, by_language(study, results.tables), theme)
    with second:
        _effort(project, theme)


def _effect_choice() -> None:
    st.segmented_control("What is hard", list(EFFECTS), key="effect", default=next(iter(EFFECTS)), required=True,
                         format_func=str.capitalize, label_visibility="collapsed")  # fmt: skip


def _stages_told() -> None:
    with st.popover("What the stages mean", type="tertiary"):
        st.html(markup.facts(STAGES))
        st.caption("Found by putting gold in the place of the result of one stage at a time and running the method "
                   "again; where that does not decide, by rules on links and candidates.")  # fmt: skip


def _effort(project: Any, theme: str) -> None:
    version = (project.id, store().version(project.id))
    known = remembered("efforts", version, lambda: efforts(store().database, project.id))
    meta = evaluate_effort.effort_note(known) if known else ""
    chart = evaluate_effort.effort_chart(known, theme) if known else None
    panel(chart, "Correction effort", meta, lacking="No sentence of this project has been accepted yet.")
