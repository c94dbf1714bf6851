"""A tiny mT5 of the real class, and a toy language in which it can learn to fill slots."""

from __future__ import annotations

import random
from pathlib import Path

from projection.types import Entity, Sentence, Span

PEOPLE = ("Anna", "Bruno", "Clara", "David", "Emma", "Felix")
PLACES = ("Rom", "Bern", "Oslo", "Paris", "Wien", "Lima")
FRAMES = (
    "PER besuchte LOC .",
    "gestern war PER in LOC .",
    "in LOC wohnt PER heute",
    "PER kommt aus LOC und lacht",
)
_OTHERS = ("besuchte", "gestern", "war", "in", "wohnt", "heute", "kommt", "aus", "und", "lacht", ".", ",", "nie")
_NAMES = ("Person", "Location")


def sentence(frame: str, person: str, place: str, language: str = "de") -> Sentence:
    """Fill a frame; the entities are labelled."""
    words, entities = [], []
    for position, word in enumerate(frame.split()):
        words.append({"PER": person, "LOC": place}.get(word, word))
        if word in ("PER", "LOC"):
            entities.append(Entity(Span(position, position + 1), word))
    return Sentence.from_words(words, language, entities)


def sentences(number: int, seed: int = 0) -> list[Sentence]:
    chosen = random.Random(seed)
    return [sentence(*map(chosen.choice, (FRAMES, PEOPLE, PLACES))) for _ in range(number)]


def base(folder: Path, **settings: object) -> Path:
    """Save an mT5 with random weights whose tokenizer has each word of the toy language as one piece."""
    import torch
    from transformers import MT5Config, MT5ForConditionalGeneration, T5Tokenizer

    names = [*PEOPLE, *PLACES, "None"]
    pieces = [*(f"▁{word}" for word in (*names, *_OTHERS)), *names]
    pieces += [f"{start}<{end}{name}>" for name in _NAMES for start, end in (("▁", ""), ("", ""), ("", "/"))]
    pieces += ["▁", *"<>/", *map(chr, range(ord("a"), ord("z") + 1)), *map(chr, range(ord("A"), ord("Z") + 1))]
    vocabulary = [(piece, 0.0) for piece in ("<pad>", "</s>", "<unk>")] + [(piece, -1.0) for piece in pieces]
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=0)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = MT5Config(**{
        "vocab_size": len(tokenizer), "d_model": 48, "d_kv": 16, "d_ff": 96, "num_layers": 2, "num_decoder_layers": 2,
        "num_heads": 3, "dropout_rate": 0.0, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0,
        "tie_word_embeddings": False, **settings,
    })  # fmt: skip
    MT5ForConditionalGeneration(config).save_pretrained(folder)
    return folder
