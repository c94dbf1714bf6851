"""Solvers against brute force, and against one another."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError
from projection.matching.candidates import longest_within, ngrams
from projection.matching.solvers import DYNAMIC_LIMIT, dynamic, exact, greedy, integer, solve, undominated


@st.composite
def problems(draw, most_entities=3, most_words=5):
    words = draw(st.integers(1, most_words))
    spans = ngrams(words).spans
    entities = draw(st.integers(1, most_entities))
    tenths = draw(st.lists(st.integers(-5, 10), min_size=entities * len(spans), max_size=entities * len(spans)))
    return np.array(tenths, float).reshape(entities, -1) / 10, spans


def is_legal(choice, spans, per_entity=1):
    apart = all(spans[a][1] <= spans[b][0] or spans[b][1] <= spans[a][0] for (_, a), (_, b) in combinations(choice, 2))
    entities = [entity for entity, _ in choice]
    return apart and (not per_entity or all(entities.count(entity) <= per_entity for entity in entities))


def value(choice, weights):
    return sum(weights[pair] for pair in choice)


def best_value(weights, spans, per_entity=1):
    """Try every set of pairs, word by word."""
    pairs = [(e, c) for e in range(weights.shape[0]) for c in range(weights.shape[1]) if weights[e, c] > 0]

    def from_word(word, left):
        options = [from_word(word + 1, left)] if word < spans[:, 1].max() else [0.0]
        for entity, candidate in pairs:
            if spans[candidate][0] == word and left[entity]:
                fewer = tuple(count - (index == entity) for index, count in enumerate(left))
                options.append(weights[entity, candidate] + from_word(int(spans[candidate][1]), fewer))
        return max(options)

    return from_word(0, (per_entity or 10**6,) * len(weights))


@given(problems())
def test_exact_solvers_reach_the_brute_force_optimum(problem):
    weights, spans = problem
    for solver in (dynamic, integer, exact):
        choice = solver(weights, spans)
        assert is_legal(choice, spans)
        assert value(choice, weights) == pytest.approx(best_value(weights, spans))


@given(problems(most_entities=2), st.sampled_from([0, 2]))
def test_integer_program_with_other_limits_per_entity(problem, per_entity):
    weights, spans = problem
    choice = integer(weights, spans, per_entity)
    assert is_legal(choice, spans, per_entity)
    assert value(choice, weights) == pytest.approx(best_value(weights, spans, per_entity))


@given(problems(most_entities=6, most_words=12), st.sampled_from([0, 1, 2]))
def test_greedy_is_legal_and_never_beats_exact(problem, per_entity):
    weights, spans = problem
    choice = greedy(weights, spans, per_entity)
    assert is_legal(choice, spans, per_entity)
    assert all(weights[pair] > 0 for pair in choice)
    assert value(choice, weights) <= value(exact(weights, spans, per_entity), weights) + 1e-9


@given(problems(most_entities=4, most_words=9))
def test_dynamic_program_equals_integer_program(problem):
    weights, spans = problem
    assert value(dynamic(weights, spans), weights) == pytest.approx(value(integer(weights, spans), weights))


@given(problems())
def test_dominated_candidates_are_never_needed(problem):
    weights, spans = problem
    pruned = undominated(weights, spans)
    assert best_value(pruned, spans) == pytest.approx(best_value(weights, spans))
    assert np.all((pruned == weights) | (pruned == 0))


def test_ties_go_to_the_shorter_then_earlier_entity_then_leftmost():
    spans = ngrams(3).spans  # 0-1 0-2 0-3 1-2 1-3 2-3
    equal = np.full((2, len(spans)), 0.5)
    assert [(e, tuple(spans[c])) for e, c in greedy(equal, spans)] == [(0, (0, 1)), (1, (1, 2))]
    assert sorted(candidate for _, candidate in dynamic(equal, spans)) == [0, 3]


def test_greedy_can_lose_where_exact_does_not():
    spans = np.array([[0, 1], [0, 2], [1, 2]])
    weights = np.array([[0.6, 0.7, 0.0], [0.0, 0.0, 0.6]])
    assert greedy(weights, spans) == [(0, 1)]
    assert sorted(exact(weights, spans)) == [(0, 0), (1, 2)]


def test_nothing_to_match():
    spans = ngrams(3).spans
    for name in ("greedy", "exact", "dynamic", "integer"):
        assert solve(np.zeros((2, len(spans))), spans, solver=name) == []
        assert solve(np.zeros((0, 0)), ngrams(0).spans, solver=name) == []


def test_limits_are_said():
    spans = ngrams(12).spans
    many = np.ones((DYNAMIC_LIMIT + 1, len(spans)))
    with pytest.raises(ConfigurationError, match="at most 10 entities, not 11"):
        dynamic(many, spans)
    with pytest.raises(ConfigurationError, match="at most once"):
        dynamic(many[:2], spans, 2)
    with pytest.raises(ConfigurationError, match=r"no solver 'gurobi'.*greedy"):
        solve(many, spans, solver="gurobi")
    assert len(exact(many, spans)) == DYNAMIC_LIMIT + 1


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 200))
def test_ngrams_are_all_spans_up_to_the_length(words, longest, limit):
    spans, allowed = ngrams(words, longest=longest, limit=limit)
    assert [tuple(span) for span in spans] == [
        (start, end) for start in range(words) for end in range(start + 1, min(start + allowed, words) + 1)
    ]
    if words:
        assert allowed == min(longest or words, longest_within(words, limit))
        assert len(spans) <= max(limit, words)
