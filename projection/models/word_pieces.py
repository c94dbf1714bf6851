"""The tokens of each word of a text, as its translator would write that text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from projection.types import Sentence

Ids = tuple[int, ...]
Encode = Callable[[list[str]], list[list[int]]]

_WORD_MARK = "\u2581"  # SentencePiece's sign for the space before a word


def word_pieces(tokenizer: Any, encode: Encode, sentence: Sentence) -> list[tuple[Ids, Ids]]:
    """Return of each word its tokens as it stands in the text, and as it would stand after a mark.

    The first of all words together are the tokens of the whole text; one that reaches over the border of two words
    (in scripts without spaces) is cut there. The second differ for a letter or digit right after another
    word, which then gets the space that it would have after a mark. `encode` gives the ids of texts without
    special tokens.
    """
    if not sentence.tokens:
        return []
    start = sentence.tokens[0].start
    upto = encode([sentence.text[start : token.end] for token in sentence.tokens])
    as_is = _cut(tokenizer, upto) or _one_by_one(tokenizer, encode, sentence)
    alone = [tuple(ids) for ids in encode(list(sentence.words))]
    return [
        (ids, own if is_glued and word[0].isalnum() else ids)
        for ids, own, is_glued, word in zip(as_is, alone, _glued(sentence), sentence.words, strict=True)
    ]


def _glued(sentence: Sentence) -> list[bool]:
    """Say of each word whether it stands right after another."""
    return [False, *(left.end == right.start for left, right in pairwise(sentence.tokens))]


def _cut(tokenizer: Any, upto: Sequence[Sequence[int]]) -> list[Ids] | None:
    """Divide the last of `upto` (the text) where the texts that end with each word end.

    Compares what the tokens say, because a text that ends early may end in other tokens. None if a text that
    ends early does not say the beginning of the whole one (a normaliser that looks ahead).
    """
    said = ["".join(tokenizer.convert_ids_to_tokens(ids)) for ids in upto]
    if not all(later.startswith(earlier) for earlier, later in pairwise(said)):
        return None
    borders = [len(text) for text in said]
    words: list[list[int]] = [[] for _ in upto]
    pieces = tokenizer.convert_ids_to_tokens(upto[-1])
    ends = accumulate(map(len, pieces))
    word = 0
    for number, piece, end in zip(upto[-1], pieces, ends, strict=True):
        begin = end - len(piece)
        while borders[word] <= begin:
            word += 1
        if borders[word] >= end:
            words[word].append(number)
            continue
        while begin < end:
            stop = min(borders[word], end)
            words[word] += _spell(tokenizer, said[-1][begin:stop])
            begin = stop
            word += begin < end
    return [tuple(ids) for ids in words]


def _spell(tokenizer: Any, text: str) -> list[int]:
    """Return the ids of a part of a token: the longest entries of the vocabulary that spell it."""
    ids: list[int] = []
    while text:
        known = (
            (end, number)
            for end in range(len(text), 0, -1)
            if (number := tokenizer.convert_tokens_to_ids(text[:end])) not in (None, tokenizer.unk_token_id)
        )
        length, number = next(known, (1, tokenizer.unk_token_id))
        ids.append(number)
        text = text[length:]
    return ids


def _one_by_one(tokenizer: Any, encode: Encode, sentence: Sentence) -> list[Ids]:
    """Tokenise each word alone, and take the space away from those right after another where the vocabulary can."""
    words = []
    for ids, is_glued in zip(encode(list(sentence.words)), _glued(sentence), strict=True):
        head = tokenizer.convert_ids_to_tokens(ids[0]) if ids else ""
        if is_glued and head.startswith(_WORD_MARK):
            ids = [*_spell(tokenizer, head.removeprefix(_WORD_MARK)), *ids[1:]]
        words.append(tuple(ids))
    return words
