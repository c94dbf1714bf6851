"""Sentences from anywhere into a file of a given format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from projection.errors import ConfigurationError, FormatError
from projection.text.jsonl import dump_pair
from projection.text.records import Pair
from projection.text.schemes import encode
from projection.types import Sentence

_Lines = Iterator[str]


def write_sentences(
    stream: BinaryIO, sentences: Iterable[Sentence | Pair], format: str = "conll2002", scheme: str = "IOB2"
) -> int:
    """Write sentences (of pairs: the source, except in JSONL) as UTF-8 with "\\n"; return how many.

    Columns are separated by tabs, so words may hold spaces. conll2003 fills the columns between
    word and label with "_". A sentence without words becomes a blank line. Raises FormatError for
    words or texts the format cannot hold (a tab or line end inside a word), ConfigurationError for
    an unknown format or scheme.
    """
    if format not in WRITABLE:
        raise ConfigurationError(f"There is no writer for format {format!r}; known are {', '.join(WRITABLE)}.")
    count = 0
    for item in sentences:
        count += 1
        pair = item if isinstance(item, Pair) else Pair(item)
        for line in WRITABLE[format](pair, scheme):
            stream.write(f"{line}\n".encode())
    return count


def _columns(*between: str) -> Callable[[Pair, str], _Lines]:
    def lines(pair: Pair, scheme: str) -> _Lines:
        sentence = _checked(pair.source)
        for word, tag in zip(sentence.words, encode(sentence.entities, len(sentence), scheme), strict=True):
            yield "\t".join((word, *between, tag))
        yield ""

    return lines


def _uner(pair: Pair, scheme: str) -> _Lines:
    sentence = _checked(pair.source)
    yield from _comments(sentence)
    tags = encode(sentence.entities, len(sentence), scheme)
    for index, (word, tag) in enumerate(zip(sentence.words, tags, strict=True), 1):
        yield f"{index}\t{word}\t{tag}\t-\t-"
    yield ""


def _conllu(pair: Pair, scheme: str) -> _Lines:
    sentence = _checked(pair.source)
    yield from _comments(sentence)
    tags = encode(sentence.entities, len(sentence), scheme)
    if any("|" in tag for tag in tags):
        raise _cannot(sentence, "an entity type with '|'")
    for index, (token, tag) in enumerate(zip(sentence.tokens, tags, strict=True)):
        attributes = [f"NER={tag}"] if tag != "O" else []
        if index + 1 < len(sentence) and sentence.tokens[index + 1].start == token.end:
            attributes.append("SpaceAfter=No")
        yield "\t".join((str(index + 1), token.text, *["_"] * 7, "|".join(attributes) or "_"))
    yield ""


def _comments(sentence: Sentence) -> _Lines:
    if not {"\n", "\r"}.isdisjoint(sentence.id + sentence.text):
        raise _cannot(sentence, "a line end")
    if sentence.id:
        yield f"# sent_id = {sentence.id}"
    yield f"# text = {sentence.text}"


def _jsonl(pair: Pair, scheme: str) -> _Lines:
    yield json.dumps(dump_pair(pair), ensure_ascii=False)


def _plain(pair: Pair, scheme: str) -> _Lines:
    if "\n" in pair.source.text:
        raise _cannot(pair.source, "a line feed")
    yield pair.source.text


def _checked(sentence: Sentence) -> Sentence:
    for word in sentence.words:
        for character, what in (("\t", "a tab"), ("\n", "a line feed"), ("\r", "a carriage return")):
            if character in word:
                raise _cannot(sentence, what)
        if not word:
            raise _cannot(sentence, "an empty word")
    return sentence


def _cannot(sentence: Sentence, what: str) -> FormatError:
    return FormatError(
        f"sentence {sentence.id!r} has {what}, which this format cannot hold.", remedy="Export to jsonl instead."
    )


WRITABLE: dict[str, Callable[[Pair, str], _Lines]] = {
    "conll2002": _columns(),
    "conll2003": _columns("_", "_"),
    "conllu": _conllu,
    "uner": _uner,
    "jsonl": _jsonl,
    "plain": _plain,
}
