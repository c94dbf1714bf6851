"""One hidden layer of a transformer: cut above the layer, in the wanted precision, arrays in and out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError, ModelUnavailable
from projection.models.hub import choose_device

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


class HiddenLayer:
    """Run `network` up to hidden state `layer`; `positions` is the longest input, `dimension` the width.

    `layer` None takes two thirds of the layers, rounded. Raises ConfigurationError for a layer the
    model does not have or a precision the device does not offer.
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
        kind = configuration.model_type
        self.dimension = configuration.hidden_size
        self.positions = getattr(configuration, "max_position_embeddings", None) or 512
        if kind in _SHIFTED_POSITIONS:
            self.positions -= configuration.pad_token_id + 1
        self._cut = kind in _LAYER_LISTS
        if self._cut:
            container, _, attribute = _LAYER_LISTS[kind].partition(".")
            stack = getattr(network, container)
            setattr(stack, attribute, getattr(stack, attribute)[: self.layer])
        if getattr(network, "pooler", None) is not None:
            network.pooler = None
        self.device = _device_for(precision, device, title)
        self._network = _in_precision(network, precision, title).to(torch.device(self.device)).eval()

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return hidden states (sentences, length, dimension) for padded ids and their 0/1 mask."""
        import torch

        given = {"input_ids": torch.from_numpy(ids).to(self.device)}
        if not mask.all():
            given["attention_mask"] = torch.from_numpy(mask).to(self.device)
        with torch.inference_mode():
            output = self._network(**given, output_hidden_states=not self._cut)
            hidden = output.last_hidden_state if self._cut else output.hidden_states[self.layer]
            return hidden.float().cpu().numpy()


def _device_for(precision: str, device: str, title: str) -> str:
    if precision != "int8":
        return choose_device(device)
    if device not in ("auto", "cpu"):
        raise ConfigurationError(f"{title}: precision int8 runs on the processor only, not on {device!r}.")
    return "cpu"


def _in_precision(network: Any, precision: str, title: str) -> Any:
    import torch

    if precision == "bf16":
        return network.to(torch.bfloat16)
    network = network.float()
    if precision == "fp32":
        return network
    from torch.ao.quantization import quantize_dynamic

    try:
        return quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)
    except RuntimeError as problem:
        raise ConfigurationError(
            f"{title}: precision int8 is not possible on this processor ({problem}); choose fp32 or bf16."
        ) from problem
