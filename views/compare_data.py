"""What is compared: the result of every method on every sentence seen so far, reduced to what the page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from projection.evaluation.agreement import differing_words, disagreement
from projection.pipeline import ROLES, Outcome, Setup, Task
from projection.types import Entity, Sentence


@dataclass(frozen=True, slots=True)
class Found:
    """What one method has to say on one sentence: `entities`, on the text of the sentence or one of its `own`.

    `entities` is None where the method failed, `reason` says why.
    """

    entities: tuple[Entity, ...] | None
    reason: str = ""
    own: Sentence | None = None

    @property
    def compares(self) -> bool:
        """Whether the entities are on the same text as those of the other methods."""
        return self.entities is not None and self.own is None


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence with what each method found in it; `target` is None where there is no text to label."""

    target: Sentence | None
    found: Mapping[str, Found]

    def labellings(self, methods: Iterable[str]) -> dict[str, tuple[Entity, ...]]:
        """Return the entities of those methods that can be compared."""
        found = ((method, self.found.get(method)) for method in methods)
        return {method: one.entities for method, one in found if one is not None and one.compares}


def comparison_setup(setup: Setup, methods: Sequence[str]) -> Setup:
    """Return the setup of the project with other methods.

    The first method of the project stays the first, because it may be the one that writes the text.
    """
    wanted = tuple(dict.fromkeys((setup.methods[0], *methods)))
    return replace(setup, methods=wanted, options=_options_for(setup, wanted))


def kept_setup(setup: Setup, methods: Sequence[str]) -> Setup:
    """Return the setup of the project with `methods` for its own from now on."""
    return replace(setup, methods=tuple(methods), options=_options_for(setup, methods))


def _options_for(setup: Setup, methods: Iterable[str]) -> dict:
    allowed = {*ROLES, *methods}
    return {slot: values for slot, values in setup.options.items() if slot in allowed}


def reduce(outcome: Outcome, methods: Iterable[str]) -> Row:
    """Keep of an outcome what is compared: something for each of the `methods` it was run with."""
    problem = str(outcome.error) if outcome.error else "It gave no result."
    found = {method: Found(None, outcome.method_errors.get(method, problem)) for method in methods}
    for method, projection in outcome.projections.items():
        own = projection.bitext.target
        same = outcome.target is not None and own.words == outcome.target.words
        found[method] = Found(projection.entities, own=None if same else own)
    return Row(outcome.target, found)


@dataclass
class Corpus:
    """The rows known so far, by position; a row counts only while its task is still the same.

    `changes` grows whenever something new is learned.
    """

    rows: dict[int, tuple[Task, Row]] = field(default_factory=dict)
    changes: int = 0

    def learn(self, position: int, task: Task, row: Row) -> None:
        """Take in a result; what other methods found on the same task stays."""
        known = self.row(position, task)
        if known is not None and known.target == row.target:
            row = replace(row, found={**known.found, **row.found})
        if row != known:
            self.rows[position] = (task, row)
            self.changes += 1

    def row(self, position: int, task: Task) -> Row | None:
        known = self.rows.get(position)
        return known[1] if known is not None and known[0] == task else None

    def missing(self, tasks: Sequence[Task], methods: Sequence[str]) -> tuple[list[int], list[str]]:
        """Return the positions and the methods for which something is still to be computed."""
        positions, lacking = [], set()
        for position, task in enumerate(tasks):
            row = self.row(position, task)
            absent = set(methods) - (row.found.keys() if row is not None else set())
            if absent:
                positions.append(position)
                lacking |= absent
        return positions, [method for method in methods if method in lacking]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A sentence on which methods differ: `score` is the mean of 1 - span F1 over all pairs of methods.

    `words` is how many are tagged differently; `spans` what not all methods found, as (text, label, how many
    found it).
    """

    position: int
    text: str
    language: str
    score: float
    words: int
    spans: tuple[tuple[str, str, int], ...]
    methods: int


def disputes(rows: Mapping[int, Row], methods: Sequence[str]) -> list[Dispute]:
    """Return the sentences on which methods differ: most disagreement first, then most words, then in order."""
    found = []
    for position, row in rows.items():
        labellings = list(row.labellings(methods).values())
        words = differing_words(*labellings)
        if words:
            counts = Counter((entity.span, entity.label) for one in labellings for entity in one)
            spans = tuple(
                (row.target.text_of(span), label, count)
                for (span, label), count in sorted(counts.items(), key=lambda item: item[0])
                if count < len(labellings)
            )
            score = disagreement(labellings)
            target = row.target
            found.append(Dispute(position, target.text, target.language, score, len(words), spans, len(labellings)))
    return sorted(found, key=lambda item: (-item.score, -item.words, item.position))
