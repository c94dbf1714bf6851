"""Tokenizers keep every character but whitespace, at its place; sentences likewise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projection.errors import ConfigurationError, FormatError
from projection.text.joining import natural
from projection.text.languages import ENCODER_LANGUAGES
from projection.text.tokenize import join_words, split_sentences, tokenize, tokenizer_name
from projection.types import Entity, Sentence, Span

TRICKY = (
    "aé e\u0301\u0323 😀 👨‍👩‍👧‍👦 🇩🇪 \u200b\u200c\u200d\ufeff\u00ad \x00\x01\x1f\x7f\x85\u2028\u2029\u3000\u00a0 \u202e"
    "שלום مرحبا สวัสดี ໄທ មែន မြန် 漢字 かな 한국 ཀ་ । . , ; ' ’ \" - / < > & 1 2 $ % @ # | _ "
)
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(TRICKY), st.characters(exclude_categories=["Cs"])), max_size=60)
KINDS = ("en", "fr", "de", "he", "th", "zh", "ja", "my", "ko", "sw", "bo", "und")


@pytest.mark.parametrize("language", KINDS)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_tokens_reslice_the_text_and_skip_only_whitespace(language, text):
    sentence = tokenize(text, language)
    assert sentence.text == text
    position = 0
    for token in sentence.tokens:
        assert text[token.start : token.end] == token.text
        assert token.text and token.text == token.text.strip()
        assert not text[position : token.start].strip()
        position = token.end
    assert not text[position:].strip()


@pytest.mark.parametrize("language", ("en", "de", "th", "zh", "ar", "und"))
@settings(max_examples=80, deadline=None)
@given(text=TEXTS)
def test_sentences_lose_only_whitespace(language, text):
    sentences = split_sentences(text, language)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence and sentence == sentence.strip() for sentence in sentences)


@pytest.mark.parametrize("language", ("en", "fr", "zh", "th", "und"))
@settings(max_examples=80, deadline=None)
@given(words=st.lists(st.sampled_from([*"abc,.()\"'’", "New", "York", "你好", "l'", "n't", "«", "»", "12", "สวัสดี"])))
def test_joining_only_chooses_spaces(language, words):
    assert join_words(words, language).replace(" ", "") == "".join(words).replace(" ", "")


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Dr. Smith's dog isn't here.", ["Dr.", "Smith", "'s", "dog", "is", "n't", "here", "."]),
        ("fr", "L'Union d'Europe", ["L'", "Union", "d'", "Europe"]),
        ("th", "ฉันรักกรุงเทพ", ["ฉัน", "รัก", "กรุงเทพ"]),
        ("zh", "我爱北京", ["我", "爱", "北京"]),
        ("ja", "東京に行く", ["東京", "に", "行く"]),
        ("lo", "ພາສາລາວ", ["ພາສາ", "ລາວ"]),
        ("my", "ဗမာစာ", ["ဗမာ", "စာ"]),
        ("km", "ខ្ញុំស្រលាញ់ប្រទេសកម្ពុជា", ["ខ្ញុំ", "ស្រលាញ់", "ប្រទេស", "កម្ពុជា"]),
        ("sw", "Ng'ombe wa Dar-es-Salaam, 3.5%!", ["Ng'ombe", "wa", "Dar-es-Salaam", ",", "3.5", "%", "!"]),
        ("he", "שלום, עולם!", ["שלום", ",", "עולם", "!"]),
        ("th", "😀สวัสดี👨‍👩‍👧", ["😀", "สวัสดี", "👨‍👩‍👧"]),
        ("und", "</s> <script>", ["<", "/", "s", ">", "<", "script", ">"]),
        ("en", "", []),
        ("en", " \u3000\t", []),
    ],
)
def test_words(language, text, words):
    assert list(tokenize(text, language).words) == words


def test_every_encoder_language_has_a_working_tokenizer():
    kinds = {tokenizer_name(code).split(":")[0] for code in ENCODER_LANGUAGES}
    assert kinds == {"spacy", "icu", "regex"}
    assert tokenizer_name("pt-BR") == "spacy:pt"
    assert tokenizer_name("nob_Latn") == "spacy:nb"
    assert tokenizer_name("th") == "icu:th"
    assert tokenizer_name("sr-Latn") == tokenizer_name("jv") == tokenizer_name("und") == "regex"


@pytest.mark.parametrize("code", [code for code in ENCODER_LANGUAGES if tokenizer_name(code).startswith("spacy")])
def test_spacy_needs_no_further_package(code):
    assert tokenize("a b.", code).words[:1] == ("a",)


def test_a_tokenized_sentence_says_its_language_and_id():
    sentence = tokenize("Olá", "por_Latn", id="7")
    assert (sentence.language, sentence.id) == ("pt", "7")


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(FormatError, match="character 1"):
        tokenize("a\ud800", "en")


def test_an_unknown_language_is_refused():
    with pytest.raises(ConfigurationError):
        tokenize("a", "xx")


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "Dr. Smith met J. Doe. They left.\nNew line", ["Dr. Smith met J. Doe.", "They left.", "New line"]),
        ("de", "Am 17. Mai kam Dr. Müller. Er blieb.", ["Am 17. Mai kam Dr. Müller.", "Er blieb."]),
        ("en", "It was in 1917. Then it ended.", ["It was in 1917.", "Then it ended."]),
        ("en", "She met U.S. Senator John Kerry. Bye.", ["She met U.S. Senator John Kerry.", "Bye."]),
        ("en-GB", 'He left the U.S. She came. "It" did.', ["He left the U.S.", "She came.", '"It" did.']),
        ("en", "J.R.R. Tolkien wrote it.", ["J.R.R. Tolkien wrote it."]),
        ("zh", "你好。我是誰？", ["你好。", "我是誰？"]),
        ("hi", "यह है। वह गया।", ["यह है।", "वह गया।"]),
        ("ar", "كيف حالك؟ أنا بخير.", ["كيف حالك؟", "أنا بخير."]),
        ("en", " \n\n", []),
    ],
)
def test_sentences(language, text, sentences):
    assert split_sentences(text, language) == sentences


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("en", ["Oh", ",", '"', "I", "do", "n't", "(", "really", ")", "!", '"'], 'Oh, "I don\'t (really)!"'),
        ("fr", ["L'", "Europe", "«", "unie", "»", ":", "oui", "!"], "L'Europe « unie » : oui !"),
        ("de", ["„", "Ja", "“", ",", "sagte", "er", "."], "„Ja“, sagte er."),
        ("zh", ["我", "在", "New", "York", "。"], "我在New York。"),
        ("th", ["ฉัน", "รัก"], "ฉันรัก"),
        ("es", ["¿", "Qué", "?"], "¿Qué?"),
        ("ar", ["كيف", "حالك", "؟"], "كيف حالك؟"),
        ("en", [], ""),
    ],
)  # fmt: skip
def test_joined_words_read_naturally(language, words, text):
    assert join_words(words, language) == text


def test_a_natural_sentence_keeps_words_and_entities():
    words = Sentence.from_words(["He", "(", "Ada", ")", "left", "."], "en", [Entity(Span(2, 3), "PER")], id="7")
    sentence = natural(words)
    assert sentence.text == "He (Ada) left."
    assert (sentence.words, sentence.entities, sentence.id) == (words.words, words.entities, "7")
    assert natural(sentence) is sentence
    written = tokenize("He (Ada) left.", "en")
    assert natural(written) is written
