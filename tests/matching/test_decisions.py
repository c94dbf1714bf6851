"""Every candidate says what became of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.matching.candidates import ngrams
from projection.matching.decisions import Decisions, ScoredCandidates, decide
from projection.matching.forcing import Forcing
from projection.types import Bitext, Entity, Sentence, Span, Step

SOURCE = Sentence.from_words(
    ["Ann", "met", "Bob", "in", "Rome"],
    "en",
    [Entity(Span(word, word + 1), label) for word, label in ((0, "PER"), (2, "PER"), (4, "LOC"))],
)


def projection(totals, solver="greedy", threshold=0.2, ruled_out=None, **more):
    totals = np.asarray(totals, float)
    words = int((np.sqrt(8 * totals.shape[1] + 1) - 1) / 2)
    source = SOURCE.with_entities(SOURCE.entities[: len(totals)])
    bitext = Bitext(source, Sentence.from_words([f"w{n}" for n in range(words)], "de"))
    scored = ScoredCandidates(
        ngrams(words).spans, totals, lambda e, c: {"total": float(totals[e, c])}, "n-gram", ruled_out or {}
    )
    return decide(bitext, scored, method="m", signature="m|", solver=solver, threshold=threshold, **more)


def reasons(result, entity):
    return {(d.candidate.span.start, d.candidate.span.end): (d.status, d.reason) for d in result.decisions.of(entity)}


def test_reasons_of_a_small_case():
    #                    0-1   0-2  1-2
    result = projection([[0.9, 0.6, 0.1], [0.8, 0.5, 0.7]])
    assert reasons(result, 0) == {
        (0, 1): ("chosen", "Chosen"),
        (0, 2): ("lost", "Overlaps the chosen span"),
        (1, 2): ("ruled out", "Under threshold .20"),
    }
    assert reasons(result, 1) == {
        (0, 1): ("lost", "Taken by Ann PER"),
        (1, 2): ("chosen", "Chosen"),
        (0, 2): ("lost", "Overlaps the chosen span"),
    }
    blocked = {d.candidate.span: d.blocked_by for d in result.decisions.of(1)}
    assert blocked[Span(0, 1)] == (0, Span(0, 1))
    assert blocked[Span(0, 2)] == (1, Span(1, 2))


def test_entities_without_a_place_say_why():
    result = projection([[0.9, 0.6, 0.1], [0.8, 0.1, 0.1], [0.0, 0.0, 0.0]])
    assert {missing.entity_index: missing.reason for missing in result.unprojected} == {
        1: "Taken by Ann PER",
        2: "No link leaves the entity",
    }
    low = projection([[0.15, 0.1, 0.0]])
    assert low.unprojected[0].reason == "Under threshold .20 (best candidate .15)"


def test_candidates_ruled_out_beforehand_keep_their_reason_and_are_never_chosen():
    result = projection([[0.9, 0.6, 0.3]], ruled_out={(0, 0): "Too short"})
    assert reasons(result, 0)[0, 1] == ("ruled out", "Too short")
    assert [match.span for match in result.matches] == [Span(0, 2)]


def test_candidates_not_considered_have_no_decision():
    result = projection([[0.9, np.nan, 0.3]])
    assert len(result.decisions) == 2
    assert [d.candidate.span for d in result.decisions] == [Span(0, 1), Span(1, 2)]


def test_one_decision_can_be_asked_for():
    decisions = projection([[0.9, np.nan, 0.1], [0.8, 0.5, 0.7]]).decisions
    assert decisions.at(1, Span(1, 2)).status == "chosen"
    assert decisions.at(0, Span(0, 2)) is None and decisions.at(0, Span(2, 3)) is None
    assert all(decisions.at(one.entity_index, one.candidate.span) == one for one in decisions)


def test_decisions_are_a_sequence():
    decisions = projection([[0.9, 0.6, 0.1], [0.8, 0.5, 0.7]]).decisions
    listed = list(decisions)
    assert len(listed) == len(decisions) == 6
    assert decisions[1] == listed[1] and decisions[-1] == listed[-1] and decisions[1:3] == listed[1:3]
    assert [d.score for d in decisions.of(0, limit=2)] == [0.9, 0.6]


LIMITS = [(1, "at most"), (2, "at most"), (0, "at most"), (1, "exactly"), (2, "exactly"), (1, "at least")]


@given(
    st.lists(st.lists(st.integers(0, 10), min_size=10, max_size=10), min_size=1, max_size=3),
    st.sampled_from(["greedy", "exact"]),
    st.sampled_from(LIMITS),
)
def test_reasons_are_true(tenths, solver, limit):
    result = projection(np.array(tenths) / 10, solver=solver, per_entity=limit[0], constraint=limit[1])
    assert isinstance(result.decisions, Decisions)
    placed = {(match.entity_index, match.span) for match in result.matches}
    for decision in result.decisions:
        if decision.status == "chosen":
            assert (decision.entity_index, decision.candidate.span) in placed
        elif decision.status == "ruled out":
            assert decision.score <= 0.2
        else:
            assert decision.score > 0.2
            assert decision.blocked_by is not None, "in an optimum every good candidate is blocked by a winner"
            assert decision.blocked_by in placed
            entity, span = decision.blocked_by
            is_full = limit[1] != "at least" and [other for other, _ in placed].count(entity) == limit[0]
            assert span.overlaps(decision.candidate.span) or (entity == decision.entity_index and is_full)
    assert {one.entity_index for one in result.unprojected} == set(range(len(tenths))) - {one for one, _ in placed}


def test_the_sum_of_greedy_may_stay_under_the_optimum():
    #       0-1  0-2  1-2
    totals = [[0.6, 0.7, 0.0], [0.0, 0.0, 0.6]]
    greedy, exact = (projection(totals, solver=solver, threshold=0.0).decisions for solver in ("greedy", "exact"))
    assert (greedy.objective, greedy.optimum) == pytest.approx((0.7, 1.2))
    assert (exact.objective, exact.optimum) == pytest.approx((1.2, 1.2))
    # costs are those of the optimum, whatever was chosen
    for decisions in (greedy, exact):
        assert decisions.forcing(0, Span(0, 2)).cost == pytest.approx(0.5)
        assert decisions.forcing(0, Span(0, 1)).cost == pytest.approx(0.0)
        assert decisions.forcing(1, Span(0, 1)) == Forcing(None, "No link from the entity")


def test_what_is_below_the_threshold_or_ruled_out_cannot_be_forced():
    decisions = projection([[0.9, 0.6, 0.1]], ruled_out={(0, 1): "Too long"}).decisions
    assert decisions.forcing(0, Span(1, 2)).reason == "Under threshold .20"
    assert decisions.forcing(0, Span(0, 2)).reason == "Too long"
    assert projection([[0.9, np.nan, 0.3]]).decisions.forcing(0, 1).reason == "Not a candidate of this method"


def test_steps_are_made_when_they_are_read_and_once():
    made = []

    def make():
        made.append(1)
        return [Step("First")]

    steps = projection([[0.9, 0.6, 0.1]], steps=make).steps
    assert not made
    assert [step.title for step in steps] == ["First", "Candidates", "Matching"]
    assert len(steps) == 3 and steps[-1].title == "Matching" and made == [1]


def test_steps_of_many_entities_stay_short_and_say_what_they_leave_out():
    words = 40
    source = Sentence.from_words(["w"] * words, "en", [Entity(Span(n, n + 1), "X") for n in range(words)])
    spans = ngrams(words, longest=2).spans
    totals = np.where(spans[:, 0] == np.arange(words)[:, None], 0.5, 0.0)
    bitext = Bitext(source, Sentence.from_words(["w"] * words, "de"))
    result = decide(bitext, ScoredCandidates(spans, totals, lambda e, c: {}, "n-gram"), method="m", signature="m|")
    candidates, matching = result.steps
    assert len(candidates.rows) == len(matching.rows) == 40
    assert candidates.note == "n-gram: 79 spans, 3160 scores; the best of each entity is shown."


def test_a_constraint_that_cannot_be_kept_is_a_warning():
    result = projection([[0.9, 0.6, 0.1], [0.8, 0.1, 0.1]], solver="exact", constraint="exactly")
    assert [match.entity_index for match in result.matches] == [0]
    assert result.warnings[0].startswith("Exactly 1 per entity could not be kept for Bob PER (1 missing): no")
    assert not projection([[0.9, 0.6, 0.1], [0.0, 0.0, 0.0]], solver="exact", constraint="exactly").warnings
