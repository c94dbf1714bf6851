"""Versions and agreement as HTML: what differs, in which order, and that every text is only text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.corrections.versions import Apart, Version
from projection.evaluation.annotators import Agreement, agreements
from projection.types import Entity, Sentence, Span
from views import people_versions as versions

HOSTILE = "<img src=x onerror=alert(1)>"
WORDS = ["Ana", "Silva", "mora", "em", "Nova", "Iorque"]


def sentence(*spans, words=WORDS, language="pt"):
    return Sentence.from_words(words, language, [Entity(Span(a, b), label, origin="manual") for a, b, label in spans])


def version(person, found, finished=True, note=""):
    return Version(person, f"@{person.lower()}", 1, finished, found, note, datetime(2026, 1, 2, tzinfo=UTC))


def apart(*made):
    return Apart(1, 0, 0, sentence(), version("", sentence()), made, False)


def groups(*found):
    return versions.difference_groups([one.entities for one in found])


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ([], [], []),
        ([(0, 2, "PER")], [(0, 2, "PER")], []),
        ([(0, 2, "PER")], [(0, 1, "PER")], [Span(0, 2)]),
        ([(0, 2, "PER")], [(0, 2, "ORG")], [Span(0, 2)]),
        ([(0, 1, "PER"), (1, 2, "PER")], [(0, 2, "PER")], [Span(0, 2)]),
        ([(0, 1, "PER")], [(1, 2, "PER")], [Span(0, 1), Span(1, 2)]),  # side by side are two
        ([(0, 2, "PER"), (4, 6, "LOC")], [(0, 2, "PER")], [Span(4, 6)]),
        ([(0, 3, "PER")], [(2, 5, "ORG"), (5, 6, "LOC")], [Span(0, 5), Span(5, 6)]),
    ],
)
def test_where_labellings_differ(one, other, expected):
    assert groups(sentence(*one), sentence(*other)) == groups(sentence(*other), sentence(*one)) == expected


def test_three_labellings_and_one():
    assert groups(sentence((0, 2, "PER")), sentence((0, 2, "PER")), sentence()) == [Span(0, 2)]
    assert groups(sentence((0, 2, "PER"))) == [] and versions.difference_groups([]) == []


@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["PER", "LOC"])), max_size=4), max_size=3))
def test_groups_are_apart_and_cover_what_differs(rows):
    found = [
        tuple(Entity(Span(word, word + 1), label) for word, label in dict(row).items()) for row in rows
    ]  # one word each, so none overlap
    spans = versions.difference_groups(found)
    assert all(not left.overlaps(right) for left, right in pairwise(spans))
    for word in range(6):
        labels = {next((e.label for e in one if word in e.span), "") for one in found}
        assert any(word in span for span in spans) == (len(labels) > 1)


def test_versions_beneath_each_other_with_marks():
    drawn = versions.versions(apart(version("Ana", sentence((4, 6, "LOC"))), version("Rui", sentence(), note="sure?")))
    assert drawn.index("Source") < drawn.index(">Ana<") < drawn.index(">Rui<")
    assert drawn.count('class="differs"') == 4 and "sure?" in drawn  # two words, in both
    assert "<kbd>1</kbd>" in drawn and "<kbd>2</kbd>" in drawn


def test_the_source_is_shown_with_its_labels():
    source = sentence((0, 2, "PER"), words=["Ana", "Silva", "lives", "here"], language="en")
    drawn = versions.versions(replace(apart(), source=source))
    assert 'manual label-per"><bdi>Ana</bdi> <bdi>Silva</bdi><span class="tag">PER' in drawn


def test_an_unfinished_version_is_not_shown():
    shown = apart(version("Ana", sentence((0, 2, "PER"))), version("Rui", sentence((4, 6, "LOC")), finished=False))
    assert "Rui" not in versions.versions(shown) and 'class="differs"' not in versions.versions(shown)
    assert shown.waiting == ("Rui",) and not shown.is_ready


def test_differences_as_a_table():
    table = versions.difference_table(apart(version("Ana", sentence((4, 6, "LOC"))), version("Rui", sentence())))
    assert "5\u20136" in table and "Nova Iorque" in table and "no label" in table and "LOC" in table
    same = apart(version("Ana", sentence((4, 6, "LOC"))), version("Rui", sentence((4, 6, "LOC"))))
    assert versions.difference_table(same) == ""


def test_other_words_are_not_compared_word_by_word():
    shown = apart(version("Ana", sentence((4, 6, "LOC"))), version("Rui", sentence(words=["Ana"])))
    assert 'class="differs"' not in versions.versions(shown) and versions.difference_table(shown) == ""
    assert "other words" in versions.disagreement_list([shown])


def test_every_text_is_only_text():
    bad = sentence((0, 1, HOSTILE), words=[HOSTILE, "x"])
    plain = sentence(words=[HOSTILE, "x"])
    shown = apart(version(HOSTILE, bad, note=HOSTILE), version("عائشة", plain))
    pairs = agreements([shown.by_person], [HOSTILE, "عائشة"])
    drawn = [
        versions.versions(shown), versions.difference_table(shown), versions.disagreement_list([shown]),
        versions.agreement_table(pairs), versions.label_table(pairs[0].labels(), HOSTILE, "x" * 200),
    ]  # fmt: skip
    assert all("<img" not in text for text in drawn) and all("&lt;img" in text for text in drawn)


def test_right_to_left_words_keep_their_direction():
    arabic = sentence((1, 2, "PER"), words=["يلعب", "صلاح"], language="ar")
    shown = apart(version("Ana", arabic), version("Rui", sentence(words=["يلعب", "صلاح"], language="ar")))
    assert 'dir="rtl"' in versions.versions(shown) and '<bdi dir="rtl">صلاح</bdi>' in versions.difference_table(shown)


def test_figures_and_their_mean():
    same, other = sentence((0, 2, "PER")), sentence((0, 2, "ORG"))
    rows = [{"Ana": same, "Rui": same, "Eva": other}] * 3
    table = versions.agreement_table(agreements(rows, ["Ana", "Rui", "Eva"]))
    assert (
        '<b class="figure">1.0</b>' in table
        and ".00 to .00" in table
        and "Mean of the pairs" in table
        and ".33" in table
    )
    assert "Mean" not in versions.agreement_table(agreements(rows[:1], ["Ana", "Rui"]))


def test_figures_that_are_not_defined():
    nothing = Agreement("Ana", "Rui", ((sentence(), sentence()),))
    assert versions.figure(nothing, "kappa") == versions.NONE
    assert versions.figure(nothing, "f1") == '<b class="figure">1.0</b>'
