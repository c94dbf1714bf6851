"""The paper's protocol for languages without parallel text: translate the test set to English, label it there,
and project the labels back onto the given words (translate-test).

Per language: the given words are joined to natural text (`join_words` of this project; the paper used NLTK's
English Treebank rules), translated, labelled by an English recognizer, aligned and projected. Gold labels
outside the scored ones (DATE) count as none. Those the recognizer gives beyond them (MISC) are dropped from
the projection at the end, as in the paper: there they still compete for words; or before the projection,
as in the thesis. A sentence that fails anywhere counts as one without predictions, and is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from bench.corpora import REPAIR, Corpus, scored
from bench.running import Evidence, Item, Result, Runner, result
from bench.translations import Translations
from bench.variants import Variant, reads_source, setup_of
from projection.errors import ConfigurationError, ModelUnavailable
from projection.models.catalogue import availability
from projection.pipeline import ROLES, Resources, Setup, StageError, Task, unfamiliar
from projection.pipeline.stages import StageRun, Work
from projection.registry import find
from projection.text.joining import natural
from projection.text.tokenize import tokenize
from projection.types import Sentence, Translation

SOURCE = "en"
BATCH = 32
Drop = Literal["after", "before"]
Told = Callable[[str, int, int], None]
"""Told what is going on: (what, done, of how many)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All choices of a run; `chosen` names components by place, `options` hold settings by place or method.

    `drop` says when labels that are not scored are dropped; `limit` 0 means all sentences.
    """

    corpus: Corpus
    folder: Path
    languages: tuple[str, ...]
    variants: tuple[Variant, ...]
    chosen: Mapping[str, str | None]
    options: Mapping[str, Mapping[str, Any]]
    translations: Path
    drop: Drop = "after"
    limit: int = 0


@dataclass(slots=True)
class Measurement:
    """All that one run of the benchmark found out.

    `lost` counts for each language the sentences that could not be translated or labelled, by reason;
    `skipped` are those that could not be read; `absent` languages have no test set in the folder. `doubts` name
    languages the aligner never saw.
    """

    plan: Plan
    results: list[Result] = field(default_factory=list)
    lacking: dict[Variant, dict[str, str]] = field(default_factory=dict)
    sentences: dict[str, int] = field(default_factory=dict)
    lost: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warned: dict[str, dict[str, int]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def measure(plan: Plan, told: Told) -> Measurement:
    """Measure all variants in all languages that are there.

    Raises ConfigurationError when no language is there, ModelUnavailable when a model that everything needs
    cannot run, FormatError for a test set that cannot be read.
    """
    here = tuple(language for language in plan.languages if plan.corpus.file_of(plan.folder, language))
    if not here:
        raise ConfigurationError(plan.corpus.missing(plan.folder, plan.languages[0]))
    test_sets = {language: plan.corpus.read(plan.folder, language) for language in here}
    if any(map(reads_source, plan.variants)):
        _check_models(plan)
    measured = Measurement(plan, absent=tuple(language for language in plan.languages if language not in here))
    pairs = (Setup.for_pair(SOURCE, language, direction="translate-test", **plan.chosen) for language in here)
    measured.doubts = tuple(filter(None, map(unfamiliar, pairs)))
    resources = Evidence(len(plan.variants))
    for language in here:
        begin = perf_counter()
        sentences = tuple(scored(test_sets[language].sentences, plan.corpus.labels))[: plan.limit or None]
        measured.skipped[language] = test_sets[language].skipped
        measured.sentences[language] = len(sentences)
        _measure_language(measured, language, sentences, resources, told)
        measured.seconds[language] = perf_counter() - begin
    return measured


def _check_models(plan: Plan) -> None:
    """Say before the first sentence what every sentence would fail for."""
    names = {place: plan.chosen[place] or "" for place in ("translator", "recognizer")}
    for place, name in names.items():
        if find(ROLES[place], name).kind == "given":
            raise ConfigurationError(f"Translate-test needs a {place}: name one with --{place}.")
    for place, name in names.items():
        state = availability(ROLES[place], name)
        if not state.ready:
            raise ModelUnavailable(f"The {place} {name} cannot run here. {state.message}")


def _measure_language(
    measured: Measurement, language: str, sentences: Sequence[Sentence], resources: Evidence, told: Told
) -> None:
    plan = measured.plan

    def build(variant: Variant):
        unused = {} if reads_source(variant) else {"translator": "given", "recognizer": "given"}
        return setup_of(variant, (SOURCE, language), "translate-test", {**plan.chosen, **unused}, plan.options)

    items = [Item(None, sentence, "the source was not needed") for sentence in sentences]
    if any(map(reads_source, plan.variants)):
        prepared = Preparation(plan, resources)
        items = prepared.items(language, sentences, told)
        measured.lost[language] = dict(Counter(item.error for item in items if item.error))
        measured.warned[language] = dict(prepared.warnings)
    runner = Runner(plan.variants, build, resources)
    runner.rehearse(items)
    done = 0

    def advance(further: int) -> None:
        nonlocal done
        done += further
        told(f"{language}, project", done, len(items))

    for variant, tally in runner.run(items, advance).items():
        measured.results.append(
            result(variant, language, tally, sentences, _settings(plan, len(items)), plan.corpus.labels)
        )
    for variant, reason in runner.lacking.items():
        measured.lacking.setdefault(variant, {})[language] = reason


def _settings(plan: Plan, sentences: int) -> dict[str, object]:
    return {
        "corpus": plan.corpus.name,
        "sentences": f"first {sentences}" if plan.limit else sentences,
        "gold repair": REPAIR,
        "text": "join_words",
        "other labels": f"dropped {plan.drop} projection",
    }


class Preparation:
    """Translates and labels test sentences; translations are kept in a file as they come."""

    def __init__(self, plan: Plan, resources: Resources):
        self._plan, self._resources = plan, resources
        self._kept = Translations(plan.translations, self._component("translator").signature)
        self.warnings: Counter[str] = Counter()

    def _component(self, place: str) -> Any:
        return self._resources.component(ROLES[place], self._plan.chosen[place], self._plan.options.get(place))

    def items(self, language: str, sentences: Sequence[Sentence], told: Told) -> list[Item]:
        """Return one item for each sentence, in order; those that fail say why."""
        items: list[Item] = []
        for start in range(0, len(sentences), BATCH):
            batch = sentences[start : start + BATCH]
            works = [Work.on(Task(target=sentence.with_entities(()))) for sentence in batch]
            self._translate(works, language)
            self._recognize([work for work in works if not work.error])
            items += [Item(None if work.error else work.source, gold, str(work.error or ""))
                      for work, gold in zip(works, batch, strict=True)]  # fmt: skip
            told(f"{language}, translate", len(items), len(sentences))
        return items

    def _translate(self, works: Sequence[Work], language: str) -> None:
        texts = {work: natural(work.target).text for work in works}
        found = {work: self._kept.get(language, text) for work, text in texts.items()}
        stage = StageRun(
            "translation",
            "translator",
            lambda: self._component("translator"),
            lambda translator, batch: translator.translate([texts[work] for work in batch], language, SOURCE),
            lambda work: (language, texts[work]),
        )
        made = list(stage.over([work for work in works if found[work] is None], self._resources))
        self._kept.keep(language, ((texts[work], translation) for work, translation in made))
        for work, translation in {**found, **dict(made)}.items():
            if translation is not None:
                self._take(work, translation)

    def _take(self, work: Work, translation: Translation) -> None:
        self.warnings.update(translation.warnings)
        work.source = tokenize(translation.text, SOURCE, id=work.target.id)
        if not work.source.tokens:
            work.error = StageError("translation", "The translation is empty.")

    def _recognize(self, works: list[Work]) -> None:
        stage = StageRun(
            "recognition",
            "recognizer",
            lambda: self._component("recognizer"),
            lambda recognizer, batch: recognizer.recognize([work.source for work in batch]),
            lambda work: work.source,
        )
        for work, entities in stage.over(works, self._resources):
            if self._plan.drop == "before":
                entities = [entity for entity in entities if entity.label in self._plan.corpus.labels]
            work.source = replace(work.source, entities=tuple(entities))
