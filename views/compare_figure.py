"""Agreement of methods as a matrix: span F1 in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from projection.evaluation.agreement import Pair
from views.markup import counted, score_text
from views.palette import RAMP

_TEXT = {"light": "#1A1E26", "dark": "#E8EAEE"}
_ON_RAMP = {"light": ("#1A1E26", "#FFFFFF"), "dark": ("#E8EAEE", "#0E1117")}
"""Text on the lower and the upper half of the ramp."""
_LOWEST = 0.5
"""The ramp starts here, or lower where an agreement is lower: methods that work are close to each other."""


def agreement_figure(pairs: Mapping[tuple[str, str], Pair], methods: Sequence[str], theme: str = "light") -> Any:
    """Return a plotly heatmap, methods in the order given; the diagonal and pairs never seen together are empty."""
    import plotly.graph_objects as go

    low = min([_LOWEST, *(pair.f1 for pair in pairs.values())])
    cells = [[pairs[one, other].f1 if (one, other) in pairs else None for other in methods] for one in methods]
    ramp = [[index / 4, colour] for index, colour in enumerate(RAMP[theme])]
    figure = go.Figure(
        go.Heatmap(z=cells, x=list(methods), y=list(methods), colorscale=ramp, zmin=low, zmax=1, xgap=3, ygap=3,
                   showscale=False, customdata=_hover(pairs, methods), hovertemplate="%{customdata}<extra></extra>")
    )  # fmt: skip
    figure.update_layout(
        height=90 + 42 * len(methods),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        annotations=[_number(one, other, pairs.get((one, other)), low, theme) for one in methods for other in methods],
        font={"color": _TEXT[theme], "family": "system-ui, 'Noto Sans', sans-serif", "size": 12},
    )
    figure.update_xaxes(side="top", showgrid=False, ticks="", automargin=True, tickangle=-30, fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticks="", automargin=True, fixedrange=True)
    return figure


def _number(one: str, other: str, pair: Pair | None, low: float, theme: str) -> dict:
    """Write the score into its cell, dark on the light half of the ramp and light on the dark half."""
    share = (pair.f1 - low) / (1 - low) if pair and low < 1 else 0.0
    text = score_text(pair.f1) if pair else "\u2013"
    return {"x": one, "y": other, "text": text, "showarrow": False,
            "font": {"color": _ON_RAMP[theme][share > 0.6], "size": 13}}  # fmt: skip


def _hover(pairs: Mapping[tuple[str, str], Pair], methods: Sequence[str]) -> list[list[str]]:
    return [[_said(pairs.get((one, other)), one, other) for other in methods] for one in methods]


def _said(pair: Pair | None, one: str, other: str) -> str:
    if pair is None:
        return one if one == other else f"{one} and {other}: no sentence in common"
    return f"{one} and {other}: {score_text(pair.f1)} on {counted(pair.sentences, 'sentence')}"


def alternative_text(pairs: Mapping[tuple[str, str], Pair], methods: Sequence[str]) -> str:
    """Say the matrix in words: every pair once."""
    listed = [_said(pair, *key) for key, pair in pairs.items() if methods.index(key[0]) < methods.index(key[1])]
    return f"Agreement of {len(methods)} methods, span F1. {'; '.join(listed)}."
