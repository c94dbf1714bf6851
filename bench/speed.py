"""How long one sentence takes, from a warm app and from a cold process.

    python -m bench.speed [--json]

A sentence of 25 words goes from English to Portuguese through recognition, translation, alignment and
both methods. Warm: the models are loaded, the sentence is new (each run changes a number in it, so
no result is reused); the median and the slowest of 10. Cold: a new process, imports and model load
included, the conversion of the encoder not (it is done before if it is still to do).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from time import perf_counter

from projection.models.catalogue import fetch
from projection.pipeline import Outcome, Pipeline, Resources, Setup, Task
from projection.text.tokenize import tokenize

METHODS = ("span-matching", "heuristic")
TEXT = (
    "Angela Merkel told the European Parliament in Brussels on Monday that {} companies from Germany and Portugal "
    "would open offices in Lisbon next year ."
)
RUNS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="unrounded figures for programs")
    parser.add_argument("--once", action="store_true", help="project one sentence and end (what the cold run times)")
    arguments = parser.parse_args()
    if arguments.once:
        check(project(Resources(), 20))
        return
    fetch("e5-small")
    result = {"words": len(tokenize(TEXT.format(20), "en")), "cores": os.cpu_count(), **warm(), **cold()}
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['words']} words, {result['cores']} cores, Python {platform.python_version()}")
    median, slowest = result["warm_median"], result["warm_slowest"]
    print(f"warm, every stage and both methods: {median:.2f} s median, {slowest:.2f} s slowest of {RUNS}")
    for stage, seconds in result["stages"].items():
        print(f"  {stage}: {seconds * 1000:.0f} ms")
    print(f"cold process with imports and model load: {result['cold']:.1f} s")
    print(f"signature: {result['signature']}")


def project(resources: Resources, number: int) -> Outcome:
    setup = Setup.for_pair("en", "pt", methods=METHODS)
    (outcome,) = Pipeline(setup, resources).run([Task(tokenize(TEXT.format(number), "en"))])
    return outcome


def check(outcome: Outcome) -> None:
    """A time for less than the whole way would be no time."""
    missing = [method for method in METHODS if method not in outcome.projections]
    if outcome.error or missing:
        sys.exit(f"the sentence did not get through: {outcome.error or outcome.method_errors}")


def warm() -> dict:
    resources = Resources()
    check(project(resources, 20))
    times, outcomes = [], []
    for run in range(RUNS):
        begin = perf_counter()
        outcomes.append(project(resources, 30 + run))
        times.append(perf_counter() - begin)
        check(outcomes[-1])
    stages = {
        stage.name: statistics.median(other.seconds for outcome in outcomes for other in outcome.stages
                                      if other.name == stage.name)
        for stage in outcomes[0].stages
    }  # fmt: skip
    signature = Pipeline(Setup.for_pair("en", "pt", methods=METHODS), resources).signature(METHODS[0])
    return {
        "warm_median": statistics.median(times), "warm_slowest": max(times), "stages": stages, "signature": signature,
    }  # fmt: skip


def cold() -> dict:
    begin = perf_counter()
    subprocess.run([sys.executable, "-m", "bench.speed", "--once"], check=True)
    return {"cold": perf_counter() - begin}


if __name__ == "__main__":
    sys.exit(main())
