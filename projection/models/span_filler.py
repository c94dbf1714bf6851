"""A fine-tuned mT5 (any encoder-decoder of transformers) that fills slots with the entities of a sentence.

The generator of T-Projection (García-Ferrero et al., Findings of EMNLP 2023). Its authors published no
weights: `python -m projection train-generator` makes one from labelled sentences.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, ClassVar, NamedTuple

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.models.lazy import loaded_once
from projection.projectors.slots import NOTHING, read_slots, type_name, write_prompt, write_slots
from projection.protocols import Beam, Generation, GenerationRequest, Option

CARD = "generator.json"
"""What a training wrote beside the weights: the names of the labels and the longest line it saw."""

_ROLE = "generator"
_ROOM = 16
_LOGITS = 50_000_000  # numbers held at once while beams are scored


class _Line(NamedTuple):
    """One prompt, its type names and sub-words; `number` is its place in the request."""

    number: int
    prompt: str
    names: tuple[str, ...]
    ids: list[int]


@dataclass(frozen=True, kw_only=True, eq=False)
class SpanFiller:
    """Beam search over a model that was trained to fill slots.

    `model` is a Hugging Face name or the folder of a training. `longest` is the longest prompt in
    sub-words; beyond what the model was trained on there is a warning. `device` is "auto", "cpu", "cuda"
    or "mps"; `batch_tokens` bounds prompts times beams in sub-words. Safe to call from several threads.
    """

    model: str
    name: str = ""
    longest: int = 1024
    device: str = "auto"
    batch_tokens: int = 8192

    options: ClassVar[tuple[Option, ...]] = (
        Option("longest", "Longest sentence with its slots, in sub-words.", minimum=16, maximum=8192, step=16),
        Option("device", "auto takes a GPU when there is one.", choices=hub.DEVICES),
        Option("batch_tokens", "Sub-words of all beams run at once; more needs more memory.", minimum=64,
               maximum=262144, step=64),
    )  # fmt: skip

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.model)
        for setting in ("longest", "batch_tokens"):
            if getattr(self, setting) < 1:
                raise ConfigurationError(f"{self.name}: {setting} must be at least 1.")

    @cached_property
    def signature(self) -> str:
        which = self.name if self.name == self.model else f"{self.name}:{self.model}"
        return f"{which}|longest:{self.longest}"

    @loaded_once
    def _lock(self) -> Lock:
        return Lock()

    @loaded_once
    def _loaded(self) -> tuple[Any, Any, Mapping[str, Any]]:
        """The model on its device, its tokenizer and the card of its training ({} without one)."""
        device = hub.choose_device(self.device)
        model, tokenizer = hub.load_with_tokenizer("AutoModelForSeq2SeqLM", self.model, _ROLE)
        return model.to(device), tokenizer, read_card(self.model)

    def generate(self, requests: Sequence[GenerationRequest], beams: int) -> list[Generation]:
        """Write `beams` answers to each request.

        Raises ModelUnavailable, ConfigurationError for labels without a name, ModelInputError for a prompt
        longer than `longest`.
        """
        if beams < 1:
            raise ConfigurationError(f"{self.name}: beams must be at least 1, not {beams}.")
        model, tokenizer, card = self._loaded
        found: dict[int, Generation] = {}
        with self._lock:  # tokenizers keep state; generate already uses every core
            lines = [self._line(number, request, tokenizer, card) for number, request in enumerate(requests)]
            for batch in self._batches(lines, beams):
                for line, answers in zip(batch, self._answer(model, tokenizer, batch, beams), strict=True):
                    found[line.number] = Generation(line.prompt, line.names, answers, tuple(_doubts(line, card)))
        return [found[number] for number in range(len(requests))]

    def _line(self, number: int, request: GenerationRequest, tokenizer: Any, card: Mapping[str, Any]) -> _Line:
        known = {**card.get("names", {}), **dict(request.names)}
        names = tuple(type_name(label, known) for label in request.labels)
        prompt = write_prompt(request.words, names, request.language)
        ids = encode(tokenizer, prompt)
        if not can_write(tokenizer, names):
            raise ModelUnavailable(
                f"The tokenizer of {self.model} cannot write <{names[0]}>, so it was not trained to fill slots: train "
                "it with `python -m projection train-generator`."
            )
        longest = min(self.longest, getattr(self._loaded[0].config, "max_position_embeddings", None) or self.longest)
        if len(ids) > longest:
            raise ModelInputError(
                f"The sentence has {len(ids)} sub-words with its {len(names)} slots, {self.name} reads at most "
                f"{longest} ({prompt[:40]!r}...): split it, or raise the option longest of the generator."
            )
        return _Line(number, prompt, names, ids)

    def _batches(self, lines: Sequence[_Line], beams: int) -> Iterator[list[_Line]]:
        """Yield lines of similar length, longest first."""
        waiting = sorted(lines, key=lambda line: -len(line.ids))
        while waiting:
            size = max(1, self.batch_tokens // (len(waiting[0].ids) * beams))
            yield waiting[:size]
            waiting = waiting[size:]

    def _answer(self, model: Any, tokenizer: Any, batch: Sequence[_Line], beams: int) -> list[tuple[Beam, ...]]:
        import torch

        ids, mask = padded([line.ids for line in batch], tokenizer.pad_token_id)
        ids, mask = ids.to(model.device), mask.to(model.device)
        with torch.inference_mode():
            sequences = model.generate(
                input_ids=ids, attention_mask=mask, num_beams=beams, num_return_sequences=beams, do_sample=False,
                early_stopping=beams > 1, max_new_tokens=ids.shape[1] + _ROOM, max_length=None,
            )  # fmt: skip
            scores = _mean_log_probabilities(model, tokenizer, ids, mask, sequences, beams)
        texts = tokenizer.batch_decode(sequences, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        answers = []
        for row, line in enumerate(batch):
            of_line = range(row * beams, (row + 1) * beams)
            beams_of_line = [Beam(texts[k].strip(), read_slots(texts[k], line.names), scores[k]) for k in of_line]
            answers.append(tuple(sorted(beams_of_line, key=lambda beam: -beam.log_probability)))
        return answers


def _doubts(line: _Line, card: Mapping[str, Any]) -> Iterator[str]:
    trained = card.get("max_length", 0)
    if trained and len(line.ids) > trained:
        yield f"The generator was trained on up to {trained} sub-words and reads {len(line.ids)} here: check its spans."


def _mean_log_probabilities(model: Any, tokenizer: Any, ids: Any, mask: Any, sequences: Any, beams: int) -> list[float]:
    """Return the mean of log p over the sub-words of each sequence, end included, the decoder's start left out.

    Generation could tell them too, but would hold the scores of the whole vocabulary for every step.
    """
    import torch

    encoded = model.get_encoder()(input_ids=ids, attention_mask=mask)
    wanted = sequences[:, 1:]
    ends = (wanted == tokenizer.eos_token_id).int().cumsum(1)
    counts = (ends - (wanted == tokenizer.eos_token_id).int() == 0) & (wanted != tokenizer.pad_token_id)
    step = max(1, _LOGITS // max(1, wanted.shape[1] * model.config.vocab_size))
    means: list[float] = []
    for start in range(0, len(sequences), step):
        rows = slice(start, start + step)
        sources = torch.arange(start, min(start + step, len(sequences)), device=ids.device) // beams
        output = type(encoded)(last_hidden_state=encoded.last_hidden_state[sources])
        logits = model(
            encoder_outputs=output, attention_mask=mask[sources], decoder_input_ids=sequences[rows, :-1]
        ).logits
        chosen = logits.float().log_softmax(-1).gather(2, wanted[rows, :, None])[..., 0]
        kept = counts[rows]
        means += ((chosen * kept).sum(1) / kept.sum(1).clamp(min=1)).tolist()
    return means


def encode(tokenizer: Any, text: str) -> list[int]:
    """Return the sub-words of a line and the end token.

    A special token in the text ("</s>") is broken by a space: T5's vocabulary holds it as a word like any other.
    """
    for token in tokenizer.all_special_tokens:
        text = text.replace(token, f"{token[0]} {token[1:]}")
    ids = tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
    return [*ids, tokenizer.eos_token_id]


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[Any, Any]:
    """Return (ids, mask), int64 of shape (rows, longest)."""
    import torch

    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def can_write(tokenizer: Any, names: Sequence[str]) -> bool:
    """Say whether a tokenizer has entries for slots of these types (T5's has none for "<")."""
    return tokenizer.unk_token_id not in encode(tokenizer, write_slots(names, [NOTHING] * len(names)))


def read_card(model: str) -> Mapping[str, Any]:
    """Return what a training wrote beside the weights, {} where there is nothing to read."""
    path = hub.model_folder(model, _ROLE) / CARD
    try:
        card = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise ModelUnavailable(f"The generator {model} is damaged: {CARD} cannot be read ({problem}).") from problem
    return card if isinstance(card, dict) else {}
