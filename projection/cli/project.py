"""`project`: from a file of sentences to the same sentences in another language, with labels."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from projection.cli.corpus import Corpus, rehearse, results, write
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
from projection.cli.options import OptionOption, parse_options
from projection.cli.outputs import all_written, check_outputs, progress_bar
from projection.errors import ConfigurationError, ModelUnavailable

if TYPE_CHECKING:
    from projection.pipeline import Resources, Setup


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
    method: Annotated[str | None, typer.Option(help="Projection method; see the command methods.")] = None,
    translator: Annotated[str | None, typer.Option(help="Translator; see the command models.")] = None,
    recognizer: Annotated[str | None, typer.Option(help="Recognizer of entities, or a Hugging Face name.")] = None,
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
    from projection.models.catalogue import unfamiliar
    from projection.pipeline import Resources

    forward = direction is Direction.translate_train
    if target and not forward:
        raise ConfigurationError(
            "translate-test takes no --target, INPUT is the target: name its translation --translation."
        )
    if translation and forward:
        raise ConfigurationError("translate-train takes no --translation: name the translation of INPUT --target.")
    check_outputs((output, links, report), (input, target, translation))
    setup = _setup(source_language, target_language, direction, method, translator, recognizer, aligner, option)
    corpus = _open(setup, input, target or translation, forward, repair, encoding, input_units)
    setup = _without_what_is_given(setup, corpus)
    resources = Resources(results=0)  # a corpus is read once: nothing would be asked for again
    _check_components(setup, corpus, resources)
    if doubt := unfamiliar(setup.aligner, setup.source_language, setup.target_language):
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


def _setup(source, target, direction, method, translator, recognizer, aligner, option) -> Setup:
    from projection.pipeline import Setup

    methods = (method,) if method else None
    chosen = {"translator": translator, "recognizer": recognizer, "aligner": aligner, "methods": methods}
    setup = Setup.for_pair(source, target, direction=str(direction), **chosen)
    places = [(name, "projector", name) for name in setup.methods]
    places += [(role, role, getattr(setup, role)) for role in ("aligner", "recognizer", "translator")]
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


def _without_what_is_given(setup: Setup, corpus: Corpus) -> Setup:
    """Name the recognizer or translator "given" where the user's own labels or translation take its place."""
    given = {"recognizer": corpus.labelled, "translator": corpus.other is not None}
    replaced = {role: "given" for role, brought in given.items() if brought}
    options = {place: values for place, values in setup.options.items() if place not in replaced}
    return replace(setup, **replaced, options=options)


def _check_components(setup: Setup, corpus: Corpus, resources: Resources) -> None:
    """Raise before anything is computed if a stage that every sentence needs cannot run."""
    from projection import registry
    from projection.models.catalogue import availability

    needed = {
        "translator": corpus.other is None and not corpus.document.has_pairs,
        "recognizer": not corpus.labelled,
        "aligner": corpus.document.format != "jsonl" or not corpus.document.has_pairs,  # JSONL may bring its links
    }
    missing = {
        "translator": "There is no translation: name a file with --{file}, or a translator with --translator",
        "recognizer": "There are no {source} labels: give a labelled file, or name a recognizer with --recognizer",
        "aligner": "There are no word links: name an aligner with --aligner",
    }
    for role in (role for role, wanted in needed.items() if wanted):
        name = getattr(setup, role)
        if registry.find(role, name).kind == "given":
            file = "target" if corpus.forward else "translation"
            told = missing[role].format(file=file, source=setup.source_language)
            raise ConfigurationError(f"{told} (see `python -m projection models`).")
        state = availability(role, name)
        if not state.ready:
            raise ModelUnavailable(f"The {role} {name} cannot run here. {state.message}")
    if needed["translator"]:
        _check_pair(setup, corpus.forward)
    for method in setup.methods:
        resources.component("projector", method, setup.options.get(method))
    languages = (setup.source_language, setup.target_language)[:: 1 if corpus.forward else -1]
    for role in (role for role, wanted in needed.items() if wanted):
        component = resources.component(role, getattr(setup, role), setup.options.get(role))
        rehearse(role, component, *(languages if role == "translator" else (setup.source_language,)))


def _check_pair(setup: Setup, forward: bool) -> None:
    """Raise ConfigurationError when the translator is known not to translate between these languages."""
    from projection import registry
    from projection.text.languages import base

    pairs = registry.find("translator", setup.translator).languages
    languages = [base(setup.source_language), base(setup.target_language)]
    wanted = "-".join(languages if forward else reversed(languages))
    if pairs and wanted not in pairs:
        raise ConfigurationError(
            f"The translator {setup.translator} translates {', '.join(pairs)}, not {wanted}: name a file with "
            f"{'--target' if forward else '--translation'}, or another translator with --translator."
        )
