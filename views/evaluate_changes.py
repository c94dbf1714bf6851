"""What got better and what got worse, sentence by sentence: between two methods, or two runs of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from projection.corrections.runs import Judged, Run
from projection.evaluation.changes import Change, Changes, changes
from projection.evaluation.resampling import Difference
from projection.evaluation.study import Study, Tables
from views import evaluate_run, evaluate_study
from views.chart import ACCENT, QUIET, WRONG, Behind, Chart, lay_out
from views.evaluate_panels import Other, panel
from views.evaluate_study import Results
from views.markup import counted

BEFORE, NOW = "before", "now"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two results on the same sentences, from `one` to `other`, as people call them."""

    study: Study
    one: str
    other: str
    names: tuple[str, str]


def draw(project: Any, run: Run, results: Results, theme: str) -> None:
    """Draw the comparison with the baseline, or with an earlier run where one is chosen."""
    earlier = [one for one in evaluate_run.runs().of(project.id) if one.id != run.id and one.revision]
    chosen = None
    if earlier:
        chosen = st.selectbox(
            "Compare with an earlier run", [None, *earlier], key="earlier", width=560,
            format_func=lambda one: said(one, run) if one else "the baseline, in this run",
            help="A run is everything evaluated under the same settings.",
        )  # fmt: skip
    if chosen is not None:
        key = ("run", chosen.id, chosen.revision, results.view.focus, results.view.match, theme)
        compared = results.kept(key, lambda: _compared(_pair_of_runs(run, chosen, results), results, theme))
    else:
        key = ("methods", results.view.baseline, results.view.focus, results.view.match, theme)
        compared = results.kept(key, lambda: _compared(_pair_of_methods(results), results, theme))
    if isinstance(compared, str):
        if chosen or len(results.study.methods) > 1:
            panel(None, "Better and worse", lacking=compared)
        return
    panel(compared.chart, "Better and worse", compared.said, other=compared.other)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two results beside each other: the chart, what is said of it, and the sentences behind it."""

    chart: Chart
    said: str
    other: Other


def _compared(pair: Pair | str, results: Results, theme: str) -> Compared | str:
    if isinstance(pair, str):
        return pair
    found = changes(pair.study, pair.one, pair.other)
    if pair.study is results.study:
        apart = results.difference(pair.other, pair.one)
    else:
        apart = Tables(pair.study, results.view.match).difference(pair.other, pair.one)
    other = Other(pair.study, {one.row: one for one in (*found.better, *found.worse, *found.even)})
    return Compared(changes_chart(found, pair, theme), _meta(pair, found, apart), other)


def _meta(pair: Pair, found: Changes, apart: Difference) -> str:
    return (
        f"from {pair.names[0]} to {pair.names[1]}, {counted(len(pair.study.items), 'sentence')}: F1 {apart.value:+.3f} "
        f"({apart.low:+.3f} to {apart.high:+.3f}, p {apart.bootstrap:.3f} paired bootstrap, {apart.randomisation:.3f} "
        f"approximate randomisation); exactly: {counted(found.fixed, 'label')} fixed, {found.broken} broken"
    )


def _pair_of_methods(results: Results) -> Pair | str:
    view = results.view
    if view.baseline is None:
        return "Choose a baseline above to see what is better and what is worse than with it."
    return Pair(results.study, view.baseline, view.focus, (view.baseline, view.focus))


def _pair_of_runs(run: Run, earlier: Run, results: Results) -> Pair | str:
    """Return the results of one method in two runs, on the sentences both have with the same gold."""
    method = results.view.focus
    if method not in earlier.signatures:
        return f"{method} was not evaluated in that run, but {', '.join(earlier.signatures)}."
    study = _joined(evaluate_run.known(earlier, beside=True).judged, results, method)
    if not study.items:
        return "The two runs have no sentence with the same gold labels in common."
    return Pair(study, BEFORE, NOW, (f"{method}, {said(earlier, run)}", "now"))


def _joined(before: Mapping[int, Judged], results: Results, method: str) -> Study:
    plain = results.study
    old = {row: before.get(item.position) for row, item in enumerate(plain.items)}
    rules = results.view.rules
    rows = [
        row for row, one in old.items()
        if one is not None and method in one.found and one.item.gold.words == plain.items[row].gold.words
    ]  # fmt: skip
    items = tuple(old[row].item for row in rows)
    earlier = evaluate_study.with_rules(Study(items, {method: tuple(old[row].found[method] for row in rows)}), rules)
    same = [number for number, row in enumerate(rows)
            if earlier.items[number].gold.entities == plain.items[row].gold.entities]  # fmt: skip
    found = {
        BEFORE: tuple(earlier.found[method][number] for number in same),
        NOW: tuple(plain.found[method][rows[number]] for number in same),
    }
    return Study(tuple(plain.items[rows[number]] for number in same), found)


def changes_chart(found: Changes, pair: Pair, theme: str) -> Chart:
    """Return a bar for the sentences that got better, for those that got worse, and for those only different."""
    import plotly.graph_objects as go

    parts: dict[str, tuple[Change, ...]] = {"better": found.better, "worse": found.worse, "different": found.even}
    colours = (ACCENT, WRONG, QUIET)
    keys = [f"{pair.other}\t{name}" for name in parts]
    figure = go.Figure(go.Bar(
        y=list(parts), x=[len(some) for some in parts.values()], orientation="h", customdata=keys,
        text=[len(some) for some in parts.values()], textposition="outside", cliponaxis=False,
        marker={"color": [colour[theme] for colour in colours]},
        hovertemplate="%{x} sentences %{y}<extra></extra>"))  # fmt: skip
    lay_out(figure, theme, height=140)
    figure.update_layout(bargap=0.4)
    most = max(map(len, parts.values()))
    figure.update_xaxes(showgrid=False, showticklabels=False, range=[0, max(1, most) * 1.12])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    behind = {key: Behind(f"{pair.names[1]}: {name}", tuple(one.row for one in some))
              for key, (name, some) in zip(keys, parts.items(), strict=True)}  # fmt: skip
    rows, row_keys = [], []
    for name, some in parts.items():
        for one in some:
            position = pair.study.items[one.row].position
            rows.append((position + 1, name, one.gain, one.found, one.spurious, one.missed,
                         pair.study.items[one.row].gold.text))  # fmt: skip
            row_keys.append(f"{pair.other}\trow\t{one.row}")
            behind[row_keys[-1]] = Behind(f"Sentence {position + 1}", (one.row,))
    heads = ("#", "Change", "Mistakes fewer", "Found", "Spurious", "Missed", "Sentence")
    alt = f"From {pair.names[0]} to {pair.names[1]}: " + ", ".join(
        f"{len(some)} {name}" for name, some in parts.items()
    )
    return Chart("better and worse", figure, heads, rows, alt, row_keys, behind)


def said(run: Run, now: Run) -> str:
    """Name a run by its day and by what was set otherwise than now."""
    here, there = (_flat(one.settings) for one in (now, run))
    other = [
        f"{name} {there.get(name, 'none')}" for name in sorted({*here, *there}) if here.get(name) != there.get(name)
    ]
    return f"{run.created:%d %b %H:%M}, {', '.join(other) or 'same settings'}"


def _flat(settings: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: value for name, value in settings.items() if name not in ("setup", "form")} | dict(settings["setup"])
    options = plain.pop("options", {})
    plain |= {f"{slot} {name}": value for slot, values in options.items() for name, value in values.items()}
    return {name.replace("_", " "): str(value) for name, value in plain.items()}
