"""Any Hugging Face token-classification model as a recognizer on given tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from projection.errors import ConfigurationError, ModelInputError
from projection.models import hub
from projection.models.labels import (
    OUTSIDE,
    LabelMap,
    entities_of,
    format_label_map,
    iob2_probabilities,
    is_iob2,
    likeliest_iob2,
    map_label,
    parse_label_map,
    split_tag,
)
from projection.models.lazy import loaded_once
from projection.protocols import Option
from projection.types import Entity, LabelProbabilities, Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONSTRAINED = "constrained_decoding"
"""Key of config.json: the model was trained on IOB2 tags, so only valid sequences of them are read."""
_ROLE = "recognizer"
_LONGEST_WINDOW = 512


class _Window(NamedTuple):
    """Words `start` up to `end` of one sentence, few enough for the model."""

    sentence: int
    start: int
    end: int
    subwords: int

    def context_of(self, word: int, length: int) -> float:
        """Return the number of words between `word` and the nearer cut of the window, infinite if nothing is cut."""
        left = word - self.start if self.start else inf
        right = self.end - 1 - word if self.end < length else inf
        return min(left, right)


def positions_of(model: Any) -> int | None:
    """Return how many sub-words an encoder can read, special tokens included; None where nothing limits them."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            return module.num_embeddings - module.padding_idx - 1  # RoBERTa counts from padding_idx + 1
    return getattr(model.config, "max_position_embeddings", None)


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenClassifier:
    """Labels each word by its first sub-word (aggregation "first" of transformers' old pipeline).

    `model` is a Hugging Face name or folder. `label_map` renames or drops ("O") the model's labels, as
    a mapping or "GPE=LOC,DATE=O"; its keys are types ("GPE") or whole tags ("LABEL_1=B-PER"). IO, IOB1,
    IOB2, BIOES and BILOU label sets are read as `labels.spans_of` says; of a model that `train-recognizer` made,
    the likeliest valid IOB2 tags are taken (`labels.likeliest_iob2`). The score of an entity is the
    mean over its words of the softmax probability of the chosen tag. Sentences longer than the model's
    positions run in windows overlapping by half, each word judged where it has most context on both
    sides. `device` is "auto", "cpu", "cuda" or "mps"; `batch_tokens` bounds the sub-words of one batch,
    padding included. Safe to call from several threads.
    """

    model: str
    name: str = ""
    label_map: LabelMap | str = field(default_factory=dict)
    device: str = "auto"
    batch_tokens: int = 4096

    options: ClassVar[tuple[Option, ...]] = (
        Option("label_map", "Changes to the model's labels: MODEL_LABEL=LABEL,... where the label O drops it."),
        Option("device", "auto takes a GPU when there is one.", choices=hub.DEVICES),
        Option("batch_tokens", "Sub-words run at once; more needs more memory.", minimum=64, maximum=65536, step=64),
    )

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.model)
        object.__setattr__(self, "label_map", parse_label_map(self.label_map))

    @cached_property
    def signature(self) -> str:
        which = self.name if self.name == self.model else f"{self.name}:{self.model}"
        return f"{which}|labels:{format_label_map(self.label_map) or 'as they are'}|word:first sub-word"

    @property
    def default_label_map(self) -> dict[str, str]:
        """The types the model knows, each under its own name (reads config.json only)."""
        kinds = {split_tag(tag)[1] for tag in _tags_of(hub.read_config(self.model, _ROLE))} - {""}
        return {kind: kind for kind in sorted(kinds)}

    @loaded_once
    def _lock(self) -> Lock:
        return Lock()

    @loaded_once
    def _parts(self) -> tuple[Any, Any, list[str]]:
        """The model on its device, its tokenizer and its tags by index."""
        device = hub.choose_device(self.device)
        model, tokenizer = hub.load_with_tokenizer("AutoModelForTokenClassification", self.model, _ROLE, words=True)
        tags = [self.label_map.get(tag, tag) for tag in _tags_of(model.config.to_dict())]
        if nameless := [tag for tag in tags if re.fullmatch(r"LABEL_\d+", tag)]:
            raise ConfigurationError(
                f"The {_ROLE} {self.model} calls its labels {', '.join(nameless[:3])}: say what they mean with "
                "the option label_map, for example LABEL_0=O,LABEL_1=B-PER,LABEL_2=I-PER."
            )
        return model.to(device), tokenizer, tags

    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        """Find entities on the given tokens; words without a sub-word are outside.

        Raises ModelUnavailable, ConfigurationError for nameless labels, ModelInputError for a word
        longer than the model can read.
        """
        return [self._entities(matrix) for matrix in self._probabilities(sentences)]

    def recognize_with_probabilities(
        self, sentences: Sequence[Sentence]
    ) -> list[tuple[tuple[Entity, ...], LabelProbabilities]]:
        """Find entities as `recognize` does, with the probability of each label of each word, read as IOB2.

        Labels are those of `label_map`; see `labels.iob2_probabilities` for other schemes.
        """
        tags = self._parts[2]
        kinds = {kind: map_label(kind, self.label_map) for _, kind in map(split_tag, tags) if kind}
        return [
            (self._entities(matrix), LabelProbabilities(*iob2_probabilities(tags, matrix, kinds)))
            for matrix in self._probabilities(sentences)
        ]

    def _probabilities(self, sentences: Sequence[Sentence]) -> list[NDArray[np.float32]]:
        """Return (words, tags) for each sentence, judged in the window with most context around the word.

        A row of zeros is a word without a sub-word.
        """
        import numpy as np

        words = [list(sentence.words) for sentence in sentences]
        matrices = [np.zeros((len(given), len(self._parts[2])), np.float32) for given in words]
        best = [[-1.0] * len(given) for given in words]
        for batch in self._batches(words):
            for window, word, probabilities in self._classify(batch, words):
                context = window.context_of(word, len(words[window.sentence]))
                if context > best[window.sentence][word]:
                    best[window.sentence][word] = context
                    matrices[window.sentence][word] = probabilities
        return matrices

    def _entities(self, matrix: NDArray[np.float32]) -> tuple[Entity, ...]:
        tags = self._parts[2]
        if getattr(self._parts[0].config, CONSTRAINED, False) and is_iob2(tags):
            likeliest = likeliest_iob2(tags, matrix)
            scores = [float(row[tags.index(tag)]) for tag, row in zip(likeliest, matrix, strict=True)]
        else:
            scores = matrix.max(axis=1, initial=0.0).tolist()
            likeliest = [tags[tag] if score else OUTSIDE
                         for tag, score in zip(matrix.argmax(axis=1), scores, strict=True)]  # fmt: skip
        return entities_of(likeliest, scores, self.label_map)

    def _tokenize(self, words: Sequence[Sequence[str]], special: bool) -> Any:
        tokenizer = self._parts[1]
        with self._lock:  # a fast tokenizer changes its state while it works
            # typed text such as "</s>" must not become the model's own end token
            return tokenizer(
                list(words), is_split_into_words=True, add_special_tokens=special, split_special_tokens=True,
                truncation=False, padding=special, return_tensors="pt" if special else None, verbose=False,
            )  # fmt: skip

    def _batches(self, words: Sequence[Sequence[str]]) -> Iterator[list[_Window]]:
        """Yield windows of similar length, longest first, at most `batch_tokens` padded sub-words each."""
        filled = [index for index, given in enumerate(words) if given]
        if not filled:
            return
        encoded = self._tokenize([words[index] for index in filled], special=False)
        windows: list[_Window] = []
        for row, index in enumerate(filled):
            counts = [0] * len(words[index])
            for word in encoded.word_ids(row):
                counts[word] += 1
            windows.extend(self._windows(index, words[index], counts))
        windows.sort(key=lambda window: window.subwords, reverse=True)
        while windows:
            size = max(1, self.batch_tokens // (windows[0].subwords + 2))
            yield windows[:size]
            del windows[:size]

    def _windows(self, sentence: int, words: Sequence[str], counts: Sequence[int]) -> Iterator[_Window]:
        limit = self._longest
        if max(counts) > limit:
            word = counts.index(max(counts))
            raise ModelInputError(
                f"Word {word + 1} ({words[word][:20]!r}...) has {counts[word]} sub-words, {self.name} reads at most "
                f"{limit} at once: split the word."
            )
        start = 0
        while True:
            end, size = start, 0
            while end < len(counts) and size + counts[end] <= limit:
                size += counts[end]
                end += 1
            yield _Window(sentence, start, end, size)
            if end == len(counts):
                return
            passed = 0
            while passed < size / 2 and start < end:
                passed += counts[start]
                start += 1

    @loaded_once
    def _longest(self) -> int:
        """Sub-words of text that fit beside the special tokens."""
        model, tokenizer, _ = self._parts
        positions = positions_of(model) or _LONGEST_WINDOW
        return min(positions, tokenizer.model_max_length, _LONGEST_WINDOW) - tokenizer.num_special_tokens_to_add()

    def _classify(
        self, batch: Sequence[_Window], words: Sequence[Sequence[str]]
    ) -> Iterator[tuple[_Window, int, NDArray[np.float32]]]:
        """Yield (window, word index in the sentence, probability of each tag) for each word with a sub-word."""
        import torch

        model = self._parts[0]
        encoded = self._tokenize([words[w.sentence][w.start : w.end] for w in batch], special=True)
        with torch.inference_mode():
            logits = model(**encoded.to(model.device)).logits.float()
        probabilities = logits.softmax(-1).cpu().numpy()
        for row, window in enumerate(batch):
            previous = None
            for column, word in enumerate(encoded.word_ids(row)):
                if word is not None and word != previous:
                    yield window, window.start + word, probabilities[row, column]
                    previous = word


def _tags_of(config: Mapping[str, Any]) -> list[str]:
    """Return a model's tags in the order of its outputs."""
    named = config.get("id2label") or {0: "LABEL_0", 1: "LABEL_1"}
    return [str(named[index]) for index in sorted(named, key=int)]
