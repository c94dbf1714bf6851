"""Writing results: whole or not at all, and never over what is being read."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from projection.errors import ConfigurationError


@contextmanager
def written(path: Path | None) -> Iterator[BinaryIO | None]:
    """Open `path` for writing; the file appears under its name only when the block ends well.

    A device or pipe is written to directly. None yields None.
    """
    if path is None:
        yield None
        return
    special = path.exists() and not path.is_file()
    final = path if special else path.resolve()  # /dev/stdout may lead to a pipe, which has no path
    part = final if special else final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            if not special:
                os.fsync(stream.fileno())
        if not special:
            part.replace(final)
    except BaseException as problem:
        if not special:
            part.unlink(missing_ok=True)
        if isinstance(problem, OSError) and (problem.filename == str(part) or problem.errno == errno.ENOSPC):
            raise OSError(problem.errno, problem.strerror, str(path)) from problem
        raise


@contextmanager
def all_written(*paths: Path | None) -> Iterator[list[BinaryIO | None]]:
    """Open several outputs; none appears when the block fails."""
    with ExitStack() as stack:
        yield [stack.enter_context(written(path)) for path in paths]


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Raise ConfigurationError for an output that is an input or another output, or has no folder."""
    read = {path.resolve() for path in inputs if path}
    seen: set[Path] = set()
    for path in filter(None, outputs):
        final = path.resolve()
        if final in read:
            raise ConfigurationError(f"{path} is also an input and would be lost: name another output.")
        if final in seen:
            raise ConfigurationError(f"{path} is named for two outputs: name two files.")
        if final.is_dir():
            raise ConfigurationError(f"{path} is a folder: name a file in it.")
        if not final.parent.is_dir():
            raise ConfigurationError(f"The folder {path.parent} does not exist: make it first.")
        seen.add(final)


@contextmanager
def progress_bar(total: int, wanted: bool | None):
    """Yield a tqdm bar on stderr; shown on a terminal, or as `wanted` says."""
    from tqdm import tqdm

    shown = sys.stderr.isatty() if wanted is None else wanted
    with tqdm(total=total, disable=not shown, unit=" sentences", file=sys.stderr, dynamic_ncols=True) as bar:
        yield bar
