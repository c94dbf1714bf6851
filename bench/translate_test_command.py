"""The command line of the benchmarks that translate their test sets."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from bench.arguments import PLACES, data_folder, parser, settings
from bench.corpora import Corpus
from bench.published import Languages, languages_of
from bench.translate_test import Plan, measure
from bench.translate_test_tables import text, to_dict
from bench.variants import wanted
from projection import registry
from projection.errors import ProjectionError
from projection.settings import settings as project_settings

TRANSLATOR = "facebook/nllb-200-3.3B"
RECOGNIZER = "xlm-r-conll03"
BEAMS = 1  # the published translations are greedy
UNUSABLE, NOTHING_RAN, INTERRUPTED = 2, 1, 130


def run(corpus: Corpus, table: str, description: str, given: Sequence[str] | None = None) -> int:
    """Parse the command line, measure, print; return the exit code. `table` names the published figures."""
    published = languages_of(table)
    arguments = _options(corpus, published.languages, description).parse_args(given)
    kept = arguments.translations or project_settings().cache_folder / "bench" / f"{corpus.name}.jsonl"
    try:
        with Progress() as progress:
            measured = measure(_plan(corpus, published, arguments, kept), progress)
    except ProjectionError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print(f"Interrupted; the translations so far are kept in {kept}.", file=sys.stderr)
        return INTERRUPTED
    if arguments.json:
        print(json.dumps(to_dict(measured, published), indent=2, ensure_ascii=False))
    else:
        print(text(measured, published))
    return 0 if measured.results else NOTHING_RAN


def _options(corpus: Corpus, languages: Sequence[str], description: str) -> ArgumentParser:
    options = parser(description, f"folder with the test sets of {corpus.title}", languages)
    options.add_argument("--translator", default=TRANSLATOR, help=f"default: {TRANSLATOR}, greedy, as published")
    options.add_argument("--recognizer", default=RECOGNIZER, help=f"of English; default: {RECOGNIZER}, as in the paper")
    options.set_defaults(target_recognizer=RECOGNIZER)
    options.add_argument(
        "--drop", choices=("after", "before"), default="after",
        help="labels that are not scored (MISC) are dropped after the projection as in the paper, or before it as in "
        "the thesis",
    )  # fmt: skip
    options.add_argument("--translations", type=Path, help="file that keeps translations; default: in the cache folder")
    return options


def _plan(corpus: Corpus, published: Languages, arguments: Namespace, kept: Path) -> Plan:
    """Raises ConfigurationError for what cannot be run."""
    chosen = {place: getattr(arguments, place) for place in PLACES}
    told = settings(arguments, chosen)
    if "beams" in registry.options_of("translator", arguments.translator):
        told["translator"] = {"beams": BEAMS, **told.get("translator", {})}
    columns = (column.variant for column in published.columns if column.method)
    return Plan(
        corpus,
        data_folder(arguments),
        arguments.languages,
        tuple(wanted(arguments.methods, columns)),
        chosen,
        told,
        kept,
        arguments.drop,
        arguments.limit,
    )


class Progress:
    """One bar on stderr for each thing that is done."""

    def __init__(self):
        self._bar: tqdm | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._bar is None or self._bar.desc != f"{what}: ":
            self.__exit__()
            self._bar = tqdm(total=total, desc=what, file=sys.stderr, unit=" sentences", dynamic_ncols=True)
        self._bar.update(done - self._bar.n)
