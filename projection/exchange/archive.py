"""One ZIP of several files, the same bytes for the same files, and a README.txt that says what they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from projection.exchange.checks import Report
from projection.exchange.corrected import Corrected
from projection.exchange.formats import FORMATS, Options
from projection.exchange.selection import TITLES, Choice

_EPOCH = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Bundle:
    """A named file, and the format it is of ("" for README.txt)."""

    name: str
    content: bytes
    format: str = ""


def safe_name(text: str, otherwise: str = "projection") -> str:
    """Return letters and digits of `text` joined by hyphens: no path, no dot in front, no reserved character.

    >>> safe_name("../<b>Ünï con"), safe_name("///")
    ('b-Ünï-con', 'projection')
    """
    kept = "".join(letter if letter.isalnum() else "-" for letter in text)
    return "-".join(part for part in kept.split("-") if part)[:_LONGEST_NAME].rstrip("-") or otherwise


def pack(files: Iterable[Bundle]) -> bytes:
    """Return a ZIP of `files` in their order; names are made safe and told apart, times left out."""
    stream, taken = io.BytesIO(), set()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(_free_name(file.name, taken), _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, _REGULAR_FILE
            archive.writestr(entry, file.content, compresslevel=6)
    return stream.getvalue()


def _free_name(name: str, taken: set[str]) -> str:
    stem, *rest = name.replace("\\", "/").rsplit("/", 1)[-1].split(".")
    ending = "".join(f".{safe_name(part)}" for part in rest if safe_name(part, ""))
    stem, number = safe_name(stem), 1
    free = f"{stem}{ending}"
    while free.casefold() in taken:
        number += 1
        free = f"{stem}-{number}{ending}"
    taken.add(free.casefold())
    return free


def readme(
    title: str, items: Sequence[Corrected], choice: Choice, options: Options, report: Report, files: Sequence[Bundle]
) -> bytes:
    """Say what is in an archive, under which settings it was made, and what is not in it."""
    lines = [title, "=" * len(title), "", f"{len(items)} sentences, the same in every file and in the same order.", ""]
    lines += ["Files", *(f"  {file.name}: {_described(file, options)}" for file in files), ""]
    lines += ["Choices", *_choices(choice, options), "", "Settings", *_settings(items), ""]
    if report.losses:
        lines += ["Not held by a format", *(f"  {loss}" for loss in report.losses), ""]
    if report.cares:
        lines += ["To know", *(f"  {care}" for care in report.cares), ""]
    if report.left_out:
        lines += ["Left out whole, so that a missing tag never looks like O"]
        lines += [f"  sentence {gone.position + 1} {gone.reason}" for gone in report.left_out]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _described(file: Bundle, options: Options) -> str:
    row = FORMATS.get(file.format)
    if row is None:
        return "as uploaded, with these labels"
    parts = [row.title, row.what, options.scheme if row.tagged else "", options.side if row.sided else ""]
    if file.format == "spans":
        parts.append("cells a spreadsheet would compute begin with an apostrophe")
    return ", ".join(filter(None, parts))


def _choices(choice: Choice, options: Options) -> list[str]:
    states = ", ".join(title for state, title in TITLES.items() if state in choice.states)
    rules = ["only checked sentences"] * choice.checked_only + ["no flagged sentences"] * choice.unflagged_only
    some = [] if choice.positions is None else [f"{len(choice.positions)} chosen sentences"]
    return [
        f"  spans: {states or 'none'}",
        f"  sentences: {', '.join(rules + some) or 'all'}",
        f"  labels: {options.scheme}",
        f"  ids and texts as comments: {'yes' if options.comments else 'no'}",
    ]


def _settings(items: Sequence[Corrected]) -> list[str]:
    found = sorted({(item.method, item.settings) for item in items if item.method})
    lines = [f"  {method}: {settings}" if settings != method else f"  {method}" for method, settings in found]
    return [f"  Projection {_version()}".rstrip(), *lines]


def _version() -> str:
    try:
        return version("projection")
    except PackageNotFoundError:
        return ""
