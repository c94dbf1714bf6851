"""A tiny NLLB that learns, while the tests run, to translate word by word and to keep square brackets."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

WORDS = {
    language: words.split()
    for language, words in {
        "en": "Ada Bonn Oslo Vienna Cologne Geneva Venice sees today and with old house river bread buys sells wine",
        "de": "Ada Bonn Oslo Wien Köln Genf Venedig sieht heute und mit alt haus fluss brot kauft verkauft wein",
    }.items()
}
"""The vocabulary: the n-th words translate each other; three names are the same in both languages."""
CODES = {"en": "eng_Latn", "de": "deu_Latn"}
BOTH_WAYS = (("en", "de"), ("de", "en"), ("en", "en"), ("de", "de"))
LONGEST = 8
_PADDING, _END, _IGNORED = 1, 2, -100


def marking_nllb(
    folder: Path,
    directions: Sequence[tuple[str, str]] = BOTH_WAYS,
    *,
    steps: int = 350,
    is_mirrored: bool = False,
) -> Path:
    """Save an NLLB that translates up to 8 known words, each pair of brackets kept around its words.

    With `is_mirrored` the translation is written in the opposite order ("[ Ada ] sees Bonn" becomes
    "Bonn sieht [ Ada ]"), so that entities move; that takes more steps and one direction only.
    """
    import torch
    from transformers import M2M100ForConditionalGeneration, NllbTokenizer

    from tests.models.tiny import seq2seq_config

    vocabulary, merges = _pieces()
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=merges)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    model = M2M100ForConditionalGeneration(seq2seq_config(len(tokenizer), init_std=0.1, max_position_embeddings=192,
                                                          encoder_ffn_dim=128, decoder_ffn_dim=128))  # fmt: skip
    _teach(model, tokenizer, directions, steps, is_mirrored)
    model.save_pretrained(folder)
    return folder


def _pieces() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return vocabulary and merges of a byte-pair model in which each word and bracket is one piece."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"], vocab_size=500, show_progress=False,
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz.,!"),
    )  # fmt: skip
    tokenizer.train_from_iterator([" ".join(words) for words in WORDS.values()] + ["[ ]"] * 2, trainer)
    learnt = json.loads(tokenizer.to_str())["model"]
    return learnt["vocab"], [tuple(merge) for merge in learnt["merges"]]


def _teach(model, tokenizer, directions: Sequence[tuple[str, str]], steps: int, is_mirrored: bool) -> None:
    import torch

    from tests.models.tiny import one_thread

    rng = random.Random(0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps + 1, pct_start=0.1)
    numbers = {language: _numbers(tokenizer, language) for language in WORDS}
    model.train()
    with one_thread():
        for _ in range(steps):
            pairs = [_example(rng, *rng.choice(directions), numbers, is_mirrored) for _ in range(48)]
            inputs = _padded([source for source, _ in pairs], _PADDING)
            labels = _padded([target for _, target in pairs], _IGNORED)
            model(input_ids=inputs, attention_mask=(inputs != _PADDING).long(), labels=labels).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    model.eval()


def _numbers(tokenizer, language: str) -> dict[str | int, int]:
    """Return the id of each word (by its number in WORDS), of the brackets and of the language code."""
    ids = {number: tokenizer.convert_tokens_to_ids(f"▁{word}") for number, word in enumerate(WORDS[language])}
    ids |= {bracket: tokenizer.convert_tokens_to_ids(f"▁{bracket}") for bracket in "[]"}
    ids["code"] = tokenizer.convert_tokens_to_ids(CODES[language])
    assert tokenizer.unk_token_id not in ids.values()
    return ids


def _example(rng: random.Random, source: str, target: str, numbers, is_mirrored: bool) -> tuple[list[int], list[int]]:
    """Return source and target ids of one random sentence with up to two marked spans."""
    words = [rng.randrange(len(WORDS[source])) for _ in range(max(rng.randint(1, LONGEST), rng.randint(1, LONGEST)))]
    if is_mirrored:
        words = rng.sample(range(len(WORDS[source])), len(words))
    spans: list[tuple[int, int]] = []
    for _ in range(rng.choice((0, 1, 1) if is_mirrored else (0, 1, 2, 2))):
        start = rng.randrange(len(words))
        end = rng.randint(start + 1, min(len(words), start + 3))
        if all(end <= other_start or start >= other_end for other_start, other_end in spans):
            spans.append((start, end))
    moved = [(len(words) - end, len(words) - start) for start, end in spans] if is_mirrored else spans
    return (
        _marked(words, spans, numbers[source]),
        _marked(words[::-1] if is_mirrored else words, moved, numbers[target]),
    )


def _marked(words: Sequence[int], spans: Sequence[tuple[int, int]], ids) -> list[int]:
    marked = [ids["code"]]
    for place in range(len(words) + 1):
        marked += [ids["]"] for _, end in spans if end == place]
        marked += [ids["["] for start, _ in spans if start == place]
        marked += [ids[word] for word in words[place : place + 1]]
    return [*marked, _END]


def _padded(rows: list[list[int]], filler: int):
    import torch

    table = torch.full((len(rows), max(map(len, rows))), filler)
    for number, row in enumerate(rows):
        table[number, : len(row)] = torch.tensor(row)
    return table
