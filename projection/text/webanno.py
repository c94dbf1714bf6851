"""WebAnno TSV 3, the format of WebAnno and INCEpTION: one word per line, a column per feature of a layer.

Read are sentences, words with their spaces (offsets count UTF-16 units) and one layer of spans: Named
entity if the file has it, else one with a feature "value" or "label", else the first that is not part of
speech or the like. Spans over parts of words are widened to whole words, nested ones reduced to the
outermost, both reported. Other layers, relations and chains are not read. The file is written back as it
was; labels are not edited in place, as its columns also hold what is not read.

The rules are those of the format's description in INCEpTION's user guide and of its own reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from projection.errors import FormatError
from projection.text.lines import Line
from projection.text.records import LabelUse, Lines, Pair, Piece, Problem, Scan, locate, outermost
from projection.types import Entity, Provenance, Sentence, Span, Token

FIRST_LINE = "#FORMAT=WebAnno TSV 3.3"
NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_FORMAT = re.compile(r"#FORMAT=WebAnno TSV 3\.\d+\s*")
_TEXT, _ID, _SPANS = "#Text=", "#Sentence.id=", "#T_SP="
_LAYERS = (_SPANS, "#T_CH=", "#T_RL=")
_TOKEN_LEVEL = re.compile(r"\.(lexmorph|segmentation|syntax|transform)\.")
_LABEL_FEATURES = ("value", "label")
_UNIT = re.compile(r"(\d+)-(\d+)(\.\d+)?")
_OFFSETS = re.compile(r"(\d+)-(\d+)")
_BAR = re.compile(r"(?<!\\)\|")
_NUMBERED = re.compile(r"(.*)\[(\d+)\]", re.DOTALL)
_VALUE_ESCAPES = {"\\": "\\\\", "[": "\\[", "]": "\\]", "|": "\\|", "_": "\\_", "->": "\\->", ";": "\\;", "\t": "\\t",
                  "\n": "\\n", "*": "\\*"}  # fmt: skip
_TEXT_ESCAPES = {chr(code): "\\" + chr(code) for code in range(32) if not 7 < code < 14} | {
    "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\b": "\\b", "\\": "\\\\"
}  # fmt: skip


def _replacer(table: dict[str, str]) -> Callable[[str], str]:
    pattern = re.compile("|".join(map(re.escape, table)))
    return lambda text: pattern.sub(lambda found: table[found.group()], text)


escape_value, escape_text = _replacer(_VALUE_ESCAPES), _replacer(_TEXT_ESCAPES)
unescape_value, unescape_text = (
    _replacer({escaped: plain for plain, escaped in table.items()}) for table in (_VALUE_ESCAPES, _TEXT_ESCAPES)
)


def is_webanno(first: str) -> bool:
    return _FORMAT.fullmatch(first) is not None


class Layout(NamedTuple):
    """Which column after the words holds the labels (None: no such layer), of which layer, and how many there are."""

    column: int | None
    layer: str
    columns: int

    @property
    def layer_name(self) -> str:
        return self.layer.rsplit(".", 1)[-1]


_NO_LAYER = Layout(None, "", 0)


def read_layout(header: Iterable[str]) -> Layout:
    """Find the layer of entities among the declarations at the top of a file."""
    found: list[tuple[int, int, str]] = []
    columns = 0
    for line in header:
        kind = next((kind for kind in _LAYERS if line.startswith(kind)), None)
        if kind is None:
            continue
        layer, *features = [part for part in line.removeprefix(kind).split("|") if part]
        if kind == _SPANS and not _TOKEN_LEVEL.search(layer):
            column, rank = _label_column(layer, features)
            found.append((rank, columns + column, layer))
        columns += max(1, len(features))
    if not found:
        return _NO_LAYER._replace(columns=columns)
    _, column, layer = min(found)
    return Layout(column, layer, columns)


def _label_column(layer: str, features: Sequence[str]) -> tuple[int, int]:
    """Return the column of the feature that names the kind of span, and how likely it is the one (0 best)."""
    for name in _LABEL_FEATURES:
        if name in features:
            return features.index(name), 0 if layer == NAMED_ENTITY else 1
    return 0, 2


@dataclass(slots=True)
class _Block:
    """One sentence as it stands in the file."""

    texts: list[str] = field(default_factory=list)
    id: str = ""
    units: list[tuple[Line, list[str]]] = field(default_factory=list)


class _Mark(NamedTuple):
    """One value in one cell: the label, the word it stands on (from 0), and the number that joins it to others."""

    label: str
    word: int
    number: int | None


@dataclass(slots=True)
class WebannoFormat:
    """Reader of WebAnno TSV 3; it does not edit labels in place."""

    name: str
    language: str
    layout: Layout = _NO_LAYER

    @property
    def summary(self) -> str:
        return f"entities from the layer {self.layout.layer_name}" if self.layout.layer else "no layer of spans"

    def scan(self, lines: Lines) -> Scan:
        scan = Scan()
        for pair, problems in (found for _, found in self._read(lines()) if found is not None):
            for problem in problems:
                scan.add(problem)
            if pair:
                scan.count(pair)
        return scan

    def parse(self, lines: Iterable[Line], use: LabelUse) -> Iterator[Piece]:
        for raw, found in self._read(lines):
            pair = found[0] if found else None
            if pair and use == "ignore":
                pair = Pair(pair.source.with_entities(()))
            yield Piece(raw, [pair] if pair else [])

    def rewrite(
        self, piece: Piece, edits: Sequence[tuple[Entity, ...] | None], scheme: str | None, side: str
    ) -> Iterator[str]:
        raise FormatError(
            "labels of a WebAnno TSV file are not edited in place, as its columns also hold other layers.",
            path=self.name,
            remedy="Export to WebAnno TSV or another format instead.",
        )

    def _read(self, lines: Iterable[Line]) -> Iterator[tuple[list[Line], tuple[Pair | None, list[Problem]] | None]]:
        """Yield all lines in groups, those of a sentence with what was read from them."""
        raw: list[Line] = []
        header, number = True, 0
        seen: set[int] = set()
        for line in lines:
            raw.append(line)
            if line.text.strip("\r"):
                continue
            if header:
                self.layout = read_layout(entry.text for entry in raw)
                header = False
                yield raw, None
            else:
                found = self._sentence(raw, number, seen)
                number += found is not None and found[0] is not None
                yield raw, found
            raw = []
        if raw:
            yield raw, None if header else self._sentence(raw, number, seen)

    def _sentence(self, raw: Sequence[Line], number: int, seen: set[int]) -> tuple[Pair | None, list[Problem]] | None:
        block = _Block()
        for line in raw:
            if line.text.startswith(_TEXT):
                block.texts.append(unescape_text(line.text.removeprefix(_TEXT)))
            elif line.text.startswith(_ID):
                block.id = unescape_text(line.text.removeprefix(_ID))
            elif line.text.strip("\r") and not line.text.startswith("#"):
                block.units.append((line, line.text.split("\t")))
        if not block.units:
            return None
        fault = self._fault(block)
        if fault:
            return None, [Problem(fault[0], "columns", fault[1], "sentence left out", self.name)]
        return self._pair(block, number, seen)

    def _fault(self, block: _Block) -> tuple[int, str] | None:
        words: set[str] = set()
        for line, fields in block.units:
            if len(fields) < 3 + self.layout.columns:
                return line.number, f"{len(fields)} columns where the file has {3 + self.layout.columns}"
            if not (_UNIT.fullmatch(fields[0]) and _OFFSETS.fullmatch(fields[1])):
                begins = f"{fields[0]!r:.20} {fields[1]!r:.20}"
                return line.number, f"the line begins with {begins}, not with the numbers of a word"
            words |= {fields[0]} if "." not in fields[0] else set()
            if fields[0].partition(".")[0] not in words:
                return line.number, f"{fields[0]} is part of a word that is not there"
        return None

    def _pair(self, block: _Block, number: int, seen: set[int]) -> tuple[Pair | None, list[Problem]]:
        first = block.units[0][0].number
        place = Provenance(self.name, first)
        words = [(line, fields) for line, fields in block.units if "." not in fields[0]]
        tokens = _tokens("\n".join(block.texts), [fields for _, fields in words])
        if tokens is None:
            message = "the words are not those of #Text at the offsets given"
            return None, [Problem(first, "columns", message, "sentence left out", self.name)]
        marks, problems = self._marks(block, {fields[0]: index for index, (_, fields) in enumerate(words)})
        entities, more = self._entities(marks, seen, first)
        sentence = Sentence("\n".join(block.texts), tokens, self.language, entities, block.id or str(number + 1), place)
        return Pair(sentence), problems + more

    def _marks(self, block: _Block, index: dict[str, int]) -> tuple[list[_Mark], list[Problem]]:
        if self.layout.column is None:
            return [], []
        marks, problems = [], []
        for line, fields in block.units:
            cell = fields[3 + self.layout.column]
            if cell in ("_", ""):
                continue
            unit, dot, _ = fields[0].partition(".")
            begin, end = fields[1].split("-")
            if begin == end:
                problems.append(self._problem(line.number, "a span without any character", "left out"))
                continue
            for value in _BAR.split(cell):
                found = None if value.endswith("\\]") else _NUMBERED.fullmatch(value)
                label, number = (found[1], int(found[2])) if found else (value, None)
                mark = _Mark(self._label(label), index[unit], number)
                if label == "*":
                    problems.append(self._problem(line.number, "a span without a value", f"named {mark.label}"))
                if dot and (number is None or mark not in marks):
                    said = f"{mark.label} covers part of a word"
                    problems.append(self._problem(line.number, said, "widened to the word"))
                marks.append(mark)
        return marks, problems

    def _label(self, value: str) -> str:
        return self.layout.layer_name if value == "*" else unescape_value(value)

    def _entities(self, marks: Sequence[_Mark], seen: set[int], line: int) -> tuple[tuple[Entity, ...], list[Problem]]:
        problems, joined = [], {}
        for position, mark in enumerate(marks):
            key = mark.number if mark.number is not None else (mark.word, position)
            label, first, last = joined.get(key, (mark.label, mark.word, mark.word))
            joined[key] = label, min(first, mark.word), max(last, mark.word)
        numbers = {mark.number for mark in marks if mark.number is not None}
        if numbers & seen:
            problems.append(self._problem(line, "a span goes on from the sentence before", "cut at the border"))
        seen |= numbers
        spans = {Entity(Span(first, last + 1), label) for label, first, last in joined.values()}
        kept, dropped = outermost(sorted(spans, key=lambda entity: (entity.span, entity.label)))
        nested = [Problem(line, "nested", message, "outermost", self.name) for message in dropped]
        return tuple(kept), problems + nested

    def _problem(self, line: int, message: str, repaired_by: str) -> Problem:
        return Problem(line, "span", message, repaired_by, self.name)


def _tokens(text: str, rows: Sequence[Sequence[str]]) -> tuple[Token, ...] | None:
    """Place the words in the sentence: by their offsets, else one after the other; None when neither fits."""
    points = _code_points(text)
    origin = int(rows[0][1].split("-")[0]) if rows else 0
    offsets = [tuple(points.get(int(end) - origin) for end in row[1].split("-")) for row in rows]
    words = [row[2] for row in rows]
    fits = all(None not in pair and pair[0] < pair[1] for pair in offsets)
    tokens = tuple(Token(text[start:end], start, end) for start, end in offsets) if fits else ()
    pairs = zip(tokens, words, strict=True) if fits else ()
    if fits and all(token.text == word or token.text == unescape_text(word) for token, word in pairs):
        return tokens
    found = locate(words, text)
    return found and tuple(Token(word, *place) for word, place in zip(words, found, strict=True))


def _code_points(text: str) -> dict[int, int]:
    """Map offsets in UTF-16 units to offsets in code points."""
    points, unit = {}, 0
    for index, character in enumerate(text):
        points[unit] = index
        unit += 1 + (ord(character) > 0xFFFF)
    return points | {unit: len(text)}
