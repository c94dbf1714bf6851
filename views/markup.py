"""Domain values to HTML. Every text from outside passes `html.escape` here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from projection.text.languages import english_name, is_right_to_left
from projection.types import Entity, Sentence, Span
from views.palette import css_class

STATES = {
    "projected": "auto", "model": "auto", "gold": "kept", "accepted": "accepted", "bulk": "bulk",
    "corrected": "corrected", "manual": "manual", "human": "corrected",
}  # fmt: skip
SAID = {
    "auto": "automatic", "kept": "given", "accepted": "accepted", "bulk": "accepted in bulk", "corrected": "corrected",
    "manual": "added by hand",
}  # fmt: skip
MARKS = {"corrected": "\u270e", "bulk": "\u2713\u2713"}
"""What stands in the box of a label besides its border: as in assets/editor_rows.js."""


def score_text(score: float | None) -> str:
    """Write .81 for 0.81 and 1.0 for one; a minus is U+2212."""
    if score is None:
        return ""
    text = f"{abs(score):.2f}"
    text = "1.0" if text == "1.00" else text.removeprefix("0")
    return f"\u2212{text}" if score < 0 and text != ".00" else text


def thousands(number: int) -> str:
    """Group digits by a narrow no-break space: 4 312."""
    return f"{number:,}".replace(",", "\u202f")


def plain(text: str) -> str:
    """Escape what Streamlit's labels and captions would read as Markdown, so that names show as they are."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$<>:&])", r"\\\1", " ".join(text.split()))


def local_time(moment: datetime) -> str:
    """Write a stored time as the clock of the person shows it."""
    zone = st.context.timezone
    return f"{moment.astimezone(ZoneInfo(zone) if zone else None):%H:%M:%S}"


def counted(number: int, noun: str) -> str:
    return f"{thousands(number)} {noun}{'' if number == 1 else 's'}"


def numbers(span: Span) -> str:
    """Return the 1-based numbers of the words: 3 or 3–5."""
    return str(span.end) if len(span) == 1 else f"{span.start + 1}\u2013{span.end}"


def language_name(code: str) -> str:
    """Return the English name; a project in "und" holds several languages or one nobody named."""
    return "several languages" if code == "und" else english_name(code)


def language_pair(source: str, target: str) -> str:
    return f"{language_name(source)} to {language_name(target)}"


def direction(language: str) -> str:
    return "rtl" if is_right_to_left(language) else "ltr"


def gap_before(sentence: Sentence, index: int) -> bool:
    """Whether a space stands before token `index` in the text."""
    return index > 0 and sentence.tokens[index].start > sentence.tokens[index - 1].end


def words(
    sentence: Sentence,
    entities: Iterable[Entity] | None = None,
    *,
    scores: bool = False,
    differs: frozenset[int] = frozenset(),
    limit: int | None = None,
) -> str:
    """Return the sentence with its entities as boxes; `differs` words are underlined; at most `limit` words."""
    chosen = sentence.entities if entities is None else tuple(entities)
    starts = {entity.span.start: entity for entity in chosen}
    stop = len(sentence) if limit is None else min(limit, len(sentence))
    parts, index = [], 0
    while index < stop:
        gap = " " if gap_before(sentence, index) else ("" if index == 0 else "<wbr>")
        entity = starts.get(index)
        end = entity.span.end if entity else index + 1
        inner = "".join(_word(sentence, number, number > index, number in differs) for number in range(index, end))
        parts.append(gap + (_box(entity, inner, scores) if entity else inner))
        index = end
    more = " …" if stop < len(sentence) else ""
    body = "".join(parts) + more or '<span class="none">(no words)</span>'
    return f'<div class="words" dir="{direction(sentence.language)}" lang="{escape(sentence.language)}">{body}</div>'


def _word(sentence: Sentence, index: int, inside: bool, marked: bool) -> str:
    gap = " " if inside and gap_before(sentence, index) else ""
    text = escape(sentence.tokens[index].text)
    return f'{gap}<bdi class="differs">{text}</bdi>' if marked else f"{gap}<bdi>{text}</bdi>"


def _box(entity: Entity, inner: str, scores: bool) -> str:
    score = f'<span class="score" dir="ltr">{score_text(entity.score)}</span>' if scores and entity.score else ""
    return (
        f'<span class="entity {STATES[entity.origin]} {css_class(entity.label)}">{inner}'
        f'<span class="tag">{escape(entity.label)}</span>{score}</span>'
    )


def tag(label: str, count: int | None = None) -> str:
    number = "" if count is None else f" {thousands(count)}"
    return f'<span class="pill count {css_class(label)}">{escape(label)}{number}</span>'


def coloured(label: str, colour: str, key: str = "") -> str:
    """Return a label in the colour of a CSS class, with its key."""
    hint = f" <kbd>{escape(key)}</kbd>" if key else ""
    return f'<span class="pill count {colour}"><bdi>{escape(label)}</bdi>{hint}</span>'


def pill(text: str, tone: str = "") -> str:
    return f'<span class="pill {tone}">{escape(text)}</span>'


def notice(headline: str, detail: str = "", tone: str = "") -> str:
    """Return one designed message: what, and beneath it what to do; `tone` is "", good, warn or bad."""
    more = f"<span>{escape(detail)}</span>" if detail else ""
    return f'<div class="notice {tone}" role="status"><b>{escape(headline)}</b>{more}</div>'


def working(text: str) -> str:
    """Return a line that says what is going on."""
    return f'<div class="working" role="status"><i></i>{escape(text)}</div>'


def title(text: str, meta: str = "") -> str:
    more = f'<span class="meta">{escape(meta)}</span>' if meta else ""
    return f'<div class="title"><bdi>{escape(text)}</bdi>{more}</div>'


def page_title(text: str, lead: str = "") -> str:
    more = f'<p class="lead">{escape(lead)}</p>' if lead else ""
    return f"<h1>{escape(text)}</h1>{more}"


def tile(name: str, value: str, said: str = "", extra: str = "", tone: str = "") -> str:
    """Return one headline figure; `extra` is HTML from here."""
    return (
        f'<div class="tile {tone}"><span>{escape(name)}</span><b>{escape(value)}</b> '
        f"<small>{escape(said)}</small> {extra}</div>"
    )


def facts(rows: Mapping[str, str]) -> str:
    """Return a list of name and value; empty values are left out."""
    items = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows.items() if value)
    return f'<dl class="facts">{"".join(items)}</dl>'


def sheet(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """Return a table of ready HTML cells; columns in `numbers` stand right. Cells must be escaped already."""

    def cells(row: Sequence[str], kind: str) -> str:
        return "".join(
            f"<{kind}{' class=number' if index in numbers else ''}>{cell}</{kind}>" for index, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    head = cells([escape(text) for text in heads], "th")
    return f'<div class="scroll"><table class="sheet"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def progress_line(done: int, total: int) -> str:
    share = 0 if not total else round(100 * done / total)
    return (
        f'<span class="meta">{thousands(done)} of {thousands(total)} checked'
        f'<span class="bar"><i style="width:{share}%"></i></span></span>'
    )
