"""Word alignment: error rate on gold links, and speed beside SimAlign with the same model and layer.

    python -m bench.alignment --data DIR [--encoder e5-small] [--fast int8 --fast int8:6] [--skip-speed] [--json]

AER: en-fr (447 pairs) and zh-en (450), sure and possible gold links, every extraction on sub-words and
words. Speed: Europarl en-de, argmax and itermax links from raw words; both sides loaded and warmed up
first. SimAlign aligns every tenth pair, in slices between our runs so that both meet the same load.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from projection import registry
from projection.alignment.extraction import EXTRACTIONS
from projection.cli.tables import table
from projection.evaluation.alignment_error import AlignmentCounts, count_all
from projection.evaluation.signature import signature
from projection.models.aligners import UNITS, EmbeddingAligner
from projection.models.simalign_backend import EXTRACTIONS as SIMALIGN_NAMES
from projection.models.simalign_backend import load_simalign
from projection.text.documents import read
from projection.text.pharaoh import read_links
from projection.types import Alignment, Sentence

Pairs = list[tuple[Sentence, Sentence]]
SETS = {"enfr": "en-fr", "zhen": "zh-en"}
TARGETS = {"enfr": 0.070, "zhen": 0.26}
PUBLISHED = {  # Dou and Neubig 2021
    "fast_align": {"enfr": 0.105, "zhen": 0.381},
    "eflomal": {"enfr": 0.082, "zhen": 0.287},
    "mBERT, AWESoME softmax, not tuned": {"enfr": 0.056, "zhen": 0.181},
}
Run = Callable[[Pairs], list[dict[str, Alignment]]]
LINKED = ("argmax", "itermax")
FAST = ("int8", "int8:6")
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("PROJECTION_DATA"), help="folder of the corpora")
    parser.add_argument("--encoder", default="e5-small", help="registered name, Hugging Face name or folder")
    parser.add_argument(
        "--fast", action="append", metavar="PRECISION[:LAYER]", help=f"mode to compare with fp32 (default: {FAST})"
    )
    parser.add_argument("--skip-speed", action="store_true", help="error rates only")
    parser.add_argument("--json", action="store_true", help="unrounded figures for programs")
    arguments = parser.parse_args()
    if not arguments.data:
        parser.error("name the folder of the corpora with --data, or set PROJECTION_DATA")
    encoders = {mode: _encoder(arguments.encoder, mode) for mode in ("fp32", *(arguments.fast or FAST))}
    results: dict[str, Any] = {"error": measure_error(arguments.data / "word-alignment", encoders)}
    if not arguments.skip_speed:
        results["speed"] = measure_speed(arguments.data / "europarl-ner", arguments.encoder, encoders)
    print(json.dumps(results, indent=2)) if arguments.json else print_report(results)


def _encoder(name: str, mode: str) -> Any:
    precision, _, layer = mode.partition(":")
    return registry.create("encoder", name, precision=precision, **({"layer": int(layer)} if layer else {}))


def gold_pairs(folder: Path, name: str) -> tuple[Pairs, list[Alignment]]:
    """Read pairs and gold links (counted from 1) of one test set."""
    document = read(folder / f"{name}.src-tgt", format="bars")
    pairs = [(pair.source, pair.target) for pair in document.iter_pairs()]
    lengths = [(len(source), len(target)) for source, target in pairs]
    return pairs, list(read_links(folder / f"{name}.gold", lengths, one_indexed=True))


def measure_error(folder: Path, encoders: dict[str, Any]) -> dict[str, Any]:
    """Return the counts of every extraction and unit in every mode, and how far links differ from fp32."""
    rows: list[dict[str, Any]] = []
    exact: dict[tuple, list[Alignment]] = {}
    for name in SETS:
        pairs, gold = gold_pairs(folder, name)
        for mode, encoder in encoders.items():
            for unit in UNITS:
                similarities = EmbeddingAligner(encoder, unit=unit).similarities(pairs)
                for extraction in EXTRACTIONS:
                    aligner = EmbeddingAligner(encoder, extraction, unit)
                    found = [aligner.links(similarity) for similarity in similarities]
                    reference = exact.setdefault((name, unit, extraction), found)
                    rows.append(
                        {"set": name, "pairs": len(pairs), "mode": mode, "unit": unit,
                         "extraction": extraction, **_rates(count_all(found, gold)),
                         "links like fp32 (F1)": count_all(found, reference).f1, "signature": aligner.signature}
                    )  # fmt: skip
    return {"rows": rows, "published": PUBLISHED, "targets": TARGETS}


def _rates(counts: AlignmentCounts) -> dict[str, float]:
    return {"AER": counts.alignment_error_rate, "P": counts.precision, "R": counts.recall, "F1": counts.f1}


def measure_speed(folder: Path, encoder_name: str, encoders: dict[str, Any]) -> dict[str, Any]:
    """Return pairs per second of each mode and of SimAlign, medians of the rounds, and equal links."""
    import torch

    pairs = list(zip(*(list(read(folder / f"{code}.conll02").iter_sentences()) for code in ("en", "de")), strict=True))
    runs = {"simalign": _simalign_run(encoder_name, encoders["fp32"].layer)}
    runs |= {mode: _our_run(encoder) for mode, encoder in encoders.items()}
    for run in runs.values():
        list(run(pairs[:20]))  # load and warm up
    gc.collect()
    gc.freeze()  # what loading left behind is not collected during the measurement, on either side
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    links: dict[str, list[dict[str, Alignment]]] = {}
    tenth = pairs[::10]
    for turn in range(ROUNDS):
        for name, run in runs.items():
            given = tenth if name == "simalign" else pairs
            started = perf_counter()
            links[name] = run(given)
            seconds[name].append((perf_counter() - started) / len(given))
            print(f"round {turn + 1} of {ROUNDS}: {name} {1 / seconds[name][-1]:.1f} pairs/s", file=sys.stderr)
    return {
        "pairs": len(pairs),
        "pairs per second": {name: 1 / statistics.median(values) for name, values in seconds.items()},
        "every round": {name: [1 / value for value in values] for name, values in seconds.items()},
        "pairs with other links than SimAlign": {
            mode: {one: sum(links[mode][10 * row][one].links != theirs[one].links
                            for row, theirs in enumerate(links["simalign"])) for one in LINKED} for mode in encoders
        },
        "compared": len(tenth),
        "links like fp32 (F1)": {
            mode: {one: count_all((found[one] for found in links[mode]), (found[one] for found in links["fp32"])).f1
                   for one in LINKED} for mode in encoders
        },
        "signature": signature(
            {"links": list(LINKED), "unit": "subword", "threads": torch.get_num_threads(), "torch": torch.__version__,
             "cpu": torch.backends.cpu.get_cpu_capability(), "rounds": ROUNDS,
             **{f"encoder {mode}": encoder.signature for mode, encoder in encoders.items()}}
        ),
    }  # fmt: skip


def _our_run(encoder: Any) -> Run:
    aligners = {extraction: EmbeddingAligner(encoder, extraction) for extraction in LINKED}

    def run(pairs: Pairs) -> list[dict[str, Alignment]]:
        similarities = aligners["argmax"].similarities(pairs)
        return [{name: aligner.links(one) for name, aligner in aligners.items()} for one in similarities]

    return run


def _simalign_run(encoder: str, layer: int) -> Run:
    aligner = load_simalign(encoder, layer, LINKED)

    def run(pairs: Pairs) -> list[dict[str, Alignment]]:
        found = []
        for source, target in pairs:
            links = aligner.get_word_aligns(list(source.words), list(target.words))
            found.append({name: Alignment(frozenset(links[SIMALIGN_NAMES[name][1]]), len(source), len(target))
                          for name in LINKED})  # fmt: skip
        return found

    return run


def print_report(results: dict[str, Any]) -> None:
    error = results["error"]
    for name, title in SETS.items():
        rows = [row for row in error["rows"] if row["set"] == name]
        print(f"\n{title}, {rows[0]['pairs']} pairs, alignment error rate in %")
        print(table(
            ("extraction", "unit", "mode", "AER", "P", "R", "F1", "links like fp32 (F1)"),
            [(row["extraction"], row["unit"], row["mode"], f"{100 * row['AER']:.2f}",
              *(f"{row[key]:.3f}" for key in ("P", "R", "F1", "links like fp32 (F1)"))) for row in rows],
        ))  # fmt: skip
        best = min((row for row in rows if row["mode"] == "fp32"), key=lambda row: row["AER"])
        print(f"best fp32: {best['extraction']} on {best['unit']}s {100 * best['AER']:.2f} "
              f"(to reach: {100 * TARGETS[name]:.1f})")  # fmt: skip
        print(f"signature: {best['signature']}")
        print("published: " + ", ".join(f"{who} {100 * rates[name]:.1f}" for who, rates in PUBLISHED.items()))
    if speed := results.get("speed"):
        _print_speed(speed)


def _print_speed(speed: dict[str, Any]) -> None:
    rates = speed["pairs per second"]
    print(f"\nEuroparl en-de, {speed['pairs']} pairs, {' and '.join(LINKED)} links, median of {ROUNDS} rounds")
    rows = []
    for name, rate in rates.items():
        others = speed["pairs with other links than SimAlign"].get(name)
        alike = speed["links like fp32 (F1)"].get(name)
        rows.append((
            name, f"{rate:.1f}", f"{rate / rates['simalign']:.2f}",
            "" if others is None else ", ".join(f"{one} {count}" for one, count in others.items()),
            "" if alike is None else ", ".join(f"{one} {value:.3f}" for one, value in alike.items()),
        ))  # fmt: skip
    compared = f"pairs of {speed['compared']} with other links than SimAlign"
    print(table(("", "pairs/s", "times SimAlign", compared, "links like fp32 (F1)"), rows))
    print(f"signature: {speed['signature']}")


if __name__ == "__main__":
    main()
