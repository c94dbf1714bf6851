"""Small studies for tests, written as "0-2 PER, 4-6 ORG .8": words, label and maybe a score."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from projection.evaluation.study import Found, Item, Study
from projection.types import Entity, Sentence, Span

WORDS = ("Ann", "Lee", "of", "the", "United", "Nations", "met", "ann", "lee", "in", "New", "York")

NO_SCORE = st.none()


def entities(text: str) -> tuple[Entity, ...]:
    found = []
    for part in filter(None, text.split(", ")):
        span, label, *score = part.split()
        found.append(Entity(Span(*map(int, span.split("-"))), label, float(score[0]) if score else None))
    return tuple(found)


def sentence(text: str, language: str = "en", words: Sequence[str] = WORDS) -> Sentence:
    return Sentence.from_words(words, language, entities(text))


def study(gold: Sequence[str], **found: Sequence[str | None]) -> Study:
    """Make a study; a method failed where its text is None."""
    items = tuple(Item(sentence(text), position=row) for row, text in enumerate(gold))
    results = {
        method.replace("_", "-"): tuple(
            Found(None, "out of memory") if text is None else Found(entities(text)) for text in texts
        )
        for method, texts in found.items()
    }
    return Study(items, results)


@st.composite
def labellings(draw, scores=NO_SCORE):
    found, start = [], 0
    while start < 10 and draw(st.booleans()):
        start += draw(st.integers(0, 3))
        end = min(12, start + draw(st.integers(1, 3)))
        if start < end:
            found.append(Entity(Span(start, end), draw(st.sampled_from("ABC")), draw(scores)))
        start = end
    return tuple(found)


@st.composite
def studies(draw, scores=NO_SCORE):
    """Draw a study of up to five sentences and two methods, the second of which may fail."""
    golds = draw(st.lists(labellings(), max_size=5))
    items = tuple(Item(Sentence.from_words(WORDS, "en", gold), position=row) for row, gold in enumerate(golds))
    one = tuple(Found(draw(labellings(scores))) for _ in golds)
    other = tuple(Found(draw(st.none() | labellings(scores))) for _ in golds)
    return Study(items, {"one": one, "other": other})
