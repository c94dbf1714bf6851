"""Soft word links: how much of each word's mass lands on each word of the other side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from projection.types import Alignment, Similarity


def soft_links(similarity: Similarity, temperature: float = 0.03) -> NDArray[np.float64]:
    """Return P (source words, target words) in [0, 1], a symmetric soft alignment.

    With s = cosine / `temperature`, f the softmax of s over target sub-words and r the softmax over
    source sub-words: F[i, j] is the mean over sub-words of source word i of the f mass on target word
    j, R[i, j] the mean over sub-words of j of the r mass on i, and P = sqrt(F * R). Words without
    sub-words have zero rows or columns.
    """
    words = np.zeros((similarity.source_length, similarity.target_length))
    if not similarity.matrix.size:
        return words
    scaled = similarity.matrix.astype(np.float64) / temperature
    forward = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    forward /= forward.sum(axis=1, keepdims=True)
    backward = np.exp(scaled - scaled.max(axis=0, keepdims=True))
    backward /= backward.sum(axis=0, keepdims=True)
    rows, row_starts, row_sizes = np.unique(similarity.source_words, return_index=True, return_counts=True)
    columns, column_starts, column_sizes = np.unique(similarity.target_words, return_index=True, return_counts=True)
    forward = _collapse(forward, row_starts, column_starts) / row_sizes[:, None]
    backward = _collapse(backward, row_starts, column_starts) / column_sizes[None, :]
    words[np.ix_(rows, columns)] = np.sqrt(forward * backward)
    return words


def hard_links(alignment: Alignment) -> NDArray[np.float64]:
    """Return the links as a matrix (source words, target words) of their scores, 1 where there is no score."""
    words = np.zeros((alignment.source_length, alignment.target_length))
    for link in alignment.links:
        words[link] = alignment.scores.get(link, 1.0)
    return words


def _collapse(matrix: NDArray, row_starts: NDArray, column_starts: NDArray) -> NDArray:
    return np.add.reduceat(np.add.reduceat(matrix, row_starts, axis=0), column_starts, axis=1)
