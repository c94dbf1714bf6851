"""The charts of the evaluate page, put together from the results of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from projection.corrections.effort import efforts
from projection.corrections.runs import Run
from projection.evaluation.blame import STAGES
from projection.evaluation.rates import by_language
from projection.evaluation.recalls import EFFECTS
from projection.evaluation.study import Study
from views import (
    evaluate_changes,
    evaluate_choice,
    evaluate_curves,
    evaluate_effort,
    evaluate_languages,
    evaluate_mistakes,
    evaluate_panels,
    evaluate_report,
    evaluate_run,
    evaluate_scores,
    evaluate_study,
    markup,
)
from views.chart import Chart
from views.evaluate_gold import Cases
from views.evaluate_panels import Chosen, panel
from views.evaluate_run import Known
from views.evaluate_study import Results
from views.resources import store
from views.session import remembered

_NO_MISTAKE = "No mistakes: every label is exactly right."


def draw(
    project: Any,
    run: Run | None,
    cases: Cases,
    known: Known,
    signatures: Mapping[str, str],
    report_place: Any,
) -> Study | None:
    """Draw everything that is known of these methods; return the study that the charts are about."""
    lacking, _ = evaluate_study.missing(cases, known, evaluate_run.programs(signatures))
    if run is None or len(lacking) == len(cases.cases):
        return None
    unable = evaluate_study.silent(cases, known, evaluate_run.programs(signatures))
    evaluate_panels.unable(unable)
    signatures = {method: said for method, said in signatures.items() if method not in unable}
    if not signatures:
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        view = evaluate_choice.view(list(signatures))
    stated = evaluate_study.stated(run, signatures, view)
    results = evaluate_study.results(cases, known, signatures, view, stated)
    study = results.study
    with report_place:
        evaluate_report.button(project, results)
    evaluate_panels.failures(study)
    evaluate_panels.rules_told(results)
    interval = results.intervals[view.focus, None]
    counts = results.tables.overall()[view.focus]
    evaluate_panels.tiles(study, counts, interval, view.focus, results.against)
    _charts(project, run, results)
    with st.expander("Signature: every setting that could change a figure"):
        st.code(results.signature, language=None, wrap_lines=True)
    return study


def _charts(project: Any, run: Run, results: Results) -> None:
    theme = st.context.theme.type or "light"
    board = Board(project, results, theme)
    for left, right, widths in (
        (board.scores, board.kinds, [1.9, 1.1]),
        (board.stages, board.confusion, 2),
        (board.calibration, board.threshold, 2),
        (board.effects, board.cost, 2),
    ):
        for column, draw in zip(st.columns(widths), (left, right), strict=True):
            with column:
                draw()
    evaluate_changes.draw(project, run, results, theme)
    first, second = st.columns(2)
    with first:
        own = by_language(results.study, results.tables)
        evaluate_languages.draw(project, run, results, own, theme)
    with second:
        _effort(project, theme)


@dataclass(frozen=True, slots=True)
class Board:
    """The charts of one study, each built when it is first drawn."""

    project: Any
    results: Results
    theme: str

    def _kept(self, name: str, build: Callable[[], Any], *on: Any) -> Any:
        """Return a chart, built once for what it depends on besides the study."""
        return self.results.kept((name, self.theme, *on), build)

    def scores(self) -> None:
        view, results = self.results.view, self.results
        chart = self._kept("scores", lambda: evaluate_scores.scores_chart(
            results.study, results.tables, results.intervals, view.rate, view.focus, self.theme,
        ), view.match, view.rate, view.focus)  # fmt: skip
        rate = evaluate_scores.RATES[view.rate]
        panel(chart, f"{rate} by method and label", f"dot: {rate}, line: 95 % interval; match {view.match}")

    def kinds(self) -> None:
        chart = self._kept("kinds", lambda: evaluate_mistakes.kinds_chart(self.results.study, self.theme))
        panel(
            chart, "Kinds of mistakes", "what is not an exact match; click a bar for its sentences", lacking=_NO_MISTAKE
        )

    def stages(self) -> None:
        study, focus = self.results.study, self.results.view.focus
        ordered = [focus, *(method for method in study.methods if method != focus)]
        unseen = "Nobody could find out the stages: the log of the server says why."
        chart = self._kept("stages", lambda: evaluate_mistakes.stages_chart(study, ordered, self.theme), focus)
        panel(chart, "Stage to blame", f"{focus}, {evaluate_mistakes.mistakes_behind(study, focus)}",
              lacking=unseen if len(study.rows_with_mistakes(focus)) else _NO_MISTAKE, below=_stages_told)  # fmt: skip

    def confusion(self) -> None:
        study, focus = self.results.study, self.results.view.focus
        chart = self._kept("confusion", lambda: evaluate_mistakes.confusion_chart(study, focus, self.theme), focus)
        panel(chart, "Label confusion", f"{focus}; a pair shares words, its borders may differ")

    def calibration(self) -> None:
        study, focus = self.results.study, self.results.view.focus
        chart = self._kept("calibration", lambda: evaluate_curves.reliability_chart(study, focus, self.theme), focus)
        panel(chart, "Is the score honest?", f"{focus}, exactly; {evaluate_curves.reliability_note(study, focus)}",
              lacking=f"{focus} gives no score between 0 and 1.")  # fmt: skip

    def threshold(self) -> None:
        study, focus = self.results.study, self.results.view.focus
        chart = self._kept("threshold", lambda: evaluate_curves.threshold_chart(study, focus, self.theme), focus)
        panel(chart, "F1 against a threshold", f"{focus}, exact matches", lacking=f"{focus} gives no scores.")

    def effects(self) -> None:
        study, focus = self.results.study, self.results.view.focus

        def chosen() -> Chosen:
            effect = st.segmented_control(
                "What is hard", list(EFFECTS), key="effect", default=next(iter(EFFECTS)), required=True,
                format_func=str.capitalize, label_visibility="collapsed",
            )  # fmt: skip
            chart = self._kept(
                "effect", lambda: evaluate_curves.effect_chart(study, effect, focus, self.theme), effect, focus
            )
            return chart, EFFECTS[effect]

        panel(chosen, "What is hard to find exactly", lacking="Nothing is known of it: it needs labels in the source.")

    def cost(self) -> None:
        study, focus, match = self.results.study, self.results.view.focus, self.results.view.match

        def build() -> Chart | None:
            sizes = {method: evaluate_study.megabytes(self.project.setup, method) for method in study.methods}
            return evaluate_scores.cost_chart(study, self.results.tables, sizes, focus, self.theme)

        chart = self._kept("cost", build, match, focus)
        panel(chart, "Quality against cost", "median time with all a method reads; size: its models",
              lacking="No times are known: every result was there already.")  # fmt: skip


def _stages_told() -> None:
    with st.popover("What the stages mean", type="tertiary"):
        st.html(markup.facts(STAGES))
        st.caption("Found by putting gold in the place of the result of one stage at a time and running the method "
                   "again; where that does not decide, by rules on links and candidates.")  # fmt: skip


def _effort(project: Any, theme: str) -> None:
    version = (project.id, store().version(project.id))
    known = remembered("efforts", version, lambda: efforts(store().database, project.id))
    meta = evaluate_effort.effort_note(known) if known else ""
    key = (version, theme)
    chart = remembered("effort", key, lambda: evaluate_effort.effort_chart(known, theme)) if known else None
    panel(chart, "Correction effort", meta, lacking="No sentence of this project has been accepted yet.")
