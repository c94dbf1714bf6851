"""Run sentences through recognition, translation, alignment and projection, in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from projection.pipeline.gathering import GIVES, Gathering, content_of
from projection.pipeline.resources import Resources
from projection.pipeline.setup import ROLES, Outcome, Setup, StageError, Task, projector_options
from projection.pipeline.stages import StageRun, Work
from projection.protocols import Progress
from projection.registry import find, load_class
from projection.text.joining import natural
from projection.text.tokenize import tokenize
from projection.types import Bitext, Projection, Sentence


class Pipeline:
    """Carry labels from source to target for any number of sentences.

    Components load on first use. Of the evidence (see protocols.EVIDENCE) only what a method of the setup
    reads is computed, and what is named in `also`. A sentence that fails at a stage keeps what it had and names the
    stage in `Outcome.error`; the run goes on.
    """

    def __init__(self, setup: Setup, resources: Resources | None = None, *, chunk: int = 64, also: Iterable[str] = ()):
        self.setup, self._resources, self._chunk = setup, resources or Resources(), chunk
        self._also = frozenset(also)
        self._gathering = Gathering(setup, self._resources, self._component)

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
        first_two = [("recognize", self._recognize), ("translate", self._translate)][:: 1 if forward else -1]
        if not any(self.reads_source(method) for method in self.setup.methods):
            first_two = first_two[1:] if forward else []
        wanted = self._also.union(*(self.evidence(method) for method in self.setup.methods))
        stages = [*first_two, *self._gathering.stages(wanted), ("project", self._project)]
        while chunk := list(islice(tasks, self._chunk)):
            works = [Work.on(task) for task in chunk]
            for name, stage in stages:
                if status:
                    status(name)
                stage(works)
            yield from (work.outcome() for work in works)

    def signature(self, method: str) -> str:
        """Return every setting that could change the result of `method`, for printing with scores."""
        from projection import __version__

        setup = self.setup
        parts = [f"source:{setup.source_language}", f"target:{setup.target_language}", f"direction:{setup.direction}"]
        places = ["translator", "recognizer", "aligner"]
        if self.evidence(method) & GIVES["target recognition"]:
            places.append("target_recognizer")
        parts += [f"{place}:({self._component(place).signature})" for place in places]
        return "|".join([*parts, f"method:({self._projector(method).signature})", f"v{__version__}"])

    def evidence(self, method: str) -> frozenset[str]:
        """Return what a method reads here: what it requires, and of the optional what somebody is chosen to give."""
        kind = self._class_of(method)
        given = find("recognizer", self.setup.target_recognizer).kind == "given"
        return kind.requires | (
            getattr(kind, "optional", frozenset()) - (GIVES["target recognition"] if given else set())
        )

    def reads_source(self, method: str) -> bool:
        """Whether a method looks at the source and its labels."""
        return getattr(self._class_of(method), "reads_source", True)

    def writes(self, method: str) -> bool:
        """Whether a method writes the target text itself."""
        return hasattr(self._class_of(method), "write")

    def project_again(self, method: str) -> Callable[[Sequence[Bitext]], list[Projection]] | None:
        """Return what runs a method on pairs with all evidence on them; None for one that writes its own target.

        Nothing is reused or kept. Raises ConfigurationError, ModelUnavailable and ImportError as building it does.
        """
        return None if self.writes(method) else self._projector(method).project

    def _component(self, place: str) -> Any:
        return self._resources.component(ROLES[place], getattr(self.setup, place), self.setup.options.get(place))

    def _class_of(self, method: str) -> Any:
        return load_class(find("projector", method))

    def _projector(self, method: str) -> Any:
        return self._resources.component("projector", method, projector_options(self.setup, method))

    def _recognize(self, works: list[Work]) -> None:
        stage = StageRun(
            "recognition",
            "recognizer",
            lambda: self._component("recognizer"),
            lambda recognizer, batch: recognizer.recognize([work.source.with_entities(()) for work in batch]),
            lambda work: content_of(work.source),
        )
        todo = [work for work in works if not work.error and work.source is not None and not work.task.labelled]
        for work, entities in stage.over(todo, self._resources):
            work.source = work.source.with_entities(entities)

    def _translate(self, works: list[Work]) -> None:
        here, there = ("source", "target") if self.setup.direction == "translate-train" else ("target", "source")
        given, wanted = (getattr(self.setup, f"{side}_language") for side in (here, there))

        def text(work: Work) -> str:
            return natural(getattr(work, here)).text

        stage = StageRun(
            "translation",
            "translator",
            lambda: self._component("translator"),
            lambda translator, batch: translator.translate([text(work) for work in batch], given, wanted),
            lambda work: (text(work), given, wanted),
            lambda translation: translation.warnings,
        )
        first = self.setup.methods[0]
        if there == "target" and self.writes(first):
            self._write_targets(first, works)
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

    def _write_targets(self, method: str, works: list[Work]) -> None:
        """Take the translation of the first method, where that writes one: it is the text to look at."""
        todo = [work for work in works if not work.error and work.source is not None and work.target is None]
        self._write(method, todo)
        for work in todo:
            if method in work.projections:
                work.target = work.projections[method].bitext.target
            elif len(self.setup.methods) == 1:
                work.error = StageError("translation", work.method_errors.pop(method))

    def _project(self, works: list[Work]) -> None:
        ready = [work for work in works if not work.error]
        for method in self.setup.methods:
            if self.writes(method):
                self._write(method, [work for work in ready if method not in work.projections])
                continue
            requires, evidence = self._class_of(method).requires, self.evidence(method)
            stage = StageRun(
                method,
                "projector",
                lambda method=method: self._projector(method),
                lambda projector, batch: projector.project([_bitext(work) for work in batch]),
                lambda work, evidence=evidence: self._gathering.key(work, evidence),
                lambda projection: projection.warnings,
                "method_errors",
            )
            todo = []
            for work in ready:
                lacking = [name for name, kinds in GIVES.items() if name in work.missing and requires & kinds]
                if lacking:
                    work.method_errors[method] = work.missing[lacking[0]]
                else:
                    todo.append(work)
            for work, projection in stage.over(todo, self._resources):
                work.projections[method] = projection
        for work in ready:
            _stop_where_nothing_is_left(work)

    def _write(self, method: str, works: list[Work]) -> None:
        """Let a method that writes its own target work, where the user has not given one."""
        language, todo = self.setup.target_language, []
        for work in works:
            if work.task.target is None:
                todo.append(work)
            else:
                work.method_errors[method] = (
                    f"{method} writes its own translation and cannot label a given one: remove the target text, or "
                    "choose back-translation, which carries the marks over to it."
                )
        stage = StageRun(
            method,
            "projector",
            lambda: self._projector(method),
            lambda projector, batch: projector.write([work.source for work in batch], language),
            lambda work: (work.source, language),
            lambda projection: projection.warnings,
            "method_errors",
        )
        for work, projection in stage.over(todo, self._resources):
            work.projections[method] = projection


def _stop_where_nothing_is_left(work: Work) -> None:
    """Name the stage that failed on the sentence, where no method could do without it."""
    causes = set(work.method_errors.values())
    for name, message in work.missing.items():
        if not work.projections and causes == {message}:
            work.error = StageError(name, message)
            work.method_errors.clear()
            del work.missing[name]
            return


def _bitext(work: Work) -> Bitext:
    """Links given by hand replace the similarities, so that every method follows them."""
    given = work.task.alignment is not None
    similarity = None if given else work.similarity
    source = work.source if work.source is not None else Sentence("", ())
    return Bitext(source, work.target, work.alignment, similarity, work.target_entities, work.target_probabilities)
