"""Projection of gold English entities onto German, Spanish and Italian (Europarl-NER), beside published figures.

    python -m bench.europarl --data DIR [--methods span-matching,heuristic] [--json]

Protocol: 799 parallel sentences (Agerri et al. 2018), gold English entities, gold target words, all
four labels, exact span and label, micro F1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from projection.cli.tables import table
from projection.evaluation.comparison import compare
from projection.evaluation.scores import Scores
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.text.documents import read

LANGUAGES = ("de", "es", "it")
PUBLISHED = {  # overall F1 by target language
    "heuristic": (
        ("word alignment heuristic, AWESoME (XLNER, gap 1, ratio .8)", {"de": 0.819, "es": 0.903, "it": 0.873}),
        ("word alignment heuristic, SimAlign (XLNER, gap 1, ratio .8)", {"de": 0.801, "es": 0.907, "it": 0.870}),
        ("word alignment heuristic, AWESoME (thesis, gap 1, longest run)", {"de": 0.916, "es": 0.875, "it": 0.846}),
        ("same encoder and setting, first measurement", {"de": 0.904, "es": 0.928, "it": 0.880}),
    ),
    "span-matching": (
        ("n-gram candidates + greedy, AWESoME (XLNER)", {"de": 0.920, "es": 0.886, "it": 0.872}),
        ("ILP on alignments, at most one (thesis)", {"de": 0.921, "es": 0.883, "it": 0.864}),
        ("ILP on NMT scores, at most one (thesis)", {"de": 0.886, "es": 0.916, "it": 0.879}),
        ("model transfer, XLM-R large (XLNER)", {"de": 0.675, "es": 0.741, "it": 0.696}),
        ("same encoder and method, first measurement", {"de": 0.933, "es": 0.951, "it": 0.890}),
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("PROJECTION_DATA"), help="folder with europarl-ner/"
    )
    parser.add_argument("--methods", default="span-matching,heuristic", help="names, separated by commas")
    parser.add_argument("--json", action="store_true", help="unrounded figures for programs")
    arguments = parser.parse_args()
    if not arguments.data:
        parser.error("name the folder of the corpora with --data, or set PROJECTION_DATA")
    results = measure(Path(arguments.data) / "europarl-ner", tuple(arguments.methods.split(",")))
    if arguments.json:
        print(json.dumps(results, indent=2))
    else:
        print_report(results)


def measure(folder: Path, methods: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return one row per method and language, with scores and signature."""
    source = list(read(folder / "en.conll02", language="en").iter_sentences())
    resources, rows = Resources(results=0), []
    for language in LANGUAGES:
        gold = list(read(folder / f"{language}.conll02", language=language).iter_sentences())
        setup = Setup.for_pair("en", language, recognizer="given", translator="given", methods=methods)
        pipeline = Pipeline(setup, resources)
        begin = perf_counter()
        tasks = [Task(*pair, labelled=True) for pair in zip(source, gold, strict=True)]
        outcomes = pipeline.run(tasks)
        seconds = perf_counter() - begin
        for method in methods:
            predicted = [
                sentence.with_entities(outcome.projections[method].entities)
                for sentence, outcome in zip(gold, outcomes, strict=True)
            ]
            settings = {"corpus": "europarl-ner", "entities": "gold", "run": pipeline.signature(method)}
            rows.append(row(method, language, compare(predicted, gold, settings=settings), seconds))
    return rows


def row(method: str, language: str, scores: Scores, seconds: float) -> dict[str, Any]:
    return {"method": method, "language": language, "seconds_all_methods": seconds, **scores.to_dict()}


def print_report(results: list[dict[str, Any]]) -> None:
    cells = []
    for result in results:
        for label, figures in {**result["labels"], "all": result["overall"]}.items():
            shown = (f"{figures[name]:.3f}" for name in ("precision", "recall", "f1"))
            interval = result["interval"]
            span = f"{interval['low']:.3f} to {interval['high']:.3f}" if label == "all" else ""
            cells.append((result["method"], result["language"], label, *shown, figures["gold"], span))
    print(table(("method", "to", "label", "precision", "recall", "F1", "gold", "95 % interval"), cells))
    print()
    for method in dict.fromkeys(result["method"] for result in results):
        ours = {result["language"]: result["overall"]["f1"] for result in results if result["method"] == method}
        lines = [(f"{method}, here", ours), *PUBLISHED.get(method, ())]
        body = [(name, *(f"{figures[language]:.3f}" for language in LANGUAGES), f"{mean(figures):.3f}")
                for name, figures in lines]  # fmt: skip
        print(table(("overall F1", *LANGUAGES, "mean"), body))
        print()
    seconds = {result["language"]: result["seconds_all_methods"] for result in results}
    took = ", ".join(f"{language} {value:.0f} s" for language, value in seconds.items())
    print(f"alignment and all methods on {results[0]['sentences']} pairs, first one with model load: {took}")
    for result in results:
        print(f"signature {result['method']} {result['language']}: {result['signature']}")


def mean(figures: dict[str, float]) -> float:
    return sum(figures.values()) / len(figures)


if __name__ == "__main__":
    sys.exit(main())
