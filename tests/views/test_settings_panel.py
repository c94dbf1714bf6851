"""What the settings ask for: every setting of every component there is, and methods with their presets."""

import pytest
from streamlit.testing.v1 import AppTest

from projection import registry
from projection.pipeline import Setup
from views.settings_panel import known_options, method_names


def test_every_method_and_preset_can_be_chosen():
    offered = method_names()
    assert {*registry.names("projector")} <= {*offered}
    assert {"heuristic:paper", "span-matching:exact"} <= {*offered}
    assert not any(name.endswith(":default") for name in offered)
    assert [*method_names(["somebody:s-own"])][-1] == "somebody:s-own"


@pytest.mark.parametrize("name", registry.names("projector"))
def test_every_setting_of_a_method_is_asked_for(name):
    asked = {option.name for option, _ in known_options("projector", name)}
    entry = registry.find("projector", name)
    assert {*registry.components_of(entry)} <= asked
    assert {option.name for option in registry.load_class(entry).options} <= asked


def test_the_settings_of_a_preset_start_from_its_values():
    """Garcia-Ferrero's rule as the paper runs it: gaps of one word, ratio .8."""
    values = {option.name: value for option, value in known_options("projector", "heuristic:paper")}
    preset = registry.presets_of("projector", "heuristic")["paper"]
    assert {name: values[name] for name in preset} == dict(preset)


def test_an_aligner_has_the_settings_of_its_encoder_with_the_layer_of_the_registry():
    values = {option.name: value for option, value in known_options("aligner", "mbert:itermax")}
    assert values["layer"] == 8
    assert "extraction" not in values


def panel():
    import streamlit as st

    from projection.pipeline import Setup
    from views.settings_panel import settings_panel

    setup = Setup.from_dict(st.session_state["given"])
    st.session_state["chosen"] = settings_panel(setup, "k").to_dict()


def drawn(setup):
    app = AppTest.from_function(panel, default_timeout=30)
    app.session_state["given"] = setup.to_dict()
    app.run()
    assert not app.exception
    return app


STAND_INS = {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal"}


def test_a_setup_comes_back_as_it_was():
    """Also what the forms do not show: the preset and settings of settings."""
    options = {"span-matching": {"preset": "exact", "threshold": 0.3}}
    setup = Setup("en", "de", methods=("span-matching", "heuristic:paper"), options=options, **STAND_INS)
    app = drawn(setup)
    assert Setup.from_dict(app.session_state["chosen"]) == setup


def test_the_recognizer_of_the_target_and_the_methods_can_be_changed():
    app = drawn(Setup("en", "de", **STAND_INS))
    app.selectbox(key="k-target_recognizer").set_value("rules").run()
    app.multiselect(key="k-methods").set_value(["heuristic:paper", "span-matching"]).run()
    assert not app.exception
    assert app.session_state["chosen"]["target_recognizer"] == "rules"
    assert app.session_state["chosen"]["methods"] == ("heuristic:paper", "span-matching")
