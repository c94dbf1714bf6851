"""Groups of methods to compare, by name: the data of method_sets.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class MethodSet:
    """Methods that belong together; `title` is for buttons, `summary` one sentence."""

    title: str
    summary: str
    methods: tuple[str, ...]


@cache
def method_sets() -> Mapping[str, MethodSet]:
    """Return the groups in the order of the file."""
    rows = tomllib.loads(files("projection").joinpath("method_sets.toml").read_text("utf-8"))
    return MappingProxyType(
        {name: MethodSet(row["title"], row["summary"], tuple(row["methods"])) for name, row in rows.items()}
    )
