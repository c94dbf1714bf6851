"""Parquet that `datasets.load_dataset("parquet", data_files=...)` opens with its features, ClassLabel included.

One row per sentence: `tokens`, `ner_tags` (numbers of a ClassLabel) and `tags` (the same as text) are the
target's; the source's stand in columns beginning with `source_`. `entities` count words from 0, `end` is
exclusive. A column `links` has source word, target word, whether it is sure, and a score.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from projection.exchange.corrected import Corrected, Side
from projection.exchange.options import Options
from projection.exchange.provenance import about
from projection.exchange.words import bad_label, no_text
from projection.text.schemes import encode
from projection.types import Alignment, Entity, Sentence

if TYPE_CHECKING:
    import pyarrow

_PREFIX: dict[Side, str] = {"source": "source_", "target": ""}
_ENTITY = {
    "start": "int32", "end": "int32", "label": "string", "score": "float64", "origin": "string",
    "derived_method": "string", "derived_start": "int32", "derived_end": "int32", "derived_label": "string",
    "derived_score": "float64", "derived_settings": "string",
}  # fmt: skip
_LINK = {"source": "int32", "target": "int32", "sure": "bool", "score": "float64"}
_SIDE = {"text": "string", "language": "string", "tokens": ["string"], "offsets": [["int32"]]}
_ABOUT = {
    "id": "string", "position": "int32", "checked": "bool", "flagged": "bool", "note": "string", "method": "string",
    "settings": "string", "author": "string", "at": "string",
}  # fmt: skip


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    import pyarrow
    import pyarrow.parquet

    names = _tags(items, options.scheme)
    columns = {"id": "string"} | _side_columns("target", names) | _side_columns("source", names)
    columns |= {"links": [_LINK]} | _ABOUT
    number = {name: index for index, name in enumerate(names)}
    rows = [_row(item, options.scheme, number) for item in items]
    info = {"info": {"features": {name: _feature(kind) for name, kind in columns.items()}}}
    schema = pyarrow.schema(
        [(name, _type(kind)) for name, kind in columns.items()], metadata={"huggingface": json.dumps(info)}
    )
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema), stream)
    return (stream.getvalue(),)


def _tags(items: Sequence[Corrected], scheme: str) -> list[str]:
    """Return "O" and every tag in use, those of a label next to each other."""
    seen = {
        tag
        for item in items
        for sentence in (item.source, item.target)
        if sentence is not None
        for tag in encode(sentence.entities, len(sentence), scheme)
    }
    return ["O", *sorted(seen - {"O"}, key=lambda tag: (tag[2:], tag[:1]))]


def _side_columns(side: Side, names: list[str]) -> dict[str, Any]:
    columns = _SIDE | {"ner_tags": [_Labels(names)], "tags": ["string"], "entities": [_ENTITY]}
    return {_PREFIX[side] + name: kind for name, kind in columns.items()}


class _Labels(list):
    """The names of a ClassLabel."""


def _row(item: Corrected, scheme: str, number: Mapping[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {name: False if kind == "bool" else "" for name, kind in _ABOUT.items()}
    row |= about(item) | {"id": item.id, "links": _links(item.alignment)}
    for side in ("target", "source"):
        cells = _cells(item.sentence(side), scheme, number)
        row |= {_PREFIX[side] + name: value for name, value in cells.items()}
    return row


def _cells(sentence: Sentence | None, scheme: str, number: Mapping[str, int]) -> dict[str, Any]:
    if sentence is None:
        return {"text": None, "language": None, "tokens": [], "offsets": [], "ner_tags": [], "tags": [], "entities": []}
    tags = encode(sentence.entities, len(sentence), scheme)
    return {
        "text": sentence.text,
        "language": sentence.language,
        "tokens": list(sentence.words),
        "offsets": [[token.start, token.end] for token in sentence.tokens],
        "ner_tags": [number[tag] for tag in tags],
        "tags": tags,
        "entities": [_entity(entity) for entity in sentence.entities],
    }


def _entity(entity: Entity) -> dict[str, Any]:
    row = {"start": entity.span.start, "end": entity.span.end, "label": entity.label, "score": entity.score}
    row |= {"origin": entity.origin}
    before = entity.derived
    if before is not None:
        row |= {"derived_method": before.method, "derived_start": before.span.start, "derived_end": before.span.end}
        row |= {"derived_label": before.label, "derived_score": before.score, "derived_settings": before.settings}
    return row


def _links(alignment: Alignment | None) -> list[dict[str, Any]]:
    if alignment is None:
        return []
    return [
        {"source": source, "target": target, "sure": sure, "score": alignment.scores.get((source, target))}
        for sure, links in ((True, alignment.links), (False, alignment.possible))
        for source, target in sorted(links)
    ]


def _type(kind: Any) -> pyarrow.DataType:
    import pyarrow

    if isinstance(kind, _Labels):
        return pyarrow.int64()
    if isinstance(kind, list):
        return pyarrow.list_(_type(kind[0]))
    if isinstance(kind, dict):
        return pyarrow.struct([(name, _type(inner)) for name, inner in kind.items()])
    return {"bool": pyarrow.bool_}.get(kind, getattr(pyarrow, kind, None))()


def _feature(kind: Any) -> Any:
    """Return the same type in the words of `datasets`; a list in brackets is understood by all its versions."""
    if isinstance(kind, _Labels):
        return {"names": list(kind), "_type": "ClassLabel"}
    if isinstance(kind, list):
        return [_feature(kind[0])]
    if isinstance(kind, dict):
        return {name: _feature(inner) for name, inner in kind.items()}
    return {"dtype": kind, "_type": "Value"}


def fault(item: Corrected, options: Options) -> str:
    for side in ("source", "target"):
        sentence = item.sentence(side)
        found = "" if sentence is None and side == "source" else no_text(sentence, side) or bad_label(sentence)
        if found:
            return found
    return ""
