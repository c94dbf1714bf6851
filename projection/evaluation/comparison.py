"""Lay predicted sentences beside gold ones and score them; both must be tokenised alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import zip_longest

from projection.errors import FormatError
from projection.evaluation.counts import Match, count
from projection.evaluation.scores import Scores
from projection.evaluation.signature import signature
from projection.types import Sentence


def compare(
    predicted: Iterable[Sentence],
    gold: Iterable[Sentence],
    labels: Collection[str] | None = None,
    settings: Mapping[str, object] | None = None,
    match: Match = "exact",
) -> Scores:
    """Score `predicted` against `gold` over `labels` (None: all); `match` says what counts as found.

    Sentences are paired in order. Gold sentences that were left out of the prediction are counted
    and their entities missed. `settings` are put first in the signature. Raises FormatError, with
    file and line, where a sentence is tokenised differently or has no counterpart in gold.
    """
    rows: list[Mapping] = []
    missing = 0
    waiting = list(gold)
    position = 0
    for sentence in predicted:
        place = _find(sentence, waiting, position)
        if place is None:
            raise _no_counterpart(sentence, waiting, position)
        missing += place - position
        rows += [count((), skipped.entities, labels, match) for skipped in waiting[position:place]]
        _check_tokens(sentence, waiting[place])
        rows.append(count(sentence.entities, waiting[place].entities, labels, match))
        position = place + 1
    missing += len(waiting) - position
    rows += [count((), skipped.entities, labels, match) for skipped in waiting[position:]]
    stated = {**(settings or {}), "match": match, "labels": sorted(labels) if labels is not None else "all"}
    return Scores(tuple(rows), signature(stated), missing, tuple(len(sentence) for sentence in waiting))


def _find(sentence: Sentence, gold: list[Sentence], position: int) -> int | None:
    """Return the next gold sentence with the same characters, whatever the tokens."""
    wanted = sentence.characters
    return next((place for place in range(position, len(gold)) if gold[place].characters == wanted), None)


def _check_tokens(sentence: Sentence, gold: Sentence) -> None:
    for index, (ours, theirs) in enumerate(zip_longest(sentence.words, gold.words)):
        if ours != theirs:
            raise FormatError(
                f"Token {index + 1} is {ours!r} here and {theirs!r} in gold ({gold.provenance or gold.id}):"
                " the two are tokenised differently.",
                **_place(sentence),
                remedy="Predict on the tokens of the gold file.",
            )


def _no_counterpart(sentence: Sentence, gold: list[Sentence], position: int) -> FormatError:
    beginning = " ".join(sentence.words[:6])
    here = f"gold is at {gold[position].provenance or position + 1}" if position < len(gold) else "gold has ended there"
    return FormatError(
        f"The sentence “{beginning}…” does not come in gold at this point ({here}).",
        **_place(sentence),
        remedy="Give two versions of the same text, sentences in the same order.",
    )


def _place(sentence: Sentence) -> dict:
    provenance = sentence.provenance
    return {"path": provenance.path, "line": provenance.line} if provenance else {}
