"""Names to components: `find` looks a name up in `entries.ENTRIES`, `create` imports its class and calls it.

Nothing is imported until something is created. Other packages add names by entry points in group
`projection.<role>`.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

from projection.entries import ENTRIES, Entry
from projection.errors import ConfigurationError, ProjectionError

log = logging.getLogger(__name__)
ROLES = ("translator", "recognizer", "encoder", "aligner", "generator", "chat", "projector")


_MODELS = "projection.models"
# a name that is not registered but looks like a model: these classes load it
_BY_MODEL_NAME = {
    "recognizer": f"{_MODELS}.adapted:recognizer_for",
    "encoder": f"{_MODELS}.encoders:TransformerEncoder",
    "translator": f"{_MODELS}.seq2seq_families:translator_for",
    "chat": f"{_MODELS}.chat:chat_for",
    "generator": f"{_MODELS}.span_filler:SpanFiller",
}
_COMPOSED = f"{_MODELS}.aligners:EmbeddingAligner"
_NO_SETTINGS = ("name", "model", "self", "signature", "progress")
Part = Callable[[str, str, Mapping[str, Any]], Any]


@cache
def _all_entries() -> dict[tuple[str, str], Entry]:
    entries = {(entry.role, entry.name): entry for entry in ENTRIES}
    for role in ROLES:
        for point in entry_points(group=f"projection.{role}"):
            entry = _entry_of(point)
            if entry and entries.setdefault((role, entry.name), entry) is not entry:
                log.warning(
                    "%s brings a %s called %r, which exists already: it is left out.", _origin(point), role, entry.name
                )
    return entries


def _entry_of(point: EntryPoint) -> Entry | None:
    """Load what another package registers; a package that is broken must not take the program with it."""
    try:
        entry = point.load()
    except Exception as problem:  # whatever the import of a foreign package throws
        log.warning(
            "%s cannot be loaded (%s: %s): its %r is left out. Update or uninstall it.",
            _origin(point),
            type(problem).__name__,
            problem,
            point.name,
        )
        return None
    if not isinstance(entry, Entry) or f"projection.{entry.role}" != point.group:
        log.warning(
            "%s: the entry point %r of group %s must be an Entry of that role, not %r. It is left out.",
            _origin(point),
            point.name,
            point.group,
            entry,
        )
        return None
    return entry


def _origin(point: EntryPoint) -> str:
    return f"The package {point.dist.name}" if point.dist else f"The entry point {point.value}"


def entries(role: str | None = None) -> Iterator[Entry]:
    """Yield the registered entries of `role`, or all, in registration order."""
    return (entry for entry in _all_entries().values() if role in (None, entry.role))


def names(role: str) -> list[str]:
    return [entry.name for entry in entries(role)]


def find(role: str, name: str) -> Entry:
    """Return the entry called `name`, also for `encoder:extraction`, `method:preset`, hub names and model folders.

    Raises ConfigurationError listing the known names.
    """
    if role not in ROLES:
        raise ConfigurationError(f"There is no role {role!r}; roles are {', '.join(ROLES)}.")
    known = _all_entries().get((role, name))
    if known:
        return known
    if role == "aligner":
        try:
            encoder = find("encoder", _parts_of(name)[0])
        except ConfigurationError:
            raise ConfigurationError(
                f"There is no aligner called {name!r}; known are {', '.join(names(role))}, and ENCODER:EXTRACTION such "
                f"as e5-small:itermax with one of the encoders {', '.join(names('encoder'))} or a Hugging Face name or "
                "folder."
            ) from None
        return Entry(
            "aligner",
            name,
            _COMPOSED,
            f"Links from {encoder.summary[:1].lower()}{encoder.summary[1:]}",
            kind=encoder.kind,
            licence=encoder.licence,
            megabytes=encoder.megabytes,
            package=encoder.package,
            model=encoder.model,
        )
    if role == "projector" and ":" in name:
        return _with_preset(name)
    if role == "chat" and name.startswith(("http://", "https://")):
        return Entry(role, name, _BY_MODEL_NAME[role], f"The endpoint {name}.", kind="endpoint", model=name)
    if role in _BY_MODEL_NAME and ("/" in name or Path(name).expanduser().is_dir()):
        return Entry(role, name, _BY_MODEL_NAME[role], f"The model {name}.", kind="hub", model=name)
    listed = [*names(role), *(["a Hugging Face name or folder"] if role in _BY_MODEL_NAME else [])]
    listed += ["an endpoint such as http://localhost:11434/v1#MODEL"] if role == "chat" else []
    raise ConfigurationError(f"There is no {role} called {name!r}; known are {', '.join(listed)}.")


def _with_preset(name: str) -> Entry:
    method, _, preset = name.partition(":")
    entry = find("projector", method)
    _preset(entry, preset)
    return replace(
        entry,
        name=name,
        summary=f"{entry.summary} Preset {preset}.",
        options=MappingProxyType({**entry.options, "preset": preset}),
    )


def load_class(entry: Entry) -> Any:
    """Import what `entry.target` names."""
    module, _, attribute = entry.target.partition(":")
    return getattr(import_module(module), attribute)


def options_of(role: str, name: str) -> dict[str, inspect.Parameter]:
    """Return the settings `create` accepts for a component, by name (imports its class).

    An aligner `ENCODER:EXTRACTION` takes those of its encoder too.
    """
    entry = find(role, name)
    found = {key: value for key, value in inspect.signature(load_class(entry)).parameters.items()
             if key not in _NO_SETTINGS}  # fmt: skip
    if is_composed(entry):
        for key in ("encoder", "extraction"):  # the name says them
            del found[key]
        found |= {key: value for key, value in options_of("encoder", _parts_of(name)[0]).items() if key not in found}
    return found


def is_composed(entry: Entry) -> bool:
    """Say whether `entry` is an aligner made of an encoder and an extraction."""
    return entry.role == "aligner" and entry.target == _COMPOSED


def _parts_of(name: str) -> tuple[str, str]:
    """Split "encoder:extraction"; a name without a colon is an encoder, with the extraction left open."""
    encoder, _, extraction = name.rpartition(":")
    return (encoder, extraction) if encoder else (name, "")


def create(role: str, name: str, **options: Any) -> Any:
    """Build the component `name` of `role`; weights are not loaded yet.

    An aligner `ENCODER:EXTRACTION` is built on an encoder of its own. Raises ConfigurationError for unknown
    names and options, and for values a component does not take.
    """
    return _build_alone(role, name, options)


def _build_alone(role: str, name: str, options: Mapping[str, Any]) -> Any:
    return build(role, name, options, _build_alone)


def build(role: str, name: str, options: Mapping[str, Any], part: Part) -> Any:
    """Do as `create`, but ask `part(role, name, options)` for what it is made of, so that this can be shared.

    An aligner is made of an encoder, a projector of its `components`. Those are given as a name, or as a
    mapping of "name" and settings; an empty name is none.
    """
    entry = find(role, name)
    constructor = load_class(entry)
    accepted = inspect.signature(constructor).parameters
    preset = options.get("preset") or entry.options.get("preset")
    given = {**entry.options, **(_preset(entry, preset) if preset else {}), **options}
    given.pop("preset", None)
    if is_composed(entry):
        encoder, extraction = _parts_of(name)
        for_encoder = set(options_of("encoder", encoder))
        encoder_options = {key: given.pop(key) for key in list(given) if key in for_encoder and key not in accepted}
        given["encoder"] = part("encoder", encoder, encoder_options)
        if extraction:
            given["extraction"] = extraction
    unknown = [key for key in options if key in given and (key not in accepted or key == "signature")]
    if unknown:
        allowed = ", ".join(key for key in accepted if key not in _NO_SETTINGS) or "none"
        raise ConfigurationError(f"The {role} {name!r} has no option {unknown[0]!r}; it has: {allowed}.")
    for key, its_role in components_of(entry).items():
        if isinstance(given.get(key), str | Mapping):
            given[key] = _component(its_role, given[key], part)
    if "name" in accepted:
        given.setdefault("name", name)
    if entry.model and "model" in accepted:
        given.setdefault("model", entry.model)
    try:
        return constructor(**given)
    except (TypeError, ValueError) as problem:
        if isinstance(problem, ProjectionError):
            raise
        values = ", ".join(f"{key}={value!r}" for key, value in options.items()) or "none"
        raise ConfigurationError(f"The {role} {name!r} does not take these options: {values} ({problem}).") from problem


def components_of(entry: Entry) -> Mapping[str, str]:
    """Return the settings of a projector that hold a component, with the role of each (imports its class)."""
    return getattr(load_class(entry), "components", {}) if entry.role == "projector" else {}


def _component(role: str, wanted: str | Mapping[str, Any], part: Part) -> Any:
    options = {} if isinstance(wanted, str) else dict(wanted)
    name = wanted if isinstance(wanted, str) else options.pop("name", "")
    return part(role, name, options) if name else None


def presets_of(role: str, name: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the named settings a component offers ("default" first), chosen by option `preset`."""
    return getattr(load_class(find(role, name)), "presets", {})


def _preset(entry: Entry, preset: str) -> Mapping[str, Any]:
    known = getattr(load_class(entry), "presets", {})
    if preset not in known:
        raise ConfigurationError(
            f"The {entry.role} {entry.name!r} has no preset {preset!r}; it has: {', '.join(known) or 'none'}."
        )
    return known[preset]
