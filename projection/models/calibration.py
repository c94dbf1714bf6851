"""Temperature scaling (Guo et al., ICML 2017): one number that makes probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BINS = 15


@dataclass(frozen=True, slots=True)
class Calibration:
    """`temperature` divides the logits. The errors are expected calibration errors over the words of sentences
    that took no part in finding it (`before`: of the raw probabilities, `after`: of the scaled ones).
    """

    temperature: float
    before: float
    after: float


def calibrate(logits: list[NDArray[np.float32]], tags: list[NDArray[np.intp]]) -> Calibration:
    """Fit the temperature to the words of some sentences, as (words, tags) and (words,) each.

    The errors are measured on every second sentence with the temperature of the others.
    """
    half = fit(logits[::2], tags[::2])
    rest = np.concatenate(logits[1::2] or logits), np.concatenate(tags[1::2] or tags)
    return Calibration(fit(logits, tags), expected_error(*rest, 1.0), expected_error(*rest, half))


def fit(logits: list[NDArray[np.float32]], tags: list[NDArray[np.intp]]) -> float:
    """Return the temperature between 1/8 and 8 under which the tags are most probable."""
    from scipy.optimize import minimize_scalar

    values, wanted = np.concatenate(logits).astype(np.float64), np.concatenate(tags)

    def loss(power: float) -> float:
        scaled = values / 2**power
        largest = scaled.max(axis=1)
        total = np.log(np.exp(scaled - largest[:, None]).sum(axis=1)) + largest
        return float((total - scaled[np.arange(len(wanted)), wanted]).mean())

    return float(2 ** minimize_scalar(loss, bounds=(-3, 3), method="bounded").x) if len(wanted) else 1.0


def expected_error(logits: NDArray[np.float32], tags: NDArray[np.intp], temperature: float) -> float:
    """Return the mean distance of confidence and accuracy over 15 bins of confidence, weighted by their words."""
    scaled = logits.astype(np.float64) / temperature
    probabilities = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == tags
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    sums = [np.bincount(bins, values, minlength=_BINS) for values in (confidence, right)]
    return float(np.abs(sums[0] - sums[1]).sum() / max(1, len(tags)))
