"""A recognizer made of adapters above the encoder in the box; one of them, `e5-ner`, comes with the installation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from projection.errors import ModelUnavailable
from projection.models import hub
from projection.models.embedded import LAYERS, EmbeddedE5, upper_layers
from projection.models.hub import ADAPTER
from projection.models.hub import ADAPTER_CARD as CARD
from projection.models.labels import (
    LabelMap,
    entities_of,
    format_label_map,
    iob2_probabilities,
    is_iob2,
    likeliest_iob2,
    map_label,
    parse_label_map,
)
from projection.models.lazy import loaded_once
from projection.models.subwords import owned, windows
from projection.protocols import Encoding, Option
from projection.types import Entity, LabelProbabilities, Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHIPPED = "e5-ner"
_ROLE = "recognizer"
_ROWS = 1024  # sub-words run at once; what fits the caches
_WINDOW = 510


def shipped_folder() -> Path:
    """Return where the adapter of the installation lies: beside the pages, or inside the installed package."""
    package = Path(__file__).parent.parent
    beside = package.parent / "assets" / SHIPPED
    return beside if beside.is_dir() else package / "e5_ner"


@dataclass(frozen=True, kw_only=True, eq=False)
class AdaptedRecognizer:
    """Labels each word by its first sub-word, with adapters on the layers of e5-small above hidden state "layer" and
    up to "last_layer" of the card (without it: the uppermost).

    The layers below are the encoder's own: above hidden state 7, which the aligner takes, a sentence is read once for
    both. `model` is a folder that `train-recognizer` wrote; none: the one that comes with the installation. The tags
    of a sentence are the likeliest valid IOB2 tags (`labels.likeliest_iob2`); the score of an entity is the mean over
    its words of the calibrated probability of the chosen tag. `label_map` renames or drops ("O") labels. Sentences
    beyond 510 sub-words run in windows that overlap by half. Safe to call from several threads.
    """

    model: str = ""
    name: str = ""
    label_map: LabelMap | str = field(default_factory=dict)

    options: ClassVar[tuple[Option, ...]] = (
        Option("label_map", "Changes to the model's labels: MODEL_LABEL=LABEL,... where the label O drops it."),
    )

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.model or SHIPPED)
        object.__setattr__(self, "label_map", parse_label_map(self.label_map))

    @cached_property
    def signature(self) -> str:
        which = self.name if self.model in ("", self.name) else f"{self.name}:{self.model}"
        renamed = format_label_map(self.label_map) or "as they are"
        return f"{which}|weights:{self._card['weights']}|labels:{renamed}|word:first sub-word|tags:valid iob2"

    @property
    def weights_digest(self) -> str:
        """The first digits of the SHA-256 of the adapters."""
        return self._card["weights"]

    @property
    def licence(self) -> str:
        """What the card says may be done with it."""
        return self._card.get("licence") or ""

    @property
    def tags(self) -> tuple[str, ...]:
        """The IOB2 tags, in the order of the head's outputs."""
        return tuple(self._card["tags"])

    @property
    def layers(self) -> tuple[int, int]:
        """The hidden states below and above the adapters (reads the card only)."""
        return self._card["layer"], self._card["last_layer"]

    @property
    def rank(self) -> int:
        """The rank of the adapters. Raises ModelUnavailable."""
        from projection.models.adapters import rank_of

        return rank_of(self.adapters())

    @property
    def default_label_map(self) -> dict[str, str]:
        """The types the model knows, each under its own name (reads the card only)."""
        return {tag[2:]: tag[2:] for tag in self._card["tags"] if tag.startswith("B-")}

    @cached_property
    def _folder(self) -> Path:
        return Path(self.model).expanduser() if self.model else shipped_folder()

    @property
    def _again(self) -> str:
        return "copy the folder again." if self.model else "install the project again."

    @cached_property
    def _card(self) -> dict[str, Any]:
        path = self._folder / CARD
        try:
            card = json.loads(path.read_text("utf-8"))
            known = is_iob2(card["tags"]) and isinstance(card["layer"], int) and isinstance(card["weights"], str)
            known = known and isinstance(card.setdefault("last_layer", LAYERS), int)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise ModelUnavailable(
                f"The {_ROLE} {self._folder} is damaged ({type(problem).__name__}: {problem}): {self._again}"
            ) from problem
        if not known:
            raise ModelUnavailable(f"The {_ROLE} {self._folder} is damaged ({CARD} does not fit): {self._again}")
        return card

    @loaded_once
    def _parts(self) -> tuple[EmbeddedE5, Any, NDArray[np.float32], NDArray[np.float32]]:
        """The encoder, the layers above it with the adapters merged in, weights (dimension, tags) and bias (tags,)."""
        import torch

        from projection.models.adapters import adapted_layers, merge
        from projection.models.packed import PackedStack

        weights = self.adapters()
        layer = self._card["layer"]
        layers, configuration = upper_layers(layer, self._card["last_layer"])
        try:
            if adapted_layers(weights) != len(layers):
                raise ValueError(f"{adapted_layers(weights)} layers, not {len(layers)}")
            merge(layers, weights)
            head = torch.nn.Linear(configuration.hidden_size, len(self._card["tags"]))
            head.load_state_dict({"weight": weights["head.weight"].float(), "bias": weights["head.bias"].float()})
        except (KeyError, RuntimeError, ValueError) as problem:
            raise ModelUnavailable(
                f"The {_ROLE} {self._folder} is damaged, its files do not fit together ({problem}): {self._again}"
            ) from problem
        stack = PackedStack(layers, configuration)
        return EmbeddedE5(layer=layer), stack, head.weight.detach().numpy().T.copy(), head.bias.detach().numpy()

    def adapters(self) -> dict[str, Any]:
        """Return the weights by name, as `AdaptedLayers.weights` does. Raises ModelUnavailable."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = self._folder / ADAPTER
        try:
            return load_file(str(path))
        except (OSError, SafetensorError) as problem:
            raise ModelUnavailable(f"The {_ROLE} {path} cannot be read ({problem}): {self._again}") from problem

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about how the encoder was loaded."""
        return self._parts[0].notices

    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        """Find entities on the given tokens; words without a sub-word are outside.

        Raises ModelUnavailable, ModelInputError for a sentence the encoder cannot read.
        """
        return [self._entities(matrix) for matrix in self._probabilities(sentences)]

    def recognize_with_probabilities(
        self, sentences: Sequence[Sentence]
    ) -> list[tuple[tuple[Entity, ...], LabelProbabilities]]:
        """Find entities as `recognize` does, with the probability of each tag of each word."""
        tags = self._card["tags"]
        kinds = {kind: map_label(kind, self.label_map) for kind in self.default_label_map}
        return [
            (self._entities(matrix), LabelProbabilities(*iob2_probabilities(tags, matrix, kinds)))
            for matrix in self._probabilities(sentences)
        ]

    def _entities(self, matrix: NDArray[np.float32]) -> tuple[Entity, ...]:
        tags = self._card["tags"]
        chosen = likeliest_iob2(tags, matrix)
        scores = [float(row[tags.index(tag)]) for tag, row in zip(chosen, matrix, strict=True)]
        return entities_of(chosen, scores, self.label_map)

    def _probabilities(self, sentences: Sequence[Sentence]) -> list[NDArray[np.float32]]:
        """Return (words, tags) for each sentence; a row of zeros is a word without a sub-word."""
        import numpy as np

        encoder, _, weight, bias = self._parts
        encodings = encoder.encode(sentences)
        states = [np.empty((len(one.words), len(weight)), np.float32) for one in encodings]
        for batch in _batches(encodings):
            for piece, found in zip(batch, self._above(batch, encodings), strict=True):
                first, last = piece.kept
                states[piece.sentence][first:last] = found[first - piece.start : last - piece.start]
        matrices = []
        for one, encoding in zip(states, encodings, strict=True):
            words, firsts = np.unique(encoding.words, return_index=True)
            logits = one[firsts] @ weight + bias
            probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
            matrix = np.zeros((encoding.length, len(bias)), np.float32)
            matrix[words] = probabilities / probabilities.sum(axis=1, keepdims=True)
            matrices.append(matrix)
        return matrices

    def _above(self, batch: Sequence[_Piece], encodings: Sequence[Encoding]) -> list[NDArray[np.float32]]:
        """Return the states of the sub-words of each piece above all layers."""
        import numpy as np
        import torch

        parts, lengths, before = [], [], []
        for piece in batch:
            given = encodings[piece.sentence]
            edges = given.edges or (given.vectors[:0], given.vectors[:0])
            parts += [edges[0], given.vectors[piece.start : piece.end], edges[1]]
            before.append(len(edges[0]))
            lengths.append(len(edges[0]) + piece.end - piece.start + len(edges[1]))
        with torch.inference_mode():
            found = self._parts[1].run(torch.from_numpy(np.concatenate(parts)), np.array(lengths)).numpy()
        rows = np.split(found, np.cumsum(lengths)[:-1])
        return [own[skipped : skipped + piece.end - piece.start]
                for own, skipped, piece in zip(rows, before, batch, strict=True)]  # fmt: skip


class _Piece(NamedTuple):
    """Sub-words `start` up to `end` of a sentence, of which those in `kept` are taken from this window."""

    sentence: int
    start: int
    end: int
    kept: tuple[int, int]


def _batches(encodings: Sequence[Encoding]) -> list[list[_Piece]]:
    """Return windows in batches, those of similar length together."""
    pieces = []
    for number, one in enumerate(encodings):
        if len(one.words):
            spans = windows(len(one.words), _WINDOW)
            pieces += [_Piece(number, *span, kept) for span, kept in zip(spans, owned(spans), strict=True)]
    pieces.sort(key=lambda piece: piece.end - piece.start)
    batches: list[list[_Piece]] = []
    room = 0
    for piece in pieces:
        if piece.end - piece.start > room:
            batches.append([])
            room = _ROWS
        batches[-1].append(piece)
        room -= piece.end - piece.start
    return batches


def recognizer_for(
    *, model: str, name: str = "", label_map: LabelMap | str = "", device: str = "auto", batch_tokens: int = 4096
) -> Any:
    """Return the recognizer for a Hugging Face name or a folder, which may also hold adapters of e5-small."""
    from projection.models.token_classifier import TokenClassifier

    if hub.is_local_folder(model) and (Path(model).expanduser() / ADAPTER).is_file():
        return AdaptedRecognizer(model=model, name=name or model, label_map=label_map)
    return TokenClassifier(
        model=model, name=name or model, label_map=label_map, device=device, batch_tokens=batch_tokens
    )
