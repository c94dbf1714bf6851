"""A pipeline in a few lines that the tests of corrections work with: no model, every step can be done by hand.

The recognizer knows Ann, Bob (PER) and Rome (LOC); the translator turns words into capitals; the aligner links
words of equal number. "span-matching" puts a label on all words linked to it, "ngram-matching" on the words of
equal number, and "easyproject" writes a translation of its own, with small letters at the end of a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from projection.corrections.edits import Edits
from projection.corrections.inbox import Inbox
from projection.corrections.sheet import Sheet
from projection.corrections.store import Store
from projection.pipeline import Outcome, Setup, Task
from projection.types import Alignment, Bitext, Entity, Projection, Sentence, Span

NAMES = {"Ann": "PER", "Bob": "PER", "Rome": "LOC"}
LINKED, PLACED, WRITTEN = "span-matching", "ngram-matching", "easyproject"
SETUP = Setup("en", "pt", aligner="given", methods=(LINKED,))


def sentence(text: str, *entities: tuple[int, int, str], language: str = "en", **more) -> Sentence:
    """Return a sentence of the words of `text`, with entities (start, end, label)."""
    return Sentence.from_words(
        text.split(" "), language, [Entity(Span(a, b), label) for a, b, label in entities], **more
    )


def recognise(source: Sentence) -> Sentence:
    found = [
        Entity(Span(index, index + 1), NAMES[word], 0.75, "model")
        for index, word in enumerate(source.words)
        if word in NAMES
    ]
    return source.with_entities(found)


def translate(source: Sentence, end: str = "") -> Sentence:
    return Sentence.from_words([word.upper() + end for word in source.words], "pt", id=source.id)


def align(source: Sentence, target: Sentence) -> Alignment:
    links = [(index, index) for index in range(min(len(source), len(target)))]
    return Alignment(frozenset(links), len(source), len(target), dict.fromkeys(links, 0.5))


def run(task: Task) -> Outcome:
    """Do what projection.pipeline.Pipeline does."""
    source = task.source if task.labelled else recognise(task.source)
    target = task.target or translate(source)
    alignment = task.alignment or align(source, target)
    pair = Bitext(source, target.with_entities(()), alignment)
    projections = {
        LINKED: _projection(pair, LINKED, lambda span: alignment.targets_of(span)),
        PLACED: _projection(pair, PLACED, lambda span: range(span.start, min(span.end, len(target)))),
    }
    if task.target is None:
        own = translate(source, "o")
        pair = Bitext(source, own, align(source, own))
        projections[WRITTEN] = _projection(pair, WRITTEN, lambda span: range(span.start, span.end))
    return Outcome(task, source, target, alignment, None, projections)


def _projection(pair: Bitext, method: str, words_of: Callable) -> Projection:
    found: list[Entity] = []
    for entity in pair.source.entities:
        words = words_of(entity.span)
        if words:
            span = Span(min(words), max(words) + 1)
            if not any(other.span.overlaps(span) for other in found):
                found.append(Entity(span, entity.label, 0.5, "projected"))
    found.sort(key=lambda entity: entity.span)
    return Projection(pair, (), (), (), method, f"{method}-1", own_entities=tuple(found))


def sheet_of(task: Task, edits: Edits | None = None, method: str = LINKED) -> Sheet:
    edits = edits or Edits()
    return Sheet(task, edits, run(edits.apply(task)), method, "settings-1", ("en", "pt"))


def then(sheet: Sheet, edits: Edits) -> Sheet:
    """Return what a person sees after a change, everything computed anew."""
    return sheet_of(sheet.task, edits, sheet.method)


def inbox(store: Store, **more) -> Inbox:
    return Inbox(store, lambda stored, method, _settings: sheet_of(stored.task, stored.edits, method or LINKED), **more)


def message(n: int, operation: dict, *, base: int = 0, project: int = 1, position: int = 0, line: str = "", **more):
    """Return an operation as the editor sends it."""
    return {"n": n, "project": project, "position": position, "line": line, "base": base, "method": "",
            "seconds": 1.5, "op": operation} | more  # fmt: skip


def spans(entities) -> list[tuple[int, int, str, str]]:
    return [(entity.span.start, entity.span.end, entity.label, entity.origin) for entity in entities]


def unlabelled(task: Task) -> Task:
    return replace(task, source=task.source.with_entities(()), labelled=False)
