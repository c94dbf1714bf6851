"""The scores of the literature against their formulas, written out loop by loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.matching.candidates import ngrams
from projection.matching.scores import LinkScores, certain, cosine_scores, labels_of, ner_scores
from projection.types import Alignment, Entity, LabelProbabilities, Similarity, Span

WORDS = 5


@given(st.sets(st.tuples(st.integers(0, WORDS - 1), st.integers(0, WORDS - 1))), st.integers(0, 3), st.integers(1, 2))
def test_link_scores_are_the_published_formulas(links, start, length):
    entities = [Span(start, start + length), Span(0, WORDS)]
    spans = ngrams(WORDS).spans
    scores = LinkScores(Alignment(frozenset(links), WORDS, WORDS), entities)
    raw, dice = (scores.totals(spans, kind) for kind in ("raw", "dice"))
    for row, entity in enumerate(entities):
        for column, (begin, end) in enumerate(spans.tolist()):
            inside = {(i, j) for i, j in links if i in entity and begin <= j < end}
            size = len(entity) + end - begin
            assert raw[row, column] == pytest.approx(2 * len(inside) / size)
            aligned = len({i for i, _ in inside}) + len({j for _, j in inside})
            assert dice[row, column] == pytest.approx(aligned / size)
            span = Span(begin, end)
            assert scores.dice(row, span) == pytest.approx(aligned / size)
            parts = scores.parts(row, span)
            assert parts["links"] == len(inside)
            harmonic = parts["covered"] * len(entity) + parts["pure"] * (end - begin)
            assert harmonic / size == pytest.approx(aligned / size)
    assert dice.max(initial=0) <= 1


def test_the_raw_score_of_two_words_fully_linked_to_two_is_two():
    scores = LinkScores(Alignment(frozenset({(0, 0), (0, 1), (1, 0), (1, 1)}), 2, 2), [Span(0, 2)])
    assert scores.totals(np.array([[0, 2]]), "raw").tolist() == [[2.0]]
    assert scores.totals(np.array([[0, 2]]), "dice").tolist() == [[1.0]]


TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@given(st.lists(st.lists(st.integers(1, 9), min_size=5, max_size=5), min_size=1, max_size=5), st.booleans())
def test_ner_scores_are_the_formula_of_the_thesis(rows, own_label):
    matrix = np.array(rows, np.float32)
    matrix /= matrix.sum(axis=1, keepdims=True)
    spans, alpha, least = ngrams(len(rows)).spans, 1.15, 0.05
    labels = ["PER", "LOC", "ORG"] if own_label else [None]
    scores = ner_scores(LabelProbabilities(TAGS, matrix), labels, spans, alpha, least)

    def by_hand(label, start, end):
        begin, inside = TAGS.index(f"B-{label}"), TAGS.index(f"I-{label}")
        values = [matrix[start, begin], *(matrix[word, inside] for word in range(start + 1, end))]
        path = [begin, *[inside] * (end - start - 1)]
        bonus = alpha ** (end - start - 1) if matrix[start:end].argmax(axis=1).tolist() == path else 1
        score = float(np.mean(np.array(values, float))) * bonus
        return score if score > least else 0.0

    for column, (start, end) in enumerate(spans.tolist()):
        found = {label: by_hand(label, start, end) for label in ("PER", "LOC")}
        expected = [found["PER"], found["LOC"], 0.0] if own_label else [max(found.values())]
        assert scores[:, column] == pytest.approx(expected, abs=1e-6)


def test_the_whole_name_beats_its_parts():
    # alpha > 1 + (1 - M) / (1 + M) is the bound of the thesis; here the model is quite sure
    matrix = np.array([[0.02, 0.9, 0.02, 0.02, 0.04], [0.03, 0.02, 0.9, 0.02, 0.03], [0.9, 0.02, 0.04, 0.02, 0.02]])
    spans = ngrams(3).spans
    scores = ner_scores(LabelProbabilities(TAGS, matrix.astype(np.float32)), ["PER"], spans, 1.15, 0.05)[0]
    assert spans[scores.argmax()].tolist() == [0, 2]
    assert scores.max() == pytest.approx(0.9 * 1.15, abs=1e-6)


def test_entities_without_probabilities_count_as_certain():
    probabilities = certain([Entity(Span(1, 3), "PER"), Entity(Span(3, 4), "LOC")], 5)
    assert probabilities.tags == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    likeliest = [probabilities.tags[tag] for tag in probabilities.matrix.argmax(axis=1)]
    assert likeliest == ["O", "B-PER", "I-PER", "B-LOC", "O"]
    assert labels_of(probabilities) == ["LOC", "PER"]
    assert probabilities.matrix.sum(axis=1).tolist() == [1] * 5
    assert ner_scores(certain([], 2), [None, "PER"], ngrams(2).spans, 1.15, 0.05).tolist() == [[0] * 3] * 2


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 5))
def test_cosine_scores_are_the_formula(seed, sources, targets):
    random = np.random.default_rng(seed)
    source_words = np.sort(random.integers(0, sources, sources + 1))
    target_words = np.sort(random.integers(0, targets, targets + 1))
    matrix = random.uniform(-1, 1, (len(source_words), len(target_words))).astype(np.float32)
    ones = np.ones(len(source_words), np.float32), np.ones(len(target_words), np.float32)
    similarity = Similarity(matrix, source_words, target_words, sources, targets, *ones)
    spans, entities = ngrams(targets).spans, [Span(0, 1), Span(0, sources)]
    scores = cosine_scores(similarity, entities, spans)
    for row, entity in enumerate(entities):
        for column, (start, end) in enumerate(spans.tolist()):
            of_entity = np.isin(source_words, range(entity.start, entity.end))
            block = matrix[np.ix_(of_entity, (target_words >= start) & (target_words < end))]
            if not block.size:
                assert np.isnan(scores[row, column])
            else:
                expected = max(block.max(axis=1).mean(), block.max(axis=0).mean())
                assert scores[row, column] == pytest.approx(expected, abs=1e-5)


def test_no_words_no_scores():
    empty = Similarity(np.zeros((0, 0), np.float32), np.zeros(0, int), np.zeros(0, int), 1, 0, np.zeros(0), np.zeros(0))
    assert cosine_scores(empty, [Span(0, 1)], ngrams(0).spans).shape == (1, 0)
    assert LinkScores(Alignment(frozenset(), 1, 0), [Span(0, 1)]).totals(ngrams(0).spans, "dice").shape == (1, 0)
    nobody = ner_scores(certain([], 0), ["PER"], ngrams(0).spans, 1.15, 0.05)
    assert nobody.shape == (1, 0)
