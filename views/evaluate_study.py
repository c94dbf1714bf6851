"""Results of a run as a study: labels by rules, counts and intervals kept while nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from projection import registry
from projection.corrections.runs import Judged, Run
from projection.evaluation.blame import Blame
from projection.evaluation.label_rules import LabelRules
from projection.evaluation.resampling import SAMPLES, SEED, Difference
from projection.evaluation.signature import signature
from projection.evaluation.study import Found, Study, Tables
from projection.pipeline import ROLES, Setup
from projection.pipeline.setup import projector_options
from projection.registry import components_of
from views import readiness
from views.evaluate_choice import View
from views.evaluate_gold import Case, study_of


@dataclass
class Results:
    """One study under one view, with what is derived from it when it is first asked for."""

    study: Study
    view: View

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.study, self.view.match)

    @cached_property
    def intervals(self) -> Mapping:
        return self.tables.intervals(rate=self.view.rate)

    @cached_property
    def against(self) -> tuple[str, Difference] | None:
        if self.view.baseline is None or self.view.baseline not in self.study.methods:
            return None
        return self.view.baseline, self.tables.difference(self.view.focus, self.view.baseline)


def study(
    cases: Sequence[Case], judged: Mapping[int, Judged], methods: Sequence[str], rules: LabelRules, stated: str
) -> Study:
    """Return the study of the sentences on which all methods have a result, labels as the rules have them."""
    return with_rules(study_of(cases, judged, methods, stated), rules)


def with_rules(plain: Study, rules: LabelRules) -> Study:
    """Return a study with labels renamed and left out; a mistake that is still there keeps its blame."""
    if str(rules.predicted) == str(rules.gold) == "":
        return plain
    items = tuple(replace(one, gold=one.gold.with_entities(rules.gold.apply(one.gold.entities))) for one in plain.items)
    found = {
        method: tuple(_by_rules(one, rules) for one in results) for method, results in plain.found.items()
    }  # fmt: skip
    renamed = Study(items, found, plain.signature)
    return replace(renamed, found={method: _with_blames(method, renamed, plain) for method in plain.methods})


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


def stated(run: Run, methods: Sequence[str], view: View) -> str:
    """Return the signature of everything on the page: gold, matching, labels, resampling and every method in full."""
    settings = {
        "gold": run.settings["gold"],
        "source_labels": run.settings["source_labels"],
        "match": view.match,
        "labels": str(view.rules),
        "samples": SAMPLES,
        "seed": SEED,
    }
    return signature(settings | {method.replace(":", "="): run.signatures.get(method, "none") for method in methods})


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
