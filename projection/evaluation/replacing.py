"""Put gold in the place of a stage's result, and run the method again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from projection.errors import Cancelled, ModelUnavailable
from projection.evaluation.counterparts import Counterparts
from projection.types import Alignment, Bitext, Entity, Projection

log = logging.getLogger(__name__)

Replay = Callable[[Sequence[Bitext]], list[Projection]]
"""Runs a method again: as many projections as pairs, in the same order."""


def with_source(bitext: Bitext, entities: Sequence[Entity]) -> Bitext:
    """Return the pair with gold entities in the source, and all its evidence."""
    return replace(bitext, source=bitext.source.with_entities(entities))


def with_links(bitext: Bitext, pairs: Counterparts, gold: Alignment | None = None) -> Bitext:
    """Return the pair with `gold` links, or with `ideal_links`; without similarities, so that all methods read them."""
    return replace(bitext, alignment=gold or ideal_links(bitext, pairs), similarity=None)


def ideal_links(bitext: Bitext, pairs: Counterparts) -> Alignment:
    """Link every word of each entity with every word of its counterpart, and both with nothing else.

    Sure links between other words stay, with their scores.
    """
    given = bitext.alignment or Alignment(frozenset(), len(bitext.source), len(bitext.target))
    sources = {word for one, _ in pairs.pairs for word in range(one.span.start, one.span.end)}
    targets = {word for _, other in pairs.pairs for word in range(other.span.start, other.span.end)}
    kept = {link for link in given.links if link[0] not in sources and link[1] not in targets}
    made = {
        (word, there)
        for one, other in pairs.pairs
        for word in range(one.span.start, one.span.end)
        for there in range(other.span.start, other.span.end)
    }
    scores = {link: score for link, score in given.scores.items() if link in kept}
    return Alignment(frozenset(kept | made), given.source_length, given.target_length, scores)


def run_again(replay: Replay, bitexts: Sequence[Bitext]) -> list[Projection | str]:
    """Return the projection of each pair, or what went wrong with it.

    What fails together is tried again in halves, so that only the pairs that really fail are lost; a missing model
    fails all at once. Raises Cancelled.
    """
    if not bitexts:
        return []
    try:
        projections = replay(bitexts)
        if len(projections) != len(bitexts):
            raise ValueError(f"{len(projections)} projections for {len(bitexts)} sentences")
        return list(projections)
    except Cancelled:
        raise
    except (ModelUnavailable, ImportError) as problem:
        return [str(problem)] * len(bitexts)
    except Exception as problem:  # whatever a method throws must not stop the other sentences
        if len(bitexts) == 1:
            log.info("A method could not be run again", exc_info=problem)
            return [str(problem) or type(problem).__name__]
    half = len(bitexts) // 2
    return [*run_again(replay, bitexts[:half]), *run_again(replay, bitexts[half:])]
