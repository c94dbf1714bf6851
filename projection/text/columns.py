"""Files with one word per line and a blank line after each sentence: CoNLL-2002, CoNLL-2003, UNER.

Which line is what:

* Columns are separated by exactly one tab, or, where a file has no tabs, by one or more spaces
  (U+0020 only, so a word may contain any other space; in files with tabs it may contain U+0020 too).
* A blank line ends a sentence. A word "-DOCSTART-" is kept and belongs to no sentence.
* Where the first column numbers the words (UNER, CoNLL-U), every line beginning with "#" is a comment
  and lines numbered "3-4" or "5.1" (multiword and empty words) are kept and not read.
* Elsewhere a line beginning with "#" is a word if it has as many columns as the file and its last
  one is a label, or if no space or end of line follows the "#"; else it is a comment.
* A sentence with a line of another number of columns is reported and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from projection.errors import LabelError
from projection.text.lines import Line
from projection.text.records import LabelUse, Lines, Pair, Piece, Problem, Scan, locate
from projection.text.schemes import LabelProblem, SchemeDetector, decode, encode
from projection.types import Entity, Provenance, Sentence, Token

LABEL = re.compile(r"O|[BIESLU]-.+", re.DOTALL)
_DOCSTART = "-DOCSTART-"
_COMMENT = re.compile(r"#\s*(sent_id|id|text)\b\s*=?\s*(.*)", re.DOTALL)
_NOT_READ = re.compile(r"\d+[-.]\d+")
_SPACED = re.compile(r"[^ ]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on a line; `numbered` when the first column counts the words."""

    delimiter: str
    columns: int
    word: int
    label: int
    numbered: bool = False

    def split(self, text: str) -> list[str]:
        return text.split("\t") if self.delimiter == "\t" else [part for part in text.split(" ") if part]

    def is_comment(self, text: str, fields: Sequence[str]) -> bool:
        """Judge a line that begins with "#"; see the top of this module."""
        if self.numbered:
            return True
        if len(fields) == self.columns and LABEL.fullmatch(fields[self.label]):
            return False
        return text[1:2] in ("", " ")

    @property
    def summary(self) -> str:
        return f"{self.columns} columns separated by {'tabs' if self.delimiter == chr(9) else 'spaces'}"


@dataclass(slots=True)
class Block:
    """The lines up to and including a blank one; `rows` are (position in lines, fields) of its words."""

    lines: list[Line] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    problem: tuple[int, str] | None = None


def blocks(lines: Iterable[Line], layout: Layout) -> Iterator[Block]:
    """Cut a file into sentences, with everything that stands between them."""
    block, split = Block(), layout.split
    for line in lines:
        text = line.text
        block.lines.append(line)
        if not text.strip(" \t\r"):
            yield block
            block = Block()
            continue
        fields = split(text)
        if text[0] == "#" and layout.is_comment(text, fields):
            block.comments.append(text)
            continue
        fault = _fault(text, fields, layout)
        if fault:
            block.problem = block.problem or (line.number, fault)
        elif not _is_skipped(fields, layout):
            block.rows.append((len(block.lines) - 1, fields))
    if block.lines:
        yield block


def _fault(text: str, fields: list[str], layout: Layout) -> str:
    if layout.delimiter == " " and "\t" in text:
        return "a tab in a file whose columns are separated by spaces"
    if len(fields) != layout.columns:
        if layout.delimiter == "\t" and len(fields) == 1 and " " in text:
            return "no tab in a file whose columns are separated by tabs (are there spaces instead?)"
        return f"{len(fields)} column{'s' * (len(fields) != 1)} where the file has {layout.columns}"
    if not fields[layout.word]:
        return "the word is empty"
    if layout.numbered and not fields[0].isdecimal() and not _NOT_READ.fullmatch(fields[0]):
        return f"the line begins with {fields[0]!r}, not with the number of a word"
    return ""


def _is_skipped(fields: list[str], layout: Layout) -> bool:
    return not fields[0].isdecimal() if layout.numbered else fields[layout.word].startswith(_DOCSTART)


@dataclass(slots=True)
class ColumnFormat:
    """Reader and writer of word-per-line files; `scheme` is settled by `scan` when it is None."""

    layout: Layout
    format: str
    name: str
    language: str
    scheme: str | None = None
    repair: str | None = None

    @property
    def summary(self) -> str:
        return self.layout.summary

    # what a format with labels elsewhere overrides

    def labels(self, block: Block) -> list[str]:
        label = self.layout.label
        return [fields[label].strip(" ") for _, fields in block.rows]

    def decode(self, labels: Sequence[str]) -> tuple[tuple[Entity, ...], Sequence[LabelProblem]]:
        return decode(labels, self.scheme, self.repair)

    def encode(self, entities: Iterable[Entity], length: int, scheme: str | None) -> list[str]:
        return self._writable(encode(entities, length, scheme or self.scheme), self.layout.delimiter)

    def _writable(self, labels: list[str], reserved: str) -> list[str]:
        for label in labels:
            if not set(reserved).isdisjoint(label):
                raise LabelError(
                    f"label {label!r} holds {reserved!r}, which separates columns or attributes here.",
                    path=self.name,
                    remedy="Rename the entity type.",
                )
        return labels

    def with_label(self, text: str, label: str) -> str:
        """Replace the label on one line and leave every other character alone."""
        column = self.layout.label
        if self.layout.delimiter == "\t":
            fields = text.split("\t")
            fields[column] = label
            return "\t".join(fields)
        place = list(_SPACED.finditer(text))[column]
        return text[: place.start()] + label + text[place.end() :]

    def space_after(self, block: Block) -> list[bool] | None:
        return None

    # reading

    def scan(self, lines: Lines) -> Scan:
        scan, detector = Scan(), SchemeDetector()
        for block in blocks(lines(), self.layout):
            if block.problem:
                number, message = block.problem
                scan.add(Problem(number, "columns", message, "sentence left out", self.name))
            elif block.rows:
                scan.sentences += 1
                scan.words += len(block.rows)
                detector.add(self.labels(block))
        scan.labels = detector.labels
        self._settle(detector, scan)
        if self._may_have_problems(detector):
            for block in blocks(lines(), self.layout):
                if block.rows and not block.problem:
                    for problem in self._problems(block, self.decode(self.labels(block))[1]):
                        scan.add(problem)
        scan.problems.sort(key=lambda problem: problem.line or 0)
        return scan

    def _may_have_problems(self, detector: SchemeDetector) -> bool:
        return detector.problems[self.scheme] > 0

    def _settle(self, detector: SchemeDetector, scan: Scan) -> None:
        if self.scheme is None:
            self.scheme, scan.scheme_note = detector.result(self.format)
        else:
            scan.scheme_note = f"{self.scheme} as told"
        scan.scheme = self.scheme

    def _problems(self, block: Block, found: Iterable[LabelProblem]) -> Iterator[Problem]:
        for problem in found:
            line = block.lines[block.rows[problem.index][0]].number
            kind = "nested" if problem.kind == "nested" else "label"
            yield Problem(line, kind, problem.message, problem.repaired_by, self.name)

    def parse(self, lines: Iterable[Line], use: LabelUse) -> Iterator[Piece]:
        number = 0
        for block in blocks(lines, self.layout):
            piece = Piece(block.lines)
            if block.rows and not block.problem:
                number += 1
                piece.rows = [position for position, _ in block.rows]
                piece.labels = self.labels(block)
                piece.pairs.append(Pair(self._sentence(block, piece.labels, number, use)))
            yield piece

    def _sentence(self, block: Block, labels: Sequence[str], number: int, use: LabelUse) -> Sentence:
        entities: tuple[Entity, ...] = ()
        if use != "ignore":
            entities, problems = self.decode(labels)
            if use == "strict":
                self._refuse(block, problems)
        words = [fields[self.layout.word] for _, fields in block.rows]
        told = dict(match.groups() for match in map(_COMMENT.match, block.comments) if match)
        identifier = told.get("sent_id") or told.get("id") or str(number)
        place = Provenance(self.name, block.lines[block.rows[0][0]].number)
        offsets = locate(words, told["text"]) if told.get("text") else None
        if offsets is None:
            return Sentence.from_words(
                words, self.language, entities, id=identifier, space_after=self.space_after(block), provenance=place
            )
        tokens = tuple(Token(word, *offset) for word, offset in zip(words, offsets, strict=True))
        return Sentence(told["text"], tokens, self.language, entities, identifier, place)

    def _refuse(self, block: Block, problems: Sequence[LabelProblem]) -> None:
        for problem in self._problems(block, problems):
            if problem.repaired_by is None:
                raise LabelError(
                    f"{problem.message}.",
                    path=self.name,
                    line=problem.line,
                    remedy="Correct the file, or name a repair rule: 'conlleval' (a stray I- starts an entity) or "
                    "'discard' (no entity there).",
                )

    # writing

    def rewrite(
        self, piece: Piece, edits: Sequence[tuple[Entity, ...] | None], scheme: str | None, side: str
    ) -> Iterator[str]:
        sentence = piece.pairs[0].source
        entities = sentence.entities if edits[0] is None else edits[0]
        wanted = self.encode(entities, len(sentence), scheme)
        changes = {
            position: label
            for position, label, old in zip(piece.rows, wanted, piece.labels, strict=True)
            if label != old
        }
        for position, line in enumerate(piece.lines):
            label = changes.get(position)
            yield line.raw if label is None else line.with_text(self.with_label(line.text, label))
