"""Which colour a label gets: a CSS class for pages, a pair of hex values for plots."""

from __future__ import annotations

from zlib import crc32

FAMILIES = {
    "PER": "per", "PERSON": "per",
    "ORG": "org", "ORGANIZATION": "org", "ORGANISATION": "org",
    "LOC": "loc", "GPE": "loc", "LOCATION": "loc",
    "MISC": "misc",
}  # fmt: skip
STANDARD_LABELS = ("PER", "ORG", "LOC", "MISC")
_OTHERS = ("other-0", "other-1", "other-2")

EDGES = {
    "per": ("#0072B2", "#56A9DD"),
    "org": ("#A66F00", "#E9B44C"),
    "loc": ("#00835F", "#3FC39B"),
    "misc": ("#B0568A", "#E0A3C4"),
    "other-0": ("#2A7CAD", "#7CC7F2"),
    "other-1": ("#6A6A6A", "#B5B5B5"),
    "other-2": ("#7D7200", "#E3D652"),
}
RAMP = {
    "light": ("#F4F5F8", "#D3D9E6", "#93A1BF", "#4C618F", "#00204D"),
    "dark": ("#151A23", "#2B3A5A", "#6A6C70", "#B5A96B", "#FFEA46"),
}


def family(label: str) -> str:
    """Return the colour family of a label: the four standard ones are fixed, others are spread by their name."""
    return FAMILIES.get(label.upper()) or _OTHERS[crc32(label.encode()) % len(_OTHERS)]


def css_class(label: str) -> str:
    return f"label-{family(label)}"


def edge(label: str, theme: str = "light") -> str:
    """Return the border colour of a label as hex; `theme` is "light" or "dark"."""
    return EDGES[family(label)][theme == "dark"]


def label_keys(labels: list[str]) -> dict[str, str]:
    """Give each label a key: P, O, L, M for the standard ones, then digits 1-9; labels beyond have none.

    C and R cannot be shortcuts in Streamlit, and A and N are taken by the page.
    """
    digits = iter("123456789")
    standard = {label: label[0] for label in STANDARD_LABELS}
    return {label: standard.get(label) or next(digits, "") for label in labels}
