"""What the user brings: asked to work, it says what is missing."""

from __future__ import annotations

import pytest

from projection.errors import ModelUnavailable
from projection.models.given import GivenAligner, GivenRecognizer, GivenTranslator
from projection.types import Sentence

SENTENCE = Sentence.from_words(["Berlin"], "de")


def test_a_missing_translation_names_the_languages_and_the_ways_out():
    with pytest.raises(ModelUnavailable, match=r"English to German: paste .*--target.* choose a translator\.$"):
        GivenTranslator().translate(["Hello"], "en", "de")


def test_missing_labels():
    with pytest.raises(ModelUnavailable, match=r"for German: mark .* choose a recognizer\.$"):
        GivenRecognizer().recognize([SENTENCE])


def test_missing_links():
    with pytest.raises(ModelUnavailable, match=r"upload Pharaoh links, .* choose an aligner\.$"):
        GivenAligner().align([(SENTENCE, SENTENCE)])


def test_nothing_asked_for_is_nothing_missing():
    assert GivenTranslator().translate([], "en", "de") == []
    assert GivenRecognizer().recognize([]) == GivenAligner().align([]) == []
