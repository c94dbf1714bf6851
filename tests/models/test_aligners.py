"""EmbeddingAligner on an encoder whose vectors are given by the test."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from projection import registry
from projection.errors import ConfigurationError
from projection.models.aligners import EmbeddingAligner
from projection.protocols import Encoding, SimilarityAligner
from projection.types import Sentence


@dataclass
class LetterEncoder:
    """One sub-word per letter: a unit vector per letter, twice as long for capitals; digits have none."""

    name: str = "letters"
    signature: str = "letters|v1"
    seen: list = field(default_factory=list)

    def encode(self, sentences):
        self.seen += [sentence.words for sentence in sentences]
        return [self._encode(sentence) for sentence in sentences]

    def _encode(self, sentence):
        letters = [(word, letter) for word, text in enumerate(sentence.words) for letter in text if letter.isalpha()]
        vectors = np.zeros((len(letters), 26), np.float32)
        for row, (_, letter) in enumerate(letters):
            vectors[row, ord(letter.lower()) - ord("a")] = 2 if letter.isupper() else 1
        words = np.array([word for word, _ in letters], np.intp)
        return Encoding(vectors, words, len(sentence), ("read twice",) if "Z" in sentence.text else ())


def pair(source: str, target: str):
    return Sentence.from_words(source.split()), Sentence.from_words(target.split())


def test_words_are_linked_through_their_subwords():
    aligner = EmbeddingAligner(LetterEncoder(), "argmax")
    assert aligner.align([pair("ab c", "c ab")])[0].links == {(0, 1), (1, 0)}


def test_similarities_are_cosines_with_the_lengths_beside_them():
    one = EmbeddingAligner(LetterEncoder()).similarities([pair("aB 1", "b")])[0]
    assert one.matrix.tolist() == [[0.0], [1.0]]
    assert one.source_words.tolist() == [0, 0]
    assert (one.source_length, one.target_length) == (2, 1)
    assert (one.source_norms.tolist(), one.target_norms.tolist()) == ([1.0, 2.0], [1.0])
    assert one.encoder == "letters|v1"


def test_on_words_the_means_are_compared():
    """mean(a, b) = (.5, .5): cosine with a is 1 / sqrt 2; the word without sub-words has no row."""
    one = EmbeddingAligner(LetterEncoder(), unit="word").similarities([pair("ab 1 c", "a c")])[0]
    assert one.matrix.tolist() == [pytest.approx([0.5**0.5, 0.0]), pytest.approx([0.0, 1.0])]
    assert one.source_words.tolist() == [0, 2]
    assert one.source_norms.tolist() == pytest.approx([0.5**0.5, 1.0])


def test_empty_sides_and_words_without_subwords_give_no_links():
    for extraction in ("argmax", "itermax", "match", "softmax", "entmax", "forward", "reverse"):
        for unit in ("subword", "word"):
            aligner = EmbeddingAligner(LetterEncoder(), extraction, unit)
            found = aligner.align([pair("", "a b"), pair("a", ""), pair("", ""), pair("1 2", "a b")])
            assert [len(one.links) for one in found] == [0, 0, 0, 0]
            assert [(one.source_length, one.target_length) for one in found] == [(0, 2), (1, 0), (0, 0), (2, 2)]


def test_each_different_sentence_is_encoded_once():
    encoder = LetterEncoder()
    EmbeddingAligner(encoder).align([pair("a b", "c"), pair("a b", "d"), pair("c", "a b")])
    assert sorted(encoder.seen) == [("a", "b"), ("c",), ("d",)]


def test_warnings_of_the_encoder_are_passed_on_with_their_side():
    one, other = EmbeddingAligner(LetterEncoder()).similarities([pair("a", "Z"), pair("a", "b")])
    assert (one.warnings, other.warnings) == (("Target: read twice",), ())


def test_a_zero_vector_is_like_nothing():
    class Mute(LetterEncoder):
        def _encode(self, sentence):
            return Encoding(np.zeros((1, 4), np.float32), np.array([0]), 1)

    assert EmbeddingAligner(Mute()).similarities([pair("a", "b")])[0].matrix.tolist() == [[0.0]]


def test_links_are_a_function_of_the_similarity():
    aligner = EmbeddingAligner(LetterEncoder())
    assert isinstance(aligner, SimilarityAligner)
    pairs = [pair("ab c", "c ab")]
    assert aligner.links(aligner.similarities(pairs)[0]) == aligner.align(pairs)[0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"extraction": "best"}, "no extraction 'best'; choose one of argmax, itermax, match"),
     ({"unit": "letter"}, "no unit 'letter'; choose one of subword, word"),
     ({"threshold": 1.0}, "threshold must be at least 0 and below 1, but is 1.0")],
)  # fmt: skip
def test_wrong_settings_are_named(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        EmbeddingAligner(LetterEncoder(), **settings)


def test_the_registry_builds_encoder_and_extraction():
    aligner = registry.create("aligner", "e5-small:softmax", unit="word", threshold=0.2, layer=6, precision="int8")
    assert aligner.name == "e5-small:softmax"
    assert aligner.signature == (
        "softmax|unit:word|threshold:0.2|calibration:T0.03,0.35,0.35|"
        "encoder:(e5-small|layer:6|precision:int8|window:510)"
    )
    assert registry.create("aligner", "awesome:softmax").signature.startswith(
        "softmax|unit:subword|calibration:dot,0.001"
    )
