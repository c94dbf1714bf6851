"""A chat model of transformers on this computer, which can be held to given answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from projection.errors import ConfigurationError, ModelUnavailable
from projection.models import hub
from projection.models.lazy import loaded_once
from projection.protocols import ChatAnswer, ChatRequest

_ROLE = "chat model"
_LONGEST_ANSWER = 200


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalChat:
    """A transformers causal language model with a chat template, by Hugging Face name or folder.

    Greedy. Where a request has `choices`, each next sub-word is limited to those that continue one of
    them, so the answer is one of them whatever the weights. `device` is "auto", "cpu", "cuda" or "mps";
    `batch_tokens` bounds the padded sub-words of one batch. Safe to call from several threads.
    """

    model: str
    name: str = ""
    device: str = "auto"
    batch_tokens: int = 4096
    where: str = "this computer"

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.model)
        if self.batch_tokens < 1:
            raise ConfigurationError(f"The chat model {self.name}: batch_tokens must be at least 1.")

    @property
    def signature(self) -> str:
        return f"{self.name}|greedy|guided"

    @loaded_once
    def _lock(self) -> Lock:
        return Lock()

    @loaded_once
    def _loaded(self) -> tuple[Any, Any, frozenset[int]]:
        """The model on its device, its tokenizer and the ids that end an answer."""
        device = hub.choose_device(self.device)
        model, tokenizer = hub.load_with_tokenizer("AutoModelForCausalLM", self.model, _ROLE)
        if not tokenizer.chat_template:
            raise ModelUnavailable(
                f"{self.model} has no chat template, so it cannot be asked: choose an instruction-tuned model."
            )
        told = model.generation_config.eos_token_id  # of the turn; the tokenizer may know that of texts only
        ends = {*(told if isinstance(told, list) else [told]), tokenizer.eos_token_id} - {None}
        if not ends:
            raise ModelUnavailable(f"{self.model} has no end token, so its answers never end: choose another model.")
        return model.to(device), tokenizer, frozenset(ends)

    def answer(self, requests: Sequence[ChatRequest]) -> list[ChatAnswer]:
        """Answer each; a conversation beyond the model's positions has that as its problem. Raises ModelUnavailable."""
        if not requests:
            return []
        with self._lock:
            model, tokenizer, ends = self._loaded
            guides: dict[tuple[str, ...], Guide] = {}
            for request in requests:
                if request.choices and request.choices not in guides:
                    guides[request.choices] = Guide.of(request.choices, tokenizer, ends)
            prompts = [_prompt(tokenizer, request.turns) for request in requests]
            rows = [guides.get(request.choices) for request in requests]
            answers = dict(self._too_long(model, prompts, rows))
            left = [number for number in range(len(requests)) if number not in answers]
            for batch in self._batches(left, prompts):
                written = self._write(
                    model, tokenizer, ends, [prompts[row] for row in batch], [rows[row] for row in batch]
                )
                answers |= {number: ChatAnswer(text) for number, text in zip(batch, written, strict=True)}
        return [answers[number] for number in range(len(requests))]

    def _too_long(
        self, model: Any, prompts: Sequence[Sequence[int]], guides: Sequence[Guide | None]
    ) -> Iterator[tuple[int, ChatAnswer]]:
        positions = getattr(model.config, "max_position_embeddings", None)
        for number, (prompt, guide) in enumerate(zip(prompts, guides, strict=True)):
            room = guide.longest if guide else _LONGEST_ANSWER
            if positions and len(prompt) + room > positions:
                yield number, ChatAnswer(problem=(
                    f"The question has {len(prompt)} sub-words and its answer up to {room}, {self.name} reads at most "
                    f"{positions}: split the sentence."
                ))  # fmt: skip

    def _batches(self, numbers: Iterable[int], prompts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Yield the numbers of prompts of similar length, longest first."""
        waiting = sorted(numbers, key=lambda number: -len(prompts[number]))
        while waiting:
            size = max(1, self.batch_tokens // max(1, len(prompts[waiting[0]])))
            yield waiting[:size]
            waiting = waiting[size:]

    def _write(
        self, model: Any, tokenizer: Any, ends: frozenset[int], prompts: list[list[int]], guides: list[Guide | None]
    ) -> list[str]:
        import torch

        start = max(map(len, prompts))
        padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(ends)
        ids = torch.tensor([[padding] * (start - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (start - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        with torch.inference_mode():
            sequences = model.generate(
                ids.to(model.device), attention_mask=mask.to(model.device), do_sample=False, num_beams=1,
                max_new_tokens=max(guide.longest if guide else _LONGEST_ANSWER for guide in guides), max_length=None,
                pad_token_id=padding, eos_token_id=sorted(ends),
                prefix_allowed_tokens_fn=_allowed(guides, start, model.config.vocab_size),
            )[:, start:].tolist()  # fmt: skip
        texts = []
        for sequence, guide in zip(sequences, guides, strict=True):
            end = next((place for place, token in enumerate(sequence) if token in ends), len(sequence))
            free = tokenizer.decode(sequence[:end], skip_special_tokens=True).strip() if guide is None else ""
            texts.append(free if guide is None else guide.text(sequence[:end]))
        return texts


def _allowed(guides: Sequence[Guide | None], start: int, size: int) -> Callable[[int, Any], Sequence[int]] | None:
    """Return transformers' `prefix_allowed_tokens_fn` for a batch, None if nothing is guided."""
    if not any(guides):
        return None
    anything = list(range(size))

    def allowed(row: int, sofar: Any) -> Sequence[int]:
        guide = guides[row]
        return anything if guide is None else guide.next(sofar[start:].tolist())

    return allowed


def _prompt(tokenizer: Any, turns: Sequence[tuple[str, str]]) -> list[int]:
    """Return the conversation as the model reads it, up to where its answer begins.

    Special tokens typed by a user are broken by a space. A template that knows no system turn gets its text at the
    beginning of the first question; a model that can think aloud is told not to.
    """
    from jinja2 import TemplateError

    told = [{"role": role, "content": _harmless(tokenizer, text)} for role, text in turns]
    settings = {"add_generation_prompt": True, "tokenize": False, "enable_thinking": False}
    try:
        prompt = tokenizer.apply_chat_template(told, **settings)
    except TemplateError:
        if told[0]["role"] != "system":
            raise
        question = {"role": "user", "content": f"{told[0]['content']}\n\n{told[1]['content']}"}
        prompt = tokenizer.apply_chat_template([question, *told[2:]], **settings)
    return tokenizer(prompt, add_special_tokens=False)["input_ids"]


def _harmless(tokenizer: Any, text: str) -> str:
    for token in {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}:
        if len(token) > 1:
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


@dataclass(frozen=True, eq=False)
class Guide:
    """The sub-words of some answers as a tree: which may follow, and what was written.

    A node maps each sub-word to the next node; END leads to the text of an answer that is complete there.
    """

    END = -1

    root: Mapping[int, Any]
    ends: tuple[int, ...]
    longest: int
    """Sub-words of the longest answer, its end included."""

    @classmethod
    def of(cls, choices: Sequence[str], tokenizer: Any, ends: Iterable[int]) -> Guide:
        """Raises ConfigurationError if none of `choices` has a sub-word."""
        encoded = tokenizer(list(choices), add_special_tokens=False, split_special_tokens=True, verbose=False)
        root: dict[int, Any] = {}
        for text, ids in zip(choices, encoded["input_ids"], strict=True):
            node = root
            for token in ids:
                node = node.setdefault(token, {})
            if ids:
                node.setdefault(cls.END, text)
        if not root:
            raise ConfigurationError("There is nothing to choose an answer from.")
        return cls(root, tuple(sorted(ends)), 1 + max(map(len, encoded["input_ids"])))

    def next(self, written: Sequence[int]) -> list[int]:
        """Return the ids that may follow `written`: an end only after a complete answer, or after an end."""
        node = self._node(written)
        following = [token for token in node if token != self.END]
        return [*following, *self.ends] if self.END in node or not following else following

    def text(self, written: Sequence[int]) -> str:
        """Return the answer that `written` stands for, "" if it is not complete."""
        return self._node(written).get(self.END, "")

    def _node(self, written: Sequence[int]) -> Mapping[int, Any]:
        node = self.root
        for token in written:
            node = node.get(token, {})
        return node
