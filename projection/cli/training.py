"""What the training commands share: labelled sentences in, progress shown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from projection.cli.inputs import Repair, check_single, open_document, say
from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.types import Sentence

INTERRUPTED = 130


def read_labelled(
    paths: Iterable[Path], language: str, repair: Repair | None, encoding: str, command: str
) -> list[Sentence]:
    """Return the sentences of all files. Raises ConfigurationError for one without labels."""
    found: list[Sentence] = []
    for path in paths:
        document = open_document(path, language=language, repair=repair, encoding=encoding)
        check_single(document, f"DATA of {command}")
        if not document.has_labels:
            raise ConfigurationError(
                f"{path} holds no labels: give labelled sentences (`projection label` can make some)."
            )
        found += document.iter_sentences()
    return found


class StepBar:
    """A tqdm bar of the sentences read, then one of the steps with the loss beside it; on a terminal or as wanted.

    An interrupted training ends the command, and says how it goes on.
    """

    def __init__(self, wanted: bool | None):
        self._wanted, self._bar, self._unit = wanted, None, ""

    def __enter__(self) -> StepBar:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._close()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            say("Interrupted. Give the same command again to go on from the last checkpoint.")
            raise typer.Exit(INTERRUPTED) from None

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def reading(self, done: int, total: int) -> None:
        bar = self._of(" sentences", total, 0)
        bar.update(done - bar.n)

    def step(self, done: int, total: int, loss: float) -> None:
        bar = self._of(" steps", total, done - 1)
        bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        bar.update()

    def _of(self, unit: str, total: int, initial: int) -> Any:
        import sys

        from tqdm import tqdm

        if self._bar is None or self._unit != unit:
            self._close()
            hidden = not (sys.stderr.isatty() if self._wanted is None else self._wanted)
            self._unit = unit
            self._bar = tqdm(total=total, initial=initial, disable=hidden, unit=unit, file=sys.stderr)
        return self._bar
