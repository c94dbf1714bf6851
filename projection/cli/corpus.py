"""A corpus on its way through the pipeline: tasks from files, and every result into its output."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from projection.cli.failures import Failures
from projection.cli.inputs import UNLABELLED, say
from projection.cli.needs import reads_source

if TYPE_CHECKING:
    from projection.pipeline import Outcome, Resources, Setup, Task
    from projection.text.documents import Document
    from projection.types import Sentence

log = logging.getLogger(__name__)

UNTRANSLATED = "_"
"""The one word of an output sentence that has no text, because its translation failed or is empty."""


@dataclass(frozen=True)
class Corpus:
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
        """Yield the work to do, sentence by sentence. Raises LabelError at an illegal label of the source side."""
        from projection.pipeline import Task

        here, there = ("strict", "ignore") if self.forward else ("ignore", "strict")  # labels count on the source side
        others = self.other.iter_sentences(there) if self.other else None
        for pair in self.document.iter_pairs(here):
            other = next(others) if others else pair.target
            source, target = (pair.source, other) if self.forward else (other, pair.source)
            target = target.with_entities(()) if target is not None else None
            yield Task(source, target, self.labelled, pair.alignment)


def results(
    setup: Setup, corpus: Corpus, resources: Resources, failures: Failures, links, report, bar
) -> Iterator[tuple[str, Outcome]]:
    """Run the pipeline; yield (why it failed or "", outcome) once links and report of a sentence are written."""
    from projection.cli.report import report_row
    from projection.pipeline import Pipeline
    from projection.text.pharaoh import format_line

    (method,) = setup.methods
    pipeline = Pipeline(setup, resources, also={"alignment"} if links else ())
    signature = pipeline.signature(method)
    placed = wanted = found = 0
    for number, outcome in enumerate(pipeline.stream(corpus.tasks(), bar.set_postfix_str), 1):
        projection = outcome.projections.get(method)
        error = str(outcome.error) if outcome.error else outcome.method_errors.get(method, "")
        error = error or _unwritable(outcome.target, corpus.sink)
        failures.add(str(number), error or None, _warnings(outcome, error))
        if projection:
            placed += len({match.entity_index for match in projection.matches})
            found += len(projection.entities)
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
    if reads_source(setup):
        rate = f" (projection rate {placed / wanted:.3f})" if wanted else ""
        say(f"{placed} of {wanted} entities projected onto {failures.total} sentences{rate}.")
    else:
        say(f"{found} entities found in {failures.total} sentences.")
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


def write(stream: BinaryIO, sink: Document | None, results: Iterator[tuple[str, Outcome]]) -> None:
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
