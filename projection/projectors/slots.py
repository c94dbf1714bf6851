"""Slots: the line that asks a generator for the entities of a sentence, and how its answers are read.

García-Ferrero, Agerri and Rigau, "T-Projection: High Quality Annotation Projection for Sequence Labeling
Tasks", Findings of EMNLP 2023. The line is the sentence and one slot per entity, "<Person>None</Person>";
the answer repeats the slots, filled with words of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from projection.errors import ConfigurationError
from projection.text.joining import join_words
from projection.text.languages import is_unsegmented

NOTHING = "None"
"""What stands in a slot that is not filled."""

TYPE_NAMES: Mapping[str, str] = MappingProxyType({
    "PER": "Person", "PERS": "Person", "PERSON": "Person", "LOC": "Location", "ORG": "Organization",
    "MISC": "Miscellaneous", "GPE": "Country or City", "FAC": "Building", "NORP": "Nationality or Group",
    "PROD": "Product", "EVE": "Event", "WORK_OF_ART": "Work of Art", "OTH": "Other", "CW": "Creative Work",
    "GRP": "Group", "CORP": "Corporation", "DIS": "Disease", "CHEM": "Chemical",
})  # fmt: skip
"""Names in plain English for the labels of common corpora; other labels are read as words (see `type_name`)."""

_WORDS = re.compile(r"[^\W\d_]+(?:[ _-][^\W\d_]+)*")


def type_name(label: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return what the entities of a label are called: by `names`, else TYPE_NAMES, else its own words.

    Raises ConfigurationError for a label that is no word ("LABEL_1", "X").

    >>> [type_name(label) for label in ("PER", "EVENT", "job-title")]
    ['Person', 'Event', 'Job Title']
    """
    if label in names:
        return names[label]
    if label.upper() in TYPE_NAMES:
        return TYPE_NAMES[label.upper()]
    if not _WORDS.fullmatch(label) or (len(label) == 1 and label.isascii()):
        raise ConfigurationError(
            f"The label {label!r} is no word, so a generator cannot tell what it means: name it, for example "
            f"names={label}=Person."
        )
    return " ".join(
        word.capitalize() if word.isupper() or word.islower() else word for word in re.split("[ _-]", label)
    )


def parse_names(text: str) -> dict[str, str]:
    """Read "LABEL=Name,LABEL=Name". Raises ConfigurationError.

    >>> parse_names("DNA=Gene, RNA=Messenger")
    {'DNA': 'Gene', 'RNA': 'Messenger'}
    """
    names: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        label, equals, name = (part.strip() for part in pair.partition("="))
        if not (label and equals and name) or set(name) & set("<>/"):
            raise ConfigurationError(f"names: {pair!r} is not LABEL=Name, such as DNA=Gene (without <, > and /).")
        names[label] = " ".join(name.split())
    return names


def plain(words: Sequence[str], language: str) -> str:
    """Return a sentence as it stands in a prompt: its words with single spaces, none in scripts that write none."""
    return join_words(words, language) if is_unsegmented(language) else " ".join(words)


def write_prompt(words: Sequence[str], names: Sequence[str], language: str) -> str:
    """Return the line that asks for entities of the types `names`, in that order.

    >>> write_prompt(["Anna", "left", "Bern", "."], ["Person", "Location"], "en")
    'Anna left Bern . <Person>None</Person><Location>None</Location>'
    """
    return f"{plain(words, language)} {write_slots(names, [NOTHING] * len(names))}"


def write_slots(names: Sequence[str], strings: Sequence[str]) -> str:
    """Return the answer that fills the slots `names` with `strings`."""
    return "".join(f"<{name}>{string}</{name}>" for name, string in zip(names, strings, strict=True))


def read_slots(text: str, names: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return (slot number, string) of every slot an answer fills, in the order they are written.

    A slot ends at its closing mark or where any other mark begins, or with the text. The k-th "<Person>" is the
    k-th person asked for, further ones count for the last; marks of other types are text. Empty slots and
    "None" are left out.

    >>> read_slots("<Person>Anna</Person><Location>None</Location>", ["Person", "Location"])
    ((0, 'Anna'),)
    """
    if not names:
        return ()
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        numbers.setdefault(_folded(name), []).append(number)
    known = "|".join(r"\s+".join(map(re.escape, name.split())) for name in sorted(numbers, key=len, reverse=True))
    marks = list(re.finditer(rf"<\s*(/?)\s*({known})\s*>", text, re.IGNORECASE))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    seen: dict[str, int] = {}
    found: list[tuple[int, str]] = []
    for mark, end in zip(marks, ends, strict=False):
        if mark[1]:
            continue
        name = _folded(mark[2])
        slot = numbers[name][min(seen.get(name, 0), len(numbers[name]) - 1)]
        seen[name] = seen.get(name, 0) + 1
        string = " ".join(text[mark.end() : end].split())
        if string and string.lower() != NOTHING.lower():
            found.append((slot, string))
    return tuple(found)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
