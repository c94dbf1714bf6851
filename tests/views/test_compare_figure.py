"""The matrix of agreements: every number in its cell and in words."""

import pytest

from projection.evaluation.agreement import Pair
from views.compare_figure import agreement_figure, alternative_text

METHODS = ["a", "b", "c"]
PAIRS = {("a", "b"): Pair("a", "b", 0.925, 24), ("b", "a"): Pair("b", "a", 0.925, 24),
         ("a", "c"): Pair("a", "c", 0.0, 2), ("c", "a"): Pair("c", "a", 0.0, 2)}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_cell_says_its_number(theme):
    figure = agreement_figure(PAIRS, METHODS, theme)
    said = {(note.x, note.y): note.text for note in figure.layout.annotations}
    assert said["a", "b"] == said["b", "a"] == ".93" and said["a", "c"] == ".00"
    assert said["a", "a"] == said["b", "c"] == "\u2013"
    heat = figure.data[0]
    assert list(heat.z[0]) == [None, 0.925, 0.0] and heat.zmin == 0.0 and heat.zmax == 1


def test_the_ramp_has_a_readable_number_on_both_ends():
    notes = {(note.x, note.y): note.font.color for note in agreement_figure(PAIRS, METHODS).layout.annotations}
    assert notes["a", "b"] != notes["a", "c"]


def test_methods_that_all_agree_have_a_scale_too():
    same = {key: Pair(*key, 1.0, 3) for key in [("a", "b"), ("b", "a")]}
    assert agreement_figure(same, ["a", "b"]).data[0].zmin == 0.5


def test_the_matrix_in_words_says_each_pair_once():
    text = alternative_text(PAIRS, METHODS)
    assert text.count("a and b: .93 on 24 sentences") == 1 and "b and a" not in text
