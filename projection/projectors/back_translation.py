"""Back-translation: the marked source is translated into the language of the target, and the two are aligned.

The first contribution of XLNER (arXiv 2501.18750): labels travel inside the translation, and word alignment only
has to match two texts of one language. In its published figures that loses nearly everywhere; it may win
for scripts without spaces (ja, zh, th).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from projection.errors import ConfigurationError
from projection.matching.decisions import Decisions
from projection.matching.explanation import LazySteps
from projection.projectors.easyproject import MARKING_OPTIONS, EasyProject
from projection.projectors.label_recovery import LITERATURE_THRESHOLD
from projection.protocols import Aligner, Option, Projector, SimilarityAligner, Translator, needed, settings_signature
from projection.registry import create, find, load_class
from projection.types import Bitext, Decision, Projection, Sentence, Step, Unprojected

_MATCHERS = ("span-matching", "heuristic", "heuristic:paper", "ngram-matching", "ngram-matching:paper")


@dataclass(frozen=True)
class BackTranslation:
    """Label a given target through a second text in its language that has the labels.

    1. The source with marks around its entities is translated to the language of the target, and the
       labels are read off the translation (as EasyProject does, with its settings `threshold`,
       `find_lost` and `discard`).
    2. `aligner` compares this labelled text with the target: both are of one language.
    3. `matcher`, a method that reads nothing but an alignment, puts the labelled spans on the target.
    An entity lost in the first step is lost; its reason says so. Decisions and matches are those of the
    matcher, about the entities of the source.
    """

    name: str = "back-translation"
    translator: Translator | None = None
    aligner: Aligner | None = None
    matcher: str = "span-matching"
    threshold: float = LITERATURE_THRESHOLD
    find_lost: bool = True
    discard: bool = False

    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[Mapping[str, str]] = {"translator": "translator", "aligner": "aligner"}
    options: ClassVar[tuple[Option, ...]] = (
        Option("matcher", "Method that carries the labels from the back-translation to the target.", choices=_MATCHERS),
        *MARKING_OPTIONS,
    )
    presets: ClassVar[Mapping[str, Mapping]] = {
        "default": {},
        "paper": {"matcher": "heuristic:paper", "find_lost": False},
        "paper-ngrams": {"matcher": "ngram-matching:paper", "find_lost": False},
    }

    def __post_init__(self):
        method = load_class(find("projector", self.matcher))
        if not hasattr(method, "project") or not method.requires or method.requires - {"alignment", "similarity"}:
            raise ConfigurationError(
                f"{self.name}: the matcher must be a method that reads nothing but an alignment, such as "
                f"{', '.join(_MATCHERS)}; {self.matcher!r} is none."
            )
        EasyProject(self.name, threshold=self.threshold)

    @property
    def signature(self) -> str:
        return settings_signature(self).replace(f"matcher:{self.matcher}", f"matcher:({self._matcher.signature})")

    @cached_property
    def _matcher(self) -> Projector:
        return create("projector", self.matcher)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        """Carry the source entities of each pair onto its target.

        Two calls of the translator (marked sentences, entities on their own) for each language of a target,
        one of the aligner. Raises ModelUnavailable without these, ModelInputError for what they refuse.
        """
        translator = needed(self.translator, self.name, "translator", "that keeps square brackets")
        aligner = needed(self.aligner, self.name, "aligner")
        marking = EasyProject(self.name, translator, self.threshold, self.find_lost, self.discard)
        written = self._write(marking, bitexts)
        carried = [number for number, projection in written.items() if projection.matches]
        pairs = [_pair(written[number], bitexts[number].target) for number in carried]
        matched = dict(zip(carried, self._match(_align(aligner, pairs)), strict=True))
        return [self._result(bitext, written.get(number), matched.get(number)) for number, bitext in enumerate(bitexts)]

    def _match(self, pairs: Sequence[Bitext]) -> list[Projection]:
        """Carry the labels of each (back-translation, target), with what the aligner had to say about it."""
        return [
            replace(projection, warnings=(*(pair.similarity.warnings if pair.similarity else ()), *projection.warnings))
            for pair, projection in zip(pairs, self._matcher.project(pairs), strict=True)
        ]

    @staticmethod
    def _write(marking: EasyProject, bitexts: Sequence[Bitext]) -> dict[int, Projection]:
        """Return the labelled back-translation of each pair that has entities."""
        written: dict[int, Projection] = {}
        labelled = [number for number, bitext in enumerate(bitexts) if bitext.source.entities]
        for language in dict.fromkeys(bitexts[number].target.language for number in labelled):
            numbers = [number for number in labelled if bitexts[number].target.language == language]
            sources = [bitexts[number].source for number in numbers]
            written |= zip(numbers, marking.write(sources, language), strict=True)
        return written

    def _result(self, bitext: Bitext, written: Projection | None, matched: Projection | None) -> Projection:
        if written is None:
            nothing = Step("No entities", "The source has no entities, so that nothing was translated.")
            return Projection(bitext, (), (), (), self.name, self.signature, steps=(nothing,))
        lost = [
            Unprojected(loss.entity_index, f"Not in the back-translation: {loss.reason[:1].lower()}{loss.reason[1:]}")
            for loss in written.unprojected
        ]
        warnings = _said("Back-translation", written.warnings)

        def first() -> list[Step]:
            return _titled("Back-translation", written.steps)

        result = Projection(bitext, (), (), tuple(lost), self.name, self.signature, warnings)
        if matched is None:
            return replace(result, steps=LazySteps(lambda: [*first(), _result_step(result, written)]))
        entities = _entities_of(written)
        missed = [Unprojected(entities[loss.entity_index], loss.reason) for loss in matched.unprojected]
        result = replace(
            result,
            matches=tuple(replace(match, entity_index=entities[match.entity_index]) for match in matched.matches),
            decisions=_renumbered(matched.decisions, entities, bitext.source),
            unprojected=tuple(sorted([*lost, *missed], key=lambda loss: loss.entity_index)),
            warnings=(*warnings, *_said("Back-translation with the target", matched.warnings)),
        )
        steps = LazySteps(lambda: [*first(), *_titled("Onto the target", matched.steps), _result_step(result, written)])
        return replace(result, steps=steps)


def _said(where: str, warnings: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{where}: {warning}" for warning in warnings)


def _titled(where: str, steps: Sequence[Step]) -> list[Step]:
    return [replace(step, title=f"{where}: {step.title[:1].lower()}{step.title[1:]}") for step in steps]


def _entities_of(written: Projection) -> list[int]:
    """Return the number of the source entity behind each entity of a labelled translation."""
    return [match.entity_index for match in sorted(written.matches, key=lambda match: match.span)]


def _pair(written: Projection, target: Sentence) -> tuple[Sentence, Sentence]:
    return written.labelled_target, target.with_entities(())


def _align(aligner: Aligner, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Bitext]:
    if not pairs:
        return []
    if isinstance(aligner, SimilarityAligner):
        return [
            Bitext(*pair, aligner.links(similarity), similarity)
            for pair, similarity in zip(pairs, aligner.similarities(pairs), strict=True)
        ]
    return [Bitext(*pair, links) for pair, links in zip(pairs, aligner.align(pairs), strict=True)]


def _renumbered(decisions: Sequence[Decision], entities: Sequence[int], source: Sentence) -> Sequence[Decision]:
    """Return the decisions of a matcher as decisions about the entities of `source`.

    `entities` are their numbers, in the order of the matcher's.
    """
    names = tuple(f"{source.text_of(entity.span)} {entity.label}" for entity in source.entities)
    if not isinstance(decisions, Decisions):
        return tuple(replace(one, entity_index=entities[one.entity_index]) for one in decisions)
    scored, rows = decisions.scored, {entity: row for row, entity in enumerate(entities)}
    totals = np.full((len(names), scored.totals.shape[1]), np.nan)
    totals[list(entities)] = scored.totals
    return replace(
        decisions,
        scored=replace(
            scored,
            totals=totals,
            parts=lambda entity, candidate: scored.parts(rows[entity], candidate),
            ruled_out={(entities[row], column): reason for (row, column), reason in scored.ruled_out.items()},
        ),
        chosen=tuple((entities[row], column) for row, column in decisions.chosen),
        names=names,
    )


def _result_step(result: Projection, written: Projection) -> Step:
    """Return the last step: each entity, where it is in the back-translation and where in the target."""
    source, middle, target = result.bitext.source, written.bitext.target, result.bitext.target
    reasons = {loss.entity_index: loss.reason for loss in result.unprojected}
    halfway = {match.entity_index: middle.text_of(match.span) for match in written.matches}
    rows = []
    for number, entity in enumerate(source.entities):
        name = source.text_of(entity.span), entity.label, halfway.get(number)
        places = [match for match in result.matches if match.entity_index == number]
        rows += [(*name, target.text_of(match.span), match.score, None) for match in places]
        rows += [(*name, None, None, reasons[number])] if number in reasons else []
    placed = len(source.entities) - len(reasons)
    return Step(
        "Result",
        f"{placed} of {len(source.entities)} entities placed; {len(halfway)} were in the back-translation.",
        target.text,
        target.language,
        ("entity", "label", "in the back-translation", "placed on", "score", "why not"),
        tuple(rows),
    )
