"""Instruction-following language models: an endpoint that speaks OpenAI's protocol, or a model on this computer.

Nothing is asked unless the user names an endpoint or a model.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.models.lazy import loaded_once
from projection.protocols import ChatModel, ChatRequest

KEY_VARIABLE = "PROJECTION_CHAT_KEY"
_ROLE = "chat model"
_LONGEST_ANSWER = 200
_LONGEST_WAIT = 30.0


def chat_for(
    model: str, name: str = "", timeout: float = 60.0, attempts: int = 4, workers: int = 4, device: str = "auto"
) -> ChatModel:
    """Return the chat model of a name: "http(s)://HOST/v1#MODEL" is an endpoint, all else a model on this computer."""
    if model.startswith(("http://", "https://")):
        return Endpoint(url=model, name=name, timeout=timeout, attempts=attempts, workers=workers)
    return LocalChat(model=model, name=name, device=device)


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """Any server with OpenAI's `/chat/completions`: OpenAI, vLLM, llama.cpp, Ollama, LM Studio, ...

    `url` is its base address and the model, "http://localhost:11434/v1#llama3.2". The key, if one is
    needed, is read from the environment variable PROJECTION_CHAT_KEY on each call and kept nowhere.
    Temperature is 0. `timeout` is in seconds per question; a busy or failing server (429, 5xx) is
    asked up to `attempts` times, waiting longer each time; `workers` questions are asked at once.
    """

    url: str
    name: str = ""
    timeout: float = 60.0
    attempts: int = 4
    workers: int = 4

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.url)
        if not (self._parts.hostname and self._parts.fragment):
            raise ConfigurationError(
                f"{self.url!r} does not name a host and a model: write http://HOST/v1#MODEL, for example "
                "http://localhost:11434/v1#llama3.2."
            )
        for setting, least in (("timeout", 0.001), ("attempts", 1), ("workers", 1)):
            if not getattr(self, setting) >= least:
                raise ConfigurationError(f"The chat model {self.name}: {setting} must be at least {least}.")

    @property
    def _parts(self):
        return urlsplit(self.url)

    @property
    def where(self) -> str:
        return self._parts.netloc.rpartition("@")[2]

    @property
    def signature(self) -> str:
        return f"{self._parts.scheme}://{self.where}{self._parts.path}#{self._parts.fragment}|temperature:0"

    def answer(self, requests: Sequence[ChatRequest]) -> list[str]:
        """Ask the server; `pieces` cannot be enforced there. Raises ModelUnavailable naming the host."""
        if not requests:
            return []
        import httpx

        key = os.environ.get(KEY_VARIABLE, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        with (
            httpx.Client(timeout=self.timeout, headers=headers) as client,
            ThreadPoolExecutor(min(self.workers, len(requests)), "chat") as pool,
        ):
            return list(pool.map(lambda request: self._ask(client, request), requests))

    def _ask(self, client: Any, request: ChatRequest) -> str:
        address = f"{self._parts.scheme}://{self._parts.netloc}{self._parts.path.rstrip('/')}/chat/completions"
        body = {
            "model": self._parts.fragment,
            "messages": [{"role": role, "content": text} for role, text in request.turns],
            "temperature": 0,
            "max_tokens": _LONGEST_ANSWER,
        }
        for attempt in range(1, self.attempts + 1):
            reply = self._post(client, address, body)
            if reply.status_code != 429 and reply.status_code < 500:
                break
            if attempt < self.attempts:
                time.sleep(_pause(reply.headers.get("Retry-After"), attempt))
        if reply.status_code in (401, 403):
            raise ModelUnavailable(f"{self.where} refuses the key ({reply.status_code}): set {KEY_VARIABLE}.")
        if reply.status_code == 404:
            raise ModelUnavailable(f"{self.where} has no model {self._parts.fragment!r} at {self._parts.path} (404).")
        if reply.status_code >= 400:
            raise ModelUnavailable(
                f"{self.where} failed {attempt} times (status {reply.status_code}: {_short(reply.text)}). Try again "
                "later, or choose another endpoint."
            )
        return self._content(reply)

    def _post(self, client: Any, address: str, body: dict[str, Any]) -> Any:
        import httpx

        try:
            return client.post(address, json=body)
        except httpx.TimeoutException as problem:
            raise ModelUnavailable(
                f"{self.where} did not answer within {self.timeout:g} s: raise the option timeout, or choose a "
                "faster model."
            ) from problem
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise ModelUnavailable(
                f"{self.where} cannot be reached ({problem}): start the server, or correct the address."
            ) from problem

    def _content(self, reply: Any) -> str:
        try:
            content = reply.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError) as problem:
            raise ModelUnavailable(
                f"{self.where} does not speak OpenAI's chat protocol ({_short(reply.text)}): the address usually ends "
                "in /v1."
            ) from problem
        return content if isinstance(content, str) else ""


def _pause(wanted: str | None, attempt: int) -> float:
    """Return the seconds to wait before the next attempt: what the server asks for, else 1, 2, 4, ..."""
    try:
        seconds = float(wanted) if wanted else 2.0 ** (attempt - 1)
    except ValueError:  # a date
        seconds = 2.0 ** (attempt - 1)
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:80]}…" if len(text) > 80 else text or "an empty answer"


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalChat:
    """A transformers causal language model with a chat template, by Hugging Face name or folder.

    Greedy. Where a request has `pieces`, each next sub-word is limited to those that continue a run of
    them, so the answer is a part of the text whatever the weights.
    """

    model: str
    name: str = ""
    device: str = "auto"
    where: str = "this computer"

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.model)

    @property
    def signature(self) -> str:
        return f"{self.name}|greedy|guided"

    @cached_property
    def _lock(self) -> Lock:
        return Lock()

    @loaded_once
    def _parts(self) -> tuple[Any, Any]:
        device = hub.choose_device(self.device)
        model, tokenizer = hub.load_with_tokenizer("AutoModelForCausalLM", self.model, _ROLE)
        if not tokenizer.chat_template:
            raise ModelUnavailable(
                f"{self.model} has no chat template, so it cannot be asked: choose an instruction-tuned model."
            )
        return model.to(device), tokenizer

    def answer(self, requests: Sequence[ChatRequest]) -> list[str]:
        """Raises ModelUnavailable; ModelInputError for a conversation beyond the model's positions."""
        if not requests:
            return []
        parts = self._parts
        with self._lock:
            return [self._answer(request, *parts) for request in requests]

    def _answer(self, request: ChatRequest, model: Any, tokenizer: Any) -> str:
        import torch

        turns = [{"role": role, "content": text} for role, text in request.turns]
        prompt = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
        ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")["input_ids"]
        guide = Guide.of(request.pieces, tokenizer) if request.pieces else None
        start = ids.shape[1]
        positions = getattr(model.config, "max_position_embeddings", None) or start + _LONGEST_ANSWER
        room = guide.longest if guide else min(_LONGEST_ANSWER, positions - start)
        if room < 1 or start + room > positions:
            raise ModelInputError(
                f"The question has {start} sub-words and its answer up to {max(room, 1)}, {self.name} reads at most "
                f"{positions}: split the sentence."
            )
        allowed = {"prefix_allowed_tokens_fn": lambda _, sofar: guide.next(sofar[start:].tolist())} if guide else {}
        with torch.inference_mode():
            written = model.generate(
                ids.to(model.device), attention_mask=torch.ones_like(ids).to(model.device), do_sample=False,
                num_beams=1, max_new_tokens=room, max_length=None, pad_token_id=tokenizer.pad_token_id or 0, **allowed,
            )[0, start:].tolist()  # fmt: skip
        return guide.text(written) if guide else tokenizer.decode(written, skip_special_tokens=True).strip()


@dataclass(frozen=True)
class Guide:
    """Which sub-words may follow, so that the answer is a run of `pieces`.

    `first[k]` are the sub-words of piece k at the start of an answer, `later[k]` those after another piece;
    `end` closes the answer.
    """

    pieces: tuple[str, ...]
    first: tuple[tuple[int, ...], ...]
    later: tuple[tuple[int, ...], ...]
    end: int

    @classmethod
    def of(cls, pieces: Sequence[str], tokenizer: Any) -> Guide:
        """Raises ModelUnavailable for a tokenizer without an end token."""
        if tokenizer.eos_token_id is None:
            raise ModelUnavailable("The chat model's tokenizer has no end token, so it cannot be guided.")

        def ids(text: str) -> tuple[int, ...]:
            return tuple(tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])

        bare = tuple(ids(piece.lstrip()) for piece in pieces)
        return cls(tuple(pieces), bare, tuple(ids(piece) for piece in pieces), tokenizer.eos_token_id)

    @property
    def longest(self) -> int:
        """The greatest number of sub-words of an answer, its end included."""
        return 1 + max(map(len, self.first), default=0) + sum(map(len, self.later))

    def next(self, written: Sequence[int]) -> list[int]:
        """Return the ids that may follow `written`."""
        if self.end in written:
            return [self.end]
        found: set[int] = set()
        for _, stop, rest in self._ways(written):
            found |= {rest[0]} if rest else {self.end, *(self.later[stop][:1] if stop < len(self.pieces) else ())}
        return sorted(found) or [self.end]

    def text(self, written: Sequence[int]) -> str:
        """Return the run that `written` stands for, the leftmost if there are several."""
        end = list(written).index(self.end) if self.end in written else len(written)
        complete = [(start, stop) for start, stop, rest in self._ways(written[:end]) if not rest]
        if not complete:
            return ""
        start, stop = min(complete)
        return "".join(self.pieces[start:stop]).strip()

    def _ways(self, written: Sequence[int]) -> list[tuple[int, int, tuple[int, ...]]]:
        """Return each (first piece, one past the last that is begun, sub-words of that one still to write)."""
        written, ways = tuple(written), []
        for start in range(len(self.pieces)):
            ids, stop = self.first[start], start + 1
            while len(ids) < len(written) and stop < len(self.pieces):
                ids, stop = ids + self.later[stop], stop + 1
            if ids and ids[: len(written)] == written:
                ways.append((start, stop, ids[len(written) :]))
        return ways
