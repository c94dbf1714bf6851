"""A chart with all that goes with it: the figure, its numbers as a table, its words, what is behind each mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projection.evaluation.blame import Blame

TEXT = {"light": "#1A1E26", "dark": "#E8EAEE"}
MUTED = {"light": "#555D6B", "dark": "#A7AEBA"}
GRID = {"light": "#E3E6EB", "dark": "#272D38"}
ACCENT = {"light": "#5046D6", "dark": "#8F87FF"}
QUIET = {"light": "#B6BDCA", "dark": "#59616F"}
WRONG = {"light": "#D55E00", "dark": "#FF9D66"}
PAGE = {"light": "#FFFFFF", "dark": "#0E1117"}
PICTURES = ("svg", "png")
"""The formats in which a chart can be saved."""
FONT = "system-ui, 'Noto Sans', sans-serif"


Meant = Callable[[Blame], bool]
"""Which of the mistakes of a sentence are meant."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The sentences behind a mark: what they have in common, and their rows in the study.

    `is_meant` says which of the mistakes of a sentence the mark counts; None where it counts all.
    """

    title: str
    rows: tuple[int, ...]
    is_meant: Meant | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Chart:
    """A plotly figure with its data.

    `heads` and `rows` are the table; `keys` names for each of its rows what is behind it ("" for nothing), as the
    `customdata` of every mark in the figure does. `alt` says the figure in words.
    """

    name: str
    figure: Any
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    alt: str
    keys: Sequence[str] = ()
    behind: Mapping[str, Behind] = field(default_factory=dict)


def lay_out(figure: Any, theme: str, *, height: int, legend: bool = False, left: int = 8) -> Any:
    """Give a figure the look of the pages; a click on a mark selects it, and nothing else moves."""
    figure.update_layout(
        height=height,
        margin={"l": left, "r": 12, "t": 26 if legend else 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": TEXT[theme], "family": FONT, "size": 12},
        showlegend=legend,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "font": {"size": 11}, "itemclick": False,
                "itemdoubleclick": False, "traceorder": "normal"},
        hoverlabel={"font": {"family": FONT}},
        dragmode=False,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": MUTED[theme], "activecolor": TEXT[theme]},
        clickmode="event+select",
    )  # fmt: skip
    figure.update_xaxes(
        gridcolor=GRID[theme], zeroline=False, fixedrange=True, automargin=True, tickfont={"color": MUTED[theme]}
    )
    figure.update_yaxes(gridcolor=GRID[theme], zeroline=False, fixedrange=True, automargin=True)
    return figure


def plain(text: str) -> str:
    """Return a text as plotly shows it unchanged: it understands a few tags and $...$."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")
