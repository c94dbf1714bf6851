"""The labels of a project: which there are, their keys and colours, and what is wrong with a set somebody typed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projection.corrections.records import ProjectSummary
from views.palette import NAMES, STANDARD_LABELS, label_keys, usual_family

FREE_KEYS = "beijklmopqrwz123456789"
"""Keys a label may have; the editor uses the others itself."""
MOST_LABELS = 20_000
LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """A label one can give: `key` is a lower-case letter or digit, "" without one; `colour` a CSS class."""

    label: str
    key: str
    colour: str

    @property
    def family(self) -> str:
        return self.colour.removeprefix("label-")


def label_set(project: ProjectSummary, seen: Iterable[str] = ()) -> tuple[LabelChoice, ...]:
    """Return the labels of a project in their order, the standard ones if it names none, then others `seen`."""
    return with_seen(chosen_labels(project) or standard_labels(), seen)


def chosen_labels(project: ProjectSummary) -> tuple[LabelChoice, ...]:
    """Return the labels the project names itself; empty when it has the standard ones."""
    rows = json.loads(project.labels) if project.labels else []
    return tuple(LabelChoice(row["label"], row.get("key", ""), f"label-{_known(row)}") for row in rows)


def _known(row: dict[str, str]) -> str:
    return row["colour"] if row.get("colour") in NAMES else usual_family(row["label"])


def standard_labels() -> tuple[LabelChoice, ...]:
    keys = label_keys([*STANDARD_LABELS])
    return tuple(LabelChoice(label, keys[label].lower(), f"label-{usual_family(label)}") for label in STANDARD_LABELS)


def with_seen(labels: Sequence[LabelChoice], seen: Iterable[str]) -> tuple[LabelChoice, ...]:
    """Append labels that occur but are in no set, with the digits that are left."""
    known, taken = {item.label for item in labels}, {item.key for item in labels}
    digits = iter([digit for digit in "123456789" if digit not in taken])
    new = [label for label in dict.fromkeys(seen) if label not in known]
    return (*labels, *(LabelChoice(label, next(digits, ""), f"label-{usual_family(label)}") for label in new))


def colours(project: ProjectSummary) -> dict[str, str]:
    """Return the colour families that a project gives its labels."""
    return {item.label: item.family for item in chosen_labels(project)}


def dump(labels: Sequence[LabelChoice]) -> str:
    """Return the text that the store keeps; "" for the standard set."""
    if tuple(labels) == standard_labels():
        return ""
    rows = [{"label": item.label, "key": item.key, "colour": item.family} for item in labels]
    return json.dumps(rows, ensure_ascii=False)


def read_rows(rows: Iterable[tuple[str, str, str]]) -> tuple[LabelChoice, ...]:
    """Return (label, key, colour name) as typed; rows without a label go, a colour without a name is the usual one."""
    families = {name: family for family, name in NAMES.items()}
    found = []
    for label, key, colour in rows:
        name = " ".join(label.split())
        if name:
            found.append(LabelChoice(name, key.strip().lower(), f"label-{families.get(colour) or usual_family(name)}"))
    return tuple(found)


def problems(labels: Sequence[LabelChoice]) -> list[str]:
    """Return what is wrong with a label set, one sentence each; empty when it can be used."""
    if not labels:
        return ["A project needs one label at least."]
    if len(labels) > MOST_LABELS:
        return [f"A project has at most {MOST_LABELS} labels, these are {len(labels)}."]
    return [*_bad_names(labels), *_bad_keys(labels)]


def _bad_names(labels: Sequence[LabelChoice]) -> list[str]:
    twice = [label for label, times in Counter(item.label for item in labels).items() if times > 1]
    found = [f"The label {label} stands there twice: delete one." for label in twice]
    found += [
        f"The label {item.label[:20]}\u2026 is longer than {LONGEST_LABEL} characters: shorten it."
        for item in labels
        if len(item.label) > LONGEST_LABEL
    ]
    # what schemes write before a label, or in place of one, could not be told from it in an exported file
    found += [f"{item.label} cannot be a label: in files it means no label." for item in labels if item.label == "O"]
    hidden = [item.label for item in labels if not item.label.isprintable()]
    return found + [f"The label {label!r} has characters that cannot be seen: type it again." for label in hidden]


def _bad_keys(labels: Sequence[LabelChoice]) -> list[str]:
    keys = [item for item in labels if item.key]
    found = []
    for key, times in Counter(item.key for item in keys).items():
        if times > 1:
            found.append(f"The key {key.upper()} belongs to {times} labels: change all but one.")
    for item in keys:
        if len(item.key) != 1 or item.key not in FREE_KEYS:
            found.append(
                f"{item.label} cannot have the key {item.key[:5].upper()}: the editor uses it, or it is no letter or "
                f"digit. Free are {' '.join(FREE_KEYS.upper())}."
            )
    return found
