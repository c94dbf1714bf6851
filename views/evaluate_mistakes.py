"""Charts of mistakes: their kinds, the stages to blame, which label was taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from projection.evaluation.blame import STAGES
from projection.evaluation.effects import NONE, Kinds, confusion, kinds, met, stages
from projection.evaluation.errors import KINDS
from projection.evaluation.study import Study
from views.chart import ACCENT, PAGE, QUIET, TEXT, Behind, Chart, Meant, lay_out, plain
from views.markup import counted
from views.palette import RAMP

_SHADES = {
    "light": ("#3B4252", "#8A92A3", "#5046D6", "#B3AEF3", "#7C74E3", "#D9DCE4", "#C9C5F7", "#A9B0BD"),
    "dark": ("#C9CED7", "#7C8595", "#8F87FF", "#4A43A0", "#6A61E6", "#3A4250", "#5E57B8", "#5D6675"),
}
"""In the order of KINDS."""
_ON_SHADE = {
    "light": ("#FFFFFF", "#1A1E26", "#FFFFFF", "#1A1E26", "#FFFFFF", "#1A1E26", "#1A1E26", "#1A1E26"),
    "dark": ("#0E1117", "#0E1117", "#0E1117", "#E8EAEE", "#FFFFFF", "#E8EAEE", "#E8EAEE", "#E8EAEE"),
}
_NOTHING = "nothing"


def kinds_chart(study: Study, theme: str) -> Chart | None:
    """Return a stacked bar for each method, one part for each kind of mistake that comes at all; None without any."""
    import plotly.graph_objects as go

    found = {method: kinds(study, method) for method in study.methods}
    present = [kind for kind in KINDS if any(one.kinds[kind].count for one in found.values())]
    if not present:
        return None
    places = list(KINDS)
    figure, behind = go.Figure(), {}
    for kind in present:
        place = places.index(kind)
        counts = [one.kinds[kind].count for one in found.values()]
        for method, one in found.items():
            behind[f"{method}\t{kind}"] = Behind(f"{method}: {kind}", one.kinds[kind].rows, _of_kind(kind))
        figure.add_trace(go.Bar(
            y=[plain(method) for method in found], x=counts, name=kind, orientation="h",
            text=[count or "" for count in counts], textposition="inside", insidetextanchor="middle", textangle=0,
            customdata=[f"{method}\t{kind}" for method in found],
            hovertemplate=f"%{{y}}, {kind}: %{{x}}<br>{KINDS[kind]}<extra></extra>",
            marker={"color": _SHADES[theme][place], "line": {"color": PAGE[theme], "width": 1.5}},
            textfont={"color": _ON_SHADE[theme][place], "size": 11}, constraintext="none"))  # fmt: skip
    for method, one in found.items():
        figure.add_annotation(x=one.total, y=plain(method), text=str(one.total), showarrow=False, xanchor="left",
                              xshift=5, font={"color": TEXT[theme]})  # fmt: skip
    lay_out(figure, theme, height=84 + 34 * len(found), legend=True)
    figure.update_layout(barmode="stack", bargap=0.35, uniformtext={"minsize": 9, "mode": "hide"})
    figure.update_layout(margin={"t": 46 if len(present) > 4 else 26})
    most = max([one.total for one in found.values()], default=0)
    figure.update_xaxes(showgrid=False, showticklabels=False, range=[0, max(1, most) * 1.12])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    rows, keys = _kind_rows(found, behind)
    said = "; ".join(f"{method} {one.total}: " + ", ".join(f"{one.kinds[kind].count} {kind}" for kind in present)
                     for method, one in found.items())  # fmt: skip
    return Chart("kinds of mistakes", figure, ("Method", "Kind", "Detail", "Count", "Sentences"), rows,
                 f"Mistakes of each method by kind. {said}.", keys, behind)  # fmt: skip


def _kind_rows(found: Mapping[str, Kinds], behind: dict[str, Behind]) -> tuple[list[tuple], list[str]]:
    """Return the table, in which boundary mistakes are also told apart by which ends are wrong and how."""
    rows, keys = [], []
    for method, one in found.items():
        parts = [(kind, "", cell) for kind, cell in one.kinds.items()]
        parts += [("boundary", detail, cell) for detail, cell in (*one.sides.items(), *one.extents.items())]
        for kind, detail, cell in sorted(parts, key=lambda part: list(KINDS).index(part[0])):
            key = "\t".join(filter(None, (method, kind, detail)))
            said = f"{method}: {kind}{f', {detail}' if detail else ''}"
            behind[key] = Behind(said, cell.rows, _of_kind(kind, detail))
            rows.append((method, kind, detail, cell.count, len(cell.rows)))
            keys.append(key)
    return rows, keys


def _of_kind(kind: str, detail: str = "") -> Meant:
    return lambda one: one.mistake.kind == kind and detail in ("", one.mistake.sides, one.mistake.extent)


def stages_chart(study: Study, methods: Sequence[str], theme: str) -> Chart | None:
    """Return a bar for each stage to blame for the mistakes of the first method; all are in the table.

    None where nobody looked for the stage, or there is no mistake.
    """
    import plotly.graph_objects as go

    found = {method: some for method in methods if (some := stages(study, method)) is not None}
    focus = methods[0]
    if focus not in found or not any(cell.count for cell in found[focus].stages.values()):
        return None
    cells = found[focus].stages
    shown = sorted((stage for stage in cells if cells[stage].count), key=lambda stage: -cells[stage].count)
    figure = go.Figure(go.Bar(
        y=shown, x=[cells[stage].count for stage in shown], orientation="h", cliponaxis=False,
        text=[cells[stage].count for stage in shown], textposition="outside",
        customdata=[f"{focus}\t{stage}" for stage in shown],
        hovertext=[STAGES[stage] for stage in shown], hovertemplate="%{y}: %{x}<br>%{hovertext}<extra></extra>",
        marker={"color": [ACCENT[theme] if not number else QUIET[theme] for number in range(len(shown))]}))  # fmt: skip
    lay_out(figure, theme, height=max(120, 30 + 32 * len(shown)))
    most = max([cells[stage].count for stage in shown], default=0)
    figure.update_xaxes(showgrid=False, showticklabels=False, range=[0, max(1, most) * 1.12])
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(bargap=0.4)
    rows, keys, behind = [], [], {}
    for method, some in found.items():
        for stage, cell in some.stages.items():
            keys.append(f"{method}\t{stage}")
            behind[keys[-1]] = Behind(f"{method}, to blame: {stage}", cell.rows, _of_stage(stage))
            rows.append((method, stage, STAGES[stage], cell.count, len(cell.rows)))
    said = ", ".join(f"{stage} {cells[stage].count}" for stage in shown) or _NOTHING
    return Chart("stages to blame", figure, ("Method", "Stage", "Meaning", "Mistakes", "Sentences"), rows,
                 f"Stages to blame for the mistakes of {focus}: {said}.", keys, behind)  # fmt: skip


def _of_stage(stage: str) -> Meant:
    return lambda one: one.stage == stage


def confusion_chart(study: Study, method: str, theme: str) -> Chart:
    """Return gold labels by predicted ones; "nothing" stands for an entity without a counterpart."""
    import plotly.graph_objects as go

    cells = confusion(study, method)
    labels = [*cells.labels, NONE]
    names = [plain(label) or _NOTHING for label in labels]
    counts = [[cells.count(gold, found) for found in labels] for gold in labels]
    everything = sum(map(sum, counts)) or 1
    totals = [sum(row) or 1 for row in counts[:-1]] + [everything]  # nobody knows how often nothing is right
    shares = [[count / whole for count in row] for row, whole in zip(counts, totals, strict=True)]
    figure = go.Figure(go.Heatmap(
        z=shares, x=names, y=names, zmin=0, zmax=1, xgap=3, ygap=3, showscale=False, hoverinfo="skip",
        colorscale=[[index / 4, colour] for index, colour in enumerate(RAMP[theme])]))  # fmt: skip
    marks: dict[str, list[Any]] = {"x": [], "y": [], "key": [], "said": []}
    behind, rows, keys = {}, [], []
    for gold, name, row, share in zip(labels, names, counts, shares, strict=True):
        for found, other, count, part in zip(labels, names, row, share, strict=True):
            if not gold and not found:
                continue
            key = f"{method}\t{gold}\t{found}"
            cell = cells.cells.get((gold, found))
            behind[key] = Behind(f"{method}: gold {gold or _NOTHING}, predicted {found or _NOTHING}",
                                 cell.rows if cell else (), _of_labels(gold, found))  # fmt: skip
            rows.append((gold or _NOTHING, found or _NOTHING, count))
            keys.append(key)
            for place, value in (("x", other), ("y", name), ("key", key),
                                 ("said", f"gold {name}, predicted {other}: {count}")):  # fmt: skip
                marks[place].append(value)
            colour = {"light": "#FFFFFF", "dark": "#0E1117"} if part > 0.6 else TEXT
            figure.add_annotation(x=other, y=name, text=str(count) if count else "\u00b7", showarrow=False,
                                  font={"color": colour[theme], "size": 12})  # fmt: skip
    figure.add_trace(go.Scatter(
        x=marks["x"], y=marks["y"], mode="markers", customdata=marks["key"], hovertext=marks["said"],
        hovertemplate="%{hovertext}<extra></extra>", showlegend=False,
        marker={"symbol": "square", "size": 30, "color": "rgba(0,0,0,0)"}))  # fmt: skip
    lay_out(figure, theme, height=84 + 36 * len(labels))
    figure.update_xaxes(side="top", showgrid=False, title={"text": "predicted", "font": {"size": 11}}, type="category")
    figure.update_yaxes(autorange="reversed", showgrid=False, title={"text": "gold", "font": {"size": 11}},
                        type="category")  # fmt: skip
    wrong = [f"{gold} as {found} {count}" for gold, found, count in rows if gold != found and count]
    alt = f"Labels of {method}: {', '.join(wrong) or 'every label is right'}."
    return Chart("label confusion", figure, ("Gold", "Predicted", "Count"), rows, alt, keys, behind)


def _of_labels(gold: str, found: str) -> Meant:
    return lambda one: (gold, found) in met(one.mistake)


def mistakes_behind(study: Study, method: str) -> str:
    """Say how many mistakes there are in how many sentences."""
    rows = len(study.rows_with_mistakes(method))
    return f"{counted(kinds(study, method).total, 'mistake')} in {counted(rows, 'sentence')}"
