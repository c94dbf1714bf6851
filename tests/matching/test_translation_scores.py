"""NMTScore against its formulas, on a model that is a table."""

from __future__ import annotations

import numpy as np
import pytest

from projection.errors import ConfigurationError
from projection.matching.translation_scores import nmt_scores
from projection.registry import create
from projection.types import Translation


class Table:
    """Knows token probabilities of (source text, target text, languages) and translations; counts its calls."""

    def __init__(self, probabilities, translations=()):
        self.probabilities, self.translations = probabilities, dict(translations)
        self.calls, self.asked = 0, []

    def log_probabilities(self, pairs, source, target):
        self.calls += 1
        self.asked += [(*pair, source, target) for pair in pairs]
        return [np.log(self.probabilities[*pair, source, target]) for pair in pairs]

    def translate(self, texts, source, target):
        return [Translation(self.translations[text, source, target]) for text in texts]


def test_direct():
    model = Table({
        ("Wien", "Vienna", "de", "en"): [0.5, 0.8],
        ("Vienna", "Vienna", "en", "en"): [0.9, 0.9],
        ("Vienna", "Wien", "en", "de"): [0.2, 0.4, 0.4],
        ("Wien", "Wien", "de", "de"): [0.6, 0.5, 0.9],
    })  # fmt: skip
    expected = (np.sqrt(0.5 * 0.8) / 0.9 + np.cbrt(0.2 * 0.4 * 0.4) / np.cbrt(0.6 * 0.5 * 0.9)) / 2
    np.testing.assert_allclose(nmt_scores(model, [("Vienna", "Wien")] * 2, "en", "de"), [expected] * 2)
    assert model.calls == 4 and len(model.asked) == 4  # every question once


def test_pivot_reads_the_other_string_through_english():
    model = Table(
        {
            ("Vienna", "Wien", "en", "de"): [0.4],
            ("Wiena", "Wien", "en", "de"): [0.8],
            ("Vienna", "Viena", "en", "es"): [0.9],
            ("Wiena", "Viena", "en", "es"): [0.3],
        },
        {("Viena", "es", "en"): "Vienna", ("Wien", "de", "en"): "Wiena"},
    )
    (score,) = nmt_scores(model, [("Wien", "Viena")], "de", "es", kind="pivot")
    assert score == pytest.approx((0.4 / 0.8 + 0.3 / 0.9) / 2)


def test_cross_likelihood_compares_the_translations():
    model = Table(
        {
            ("Viena", "Wiena", "es", "en"): [0.25, 0.25],
            ("Wien", "Wiena", "de", "en"): [0.5, 0.5],
            ("Wien", "Vienna", "de", "en"): [0.3],
            ("Viena", "Vienna", "es", "en"): [0.6],
        },
        {("Viena", "es", "en"): "Vienna", ("Wien", "de", "en"): "Wiena"},
    )
    (score,) = nmt_scores(model, [("Wien", "Viena")], "de", "es", kind="cross-likelihood")
    assert score == pytest.approx((0.25 / 0.5 + 0.3 / 0.6) / 2)


def test_no_pairs_and_no_such_kind():
    assert nmt_scores(Table({}), [], "en", "de").shape == (0,)
    with pytest.raises(
        ConfigurationError, match="no NMTScore 'sideways'; choose one of direct, pivot, cross-likelihood"
    ):
        nmt_scores(Table({}), [], "en", "de", kind="sideways")


@pytest.mark.model
@pytest.mark.parametrize("kind", ["direct", "pivot", "cross-likelihood"])
def test_a_model_that_learnt_to_translate_prefers_the_translation(marking_model, kind):
    model = create("translator", marking_model)
    good, bad, same = nmt_scores(model, [("Vienna", "Wien"), ("Vienna", "brot"), ("Ada", "Ada")], "en", "de", kind=kind)
    assert good > 0.8 > 0.3 > bad and same == pytest.approx(1, abs=0.05)
