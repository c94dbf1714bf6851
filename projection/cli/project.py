"""`project`: from a file of sentences to the same sentences in another language, with labels."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from projection.cli.corpus import Corpus, results, write
from projection.cli.failures import Failures
from projection.cli.inputs import (
    EncodingOption,
    RepairOption,
    Unit,
    UnitsOption,
    check_same_count,
    check_single,
    open_document,
    say,
)
from projection.cli.needs import Needs
from projection.cli.options import OptionOption, parse_options
from projection.cli.outputs import all_written, check_outputs, progress_bar
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.pipeline import Setup


class Direction(StrEnum):
    """Which side is given."""

    translate_train = "translate-train"
    translate_test = "translate-test"


def project(
    input: Annotated[Path, typer.Argument(metavar="INPUT", help="The given text, in any format the project reads.")],
    source_language: Annotated[str, typer.Option(help="The side the entities come from, for example en.")],
    target_language: Annotated[str, typer.Option(help="The side that receives labels, for example de.")],
    output: Annotated[Path, typer.Option(help="Where the labelled target sentences go.")],
    target: Annotated[
        Path | None,
        typer.Option(
            help="translate-train: the translation of INPUT, tokenised text or CoNLL. Its labels are ignored."
        ),
    ] = None,
    translation: Annotated[
        Path | None,
        typer.Option(help="translate-test: INPUT in the source language. Its labels are used if it has them."),
    ] = None,
    direction: Annotated[Direction, typer.Option(help="Which side INPUT is.")] = Direction.translate_train,
    method: Annotated[
        str | None, typer.Option(help="Projection method, or METHOD:PRESET; see the command methods.")
    ] = None,
    translator: Annotated[str | None, typer.Option(help="Translator; see the command models.")] = None,
    recognizer: Annotated[str | None, typer.Option(help="Recognizer of entities, or a Hugging Face name.")] = None,
    target_recognizer: Annotated[
        str | None, typer.Option(help="Recognizer of the target language, for the methods that ask for one.")
    ] = None,
    aligner: Annotated[str | None, typer.Option(help="ENCODER:EXTRACTION, for example e5-small:itermax.")] = None,
    option: OptionOption = None,
    links: Annotated[Path | None, typer.Option(help="Also write the word links, Pharaoh format.")] = None,
    report: Annotated[Path | None, typer.Option(help="Also write all that is known of each sentence, JSONL.")] = None,
    repair: RepairOption = None,
    encoding: EncodingOption = "utf-8",
    input_units: UnitsOption = None,
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Label INPUT or take its labels, translate it, and project the labels onto the translation.

    translate-train (default): INPUT is the source text. Its labels are used if it has any, else the
    recognizer labels it; --target is its translation, else the translator makes one.

    translate-test: INPUT is the target text and its labels are ignored; it is translated to the source
    language (or --translation is taken), labelled there, and the labels are projected back onto it.

    --output has one sentence for every sentence of INPUT, in the format of the target file if that
    holds labels, else in tab-separated CoNLL-2002. A sentence that failed has no labels; one without
    any target text is the single word "_".

    \b
    Examples:
      projection project news.en.txt --source-language en --target-language pt --output news.pt.conll
      projection project train.en.conll --target train.de.txt --source-language en --target-language de \\
                 --output train.de.conll --links train.pharaoh --report train.jsonl
      projection project test.pt.txt --direction translate-test --source-language en --target-language pt \\
                 --method heuristic --option gap=1 --output test.pt.conll
    """
    from projection.pipeline import Resources, unfamiliar

    forward = direction is Direction.translate_train
    if target and not forward:
        raise ConfigurationError(
            "translate-test takes no --target, INPUT is the target: name its translation --translation."
        )
    if translation and forward:
        raise ConfigurationError("translate-train takes no --translation: name the translation of INPUT --target.")
    check_outputs((output, links, report), (input, target, translation))
    chosen = {"translator": translator, "recognizer": recognizer, "target_recognizer": target_recognizer,
              "aligner": aligner, "methods": (method,) if method else None}  # fmt: skip
    setup = _setup(source_language, target_language, direction, chosen, option)
    corpus = _open(setup, input, target or translation, forward, repair, encoding, input_units)
    needs = Needs.of(setup, corpus, links is not None)
    setup = needs.without_the_rest(setup)
    resources = Resources(results=0)  # a corpus is read once: nothing would be asked for again
    needs.check(setup, resources)
    if doubt := unfamiliar(setup):
        say(doubt)
    failures = Failures()
    with (
        all_written(output, links, report) as (output_stream, links_stream, report_stream),
        progress_bar(corpus.document.sentence_count, progress) as bar,
    ):
        outcomes = results(setup, corpus, resources, failures, links_stream, report_stream, bar)
        write(output_stream, corpus.sink, outcomes)
    if code := failures.tell():
        raise typer.Exit(code)


def _setup(source: str, target: str, direction: Direction, chosen: dict[str, Any], option) -> Setup:
    from projection.pipeline import ROLES, Setup

    setup = Setup.for_pair(source, target, direction=str(direction), **chosen)
    places = [(name, "projector", name) for name in setup.methods]
    places += [(place, ROLES[place], getattr(setup, place))
               for place in ("aligner", "recognizer", "translator", "target_recognizer")]  # fmt: skip
    given = parse_options(option, places)
    merged = {place: {**setup.options.get(place, {}), **given.get(place, {})} for place in {*setup.options, *given}}
    return Setup.for_pair(source, target, direction=str(direction), **chosen, options=merged)


def _open(setup: Setup, input, other, forward, repair, encoding, units) -> Corpus:
    languages = setup.source_language, setup.target_language
    here, there = languages if forward else languages[::-1]
    common: dict[str, Any] = {"repair": repair, "encoding": encoding}
    document = open_document(
        input, language=here, target_language=there, units=units, parallel=other is not None, labels=forward, **common
    )
    if not forward:
        check_single(document, "the INPUT of translate-test")
    if other is None:
        return Corpus(document, None, forward)
    check_single(document, "an INPUT whose translation is in another file")
    if forward:
        second = open_document(other, language=there, units=Unit.tokens, labels=False, **common)
    else:
        second = open_document(other, language=there, parallel=True, **common)
    check_single(second, "a file of translations")
    check_same_count(document, second)
    return Corpus(document, second, forward)
