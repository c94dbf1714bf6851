"""From what a person typed or uploaded to tasks, and everything to be shown before it is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest

from projection.errors import FormatError, ProjectionError
from projection.pipeline import Direction, Task
from projection.text import documents, pharaoh
from projection.text.languages import english_name
from projection.text.tokenize import split_sentences, tokenize
from projection.types import Alignment, Sentence
from views.markup import thousands

PREVIEWED = 5
MISMATCH = "Both files need the same sentences in the same order. Add the missing ones and upload again."


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file: its name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Reading:
    """What was understood, and nothing stored yet.

    `facts` for people; `problems` are (file, line or None, message, repair or None); `errors` stop the
    import. `document` is the file the corrected labels can be written back into, if there is one.
    """

    name: str
    tasks: Iterable[Task]
    sentences: int = 0
    tokens: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    preview: Sequence[Task] = ()
    problems: Sequence[tuple[str, int | None, str, str | None]] = ()
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
    repair: str | None = "conlleval",
    one_indexed: bool = False,
    progress: Callable[[int], None] = lambda sentences: None,
) -> Reading:
    """Read a file, with its translation and links if they come separately.

    `main` holds the source text (translate-train) or the target text (translate-test). Whatever is
    wrong with a file as a whole ends up in `errors`; what is wrong with a line in `problems`. `progress` is
    called with the number of sentences read so far, about once in a thousand.
    """
    here, there = (source, target) if direction == "translate-train" else (target, source)
    try:
        first = documents.read(main.content, name=main.name, language=here, repair=repair)
        second = other and documents.read(other.content, name=other.name, language=there, repair=repair)
        tasks = FileTasks(first, second, links, direction, there, one_indexed)
        reading = _summary(main.name, tasks, _facts(first), direction, progress=progress)
    except (ProjectionError, UnicodeDecodeError) as problem:
        return Reading(main.name, (), errors=(str(problem),))
    return _with_problems(reading, first, second, _document(direction, main, first, other, second))


class FileTasks:
    """The tasks of one or several files, read again on every iteration so that large files stay on disk."""

    def __init__(self, first, second, links: Upload | None, direction: Direction, there: str, one_indexed: bool):
        self._first, self._second, self._links = first, second, links
        self._direction, self._there, self._one_indexed = direction, there, one_indexed

    def __iter__(self) -> Iterator[Task]:
        if not self._links:
            yield from (self._task(*pair) for pair in self._pairs())
            return
        lengths = ((len(source or ()), len(target or ())) for source, target, _ in self._oriented())
        links = pharaoh.read_links(self._links.content, lengths, one_indexed=self._one_indexed)
        for number, (pair, alignment) in enumerate(zip_longest(self._pairs(), links), start=1):
            if pair is None or alignment is None:
                missing = "sentence pair" if pair is None else "line of links"
                raise FormatError(f"there is no {missing} {number}.", path=self._links.name, line=number, remedy=MISMATCH)
            yield self._task(pair[0], pair[1], alignment)

    def _oriented(self) -> Iterator[tuple[Sentence | None, Sentence | None, Alignment | None]]:
        for given, other, alignment in self._pairs():
            yield (given, other, alignment) if self._direction == "translate-train" else (other, given, alignment)

    def _pairs(self) -> Iterator[tuple[Sentence, Sentence | None, Alignment | None]]:
        if self._second is None:
            for pair in self._first.iter_pairs():
                other = pair.target
                yield pair.source, other and _in_language(other, self._there), pair.alignment
            return
        firsts, seconds = self._first.iter_sentences(), self._second.iter_sentences()
        for number, (given, other) in enumerate(zip_longest(firsts, seconds), start=1):
            if given is None or other is None:
                short = self._first if given is None else self._second
                raise FormatError(f"sentence {number} is missing.", path=short.name, remedy=MISMATCH)
            yield given, other, None

    def _task(self, given: Sentence, other: Sentence | None, alignment: Alignment | None = None) -> Task:
        if self._direction == "translate-train":
            return Task(given, other, labelled=self._first.has_labels, alignment=alignment)
        return Task(other, given, alignment=alignment)


def _in_language(sentence: Sentence, language: str) -> Sentence:
    return sentence if sentence.language != "und" else replace(sentence, language=language)


def _facts(document) -> dict[str, str]:
    return {
        "Format": document.description,
        "Labels": document.scheme or ("none" if not document.has_labels else ""),
        "Encoding": f"{document.encoding}, {_newline(document.newline)}",
    }


def _newline(newline: str) -> str:
    return {"\n": "LF", "\r\n": "CRLF"}.get(newline, newline)


def _document(direction: Direction, main: Upload, first, other: Upload | None, second) -> Upload | None:
    """The file that holds the target side and can take labels."""
    if direction == "translate-test":
        return main
    return other if second is not None else None


def _with_problems(reading: Reading, first, second, document: Upload | None) -> Reading:
    found = [
        (item.name, problem.line, problem.message, problem.repaired_by)
        for item in (first, second)
        if item is not None
        for problem in item.problems
    ]
    return replace(reading, problems=found, document=document)


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
