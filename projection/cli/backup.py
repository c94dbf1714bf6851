"""`backup` and `restore`: all projects and corrections to one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from projection.cli.inputs import say

_COUNTED = {"project": "projects", "sentence": "sentences", "event": "changes"}
File = Annotated[Path, typer.Argument(metavar="FILE", help="One file for everything.")]


def backup(file: File) -> None:
    """Write all projects and corrections to one file. The app may be running.

    The file is the same whether the store is SQLite or PostgreSQL, so it also moves work from one to the other.

    \b
    Examples:
      projection backup friday.sqlite
      PROJECTION_DATABASE_URL=postgresql+psycopg://... projection backup friday.sqlite
    """
    from projection.corrections.backup import backup as write
    from projection.settings import settings

    kept = write(settings().database, file)
    say(f"{kept.file}: {_numbers(kept.rows)}, checked, {kept.file.stat().st_size / 1e6:.1f} MB.")


def restore(file: File) -> None:
    """Let the store be as in a backup. What it holds now is kept in a file beside it.

    Start the app again afterwards, so that no page goes on with what it showed before.

    \b
    Example:
      projection restore friday.sqlite
    """
    from projection.corrections.backup import restore as bring_back
    from projection.settings import settings

    done = bring_back(settings().database, file)
    say(f"Restored {_numbers(done.rows)} from {file}. Start the app again.")
    if done.before:
        say(f"What was there before is in {done.before}.")


def _numbers(rows: dict[str, int]) -> str:
    return ", ".join(f"{rows[table]} {name}" for table, name in _COUNTED.items())
