"""The export page's parts: which formats, which sentences, what to know before the download, the files themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from html import escape
from typing import Any

import streamlit as st

from projection.exchange import FORMATS, STATES, Bundle, Choice, Corrected, LeftOut, Options, Report, Side, count_states
from projection.exchange.checks import Loss, shown
from projection.exchange.delivery import SAME_FILE, Request, same_reasons
from projection.exchange.formats import GROUPS
from projection.exchange.preview import preview
from projection.pipeline import Setup
from projection.text.schemes import SCHEMES
from views import markup
from views.palette import css_class

_LABEL = re.compile(r"(?<![\w-])([BIESLU])-([^\s|;]+)")
_CELLS = re.compile(r"([^\t ]+)")
_STRINGS = re.compile(r'("(?:[^"\\]|\\.)*")')
_SPACED = frozenset({"conll2002", "conll2003", "conllu", "uner", "parallel", "webanno"})
SCOPES = {"all": "All", "checked": "Checked", "one": "This one"}
ORDER = ("IOB2", "BIOES", "BILOU", "IOB1")
DRAWN = {"automatic": "auto", "given": "kept"}
"""How the editor draws the states that it names otherwise than files do."""
LINES_SHOWN = 200
LABELS_SHOWN = 12


def heading(project: Any) -> str:
    count = markup.counted(project.sentences, "sentence")
    pair = markup.language_pair(project.setup.source_language, project.setup.target_language)
    return markup.page_title(f"Export {project.name}", f"{count}, {project.checked} checked, {pair}")


def language_of(setup: Setup, side: Side) -> str:
    return setup.source_language if side == "source" else setup.target_language


def format_choice(project: Any) -> tuple[str, ...]:
    """Ask for one format or several."""
    place = st.container()
    chosen = []
    if project.document_name:
        st.html(_group("As uploaded"))
        note = "the same file with these labels, all else as it was"
        if _box(SAME_FILE, project.document_name, note, True):
            chosen.append(SAME_FILE)
    for group, title in GROUPS.items():
        st.html(_group(title))
        for name, row in FORMATS.items():
            first = name == "conll2002" and not project.document_name
            if row.group == group and _box(name, row.title, row.what, first):
                chosen.append(name)
    place.html(markup.title("Formats", f"{len(chosen)} chosen"))
    return tuple(chosen)


def _group(title: str) -> str:
    return f'<div class="group">{escape(title)}</div>'


def _box(name: str, title: str, what: str, first: bool) -> bool:
    label = f"{markup.plain(title)} :small[:gray[{markup.plain(what)}]]"
    return st.checkbox(label, value=first, key=f"export-format-{name}")


def sentence_choice(items: Sequence[Corrected], sides: Sequence[Side], position: int) -> Choice:
    """Ask which sentences, by what was decided about their spans."""
    place = st.container()
    counts = count_states(items, sides)
    states = {state for state in STATES if not counts[state] or _state(state, counts[state])}
    wanted = sum(count for state, count in counts.items() if state in states)
    total = sum(counts.values())
    place.html(markup.title("What to include", f"{markup.thousands(wanted)} of {markup.counted(total, 'span')}"))
    rule = "A sentence with a span left out is left out whole, so that a missing tag never looks like O."
    st.html(f'<p class="lead">{rule}</p>')
    scope = st.segmented_control(
        "Sentences", list(SCOPES), default="all", required=True, key="export-scope", format_func=SCOPES.get
    )
    flagged = any(item.flagged for item in items)
    unflagged = flagged and st.checkbox("Leave out flagged sentences", key="export-unflagged")
    positions = frozenset({position}) if scope == "one" else None
    return Choice(frozenset(states), scope == "checked", unflagged, positions)


def _state(state: str, count: int) -> bool:
    """Ask for one state, in the words and with the mark of the editor's legend."""
    drawn = DRAWN.get(state, state)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row:
        said = markup.SAID[drawn].capitalize()
        wanted = st.checkbox(said, value=True, key=f"export-state-{state}", width="stretch")
        swatch = f'<span class="entity {drawn} swatch" aria-hidden="true">{markup.MARKS.get(drawn, "")}</span>'
        st.html(f'<span class="legend">{swatch}{markup.thousands(count)}</span>', width="content")
    return wanted


def writing_choice(setup: Setup, formats: Sequence[str]) -> Options:
    """Ask for what the chosen formats leave open: label scheme, side, comments."""
    rows = [FORMATS[name] for name in formats if name != SAME_FILE]
    scheme, side, comments = "IOB2", "target", False
    if any(row.tagged for row in rows):
        schemes = [name for name in ORDER if name in SCHEMES]
        scheme = st.segmented_control("Tags", schemes, default="IOB2", required=True, key="export-scheme")
    if any(row.sided for row in rows):
        side = st.segmented_control(
            "Side", ["target", "source"], default="target", required=True, key="export-side",
            format_func=lambda name: f"{name.capitalize()}: {markup.language_name(language_of(setup, name))}",
        )  # fmt: skip
    if any(row.commented for row in rows):
        comments = st.checkbox(
            "Ids and texts as comments", key="export-comments",
            help="Lines beginning with # before each sentence of CoNLL-2002, CoNLL-2003 and parallel CoNLL.",
        )  # fmt: skip
    return Options(scheme, side, comments)


def label_chips(items: Sequence[Corrected], sides: Sequence[Side]) -> str:
    """Return the labels that will be written, the most frequent first."""
    counts = Counter(entity.label for item in items for side in sides for entity in item.entities(side))
    chips = "".join(markup.tag(label, count) for label, count in counts.most_common(LABELS_SHOWN))
    more = len(counts) - LABELS_SHOWN
    return chips + (markup.pill(f"+{more}") if more > 0 else "")


def findings(
    report: Report, request: Request, *, stopped: bool, torn: Collection[int] = (), apart: Collection[int] = ()
) -> None:
    """Say what will be in the files and what will not.

    `torn` are the sentences of which two versions wait, `apart` those that people working apart finished.
    """
    ready = bool(report.items) and bool(request.formats)
    state = markup.pill("ready", "good") if ready else markup.pill("nothing to write", "warn")
    st.html(f'<div class="checks">{markup.title("Check before download")}{state}</div>')
    notes = []
    if stopped:
        told = "Only finished sentences are in the file. Reload to compute all."
        notes.append(markup.notice("Stopped before the end", told, "warn"))
    undecided = [item.position for item in report.items if item.position in torn]
    if undecided:
        told = f"Sentence {shown(undecided)}: the stored version is in the file. Decide in Inspect which one counts."
        notes.append(markup.notice(f"{markup.counted(len(undecided), 'sentence')} in two versions", told, "warn"))
    notes += [_left_out(gone, positions, request) for gone, positions in same_reasons(report.left_out).items()]
    notes += [_unchecked(report, apart)] if any(not item.checked for item in report.items) else []
    notes += [_losses(report.losses)] if report.losses else []
    notes += [markup.notice(*str(care).split(": ", 1), "warn") for care in report.cares]
    if not request.formats:
        notes.append(markup.notice("No format is chosen", "Choose one or several on the left.", "warn"))
    elif not report.items:
        told = "Include more spans or sentences, or check some on the Inspect page."
        notes.append(markup.notice("Nothing to write yet", told, "warn"))
    elif not notes:
        notes.append(markup.notice("Every sentence is checked and in the file, and nothing is lost", "", "good"))
    st.html("".join(notes))


def _unchecked(report: Report, apart: Collection[int]) -> str:
    unchecked = [item.position for item in report.items if not item.checked]
    done = sum(position in apart for position in unchecked)
    title = f"{markup.thousands(len(unchecked))} of {markup.thousands(len(report.items))}"
    if not done:
        return markup.notice(f"{title} not checked by a person")
    were = "was" if done == 1 else "were"
    told = (
        f"{markup.thousands(done)} of these {were} checked by people working apart. Take a version on People, Decide."
    )
    return markup.notice(f"{title} not checked in the project", told)


def _losses(losses: Sequence[Loss]) -> str:
    """List what each format has no place for, and what keeps it."""
    lines = "".join(f"<span>{escape(FORMATS[loss.format].title)}: {escape(loss.what)}.</span>" for loss in losses)
    kept = sorted({title for loss in losses for title in loss.kept_in})
    told = f"<span>Kept in {escape(', '.join(kept))}.</span>" if kept else ""
    return f'<div class="notice" role="status"><b>Lost, as there is no place for it</b>{lines}{told}</div>'


def _left_out(gone: LeftOut, positions: Sequence[int], request: Request) -> str:
    count = markup.counted(len(positions), "sentence")
    subject = f"Sentence {shown(positions)}: {gone.reason}."
    tone = "" if gone.by_choice else "warn"
    if SAME_FILE in request.formats:
        only = request.formats == (SAME_FILE,)
        headline = (
            f"{count} as they were in the file" if only else f"{count} left out, and in the uploaded file as they were"
        )
        return markup.notice(headline, f"{subject} Their own tags are kept.", tone)
    return markup.notice(f"{count} left out", subject, tone)


def file_tabs(files: Sequence[Bundle], total: str) -> None:
    """Show the beginning of each real file, a tab each."""
    tabs = st.tabs([_tab(file) for file in files]) if len(files) > 1 else [st.container()]
    for tab, file in zip(tabs, files, strict=True):
        with tab:
            st.html(markup.title(file.name, total))
            _file(file)


def _tab(file: Bundle) -> str:
    """Name a tab shortly: its format, and which of several files of one."""
    row = FORMATS.get(file.format)
    if row is None:
        return markup.plain(file.name)
    several = len(row.files) > 1
    ending = next((suffix for suffix, _ in row.files if several and file.name.endswith(suffix)), "")
    return markup.plain(f"{row.title} {ending}".strip())


def _file(file: Bundle) -> None:
    lines = preview(file.format, file.content)
    rows = "".join(f'<span class="row">{_line(line.rstrip(chr(13)), file)}</span>' for line in lines[:LINES_SHOWN])
    st.html(f'<div class="file" dir="ltr" tabindex="0" aria-label="First lines of {escape(file.name)}">{rows}</div>')
    row = FORMATS.get(file.format)
    told = "Read back from the binary file" if row and row.binary else "UTF-8"
    st.caption(f"First {min(LINES_SHOWN, len(lines))} lines. {told}")


def _line(line: str, file: Bundle) -> str:
    """Return one line as HTML, each cell apart: right-to-left words must not change the order of the columns."""
    tagged = file.format in _SPACED or not file.format
    if line.startswith("#") and tagged:
        return f'<span class="comment">{escape(line)}</span>'
    cells = _CELLS if tagged else _STRINGS
    return "".join(
        f"<bdi>{_labelled(part) if tagged else escape(part)}</bdi>" if number % 2 else escape(part)
        for number, part in enumerate(cells.split(line))
    )


def _labelled(cell: str) -> str:
    parts, position = [], 0
    for found in _LABEL.finditer(cell):
        parts.append(escape(cell[position : found.start()]))
        parts.append(f'<span class="label {css_class(found[2])}">{escape(found[0])}</span>')
        position = found.end()
    return "".join(parts) + escape(cell[position:])
