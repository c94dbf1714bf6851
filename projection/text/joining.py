"""Natural text from given words: the spaces a reader would expect, and the words untouched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from projection.text.languages import base, is_unsegmented, normalise
from projection.types import Sentence

_NO_SPACE_BEFORE = frozenset(
    [*",.;:!?)]}%…”’،؛؟۔।॥။၊።፣፤፥་།։‰°", "...", "..", "!!", "?!", "!?", "n't", "n’t"]
    + [mark + end for mark in "'’" for end in ("s", "S", "re", "ve", "ll", "d", "m", "t")]
)
_NO_SPACE_AFTER = frozenset("([{¿¡")
_SPACED_IN_FRENCH = frozenset(":;!?%")
ELIDING = frozenset({"fr", "it", "ca", "oc", "fur", "lij", "vec", "lmo", "sc", "pms"})

# opening quotation marks and what closes them
_QUOTES = {'"': '"', "„": "“”", "‚": "‘’", "“": "”", "‘": "’", "«": "»"}
_INWARD = _QUOTES | {"»": "«"}
_ONE_SIDED = _QUOTES | {"”": "”", "»": "»"}
_QUOTES_OF = {code: _INWARD for code in ("de", "da", "hr", "sl", "sr", "bs", "cs", "sk", "hu", "pl")}
_QUOTES_OF |= {"sv": _ONE_SIDED, "fi": _ONE_SIDED}


def join_words(words: Sequence[str], language: str) -> str:
    """Return natural text for given words: what a translator gets to read of a tokenised file.

    The words stay as they are; only the spaces between them are chosen: none inside scripts that
    write none, none before closing and after opening punctuation. Quotation marks open and close in
    turn, by the habits of the language („so“ in German).
    """
    spaces = _spaces(words, language)
    return "".join(word + " " * space for word, space in zip(words, (*spaces, False), strict=True)) if words else ""


def natural(sentence: Sentence) -> Sentence:
    """Return the sentence as people write it: spaces are chosen anew where its words came joined by single ones.

    Words, entities and everything else stay; only `text` and the offsets of the tokens change.
    """
    words = sentence.words
    if not words or sentence.text != " ".join(words):
        return sentence
    spaces = (*_spaces(words, sentence.language), False)
    return Sentence.from_words(words, sentence.language, sentence.entities, id=sentence.id, space_after=spaces,
                               provenance=sentence.provenance)  # fmt: skip


def _spaces(words: Sequence[str], language: str) -> list[bool]:
    """Say after each word but the last whether a space follows."""
    language = normalise(language)
    code = base(language)
    if is_unsegmented(language):
        return [is_foreign(left[-1:]) and is_foreign(right[:1]) for left, right in pairwise(words)]
    roles = _quotation_roles(words, code)
    return [
        _spaced(left, right, left_role, right_role, code)
        for (left, right), (left_role, right_role) in zip(pairwise(words), pairwise(roles), strict=True)
    ]


def _quotation_roles(words: Sequence[str], code: str) -> Iterator[str]:
    """Yield "opens", "closes" or "" for each word."""
    pairs, open_marks = _QUOTES_OF.get(code, _QUOTES), []
    for word in words:
        if len(word) != 1:
            yield ""
        elif open_marks and word in pairs[open_marks[-1]]:
            open_marks.pop()
            yield "closes"
        elif word in pairs:
            open_marks.append(word)
            yield "opens"
        else:
            yield "closes" if word in "”’»" else ""


def is_foreign(character: str) -> bool:
    """Say whether a character belongs to a script with spaces, so that two such words need one between."""
    return character.isalnum() and ord(character) < 0x0590


def _spaced(left: str, right: str, left_role: str, right_role: str, code: str) -> bool:
    if code == "fr" and (right in _SPACED_IN_FRENCH or left == "«" or right == "»"):
        return True
    if code in ELIDING and len(left) > 1 and left[-1] in "'’" and right[:1].isalpha():
        return False
    if left_role == "opens" or right_role == "closes":
        return False
    if right_role == "opens":
        return left not in _NO_SPACE_AFTER
    return right not in _NO_SPACE_BEFORE and left not in _NO_SPACE_AFTER
