"""Loaded components and finished results, shared by all runs of a process; safe between threads."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any

from projection.registry import create

_MISSING = object()


class Resources:
    """Keep one instance of each component (by name and options) and the latest results.

    A result is found again by stage, component signature and the content of its input, so a change
    of one sentence or setting leaves everything else usable. At most `results` are kept, the least
    recently used go first.
    """

    def __init__(self, results: int = 5000):
        self._limit = results
        self._lock = threading.RLock()
        self._components: dict[str, Any] = {}
        self._results: OrderedDict[Hashable, Any] = OrderedDict()

    def component(self, role: str, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """Return the component, built on first use. Raises ConfigurationError as `registry.create` does."""
        key = json.dumps([role, name, dict(options or {})], sort_keys=True, default=str)
        with self._lock:
            if key not in self._components:
                self._components[key] = create(role, name, **dict(options or {}))
            return self._components[key]

    def result(self, key: Hashable, default: Any = None) -> Any:
        """Return what was kept under `key`, else `default`."""
        with self._lock:
            found = self._results.get(key, _MISSING)
            if found is _MISSING:
                return default
            self._results.move_to_end(key)
            return found

    def keep(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._results[key] = value
            self._results.move_to_end(key)
            while len(self._results) > self._limit:
                self._results.popitem(last=False)

    def forget_results(self) -> None:
        """Drop all results; components stay loaded."""
        with self._lock:
            self._results.clear()
