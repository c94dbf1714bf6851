"""The choice of direction, components and their settings, discovered from the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from projection import registry
from projection.errors import ConfigurationError, ProjectionError
from projection.pipeline import ROLES, Setup
from projection.protocols import Option
from views.markup import notice

DIRECTIONS = {
    "translate-train": "Label first, then translate",
    "translate-test": "Translate first, then label",
}
DIRECTION_HELP = {
    "translate-train": "Your text is labelled and translated; the labels are carried over to the translation.",
    "translate-test": "Your text is translated, the translation is labelled, and the labels come back to your text.",
}
TITLES = {
    "translator": "Translator",
    "recognizer": "Entity recognizer",
    "target_recognizer": "Entity recognizer of the other language",
    "aligner": "Word aligner",
}
HELP = {"target_recognizer": " It labels the text that receives the labels, for methods that look at both sides."}
EXTRACTIONS = ("itermax", "argmax", "match", "softmax", "entmax")


def direction_choice(current: str, key: str) -> str:
    """Ask for the direction and explain the chosen one in plain words."""
    chosen = st.segmented_control(
        "Direction", list(DIRECTIONS), default=current, required=True, format_func=DIRECTIONS.get, key=key
    )
    st.caption(DIRECTION_HELP[chosen])
    return chosen


def component_names(role: str, current: str) -> list[str]:
    """Return what can be chosen for a role, the current one included; aligners as encoder:extraction."""
    known = registry.names(role)
    if role == "aligner":
        known = [f"{encoder}:{rule}" for encoder in registry.names("encoder") for rule in EXTRACTIONS] + known
    return known if current in known else [current, *known]


def method_names(chosen: Sequence[str] = ()) -> list[str]:
    """Return every method and method:preset there is, and those of `chosen` that are named otherwise."""
    names = []
    for entry in registry.entries("projector"):
        presets = [preset for preset in registry.presets_of("projector", entry.name) if preset != "default"]
        names += [entry.name, *(f"{entry.name}:{preset}" for preset in presets)]
    return [*names, *(name for name in chosen if name not in names)]


def settings_panel(setup: Setup, key: str) -> Setup:
    """Draw all choices; return the Setup they make, or `setup` with a message when they do not fit together."""
    chosen: dict[str, Any] = {"direction": direction_choice(setup.direction, f"{key}-direction")}
    options: dict[str, dict[str, Any]] = {}
    for place, role in ROLES.items():
        current = getattr(setup, place)
        names = component_names(role, current)
        name = st.selectbox(
            TITLES[place], names, index=names.index(current), accept_new_options=True, key=f"{key}-{place}",
            help=f"Choose one, or type the name of a Hugging Face model or a folder.{HELP.get(place, '')}",
        )  # fmt: skip
        chosen[place] = name or current
        _availability(role, chosen[place])
        options |= _options(role, chosen[place], place, setup, key)
    methods = st.multiselect(
        "Projection methods", method_names(setup.methods), default=list(setup.methods), key=f"{key}-methods",
        help="The first one is the method of the project. After a colon stands a preset of its settings.",
    )  # fmt: skip
    chosen["methods"] = tuple(methods) or setup.methods
    for method in chosen["methods"]:
        options |= _options("projector", method, method, setup, key)
    try:
        return Setup(setup.source_language, setup.target_language, options=options, **chosen)
    except ProjectionError as problem:
        st.html(notice("These settings do not fit together", str(problem), "bad"))
        return setup


def _availability(role: str, name: str) -> None:
    """Say whether the component can be used here, and how large it is."""
    from projection.models.catalogue import availability

    try:
        entry, state = registry.find(role, name), availability(role, name)
    except ConfigurationError as problem:
        st.html(notice("Not known", str(problem), "bad"))
        return
    size = f", {state.megabytes:.0f} MB" if state.megabytes else ""
    st.caption(f"{entry.summary} {'Ready' if state.ready else 'Not on this computer'}{size}.")
    if not state.ready:
        st.html(notice("Not ready", state.message, "warn"))


def _options(role: str, name: str, slot: str, setup: Setup, key: str) -> dict[str, dict[str, Any]]:
    """Draw the settings of one component; return {slot: values that differ from the default}."""
    try:
        known = known_options(role, name)
    except (ProjectionError, ImportError) as problem:
        st.html(notice(f"The settings of {name} cannot be shown", str(problem), "warn"))
        return {slot: dict(setup.options[slot])} if slot in setup.options else {}
    if not known:
        return {}
    stored: Mapping[str, Any] = setup.options.get(slot, {})
    asked = {option.name for option, _ in known}
    values = {name: value for name, value in stored.items() if name not in asked}
    with st.expander(f"Settings of {name}"):
        for option, default in known:
            value = _widget(option, stored.get(option.name, default), default, f"{key}-{slot}-{name}-{option.name}")
            if value != default:
                values[option.name] = value
    return {slot: values} if values else {}


def known_options(role: str, name: str) -> list[tuple[Option, Any]]:
    """Return the settings to ask for, with the value each has if nobody sets it.

    An aligner has those of its encoder too; the component of a method is asked for by its name.
    """
    entry = registry.find(role, name)
    defaults = {key: parameter.default for key, parameter in registry.options_of(role, name).items()}
    declared = [*_declared(entry), *_components(entry)]
    if registry.is_composed(entry):
        encoder = registry.find("encoder", name.rpartition(":")[0] or name)
        declared += _declared(encoder)
        defaults |= encoder.options
    if "preset" in entry.options:
        defaults |= registry.presets_of(role, name)[entry.options["preset"]]
    return [(option, defaults[option.name]) for option in declared if option.name in defaults]


def _declared(entry: registry.Entry) -> tuple[Option, ...]:
    return tuple(getattr(registry.load_class(entry), "options", ()))


def _components(entry: registry.Entry) -> list[Option]:
    """Ask for each component a method holds, unless the method asks for it itself."""
    own = {option.name for option in _declared(entry)}
    return [
        Option(field, f"The {role} of this method: a name or folder. Empty for that of the project.")
        for field, role in registry.components_of(entry).items()
        if field not in own
    ]


def _widget(option: Option, value: Any, default: Any, key: str) -> Any:
    label = option.name.replace("_", " ").capitalize()
    if isinstance(default, bool):
        return st.toggle(label, bool(value), key=key, help=option.help)
    if option.choices:
        choices = [str(choice) for choice in option.choices]
        index = choices.index(str(value)) if str(value) in choices else 0
        return st.selectbox(label, choices, index=index, key=key, help=option.help)
    if option.minimum is not None:
        whole = isinstance(option.step, int) and isinstance(default, int | None)
        kind = int if whole else float
        return st.number_input(
            label, kind(option.minimum), kind(option.maximum), None if value is None else kind(value),
            kind(option.step or 1), key=key, help=option.help, placeholder="as calibrated",
        )  # fmt: skip
    shown = _as_text(value)
    text = st.text_input(label, shown, key=key, help=option.help)
    if text == shown:  # a component with settings of its own shows its name only
        return value
    return text or default


def _as_text(value: Any) -> str:
    name = value.get("name", "") if isinstance(value, Mapping) else value
    return name if isinstance(name, str) else ""
