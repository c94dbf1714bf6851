"""Sub-word vectors from any Hugging Face encoder, batched, from one hidden layer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.models.layers import HiddenLayer
from projection.models.subwords import Subwords, SubwordTokenizer, owned, windows
from projection.protocols import Encoding, Option
from projection.types import Sentence

_log = logging.getLogger(__name__)
PRECISIONS = ("fp32", "bf16", "int8")
LONGEST = 8192
"""Most sub-words of a sentence: two such sentences make a similarity matrix of 268 MB, and extraction needs ten."""
_PROCESSOR_BATCH, _ACCELERATED_BATCH = 1024, 16384  # sub-words; what fits the caches, and what fills a GPU


@dataclass(frozen=True, slots=True)
class _Piece:
    """One window of one sentence: sub-words [start, end), of which [keep_start, keep_end) are kept."""

    sentence: int
    start: int
    end: int
    keep_start: int
    keep_end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class TransformerEncoder:
    """Embed words with the hidden states of `layer` (0 is the embeddings; None: two thirds of the way up).

    Only the layers up to the chosen one are run. Sentences are sorted by length and run in batches of
    about `batch_tokens` sub-words (None: what suits the device). A sentence with more than `max_subwords` (or
    than the model can read) is read in windows that overlap by half; each sub-word keeps the vector
    from the window in which it is most central, and the Encoding says so. A sentence of more than LONGEST
    sub-words raises ModelInputError. `precision`: "fp32"; "bf16"
    (faster only where the hardware has it, very slow elsewhere); "int8", dynamic quantisation of the
    linear layers, processor only. Loading is lazy and thread-safe. Raises ModelUnavailable and ConfigurationError.
    """

    model: str
    layer: int | None = None
    name: str = ""
    batch_tokens: int | None = None
    precision: str = "fp32"
    max_subwords: int = 510
    device: str = "auto"
    _lock: Any = field(default_factory=threading.Lock, init=False, repr=False, compare=False)
    _parts: list = field(default_factory=list, init=False, repr=False, compare=False)

    options: ClassVar[tuple[Option, ...]] = (
        Option("layer", "Hidden layer the vectors are taken from; 0 is the embeddings.", minimum=0, maximum=48, step=1),
        Option("precision", "fp32 is exact, the others are faster.", choices=PRECISIONS),
        Option("max_subwords", "Longer sentences are read in overlapping windows.", minimum=16, maximum=8190, step=2),
        Option("batch_tokens", "Sub-words run at once; empty: what suits the device.", minimum=16, maximum=65536,
               step=64),
        Option("device", "auto takes a GPU when there is one.", choices=("auto", "cpu", "cuda", "mps")),
    )  # fmt: skip

    def __post_init__(self):
        if self.precision not in PRECISIONS:
            raise ConfigurationError(
                f"{self._title}: there is no precision {self.precision!r}; choose one of {', '.join(PRECISIONS)}."
            )
        for setting, least in (("max_subwords", 16), ("batch_tokens", 1), ("layer", 0)):
            value = getattr(self, setting)
            if value is not None and value < least:
                raise ConfigurationError(f"{self._title}: {setting} must be at least {least}, not {value}.")

    @property
    def _title(self) -> str:
        return self.name or self.model

    @property
    def signature(self) -> str:
        parts = [self._title]
        if self.model != self._title:
            parts.append(f"model:{self.model}")
        layer = "default" if self.layer is None else self.layer
        return "|".join([*parts, f"layer:{layer}", f"precision:{self.precision}", f"window:{self.max_subwords}"])

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about how the model was loaded; empty before the first use."""
        return self._parts[2] if self._parts else ()

    def encode(self, sentences: Sequence[Sentence]) -> list[Encoding]:
        if not any(len(sentence) for sentence in sentences):
            return [Encoding(np.zeros((0, 0), np.float32), np.zeros(0, np.intp), 0) for _ in sentences]
        tokenizer, layer, _ = self._loaded()
        subwords = tokenizer.split([sentence.words for sentence in sentences])
        _check_lengths(sentences, subwords)
        edges = len(tokenizer.prefix), len(tokenizer.suffix)
        capacity = min(self.max_subwords, layer.positions - sum(edges))
        batches = self._batches(subwords, capacity, layer)
        hidden = layer.run([_sequences(tokenizer, subwords, batch) for batch in batches], edges)
        vectors = [np.empty((len(one.ids), layer.dimension), np.float32) for one in subwords]
        around: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        for batch, states in zip(batches, hidden, strict=True):
            for piece, state in zip(batch, states, strict=True):
                if piece.start == 0:
                    around[piece.sentence] = state[: edges[0]].copy(), state[len(state) - edges[1] :].copy()
                shift = edges[0] - piece.start
                kept = state[piece.keep_start + shift : piece.keep_end + shift]
                vectors[piece.sentence][piece.keep_start : piece.keep_end] = kept
        return [
            Encoding(matrix, one.words, len(sentence), _window_warning(len(one.ids), capacity), around.get(number))
            for number, (matrix, one, sentence) in enumerate(zip(vectors, subwords, sentences, strict=True))
        ]

    def _batches(self, subwords: Sequence[Subwords], capacity: int, layer: HiddenLayer) -> list[list[_Piece]]:
        """Sort windows longest first and cut at `batch_tokens`, or smaller where that occupies more workers."""
        pieces = []
        for number, one in enumerate(subwords):
            if len(one.ids):
                spans = windows(len(one.ids), capacity)
                pieces += [_Piece(number, *span, *kept) for span, kept in zip(spans, owned(spans), strict=True)]
        pieces.sort(key=lambda piece: (-len(piece), piece.sentence, piece.start))
        most = self.batch_tokens or (_ACCELERATED_BATCH if layer.is_accelerated else _PROCESSOR_BATCH)
        share = sum(len(piece) for piece in pieces) // layer.workers + 1
        batches, room = [], 0
        for piece in pieces:
            if len(piece) > room:
                batches.append([])
                room = min(most, share)
            batches[-1].append(piece)
            room -= len(piece)
        return batches

    def _loaded(self) -> tuple[SubwordTokenizer, HiddenLayer, tuple[str, ...]]:
        with self._lock:
            if not self._parts:
                self._parts.extend(self._load())
                for notice in self._parts[2]:
                    _log.warning(notice)
        return tuple(self._parts)

    def _load(self) -> tuple[SubwordTokenizer, HiddenLayer, tuple[str, ...]]:
        """Load tokenizer and layer; the third value are notices for the user."""
        tokenizer = hub.load_pretrained("AutoTokenizer", self.model, "encoder", add_prefix_space=True)
        if not getattr(tokenizer, "is_fast", False):
            raise ModelUnavailable(
                f"The tokenizer of {self.model} cannot say which word a sub-word belongs to; choose an encoder whose "
                "folder has a tokenizer.json."
            )
        network = hub.load_pretrained("AutoModel", self.model, "encoder")
        subwords = SubwordTokenizer(tokenizer.backend_tokenizer)
        layer = HiddenLayer(network, self.layer, self.precision, self.device, self._title)
        layer.positions = min(layer.positions, tokenizer.model_max_length)
        return subwords, layer, ()


def _check_lengths(sentences: Sequence[Sentence], subwords: Sequence[Subwords]) -> None:
    for sentence, one in zip(sentences, subwords, strict=True):
        if len(one.ids) > LONGEST:
            raise ModelInputError(
                f"A sentence of {len(sentence)} words (“{sentence.text[:30]}…”) has {len(one.ids)} sub-words, more "
                f"than the {LONGEST} that can be compared: split it into shorter sentences."
            )


def _sequences(
    tokenizer: SubwordTokenizer, subwords: Sequence[Subwords], batch: Sequence[_Piece]
) -> list[NDArray[np.int64]]:
    """Return the ids of each window with its special tokens around it."""
    return [
        np.concatenate([tokenizer.prefix, subwords[piece.sentence].ids[piece.start : piece.end], tokenizer.suffix])
        for piece in batch
    ]


def _window_warning(length: int, capacity: int) -> tuple[str, ...]:
    if length <= capacity:
        return ()
    count = len(windows(length, capacity))
    return (
        f"The sentence has {length} sub-words, more than the {capacity} the encoder reads at once: it was read in "
        f"{count} overlapping windows.",
    )
