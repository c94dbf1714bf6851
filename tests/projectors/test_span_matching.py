"""Soft span matching: the formula by hand, its invariants, its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from projection.alignment.posterior import soft_links
from projection.errors import ConfigurationError
from projection.matching.candidates import ngrams
from projection.projectors.span_matching import SpanMatching, score_spans
from projection.types import Alignment, Bitext, Entity, Sentence, Similarity, Span


def similarity(matrix, source_words=None, target_words=None):
    matrix = np.asarray(matrix, np.float32)
    source = np.arange(matrix.shape[0]) if source_words is None else np.array(source_words)
    target = np.arange(matrix.shape[1]) if target_words is None else np.array(target_words)
    ones = np.ones(matrix.shape[0], np.float32), np.ones(matrix.shape[1], np.float32)
    return Similarity(matrix, source, target, int(source.max()) + 1, int(target.max()) + 1, *ones)


def test_soft_links_by_hand():
    # rows: words 0 (two sub-words) and 1; columns: words 0 and 1 (two sub-words); log-odds chosen so that
    # exp(s) is a small integer
    odds = np.array([[1, 2, 1], [3, 1, 0.5], [1, 1, 2]])
    result = soft_links(similarity(np.log(odds) * 0.1, [0, 0, 1], [0, 1, 1]), temperature=0.1)
    forward = odds / odds.sum(axis=1, keepdims=True)
    backward = odds / odds.sum(axis=0, keepdims=True)
    expected = [
        [
            np.sqrt((forward[0, 0] + forward[1, 0]) / 2 * (backward[0, 0] + backward[1, 0])),
            np.sqrt((forward[0, 1:].sum() + forward[1, 1:].sum()) / 2 * backward[:2, 1:].sum() / 2),
        ],
        [np.sqrt(forward[2, 0] * backward[2, 0]), np.sqrt(forward[2, 1:].sum() * backward[2, 1:].sum() / 2)],
    ]
    assert result == pytest.approx(np.array(expected), rel=1e-5)


def test_words_without_sub_words_have_no_mass():
    matrix = similarity(np.eye(2), [0, 2], [1, 3])
    links = soft_links(matrix)
    assert links.shape == (3, 4)
    assert not links[1].any() and not links[:, [0, 2]].any()
    assert links[0, 1] == pytest.approx(1, abs=1e-6)


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(0, 1)))
def test_scores_are_dice_of_mass(links):
    entities = [Span(0, 1), Span(0, links.shape[0])]
    spans = ngrams(links.shape[1]).spans
    scored = score_spans(links, entities, spans)
    for index, entity in enumerate(entities):
        for candidate, (start, end) in enumerate(spans):
            inside = links[entity.start : entity.end, start:end].sum()
            whole = links[entity.start : entity.end].sum() + links[:, start:end].sum()
            expected = 2 * inside / whole if whole > 1e-12 else 0.0
            assert scored.totals[index, candidate] == pytest.approx(expected, abs=1e-9)
            parts = scored.parts(index, candidate)
            covered, pure = parts["covered"], parts["pure"]
            if covered + pure > 1e-6:
                assert 2 * covered * pure / (covered + pure) == pytest.approx(expected, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 300), st.sampled_from([0.005, 0.03, 0.2]))
@settings(max_examples=30, deadline=None)
def test_mass_and_scores_of_long_sentences_stay_in_range(seed, rows, columns, temperature):
    """F sums to 1 over targets and R over sources, both are at most 1: so do and are the squares of P."""
    random = np.random.default_rng(seed)
    matrix = random.uniform(-1, 1, (rows, columns)).astype(np.float32)
    source_words, target_words = (np.sort(random.integers(0, size, size)) for size in (rows, columns))
    evidence = Similarity(matrix, source_words, target_words, rows, columns, np.ones(rows), np.ones(columns))
    links = soft_links(evidence, temperature)
    assert links.min() >= 0 and links.max() <= 1 + 1e-12
    assert (links**2).sum(axis=1).max() <= 1 + 1e-9 and (links**2).sum(axis=0).max() <= 1 + 1e-9
    back = Similarity(matrix.T, target_words, source_words, columns, rows, np.ones(columns), np.ones(rows))
    np.testing.assert_allclose(soft_links(back, temperature), links.T, atol=1e-12)
    entities = [Span(0, 1), Span(0, rows)]
    spans = ngrams(columns, limit=2000).spans
    scored = score_spans(links, entities, spans)
    assert scored.totals.min() >= 0 and scored.totals.max() <= 1
    for candidate in (0, len(spans) - 1):
        assert all(0 <= value <= 1 for value in scored.parts(1, candidate).values())


SOURCE = Sentence.from_words(["The", "European", "Union", "met", "Merkel"], "en",
                             [Entity(Span(1, 3), "ORG"), Entity(Span(4, 5), "PER")])  # fmt: skip
TARGET = Sentence.from_words(["La", "Unión", "Europea", "se", "reunió", "con", "Merkel"], "es")
LINKS = Alignment(frozenset({(0, 0), (1, 2), (2, 1), (3, 4), (4, 6)}), 5, 7)


@pytest.mark.parametrize("solver", ["greedy", "exact"])
def test_given_links_are_followed(solver):
    (result,) = SpanMatching(solver=solver).project([Bitext(SOURCE, TARGET, LINKS)])
    assert [(TARGET.text_of(e.span), e.label, e.score) for e in result.entities] == [
        ("Unión Europea", "ORG", 1.0),
        ("Merkel", "PER", 1.0),
    ]
    assert not result.unprojected


def test_an_entity_without_links_says_so():
    links = Alignment(LINKS.links - {(4, 6)}, 5, 7)
    (result,) = SpanMatching().project([Bitext(SOURCE, TARGET, links)])
    assert [(missing.entity_index, missing.reason) for missing in result.unprojected] == [
        (1, "No word of the entity is linked")
    ]


def test_very_long_sentences_are_cut_and_it_is_said():
    words = 2000
    long = Sentence.from_words([f"w{n}" for n in range(words)], "de")
    source = Sentence.from_words([f"s{n}" for n in range(words)], "en", [Entity(Span(1500, 1502), "PER")])
    links = Alignment(frozenset((n, n) for n in range(words)), words, words)
    (result,) = SpanMatching().project([Bitext(source, long, links)])
    assert [entity.span for entity in result.entities] == [Span(1500, 1502)]
    assert len(result.decisions) <= 100_000
    assert "2000 words: only spans of up to 50 words" in result.warnings[0]


def test_settings_are_checked():
    with pytest.raises(ConfigurationError, match="threshold must be between 0 and 1, not 2"):
        SpanMatching(threshold=2)
    with pytest.raises(ConfigurationError, match="longest must be at least 0, not -1"):
        SpanMatching(longest=-1)
    with pytest.raises(ConfigurationError, match="max_candidates must be at least 1, not 0"):
        SpanMatching(max_candidates=0)
    with pytest.raises(ConfigurationError, match=r"span-matching: there is no solver 'gurobi'"):
        SpanMatching(solver="gurobi")
    with pytest.raises(ConfigurationError, match="needs an alignment"):
        SpanMatching().project([Bitext(SOURCE, TARGET)])


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf")])
def test_a_temperature_that_would_empty_or_blur_every_link_is_refused(temperature):
    with pytest.raises(ConfigurationError, match="temperature must be a number above 0"):
        SpanMatching(temperature=temperature)


def test_every_stage_is_shown():
    (result,) = SpanMatching().project([Bitext(SOURCE, TARGET, LINKS)])
    mass, candidates, matching = result.steps
    assert mass.rows == (
        ("European Union ORG", "Unión", 1, 1.0, 0.5),
        ("European Union ORG", "Europea", 2, 1.0, 0.5),
        ("Merkel PER", "Merkel", 6, 1.0, 1.0),
    )
    assert candidates.note == "n-gram: 28 spans, 56 scores; the best 5 of each entity are shown."
    assert len(candidates.rows) == 10
    assert matching.note.startswith("Greedy: 2 of 2 entities placed, sum 1.600 (each score less 0.2), the greatest")
    assert [row[1] for row in matching.rows] == ["Unión Europea", "Merkel"]
