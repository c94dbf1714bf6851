"""`evaluate`: span scores of a labelled file against gold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from projection.cli.inputs import UNLABELLED, EncodingOption, RepairOption, open_document, say
from projection.cli.tables import table
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.evaluation.counts import Counts
    from projection.evaluation.resampling import Difference
    from projection.evaluation.scores import Scores

_TABLES = ("label", "length")


class MatchChoice(StrEnum):
    """What counts as found (see `evaluation.counts.MATCHES`)."""

    exact = "exact"
    type = "type"
    span = "span"
    partial = "partial"


def evaluate(
    predicted: Annotated[Path, typer.Argument(metavar="PREDICTED", help="The labelled file to score.")],
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="The same sentences, on the same words, with gold labels.")
    ],
    labels: Annotated[
        str | None, typer.Option(metavar="PER,ORG,LOC", help="Score these labels only; others count as no label.")
    ] = None,
    match: Annotated[
        MatchChoice,
        typer.Option(
            help="What counts as found. exact: same words and label; type: same label, a word in common; span: same "
            "words, any label; partial: a word in common, any label, a half unless the words are the same."
        ),
    ] = MatchChoice.exact,
    by: Annotated[
        str, typer.Option(metavar="label,length", help="The tables to show: label, length (words of the sentence).")
    ] = "label",
    against: Annotated[
        Path | None,
        typer.Option(help="Another prediction of the same sentences: is it better or worse, and could that be chance?"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Unrounded figures for programs.")] = False,
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Score PREDICTED against GOLD: precision, recall and F1 of labelled spans.

    The interval is the 95 % bootstrap interval over sentences. Gold sentences that PREDICTED leaves out
    are counted and their entities missed. With --against, the difference has two p-values: paired bootstrap
    (Koehn 2004) and approximate randomisation (Yeh 2000).

    \b
    Examples:
      projection evaluate out.conll gold.conll
      projection evaluate out.conll gold.conll --labels PER,ORG,LOC --match partial --json
      projection evaluate new.conll gold.conll --against old.conll --by label,length
    """
    from projection.evaluation.comparison import compare
    from projection.evaluation.resampling import difference
    from projection.evaluation.scores import figures_of

    shown = [name.strip() for name in by.split(",") if name.strip()]
    if strange := [name for name in shown if name not in _TABLES]:
        raise ConfigurationError(f"--by {strange[0]}: there are {', '.join(_TABLES)}.")
    paths = (predicted, gold) if against is None else (predicted, gold, against)
    documents = [open_document(path, repair=repair, encoding=encoding) for path in paths]
    for document in documents:
        if document.format in UNLABELLED:
            raise ConfigurationError(f"{document.name} has no labels to compare: give a CoNLL or JSONL file.")
    chosen = [label.strip() for label in labels.split(",") if label.strip()] if labels is not None else None
    if chosen == []:
        raise ConfigurationError("--labels is empty: name labels separated by commas, for example PER,ORG.")
    schemes = dict.fromkeys(document.scheme or "spans" for document in documents)
    settings = {"scheme": "/".join(schemes), "repair": repair.value if repair else None}
    reference = list(documents[1].iter_sentences())
    scored = [
        compare(document.iter_sentences(), reference, chosen, settings, match.value)
        for document in (documents[0], *documents[2:])
    ]
    if match in (MatchChoice.exact, MatchChoice.type):
        for label in (label for label in chosen or () if label not in scored[0].labels):
            say(f"Neither file has an entity with the label {label}.")
    apart = difference(scored[0].table, scored[1].table) if against is not None else None
    if as_json:
        found = scored[0].to_dict()
        if "length" in shown:
            found["lengths"] = {name: figures_of(counts) for name, counts in scored[0].by_length().items()}
        if apart is not None:
            found |= {"against": scored[1].to_dict(), "difference": apart.to_dict()}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    typer.echo(_text(scored[0], shown))
    if apart is not None:
        typer.echo(f"\nagainst {against}\n{_text(scored[1], shown)}\n\n{_said(apart)}")


def _text(scores: Scores, shown: Sequence[str]) -> str:
    parts = {"label": scores.labels, "length": scores.by_length()}
    tables = [
        table((name, "precision", "recall", "F1", "found", "predicted", "gold"),
              [*(_row(*item) for item in parts[name].items() if item[0]), _row("all", scores.overall)])
        for name in shown
    ]  # fmt: skip
    interval = scores.interval()
    missing = f", {scores.missing} of them missing in the prediction" if scores.missing else ""
    return "\n".join([
        "\n\n".join(tables),
        f"95 % interval of F1: {interval.low:.4f} to {interval.high:.4f}; {len(scores.rows)} sentences{missing}",
        f"signature: {scores.signature}",
    ])  # fmt: skip


def _row(name: str, counts: Counts) -> tuple[Any, ...]:
    rates = (f"{value:.4f}" for value in (counts.precision, counts.recall, counts.f1))
    return name, *rates, *(f"{value:g}" for value in (counts.found, counts.predicted, counts.gold))


def _said(apart: Difference) -> str:
    return (
        f"difference of F1: {apart.value:+.4f}, 95 % interval {apart.low:+.4f} to {apart.high:+.4f}; "
        f"p {apart.bootstrap:.4f} by paired bootstrap, {apart.randomisation:.4f} by approximate randomisation "
        f"({apart.samples} samples, seed {apart.seed})"
    )
