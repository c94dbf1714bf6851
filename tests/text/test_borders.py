"""The same text split into words in two ways."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projection.text.borders import borders, cut, stretch, words_with
from projection.types import Entity, Sentence, Span


def test_borders_leave_spaces_out():
    sentence = Sentence.from_words(["New York", "is", "\u00a0", "big"])
    assert borders(sentence) == [0, 7, 9, 9, 12]
    assert stretch(Span(0, 2), borders(sentence)) == (0, 9)


def test_words_that_are_touched_belong_to_a_stretch():
    edges = [0, 3, 5, 5, 8]  # the third word is all spaces
    assert words_with((0, 3), edges) == Span(0, 1)
    assert words_with((2, 4), edges) == Span(0, 2)
    assert words_with((5, 6), edges) == Span(3, 4)
    assert words_with((5, 5), edges) is None


def test_a_cut_keeps_text_entities_and_the_other_words():
    entities = [Entity(Span(0, 1), "LOC"), Entity(Span(1, 3), "ORG")]
    sentence = Sentence.from_words(["New York", "Herald", "Tribune"], "en", entities, id="7")
    made = cut(sentence, [3, 9])
    assert made.words == ("New", "York", "He", "rald", "Tribune")
    assert (made.text, made.id, made.language) == (sentence.text, "7", "en")
    assert [(one.span, one.label) for one in made.entities] == [(Span(0, 2), "LOC"), (Span(2, 5), "ORG")]
    assert cut(sentence, []) == cut(sentence, [0, 7, 20]) == sentence


@given(
    st.lists(st.text("ab \u00a0𝒳é", min_size=1, max_size=4), max_size=6),
    st.sets(st.integers(0, 10)),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_a_cut_is_at_what_was_wanted_and_at_what_was_there(words, wanted, spaced):
    sentence = Sentence.from_words(words, space_after=spaced)
    size = len(sentence.characters)
    within = {place for place in wanted if place <= size}
    made = cut(sentence, within)
    assert made.characters == sentence.characters
    assert set(borders(made)) == {*borders(sentence), *within}
    for token in made.tokens:
        assert token.text == token.text.strip()
