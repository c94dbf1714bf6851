"""`project`: from a file of sentences to the same sentences in another language, with labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from projection.cli.failures import Failures
from projection.cli.inputs import (
    UNLABELLED,
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
    from projection.pipeline import Outcome, Setup, Task
    from projection.text.documents import Document
    from projection.types import Sentence

UNTRANSLATED = "_"
"""The one word of an output sentence that has no text, because its translation failed or is empty."""


class Direction(StrEnum):
    """Which side is given."""

    translate_train = "translate-train"
    translate_test = "translate-test"


@dataclass(frozen=True)
class Work:
    """What a run reads: the INPUT, the other side if it is given, and which of them gets the labels."""

    document: Document
    other: Document | None
    forward: bool

    @property
    def labelled(self) -> bool:
        """Whether the source side brings its entities."""
        source = self.document if self.forward else self.other
        return bool(source and source.has_labels)

    @property
    def sink(self) -> Document | None:
        """The target file, where it has a place for labels."""
        document = self.other if self.forward else self.document
        return document if document and document.format not in UNLABELLED else None

    def tasks(self) -> Iterator[Task]:
        from projection.pipeline import Task

        others = self.other.iter_sentences("strict" if self._other_labels else "ignore") if self.other else None
        for pair in self.document.iter_pairs("strict" if self.forward else "ignore"):
            other = next(others) if others else pair.target
            source, target = (pair.source, other) if self.forward else (other, pair.source)
            target = target.with_entities(()) if target else None
            yield Task(source, target, self.labelled, pair.alignment)

    @property
    def _other_labels(self) -> bool:
        return not self.forward


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
    forward = direction is Direction.translate_train
    if target and not forward:
        raise ConfigurationError(
            "translate-test takes no --target, INPUT is the target: name its translation --translation."
        )
    if translation and forward:
        raise ConfigurationError("translate-train takes no --translation: name the translation of INPUT --target.")
    check_outputs((output, links, report), (input, target, translation))
    setup = _setup(source_language, target_language, direction, method, translator, recognizer, aligner, option)
    work = _open(setup, input, target or translation, forward, repair, encoding, input_units)
    setup = _without_what_is_given(setup, work)
    _check_components(setup, work)
    failures = Failures()
    with (
        all_written(output, links, report) as (output_stream, links_stream, report_stream),
        progress_bar(work.document.sentence_count, progress) as bar,
    ):
        results = _results(setup, work, failures, links_stream, report_stream, bar)
        _write(output_stream, work.sink, results)
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


def _open(setup: Setup, input, other, forward, repair, encoding, units) -> Work:
    languages = setup.source_language, setup.target_language
    here, there = languages if forward else languages[::-1]
    common: dict[str, Any] = {"repair": repair, "encoding": encoding}
    document = open_document(
        input, language=here, target_language=there, units=units, parallel=other is not None, labels=forward, **common
    )
    if not forward:
        check_single(document, "the INPUT of translate-test")
    if other is None:
        return Work(document, None, forward)
    check_single(document, "an INPUT whose translation is in another file")
    if forward:
        second = open_document(other, language=there, units=Unit.tokens, labels=False, **common)
    else:
        second = open_document(other, language=there, parallel=True, **common)
    check_single(second, "a file of translations")
    check_same_count(document, second)
    return Work(document, second, forward)


def _without_what_is_given(setup: Setup, work: Work) -> Setup:
    """Name the recognizer or translator "given" where the user's own labels or translation take its place."""
    given = {"recognizer": work.labelled, "translator": work.other is not None}
    replaced = {role: "given" for role, brought in given.items() if brought}
    options = {place: values for place, values in setup.options.items() if place not in replaced}
    return replace(setup, **replaced, options=options)


def _check_components(setup: Setup, work: Work) -> None:
    """Raise before anything is computed if a stage that every sentence needs cannot run."""
    from projection import registry
    from projection.models.catalogue import availability

    needed = {
        "translator": work.other is None and not work.document.has_pairs,
        "recognizer": not work.labelled,
        "aligner": work.document.format != "jsonl" or not work.document.has_pairs,  # JSONL may bring its links
    }
    missing = {
        "translator": "There is no translation: name a file with --{file}, or a translator with --translator",
        "recognizer": "There are no {source} labels: give a labelled file, or name a recognizer with --recognizer",
        "aligner": "There are no word links: name an aligner with --aligner",
    }
    for role in (role for role, wanted in needed.items() if wanted):
        name = getattr(setup, role)
        if registry.find(role, name).kind == "given":
            file = "target" if work.forward else "translation"
            told = missing[role].format(file=file, source=setup.source_language)
            raise ConfigurationError(f"{told} (see `python -m projection models`).")
        state = availability(role, name)
        if not state.ready:
            raise ModelUnavailable(f"The {role} {name} cannot run here. {state.message}")


def _results(setup: Setup, work: Work, failures: Failures, links, report, bar) -> Iterator[tuple[str, Outcome]]:
    """Run the pipeline; yield (why it failed or "", outcome) once links and report of a sentence are written."""
    from projection.cli.report import report_row
    from projection.pipeline import Pipeline, Resources
    from projection.text.pharaoh import format_line

    (method,) = setup.methods
    resources = Resources(results=0)  # a corpus is read once: nothing would be asked for again
    pipeline = Pipeline(setup, resources)
    signature = pipeline.signature(method)
    placed = wanted = 0
    for number, outcome in enumerate(pipeline.stream(work.tasks(), bar.set_postfix_str), 1):
        projection = outcome.projections.get(method)
        error = str(outcome.error) if outcome.error else outcome.method_errors.get(method, "")
        error = error or _unwritable(outcome.target, work.sink)
        failures.add(str(number), error or None, _warnings(outcome, error))
        if projection:
            placed += len({match.entity_index for match in projection.matches})
        wanted += len(outcome.source.entities) if outcome.source else 0
        if links:
            links.write(f"{format_line(outcome.alignment) if outcome.alignment else ''}\n".encode())
        if report:
            row = report_row(number, outcome, method, signature, error)
            report.write(f"{json.dumps(row, ensure_ascii=False)}\n".encode())
        bar.update()
        yield error, outcome
    aligner = resources.component("aligner", setup.aligner, setup.options.get("aligner"))
    for notice in getattr(aligner, "notices", ()):
        say(notice)
    say(f"{placed} of {wanted} entities projected onto {failures.total} sentences.")
    say(f"signature: {signature}")


def _warnings(outcome: Outcome, error: str) -> list[str]:
    return [warning for warning in outcome.warnings if not (error and error in warning)]


def _unwritable(target: Sentence | None, sink: Document | None) -> str:
    """Say why a sentence cannot stand in a tab-separated file; "" if it can."""
    if target is None or sink is not None:
        return ""
    if not target.tokens:
        return "The translation is empty."
    bad = next((word for word in target.words if set(word) & set("\t\r\n")), None)
    return f"The word {bad!r} holds a tab or line end, which CoNLL cannot hold." if bad else ""


def _write(stream: BinaryIO, sink: Document | None, results: Iterator[tuple[str, Outcome]]) -> None:
    from projection.text.documents import write_sentences
    from projection.types import Sentence

    def entities(outcome: Outcome):
        return next((projection.entities for projection in outcome.projections.values()), ())

    if sink is not None:
        sink.write(stream, (() if error else entities(outcome) for error, outcome in results))
        return
    empty = Sentence.from_words([UNTRANSLATED])
    write_sentences(
        stream,
        (
            empty if outcome.target is None or _unwritable(outcome.target, None)
            else outcome.target.with_entities(() if error else entities(outcome))
            for error, outcome in results
        ),
    )  # fmt: skip
