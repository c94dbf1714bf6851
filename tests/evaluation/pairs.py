"""A labelled pair whose truth is plain, and ways to write entities and links of it."""

from __future__ import annotations

from projection.types import Alignment, Bitext, Entity, Sentence, Span

ENGLISH = "Maria visited the United States and Berlin ."
SPANISH = "María visitó los Estados Unidos y Berlín ."
NAMES = "0-1 PER, 3-5 LOC, 6-7 LOC"
"""The entities of both: Maria, United States, Berlin."""
LINKS = "0-0 1-1 2-2 3-4 4-3 5-5 6-6 7-7"


def entities(text: str) -> tuple[Entity, ...]:
    """Read "0-2 PER, 4-6 ORG"."""
    found = []
    for part in filter(None, text.split(", ")):
        span, label = part.split()
        found.append(Entity(Span(*map(int, span.split("-"))), label))
    return tuple(found)


def sentence(text: str, labels: str = NAMES) -> Sentence:
    return Sentence.from_words(text.split(), entities=entities(labels))


def links(text: str, source: int = 8, target: int = 8) -> Alignment:
    """Read "0-0 1-2"."""
    return Alignment(frozenset(tuple(map(int, link.split("-"))) for link in text.split()), source, target)


def pair(source: str = NAMES, linked: str = LINKS, spanish: str = SPANISH, **more) -> Bitext:
    """Return the pair as a method is given it."""
    return Bitext(sentence(ENGLISH, source), sentence(spanish, ""), links(linked), **more)
