"""Figures of the literature, read from published.toml; every one with its source.

Sources: "paper" is Politov et al. 2025 (arXiv 2501.18750, the result files of its repository), "thesis" its
follow-up by Shkalikov (repository ShkalikovOleh/master-thesis), "quoted" what the thesis quotes of others
in other set-ups, "readme" the chart of the T-Projection repository (García-Ferrero et al. 2023).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bench.variants import Variant

FIGURES = ("f1", "precision", "recall", "LOC", "MISC", "ORG", "PER", "ratio")
"""What a row may hold for each language: overall F1, precision, recall, F1 by label, projection ratio."""


@dataclass(frozen=True, slots=True)
class Row:
    """One published setting on Europarl-NER; `figures` maps each of FIGURES that is known to language -> value."""

    id: str
    source: str
    title: str
    method: str
    options: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, float]]

    @property
    def variant(self) -> Variant:
        """The setting of ours that is comparable."""
        return Variant(self.method, self.options)

    @property
    def f1(self) -> Mapping[str, float]:
        return self.figures["f1"]


@dataclass(frozen=True, slots=True)
class Sign:
    """A published finding: row `higher` scores above row `lower`, or (`equal`) within `tolerance` of it."""

    title: str
    higher: str
    lower: str
    languages: tuple[str, ...]
    equal: bool = False
    tolerance: float = 0.01


@dataclass(frozen=True, slots=True)
class Column:
    """Published F1 of one method in many languages; None where it was not measured, no method where we have none."""

    source: str
    title: str
    method: str
    options: Mapping[str, Any]
    f1: Mapping[str, float | None]
    average: float | None

    @property
    def variant(self) -> Variant:
        """The setting of ours that is comparable."""
        return Variant(self.method, self.options)


@dataclass(frozen=True, slots=True)
class Europarl:
    """`entities` are the gold entities of each language; `means` are F1 over de, es, it without a split."""

    entities: Mapping[str, int]
    rows: tuple[Row, ...]
    signs: tuple[Sign, ...]
    means: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a corpus in published order, with columns of figures."""

    languages: tuple[str, ...]
    columns: tuple[Column, ...]
    excluded: Mapping[str, str] = field(default_factory=dict)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("published.toml").read_text("utf-8"))


@cache
def europarl() -> Europarl:
    table = _tables()["europarl"]
    return Europarl(
        table["entities"],
        tuple(_row(row, table["languages"]) for row in table["rows"]),
        tuple(Sign(**{**sign, "languages": tuple(sign["languages"])}) for sign in table["signs"]),
        table["means"],
    )


def _row(row: dict[str, Any], languages: list[str]) -> Row:
    figures = {name: dict(zip(languages, row[name], strict=True)) for name in FIGURES if name in row}
    return Row(row["id"], row["source"], row["title"], row["method"], row.get("options", {}), figures)


@cache
def languages_of(corpus: str) -> Languages:
    """Return the tables of "masakhaner" or "xtreme"."""
    table = _tables()[corpus]
    languages = tuple(table["languages"])
    columns = tuple(
        Column(
            column["source"],
            column["title"],
            column["method"],
            column.get("options", {}),
            dict(zip(languages, map(_known, column["f1"]), strict=True)),
            _known(column["average"]),
        )
        for column in table["columns"]
    )
    return Languages(languages, columns, table.get("excluded", {}))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
