"""From labelled sentences to what a recognizer is trained on: words with one IOB2 tag each."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from projection.errors import ConfigurationError
from projection.types import Entity, Sentence, Span

LONG_WORD = 4
"""Letters of a word that is capitalised in a recased copy; shorter ones are mostly function words."""
KEPT, OF_OWN_LANGUAGE = 0.2, 0.4
"""Shares of the entities of a copy with other names that stay, and of the rest that get one of their language."""
ENOUGH = 20
"""Mentions of a label that a language must have to give some to others: fewer would come again and again."""


@dataclass(frozen=True)
class Labelled:
    """The sentences of a training and what was left out of them; entities have only the labels to learn."""

    training: tuple[Sentence, ...]
    held_out: tuple[Sentence, ...]
    labels: tuple[str, ...]
    recased: int
    """How many of `training` are copies in other case, after the sentences themselves."""
    other_labels: Mapping[str, int]
    """Entities with other labels, which count as outside."""
    too_long: int = 0
    swapped: int = 0
    """How many of `training` are copies with other mentions, at the end."""

    @property
    def own(self) -> int:
        """How many of `training` are no copies; they come first."""
        return len(self.training) - self.recased - self.swapped

    @property
    def tags(self) -> tuple[str, ...]:
        """The IOB2 tags: "O" first, then "B-" and "I-" of each label."""
        return ("O", *(f"{prefix}-{label}" for label in self.labels for prefix in "BI"))

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of all words and tags, in order."""
        told = hashlib.sha256()
        for part in (self.training, self.held_out):
            for sentence in part:
                rows = zip(sentence.words, tags_of(sentence), strict=True)
                told.update("".join(f"{word} {tag}\n" for word, tag in rows).encode() + b"\n")
            told.update(b"\n")
        return told.hexdigest()[:16]

    @property
    def entities(self) -> dict[str, int]:
        """How many entities of each label there are to train on, copies left out."""
        own = self.training[: self.own]
        counts = Counter(entity.label for sentence in own for entity in sentence.entities)
        return {label: counts[label] for label in self.labels}

    @property
    def description(self) -> str:
        """Two sentences for people: what is used, and what is not and why."""
        trained = [f"{self.own} sentences"]
        trained += [f"{self.recased} copies in other case"] if self.recased else []
        trained += [f"{self.swapped} copies with other names"] if self.swapped else []
        said = f"{' and '.join(trained)} to train on, {len(self.held_out)} held out"
        left = [f"{self.too_long} sentences too long"] if self.too_long else []
        left += [f"{count} entities labelled {label} count as outside" for label, count in self.other_labels.items()]
        counts = ", ".join(f"{count} {label}" for label, count in self.entities.items())
        return f"{said}; {counts}. {'Left out: ' + ', '.join(left) if left else 'Nothing left out'}."


def tags_of(sentence: Sentence) -> list[str]:
    """Return the IOB2 tag of each word."""
    tags = ["O"] * len(sentence)
    for entity in sentence.entities:
        for word in range(entity.span.start, entity.span.end):
            tags[word] = f"{'B' if word == entity.span.start else 'I'}-{entity.label}"
    return tags


def prepare(
    sentences: Iterable[Sentence],
    *,
    held_out: float | Sequence[Sentence],
    labels: Collection[str] = (),
    recased: float = 0.0,
    swapped: float = 0.0,
    seed: int = 0,
) -> Labelled:
    """Make the material of a training.

    `held_out` is the share of the sentences that is not trained on, chosen by `seed`, or the sentences to
    measure on. `labels` are those to learn (none named: all that occur). `recased` is the share of sentences that
    is trained on a second time in other case (see `recase`), `swapped` the share of those with entities that is trained
    on a second time with names of other sentences (see `swap`). Raises ConfigurationError when nothing is
    left, or a label does not occur.
    """
    given = [sentence for sentence in sentences if len(sentence)]
    others = None if isinstance(held_out, float | int) else [sentence for sentence in held_out if len(sentence)]
    counts = Counter(entity.label for sentence in given for entity in sentence.entities)
    if not counts:
        raise ConfigurationError("There is no sentence to train on: none has an entity.")
    if lacking := [label for label in labels if label not in counts]:
        raise ConfigurationError(
            f"No sentence has the label {lacking[0]} that is to be learned; there are {', '.join(sorted(counts))}."
        )
    wanted = tuple(sorted(set(labels) or counts))
    if others is None:
        chosen = random.Random(seed)
        number = min(len(given) - 1, max(1, round(held_out * len(given)))) if held_out else 0
        aside = set(chosen.sample(range(len(given)), number))
        others = [sentence for index, sentence in enumerate(given) if index in aside]
        given = [sentence for index, sentence in enumerate(given) if index not in aside]
    training = [_only(sentence, wanted) for sentence in given]
    draw = random.Random(seed + 1)
    in_other_case = [recase(sentence, draw) for sentence in training if draw.random() < recased]
    in_other_case = [copy for copy in in_other_case if copy is not None]
    mentions = mentions_of(training)
    draw = random.Random(seed + 2)
    with_other_names = [
        swap(sentence, mentions, draw) for sentence in training if sentence.entities and draw.random() < swapped
    ]
    left = {label: count for label, count in sorted(counts.items()) if label not in wanted}
    measured = tuple(_only(sentence, wanted) for sentence in others)
    return Labelled(
        (*training, *in_other_case, *with_other_names), measured, wanted, len(in_other_case), left,
        swapped=len(with_other_names),
    )  # fmt: skip


def without(material: Labelled, too_long: Collection[int]) -> Labelled:
    """Return the material without the training sentences of these numbers."""
    kept = tuple(sentence for number, sentence in enumerate(material.training) if number not in too_long)
    ends = material.own, material.own + material.recased
    recased = material.recased - sum(ends[0] <= number < ends[1] for number in too_long)
    swapped = material.swapped - sum(number >= ends[1] for number in too_long)
    if not kept:
        raise ConfigurationError(
            f"There is no sentence to train on: all {len(material.training)} are too long for the model."
        )
    return replace(material, training=kept, recased=recased, swapped=swapped, too_long=len(too_long))


def recase(sentence: Sentence, draw: random.Random) -> Sentence | None:
    """Return a copy in other case, None where case makes no difference (Chinese).

    Half of the copies have some long words capitalised, as German nouns and English titles are; a quarter is
    all lower case, a quarter all upper case.
    """
    kind, words = draw.random(), list(sentence.words)
    if kind < 0.5:
        words = [word[:1].upper() + word[1:] if len(word) >= LONG_WORD and draw.random() < 0.4 else word
                 for word in words]  # fmt: skip
    else:
        words = [word.lower() if kind < 0.75 else word.upper() for word in words]
    if words == list(sentence.words):
        return None
    return Sentence.from_words(words, sentence.language, sentence.entities)


Mentions = Mapping[str, Mapping[str, Sequence[tuple[str, ...]]]]
"""By label and by language the words of every entity, as often as it occurs."""


def mentions_of(sentences: Iterable[Sentence]) -> Mentions:
    """Return the mentions of all sentences."""
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for sentence in sentences:
        for entity in sentence.entities:
            words = tuple(sentence.words[entity.span.start : entity.span.end])
            found.setdefault(entity.label, {}).setdefault(sentence.language, []).append(words)
    return found


def swap(sentence: Sentence, mentions: Mentions, draw: random.Random) -> Sentence:
    """Return a copy with other mentions of the same labels in the places of its entities, whose own are in `mentions`.

    Mention replacement (Dai and Adel 2020, An Analysis of Simple Data Augmentation for Named Entity Recognition),
    across languages: what stands around an entity is learned apart from its letters. One entity in five stays, so that
    a copy may be the sentence itself; of the others, two in five take a mention of the sentence's language and the rest
    one of any language with `ENOUGH` of them, each language as often.
    """
    words: list[str] = []
    entities = []
    last = 0
    for entity in sentence.entities:
        words += sentence.words[last : entity.span.start]
        start = len(words)
        words += _mention(sentence, entity, mentions[entity.label], draw)
        entities.append(Entity(Span(start, len(words)), entity.label))
        last = entity.span.end
    return Sentence.from_words([*words, *sentence.words[last:]], sentence.language, tuple(entities))


def _mention(
    sentence: Sentence, entity: Entity, mentions: Mapping[str, Sequence[tuple[str, ...]]], draw: random.Random
) -> Sequence[str]:
    if draw.random() < KEPT:
        return sentence.words[entity.span.start : entity.span.end]
    own = draw.random() < OF_OWN_LANGUAGE
    others = [language for language, there in mentions.items() if len(there) >= ENOUGH]
    return draw.choice(mentions[sentence.language if own or not others else draw.choice(others)])


def _only(sentence: Sentence, labels: Collection[str]) -> Sentence:
    kept = tuple(entity for entity in sentence.entities if entity.label in labels)
    return sentence if len(kept) == len(sentence.entities) else replace(sentence, entities=kept)
