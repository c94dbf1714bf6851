"""Where the public data lies on disk: MasakhaNER 2.0 and the PAN-X part of XTREME.

Read are files with a word and its label per line (the archives of the authors), and the Parquet files of
Hugging Face. In PAN-X archives each word begins with the language and a colon ("af:Die"), which is taken off.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from projection.errors import ConfigurationError, FormatError, ProjectionError
from projection.text.documents import read
from projection.text.languages import normalise
from projection.text.schemes import decode
from projection.types import Sentence

REPAIR = "conlleval"
"""How label sequences that are not legal are read: as conlleval and seqeval do, a stray I- starts an entity."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus with a test set for each language; `roots` and `files` say where, "{language}" stands for its code.

    `labels` are those of the published scores; all others count as none.
    """

    name: str
    title: str
    roots: tuple[str, ...]
    files: tuple[str, ...]
    labels: frozenset[str]
    source: str

    def file_of(self, folder: Path, language: str) -> Path | None:
        """Return the test file of a language, None when there is none. Raises ConfigurationError for no language."""
        normalise(language)  # nothing but a language may become part of a path
        patterns = (f"{root}{name}".format(language=language) for root in self.roots for name in self.files)
        return next((path for pattern in patterns for path in sorted(folder.glob(pattern)) if path.is_file()), None)

    def missing(self, folder: Path, languages: str) -> str:
        """Return the sentence for data that is not there."""
        expected = " or ".join(self.files).format(language=languages)
        return (
            f"There is no test set of {self.title} in {folder}: expected {expected}. It is published at {self.source}."
        )

    def read(self, folder: Path, language: str) -> TestSet:
        """Read a test set. Raises ConfigurationError where there is none, FormatError for one without labels."""
        path = self.file_of(folder, language)
        if path is None:
            raise ConfigurationError(self.missing(folder, language))
        read_file = _from_parquet if path.suffix == ".parquet" else _from_columns
        return read_file(path, language)


@dataclass(frozen=True, slots=True)
class TestSet:
    """Gold sentences of one language; `skipped` says of sentences that cannot be read where and why."""

    __test__ = False  # not a test, whatever its name says

    path: Path
    sentences: tuple[Sentence, ...]
    skipped: tuple[str, ...] = ()


MASAKHANER = Corpus(
    "masakhaner2",
    "MasakhaNER 2.0",
    ("", "data/", "MasakhaNER2.0/data/"),
    ("{language}/test.txt", "{language}/test.conll", "{language}/test*.parquet", "{language}/test/*.parquet"),
    frozenset({"PER", "ORG", "LOC"}),
    "github.com/masakhane-io/masakhane-ner, folder MasakhaNER2.0/data",
)
XTREME = Corpus(
    "xtreme-panx",
    "XTREME PAN-X",
    ("", "panx/", "panx_dataset/", "panx_processed_maxlen128/"),
    (
        "PAN-X.{language}/test*.parquet",
        "{language}/test*.parquet",
        "{language}/test.tsv",
        "{language}/test.txt",
        "{language}/test",
        "{language}-test",
        "test-{language}.tsv",
    ),
    frozenset({"PER", "ORG", "LOC"}),
    "huggingface.co/datasets/google/xtreme (PAN-X.LANGUAGE, Parquet); XTREME's own script takes the test labels off",
)


def _from_columns(path: Path, language: str) -> TestSet:
    document = read(path, language=language, repair=REPAIR)
    if not document.has_labels:
        raise FormatError(
            "the words have no labels.",
            path=str(path),
            remedy="Take the test set with its labels (XTREME's script download_data.sh removes those of PAN-X).",
        )
    skipped = tuple(str(problem) for problem in document.problems if problem.repaired_by != REPAIR)
    prefix = f"{language}:"
    sentences = tuple(_without(prefix, sentence) for sentence in document.iter_sentences("valid"))
    return TestSet(path, sentences, skipped)


def _without(prefix: str, sentence: Sentence) -> Sentence:
    if not all(word.startswith(prefix) for word in sentence.words):
        return sentence
    words = [word.removeprefix(prefix) for word in sentence.words]
    return Sentence.from_words(
        words, sentence.language, sentence.entities, id=sentence.id, provenance=sentence.provenance
    )


def _from_parquet(path: Path, language: str) -> TestSet:
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(path, columns=["tokens", "ner_tags"])
        names = _tag_names(table.schema.metadata or {})
    except (ArrowException, OSError, KeyError, TypeError, ValueError) as problem:
        raise FormatError(
            f"there are no columns tokens and ner_tags with named tags in it ({type(problem).__name__}: {problem}).",
            path=str(path),
            remedy="Take the file from Hugging Face again.",
        ) from None
    sentences, skipped = [], []
    for row, one in enumerate(table.to_pylist()):
        try:
            sentences.append(_sentence(one, names, language, str(row + 1)))
        except (ProjectionError, IndexError) as problem:
            skipped.append(f"{path}, row {row + 1}: {problem}")
    return TestSet(path, tuple(sentences), tuple(skipped))


def _tag_names(metadata: dict[bytes, bytes]) -> list[str]:
    """Return the names of the tags by number, which Hugging Face keeps with the schema."""
    tags: Any = json.loads(metadata[b"huggingface"])["info"]["features"]["ner_tags"]
    return list(tags["feature"]["names"])


def _sentence(row: dict[str, Any], names: list[str], language: str, number: str) -> Sentence:
    words, tags = row["tokens"], [names[tag] for tag in row["ner_tags"]]
    if len(words) != len(tags):
        raise FormatError(f"{len(words)} words and {len(tags)} tags.")
    entities, _ = decode(tags, repair=REPAIR)
    return Sentence.from_words(words, normalise(language), entities, id=number)


def scored(sentences: Iterable[Sentence], labels: Collection[str]) -> Iterator[Sentence]:
    """Yield the sentences without the entities of other labels (DATE)."""
    for sentence in sentences:
        yield sentence.with_entities(entity for entity in sentence.entities if entity.label in labels)
