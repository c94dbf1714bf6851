"""Which predicted sentence belongs to which gold one: by their ids, or in order by their characters.

Spaces never count, and words are not looked at here. Errors name the file and line where the sentence was read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

from projection.errors import FormatError
from projection.types import Sentence

PairBy = Literal["ids", "order"]
PAIRINGS: dict[PairBy, str] = {
    "ids": "sentences with the same id, whatever the order",
    "order": "each sentence with the next one in gold that has the same characters",
}


def pairing(predicted: Sequence[Sentence], gold: Sequence[Sentence]) -> PairBy:
    """Return how two versions of a text are paired when nobody says: by ids where both have ids of the same kind.

    Readers number the sentences of files without ids from 1, so such numbers are not taken for ids unless the other
    file has ids of its own, all of them are among those, and the characters fit.
    """
    ours, theirs = ([sentence.id for sentence in side] for side in (predicted, gold))
    numbered = [ids == [str(number + 1) for number in range(len(ids))] for ids in (ours, theirs)]
    if all(numbered) or not all((*ours, *theirs)) or not set(ours) & set(theirs):
        return "order"
    return "ids" if not any(numbered) or _fit(predicted, gold) else "order"


def _fit(predicted: Sequence[Sentence], gold: Sequence[Sentence]) -> bool:
    ours, theirs = ({sentence.id: sentence.characters for sentence in side} for side in (predicted, gold))
    unique = len(ours) == len(predicted) and len(theirs) == len(gold)
    return unique and all(theirs.get(name) == characters for name, characters in ours.items())


def counterparts(predicted: Sequence[Sentence], gold: Sequence[Sentence], by: PairBy) -> list[Sentence | None]:
    """Return the predicted sentence of each gold sentence, None where it was left out.

    Raises FormatError for a sentence without a counterpart in gold, for an id that comes twice, and where sentences
    of the same id have other characters.
    """
    return _by_ids(predicted, gold) if by == "ids" else _in_order(predicted, gold)


def _by_ids(predicted: Sequence[Sentence], gold: Sequence[Sentence]) -> list[Sentence | None]:
    _check_unique(gold)
    _check_unique(predicted)
    waiting = {sentence.id: sentence for sentence in predicted}
    found = [waiting.pop(sentence.id, None) for sentence in gold]
    for extra in waiting.values():
        raise FormatError(
            f"The sentence with the id {extra.id!r} (“{_beginning(extra)}…”) does not come in gold.",
            **place(extra),
            remedy="Give gold that has it, or pair the sentences in order (--pair order).",
        )
    for ours, theirs in zip(found, gold, strict=True):
        if ours is not None and ours.characters != theirs.characters:
            raise FormatError(
                f"The sentence with the id {ours.id!r} begins “{_beginning(ours)}…” here and "
                f"“{_beginning(theirs)}…” in gold ({theirs.provenance or theirs.id}): their characters differ.",
                **place(ours),
                remedy="Give two versions of the same text, or pair the sentences in order (--pair order).",
            )
    return found


def _check_unique(sentences: Sequence[Sentence]) -> None:
    """Raise FormatError, with both lines, for an id that two sentences have."""
    seen: defaultdict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        seen[sentence.id].append(sentence)
    twice = [same for same in seen.values() if len(same) > 1]
    if not twice:
        return
    first, second, *_ = twice[0]
    before = f" (line {first.provenance.line})" if first.provenance and first.provenance.line else ""
    more = f"; other ids that come more than once: {len(twice) - 1}" if len(twice) > 1 else ""
    raise FormatError(
        f"The id {first.id!r} comes {len(twice[0])} times, first at “{_beginning(first)}…”{before}{more}.",
        **place(second),
        remedy="Give each sentence its own id, or pair the sentences in order (--pair order).",
    )


def _in_order(predicted: Sequence[Sentence], gold: Sequence[Sentence]) -> list[Sentence | None]:
    characters = [sentence.characters for sentence in gold]
    found: list[Sentence | None] = []
    for sentence in predicted:
        try:
            after = characters.index(sentence.characters, len(found))
        except ValueError:
            raise _no_counterpart(sentence, gold, len(found)) from None
        found += [None] * (after - len(found))
        found.append(sentence)
    return found + [None] * (len(gold) - len(found))


def _no_counterpart(sentence: Sentence, gold: Sequence[Sentence], position: int) -> FormatError:
    here = f"gold is at {gold[position].provenance or position + 1}" if position < len(gold) else "gold has ended there"
    return FormatError(
        f"The sentence “{_beginning(sentence)}…” does not come in gold at this point ({here}).",
        **place(sentence),
        remedy="Give two versions of the same text, sentences in the same order.",
    )


def _beginning(sentence: Sentence) -> str:
    return " ".join(sentence.words[:6])


def place(sentence: Sentence) -> dict[str, Any]:
    """Return where a sentence was read, as FormatError takes it."""
    provenance = sentence.provenance
    return {"path": provenance.path, "line": provenance.line} if provenance else {}
