"""A language model behind OpenAI's chat protocol: OpenAI, vLLM, llama.cpp, Ollama, LM Studio, ..."""

from __future__ import annotations

import os
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import SplitResult, urlsplit

from projection.errors import ConfigurationError, ModelUnavailable
from projection.protocols import ChatAnswer, ChatRequest

KEY_VARIABLE = "PROJECTION_CHAT_KEY"
FAILURES_IN_A_ROW = 5
"""After so many questions without an answer the endpoint counts as down."""

_LONGEST_ANSWER = 1000
_LONGEST_WAIT = 30.0
_REMEMBERED = 10_000
_FAILURE_SECONDS = 60.0
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_REPLACED = {"max_tokens": "max_completion_tokens", "temperature": None}
"""Parameters some models refuse, and what they want instead."""

Turns = tuple[tuple[str, str], ...]


class _Failed(Exception):
    """One question has no answer; the message says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """Any server with OpenAI's `/chat/completions`.

    `url` is its base address and the model, "http://localhost:11434/v1#llama3.2". The key, if one is
    needed, is read from the environment variable PROJECTION_CHAT_KEY on each call and kept nowhere. Texts go
    to this host only; redirections are not followed. Temperature is 0. `timeout` is in seconds per
    question; a busy or failing server (429, 5xx, a broken connection) is asked up to `attempts` times,
    waiting longer each time; `workers` questions are asked at once. Answers are remembered, failures for a
    minute, so that a batch that is tried again in parts asks nothing twice. Safe to call from several threads.
    """

    url: str
    name: str = ""
    timeout: float = 60.0
    attempts: int = 4
    workers: int = 4
    _known: OrderedDict[Turns, tuple[ChatAnswer, float]] = field(default_factory=OrderedDict, init=False, repr=False)
    _refused: set[str] = field(default_factory=set, init=False, repr=False)
    _lock: Any = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.url)
        parts = self._parts
        if parts.username or parts.password or parts.query:
            raise ConfigurationError(
                f"The address of {parts.hostname} holds a user, password or query: leave them out, and put a key into "
                f"the environment variable {KEY_VARIABLE}."
            )
        if not (parts.hostname and parts.fragment):
            raise ConfigurationError(
                f"{self.url!r} does not name a host and a model: write http://HOST/v1#MODEL, for example "
                "http://localhost:11434/v1#llama3.2."
            )
        for setting, least in (("timeout", 0.001), ("attempts", 1), ("workers", 1)):
            if not getattr(self, setting) >= least:
                raise ConfigurationError(f"The chat model {self.name}: {setting} must be at least {least}.")

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def where(self) -> str:
        return self._parts.netloc

    @property
    def signature(self) -> str:
        return f"{self.url}|temperature:0"

    def answer(self, requests: Sequence[ChatRequest]) -> list[ChatAnswer]:
        """Ask the server; `choices` cannot be enforced there.

        A question that fails on its own (a timeout, a refusal) has the reason as its answer's problem. Raises
        ModelUnavailable, naming the host, if the server cannot be reached, refuses the key, lacks the model, or
        answers none of 5 questions in a row.
        """
        wanted = list(dict.fromkeys(request.turns for request in requests))
        found = {turns: answer for turns in wanted if (answer := self._recall(turns))}
        if asked := [turns for turns in wanted if turns not in found]:
            found |= zip(asked, self._ask_all(asked), strict=True)
            self._remember({turns: found[turns] for turns in asked})
        return [found[request.turns] for request in requests]

    def _recall(self, turns: Turns) -> ChatAnswer | None:
        with self._lock:
            answer, since = self._known.get(turns, (None, 0.0))
        is_old = answer is not None and answer.problem and time.monotonic() - since > _FAILURE_SECONDS
        return None if is_old else answer

    def _remember(self, answers: dict[Turns, ChatAnswer]) -> None:
        with self._lock:
            self._known.update((turns, (answer, time.monotonic())) for turns, answer in answers.items())
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _ask_all(self, asked: Sequence[Turns]) -> list[ChatAnswer]:
        import httpx

        key = os.environ.get(KEY_VARIABLE, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(timeout=self.timeout, headers=headers, trust_env=not _is_here(self._parts.hostname))
        failures = _Streak()
        with client, ThreadPoolExecutor(min(self.workers, len(asked)), "chat") as pool:
            try:
                return list(pool.map(lambda turns: self._ask(client, turns, failures, key), asked))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _ask(self, client: Any, turns: Turns, failures: _Streak, key: str) -> ChatAnswer:
        try:
            answer = ChatAnswer(self._content(self._reply(client, turns)))
        except _Failed as problem:
            said = str(problem).replace(key, "…") if key else str(problem)
            if failures.count(True) >= FAILURES_IN_A_ROW:
                raise ModelUnavailable(f"{said} So it went with {FAILURES_IN_A_ROW} questions in a row.") from None
            return ChatAnswer(problem=said)
        failures.count(False)
        return answer

    def _reply(self, client: Any, turns: Turns) -> Any:
        """Return the server's reply of status 200 to 399."""
        body = {"model": self._parts.fragment, "messages": [{"role": role, "content": text} for role, text in turns]}
        for attempt in range(1, self.attempts + 1):
            reply = self._post(client, body, is_last=attempt == self.attempts)
            if reply is not None and reply.status_code != 429 and reply.status_code < 500:
                break
            if attempt < self.attempts:
                time.sleep(_pause(reply.headers.get("Retry-After") if reply is not None else None, attempt))
        if reply.status_code in (401, 403):
            raise ModelUnavailable(f"{self.where} refuses the key ({reply.status_code}): set {KEY_VARIABLE}.")
        if reply.status_code == 404:
            raise ModelUnavailable(f"{self.where} has no model {self._parts.fragment!r} at {self._parts.path} (404).")
        if reply.status_code >= 400:
            times = f" {attempt} times" if attempt > 1 else ""
            raise _Failed(f"{self.where} failed{times} (status {reply.status_code}: {_short(reply.text)}).")
        return reply

    def _post(self, client: Any, body: dict[str, Any], *, is_last: bool) -> Any:
        """Return the reply, None for a broken connection that may be tried again."""
        import httpx

        address = f"{self._parts.scheme}://{self._parts.netloc}{self._parts.path.rstrip('/')}/chat/completions"
        try:
            reply = client.post(address, json=body | self._parameters)
            while reply.status_code == 400 and self._drop_refused(reply.text):
                reply = client.post(address, json=body | self._parameters)
            return reply
        except httpx.ConnectTimeout as problem:
            raise ModelUnavailable(
                f"{self.where} cannot be reached within {self.timeout:g} s: start the server, or correct the address."
            ) from problem
        except httpx.TimeoutException:
            raise _Failed(
                f"{self.where} did not answer within {self.timeout:g} s (option timeout of the chat model)."
            ) from None
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as problem:
            if is_last:
                raise _Failed(f"{self.where} broke the connection ({type(problem).__name__}).") from None
            return None
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise ModelUnavailable(
                f"{self.where} cannot be reached ({problem}): start the server, or correct the address."
            ) from problem

    @property
    def _parameters(self) -> dict[str, Any]:
        wanted = {"temperature": 0, "max_tokens": _LONGEST_ANSWER}
        named = {_REPLACED[name] if name in self._refused else name: value for name, value in wanted.items()}
        return {name: value for name, value in named.items() if name}

    def _drop_refused(self, complaint: str) -> bool:
        """Note the parameters a complaint names; say whether that is news."""
        named = {name for name in _REPLACED if name in complaint} - self._refused
        self._refused.update(named)
        return bool(named)

    def _content(self, reply: Any) -> str:
        try:
            content = reply.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError):
            raise _Failed(
                f"{self.where} does not speak OpenAI's chat protocol ({_short(reply.text)}): the address usually ends "
                "in /v1."
            ) from None
        if isinstance(content, list):  # parts of text
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        return _THOUGHTS.sub("", content).strip() if isinstance(content, str) else ""


class _Streak:
    """Counts questions that failed since the last that did not."""

    def __init__(self):
        self._lock, self._number = Lock(), 0

    def count(self, failed: bool) -> int:
        with self._lock:
            self._number = self._number + 1 if failed else 0
            return self._number


def _is_here(host: str | None) -> bool:
    """Say whether a host is this computer, which no proxy should stand before."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


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
