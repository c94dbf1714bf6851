"""A file of translations, so that a long run goes on where it ended."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from projection.errors import FormatError
from projection.types import Translation

Key = tuple[str, str, str]
_FIELDS = ("translator", "language", "text")


class Translations:
    """Translations kept in a JSONL file: one object per line with translator, language, text, translation, warnings.

    `translator` is the signature of the one that made it, so that another one or another setting translates
    anew. A last line that was cut off is dropped when the file is opened. Raises FormatError for any
    other line that is none of ours.
    """

    def __init__(self, path: Path, translator: str):
        self._path, self._translator = path, translator
        self._known: dict[Key, Translation] = {}
        if path.exists():
            self._load()

    def _load(self) -> None:
        whole = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                try:
                    row = json.loads(line)
                    key = tuple(row[name] for name in _FIELDS)
                    self._known[key] = Translation(row["translation"], tuple(row["warnings"]))
                except (ValueError, KeyError, TypeError) as problem:
                    raise FormatError(
                        f"this is no line of a file of translations ({problem}).",
                        path=str(self._path),
                        line=number,
                        remedy="Name another file with --translations, or correct or delete the line.",
                    ) from None
                whole += len(line)
        if whole < self._path.stat().st_size:
            os.truncate(self._path, whole)

    def get(self, language: str, text: str) -> Translation | None:
        return self._known.get((self._translator, language, text))

    def keep(self, language: str, made: Iterable[tuple[str, Translation]]) -> None:
        """Write (text, translation) pairs to the file at once, and to the disk."""
        lines = []
        for text, translation in made:
            self._known[self._translator, language, text] = translation
            row = dict(zip(_FIELDS, (self._translator, language, text), strict=True))
            row |= {"translation": translation.text, "warnings": list(translation.warnings)}
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
        if not lines:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
