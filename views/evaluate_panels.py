"""What surrounds the charts of the evaluate page: a frame with table and downloads, tiles, notes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from projection.evaluation.changes import Change
from projection.evaluation.counts import Counts
from projection.evaluation.rates import carried
from projection.evaluation.resampling import Difference
from projection.evaluation.scores import Interval
from projection.evaluation.study import Study
from views import evaluate_sentences, evaluate_study, markup
from views.chart import PICTURES, Chart
from views.evaluate_study import Results
from views.markup import counted, score_text


@dataclass(frozen=True, slots=True)
class Other:
    """What a chart is about that is not about the study of the page: another one, and what changed in its rows."""

    study: Study
    changes: Mapping[int, Change]


Chosen = tuple[Chart | None, str]
"""A chart, and what is said of it."""


@st.fragment
def panel(
    chart: Chart | Callable[[], Chosen] | None, title: str, meta: str = "", *, lacking: str = "",
    other: Other | None = None, below: Callable[[], Any] | None = None,
) -> None:  # fmt: skip
    """Draw a chart in a frame with its table; without a chart, say what is lacking.

    A click on a mark, or a row of the table, opens the sentences behind it. A function in place of a chart draws its
    own widgets, and only this panel is drawn again when they change. `below` draws what belongs under the chart.
    """
    with st.container(border=True, height="stretch"):
        head = st.empty()
        if callable(chart):
            chart, meta = chart()
        head.html(markup.title(title, meta))
        if chart is None:
            st.html(markup.notice(lacking))
            return
        picture = st.session_state.get("evaluate-picture") or PICTURES[0]
        event = st.plotly_chart(
            chart.figure, theme=None, key=f"chart-{chart.name}", on_select="rerun", selection_mode="points",
            config=_config(chart.name, picture), alt=chart.alt,
        )  # fmt: skip
        _clicked(chart, _key_of(event), "chart", other)
        box = st.expander("Table", key=f"table-{chart.name}", on_change="rerun")
        if box.open:
            with box:
                _table(chart, other)
        if below is not None:
            below()


def _config(name: str, picture: str) -> dict[str, Any]:
    button = {"format": picture, "filename": name.replace(" ", "-"), "scale": 2}
    return {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": button, "doubleClick": False}  # fmt: skip


def _key_of(event: Any) -> str:
    points = event.selection.points if event else []
    custom = points[-1].get("customdata") if points else None
    key = custom[0] if isinstance(custom, list | tuple) and custom else custom
    return key if isinstance(key, str) else ""


def _clicked(chart: Chart, key: str, where: str, other: Other | None) -> None:
    """Ask for the sentences behind a mark when it is newly chosen: a selection stays, a click comes once."""
    seen = st.session_state.setdefault("evaluate-seen", {})
    place = (where, chart.name)
    if seen.get(place) != key:
        seen[place] = key
        if key in chart.behind:
            evaluate_sentences.ask(key.split("\t")[0], chart.behind[key], other)
            st.rerun()  # the drawer belongs to the page, not to the panel


def _table(chart: Chart, other: Other | None) -> None:
    """Draw the numbers; a row opens the sentences behind it, which needs no mouse."""
    import pandas as pd

    frame = pd.DataFrame(list(chart.rows), columns=list(chart.heads))
    if chart.behind:
        st.caption("Choose a row (with the mouse, or Shift and Space) to see its sentences.")
    rates = {name: st.column_config.NumberColumn(format="%.4g") for name in frame.select_dtypes("float").columns}
    if chart.behind:
        event = st.dataframe(frame, hide_index=True, column_config=rates, key=f"rows-{chart.name}",
                             on_select="rerun", selection_mode="single-row")  # fmt: skip
        chosen = [row for row in event.selection.rows if row < len(chart.keys)] if event else []
        _clicked(chart, chart.keys[chosen[0]] if chosen else "", "table", other)
    else:
        st.dataframe(frame, hide_index=True, column_config=rates, key=f"rows-{chart.name}")
    st.download_button(
        "CSV", data=lambda: written(chart.heads, chart.rows), file_name=f"{chart.name.replace(' ', '-')}.csv",
        mime="text/csv", on_click="ignore", key=f"csv-{chart.name}",
    )  # fmt: skip


def written(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a table as CSV in UTF-8; a text that a spreadsheet would compute begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([["" if cell is None else _harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8")


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def tiles(study: Study, counts: Counts, interval: Interval, focus: str, against: tuple[str, Difference] | None) -> None:
    """Draw the headline figures of one method; `against` is another one and how far it is ahead of that."""
    placed = carried(study, focus)
    first, second, third, fourth = st.columns(4)
    bounds = f"{score_text(interval.low)} to {score_text(interval.high)}"
    _tile(first, f"Span F1, {focus}", score_text(counts.f1), f"95 %: {bounds}", _ahead(against))
    _tile(second, "Precision, recall", f"{score_text(counts.precision)}, {score_text(counts.recall)}",
          f"{counts.found:g} found, {counts.predicted:g} predicted, {counts.gold:g} in gold")  # fmt: skip
    if placed.rate is None:
        _tile(third, "Projection rate", "\u2013", "labels the translation by itself")
    else:
        said = f"{markup.thousands(placed.placed)} of {counted(placed.entities, 'source label')} placed"
        _tile(third, "Projection rate", score_text(placed.rate), said)
    failures = sum(study.failures(focus).values())
    right = len(study.items) - len(study.rows_with_mistakes(focus))
    said = f"{counted(failures, 'sentence')} failed" if failures else f"of {counted(len(study.items), 'sentence')}"
    _tile(fourth, "Wholly right, exactly", f"{right / len(study.items):.0%}", said, bad=bool(failures))


def _tile(place: Any, name: str, value: str, said: str, extra: str = "", *, bad: bool = False) -> None:
    with place.container(border=True, height="stretch"):
        st.html(markup.tile(name, value, said, extra, "bad" if bad else ""))


def _ahead(against: tuple[str, Difference] | None) -> str:
    """Say how far ahead of the baseline, and whether that could be chance."""
    if against is None:
        return ""
    name, apart = against
    p = max(apart.bootstrap, apart.randomisation)
    sign = "+" if apart.value >= 0 else "\u2212"
    said = f"{sign}{abs(apart.value):.3f}".replace("0.", ".", 1)
    tone = "" if p >= 0.05 else "good" if apart.value > 0 else "bad"
    chance = "p < .01" if p < 0.01 else f"p \u2264 {p:.2f}".replace("0.", ".", 1)
    return markup.pill(f"{said} on {name}, {chance} by two tests", tone)


def unable(methods: Mapping[str, str]) -> None:
    """Name the methods that could do nothing here: an F1 of 0 would say something else."""
    for method, said in methods.items():
        st.html(markup.notice(f"{method} has no score: it could do nothing here", said, "warn"))


def failures(study: Study) -> None:
    """Say which methods failed on how many sentences, and why: these count as nothing found."""
    for method in study.methods:
        for said, count in study.failures(method).items():
            text = f"{method} failed on {counted(count, 'sentence')}"
            st.html(markup.notice(text, f"{said} The gold labels there count as missed.", "warn"))


def rules_told(results: Results) -> None:
    """Say what the label rules did to each side."""
    rules = results.view.rules
    if not str(rules.predicted) and not str(rules.gold):
        return
    told = results.kept("rules told", lambda: evaluate_study.rules_told(results))
    st.html(markup.notice("Labels were changed before scoring", "The projection rate is that of all labels."))
    st.html(markup.facts({name: str(changes) for name, changes in told.items()}))
