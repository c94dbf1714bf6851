"""Label Studio's JSON: a list of tasks, each a text with spans marked in it.

    [{"id": 7, "data": {"text": "Ana saiu."}, "annotations": [{"result": [
        {"type": "labels", "to_name": "text", "value": {"start": 0, "end": 3, "text": "Ana", "labels": ["PER"]}}]}]}]

Of several annotations of a task the ground truth is read, else the last one that was not cancelled; without
any, the last prediction (its spans are a model's). Offsets count code points; in files of older versions
UTF-16 units, which `value.text` gives away. A text is split into sentences and words, and also where a span
begins or ends. Tasks written by this project come back as they were: words, links, who decided what.
The file is read into memory as a whole. It is written back as it was; labels are not edited in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from projection.errors import FormatError, ProjectionError
from projection.text.jsonl import load_entities, load_links
from projection.text.languages import normalise
from projection.text.lines import Line
from projection.text.records import LabelUse, Lines, Pair, Piece, Problem, Scan, outermost
from projection.text.tokenize import check_text, split_sentences, tokenize
from projection.types import Entity, Provenance, Sentence, Span, Token

TEXTS = {"target": "text", "source": "source"}
"""The names of the texts in tasks this project writes."""
NAMES = {"target": "label", "source": "source-label"}
"""The names of the controls that label them."""

_KEYS = ('"data"', '"annotations"', '"predictions"', '"completions"')


class _Region(NamedTuple):
    """A marked stretch of a text, in code points."""

    start: int
    end: int
    label: str
    score: float | None = None


def is_label_studio(sample: str) -> bool:
    """Judge a JSON list by its beginning."""
    return _KEYS[0] in sample and any(key in sample for key in _KEYS[1:])


@dataclass(slots=True)
class LabelStudioFormat:
    """Reader of Label Studio's JSON; a task that cannot be read is reported and left out."""

    name: str
    language: str
    target_language: str = "und"
    summary: str = "one JSON list of tasks"

    def scan(self, lines: Lines) -> Scan:
        scan = Scan()
        for pairs, problems in self._tasks(list(lines())):
            for problem in problems:
                scan.add(problem)
            for pair in pairs:
                scan.count(pair)
        return scan

    def parse(self, lines: Iterable[Line], use: LabelUse) -> Iterator[Piece]:
        raw = list(lines)
        pairs = [pair for found, _ in self._tasks(raw) for pair in found]
        if use == "ignore":
            pairs = [_unlabelled(pair) for pair in pairs]
        yield Piece(raw, pairs)

    def rewrite(
        self, piece: Piece, edits: Sequence[tuple[Entity, ...] | None], scheme: str | None, side: str
    ) -> Iterator[str]:
        raise FormatError(
            "labels of a Label Studio file are not edited in place.",
            path=self.name,
            remedy="Export to Label Studio or another format instead.",
        )

    def _tasks(self, lines: Sequence[Line]) -> Iterator[tuple[list[Pair], list[Problem]]]:
        try:
            tasks = json.loads("".join(line.text + line.ending for line in lines))
        except (ValueError, RecursionError) as problem:
            line = getattr(problem, "lineno", 1)
            yield [], [Problem(line, "json", f"no JSON ({problem})", "file left out", self.name)]
            return
        for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
            try:
                yield self._task(task, number)
            except (ProjectionError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
                said = str(problem) if isinstance(problem, ProjectionError) else "it is not built as a task is"
                yield [], [self._problem(number, said, "task left out", "json")]

    def _problem(self, number: int, message: str, repaired_by: str, kind: str = "span") -> Problem:
        return Problem(None, kind, f"task {number}: {message}", repaired_by, self.name)

    def _task(self, task: Mapping[str, Any], number: int) -> tuple[list[Pair], list[Problem]]:
        data = task["data"]
        regions, origin, said = _chosen(task)
        problems = [self._problem(number, message, done) for message, done in said]
        kept = (task.get("meta") or {}).get("projection")
        name = str((data.get("id") if kept else None) or task.get("id") or number)
        place = Provenance(self.name)
        if kept:
            return [self._own(data, kept, regions, name, place, number, problems)], problems
        key = _text_key(data, regions)
        text = data[key]
        check_text(text)
        found = self._regions(regions, text, None, number, problems)
        return [
            Pair(sentence) for sentence in self._sentences(text, found, origin, name, place, number, problems)
        ], problems

    def _regions(
        self, items: Iterable[Mapping[str, Any]], text: str, to_name: str | None, number: int, problems: list[Problem]
    ) -> list[_Region]:
        regions = []
        for item in items:
            if to_name is None or item.get("to_name") == to_name:
                try:
                    regions.append(_region(item, text))
                except FormatError as problem:
                    problems.append(self._problem(number, str(problem), "left out"))
        return regions

    def _sentences(
        self, text: str, regions: Sequence[_Region], origin: str, name: str, place: Provenance, number: int,
        problems: list[Problem],
    ) -> Iterator[Sentence]:  # fmt: skip
        borders = _borders(text, self.language, regions)
        for count, (start, end) in enumerate(borders, 1):
            inner = [region for region in regions if start <= region.start and region.end <= end]
            moved = [region._replace(start=region.start - start, end=region.end - start) for region in inner]
            sentence = _cut(tokenize(text[start:end], self.language), moved)
            entities = [_entity(region, sentence, origin) for region in moved]
            kept, dropped = outermost(entities)
            problems += [self._problem(number, message, "outermost", "nested") for message in dropped]
            identifier = name if len(borders) == 1 else f"{name}.{count}"
            yield replace(sentence, entities=tuple(kept), id=identifier, provenance=place)

    def _own(
        self, data: Mapping[str, Any], kept: Mapping[str, Any], regions: Sequence[Mapping[str, Any]], name: str,
        place: Provenance, number: int, problems: list[Problem],
    ) -> Pair:  # fmt: skip
        """Rebuild a pair this project wrote; spans changed since then are given, the others as they were."""
        sides: dict[str, Sentence] = {}
        for side, key in TEXTS.items():
            if key not in data:
                continue
            text, words = data[key], kept[side]
            check_text(text)
            tokens = tuple(Token(text[start:end], start, end) for start, end in words["offsets"])
            sentence = Sentence(text, tokens, normalise(words["language"]), (), name, place)
            found = self._regions(regions, text, key, number, problems)
            before = {(entity.span, entity.label): entity for entity in load_entities(words["entities"])}
            entities = [_whole_words(region, sentence) for region in found]
            entities = [before.get((entity.span, entity.label), entity) for entity in entities]
            unique, dropped = outermost(dict.fromkeys(entities))
            problems += [self._problem(number, message, "outermost", "nested") for message in dropped]
            sides[side] = sentence.with_entities(unique)
        if "source" not in sides:
            return Pair(sides["target"])
        links = load_links(kept, len(sides["source"]), len(sides["target"])) if "links" in kept else None
        return Pair(sides["source"], sides["target"], links)


def _unlabelled(pair: Pair) -> Pair:
    target = pair.target and pair.target.with_entities(())
    return Pair(pair.source.with_entities(()), target, pair.alignment)


def _chosen(task: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], str, list[tuple[str, str]]]:
    """Return the regions of the annotation that counts, their origin, and what is to be said about it."""
    every = task.get("annotations") or task.get("completions") or []
    valid = [item for item in every if not item.get("was_cancelled")]
    best = [item for item in valid if item.get("ground_truth")] or valid
    said = [(f"it has {len(valid)} annotations", "one taken")] if len(valid) > 1 else []
    origin = "gold"
    if not best:
        best, origin = task.get("predictions") or [], "model"
    results = best[-1].get("result", []) if best else []
    regions = [item for item in results if isinstance(item, Mapping) and item.get("type") == "labels"]
    others = sorted({str(item.get("type")) for item in results if item not in regions})
    said += [(f"results of type {', '.join(others)} are no spans of text", "left out")] if others else []
    return regions, origin, said


def _text_key(data: Mapping[str, Any], regions: Sequence[Mapping[str, Any]]) -> str:
    """Find the text: the one the spans name, else "text", else the only string there is."""
    named = [str(item.get("to_name")) for item in regions]
    strings = [key for key, value in data.items() if isinstance(value, str)]
    for key in (*dict.fromkeys(named), "text"):
        if key in strings:
            return key
    if len(strings) == 1:
        return strings[0]
    raise FormatError(f"it is not clear which of {', '.join(map(repr, strings)) or 'its data'} is the text.")


def _region(item: Mapping[str, Any], text: str) -> _Region:
    """Read one span and take the spaces off its ends."""
    value = item["value"]
    start, end, labels = value["start"], value["end"], value["labels"]
    if not (type(start) is type(end) is int and labels and all(isinstance(label, str) for label in labels)):
        raise FormatError(f"a span has no numbers or label: {value!r:.80}.")
    start, end = _in_code_points(start, end, text, value.get("text"))
    inner = text[start:end]
    if not (0 <= start < end <= len(text)) or not inner.strip():
        raise FormatError(f"no text stands at {start} to {end}.")
    start += len(inner) - len(inner.lstrip())
    score = item.get("score")
    number = float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None
    return _Region(start, start + len(inner.strip()), labels[0], number)


def _in_code_points(start: int, end: int, text: str, said: Any) -> tuple[int, int]:
    if not isinstance(said, str) or text[start:end] == said:
        return start, end
    units = text.encode("utf-16-le")
    inner = units[2 * start : 2 * end].decode("utf-16-le", "replace")
    if inner == said:
        start = len(units[: 2 * start].decode("utf-16-le", "replace"))
        return start, start + len(inner)
    raise FormatError(f"{text[start:end]!r:.40} stands at {start} to {end}, not {said!r:.40}.")


def _borders(text: str, language: str, regions: Sequence[_Region]) -> list[tuple[int, int]]:
    """Return where sentences begin and end; those that a span joins are one."""
    borders: list[tuple[int, int]] = []
    position = 0
    for piece in split_sentences(text, language):
        start = text.index(piece, position)
        position = start + len(piece)
        if borders and any(region.start < start < region.end for region in regions):
            start = borders.pop()[0]
        borders.append((start, position))
    return borders


def _cut(sentence: Sentence, regions: Sequence[_Region]) -> Sentence:
    """Split words where a span begins or ends inside them."""
    cuts = sorted({place for region in regions for place in (region.start, region.end)})
    tokens: list[Token] = []
    for token in sentence.tokens:
        inside = [cut for cut in cuts if token.start < cut < token.end]
        for start, end in zip((token.start, *inside), (*inside, token.end), strict=True):
            tokens.append(Token(sentence.text[start:end], start, end))
    return replace(sentence, tokens=tuple(tokens))


def _entity(region: _Region, sentence: Sentence, origin: str) -> Entity:
    return replace(_whole_words(region, sentence), score=region.score, origin=origin)


def _whole_words(region: _Region, sentence: Sentence) -> Entity:
    words = [
        index for index, token in enumerate(sentence.tokens) if token.start < region.end and token.end > region.start
    ]
    if not words:
        raise FormatError(f"no word stands at {region.start} to {region.end}.")
    return Entity(Span(words[0], words[-1] + 1), region.label)
