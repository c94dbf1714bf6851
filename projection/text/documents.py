"""Reading and writing of annotated text: the one door to all file formats.

`read` finds out what a file is and says so; the Document then streams sentences or pairs and writes
the file back, with other labels where they changed and every other byte as it was. `write_sentences`
writes sentences from anywhere in a format of one's choice.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from projection.errors import ConfigurationError, FormatError
from projection.text.columns import ColumnFormat
from projection.text.conllu import ConlluFormat
from projection.text.jsonl import JsonlFormat
from projection.text.label_studio import LabelStudioFormat
from projection.text.languages import normalise
from projection.text.lines import TextSource
from projection.text.parallel import LineFormat, Units, split_tokens
from projection.text.records import Format, LabelUse, Pair, Piece, Problem, Scan
from projection.text.schemes import REPAIRS, SCHEMES
from projection.text.sniff import COLUMN_FORMATS, SAMPLE_LINES, column_layout, sniff
from projection.text.webanno import WebannoFormat
from projection.text.writing import WRITABLE, write_sentences
from projection.types import Entity, Sentence

__all__ = [
    "FORMATS", "WRITABLE", "Document", "Pair", "Problem", "Units", "read", "split_tokens", "write_sentences",
]  # fmt: skip

FORMATS = {
    "conll2002": "CoNLL-2002", "conll2003": "CoNLL-2003", "conllu": "CoNLL-U", "uner": "Universal NER (.iob2)",
    "plain": "plain text", "tsv": "source and target separated by a tab",
    "bars": "source and target separated by |||", "jsonl": "JSONL", "webanno": "WebAnno TSV 3",
    "labelstudio": "Label Studio JSON",
}  # fmt: skip


def read(
    path_or_bytes: Path | str | bytes,
    *,
    name: str = "",
    format: str | None = None,
    scheme: str | None = None,
    language: str = "und",
    target_language: str = "und",
    repair: str | None = None,
    units: Units | None = None,
    encoding: str = "utf-8",
) -> Document:
    """Open a file or an upload, find its format and label scheme, and check all of it.

    `format` and `scheme` None are detected, and stated in `Document.description`. `repair` is the
    rule for illegal label sequences, "conlleval" or "discard". `units` says what a line of plain
    text, TSV or `|||` is: "text" (split into sentences), "lines" (a sentence each, to be tokenised)
    or "tokens" (a sentence each, its words separated by U+0020); by default "text", "lines" and
    "tokens" in this order. Paths are streamed in constant memory.

    Raises FormatError (empty, binary, wrong encoding, no sentence that can be read) and
    ConfigurationError (unknown format, scheme, rule, language or encoding).
    """
    _check_choice("format", format, FORMATS)
    _check_choice("scheme", scheme, SCHEMES)
    _check_choice("repair", repair, REPAIRS)
    _check_choice("units", units, ("text", "lines", "tokens"))
    origin = path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes)
    name = name or ("" if isinstance(origin, bytes) else str(origin))
    source = TextSource(origin, name, encoding)
    source.check()
    texts = [line.text for line in islice(source.lines(), SAMPLE_LINES)]
    found, layout = sniff(texts, name) if format is None else (format, column_layout(texts, format))
    languages = normalise(language), normalise(target_language)
    if found in COLUMN_FORMATS:
        if layout is None:
            raise FormatError(f"the file is not {FORMATS[found]}.", path=name, remedy="Let the format be detected.")
        kind = ConlluFormat if found == "conllu" else ColumnFormat
        reader: Format = kind(layout, found, name, languages[0], scheme, repair)
    elif found == "jsonl":
        reader = JsonlFormat(name, *languages)
    elif found == "labelstudio":
        reader = LabelStudioFormat(name, *languages)
    elif found == "webanno":
        reader = WebannoFormat(name, languages[0])
    else:
        reader = LineFormat(found, name, *languages, units)
    scan = reader.scan(source.lines)
    if not scan.sentences:
        raise _unreadable(name, found, scan)
    return Document(found, source, reader, scan, detected=format is None)


def _check_choice(what: str, value: str | None, known: Iterable[str]) -> None:
    if value is not None and value not in known:
        raise ConfigurationError(f"There is no {what} {value!r}; known are {', '.join(known)}.")


def _unreadable(name: str, found: str, scan: Scan) -> FormatError:
    if not scan.problems:
        return FormatError("there is no sentence in the file.", path=name)
    first = scan.problems[0]
    return FormatError(
        f"no sentence can be read as {FORMATS[found]}; first problem: {first.message}.",
        path=name,
        line=first.line,
        remedy="Correct the file or name another format.",
    )


@dataclass(slots=True)
class Document:
    """A file that was read and checked; sentences are parsed anew from it on every iteration.

    `problems` holds the first 1000 of `problem_count`. `has_labels` is True when at least one word
    carries a label other than "O".
    """

    format: str
    _source: TextSource
    _format: Format
    _scan: Scan
    detected: bool = field(default=True)

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def scheme(self) -> str | None:
        return self._scan.scheme

    @property
    def encoding(self) -> str:
        return self._source.encoding

    @property
    def newline(self) -> str:
        """The line ending: "\\n", "\\r\\n" or "mixed"."""
        return self._source.newline

    @property
    def has_labels(self) -> bool:
        return bool(self._scan.labels)

    @property
    def has_pairs(self) -> bool:
        return self._scan.has_pairs

    @property
    def sentence_count(self) -> int:
        return self._scan.sentences

    @property
    def problems(self) -> list[Problem]:
        return self._scan.problems

    @property
    def problem_count(self) -> int:
        return self._scan.problem_count

    @property
    def description(self) -> str:
        """One sentence for people: format, layout, scheme, encoding, size, problems."""
        masakha = self.format == "conll2002" and "spaces" in self._format.summary
        title = FORMATS[self.format] + (" as MasakhaNER writes it" if masakha else "")
        parts = [f"{title}{'' if self.detected else ' as told'}", self._format.summary, self._scan.scheme_note]
        ending = {"\n": "", "\r\n": ", CR LF line endings", "mixed": ", mixed line endings"}[self.newline]
        parts.append(f"{self.encoding.upper()}{ending}")
        words = "" if self._scan.words is None else f" with {_count(self._scan.words, 'word')}"
        parts.append(_count(self.sentence_count, "pair" if self.has_pairs else "sentence") + words)
        if self.problem_count:
            parts.append(_count(self.problem_count, "problem"))
        return "; ".join(part for part in parts if part) + "."

    def iter_sentences(self, labels: LabelUse = "strict") -> Iterator[Sentence]:
        """Yield the sentences (the source side of pairs), with id and provenance.

        `labels`: "strict" raises LabelError, with file and line, at an illegal label that no named
        rule repairs; "valid" leaves out the entities such labels belong to (they are among
        `problems`); "ignore" yields no entities at all.
        """
        return (pair.source for pair in self.iter_pairs(labels))

    def iter_pairs(self, labels: LabelUse = "strict") -> Iterator[Pair]:
        """Yield pairs; target and alignment are None where the file has none."""
        for piece in self._pieces(labels):
            yield from piece.pairs

    def _pieces(self, labels: LabelUse) -> Iterator[Piece]:
        _check_choice("use of labels", labels, ("strict", "valid", "ignore"))
        return self._format.parse(self._source.lines(), labels)

    def write(
        self,
        stream: BinaryIO,
        entities: Iterable[tuple[Entity, ...] | None] | None = None,
        scheme: str | None = None,
        *,
        side: str = "source",
    ) -> None:
        """Write the file with the given entities, one tuple per sentence in order; None keeps a sentence.

        Only the labels of words that change are written anew, in `scheme` (the file's own when
        None; another one converts every sentence). Without edits the output is the file, byte for
        byte. `side` "target" labels the targets of a JSONL file. Raises FormatError when there are
        more or fewer tuples than sentences or the format holds no labels, LabelError as
        `iter_sentences` does when illegal labels would have to be converted.
        """
        _check_choice("scheme", scheme, SCHEMES)
        _check_choice("side", side, ("source", "target"))
        converts = scheme is not None and scheme != self.scheme
        if entities is None and not converts:
            with self._source.open() as original:
                shutil.copyfileobj(original, stream)
            return
        edits = iter(entities) if entities is not None else None
        for piece in self._pieces("strict" if converts else "valid"):
            own = [None] * len(piece.pairs) if edits is None else list(islice(edits, len(piece.pairs)))
            if len(own) < len(piece.pairs):
                raise self._miscounted("fewer")
            unchanged = not piece.pairs or (not converts and all(edit is None for edit in own))
            text = piece.raw if unchanged else "".join(self._format.rewrite(piece, own, scheme, side))
            stream.write(text.encode(self.encoding))
        if edits is not None and next(edits, self) is not self:
            raise self._miscounted("more")

    def _miscounted(self, more: str) -> FormatError:
        return FormatError(
            f"there are {more} labelled sentences than the {self.sentence_count} of the file.",
            path=self.name,
            remedy="Give one tuple of entities, or None, for each sentence, in the order of the file.",
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
