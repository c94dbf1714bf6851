"""Words and sentences of any language, with exact code-point offsets; the text itself never changes.

spaCy's rules where it has them without further packages, ICU's dictionaries for scripts that put no
spaces between words, Unicode rules for everything else. Tokens leave out nothing but whitespace
(`str.isspace`), which a property test holds every tokenizer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from projection.errors import FormatError
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
    _check(text)
    kind, _, code = tokenizer_name(language).partition(":")
    pieces = {"spacy": _spacy_pieces, "icu": _icu_pieces, "regex": _regex_pieces}[kind](text, code)
    tokens = []
    for piece, start in pieces:
        word = piece.strip()
        if word:
            start += len(piece) - len(piece.lstrip())
            tokens.append(Token(word, start, start + len(word)))
    return Sentence(text, tuple(tokens), normalise(language), id=id)


def _check(text: str) -> None:
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
    import spacy

    return spacy.blank(code).tokenizer


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


_NO_SPACE_BEFORE = frozenset(
    [*",.;:!?)]}%…»”’،؛؟۔।॥။၊።፣፤፥་།។៖‰°", "...", "..", "!!", "?!", "!?", "n't", "n’t"]
    + [mark + end for mark in "'’" for end in ("s", "S", "re", "ve", "ll", "d", "m", "t")]
)
_NO_SPACE_AFTER = frozenset("([{«“‘„‚¿¡")
_SPACED_IN_FRENCH = frozenset(":;!?»%")
_ELIDING = frozenset({"fr", "it", "ca", "oc", "fur", "lij", "vec", "lmo", "sc", "pms"})


def join_words(words: Sequence[str], language: str) -> str:
    """Return natural text for given words: what a translator gets to read of a tokenised file.

    The words stay as they are; only the spaces between them are chosen: none inside scripts that
    write none, none before closing and after opening punctuation, straight quotation marks in turn.
    """
    text, after_quote = "", False
    language = normalise(language)
    unsegmented, code = is_unsegmented(language), base(language)
    open_quote = False
    for index, word in enumerate(words):
        quote = word == '"'
        spaced = bool(index) and not after_quote
        if spaced and unsegmented:
            spaced = _is_foreign_word(words[index - 1][-1:]) and _is_foreign_word(word[:1])
        elif spaced:
            spaced = _spaced(words[index - 1], word, code) and not (quote and open_quote)
        text += " " * spaced + word
        open_quote ^= quote
        after_quote = quote and open_quote
    return text


def _is_foreign_word(character: str) -> bool:
    """Say whether a character belongs to a script with spaces, so that two such words need one between."""
    return character.isalnum() and ord(character) < 0x0590


def _spaced(left: str, right: str, code: str) -> bool:
    if code == "fr" and (right in _SPACED_IN_FRENCH or left == "«"):
        return True
    if code in _ELIDING and len(left) > 1 and left[-1] in "'’" and right[:1].isalpha():
        return False
    return right not in _NO_SPACE_BEFORE and left not in _NO_SPACE_AFTER
