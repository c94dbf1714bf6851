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
_ORDINAL_LANGUAGES = "de da nb nn no fi et cs sk hu sl hr bs sr lv is fo lb tr az eu pl dsb hsb"
_ORDINAL_POINT = frozenset(_ORDINAL_LANGUAGES.split())
_LAST_WORD = re.compile(r"(?:^|[\s(\[«“\"'])(\w+(?:\.\w+)*)\.\s*$")


def split_sentences(text: str, language: str) -> list[str]:
    """Split text into sentences without surrounding whitespace; nothing but whitespace is lost.

    A line feed always ends a sentence. ICU's break rules decide the rest, except that a title
    ("Dr."), an initial ("J.") and, where ordinals are written so, a number of one or two digits
    ("17.") do not end one. ICU's own abbreviation lists are not used: they match inside words, so
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
        if merged and _goes_on(merged[-1], code):
            merged[-1] += piece
        else:
            merged.append(piece)
    return [piece.strip() for piece in merged if piece.strip()]


def _goes_on(piece: str, code: str) -> bool:
    match = _LAST_WORD.search(piece)
    if not match:
        return False
    word = match.group(1)
    if word.isdecimal():
        return code in _ORDINAL_POINT and len(word) <= 2
    return word.casefold() in _ANNOUNCING or (len(word) == 1 and word.isupper())
