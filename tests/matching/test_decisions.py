"""Every candidate says what became of it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from projection.matching.candidates import ngrams
from projection.matching.decisions import Decisions, ScoredCandidates, decide
from projection.types import Bitext, Entity, Sentence, Span

SOURCE = Sentence.from_words(
    ["Ann", "met", "Bob", "in", "Rome"],
    "en",
    [Entity(Span(word, word + 1), label) for word, label in ((0, "PER"), (2, "PER"), (4, "LOC"))],
)


def projection(totals, solver="greedy", threshold=0.2, ruled_out=None):
    totals = np.asarray(totals, float)
    words = int((np.sqrt(8 * totals.shape[1] + 1) - 1) / 2)
    source = SOURCE.with_entities(SOURCE.entities[: len(totals)])
    bitext = Bitext(source, Sentence.from_words([f"w{n}" for n in range(words)], "de"))
    scored = ScoredCandidates(
        ngrams(words).spans, totals, lambda e, c: {"total": float(totals[e, c])}, "n-gram", ruled_out or {}
    )
    return decide(bitext, scored, method="m", signature="m|", solver=solver, threshold=threshold)


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


def test_decisions_are_a_sequence():
    decisions = projection([[0.9, 0.6, 0.1], [0.8, 0.5, 0.7]]).decisions
    listed = list(decisions)
    assert len(listed) == len(decisions) == 6
    assert decisions[1] == listed[1] and decisions[-1] == listed[-1] and decisions[1:3] == listed[1:3]
    assert [d.score for d in decisions.of(0, limit=2)] == [0.9, 0.6]


@given(st.lists(st.lists(st.integers(0, 10), min_size=10, max_size=10), min_size=1, max_size=3), st.booleans())
def test_reasons_are_true(tenths, is_exact):
    result = projection(np.array(tenths) / 10, solver="exact" if is_exact else "greedy")
    assert isinstance(result.decisions, Decisions)
    placed = {match.entity_index: match for match in result.matches}
    for decision in result.decisions:
        if decision.status == "chosen":
            assert placed[decision.entity_index].span == decision.candidate.span
        elif decision.status == "ruled out":
            assert decision.score <= 0.2
        else:
            assert decision.score > 0.2
            assert decision.blocked_by is not None, "in an optimum every good candidate is blocked by a winner"
            entity, span = decision.blocked_by
            assert placed[entity].span == span
            assert entity == decision.entity_index or span.overlaps(decision.candidate.span)
    assert {missing.entity_index for missing in result.unprojected} == set(range(len(tenths))) - set(placed)
