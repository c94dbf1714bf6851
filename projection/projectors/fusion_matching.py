"""Fusion matching: links, a target-language recognizer, translation probability and cosines, weighted and added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar

from projection.errors import ConfigurationError
from projection.matching.decisions import ScoredCandidates, decide
from projection.matching.scores import LINK_SCORES, LinkScores
from projection.matching.translation_scores import KINDS, Kind, nmt_scores
from projection.projectors.fusion_scores import FusedScores
from projection.projectors.matching_settings import (
    CONSTRAINT,
    COUNT,
    SOLVER,
    THRESHOLD,
    TIES,
    check_choice,
    check_matching,
    check_range,
)
from projection.projectors.ngram_candidates import NgramCandidates
from projection.protocols import ConditionalModel, Option, settings_signature
from projection.types import Bitext, Projection

SCORES = ("alignment", "ner", "translation", "embedding")
_THESIS = {
    "embedding": 0.0, "lacking": "refuse", "normalised": False, "link_score": "raw", "longest": 10, "stop": "! ?",
    "threshold": 0.0,
}  # fmt: skip


def _thesis(alignment: float, ner: float, translation: float, ner_label: str = "any") -> Mapping[str, Any]:
    weights = {"alignment": alignment, "ner": ner, "translation": translation, "ner_label": ner_label}
    return MappingProxyType({**_THESIS, **weights})


@dataclass(frozen=True)
class FusionMatching:
    """Match entities to spans of target words by a weighted sum of up to four scores.

    `alignment`, `ner`, `translation` and `embedding` are the weights; a score of weight 0 is neither
    computed nor needed. alignment: LinkScores by `link_score`. ner: how probable a recognizer of the target
    language finds the span as an entity, of the label of the source ("own") or of any, with `alpha` (see
    ner_scores). translation: NMTScore of the two strings by `translator`, of one of the `kind`s, for the
    `translated` best spans of each entity by the other scores. embedding: cosines of sub-words less `floor`
    (see cosine_scores). With `normalised` each score is brought to 0 to 1 and the total is the weighted mean,
    else the sum of what they are, as in the thesis whose combinations are the presets. What has a weight and
    is not there is an error ("refuse") or left out with a warning.
    """

    name: str = "fusion-matching"
    alignment: float = 0.5
    ner: float = 0.25
    translation: float = 0.0
    embedding: float = 0.25
    translator: Any = None
    lacking: str = "leave out"
    normalised: bool = True
    link_score: str = "dice"
    ner_label: str = "any"
    alpha: float = 1.15
    kind: Kind = "direct"
    pivot: str = "en"
    translated: int = 20
    floor: float = 0.5
    longest: int = 0
    stop: str = "! ? ！ ？ ؟"
    count: int = 1
    constraint: str = "at most"
    solver: str = "exact"
    threshold: float = 0.2

    requires: ClassVar[frozenset[str]] = frozenset({"alignment", "similarity"})
    optional: ClassVar[frozenset[str]] = frozenset({"target_entities", "target_probabilities"})
    components: ClassVar[Mapping[str, str]] = MappingProxyType({"translator": "translator"})
    options: ClassVar[tuple[Option, ...]] = (
        *(Option(score, f"Weight of the {score} score; 0 does without it.", minimum=0.0, maximum=5.0, step=0.05)
          for score in SCORES),
        Option("lacking", "What to do when the evidence for a score is not there.", choices=("leave out", "refuse")),
        Option("normalised", "Bring every score to 0 to 1 first; as published, they are added as they are."),
        Option("link_score", "dice: share of linked words, 0 to 1. raw: links over words, as published.",
               choices=LINK_SCORES),
        Option("ner_label", "The recognizer must see the label of the source, or any.", choices=("any", "own")),
        Option("alpha", "How much a span the recognizer would mark gains for each further word.", minimum=1.0,
               maximum=2.0, step=0.05),
        Option("kind", "How translation probability is measured.", choices=KINDS),
        Option("pivot", "The language both strings are translated to, for kind pivot."),
        Option("translated", "Spans per entity that get a translation score, the best by the others; 0 for all.",
               minimum=0, maximum=1000, step=5),
        Option("floor", "Cosines count from here up.", minimum=0.0, maximum=0.95, step=0.05),
        Option("longest", "Longest span in words; 0 for any.", minimum=0, maximum=100, step=1),
        Option("stop", "Words no span may contain, separated by spaces."),
        COUNT, CONSTRAINT, SOLVER, THRESHOLD,
    )  # fmt: skip
    presets: ClassVar[Mapping[str, Mapping]] = {
        "default": {},
        "align_ner": _thesis(0.5, 0.5, 0, "own"),
        "align_ner_spans": _thesis(0.5, 0.5, 0),
        "align_nmt": _thesis(0.5, 0, 1),
        "ner_spans_nmt": _thesis(0, 0.5, 1),
        "all_fusion": _thesis(0.5, 0.5, 1),
    }

    def __post_init__(self):
        for weight in SCORES:
            check_range(self, weight, 0)
        if not any(getattr(self, weight) for weight in SCORES):
            raise ConfigurationError(f"{self.name}: give at least one of {', '.join(SCORES)} a weight above 0.")
        for setting in ("lacking", "link_score", "ner_label", "kind"):
            choices = next(option.choices for option in self.options if option.name == setting)
            check_choice(self, setting, choices)
        check_range(self, "alpha", 1, 2)
        check_range(self, "floor", 0, 0.95)
        for setting in ("translated", "longest"):
            check_range(self, setting, 0)
        check_matching(self)

    @property
    def signature(self) -> str:
        return settings_signature(self if self.translation else replace(self, translator=None))

    @property
    def needs(self) -> frozenset[str]:
        """What these settings cannot do without: evidence, and the translator."""
        if self.lacking == "leave out":
            return frozenset({"alignment"})
        gives = {"ner": "target_probabilities", "translation": "translator", "embedding": "similarity"}
        return frozenset({"alignment", *(needed for score, needed in gives.items() if getattr(self, score))})

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        scored = [self._score(bitext) for bitext in bitexts]
        self._translate([scores for scores in scored if self.translation and "translation" not in scores.left_out])
        return [self._decide(scores) for scores in scored]

    def _score(self, bitext: Bitext) -> FusedScores:
        """Compute all scores but translation, which is asked for all sentences at once."""
        if bitext.alignment is None:
            raise ConfigurationError(f"{self.name} needs word links: choose an aligner or give links.")
        left_out = dict(self._lacking(bitext))
        if left_out and self.lacking == "refuse":
            score, reason = next(iter(left_out.items()))
            raise ConfigurationError(f"{self.name} gives the {score} score a weight, but {reason}, or set {score}=0.")
        entities = [entity.span for entity in bitext.source.entities]
        weights = {score: getattr(self, score) for score in SCORES}
        if set(left_out) == {score for score, weight in weights.items() if weight}:
            raise ConfigurationError(f"{self.name}: {'; '.join(left_out.values())}.")
        found = NgramCandidates.of(bitext, self.longest, self.longest, self.stop)
        scores = FusedScores(bitext, found, LinkScores(bitext.alignment, entities), weights, self.normalised, left_out)
        if self.alignment:
            scores.add_links(self.link_score)
        if self.ner and "ner" not in left_out:
            scores.add_ner(self.ner_label == "own", self.alpha)
        if self.embedding and "embedding" not in left_out:
            scores.add_cosines(self.floor)
        return scores

    def _lacking(self, bitext: Bitext) -> Iterator[tuple[str, str]]:
        """Yield (score, reason with remedy) of those that have a weight and no evidence."""
        if self.ner and bitext.target_entities is None:
            yield "ner", "no recognizer has read the target: choose a target recognizer (--target-recognizer)"
        if self.embedding and bitext.similarity is None:
            yield "embedding", "there are no cosines: choose an aligner on an encoder and do not give links"
        if self.translation and not isinstance(self.translator, ConditionalModel):
            who = getattr(self.translator, "name", None)
            yield (
                "translation",
                f"{f'the translator {who} cannot' if who else 'there is no translator that can'} say how probable a "
                "translation is: choose nllb, m2m100 or marian",
            )

    def _translate(self, scored: Sequence[FusedScores]) -> None:
        """Add translation scores; each pair of strings is asked once for all sentences of a language pair."""
        pairs = [scores.most_promising(self.translated) for scores in scored]
        asked: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
        for scores, chosen in zip(scored, pairs, strict=True):
            asked.setdefault(_languages(scores), {}).update((_strings(scores, pair), 0.0) for pair in chosen)
        for (source, target), strings in asked.items():
            wanted = list(strings)
            values = nmt_scores(self.translator, wanted, source, target, kind=self.kind, pivot=self.pivot)
            strings.update(zip(wanted, map(float, values), strict=True))
        for scores, chosen in zip(scored, pairs, strict=True):
            known = asked[_languages(scores)]
            scores.add_translation({pair: known[_strings(scores, pair)] for pair in chosen})

    def _decide(self, scores: FusedScores) -> Projection:
        nothing = "No score says anything for it"
        return decide(
            scores.bitext,
            ScoredCandidates(
                scores.found.spans, scores.totals(), scores.parts, "n-gram", nothing=nothing, evidence=scores.raw
            ),
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            per_entity=self.count,
            constraint=self.constraint,
            threshold=self.threshold,
            ties=TIES[self.link_score],
            missing=lambda entity: "No score says anything for any span",
            confidence=scores.confidence,
            warnings=(*scores.found.warnings, *(
                f"Without the {score} score: {reason}." for score, reason in scores.left_out.items()
            )),
            steps=scores.steps,
        )  # fmt: skip


def _languages(scores: FusedScores) -> tuple[str, str]:
    return scores.bitext.source.language, scores.bitext.target.language


def _strings(scores: FusedScores, pair: tuple[int, int]) -> tuple[str, str]:
    entity, candidate = pair
    source, target = scores.bitext.source, scores.bitext.target
    return source.text_of(scores.links.entities[entity]), target.text_of(scores.found.span(candidate))
