"""The spans of words of a target sentence that may receive an entity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projection.matching.candidates import ngrams
from projection.text.languages import is_unsegmented
from projection.types import Bitext, Span

MAX_CANDIDATES = 100_000
"""Most spans looked at in one sentence; a cut is reported."""


@dataclass(frozen=True, eq=False)
class NgramCandidates:
    """The spans of a target sentence that may receive an entity; `note` says how they were made."""

    spans: NDArray[np.intp]
    note: str
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, bitext: Bitext, longest: int, longest_unsegmented: int, stop: str) -> NgramCandidates:
        """List the spans of up to `longest` words without a word of `stop`, at most MAX_CANDIDATES."""
        target, without_spaces = bitext.target, is_unsegmented(bitext.target.language)
        limit, words = (longest_unsegmented if without_spaces else longest), len(target)
        spans, reached = ngrams(words, longest=limit, limit=MAX_CANDIDATES)
        warnings = ()
        if reached < min(limit or words, words):
            warnings = (
                f"The sentence has {words} words: only spans of up to {reached} words were looked at, to stay within "
                f"{MAX_CANDIDATES} candidates.",
            )
        stops = set(stop.split())
        stopped = np.concatenate([[0], np.cumsum([word in stops for word in target.words])])
        kept = spans[stopped[spans[:, 1]] == stopped[spans[:, 0]]]
        lengths = f"up to {reached} of " if reached < words else ""
        note = f"All spans of {lengths}the {words} words: {len(spans)}"
        if limit and limit == longest_unsegmented and without_spaces:
            note += f" (limit of {limit} for scripts without spaces)"
        if len(kept) < len(spans):
            note += f", less {len(spans) - len(kept)} with one of {' '.join(sorted(stops))}"
        return cls(kept, f"{note}.", warnings)

    def span(self, candidate: int) -> Span:
        return Span(*map(int, self.spans[candidate]))
