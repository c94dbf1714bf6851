"""One JSON object per line: everything a Sentence or a Pair holds.

    {"id": "7", "language": "en", "text": "Ann lives in Rome.", "tokens": ["Ann", "lives", "in", "Rome", "."],
     "entities": [{"start": 3, "end": 4, "label": "LOC", "score": 0.98, "origin": "model"}],
     "target": {"language": "pt", "text": ..., "tokens": ..., "entities": ...},
     "links": [[0, 0], [3, 3, 0.91]], "possible": [[1, 1]]}

`start` and `end` count words from 0, `end` is exclusive. Either `text` or `tokens` may be absent:
text alone is tokenised, tokens alone are joined by spaces. `offsets` ([start, end] of each token in
`text`, in code points) are written only where the tokens joined by single spaces are not the text.
`score`, `origin` ("gold" when absent), `derived` (the automatic label a person's was made from),
`target`, `links` (with a score each, if there is one) and
`possible` are optional. Other keys are kept when a file is edited in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from projection.errors import FormatError, ProjectionError
from projection.text.languages import normalise
from projection.text.lines import Line
from projection.text.records import LabelUse, Lines, Pair, Piece, Problem, Scan, locate, outermost
from projection.text.tokenize import check_text, tokenize
from projection.types import Alignment, Derivation, Entity, EntityOrigin, Provenance, Sentence, Span, Token

_STYLES = tuple(
    {"ensure_ascii": ascii_only, "separators": separators}
    for ascii_only in (False, True)
    for separators in ((", ", ": "), (",", ":"))
)


def dump_entities(entities: Iterable[Entity]) -> list[dict[str, Any]]:
    rows = []
    for entity in entities:
        row: dict[str, Any] = {"start": entity.span.start, "end": entity.span.end, "label": entity.label}
        if entity.score is not None:
            row["score"] = entity.score
        if entity.origin != "gold":
            row["origin"] = entity.origin
        if entity.derived is not None:
            row["derived"] = _dump_derivation(entity.derived)
        rows.append(row)
    return rows


def _dump_derivation(before: Derivation) -> dict[str, Any]:
    row = {"method": before.method, "start": before.span.start, "end": before.span.end, "label": before.label}
    known = {"score": before.score, "settings": before.settings or None}
    return row | {key: value for key, value in known.items() if value is not None}


def load_entities(rows: Iterable[Mapping[str, Any]]) -> tuple[Entity, ...]:
    """Read what `dump_entities` wrote. Raises FormatError."""
    return tuple(map(_load_entity, rows))


def dump_sentence(sentence: Sentence) -> dict[str, Any]:
    row: dict[str, Any] = {"id": sentence.id} if sentence.id else {}
    row |= {"language": sentence.language, "text": sentence.text, "tokens": list(sentence.words)}
    if Sentence.from_words(sentence.words).tokens != sentence.tokens or " ".join(sentence.words) != sentence.text:
        row["offsets"] = [[token.start, token.end] for token in sentence.tokens]
    row["entities"] = dump_entities(sentence.entities)
    return row


def dump_pair(pair: Pair) -> dict[str, Any]:
    """Return the object of the schema above; `load_pair` gives an equal Pair back."""
    row = dump_sentence(pair.source)
    if pair.target is not None:
        row["target"] = dump_sentence(pair.target)
    return row | dump_links(pair.alignment) if pair.alignment is not None else row


def dump_links(alignment: Alignment) -> dict[str, list]:
    """Return the keys "links" and "possible" of the schema."""
    return {
        kind: [[*link, alignment.scores[link]] if link in alignment.scores else list(link) for link in sorted(links)]
        for kind, links in (("links", alignment.links), ("possible", alignment.possible))
    }


def load_pair(
    row: Mapping[str, Any], language: str = "und", target_language: str = "und", place: Provenance | None = None
) -> tuple[Pair, list[str]]:
    """Read one object; also what was nested and left out. Raises FormatError with what is wrong."""
    source, dropped = load_sentence(row, language, place)
    if row.get("target") is None:
        return Pair(source), dropped
    target, more = load_sentence(row["target"], target_language, place)
    alignment = None
    if row.get("links") is not None:
        alignment = load_links(row, len(source), len(target))
    return Pair(source, target, alignment), dropped + more


def load_sentence(
    row: Mapping[str, Any], language: str = "und", place: Provenance | None = None
) -> tuple[Sentence, list[str]]:
    if not isinstance(row, Mapping):
        raise FormatError(f"a sentence is an object, not {row!r:.60}.")
    text, words = row.get("text"), row.get("tokens")
    identifier = str(row.get("id", ""))
    language = normalise(str(row.get("language", language)))
    if text is not None and not isinstance(text, str):
        raise FormatError(f"'text' is a string, not {text!r:.60}.")
    if words is None and text is None:
        raise FormatError("there is neither 'text' nor 'tokens'.")
    if words is not None and not (isinstance(words, list) and all(isinstance(word, str) and word for word in words)):
        raise FormatError("'tokens' is a list of strings that are not empty.")
    check_text(" ".join([text or "", *(words or ())]))
    if words is None:
        sentence = replace(tokenize(text, language, id=identifier), provenance=place)
    elif text is None:
        sentence = Sentence.from_words(words, language, id=identifier, provenance=place)
    else:
        tokens = tuple(Token(word, *span) for word, span in zip(words, _offsets(row, words, text), strict=True))
        sentence = Sentence(text, tokens, language, (), identifier, place)
    entities, dropped = outermost(map(_load_entity, _list(row, "entities")))
    return sentence.with_entities(entities), dropped


def _offsets(row: Mapping[str, Any], words: Sequence[str], text: str) -> Sequence[tuple[int, int]]:
    offsets = row.get("offsets")
    if offsets is None:
        offsets = locate(words, text)
    if offsets is None:
        raise FormatError("the tokens are not the words of 'text' in order; correct them or give 'offsets'.")
    if not (isinstance(offsets, list) and len(offsets) == len(words) and all(map(_is_pair, offsets))):
        raise FormatError("'offsets' is a list of one [start, end] for each token.")
    return offsets


def _is_pair(item: Any) -> bool:
    return isinstance(item, list | tuple) and len(item) == 2 and type(item[0]) is type(item[1]) is int


def _list(row: Mapping[str, Any], key: str) -> list:
    value = row.get(key)
    if not (value is None or isinstance(value, list)):
        raise FormatError(f"{key!r} is a list, not {value!r:.60}.")
    return value or []


def _load_entity(item: Mapping[str, Any]) -> Entity:
    try:
        start, end, label = item["start"], item["end"], item["label"]
        score, origin = item.get("score"), item.get("origin", "gold")
    except (KeyError, TypeError, AttributeError):
        raise FormatError(f"an entity needs 'start', 'end' and 'label', unlike {item!r:.80}.") from None
    good = type(start) is int and type(end) is int and isinstance(label, str) and label
    if not good or origin not in get_args(EntityOrigin) or not (score is None or _is_number(score)):
        raise FormatError(f"entity {item!r:.120} has a value of the wrong kind.")
    return Entity(Span(start, end), label, score, origin, _load_derivation(item.get("derived")))


def _load_derivation(item: Any) -> Derivation | None:
    if item is None:
        return None
    try:
        values = item["method"], Span(item["start"], item["end"]), item["label"], item.get("score")
    except (KeyError, TypeError, AttributeError):
        raise FormatError(f"'derived' needs 'method', 'start', 'end' and 'label', unlike {item!r:.80}.") from None
    return Derivation(*values, settings=str(item.get("settings", "")))


def load_links(row: Mapping[str, Any], source_length: int, target_length: int) -> Alignment:
    """Read the keys "links" and "possible" of a pair with so many words."""
    links: dict[str, set[tuple[int, int]]] = {"links": set(), "possible": set()}
    scores = {}
    for kind, found in links.items():
        for item in _list(row, kind):
            if not (isinstance(item, list) and _is_pair(item[:2]) and all(map(_is_number, item[2:])) and len(item) < 4):
                raise FormatError(f"a link is [source, target] or [source, target, score], not {item!r:.60}.")
            found.add((item[0], item[1]))
            if len(item) == 3:
                scores[item[0], item[1]] = item[2]
    return Alignment(frozenset(links["links"]), source_length, target_length, scores, frozenset(links["possible"]))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(slots=True)
class JsonlFormat:
    """Reader and writer of JSONL files; a line that cannot be read is reported and left out."""

    name: str
    language: str
    target_language: str = "und"
    summary: str = "one JSON object per line"

    def scan(self, lines: Lines) -> Scan:
        scan = Scan()
        for _, pair, problems in self._read(lines()):
            for problem in problems:
                scan.add(problem)
            if pair:
                scan.count(pair)
        return scan

    def _read(self, lines: Iterable[Line]) -> Iterator[tuple[Line, Pair | None, list[Problem]]]:
        number = 0
        for line in lines:
            if not line.text.strip():
                yield line, None, []
                continue
            try:
                row = json.loads(line.text)
                place = Provenance(self.name, line.number)
                pair, dropped = load_pair(row, self.language, self.target_language, place)
            except (ValueError, ProjectionError, RecursionError) as problem:
                message = f"no JSON ({problem})" if isinstance(problem, json.JSONDecodeError) else str(problem)
                yield line, None, [Problem(line.number, "json", message, "line left out", self.name)]
                continue
            number += 1
            if not pair.source.id:
                pair = replace(pair, source=replace(pair.source, id=str(number)))
            nested = [Problem(line.number, "nested", message, "outermost", self.name) for message in dropped]
            yield line, pair, nested

    def parse(self, lines: Iterable[Line], use: LabelUse) -> Iterator[Piece]:
        for line, pair, _ in self._read(lines):
            if pair and use == "ignore":
                target = pair.target and pair.target.with_entities(())
                pair = replace(pair, source=pair.source.with_entities(()), target=target)
            yield Piece([line], [pair] if pair else [])

    def rewrite(
        self, piece: Piece, edits: Sequence[tuple[Entity, ...] | None], scheme: str | None, side: str
    ) -> Iterator[str]:
        line, (entities,) = piece.lines[0], edits
        pair = piece.pairs[0]
        sentence = pair.source if side == "source" else pair.target
        if entities is None or (sentence and entities == sentence.entities):
            yield line.raw
            return
        if sentence is None:
            raise FormatError("there is no target to label on this line.", path=self.name, line=line.number)
        sentence.with_entities(entities)
        row = json.loads(line.text)
        # written the way the file writes, where it is one of the usual ways
        style = next((style for style in _STYLES if json.dumps(row, **style) == line.text), _STYLES[0])
        (row if side == "source" else row["target"])["entities"] = dump_entities(entities)
        yield line.with_text(json.dumps(row, **style))
