"""Solvers against brute force, and against one another."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError
from projection.matching.candidates import longest_within, ngrams
from projection.matching.dynamic import DYNAMIC_LIMIT, dynamic
from projection.matching.forcing import force
from projection.matching.integer import integer
from projection.matching.pruning import independent, undominated
from projection.matching.solvers import exact, greedy, lacking, solve


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


def solutions(weights, spans, most):
    """Yield every set of pairs without overlap, with at most `most` (0: any number) of one entity; word by word."""
    pairs = [(e, c) for e in range(weights.shape[0]) for c in range(weights.shape[1]) if weights[e, c] > 0]

    def from_word(word, chosen):
        if word >= spans[:, 1].max():
            yield chosen
            return
        yield from from_word(word + 1, chosen)
        for entity, candidate in pairs:
            if spans[candidate][0] == word and (not most or sum(e == entity for e, _ in chosen) < most):
                yield from from_word(int(spans[candidate][1]), [*chosen, (entity, candidate)])

    yield from from_word(0, [])


def missing(choice, weights, least):
    """Count the projections that entities with a positive weight lack of `least`."""
    live = [entity for entity in range(len(weights)) if (weights[entity] > 0).any()]
    return sum(max(0, least - sum(e == entity for e, _ in choice)) for entity in live)


def best(weights, spans, per_entity, constraint, among=lambda choice: True):
    """Return (lacking, best sum) by brute force over the solutions that lack fewest; None if there is none."""
    least = 0 if constraint == "at most" else per_entity
    most = 0 if constraint == "at least" else per_entity
    ranked = [(-missing(choice, weights, least), value(choice, weights))
              for choice in solutions(weights, spans, most) if among(choice)]  # fmt: skip
    return max(ranked, default=None)


CONSTRAINTS = st.sampled_from(
    [(0, "at most"), (1, "at most"), (2, "at most"), (1, "exactly"), (2, "exactly"), (1, "at least"), (2, "at least")]
)


@given(problems())
def test_exact_solvers_reach_the_brute_force_optimum(problem):
    weights, spans = problem
    for solver in (dynamic, integer, exact):
        choice = solver(weights, spans)
        assert is_legal(choice, spans)
        assert value(choice, weights) == pytest.approx(best_value(weights, spans))


@given(problems(most_entities=3, most_words=4), CONSTRAINTS)
def test_every_constraint_reaches_the_brute_force_optimum(problem, limit):
    weights, spans = problem
    for solver in ("exact", "integer", *(["dynamic"] if limit in [(1, "at most"), (1, "exactly")] else [])):
        choice = solve(weights, spans, solver=solver, per_entity=limit[0], constraint=limit[1])
        assert is_legal(choice, spans, 0 if limit[1] == "at least" else limit[0])
        assert all(weights[pair] > 0 for pair in choice)
        short = lacking(choice, weights, *limit).sum()
        assert (-short, value(choice, weights)) == pytest.approx(best(weights, spans, *limit))


@given(problems(most_entities=3, most_words=4), CONSTRAINTS, st.data())
def test_forcing_a_candidate_costs_what_brute_force_says(problem, limit, data):
    weights, spans = problem
    eligible = [tuple(map(int, pair)) for pair in np.argwhere(weights > 0)]
    if not eligible:
        return
    pair = data.draw(st.sampled_from(eligible))
    optimum = solve(weights, spans, solver="exact", per_entity=limit[0], constraint=limit[1])
    found = force(weights, spans, pair, optimum, limit, [f"e{n}" for n in range(len(weights))])
    free, forced = best(weights, spans, *limit), best(weights, spans, *limit, among=lambda choice: pair in choice)
    if forced is None or forced[0] < free[0]:
        assert found.cost is None and found.reason.startswith("It would leave e")
    else:
        assert found.cost == pytest.approx(free[1] - forced[1], abs=1e-7)
        assert pair in found.solution and is_legal(found.solution, spans, 0)


@given(problems(most_entities=6, most_words=10))
def test_groups_share_no_word_and_lose_no_entity(problem):
    weights, spans = problem
    groups = [set(group.tolist()) for group in independent(weights, spans)]
    live = set(np.nonzero((weights > 0).any(axis=1))[0].tolist())
    assert set().union(*groups) == live and sum(map(len, groups)) == len(live)
    words = [
        {word for entity in group for start, end in spans[weights[entity] > 0] for word in range(start, end)}
        for group in groups
    ]
    assert all(not left & right for left, right in combinations(words, 2))


@given(problems(most_entities=6, most_words=12), CONSTRAINTS)
def test_greedy_is_legal_and_never_beats_exact(problem, limit):
    weights, spans = problem
    choice = solve(weights, spans, solver="greedy", per_entity=limit[0], constraint=limit[1])
    assert is_legal(choice, spans, 0 if limit[1] == "at least" else limit[0])
    assert all(weights[pair] > 0 for pair in choice)
    better = solve(weights, spans, solver="exact", per_entity=limit[0], constraint=limit[1])
    short, fewest = (lacking(found, weights, *limit).sum() for found in (choice, better))
    assert fewest <= short
    if fewest == short:
        assert value(choice, weights) <= value(better, weights) + 1e-9


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


@pytest.mark.parametrize("solver", ["greedy", "exact", "dynamic"])
def test_ties(solver):
    spans = ngrams(3).spans  # 0-1 0-2 0-3 1-2 1-3 2-3
    equal = np.full((2, len(spans)), 0.5)
    assert sorted(tuple(spans[c]) for _, c in solve(equal, spans, solver=solver)) == [(0, 1), (1, 2)]
    wide_or_right = np.array([[0.0, 0.0, 0.5, 0.0, 0.5, 0.5 + 1e-16]])  # equal up to rounding
    assert [tuple(spans[c]) for _, c in solve(wide_or_right, spans, solver=solver)] == [(2, 3)]
    assert [tuple(spans[c]) for _, c in solve(wide_or_right, spans, solver=solver, ties="leftmost")] == [(0, 3)]
    assert [tuple(spans[c]) for _, c in solve(wide_or_right, spans, solver=solver, ties="longer")] == [(0, 3)]
    assert [tuple(spans[c]) for _, c in solve(equal[:1], spans, solver=solver, ties="longer")] == [(0, 3)]
    assert [tuple(spans[c]) for _, c in solve(equal[:1], spans, solver=solver, ties="leftmost")] == [(0, 1)]
    hardly_better = np.array([[0.0, 0.0, 0.5, 0.0, 0.5, 0.500001]])
    assert [tuple(spans[c]) for _, c in solve(hardly_better, spans, solver=solver, ties="leftmost")] == [(2, 3)]


def test_greedy_can_lose_where_exact_does_not():
    spans = np.array([[0, 1], [0, 2], [1, 2]])
    weights = np.array([[0.6, 0.7, 0.0], [0.0, 0.0, 0.6]])
    assert greedy(weights, spans) == [(0, 1)]
    assert sorted(exact(weights, spans)) == [(0, 0), (1, 2)]


def test_at_least_one_lets_an_entity_take_several_and_exactly_one_places_the_weak():
    spans = np.array([[0, 1], [1, 2], [0, 2]])
    weights = np.array([[0.6, 0.6, 0.9], [0.0, 0.1, 0.0]])
    pairs = {
        constraint: sorted(solve(weights, spans, solver="exact", constraint=constraint))
        for constraint in ("at most", "exactly", "at least")
    }
    assert pairs == {"at most": [(0, 2)], "exactly": [(0, 0), (1, 1)], "at least": [(0, 0), (1, 1)]}
    assert sorted(solve(weights, spans, solver="exact", per_entity=2)) == [(0, 0), (0, 1)]


def test_as_many_as_possible_where_not_all_find_a_place():
    spans = np.array([[0, 1], [0, 2]])
    weights = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.0]])
    for solver in ("exact", "integer", "dynamic"):
        assert solve(weights, spans, solver=solver, constraint="exactly") == [(0, 0)]
    assert lacking([(0, 0)], weights, 1, "exactly").tolist() == [0, 1, 0]  # the third has no candidate at all


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
    with pytest.raises(ConfigurationError, match="at most once"):
        dynamic(many[:2], spans, 1, "at least")
    with pytest.raises(ConfigurationError, match=r"no solver 'gurobi'.*greedy"):
        solve(many, spans, solver="gurobi")
    with pytest.raises(ConfigurationError, match="constraint must be one of at most, exactly, at least, not 'about'"):
        solve(many, spans, constraint="about")
    for count in (-1, 1.5):
        with pytest.raises(ConfigurationError, match="a whole number of times"):
            solve(many, spans, per_entity=count)
    with pytest.raises(ConfigurationError, match="exactly 0"):
        solve(many, spans, per_entity=0, constraint="exactly")
    assert len(exact(many, spans)) == DYNAMIC_LIMIT + 1


def test_forty_entities_of_a_long_sentence():
    """Every entity prefers its own two words and knows its neighbours': one group of forty."""
    spans = ngrams(100, longest=10).spans
    middles, entities = (spans[:, 0] + spans[:, 1]) / 2, np.arange(40)[:, None]
    distance = np.abs(middles - (2 * entities + 1)) + np.abs(spans[:, 1] - spans[:, 0] - 2)
    weights = np.clip(1 - distance / 6, 0, None)
    for constraint in ("at most", "exactly"):
        chosen = solve(weights, spans, solver="exact", constraint=constraint)
        assert [tuple(spans[c]) for _, c in sorted(chosen)] == [(2 * n, 2 * n + 2) for n in range(40)]


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 200))
def test_ngrams_are_all_spans_up_to_the_length(words, longest, limit):
    spans, allowed = ngrams(words, longest=longest, limit=limit)
    assert [tuple(span) for span in spans] == [
        (start, end) for start in range(words) for end in range(start + 1, min(start + allowed, words) + 1)
    ]
    if words:
        assert allowed == min(longest or words, longest_within(words, limit))
        assert len(spans) <= max(limit, words)
