"""Words and sentences of any language, with exact code-point offsets; the text itself never changes.

spaCy's rules where it has them without further packages, ICU's dictionaries for scripts that put no
spaces between words, Unicode rules for everything else. Tokens leave out nothing but whitespace
(`str.isspace`), which a property test holds every tokenizer to.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from projection.errors import FormatError
from projection.text.joining import join_words
from projection.text.languages import base, is_unsegmented, normalise, script_of
from projection.text.sentences import split_sentences
from projection.types import Sentence, Token

if TYPE_CHECKING:
    import regex
    from spacy.tokenizer import Tokenizer

__all__ = ["join_words", "split_sentences", "tokenize", "tokenizer_name"]

# languages with a spaCy class that needs no package beside spaCy; the others take ICU or Unicode rules
_SPACY_CODES = """
af am ar az bg bn ca cs da de dsb el en es et eu fa fi fo fr ga gd grc gu he hi hr hsb ht hu hy id is it kn ky la lb
lg lij lt lv mk ml mr ms nb ne nl nn pl pt ro ru sa si sk sl sq sr sv ta te ti tl tn tr tt uk ur yo
"""
_SPACY = {code: code for code in _SPACY_CODES.split()} | {"ku": "kmr", "no": "nb", "fil": "tl"}
_ICU = frozenset({"ko"})

# one word: letters, marks, digits and joiners, with single inner apostrophes, points, hyphens; else one grapheme
_WORD = r"""(?V1)
    (?:https?://|www\.)[^\s<>"]+[^\s<>"\p{P}]
  | [\p{L}\p{M}\p{N}_\u00AD\u200B-\u200D\u2060]+
    (?:(?:[.'’ʼ\-‐‑·]|(?<=\p{N})[,:](?=\p{N}))[\p{L}\p{M}\p{N}_\u00AD\u200B-\u200D\u2060]+)*
  | \X
"""


def tokenizer_name(language: str) -> str:
    """Name the tokenizer used for `language`: "spacy:pt", "icu:th" or "regex".

    >>> [tokenizer_name(code) for code in ("pt-BR", "th", "sw")]
    ['spacy:pt', 'icu:th', 'regex']
    """
    code = base(language)
    if code in _ICU or is_unsegmented(language):
        return f"icu:{code}"
    # a language in another script than spaCy's rules were written for ("sr-Latn") takes Unicode rules
    if code in _SPACY and script_of(language) == script_of(code):
        return f"spacy:{_SPACY[code]}"
    return "regex"


def tokenize(text: str, language: str, *, id: str = "") -> Sentence:
    """Split one sentence into words and punctuation.

    Raises ConfigurationError for an unknown language, FormatError for half a surrogate pair (no
    file can hold one).
    """
    check_text(text)
    kind, _, code = tokenizer_name(language).partition(":")
    pieces = {"spacy": _spacy_pieces, "icu": _icu_pieces, "regex": _regex_pieces}[kind](text, code)
    tokens = []
    for piece, start in pieces:
        word = piece.strip()
        if word:
            start += len(piece) - len(piece.lstrip())
            tokens.append(Token(word, start, start + len(word)))
    return Sentence(text, tuple(tokens), normalise(language), id=id)


def check_text(text: str) -> None:
    """Raise FormatError for half a surrogate pair, which JSON escapes can smuggle in."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise FormatError(
            f"The text has half a surrogate pair at character {problem.start}.",
            remedy="Write characters above U+FFFF as themselves or as two escapes.",
        ) from None


def _spacy_pieces(text: str, code: str) -> Iterator[tuple[str, int]]:
    return ((token.text, token.idx) for token in _spacy_tokenizer(code)(text))


@cache
def _spacy_tokenizer(code: str) -> Tokenizer:
    from projection.text.spacy_library import LOADING, spacy_library

    with LOADING:  # the language is a module of its own
        return spacy_library().blank(code).tokenizer


def _icu_pieces(text: str, code: str) -> Iterator[tuple[str, int]]:
    from icu4py.breakers import WordBreaker

    # ICU's own offsets count UTF-16 units, so positions come from the lengths of the pieces
    position = 0
    for piece in WordBreaker(text, code):
        yield piece, position
        position += len(piece)


def _regex_pieces(text: str, code: str) -> Iterator[tuple[str, int]]:
    return ((match.group(), match.start()) for match in _word_pattern().finditer(text))


@cache
def _word_pattern() -> regex.Pattern:
    import regex

    return regex.compile(_WORD, regex.VERBOSE)
