"""Opening the files a command names, and saying on stderr what they were taken for."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.errors import ConfigurationError, FormatError
from projection.text.records import UNLABELLED

if TYPE_CHECKING:
    from projection.text.documents import Document
    from projection.types import Sentence

_SAMPLE = 500
_PROBLEMS_SHOWN = 5
_ATTACHED = re.compile(r"\w[,;:!?](?= |$)|\w\.$|[，；：！？、。।]")
_APART = re.compile(r"(?:^| )[,;:!?.，；：！？、。।](?= |$)")


class Repair(StrEnum):
    """Rules for illegal label sequences."""

    conlleval = "conlleval"
    discard = "discard"


class Scheme(StrEnum):
    """Label schemes."""

    iob1 = "iob1"
    iob2 = "iob2"
    bioes = "bioes"
    bilou = "bilou"


class Unit(StrEnum):
    """What a line of plain text is."""

    text = "text"
    lines = "lines"
    tokens = "tokens"


RepairOption = Annotated[
    Repair | None,
    typer.Option(help="Rule for illegal label sequences: a stray I- starts an entity, or is no entity."),
]
EncodingOption = Annotated[str, typer.Option(help="Character encoding of the input files.")]
UnitsOption = Annotated[
    Unit | None,
    typer.Option(
        "--input-units",
        help="What a line of a plain INPUT is: running text to split, one sentence, or words separated by spaces. "
        "Found out and said when not given.",
    ),
]


def open_document(
    path: Path,
    *,
    language: str = "und",
    target_language: str = "und",
    repair: Repair | None = None,
    scheme: Scheme | None = None,
    units: Unit | None = None,
    parallel: bool = False,
    encoding: str = "utf-8",
    labels: bool = True,
) -> Document:
    """Read a file, describe it on stderr and refuse what would have to be left out.

    `units` None lets plain text be split into sentences or, where another file runs `parallel` to
    it, be a sentence per line. `labels` says whether its labels are going to be used. Raises
    FormatError at the first line that cannot be read, or whose labels are illegal and not covered by
    `repair`.
    """
    from projection.text.documents import read

    told = {"language": language, "target_language": target_language, "repair": repair, "encoding": encoding}
    told |= {"scheme": scheme.upper() if scheme else None}
    document = read(path, units=Unit.lines, **told)  # as lines, it costs least to find out what it is
    if document.format == "plain" and units is None:
        units = plain_units(path, encoding) if parallel else Unit.text
    if document.format in UNLABELLED and units != Unit.lines:
        document = read(path, units=units, **told)
    say(f"{path}: {document.description}")
    _check_problems(document, labels)
    return document


def _check_problems(document: Document, labels: bool) -> None:
    for problem in document.problems:
        unusable = problem.kind in ("columns", "json", "text", "link")
        if unusable or (labels and problem.kind == "label" and not problem.repaired_by):
            more = f" ({document.problem_count - 1} more)" if document.problem_count > 1 else ""
            remedy = "Correct the file." if unusable else "Name a rule with --repair, or correct the file."
            told = f"{problem.message.removesuffix('.')}{more}."
            raise FormatError(told, path=problem.path or document.name, line=problem.line, remedy=remedy)
    if labels:
        for problem in document.problems[:_PROBLEMS_SHOWN]:
            say(f"  {problem}")
        if document.problem_count > _PROBLEMS_SHOWN:
            say(f"  and {document.problem_count - _PROBLEMS_SHOWN} more")


def plain_units(path: Path, encoding: str) -> Unit:
    """Say whether the lines of a plain text are tokenised, by the punctuation in its first lines."""
    from projection.text.lines import TextSource

    source = TextSource(path, str(path), encoding)
    source.check()
    attached = apart = 0
    for line in islice(source.lines(), _SAMPLE):
        attached += len(_ATTACHED.findall(line.text.rstrip(" ")))
        apart += len(_APART.findall(line.text.rstrip(" ")))
    return Unit.tokens if apart > attached else Unit.lines


def check_same_count(first: Document, second: Document) -> None:
    """Raise FormatError, naming both counts and the first sentence without a counterpart, if they differ."""
    if first.sentence_count == second.sentence_count:
        return
    longer, shorter = sorted((first, second), key=lambda document: -document.sentence_count)
    alone: Sentence = next(islice(longer.iter_sentences("ignore"), shorter.sentence_count, None))
    beginning = " ".join(alone.words[:6])
    raise FormatError(
        f"{first.name} has {first.sentence_count} sentences, but {second.name} has {second.sentence_count}; the first "
        f"without a counterpart is sentence {shorter.sentence_count + 1} of {longer.name} (“{beginning}…”).",
        path=longer.name,
        line=alone.provenance.line if alone.provenance else None,
        remedy="Give one line or sentence for each sentence of the other file.",
    )


def check_single(document: Document, what: str) -> None:
    """Raise ConfigurationError when a file that should hold one side holds pairs."""
    if document.has_pairs:
        raise ConfigurationError(f"{document.name} holds pairs of sentences, but {what} holds one text per sentence.")


def say(message: str) -> None:
    """Tell the user something on stderr; stdout is for results."""
    typer.echo(message, err=True)
