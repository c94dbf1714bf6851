"""`align`: word links between two files."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.failures import Failures
from projection.cli.inputs import EncodingOption, Unit, check_same_count, check_single, open_document, say
from projection.cli.needs import rehearse
from projection.cli.outputs import all_written, check_outputs, progress_bar
from projection.errors import ModelUnavailable

if TYPE_CHECKING:
    from projection.text.documents import Document
    from projection.types import Alignment

_CHUNK = 64


class Extraction(StrEnum):
    """How links are read off the similarities."""

    argmax = "argmax"
    itermax = "itermax"
    match = "match"
    softmax = "softmax"
    entmax = "entmax"


class Compared(StrEnum):
    """What is compared."""

    subword = "subword"
    word = "word"


def align(
    source: Annotated[Path, typer.Option(help="Tokenised text, one sentence per line, or any CoNLL format.")],
    target: Annotated[Path, typer.Option(help="Its translation, as many sentences.")],
    output: Annotated[Path, typer.Option(help="Where the links go: Pharaoh format, one line per pair, from 0.")],
    encoder: Annotated[str, typer.Option(metavar="NAME_OR_PATH", help="Registered, Hugging Face name, or folder.")] = (
        "e5-small"
    ),
    layer: Annotated[int | None, typer.Option(help="Layer of the encoder; by default its best one.")] = None,
    extraction: Annotated[Extraction, typer.Option(help="How links are read off the similarities.")] = (
        Extraction.itermax
    ),
    unit: Annotated[Compared, typer.Option(help="Compare sub-words, then collapse to words; or words.")] = (
        Compared.subword
    ),
    encoding: EncodingOption = "utf-8",
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Link the words of two files, sentence by sentence.

    Words are separated by U+0020 in plain text. A pair without links has an empty line.

    \b
    Examples:
      projection align --source news.en.txt --target news.de.txt --output news.pharaoh
      projection align --source a.conll --target b.conll --encoder google-bert/bert-base-multilingual-cased \\
                 --layer 8 --extraction softmax --output links.pharaoh
    """
    from projection import registry
    from projection.models.catalogue import availability

    check_outputs((output,), (source, target))
    name = f"{encoder}:{extraction}"
    state = availability("aligner", name)
    if not state.ready:
        raise ModelUnavailable(f"The encoder {encoder} cannot run here. {state.message}")
    options = {"unit": str(unit)} | ({"layer": layer} if layer is not None else {})
    aligner = registry.create("aligner", name, **options)
    documents = [open_document(path, units=Unit.tokens, encoding=encoding, labels=False) for path in (source, target)]
    for document in documents:
        check_single(document, "each file to align")
    check_same_count(*documents)
    rehearse("aligner", aligner)
    failures = Failures()
    with all_written(output) as (stream,), progress_bar(documents[0].sentence_count, progress) as bar:
        for line in _links(aligner, *documents, failures):
            stream.write(f"{line}\n".encode())
            bar.update()
    for notice in getattr(aligner, "notices", ()):
        say(notice)
    say(f"signature: {aligner.signature}")
    if code := failures.tell():
        raise typer.Exit(code)


def _links(aligner, source: Document, target: Document, failures: Failures) -> Iterator[str]:
    """Yield the Pharaoh line of each pair, an empty one for a pair that failed."""
    from projection.pipeline import Resources, Task
    from projection.pipeline.stages import StageRun, Work
    from projection.text.pharaoh import format_line

    def links(model, works: list[Work]) -> list[tuple[Alignment, tuple[str, ...]]]:
        pairs = [(work.source, work.target) for work in works]
        if not hasattr(model, "similarities"):
            return [(alignment, ()) for alignment in model.align(pairs)]
        return [(model.links(similarity), similarity.warnings) for similarity in model.similarities(pairs)]

    stage = StageRun("alignment", "aligner", lambda: aligner, links, id)
    pairs = zip(source.iter_sentences("ignore"), target.iter_sentences("ignore"), strict=True)
    number = 0
    while chunk := [Work.on(Task(*pair)) for pair in islice(pairs, _CHUNK)]:
        found = dict(stage.over(chunk, Resources(results=0)))
        for work in chunk:
            number += 1
            alignment, warnings = found.get(work, (None, ()))
            failures.add(str(number), str(work.error) if work.error else None, warnings)
            yield format_line(alignment) if alignment else ""
