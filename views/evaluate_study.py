"""Results of a run as a study: labels by rules, counts and intervals kept while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from projection import registry
from projection.corrections.records import StoredSentence
from projection.corrections.runs import Run
from projection.evaluation.blame import Blame
from projection.evaluation.label_rules import Changes, LabelRules
from projection.evaluation.resampling import SAMPLES, SEED, Difference
from projection.evaluation.scores import Interval
from projection.evaluation.signature import signature
from projection.evaluation.study import Found, Item, Study, Tables
from projection.pipeline import ROLES, Setup
from projection.pipeline.setup import projector_options
from projection.registry import components_of
from projection.settings import settings
from views import evaluate_gold, evaluate_run, readiness
from views.evaluate_choice import Ground, View
from views.evaluate_gold import Case, Cases, study_of
from views.evaluate_run import Known
from views.resources import store


@dataclass(frozen=True, slots=True)
class Results:
    """One study under one view. What is derived from the study is kept with it, for all tabs and views (`kept`)."""

    study: Study
    view: View
    signature: str
    plain: Study
    """The study before label rules."""
    _kept: dict[Hashable, Any]

    def kept(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """Return `build()`, built once for each key: it names all that the value depends on besides the study."""
        if key not in self._kept:
            self._kept[key] = build()
        return self._kept[key]

    @property
    def tables(self) -> Tables:
        match = self.view.match
        return self.kept(("tables", match), lambda: Tables(self.study, match))

    @property
    def intervals(self) -> Mapping[tuple[str, str | None], Interval]:
        rate = self.view.rate
        return self.kept(("intervals", self.view.match, rate), lambda: self.tables.intervals(rate=rate))

    @property
    def against(self) -> tuple[str, Difference] | None:
        """The baseline, and how far the method that is looked at is ahead of it."""
        baseline = self.view.baseline
        if baseline is None or baseline not in self.study.methods:
            return None
        return baseline, self.difference(self.view.focus, baseline)

    def difference(self, one: str, other: str) -> Difference:
        """Return how far `one` is ahead of `other`, matched as it is looked at."""
        key = "difference", self.view.match, one, other
        return self.kept(key, lambda: self.tables.difference(one, other))


def cases(project_id: int, stored: Sequence[StoredSentence], ground: Ground) -> Cases:
    """Return what methods are judged on, put together once for all tabs."""
    digest = ground.file.said if ground.file is not None else ""
    place = (settings().database, project_id, store().version(project_id), ground.kind, ground.recognized, digest)
    return _cases(place, stored, ground)


@st.cache_resource(max_entries=4, show_spinner=False)
def _cases(place: tuple, _stored: Sequence[StoredSentence], _ground: Ground) -> Cases:
    found = evaluate_gold.cases(_stored, _ground.kind, recognized=_ground.recognized, file=_ground.file)
    return replace(found, place=place)


def missing(wanted: Cases, known: Known, programs: Mapping[str, str]) -> tuple[list[Case], list[str]]:
    """Return the sentences that lack a result, and the methods they lack."""
    return _missing((wanted.place, known.place, tuple(programs.items())), wanted, known, programs)


@st.cache_resource(max_entries=8, show_spinner=False)
def _missing(place: tuple, _wanted: Cases, _known: Known, _programs: Mapping[str, str]) -> tuple[list[Case], list[str]]:
    return evaluate_gold.missing(_wanted.cases, _known.judged, _programs)


def silent(wanted: Cases, known: Known, programs: Mapping[str, str]) -> dict[str, str]:
    """Return the methods that failed and labelled nothing at all, with what they said: they have no score."""
    place = (wanted.place, known.place, tuple(programs.items()), "all")
    plain, _, kept = _studied(place, wanted, known, programs, LabelRules())
    if "silent" not in kept:
        told = {method: plain.failures(method) for method in plain.methods}
        nothing = [method for method in plain.methods if not len(plain.predicted(method))]
        kept["silent"] = {method: next(iter(told[method])) for method in nothing if told[method]}
    return kept["silent"]


def results(wanted: Cases, known: Known, signatures: Mapping[str, str], view: View, stated: str) -> Results:
    """Return the study of the sentences on which all methods have a result, with what is derived from it."""
    programs = evaluate_run.programs(signatures)
    place = (wanted.place, known.place, tuple(programs.items()), str(view.rules))
    plain, study, kept = _studied(place, wanted, known, programs, view.rules)
    return Results(study, view, stated, plain, kept)


@st.cache_resource(max_entries=4, show_spinner=False)
def _studied(
    place: tuple, _wanted: Cases, _known: Known, _programs: Mapping[str, str], _rules: LabelRules
) -> tuple[Study, Study, dict[Hashable, Any]]:
    plain = study_of(_wanted.cases, _known.judged, _programs)
    return plain, with_rules(plain, _rules), {}


def with_rules(plain: Study, rules: LabelRules) -> Study:
    """Return a study with labels renamed and left out; a mistake that is still there keeps its blame."""
    if str(rules.predicted) == str(rules.gold) == "":
        return plain
    items = tuple(_item_by_rules(one, rules) for one in plain.items)
    found = {
        method: tuple(_by_rules(one, rules) for one in results) for method, results in plain.found.items()
    }  # fmt: skip
    renamed = Study(items, found, plain.signature)
    return renamed.blamed({method: _with_blames(method, renamed, plain) for method in plain.methods})


def _item_by_rules(one: Item, rules: LabelRules) -> Item:
    gold, source = (
        side and side.with_entities(rules.gold.apply(side.entities)) for side in (one.gold, one.source)
    )  # fmt: skip
    return replace(one, gold=gold, source=source)


def rules_told(results: Results) -> dict[str, Changes]:
    """Return what the label rules did to gold and to what each method found."""
    rules, plain = results.view.rules, results.plain
    sides = {"gold": (rules.gold, [item.gold.entities for item in plain.items])}
    for method, found in plain.found.items():
        sides[method] = rules.predicted, [one.entities or () for one in found]
    return {name: side.changes(one for some in entities for one in some) for name, (side, entities) in sides.items()}


def _with_blames(method: str, renamed: Study, plain: Study) -> tuple[Found, ...]:
    rows = zip(renamed.found[method], plain.found[method], renamed.mistakes(method), strict=True)
    return tuple(
        one if one.entities is None else replace(one, blames=_kept(before.blames, left)) for one, before, left in rows
    )


def _by_rules(one: Found, rules: LabelRules) -> Found:
    return one if one.entities is None else replace(one, entities=rules.predicted.apply(one.entities))


def _kept(blames: Sequence[Blame] | None, mistakes: Sequence[Any]) -> tuple[Blame, ...] | None:
    """Find the blame of each mistake by its words: labels may have other names now."""
    if blames is None:
        return None
    known = {_words(one.mistake): one for one in blames}
    return tuple(
        replace(known[_words(one)], mistake=one) if _words(one) in known else Blame(one) for one in mistakes
    )  # fmt: skip


def _words(mistake: Any) -> tuple:
    return tuple(one.span for one in mistake.gold), tuple(one.span for one in mistake.predicted)


def stated(run: Run, signatures: Mapping[str, str], view: View) -> str:
    """Return the signature of everything on the page: gold, matching, labels, resampling and every method in full."""
    chosen = {
        "gold": run.settings["gold"],
        "source_labels": run.settings["source_labels"],
        "match": view.match,
        "labels": str(view.rules),
        "samples": SAMPLES,
        "seed": SEED,
    }
    return signature(chosen | {method.replace(":", "="): said or "none" for method, said in signatures.items()})


def megabytes(setup: Setup, method: str) -> float:
    """Return the size of the models a method works with in a project, each counted once."""
    entry = registry.find("projector", method)
    options = projector_options(setup, method)
    needs = readiness.needs_of(entry, options)
    used = {entry.name: entry.megabytes}
    places = [place for place, kinds in (("aligner", {"alignment", "similarity"}),
              ("target_recognizer", {"target_entities", "target_probabilities"})) if needs & kinds]  # fmt: skip
    chosen = [(ROLES[place], getattr(setup, place)) for place in places]
    for key, role in components_of(entry).items():
        value = options.get(key) or ""
        name = value if isinstance(value, str) else value.get("name", "")
        chosen += [(role, name)] if name else []
    for role, name in chosen:
        found = registry.find(role, name)
        used[found.name] = found.megabytes
    return sum(size or 0.0 for size in used.values())
