"""Charts of what lies behind figures: is a method's score honest, what a threshold would do, what is hard."""

from __future__ import annotations

from projection.evaluation.recalls import EFFECTS, Effect, recalls
from projection.evaluation.reliability import reliability, threshold_curve
from projection.evaluation.study import Study
from views.chart import ACCENT, MUTED, QUIET, TEXT, WRONG, Behind, Chart, Meant, lay_out, plain
from views.markup import counted, score_text

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star", "cross", "pentagon")


def reliability_chart(study: Study, method: str, theme: str) -> Chart | None:
    """Return the share that is right by score, above how many are right and wrong; None without scores in [0, 1]."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    found = reliability(study, method)
    if found.error is None:
        return None
    bins = [one for one in found.bins if one.count]
    middles = [(one.low + one.high) / 2 for one in found.bins]
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.06)
    figure.add_trace(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": QUIET[theme], "dash": "dash",
                     "width": 1}, hoverinfo="skip", showlegend=False), 1, 1)  # fmt: skip
    figure.add_trace(go.Scatter(
        x=[one.mean for one in bins], y=[one.share for one in bins], mode="lines+markers", showlegend=False,
        line={"color": ACCENT[theme], "width": 2}, marker={"size": 8},
        hovertext=[f"score {score_text(one.low)} to {score_text(one.high)}: {one.right} of {one.count} right"
                   for one in bins], hovertemplate="%{hovertext}<extra></extra>"), 1, 1)  # fmt: skip
    for name, colour, values in (("right", QUIET, [one.right for one in found.bins]),
                                 ("wrong", WRONG, [one.wrong for one in found.bins])):  # fmt: skip
        figure.add_trace(go.Bar(
            x=middles, y=values, name=name, width=0.085, marker={"color": colour[theme]},
            customdata=[f"{method}\t{name}\t{one.low:.1f}" for one in found.bins],
            hovertemplate=f"%{{y}} {name}<extra></extra>"), 2, 1)  # fmt: skip
    lay_out(figure, theme, height=320, legend=True)
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, 1.02], tickformat=".1f")
    figure.update_yaxes(
        range=[-0.06, 1.08], tickformat=".1f", title={"text": "share right", "font": {"size": 11}}, row=1
    )
    figure.update_yaxes(title={"text": "count", "font": {"size": 11}}, row=2, nticks=3)
    figure.update_xaxes(title={"text": "score of the method", "font": {"size": 11}}, row=2)
    behind = _scored(study, method)
    rows = [(one.low, one.high, one.count, one.right, one.wrong, one.mean, one.share) for one in found.bins]
    keys = [f"{method}\twrong\t{one.low:.1f}" for one in found.bins]
    said = "; ".join(f"{score_text(one.low)} to {score_text(one.high)}: {one.right} of {one.count}" for one in bins)
    alt = f"How often {method} is right by its score: {said}. Expected calibration error {found.error:.3f}."
    heads = ("Score from", "to", "Predictions", "Right", "Wrong", "Mean score", "Share right")
    return Chart("calibration", figure, heads, rows, alt, keys, behind)


def _scored(study: Study, method: str) -> dict[str, Behind]:
    """Return the sentences behind each part of the histogram."""
    columns, right = study.predicted(method), study.right(method)
    bins = [f"{low / 10:.1f}" for low in range(10)]
    rows: dict[str, dict[int, None]] = {f"{method}\t{name}\t{low}": {} for name in ("right", "wrong") for low in bins}
    for row, score, hit in zip(columns.rows.tolist(), columns.scores.tolist(), right.tolist(), strict=True):
        if low := _bin(score):
            rows[f"{method}\t{'right' if hit else 'wrong'}\t{low}"][row] = None
    return {key: Behind(f"{method}: {_told(key)}", tuple(some), _of_score(key[-3:])) for key, some in rows.items()}


def _of_score(low: str) -> Meant:
    return lambda one: any(_bin(entity.score) == low for entity in one.mistake.predicted)


def _bin(score: float | None) -> str:
    """Name the part of the histogram a score is in, "" where there is none."""
    return f"{min(int(score * 10), 9) / 10:.1f}" if score is not None and 0 <= score <= 1 else ""  # False for NaN too


def _told(key: str) -> str:
    _, name, low = key.split("\t")
    return f"{name}, score {score_text(float(low))} to {score_text(float(low) + 0.1)}"


def reliability_note(study: Study, method: str) -> str:
    """Say what is not in the picture."""
    found = reliability(study, method)
    left = [(found.unscored, "without a score"), (found.outside, "with a score outside 0 to 1")]
    said = "; ".join(f"{counted(number, 'label')} {why}" for number, why in left if number)
    error = f"expected calibration error {found.error:.3f}" if found.error is not None else ""
    return "; ".join(filter(None, (error, f"{said} left out" if said else "")))


def threshold_chart(study: Study, method: str, theme: str) -> Chart | None:
    """Return what leaving out labels below a score would do; None where no label has a score."""
    import plotly.graph_objects as go

    curve = threshold_curve(study, method)
    if not curve.points:
        return None
    scores = [score for score, _ in curve.points]
    figure = go.Figure()
    for (name, rate), colour, dash in zip((("F1", "f1"), ("precision", "precision"), ("recall", "recall")),
                                          (ACCENT, MUTED, MUTED), ("solid", "dash", "dot"), strict=True):  # fmt: skip
        figure.add_trace(go.Scatter(
            x=scores, y=[getattr(counts, rate) for _, counts in curve.points], name=name, mode="lines",
            line={"color": colour[theme], "dash": dash, "width": 2, "shape": "vh"},
            hovertemplate=f"from %{{x:.2f}}: {name} %{{y:.3f}}<extra></extra>"))  # fmt: skip
    best, counts = max(curve.points, key=lambda point: point[1].f1)
    figure.add_annotation(x=best, y=counts.f1, text=f"best F1 {score_text(counts.f1)} from {score_text(best)}",
                          showarrow=True, arrowhead=0, ay=-24, ax=0, arrowcolor=QUIET[theme])  # fmt: skip
    lay_out(figure, theme, height=300, legend=True)
    figure.update_xaxes(title={"text": "labels below this score left out", "font": {"size": 11}})
    figure.update_yaxes(range=[0, 1.1], tickformat=".1f")
    rows = [(score, one.precision, one.recall, one.f1, int(one.predicted)) for score, one in curve.points]
    first = curve.points[0][1]
    alt = f"F1 of {method} against a threshold on its score: {score_text(first.f1)} with all labels, at best " \
          f"{score_text(counts.f1)} with those from {score_text(best)}."  # fmt: skip
    return Chart("threshold", figure, ("Threshold", "Precision", "Recall", "F1", "Predicted"), rows, alt)


def effect_chart(study: Study, effect: Effect, focus: str, theme: str) -> Chart | None:
    """Return the recall of each method by what makes an entity hard; None where nothing is known of it."""
    import plotly.graph_objects as go

    found = recalls(study, effect)
    names = list(next(iter(found.values()), {}))
    if not names:
        return None
    gold = {name: one.gold for name, one in next(iter(found.values())).items()}
    shown = [name for name in names if gold[name]]
    figure, behind, rows, keys = go.Figure(), {}, [], []
    for number, (method, groups) in enumerate(found.items()):
        colour = (ACCENT if method == focus else MUTED)[theme]
        for name in names:
            key = f"{method}\t{effect}\t{name}"
            behind[key] = Behind(f"{method}: not found, {effect} {name}", groups[name].rows)
            rows.append((method, name, groups[name].recall, groups[name].found, groups[name].gold))
            keys.append(key)
        figure.add_trace(go.Scatter(
            x=shown, y=[groups[name].recall for name in shown], name=plain(method), mode="lines+markers",
            line={"color": colour, "width": 2.5 if method == focus else 1.5, "dash": _DASHES[number % len(_DASHES)]},
            marker={"size": 8, "symbol": _SYMBOLS[number % len(_SYMBOLS)]},
            customdata=[f"{method}\t{effect}\t{name}" for name in shown],
            hovertext=[f"{plain(method)}, {name}: {groups[name].found} of {groups[name].gold}" for name in shown],
            hovertemplate="%{hovertext}<extra></extra>"))  # fmt: skip
    lay_out(figure, theme, height=300, legend=True)
    said = f"{EFFECTS[effect].partition(':')[0]}; below, how many"
    figure.update_xaxes(type="category", tickvals=shown, ticktext=[f"{name}<br>{gold[name]}" for name in shown],
                        title={"text": said, "font": {"size": 11}})  # fmt: skip
    low = min(groups[name].recall for groups in found.values() for name in shown)
    figure.update_yaxes(range=[max(0.0, low - 0.08), 1.04], tickformat=".1f",
                        title={"text": "recall", "font": {"size": 11}})  # fmt: skip
    figure.update_layout(font={"color": TEXT[theme]})
    said = "; ".join(f"{method}: " + ", ".join(f"{name} {score_text(groups[name].recall)}" for name in shown)
                     for method, groups in found.items())  # fmt: skip
    heads = ("Method", effect.capitalize(), "Recall", "Found", "Gold")
    return Chart(f"recall by {effect}", figure, heads, rows, f"Recall by {EFFECTS[effect]}. {said}.", keys, behind)
