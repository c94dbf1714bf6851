"""What went wrong with single sentences, gathered while a command runs and told at its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from projection.cli.inputs import say

SOME_FAILED = 1
_SHOWN = 5


@dataclass
class Failures:
    """Errors and warnings by their text, with the first sentence each was met in."""

    total: int = 0
    failed: int = 0
    _errors: dict[str, list[str]] = field(default_factory=dict)
    _warnings: dict[str, list[str]] = field(default_factory=dict)

    def add(self, sentence: str, error: str | None, warnings: Iterable[str] = ()) -> None:
        """Note one sentence, `sentence` says which; `error` None means it went well."""
        self.total += 1
        self.failed += error is not None
        if error is not None:
            self._errors.setdefault(error, []).append(sentence)
        for warning in warnings:
            self._warnings.setdefault(warning, []).append(sentence)

    def tell(self) -> int:
        """Report on stderr and return the exit code."""
        for title, messages in (("Warning", self._warnings), ("Failed", self._errors)):
            for message, places in list(messages.items())[:_SHOWN]:
                more = f" and {len(places) - 1} more" if len(places) > 1 else ""
                say(f"{title} (sentence {places[0]}{more}): {message}")
            if len(messages) > _SHOWN:
                say(f"{title}: {len(messages) - _SHOWN} other messages.")
        if self.failed:
            say(f"{self.failed} of {self.total} sentences failed; each has its place in the output, without labels.")
        return SOME_FAILED if self.failed else 0
