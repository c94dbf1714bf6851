"""The components of the server with results of their own: a whole corpus would push out those of everybody else."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from projection.pipeline import Resources


class Passing(Resources):
    """Resources that share what is loaded in `pool` and soon forget their results.

    With `measured` the results of the pool are not used either, so that the seconds of every stage are real; and every
    stage says how much memory it took.
    """

    def __init__(self, pool: Resources, *, results: int, measured: bool = False):
        super().__init__(results=results)
        self._pool, self._measured = pool, measured
        self.measures_memory = measured

    def component(self, role: str, name: str, options: Any = None) -> Any:
        return self._pool.component(role, name, options)

    def result(self, key: Hashable, default: Any = None) -> Any:
        own = super().result(key, _ABSENT)
        if own is not _ABSENT:
            return own
        return default if self._measured else self._pool.result(key, default)


_ABSENT = object()
