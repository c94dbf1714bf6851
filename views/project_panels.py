"""The cards of the start page: languages, the three ways in, the preview, and the list of projects."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from projection import registry
from projection.errors import ProjectionError
from projection.pipeline import Setup, unfamiliar
from projection.text.documents import Problem
from projection.text.languages import ENCODER_LANGUAGES, by_name, english_name
from views import importing, markup
from views.importing import Reading, ReadingOptions, Upload, language_label
from views.readiness import ready_methods
from views.resources import ASSETS, store
from views.settings_panel import direction_choice

EXAMPLE = "Angela Merkel met Emmanuel Macron in Berlin on Tuesday to discuss the future of the European Union."
DEMO = ASSETS / "demo" / "demo.jsonl"
REPAIRS = {
    "conlleval": "conlleval: a stray I- starts a span",
    "discard": "discard: drop the span",
    None: "do not repair, refuse the file",
}
UNITS = {
    None: "as fits the files",
    "text": "running text, to be split into sentences",
    "lines": "a sentence each",
    "tokens": "a sentence each, words between spaces",
}
DEMO_NAME = "Demo corpus"
FORMATS = [
    "txt",
    "tsv",
    "csv",
    "conll",
    "conll02",
    "conll03",
    "bio",
    "iob",
    "iob2",
    "conllu",
    "jsonl",
    "json",
    "train",
    "dev",
    "test",
]


def language_row() -> tuple[str, str, str]:
    """Ask for source language, target language and direction."""
    codes = sorted({*ENCODER_LANGUAGES, "und"}, key=lambda code: (code == "und", english_name(code)))
    left, right, how = st.columns([1, 1, 2], vertical_alignment="top")
    named: dict[str, Any] = {"accept_new_options": True, "on_change": _code_of_name}
    source = left.selectbox(
        "Labels come from", codes, index=codes.index("en"), format_func=language_label, key="source-language",
        args=("source-language",), **named,
        help="The language the entities are found in. Any language can be typed, by its English name or its code.",
    )  # fmt: skip
    target = right.selectbox(
        "Labels go to", codes, index=codes.index("pt"), format_func=language_label, key="target-language",
        args=("target-language",), **named, help="The language that receives the labels.",
    )  # fmt: skip
    with how:
        direction = direction_choice("translate-train", "direction")
    return source, target, direction


def _code_of_name(key: str) -> None:
    """Take a language that was typed by its name, as "German" and Enter, for its code."""
    st.session_state[key] = by_name(st.session_state[key]) or st.session_state[key]


def typed_card(given: str, other: str) -> str:
    st.html(markup.title("Type or paste", f"{english_name(given)} text"))
    return st.text_area(
        "Text", EXAMPLE if "typed" not in st.session_state else None, key="typed", height=150,
        label_visibility="collapsed",
        placeholder=f"One sentence a line, or any text. A tab separates it from its {english_name(other)} translation.",
    )  # fmt: skip


def upload_card(given: str, other: str) -> tuple[tuple[Upload | None, ...], ReadingOptions]:
    """Ask for the main file and, beside it, a translation and links; and how to read them."""
    st.html(markup.title("Upload a file", "TXT, TSV, CoNLL, JSONL"))
    main = st.file_uploader(f"{english_name(given)} file", FORMATS, key="main-file", label_visibility="collapsed")
    with st.popover("Translation and links in files of their own", width="stretch"):
        second = st.file_uploader(f"{english_name(other)} file, sentence by sentence", FORMATS, key="other-file")
        links = st.file_uploader("Word links (Pharaoh: 0-0 1-2)", ["txt", "pharaoh", "align", "talp"], key="links-file")
        one_indexed = st.toggle("Links count from 1", key="links-from-one")
    with st.popover("How to read", width="stretch"):
        repair = st.selectbox("Illegal label sequences", list(REPAIRS), format_func=REPAIRS.get, key="repair")
        units = st.selectbox("Lines of plain text", list(UNITS), format_func=UNITS.get, key="units")
        encoding = st.text_input("Encoding", "utf-8", key="encoding", max_chars=30)
    files = tuple(file and Upload(file.name, file.getvalue()) for file in (main, second, links))
    return files, ReadingOptions(repair, units, encoding.strip() or "utf-8", one_indexed)


def demo_card() -> bool:
    st.html(
        markup.title("Look around first")
        + '<p class="lead">24 sentences in 12 languages and 8 scripts, with labels and translations.</p>'
        + '<div class="languages">'
        + "".join(
            markup.pill(name)
            for name in ("Português", "Deutsch", "العربية", "Ελληνικά", "हिन्दी", "中文", "日本語", "ไทย", "+4")
        )
        + "</div>"
    )
    return st.button("Open demo corpus", key="open-demo")


def split_editor(rows: list[tuple[str, str]], key: str) -> list[tuple[str, str]]:
    """Show how the text was split; every row can be changed, joined, added or removed."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["Sentence", "Translation"], dtype=str)
    edited = st.data_editor(
        frame, num_rows="dynamic", key=key, hide_index=True, height=min(38 + 36 * (len(rows) + 1), 330),
        column_config={
            "Sentence": st.column_config.TextColumn(width="large", required=True),
            "Translation": st.column_config.TextColumn("Translation, if you have one", width="large"),
        },
    )  # fmt: skip
    cells = edited.fillna("").astype(str)
    return [
        (text.strip(), other.strip()) for text, other in cells.itertuples(index=False) if text.strip() or other.strip()
    ]


def preview(reading: Reading, setup: Setup | None) -> None:
    """Show what was understood, and everything that is wrong with it."""
    facts, sample = st.columns([1, 3], gap="medium")
    with facts:
        chips = "".join(
            markup.tag(label, count) for label, count in sorted(reading.labels.items(), key=lambda item: -item[1])[:12]
        )
        st.html(markup.facts(reading.facts) + (f'<div style="margin-top:8px">{chips}</div>' if chips else ""))
    with sample:
        if reading.preview:
            st.html(_sample(reading))
        st.html("".join(_messages(reading, setup)) or "<span></span>")


def _sample(reading: Reading) -> str:
    rows = []
    for number, task in enumerate(reading.preview, start=1):
        sides = [side for side in (task.source, task.target) if side is not None]
        shown = "".join(markup.words(side, limit=60) for side in sides)
        rows.append([str(number), shown, str(len(task.source.entities)) if task.source else "\u2013"])
    heading = (
        f"First {len(rows)} of {markup.counted(reading.sentences, 'sentence')}"
        if len(rows) < reading.sentences
        else "Text"
    )
    return markup.sheet(["#", heading, "Entities"], rows, frozenset({0, 2}))


def _messages(reading: Reading, setup: Setup | None) -> list[str]:
    messages = [markup.notice("This cannot be imported", error, "bad") for error in reading.errors]
    if reading.problems:
        messages.append(_problem_list(reading))
    if setup and not reading.errors:
        messages += _missing(reading, setup)
    return messages


def _problem_list(reading: Reading) -> str:
    lines = "".join(f"<span>{escape(_problem_text(problem))}</span>" for problem in reading.problems[:8])
    rest = reading.problem_count - min(8, len(reading.problems))
    more = f"<span>and {markup.thousands(rest)} more</span>" if rest > 0 else ""
    noun = "problem" if reading.problem_count == 1 else "problems"
    headline = f"{markup.thousands(reading.problem_count)} {noun} in the file"
    return f'<div class="notice warn" role="status"><b>{headline}</b>{lines}{more}</div>'


def _problem_text(problem: Problem) -> str:
    place = f"Line {markup.thousands(problem.line)}: " if problem.line else ""
    return f"{place}{problem.message}" + (f" ({problem.repaired_by})" if problem.repaired_by else "")


def _missing(reading: Reading, setup: Setup) -> list[str]:
    """Say before the import which models the sentences will need and which are not there."""
    pair = markup.language_pair(setup.source_language, setup.target_language)
    messages = []
    if setup.translator == "given" and any(task.source is None or task.target is None for task in reading.preview):
        messages.append(
            markup.notice(
                f"No translator comes with the app for {pair}",
                "Give translations (after a tab, in the table, or as a file), or choose a translator in Inspect.",
                "warn",
            )
        )
    if setup.recognizer == "given" and not reading.labels:
        messages.append(
            markup.notice(
                "No entity recognizer is chosen",
                "Upload labelled text, or choose a recognizer in Inspect.",
                "warn",
            )
        )
    if doubt := unfamiliar(setup):
        messages.append(markup.notice("An unfamiliar language", doubt, "warn"))
    return messages


def import_project(name: str, setup: Setup, reading: Reading) -> int | None:
    """Store the tasks as a new project and return its number; show what went wrong otherwise."""
    document = reading.document
    bar = st.progress(0.0, "Importing")

    def counted():
        for number, task in enumerate(reading.tasks, start=1):
            if number % 200 == 0:
                bar.progress(
                    min(1.0, number / max(1, reading.sentences)), f"Importing sentence {markup.thousands(number)}"
                )
            yield task

    try:
        return store().create_project(
            name,
            setup,
            counted(),
            document=document and document.content,
            document_name=document.name if document else "",
        )
    except ProjectionError as problem:
        bar.empty()
        st.html(markup.notice("Nothing was imported", str(problem), "bad"))
        return None


def demo_project() -> int | None:
    """Return the demo project, created on first use; work done in it stays."""
    for project in store().projects():
        if project.name == DEMO_NAME:
            return project.id
    reading = importing.file_reading(
        Upload(DEMO.name, DEMO.read_bytes()), None, None, source="en", target="und", direction="translate-train"
    )
    return import_project(DEMO_NAME, default_setup("en", "und", "translate-train"), replace(reading, document=None))


def default_setup(source: str, target: str, direction: str) -> Setup:
    """Return the defaults of the pair, its own method first; then those that run here with no model of their own."""
    setup = Setup.for_pair(source, target, direction=direction)
    light = (name for name in ready_methods(setup) if not registry.components_of(registry.find("projector", name)))
    return replace(setup, methods=(*setup.methods, *(name for name in light if name not in setup.methods)))
