"""The command line that the benchmarks of methods share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.variants import base_of
from projection import registry
from projection.cli.options import parse_options
from projection.errors import ConfigurationError
from projection.pipeline import ROLES

PLACES = ("translator", "recognizer", "target_recognizer", "aligner")


def parser(description: str, data_help: str, languages: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser with the options that all benchmarks of methods have."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--data", type=Path, default=os.environ.get("PROJECTION_DATA"), help=data_help)
    made.add_argument(
        "--methods", type=names, default=(), metavar="NAME,…",
        help="a method with all its presets and published settings, or METHOD:PRESET (METHOD:default: as it comes); "
        "default: everything that can run here",
    )  # fmt: skip
    made.add_argument("--languages", type=names, default=tuple(languages), help=f"default: {','.join(languages)}")
    made.add_argument(
        "--limit", type=count, default=0, metavar="N", help="the first N sentences only, for a quick look"
    )
    made.add_argument("--aligner", help="default: the project's own; published: mbert:itermax, mbert:softmax")
    made.add_argument("--target-recognizer", help="recognizer of the target language, or a Hugging Face name")
    made.add_argument(
        "--option", action="append", default=[], metavar="PLACE.KEY=VALUE",
        help="a setting of a component or of every variant of a method, such as t-projection.generator=FOLDER",
    )  # fmt: skip
    made.add_argument("--json", action="store_true", help="unrounded figures for programs")
    return made


def names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))


def count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of sentences")
    return int(text)


def data_folder(arguments: argparse.Namespace) -> Path:
    """Return the folder of --data. Raises ConfigurationError when none is named or it is not there."""
    if not arguments.data:
        raise ConfigurationError("Name the folder of the corpora with --data, or set PROJECTION_DATA.")
    folder = Path(arguments.data).expanduser()
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is not a folder: name the folder of the corpora with --data.")
    return folder


def settings(arguments: argparse.Namespace, chosen: dict[str, str | None]) -> dict[str, dict[str, Any]]:
    """Return the settings of --option by place (of ROLES) or method. Raises ConfigurationError for unknown ones."""
    places = [(place, ROLES[place], name) for place, name in chosen.items() if name]
    places += [(name, "projector", name) for name in registry.names("projector")]
    for text in arguments.option:
        if base_of(text.partition("=")[0].partition(".")[0]) not in [place for place, _, _ in places]:
            known = ", ".join(place for place, _, _ in places)
            raise ConfigurationError(f"--option {text!r}: write PLACE.KEY=VALUE with a place of {known}.")
    return parse_options(arguments.option, places)
