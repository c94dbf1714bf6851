"""Which signal of doubt finds real errors: gold English entities projected onto Europarl-NER, wrong sentences ranked.

    python -m bench.doubt --data DIR [--methods span-matching,heuristic,ngram-matching] [--limit N] [--json]

DIR holds europarl-ner/ (see bench.europarl). Each method projects the gold entities of English onto German, Spanish
and Italian, and those of the three onto English. The recognizer of the target is that of new projects: spaCy's
pipeline for English, e5-ner for the others; the other methods are the second opinions. A sentence is wrong if its
labels are not those of gold, exact span and label; sentences without entities on either side are left out. AUC is the
probability that a wrong sentence has more doubt than a right one (ties count half), .5 for a coin; "P@50" the share of
wrong ones among the 50 most doubtful ("wrong at all" is the share without any order); "first quarter" the share of all
wrong ones that is found by looking at the most doubtful quarter, .25 for a coin. The source labels are gold, so what a
recognizer says against a label itself can find nothing here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.arguments import data_folder, parser
from bench.europarl import LANGUAGES, sentences
from projection.cli.tables import table
from projection.errors import ProjectionError
from projection.evaluation.signature import signature
from projection.pipeline import Outcome, Pipeline, Resources, Setup, Task
from projection.triage import KINDS, Doubt, doubt_about
from projection.triage.doubt import SURE
from projection.triage.signals import CLOSE
from projection.types import Entity, Sentence

METHODS = ("span-matching", "heuristic", "ngram-matching")
LOOKED_AT = 50
ALL, LARGEST = "all, as in the queue", "all, only the largest"


@dataclass(frozen=True, slots=True)
class Figure:
    """One signal on one run: how well it orders the `sentences`, `wrong` of them wrong; `says` where it is above 0."""

    pair: str
    method: str
    signal: str
    auc: float
    precision: float
    first_quarter: float
    says: int
    sentences: int
    wrong: int


def main(given: Sequence[str] | None = None) -> int:
    options = parser(__doc__, "folder with europarl-ner/", LANGUAGES)
    arguments = options.parse_args(given)
    methods = arguments.methods or METHODS
    try:
        folder = data_folder(arguments) / "europarl-ner"
        figures, told = measure(folder, methods, arguments.languages, arguments.limit, arguments.aligner)
    except ProjectionError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps({"figures": [asdict(one) for one in figures], "signatures": told}, indent=2))
    else:
        print(text(figures, told))
    return 0


def measure(
    folder: Path, methods: Sequence[str], languages: Sequence[str], limit: int, aligner: str | None = None
) -> tuple[list[Figure], list[str]]:
    """Return the figures of all runs, and the signature of each. Raises ProjectionError."""
    figures, told = [], []
    sides = {language: sentences(folder, language) for language in ("en", *languages)}
    size = min(limit, len(sides["en"])) or len(sides["en"])
    for pair in [*(("en", language) for language in languages), *((language, "en") for language in languages)]:
        setup = Setup.for_pair(
            *pair, methods=tuple(methods), aligner=aligner, recognizer="given", translator="given"
        )  # the recognizer of the target is that of defaults.toml
        source, gold = sides[pair[0]][:size], sides[pair[1]][:size]
        for method, rows in _doubts(setup, source, gold):
            figures += _figures("-".join(pair), method, rows)
            told.append(_signature(setup, method, size))
    return figures, told


def _doubts(
    setup: Setup, source: Sequence[Sentence], gold: Sequence[Sentence]
) -> Iterator[tuple[str, list[tuple[Doubt, bool]]]]:
    """Yield each method with the doubt about each sentence that has entities, and whether it is wrong."""
    tasks = [Task(one, other.with_entities(()), labelled=True) for one, other in zip(source, gold, strict=True)]
    also = ("alignment", "target_entities") if setup.target_recognizer != "given" else ("alignment",)
    rows: dict[str, list[tuple[Doubt, bool]]] = {method: [] for method in setup.methods}
    stream = Pipeline(setup, Resources(results=0), also=also).stream(tasks)
    for outcome, reference in zip(stream, gold, strict=True):
        for method in setup.methods:
            found = _found(outcome, method)
            if outcome.task.source.entities or found or reference.entities:
                rows[method].append((doubt_about(outcome, method), _spans(found) != _spans(reference.entities)))
    yield from rows.items()


def _found(outcome: Outcome, method: str) -> tuple[Entity, ...]:
    return outcome.projections[method].entities if method in outcome.projections else ()


def _spans(entities: Sequence[Entity]) -> set:
    return {(entity.span, entity.label) for entity in entities}


def _figures(pair: str, method: str, rows: Sequence[tuple[Doubt, bool]]) -> Iterator[Figure]:
    wrong = np.array([is_wrong for _, is_wrong in rows])
    ways: dict[str, Callable[[Doubt], float]] = {ALL: lambda doubt: doubt.total, LARGEST: _largest}
    ways |= {f"only {name}": _of_kind(kind) for kind, name in KINDS.items() if kind != "failed"}
    for name, value in ways.items():
        values = np.array([value(doubt) for doubt, _ in rows])
        quarter = max(1, len(rows) // 4)
        share = precision_at(values, wrong, quarter) * quarter / max(1, int(wrong.sum()))
        figures = auc(values, wrong), precision_at(values, wrong, LOOKED_AT), share, int((values > 0).sum())
        yield Figure(pair, method, name, *figures, len(rows), int(wrong.sum()))


def _of_kind(kind: str) -> Callable[[Doubt], float]:
    return lambda doubt: max((reason.value for reason in doubt.reasons if reason.kind == kind), default=0.0)


def _largest(doubt: Doubt) -> float:
    return doubt.reasons[0].value if doubt.reasons else doubt.total


def auc(values: np.ndarray, wrong: np.ndarray) -> float:
    """Return the share of (wrong, right) pairs in which the wrong one has the larger value; ties count half."""
    if wrong.all() or not wrong.any():
        return float("nan")
    bad, good = values[wrong][:, None], values[~wrong][None, :]
    return float(((bad > good) + 0.5 * (bad == good)).mean())


def precision_at(values: np.ndarray, wrong: np.ndarray, count: int) -> float:
    """Return the share of wrong ones among the `count` largest; of equal values each is as likely to be among them."""
    if len(values) <= count:
        return float(wrong.mean()) if len(values) else float("nan")
    least = np.sort(values)[-count]
    above, level = values > least, values == least
    expected = wrong[above].sum() + wrong[level].mean() * (count - above.sum())
    return float(expected / count)


def _signature(setup: Setup, method: str, size: int) -> str:
    run = Pipeline(setup).signature(method)
    others = [name for name in setup.methods if name != method]
    told: Mapping[str, object] = {
        "corpus": "europarl-ner", "sentences": size, "entities": "gold", "match": "exact", "second opinions": others,
        "target recognizer": setup.target_recognizer, "close": CLOSE, "sure": SURE, "run": run,
    }  # fmt: skip
    return signature(told)


def text(figures: Sequence[Figure], told: Sequence[str]) -> str:
    """Return the mean over pairs of each signal and method, then every pair for the order of the queue."""
    heads = ("method", "signal", "AUC", f"P@{LOOKED_AT}", "first quarter", "says", "wrong at all")
    groups: dict[tuple[str, str], list[Figure]] = {}
    for one in figures:
        groups.setdefault((one.method, one.signal), []).append(one)
    cells = [(*key, *_cells(group)) for key, group in groups.items()]
    total = [(one.pair, one.method, *_cells([one])) for one in figures if one.signal == ALL]
    parts = [
        "Mean over pairs", table(heads, cells), "", "By pair, all signals as in the queue",
        table(("pair", "method", *heads[2:]), total), "", *(f"signature: {one}" for one in told),
    ]  # fmt: skip
    return "\n".join(parts)


def _cells(group: Sequence[Figure]) -> tuple[str, ...]:
    """Return the means of a group; `says` as the share of sentences it says something about."""
    shares = [
        (one.auc, one.precision, one.first_quarter, one.says / one.sentences, one.wrong / one.sentences)
        for one in group
    ]
    return tuple(f"{value:.3f}" for value in np.nanmean(shares, axis=0))


if __name__ == "__main__":
    sys.exit(main())
