"""CLaP: a language model is asked what each entity is called in the translation.

Parekh et al., "Contextual Label Projection for Cross-Lingual Structured Prediction", NAACL 2024. There the
phrase is translated in the context of the translated sentence; the answer counts if it is a part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from projection.errors import ModelInputError
from projection.matching.decisions import ScoredCandidates, decide
from projection.projectors.clap_conversation import Conversation
from projection.projectors.matching_settings import SOLVER, check_choice
from projection.protocols import ChatModel, Option, needed, settings_signature
from projection.types import Bitext, Projection

_HOW = (
    "such as http://localhost:11434/v1#MODEL for an endpoint that speaks OpenAI's protocol, or the name or folder of "
    "a chat model on this computer (until then nothing is sent anywhere)"
)
_NEARNESS = 0.05


@dataclass(frozen=True)
class Clap:
    """Ask the `chat` model for each entity; its answer, found in the target, is the span.

    An answer counts where it stands in the target as words: as written (1.0), else whatever its case,
    spaces and punctuation (0.9). Where it stands more than once, the place most like that of the entity
    in the source wins (up to 0.05 off for distance). With `retry`, an answer that is no part of the target
    is sent back once. The model may answer that the phrase is left out. A local model is guided: it
    chooses among the parts of the target. Text is sent to the host of `chat` and nowhere else; without one
    nothing is sent.
    """

    name: str = "clap"
    chat: ChatModel | None = None
    retry: bool = True
    solver: str = "exact"

    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[Mapping[str, str]] = MappingProxyType({"chat": "chat"})
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

        Raises ModelUnavailable if no chat model is chosen or it does not answer, ModelInputError if it fails
        on a question.
        """
        chat = needed(self.chat, self.name, "chat", _HOW, of_run=False)
        conversations = [Conversation.on(bitext) for bitext in bitexts]
        for _ in range(2 if self.retry else 1):
            waiting = [(one, entity) for one in conversations for entity in one.waiting()]
            answers = chat.answer([one.request(entity) for one, entity in waiting]) if waiting else []
            for (one, entity), answer in zip(waiting, answers, strict=True):
                if answer.problem:
                    raise ModelInputError(answer.problem)
                one.hear(entity, answer.text)
        return [self._place(one, chat.where) for one in conversations]

    def _place(self, conversation: Conversation, where: str) -> Projection:
        bitext = conversation.bitext
        found = [conversation.places(entity) for entity in range(len(bitext.source.entities))]
        spans = sorted({span for one in found for span in one})
        column = {span: number for number, span in enumerate(spans)}
        totals = np.full((len(found), len(spans)), np.nan)
        for entity, one in enumerate(found):
            for span, likeness in one.items():
                totals[entity, column[span]] = likeness - _NEARNESS * conversation.distance(entity, span)

        def parts(entity: int, candidate: int) -> dict[str, float]:
            span = spans[candidate]
            return {"as answered": found[entity][span], "distance": conversation.distance(entity, span)}

        return decide(
            bitext,
            ScoredCandidates(
                np.array([(span.start, span.end) for span in spans], np.intp).reshape(-1, 2), totals, parts, "answer"
            ),
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            missing=conversation.why_missing,
            steps=lambda: conversation.steps(where),
        )
