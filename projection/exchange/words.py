"""What words, labels and texts may look like; each check returns a clause, "" when all is well."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from projection.types import Sentence

LINE_ENDS = "\n\r"
_NAMES = {"\t": "a tab", "\n": "a line feed", "\r": "a carriage return"}


def no_text(sentence: Sentence | None, side: str) -> str:
    """No sentence, none of its words, or half a surrogate pair, which no file can hold."""
    if sentence is None:
        return f"there is no {side} text"
    if not len(sentence):
        return f"the {side} text has no words"
    return half_pair(sentence.text, *(entity.label for entity in sentence.entities))


def half_pair(*texts: str) -> str:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return "the text has half a surrogate pair, which is no character"
    return ""


def bad_word(words: Iterable[str], characters: str = "\t\n\r") -> str:
    for word in words:
        found = next((character for character in word if character in characters), "")
        if found:
            return f"there is {_NAMES[found]} in the word {word!r:.40}"
        if not word:
            return "there is an empty word"
    return ""


def bad_label(sentence: Sentence, reserved: str = "\t\n\r") -> str:
    """A label that no column can hold."""
    for entity in sentence.entities:
        label = entity.label
        found = next((character for character in label if character in reserved), "")
        if found:
            return f"there is {_NAMES.get(found, found)} in the label {label!r:.40}"
        if not label.strip() or label != label.strip(" "):
            return f"the label {label!r:.40} begins or ends with a space"
    return ""


def gaps(sentence: Sentence) -> set[str]:
    """Return what stands between words, each kind once: " " everywhere in most text, "" before a full stop."""
    return {sentence.text[left.end : right.start] for left, right in pairwise(sentence.tokens)}


def edge_spaces(sentence: Sentence) -> bool:
    """Whether something stands before the first word or after the last."""
    tokens = sentence.tokens
    return bool(tokens) and (tokens[0].start > 0 or tokens[-1].end < len(sentence.text))


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, which Java and JavaScript count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
