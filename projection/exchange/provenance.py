"""JSONL with everything: the objects of `projection.text.jsonl` and, beside them, who decided what.

    {..., "position": 11, "checked": true, "flagged": true, "note": "Berlin or Berlim?", "method": "span-matching",
     "settings": "span-matching threshold=...", "author": "Ana", "at": "2026-11-21T14:02:11+00:00"}

Each entity says its `origin` and, if a person made it from an automatic one, what that was (`derived`).
Keys whose value would be empty are left out. The file is read back as any JSONL file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from projection.exchange.corrected import Corrected
from projection.exchange.options import Options
from projection.exchange.words import half_pair
from projection.text.jsonl import dump_pair


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return ("".join(f"{json.dumps(_row(item), ensure_ascii=False)}\n" for item in items).encode(),)


def _row(item: Corrected) -> dict[str, Any]:
    return dump_pair(item.pair) | ({"id": item.id} if item.id else {}) | about(item)


def about(item: Corrected) -> dict[str, Any]:
    """Return what is known of a sentence besides texts, labels and links, leaving out what is empty."""
    known = {
        "checked": item.checked, "flagged": item.flagged, "note": item.note, "method": item.method,
        "settings": item.settings, "author": item.author, "at": item.at,
    }  # fmt: skip
    return {"position": item.position} | {key: value for key, value in known.items() if value}


def fault(item: Corrected, options: Options) -> str:
    if item.source is None:
        return "there is no source text"
    labels = [entity.label for side in ("source", "target") for entity in item.entities(side)]
    return half_pair(item.source.text, item.target.text if item.target else "", item.note, item.id, *labels)
