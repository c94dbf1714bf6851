"""`label`: entities of a text, by a recognizer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.failures import Failures
from projection.cli.inputs import UNLABELLED, EncodingOption, UnitsOption, check_single, open_document
from projection.cli.needs import rehearse
from projection.cli.options import OptionOption, parse_options
from projection.cli.outputs import all_written, check_outputs, progress_bar
from projection.errors import ConfigurationError, ModelUnavailable

if TYPE_CHECKING:
    from projection.protocols import Recognizer
    from projection.text.documents import Document
    from projection.types import Entity, Sentence

_CHUNK = 64


def label(
    input: Annotated[Path, typer.Argument(metavar="INPUT", help="Text in any format; labels it has are replaced.")],
    language: Annotated[str, typer.Option(help="Its language, for example en.")],
    output: Annotated[Path, typer.Option(help="Where the labelled sentences go.")],
    recognizer: Annotated[str | None, typer.Option(help="Recognizer, or a Hugging Face name or folder.")] = None,
    option: OptionOption = None,
    encoding: EncodingOption = "utf-8",
    input_units: UnitsOption = None,
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Find the entities of INPUT.

    --output has the format of INPUT if that holds labels, else tab-separated CoNLL-2002.

    \b
    Examples:
      projection label news.txt --language en --output news.conll
      projection label test.de.conll --language de --recognizer xlm-r-conll03 --output labelled.de.conll
    """
    from projection import registry

    check_outputs((output,), (input,))
    name, options = _choose(language, recognizer, option)
    document = open_document(input, language=language, units=input_units, encoding=encoding, labels=False)
    check_single(document, "the INPUT of label")
    model = registry.create("recognizer", name, **options)
    rehearse("recognizer", model, language)
    failures = Failures()
    with all_written(output) as (stream,), progress_bar(document.sentence_count, progress) as bar:
        results = _labelled(document, model, failures, bar)
        if document.format in UNLABELLED:
            from projection.text.documents import write_sentences

            written = (sentence.with_entities(entities) for sentence, entities in results if sentence.tokens)
            write_sentences(stream, written)
        else:
            document.write(stream, (entities for _, entities in results))
    if code := failures.tell():
        raise typer.Exit(code)


def _choose(language: str, recognizer: str | None, option: list[str] | None) -> tuple[str, dict]:
    from projection.models.catalogue import availability
    from projection.settings import defaults_for
    from projection.text.languages import normalise

    name = recognizer or defaults_for(normalise(language), "und").recognizer
    if name == "given":
        raise ConfigurationError(
            "label needs a recognizer, and `given` is none: name one with --recognizer "
            "(see `python -m projection models`)."
        )
    state = availability("recognizer", name)
    if not state.ready:
        raise ModelUnavailable(f"The recognizer {name} cannot run here. {state.message}")
    return name, parse_options(option, [("recognizer", "recognizer", name)]).get("recognizer", {})


def _labelled(
    document: Document, recognizer: Recognizer, failures: Failures, bar
) -> Iterator[tuple[Sentence, tuple[Entity, ...]]]:
    """Yield each sentence with its entities, none for a sentence that failed."""
    from projection.pipeline import Resources, Task
    from projection.pipeline.stages import StageRun, Work

    stage = StageRun(
        "recognition",
        "recognizer",
        lambda: recognizer,
        lambda model, works: model.recognize([work.source for work in works]),
        id,
    )
    sentences = document.iter_sentences("ignore")
    number = 0
    while chunk := [Work.on(Task(sentence)) for sentence in islice(sentences, _CHUNK)]:
        found = dict(stage.over(chunk, Resources(results=0)))
        for work in chunk:
            number += 1
            failures.add(str(number), str(work.error) if work.error else None)
            yield work.source, found.get(work, ())
        bar.update(len(chunk))
