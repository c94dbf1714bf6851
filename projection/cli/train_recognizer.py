"""`train-recognizer`: a recognizer of your labels and languages, trained on labelled sentences."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.inputs import EncodingOption, RepairOption, say
from projection.cli.tables import table
from projection.cli.training import StepBar, read_labelled
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.models.recognizer_training import TrainedRecognizer

_NAME = "train-recognizer"


def train_recognizer(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="Labelled sentences, in any format.")],
    output: Annotated[Path, typer.Option(help="A new folder for the recognizer.")],
    model: Annotated[
        str,
        typer.Option(
            help="What to begin with: e5-ner, the recognizer in the box, or the folder of another one; "
            "e5-small, the encoder in the box; or any Hugging Face encoder or folder."
        ),
    ] = "e5-ner",
    language: Annotated[
        str,
        typer.Option(help="Language of all files, for example sw; or of each of DATA and then of --validation: en,sw."),
    ] = "und",
    held_out: Annotated[float, typer.Option(help="Share of the sentences to measure on.", min=0, max=0.9)] = 0.1,
    validation: Annotated[
        list[Path] | None, typer.Option(help="Labelled sentences to measure on instead; may be repeated.")
    ] = None,
    labels: Annotated[str, typer.Option(help="Labels to learn, as PER,ORG,LOC; others count as outside.")] = "",
    epochs: Annotated[
        int | None,
        typer.Option(help="Times each sentence is seen in a run; by default 4, more of few sentences.", min=1),
    ] = None,
    batch: Annotated[int, typer.Option(help="Sentences per step.", min=1)] = 16,
    learning_rate: Annotated[
        float | None, typer.Option(help="The greatest learning rate: 1e-3 for adapters, 3e-5 for whole encoders.")
    ] = None,
    weight_decay: Annotated[float, typer.Option(help="Of AdamW.", min=0)] = 0.01,
    warm_up: Annotated[int, typer.Option(help="Steps to reach the rate; at most a tenth of a run.", min=0)] = 100,
    dropout: Annotated[float, typer.Option(help="In the adapters and before the head.", min=0, max=0.9)] = 0.1,
    layer: Annotated[
        int | None,
        typer.Option(
            help="Adapters sit above this layer of e5-small; by default 7, or as in the recognizer begun with.",
            min=0,
            max=11,
        ),
    ] = None,
    last_layer: Annotated[
        int | None,
        typer.Option(
            help="The last layer of e5-small that is run; fewer are faster; by default 12, or as in that begun with.",
            min=1,
            max=12,
        ),
    ] = None,
    rank: Annotated[
        int | None, typer.Option(help="Of the adapters; by default 32, or as in the one begun with.", min=1)
    ] = None,
    alpha: Annotated[float | None, typer.Option(help="Adapters count alpha / rank; by default twice the rank.")] = None,
    recased: Annotated[
        float, typer.Option(help="Share of sentences that is also learned in other case.", min=0, max=0.9)
    ] = 0.0,
    swapped: Annotated[
        float,
        typer.Option(
            help="Share of sentences that is also learned with names of others, in all languages.", min=0, max=0.9
        ),
    ] = 0.0,
    runs: Annotated[
        int,
        typer.Option(
            help="Train so often from the same recognizer, and take the mean of the weights: slower, a little better.",
            min=1,
        ),
    ] = 1,
    max_length: Annotated[int, typer.Option(help="Longer sentences (in sub-words) are left out.", min=8)] = 256,
    seed: Annotated[
        int,
        typer.Option(
            help="Decides the order and what is held out; further runs have the orders of the next seeds.", min=0
        ),
    ] = 0,
    device: Annotated[str, typer.Option(help="auto takes a GPU when there is one; cpu, cuda, mps.")] = "auto",
    save_every: Annotated[int, typer.Option(help="Steps from one checkpoint to the next.", min=1)] = 500,
    licence: Annotated[str, typer.Option(help="What the card says may be done with the recognizer.")] = "",
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Train a recognizer on the labels of DATA, for example on projections you have corrected.

    From e5-ner or e5-small it becomes an adapter of a few megabytes, on a laptop in minutes; from another encoder a
    whole model. Begin with e5-ner unless you have thousands of sentences. Use the folder wherever a recognizer is
    named. A training that was stopped goes on when the same command is given again. The folder has a card with its
    settings and scores.

    \b
    Examples:
      projection train-recognizer corrected.conll --language sw --output my-recognizer
      projection label new.txt --language sw --recognizer my-recognizer --output new.conll
      projection train-recognizer corrected.conll --language sw --model e5-small --output all-my-own
      projection train-recognizer corrected.conll --model FacebookAI/xlm-roberta-base --output my-xlm-r
    """
    from projection.models.adapted import CARD
    from projection.models.recognizer_training import RecognizerSettings
    from projection.models.recognizer_training import train_recognizer as train
    from projection.models.training import check_output

    settings = RecognizerSettings(
        model=model, layer=layer, last_layer=last_layer, rank=rank, alpha=alpha, dropout=dropout, epochs=epochs,
        batch=batch, learning_rate=learning_rate, weight_decay=weight_decay, warm_up=warm_up, max_length=max_length,
        recased=recased, swapped=swapped, runs=runs, seed=seed, device=device, save_every=save_every,
    )  # fmt: skip
    check_output(output, CARD, "recognizer")
    apart = validation or []
    codes = _languages(language, len(data) + len(apart))
    pairs = zip([*data, *apart], codes, strict=True)
    files_read = [read_labelled([path], code, repair, encoding, _NAME) for path, code in pairs]
    given = [*chain.from_iterable(files_read[: len(data)])]
    measured = [*chain.from_iterable(files_read[len(data) :])] if apart else held_out
    files = ", ".join(path.name for path in data)
    if apart:
        files += f"; measured on {', '.join(path.name for path in apart)}"
    wanted = [label.strip() for label in labels.split(",") if label.strip()]
    with StepBar(progress) as bar:
        trained = train(given, output, settings, held_out=measured, labels=wanted, listener=bar.step,
                        reading=bar.reading, tell=say, data=files, licence=licence)  # fmt: skip
    typer.echo(_report(output, trained))


def _languages(language: str, files: int) -> list[str]:
    """Return one code for each file. Raises ConfigurationError for another number of codes."""
    codes = [code.strip() for code in language.split(",") if code.strip()]
    if len(codes) == 1:
        return codes * files
    if len(codes) != files:
        raise ConfigurationError(
            f"--language names {len(codes)} languages for {files} files: give one for all, or one for each of DATA and "
            "then of --validation."
        )
    return codes


def _report(output: Path, trained: TrainedRecognizer) -> str:
    rows: list[tuple[str, str]] = [
        ("recognizer", str(output)),
        ("labels", ", ".join(trained.material.labels)),
        ("trained parameters", f"{trained.parameters:,}"),
        ("steps", str(trained.steps)),
        ("loss of the last epoch", f"{trained.loss:.4f}"),
    ]
    if trained.scores:
        overall, interval = trained.scores.overall, trained.scores.interval()
        rows += [
            ("held-out sentences", str(len(trained.scores.rows))),
            ("precision", f"{overall.precision:.3f}"),
            ("recall", f"{overall.recall:.3f}"),
            ("F1", f"{overall.f1:.3f} ({interval.low:.3f}\u2013{interval.high:.3f})"),
        ]
    if trained.calibration:
        one = trained.calibration
        rows.append(("calibration error", f"{one.after:.4f} (raw {one.before:.4f})"))
    return f"{table(('', ''), rows)}\nsignature: {trained.signature}"
