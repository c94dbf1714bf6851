"""How long it takes to score many sentences by many methods, and how much memory, stage by stage.

    python -m bench.scoring [--sentences N] [--methods N] [--samples N] [--json]

Sentences, gold and results are made up from a seed. First, everything a report needs of 100 000 sentences: counts,
and from 1 000 resamples the intervals of every method and label and the paired differences from the first method.
Goal: under 60 s and 2 GB on 2 cores. Then each chart of 10 000 sentences for all methods, as a page draws it; the
first one that needs the mistakes finds them. Goal: 1 s each.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

from bench.arguments import count
from projection.cli.tables import table
from projection.evaluation.blame import STAGES, Blame
from projection.evaluation.changes import changes
from projection.evaluation.effects import confusion, kinds, stages
from projection.evaluation.errors import mistakes
from projection.evaluation.rates import by_language, carried, cost, ratio
from projection.evaluation.recalls import EFFECTS, recalls
from projection.evaluation.reliability import reliability, threshold_curve
from projection.evaluation.signature import signature
from projection.evaluation.study import Found, Item, Study, Tables
from projection.types import Entity, Sentence, Span

LABELS = ("LOC", "MISC", "ORG", "PER")
LANGUAGES = ("de", "es", "it")
WORDS, NAMES = 20, 400
CHART_SHARE = 10  # of so many sentences a chart draws one
T = TypeVar("T")
GOAL_SECONDS, GOAL_GIGABYTES, GOAL_CHART = 60, 2, 1


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=count, default=100_000, metavar="N")
    parser.add_argument("--methods", type=count, default=6, metavar="N")
    parser.add_argument("--samples", type=count, default=1_000, metavar="N", help="resamples, default: 1000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="unrounded figures for programs")
    arguments = parser.parse_args(given)
    result = measure(arguments.sentences, arguments.methods, arguments.samples, arguments.seed)
    print(json.dumps(result, indent=2) if arguments.json else text(result))
    return 0


def measure(sentences: int, methods: int, samples: int, seed: int) -> dict:
    """Return seconds by stage and by chart, and the peak memory in gigabytes."""
    begin = perf_counter()
    study = made_up(sentences, methods, seed)
    making = perf_counter() - begin
    scoring: dict[str, float] = {}
    tables = _timed(scoring, "counts", lambda: Tables(study))
    _timed(scoring, "intervals", lambda: tables.intervals(samples=samples))
    _timed(scoring, "paired differences", lambda: tables.differences(study.methods[0], samples=samples))
    gigabytes = peak()
    return {
        "sentences": sentences,
        "methods": methods,
        "making": making,
        "scoring": scoring,
        "seconds": sum(scoring.values()),
        "gigabytes": gigabytes,
        "chart_sentences": max(1, sentences // CHART_SHARE),
        "charts": charts(study.part(range(max(1, sentences // CHART_SHARE)))),
        "signature": signature({"samples": samples, "seed": seed, "cores": os.cpu_count()}),
    }


def charts(study: Study) -> dict[str, float]:
    """Return the seconds each chart takes for all methods."""
    seconds: dict[str, float] = {}
    first, last = study.methods[0], study.methods[-1]
    tables = _timed(seconds, "counts", lambda: Tables(study))
    _timed(seconds, "counts, partial", lambda: Tables(study, "partial"))
    _timed(seconds, "intervals", tables.intervals)
    _timed(seconds, "mistakes", lambda: [study.mistakes(method) for method in study.methods])
    of_methods = (kinds, stages, confusion, reliability, threshold_curve, carried, cost)
    for chart in of_methods:
        _timed(seconds, chart.__name__, lambda chart=chart: [chart(study, method) for method in study.methods])
    for effect in EFFECTS:
        _timed(seconds, f"recall by {effect}", lambda effect=effect: recalls(study, effect))
    _timed(seconds, "by language", lambda: by_language(study, tables))
    _timed(seconds, "ratio", lambda: [ratio(tables, method) for method in study.methods])
    _timed(seconds, "changes", lambda: changes(study, first, last))
    return seconds


def _timed(seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    begin = perf_counter()
    result = work()
    seconds[name] = perf_counter() - begin
    return result


def peak() -> float:
    """Return the most memory this process has held, in gigabytes."""
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def text(result: dict) -> str:
    rows = [(name, f"{seconds:.2f}") for name, seconds in result["scoring"].items()]
    charts = [(name, f"{seconds:.2f}") for name, seconds in result["charts"].items()]
    slowest = max(result["charts"].values())
    return "\n".join(
        (
            f"{result['sentences']} sentences, {result['methods']} methods (made in {result['making']:.1f} s)",
            table(("stage", "s"), rows),
            f"together {result['seconds']:.1f} s (goal {GOAL_SECONDS}), "
            f"peak {result['gigabytes']:.2f} GB with the sentences (goal {GOAL_GIGABYTES})",
            "",
            f"Charts of {result['chart_sentences']} sentences, all methods",
            table(("chart", "s"), charts),
            f"slowest {slowest:.2f} s (goal {GOAL_CHART})",
            f"signature: {result['signature']}",
        )
    )


def made_up(sentences: int, methods: int, seed: int) -> Study:
    """Return a study of sentences of 20 words in three languages; each further method makes more mistakes."""
    chance = random.Random(seed)
    vocabulary = [f"word{number}" for number in range(NAMES)]
    items = tuple(_item(chance, vocabulary, row) for row in range(sentences))
    found = {
        f"method-{number + 1}": tuple(_result(chance, item, 0.05 + 0.05 * number) for item in items)
        for number in range(methods)
    }
    return Study(items, found, signature({"corpus": "made up", "seed": seed}))


def _item(chance: random.Random, vocabulary: list[str], row: int) -> Item:
    starts = range(0, WORDS, 5)
    entities = [
        Entity(Span(start, start + chance.randint(1, 4)), chance.choice(LABELS))
        for start in starts
        if chance.random() < 0.4
    ]
    gold = Sentence.from_words(chance.choices(vocabulary, k=WORDS), LANGUAGES[row % len(LANGUAGES)], entities)
    source = gold.with_entities(entity for entity in entities if chance.random() < 0.95)
    return Item(gold, source, row)


def _result(chance: random.Random, item: Item, wrong: float) -> Found:
    if chance.random() < wrong / 50:
        return Found(None, "out of memory")
    kept = [one for entity in item.gold.entities for one in _noisy(chance, entity, wrong)]
    blames = [Blame(one, chance.choice(tuple(STAGES))) for one in mistakes(kept, item.gold.entities, item.gold.words)]
    placed = len(item.source.entities)
    return Found(tuple(kept), "", tuple(blames), (placed, placed), 0.01 + chance.random() * wrong)


def _noisy(chance: random.Random, entity: Entity, wrong: float) -> list[Entity]:
    """Return what a method makes of a gold entity: nothing, another label, other words or the entity itself."""
    score = round(min(1.0, max(0.0, chance.gauss(0.8, 0.15))), 6)
    span, label = entity.span, entity.label
    if chance.random() < wrong:
        change = chance.randrange(3)
        if change == 0:
            return []
        label = chance.choice(LABELS) if change == 1 else label
        span = Span(span.start, span.start + chance.randint(1, 5)) if change == 2 else span
    return [Entity(span, label, score, "projected")]


if __name__ == "__main__":
    sys.exit(main())
