"""Label Studio: tasks as JSON, and the labelling setup (XML) of a project they can be imported into.

A task shows the target with its entities and, if there is one, the source with its own. Labels go into
`annotations` where a person checked the sentence, else into `predictions`, which Label Studio offers to its
annotators. Offsets are code points of the text, which is how Label Studio counts since 1.5. All the rest
(words, links, who decided what) stands in `meta.projection`, which Label Studio keeps, and is read back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from projection.exchange.corrected import Corrected, Side
from projection.exchange.options import Options
from projection.exchange.provenance import about
from projection.exchange.words import half_pair, no_text
from projection.text.jsonl import dump_entities, dump_links
from projection.text.label_studio import NAMES, TEXTS
from projection.types import Entity, Sentence

_ORIGINS = {"projected": "prediction", "model": "prediction", "corrected": "prediction-changed"}


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    tasks = ",\n".join(json.dumps(_task(item), ensure_ascii=False) for item in items)
    return f"[\n{tasks}\n]\n".encode(), _setup(items).encode()


def _task(item: Corrected) -> dict[str, Any]:
    sides = [(side, item.sentence(side)) for side in ("target", "source") if item.sentence(side) is not None]
    regions = [region for side, sentence in sides for region in _regions(side, sentence)]
    task: dict[str, Any] = {"data": {"id": item.id} | {TEXTS[side]: sentence.text for side, sentence in sides}}
    if item.checked:
        task["annotations"] = [{"result": regions, "ground_truth": False, "was_cancelled": False}]
    else:
        task["predictions"] = [_prediction(item, regions)]
    kept = about(item) | {side: _words(sentence) for side, sentence in sides}
    if item.alignment is not None:
        kept |= dump_links(item.alignment)
    return task | {"meta": {"projection": kept}}


def _words(sentence: Sentence) -> dict[str, Any]:
    return {
        "language": sentence.language,
        "offsets": [[token.start, token.end] for token in sentence.tokens],
        "entities": dump_entities(sentence.entities),
    }


def _prediction(item: Corrected, regions: list[dict[str, Any]]) -> dict[str, Any]:
    scores = [entity.score for entity in item.entities("target") if entity.score is not None]
    fits = bool(scores) and all(0 <= score <= 1 for score in scores)
    score = {"score": sum(scores) / len(scores)} if fits else {}
    return {"model_version": item.method or "projection", "result": regions} | score


def _regions(side: Side, sentence: Sentence) -> list[dict[str, Any]]:
    return [_region(side, sentence, number, entity) for number, entity in enumerate(sentence.entities, 1)]


def _region(side: Side, sentence: Sentence, number: int, entity: Entity) -> dict[str, Any]:
    start, end = sentence.tokens[entity.span.start].start, sentence.tokens[entity.span.end - 1].end
    return {
        "id": f"{side}-{number}",
        "from_name": NAMES[side],
        "to_name": TEXTS[side],
        "type": "labels",
        "origin": _ORIGINS.get(entity.origin, "manual"),
        "value": {"start": start, "end": end, "text": sentence.text[start:end], "labels": [entity.label]},
    }


def _setup(items: Sequence[Corrected]) -> str:
    """Return the labelling interface with all labels in use."""
    sides = [side for side in ("target", "source") if any(item.sentence(side) is not None for item in items)]
    lines = ["<View>"]
    for side in sides:
        labels = sorted({entity.label for item in items for entity in item.entities(side)})
        lines.append(f'  <Labels name="{NAMES[side]}" toName="{TEXTS[side]}">')
        lines += [f"    <Label value={quoteattr(label)}/>" for label in labels]
        lines += ["  </Labels>", f'  <Text name="{TEXTS[side]}" value="${TEXTS[side]}"/>']
    return "\n".join((*lines, "</View>", ""))


def fault(item: Corrected, options: Options) -> str:
    found = no_text(item.target, "target")
    if not found and item.source is not None:
        found = half_pair(item.source.text, item.note, item.id)
    if found:
        return found
    for label in (entity.label for side in ("source", "target") for entity in item.entities(side)):
        if not label.strip() or any(ord(character) < 0x20 or character in "\ufffe\uffff" for character in label):
            return f"the label {label!r:.40} is empty or has a control character"
    return ""
