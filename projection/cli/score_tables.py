"""What `evaluate` prints of a prediction: tables for people, figures for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from projection.cli.tables import table
from projection.evaluation.comparison import Comparison
from projection.evaluation.counts import Counts, Match
from projection.evaluation.errors import KINDS
from projection.evaluation.resampling import Difference
from projection.evaluation.scores import Scores, figures_of

TABLES = ("label", "length", "language", "kind")


def figures(comparison: Comparison, method: str, match: Match, shown: Sequence[str]) -> dict[str, Any]:
    """Return what --json prints of one prediction, with the tables `shown` that are not always there."""
    scores = comparison.scores(method, match)
    found = scores.to_dict() | {"preparation": comparison.to_dict(method)}
    if "length" in shown:
        found["lengths"] = {name: figures_of(counts) for name, counts in scores.by_length().items()}
    if "language" in shown:
        found["languages"] = {name: figures_of(counts) for name, counts in scores.by_language().items()}
    if "kind" in shown:
        found["kinds"] = comparison.kinds(method)
    return found


def text(comparison: Comparison, method: str, match: Match, shown: Sequence[str]) -> str:
    """Return the tables `shown` of one prediction, its interval, what was done before scoring, and the signature."""
    scores = comparison.scores(method, match)
    interval = scores.interval()
    missing = f", {scores.missing} of them missing in the prediction" if scores.missing else ""
    return "\n".join([
        "\n\n".join(_kinds(comparison, method) if name == "kind" else _counts(name, scores) for name in shown),
        f"95 % interval of F1: {interval.low:.4f} to {interval.high:.4f}; {len(scores.rows)} sentences{missing}",
        *comparison.said(method),
        f"signature: {scores.signature}",
    ])  # fmt: skip


def _counts(name: str, scores: Scores) -> str:
    parts = {"label": scores.labels, "length": scores.by_length(), "language": scores.by_language()}[name]
    return table((name, "precision", "recall", "F1", "found", "predicted", "gold"),
                 [*(_row(*item) for item in parts.items() if item[0]), _row("all", scores.overall)])  # fmt: skip


def _kinds(comparison: Comparison, method: str) -> str:
    counts = comparison.kinds(method)
    rows = [(kind, count, KINDS[kind]) for kind, count in counts.items()]
    return table(("kind", "mistakes", "what it is"), [*rows, ("all", sum(counts.values()), "")])


def _row(name: str, counts: Counts) -> tuple[Any, ...]:
    rates = (f"{value:.4f}" for value in (counts.precision, counts.recall, counts.f1))
    return name, *rates, *(f"{value:g}" for value in (counts.found, counts.predicted, counts.gold))


def said(apart: Difference) -> str:
    """Say how far two predictions are apart, and whether that could be chance."""
    return (
        f"difference of F1: {apart.value:+.4f}, 95 % interval {apart.low:+.4f} to {apart.high:+.4f}; "
        f"p {apart.bootstrap:.4f} by paired bootstrap, {apart.randomisation:.4f} by approximate randomisation "
        f"({apart.samples} samples, seed {apart.seed})"
    )
