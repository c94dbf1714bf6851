"""T-Projection: a generator writes what the entities of the target could be, translation probability chooses.

García-Ferrero, Agerri and Rigau, "T-Projection: High Quality Annotation Projection for Sequence Labeling
Tasks", Findings of EMNLP 2023.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from projection.errors import ModelUnavailable
from projection.matching.decisions import ScoredCandidates, decide
from projection.matching.pruning import Choice, overlapping, untied
from projection.matching.translation_scores import nmt_scores
from projection.projectors.generated_candidates import GeneratedCandidates
from projection.projectors.matching_settings import THRESHOLD, check_choice, check_range
from projection.projectors.slots import parse_names
from projection.protocols import (
    ConditionalModel,
    Generation,
    GenerationRequest,
    Option,
    SpanGenerator,
    Translator,
    needed,
    settings_signature,
)
from projection.text.joining import natural
from projection.types import Bitext, Projection, Span

SOURCE_ORDER = "source order"
_SOLVERS = ("greedy", "exact", SOURCE_ORDER)
_TRAIN = "trained to fill slots (make one with `python -m projection train-generator`)"

_NEARNESS = 1e-6  # decides between equal scores only

Question = tuple[str, str, str, str]
"""Entity string, span string, and the language of each."""


@dataclass(frozen=True)
class TProjection:
    """Generate candidates in the target, choose by NMTScore.

    The generator reads the target with one slot for each source entity and writes `beams` answers. A
    string it wrote is a candidate for all entities of the type wherever it stands in the target (see
    `WordText.find`; `agglutinative` lets it be a part of words); one that stands nowhere is reported. Its
    score is the NMTScore ("direct", both ways) of entity and span by `translator`; spans need a score above
    `threshold`, and of equal ones the place most like that of the entity in the source is taken. `names` says
    in words what labels mean ("DNA=Gene"). The solver "source order" is that of the paper: entity by entity,
    each takes the best that is left, the leftmost of equal ones. T-Projection cannot find what no beam holds.
    """

    name: str = "t-projection"
    generator: SpanGenerator | None = None
    translator: Translator | None = None
    beams: int = 15
    names: str = ""
    agglutinative: bool = False
    solver: str = "exact"
    threshold: float = 0.0

    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[Mapping[str, str]] = MappingProxyType({"generator": "generator", "translator": "translator"})
    options: ClassVar[tuple[Option, ...]] = (
        Option("generator", "The folder that train-generator wrote, or a Hugging Face name."),
        Option("beams", "Answers the generator writes for a sentence.", minimum=1, maximum=200, step=1),
        Option("names", "What labels mean, in words: DNA=Gene,RNA=Messenger. The usual ones are known."),
        Option("agglutinative", "A generated word may be a part of a word of the text (Turkish, Finnish, Zulu)."),
        Option("solver", "Best pair first, greatest sum, or entity by entity as the paper does.", choices=_SOLVERS),
        THRESHOLD,
    )
    presets: ClassVar[Mapping[str, Mapping]] = {"default": {}, "original": {"beams": 100, "solver": SOURCE_ORDER}}

    def __post_init__(self):
        check_choice(self, "solver", _SOLVERS)
        check_range(self, "beams", 1)
        check_range(self, "threshold", 0)
        parse_names(self.names)

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        """Generate for all pairs, score all candidates, then choose.

        Raises ModelUnavailable without a generator, or a translator that can tell probabilities; what
        the generator and the translator raise for a sentence they refuse.
        """
        needed(self.generator, self.name, "generator", _TRAIN, of_run=False)
        translator = needed(self.translator, self.name, "translator", "that can tell probabilities")
        if not isinstance(translator, ConditionalModel):
            raise ModelUnavailable(
                f"{self.name} compares strings by how probable they are as translations, and {translator.name} cannot "
                f"tell that: choose nllb, m2m100 or marian (--translator, or --option {self.name}.translator=NAME)."
            )
        candidates = [
            GeneratedCandidates.of(bitext, generation, self.agglutinative)
            for bitext, generation in zip(bitexts, self._generate(bitexts), strict=True)
        ]
        asked = [_questions(one) for one in candidates]
        scores = _answers(translator, [question for one in asked for question in one.values()])
        return [self._choose(one, questions, scores) for one, questions in zip(candidates, asked, strict=True)]

    def _generate(self, bitexts: Sequence[Bitext]) -> list[Generation | None]:
        """Return the answers for each pair, None where there is no entity or no word."""
        names = tuple(parse_names(self.names).items())
        requests = {
            number: GenerationRequest(
                bitext.target.words,
                tuple(entity.label for entity in bitext.source.entities),
                bitext.target.language,
                names,
            )
            for number, bitext in enumerate(bitexts)
            if bitext.source.entities and len(bitext.target)
        }
        answers = self.generator.generate(list(requests.values()), self.beams) if requests else []
        found = dict(zip(requests, answers, strict=True))
        return [found.get(number) for number in range(len(bitexts))]

    def _choose(
        self,
        candidates: GeneratedCandidates,
        questions: Mapping[tuple[int, Span], Question],
        scores: Mapping[Question, float],
    ) -> Projection:
        bitext = candidates.bitext
        spans = sorted({span for _, span in questions})
        column = {span: number for number, span in enumerate(spans)}
        totals = np.full((len(bitext.source.entities), len(spans)), np.nan)
        in_order = self.solver == SOURCE_ORDER
        for (entity, span), question in questions.items():
            totals[entity, column[span]] = scores[question] - (
                0 if in_order else _NEARNESS * _far(bitext, entity, span)
            )
        array = np.array([(span.start, span.end) for span in spans], np.intp).reshape(-1, 2)
        found = [candidates.of_entity(entity) for entity in range(len(totals))]
        ruled_out = taken_before(totals, array, _names(bitext), self.threshold) if in_order else {}
        generation = candidates.generation
        return decide(
            bitext,
            ScoredCandidates(
                array,
                totals,
                lambda entity, candidate: {
                    "NMTScore": scores[questions[entity, spans[candidate]]],
                    "beams": float(found[entity][spans[candidate]]),
                },
                "generated",
                ruled_out,
                "No probability at all",
            ),
            method=self.name,
            signature=self.signature,
            solver="greedy" if in_order else self.solver,
            threshold=self.threshold,
            missing=candidates.why_missing,
            confidence=lambda entity, candidate: min(float(totals[entity, candidate]), 1.0),
            warnings=generation.warnings if generation else (),
            steps=candidates.steps,
        )


def taken_before(
    totals: NDArray[np.float64], spans: NDArray[np.intp], names: Sequence[str], threshold: float
) -> dict[Choice, str]:
    """Return the candidates that are gone when entities choose one after the other, with the reason.

    Each takes the best that shares no word with what earlier ones took (ties as `untied` breaks them). Without
    these candidates the greedy solver makes the same choices.
    """
    weights = untied(np.nan_to_num(totals, nan=-np.inf) - threshold, spans)
    ruled_out: dict[Choice, str] = {}
    owner = np.full(len(spans), -1)
    for entity, row in enumerate(weights):
        for candidate in np.nonzero(~np.isnan(totals[entity]) & (owner >= 0))[0].tolist():
            ruled_out[entity, candidate] = f"Taken by {names[owner[candidate]]}, which comes first in the source"
        free = np.where(owner < 0, row, -np.inf)
        if (free > 0).any():
            owner[overlapping(spans, int(free.argmax())) & (owner < 0)] = entity
    return ruled_out


def _far(bitext: Bitext, entity: int, span: Span) -> float:
    """Return how far apart the middles of entity and span lie, as shares of their sentences, 0 to 1."""
    place = bitext.source.entities[entity].span
    middles = (place.start + place.end) / len(bitext.source), (span.start + span.end) / len(bitext.target)
    return abs(middles[0] - middles[1]) / 2


def _names(bitext: Bitext) -> list[str]:
    return [f"{bitext.source.text_of(entity.span)} {entity.label}" for entity in bitext.source.entities]


def _questions(candidates: GeneratedCandidates) -> dict[tuple[int, Span], Question]:
    """Return what the translator is asked for each (entity, candidate span)."""
    source, target = natural(candidates.bitext.source), natural(candidates.bitext.target)
    return {
        (number, span): (source.text_of(entity.span), target.text_of(span), source.language, target.language)
        for number, entity in enumerate(source.entities)
        for span in candidates.of_entity(number)
    }


def _answers(model: ConditionalModel, questions: Sequence[Question]) -> dict[Question, float]:
    """Return the NMTScore of each question, asked once, with one call for each pair of languages."""
    answers: dict[Question, float] = {}
    for source, target in dict.fromkeys(question[2:] for question in questions):
        group = list(dict.fromkeys(question for question in questions if question[2:] == (source, target)))
        scores = nmt_scores(model, [question[:2] for question in group], source, target)
        answers |= zip(group, scores.tolist(), strict=True)
    return answers
