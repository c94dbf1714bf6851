"""The alignment matrix: cell scores, chosen links outlined, entity words and candidate blocks marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projection.types import Alignment, Decision, Entity, Sentence, Span
from views.markup import direction, score_text
from views.palette import RAMP, edge

_TEXT = {"light": ("#1A1E26", "#606876", "#5046D6"), "dark": ("#E8EAEE", "#8C94A1", "#8F87FF")}
_LABELLED_WORDS = 80
"""Beyond this many words on a side the axis words are left to hover and zoom."""


def cell_scores(alignment: Alignment, similarity: NDArray[np.floating] | None) -> NDArray[np.float64]:
    """Return an (m, n) matrix to show: word similarities where known, else the scores of the links."""
    if similarity is not None:
        return np.asarray(similarity, dtype=float)
    cells = np.zeros((alignment.source_length, alignment.target_length))
    for source, target in alignment.links:
        cells[source, target] = alignment.scores.get((source, target), 1.0)
    return cells


def matrix_figure(
    source: Sentence,
    target: Sentence,
    alignment: Alignment,
    *,
    cells: NDArray[np.floating],
    target_entities: Sequence[Entity] = (),
    blocks: Sequence[tuple[Span, Decision]] = (),
    theme: str = "light",
) -> Any:
    """Return a plotly figure; columns of a right-to-left target run right to left.

    `blocks` are (source span, decision) of one entity's candidates: the chosen one is drawn thick, losers dashed.
    """
    import plotly.graph_objects as go

    text, faint, accent = _TEXT[theme]
    rows, columns = len(source), len(target)
    shown = np.ma.masked_invalid(cells)
    low, high = (float(shown.min()), float(shown.max())) if shown.count() else (0.0, 1.0)
    figure = go.Figure(
        go.Heatmap(
            z=np.where(np.isnan(cells), None, cells),
            colorscale=[[index / 4, colour] for index, colour in enumerate(RAMP[theme])],
            zmin=low,
            zmax=high if high > low else low + 1,
            xgap=1.5,
            ygap=1.5,
            customdata=_hover(source, target, alignment, cells),
            hovertemplate="%{customdata}<extra></extra>",
            colorbar={"thickness": 8, "outlinewidth": 0, "len": 0.9, "tickfont": {"size": 10, "color": faint}},
        )
    )
    shapes = _link_rings(source, target_entities, alignment, theme, faint)
    shapes += [_block(span, decision, source, theme, accent) for span, decision in blocks]
    shapes += _bars(source.entities, target_entities, theme)
    side = 15 if max(rows, columns) > 40 else 18
    figure.update_layout(
        height=max(220, min(560, side * rows + 130)),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode="zoom",
        showlegend=False,
        shapes=shapes,
        font={"color": text, "family": "system-ui, 'Noto Sans', sans-serif"},
    )
    reverse = direction(target.language) == "rtl"
    figure.update_xaxes(**_axis(target, target_entities, text, faint), side="top", tickangle=-60,
                        range=[columns - 0.5, -1.05] if reverse else [-1.05, columns - 0.5])  # fmt: skip
    figure.update_yaxes(**_axis(source, source.entities, text, faint), range=[rows - 0.5, -1.05])
    return figure


def _hover(source: Sentence, target: Sentence, alignment: Alignment, cells: NDArray) -> NDArray:
    """What the pointer reads out; '<' is escaped because plotly understands a few tags."""
    texts = np.empty(cells.shape, dtype=object)
    columns = [_plain(word) for word in target.words]
    for i, word in enumerate(map(_plain, source.words)):
        for j, other in enumerate(columns):
            linked = ", linked" if (i, j) in alignment.links else ""
            score = "" if np.isnan(cells[i, j]) else f"  {score_text(float(cells[i, j]))}"
            texts[i, j] = f"{word} × {other}{score}{linked}"
    return texts


def _plain(word: str) -> str:
    return word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link_rings(
    source: Sentence, target_entities: Sequence[Entity], alignment: Alignment, theme: str, neutral: str
) -> list[dict]:
    """Outline each linked cell, in the label's colour where an entity word is linked; in data units, so it zooms."""
    rings = []
    for row, column in sorted(alignment.links):
        colour = _colour_at((row, column), source.entities, target_entities, theme, neutral)
        place = {"x0": column - 0.48, "x1": column + 0.48, "y0": row - 0.48, "y1": row + 0.48}
        rings.append({"type": "rect", "line": {"color": colour, "width": 2}, "fillcolor": "rgba(0,0,0,0)", **place})
    return rings


def _colour_at(point, source_entities: Iterable[Entity], target_entities: Iterable[Entity], theme: str, neutral: str):
    row, column = point
    for entities, word in ((source_entities, row), (target_entities, column)):
        for entity in entities:
            if word in entity.span:
                return edge(entity.label, theme)
    return neutral


def _block(span: Span, decision: Decision, source: Sentence, theme: str, accent: str) -> dict:
    chosen = decision.status == "chosen"
    label = source.entities[decision.entity_index].label if decision.entity_index < len(source.entities) else ""
    colour = edge(label, theme) if chosen else accent
    return {
        "type": "rect",
        "x0": decision.candidate.span.start - 0.5,
        "x1": decision.candidate.span.end - 0.5,
        "y0": span.start - 0.5,
        "y1": span.end - 0.5,
        "line": {"color": colour, "width": 2.4 if chosen else 1.2, "dash": "solid" if chosen else "dash"},
        "fillcolor": "rgba(0,0,0,0)",
    }


def _bars(rows: Iterable[Entity], columns: Iterable[Entity], theme: str) -> list[dict]:
    """Mark entity words by a coloured bar at the axis."""
    bars = []
    for entities, upright in ((rows, True), (columns, False)):
        for entity in entities:
            start, end = entity.span.start - 0.4, entity.span.end - 0.6
            ends = {"x0": -0.85, "x1": -0.85, "y0": start, "y1": end}
            if not upright:
                ends = {"x0": start, "x1": end, "y0": -0.85, "y1": -0.85}
            bars.append({"type": "line", "line": {"color": edge(entity.label, theme), "width": 3}, **ends})
    return bars


def _axis(sentence: Sentence, entities: Iterable[Entity], text: str, faint: str) -> dict:
    inside = {word for entity in entities for word in range(entity.span.start, entity.span.end)}
    short = [_plain(word if len(word) <= 18 else word[:17] + "…") for word in sentence.words]
    labels = [f"<b>{word}</b>" if index in inside else word for index, word in enumerate(short)]
    axis = {"showgrid": False, "zeroline": False, "tickfont": {"size": 11, "color": text}, "ticks": "",
            "automargin": True}  # fmt: skip
    if len(sentence) > _LABELLED_WORDS:
        return axis | {"showticklabels": True, "tickfont": {"size": 10, "color": faint}}
    return axis | {"tickmode": "array", "tickvals": list(range(len(sentence))), "ticktext": labels}


def alternative_text(source: Sentence, target: Sentence, alignment: Alignment) -> str:
    """Describe the matrix for people who do not see it: every link, in words."""
    pairs = [f"{source.words[i]} with {target.words[j]}" for i, j in sorted(alignment.links)]
    listed = "; ".join(pairs[:60]) + ("; and more" if len(pairs) > 60 else "")
    return f"Word alignment of {len(source)} by {len(target)} words, {len(pairs)} links: {listed or 'none'}."
