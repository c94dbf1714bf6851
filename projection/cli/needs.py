"""What a run needs of its components, checked before anything is computed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from projection.errors import ConfigurationError, ModelUnavailable

if TYPE_CHECKING:
    from projection.cli.corpus import Corpus
    from projection.pipeline import Resources, Setup

log = logging.getLogger(__name__)
_MISSING = {
    "translator": "There is no translation: name a file with --{file}, or a translator with --translator",
    "recognizer": "There are no {source} labels: give a labelled file, or name a recognizer with --recognizer",
    "target_recognizer": "{method} reads the labels of a {target} recognizer: name one with --target-recognizer",
    "aligner": "There are no word links: name an aligner with --aligner",
}


@dataclass(frozen=True)
class Needs:
    """The places of a Setup that some sentence of a run needs; `held` are those a method holds as its own."""

    places: frozenset[str]
    held: frozenset[str]
    forward: bool

    @classmethod
    def of(cls, setup: Setup, corpus: Corpus, links: bool) -> Needs:
        """`links`: word links are written too. Raises ConfigurationError for a target that nobody may label."""
        from projection import registry
        from projection.pipeline import ROLES

        (method,) = setup.methods
        entry = registry.find("projector", method)
        kind = registry.load_class(entry)
        reads = kind.requires | ({"alignment"} if links else set())
        writes, paired = hasattr(kind, "write"), corpus.other is not None or corpus.document.has_pairs
        if writes and (paired or not corpus.forward):
            raise ConfigurationError(
                f"{method} writes its own translation and cannot label a given one: leave --target out, or choose "
                "--method back-translation, which carries the marks over to it."
            )
        from_source = reads_source(setup)
        wanted = {
            "translator": not (paired or writes) and (corpus.forward or from_source),
            "recognizer": from_source and not corpus.labelled,
            "aligner": bool(reads & {"alignment", "similarity"})
            and not (corpus.document.format == "jsonl" and corpus.document.has_pairs),  # JSONL may bring its links
            "target_recognizer": bool(reads & {"target_entities", "target_probabilities"}),
        }
        held = registry.components_of(entry)
        return cls(
            frozenset(place for place, is_wanted in wanted.items() if is_wanted),
            frozenset(place for place, role in ROLES.items() if place in held or role in held.values()),
            corpus.forward,
        )

    def without_the_rest(self, setup: Setup) -> Setup:
        """Name recognizer and translator "given" where the user's own labels or translation take their place."""
        unused = [place for place in ("recognizer", "translator") if place not in self.places | self.held]
        options = {place: values for place, values in setup.options.items() if place not in unused}
        return replace(setup, **dict.fromkeys(unused, "given"), options=options)

    def check(self, setup: Setup, resources: Resources) -> None:
        """Raise ConfigurationError or ModelUnavailable if a stage that every sentence needs cannot run."""
        from projection import registry
        from projection.models.catalogue import availability
        from projection.pipeline import ROLES

        for place in (place for place in _MISSING if place in self.places):
            name = getattr(setup, place)
            if registry.find(ROLES[place], name).kind == "given":
                raise ConfigurationError(f"{self._told(setup, place)} (see `python -m projection models`).")
            state = availability(ROLES[place], name)
            if not state.ready:
                raise ModelUnavailable(f"The {place.replace('_', ' ')} {name} cannot run here. {state.message}")
        if "translator" in self.places:
            _check_pair(setup, self.forward)
        _check_held(setup, resources)
        for place in (place for place in _MISSING if place in self.places):
            component = resources.component(ROLES[place], getattr(setup, place), setup.options.get(place))
            rehearse(ROLES[place], component, *self._languages(setup, place))

    def _told(self, setup: Setup, place: str) -> str:
        return _MISSING[place].format(
            file="target" if self.forward else "translation",
            source=setup.source_language,
            target=setup.target_language,
            method=setup.methods[0],
        )

    def _languages(self, setup: Setup, place: str) -> tuple[str, ...]:
        if place == "translator":
            return (setup.source_language, setup.target_language)[:: 1 if self.forward else -1]
        return (setup.target_language if place == "target_recognizer" else setup.source_language,)


def reads_source(setup: Setup) -> bool:
    """Say whether any method of the setup looks at the labelled source."""
    from projection import registry

    kinds = [registry.load_class(registry.find("projector", method)) for method in setup.methods]
    return any(getattr(kind, "reads_source", True) for kind in kinds)


def _check_held(setup: Setup, resources: Resources) -> None:
    """Build the methods, and raise where a component one of them holds cannot run here."""
    from projection import registry
    from projection.models.catalogue import availability
    from projection.pipeline.setup import ROLES, projector_options
    from projection.protocols import needed

    for method in setup.methods:
        options = projector_options(setup, method)
        components = registry.components_of(registry.find("projector", method))
        for name, role in _held(components, options):
            state = availability(role, name)
            if not state.ready:
                raise ModelUnavailable(f"The {role} {name} of {method} cannot run here. {state.message}")
        projector = resources.component("projector", method, options)
        if hasattr(projector, "write"):
            projector.write([], setup.target_language)  # without sentences a method checks what it holds
        else:
            projector.project([])
        for setting, role in components.items():
            if setting in getattr(projector, "needs", components):
                needed(getattr(projector, setting), method, setting, of_run=role in ROLES)


def _held(components: dict[str, str], options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (name, role) of the components that are named in `options`."""
    for key, role in components.items():
        wanted = options.get(key)
        if name := wanted if isinstance(wanted, str) else (wanted or {}).get("name"):
            yield name, role


def rehearse(role: str, component: Any, source_language: str = "und", target_language: str = "und") -> None:
    """Let a component work on one word, so that what would fail every sentence fails before the first one.

    Raises ConfigurationError (a layer the model does not have) and ModelUnavailable (damaged weights).
    """
    from projection.types import Sentence

    word = Sentence.from_words(["Berlin"], source_language)
    try:
        if role == "translator":
            component.translate(["Berlin"], source_language, target_language)
        elif role == "recognizer":
            component.recognize([word])
        else:
            component.align([(word, word)])
    except (ConfigurationError, ModelUnavailable):
        raise
    except Exception as problem:  # a model that does not like this word may like the text
        log.info("the rehearsal of the %s failed: %s", role, problem)


def _check_pair(setup: Setup, forward: bool) -> None:
    """Raise ConfigurationError when the translator is known not to translate between these languages."""
    from projection import registry
    from projection.text.languages import base

    pairs = registry.find("translator", setup.translator).languages
    languages = [base(setup.source_language), base(setup.target_language)]
    wanted = "-".join(languages if forward else reversed(languages))
    if pairs and wanted not in pairs:
        raise ConfigurationError(
            f"The translator {setup.translator} translates {', '.join(pairs)}, not {wanted}: name a file with "
            f"{'--target' if forward else '--translation'}, or another translator with --translator."
        )
