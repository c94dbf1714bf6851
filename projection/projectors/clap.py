"""CLaP: a language model is asked what each entity is called in the translation.

Parekh et al., "Contextual Label Projection for Cross-Lingual Structured Prediction", NAACL 2024. There the
phrase is translated in the context of the translated sentence; the answer counts if it is a part of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from projection.matching.decisions import ScoredCandidates, decide
from projection.projectors.matching_settings import SOLVER, check_choice
from projection.protocols import ChatModel, ChatRequest, Option, needed, settings_signature
from projection.text.languages import english_name
from projection.types import Bitext, Projection, Span, Step

_HOW = (
    "such as http://localhost:11434/v1#MODEL for an endpoint that speaks OpenAI's protocol, or the name or folder of "
    "a chat model on this computer"
)
_SYSTEM = (
    "You find a phrase of a sentence in the translation of that sentence. Answer with the words of the translation "
    "that mean the phrase, copied exactly, and with nothing else."
)
_AGAIN = "That is not a part of the translation. Copy the words from the translation, exactly as they stand there."
_EXACT, _SIMILAR, _NEARNESS = 1.0, 0.9, 0.05


@dataclass(frozen=True)
class Clap:
    """Ask the `chat` model for each entity; its answer, found in the target, is the span.

    An answer counts where it stands in the target as words: as written (1.0), else whatever its case,
    spaces and punctuation (0.9). Where it stands more than once, the place most like that of the entity
    in the source wins (up to 0.05 off for distance). With `retry`, an answer that is no part of the target
    is sent back once. A local model is guided, so its answer always is a part. Text is sent to the
    host of `chat` and nowhere else; without one nothing is sent.
    """

    name: str = "clap"
    chat: ChatModel | None = None
    retry: bool = True
    solver: str = "exact"

    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[Mapping[str, str]] = {"chat": "chat"}
    options: ClassVar[tuple[Option, ...]] = (
        Option("chat", "http://HOST/v1#MODEL, or a chat model by name or folder. The sentences are sent to it."),
        Option("retry", "Ask once more when the answer is no part of the translation."),
        SOLVER,
    )
    presets: ClassVar[Mapping[str, Mapping]] = {"default": {}, "one-question": {"retry": False}}

    def __post_init__(self):
        check_choice(self, "solver", ("greedy", "exact"))

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        """Ask all questions of all pairs at once, then once more those that went wrong.

        Raises ModelUnavailable if no chat model is chosen or it does not answer.
        """
        chat = needed(self.chat, self.name, "chat", _HOW, of_run=False)
        asked = [(bitext, entity) for bitext in bitexts for entity in range(len(bitext.source.entities))]
        questions = [_question(bitext, entity) for bitext, entity in asked]
        answers = [[answer] for answer in chat.answer(questions)]
        if self.retry:
            wrong = [row for row, (bitext, _) in enumerate(asked) if not places(answers[row][0], bitext)]
            again = chat.answer([_again(questions[row], answers[row][0]) for row in wrong])
            for row, answer in zip(wrong, again, strict=True):
                answers[row].append(answer)
        waiting = iter(answers)
        return [self._place(bitext, chat, [next(waiting) for _ in bitext.source.entities]) for bitext in bitexts]

    def _place(self, bitext: Bitext, chat: ChatModel, answers: list[list[str]]) -> Projection:
        found = [places(told[-1], bitext) for told in answers]
        spans = sorted({span for one in found for span in one})
        column = {span: number for number, span in enumerate(spans)}
        totals = np.full((len(found), len(spans)), np.nan)
        for entity, one in enumerate(found):
            for span, likeness in one.items():
                totals[entity, column[span]] = likeness - _NEARNESS * _distance(bitext, entity, span)

        def parts(entity: int, candidate: int) -> dict[str, float]:
            span = spans[candidate]
            return {"as answered": found[entity][span], "distance": _distance(bitext, entity, span)}

        def steps() -> Iterator[Step]:
            if answers:
                told = "\n\n".join(text for _, text in _question(bitext, 0).turns)
                yield Step("First question", f"One for each entity, sent to {chat.where}.", told)
            yield _answers_step(bitext, answers, found)

        return decide(
            bitext,
            ScoredCandidates(
                np.array([(span.start, span.end) for span in spans], np.intp).reshape(-1, 2), totals, parts, "answer"
            ),
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            missing=lambda entity: f"The answer “{_short(answers[entity][-1])}” is no part of the translation",
            steps=steps,
        )


def _question(bitext: Bitext, entity: int) -> ChatRequest:
    source, target = bitext.source, bitext.target
    one = source.entities[entity]
    text = (
        f"{english_name(source.language)} sentence: {source.text}\n"
        f"{english_name(target.language)} translation: {target.text}\n"
        f"Phrase ({one.label}): {source.text_of(one.span)}\n"
        "Its words in the translation:"
    )
    ends = [0, *(token.end for token in target.tokens)]
    pieces = tuple(target.text[end : token.end] for end, token in zip(ends, target.tokens, strict=False))
    return ChatRequest((("system", _SYSTEM), ("user", text)), pieces)


def _again(question: ChatRequest, answer: str) -> ChatRequest:
    return ChatRequest((*question.turns, ("assistant", answer), ("user", _AGAIN)), question.pieces)


def places(answer: str, bitext: Bitext) -> dict[Span, float]:
    """Return where an answer stands in the target, with 1.0 for as written and 0.9 for alike.

    Alike means equal but for case, spaces and punctuation; of spans that differ by punctuation at their ends only,
    the shortest counts.
    """
    target, wanted = bitext.target, _bare(answer)
    if not wanted:
        return {}
    bare = [_bare(word) for word in target.words]
    found: dict[Span, float] = {}
    for start, word in enumerate(bare):
        end, sofar = start, ""
        while word and end < len(bare) and len(sofar) < len(wanted):
            sofar, end = sofar + bare[end], end + 1
        if sofar == wanted:
            span = Span(start, end)
            found[span] = _EXACT if target.text_of(span) == answer.strip() else _SIMILAR
    return found


def _bare(text: str) -> str:
    """Return the letters, marks, digits and symbols of a text, case folded and composed."""
    kept = (one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one)[0] in "LMNS")
    return "".join(kept).casefold()


def _distance(bitext: Bitext, entity: int, span: Span) -> float:
    """Return how far apart the middles of entity and span lie, as shares of their sentences, 0 to 1."""
    there = bitext.source.entities[entity].span
    middles = (there.start + there.end) / 2 / len(bitext.source), (span.start + span.end) / 2 / len(bitext.target)
    return abs(middles[0] - middles[1])


def _answers_step(bitext: Bitext, answers: Sequence[Sequence[str]], found: Sequence[Mapping[Span, float]]) -> Step:
    rows = tuple(
        (
            f"{bitext.source.text_of(entity.span)} {entity.label}",
            _short(told[0]),
            _short(told[1]) if len(told) > 1 else None,
            len(places),
        )
        for entity, told, places in zip(bitext.source.entities, answers, found, strict=True)
    )
    return Step("Answers", columns=("entity", "answer", "second answer", "places in the target"), rows=rows)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:60]}…" if len(text) > 60 else text
