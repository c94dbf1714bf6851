"""Words to sub-words: which word each belongs to, special tokens kept apart, long sentences in windows."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tokenizers


@dataclass(frozen=True, slots=True, eq=False)
class Subwords:
    """The sub-words of one sentence without special tokens: `ids` (m,) and `words` (m,), ascending."""

    ids: NDArray[np.int64]
    words: NDArray[np.intp]


class SubwordTokenizer:
    """Split given words with a Hugging Face tokenizer; thread-safe.

    Words are NFC-normalised first. A word in which the tokenizer sees one of its special tokens (a
    user typed `</s>`) is split character by character, so that it stays text. `prefix` and `suffix`
    are the special tokens the model expects around a sentence.
    """

    def __init__(self, backend: tokenizers.Tokenizer):
        backend.no_truncation()
        backend.no_padding()
        self._backend = backend
        special = {number: token.content for number, token in backend.get_added_tokens_decoder().items()
                   if token.special}  # fmt: skip
        self._unknown = {number for number, text in special.items() if text == getattr(backend.model, "unk_token", None)
                         or number == getattr(backend.model, "unk_id", None) or text == "<unk>"}  # fmt: skip
        self._unknown_texts = [special[number] for number in self._unknown]
        self._special = np.array(sorted(special), np.int64)
        probe = backend.encode(["a"], is_pretokenized=True)
        own = [position for position, word in enumerate(probe.word_ids) if word is not None]
        self.prefix = np.array(probe.ids[: own[0]] if own else [], np.int64)
        self.suffix = np.array(probe.ids[own[-1] + 1 :] if own else [], np.int64)

    def split(self, sentences: Sequence[Sequence[str]]) -> list[Subwords]:
        """Return the sub-words of each list of words; a word may have none (control characters)."""
        normal = [[unicodedata.normalize("NFC", word) for word in words] for words in sentences]
        encoded = self._backend.encode_batch(normal, is_pretokenized=True, add_special_tokens=False)
        return [self._plain(words, encoding) for words, encoding in zip(normal, encoded, strict=True)]

    def _plain(self, words: list[str], encoding: tokenizers.Encoding) -> Subwords:
        result = Subwords(np.array(encoding.ids, np.int64), np.array(encoding.word_ids, np.intp))
        suspects = {
            int(result.words[position])
            for position in np.flatnonzero(np.isin(result.ids, self._special))
            if result.ids[position] not in self._unknown or self._spells_unknown(words[result.words[position]])
        }
        if not suspects:
            return result
        parts = [
            (part, number) for number, word in enumerate(words) for part in (word if number in suspects else [word])
        ]
        again = self._backend.encode([part for part, _ in parts], is_pretokenized=True, add_special_tokens=False)
        owners = np.array([number for _, number in parts], np.intp)
        return Subwords(np.array(again.ids, np.int64), owners[np.array(again.word_ids, np.intp)])

    def _spells_unknown(self, word: str) -> bool:
        folded = unicodedata.normalize("NFKC", word)
        return any(text in folded for text in self._unknown_texts)


def windows(length: int, capacity: int) -> list[tuple[int, int]]:
    """Return spans of at most `capacity` sub-words that cover `length`, each half over the next.

    One span when it fits; else steps of half a window, the last one flush with the end.
    """
    if length <= capacity:
        return [(0, length)]
    step = max(1, capacity // 2)
    starts = [*range(0, length - capacity, step), length - capacity]
    return [(start, start + capacity) for start in starts]


def owned(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the part of each window whose vectors are kept: up to the middle of every overlap.

    So a sub-word is taken from the window in which it stands furthest from a cut edge.
    """
    borders = [(left[1] + right[0]) // 2 for left, right in pairwise(spans)]
    return list(zip([spans[0][0], *borders], [*borders, spans[-1][1]], strict=True))
