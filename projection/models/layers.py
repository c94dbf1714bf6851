"""One hidden layer of a transformer: cut above the layer, in the wanted precision, arrays in and out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError, ModelUnavailable
from projection.models.hub import choose_device
from projection.models.packed import PackedLayers, is_packable

# architectures whose last hidden state after k layers is exactly hidden state k, and where the layers are
_LAYER_LISTS = {
    "bert": "encoder.layer",
    "roberta": "encoder.layer",
    "xlm-roberta": "encoder.layer",
    "camembert": "encoder.layer",
    "electra": "encoder.layer",
    "distilbert": "transformer.layer",
}
_SHIFTED_POSITIONS = ("roberta", "xlm-roberta", "camembert")
Sequences = Sequence[NDArray[np.int64]]


class HiddenLayer:
    """Run `network` up to hidden state `layer`; `positions` is the longest input, `dimension` the width.

    `layer` None takes two thirds of the layers, rounded. On the processor, batches run side by side,
    one thread each, which is faster than sharing out the work inside each batch. Raises
    ConfigurationError for a layer the model does not have or a precision the device does not offer.
    """

    def __init__(self, network: Any, layer: int | None, precision: str, device: str, title: str):
        import torch

        configuration = network.config
        total = getattr(configuration, "num_hidden_layers", None)
        if total is None or getattr(configuration, "is_encoder_decoder", False):
            raise ModelUnavailable(f"{title} is not a plain encoder with numbered layers; choose another encoder.")
        self.layer = round(total * 2 / 3) if layer is None else layer
        if self.layer > total:
            raise ConfigurationError(f"{title}: there is no layer {self.layer}; the model has layers 0 to {total}.")
        self.dimension: int = configuration.hidden_size
        shift = configuration.pad_token_id + 1 if configuration.model_type in _SHIFTED_POSITIONS else 0
        self.positions: int = (getattr(configuration, "max_position_embeddings", None) or 512) - shift
        self.device = _device_for(precision, device, title)
        self.is_accelerated = self.device != "cpu"
        self.workers = 1 if self.is_accelerated else torch.get_num_threads()
        self._pool = ThreadPoolExecutor(self.workers, "encoder", _use_one_thread) if self.workers > 1 else None
        if not self.is_accelerated and precision in ("fp32", "int8") and is_packable(configuration):
            self._run = PackedLayers(network.float(), self.layer, shift, _checked(precision, title)).run
        else:
            self._run = _PaddedLayers(network, self.layer, precision, self.device, title).run

    def run(self, batches: Sequence[Sequences], edges: tuple[int, int]) -> list[list[NDArray[np.float32]]]:
        """Return the hidden states (length, dimension) of every sequence of ids in every batch.

        `edges` are the numbers of special tokens before and after each sentence.
        """
        if self._pool is None or len(batches) == 1:
            return [self._run(batch, edges) for batch in batches]
        return list(self._pool.map(lambda batch: self._run(batch, edges), batches))


class _PaddedLayers:
    """Any transformers encoder, sentences padded to the longest of their batch."""

    def __init__(self, network: Any, layer: int, precision: str, device: str, title: str):
        import torch

        kind, self._layer, self._device = network.config.model_type, layer, device
        self._cut = kind in _LAYER_LISTS
        if self._cut:
            container, _, attribute = _LAYER_LISTS[kind].partition(".")
            stack = getattr(network, container)
            setattr(stack, attribute, getattr(stack, attribute)[:layer])
        if getattr(network, "pooler", None) is not None:
            network.pooler = None
        self._network = _in_precision(network, precision, title).to(torch.device(device)).eval()

    def run(self, sequences: Sequences, edges: tuple[int, int]) -> list[NDArray[np.float32]]:
        import torch

        lengths = [len(sequence) for sequence in sequences]
        ids = np.zeros((len(sequences), max(lengths)), np.int64)
        mask = np.zeros_like(ids)
        ids += self._network.config.pad_token_id or 0
        for row, sequence in enumerate(sequences):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        given = {"input_ids": ids} if mask.all() else {"input_ids": ids, "attention_mask": mask}
        with torch.inference_mode():
            tensors = {name: torch.from_numpy(values).to(self._device) for name, values in given.items()}
            output = self._network(**tensors, output_hidden_states=not self._cut)
            hidden = output.last_hidden_state if self._cut else output.hidden_states[self._layer]
            hidden = hidden.float().cpu().numpy()
        return [hidden[row, :length] for row, length in enumerate(lengths)]


def _use_one_thread() -> None:
    """Make torch use one thread in the calling thread only; `torch.set_num_threads` would change new ones too."""
    import threadpoolctl
    import torch

    torch.get_num_threads()  # torch sets the number of a new thread on its first use, so that comes first
    threadpoolctl.threadpool_limits(1, user_api="openmp")


def _device_for(precision: str, device: str, title: str) -> str:
    if precision != "int8":
        return choose_device(device)
    if device not in ("auto", "cpu"):
        raise ConfigurationError(f"{title}: precision int8 runs on the processor only, not on {device!r}.")
    return "cpu"


def _checked(precision: str, title: str) -> str:
    import torch

    if precision == "int8" and torch.backends.quantized.engine == "none":
        raise ConfigurationError(f"{title}: precision int8 is not possible on this processor; choose fp32 or bf16.")
    return precision


def _in_precision(network: Any, precision: str, title: str) -> Any:
    import torch

    if precision == "bf16":
        return network.to(torch.bfloat16)
    network = network.float()
    if _checked(precision, title) == "fp32":
        return network
    from torch.ao.quantization import quantize_dynamic

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its successor is a package of its own
        return quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)
