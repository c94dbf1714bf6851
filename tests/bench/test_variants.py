"""What is chosen by --methods, and when two settings are the same one."""

from __future__ import annotations

import pytest

from bench.variants import Variant, setup_of, wanted
from projection.errors import ConfigurationError

PUBLISHED = [
    Variant("heuristic", {"gap": 1, "ratio": 0.8, "keep": 0, "guard": False}),
    Variant("heuristic", {"gap": 0}),
]  # the first is what preset "paper" says


def test_everything_is_each_method_with_presets_and_published_settings_once():
    chosen = wanted((), PUBLISHED)
    titles = [variant.title for variant in chosen]
    assert len(titles) == len(set(titles))
    assert {"span-matching", "heuristic", "heuristic:paper", "heuristic gap=0"} <= set(titles)
    assert "heuristic gap=1 ratio=0.8 keep=0 guard=no" not in titles


def test_a_name_means_all_of_a_method_and_a_preset_one():
    titles = [variant.title for variant in wanted(["heuristic:paper"], PUBLISHED)]
    assert titles == ["heuristic:paper"]
    assert [variant.title for variant in wanted(["heuristic:default"], PUBLISHED)] == ["heuristic"]
    every = [variant.title for variant in wanted(["heuristic"], PUBLISHED)]
    assert every[0] == "heuristic" and "heuristic gap=0" in every
    assert all(title.startswith("heuristic") for title in every)


def test_unknown_settings_are_refused():
    with pytest.raises(ConfigurationError, match="no setting 'size'"):
        wanted((), [Variant("heuristic", {"size": 1})])


def test_settings_of_the_variant_count_more_than_those_of_the_run():
    setup = setup_of(
        Variant("heuristic", {"gap": 0}), ("en", "de"), "translate-train", {"aligner": "diagonal"},
        {"heuristic": {"gap": 3, "ratio": 0.5}, "recognizer": {"words": "PER=Ada"}},
    )  # fmt: skip
    assert setup.options["heuristic"] == {"gap": 0, "ratio": 0.5}
    assert setup.aligner == "diagonal"
    assert "recognizer" not in setup.options
