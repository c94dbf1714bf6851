"""What is evaluated and how it is looked at: gold, source labels, labels that count, matching, method, baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from projection import registry
from projection.corrections.records import StoredSentence
from projection.evaluation.counts import MATCHES, Match
from projection.evaluation.label_rules import PRESETS
from projection.pipeline import Setup
from views import evaluate_gold, markup
from views.evaluate_gold import KINDS, Kind
from views.evaluate_panels import PICTURES
from views.evaluate_scores import RATES

SOURCE_LABELS = {False: "As given", True: "Recognized"}
NO_BASELINE = "none"


@dataclass(frozen=True, slots=True)
class Ground:
    """What methods are judged on."""

    kind: Kind
    recognized: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """How results are looked at; nothing here needs a method to run again."""

    match: Match
    rate: str
    rules: str
    focus: str
    baseline: str | None


def ground(project: Any, stored: Sequence[StoredSentence], found: Mapping[Kind, int]) -> Ground:
    """Ask for the gold labels, and for the source labels methods work on where there is a choice."""
    kind = st.selectbox(
        "Gold", list(found), key="gold", bind="query-params", label_visibility="collapsed", width=330,
        format_func=lambda one: f"Gold: {KINDS[one]}, {markup.thousands(found[one])}",
        help="What counts as right. Methods never see these labels.",
    )  # fmt: skip
    setup: Setup = project.setup
    choosable = (
        setup.direction == "translate-train"
        and registry.find("recognizer", setup.recognizer).kind != "given"
        and evaluate_gold.is_labelled(stored)
    )
    recognized = False
    if choosable:
        recognized = st.segmented_control(
            "Source labels", list(SOURCE_LABELS), key="source-labels", default=False, required=True,
            format_func=lambda one: f"Source labels {SOURCE_LABELS[one].lower()}", label_visibility="collapsed",
            help=f"As given: methods carry over the labels that came with the source, which measures projection alone. "
            f"Recognized: they carry over what {setup.recognizer} finds, which measures the whole way.",
        )  # fmt: skip
    return Ground(kind, bool(recognized))


def view(methods: Sequence[str]) -> View:
    """Ask how the results are to be looked at."""
    focus = st.selectbox(
        "Method", list(methods), key="focus", label_visibility="collapsed", width=230,
        format_func=lambda one: f"Method: {one}", help="The method that tiles and single charts are about.",
    )  # fmt: skip
    others = [NO_BASELINE, *(method for method in methods if method != focus)]
    if st.session_state.get("baseline") not in others:
        st.session_state["baseline"] = others[min(1, len(others) - 1)]
    baseline = st.selectbox(
        "Baseline", others, key="baseline", label_visibility="collapsed", width=200,
        format_func=lambda one: f"Baseline: {one}",
        help="What it is compared with, by paired bootstrap and approximate randomisation over sentences.",
    )  # fmt: skip
    match = st.selectbox(
        "Match", list(MATCHES), key="match", bind="query-params", label_visibility="collapsed", width=140,
        format_func=lambda one: f"Match: {one}",
        help="What counts as found. " + "; ".join(f"{name}: {said}" for name, said in MATCHES.items()) + ".",
    )  # fmt: skip
    rules = st.selectbox(
        "Labels", list(PRESETS), key="rules", bind="query-params", label_visibility="collapsed", width=160,
        format_func=lambda one: f"Labels: {one}",
        help="Which labels count, as published evaluations have it: labels renamed or left out on either side.",
    )  # fmt: skip
    rate = st.segmented_control(
        "Figure", list(RATES), key="rate", default="f1", required=True, format_func=RATES.get,
        label_visibility="collapsed",
    )  # fmt: skip
    st.segmented_control(
        "Pictures", list(PICTURES), key="evaluate-picture", default=PICTURES[0], required=True, format_func=str.upper,
        label_visibility="collapsed", help="The format in which the camera above a chart saves it.",
    )  # fmt: skip
    return View(match, rate, rules, focus, None if baseline == NO_BASELINE else baseline)
