"""Load weights once, on first use, whatever thread asks first."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import Any

_LOADING = RLock()


class loaded_once(cached_property):  # noqa: N801  reads like the property it replaces
    """A cached_property whose value is computed exactly once.

    One lock serves all models: transformers changes global torch settings while it loads.
    """

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None or self.attrname in vars(instance):
            return super().__get__(instance, owner)
        with _LOADING:
            return super().__get__(instance, owner)
