"""Sentence splitting with ICU's rules, and a short list of what they get wrong."""

from __future__ import annotations

import re

from projection.text.languages import base

# ICU ends a sentence after these; they announce a name or number and hardly ever end one
_TITLES = """
mr mrs ms dr prof st sr sra srta dra jr rev gen col lt sgt capt hon gov sen rep pres mt ft no nr art vs al hr fr dipl
ing mag bzw ca vgl sog z.b d.h u.a e.g i.e cf p.ex p.ej t.ex f.eks bijv t.j tzv m mm mme mlle mgr me d dna ul pan dott
sig ssa arch avv on p pp sto sta núm num pág av exmo exma s
"""
_ANNOUNCING = frozenset(_TITLES.split())
# English words that begin a sentence and are hardly ever the next word of a name: "the U.S. She", not "U.S. Senator"
_STARTERS = """
a an the this that these those there here i you he she it we they his her its our their my your and but or so yet nor
in on at by from with to of for about after before since during despite as if when while once although though because
however then now also meanwhile moreover what who why how where which no not some many most both all each another
"""
_STARTING = frozenset(_STARTERS.split())
_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]")
_FIRST_WORD = re.compile(r"\w+")
_ORDINAL_LANGUAGES = "de da nb nn no fi et cs sk hu sl hr bs sr lv is fo lb tr az eu pl dsb hsb"
_ORDINAL_POINT = frozenset(_ORDINAL_LANGUAGES.split())
_LAST_WORD = re.compile(r"(?:^|[\s(\[«“\"'])(\w+(?:\.\w+)*)\.\s*$")


def split_sentences(text: str, language: str) -> list[str]:
    """Split text into sentences without surrounding whitespace; nothing but whitespace is lost.

    A line feed always ends a sentence. ICU's break rules decide the rest, except that a title
    ("Dr."), an initial ("J.") and, where ordinals are written so, a number of one or two digits
    ("17.") do not end one. In English, initials ("U.S.") end one only before a word that starts
    sentences ("She"). ICU's own abbreviation lists are not used: they match inside words, so
    that "Müller." ends no German sentence.
    """
    sentences = []
    for line in text.split("\n"):
        sentences.extend(_split_line(line, base(language)))
    return sentences


def _split_line(line: str, code: str) -> list[str]:
    from icu4py.breakers import SentenceBreaker

    merged: list[str] = []
    for piece in SentenceBreaker(line, code):
        if merged and _goes_on(merged[-1], piece, code):
            merged[-1] += piece
        else:
            merged.append(piece)
    return [piece.strip() for piece in merged if piece.strip()]


def _goes_on(piece: str, following: str, code: str) -> bool:
    match = _LAST_WORD.search(piece)
    if not match:
        return False
    word = match.group(1)
    if word.isdecimal():
        return code in _ORDINAL_POINT and len(word) <= 2
    if code == "en" and _INITIALS.fullmatch(word):
        first = _FIRST_WORD.match(following)
        return first is not None and first.group().casefold() not in _STARTING
    return word.casefold() in _ANNOUNCING or (len(word) == 1 and word.isupper())
