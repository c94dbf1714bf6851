"""`export`: a project of the workbench to one file or a ZIP of several."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from projection.cli.inputs import Scheme, say
from projection.cli.outputs import check_outputs, progress_bar, written
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.corrections.records import ProjectSummary
    from projection.corrections.store import Store
    from projection.exchange import Corrected, Report, Request

_SOME_LEFT_OUT = 1


class Format(StrEnum):
    """Formats a project can be written in; a test holds the list to `projection.exchange.FORMATS`."""

    conll2002 = "conll2002"
    conll2003 = "conll2003"
    conllu = "conllu"
    uner = "uner"
    parallel = "parallel"
    pharaoh = "pharaoh"
    jsonl = "jsonl"
    spans = "spans"
    parquet = "parquet"
    docbin = "docbin"
    labelstudio = "labelstudio"
    webanno = "webanno"
    original = "original"


class Side(StrEnum):
    """Sides of a pair."""

    source = "source"
    target = "target"


class State(StrEnum):
    """How a span came about."""

    automatic = "automatic"
    accepted = "accepted"
    bulk = "bulk"
    corrected = "corrected"
    manual = "manual"
    given = "given"


def export(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Number or name of a project.")],
    output: Annotated[Path, typer.Option(help="The file; a ZIP if the formats make several files.")],
    format: Annotated[list[Format], typer.Option(help="Repeat for more; original is the file you uploaded.")],
    method: Annotated[str | None, typer.Option(help="Whose labels; by default the project's first method.")] = None,
    scheme: Annotated[Scheme, typer.Option(help="Label scheme of columns.")] = Scheme.iob2,
    side: Annotated[Side, typer.Option(help="What formats with one side hold.")] = Side.target,
    state: Annotated[
        list[State] | None, typer.Option(help="Only spans of this state; repeat for more. By default all.")
    ] = None,
    checked: Annotated[bool, typer.Option("--checked", help="Only checked sentences.")] = False,
    unflagged: Annotated[bool, typer.Option("--unflagged", help="No flagged sentences.")] = False,
    comments: Annotated[bool, typer.Option("--comments", help="Ids and texts as comments in CoNLL-2002/2003.")] = False,
    progress: Annotated[bool | None, typer.Option(help="Progress bar; by default on a terminal only.")] = None,
) -> None:
    """Write the sentences of PROJECT with the labels that count: people's, and the method's where nobody decided.

    A sentence with a span of another state than those asked for is left out whole, so that a missing tag
    never looks like O. So is one that a format cannot hold; stderr says which, and what each format has no
    place for. Exit code 1 says that sentences are missing for another reason than your choice.

    \b
    Examples:
      projection export News --format conll2003 --scheme bioes --output news.conll
      projection export 3 --format jsonl --format parquet --checked --output news.zip
      projection export 3 --format original --output train.de.conll
    """
    from projection.corrections.store import Store
    from projection.exchange import STATES, Choice, Options, Origin, Request, delivery, examine

    check_outputs((output,), ())
    store = Store()
    found = _find(store, project)
    options = Options(scheme.upper(), str(side), comments)
    choice = Choice(frozenset(map(str, state)) if state else frozenset(STATES), checked, unflagged)
    request = Request(tuple(dict.fromkeys(map(str, format))), options, choice)
    _check(found, request, output)
    items = _items(store, found, method, progress)
    report = examine(items, request)
    _tell(report, store.torn(found.id))
    if not report.items:
        raise ConfigurationError("There is no sentence to write: ask for other states or formats.")
    language = found.setup.source_language if side is Side.source else found.setup.target_language
    origin = Origin(found.name, language, found.document_name)
    original = b""
    if delivery.SAME_FILE in request.formats:
        labels = delivery.labels_of(report, found.sentences)
        content = store.document(found.id)
        original = delivery.write_original(content, found.document_name, found.setup.target_language, labels)
    with written(output) as stream:
        stream.write(delivery.download(request, report, origin, original))
    say(f"{len(report.items)} of {found.sentences} sentences written to {output}.")
    if any(not gone.by_choice for gone in report.left_out):
        raise typer.Exit(_SOME_LEFT_OUT)


def _find(store: Store, wanted: str) -> ProjectSummary:
    """Return the project of that number, else the only one of that name. Raises ConfigurationError."""
    known = store.projects()
    named = [one for one in known if one.name == wanted]
    found = [one for one in known if wanted.isdecimal() and one.id == int(wanted)] or named
    if len(found) > 1:
        numbers = ", ".join(str(one.id) for one in found)
        raise ConfigurationError(f"There are several projects {wanted!r}: give one of the numbers {numbers}.")
    if not found:
        listed = ", ".join(f"{one.id} {one.name!r}" for one in known) or "none"
        raise ConfigurationError(f"There is no project {wanted!r} in {store.url}; there are: {listed}.")
    return store.project(found[0].id)


def _check(project: ProjectSummary, request: Request, output: Path) -> None:
    from projection.exchange.delivery import SAME_FILE, count_files

    if SAME_FILE in request.formats and not project.document_name:
        raise ConfigurationError(f"The project {project.name!r} has no uploaded file: leave --format original out.")
    count = count_files(request)
    if count > 1 and output.suffix.lower() != ".zip":
        raise ConfigurationError(f"These formats make {count} files: name an --output that ends in .zip.")


def _items(store: Store, project: ProjectSummary, method: str | None, progress: bool | None) -> list[Corrected]:
    from projection.exchange import from_stored
    from projection.pipeline import Pipeline, Resources

    methods = project.setup.methods
    method = method or methods[0]
    if method not in methods:
        raise ConfigurationError(f"The project has no method {method!r}; it has {', '.join(methods)}.")
    stored, newest = list(store.sentences(project.id)), store.newest_events(project.id)
    pipeline = Pipeline(replace(project.setup, methods=(method,)), Resources(results=0), also=("alignment",))
    items = []
    with progress_bar(len(stored), progress) as bar:
        outcomes = pipeline.stream(iter([item.edits.apply(item.task) for item in stored]), bar.set_postfix_str)
        for item, outcome in zip(stored, outcomes, strict=True):
            items.append(from_stored(outcome, item, method, newest.get(item.id)))
            bar.update()
    return items


def _tell(report: Report, torn: Collection[int]) -> None:
    from projection.exchange.checks import shown
    from projection.exchange.delivery import same_reasons

    for gone, positions in same_reasons(report.left_out).items():
        say(f"Left out (sentence {shown(positions)}): {gone.reason}.")
    if undecided := [item.position for item in report.items if item.position in torn]:
        said = f"Sentence {shown(undecided)} in two versions"
        say(f"{said}: the stored one is written; decide in the app which counts.")
    for loss in report.losses:
        say(f"Not in {loss}.")
    for care in report.cares:
        say(f"{care}.")
