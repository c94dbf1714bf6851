"""Which colour a label gets: a CSS class for pages, a pair of hex values for plots."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

FAMILIES = {
    "PER": "per", "PERSON": "per",
    "ORG": "org", "ORGANIZATION": "org", "ORGANISATION": "org",
    "LOC": "loc", "GPE": "loc", "LOCATION": "loc",
    "MISC": "misc",
}  # fmt: skip
STANDARD_LABELS = ("PER", "ORG", "LOC", "MISC")
NAMES = {
    "per": "blue", "org": "orange", "loc": "green", "misc": "pink", "other-0": "mist", "other-1": "wine",
    "other-2": "lavender", "other-3": "mint", "other-4": "vermilion", "other-5": "cocoa",
}  # fmt: skip
"""Every colour family, with its name for people; assets/tokens.css has a class for each."""

EDGES = {
    "per": ("#0072B2", "#56A9DD"),
    "org": ("#A66F00", "#E9B44C"),
    "loc": ("#00835F", "#3FC39B"),
    "misc": ("#B0568A", "#E0A3C4"),
    "other-0": ("#6F7995", "#B9C9F9"),
    "other-1": ("#72130B", "#A86D68"),
    "other-2": ("#8667B8", "#B58BF9"),
    "other-3": ("#008B5C", "#00EF9F"),
    "other-4": ("#C14915", "#E65719"),
    "other-5": ("#71545D", "#8B737A"),
}
RAMP = {
    "light": ("#F4F5F8", "#D3D9E6", "#93A1BF", "#4C618F", "#00204D"),
    "dark": ("#151A23", "#2B3A5A", "#6A6C70", "#B5A96B", "#FFEA46"),
}
_OTHERS = tuple(name for name in NAMES if name.startswith("other-"))
_CHOSEN = "label-colours"


def use(colours: Mapping[str, str]) -> None:
    """Let this tab show labels in the colour families that its project gives them."""
    st.session_state[_CHOSEN] = dict(colours)


def family(label: str) -> str:
    """Return the colour family of a label: the one the open project gives it, else `usual_family`."""
    chosen = st.session_state.get(_CHOSEN, {}) if get_script_run_ctx(suppress_warning=True) else {}
    return chosen.get(label) or usual_family(label)


def usual_family(label: str) -> str:
    """Return the colour family of a label by its name: the four standard ones are fixed, others are spread."""
    return FAMILIES.get(label.upper()) or _OTHERS[crc32(label.encode()) % len(_OTHERS)]


def css_class(label: str) -> str:
    return f"label-{family(label)}"


def edge(label: str, theme: str = "light") -> str:
    """Return the border colour of a label as hex; `theme` is "light" or "dark"."""
    return EDGES[family(label)][theme == "dark"]


def label_keys(labels: list[str]) -> dict[str, str]:
    """Give each label a key: P, O, L, M for the standard ones, then digits 1-9; labels beyond have none.

    Other letters are keys of the editor.
    """
    digits = iter("123456789")
    standard = {label: label[0] for label in STANDARD_LABELS}
    return {label: standard.get(label) or next(digits, "") for label in labels}
