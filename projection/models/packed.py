"""BERT layers on the processor without padding: the sentences of a batch lie end to end in one matrix.

The same arithmetic as `transformers` (the layers of BERT, RoBERTa and XLM-R are alike), about a third
faster: no padding, one product for query, key and value, buffers used again. Attention runs over the
sentences of equal length together.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODEL_TYPES = ("bert", "roberta", "xlm-roberta", "camembert")
Linear = Callable[[Any, Any, Any], Any]
"""(input (rows, in), rows of special tokens, output buffer) -> output (rows, out)."""


def is_packable(configuration: Any) -> bool:
    """Say whether the layers are those implemented here."""
    return (
        configuration.model_type in MODEL_TYPES
        and configuration.hidden_act == "gelu"
        and getattr(configuration, "position_embedding_type", None) in (None, "absolute")
        and not getattr(configuration, "is_decoder", False)
    )


class PackedLayers:
    """The first `count` layers of a BERT-like `network`, as fp32 or with 8-bit linear layers."""

    def __init__(self, network: Any, count: int, first_position: int, precision: str):
        self._embeddings, self._first_position = network.embeddings, first_position
        self._epsilon = network.config.layer_norm_eps
        self._stack = PackedStack(network.encoder.layer[:count], network.config, precision)

    def run(self, sequences: Sequence[NDArray[np.int64]], edges: tuple[int, int]) -> list[NDArray[np.float32]]:
        """Return the hidden state (length, dimension) of each sequence of ids, special tokens included.

        `edges` are the numbers of special tokens before and after each sentence. Runs in the calling
        thread and those of torch.
        """
        import torch

        lengths = np.array([len(sequence) for sequence in sequences])
        starts = lengths.cumsum() - lengths
        special = [start + step for start in starts for step in range(edges[0])]
        special += [end - 1 - step for end in starts + lengths for step in range(edges[1])]
        with torch.inference_mode():
            hidden = self._embed(np.concatenate(sequences), lengths)
            hidden = self._stack.run(hidden, lengths, special)
        return np.split(hidden.numpy(), starts[1:])

    def _embed(self, ids: NDArray[np.int64], lengths: NDArray) -> Any:
        import torch

        positions = np.concatenate([np.arange(length) for length in lengths]) + self._first_position
        table = self._embeddings
        hidden = table.word_embeddings.weight[torch.from_numpy(ids)] + table.token_type_embeddings.weight[0]
        hidden += table.position_embeddings.weight[torch.from_numpy(positions)]
        return _norm(hidden, table.LayerNorm, self._epsilon)


class PackedStack:
    """Layers one upon the other, from hidden states to hidden states."""

    def __init__(self, layers: Iterable[Any], configuration: Any, precision: str = "fp32"):
        linear = {"fp32": _exact, "int8": _eight_bit}[precision]
        self._heads, self._epsilon = configuration.num_attention_heads, configuration.layer_norm_eps
        self._wide = configuration.intermediate_size
        self._layers = []
        for layer in layers:
            attention = layer.attention.self
            steps = (
                (attention.query, attention.key, attention.value),
                (layer.attention.output.dense,),
                (layer.intermediate.dense,),
                (layer.output.dense,),
            )
            norms = layer.attention.output.LayerNorm, layer.output.LayerNorm
            self._layers.append((*(linear(*modules) for modules in steps), *norms))
        self._buffers = threading.local()

    def run(self, hidden: Any, lengths: NDArray, special: Sequence[int] = ()) -> Any:
        """Return the states above `hidden` (rows, dimension), sentences of `lengths` rows end to end.

        `special` are the rows of special tokens. To be called in torch's inference mode.
        """
        import torch

        groups = list(_equal_lengths(lengths))
        rows = torch.tensor(special, dtype=torch.long)
        for layer in self._layers:
            hidden = self._layer(layer, hidden, groups, rows)
        return hidden

    def _layer(self, layer: tuple, hidden: Any, groups: list[tuple[int, int, int]], special: Any) -> Any:
        import torch

        project, attention_output, intermediate, output, attention_norm, output_norm = layer
        size = hidden.shape[1]
        joint = project(hidden, special, self._buffer("joint", len(hidden), 3 * size))
        context = self._buffer("context", len(hidden), size)
        for start, count, length in groups:
            part = joint[start : start + count * length].view(count, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            attended = torch.nn.functional.scaled_dot_product_attention(*part)
            context[start : start + count * length].view(count, length, self._heads, -1).copy_(attended.transpose(1, 2))
        mixed = attention_output(context, special, self._buffer("output", len(hidden), size))
        hidden = _norm(mixed.add_(hidden), attention_norm, self._epsilon)
        wide = intermediate(hidden, special, self._buffer("wide", len(hidden), self._wide))
        mixed = output(torch.ops.aten.gelu_(wide), special, self._buffer("output", len(hidden), size))
        return _norm(mixed.add_(hidden), output_norm, self._epsilon)

    def _buffer(self, name: str, rows: int, columns: int) -> Any:
        """Return uninitialised memory kept for this thread."""
        import torch

        kept = getattr(self._buffers, name, None)
        if kept is None or len(kept) < rows:
            kept = torch.empty(rows, columns)
            setattr(self._buffers, name, kept)
        return kept[:rows]


def _norm(hidden: Any, norm: Any, epsilon: float) -> Any:
    import torch

    return torch.nn.functional.layer_norm(hidden, hidden.shape[1:], norm.weight, norm.bias, epsilon)


def _equal_lengths(lengths: NDArray) -> Iterator[tuple[int, int, int]]:
    """Yield (first row, number of sentences, their length) for neighbours of equal length."""
    row = 0
    for length, group in groupby(lengths.tolist()):
        count = len(list(group))
        yield row, count, length
        row += count * length


def _joined(modules: Sequence[Any]) -> tuple[Any, Any]:
    import torch

    return torch.cat([module.weight for module in modules]), torch.cat([module.bias for module in modules])


def _exact(*modules: Any) -> Linear:
    import torch

    weight, bias = _joined(modules)
    weight = weight.t().contiguous()
    return lambda given, special, buffer: torch.addmm(bias, given, weight, out=buffer)


def _eight_bit(*modules: Any) -> Linear:
    """Quantise weights by output row, inputs by batch, special tokens apart from words.

    The vectors of the special tokens hold values ten times those of words, which would leave words few
    of the steps. Inputs use 7 bits (`reduce_range`), as processors without VNNI saturate above.
    """
    import torch

    weight, bias = _joined(modules)
    scales = (weight.abs().amax(1) / 127).clamp_min(1e-12).double()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*quantize_per.* deprecated.*")
        zero_points = torch.zeros(len(weight), dtype=torch.long)
        quantised = torch.quantize_per_channel(weight, scales, zero_points, 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(quantised, bias)

    def run(given: Any, special: Any, buffer: Any) -> Any:
        chosen = given[special]
        given.index_fill_(0, special, 0)
        result = torch.ops.quantized.linear_dynamic(given, packed, True)
        given[special] = chosen
        result[special] = torch.ops.quantized.linear_dynamic(chosen, packed, True)
        return result

    return run
