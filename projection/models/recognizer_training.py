"""Train a recognizer on labelled sentences: adapters for the encoder in the box, or any Hugging Face encoder.

Each word gets the IOB2 tag of its first sub-word (Devlin et al. 2019); the loss is the cross entropy of the
tags, the optimizer AdamW. Probabilities are calibrated on the held-out sentences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from projection.errors import ConfigurationError
from projection.evaluation.scores import Scores
from projection.models import hub
from projection.models.adapted import ADAPTER, SHIPPED, AdaptedRecognizer
from projection.models.calibration import Calibration, calibrate
from projection.models.embedded import EMBEDDED, LAYERS
from projection.models.recognizer_card import CARD, measure, write_card
from projection.models.recognizer_data import Labelled, prepare, tags_of, without
from projection.models.training import CHECKPOINT, Listener, Loop, check_output, room_in
from projection.types import Sentence

if TYPE_CHECKING:
    from projection.models.recognizer_bases import Base, Reading

ADAPTER_RATE, FINE_TUNING_RATE = 1e-3, 3e-5
HEAD_FACTOR = 5
EPOCHS, MOST_EPOCHS = 4, 40
LEAST_STEPS, LEAST_MORE = 400, 50
"""Steps in which a new head learns something, and one that knows the labels already, however few the sentences."""
_MEASURED_AT_ONCE = 32


@dataclass(frozen=True, kw_only=True)
class RecognizerSettings:
    """All that shapes a recognizer besides its sentences.

    `model` is "e5-small", the encoder in the box, which gets adapters of `rank` (scaled by `alpha` / rank) above hidden
    state `layer` and up to `last_layer`, whose states are labelled; or "e5-ner" or the folder of another recognizer
    made so, whose adapters are trained on; or a Hugging Face name or folder, all of whose weights are trained. What is
    None is as in the recognizer trained on, else 7, 12, 32, and twice the rank (see `resolved`); `epochs` are then 4,
    or as many as make `LEAST_STEPS` (`LEAST_MORE` where the labels are known already), at most 40. The learning rate
    (None: 1e-3 for adapters, 3e-5 for whole encoders; five times that for the head) rises over `warm_up` steps and
    falls along a cosine. Sentences of more than `max_length` sub-words, or more than the model reads, are left out.
    `recased` and `swapped` as in `recognizer_data.prepare`; `runs` as in `training.Loop`; a new head begins as the same
    in all of them.
    """

    model: str = EMBEDDED
    layer: int | None = None
    last_layer: int | None = None
    rank: int | None = None
    alpha: float | None = None
    dropout: float = 0.1
    epochs: int | None = None
    batch: int = 16
    learning_rate: float | None = None
    weight_decay: float = 0.01
    warm_up: int = 100
    max_length: int = 256
    recased: float = 0.0
    swapped: float = 0.0
    runs: int = 1
    seed: int = 0
    device: str = "auto"
    save_every: int = 500

    def __post_init__(self):
        for setting, least in (("layer", 0), ("rank", 1), ("epochs", 1), ("batch", 1), ("warm_up", 0),
                               ("max_length", 8), ("save_every", 1), ("runs", 1)):  # fmt: skip
            value = getattr(self, setting)
            if value is not None and value < least:
                raise ConfigurationError(f"Training: {setting} must be at least {least}, not {value}.")
        lowest, last = self.layer or 0, self.last_layer
        if last is not None and not lowest < last <= LAYERS:
            raise ConfigurationError(
                f"Training: last_layer must be above layer ({lowest}) and at most {LAYERS}, not {last}."
            )
        for setting in ("recased", "swapped", "dropout"):
            if not 0 <= getattr(self, setting) < 1:
                raise ConfigurationError(f"Training: {setting} must be a share from 0 up to 1.")
        if not 0 < self.rate < math.inf:
            raise ConfigurationError(f"Training: learning_rate must be above 0, not {self.rate}.")

    @property
    def is_adapter(self) -> bool:
        return self.model == EMBEDDED or self.start is not None

    @cached_property
    def start(self) -> AdaptedRecognizer | None:
        """The recognizer that is trained on, None where training begins anew."""
        if self.model == SHIPPED:
            return AdaptedRecognizer()
        if hub.is_local_folder(self.model) and (Path(self.model).expanduser() / ADAPTER).is_file():
            return AdaptedRecognizer(model=self.model)
        return None

    def resolved(self) -> RecognizerSettings:
        """Return these settings with the shape of the adapters filled in.

        Raises ConfigurationError where it is not that of the recognizer to train on, or where new adapters would be
        averaged over several runs; ModelUnavailable where that recognizer is damaged.
        """
        if not self.is_adapter:
            return self
        layer, last_layer, rank = (*self.start.layers, self.start.rank) if self.start is not None else (7, LAYERS, 32)
        for name, wanted, there in (("layer", self.layer, layer), ("rank", self.rank, rank)):
            if self.start is not None and wanted not in (None, there):
                raise ConfigurationError(
                    f"Training: the adapters of {self.model} have {name} {there}, not {wanted}: leave {name} out, "
                    f"or begin with {EMBEDDED}."
                )
        rank, last = self.rank or rank, self.last_layer or last_layer
        if self.runs > 1 and (self.start is None or last > last_layer):
            raise ConfigurationError(
                f"Training: new adapters cannot be averaged over {self.runs} runs: train them once, and that "
                "recognizer in several runs."
            )
        return replace(
            self, layer=layer if self.layer is None else self.layer, last_layer=last, rank=rank,
            alpha=self.alpha or 2.0 * rank,
        )  # fmt: skip

    def for_size(self, sentences: int, tags: Sequence[str]) -> RecognizerSettings:
        """Return these settings with the passes over so many sentences filled in: 4, and more for a few."""
        if self.epochs is not None:
            return self
        steps = LEAST_MORE if self.start is not None and self.start.tags == tuple(tags) else LEAST_STEPS
        needed = -(-steps * self.batch // max(1, sentences))
        return replace(self, epochs=min(MOST_EPOCHS, max(EPOCHS, needed)))

    @property
    def rate(self) -> float:
        return self.learning_rate or (ADAPTER_RATE if self.is_adapter else FINE_TUNING_RATE)

    def shaping(self) -> dict[str, Any]:
        """Return what could change the weights."""
        left = {"save_every", "device", "learning_rate"}
        left |= set() if self.is_adapter else {"layer", "last_layer", "rank", "alpha"}
        values = {key: value for key, value in asdict(self).items() if key not in left}
        if self.start is not None:  # wherever its folder lies, it is its weights that count
            values |= {"model": Path(self.model).name, "begun_with": self.start.weights_digest}
        return {**values, "learning_rate": self.rate, "head_rate": round(self.rate * HEAD_FACTOR, 12)}

    def signature(self, material: Labelled) -> str:
        """Return every setting that could change the weights, and the digest of the sentences."""
        return "|".join([*(f"{key}:{value}" for key, value in self.shaping().items()), f"data:{material.digest}"])


@dataclass(frozen=True, slots=True)
class TrainedRecognizer:
    """What a training came to; `scores` and `calibration` are None where nothing was held out."""

    material: Labelled
    signature: str
    """Every setting that could change the weights, as it was filled in, and the digest of the sentences."""
    steps: int
    resumed_at: int
    loss: float
    """Mean over the steps of the last epoch, of the last run, in nats per word."""
    parameters: int
    scores: Scores | None
    calibration: Calibration | None


def train_recognizer(
    sentences: Iterable[Sentence],
    output: Path,
    settings: RecognizerSettings,
    *,
    held_out: float | Sequence[Sentence] = 0.1,
    labels: Collection[str] = (),
    listener: Listener = lambda done, total, loss: None,
    reading: Callable[[int, int], None] = lambda done, total: None,
    tell: Callable[[str], None] = lambda message: None,
    data: str = "",
    licence: str = "",
) -> TrainedRecognizer:
    """Train on the entities of `sentences` and leave a recognizer, with its card, in the folder `output`.

    A training that was stopped goes on from its last checkpoint when it is called again with the same
    sentences and settings, to the same weights. `held_out` and `labels` as in `recognizer_data.prepare`; `data`
    names the sentences in the card and `licence` what may be done with the result; `tell` receives sentences for
    the user, `reading` how many sentences are read. Raises ConfigurationError, ModelUnavailable, ModelInputError
    when the loss is no number.
    """
    import torch

    check_output(output, CARD, "recognizer")
    settings = settings.resolved()
    device = hub.choose_device(settings.device)
    material = prepare(
        sentences, held_out=held_out, labels=labels, recased=settings.recased, swapped=settings.swapped,
        seed=settings.seed,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        base = _base(settings, material.tags, device)
    longest = min(settings.max_length, base.longest or settings.max_length)
    material, readings = _read(base, material, longest, reading)
    settings = settings.for_size(len(readings), material.tags)
    tell(material.description)
    if settings.start is not None and settings.start.licence:
        tell(f"Trained on from {settings.model}: its licence, {settings.start.licence}, holds for the result too.")
    targets = [_targets(*pair, material.tags) for pair in zip(material.training, readings, strict=True)]
    signature = settings.signature(material)
    loop = Loop(
        base.network, _optimizer(base, settings), size=len(readings), epochs=settings.epochs, batch=settings.batch,
        warm_up=settings.warm_up, seed=settings.seed, save_every=settings.save_every, folder=output,
        signature=signature, lengths=[len(one) for one in readings], model=settings.model, runs=settings.runs,
    )  # fmt: skip
    resumed = loop.resume(tell)

    def loss_of(numbers: list[int]) -> Any:
        wanted = torch.from_numpy(np.concatenate([targets[number] for number in numbers])).to(device)
        return torch.nn.functional.cross_entropy(base.logits([readings[number] for number in numbers]), wanted)

    loss = loop.run(loss_of, listener)
    calibration = _calibrated(base, material, longest)
    with room_in(output):
        base.save(output, calibration.temperature if calibration else 1.0)
    parameters = sum(values.numel() for values in base.network.parameters() if values.requires_grad)
    trained = TrainedRecognizer(material, signature, loop.total, resumed, loss, parameters, None, calibration)
    write_card(output, settings, trained, data=data, licence=licence)
    if material.held_out:
        tell(f"Measuring on {len(material.held_out)} held-out sentences.")
        trained = replace(trained, scores=measure(output, material, settings))
        write_card(output, settings, trained, data=data, licence=licence)
    (output / CHECKPOINT).unlink(missing_ok=True)
    return trained


def _base(settings: RecognizerSettings, tags: Sequence[str], device: str) -> Base:
    from projection.models.recognizer_bases import AdapterBase, FineTunedBase

    if settings.is_adapter:
        return AdapterBase(tags, layer=settings.layer, last_layer=settings.last_layer, rank=settings.rank,
                           alpha=settings.alpha, dropout=settings.dropout, device=device,
                           start=settings.start)  # fmt: skip
    return FineTunedBase(settings.model, tags, dropout=settings.dropout, device=device)


def _read(
    base: Base, material: Labelled, longest: int, reading: Callable[[int, int], None]
) -> tuple[Labelled, list[Reading]]:
    """Read the sentences to train on; those that are too long, or have no word with a sub-word, are left out."""
    total = len(material.training)
    readings = base.read(material.training, lambda done: reading(done, total))
    too_long = {number for number, one in enumerate(readings) if len(one) > longest or not len(one.words)}
    if too_long:
        material = without(material, too_long)
        readings = [one for number, one in enumerate(readings) if number not in too_long]
    return material, readings


def _targets(sentence: Sentence, reading: Reading, tags: Sequence[str]) -> Any:
    numbers = {tag: number for number, tag in enumerate(tags)}
    own = tags_of(sentence)
    return np.array([numbers[own[word]] for word in reading.words], np.int64)


def _optimizer(base: Base, settings: RecognizerSettings) -> Any:
    import torch

    head = list(base.head.parameters())
    known = {id(values) for values in head}
    others = [values for values in base.network.parameters() if values.requires_grad and id(values) not in known]
    groups = [{"params": others, "lr": settings.rate}, {"params": head, "lr": settings.rate * HEAD_FACTOR}]
    return torch.optim.AdamW(groups, weight_decay=settings.weight_decay)


def _calibrated(base: Base, material: Labelled, longest: int) -> Calibration | None:
    import torch

    if not material.held_out:
        return None
    base.network.eval()
    readings = base.read(material.held_out, lambda done: None)
    pairs = [(sentence, one) for sentence, one in zip(material.held_out, readings, strict=True)
             if len(one.words) and len(one) <= longest]  # fmt: skip
    if not pairs:
        return None
    logits: list[Any] = []
    with torch.inference_mode():
        for start in range(0, len(pairs), _MEASURED_AT_ONCE):
            batch = [one for _, one in pairs[start : start + _MEASURED_AT_ONCE]]
            found = base.logits(batch).float().cpu().numpy()
            logits += np.split(found, np.cumsum([len(one.words) for one in batch])[:-1])
    return calibrate(logits, [_targets(sentence, one, material.tags) for sentence, one in pairs])
