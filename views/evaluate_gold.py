"""What methods are judged on: the sentences of a project that have gold labels, and where these come from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from projection import __version__
from projection.corrections.edits import dump_alignment
from projection.corrections.gold import gold_on
from projection.corrections.records import StoredSentence
from projection.corrections.runs import Judged, content_of
from projection.evaluation.study import Item, Study
from projection.pipeline import Setup, Task
from projection.types import Alignment, Entity, Sentence

Kind = Literal["given", "checked", "file"]
KINDS: dict[Kind, str] = {
    "given": "labels that came with the texts", "checked": "sentences people accepted", "file": "labels of a file",
}  # fmt: skip
FORM = "1"
"""Grows when results say something else than before."""


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence to judge on: `task` is all that methods may see, `gold` the target with the labels they should find.

    `source_gold` is the source with its labels where methods work on recognized ones, `links` those that a person drew.
    """

    position: int
    task: Task
    gold: Sentence
    source_gold: Sentence | None = None
    links: Alignment | None = None
    content: str = field(init=False, compare=False)
    """A hash of everything that is judged, but not of the settings."""

    def __post_init__(self):
        sides = (self.task.source, self.task.target, self.gold, self.source_gold)
        links = [one and dump_alignment(one) for one in (self.task.alignment, self.links)]
        object.__setattr__(
            self, "content", content_of([one and _told(one) for one in sides], self.task.labelled, links)
        )


def _told(sentence: Sentence) -> list[Any]:
    labels = [[one.span.start, one.span.end, one.label] for one in sentence.entities]
    return [sentence.text, sentence.words, sentence.language, labels]


@dataclass(frozen=True, slots=True)
class GoldFile:
    """The labelled sentences of a file; `digest` names its content."""

    name: str
    digest: str
    sentences: tuple[Sentence, ...] = field(compare=False)

    @property
    def said(self) -> str:
        return f"file {self.name} {self.digest}"


@dataclass(frozen=True, slots=True)
class Cases:
    """The sentences with gold, and the positions of those left out, by the reason.

    `retokenised` are positions where gold has other words, so that labels went to all words with a character of them;
    `unused` sentences of a gold file are not in the project.
    """

    cases: tuple[Case, ...] = ()
    left_out: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    retokenised: tuple[int, ...] = ()
    unused: int = 0
    place: tuple = ()
    """Names what is here: as long as it is the same, so are the sentences."""


def kinds(stored: Iterable[StoredSentence]) -> dict[Kind, int]:
    """Return what there is to judge on, with the number of sentences, most trustworthy first."""
    given = checked = sentences = 0
    for one in stored:
        sentences += one.task.target is not None
        given += one.task.target is not None and bool(one.task.target.entities)
        checked += one.edits.checked and one.edits.target_entities is not None
    found: dict[Kind, int] = {"given": sentences} if given else {}
    return found | ({"checked": checked} if checked else {})


def cases(
    stored: Iterable[StoredSentence], kind: Kind, *, recognized: bool = False, file: GoldFile | None = None
) -> Cases:
    """Return the sentences to judge on; `file` has the labels where they are those "of a file".

    A sentence of the file belongs to the translation with the same characters, whatever its place and its words; of
    several alike each is used once, in order.

    Methods see the texts as they are now, the links that came with them, and the labels of the source; with
    `recognized` they work on those that the recognizer finds, and the given ones are gold. Links and labels of
    the target that people made are never shown to a method.
    """
    found, left_out, retokenised = [], {}, []
    waiting: dict[str, deque[Sentence]] = {}
    for sentence in file.sentences if file is not None else ():
        waiting.setdefault(sentence.characters, deque()).append(sentence)
    for one in stored:
        gold = _gold(one, kind, waiting)
        case = gold if isinstance(gold, str) else _case(one, gold, recognized)
        if isinstance(case, str):
            left_out.setdefault(case, []).append(one.position)
        else:
            found.append(case)
            if kind != "checked" and gold.words != case.gold.words:
                retokenised.append(one.position)
    told = {reason: tuple(places) for reason, places in left_out.items() if reason}
    return Cases(tuple(found), told, tuple(retokenised), sum(map(len, waiting.values())))


def _gold(one: StoredSentence, kind: Kind, waiting: Mapping[str, deque[Sentence]]) -> Sentence | str:
    """Return the sentence with gold labels, on its own words, or why there is none ("" where nobody expects one)."""
    target = one.edits.target or one.task.target
    if kind == "checked":
        decided = one.edits.checked and one.edits.target_entities is not None and target is not None
        return target.with_entities(one.edits.target_entities) if decided else ""
    if kind == "given":
        return one.task.target or "they have no translation with labels"
    if target is None:
        return "their translation is not stored yet: accept them first, or give translations"
    alike = waiting.get(target.characters)
    return alike.popleft() if alike else "the file has no sentence with these characters"


def _case(one: StoredSentence, gold: Sentence, recognized: bool) -> Case | str:
    """Return the case of a sentence, or why there is none."""
    target = one.edits.target or one.task.target
    labels = gold_on(gold, target)
    if labels is None:
        return "their text was changed so far that its labels do not fit any more"
    task = replace(one.edits, alignment=None).apply(one.task)
    source, labelled = task.source, task.labelled
    source_gold = source if recognized and labelled else None
    if source_gold is not None:
        source, labelled = source.with_entities(()), False
    bare = target.with_entities(())
    shown = Task(source, bare, labelled, task.alignment)
    return Case(one.position, shown, target.with_entities(_plain(labels)), source_gold, one.edits.alignment)


def _plain(labels: Iterable[Entity]) -> list[Entity]:
    return [Entity(one.span, one.label) for one in labels]


def is_labelled(stored: Iterable[StoredSentence]) -> bool:
    """Whether any source has labels, so that methods could work on these or on recognized ones."""
    return any(one.task.labelled or one.edits.source_entities is not None for one in stored)


def failed(wanted: Sequence[Case], judged: Mapping[int, Judged], methods: Sequence[str]) -> dict[str, list[Case]]:
    """Return the sentences on which each method failed, methods without any left out."""
    found = {
        method: [case for case in wanted if (known := judged.get(case.position)) is not None
                 and method in known.found and known.found[method].entities is None]
        for method in methods
    }  # fmt: skip
    return {method: some for method, some in found.items() if some}


def run_settings(setup: Setup, gold: str, recognized: bool) -> dict[str, Any]:
    """Return what names a run: all settings that could change a result, besides methods and sentences.

    `gold` is the kind of the labels, or the name of a file with them.
    """
    chosen = {name: value for name, value in setup.to_dict().items() if name != "methods"}
    return {
        "form": FORM,
        "version": __version__,
        "gold": gold,
        "source_labels": "recognized" if recognized else "given",
        "setup": chosen,
    }


def missing(
    wanted: Sequence[Case], judged: Mapping[int, Judged], programs: Mapping[str, str]
) -> tuple[list[Case], list[str]]:
    """Return the sentences that lack a result, and the methods they lack.

    `programs` has the hash of the signature each method has now, "" where nobody knows: a result of another program
    is none.
    """
    todo, lacking = [], set()
    for case in wanted:
        known = judged.get(case.position)
        stands = known is not None and known.content == case.content
        absent = {
            method for method, program in programs.items()
            if not stands or method not in known.found or program not in ("", known.by.get(method, ""))
        }  # fmt: skip
        if absent:
            todo.append(case)
            lacking |= absent
    return todo, [method for method in programs if method in lacking]


def study_of(
    wanted: Sequence[Case], judged: Mapping[int, Judged], programs: Mapping[str, str], signature: str = ""
) -> Study:
    """Return the study of the sentences on which all methods have a result."""
    todo = {case.position for case in missing(wanted, judged, programs)[0]}
    known = [judged[case.position] for case in wanted if case.position not in todo]
    items: tuple[Item, ...] = tuple(one.item for one in known)
    return Study(items, {method: tuple(one.found[method] for one in known) for method in programs}, signature)
