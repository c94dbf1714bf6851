"""What is measured: methods with their settings, from the registry and from the published tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projection import registry
from projection.errors import ConfigurationError
from projection.pipeline import Setup


@dataclass(frozen=True, slots=True)
class Variant:
    """A method (or METHOD:PRESET) with settings of its own; equal if both are."""

    method: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def base(self) -> str:
        """The registered name, without the preset."""
        return base_of(self.method)

    @property
    def title(self) -> str:
        """Name and settings on one line: "heuristic gap=0 guard=no"."""
        settings = (f"{key}={_word(value)}" for key, value in self.options.items())
        return " ".join((self.method, *settings))


def base_of(method: str) -> str:
    return method if method in registry.names("projector") else method.partition(":")[0]


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def wanted(names: Sequence[str], published: Iterable[Variant]) -> list[Variant]:
    """Return what is to be measured, without repetitions, methods in the order of the registry.

    No `names` mean everything: each method, its presets and the published settings of it. A name alone
    means all this for one method; METHOD:PRESET means that preset, METHOD:default the method as it
    comes. Raises ConfigurationError for an unknown name.
    """
    published = list(published)
    for name in names:
        registry.find("projector", name)
    chosen: list[Variant] = []
    for method in registry.names("projector"):
        told = [name for name in names if base_of(name) == method]
        if names and not told:
            continue
        everything = [Variant(method), *_presets(method), *(one for one in published if one.base == method)]
        chosen += everything if not names or method in told else [_plain(name) for name in told]
    return _without_repetitions(chosen)


def _presets(method: str) -> list[Variant]:
    return [Variant(f"{method}:{name}") for name in registry.presets_of("projector", method) if name != "default"]


def _plain(name: str) -> Variant:
    return Variant(name.removesuffix(":default"))


def _without_repetitions(variants: Iterable[Variant]) -> list[Variant]:
    """Keep the first of those that have the same settings, however they are told."""
    kept: dict[tuple[str, str], Variant] = {}
    for variant in variants:
        kept.setdefault(settings_of(variant), variant)
    return list(kept.values())


def settings_of(variant: Variant) -> tuple[str, str]:
    """Return what tells a variant from others: its method, and all settings that are not the default."""
    entry = registry.find("projector", variant.method)
    preset = {**entry.options, **variant.options}.get("preset")
    given = {**(registry.presets_of("projector", variant.method)[preset] if preset else {}), **variant.options}
    accepted = registry.options_of("projector", variant.base)
    unknown = [key for key in given if key not in accepted and key != "preset"]
    if unknown:
        raise ConfigurationError(
            f"The method {variant.base} has no setting {unknown[0]!r}; it has: {', '.join(accepted)}."
        )
    told = {key: value for key, value in given.items() if key in accepted and accepted[key].default != value}
    return variant.base, repr(sorted(told.items()))


def reads_source(variant: Variant) -> bool:
    """Say whether the method looks at the labelled source at all."""
    return getattr(registry.load_class(registry.find("projector", variant.method)), "reads_source", True)


def holds(variant: Variant, role: str) -> bool:
    """Say whether the method has a setting that holds a component of `role`."""
    return role in registry.components_of(registry.find("projector", variant.method)).values()


def setup_of(
    variant: Variant,
    pair: tuple[str, str],
    direction: str,
    chosen: Mapping[str, str | None],
    options: Mapping[str, Mapping[str, Any]],
) -> Setup:
    """Return the run of one variant on source and target language `pair`.

    `chosen` names components (None: the project's own); `options` hold settings by place or method, of
    which those of the variant itself count most.
    """
    named = {place: name for place, name in chosen.items() if name}
    settings = {place: values for place, values in options.items() if named.get(place, "given") != "given"}
    settings |= {"aligner": options["aligner"]} if "aligner" in options else {}
    settings[variant.method] = {**options.get(variant.base, {}), **variant.options}
    return Setup.for_pair(*pair, direction=direction, methods=(variant.method,), options=settings, **named)
