"""Extractions against SimAlign's own static methods, scipy, torch and the entmax package, on random matrices."""

from __future__ import annotations

import logging
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from projection.alignment.extraction import (
    BY_SIMILARITY,
    argmax,
    entmax,
    entmax_of,
    forward,
    itermax,
    match,
    reverse,
    softmax,
    softmax_of,
)


def matrices(low: float, high: float, least: int = 1, most: int = 9):
    """Matrices without ties: all values differ."""
    shapes = st.tuples(st.integers(least, most), st.integers(least, most))
    return shapes.flatmap(
        lambda shape: st.randoms(use_true_random=False).map(
            lambda random: np.array(
                random.sample(list(np.linspace(low, high, 4 * shape[0] * shape[1])), shape[0] * shape[1])
            ).reshape(shape)
        )
    )


@pytest.fixture(scope="module")
def simalign():
    from simalign import SentenceAligner

    logging.getLogger("simalign.simalign").handlers.clear()
    return SentenceAligner


@settings(max_examples=60)
@given(similarity=matrices(0, 1))
def test_forward_reverse_and_argmax_equal_simalign(simalign, similarity):
    rows, columns = simalign.get_alignment_matrix(similarity)
    assert np.array_equal(forward(similarity), rows > 0)
    assert np.array_equal(reverse(similarity), columns > 0)
    assert np.array_equal(argmax(similarity), rows * columns > 0)


@settings(max_examples=100)
@given(similarity=matrices(0, 1, most=12), rounds=st.integers(1, 4))
def test_itermax_equals_simalign(simalign, similarity, rounds):
    assert np.array_equal(itermax(similarity, rounds), simalign.iter_max(similarity, rounds) > 0)


@given(
    similarity=arrays(
        np.float64, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.sampled_from([0.25, 0.5, 1.0])
    )
)
def test_ties_are_broken_like_simalign(simalign, similarity):
    rows, columns = simalign.get_alignment_matrix(similarity)
    assert np.array_equal(argmax(similarity), rows * columns > 0)
    assert np.array_equal(itermax(similarity), simalign.iter_max(similarity) > 0)


@settings(max_examples=30)
@given(similarity=matrices(0.01, 1, most=6))
def test_match_has_the_weight_of_simaligns_and_of_brute_force(simalign, similarity):
    found = match(similarity)
    assert found.sum() == min(similarity.shape)
    assert found.sum(axis=0).max() <= 1
    assert found.sum(axis=1).max() <= 1
    theirs = simalign.get_max_weight_match(similarity)
    wide = similarity if similarity.shape[0] <= similarity.shape[1] else similarity.T
    best = max(
        sum(wide[row, column] for row, column in enumerate(columns))
        for columns in permutations(range(wide.shape[1]), wide.shape[0])
    )
    assert similarity[found].sum() == pytest.approx(best)
    assert similarity[found].sum() == pytest.approx((similarity * theirs).sum())


@given(logits=matrices(-4, 9), threshold=st.sampled_from([0.001, 0.1, 0.4]))
def test_softmax_equals_torch(logits, threshold):
    import torch

    given_logits = torch.from_numpy(logits)
    both = [torch.softmax(given_logits, dim) > threshold for dim in (0, 1)]
    assert np.array_equal(softmax(logits, threshold), (both[0] & both[1]).numpy())


@given(logits=matrices(-9, 9), axis=st.sampled_from([0, 1]))
def test_entmax_equals_the_published_package(logits, axis):
    import torch
    from entmax import entmax15

    expected = entmax15(torch.from_numpy(logits), dim=axis).numpy()
    assert np.allclose(entmax_of(logits, axis), expected, atol=1e-7)


def test_entmax_links_what_is_not_zero_on_both_sides():
    """Cell (1, 0) has weight in its column (8.9 beside 9) but none in its row (8.9 beside 20)."""
    assert entmax(np.array([[9.0, 0.0], [8.9, 20.0]])).tolist() == [[True, False], [False, True]]
    assert entmax(np.array([[1.0, 0.9], [0.9, 1.0]])).all()


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_has_no_links(shape):
    empty = np.zeros(shape, np.float32)
    for extraction in BY_SIMILARITY.values():
        assert extraction(empty).shape == shape
        assert not extraction(empty).any()
    assert softmax(empty, 0.1).shape == entmax(empty).shape == shape
    assert softmax_of(empty, 0).shape == shape


def test_itermax_adds_a_free_word_to_one_already_linked():
    """Row 1 loses column 0 to row 0; in round two .9 * .8 still beats its free column 1 (.5)."""
    similarity = np.array([[0.9, 0.1, 0.1], [0.8, 0.5, 0.1], [0.1, 0.2, 0.7]])
    assert np.argwhere(argmax(similarity)).tolist() == [[0, 0], [2, 2]]
    assert np.argwhere(itermax(similarity)).tolist() == [[0, 0], [1, 0], [2, 2]]


def test_itermax_prefers_a_free_column_when_it_is_nearly_as_good():
    """As above, but column 1 (.75) now beats .9 * .8."""
    similarity = np.array([[0.9, 0.1, 0.1], [0.8, 0.75, 0.1], [0.1, 0.2, 0.7]])
    assert np.argwhere(itermax(similarity)).tolist() == [[0, 0], [1, 1], [2, 2]]
