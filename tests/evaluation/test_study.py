"""Tables of a study against counts made sentence by sentence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projection.evaluation.counts import MATCHES, Counts, total
from projection.evaluation.resampling import difference
from projection.evaluation.study import Study, Tables
from tests.evaluation.studies import studies, study

SMALL = study(["0-2 PER, 4-6 ORG", "10-12 LOC", ""], good=["0-2 PER, 4-6 ORG", "10-12 LOC", "0-1 PER"],
              bad=["0-1 PER, 4-6 LOC", None, ""])  # fmt: skip


@pytest.mark.parametrize("match", MATCHES)
@given(drawn=studies())
@settings(max_examples=40)
def test_tables_hold_what_counting_each_sentence_gives(match, drawn):
    tables = Tables(drawn, match)
    for method in drawn.methods:
        expected = total(drawn.rows(method, match))
        found = {label: one for (name, label), one in tables.by_label().items() if name == method}
        assert {label: one for label, one in found.items() if one != Counts()} == expected
        assert tables.overall()[method] == sum(expected.values(), Counts())


def test_figures_by_hand():
    overall = Tables(SMALL).overall()
    assert overall == {"good": Counts(3, 1, 0), "bad": Counts(0, 2, 3)}
    assert Tables(SMALL, "partial").overall()["bad"] == Counts(1.5, 0.5, 1.5)
    assert SMALL.failures("bad") == {"out of memory": 1} and SMALL.failures("good") == {}


def test_an_entity_that_is_there_twice_counts_once():
    twice = study(["0-2 PER"], method=["0-2 PER .3, 0-2 PER .4"])
    assert Tables(twice).overall()["method"] == Counts(1, 0, 0)


def test_all_differences_at_once_are_those_one_by_one():
    generator = np.random.default_rng(2)
    tables = Tables(SMALL)
    tables.counts = generator.integers(0, 3, (3, 40, 2, 3)).astype(float)
    tables.methods = ("a", "b", "c")
    sums = tables.counts.sum(axis=2)
    pairs = np.stack([sums[..., 0], sums[..., 1] + sums[..., 2]], axis=-1)
    assert tables.differences("b") == {"a": difference(pairs[0], pairs[1]), "c": difference(pairs[2], pairs[1])}
    assert tables.difference("c", "a") == difference(pairs[2], pairs[0])


@given(studies(), st.data())
@settings(max_examples=30)
def test_a_part_has_the_mistakes_of_its_sentences(drawn, data):
    known = drawn.mistakes("one")
    rows = data.draw(st.lists(st.sampled_from(range(len(known))))) if known else []
    part = drawn.part(rows)
    assert part.mistakes("one") == tuple(known[row] for row in rows) == Study(part.items, part.found).mistakes("one")


@pytest.mark.parametrize("rate", ["f1", "precision", "recall"])
def test_intervals_are_those_of_the_sums_over_resamples(rate):
    """Drawn again one by one: the same sentences, then the rate of their counts."""
    tables, generator = Tables(SMALL), np.random.default_rng(5)
    drawn = [generator.integers(3, size=3) for _ in range(40)]
    found = tables.intervals(samples=40, seed=5, rate=rate)
    for method in SMALL.methods:
        overall = [getattr(tables.overall(rows)[method], rate) for rows in drawn]
        low, high = np.quantile(overall, [0.025, 0.975])
        assert (found[method, None].low, found[method, None].high) == pytest.approx((low, high))
        of_label = [getattr(tables.by_label(rows)[method, "PER"], rate) for rows in drawn]
        assert found[method, "PER"].high == pytest.approx(np.quantile(of_label, 0.975))
