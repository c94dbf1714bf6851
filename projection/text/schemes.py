"""Entity spans to label sequences and back: IOB1, IOB2, BIOES, BILOU.

Each scheme is one row of `SHAPES`: the letters of an entity of one word, and of the first, inner and
last word of a longer one. A sequence is legal when encoding the entities read from it gives the
same sequence again, so the table is also the definition of legality.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from projection.errors import ConfigurationError, LabelError, SpanError
from projection.types import Entity, Span


class Shape(NamedTuple):
    """Letters of one scheme; `adjacent` replaces the first letter right after an entity of the same label."""

    single: str
    first: str
    inner: str
    last: str
    adjacent: str = ""


SHAPES: dict[str, Shape] = {
    "IOB1": Shape("I", "I", "I", "I", adjacent="B"),  # Ramshaw and Marcus 1995
    "IOB2": Shape("B", "B", "I", "I"),  # Tjong Kim Sang and Veenstra 1999
    "BIOES": Shape("S", "B", "I", "E"),
    "BILOU": Shape("U", "B", "I", "L"),  # Ratinov and Roth 2009
}
SCHEMES = tuple(SHAPES)
REPAIRS = ("conlleval", "discard")
"""conlleval: spans as the CoNLL scorer reads them, a stray I- starts one; discard: no span with an illegal label.

On IOB2 these read what seqeval reads in its default mode and in its strict one (mode="strict", scheme=IOB2), whatever
the order of the labels. They differ for labels of no scheme ("PER", "I"), which never make an entity here while seqeval
takes them for one or fails, and for types that begin or end with a hyphen, which seqeval's strict mode cuts off.
"""

CONVENTIONAL = {"conll2003": "IOB1"}
"""The scheme a format was published in, taken when its labels fit several; IOB2 where nothing is said."""

_LETTERS = {scheme: frozenset("".join(shape)) for scheme, shape in SHAPES.items()}
_TAG = re.compile(r"([A-Z])-(.+)", re.DOTALL)
_NO_COLUMN = frozenset("\t\r\n")
_ENDING, _STARTING = frozenset("ELSU"), frozenset("BSU")


@dataclass(frozen=True, slots=True)
class LabelProblem:
    """One label that is not legal: `index` of its word, `kind` "unknown" or "sequence", the rule that repaired it."""

    index: int
    tag: str
    kind: str
    message: str
    repaired_by: str | None = None


@dataclass(slots=True)
class _Chunk:
    start: int
    end: int
    label: str


def _shape(scheme: str) -> Shape:
    try:
        return SHAPES[scheme]
    except KeyError:
        raise ConfigurationError(f"There is no label scheme {scheme!r}; known are {', '.join(SCHEMES)}.") from None


def encode(entities: Iterable[Entity], length: int, scheme: str = "IOB2") -> list[str]:
    """Return one label per word.

    Raises SpanError when entities overlap or pass the end, LabelError for a type no column can hold.
    """
    shape, tags, previous = _shape(scheme), ["O"] * length, None
    for entity in sorted(entities, key=lambda entity: entity.span):
        start, end, label = entity.span.start, entity.span.end, entity.label
        if end > length or (previous and start < previous.span.end):
            raise SpanError(f"Entity [{start}, {end}) {label} overlaps another one or passes word {length}.")
        if not label.strip() or label != label.strip(" ") or not _NO_COLUMN.isdisjoint(label):
            raise LabelError(f"entity type {label!r} cannot stand in a column.", remedy="Rename it without spaces.")
        tags[start:end] = _letters(shape, start, end, label, previous and (previous.span.end, previous.label))
        previous = entity
    return tags


def _letters(shape: Shape, start: int, end: int, label: str, previous: tuple[int, str] | None) -> list[str]:
    size = end - start
    letters = [shape.single] if size == 1 else [shape.first, *[shape.inner] * (size - 2), shape.last]
    if shape.adjacent and previous == (start, label):
        letters[0] = shape.adjacent
    return [f"{letter}-{label}" for letter in letters]


def decode(
    tags: Sequence[str], scheme: str = "IOB2", repair: str | None = None
) -> tuple[tuple[Entity, ...], tuple[LabelProblem, ...]]:
    """Read the entities of one sentence, and every label that is not legal in `scheme`.

    `repair` names the rule for illegal labels, one of REPAIRS. Without one the entities are those
    of "discard", each problem says that nothing repaired it, and the caller decides. A label of no
    scheme ("X", "B-", "b-per") never makes an entity.
    """
    shape = _shape(scheme)
    if repair not in (None, *REPAIRS):
        raise ConfigurationError(f"There is no repair rule {repair!r}; known are {', '.join(REPAIRS)}.")
    chunks, problems = _chunks(tags, scheme)
    illegal: list[_Chunk] = []
    previous = None
    for chunk in chunks:
        expected = _letters(shape, chunk.start, chunk.end, chunk.label, previous)
        previous = chunk.end, chunk.label
        for index, tag in enumerate(expected, chunk.start):
            if tags[index] != tag:
                before = repr(tags[index - 1]) if index else "the beginning of the sentence"
                message = f"label {tags[index]!r} after {before} is not legal {scheme}, which has {tag!r} here"
                problems.append(LabelProblem(index, tags[index], "sequence", message))
                illegal.append(chunk)
    if repair != "conlleval":
        chunks = [chunk for chunk in chunks if chunk not in illegal]
    entities = tuple(Entity(Span(chunk.start, chunk.end), chunk.label) for chunk in chunks)
    ordered = sorted(problems, key=lambda problem: problem.index)
    return entities, tuple(replace(problem, repaired_by=repair) for problem in ordered)


def _chunks(tags: Sequence[str], scheme: str) -> tuple[list[_Chunk], list[LabelProblem]]:
    """Read spans by the rules of the CoNLL-2000 scorer conlleval, which also fit every legal sequence."""
    chunks, problems = [], []
    open_letter = open_label = ""
    for index, tag in enumerate(tags):
        match = None if tag == "O" else _TAG.fullmatch(tag)
        if match is None or match.group(1) not in _LETTERS[scheme]:
            if tag != "O":
                problems.append(LabelProblem(index, tag, "unknown", _unknown(tag, scheme)))
            open_letter = ""
            continue
        letter, label = match.groups()
        goes_on = open_letter and label == open_label and letter not in _STARTING and open_letter not in _ENDING
        if goes_on:
            chunks[-1].end = index + 1
        else:
            chunks.append(_Chunk(index, index + 1, label))
        open_letter, open_label = letter, label
    return chunks, problems


def _unknown(tag: str, scheme: str) -> str:
    letters = ", ".join(f"{letter}-" for letter in sorted(_LETTERS[scheme]))
    return f"label {tag!r} is none of {scheme} ('O', or {letters} and a type)"


@dataclass(slots=True)
class SchemeDetector:
    """Finds the scheme of a stream of label sequences: the one with the fewest illegal labels.

    Constant memory. Fed with `add`, asked with `result`.
    """

    problems: Counter[str] = field(default_factory=Counter)
    labels: int = 0

    def add(self, tags: Sequence[str]) -> None:
        """Count one sentence; runs of labels between two "O" are judged once and remembered."""
        start = None
        for index, tag in enumerate((*tags, "O")):
            if tag != "O":
                start = index if start is None else start
            elif start is not None:
                run = tuple(tags[start:index])
                self.labels += len(run)
                for scheme, count in _run_problems(run):
                    self.problems[scheme] += count
                start = None

    def result(self, format: str = "") -> tuple[str, str]:
        """Return the scheme and a clause that says how it was found."""
        usual = CONVENTIONAL.get(format, "IOB2")
        if not self.labels:
            return usual, f"{usual} taken, as no word has a label"
        fewest = min(self.problems[scheme] for scheme in SCHEMES)
        fitting = [scheme for scheme in SCHEMES if self.problems[scheme] == fewest]
        scheme = usual if usual in fitting else next(name for name in ("IOB2", *fitting) if name in fitting)
        illegal = f" with {fewest} of {self.labels} labels illegal" if fewest else ""
        if len(fitting) > 1:
            return scheme, f"{scheme} taken, as the labels fit {' and '.join(fitting)} equally well{illegal}"
        return scheme, f"{scheme} detected{illegal}"


@lru_cache(maxsize=20_000)
def _run_problems(run: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    counts = ((scheme, len(decode(run, scheme)[1])) for scheme in SCHEMES)
    return tuple((scheme, count) for scheme, count in counts if count)


def detect(sequences: Iterable[Sequence[str]], format: str = "") -> tuple[str, str]:
    """Return the scheme of a stream of label sequences and a clause that says how it was found."""
    detector = SchemeDetector()
    for tags in sequences:
        detector.add(tags)
    return detector.result(format)
