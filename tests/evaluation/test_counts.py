"""Counts and rates; the oracles are seqeval, nervaluate and seqscore."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.evaluation.counts import Counts, count, total
from projection.evaluation.scores import Scores
from projection.types import Entity, Span

LABELS = ("PER", "ORG", "LOC")


@st.composite
def tag_sequences(draw, length):
    """IOB2 tags and the entities they stand for, built side by side from pieces."""
    tags, entities, position = [], [], 0
    while position < length:
        size = draw(st.integers(1, min(4, length - position)))
        label = draw(st.sampled_from((*LABELS, None)))
        if label is None:
            tags += ["O"] * size
        else:
            tags += [f"B-{label}", *[f"I-{label}"] * (size - 1)]
            entities.append(Entity(Span(position, position + size), label))
        position += size
    return tags, tuple(entities)


@st.composite
def corpora(draw):
    """Sentences as (predicted, gold), each (tags, entities), of equal lengths."""
    lengths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=6))
    return [(draw(tag_sequences(length)), draw(tag_sequences(length))) for length in lengths]


def scores_of(corpus):
    return Scores(tuple(count(predicted[1], gold[1]) for predicted, gold in corpus))


@pytest.mark.filterwarnings("ignore")
@given(corpora())
def test_equal_to_seqeval(corpus):
    from seqeval.metrics import classification_report, f1_score, precision_score, recall_score

    gold, predicted = [gold[0] for _, gold in corpus], [predicted[0] for predicted, _ in corpus]
    ours = scores_of(corpus)
    assert ours.overall.precision == pytest.approx(precision_score(gold, predicted, zero_division=0))
    assert ours.overall.recall == pytest.approx(recall_score(gold, predicted, zero_division=0))
    assert ours.overall.f1 == pytest.approx(f1_score(gold, predicted, zero_division=0))
    if any(entities for pair in corpus for _, entities in pair):
        report = classification_report(gold, predicted, output_dict=True, zero_division=0)
        per_label = {label: row for label, row in report.items() if not label.endswith(" avg")}
        assert set(per_label) == set(ours.labels)
        for label, row in per_label.items():
            assert ours.labels[label].f1 == pytest.approx(row["f1-score"])
            assert ours.labels[label].gold == row["support"]


@given(corpora())
def test_equal_to_nervaluate(corpus):
    from nervaluate.evaluator import Evaluator

    gold, predicted = [gold[0] for _, gold in corpus], [predicted[0] for predicted, _ in corpus]
    report = Evaluator(gold, predicted, tags=list(LABELS), loader="list").evaluate()
    strict = report["overall"]["strict"]
    ours = scores_of(corpus).overall
    assert (ours.found, ours.predicted, ours.gold) == (strict.correct, strict.actual, strict.possible)


@given(corpora())
def test_equal_to_seqscore(corpus):
    from seqscore.scoring import score_label_sequences

    predicted, gold = [predicted[0] for predicted, _ in corpus], [gold[0] for _, gold in corpus]
    theirs, _ = score_label_sequences(predicted, gold, "BIO", repair=None)
    assert scores_of(corpus).overall == Counts(theirs.true_pos, theirs.false_pos, theirs.false_neg)


@pytest.mark.parametrize(
    ("counts", "precision", "recall", "f1"),
    [  # by hand
        (Counts(), 0, 0, 0),
        (Counts(found=1), 1, 1, 1),
        (Counts(spurious=2), 0, 0, 0),
        (Counts(missed=2), 0, 0, 0),
        (Counts(found=3, spurious=1, missed=3), 0.75, 0.5, 0.6),
    ],
)
def test_rates(counts, precision, recall, f1):
    assert (counts.precision, counts.recall, counts.f1) == pytest.approx((precision, recall, f1))


def test_same_span_with_another_label_is_spurious_and_missed():
    row = count([Entity(Span(0, 2), "ORG")], [Entity(Span(0, 2), "PER")])
    assert row == {"ORG": Counts(spurious=1), "PER": Counts(missed=1)}


def test_scores_and_origins_of_entities_do_not_matter():
    assert count([Entity(Span(0, 2), "PER", 0.3, "projected")], [Entity(Span(0, 2), "PER")]) == {"PER": Counts(1)}


def test_labels_restrict_both_sides():
    predicted, gold = [Entity(Span(0, 1), "MISC"), Entity(Span(2, 3), "PER")], [Entity(Span(4, 5), "MISC")]
    assert count(predicted, gold, ["PER"]) == {"PER": Counts(spurious=1)}


@given(corpora())
def test_corpus_counts_are_the_sum_of_sentence_counts(corpus):
    together = total(count(predicted[1], gold[1]) for predicted, gold in corpus)
    for label in LABELS:
        expected = [sum(entity.label == label for pair in corpus for entity in pair[side][1]) for side in (0, 1)]
        counts = together.get(label, Counts())
        assert [counts.predicted, counts.gold] == expected


def test_interval_is_reproducible_and_holds_the_score():
    generator = numpy.random.default_rng(7)
    rows = tuple({"PER": Counts(int(found), 1, 1)} for found in generator.integers(0, 6, 300))
    scores = Scores(rows)
    first = scores.interval(seed=3)
    assert first == scores.interval(seed=3) != scores.interval(seed=4)
    assert first.low < scores.overall.f1 < first.high


def test_interval_width_is_that_of_the_normal_approximation():
    """One entity a sentence, half of them found: F1 = accuracy, so the width is 2 * 1.96 * sqrt(p q / n)."""
    rows = tuple({"PER": Counts(found=1) if index % 2 else Counts(spurious=1, missed=1)} for index in range(400))
    interval = Scores(rows).interval(samples=2000)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * (0.25 / 400) ** 0.5, rel=0.1)


def test_interval_of_nothing_is_nothing():
    assert (Scores(()).interval().low, Scores(()).interval().high) == (0, 0)
    assert Scores(({}, {})).interval().high == 0


# other matches than the exact one -----------------------------------------------------------------------

NERVALUATE = {"exact": "strict", "type": "ent_type", "span": "exact", "partial": "partial"}


@st.composite
def loosely_alike(draw):
    """Gold, and a prediction in which each entity overlaps one gold entity at most, where nothing is to be chosen."""
    gold, found, start = [], [], 0
    for _ in range(draw(st.integers(0, 4))):
        start += draw(st.integers(0, 2))
        length = draw(st.integers(1, 4))
        gold.append(Entity(Span(start, start + length), draw(st.sampled_from(["PER", "ORG"]))))
        if draw(st.booleans()):
            first = draw(st.integers(start, start + length - 1))
            last = draw(st.integers(first + 1, start + length))
            found.append(Entity(Span(first, last), draw(st.sampled_from(["PER", "ORG"]))))
        start += length
    return found, gold


@given(st.lists(loosely_alike(), min_size=1, max_size=4))
def test_the_four_ways_to_match_are_those_of_nervaluate(corpus):
    from nervaluate import Evaluator

    def spans(side):
        return [[{"label": e.label, "start": e.span.start, "end": e.span.end - 1} for e in one] for one in side]

    theirs = Evaluator(spans(gold for _, gold in corpus), spans(found for found, _ in corpus), ["PER", "ORG"], "dict")
    told = theirs.evaluate()["overall"]
    for match, name in NERVALUATE.items():
        counts = sum((one for found, gold in corpus for one in count(found, gold, match=match).values()), Counts())
        assert counts.precision == pytest.approx(told[name].precision), match
        assert counts.recall == pytest.approx(told[name].recall), match


@given(loosely_alike(), loosely_alike())
def test_no_match_is_stricter_than_the_exact_one(one, other):
    for found, gold in ((one[0], other[0]), (one[1], other[1])):
        sums = {match: sum(count(found, gold, match=match).values(), Counts()) for match in NERVALUATE}
        assert (
            sums["exact"].found <= min(sums["type"].found, sums["span"].found)
            and sums["span"].found <= sums["partial"].found
        )
        for counts in sums.values():
            assert (counts.predicted, counts.gold) == (sums["partial"].predicted, sums["partial"].gold)


def test_entities_that_share_words_are_paired_so_that_most_is_found():
    gold = [Entity(Span(0, 2), "PER"), Entity(Span(2, 4), "PER")]
    found = [Entity(Span(0, 3), "PER"), Entity(Span(0, 1), "PER")]
    assert count(found, gold, match="type") == {"PER": Counts(2)}
    assert count(found, gold, match="partial") == {"": Counts(1, 1, 1)}
