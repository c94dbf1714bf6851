"""What a recognizer can be trained on: adapters above the embedded encoder, or a whole Hugging Face encoder.

A base reads sentences once (`read`), gives logits of a batch of them (`logits`) and writes the model (`save`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from projection.errors import ModelInputError
from projection.models import hub
from projection.models.adapted import ADAPTER, AdaptedRecognizer
from projection.models.adapters import AdaptedLayers
from projection.models.embedded import EmbeddedE5, upper_layers
from projection.models.token_classifier import CONSTRAINED, positions_of
from projection.protocols import Encoding
from projection.types import Sentence

_CHUNK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One sentence as a base reads it: `values` (m, ...) of its sub-words, and of the words that have a sub-word
    their numbers, `words`, and the place of their first, `firsts`.
    """

    values: NDArray[Any]
    firsts: NDArray[np.intp]
    words: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.values)


class Base(Protocol):
    """`network` is what is trained, `head` its last linear layer, new, with one output for each tag."""

    network: Any
    head: torch.nn.Linear
    longest: int | None
    """Sub-words of a sentence the model can read, special tokens included; None: any number."""

    def read(self, sentences: Sequence[Sentence], done: Callable[[int], None]) -> list[Reading]: ...

    def logits(self, batch: Sequence[Reading]) -> torch.Tensor:
        """Return (words, tags) of the words of all sentences, one after the other."""

    def save(self, folder: Path, temperature: float) -> None:
        """Write the model, its logits divided by `temperature`."""


class AdapterBase:
    """Low-rank adapters on the layers of e5-small above hidden state `layer` and up to `last_layer`.

    The layers below are run once for each sentence. Those of `start`, a recognizer with adapters of the same rank above
    the same layer, are trained on; its head too, where it reads the same states and gives the same tags.
    """

    def __init__(
        self, tags: Sequence[str], *, layer: int, last_layer: int, rank: int, alpha: float, dropout: float, device: str,
        start: AdaptedRecognizer | None = None,
    ):  # fmt: skip
        self.longest = None
        self._encoder = EmbeddedE5(layer=layer, remembers=False, device=device)
        self._device = device
        layers, _ = upper_layers(layer, last_layer)
        self.network = AdaptedLayers(layers, len(tags), rank=rank, alpha=alpha, dropout=dropout).to(device)
        self.head = self.network.head
        if start is not None:
            same = start.tags == tuple(tags) and start.layers[1] == last_layer
            self.network.begin_with(start.adapters(), head=same)

    def read(self, sentences: Sequence[Sentence], done: Callable[[int], None]) -> list[Reading]:
        found = []
        for start in range(0, len(sentences), _CHUNK):
            for encoding in self._encode(sentences[start : start + _CHUNK]):
                if encoding is None:
                    found.append(Reading(np.zeros((0, 0), np.float16), np.zeros(0, np.intp), np.zeros(0, np.intp)))
                    continue
                words, firsts = np.unique(encoding.words, return_index=True)
                before, after = encoding.edges or (encoding.vectors[:0], encoding.vectors[:0])
                values = np.concatenate([before, encoding.vectors, after]).astype(np.float16)
                found.append(Reading(values, firsts + len(before), words))
            done(len(found))
        return found

    def _encode(self, sentences: Sequence[Sentence]) -> list[Encoding | None]:
        """Return the encodings, None for a sentence beyond what the encoder reads."""
        try:
            return list(self._encoder.encode(sentences))
        except ModelInputError:
            if len(sentences) == 1:
                return [None]
            return [one for sentence in sentences for one in self._encode([sentence])]

    def logits(self, batch: Sequence[Reading]) -> torch.Tensor:
        values, mask, firsts = _padded(batch)
        given = (torch.from_numpy(values).float(), torch.from_numpy(mask), torch.from_numpy(firsts))
        return self.network(*(part.to(self._device) for part in given))

    def save(self, folder: Path, temperature: float) -> None:
        from safetensors.torch import save_file

        weights = self.network.weights()
        for name in ("head.weight", "head.bias"):
            weights[name] = weights[name] / temperature
        halves = {name: values.cpu().half().contiguous() for name, values in weights.items()}
        save_file(halves, folder / ADAPTER, metadata={"format": "pt"})


class FineTunedBase:
    """All weights of a Hugging Face encoder, under a new token-classification head."""

    def __init__(self, model: str, tags: Sequence[str], *, dropout: float, device: str):
        self._device = device
        names = dict(enumerate(tags))
        network, self._tokenizer = hub.load_with_tokenizer(
            "AutoModelForTokenClassification", model, "base model", words=True, fresh=True,
            num_labels=len(tags), id2label=names, label2id={tag: number for number, tag in names.items()},
            ignore_mismatched_sizes=True,
        )  # fmt: skip
        self.network = network.float().to(device)
        self.longest = positions_of(network)
        self.head = [module for module in network.modules() if isinstance(module, torch.nn.Linear)][-1]
        for module in getattr(network, "dropout", None), getattr(network, "drop", None):
            if isinstance(module, torch.nn.Dropout):
                module.p = dropout
        self._special = self._edges()

    def _edges(self) -> tuple[list[int], list[int]]:
        """Return the special tokens the model expects before and after a sentence."""
        probe = self._tokenizer(["a"], is_split_into_words=True)
        own = [place for place, word in enumerate(probe.word_ids()) if word is not None]
        ids = probe["input_ids"]
        return (ids[: own[0]], ids[own[-1] + 1 :]) if own else ([], [])

    def read(self, sentences: Sequence[Sentence], done: Callable[[int], None]) -> list[Reading]:
        before, after = self._special
        found = []
        for sentence in sentences:
            encoded = self._tokenizer(list(sentence.words), is_split_into_words=True, add_special_tokens=False,
                                      split_special_tokens=True, verbose=False)  # fmt: skip
            numbers = np.array([-1 if word is None else word for word in encoded.word_ids()], np.intp)
            words, firsts = np.unique(numbers, return_index=True)
            ids = np.array([*before, *encoded["input_ids"], *after], np.int64)
            own = words >= 0
            found.append(Reading(ids, firsts[own] + len(before), words[own]))
        done(len(found))
        return found

    def logits(self, batch: Sequence[Reading]) -> torch.Tensor:
        ids, mask, firsts = _padded(batch, self._tokenizer.pad_token_id or 0)
        output = self.network(
            input_ids=torch.from_numpy(ids).to(self._device),
            attention_mask=torch.from_numpy(mask).long().to(self._device),
        )  # fmt: skip
        return output.logits.flatten(0, 1)[torch.from_numpy(firsts).to(self._device)]

    def save(self, folder: Path, temperature: float) -> None:
        with torch.no_grad():
            for values in self.head.parameters():
                values.div_(temperature)
        setattr(self.network.config, CONSTRAINED, True)
        self.network.eval().cpu().save_pretrained(folder)
        self._tokenizer.save_pretrained(folder)


def _padded(batch: Sequence[Reading], padding: int = 0) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.intp]]:
    """Return values (sentences, length, ...), mask (sentences, length), and the first sub-words' places in them."""
    longest = max(len(one) for one in batch)
    values = np.full((len(batch), longest, *batch[0].values.shape[1:]), padding, batch[0].values.dtype)
    mask = np.zeros((len(batch), longest), np.bool_)
    for row, one in enumerate(batch):
        values[row, : len(one)], mask[row, : len(one)] = one.values, True
    return values, mask, np.concatenate([one.firsts + row * longest for row, one in enumerate(batch)])
