"""The steps of a training: their order, the schedule, checkpoints; the same weights whether or not it was stopped."""

from __future__ import annotations

import errno
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable

CHECKPOINT = "training.pt"
_PART = f".{CHECKPOINT}.part"
_WARM_UP_SHARE = 10
_BUCKET = 50  # batches whose examples are sorted by length together

Listener = Callable[[int, int, float], None]
"""Called after each step with (steps done, steps in all, loss of the step)."""


class Loop:
    """Train in `epochs` passes over `size` examples, `batch` at a time, with a checkpoint in `folder`; `runs` times.

    Of `network`, a torch module, the parameters that need gradients are trained, and kept in the checkpoint. The
    learning rate rises over `warm_up` steps, at most a tenth of a run, and falls along a cosine to 0. Each epoch has an
    order of its own, which only `seed` decides; with `lengths`, examples of similar length come into one batch, so that
    little is padded. Each of several `runs` begins with the same weights and has orders of its own, those of the seeds
    from `seed` on, and what remains is the mean of their weights (the uniform soup of Wortsman et al. 2022, Model
    soups: averaging weights of multiple fine-tuned models). `signature` tells whether a checkpoint belongs to this
    training, `model` names what is trained where memory runs out.
    """

    def __init__(
        self,
        network: Any,
        optimizer: Any,
        *,
        size: int,
        epochs: int,
        batch: int,
        warm_up: int,
        seed: int,
        save_every: int,
        folder: Path,
        signature: str,
        model: str,
        lengths: Sequence[int] | None = None,
        runs: int = 1,
    ):
        from transformers import get_cosine_schedule_with_warmup

        self._network, self._optimizer, self._size, self._batch = network, optimizer, size, batch
        self._seed, self._save_every, self._folder, self._signature = seed, save_every, folder, signature
        self._lengths, self._model = lengths, model
        self._per_epoch = math.ceil(size / batch)
        self._per_run, self._runs = self._per_epoch * epochs, runs
        self.total = self._per_run * runs
        warm_up = min(warm_up, self._per_run // _WARM_UP_SHARE)
        self._schedule = get_cosine_schedule_with_warmup(optimizer, warm_up, self._per_run)
        self._step, self._losses = 0, []
        self._order: tuple[int, list[list[int]]] = (-1, [])
        self._begun: dict[str, Any] = self._weights() if runs > 1 else {}
        self._fresh = deepcopy((optimizer.state_dict(), self._schedule.state_dict()))
        self._summed: dict[str, Any] = {}

    def resume(self, tell: Callable[[str], None]) -> int:
        """Load the checkpoint, if there is one, and return the number of its steps; a person is told.

        Raises ModelUnavailable for a damaged one, ConfigurationError for that of another training.
        """
        import torch

        path = self._folder / CHECKPOINT
        if not path.is_file():
            return 0
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as problem:  # pickle and zip errors of many types
            raise ModelUnavailable(
                f"The checkpoint {path} is damaged ({type(problem).__name__}): delete it to start anew."
            ) from problem
        if state["signature"] != self._signature:
            raise ConfigurationError(
                f"{self._folder} holds an unfinished training with other settings or sentences: name another folder, "
                f"or delete {path}."
            )
        self._begin_with(state["model"])
        if self._runs > 1:
            self._begun, self._summed = state["begun"], state["summed"]
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._step, self._losses = state["step"], list(state["losses"])
        tell(f"Going on after step {self._step} of {self.total}.")
        return self._step

    def run(self, loss_of: Callable[[list[int]], Any], listener: Listener = lambda done, total, loss: None) -> float:
        """Train to the end and return the mean loss of the last epoch of the last run.

        `loss_of` returns the loss of a batch of example numbers, as a tensor. Raises ModelInputError when it is
        no number, ModelUnavailable when memory runs out.
        """
        import torch

        self._folder.mkdir(parents=True, exist_ok=True)
        self._network.train()
        with torch.random.fork_rng(), self._enough_memory():
            while self._step < self.total:
                loss = self._learn(loss_of)
                self._step += 1
                self._losses = [*self._losses, loss][-self._per_epoch :]
                if self._runs > 1 and self._step % self._per_run == 0:
                    self._end_run()
                if self._step % self._save_every == 0 or self._step == self.total:
                    self._save()
                listener(self._step, self.total, loss)
        return sum(self._losses) / len(self._losses)

    def _end_run(self) -> None:
        """Add the weights to the sum, and begin the next run, or take the mean after the last."""
        for name, values in self._weights().items():
            self._summed[name] = values.add_(self._summed[name]) if name in self._summed else values
        if self._step == self.total:
            self._begin_with({name: values / self._runs for name, values in self._summed.items()})
            self._begun, self._summed = {}, {}
            return
        optimizer, schedule = deepcopy(self._fresh)
        self._begin_with(self._begun)
        self._optimizer.load_state_dict(optimizer)
        self._schedule.load_state_dict(schedule)

    def _learn(self, loss_of: Callable[[list[int]], Any]) -> float:
        import torch

        run, step = divmod(self._step, self._per_run)
        torch.manual_seed((self._seed + run) * 1_000_003 + step)  # so that dropout is the same after a stop
        loss = loss_of(self._numbers(self._step))
        if not torch.isfinite(loss):
            raise ModelInputError(
                f"The loss is no number at step {self._step + 1}: lower the learning rate, or train in float32."
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self._trained().values()), 1.0)
        self._optimizer.step()
        self._schedule.step()
        self._optimizer.zero_grad()
        return loss.item()

    def _numbers(self, step: int) -> list[int]:
        """Return the numbers of the examples of a step."""
        epoch, number = divmod(step, self._per_epoch)
        if self._order[0] != epoch:
            self._order = epoch, self._batches(epoch)
        return self._order[1][number]

    def _batches(self, epoch: int) -> list[list[int]]:
        """Return the numbers of each step of an epoch, counted over all runs."""
        import torch

        run, epoch = divmod(epoch, self._per_run // self._per_epoch)
        generator = torch.Generator().manual_seed((self._seed + run) * 1009 + epoch)
        order = torch.randperm(self._size, generator=generator).tolist()
        if self._lengths is not None:
            bucket = self._batch * _BUCKET
            order = [number for start in range(0, self._size, bucket)
                     for number in sorted(order[start : start + bucket], key=self._lengths.__getitem__)]  # fmt: skip
        batches = [order[start : start + self._batch] for start in range(0, self._size, self._batch)]
        if self._lengths is None:
            return batches
        return [batches[number] for number in torch.randperm(len(batches), generator=generator).tolist()]

    def _trained(self) -> Mapping[str, Any]:
        return {name: values for name, values in self._network.named_parameters() if values.requires_grad}

    def _weights(self) -> dict[str, Any]:
        """Return a copy of what is trained, in main memory: a GPU may have no room for a second one."""
        return {name: values.detach().to("cpu", copy=True) for name, values in self._trained().items()}

    def _begin_with(self, weights: Mapping[str, Any]) -> None:
        import torch

        with torch.no_grad():
            for name, values in self._trained().items():
                values.copy_(weights[name])

    def _save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        import torch

        part = self._folder / _PART
        state = {
            "signature": self._signature,
            "step": self._step,
            "losses": self._losses,
            "model": {name: values.detach() for name, values in self._trained().items()},
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            **({"begun": self._begun, "summed": self._summed} if self._runs > 1 else {}),
        }
        try:
            with room_in(self._folder):
                torch.save(state, part)
                part.replace(self._folder / CHECKPOINT)
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def _enough_memory(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, MemoryError) as problem:
            text = str(problem)
            if isinstance(problem, MemoryError) or "out of memory" in text or "not enough memory" in text:
                raise ModelUnavailable(
                    f"There is not enough memory to train {self._model} on batches of {self._batch} sentences: lower "
                    "--batch or --max-length, or choose a smaller model."
                ) from problem
            raise


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Raise ModelUnavailable with a sentence where a file of a training cannot be written."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError, RuntimeError) as problem:
        text = str(problem)
        full = getattr(problem, "errno", None) == errno.ENOSPC or "No space" in text or "file write" in text
        full = full or "PytorchStreamWriter" in text
        if isinstance(problem, RuntimeError) and not full:
            raise
        reason = "the disk is full" if full else text.partition("\n")[0]
        raise ModelUnavailable(
            f"{folder} cannot be written ({reason}): make room or give write permission, then give the same command "
            "again; it goes on from the last checkpoint."
        ) from problem


def check_output(output: Path, card: str, what: str) -> None:
    """Raise ConfigurationError for a folder that holds anything but an unfinished training.

    `card` is the file by which a finished `what` ("generator") is known.
    """
    if output.is_file():
        raise ConfigurationError(f"{output} is a file: name a new folder.")
    if not output.is_dir() or (output / CHECKPOINT).is_file():
        return
    if (output / card).is_file():
        raise ConfigurationError(f"{output} holds a trained {what} already: name another folder, or delete it.")
    if any(file.name != _PART for file in output.iterdir()):
        raise ConfigurationError(f"{output} is not empty: name a new folder.")
