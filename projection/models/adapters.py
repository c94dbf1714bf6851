"""Low-rank adapters (Hu et al., LoRA, ICLR 2022) on the upper layers of an encoder, with a token head.

An adapted linear layer computes W x + b + (alpha / rank) U D dropout(x), with W and b frozen, D (rank, in) and
U (out, rank) trained, U zero at first. Afterwards the product is added to W, so that an adapter costs no time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import nn

PLACES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The linear layers of a BERT layer that are adapted: all of them."""


class LowRank(nn.Module):
    """A frozen linear layer with an adapter beside it."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float, dropout: float):
        super().__init__()
        self.frozen, self.scale, self.dropout = frozen.requires_grad_(False), alpha / rank, dropout
        self.down = nn.Parameter(torch.randn(rank, frozen.in_features) / math.sqrt(frozen.in_features))
        self.up = nn.Parameter(torch.zeros(frozen.out_features, rank))

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        dropped = nn.functional.dropout(given, self.dropout, self.training)
        return self.frozen(given) + nn.functional.linear(nn.functional.linear(dropped, self.down), self.up) * self.scale


class AdaptedLayers(nn.Module):
    """Adapted BERT `layers` and a linear head of `tags` outputs above them.

    In: hidden states (sentences, length, dimension) from below. Out: logits (words, tags) of the places
    that `firsts` picks of the sentences laid end to end. The layers given are changed: they must not be
    used elsewhere.
    """

    def __init__(self, layers: Iterable[nn.Module], tags: int, *, rank: int, alpha: float, dropout: float):
        super().__init__()
        self.layers = nn.ModuleList(layers).requires_grad_(False)
        self.dropout = dropout
        for layer in self.layers:
            for place in PLACES:
                parent, _, name = place.rpartition(".")
                setattr(layer.get_submodule(parent), name, LowRank(layer.get_submodule(place), rank, alpha, dropout))
        for module in self.layers.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # what is frozen is not disturbed
        width = self.layers[0].get_submodule(PLACES[0]).frozen.in_features
        self.head = nn.Linear(width, tags)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor, firsts: torch.Tensor) -> torch.Tensor:
        allowed = mask[:, None, None, :]
        for layer in self.layers:
            output = layer(hidden, attention_mask=allowed)
            hidden = output[0] if isinstance(output, tuple) else output
        words = hidden.flatten(0, 1)[firsts]
        return self.head(nn.functional.dropout(words, self.dropout, self.training))

    def begin_with(self, weights: Mapping[str, torch.Tensor], *, head: bool) -> None:
        """Take adapters of the same rank, as `weights` names them, for layers that have some; the `head` on demand."""
        with torch.no_grad():
            for number, layer in enumerate(list(self.layers)[: adapted_layers(weights)]):
                for place in PLACES:
                    adapted = layer.get_submodule(place)
                    adapted.down.copy_(weights[f"layers.{number}.{place}.down"])
                    adapted.up.copy_(weights[f"layers.{number}.{place}.up"].float() / adapted.scale)
            if head:
                self.head.weight.copy_(weights["head.weight"])
                self.head.bias.copy_(weights["head.bias"])

    def weights(self) -> dict[str, torch.Tensor]:
        """Return what was trained: "layers.0.PLACE.down" and ".up", scale included, and "head.weight", "head.bias"."""
        found = {"head.weight": self.head.weight.detach(), "head.bias": self.head.bias.detach()}
        for number, layer in enumerate(self.layers):
            for place in PLACES:
                adapted = layer.get_submodule(place)
                found[f"layers.{number}.{place}.down"] = adapted.down.detach()
                found[f"layers.{number}.{place}.up"] = adapted.up.detach() * adapted.scale
        return found


def merge(layers: Iterable[nn.Module], weights: Mapping[str, torch.Tensor]) -> None:
    """Add adapters as `AdaptedLayers.weights` names them to the linear layers of `layers`, in place.

    Raises KeyError for one that is missing, RuntimeError for one of another shape.
    """
    with torch.no_grad():
        for number, layer in enumerate(layers):
            for place in PLACES:
                down, up = (weights[f"layers.{number}.{place}.{part}"].float() for part in ("down", "up"))
                layer.get_submodule(place).weight.add_(up @ down)


def rank_of(weights: Mapping[str, Any]) -> int:
    """Return the rank of these adapters."""
    return next(len(values) for name, values in weights.items() if name.endswith(".down"))


def adapted_layers(weights: Mapping[str, Any]) -> int:
    """Return on how many layers these adapters sit."""
    return len({name.split(".")[1] for name in weights if name.startswith("layers.")})
