"""The command line: `python -m projection`. Each command has a module; nothing heavy is imported before it runs."""

from projection.cli.app import app

__all__ = ["app"]
