"""Charts of what correcting took: labels kept and changed, seconds a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from projection.corrections.effort import Effort
from views.chart import ACCENT, MUTED, QUIET, Chart, lay_out
from views.markup import counted

SMOOTHED = 20
"""Sentences of which each point of the line over time is the mean."""


def effort_chart(efforts: Sequence[Effort], theme: str) -> Chart:
    """Return, in the order in which sentences were accepted, the share of labels people changed and the seconds taken.

    Both are means over the last SMOOTHED sentences.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    ordered = sorted(efforts, key=lambda one: (one.at, one.position))
    numbers = list(range(1, len(ordered) + 1))
    changed, seconds = [], []
    for number in numbers:
        some = ordered[max(0, number - SMOOTHED) : number]
        labels = sum(one.labels for one in some)
        changed.append(sum(one.corrected + one.made for one in some) / labels if labels else 0.0)
        timed = [one.seconds for one in some if one.seconds is not None]
        seconds.append(sum(timed) / len(timed) if timed else None)
    figure = make_subplots(2, 1, shared_xaxes=True, vertical_spacing=0.08)
    for row, (values, colour, said) in enumerate(
        ((changed, ACCENT, "%{y:.0%} of the labels changed"), (seconds, MUTED, "%{y:.1f} s a sentence")), 1
    ):
        figure.add_trace(go.Scatter(x=numbers, y=values, mode="lines" if len(numbers) > 1 else "markers",
                         line={"color": colour[theme], "width": 2}, connectgaps=True,
                         hovertemplate=f"after %{{x}} sentences: {said}<extra></extra>"), row, 1)  # fmt: skip
    lay_out(figure, theme, height=280)
    figure.update_yaxes(rangemode="tozero", tickformat=".0%", title={"text": "changed", "font": {"size": 11}}, row=1)
    figure.update_yaxes(rangemode="tozero", title={"text": "seconds", "font": {"size": 11}}, row=2, nticks=4)
    figure.update_xaxes(tickformat="d", nticks=min(8, len(numbers) + 1))
    figure.update_xaxes(title={"text": "sentences accepted", "font": {"size": 11}}, row=2)
    figure.update_traces(marker={"color": QUIET[theme]})
    rows = [(one.position + 1, f"{one.at:%Y-%m-%d %H:%M}", one.changes, one.kept, one.corrected, one.made,
             one.seconds, "yes" if one.bulk else "") for one in ordered]  # fmt: skip
    heads = ("#", "Accepted", "Changes", "Kept", "Corrected", "Made", "Seconds", "In bulk")
    return Chart("effort", figure, heads, rows, f"Correcting: {effort_note(efforts)}")


def effort_note(efforts: Sequence[Effort]) -> str:
    """Say in one sentence what correcting took."""
    labels, changed = sum(one.labels for one in efforts), sum(one.corrected + one.made for one in efforts)
    changes, timed = sum(one.changes for one in efforts), [one.seconds for one in efforts if one.seconds is not None]
    share = f" ({changed / labels:.0%})" if labels else ""
    time = f"; {median(timed):.1f} s a sentence (median of {counted(len(timed), 'sentence')})" if timed else ""
    saved = labels - changes
    spared = f"{saved} fewer than" if saved >= 0 else f"{-saved} more than"
    return (
        f"{changed} of {counted(labels, 'label')}{share} changed by people in "
        f"{counted(len(efforts), 'sentence')}{time}. It took {counted(changes, 'action')}, {spared} giving every "
        "label by hand."
    )
