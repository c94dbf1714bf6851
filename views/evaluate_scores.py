"""Charts of scores: methods by label with intervals, languages by methods, quality against cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from projection.evaluation.counts import ANY, Counts
from projection.evaluation.rates import cost
from projection.evaluation.study import Study, Tables
from views.chart import ACCENT, MUTED, QUIET, TEXT, Behind, Chart, Meant, lay_out, plain
from views.markup import counted, score_text
from views.palette import RAMP

RATES = {"f1": "F1", "precision": "Precision", "recall": "Recall"}
SHOWN_LABELS = 6
_ALL = "All labels"
_PLACES = ("top center", "bottom center", "middle right", "middle left")
"""Where names stand around neighbouring points, so that they do not cover each other."""


def scores_chart(study: Study, tables: Tables, intervals: Mapping, rate: str, focus: str, theme: str) -> Chart:
    """Return one row a method and one column a label: a dot for the rate, a line for its 95 % interval.

    `intervals` are those of `tables` for this rate. The labels with most gold entities are drawn, all are in the table.
    """
    from plotly.subplots import make_subplots

    overall, by_label = tables.overall(), tables.by_label()
    labels = [label for label in tables.labels if label != ANY]
    most = sorted(labels, key=lambda label: -by_label[tables.methods[0], label].gold)[:SHOWN_LABELS]
    columns = [None, *(label for label in labels if label in most)]
    cells = {(method, None): overall[method] for method in tables.methods} | dict(by_label)
    figure = make_subplots(1, len(columns), shared_yaxes=True, horizontal_spacing=0.025,
                           column_titles=[plain(label) if label else _ALL for label in columns])  # fmt: skip
    lowest = min([getattr(cells[method, label], rate) for method in tables.methods for label in columns], default=0)
    behind: dict[str, Behind] = {}
    for number, label in enumerate(columns, 1):
        for method in tables.methods:
            key = _key(method, label)
            behind[key] = _mistakes(tables, method, label)
            figure.add_trace(_dot(cells[method, label], intervals[method, label], method, rate, key,
                                  focus=method == focus, theme=theme), 1, number)  # fmt: skip
    lay_out(figure, theme, height=96 + 40 * len(tables.methods))
    figure.update_layout(margin={"t": 34})
    figure.update_annotations(font={"size": 12, "color": TEXT[theme]})
    low = max(0.0, min(lowest - 0.08, 0.6))
    ticks = _ticks(low)
    figure.update_xaxes(range=[low, 1.03], tickvals=ticks, ticktext=[f"{tick:g}".removeprefix("0") for tick in ticks])
    figure.update_yaxes(range=[len(tables.methods) - 0.5, -0.75], showgrid=False)
    rows, keys = [], []
    for method in tables.methods:
        for label in (None, *labels):
            one, bounds = cells[method, label], intervals[method, label]
            rows.append((method, label or "all", one.precision, one.recall, one.f1, bounds.low, bounds.high,
                         int(one.gold), one.predicted, one.found))  # fmt: skip
            keys.append(_key(method, label))
            behind.setdefault(keys[-1], _mistakes(tables, method, label))
    said = ", ".join(f"{method} {score_text(getattr(overall[method], rate))}" for method in tables.methods)
    heads = ("Method", "Label", "Precision", "Recall", "F1", f"{RATES[rate]} from", f"{RATES[rate]} to", "Gold",
             "Predicted", "Found")  # fmt: skip
    alt = f"{RATES[rate]} over all labels: {said}. Each dot is one method and label, its line the 95 % interval."
    return Chart("scores", figure, heads, rows, alt, keys, behind)


def _ticks(low: float) -> list[float]:
    """Return round numbers up to 1, none so near to `low` that it would touch the 1 of the column before."""
    step = 0.1 if low >= 0.6 else 0.2 if low >= 0.3 else 0.5
    ticks = (round(1 - step * number, 1) for number in range(10))
    return sorted(tick for tick in ticks if tick > low + 0.1 * (1 - low))


def _key(method: str, label: str | None) -> str:
    return f"{method}\t{label or ''}"


def _mistakes(tables: Tables, method: str, label: str | None) -> Behind:
    """Return the sentences with mistakes, or those with mistakes about a label."""
    said = f"{method}, mistakes{f' with {label}' if label else ''}"
    return Behind(said, _with_mistakes(tables, method, label), _of_label(label))


def _of_label(label: str | None) -> Meant:
    return lambda one: any(label in (None, entity.label) for entity in (*one.mistake.gold, *one.mistake.predicted))


def _dot(one: Counts, bounds: Any, method: str, rate: str, key: str, *, focus: bool, theme: str) -> Any:
    import plotly.graph_objects as go

    value, colour = getattr(one, rate), (ACCENT if focus else MUTED)[theme]
    hover = f"{plain(method)}: {score_text(value)}, {score_text(bounds.low)} to {score_text(bounds.high)}, " \
            f"{counted(int(one.gold), 'gold entity').replace('entitys', 'entities')}"  # fmt: skip
    return go.Scatter(
        x=[value], y=[plain(method)], mode="markers+text", text=[score_text(value)], textposition="top center",
        textfont={"size": 10.5, "color": colour}, cliponaxis=False, customdata=[key],
        marker={"size": 9, "color": colour}, hovertemplate=f"{hover}<extra></extra>",
        error_x={"type": "data", "symmetric": False, "array": [max(0.0, bounds.high - value)],
                 "arrayminus": [max(0.0, value - bounds.low)], "thickness": 1.6, "width": 0, "color": colour},
    )  # fmt: skip


def _with_mistakes(tables: Tables, method: str, label: str | None) -> tuple[int, ...]:
    """Return the rows where anything with a label, or at all, is spurious or missed."""
    counts = tables.counts[tables.methods.index(method)]
    counts = counts.sum(axis=1) if label is None else counts[:, tables.labels.index(label)]
    return tuple(np.flatnonzero((counts[:, 0] < counts[:, 1]) | (counts[:, 0] < counts[:, 2])).tolist())


def language_chart(
    rows: Mapping[str, Mapping[str, Counts]], methods: Sequence[str], theme: str,
    wrong: Mapping[tuple[str, str], tuple[int, ...]] | None = None,
) -> Chart:  # fmt: skip
    """Return F1 of each method in each language; `rows` is language -> method -> Counts, cells may be missing.

    `wrong` has the rows of the study with mistakes for those (language, method) that are in it.
    """
    import plotly.graph_objects as go

    names = list(rows)
    cells = [[rows[name][method].f1 if method in rows[name] else None for method in methods] for name in names]
    low = min([value for row in cells for value in row if value is not None], default=0.0)
    figure = go.Figure(
        go.Heatmap(
            z=cells, x=[plain(method) for method in methods], y=[plain(name) for name in names], zmin=min(low, 0.5),
            zmax=1, xgap=3, ygap=3, showscale=False, hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
            colorscale=[[index / 4, colour] for index, colour in enumerate(RAMP[theme])],
        )
    )  # fmt: skip
    for name, row in zip(names, cells, strict=True):
        for method, value in zip(methods, row, strict=True):
            dark = value is not None and (value - min(low, 0.5)) / (1 - min(low, 0.5) or 1) > 0.6
            colour = ({"light": "#FFFFFF", "dark": "#0E1117"} if dark else TEXT)[theme]
            figure.add_annotation(x=plain(method), y=plain(name), text=score_text(value) or "\u2013", showarrow=False,
                                  font={"color": colour, "size": 13})  # fmt: skip
    keys = {(name, method): f"{method}\t{name}" for name, method in wrong or {}}
    figure.add_trace(go.Scatter(
        x=[plain(method) for _, method in keys], y=[plain(name) for name, _ in keys], mode="markers",
        customdata=list(keys.values()), hoverinfo="skip", showlegend=False,
        marker={"symbol": "square", "size": 30, "color": "rgba(0,0,0,0)"}))  # fmt: skip
    lay_out(figure, theme, height=90 + 38 * len(names))
    figure.update_xaxes(side="top", showgrid=False, tickangle=-30 if len(methods) > 4 else 0)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    listed = [(name, method, one.precision, one.recall, one.f1, int(one.gold))
              for name in names for method, one in rows[name].items()]  # fmt: skip
    said = "; ".join(f"{name}, {method} {score_text(f1)}" for name, method, _, _, f1, _ in listed)
    heads = ("Language", "Method", "Precision", "Recall", "F1", "Gold")
    behind = {key: Behind(f"{method}, mistakes in {name}", wrong[name, method]) for (name, method), key in keys.items()}
    row_keys = [keys.get((name, method), "") for name, method, *_ in listed]
    return Chart("languages", figure, heads, listed, f"F1 by language and method: {said}.", row_keys, behind)


def cost_chart(study: Study, tables: Tables, megabytes: Mapping[str, float], focus: str, theme: str) -> Chart | None:
    """Return F1 against milliseconds a sentence, with memory in the table; None where no time is known.

    Times are medians over the sentences whose every stage was computed and not reused.
    """
    import plotly.graph_objects as go

    overall = tables.overall()
    costs = {method: cost(study, method) for method in study.methods}
    known = [method for method in study.methods if costs[method].median is not None]
    if not known:
        return None
    figure = go.Figure()
    ordered = sorted(known, key=lambda method: (costs[method].median, overall[method].f1))
    for number, method in enumerate(ordered):
        one, colour = costs[method], (ACCENT if method == focus else QUIET)[theme]
        size = megabytes.get(method, 0.0)
        hover = f"{plain(method)}: F1 {score_text(overall[method].f1)}, {1000 * one.median:.3g} ms, "
        hover += f"models {size:.0f} MB" + ("" if one.megabytes is None else f", {one.megabytes:.0f} MB at work")
        marker = {"size": 8 + min(size, 4000) ** 0.5 / 3, "color": colour}
        figure.add_trace(go.Scatter(
            x=[max(1000 * one.median, 0.01)], y=[overall[method].f1], mode="markers+text", text=[plain(method)],
            textposition=_PLACES[number % len(_PLACES)], textfont={"size": 11}, marker=marker, cliponaxis=False,
            customdata=[_key(method, None)], hovertemplate=f"{hover}<extra></extra>"))  # fmt: skip
    lay_out(figure, theme, height=300)
    figure.update_xaxes(type="log", title={"text": "milliseconds a sentence", "font": {"size": 11}})
    values = [overall[method].f1 for method in known]
    figure.update_yaxes(title={"text": "F1", "font": {"size": 11}}, tickformat=".2f",
                        range=[max(0, min(values) - 0.05), min(1.03, max(values) + 0.06)])  # fmt: skip
    spread = [np.log10(max(1000 * costs[method].median, 0.01)) for method in known]
    low, high = min(spread) - 0.6, max(spread) + 0.6
    ticks = [
        lead * 10.0**power for power in range(-3, 8) for lead in (1, 2, 5) if low <= np.log10(lead) + power <= high
    ]
    figure.update_xaxes(range=[low, high], tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    rows = [(method, overall[method].f1, _milliseconds(costs[method].median), _milliseconds(costs[method].mean),
             costs[method].megabytes, megabytes.get(method), costs[method].known)
            for method in study.methods]  # fmt: skip
    said = "; ".join(f"{method} {1000 * costs[method].median:.3g} ms and F1 {score_text(overall[method].f1)}"
                     for method in known)  # fmt: skip
    behind = {_key(method, None): _mistakes(tables, method, None) for method in known}
    heads = ("Method", "F1", "Median ms", "Mean ms", "MB at work", "Models MB", "Sentences timed")
    keys = [_key(method, None) if method in known else "" for method in study.methods]
    return Chart("cost", figure, heads, rows, f"Quality against cost: {said}.", keys, behind)


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds
