"""Sentences of a project to files: what is exported of each, and the one file or ZIP a person downloads."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from projection.corrections.records import Event, StoredSentence
from projection.exchange import FORMATS, Bundle, Choice, Corrected, LeftOut, Options, Report, check, choose, pack
from projection.exchange import readme as readme_of
from projection.exchange.archive import safe_name
from projection.exchange.formats import write
from projection.exchange.options import DEFAULTS
from projection.exchange.selection import EVERYTHING
from projection.pipeline import Outcome
from projection.text import documents
from projection.types import Entity

SAME_FILE = "original"
MEDIA_ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for: names of FORMATS (and SAME_FILE), how to write them, which sentences."""

    formats: tuple[str, ...]
    options: Options = DEFAULTS
    choice: Choice = EVERYTHING

    @property
    def tables(self) -> tuple[str, ...]:
        """The formats that are written anew."""
        return tuple(name for name in self.formats if name != SAME_FILE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the files are named after: the project, the language of the side, and the uploaded file."""

    name: str
    language: str = "und"
    document_name: str = ""


def corrected(outcome: Outcome, stored: StoredSentence, method: str, last: Event | None = None) -> Corrected:
    """Reduce an outcome and a person's edits to what is exported of them; `last` is the newest stored change."""
    projection, edits = outcome.projections.get(method), stored.edits
    target, alignment = outcome.target, outcome.alignment
    if projection is not None and projection.bitext.target != target:  # the method wrote a text of its own
        target, alignment = projection.bitext.target, projection.bitext.alignment
    labelled = projection is not None or edits.target_entities is not None
    if target is not None and labelled:
        target = target.with_entities(edits.final_entities(projection))
    return Corrected(
        stored.position, stored.task.id, outcome.source, target, alignment, labelled, edits.checked, edits.flagged,
        edits.note, method, projection.signature if projection else "", last.author if last else "",
        last.at.isoformat(timespec="seconds") if last else "",
        str(outcome.error) if outcome.error else outcome.method_errors.get(method, ""),
    )  # fmt: skip


def examine(items: Iterable[Corrected], request: Request) -> Report:
    """Find what can be written of `items`, what is left out and what is lost.

    The uploaded file takes every sentence with labels that was chosen; it keeps its own labels elsewhere.
    """
    kept, left_out = choose(items, request.choice)
    return check(kept, request.tables, request.options, left_out)


def bundles(request: Request, report: Report, origin: Origin, original: bytes = b"") -> list[Bundle]:
    """Return all files asked for, README.txt last if there are several; `original` is what SAME_FILE gives."""
    files = []
    for name in request.formats:
        if name == SAME_FILE:
            files.append(Bundle(origin.document_name, original))
            continue
        contents = write(name, report.items, request.options)
        names = file_names(origin, name, request)
        files += [Bundle(place, content, name) for place, content in zip(names, contents, strict=True)]
    if len(files) == 1:
        return files
    about = readme_of(origin.name, report.items, request.choice, request.options, report, files)
    return [*files, Bundle("README.txt", about)]


def labels_of(report: Report, sentences: int) -> list[tuple[Entity, ...] | None]:
    """Return the target's labels of each sentence of a project, None where it is not to be written."""
    known = {item.position: item.entities("target") for item in report.items}
    return [known.get(position) for position in range(sentences)]


def write_original(content: bytes, name: str, language: str, labels: Iterable[tuple[Entity, ...] | None]) -> bytes:
    """Return the uploaded file with nothing but its labels changed: one tuple a sentence, None keeps its own."""
    document = documents.read(content, name=name, language=language, repair="conlleval")
    stream = io.BytesIO()
    document.write(stream, labels, side="target" if document.has_pairs else "source")
    return stream.getvalue()


def download(request: Request, report: Report, origin: Origin, original: bytes = b"") -> bytes:
    """Return the one file asked for, or a ZIP of all."""
    files = bundles(request, report, origin, original)
    return files[0].content if len(files) == 1 else pack(files)


def count_files(request: Request) -> int:
    """Count the files that will be in the download, README.txt among them if there are several."""
    count = sum(1 if name == SAME_FILE else len(FORMATS[name].files) for name in request.formats)
    return count + (count > 1)


def download_name(request: Request, origin: Origin) -> tuple[str, str]:
    """Return name and media type of the download; an upload that comes back with new labels keeps its own."""
    if count_files(request) > 1:
        return f"{safe_name(origin.name)}-export.zip", MEDIA_ZIP
    (name,) = request.formats
    if name == SAME_FILE:
        return origin.document_name, "text/plain"
    return file_names(origin, name, request)[0], FORMATS[name].files[0].media


def file_names(origin: Origin, name: str, request: Request) -> list[str]:
    """Return safe names that tell files apart: the project's letters and digits, and every choice for the file."""
    row, options, choice = FORMATS[name], request.options, request.choice
    sides = [options.side, "" if origin.language == "und" else safe_name(origin.language)] if row.sided else []
    parts = [safe_name(origin.name)[:40].rstrip("-"), *sides, scope(choice)]
    parts += ["" if row.files[0].suffix == f".{name}" else name, options.scheme.lower() if row.tagged else ""]
    return ["-".join(filter(None, parts)) + file.suffix for file in row.files]


def scope(choice: Choice) -> str:
    """Name the sentences of a file: all, checked, or a single one."""
    if choice.positions is not None and len(choice.positions) == 1:
        return f"sentence-{next(iter(choice.positions)) + 1}"
    return "checked" if choice.checked_only else "all"


def same_reasons(left_out: Iterable[LeftOut]) -> dict[str, list[int]]:
    """Group the sentences (0-based) that are left out by the reason."""
    groups: dict[str, list[int]] = {}
    for gone in left_out:
        groups.setdefault(gone.reason, []).append(gone.position)
    return groups
