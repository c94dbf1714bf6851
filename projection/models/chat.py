"""Instruction-following language models, by name; nothing is asked unless the user names one.

"http(s)://HOST/v1#MODEL" is an endpoint that speaks OpenAI's protocol (see `chat_endpoint`), all else a
transformers model on this computer (see `chat_local`).
"""

from __future__ import annotations

from projection.models.chat_endpoint import Endpoint
from projection.models.chat_local import LocalChat
from projection.protocols import ChatModel


def chat_for(
    model: str,
    name: str = "",
    timeout: float = 60.0,
    attempts: int = 4,
    workers: int = 4,
    device: str = "auto",
    batch_tokens: int = 4096,
) -> ChatModel:
    """Return the chat model of a name; `timeout`, `attempts` and `workers` are those of an Endpoint, the rest local.

    Raises ConfigurationError for an address without a host or model.
    """
    if model.startswith(("http://", "https://")):
        return Endpoint(url=model, name=name, timeout=timeout, attempts=attempts, workers=workers)
    return LocalChat(model=model, name=name, device=device, batch_tokens=batch_tokens)
