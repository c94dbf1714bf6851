"""CoNLL-2002, CoNLL-2003, CoNLL-U and UNER, and two CoNLL files that run in parallel.

Columns are separated by tabs. Parallel CoNLL is a pair of CoNLL-2002 files with the same sentences in the
same order, the source first: what the upload page takes as a file and its translation, and what any
reader of CoNLL takes one by one. Their word links are a file of their own (Pharaoh).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from projection.exchange.corrected import Corrected, Side
from projection.exchange.options import Options
from projection.exchange.words import LINE_ENDS, bad_label, bad_word, no_text
from projection.text.records import Pair
from projection.text.writing import WRITABLE
from projection.types import Sentence

_DOCSTART = "-DOCSTART-"
_TABS = "columns are separated by tabs, and a program that splits at spaces will misread it"


def conll2002(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return (_file(items, "conll2002", options.side, options, options.comments),)


def conll2003(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return (_file(items, "conll2003", options.side, options, options.comments),)


def conllu(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return (_file(items, "conllu", options.side, options, False),)


def uner(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return (_file(items, "uner", options.side, options, False),)


def parallel(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return tuple(_file(items, "conll2002", side, options, options.comments) for side in ("source", "target"))


def _file(items: Iterable[Corrected], kind: str, side: Side, options: Options, comments: bool) -> bytes:
    stream = io.BytesIO()
    for item in items:
        sentence = replace(item.sentence(side), id=item.id)
        for line in (*_comments(item, sentence, comments), *WRITABLE[kind](Pair(sentence), options.scheme)):
            stream.write(f"{line}\n".encode())
    return stream.getvalue()


def _comments(item: Corrected, sentence: Sentence, wanted: bool) -> list[str]:
    named = [f"# sent_id = {item.id}"] if item.id else []
    return [*named, f"# text = {sentence.text}"] if wanted else []


def fault(item: Corrected, options: Options) -> str:
    return _fault(item, options.side, options.comments)


def parallel_fault(item: Corrected, options: Options) -> str:
    return _fault(item, "source", options.comments) or _fault(item, "target", options.comments)


def _fault(item: Corrected, side: Side, comments: bool) -> str:
    sentence = item.sentence(side)
    found = no_text(sentence, side) or bad_word(sentence.words) or bad_label(sentence)
    if found:
        return found
    if any(word.startswith(_DOCSTART) for word in sentence.words):
        return f"the word {_DOCSTART} is what begins a document here"
    if comments and not set("\t" + LINE_ENDS).isdisjoint(item.id + sentence.text):
        return "there is a tab or a line end in its id or between its words"
    return ""


def numbered_fault(item: Corrected, options: Options) -> str:
    """CoNLL-U and UNER always write id and text, on a line each."""
    sentence = item.sentence(options.side)
    found = no_text(sentence, options.side) or bad_word(sentence.words) or bad_label(sentence)
    if not found and not set(LINE_ENDS).isdisjoint(item.id + sentence.text):
        return "there is a line end in its id or between its words"
    return found


def conllu_fault(item: Corrected, options: Options) -> str:
    return numbered_fault(item, options) or bad_label(item.sentence(options.side), "|")


def care(item: Corrected, options: Options) -> str:
    return _care(item.sentence(options.side))


def parallel_care(item: Corrected, options: Options) -> str:
    return _care(item.source) or _care(item.target)


def _care(sentence: Sentence) -> str:
    """Readers that split at any white space see too many columns."""
    if any(len(word.split()) != 1 or word != word.strip() for word in sentence.words):
        return f"a word has a space in it; {_TABS}"
    if any(len(entity.label.split()) > 1 for entity in sentence.entities):
        return f"a label has a space in it; {_TABS}"
    return ""
