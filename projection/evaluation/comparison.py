"""Lay predicted sentences beside gold ones and score them.

Both have to be split into the same words, unless they are compared by characters: then a label is right if it begins
and ends at the same characters as in gold, spaces left out. For this gold's words are cut where a predicted label
begins or ends inside one; such a label is on a part of a word, so that it counts as spurious and never as found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from projection.errors import FormatError
from projection.evaluation.counts import Match
from projection.evaluation.effects import kinds
from projection.evaluation.errors import Kind
from projection.evaluation.label_rules import Changes, LabelRules, SideRules
from projection.evaluation.pairing import PairBy, counterparts, pairing, place
from projection.evaluation.resampling import Difference, difference
from projection.evaluation.scores import Scores
from projection.evaluation.signature import signature
from projection.evaluation.study import Found, Item, Study
from projection.text.borders import borders, cut, stretch, words_with
from projection.types import Entity, Sentence

MISSING = "missing in the prediction"
Side = Sentence | None


@dataclass(frozen=True, slots=True)
class Laid:
    """How one prediction was laid beside gold.

    `missing` gold sentences were not predicted. `retokenised` sentences have other words than in gold and were matched
    by characters; there `inside_gold` predicted entities begin or end inside a word of gold, so that they cannot be
    right, and `inside_predicted` gold entities inside a predicted word, so that they cannot be found. Entities that
    the rules leave out are not among them. `changes` is what the rules did to the predicted labels.
    """

    pair_by: PairBy
    missing: int = 0
    retokenised: int = 0
    inside_gold: int = 0
    inside_predicted: int = 0
    changes: Changes = field(default_factory=Changes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        names = ("missing", "retokenised", "inside_gold", "inside_predicted")
        return {"pair_by": self.pair_by, **{name: getattr(self, name) for name in names}, **self.changes.to_dict()}


@dataclass(frozen=True)
class Comparison:
    """Predictions beside gold: a study of them, how each was laid there, and what the rules did to gold's labels.

    `settings` are the caller's, `stated` those of the comparison itself; both are in every signature. `lengths` are
    the words of each gold sentence, before any was cut.
    """

    study: Study
    laid: Mapping[str, Laid]
    gold_changes: Changes
    settings: Mapping[str, object]
    stated: Mapping[str, object]
    lengths: tuple[int, ...]

    def scores(self, method: str, match: Match = "exact") -> Scores:
        """Return the scores of one prediction; `match` says what counts as found."""
        return Scores(
            tuple(self.study.rows(method, match)),
            signature({**self.settings, "match": match, **self.stated}),
            self.laid[method].missing,
            self.lengths,
            tuple(item.gold.language for item in self.study.items),
        )

    def difference(self, one: str, other: str, match: Match = "exact") -> Difference:
        """Return how far two predictions are apart in F1, and whether that could be chance."""
        return difference(self.scores(one, match).table, self.scores(other, match).table)

    def kinds(self, method: str) -> dict[Kind, int]:
        """Count the mistakes of one prediction by kind (see `errors`), exact spans with labels being right."""
        return {kind: cell.count for kind, cell in kinds(self.study, method).kinds.items()}

    def said(self, method: str) -> list[str]:
        """Say in lines for people what was done before scoring, and what it means."""
        laid = self.laid[method]
        sides = (("gold", self.gold_changes), ("the prediction", laid.changes))
        told = [f"labels in {side}: {changes}" for side, changes in sides if changes]
        if laid.retokenised:
            told.append(
                f"sentences matched by characters, as their words are not those of gold: {laid.retokenised}; there, "
                f"predicted entities that begin or end inside a word of gold and cannot be right: {laid.inside_gold}; "
                f"gold entities that do so inside a predicted word and cannot be found: {laid.inside_predicted}"
            )
        return told

    def to_dict(self, method: str) -> dict[str, Any]:
        """Return plain JSON values of what was done before scoring."""
        return {"gold": self.gold_changes.to_dict(), "predicted": self.laid[method].to_dict()}


def lay_beside(
    predictions: Mapping[str, Iterable[Sentence]],
    gold: Iterable[Sentence],
    *,
    labels: Collection[str] | None = None,
    rules: LabelRules | None = None,
    by_characters: bool = False,
    pair_by: PairBy | None = None,
    settings: Mapping[str, object] | None = None,
) -> Comparison:
    """Lay predictions, keyed by method, beside the same gold.

    `rules` say which labels are renamed or ignored (None: none is); then `labels` are scored (None: all). `pair_by`
    None chooses between ids and order (see `pairing`). The study has one item for each gold sentence, and a Found
    without entities where a prediction left it out. `settings` come first in the signature.

    Raises FormatError, with file and line, where a sentence has no counterpart in gold, an id comes twice, words are
    not those of gold without `by_characters`, or with it an entity is on spaces only.
    """
    rules = rules or LabelRules()
    applied = rules if labels is None else rules.restricted(labels)
    given = list(gold)
    files = {method: list(sentences) for method, sentences in predictions.items()}
    pairings = {method: pair_by or pairing(ours, given) for method, ours in files.items()}
    paired = {method: counterparts(ours, given, pairings[method]) for method, ours in files.items()}
    for ours in () if by_characters else paired.values():
        _check_words(ours, given)
    reference = [one.with_entities(applied.gold.apply(one.entities)) for one in given]
    scored = {method: _scored(ours, applied.predicted) for method, ours in paired.items()}
    changes = {method: _changes(ours, applied.predicted) for method, ours in paired.items()}
    laid = {method: _laid(scored[method], reference, pairings[method], changes[method]) for method in paired}
    told = settings or {}
    stated = {
        "labels": sorted(labels) if labels is not None else "all",
        "rules": str(rules),
        "pairs": "/".join(dict.fromkeys(pairings.values())) or None,
        "words": "by characters" if by_characters else "equal",
    }
    study = _study(reference, scored, signature({**told, **stated}))
    return Comparison(study, laid, _changes(given, applied.gold), told, stated, tuple(map(len, given)))


def compare(
    predicted: Iterable[Sentence],
    gold: Iterable[Sentence],
    labels: Collection[str] | None = None,
    settings: Mapping[str, object] | None = None,
    match: Match = "exact",
    *,
    pair_by: PairBy | None = None,
) -> Scores:
    """Score one prediction on the words of gold (see `lay_beside`); `match` says what counts as found."""
    told = lay_beside({"": predicted}, gold, labels=labels, settings=settings, pair_by=pair_by)
    return told.scores("", match)


def _scored(sentences: Iterable[Side], rules: SideRules) -> list[Side]:
    return [None if one is None else one.with_entities(rules.apply(one.entities)) for one in sentences]


def _changes(sentences: Iterable[Side], rules: SideRules) -> Changes:
    return rules.changes(entity for one in sentences if one is not None for entity in one.entities)


def _laid(predicted: Sequence[Side], gold: Sequence[Sentence], by: PairBy, changes: Changes) -> Laid:
    other = [
        (ours, theirs)
        for ours, theirs in zip(predicted, gold, strict=True)
        if ours is not None and ours.words != theirs.words
    ]
    return Laid(
        by,
        missing=sum(one is None for one in predicted),
        retokenised=len(other),
        inside_gold=sum(_inside_words(ours, theirs) for ours, theirs in other),
        inside_predicted=sum(_inside_words(theirs, ours) for ours, theirs in other),
        changes=changes,
    )


def _inside_words(sentence: Sentence, other: Sentence) -> int:
    """Count the entities of `sentence` that begin or end inside a word of `other`."""
    edges, meeting = borders(sentence), set(borders(other))
    return sum(not meeting.issuperset(stretch(entity.span, edges)) for entity in sentence.entities)


def _study(gold: Sequence[Sentence], scored: Mapping[str, Sequence[Side]], stated: str) -> Study:
    items: list[Item] = []
    found: dict[str, list[Found]] = {method: [] for method in scored}
    for position, (reference, *sides) in enumerate(zip(gold, *scored.values(), strict=True)):
        words, entities = _on_common_words(reference, sides)
        items.append(Item(words, position=position))
        for results, one in zip(found.values(), entities, strict=True):
            results.append(Found(one, MISSING if one is None else ""))
    return Study(tuple(items), {method: tuple(results) for method, results in found.items()}, stated)


def _on_common_words(gold: Sentence, sides: Sequence[Side]) -> tuple[Sentence, list[tuple[Entity, ...] | None]]:
    """Return gold, its words cut where a predicted entity begins or ends inside one, and what each side has on them."""
    if all(one is None or one.words == gold.words for one in sides):
        return gold, [None if one is None else one.entities for one in sides]
    wanted: set[int] = set()
    for one in (gold, *sides):
        if one is not None:
            wanted.update(edge for entity in one.entities for edge in _stretch(one, entity))
    words = cut(gold, wanted)
    return words, [None if one is None else _moved(one, borders(words)) for one in sides]


def _moved(sentence: Sentence, edges: Sequence[int]) -> tuple[Entity, ...]:
    spans = (words_with(_stretch(sentence, entity), edges) for entity in sentence.entities)
    return tuple(
        replace(entity, span=span) for entity, span in zip(sentence.entities, spans, strict=True) if span is not None
    )


def _stretch(sentence: Sentence, entity: Entity) -> tuple[int, int]:
    start, end = stretch(entity.span, borders(sentence))
    if start == end:
        raise FormatError(
            f"The {entity.label} entity on word {entity.span.start + 1} has only spaces: it cannot be matched by "
            "characters.",
            **place(sentence),
            remedy="Leave the label out.",
        )
    return start, end


def _check_words(predicted: Iterable[Side], gold: Iterable[Sentence]) -> None:
    for sentence, reference in zip(predicted, gold, strict=True):
        if sentence is None or sentence.words == reference.words:
            continue
        for index, (ours, theirs) in enumerate(zip_longest(sentence.words, reference.words)):
            if ours != theirs:
                raise FormatError(
                    f"Token {index + 1} is {ours!r} here and {theirs!r} in gold"
                    f" ({reference.provenance or reference.id}): the two are tokenised differently.",
                    **place(sentence),
                    remedy="Predict on the tokens of the gold file, or match by characters (--by-characters).",
                )
