"""From labelled sentences to what a generator is trained on: lines with empty slots and the same slots filled."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projection.errors import ConfigurationError, ModelUnavailable
from projection.models.span_filler import can_write, encode
from projection.projectors.slots import plain, type_name, write_prompt, write_slots
from projection.types import Sentence

_MARKS = ("<", ">", "/")


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence: what is read, what is to be written, both as text and as sub-words; its words and labels."""

    prompt: str
    answer: str
    source: tuple[int, ...]
    target: tuple[int, ...]
    sentence: Sentence


@dataclass(frozen=True)
class Material:
    """The examples of a training, and what was left out of them."""

    training: tuple[Example, ...]
    held_out: tuple[Example, ...]
    names: Mapping[str, str]
    """The type name of each label that occurs."""
    without_entities: int
    too_long: int

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of all lines, in order."""
        told = hashlib.sha256()
        for part in (self.training, self.held_out):
            for example in part:
                told.update(f"{example.prompt}\t{example.answer}\n".encode())
            told.update(b"\n")
        return told.hexdigest()[:16]

    @property
    def description(self) -> str:
        """One sentence for people: how many sentences are used, and how many are not and why."""
        left = [f"{self.without_entities} without entities"] if self.without_entities else []
        left += [f"{self.too_long} too long"] if self.too_long else []
        said = f"{len(self.training)} sentences to train on, {len(self.held_out)} held out"
        return f"{said}; left out: {', '.join(left)}." if left else f"{said}; none left out."


def prepare(
    sentences: Iterable[Sentence],
    tokenizer: Any,
    *,
    max_length: int,
    held_out: float | Sequence[Sentence],
    names: Mapping[str, str],
    seed: int,
) -> Material:
    """Make the examples of a training.

    `held_out` is the share of the sentences that is not trained on, chosen by `seed`, or the sentences
    to measure on. `names` renames labels (see `slots.type_name`). A sentence whose prompt or answer has over
    `max_length` sub-words is counted, not cut. The tokenizer receives entries for the slot marks where it
    has none. Raises ConfigurationError for labels without a name, or if nothing is left to train on.
    """
    given = list(sentences)
    others = [] if isinstance(held_out, float | int) else list(held_out)
    labels = dict.fromkeys(entity.label for sentence in (*given, *others) for entity in sentence.entities)
    known = {label: type_name(label, names) for label in labels}
    add_marks(tokenizer, tuple(known.values()))
    labelled = [sentence for sentence in given if sentence.entities]
    examples = [_example(sentence, tokenizer, known) for sentence in labelled]
    kept = [example for example in examples if max(len(example.source), len(example.target)) <= max_length]
    if not kept:
        why = f"all {len(examples)} are longer than {max_length} sub-words" if examples else "none has an entity"
        raise ConfigurationError(f"There is no sentence to train on: {why}.")
    if isinstance(held_out, float | int):
        training, measured = _split(kept, held_out, seed)
    else:
        training, measured = kept, [_example(one, tokenizer, known) for one in others if one.entities]
    return Material(tuple(training), tuple(measured), known, len(given) - len(labelled), len(examples) - len(kept))


def add_marks(tokenizer: Any, names: Sequence[str]) -> None:
    """Give the tokenizer entries for the marks of slots that it lacks.

    Raises ModelUnavailable if that is not enough.
    """
    if names and not can_write(tokenizer, names):
        tokenizer.add_tokens([mark for mark in _MARKS if tokenizer.unk_token_id in encode(tokenizer, mark)])
    lost = [name for name in names if not can_write(tokenizer, [name])]
    if lost:
        raise ModelUnavailable(
            f"The tokenizer of the base model has no entry for some character of <{lost[0]}>: rename the label with "
            "--name, or choose another model."
        )


def _example(sentence: Sentence, tokenizer: Any, known: Mapping[str, str]) -> Example:
    names = [known[entity.label] for entity in sentence.entities]
    words = sentence.words
    strings = [plain(words[entity.span.start : entity.span.end], sentence.language) for entity in sentence.entities]
    prompt, answer = write_prompt(words, names, sentence.language), write_slots(names, strings)
    return Example(prompt, answer, tuple(encode(tokenizer, prompt)), tuple(encode(tokenizer, answer)), sentence)


def _split(examples: Sequence[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """Hold out about `share` of the examples, at least one of two or more unless it is 0."""
    number = min(len(examples) - 1, max(1, round(share * len(examples)))) if share else 0
    chosen = set(random.Random(seed).sample(range(len(examples)), number))
    return (
        [example for index, example in enumerate(examples) if index not in chosen],
        [example for index, example in enumerate(examples) if index in chosen],
    )
