"""The export page's parts: what to write, what to know before the download, the file itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from projection.pipeline import Setup
from views import markup
from views.exporting import FORMATS, SAME_FILE, SCHEMES, UNTAGGED, Row, complete, file_name
from views.palette import css_class

_LABEL = re.compile(r"(?<![\w-])([BIESLU])-([^\s|;]+)")
_CELLS = re.compile(r"([^\t ]+)")
_STRINGS = re.compile(r'("(?:[^"\\]|\\.)*")')
SCOPES = {"all": "All sentences", "checked": "Checked sentences", "one": "This sentence"}


def heading(project: Any) -> str:
    count = markup.counted(project.sentences, "sentence")
    pair = markup.language_pair(project.setup.source_language, project.setup.target_language)
    return markup.page_title(f"Export {project.name}", f"{count}, {project.checked} checked, {pair}")


def language_of(setup: Setup, side: str) -> str:
    return setup.source_language if side == "source" else setup.target_language


def choices(project: Any) -> tuple[str, str, str, str]:
    """Ask for format, scheme, side and scope."""
    kinds = list(FORMATS)
    names = {kind: f"{name}, {what}" for kind, (name, what, _) in FORMATS.items()}
    if project.document_name:
        kinds, names = [SAME_FILE, *kinds], {SAME_FILE: f"As uploaded, {markup.plain(project.document_name)}", **names}
    kind = st.radio("Format", kinds, format_func=names.get, key="export-format")
    scheme, side, scope = "IOB2", "target", "all"
    if kind not in (SAME_FILE, *UNTAGGED):
        scheme = st.segmented_control("Tags", SCHEMES, default="IOB2", required=True, key="export-scheme")
    if kind not in (SAME_FILE, "pharaoh"):
        side = st.segmented_control(
            "Side", ["target", "source"], default="target", required=True, key="export-side",
            format_func=lambda name: f"{name.capitalize()}: {markup.language_name(language_of(project.setup, name))}",
        )  # fmt: skip
    if kind != SAME_FILE:
        scope = st.segmented_control(
            "What", list(SCOPES), default="all", required=True, key="export-scope", format_func=SCOPES.get
        )
    return kind, scheme, side, scope


def name_of(project: Any, kind: str, scheme: str, side: str, scope: str, position: int) -> str:
    """Return the name of the file; an upload that comes back with new labels keeps its own."""
    if kind == SAME_FILE:
        return project.document_name
    which = f"sentence-{position + 1}" if scope == "one" else scope
    language = language_of(project.setup, side)
    return file_name(project.name, kind, side=side, language=language, scheme=scheme, scope=which)


def in_scope(rows: Sequence[Row], scope: str, position: int) -> list[Row]:
    if scope == "one":
        return [row for row in rows if row.position == position]
    return [row for row in rows if scope == "all" or row.checked]


def checks(rows: Sequence[Row], side: str, kind: str, *, stopped: bool) -> list[Row]:
    """Say what will be in the file and what will not; return the rows to write."""
    st.html(markup.title("Check before download"))
    written = complete(rows, side)
    if kind == "pharaoh":
        written = [row for row in rows if row.alignment is not None]
    kept = {row.position for row in written}
    left_out = [row for row in rows if row.position not in kept]
    unchecked = sum(not row.checked for row in written)
    notes = []
    if stopped:
        notes.append(
            markup.notice(
                "Stopped before the end", "Only finished sentences are in the file. Reload to compute all.", "warn"
            )
        )
    if left_out:
        notes.append(_left_out(left_out, kind))
    if unchecked:
        notes.append(
            markup.notice(
                f"{markup.thousands(unchecked)} of {markup.thousands(len(written))} not checked by a person", "", ""
            )
        )
    if written and not notes:
        notes.append(markup.notice("Every sentence is checked and in the file", "", "good"))
    if not written:
        notes.append(
            markup.notice("Nothing to write yet", "Choose more sentences, or check some on the Inspect page.", "warn")
        )
    st.html("".join(notes))
    return written


def _left_out(rows: Sequence[Row], kind: str) -> str:
    numbers = ", ".join(str(row.position + 1) for row in rows[:8]) + ("…" if len(rows) > 8 else "")
    why = next((row.problem for row in rows if row.problem), "They have no labels yet.")
    if kind == SAME_FILE:
        headline, rule = "as they were in the file", "Their own tags, if any, are kept."
    else:
        headline, rule = "left out", "Left out whole, so that a missing tag never looks like O."
    detail = f"Sentence {numbers}. {why} {rule}"
    return markup.notice(f"{markup.counted(len(rows), 'sentence')} {headline}", detail, "warn")


def file_preview(content: bytes, kind: str, limit: int = 200) -> None:
    """Show the first lines of the real file, labels in their colours."""
    text = content.decode("utf-8", errors="replace")
    lines = text.removesuffix("\n").split("\n")
    rows = "".join(f'<span class="row">{_line(line.rstrip(chr(13)), kind)}</span>' for line in lines[:limit])
    st.html(f'<div class="file" dir="ltr" tabindex="0" aria-label="First lines of the file">{rows}</div>')
    st.caption(f"First {min(limit, len(lines))} lines, UTF-8")


def _line(line: str, kind: str) -> str:
    """Return one line as HTML, each cell apart: right-to-left words must not change the order of the columns."""
    if line.startswith("#") and kind not in UNTAGGED:
        return f'<span class="comment">{escape(line)}</span>'
    cells = _STRINGS if kind == "jsonl" else _CELLS
    return "".join(
        f"<bdi>{_labelled(part) if kind not in UNTAGGED else escape(part)}</bdi>" if number % 2 else escape(part)
        for number, part in enumerate(cells.split(line))
    )


def _labelled(cell: str) -> str:
    parts, position = [], 0
    for found in _LABEL.finditer(cell):
        parts.append(escape(cell[position : found.start()]))
        parts.append(f'<span class="label {css_class(found[2])}">{escape(found[0])}</span>')
        position = found.end()
    return "".join(parts) + escape(cell[position:])
