"""The deterministic stand-ins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError, ModelInputError
from projection.models.stand_ins import DiagonalAligner, DictionaryTranslator, RuleRecognizer
from projection.types import Sentence


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("de", "Maria wohnt in Berlin und arbeitet in Spanien."),
        ("es", "Maria vive en Berlin y trabaja en España."),
        ("fr", "Maria habite à Berlin et travaille à Espagne."),
        ("pt-BR", "Maria mora em Berlin e trabalha em Espanha."),
    ],
)
def test_word_by_word(target, expected):
    (translation,) = DictionaryTranslator().translate(["Maria lives in Berlin and works in Spain."], "en", target)
    assert (translation.text, translation.warnings) == (expected, ())


def test_the_dictionary_works_backwards_and_between_others():
    assert DictionaryTranslator().translate(["Stadt und Buch"], "de", "en")[0].text == "City and Book"
    assert DictionaryTranslator().translate(["libro"], "es", "fr")[0].text == "livre"


@pytest.mark.parametrize("dictionary", ["dog=Hund,the=der", {"dog": "Hund", "the": "der"}])
def test_own_words_win(dictionary):
    translator = DictionaryTranslator(dictionary=dictionary)
    assert translator.translate(["The dog lives"], "en", "de")[0].text == "Der Hund wohnt"
    assert translator.translate(["The dog"], "en", "sw")[0].text == "Der Hund"
    assert translator.signature != DictionaryTranslator().signature


def test_a_text_without_known_words_says_so():
    (translation,) = DictionaryTranslator().translate(["Xyz!"], "en", "de")
    assert translation.text == "Xyz!" and "knows no word" in translation.warnings[0]


@pytest.mark.parametrize(("text", "source", "target"), [("", "en", "de"), ("hello", "en", "ja")])
def test_what_the_dictionary_refuses(text, source, target):
    with pytest.raises(ModelInputError):
        DictionaryTranslator().translate([text], source, target)


def found(recognizer, text):
    sentence = Sentence.from_words(text.split(), "en")
    return [(sentence.text_of(e.span), e.label) for e in recognizer.recognize([sentence])[0]]


def test_names_of_the_list_are_found():
    assert found(RuleRecognizer(), "Angela Merkel visited New York and Berlin .") == [
        ("Angela Merkel", "PER"), ("New York", "LOC"), ("Berlin", "LOC"),
    ]  # fmt: skip


def test_longer_names_win_and_patterns_come_last():
    recognizer = RuleRecognizer(words="LOC=York;New York,PER=John", patterns="ORG=[A-Z]{3,}|John")
    assert found(recognizer, "John left New York for NATO") == [("John", "PER"), ("New York", "LOC"), ("NATO", "ORG")]


def test_patterns_must_match_whole_words():
    assert found(RuleRecognizer(words={}, patterns={"ORG": "NAT"}), "NATO met NAT") == [("NAT", "ORG")]


def test_the_order_of_entities_is_that_of_the_sentence_or_sorted_by_it():
    sentence = Sentence.from_words(["NATO", "met", "John"])
    entities = RuleRecognizer(words="PER=John", patterns="ORG=[A-Z]{3,}").recognize([sentence])[0]
    assert [e.label for e in sentence.with_entities(entities).entities] == ["ORG", "PER"]


@pytest.mark.parametrize("options", [{"patterns": "ORG=["}, {"patterns": "ORG"}, {"words": "PER"}])
def test_rules_that_cannot_be_read(options):
    with pytest.raises(ConfigurationError):
        RuleRecognizer(**options)


def test_equal_lengths_give_the_diagonal():
    pair = (Sentence.from_words(list("abc")), Sentence.from_words(list("xyz")))
    assert DiagonalAligner().align([pair])[0].links == {(0, 0), (1, 1), (2, 2)}


@given(st.integers(0, 30), st.integers(0, 30))
def test_every_word_of_the_longer_side_has_one_link_and_links_never_cross(source, target):
    pair = (Sentence.from_words(["a"] * source), Sentence.from_words(["b"] * target))
    (alignment,) = DiagonalAligner().align([pair])
    assert len(alignment.links) == (max(source, target) if source and target else 0)
    if alignment.links:
        assert {i for i, _ in alignment.links} == set(range(source))
        assert {j for _, j in alignment.links} == set(range(target))
    targets = [j for _, j in sorted(alignment.links)]
    assert targets == sorted(targets)
