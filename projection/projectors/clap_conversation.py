"""What CLaP asks about one pair, what it is answered, and where that stands in the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from projection.matching.candidates import longest_within, ngrams
from projection.projectors.occurrences import EXACT, WordText, bare
from projection.protocols import ChatRequest
from projection.text.joining import natural
from projection.text.languages import english_name
from projection.types import Bitext, Sentence, Span, Step

NOTHING = "NONE"
"""What the model answers for a phrase that the translation leaves out."""

_SYSTEM = (
    "You find a phrase of a sentence in the translation of that sentence. Answer with the words of the translation "
    "that mean the phrase: one unbroken part of it, copied exactly, and nothing else. If the translation leaves the "
    f"phrase out, answer {NOTHING}."
)
_AGAIN = (
    "That is not a part of the translation. Copy the words from the translation, exactly as they stand there, or "
    f"answer {NOTHING}."
)
_EXACT, _SIMILAR = 1.0, 0.9
_MOST_CHOICES = 5000
_QUOTED = 60


@dataclass(frozen=True, eq=False)
class Conversation:
    """The questions about one pair, one for each entity, and the `answers` so far, one list for each.

    `source` and `target` are those of the pair in natural text. Nothing is asked about a target without words.
    """

    bitext: Bitext
    source: Sentence
    target: Sentence
    answers: tuple[list[str], ...] = field(default_factory=tuple)

    @classmethod
    def on(cls, bitext: Bitext) -> Conversation:
        source, target = natural(bitext.source), natural(bitext.target)
        return cls(bitext, source, target, tuple([] for _ in source.entities))

    def waiting(self) -> list[int]:
        """Return the entities that have no answer which is a part of the target, or says there is none."""
        if not len(self.target):
            return []
        return [entity for entity in range(len(self.answers)) if not (self.places(entity) or self._is_left_out(entity))]

    def request(self, entity: int) -> ChatRequest:
        """Return the question, or the same with the answers and the request for a better one."""
        source, target = self.source, self.target
        question = (
            f"{english_name(source.language)} sentence: {source.text}\n"
            f"{english_name(target.language)} translation: {target.text}\n"
            f"Phrase ({source.entities[entity].label}): {source.text_of(source.entities[entity].span)}\n"
            "Its words in the translation:"
        )
        turns = [("system", _SYSTEM), ("user", question)]
        for answer in self.answers[entity]:
            turns += [("assistant", answer), ("user", _AGAIN)]
        return ChatRequest(tuple(turns), self._choices)

    @cached_property
    def _choices(self) -> tuple[str, ...]:
        spans = ngrams(len(self.target), longest=self._longest).spans.tolist()
        texts = (self.target.text_of(Span(start, end)) for start, end in spans)
        return (*dict.fromkeys(text for text in texts if bare(text)), NOTHING)

    @property
    def _longest(self) -> int:
        """The words of the longest choice."""
        return longest_within(len(self.target), _MOST_CHOICES)

    def hear(self, entity: int, answer: str) -> None:
        self.answers[entity].append(answer)

    def places(self, entity: int) -> dict[Span, float]:
        """Return where the last answer stands in the target, with 1.0 for as written and 0.9 for alike."""
        if not self.answers[entity]:
            return {}
        spans, how = self._words.find(self.answers[entity][-1])
        return dict.fromkeys(spans, _EXACT if how == EXACT else _SIMILAR)

    @cached_property
    def _words(self) -> WordText:
        return WordText(self.target.words)

    def _is_left_out(self, entity: int) -> bool:
        return bool(self.answers[entity]) and bare(self.answers[entity][-1]) == bare(NOTHING)

    def distance(self, entity: int, span: Span) -> float:
        """Return how far apart the middles of entity and span lie, as shares of their sentences, 0 to 1."""
        place = self.source.entities[entity].span
        middles = (place.start + place.end) / len(self.source), (span.start + span.end) / len(self.target)
        return abs(middles[0] - middles[1]) / 2

    def why_missing(self, entity: int) -> str:
        """Say why an entity has no place in the target."""
        if not len(self.target):
            return "The target has no words"
        if self._is_left_out(entity):
            return "The model says that the translation leaves it out"
        return f"The answer “{_short(self.answers[entity][-1])}” is no part of the translation"

    def steps(self, where: str) -> Iterator[Step]:
        """Yield the first question and what was answered; `where` the text went."""
        if not self.answers or not len(self.target):
            return
        told = "\n\n".join(text for _, text in self.request(0).turns[:2])
        number = len(self.answers)
        note = f"Sent to {where}, once for each of {number} entities; here the first."
        if self._longest < len(self.target):
            note += f" A model on this computer chooses among parts of up to {self._longest} words."
        yield Step("Question", note, told)
        rows = tuple(
            (
                f"{self.source.text_of(one.span)} {one.label}",
                _short(told[0]),
                _short(told[1]) if len(told) > 1 else None,
                self._outcome(entity),
            )
            for entity, (one, told) in enumerate(zip(self.source.entities, self.answers, strict=True))
        )
        yield Step("Answers", columns=("entity", "answer", "second answer", "in the target"), rows=rows)

    def _outcome(self, entity: int) -> str:
        places = self.places(entity)
        if not places:
            return "left out" if self._is_left_out(entity) else "no part of it"
        how = "as written" if _EXACT in places.values() else "but for case, spaces and punctuation"
        if len(places) == 1:
            return how
        return f"{how}, {len(places)} times: the place most like that in the source counts"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:_QUOTED]}…" if len(text) > _QUOTED else text
