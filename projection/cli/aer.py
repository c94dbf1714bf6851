"""`aer`: alignment error rate of word links against sure and possible gold links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from projection.cli.inputs import EncodingOption, say
from projection.cli.tables import table
from projection.errors import FormatError

if TYPE_CHECKING:
    from projection.evaluation.alignment_error import AlignmentCounts
    from projection.types import Alignment

_ENOUGH = 20
"""Pairs from which on a word 0 without any link is no accident."""


def aer(
    links: Annotated[Path, typer.Argument(metavar="LINKS", help="Word links to score: Pharaoh, a line per pair.")],
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Gold links: sure i-j, possible ipj.")],
    one_indexed: Annotated[bool, typer.Option("--one-indexed", help="GOLD counts words from 1.")] = False,
    links_one_indexed: Annotated[bool, typer.Option("--links-one-indexed", help="LINKS counts words from 1.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Unrounded figures for programs.")] = False,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Score word links: alignment error rate, precision and recall (Och and Ney 2003).

    Possible links of LINKS count as links. The interval is the 95 % bootstrap interval over pairs.

    \b
    Examples:
      projection aer enfr.pharaoh enfr.gold --one-indexed
      projection aer enfr.pharaoh enfr.gold --one-indexed --json
    """
    from projection.evaluation.alignment_error import count
    from projection.evaluation.signature import signature
    from projection.text.pharaoh import read_links

    found = list(read_links(links, one_indexed=links_one_indexed, encoding=encoding))
    reference = list(read_links(gold, one_indexed=one_indexed, encoding=encoding))
    if hint := _off_by_one(found, reference):
        say(hint)
    rows = [count(*pair) for pair in _pairs(links, found, gold, reference)]
    first = {False: "from 0", True: "from 1"}
    settings = {"metric": "aer", "pairs": len(rows), "links": first[links_one_indexed], "gold": first[one_indexed],
                "interval": "bootstrap of 1000, seed 1"}  # fmt: skip
    figures = _figures(rows) | {"signature": signature(settings)}
    typer.echo(json.dumps(figures, indent=2) if as_json else _text(figures))


def _pairs(
    links: Path, found: Sequence[Alignment], gold: Path, reference: Sequence[Alignment]
) -> Iterator[tuple[Alignment, Alignment]]:
    """Yield predicted and gold links as of pairs of the same length. Raises FormatError where a line is missing."""
    for number, (one, other) in enumerate(zip_longest(found, reference), start=1):
        if one is None or other is None:
            shorter, longer = (links, gold) if one is None else (gold, links)
            raise FormatError(
                f"there is no such line, and {longer} has {max(len(found), len(reference))} lines.",
                path=str(shorter),
                line=number,
                remedy="Write one line per pair, an empty one where a pair has no links.",
            )
        lengths = {side: max(getattr(one, side), getattr(other, side)) for side in ("source_length", "target_length")}
        every = one.links | one.possible
        yield replace(one, links=every, possible=frozenset(), **lengths), replace(other, **lengths)


def _off_by_one(found: Sequence[Alignment], gold: Sequence[Alignment]) -> str:
    """Say when one file seems to count words from 1 and the other from 0."""
    here, there = (min((min(link) for one in file for link in one.links | one.possible), default=0)
                   for file in (found, gold))  # fmt: skip
    if len(gold) < _ENOUGH or here == there:
        return ""
    name, option = ("GOLD", "--one-indexed") if there else ("LINKS", "--links-one-indexed")
    return f"No link of {name} has a word 0: if that file counts words from 1, say {option}."


def _figures(rows: Sequence[AlignmentCounts]) -> dict[str, Any]:
    import numpy as np

    from projection.evaluation.alignment_error import AlignmentCounts
    from projection.evaluation.resampling import quantiles, resampled_sums

    total = sum(rows, AlignmentCounts())
    names = ("predicted", "sure", "predicted_sure", "predicted_possible")
    sums = resampled_sums([[getattr(row, name) for name in names] for row in rows] or [[0] * len(names)])
    right, size = sums[:, 2] + sums[:, 3], sums[:, 0] + sums[:, 1]
    low, high = quantiles(1 - np.divide(right, size, out=np.ones_like(size), where=size > 0))
    return {
        "alignment_error_rate": total.alignment_error_rate, "precision": total.precision, "recall": total.recall,
        "interval": {"low": low, "high": high, "level": 0.95}, "pairs": len(rows),
        **{name: getattr(total, name) for name in names},
    }  # fmt: skip


def _text(figures: dict[str, Any]) -> str:
    names = ("alignment_error_rate", "precision", "recall")
    row = (*(f"{figures[name]:.4f}" for name in names), figures["predicted"], figures["sure"])
    interval = figures["interval"]
    return "\n".join([
        table(("AER", "precision", "recall", "links", "sure in gold"), [row]),
        f"95 % interval of AER: {interval['low']:.4f} to {interval['high']:.4f}; {figures['pairs']} pairs",
        f"signature: {figures['signature']}",
    ])  # fmt: skip
