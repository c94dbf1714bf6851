"""`evaluate`: span scores of a labelled file against gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.inputs import UNLABELLED, EncodingOption, RepairOption, open_document, say
from projection.cli.tables import table
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.evaluation.scores import Scores


def evaluate(
    predicted: Annotated[Path, typer.Argument(metavar="PREDICTED", help="The labelled file to score.")],
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="The same sentences, on the same words, with gold labels.")
    ],
    labels: Annotated[
        str | None, typer.Option(metavar="PER,ORG,LOC", help="Score these labels only; others count as no label.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Unrounded figures for programs.")] = False,
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Score PREDICTED against GOLD: precision, recall and F1 of exact spans with labels.

    The interval is the 95 % bootstrap interval over sentences. Gold sentences that PREDICTED leaves out
    are counted and their entities missed.

    \b
    Examples:
      projection evaluate out.conll gold.conll
      projection evaluate out.conll gold.conll --labels PER,ORG,LOC --json
    """
    from projection.evaluation.comparison import compare

    documents = [open_document(path, repair=repair, encoding=encoding) for path in (predicted, gold)]
    for document in documents:
        if document.format in UNLABELLED:
            raise ConfigurationError(f"{document.name} has no labels to compare: give a CoNLL or JSONL file.")
    chosen = [label.strip() for label in labels.split(",") if label.strip()] if labels is not None else None
    if chosen == []:
        raise ConfigurationError("--labels is empty: name labels separated by commas, for example PER,ORG.")
    schemes = dict.fromkeys(document.scheme or "spans" for document in documents)
    settings = {"scheme": "/".join(schemes), "repair": repair.value if repair else None}
    scores = compare(documents[0].iter_sentences(), documents[1].iter_sentences(), chosen, settings)
    for label in chosen or ():
        if label not in scores.labels:
            say(f"Neither file has an entity with the label {label}.")
    if as_json:
        typer.echo(json.dumps(scores.to_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(_text(scores))


def _text(scores: Scores) -> str:
    rows = [
        (name, *(f"{value:.4f}" for value in (counts.precision, counts.recall, counts.f1)), counts.found,
         counts.predicted, counts.gold)
        for name, counts in [*scores.labels.items(), ("all", scores.overall)]
    ]  # fmt: skip
    interval = scores.interval()
    missing = f", {scores.missing} of them missing in the prediction" if scores.missing else ""
    return "\n".join([
        table(("label", "precision", "recall", "F1", "found", "predicted", "gold"), rows),
        f"95 % interval of F1: {interval.low:.4f} to {interval.high:.4f}; {len(scores.rows)} sentences{missing}",
        f"signature: {scores.signature}",
    ])  # fmt: skip
