"""Temperature scaling: errors by hand, and a temperature that is known is found."""

from __future__ import annotations

import numpy as np
import pytest

from projection.models.calibration import calibrate, expected_error, fit


def test_the_error_by_hand():
    """Probability .8 four times, right three times: |.8 - .75|; .6 once, wrong: .6; weighted 4 to 1."""
    logits = np.log(np.array([[0.8, 0.2]] * 4 + [[0.4, 0.6]], np.float32))
    tags = np.array([0, 0, 0, 1, 0])
    assert expected_error(logits, tags, 1.0) == pytest.approx(0.8 * 0.05 + 0.2 * 0.6, abs=1e-6)


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_tags_is_found(true):
    drawn = np.random.default_rng(4)
    logits = [drawn.normal(0, 3, (40, 4)).astype(np.float32) for _ in range(200)]
    tags = []
    for rows in logits:
        probabilities = np.exp(rows / true)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        tags.append(np.array([drawn.choice(4, p=row / row.sum()) for row in probabilities.astype(float)]))
    found = calibrate(logits, tags)
    assert found.temperature == pytest.approx(true, rel=0.05)
    assert found.after < 0.02 and (true == 1.0 or found.after < found.before)


def test_one_sentence_is_enough():
    assert calibrate([np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)], [np.array([0, 0])]).temperature > 1
    assert fit([np.zeros((0, 2), np.float32)], [np.zeros(0, np.intp)]) == 1.0
