"""Finding a name again: whole words, capitals, own tokenisations, what is labelled there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.text.tokenize import tokenize
from projection.triage import find_name, occurrences
from projection.types import Entity, Sentence, Span


def places(name, sentence):
    return [(span.start, span.end) for span in find_name(name, sentence)]


@pytest.mark.parametrize(
    "name, words, expected",
    [
        ("União Europeia", "A União Europeia e a União Europeia .", [(1, 3), (5, 7)]),
        ("união europeia", "A União Europeia .", []),  # capitals count
        ("União", "A União Europeia .", [(1, 2)]),  # inside a longer name too: the preview shows it
        ("Europe", "Europeans in Europe", [(2, 3)]),  # whole words only
        ("ano ano", "ano ano ano", [(0, 2)]),  # no overlap
        ("New  York", "in New York", [(1, 3)]),
        ("New York", "in NewYork", []),  # a space parts letters in one only
        ("NewYork", "in New York", []),
        ("U.S.", "the U . S . army", [(1, 5)]),  # split otherwise, the same letters
        ("AT&T", "by AT & T today", [(1, 4)]),
        ("Sa\u0303o Paulo", "em S\u00e3o Paulo", [(1, 3)]),  # the accent as a character of its own
        ("", "a b", []),
        ("  ", "a b", []),
        ("x y z", "x y", []),  # longer than the rest
    ],
)
def test_names_are_found_as_whole_words(name, words, expected):
    assert places(name, Sentence.from_words(words.split())) == expected


@pytest.mark.parametrize(
    "name, text, language, found",
    [
        ("东京", "他在东京工作。", "zh", ["东京"]),
        ("الأمم المتحدة", "قالت الأمم المتحدة اليوم.", "ar", ["الأمم المتحدة"]),
        ("Campos Neto", "Disse Campos Neto.", "pt", ["Campos Neto"]),
    ],
)
def test_other_scripts(name, text, language, found):
    sentence = tokenize(text, language)
    assert [sentence.text_of(span) for span in find_name(name, sentence)] == found


@given(st.lists(st.text("abAB.é", min_size=1, max_size=3), min_size=1, max_size=8), st.data())
def test_every_run_of_words_is_found_where_it_stands(words, data):
    sentence = Sentence.from_words(words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    name = sentence.text_of(Span(start, end))
    found = find_name(name, sentence)
    # another place may begin earlier and overlap it; without that it is among them
    assert any(span.overlaps(Span(start, end)) for span in found)
    assert all("".join(sentence.text_of(span).split()) == "".join(name.split()) for span in found)


TARGETS = [
    Sentence.from_words(["A", "União", "Europeia", "decidiu"], "pt"),
    Sentence.from_words(["na", "União", "Europeia", ",", "e", "da", "União", "Europeia"], "pt"),
    Sentence.from_words(["Nada", "disso"], "pt"),
]
SOURCES = [
    Sentence.from_words(["The", "European", "Union", "decided"], "en"),
    Sentence.from_words(["in", "the", "EU"], "en"),
    None,
]


def states(label="ORG", source=""):
    entities = [
        (Entity(Span(0, 3), "ORG"),),
        (Entity(Span(1, 3), "LOC"), Entity(Span(6, 8), "ORG")),
        (),
    ]
    rows = zip((4, 7, 9), SOURCES, TARGETS, entities, strict=True)
    return list(occurrences("União Europeia", label, rows, source))


def test_what_is_labelled_at_each_place():
    assert [(one.position, one.span, one.state) for one in states()] == [
        (4, Span(1, 3), "other words"),
        (7, Span(1, 3), "other label"),
        (7, Span(6, 8), "same"),
    ]
    assert [one.state for one in states("LOC")] == ["other words", "same", "other label"]
    assert states()[1].there == (Entity(Span(1, 3), "LOC"),)


def test_the_source_may_name_it_too():
    assert [one.in_source for one in states()] == [None] * 3
    assert [one.in_source for one in states(source="European Union")] == [True, False, False]


def test_an_unlabelled_place():
    rows = [(0, None, TARGETS[0], ())]
    (only,) = occurrences("União Europeia", "ORG", rows, "European Union")
    assert (only.state, only.in_source) == ("unlabelled", False)
