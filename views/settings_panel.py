"""The choice of direction, components and their settings, discovered from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from projection import registry
from projection.errors import ConfigurationError, ProjectionError
from projection.pipeline import Setup
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
ROLES = {"translator": "Translator", "recognizer": "Entity recognizer", "aligner": "Word aligner"}
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


def settings_panel(setup: Setup, key: str) -> Setup:
    """Draw all choices; return the Setup they make, or `setup` with a message when they do not fit together."""
    chosen: dict[str, Any] = {"direction": direction_choice(setup.direction, f"{key}-direction")}
    options: dict[str, dict[str, Any]] = {}
    for role, title in ROLES.items():
        current = getattr(setup, role)
        names = component_names(role, current)
        name = st.selectbox(
            title, names, index=names.index(current), accept_new_options=True, key=f"{key}-{role}",
            help="Choose one, or type the name of a Hugging Face model or a folder.",
        )  # fmt: skip
        chosen[role] = name or current
        _availability(role, chosen[role])
        options |= _options(role, chosen[role], role, setup, key)
    methods = registry.names("projector")
    chosen["methods"] = (
        tuple(
            st.pills(
                "Methods to compare", methods, selection_mode="multi", default=list(setup.methods), key=f"{key}-methods"
            )
        )
        or setup.methods
    )
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
        known = _known_options(role, name)
    except (ProjectionError, ImportError) as problem:
        st.html(notice(f"The settings of {name} cannot be shown", str(problem), "warn"))
        return {slot: dict(setup.options[slot])} if slot in setup.options else {}
    if not known:
        return {}
    stored: Mapping[str, Any] = setup.options.get(slot, {})
    values = {}
    with st.expander(f"Settings of {name}"):
        for option, default in known:
            value = _widget(option, stored.get(option.name, default), default, f"{key}-{slot}-{name}-{option.name}")
            if value != default:
                values[option.name] = value
    return {slot: values} if values else {}


def _known_options(role: str, name: str) -> list[tuple[Option, Any]]:
    entry = registry.find(role, name)
    parameters = registry.options_of(role, name)
    found = [(option, parameters[option.name].default) for option in _declared(entry) if option.name in parameters]
    if role == "aligner" and entry.target.endswith(":EmbeddingAligner"):
        encoder = registry.find("encoder", name.rpartition(":")[0] or name)
        more = registry.options_of("encoder", encoder.name)
        found += [
            (option, encoder.options.get(option.name, more[option.name].default))
            for option in _declared(encoder)
            if option.name in more
        ]
    return found


def _declared(entry: registry.Entry) -> tuple[Option, ...]:
    return tuple(getattr(registry.load_class(entry), "options", ()))


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
    text = st.text_input(label, value if isinstance(value, str) else "", key=key, help=option.help)
    return text if text else default
