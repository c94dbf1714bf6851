"""Loaded components and finished results, shared by all runs of a process; safe between threads."""

from __future__ import annotations

import json
import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from projection.registry import build


class Resources:
    """Keep one instance of each component (by name and options) and the latest results.

    A result is found again by stage, component signature and the content of its input, so a change
    of one sentence or setting leaves everything else usable. Kept are at most `results`, of about `megabytes`
    together, and `components` of each role; what was not used for longest goes first. Aligners that
    differ in their extraction or threshold share one encoder.
    """

    measures_memory = False
    """Whether stages say how much memory they took."""

    def __init__(self, results: int = 5000, *, megabytes: float = 512, components: int = 8):
        self._most_results, self._most_bytes, self._most_components = results, megabytes * 1e6, components
        self._lock = threading.RLock()
        self._components: dict[str, OrderedDict[str, Any]] = {}
        self._results: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0

    def component(self, role: str, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """Return the component, built on first use. Raises ConfigurationError as `registry.create` does."""
        key = json.dumps([name, dict(options or {})], sort_keys=True, default=str)
        with self._lock:
            known = self._components.setdefault(role, OrderedDict())
            if key not in known:
                known[key] = build(role, name, dict(options or {}), self.component)
            known.move_to_end(key)
            while len(known) > self._most_components:
                known.popitem(last=False)
            return known[key]

    def result(self, key: Hashable, default: Any = None) -> Any:
        """Return what was kept under `key`, else `default`."""
        with self._lock:
            if key not in self._results:
                return default
            self._results.move_to_end(key)
            return self._results[key][0]

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep `value` under `key`; one that is larger than all results may be together is not kept."""
        if not self._most_results:
            return
        size = size_of(key) + size_of(value)
        with self._lock:
            self._drop(key)
            self._results[key] = value, size
            self._bytes += size
            while len(self._results) > self._most_results or self._bytes > self._most_bytes:
                self._drop(next(iter(self._results)))

    def _drop(self, key: Hashable) -> None:
        _, size = self._results.pop(key, (None, 0))
        self._bytes -= size

    def forget_results(self) -> None:
        """Drop all results; components stay loaded."""
        with self._lock:
            self._results.clear()
            self._bytes = 0


def size_of(value: Any) -> int:
    """Estimate the bytes of a value and all it holds: arrays, dataclasses, mappings and collections.

    Functions count as nothing, so what a closure holds is not seen.
    """
    total, seen, waiting = 0, set(), [value]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or one is None or callable(one):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one) + (0 if getattr(one, "base", None) is None else getattr(one, "nbytes", 0))
        if is_dataclass(one):
            waiting.extend(getattr(one, item.name) for item in fields(one))
        elif isinstance(one, Mapping):
            waiting.extend((*one.keys(), *one.values()))
        elif isinstance(one, tuple | list | set | frozenset):
            waiting.extend(one)
    return total
