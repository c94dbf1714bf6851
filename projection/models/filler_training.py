"""Train a generator for T-Projection: an encoder-decoder learns to fill slots from labelled sentences.

The settings are those of García-Ferrero et al. (Findings of EMNLP 2023): Adafactor, learning rate 1e-4 with
warm-up and cosine decay, 4 epochs, batches of 8, at most 256 sub-words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from projection.errors import ConfigurationError
from projection.models import hub
from projection.models.filler_card import Scores, measure, write_card
from projection.models.filler_data import Material, prepare
from projection.models.span_filler import CARD, padded
from projection.models.training import CHECKPOINT, Listener, Loop, check_output, room_in
from projection.types import Sentence

OPTIMIZERS = ("adafactor", "adamw")
PRECISIONS = ("auto", "float32", "bfloat16")
_IGNORED = -100


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """All that shapes a training besides its sentences.

    `model` is the base model, a Hugging Face name or folder. The learning rate rises over `warm_up` steps, at
    most a tenth of all, and falls along a cosine to 0. `precision` "auto" is bfloat16 on a GPU, float32 elsewhere.
    A checkpoint is written every `save_every` steps. `beams` are those the held-out sentences are measured with.
    """

    model: str
    epochs: int = 4
    batch: int = 8
    learning_rate: float = 1e-4
    warm_up: int = 500
    optimizer: str = "adafactor"
    max_length: int = 256
    seed: int = 0
    beams: int = 15
    device: str = "auto"
    precision: str = "auto"
    save_every: int = 500

    def __post_init__(self):
        for setting, least in (("epochs", 1), ("batch", 1), ("warm_up", 0), ("max_length", 8), ("beams", 1),
                               ("save_every", 1)):  # fmt: skip
            if getattr(self, setting) < least:
                raise ConfigurationError(f"Training: {setting} must be at least {least}, not {getattr(self, setting)}.")
        if not 0 < self.learning_rate < math.inf:
            raise ConfigurationError(f"Training: learning_rate must be above 0, not {self.learning_rate}.")
        for setting, choices in (("optimizer", OPTIMIZERS), ("precision", PRECISIONS)):
            if getattr(self, setting) not in choices:
                raise ConfigurationError(f"Training: {setting} must be one of {', '.join(choices)}.")

    def signature(self, material: Material) -> str:
        """Return every setting that could change the weights, and the digest of the sentences."""
        shaping = {key: value for key, value in asdict(self).items() if key not in ("save_every", "beams", "device")}
        return "|".join([*(f"{key}:{value}" for key, value in shaping.items()), f"data:{material.digest}"])


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to."""

    material: Material
    steps: int
    resumed_at: int
    loss: float
    """Mean over the steps of the last epoch, in nats per sub-word."""
    scores: Scores | None
    """None where nothing was held out."""


def train_filler(
    sentences: Iterable[Sentence],
    output: Path,
    settings: TrainingSettings,
    *,
    held_out: float | Sequence[Sentence] = 0.1,
    names: Mapping[str, str] | None = None,
    listener: Listener = lambda done, total, loss: None,
    tell: Callable[[str], None] = lambda message: None,
    data: str = "",
) -> Trained:
    """Train on the entities of `sentences` and leave a generator, with its card, in the folder `output`.

    A training that was stopped goes on from its last checkpoint when it is called again with the same
    sentences and settings, to the same weights. `held_out` and `names` as in `filler_data.prepare`; `data`
    names the sentences in the card; `tell` receives sentences for the user. Raises ConfigurationError,
    ModelUnavailable, ModelInputError when the loss is no number.
    """
    check_output(output, CARD, "generator")
    device = hub.choose_device(settings.device)
    model, tokenizer = hub.load_with_tokenizer("AutoModelForSeq2SeqLM", settings.model, "base model")
    material = prepare(sentences, tokenizer, max_length=settings.max_length, held_out=held_out, names=names or {},
                       seed=settings.seed)  # fmt: skip
    tell(material.description)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        grow(model, len(tokenizer))
    model = model.float().to(device)
    loop = Loop(
        model, _optimizer(model, settings), size=len(material.training), epochs=settings.epochs,
        batch=settings.batch, warm_up=settings.warm_up, seed=settings.seed, save_every=settings.save_every,
        folder=output, signature=settings.signature(material), model=settings.model,
    )  # fmt: skip
    resumed = loop.resume(tell)
    loss = loop.run(_loss_of(model, tokenizer.pad_token_id, material, settings, device), listener)
    with room_in(output):
        model.eval().cpu().save_pretrained(output)
        tokenizer.save_pretrained(output)
    if material.held_out:
        tell(f"Measuring on {len(material.held_out)} held-out sentences with {settings.beams} beams.")
    write_card(output, settings, material, steps=loop.total, loss=loss, data=data, scores=None)
    scores = measure(output, settings, material)
    write_card(output, settings, material, steps=loop.total, loss=loss, data=data, scores=scores)
    (output / CHECKPOINT).unlink(missing_ok=True)
    return Trained(material, loop.total, resumed, loss, scores)


def grow(model: Any, size: int) -> None:
    """Give a model embeddings for `size` sub-words; an output layer with weights of its own (mT5's) keeps them."""
    import torch

    head = model.get_output_embeddings()
    own = None if head.weight is model.get_input_embeddings().weight else head.weight.detach().clone()
    model.resize_token_embeddings(size)
    head = model.get_output_embeddings()
    if own is not None and head.weight is model.get_input_embeddings().weight:  # transformers ties it anew
        fresh = own.mean(0).expand(size - len(own), -1)
        head.weight = torch.nn.Parameter(torch.cat([own, fresh]))


def _loss_of(model: Any, padding: int, material: Material, settings: TrainingSettings,
             device: str) -> Callable[[list[int]], Any]:  # fmt: skip
    def loss_of(numbers: list[int]) -> Any:
        batch = [material.training[number] for number in numbers]
        ids, mask = padded([example.source for example in batch], padding)
        wanted, written = padded([example.target for example in batch], padding)
        labels = wanted.masked_fill(written == 0, _IGNORED)
        with _precision(settings.precision, device):
            return model(input_ids=ids.to(device), attention_mask=mask.to(device), labels=labels.to(device)).loss

    return loss_of


def _precision(wanted: str, device: str) -> Any:
    import torch

    if wanted == "float32" or (wanted == "auto" and not device.startswith("cuda")):
        return nullcontext()
    return torch.autocast(device.partition(":")[0], dtype=torch.bfloat16)


def _optimizer(model: Any, settings: TrainingSettings) -> Any:
    import torch
    from transformers import Adafactor

    if settings.optimizer == "adamw":
        return torch.optim.AdamW(model.parameters(), lr=settings.learning_rate)
    return Adafactor(model.parameters(), lr=settings.learning_rate, scale_parameter=False, relative_step=False)
