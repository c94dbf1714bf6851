"""Which methods can run here with the components of a project, and what the others need, in one sentence each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

from projection import registry
from projection.errors import ProjectionError
from projection.models.catalogue import availability
from projection.pipeline import ROLES, Setup
from projection.pipeline.setup import projector_options
from projection.text.languages import base, english_name

_EVIDENCE = {
    "aligner": ({"alignment", "similarity"}, "It needs word links: choose a word aligner in the settings."),
    "target_recognizer": (
        {"target_entities", "target_probabilities"},
        "It needs a recognizer for {language} texts: choose one in the settings (entity recognizer of the other "
        "language).",
    ),
}


def obstacle(setup: Setup, method: str, *, links: bool = False) -> str:
    """Return why `method` cannot run with the components of `setup`, in one sentence; "" if nothing is known.

    `links`: the sentences bring their own word links.
    """
    try:
        entry = registry.find("projector", method)
        kind = registry.load_class(entry)
        places = _EVIDENCE.keys() - ({"aligner"} if links else set())
        reasons = chain(_lacking_evidence(setup, kind, places), _lacking_components(setup, entry, kind))
        return next(reasons, "")
    except (ProjectionError, ImportError) as problem:
        return str(problem)


def ready_methods(setup: Setup, *, links: bool = False) -> list[str]:
    """Return the registered methods that can run here, without their presets."""
    return [name for name in registry.names("projector") if not obstacle(setup, name, links=links)]


def _lacking_evidence(setup: Setup, kind: Any, places: Collection[str]) -> Iterator[str]:
    for place, (evidence, sentence) in _EVIDENCE.items():
        if place not in places or not kind.requires & evidence:
            continue
        name = getattr(setup, place)
        if registry.find(ROLES[place], name).kind == "given":
            yield sentence.format(language=english_name(setup.target_language))
        elif reason := _unavailable(setup, ROLES[place], name):
            yield reason


def _lacking_components(setup: Setup, entry: registry.Entry, kind: Any) -> Iterator[str]:
    """Look at the components the method holds: its own, those of its preset, else those of the run."""
    presets = getattr(kind, "presets", {})
    preset = presets.get(entry.options.get("preset", "default"), {})
    options = {**preset, **projector_options(setup, entry.name)}
    for field, role in _needed_components(entry, kind, options):
        wanted = options.get(field)
        name = wanted if isinstance(wanted, str) else (wanted or {}).get("name", "")
        if not name:
            yield f"It needs {'an' if role[0] in 'aeiou' else 'a'} {role}: choose one in the settings."
        elif reason := _unavailable(setup, role, name):
            yield reason


def _needed_components(entry: registry.Entry, kind: Any, options: dict[str, Any]) -> Iterable[tuple[str, str]]:
    optional = getattr(kind, "optional_components", frozenset())
    return [(field, role) for field, role in registry.components_of(entry).items()
            if field not in optional or options.get(field)]  # fmt: skip


def _unavailable(setup: Setup, role: str, name: str) -> str:
    state = availability(role, name)
    if not state.ready:
        return f"It needs the {role} {name}. {state.message}"
    pairs = registry.find(role, name).languages if role == "translator" else ()
    here, there = base(setup.source_language), base(setup.target_language)
    if pairs and not {f"{here}-{there}", f"{there}-{here}"} & {*pairs}:
        return f"It needs a translator: {name} translates {', '.join(pairs)}, not {here}-{there}."
    return ""
