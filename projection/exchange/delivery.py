"""From sentences to what a person takes away: one file, or one ZIP of several."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from projection.exchange.archive import Bundle, pack, readme, safe_name
from projection.exchange.checks import Report, check
from projection.exchange.corrected import Corrected, Side
from projection.exchange.formats import FORMATS, write
from projection.exchange.options import DEFAULTS, Options
from projection.exchange.selection import EVERYTHING, STATES, Choice, LeftOut, choose
from projection.text import documents
from projection.types import Entity

SAME_FILE = "original"
"""Beside the names of FORMATS: the uploaded file with other labels, all else as it was."""
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

    @property
    def sides(self) -> tuple[Side, ...]:
        """Whose labels will be written; none of word links alone."""
        rows = [FORMATS[name] for name in self.tables]
        target = SAME_FILE in self.formats or any(row.texts and not row.sided for row in rows)
        wanted = {self.options.side} if any(row.sided for row in rows) else set()
        wanted |= {"target"} if target else set()
        return tuple(side for side in ("source", "target") if side in wanted)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the files are named after: the project, the language of the side, and the uploaded file."""

    name: str
    language: str = "und"
    document_name: str = ""


def examine(items: Iterable[Corrected], request: Request) -> Report:
    """Find what can be written of `items`, what is left out and what is lost.

    The uploaded file takes every sentence with labels that was chosen; it keeps its own labels elsewhere.
    """
    kept, left_out = choose(items, request.choice, request.sides)
    return check(kept, request.tables, request.options, left_out)


def bundles(request: Request, report: Report, origin: Origin, original: bytes = b"") -> list[Bundle]:
    """Return all files asked for, README.txt last if there are several; `original` is what SAME_FILE gives."""
    files = []
    for name in request.formats:
        if name == SAME_FILE:
            files.append(Bundle(_last_part(origin.document_name), original))
            continue
        contents = write(name, report.items, request.options)
        names = file_names(origin, name, request)
        files += [Bundle(place, content, name) for place, content in zip(names, contents, strict=True)]
    if len(files) == 1:
        return files
    about = readme(origin.name, report.items, request.choice, request.options, report, files)
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
        return _last_part(origin.document_name), "text/plain"
    return file_names(origin, name, request)[0], FORMATS[name].files[0].media


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


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


def same_reasons(left_out: Iterable[LeftOut]) -> dict[LeftOut, list[int]]:
    """Group the sentences (0-based) that are left out by the reason; the key is the first of each group."""
    groups: dict[str, list[LeftOut]] = {}
    for gone in left_out:
        groups.setdefault(gone.reason, []).append(gone)
    return {group[0]: [gone.position for gone in group] for group in groups.values()}


def command(project_id: int, method: str, request: Request, origin: Origin) -> str:
    """Return the command line that gives the same download; "" for a single sentence, which has none."""
    options, choice = request.options, request.choice
    if choice.positions is not None or not request.formats:
        return ""
    words = ["python", "-m", "projection", "export", str(project_id), "--method", method]
    words += [word for name in request.formats for word in ("--format", name)]
    words += [] if options.scheme == DEFAULTS.scheme else ["--scheme", options.scheme.lower()]
    words += [] if options.side == DEFAULTS.side else ["--side", options.side]
    states = [] if choice.states >= EVERYTHING.states else [state for state in STATES if state in choice.states]
    words += [word for state in states for word in ("--state", state)]
    flags = {"--checked": choice.checked_only, "--unflagged": choice.unflagged_only, "--comments": options.comments}
    words += [flag for flag, wanted in flags.items() if wanted]
    return shlex.join([*words, "--output", download_name(request, origin)[0]])
