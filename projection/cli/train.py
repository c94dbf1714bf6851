"""`train-generator`: a generator for t-projection, trained on labelled sentences."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.inputs import EncodingOption, RepairOption, say
from projection.cli.tables import table
from projection.cli.training import StepBar, read_labelled

if TYPE_CHECKING:
    from projection.models.filler_training import Trained, TrainingSettings

_NAME = "train-generator"


class Optimizer(StrEnum):
    """What moves the weights."""

    adafactor = "adafactor"
    adamw = "adamw"


class Precision(StrEnum):
    """Numbers to train in."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"


def train_generator(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="Labelled sentences, in any format.")],
    output: Annotated[Path, typer.Option(help="A new folder for the generator.")],
    model: Annotated[str, typer.Option(help="The model to start from: any encoder-decoder.")] = "google/mt5-small",
    language: Annotated[str, typer.Option(help="Language of DATA, for example en.")] = "und",
    held_out: Annotated[float, typer.Option(help="Share of the sentences to measure on.", min=0, max=0.9)] = 0.1,
    validation: Annotated[Path | None, typer.Option(help="Labelled sentences to measure on instead.")] = None,
    names: Annotated[str, typer.Option(help="What labels mean, in words: DNA=Gene,RNA=Messenger.")] = "",
    epochs: Annotated[int, typer.Option(help="Times each sentence is seen.", min=1)] = 4,
    batch: Annotated[int, typer.Option(help="Sentences per step.", min=1)] = 8,
    learning_rate: Annotated[float, typer.Option(help="The greatest learning rate.")] = 1e-4,
    warm_up: Annotated[int, typer.Option(help="Steps to reach it; at most a tenth of all.", min=0)] = 500,
    optimizer: Annotated[Optimizer, typer.Option(help="Adafactor needs least memory.")] = Optimizer.adafactor,
    max_length: Annotated[int, typer.Option(help="Longer sentences (in sub-words) are left out.", min=8)] = 256,
    beams: Annotated[int, typer.Option(help="Answers per sentence when it is measured.", min=1)] = 15,
    seed: Annotated[int, typer.Option(help="Decides the order and what is held out.", min=0)] = 0,
    device: Annotated[str, typer.Option(help="auto takes a GPU when there is one; cpu, cuda, mps.")] = "auto",
    precision: Annotated[Precision, typer.Option(help="auto: bfloat16 on a GPU, else float32.")] = Precision.auto,
    save_every: Annotated[int, typer.Option(help="Steps from one checkpoint to the next.", min=1)] = 500,
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Train a generator for the method t-projection on the labels of DATA.

    The defaults are those of García-Ferrero et al. (2023). A training that was stopped goes on when the same
    command is given again. The folder has a card with its settings and scores.

    \b
    Examples:
      projection train-generator train.en.conll --language en --output generator
      projection project dev.en.conll --target dev.de.txt --source-language en --target-language de \\
        --method t-projection --option t-projection.generator=generator --translator nllb --output dev.de.conll
    """
    from projection.models.filler_training import TrainingSettings, train_filler
    from projection.models.span_filler import CARD
    from projection.models.training import check_output
    from projection.projectors.slots import parse_names

    settings = TrainingSettings(
        model=model, epochs=epochs, batch=batch, learning_rate=learning_rate, warm_up=warm_up,
        optimizer=optimizer.value, max_length=max_length, seed=seed, beams=beams, device=device,
        precision=precision.value, save_every=save_every,
    )  # fmt: skip
    check_output(output, CARD, "generator")
    named = parse_names(names)
    sentences = read_labelled(data, language, repair, encoding, _NAME)
    measured = held_out if validation is None else read_labelled([validation], language, repair, encoding, _NAME)
    files = ", ".join(path.name for path in data) + (f"; measured on {validation.name}" if validation else "")
    with StepBar(progress) as bar:
        trained = train_filler(sentences, output, settings, held_out=measured, names=named, listener=bar.step,
                               tell=say, data=files)  # fmt: skip
    typer.echo(_report(output, settings, trained))


def _report(output: Path, settings: TrainingSettings, trained: Trained) -> str:
    rows: list[tuple[str, str]] = [
        ("generator", str(output)),
        ("steps", str(trained.steps)),
        ("loss of the last epoch", f"{trained.loss:.4f}"),
    ]
    if trained.scores:
        scores = trained.scores
        rows += [
            ("held-out slots", str(scores.slots)),
            ("right in the first answer", f"{scores.first:.1%}"),
            (f"right in any of {scores.beams}", f"{scores.any_beam:.1%}"),
            ("strings that are in the text", f"{scores.in_text:.1%}"),
        ]
    return f"{table(('', ''), rows)}\nsignature: {settings.signature(trained.material)}"
