"""`convert`: the same sentences in another format or label scheme."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from projection.cli.inputs import EncodingOption, RepairOption, UnitsOption, open_document, say
from projection.cli.outputs import all_written, check_outputs
from projection.errors import ConfigurationError


class Format(StrEnum):
    """Formats that can be written."""

    conll2002 = "conll2002"
    conll2003 = "conll2003"
    conllu = "conllu"
    jsonl = "jsonl"


class Scheme(StrEnum):
    """Label schemes that can be written."""

    iob1 = "iob1"
    iob2 = "iob2"
    bioes = "bioes"


def convert(
    input: Annotated[Path, typer.Argument(metavar="INPUT", help="A file in any format the project reads.")],
    to: Annotated[Format, typer.Option(help="Format of the output.")],
    output: Annotated[Path, typer.Option(help="Where the sentences go.")],
    scheme: Annotated[
        Scheme | None, typer.Option(help="Label scheme; by default that of INPUT if the format stays, else iob2.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of plain text, to find its words and sentences.")] = "und",
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
    input_units: UnitsOption = None,
) -> None:
    """Write INPUT in another format or label scheme.

    Where the format stays, comments, ids, further columns and line endings stay as well.

    \b
    Examples:
      projection convert train.conll --to conll2003 --scheme bioes --output train.bioes
      projection convert dev.iob2 --to jsonl --output dev.jsonl
    """
    from projection.text.documents import write_sentences

    if scheme and to is Format.jsonl:
        raise ConfigurationError("JSONL holds spans, not labels: leave --scheme out.")
    check_outputs((output,), (input,))
    document = open_document(input, language=language, repair=repair, units=input_units, encoding=encoding)
    with all_written(output) as (stream,):
        if document.format == to:
            repaired = (sentence.entities for sentence in document.iter_sentences()) if repair else None
            document.write(stream, repaired, scheme.upper() if scheme else None)
        elif to is Format.jsonl:
            write_sentences(stream, document.iter_pairs(), to)
        else:
            if document.has_pairs:
                say(f"{to} holds one text per sentence: only the first of each pair is written.")
            write_sentences(stream, document.iter_sentences(), to, (scheme or Scheme.iob2).upper())
