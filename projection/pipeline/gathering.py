"""Gather the evidence about a pair that methods read: links, similarities, what a recognizer sees in the target."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from projection.errors import ModelUnavailable, ProjectionError
from projection.pipeline.resources import Resources
from projection.pipeline.setup import Setup, StageError
from projection.pipeline.stages import StageRun, Work
from projection.protocols import ProbabilisticRecognizer, SimilarityAligner
from projection.registry import find
from projection.text.languages import english_name
from projection.types import Sentence

GIVES = {
    "alignment": frozenset({"alignment", "similarity"}),
    "target recognition": frozenset({"target_entities", "target_probabilities"}),
}
"""Each evidence stage and what it gives (names of protocols.EVIDENCE)."""


class Gathering:
    """The evidence stages of one run; `component(place)` gives the components of the setup."""

    def __init__(self, setup: Setup, resources: Resources, component: Callable[[str], Any]):
        self._setup, self._resources, self._component = setup, resources, component

    def stages(self, wanted: frozenset[str]) -> list[tuple[str, Callable[[list[Work]], None]]]:
        """Return (name for a status line, stage) of those that give something `wanted`."""
        all_stages = {"alignment": ("align", self._align), "target recognition": ("read target", self._recognize)}
        return [all_stages[name] for name, kinds in GIVES.items() if wanted & kinds]

    def key(self, work: Work, evidence: frozenset[str]) -> Hashable:
        """Return all that the result of a method reading `evidence` depends on for this pair, besides its settings."""
        parts: list[Hashable] = [work.source, work.target]
        if evidence & GIVES["alignment"]:
            links = work.task.alignment
            given = links is not None and (links.links, frozenset(links.scores.items()))
            parts.append(given or self._component("aligner").signature)
        if evidence & GIVES["target recognition"]:
            could = "target recognition" not in work.missing
            parts.append(self._component("target_recognizer").signature if could else None)
        return tuple(parts)

    def _align(self, works: list[Work]) -> None:
        works = [work for work in works if not work.error]
        stage = StageRun(
            "alignment",
            "aligner",
            lambda: self._component("aligner"),
            _align_batch,
            pair_content,
            lambda value: value[1].warnings if value[1] is not None else (),
            "missing",
        )
        for work in works:
            if work.task.alignment is not None:
                self._keep_given_links(work)
        todo = [work for work in works if work.alignment is None and not work.error]
        for work, (alignment, similarity) in stage.over(todo, self._resources):
            work.alignment, work.similarity = alignment, similarity

    def _keep_given_links(self, work: Work) -> None:
        """Check the user's links, and show known similarities beneath them; none are computed."""
        given = work.task.alignment
        if (given.source_length, given.target_length) != (len(work.source), len(work.target)):
            work.error = StageError(
                "alignment",
                f"The links are for {given.source_length} and {given.target_length} words, the sentences have "
                f"{len(work.source)} and {len(work.target)}. Give new links or remove them.",
            )
            return
        try:
            signature = self._component("aligner").signature
        except ProjectionError:  # an aligner that cannot be built has no similarities to show
            return
        _, work.similarity = self._resources.result(("alignment", signature, pair_content(work)), (None, None))

    def _recognize(self, works: list[Work]) -> None:
        works = [work for work in works if not work.error]
        stage = StageRun(
            "target recognition",
            "target recognizer",
            self._target_recognizer,
            _recognize_batch,
            lambda work: content_of(work.target),
            failures="missing",
        )
        for work, (entities, probabilities) in stage.over(works, self._resources):
            work.target_entities, work.target_probabilities = entities, probabilities

    def _target_recognizer(self) -> Any:
        if find("recognizer", self._setup.target_recognizer).kind == "given":
            raise ModelUnavailable(
                f"No recognizer for {english_name(self._setup.target_language)} texts is chosen: name one with "
                "--target-recognizer, or choose it in the settings."
            )
        return self._component("target_recognizer")


def _align_batch(aligner: Any, works: list[Work]) -> list[Any]:
    """Return (alignment, similarity or None) of each pair."""
    pairs = [(work.source.with_entities(()), work.target.with_entities(())) for work in works]
    if isinstance(aligner, SimilarityAligner):
        return [(aligner.links(similarity), similarity) for similarity in aligner.similarities(pairs)]
    return [(alignment, None) for alignment in aligner.align(pairs)]


def _recognize_batch(recognizer: Any, works: list[Work]) -> list[Any]:
    """Return (entities, probabilities or None) of each target."""
    targets = [work.target.with_entities(()) for work in works]
    if isinstance(recognizer, ProbabilisticRecognizer):
        return recognizer.recognize_with_probabilities(targets)
    return [(entities, None) for entities in recognizer.recognize(targets)]


def content_of(sentence: Sentence) -> Hashable:
    return sentence.text, sentence.language, tuple((token.start, token.end) for token in sentence.tokens)


def pair_content(work: Work) -> Hashable:
    return content_of(work.source), content_of(work.target)
