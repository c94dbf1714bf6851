"""What is evaluated and how it is looked at: gold, source labels, labels that count, matching, method, baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from projection import registry
from projection.corrections.gold_files import GoldFiles, digest_of
from projection.corrections.records import StoredSentence
from projection.errors import ConfigurationError, ProjectionError
from projection.evaluation.counts import MATCHES, Match
from projection.evaluation.label_rules import PRESETS, LabelRules, preset, read_names, read_renames
from projection.pipeline import Setup
from projection.text.documents import read
from projection.text.records import UNLABELLED
from views import evaluate_gold, markup
from views.chart import PICTURES
from views.evaluate_gold import KINDS, GoldFile, Kind
from views.evaluate_scores import RATES
from views.resources import store
from views.session import begin_with_address, keep_in_address

SOURCE_LABELS = {False: "As given", True: "Recognized"}
NO_BASELINE = "none"


@dataclass(frozen=True, slots=True)
class Ground:
    """What methods are judged on."""

    kind: Kind
    recognized: bool = False
    file: GoldFile | None = None

    @property
    def said(self) -> str:
        """What the settings of a run call it."""
        return self.file.said if self.file is not None else self.kind


@dataclass(frozen=True, slots=True)
class View:
    """How results are looked at; nothing here needs a method to run again."""

    match: Match
    rate: str
    rules: LabelRules
    focus: str
    baseline: str | None


def ground(project: Any, stored: Sequence[StoredSentence], found: Mapping[Kind, int]) -> Ground:
    """Ask for the gold labels, and for the source labels methods work on where there is a choice."""
    kinds = [*found, "file"]
    key = "gold" if found else "gold-of-file"  # where labels appear later, they are chosen
    begin_with_address(key, kinds)
    kind = st.selectbox(
        "Gold", kinds, key=key, label_visibility="collapsed", width=330,
        format_func=lambda one: f"Gold: {KINDS[one]}" + (f", {markup.thousands(found[one])}" if one in found else ""),
        help="What counts as right. Methods never see these labels.",
    )  # fmt: skip
    keep_in_address(key, kinds[0])
    file = _file(project) if kind == "file" else None
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
    return Ground(kind, bool(recognized), file)


def _file(project: Any) -> GoldFile | None:
    """Ask for a file with gold labels; the last one that could be read stays with the project."""
    files = GoldFiles(store().database)
    kept = files.of(project.id)
    with st.popover(f"Gold: {kept.name}" if kept else "Gold file", icon=":material/upload_file:"):
        sent = st.file_uploader(
            "Labelled sentences in the language of the translations, in any format", key="gold-file", max_upload_size=50
        )
        if kept:
            st.caption("It stays with the project until another takes its place; the results of each stay too.")
    language = project.setup.target_language
    if sent is not None and st.session_state.get("gold-sent", {}).get("id") != sent.file_id:
        _take(files, project.id, sent, language)
    if sent is not None:
        _say(st.session_state.get("gold-sent", {}).get("notices", ()))
    if kept is None:
        return None
    try:
        found, notices = _read(kept.name, kept.digest, language, lambda: files.content(project.id, kept))
    except _Replaced:
        st.rerun()
    _say(notices)
    return found


def _take(files: GoldFiles, project_id: int, sent: Any, language: str) -> None:
    """Keep a file that was just sent, or what is to be said of it; looked at once, as another tab may send another."""
    content = sent.getvalue()
    found, notices = _read(sent.name, digest_of(content), language, lambda: content)
    st.session_state["gold-sent"] = {"id": sent.file_id, "notices": [] if found is not None else notices}
    if found is not None:
        files.keep(project_id, sent.name, content)
        st.rerun()


def _say(notices: Sequence[tuple[str, str, str]]) -> None:
    for notice in notices:
        st.html(markup.notice(*notice))


class _Replaced(Exception):
    """Another file took the place of the one that was asked for."""


@st.cache_resource(max_entries=4, show_spinner="Reading the gold labels")
def _read(
    name: str, digest: str, language: str, _content: Callable[[], bytes | None]
) -> tuple[GoldFile | None, list[tuple[str, str, str]]]:
    """Return what is in a file, and what is to be said of it; read once for all tabs. Raises _Replaced."""
    content = _content()
    if content is None:
        raise _Replaced
    try:
        document = read(content, name=name, language=language)
        labelled = document.format not in UNLABELLED
        sentences = tuple(document.iter_sentences()) if labelled else ()
    except ProjectionError as problem:
        return None, [(f"{name} cannot be read and was not used", str(problem), "bad")]
    if not labelled:
        said = "It has no labels to compare with: give a CoNLL, JSONL, WebAnno or Label Studio file."
        return None, [(f"{name} was not used", said, "bad")]
    notices = [
        (f"{name}, line {problem.line}", f"{problem.message}; {problem.repaired_by or 'left as it is'}.", "warn")
        for problem in document.problems[:5]
    ]
    if document.problem_count > 5:
        notices.append((f"{document.problem_count - 5} more problems in {name}", "", "warn"))
    return GoldFile(name, digest, sentences), notices


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
    begin_with_address("match", MATCHES)
    match = st.selectbox(
        "Match", list(MATCHES), key="match", label_visibility="collapsed", width=140,
        format_func=lambda one: f"Match: {one}",
        help="What counts as found. " + "; ".join(f"{name}: {said}" for name, said in MATCHES.items()) + ".",
    )  # fmt: skip
    keep_in_address("match", "exact")
    rules = _rules()
    rate = st.segmented_control(
        "Figure", list(RATES), key="rate", default="f1", required=True, format_func=RATES.get,
        label_visibility="collapsed",
    )  # fmt: skip
    st.segmented_control(
        "Pictures", list(PICTURES), key="evaluate-picture", default=PICTURES[0], required=True, format_func=str.upper,
        label_visibility="collapsed", help="The format in which the camera above a chart saves it.",
    )  # fmt: skip
    return View(match, rate, rules, focus, None if baseline == NO_BASELINE else baseline)


def _rules() -> LabelRules:
    """Ask which labels count: by the rules of a published evaluation, and others renamed or left out besides."""
    begin_with_address("rules", PRESETS)
    others = bool(st.session_state.get("renames") or st.session_state.get("ignored"))
    with st.popover(f"Labels: {st.session_state.get('rules', 'all')}{', changed' if others else ''}"):
        name = st.selectbox(
            "Labels as in", list(PRESETS), key="rules",
            format_func=lambda one: f"{one}: {_RULES[one]}", width=420,
        )  # fmt: skip
        renames = st.text_input("Rename, on both sides", key="renames", placeholder="PERSON=PER, GPE=LOC").strip()
        ignored = st.text_input("Leave out, on both sides", key="ignored", placeholder="DATE, MISC").strip()
        keep_in_address("rules", "all")
        st.caption("What this does is said below and stands in the signature.")
    try:
        renamed = read_renames(renames or None, "Rename", "Leave out")
        return preset(name).extended(renamed, read_names(ignored or None, "Leave out") or [])
    except ConfigurationError as problem:
        st.html(markup.notice("These label rules cannot be read", f"{problem} They are not used.", "bad"))
        return preset(name)


_RULES = {
    "all": "every label as it stands",
    "europarl": "all four, MISC too",
    "masakhaner": "gold DATE and predicted MISC left out",
    "uner": "PER, ORG, LOC only",
    "conll": "PER, ORG, LOC, MISC by any usual name",
}
