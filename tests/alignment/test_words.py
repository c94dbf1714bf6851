"""Collapsing sub-words to words, link scores and calibrations, on matrices worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from projection.alignment.calibration import DEFAULT, MULTILINGUAL_BERT, Calibration, calibration_of
from projection.alignment.words import confidence, extract, links, word_similarity
from projection.types import Similarity


def similarity(matrix, source_words, target_words, source_length, target_length, norms=None):
    matrix = np.array(matrix, np.float32).reshape(len(source_words), len(target_words))
    source_norms, target_norms = norms or (np.ones(len(source_words)), np.ones(len(target_words)))
    return Similarity(
        matrix, np.array(source_words, np.intp), np.array(target_words, np.intp), source_length, target_length,
        np.array(source_norms, np.float32), np.array(target_norms, np.float32),
    )  # fmt: skip


@pytest.fixture
def three_by_two():
    """Source words 0 (two sub-words), 1 (none), 2 (one); target words 0 and 1 (two sub-words)."""
    return similarity([[0.9, 0.2, 0.1], [0.3, 0.4, 0.5], [0.0, 0.1, 0.8]], [0, 0, 2], [0, 1, 1], 3, 2)


def test_words_are_linked_when_any_of_their_subwords_are(three_by_two):
    chosen = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], bool)
    scores = np.array([[0.5, 0, 0], [0, 0.25, 0], [0, 0, 0.75]])
    alignment = links(three_by_two, chosen, scores)
    assert dict(alignment.scores) == {(0, 0): 0.5, (0, 1): 0.25, (2, 1): 0.75}
    assert alignment.links == {(0, 0), (0, 1), (2, 1)}
    assert (alignment.source_length, alignment.target_length) == (3, 2)


def test_the_score_of_a_link_is_its_best_subword_pair(three_by_two):
    chosen = np.array([[0, 1, 1], [0, 1, 1], [0, 0, 0]], bool)
    scores = np.array([[0, 0.1, 0.2], [0, 0.9, 0.3], [0, 0, 0]])
    assert dict(links(three_by_two, chosen, scores).scores) == {(0, 1): 0.9}


def test_word_similarity_takes_the_best_pair_and_marks_words_without_subwords(three_by_two):
    shown = word_similarity(three_by_two)
    assert shown[[0, 2]].tolist() == [pytest.approx([0.9, 0.5]), pytest.approx([0.0, 0.8])]
    assert np.isnan(shown[1]).all()


def test_an_empty_side_gives_no_links_and_nothing_to_show():
    nothing = similarity([], [], [0], 0, 1)
    assert word_similarity(nothing).shape == (0, 1)
    for extraction in ("argmax", "itermax", "match", "softmax", "entmax", "forward", "reverse"):
        assert not extract(nothing, extraction, DEFAULT).links


def test_confidence_is_the_harmonic_mean_of_both_softmaxes():
    """Logits (2, 0; 0, 2) with T = .5: e^4 / (e^4 + 1) = .982 on the diagonal of both, .018 beside it."""
    given = similarity([[1.0, 0.0], [0.0, 1.0]], [0, 1], [0, 1], 2, 2)
    expected = np.array([[0.8808, 0.1192], [0.1192, 0.8808]])
    assert np.allclose(confidence(given, Calibration(temperature=0.5, softmax=0.1)), expected, atol=1e-4)


def test_raw_dot_products_are_restored_from_the_lengths():
    given = similarity([[0.5, -1.0]], [0], [0, 1], 1, 2, norms=([2.0], [3.0, 0.5]))
    assert MULTILINGUAL_BERT.logits(given).tolist() == [[3.0, -1.0]]
    assert MULTILINGUAL_BERT.confidence_logits(given).tolist() == [pytest.approx([3 / 2**0.25, -1 / 2**0.25])]


def test_awesome_threshold_applies_to_both_directions():
    """Column softmax of 3 against 0 is .047 > 1e-3; 8 against 0 is 3e-4, below it."""
    near = similarity([[1.0, 0.0], [0.0, 1.0]], [0, 1], [0, 1], 2, 2, norms=([3**0.5] * 2, [3**0.5] * 2))
    far = similarity([[1.0, 0.0], [0.0, 1.0]], [0, 1], [0, 1], 2, 2, norms=([8**0.5] * 2, [8**0.5] * 2))
    assert len(extract(near, "softmax", MULTILINGUAL_BERT).links) == 4
    assert extract(far, "softmax", MULTILINGUAL_BERT).links == {(0, 0), (1, 1)}
    assert extract(near, "softmax", MULTILINGUAL_BERT, threshold=0.5).links == {(0, 0), (1, 1)}


def test_a_threshold_drops_weak_links_of_the_other_extractions():
    given = similarity([[0.9, 0.1], [0.1, 0.2]], [0, 1], [0, 1], 2, 2)
    weak = Calibration(temperature=1.0, softmax=0.1)
    everything = extract(given, "match", weak)
    assert everything.links == {(0, 0), (1, 1)}
    between = sum(everything.scores.values()) / 2
    assert extract(given, "match", weak, threshold=between).links == {(0, 0)}


def test_scores_lie_between_0_and_1():
    random = np.random.default_rng(0)
    given = similarity(random.uniform(-1, 1, (6, 7)), range(6), range(7), 6, 7, norms=([20.0] * 6, [20.0] * 7))
    for calibration in (DEFAULT, MULTILINGUAL_BERT):
        for extraction in ("argmax", "itermax", "match", "softmax", "entmax", "forward", "reverse"):
            scores = extract(given, extraction, calibration).scores.values()
            assert scores
            assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("mbert", "google-bert/bert-base-multilingual-cased"), MULTILINGUAL_BERT),
        (("mine", "aneuraz/awesome-align-with-co"), MULTILINGUAL_BERT),
        (("mine", "/somewhere/else"), DEFAULT),
    ],
)
def test_calibrations_are_found_by_registered_and_hub_name(names, expected):
    assert calibration_of(*names) is expected
