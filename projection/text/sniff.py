"""Which format a file has, judged by its first lines, in words a user can check."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from projection.errors import FormatError
from projection.text import conllu
from projection.text.columns import Layout
from projection.text.label_studio import is_label_studio
from projection.text.webanno import is_webanno

SAMPLE_LINES = 5000
COLUMN_FORMATS = ("conll2002", "conll2003", "uner", "conllu")
_LINK = re.compile(r"\d+[-p]\d+", re.ASCII)
# looser than what is legal, so that files with odd labels are still recognised and their labels reported
_LABEL_LIKE = re.compile(r"O|[BIESLUMW]-.*", re.IGNORECASE | re.DOTALL)


def is_jsonl(texts: Sequence[str]) -> bool:
    try:
        return isinstance(json.loads(texts[0]), dict)
    except (ValueError, RecursionError):
        return False


def sniff(texts: Sequence[str], name: str) -> tuple[str, Layout | None]:
    """Return format and, for column formats, the layout.

    `texts` are lines without endings, at least one not blank. Whatever has no columns with labels,
    no separator of pairs and no JSON objects is plain text.
    """
    filled = [text for text in texts if text.strip(" \t\r")]
    if is_webanno(filled[0]):
        return "webanno", None
    if filled[0].lstrip(" \t").startswith(("{", "[")):
        if is_jsonl(filled):
            return "jsonl", None
        if filled[0].lstrip(" \t")[0] == "[" and _is_json_list(texts):
            if is_label_studio("\n".join(texts)):
                return "labelstudio", None
            remedy = "Write one object per line (JSONL), or tasks as Label Studio exports them (JSON)."
            raise FormatError("the file is one JSON list.", path=name, remedy=remedy)
    layout = column_layout(filled)
    if layout:
        return _column_format(layout), layout
    if _share(filled, lambda text: "|||" in text) > 0.5:
        return "bars", None
    if _share(filled, lambda text: all(map(_LINK.fullmatch, text.split()))) > 0.9:
        raise FormatError(
            "the file holds word links (Pharaoh format), no text.", path=name, remedy="Give it as the file of links."
        )
    if _share(filled, lambda text: "\t" in text) > 0.5:
        _refuse_line_numbers(filled, name)
        return "tsv", None
    return "plain", None


def _refuse_line_numbers(texts: Sequence[str], name: str) -> None:
    first = [text.split("\t")[0] for text in texts]
    numbers = [int(cell) for cell in first if cell.isdecimal()]
    if len(numbers) == len(texts) > 1 and all(right == left + 1 for left, right in pairwise(numbers)):
        raise FormatError(
            "the first column only numbers the lines.", path=name, remedy="Remove that column, or name the format."
        )


def _is_json_list(texts: Sequence[str]) -> bool:
    start = "\n".join(texts[:3]).lstrip(" \t\r\n[")
    return start.startswith("{")


def _column_format(layout: Layout) -> str:
    if layout == conllu.LAYOUT:
        return "conllu"
    if layout.numbered:
        return "uner"
    return "conll2002" if layout.columns == 2 else "conll2003"


def column_layout(texts: Sequence[str], told: str | None = None) -> Layout | None:
    """Return the layout most lines agree on, None when the last column does not look like labels.

    With a format `told` the labels are taken on trust; only the separator and the number of columns
    are judged.
    """
    if told == "conllu":
        return conllu.LAYOUT
    content = [text for text in texts if text.strip(" \t\r") and not text.startswith("# ")] or list(texts)
    tabbed = _share(content, lambda text: "\t" in text) >= 0.5
    delimiter = "\t" if tabbed else " "
    rows = [Layout(delimiter, 0, 0, 0).split(text) for text in content]
    columns = Counter(len(row) for row in rows).most_common(1)[0][0]
    rows = [row for row in rows if len(row) == columns]
    if columns < 2 or (len(rows) < len(content) / 2 and not told):
        return None
    numbered = tabbed and columns >= 3 and told in (None, "uner") and _is_numbered(rows)
    if numbered and columns == 10 and told is None:
        return conllu.LAYOUT
    if told == "uner" and not numbered:
        return None
    layout = Layout(delimiter, columns, *((1, 2, True) if numbered else (0, columns - 1)))
    return layout if told or _has_labels(rows, layout) else None


def _is_numbered(rows: Sequence[list[str]]) -> bool:
    """Say whether the first column counts 1, 2, 3, ... with restarts, as in CoNLL-U."""
    numbers = [int(row[0]) for row in rows if row[0].isdecimal()]
    steps = sum(right in (1, left + 1) for left, right in pairwise(numbers))
    return bool(numbers) and numbers[0] == 1 and steps >= 0.9 * (len(numbers) - 1) and len(numbers) > 0.5 * len(rows)


def _has_labels(rows: Sequence[list[str]], layout: Layout) -> bool:
    """Most of the last column are labels, and it is not running text that happens to hold an "O"."""
    return _share(rows, lambda row: bool(_LABEL_LIKE.fullmatch(row[layout.label].strip(" ")))) > 0.5


def _share(items: Sequence, fits) -> float:
    return sum(map(bool, map(fits, items))) / len(items) if items else 0.0
