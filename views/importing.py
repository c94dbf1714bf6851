"""From what a person typed or uploaded to tasks, and everything to be shown before it is accepted."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest

from projection.errors import FormatError, ProjectionError
from projection.pipeline import Direction, Task
from projection.text import documents, pharaoh
from projection.text.documents import Document, Problem, Units
from projection.text.languages import english_name
from projection.text.tokenize import split_sentences, tokenize
from projection.types import Alignment, Sentence
from views.markup import thousands

PREVIEWED = 5
NEWLINES = {"\n": "LF", "\r\n": "CR LF", "mixed": "mixed line endings"}
LABELLED = frozenset({"conll2002", "conll2003", "conllu", "uner", "jsonl"})
MISMATCH = "Both files need the same sentences in the same order. Add the missing ones and upload again."


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file: its name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How files are to be read; `units` None leaves it to `file_reading`, `repair` None accepts legal labels only."""

    repair: str | None = "conlleval"
    units: Units | None = None
    encoding: str = "utf-8"
    one_indexed: bool = False


@dataclass(frozen=True)
class Reading:
    """What was understood, and nothing stored yet.

    `facts` are for people; `problems` are the first of `problem_count`; `errors` stop the import.
    `document` is the file the corrected labels can be written back into, if there is one.
    """

    name: str
    tasks: Iterable[Task]
    sentences: int = 0
    tokens: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    preview: Sequence[Task] = ()
    problems: Sequence[Problem] = ()
    problem_count: int = 0
    errors: Sequence[str] = ()
    document: Upload | None = None


def typed_rows(text: str, language: str) -> list[tuple[str, str]]:
    """Return (sentence, translation or "") of each sentence: a line with a tab is a pair, others are split."""
    rows: list[tuple[str, str]] = []
    for line in text.split("\n"):
        first, tab, second = line.rstrip("\r").partition("\t")
        if tab:
            rows.append((first.strip(), second.strip()))
        elif first.strip():
            rows += [(sentence.strip(), "") for sentence in split_sentences(first, language) if sentence.strip()]
    return rows


def typed_reading(rows: Sequence[tuple[str, str]], source: str, target: str, direction: Direction) -> Reading:
    """Turn rows of text into tasks; in translate-test the first column is the target text."""
    here, there = (source, target) if direction == "translate-train" else (target, source)
    tasks, errors = [], []
    for number, (text, translation) in enumerate(rows, start=1):
        given = tokenize(text, here, id=str(number))
        other = tokenize(translation, there, id=str(number)) if translation.strip() else None
        if not given.tokens:
            errors.append(f"Sentence {number} is empty. Type its text or remove the row.")
            continue
        pair = (given, other) if direction == "translate-train" else (other, given)
        tasks.append(Task(*pair))
    name = rows[0][0] if rows else "Typed text"
    return _summary(
        name if len(name) <= 40 else name[:39].rstrip() + "…", tasks, {"Format": "Typed text"}, direction, errors=errors
    )


def file_reading(
    main: Upload,
    other: Upload | None,
    links: Upload | None,
    *,
    source: str,
    target: str,
    direction: Direction,
    options: ReadingOptions = ReadingOptions(),
    progress: Callable[[int], None] = lambda sentences: None,
) -> Reading:
    """Read a file, with its translation and links if they come separately.

    `main` holds the source text (translate-train) or the target text (translate-test). Whatever is
    wrong with a file as a whole ends up in `errors`; what is wrong with a line in `problems`. Lines of
    plain text are sentences when a translation comes beside them, and their words stand between spaces
    when links count them. `progress` is called with the sentences read so far, about once in a thousand.
    """
    here, there = (source, target) if direction == "translate-train" else (target, source)
    how = {
        "repair": options.repair,
        "encoding": options.encoding,
        "units": options.units or ("tokens" if links else "lines" if other else None),
    }
    try:
        first = documents.read(main.content, name=main.name, language=here, target_language=there, **how)
        second = other and documents.read(other.content, name=other.name, language=there, **how)
        tasks = FileTasks(first, second, links, direction, options.one_indexed)
        reading = _summary(main.name, tasks, _facts(first, second, direction), direction, progress=progress)
    except (ProjectionError, UnicodeDecodeError) as problem:
        return Reading(main.name, (), errors=(str(problem),))
    found = [item for document in (first, second) if document for item in document.problems]
    count = sum(document.problem_count for document in (first, second) if document)
    return replace(
        reading, problems=found, problem_count=count, document=_document(direction, main, first, other, second)
    )


class FileTasks:
    """The tasks of one or several files, read again on every iteration so that they never fill the memory."""

    def __init__(self, first: Document, second: Document | None, links: Upload | None, direction: Direction, one: bool):
        self._first, self._second, self._links = first, second, links
        self._direction, self._one_indexed = direction, one

    def __iter__(self) -> Iterator[Task]:
        if not self._links:
            yield from (self._task(*sides) for sides in self._sides())
            return
        waiting: deque = deque()

        def lengths() -> Iterator[tuple[int, int]]:
            for source, target, alignment in self._sides():
                if source is None or target is None:
                    raise FormatError(
                        "links need both texts.", path=self._links.name, remedy="Upload the translation too."
                    )
                waiting.append((source, target, alignment))
                yield len(source), len(target)

        for alignment in pharaoh.read_links(self._links.content, lengths(), self._one_indexed, name=self._links.name):
            source, target, _ = waiting.popleft()
            yield self._task(source, target, alignment)

    def _sides(self) -> Iterator[tuple[Sentence | None, Sentence | None, Alignment | None]]:
        """Yield source, target and links; what was given first is the target in translate-test."""
        if self._second is None:
            pairs = ((pair.source, pair.target, pair.alignment) for pair in self._first.iter_pairs())
        else:
            pairs = self._side_by_side()
        for given, other, alignment in pairs:
            if self._direction == "translate-train":
                yield given, other, alignment
            else:
                yield other, given, alignment and alignment.inverse

    def _side_by_side(self) -> Iterator[tuple[Sentence, Sentence, None]]:
        # labels of a translation are gold to compare with; those of a translation back into the source are nobody's
        is_gold = self._direction == "translate-train" and self._second.has_labels
        others = self._second.iter_sentences("valid" if is_gold else "ignore")
        for number, (given, other) in enumerate(zip_longest(self._first.iter_sentences(), others), start=1):
            if given is None or other is None:
                short, long = (self._first, self._second) if given is None else (self._second, self._first)
                raise FormatError(
                    f"there are {number - 1} sentences, but {long.name} has {long.sentence_count}.",
                    path=short.name,
                    remedy=MISMATCH,
                )
            yield given, other, None

    def _task(self, source: Sentence | None, target: Sentence | None, alignment: Alignment | None) -> Task:
        labelled = self._direction == "translate-train" and self._first.has_labels
        return Task(source, target, labelled=labelled, alignment=alignment)


def _facts(first: Document, second: Document | None, direction: Direction) -> dict[str, str]:
    facts = {
        "Format": documents.FORMATS[first.format],
        "Tags": first.scheme or "",
        "Encoding": f"{first.encoding.upper()}, {NEWLINES[first.newline]}",
        "Found": first.description,
    }
    if second is not None:
        facts["Translation"] = second.description
        if second.has_labels and direction == "translate-train":
            facts["Gold"] = "the labels of the translation; methods never see them"
    return facts


def _document(
    direction: Direction, main: Upload, first: Document, other: Upload | None, second: Document | None
) -> Upload | None:
    """The file that holds the target side and can take labels; the corrected labels go back into it."""
    if second is not None and direction == "translate-train":
        return other if second.format in LABELLED else None
    if direction == "translate-test" or first.has_pairs:
        return main if first.format in LABELLED else None
    return None


def _summary(
    name: str,
    tasks: Iterable[Task],
    facts: Mapping[str, str],
    direction: Direction,
    *,
    errors: Sequence[str] = (),
    progress: Callable[[int], None] = lambda sentences: None,
) -> Reading:
    """Count everything in one pass; only the first sentences are kept for the preview."""
    sentences = tokens = translated = linked = 0
    labels: Counter[str] = Counter()
    preview = list(islice(tasks, PREVIEWED))
    for task in tasks:
        given, other = (task.source, task.target) if direction == "translate-train" else (task.target, task.source)
        sentences += 1
        if sentences % 1000 == 0:
            progress(sentences)
        tokens += len(given)
        translated += other is not None
        linked += task.alignment is not None
        labels.update(entity.label for entity in given.entities)
    counted = {
        "Sentences": thousands(sentences),
        "Words": thousands(tokens),
        "Entities": thousands(labels.total()) if labels else "",
        "Translated": f"{thousands(translated)} of {thousands(sentences)}" if translated else "",
        "Linked": f"{thousands(linked)} of {thousands(sentences)}" if linked else "",
    }
    if not sentences and not errors:
        errors = [f"{name} holds no sentence. Check that it is the right file."]
    return Reading(name, tasks, sentences, tokens, labels, {**facts, **counted}, preview, errors=tuple(errors))


def language_label(code: str) -> str:
    return f"{english_name(code)} ({code})" if code != "und" else "Other or mixed"
