"""Load weights once, on first use, whatever thread asks first, and share them between components."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar
from weakref import WeakValueDictionary

_LOADING = RLock()
Value = TypeVar("Value")
_SHARED: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()


class loaded_once(cached_property):  # noqa: N801  reads like the property it replaces
    """A cached_property whose value is computed exactly once.

    One lock serves all models: transformers changes global torch settings while it loads.
    """

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None or self.attrname in vars(instance):
            return super().__get__(instance, owner)
        with _LOADING:
            return super().__get__(instance, owner)


def all_shared() -> list[Any]:
    """Return everything that is shared and still held by somebody; never waits for a model that is being loaded."""
    return [value for reference in _SHARED.valuerefs() if (value := reference()) is not None]


def shared(key: Hashable, load: Callable[[], Value]) -> Value:
    """Return what `load` made when `key` was asked for before, if somebody still holds it; else load it now."""
    with _LOADING:
        value = _SHARED.get(key)
        if value is None:
            value = _SHARED[key] = load()
        return value
