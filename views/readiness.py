"""Which methods can run here with the components of a project, and what the others need, in one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
_ROLE = {"aligner": "a word aligner", "recognizer": "an entity recognizer", "encoder": "an encoder",
         "chat": "a chat model"}  # fmt: skip


def obstacle(setup: Setup, method: str, *, links: bool = False) -> str:
    """Return why `method` cannot run with the components of `setup`, in one sentence; "" if nothing is known.

    `links`: the sentences bring their own word links.
    """
    try:
        entry = registry.find("projector", method)
        options = projector_options(setup, method)
        needs = needs_of(entry, options) - ({"alignment", "similarity"} if links else set())
        lacking = chain(_lacking_evidence(setup, needs), _lacking_components(setup, entry, options, needs))
        if reason := next(lacking, ""):
            return reason
        made = registry.create("projector", method, **options)
        made.write([], setup.target_language) if hasattr(made, "write") else made.project([])  # checks what it holds
        return ""
    except (ProjectionError, ImportError) as problem:
        return str(problem)


def ready_methods(setup: Setup, *, links: bool = False) -> list[str]:
    """Return the registered methods that can run here, without their presets."""
    return [name for name in registry.names("projector") if not obstacle(setup, name, links=links)]


def needs_of(entry: registry.Entry, options: Mapping[str, Any]) -> frozenset[str]:
    """Return the evidence and the components (by the field that holds each) a method cannot do without.

    A method that can do without some of its components says so by `needs`, which depends on its settings.
    """
    held = registry.components_of(entry)
    own = {key: value for key, value in options.items() if key not in held}
    made = registry.create("projector", entry.name, **own)
    return frozenset(getattr(made, "needs", made.requires | held.keys()))


def _lacking_evidence(setup: Setup, needs: frozenset[str]) -> Iterator[str]:
    for place, (evidence, sentence) in _EVIDENCE.items():
        name = getattr(setup, place)
        if not needs & evidence:
            continue
        if registry.find(ROLES[place], name).kind == "given":
            yield sentence.format(language=english_name(setup.target_language))
        elif reason := _unavailable(setup, ROLES[place], name):
            yield reason


def _lacking_components(
    setup: Setup, entry: registry.Entry, options: Mapping[str, Any], needs: frozenset[str]
) -> Iterator[str]:
    """Look at the components the method holds: its own, those of its preset, else those of the project."""
    presets = registry.presets_of("projector", entry.name)
    named = {**presets.get(entry.options.get("preset", "default"), {}), **options}
    held = registry.components_of(entry)
    for field, role in ((field, role) for field, role in held.items() if field in needs):
        wanted = named.get(field)
        name = wanted if isinstance(wanted, str) else (wanted or {}).get("name", "")
        if not name:
            yield f"It needs {_ROLE.get(role, f'a {role}')}: choose one in the settings."
        elif reason := _unavailable(setup, role, name):
            yield reason


def _unavailable(setup: Setup, role: str, name: str) -> str:
    state = availability(role, name)
    if not state.ready:
        return f"It needs the {role} {name}. {state.message}"
    pairs = registry.find(role, name).languages if role == "translator" else ()
    here, there = base(setup.source_language), base(setup.target_language)
    if pairs and not {f"{here}-{there}", f"{there}-{here}"} & {*pairs}:
        return f"It needs a translator: {name} translates {', '.join(pairs)}, not {here}-{there}."
    return ""
