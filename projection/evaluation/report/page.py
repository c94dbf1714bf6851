"""The report as one self-contained page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from projection.evaluation.counts import MATCHES, Match
from projection.evaluation.rates import carried, languages
from projection.evaluation.report.figures import Figures, figures, p_value, shown, signed
from projection.evaluation.report.markup import Markup, element, join, table
from projection.evaluation.report.mistakes import confusions, kinds_of_mistakes, mistakes_shown, stages_to_blame
from projection.evaluation.report.sections import cost_of_methods, effects, f1_by_label, f1_by_language, scores
from projection.evaluation.study import Study


def html(study: Study, *, title: str, match: Match = "exact", baseline: str | None = None) -> str:
    """Return the report on a study as a page of HTML that is well-formed XML too.

    `match` says what counts as found in the scores; kinds of mistakes, stages, score and recall are about exact
    matches. With a baseline all other methods are tested against it. Examples are of the method with the highest F1.
    Raises ConfigurationError for a baseline that is none of the methods.
    """
    told = figures(study, match, baseline)
    sections = [
        section(told)
        for section in (
            f1_by_label, f1_by_language, kinds_of_mistakes, cost_of_methods, stages_to_blame, scores, effects,
            confusions, mistakes_shown,
        )
        if study.methods
    ]  # fmt: skip
    body = element("main", _head(told, title), *filter(None, sections), _foot(told))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(_style())),
    )
    return f"<!doctype html>\n{element('html', head, element('body', body), lang='en')}\n"


def _style() -> str:
    return files("projection.evaluation.report").joinpath("style.css").read_text("utf-8")


def _head(told: Figures, title: str) -> Markup:
    study = told.study
    spoken = ", ".join(languages(study)) or "none"
    facts = (
        f"{_number(len(study.items), 'sentence')} ({spoken}), {_number(len(study.gold), 'gold entity')}, "
        f"{_number(len(study.methods), 'method')}. Counted as found: {MATCHES[told.tables.match]}."
    )
    return element(
        "header",
        element("h1", element("bdi", title)),
        element("p", facts, class_="facts"),
        _cards(told) if told.best else element("p", "No method was run."),
        _methods(told) if told.best else None,
        _failures(told),
    )


def _number(count: int, noun: str) -> str:
    plural = {"gold entity": "gold entities"}.get(noun, f"{noun}s")
    return f"{count} {noun if count == 1 else plural}"


def _cards(told: Figures) -> Markup:
    best = told.best
    counts, interval, rate = told.overall[best], told.intervals[best, None], carried(told.study, best)
    apart = told.differences.get(best)
    chip = element("span", f"{signed(apart.value)} on {told.baseline}", class_="chip") if apart else None
    cards = [
        ("Span F1, highest", shown(counts.f1), f"{shown(interval.low)} to {shown(interval.high)}", chip),
        ("Precision, recall", f"{shown(counts.precision)}, {shown(counts.recall)}", "", None),
        ("Projection rate", shown(rate.rate), f"{rate.placed} of {rate.entities}" if rate.entities else "", None),
    ]
    made = (
        element("div", element("div", head), element("strong", value), " ", element("span", note), " ", extra)
        for head, value, note, extra in cards
    )
    return join(
        (element("p", "Highest F1: ", element("b", element("bdi", best)), class_="lead"),
         element("div", *made, class_="cards"))
    )  # fmt: skip


def _methods(told: Figures) -> Markup:
    header = ["Method", "P", "R", "F1", "95 % interval", "placed", "failed"]
    if told.differences:
        header += ["from baseline", "95 % interval", "p, bootstrap", "p, randomisation"]
    rows = [_row(told, method) for method in told.study.methods]
    note = (
        "P: share of predicted entities that are right. R: share of gold entities found. F1: their harmonic mean, with "
        "the interval that 95 % of resamples of the sentences fall in. Placed: share of source entities that got a "
        "place. Failed: sentences without a result, whose entities all count as missed."
    )
    if told.differences:
        note += (
            f" Differences are from {told.baseline}, with p-values of a paired bootstrap and of approximate "
            "randomisation, both two-sided; * both p < .05, ** both p < .01, not corrected for several comparisons."
        )
    return element("section", element("h2", "Scores"), table(header, rows), element("p", note, class_="note"))


def _row(told: Figures, method: str) -> list[object]:
    counts, interval = told.overall[method], told.intervals[method, None]
    failed = sum(told.study.failures(method).values())
    label = element("bdi", method)
    row: list[object] = [
        element("b", label) if method == told.best else label,
        shown(counts.precision),
        shown(counts.recall),
        element("b", shown(counts.f1), told.mark(method))
        if method == told.best
        else shown(counts.f1) + told.mark(method),
        f"{shown(interval.low)} to {shown(interval.high)}",
        shown(carried(told.study, method).rate),
        failed,
    ]
    if not told.differences:
        return row
    apart = told.differences.get(method)
    if apart is None:
        return [*row, "baseline", "", "", ""]
    tests = p_value(apart.bootstrap), p_value(apart.randomisation)
    return [*row, signed(apart.value), f"{signed(apart.low)} to {signed(apart.high)}", *tests]


def _failures(told: Figures) -> Markup | None:
    lines = [
        element(
            "li",
            element("bdi", method),
            f": {_number(count, 'sentence')}: ",
            element("bdi", problem or "no reason given"),
        )
        for method in told.study.methods
        for problem, count in sorted(told.study.failures(method).items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    if not lines:
        return None
    return element("section", element("h2", "Failures"), element("ul", *lines), class_="failures")


def _foot(told: Figures) -> Markup:
    return element("footer", element("h2", "Signature"), element("p", told.signature, class_="signature"))
