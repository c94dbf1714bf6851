"""What the readers of all formats hand over: pieces of a file, pairs of sentences, problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from projection.text.lines import Line
from projection.types import Alignment, Entity, Sentence

ProblemKind = Literal["label", "nested", "span", "columns", "json"]
LabelUse = Literal["strict", "valid", "ignore"]
MOST_PROBLEMS = 1000


UNLABELLED = ("plain", "tsv", "bars")
"""Formats that have no place for labels."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that is not as its format wants it.

    `repaired_by` is the named rule that dealt with it ("conlleval", "discard", "outermost"), or
    what was done instead ("left out"), None when nothing was.
    """

    line: int | None
    kind: ProblemKind
    message: str
    repaired_by: str | None = None
    path: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path or None, self.line) if part is not None)
        done = f" ({self.repaired_by})" if self.repaired_by else ""
        return f"{place}: {self.message}{done}" if place else f"{self.message}{done}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, and its translation and links where the file has them."""

    source: Sentence
    target: Sentence | None = None
    alignment: Alignment | None = None


@dataclass(slots=True)
class Piece:
    """Consecutive lines of a file and the sentences read from them; none for comments and what was left out.

    `rows` are the positions in `lines` of the words of a column format, `labels` what stands there.
    """

    lines: list[Line]
    pairs: list[Pair] = field(default_factory=list)
    rows: Sequence[int] = ()
    labels: Sequence[str] = ()

    @property
    def raw(self) -> str:
        return "".join(line.raw for line in self.lines)


@dataclass(slots=True)
class Scan:
    """What the first pass over a file found; `words` is None where counting would mean tokenising."""

    sentences: int = 0
    words: int | None = 0
    labels: int = 0
    scheme: str | None = None
    scheme_note: str = ""
    has_pairs: bool = False
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    def count(self, pair: Pair) -> None:
        """Add one sentence, or pair, that was read whole."""
        self.sentences += 1
        self.words += len(pair.source)
        self.labels += sum(len(entity.span) for entity in pair.source.entities)
        self.has_pairs |= pair.target is not None

    def add(self, problem: Problem) -> None:
        """Keep a problem, up to MOST_PROBLEMS; all are counted."""
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


Lines = Callable[[], Iterable[Line]]


class Format(Protocol):
    """One file format. `summary` describes the layout in a few words; all three methods stream."""

    @property
    def summary(self) -> str: ...

    def scan(self, lines: Lines) -> Scan:
        """Read everything once or twice and find scheme, counts and problems."""

    def parse(self, lines: Iterable[Line], use: LabelUse) -> Iterator[Piece]:
        """Yield the whole file in pieces. Raises LabelError for illegal labels when `use` is "strict"."""

    def rewrite(
        self, piece: Piece, edits: Sequence[tuple[Entity, ...] | None], scheme: str | None, side: str
    ) -> Iterable[str]:
        """Yield the lines of `piece` with the labels of `edits` (None: unchanged) in `scheme` (None: its own)."""


def locate(words: Iterable[str], text: str) -> list[tuple[int, int]] | None:
    """Find words in order in `text` with nothing but whitespace between; None when they are not there."""
    position, offsets = 0, []
    for word in words:
        while not text.startswith(word, position):
            if position >= len(text) or not text[position].isspace():
                return None
            position += 1
        offsets.append((position, position + len(word)))
        position += len(word)
    return offsets if not text[position:].strip() else None


def outermost(entities: Iterable[Entity]) -> tuple[list[Entity], list[str]]:
    """Keep the outermost of entities that overlap; say in a clause each which ones went."""
    kept: list[Entity] = []
    dropped = []
    for entity in sorted(entities, key=lambda entity: (entity.span.start, -entity.span.end)):
        if kept and entity.span.overlaps(kept[-1].span):
            inner, outer = entity.span, kept[-1]
            dropped.append(
                f"entity [{inner.start}, {inner.end}) {entity.label} is nested in or crosses "
                f"[{outer.span.start}, {outer.span.end}) {outer.label}"
            )
        else:
            kept.append(entity)
    return kept, dropped
