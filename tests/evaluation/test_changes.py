"""What one method fixes and breaks of another, rates and costs."""

import pytest
from hypothesis import given

from projection.evaluation.changes import Change, changes
from projection.evaluation.counts import Counts
from projection.evaluation.rates import Carried, Cost, by_language, carried, cost, languages, projection_ratio, ratio
from projection.evaluation.study import Found, Item, Study, Tables
from tests.evaluation.studies import entities, sentence, studies, study

SMALL = study(
    ["0-2 PER, 4-6 ORG", "10-12 LOC", "0-2 PER", "0-1 PER"],
    old=["0-1 PER", "10-12 LOC", "3-4 PER", "0-1 PER"],
    new=["0-2 PER, 4-6 ORG", None, "5-6 PER", "0-1 PER"],
)


def test_changes_by_hand():
    found = changes(SMALL, "old", "new")
    assert found.better == (
        Change(0, 2, -1, -2, entities("0-2 PER, 4-6 ORG"), (), entities("0-1 PER"), ()),
    )  # fmt: skip
    assert found.worse == (Change(1, -1, 0, 1, (), entities("10-12 LOC"), (), ()),)
    assert found.even == (Change(2, 0, 0, 0, (), (), entities("3-4 PER"), entities("5-6 PER")),)
    assert (found.fixed, found.broken) == (2, 1)
    assert (found.better[0].gain, found.worse[0].gain) == (3, -1)


def test_the_largest_change_comes_first():
    ours = study(["0-1 PER", "0-1 PER, 2-3 LOC"], old=["", ""], new=["0-1 PER", "0-1 PER, 2-3 LOC"])
    assert [one.row for one in changes(ours, "old", "new").better] == [1, 0]


@given(studies())
def test_changes_are_the_difference_of_the_counts(drawn):
    found = changes(drawn, "one", "other")
    every = (*found.better, *found.worse, *found.even)
    before, after = (sum((sum(row.values(), Counts()) for row in drawn.rows(name)), Counts()) for name in drawn.methods)
    assert sum(one.found for one in every) == after.found - before.found == found.fixed - found.broken
    assert sum(one.spurious for one in every) == after.spurious - before.spurious
    assert sum(one.missed for one in every) == after.missed - before.missed
    turned = changes(drawn, "other", "one")
    assert {one.row for one in turned.worse} == {one.row for one in found.better}
    assert (turned.fixed, turned.broken) == (found.broken, found.fixed)


def test_rates_and_costs():
    items = tuple(Item(sentence(text, language)) for text, language in (("0-1 PER", "de"), ("", "es"), ("", "de")))
    found = (Found(entities("0-1 PER, 2-3 PER"), carried=(2, 3), seconds=0.2), Found((), carried=(0, 1), seconds=0.4))
    ours = Study(items, {"one": (*found, Found(None)), "two": (Found(()), Found(()), Found(entities("0-1 PER")))})
    assert carried(ours, "one") == Carried(2, 4) and carried(ours, "one").rate == 0.5
    assert carried(ours, "two").rate is None
    assert cost(ours, "one") == Cost(pytest.approx(0.3), pytest.approx(0.3), 2, 1)
    assert cost(ours, "two") == Cost(None, None, 0, 3)
    tables = Tables(ours)
    assert ratio(tables, "one") == pytest.approx((2 + 1 + 1) / 3)
    assert ratio(tables, "two") == pytest.approx((0 + 1 + 0) / 3)
    assert {language: rows.tolist() for language, rows in languages(ours).items()} == {"de": [0, 2], "es": [1]}
    assert by_language(ours, tables)["de"] == {"one": Counts(1, 1, 0), "two": Counts(0, 1, 1)}
    assert by_language(ours, tables)["es"] == {"one": Counts(), "two": Counts()}


def test_the_ratio_of_nothing():
    assert projection_ratio([]) == 0
    assert projection_ratio([(3, 2), (0, 0), (1, 0)]) == pytest.approx((1.5 + 1 + 0) / 3)
