"""Labels that came with a translation follow its words when they are split or joined, and end when the text changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projection.corrections.gold import gold_on
from projection.types import Entity, Sentence, Span

GIVEN = Sentence.from_words(
    ["华", "为", "在", "首", "都"], "zh", [Entity(Span(0, 2), "ORG", origin="gold"), Entity(Span(3, 5), "LOC")]
)


def spans(found):
    return None if found is None else [(one.span.start, one.span.end, one.label) for one in found]


def on(*words):
    return spans(gold_on(GIVEN, Sentence.from_words(words, "zh")))


def test_words_joined_before_and_inside_a_label():
    assert on("华为", "在", "首", "都") == [(0, 1, "ORG"), (2, 4, "LOC")]
    assert on("华", "为", "在", "首都") == [(0, 2, "ORG"), (3, 4, "LOC")]


def test_a_word_split_gives_its_label_to_both_parts():
    given = Sentence.from_words(["华为", "在"], "zh", [Entity(Span(0, 1), "ORG")])
    assert spans(gold_on(given, Sentence.from_words(["华", "为", "在"], "zh"))) == [(0, 2, "ORG")]


def test_a_word_joined_to_a_label_belongs_to_it_and_two_labels_in_one_word_are_nobodys():
    assert on("华", "为在", "首", "都") == [(0, 2, "ORG"), (2, 4, "LOC")]
    assert on("华", "为在首", "都") is None


def test_another_text_has_no_gold_and_spaces_are_no_text():
    assert on("华", "为", "在", "上", "海") is None
    given = Sentence.from_words(["New York", "is"], "en", [Entity(Span(0, 1), "LOC")])
    assert spans(gold_on(given, Sentence.from_words(["New", "York", "is"], "en"))) == [(0, 2, "LOC")]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.data())
def test_words_split_into_characters_and_back_are_labelled_as_before(lengths, data):
    words = ["x" * length for length in lengths]
    ends = sorted(data.draw(st.sets(st.integers(1, len(words)), max_size=6)))
    entities = [Entity(Span(start, end), "A") for start, end in zip([0, *ends], ends, strict=False)]
    given_words = Sentence.from_words(words, "und", entities)
    characters = Sentence.from_words(["x"] * sum(lengths), "und")
    there = gold_on(given_words, characters)
    sizes = [sum(lengths[entity.span.start : entity.span.end]) for entity in entities]
    assert [len(one.span) for one in there] == sizes
    back = gold_on(characters.with_entities(there), Sentence.from_words(words, "und"))
    assert spans(back) == spans(entities)
