"""WebAnno TSV 3.3, which INCEpTION imports: one document, entities in its built-in layer Named entity.

Offsets count UTF-16 units, as the format wants. A sentence begins with its first word, so spaces around
it are not written; neither are a language, scores or links, which the format has no place for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from projection.exchange.corrected import Corrected
from projection.exchange.options import Options
from projection.exchange.words import bad_label, bad_word, no_text, utf16_length
from projection.text.webanno import FIRST_LINE, NAMED_ENTITY, escape_text, escape_value
from projection.types import Sentence


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    lines = [FIRST_LINE, f"#T_SP={NAMED_ENTITY}|identifier|value", "", ""]
    begin = entities = 0
    for number, item in enumerate(items, 1):
        sentence = item.sentence(options.side)
        lines += [""] * (number > 1)
        lines += _sentence(item, sentence, number, begin, entities)
        begin += utf16_length(_inner(sentence)) + 1  # a line feed stands between two sentences
        entities += len(sentence.entities)
    return ("".join(f"{line}\n" for line in lines).encode(),)


def _inner(sentence: Sentence) -> str:
    return sentence.text[sentence.tokens[0].start : sentence.tokens[-1].end]


def _sentence(item: Corrected, sentence: Sentence, number: int, begin: int, entities: int) -> Iterator[str]:
    if item.id:
        yield f"#Sentence.id={escape_text(item.id)}"
    yield from (f"#Text={escape_text(line)}" for line in _inner(sentence).split("\n"))
    values = _values(sentence, entities)
    place = begin
    for index, token in enumerate(sentence.tokens):
        before = sentence.tokens[index - 1].end if index else token.start
        place += utf16_length(sentence.text[before : token.start])
        end = place + utf16_length(token.text)
        yield f"{number}-{index + 1}\t{place}-{end}\t{token.text}\t{values[index]}\t"
        place = end


def _values(sentence: Sentence, entities: int) -> list[str]:
    """Return two cells per word, the first for an identifier we have none of (*).

    Entities of several words carry a number no other one in the file has.
    """
    cells = ["_\t_"] * len(sentence)
    for number, entity in enumerate(sentence.entities, entities + 1):
        mark = f"[{number}]" if len(entity.span) > 1 else ""
        cell = f"*{mark}\t{escape_value(entity.label)}{mark}"
        cells[entity.span.start : entity.span.end] = [cell] * len(entity.span)
    return cells


def fault(item: Corrected, options: Options) -> str:
    sentence = item.sentence(options.side)
    found = no_text(sentence, options.side) or bad_word(sentence.words)
    return found or bad_label(sentence, "\r\x00")
