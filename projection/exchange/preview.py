"""The first lines of a file as text; files that are none are read back and shown in words."""

from __future__ import annotations

import io
import json

from projection.text.spacy_library import spacy_library


def preview(format: str, content: bytes) -> list[str]:
    """Return the lines of a text file, or what stands in a binary one: a line a value, or a sentence and its spans."""
    readers = {"parquet": _parquet, "docbin": _docbin}
    if format in readers:
        return readers[format](content)
    return content.decode("utf-8-sig", "replace").removesuffix("\n").split("\n")


def _parquet(content: bytes) -> list[str]:
    import pyarrow.parquet

    lines = []
    for row in pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist():
        filled = {name: value for name, value in row.items() if value not in (None, "", [], False)}
        lines += [*(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in filled.items()), ""]
    return lines[:-1]


def _docbin(content: bytes) -> list[str]:
    spacy, lines = spacy_library(), []
    for doc in spacy.tokens.DocBin().from_bytes(content).get_docs(spacy.vocab.Vocab()):
        lines.append(f"# {doc.user_data['id'] or doc.user_data['position'] + 1}: {len(doc)} words")
        lines.append(" ".join(doc.text.split()))
        lines += [f"  {span.text} [{span.start}, {span.end}) {span.label_}" for span in doc.ents]
    return lines
