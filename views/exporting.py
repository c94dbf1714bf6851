"""Labelled sentences to the bytes of a file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projection.pipeline import Outcome
from projection.text import documents, pharaoh
from projection.types import Alignment, Entity, Sentence

FORMATS = {
    "conll2002": ("CoNLL-2002", "word and tag", ".conll"),
    "conll2003": ("CoNLL-2003", "four columns, tag last", ".conll"),
    "conllu": ("CoNLL-U", "NER= in the last column", ".conllu"),
    "uner": ("Universal NER", "five columns with comments", ".iob2"),
    "jsonl": ("JSONL", "one sentence a line", ".jsonl"),
    "pharaoh": ("Word links", "Pharaoh, 0-0 1-2", ".pharaoh"),
}
SCHEMES = ("IOB2", "BIOES", "BILOU", "IOB1")
UNTAGGED = ("pharaoh", "jsonl")
SAME_FILE = "original"


@dataclass(frozen=True, slots=True)
class Row:
    """What is exported of one sentence; `target` has its final labels, `entities` is None when there are none yet."""

    position: int
    source: Sentence | None
    target: Sentence | None
    entities: tuple[Entity, ...] | None
    alignment: Alignment | None
    checked: bool
    problem: str = ""


def row(position: int, outcome: Outcome, edits, method: str) -> Row:
    """Reduce an outcome to what is exported of it."""
    projection = outcome.projections.get(method)
    known = projection is not None or edits.target_entities is not None
    entities = edits.final_entities(projection) if known else None
    target, alignment = outcome.target, outcome.alignment
    if projection is not None and projection.bitext.target != target:  # the method wrote a text of its own
        target, alignment = projection.bitext.target, projection.bitext.alignment
    if target is not None and entities is not None:
        target = target.with_entities(entities)
    problem = str(outcome.error) if outcome.error else outcome.method_errors.get(method, "")
    return Row(position, outcome.source, target, entities, alignment, edits.checked, problem)


def complete(rows: Iterable[Row], side: str) -> list[Row]:
    """Return the rows that can be written: a missing label must never look like O."""
    if side == "source":
        return [item for item in rows if item.source is not None]
    return [item for item in rows if item.target is not None and item.entities is not None]


def write(rows: Sequence[Row], kind: str, scheme: str, side: str) -> bytes:
    """Return the file with one side of `rows` (all complete) in format `kind`; links ignore scheme and side."""
    if kind == "pharaoh":
        lines = (pharaoh.format_line(item.alignment) if item.alignment else "" for item in rows)
        return "".join(f"{line}\n" for line in lines).encode()
    stream = io.BytesIO()
    sentences = (item.source if side == "source" else item.target for item in rows)
    documents.write_sentences(stream, sentences, kind, scheme=scheme)
    return stream.getvalue()


def write_original(content: bytes, name: str, language: str, labels: Iterable[tuple[Entity, ...] | None]) -> bytes:
    """Return the uploaded file with nothing but its labels changed: one tuple a sentence, None keeps its own."""
    document = documents.read(content, name=name, language=language, repair="conlleval")
    stream = io.BytesIO()
    document.write(stream, labels, side="target" if document.has_pairs else "source")
    return stream.getvalue()


def file_name(project: str, kind: str, *, side: str, language: str, scheme: str, scope: str) -> str:
    """Return a safe name that tells files apart: the project's letters and digits, and every choice for the file."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in project)
    short = "-".join(part for part in kept.split("-") if part)[:40] or "projection"
    sides = [] if kind == "pharaoh" else [side, "" if language == "und" else language]
    parts = [short, *sides, scope, kind, "" if kind in UNTAGGED else scheme.lower()]
    return "-".join(filter(None, parts)) + FORMATS[kind][2]
