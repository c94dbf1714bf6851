"""From sub-words to words: links with scores, and the similarity matrix people look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from projection.alignment.calibration import Calibration
from projection.alignment.extraction import BY_LOGITS, BY_SIMILARITY
from projection.types import Alignment, Similarity


def links(similarity: Similarity, chosen: NDArray[np.bool_], scores: NDArray[np.floating]) -> Alignment:
    """Link two words when any pair of their sub-words is `chosen` (m, n).

    The score of a link is the largest of `scores` (m, n) over its chosen sub-word pairs.
    """
    rows, columns = chosen.nonzero()
    values = scores[rows, columns]
    order = values.argsort(kind="stable")  # ascending: of several sub-word pairs the best is kept
    sources, targets = similarity.source_words[rows[order]], similarity.target_words[columns[order]]
    best = dict(zip(zip(sources.tolist(), targets.tolist(), strict=True), values[order].tolist(), strict=True))
    return Alignment(frozenset(best), similarity.source_length, similarity.target_length, best)


def extract(
    similarity: Similarity, extraction: str, calibration: Calibration, threshold: float | None = None
) -> Alignment:
    """Link words with the extraction of that name (see `extraction.EXTRACTIONS`), scores attached.

    `threshold` replaces the one of the calibration for softmax and entmax; the others drop links
    whose score is not above it (None: keep all).
    """
    scores = confidence(similarity, calibration)
    if extraction in BY_LOGITS:
        least = getattr(calibration, extraction) if threshold is None else threshold
        return links(similarity, BY_LOGITS[extraction](calibration.logits(similarity), least), scores)
    chosen = BY_SIMILARITY[extraction]((similarity.matrix + 1) / 2)
    if threshold is not None:
        chosen &= scores > threshold
    return links(similarity, chosen, scores)


def confidence(similarity: Similarity, calibration: Calibration) -> NDArray[np.float64]:
    """Return how much both sides choose each other, (m, n) in [0, 1], the score of a link.

    The harmonic mean of the softmax over target and the softmax over source sub-words (AWESoME's link
    probability), whatever extraction chose the link; comparable within one encoder. With E the
    exponentials of the logits it is 2 E / (row sum + column sum).
    """
    logits = calibration.confidence_logits(similarity).astype(np.float64)
    if not logits.size:
        return logits
    weights = np.exp(logits - logits.max())
    total = weights.sum(axis=1)[:, None] + weights.sum(axis=0)[None, :]
    return np.divide(2 * weights, total, out=np.zeros_like(total), where=total > 0)


def word_similarity(similarity: Similarity) -> NDArray[np.float32]:
    """Return (source words, target words) for display: the largest cosine over the sub-word pairs.

    NaN for words without sub-words.
    """
    shape = similarity.source_length, similarity.target_length
    result = np.full(shape, np.nan, np.float32)
    if similarity.matrix.size:
        rows, row_starts = np.unique(similarity.source_words, return_index=True)
        columns, column_starts = np.unique(similarity.target_words, return_index=True)
        largest = np.maximum.reduceat(similarity.matrix, row_starts, axis=0)
        result[np.ix_(rows, columns)] = np.maximum.reduceat(largest, column_starts, axis=1)
    return result
