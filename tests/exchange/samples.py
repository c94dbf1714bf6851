"""Corrected sentences, by hand and at random, shared by the tests of this folder."""

from __future__ import annotations

from hypothesis import strategies as st

from projection.exchange import Corrected
from projection.types import Alignment, Derivation, Entity, Sentence, Span, Token
from tests.text.strategies import entity_sets

SOURCE = Sentence.from_words(
    ["Ann", "met", "Bob", "Lee", "."], "en", [Entity(Span(0, 1), "PER", 0.98, "model"), Entity(Span(2, 4), "PER")],
    space_after=[True, True, True, False, False],
)  # fmt: skip
TARGET = Sentence.from_words(
    ["Ana", "😊", "viu", "Bob", "Sá", "."], "pt",
    [
        Entity(Span(0, 1), "PER", 0.75, "projected"),
        Entity(Span(3, 5), "ORG", None, "corrected", Derivation("span-matching", Span(3, 4), "LOC", 0.5, "a1b2")),
    ],
)  # fmt: skip
LINKS = Alignment(frozenset({(0, 0), (1, 2)}), 5, 6, {(0, 0): 0.9}, frozenset({(2, 3)}))
ITEM = Corrected(
    0, "news-1", SOURCE, TARGET, LINKS, note="Bob or Rob?", flagged=True, method="span-matching",
    settings="span-matching threshold=.5", author="Ana", at="2026-11-21T14:02:11+00:00",
)  # fmt: skip
PLAIN = Corrected(1, "news-2", SOURCE, TARGET, checked=True)

HOSTILE = "<img onerror=alert(1)>"
WORDS = (
    "Ana", "São", "北京大学", "東", "مرحبا", "دبي", "e\u0301", "👩\u200d🔬", "𠮷野", "co\u00adop", "\u200fאב", "O", "#",
    "-", "_", "*", "a_b", "->", "[x]", "a|b", "back\\slash", "x;", "=1+1", "<b>", "'s", "B-PER", "１",
)  # fmt: skip
LABELS = ("PER", "LOC", "ORG-X", HOSTILE, "NAME OF", "x]", "[y", "a\\", "a|b", "_", "*", "->", "PER[3]", "ناس")
COLUMN_LABELS = tuple(label for label in LABELS if "|" not in label)
GAPS = ("", " ", "  ", "\u00a0", "\u3000")


@st.composite
def sentences(draw, labels=LABELS, words=WORDS, gaps=GAPS, edges=True):
    chosen = draw(st.lists(st.sampled_from(words), min_size=1, max_size=8))
    between = [draw(st.sampled_from(gaps)) for _ in chosen[1:]]
    text, tokens = draw(st.sampled_from(("", " "))) if edges else "", []
    for index, word in enumerate(chosen):
        tokens.append((word, len(text)))
        text += word + (between[index] if index < len(between) else "")
    placed = tuple(Token(word, start, start + len(word)) for word, start in tokens)
    entities = draw(entity_sets(len(chosen), labels))
    return Sentence(text, placed, "und", tuple(draw(as_decided(entity)) for entity in entities))


@st.composite
def as_decided(draw, entity: Entity) -> Entity:
    """The same span, decided by somebody."""
    origin = draw(st.sampled_from(("gold", "projected", "accepted", "bulk", "corrected", "manual", "human")))
    before = Derivation("heuristic", Span(0, 1), "LOC", 0.25, "k") if origin in ("accepted", "corrected") else None
    score = draw(st.sampled_from((None, 0.5, 1.0)))
    return Entity(entity.span, entity.label, score, origin, before)


@st.composite
def corrected(draw, labels=LABELS, words=WORDS, gaps=GAPS, edges=True, position=0):
    source = draw(sentences(labels, words, gaps, edges))
    target = draw(sentences(labels, words, gaps, edges))
    links = Alignment(frozenset({(0, 0)}), len(source), len(target), {(0, 0): 0.5}, frozenset({(0, len(target) - 1)}))
    return Corrected(
        position, f"id {position}", source, target, draw(st.sampled_from((None, links))), checked=draw(st.booleans()),
        flagged=draw(st.booleans()),
        note=draw(st.sampled_from(("", HOSTILE, "=1", "zwei\nZeilen"))), method="heuristic",
        settings="heuristic gap=1",
    )  # fmt: skip


def corpora(**kinds):
    """Several sentences, numbered."""
    return st.integers(1, 4).flatmap(
        lambda count: st.tuples(*(corrected(position=position, **kinds) for position in range(count)))
    )


def spans(sentence: Sentence) -> list[tuple[int, int, str]]:
    return [(entity.span.start, entity.span.end, entity.label) for entity in sentence.entities]
