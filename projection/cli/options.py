"""`--option KEY=VALUE`: which component a key belongs to, and what its value means."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from projection.errors import ConfigurationError

OptionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="KEY=VALUE",
        help="A setting of a component; goes to the method, else the aligner, the recognizer, the translator. "
        "aligner.KEY=VALUE names one of them, clap.chat.KEY=VALUE what a method is made of. Repeat for more.",
    ),
]
_ROLES = {"projector": "method"}
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False, "none": None}

Place = tuple[str, str, str]
"""(key in Setup.options, role, name) of a component."""


def parse_options(given: Iterable[str] | None, places: Sequence[Place]) -> dict[str, dict[str, Any]]:
    """Sort settings by component, the first of `places` that has the key takes it.

    A component that a method holds has settings too: "clap.chat=NAME" with "clap.chat.timeout=90" becomes
    {"clap": {"chat": {"name": NAME, "timeout": 90.0}}}. Raises ConfigurationError, listing what there is, for an
    unknown key or a value of the wrong kind.
    """
    sorted_out: dict[str, dict[str, Any]] = {}
    of_components: list[tuple[str, Place, str, str]] = []
    for text in given or ():
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ConfigurationError(f"--option {text!r}: write KEY=VALUE, for example --option gap=1.")
        prefix, dot, rest = key.partition(".")
        wanted = [place for place in places if dot and prefix in (place[0], _ROLES.get(place[1]))]
        if dot and not wanted:
            known = ", ".join(place[0] for place in places)
            raise ConfigurationError(f"--option {text!r}: there is no {prefix!r} in this run; there are {known}.")
        key = rest if wanted else key
        for place, role, name in wanted or places:
            accepted = settings_of(role, name)
            if key in accepted:
                sorted_out.setdefault(place, {})[key] = parse_value(text, value, accepted[key])
                break
            if key.partition(".")[0] in _held_by(role, name):
                of_components.append((text, (place, role, name), key, value))
                break
        else:
            raise ConfigurationError(f"--option {text!r}: nothing here has a setting {key!r}. {_listing(places)}")
    for text, place, key, value in of_components:
        _set_in_component(sorted_out.setdefault(place[0], {}), text, place, key, value)
    return sorted_out


def _held_by(role: str, name: str) -> Mapping[str, str]:
    from projection import registry

    return registry.components_of(registry.find(role, name))


def _set_in_component(settings: dict[str, Any], text: str, place: Place, key: str, value: str) -> None:
    """Put a setting of a component into the settings of the method that holds it."""
    field, _, inner = key.partition(".")
    chosen = settings.get(field)
    if not chosen:
        raise ConfigurationError(f"--option {text!r}: name the {field} itself too (--option {place[2]}.{field}=NAME).")
    chosen = {"name": chosen} if isinstance(chosen, str) else chosen
    accepted = settings_of(_held_by(place[1], place[2])[field], chosen["name"])
    if inner not in accepted:
        known = ", ".join(accepted) or "none"
        raise ConfigurationError(f"--option {text!r}: {chosen['name']} has no setting {inner!r}; it has: {known}.")
    settings[field] = {**chosen, inner: parse_value(text, value, accepted[inner])}


def settings_of(role: str, name: str) -> dict[str, inspect.Parameter | None]:
    """Return the settings of a component, those of an aligner's encoder and "preset" included."""
    from projection import registry

    found: dict[str, inspect.Parameter | None] = dict(registry.options_of(role, name))
    if registry.presets_of(role, name):
        found["preset"] = None
    return found


def parse_value(text: str, value: str, parameter: inspect.Parameter | None) -> Any:
    """Read a value as what its setting's default or annotation is. Raises ConfigurationError."""
    default = parameter.default if parameter else ""
    kinds = str(parameter.annotation) if parameter else "str"
    word = _WORDS.get(value.lower(), value)
    if isinstance(default, bool) or kinds == "bool":
        if isinstance(word, bool):
            return word
        raise ConfigurationError(f"--option {text!r}: write yes or no.")
    if word is None and (default is None or "None" in kinds):
        return None
    for kind, what in ((int, "a whole number"), (float, "a number")):
        if (type(default) is kind or kind.__name__ in kinds.replace("|", " ").split()) and "str" not in kinds:
            try:
                return kind(value)
            except ValueError:
                if kind is int and "float" in kinds:
                    continue
                raise ConfigurationError(f"--option {text!r}: {value!r} is not {what}.") from None
    return value


def _listing(places: Sequence[Place]) -> str:
    parts = []
    for _, role, name in places:
        keys = ", ".join(settings_of(role, name)) or "none"
        parts.append(f"{'method' if role == 'projector' else role} {name}: {keys}")
    return f"Settings are: {'; '.join(parts)}."
