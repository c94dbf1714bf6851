"""Versions of a sentence by several people, and how far people agree, as HTML. Values in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from projection.corrections.versions import Apart, Version
from projection.evaluation.agreement import differing_words
from projection.evaluation.annotators import Agreement, LabelAgreement, mean
from projection.evaluation.scores import Interval
from projection.types import Entity, Sentence, Span
from views import markup
from views.markup import score_text

FIGURES = {
    "f1": "F1",
    "partial": "F1, borders may differ",
    "kappa_names": "\u03ba, words of names",
    "kappa": "\u03ba, all words",
}
NONE = "\u2013"


def name(person: str) -> str:
    """Return a person's name in its own direction, cut by the style sheet where it is long."""
    return f'<bdi class="person" title="{escape(person)}">{escape(person)}</bdi>'


def agreement_table(found: Sequence[Agreement]) -> str:
    """Return one row for every two people, and their mean where there are several pairs."""
    rows = [
        [name(one.one), name(one.other), str(one.sentences), *(figure(one, key) for key in FIGURES)] for one in found
    ]
    if len(found) > 1:
        means = (score_text(mean(found, key)) or NONE for key in FIGURES)
        rows.append(["Mean of the pairs", "", "", *means])
    heads = ["Person", "and", "Sentences", *FIGURES.values()]
    return markup.sheet(heads, rows, frozenset(range(2, 3 + len(FIGURES))))


def figure(one: Agreement, key: str) -> str:
    """Write a figure with its 95 % interval: .81 .74-.88."""
    value = getattr(one, key)
    if value is None:
        return NONE
    return f'<b class="figure">{score_text(value)}</b>{interval_text(one.interval(key))}'


def interval_text(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f' <span class="interval">{score_text(interval.low)} to {score_text(interval.high)}</span>'


def label_table(found: Iterable[LabelAgreement], one: str, other: str) -> str:
    """Return the agreement on each label of person `one`, who was counted, with `other`, who was the reference."""
    rows = [
        [markup.tag(item.label), str(item.counts.found), str(item.counts.spurious), str(item.counts.missed),
         score_text(item.counts.f1), score_text(item.kappa) or NONE]
        for item in found
    ]  # fmt: skip
    heads = ["Label", "Both", f"Only {_short(one)}", f"Only {_short(other)}", "F1", "\u03ba, all words"]
    return markup.sheet(heads, rows, frozenset(range(1, 6)))


def _short(person: str) -> str:
    return person if len(person) <= 20 else f"{person[:19]}\u2026"


def versions(shown: Apart) -> str:
    """Return the source with its labels and all finished versions, words that differ marked and underlined."""
    differs = frozenset()
    if shown.same_words and len(shown.finished) > 1:
        differs = differing_words(*(_entities(version) for version in shown.finished))
    rows = [f'<div class="who">Source</div>{markup.words(shown.source)}'] if shown.source else []
    rows += [_version(number, version, differs) for number, version in enumerate(shown.finished, start=1)]
    return f'<div class="versions">{"".join(rows)}</div>'


def _version(number: int, version: Version, differs: frozenset[int]) -> str:
    note = f'<p class="meta">{escape(version.note)}</p>' if version.note else ""
    drawn = markup.words(version.sentence, differs=differs) if version.sentence else ""
    return f'<div class="who">{name(version.person)} <kbd>{number}</kbd></div><div>{drawn}{note}</div>'


def difference_table(shown: Apart) -> str:
    """Return what is not the same in all versions: one row for each group of spans that touch, "" if nothing is."""
    if not shown.same_words:
        return ""
    finished = shown.finished
    groups = difference_groups([_entities(version) for version in finished])
    rows = [[_group(finished[0].sentence, group), *(_said(version, group) for version in finished)] for group in groups]
    return markup.sheet(["Words", *(_short(version.person) for version in finished)], rows) if rows else ""


def difference_groups(found: Sequence[Sequence[Entity]]) -> list[Span]:
    """Return the stretches of words on which labellings differ: overlapping spans that not all have, joined."""
    kinds = [{(entity.span, entity.label) for entity in entities} for entities in found]
    differing = sorted(
        {span for kind in kinds for span, label in kind if any((span, label) not in other for other in kinds)}
    )
    groups: list[Span] = []
    for span in differing:
        if groups and groups[-1].overlaps(span):
            groups[-1] = Span(groups[-1].start, max(groups[-1].end, span.end))
        else:
            groups.append(span)
    return groups


def _group(sentence: Sentence | None, group: Span) -> str:
    return "" if sentence is None else f'<span class="meta">{markup.numbers(group)}</span> {_text(sentence, group)}'


def _said(version: Version, group: Span) -> str:
    sentence = version.sentence
    if sentence is None:
        return NONE
    entities = (entity for entity in sentence.entities if entity.span.overlaps(group))
    inside = [f"{_text(sentence, entity.span)} {markup.tag(entity.label)}" for entity in entities]
    return "<br>".join(inside) or '<span class="meta">no label</span>'


def _text(sentence: Sentence, span: Span) -> str:
    return f'<bdi dir="{markup.direction(sentence.language)}">{escape(sentence.text_of(span))}</bdi>'


def _entities(version: Version) -> tuple[Entity, ...]:
    return version.sentence.entities if version.sentence else ()


def disagreement_list(shown: Sequence[Apart]) -> str:
    """Return a row for each sentence: its number, the words on which people differ, and what became of it."""
    rows = []
    for one in shown:
        groups = difference_groups([_entities(version) for version in one.finished]) if one.same_words else []
        sentence = one.finished[0].sentence
        said = ", ".join(_text(sentence, group) for group in groups) if sentence else ""
        state = markup.pill("decided", "good") if one.decided else markup.pill("open", "warn")
        rows.append([str(one.position + 1), said or "other words", state])
    return markup.sheet(["#", "Words", ""], rows, frozenset({0})) if rows else ""
