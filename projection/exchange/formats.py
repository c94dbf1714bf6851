"""The table of formats: what each is called, what it keeps, and the module that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from projection.errors import ConfigurationError
from projection.exchange import columns, docbin, label_studio, links, parquet, provenance, spans, webanno
from projection.exchange.corrected import Corrected
from projection.exchange.options import DEFAULTS, Options

__all__ = ["FEATURES", "FORMATS", "GROUPS", "ExportFormat", "Options", "write"]

FEATURES = {
    "texts": "texts and labels",
    "ids": "sentence ids",
    "spaces": "where no space stands between words",
    "odd spaces": "double spaces, tabs and the like between words",
    "edges": "spaces around the sentence",
    "other": "the other side and its labels",
    "links": "word links",
    "possible": "possible links",
    "link scores": "scores of links",
    "scores": "scores",
    "provenance": "how each label was made",
    "checked": "which sentences are checked",
    "flags": "flags",
    "notes": "notes",
}
"""What a sentence has besides words and labels, in the words of the export page."""

GROUPS = {"labels": "Labels", "pairs": "Both sides", "tools": "Other tools"}
_ALL = frozenset(FEATURES)

Writer = Callable[[Sequence[Corrected], Options], tuple[bytes, ...]]
Fault = Callable[[Corrected, Options], str]


class File(NamedTuple):
    """One file of a format: what its name ends in, and its media type."""

    suffix: str
    media: str = "text/plain"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One row of the table.

    `files` are the files it consists of, in the order `write` returns their bytes; `keeps` and, with
    ids and texts in comments, `commented` are FEATURES. `tagged`: there are label schemes to choose from;
    `sided`: it holds one side, to be chosen. `fault` says in a clause why a sentence cannot be written
    ("" when it can), `care` why another program may misread it.
    """

    name: str
    title: str
    what: str
    group: str
    files: tuple[File, ...]
    write: Writer
    fault: Fault
    keeps: frozenset[str] = frozenset()
    tagged: bool = False
    sided: bool = True
    commented: frozenset[str] = frozenset()
    care: Fault = field(default=lambda item, options: "")
    binary: bool = False
    texts: frozenset[str] = frozenset({"texts"})

    def kept(self, options: Options) -> frozenset[str]:
        return self.keeps | self.texts | (self.commented if options.comments else frozenset())


_SPACES = frozenset({"spaces", "odd spaces", "edges"})
_COMMENTED = _SPACES | {"ids"}

_TABLE = (
    ExportFormat(
        "conll2002", "CoNLL-2002", "word and tag", "labels", (File(".conll"),), columns.conll2002, columns.fault,
        tagged=True, commented=_COMMENTED, care=columns.care,
    ),
    ExportFormat(
        "conll2003", "CoNLL-2003", "four columns, tag last", "labels", (File(".conll"),), columns.conll2003,
        columns.fault, tagged=True, commented=_COMMENTED, care=columns.care,
    ),
    ExportFormat(
        "conllu", "CoNLL-U", "NER= in the last column", "labels", (File(".conllu"),), columns.conllu,
        columns.conllu_fault, _COMMENTED, tagged=True,
    ),
    ExportFormat(
        "uner", "Universal NER", "five columns, comments", "labels", (File(".iob2"),), columns.uner,
        columns.numbered_fault, _COMMENTED, tagged=True,
    ),
    ExportFormat(
        "parallel", "Parallel CoNLL", "two aligned files", "pairs",
        (File(".source.conll"), File(".target.conll")), columns.parallel, columns.parallel_fault,
        frozenset({"other"}), tagged=True, sided=False, commented=_COMMENTED, care=columns.parallel_care,
    ),
    ExportFormat(
        "pharaoh", "Word links", "Pharaoh, i-j and ipj", "pairs", (File(".pharaoh"),), links.write,
        links.fault, frozenset({"links", "possible"}), sided=False, texts=frozenset(),
    ),
    ExportFormat(
        "jsonl", "JSONL", "everything, who and when", "pairs",
        (File(".jsonl", "application/jsonl"),), provenance.write, provenance.fault, _ALL, sided=False,
    ),
    ExportFormat(
        "spans", "Table of spans", "CSV", "pairs", (File(".csv", "text/csv"),), spans.write,
        spans.fault, _SPACES | {"ids", "other", "scores", "provenance", "checked", "flags", "notes"}, sided=False,
        care=spans.care,
    ),
    ExportFormat(
        "parquet", "Parquet", "for load_dataset", "tools",
        (File(".parquet", "application/vnd.apache.parquet"),), parquet.write, parquet.fault, _ALL, tagged=True,
        sided=False, binary=True,
    ),
    ExportFormat(
        "docbin", "spaCy DocBin", "for spacy train", "tools", (File(".spacy", "application/octet-stream"),),
        docbin.write, docbin.fault,
        frozenset({"ids", "spaces", "scores", "provenance", "checked", "flags", "notes"}),
        binary=True,
    ),
    ExportFormat(
        "labelstudio", "Label Studio", "tasks and setup", "tools",
        (File(".json", "application/json"), File(".xml", "application/xml")),
        label_studio.write, label_studio.fault, _ALL, sided=False,
    ),
    ExportFormat(
        "webanno", "INCEpTION, WebAnno", "TSV 3.3", "tools", (File(".tsv"),), webanno.write, webanno.fault,
        frozenset({"ids", "spaces", "odd spaces"}),
    ),
)  # fmt: skip

FORMATS = {row.name: row for row in _TABLE}


def write(name: str, items: Sequence[Corrected], options: Options = DEFAULTS) -> tuple[bytes, ...]:
    """Return the bytes of each file of a format; `items` have passed `choose` and `check`.

    Raises ConfigurationError for an unknown format, FormatError or LabelError for a sentence that cannot
    be written.
    """
    if name not in FORMATS:
        raise ConfigurationError(f"There is no export format {name!r}; known are {', '.join(FORMATS)}.")
    return FORMATS[name].write(items, options)
