"""Train a generator for T-Projection: an encoder-decoder learns to fill slots from labelled sentences.

The settings are those of García-Ferrero et al. (Findings of EMNLP 2023): Adafactor, learning rate 1e-4 with
warm-up and cosine decay, 4 epochs, batches of 8, at most 256 sub-words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.models.filler_card import Scores, measure, write_card
from projection.models.filler_data import Example, Material, prepare
from projection.models.span_filler import CARD, padded
from projection.types import Sentence

OPTIMIZERS = ("adafactor", "adamw")
PRECISIONS = ("auto", "float32", "bfloat16")
CHECKPOINT = "training.pt"
_WARM_UP_SHARE = 10
_IGNORED = -100

Listener = Callable[[int, int, float], None]
"""Called after each step with (steps done, steps in all, loss of the step)."""


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
    listener: Listener | None = None,
    tell: Callable[[str], None] = lambda message: None,
    data: str = "",
) -> Trained:
    """Train on the entities of `sentences` and leave a generator, with its card, in the folder `output`.

    A training that was stopped goes on from its last checkpoint when it is called again with the same
    sentences and settings, to the same weights. `held_out` and `names` as in `filler_data.prepare`; `data`
    names the sentences in the card; `tell` receives sentences for the user. Raises ConfigurationError,
    ModelUnavailable, ModelInputError when the loss is no number.
    """
    check_output(output)
    device = hub.choose_device(settings.device)
    model, tokenizer = hub.load_with_tokenizer("AutoModelForSeq2SeqLM", settings.model, "base model")
    material = prepare(sentences, tokenizer, max_length=settings.max_length, held_out=held_out, names=names or {},
                       seed=settings.seed)  # fmt: skip
    tell(material.description)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        grow(model, len(tokenizer))
    loop = _Loop(model.float().to(device), tokenizer.pad_token_id, material, settings, output, device)
    resumed = loop.resume()
    if resumed:
        tell(f"Going on after step {resumed} of {loop.total}.")
    loss = loop.run(listener or (lambda done, total, loss: None))
    model.eval().cpu().save_pretrained(output)
    tokenizer.save_pretrained(output)
    if material.held_out:
        tell(f"Measuring on {len(material.held_out)} held-out sentences with {settings.beams} beams.")
    write_card(output, settings, material, steps=loop.total, loss=loss, data=data, scores=None)
    scores = measure(output, settings, material)
    write_card(output, settings, material, steps=loop.total, loss=loss, data=data, scores=scores)
    (output / CHECKPOINT).unlink(missing_ok=True)
    return Trained(material, loop.total, resumed, loss, scores)


def check_output(output: Path) -> None:
    """Raise ConfigurationError for a folder that holds anything but an unfinished training."""
    if output.is_file():
        raise ConfigurationError(f"{output} is a file: name a new folder.")
    if not output.is_dir() or (output / CHECKPOINT).is_file():
        return
    if (output / CARD).is_file():
        raise ConfigurationError(f"{output} holds a trained generator already: name another folder, or delete it.")
    if any(output.iterdir()):
        raise ConfigurationError(f"{output} is not empty: name a new folder.")


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


class _Loop:
    """The steps of one training; `total` is their number."""

    def __init__(self, model: Any, padding: int, material: Material, settings: TrainingSettings, output: Path,
                 device: str):  # fmt: skip
        from transformers import get_cosine_schedule_with_warmup

        self._model, self._padding, self._material, self._settings = model, padding, material, settings
        self._output, self._device = output, device
        self._per_epoch = math.ceil(len(material.training) / settings.batch)
        self.total = self._per_epoch * settings.epochs
        self._optimizer = _optimizer(model, settings)
        warm_up = min(settings.warm_up, self.total // _WARM_UP_SHARE)
        self._schedule = get_cosine_schedule_with_warmup(self._optimizer, warm_up, self.total)
        self._step, self._losses = 0, []

    def resume(self) -> int:
        """Load the checkpoint, if there is one, and return the number of its steps."""
        import torch

        path = self._output / CHECKPOINT
        if not path.is_file():
            return 0
        try:
            state = torch.load(path, map_location=self._device, weights_only=True)
        except Exception as problem:  # pickle and zip errors of many types
            raise ModelUnavailable(
                f"The checkpoint {path} is damaged ({type(problem).__name__}): delete it to start anew."
            ) from problem
        if state["signature"] != self._settings.signature(self._material):
            raise ConfigurationError(
                f"{self._output} holds an unfinished training with other settings or sentences: name another folder, "
                f"or delete {path}."
            )
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._step, self._losses = state["step"], list(state["losses"])
        return self._step

    def run(self, listener: Listener) -> float:
        """Train to the end and return the mean loss of the last epoch."""
        import torch

        self._output.mkdir(parents=True, exist_ok=True)
        self._model.train()
        with torch.random.fork_rng(), _enough_memory(self._settings):
            while self._step < self.total:
                loss = self._learn(self._batch(self._step))
                self._step += 1
                self._losses = [*self._losses, loss][-self._per_epoch :]
                if self._step % self._settings.save_every == 0 or self._step == self.total:
                    self._save()
                listener(self._step, self.total, loss)
        return sum(self._losses) / len(self._losses)

    def _batch(self, step: int) -> list[Example]:
        """Return the examples of a step; each epoch has an order of its own, which only the seed decides."""
        import torch

        epoch, number = divmod(step, self._per_epoch)
        order = torch.randperm(
            len(self._material.training), generator=torch.Generator().manual_seed(self._settings.seed * 1009 + epoch)
        ).tolist()
        chosen = order[number * self._settings.batch : (number + 1) * self._settings.batch]
        return [self._material.training[index] for index in chosen]

    def _learn(self, batch: Sequence[Example]) -> float:
        import torch

        torch.manual_seed(self._settings.seed * 1_000_003 + self._step)  # so that dropout is the same after a stop
        ids, mask = padded([example.source for example in batch], self._padding)
        wanted, written = padded([example.target for example in batch], self._padding)
        labels = wanted.masked_fill(written == 0, _IGNORED)
        with self._precision():
            loss = self._model(
                input_ids=ids.to(self._device), attention_mask=mask.to(self._device), labels=labels.to(self._device)
            ).loss
        if not torch.isfinite(loss):
            raise ModelInputError(
                f"The loss is no number at step {self._step + 1}: lower the learning rate, or train in float32."
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        self._optimizer.zero_grad()
        return loss.item()

    def _precision(self) -> Any:
        import torch

        wanted = self._settings.precision
        if wanted == "float32" or (wanted == "auto" and not self._device.startswith("cuda")):
            return nullcontext()
        return torch.autocast(self._device.partition(":")[0], dtype=torch.bfloat16)

    def _save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        import torch

        part = self._output / f".{CHECKPOINT}.part"
        state = {
            "signature": self._settings.signature(self._material),
            "step": self._step,
            "losses": self._losses,
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
        }
        torch.save(state, part)
        part.replace(self._output / CHECKPOINT)


def _optimizer(model: Any, settings: TrainingSettings) -> Any:
    import torch
    from transformers import Adafactor

    if settings.optimizer == "adamw":
        return torch.optim.AdamW(model.parameters(), lr=settings.learning_rate)
    return Adafactor(model.parameters(), lr=settings.learning_rate, scale_parameter=False, relative_step=False)


@contextmanager
def _enough_memory(settings: TrainingSettings) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as problem:
        if isinstance(problem, MemoryError) or "out of memory" in str(problem) or "not enough memory" in str(problem):
            raise ModelUnavailable(
                f"There is not enough memory to train {settings.model} on batches of {settings.batch} sentences: lower "
                "--batch or --max-length, or choose a smaller model."
            ) from problem
        raise
