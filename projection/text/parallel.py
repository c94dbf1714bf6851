"""Plain text, and pairs on one line: `source<TAB>target` and `source ||| target`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from projection.errors import FormatError
from projection.text.lines import Line
from projection.text.records import LabelUse, Lines, Pair, Piece, Problem, Scan
from projection.text.tokenize import split_sentences, tokenize, tokenizer_name
from projection.types import Entity, Provenance, Sentence, Token

Units = Literal["text", "lines", "tokens"]
"""What a line is: running text to split, one sentence to tokenise, or words separated by U+0020."""

SEPARATORS = {"tsv": "\t", "bars": "|||"}
_DEFAULT_UNITS: dict[str, Units] = {"plain": "text", "tsv": "lines", "bars": "tokens"}


def split_tokens(text: str, language: str = "und", *, id: str = "", provenance: Provenance | None = None) -> Sentence:
    """Make a sentence of tokenised text: words lie between U+0020 and nothing else splits them.

    The text is kept as it is, runs of spaces included.
    """
    tokens, position = [], 0
    for word in text.split(" "):
        if word:
            tokens.append(Token(word, position, position + len(word)))
        position += len(word) + 1
    return Sentence(text, tuple(tokens), language, id=id, provenance=provenance)


@dataclass(slots=True)
class LineFormat:
    """Reader of texts without labels; `units` None takes the usual one of the format."""

    format: str
    name: str
    language: str
    target_language: str = "und"
    units: Units | None = None

    def __post_init__(self):
        self.units = self.units or _DEFAULT_UNITS[self.format]
        if self.units == "text" and self.format != "plain":
            raise FormatError(
                "units='text' needs plain text, as a line with two sides is one pair.",
                path=self.name,
                remedy="Use units='lines' or units='tokens'.",
            )

    @property
    def summary(self) -> str:
        if self.units == "tokens":
            return "one tokenised sentence per line, words separated by spaces"
        languages = [self.language] if self.format == "plain" else [self.language, self.target_language]
        tokenizers = " and ".join(dict.fromkeys(map(tokenizer_name, languages)))
        kept = "split into sentences" if self.units == "text" else "one sentence per line"
        return f"{kept}, tokenised ({tokenizers})"

    def scan(self, lines: Lines) -> Scan:
        words = 0 if self.units == "tokens" else None
        scan = Scan(words=words, scheme=None, has_pairs=self.format in SEPARATORS)
        for line in lines():
            sides = self._sides(line)
            if isinstance(sides, str):
                scan.add(Problem(line.number, "columns", sides, "line left out", self.name))
            elif self.units == "text":
                scan.sentences += len(split_sentences(line.text, self.language))
            else:
                scan.sentences += 1
                if self.units == "tokens":
                    scan.words += sum(map(bool, sides[0].split(" ")))
        return scan

    def _sides(self, line: Line) -> tuple[str, ...] | str:
        """The texts on a line, or what is wrong with it."""
        if self.format == "plain":
            return (line.text,)
        separator = SEPARATORS[self.format]
        sides = line.text.split(separator)
        if len(sides) != 2:
            return f"{len(sides) - 1} separators {separator!r} where a pair has one"
        return tuple(side.strip(" ") for side in sides)

    def parse(self, lines: Iterable[Line], use: LabelUse) -> Iterator[Piece]:
        number = 0
        for line in lines:
            piece = Piece([line])
            sides = self._sides(line)
            if not isinstance(sides, str):
                texts = split_sentences(line.text, self.language) if self.units == "text" else [sides[0]]
                for text in texts:
                    number += 1
                    piece.pairs.append(self._pair(text, sides[1:], line.number, str(number)))
            yield piece

    def _pair(self, text: str, others: Sequence[str], line: int, identifier: str) -> Pair:
        target = self._sentence(others[0], self.target_language, line, identifier) if others else None
        return Pair(self._sentence(text, self.language, line, identifier), target)

    def _sentence(self, text: str, language: str, line: int, identifier: str) -> Sentence:
        place = Provenance(self.name, line)
        if self.units == "tokens":
            return split_tokens(text, language, id=identifier, provenance=place)
        sentence = tokenize(text, language, id=identifier)
        return Sentence(sentence.text, sentence.tokens, sentence.language, (), identifier, place)

    def rewrite(
        self, piece: Piece, edits: Sequence[tuple[Entity, ...] | None], scheme: str | None, side: str
    ) -> Iterator[str]:
        if any(edits):
            raise FormatError(
                f"a file of format {self.format!r} has no place for labels.",
                path=self.name,
                line=piece.lines[0].number,
                remedy="Export to conll2002, conllu or jsonl instead.",
            )
        yield piece.raw
