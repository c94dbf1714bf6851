"""Charts of an evaluation: drawn, tabled and told figures are those of the study; every mark knows its sentences."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from projection.corrections.effort import Effort
from projection.evaluation.blame import Blame
from projection.evaluation.changes import changes
from projection.evaluation.errors import mistakes
from projection.evaluation.label_rules import LabelRules, SideRules, preset
from projection.evaluation.study import Found, Item, Study, Tables
from projection.types import Entity, Sentence, Span
from views import (
    evaluate_changes,
    evaluate_curves,
    evaluate_effort,
    evaluate_mistakes,
    evaluate_scores,
    evaluate_sentences,
    evaluate_study,
)
from views.chart import plain
from views.evaluate_panels import written

EVIL = "<img src=x onerror=alert(1)>"
WORDS = ("Ana", "Silva", "met", "Bob", "in", "Rome", ".")


def label(start: int, end: int, name: str, score: float | None = None) -> Entity:
    return Entity(Span(start, end), name, score)


GOLD = Sentence.from_words(WORDS, "en", [label(0, 2, "PER"), label(3, 4, "PER"), label(5, 6, "LOC")])
NONE = Sentence.from_words(["Nothing", "."], "en")
SOURCE = Sentence.from_words(WORDS, "pt", [label(0, 2, "PER"), label(3, 4, "PER"), label(5, 6, "LOC")])


def found(*entities: Entity, gold: Sentence = GOLD, seconds: float | None = 0.01) -> Found:
    wrong = mistakes(entities, gold.entities, gold.words)
    blames = tuple(Blame(one, "wrong link", "rule", "Why.") for one in wrong)
    return Found(entities, "", blames, (2, 3), seconds, 5.0)


@pytest.fixture
def study() -> Study:
    """Method a: one boundary, one label wrong, one missing; method b: one missing, then a failure."""
    items = (Item(GOLD, SOURCE, 4), Item(NONE, NONE, 9))
    first = (found(label(0, 1, "PER", 0.25), label(5, 6, "PER", 0.95)), found(gold=NONE, seconds=0.03))
    second = (found(label(0, 2, "PER", 0.8), label(5, 6, "LOC", 0.85)), Found(None, "No model."))
    return Study(items, {"a": first, EVIL: second}, "sig")


def every_key(figure) -> list[str]:
    return [key for trace in figure.data if trace.customdata is not None for key in trace.customdata]


def texts(value) -> Iterator[str]:
    """All texts that plotly draws; customdata comes back to us and is never drawn."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (text for one in value for text in texts(one))
    elif isinstance(value, dict):
        yield from (text for key, one in value.items() if key != "customdata" for text in texts(one))


def drawn(chart) -> None:
    """What holds for every chart: it can be drawn, its marks and rows lead somewhere, its texts are no markup."""
    assert not [text for text in texts(json.loads(chart.figure.to_json())) if "<img" in text] and chart.alt
    assert all(len(row) == len(chart.heads) for row in chart.rows)
    assert {key for key in (*every_key(chart.figure), *chart.keys) if key} <= set(chart.behind)


def test_scores(study):
    tables = Tables(study)
    chart = evaluate_scores.scores_chart(study, tables, tables.intervals(), "f1", "a", "light")
    drawn(chart)
    rows = {row[:2]: row for row in chart.rows}
    assert rows["a", "all"][2:5] == (0, 0, 0) and rows["a", "all"][7:] == (3, 2, 0)
    assert rows[EVIL, "PER"][2:5] == (1, 0.5, pytest.approx(2 / 3)) and rows[EVIL, "LOC"][4] == 1
    assert chart.behind["a\tLOC"].rows == (0,) and chart.behind[f"{EVIL}\tLOC"].rows == ()
    assert f"{EVIL} .80" in chart.alt


@pytest.mark.parametrize("rate", ["precision", "recall"])
def test_intervals_of_other_rates_hold_the_rate(study, rate):
    tables = Tables(study)
    for (method, name), interval in tables.intervals(rate=rate).items():
        counts = tables.overall()[method] if name is None else tables.by_label()[method, name]
        assert interval.low <= getattr(counts, rate) <= interval.high


def test_kinds(study):
    chart = evaluate_mistakes.kinds_chart(study, "dark")
    drawn(chart)
    counts = {row[:3]: row[3] for row in chart.rows}
    assert counts["a", "boundary", ""] == counts["a", "label", ""] == counts["a", "missing", ""] == 1
    assert counts["a", "boundary", "right"] == counts["a", "boundary", "too short"] == 1
    assert counts[EVIL, "missing", ""] == 1 and counts[EVIL, "spurious", ""] == 0
    assert chart.behind["a\tboundary"].rows == (0,)


@pytest.mark.parametrize(
    ("chart", "key", "first"),
    [
        (evaluate_mistakes.kinds_chart, "a\tlabel", ("label", [5, 6])),
        (evaluate_mistakes.kinds_chart, "a\tmissing", ("missing", [3, 4])),
        (evaluate_mistakes.kinds_chart, "a\tboundary\ttoo short", ("boundary, right, too short", [0, 1])),
        (partial(evaluate_mistakes.confusion_chart, method="a"), "a\tLOC\tPER", ("label", [5, 6])),
        (partial(evaluate_mistakes.confusion_chart, method="a"), "a\tPER\t", ("missing", [3, 4])),
        (partial(evaluate_curves.reliability_chart, method="a"), "a\twrong\t0.9", ("label", [5, 6])),
    ],
)
def test_the_mistake_that_a_mark_counts_comes_first_with_its_words(study, chart, key, first):
    behind = chart(study, theme="light").behind[key]
    (number,) = behind.rows
    told = evaluate_sentences.row(study, "a", number, None, behind.is_meant)["mistakes"]
    assert (told[0]["kind"], told[0]["span"]) == first and len(told) == 3


def test_stages(study):
    chart = evaluate_mistakes.stages_chart(study, ["a", EVIL], "light")
    drawn(chart)
    assert list(chart.figure.data[0].x) == [3] and list(chart.figure.data[0].y) == ["wrong link"]
    assert chart.behind["a\twrong link"].rows == (0,)
    nobody = Study(study.items, {"a": (Found(()), Found(()))})
    assert evaluate_mistakes.stages_chart(nobody, ["a"], "light") is None


def test_confusion(study):
    chart = evaluate_mistakes.confusion_chart(study, "a", "light")
    drawn(chart)
    counts = {row[:2]: row[2] for row in chart.rows}
    assert counts["PER", "PER"] == 1 and counts["LOC", "PER"] == 1 and counts["PER", "nothing"] == 1
    assert sum(counts.values()) == 3 and ("nothing", "nothing") not in counts
    assert "LOC as PER 1" in chart.alt


def test_calibration(study):
    chart = evaluate_curves.reliability_chart(study, EVIL, "light")
    drawn(chart)
    (filled,) = [row for row in chart.rows if row[2]]
    assert filled[:5] == (0.8, 0.9, 2, 2, 0)
    assert chart.behind[f"{EVIL}\tright\t0.8"].rows == (0,)
    wrong = evaluate_curves.reliability_chart(study, "a", "light")
    assert wrong.behind["a\twrong\t0.9"].rows == (0,)


def test_threshold(study):
    chart = evaluate_curves.threshold_chart(study, EVIL, "light")
    drawn(chart)
    assert [row[0] for row in chart.rows] == [0.8, 0.85] and chart.rows[0][3] == pytest.approx(0.8)
    # between two scores a threshold keeps what the higher one keeps: up or down at the lower one, then along
    assert {trace.line.shape for trace in chart.figure.data} == {"vh"}


@pytest.mark.parametrize("effect", ["entity length", "sentence length", "frequency", "distance"])
def test_effects(study, effect):
    chart = evaluate_curves.effect_chart(study, effect, "a", "light")
    drawn(chart)
    assert sum(row[4] for row in chart.rows if row[0] == "a") == 3
    assert sum(row[3] for row in chart.rows if row[0] == EVIL) == 2


def test_cost(study):
    chart = evaluate_scores.cost_chart(study, Tables(study), {"a": 70.0, EVIL: 0.0}, "a", "light")
    drawn(chart)
    assert chart.rows[0] == ("a", 0, pytest.approx(20), pytest.approx(20), 5, 70, 2)
    unknown = Study(study.items, {"a": (Found(()), Found(()))})
    assert evaluate_scores.cost_chart(unknown, Tables(unknown), {}, "a", "light") is None


def test_languages_with_a_missing_cell(study):
    overall = Tables(study).overall()
    chart = evaluate_scores.language_chart({"German": overall, EVIL: {"a": overall["a"]}}, study.methods, "dark")
    drawn(chart)
    assert len(chart.rows) == 3 and not chart.behind
    wrong = {("German", "a"): (0,)}
    clicked = evaluate_scores.language_chart({"German": overall}, study.methods, "light", wrong)
    drawn(clicked)
    assert clicked.behind["a\tGerman"].rows == (0,) and every_key(clicked.figure) == ["a\tGerman"]


def test_what_changed(study):
    names = evaluate_changes.Pair(study, "a", EVIL, ("a", EVIL))
    chart = evaluate_changes.changes_chart(changes(study, "a", EVIL), names, "light")
    drawn(chart)
    assert list(chart.figure.data[0].x) == [1, 0, 0]
    assert chart.rows == [(5, "better", 4, 2, -2, -2, GOLD.text)]


def test_effort():
    at = datetime(2026, 1, 2, tzinfo=UTC)
    some = [Effort(0, at, 2, 3, 1, 0, 8.0, False), Effort(1, at, 0, 1, 0, 0, None, True)]
    chart = evaluate_effort.effort_chart(some, "light")
    drawn(chart)
    assert "1 of 5 labels (20%) changed" in chart.alt and "2 actions, 3 fewer than" in chart.alt


def test_nothing_at_all_can_be_drawn():
    empty = Study((Item(NONE, NONE),), {"a": (Found(()),)})
    tables = Tables(empty)
    drawn(evaluate_scores.scores_chart(empty, tables, tables.intervals(), "f1", "a", "light"))
    assert evaluate_mistakes.kinds_chart(empty, "light") is None
    drawn(evaluate_mistakes.confusion_chart(empty, "a", "light"))
    assert evaluate_curves.reliability_chart(empty, "a", "light") is None
    assert evaluate_curves.threshold_chart(empty, "a", "light") is None


def test_rules_rename_both_sides_and_keep_the_blame(study):
    same = evaluate_study.with_rules(study, LabelRules())
    assert same is study
    places = SideRules({"LOC": "PLACE", "PER": "PLACE"})
    merged = evaluate_study.with_rules(study, LabelRules("mine", places, places))
    assert merged.labels == ("PLACE",)
    blames = merged.found["a"][0].blames
    assert [(one.mistake.kind, one.stage) for one in blames] == [("boundary", "wrong link"), ("missing", "wrong link")]
    assert merged.found[EVIL][1].problem == "No model."
    only = evaluate_study.with_rules(study, preset("masakhaner"))
    assert only.items == study.items


def test_rules_rename_the_source_too_so_that_counterparts_are_found(study):
    person = Study((replace(study.items[0], source=_renamed(SOURCE), gold=_renamed(GOLD)),), {"a": (found(),)})
    usual = evaluate_study.with_rules(person, preset("conll"))
    assert {entity.label for entity in usual.items[0].source.entities} == {"PER", "LOC"}
    chart = evaluate_curves.effect_chart(usual, "distance", "a", "light")
    assert dict((row[1], row[4]) for row in chart.rows)["no counterpart"] == 0


def _renamed(sentence: Sentence) -> Sentence:
    names = {"PER": "PERSON", "LOC": "GPE"}
    return sentence.with_entities([replace(entity, label=names[entity.label]) for entity in sentence.entities])


def test_mistakes_that_are_known_go_along_with_a_study(study):
    known = study.mistakes("a")
    assert study.signed("other").mistakes("a") is known and study.signed("other").signature == "other"
    assert study.blamed(dict(study.found)).mistakes("a") is known


def test_a_table_is_harmless_in_a_spreadsheet():
    rows = list(csv.reader(io.StringIO(written(("a", "b"), [("=1+1", 0.5), ("x,y", None), ("-x", -2)]).decode())))
    assert rows == [["a", "b"], ["'=1+1", "0.5"], ["x,y", ""], ["'-x", "-2"]]


def test_plotly_reads_no_tags_in_texts():
    assert plain("<b>$x$ & y") == "&lt;b&gt;&#36;x&#36; &amp; y"
