"""Run sentences through recognition, translation, alignment and projection, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from projection.errors import ProjectionError
from projection.pipeline.resources import Resources
from projection.pipeline.setup import Outcome, Setup, StageError, Task
from projection.pipeline.stages import StageRun, Work
from projection.protocols import Progress, SimilarityAligner
from projection.text.tokenize import join_words, tokenize
from projection.types import Bitext, Sentence


class Pipeline:
    """Carry labels from source to target for any number of sentences.

    Components load on first use. A sentence that fails at a stage keeps what it had and names the
    stage in `Outcome.error`; the run goes on.
    """

    def __init__(self, setup: Setup, resources: Resources | None = None, *, chunk: int = 64):
        self.setup, self._resources, self._chunk = setup, resources or Resources(), chunk

    def run(
        self,
        tasks: Sequence[Task],
        progress: Progress | None = None,
        status: Callable[[str], None] | None = None,
    ) -> list[Outcome]:
        """Return one Outcome for each task, in order.

        `progress(done, total)` is called after each chunk and may raise Cancelled; `status` receives
        the name of each stage as it begins.
        """
        outcomes: list[Outcome] = []
        if progress:
            progress(0, len(tasks))
        for outcome in self.stream(tasks, status):
            outcomes.append(outcome)
            if progress and (len(outcomes) % self._chunk == 0 or len(outcomes) == len(tasks)):
                progress(len(outcomes), len(tasks))
        return outcomes

    def stream(self, tasks: Iterable[Task], status: Callable[[str], None] | None = None) -> Iterator[Outcome]:
        """Yield outcomes chunk by chunk, for corpora that do not fit in memory."""
        tasks = iter(tasks)
        forward = self.setup.direction == "translate-train"
        first_two = (self._recognize, self._translate) if forward else (self._translate, self._recognize)
        while chunk := list(islice(tasks, self._chunk)):
            works = [Work.on(task) for task in chunk]
            for stage in (*first_two, self._align, self._project):
                if status:
                    status(stage.__name__.strip("_"))
                stage(works)
            yield from (work.outcome() for work in works)

    def signature(self, method: str) -> str:
        """Return every setting that could change the result of `method`, for printing with scores."""
        from projection import __version__

        setup = self.setup
        parts = [f"source:{setup.source_language}", f"target:{setup.target_language}", f"direction:{setup.direction}"]
        parts += [f"{role}:({self._component(role).signature})" for role in ("translator", "recognizer", "aligner")]
        return "|".join([*parts, f"method:({self._projector(method).signature})", f"v{__version__}"])

    def _component(self, role: str) -> Any:
        return self._resources.component(role, getattr(self.setup, role), self.setup.options.get(role))

    def _projector(self, method: str) -> Any:
        return self._resources.component("projector", method, self.setup.options.get(method))

    def _recognize(self, works: list[Work]) -> None:
        stage = StageRun(
            "recognition",
            "recognizer",
            lambda: self._component("recognizer"),
            lambda recognizer, batch: recognizer.recognize([work.source.with_entities(()) for work in batch]),
            lambda work: _content(work.source),
        )
        todo = [work for work in works if not work.error and work.source is not None and not work.task.labelled]
        for work, entities in stage.over(todo, self._resources):
            work.source = work.source.with_entities(entities)

    def _translate(self, works: list[Work]) -> None:
        here, there = ("source", "target") if self.setup.direction == "translate-train" else ("target", "source")
        given, wanted = (getattr(self.setup, f"{side}_language") for side in (here, there))

        def text(work: Work) -> str:
            return natural_text(getattr(work, here))

        stage = StageRun(
            "translation",
            "translator",
            lambda: self._component("translator"),
            lambda translator, batch: translator.translate([text(work) for work in batch], given, wanted),
            lambda work: (text(work), given, wanted),
            lambda translation: translation.warnings,
        )
        for work in works:
            if not work.error and getattr(work, here) is None:
                work.error = StageError(
                    stage.name,
                    f"{self.setup.direction} starts from a {here} text, and this sentence only has a {there} text. "
                    f"Give the {here} text or choose the other direction.",
                )
        todo = [work for work in works if not work.error and getattr(work, there) is None]
        for work, translation in stage.over(todo, self._resources):
            sentence = tokenize(translation.text, wanted, id=getattr(work, here).id)
            if sentence.tokens:
                setattr(work, there, sentence)
            else:
                work.error = StageError(stage.name, "The translation is empty. Type one or choose another translator.")

    def _align(self, works: list[Work]) -> None:
        stage = StageRun(
            "alignment",
            "aligner",
            lambda: self._component("aligner"),
            _align_batch,
            _pair_content,
            lambda value: value[1].warnings if value[1] is not None else (),
        )
        ready = [work for work in works if not work.error]
        for work in ready:
            if work.task.alignment is not None:
                self._keep_given_links(work)
        todo = [work for work in ready if work.alignment is None]
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
        _, work.similarity = self._resources.result(("alignment", signature, _pair_content(work)), (None, None))

    def _project(self, works: list[Work]) -> None:
        ready = [work for work in works if not work.error and work.alignment is not None]
        for method in self.setup.methods:
            stage = StageRun(
                method,
                "projector",
                lambda method=method: self._projector(method),
                lambda projector, batch: projector.project([_bitext(work) for work in batch]),
                self._evidence,
                lambda projection: projection.warnings,
            )
            for work, projection in stage.over(ready, self._resources):
                work.projections[method] = projection

    def _evidence(self, work: Work) -> Hashable:
        links = work.task.alignment
        if links is not None:
            return work.source, work.target, links.links, frozenset(links.scores.items())
        return work.source, work.target, self._component("aligner").signature


def natural_text(sentence: Sentence) -> str:
    """Return the text a translator should read: given tokens are joined as people write them."""
    words = sentence.words
    return join_words(words, sentence.language) if sentence.text == " ".join(words) else sentence.text


def _align_batch(aligner: Any, works: list[Work]) -> list[Any]:
    """Return (alignment, similarity or None) of each pair."""
    pairs = [(work.source.with_entities(()), work.target.with_entities(())) for work in works]
    if isinstance(aligner, SimilarityAligner):
        return [(aligner.links(similarity), similarity) for similarity in aligner.similarities(pairs)]
    return [(alignment, None) for alignment in aligner.align(pairs)]


def _content(sentence: Sentence) -> Hashable:
    return sentence.text, sentence.language, tuple((token.start, token.end) for token in sentence.tokens)


def _pair_content(work: Work) -> Hashable:
    return _content(work.source), _content(work.target)


def _bitext(work: Work) -> Bitext:
    """Links given by hand replace the similarities, so that every method follows them."""
    given = work.task.alignment is not None
    return Bitext(work.source, work.target, work.alignment, None if given else work.similarity)
