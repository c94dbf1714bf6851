"""Illegal labels under both repair rules give the figures of seqeval in its two modes, and of seqscore."""

from __future__ import annotations

import warnings
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import classification_report, f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities
from seqscore.scoring import score_label_sequences

from projection.evaluation.counts import Counts, count
from projection.evaluation.scores import Scores
from projection.evaluation.study import Found, Item, Study, Tables
from projection.text.schemes import decode
from projection.types import Sentence

MODES = {"conlleval": {}, "discard": {"mode": "strict", "scheme": IOB2}}
TAGS = ["O", "B-PER", "I-PER", "B-ORG-X", "I-ORG-X"]


@st.composite
def corpora(draw):
    """(predicted tags, gold tags) of some sentences: any order of labels, legal or not."""
    lengths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=5))
    tags = st.sampled_from(draw(st.sampled_from([TAGS, TAGS[:3], ["O"]])))
    return [tuple(draw(st.lists(tags, min_size=size, max_size=size)) for _ in "pg") for size in lengths]


def scores_of(corpus, repair):
    return Scores(tuple(count(*(decode(tags, "IOB2", repair)[0] for tags in pair)) for pair in corpus))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("repair", MODES)
@given(corpus=corpora())
def test_figures_are_those_of_seqeval(repair, corpus):
    predicted, gold = ([list(pair[side]) for pair in corpus] for side in (0, 1))
    ours, mode = scores_of(corpus, repair), {"zero_division": 0, **MODES[repair]}
    assert ours.overall.precision == pytest.approx(precision_score(gold, predicted, **mode))
    assert ours.overall.recall == pytest.approx(recall_score(gold, predicted, **mode))
    assert ours.overall.f1 == pytest.approx(f1_score(gold, predicted, **mode))
    if ours.labels:
        report = classification_report(gold, predicted, output_dict=True, **mode)
        rows = {label: row for label, row in report.items() if not label.endswith(" avg")}
        assert rows.keys() == ours.labels.keys()
        for label, row in rows.items():
            counts = ours.labels[label]
            expected = [row[name] for name in ("precision", "recall", "f1-score", "support")]
            assert [counts.precision, counts.recall, counts.f1, counts.gold] == pytest.approx(expected)


@pytest.mark.parametrize("repair", MODES)
@given(corpus=corpora())
def test_counts_are_those_of_seqscore(repair, corpus):
    theirs, _ = score_label_sequences(*([pair[side] for pair in corpus] for side in (0, 1)), "BIO", repair=repair)
    ours = scores_of(corpus, repair)
    assert ours.overall == Counts(theirs.true_pos, theirs.false_pos, theirs.false_neg)
    assert ours.labels == {
        label: Counts(one.true_pos, one.false_pos, one.false_neg) for label, one in theirs.type_scores.items()
    }


def test_every_sequence_of_four_labels_is_read_as_seqeval_reads_it():
    for size in range(1, 5):
        for tags in map(list, product(TAGS, repeat=size)):
            lenient, strict = (
                {(one.label, one.span.start, one.span.end) for one in decode(tags, "IOB2", repair)[0]}
                for repair in ("conlleval", "discard")
            )
            assert lenient == {(label, start, end + 1) for label, start, end in get_entities(tags)}
            assert strict == {(one.tag, one.start, one.end) for one in Entities([tags], IOB2).entities[0]}


@pytest.mark.filterwarnings("ignore")
def test_where_seqeval_reads_otherwise():
    """Labels of no scheme, and types with a hyphen at an end: as documented at REPAIRS."""
    for tag, read in (("PER", "ER"), ("I", "_"), ("b-PER", "PER")):
        assert get_entities([tag]) == [(read, 0, 0)]
        assert decode([tag], "IOB2", "conlleval")[0] == ()
    with pytest.raises(KeyError):
        Entities([["PER"]], IOB2)
    assert [one.tag for one in Entities([["B-PER-"]], IOB2).entities[0]] == ["PER"]
    assert [one.label for one in decode(["B-PER-"], "IOB2", "discard")[0]] == ["PER-"]
    assert get_entities(["B-PER-"]) == [("PER-", 0, 0)]


@pytest.mark.parametrize(
    ("predicted", "gold", "figures"),
    [  # precision, recall and F1 by hand; nothing to divide by is 0, as in conlleval
        ([], [], (0, 0, 0)),
        (["O"], ["O"], (0, 0, 0)),
        (["B-PER"], ["O"], (0, 0, 0)),
        (["O"], ["B-PER"], (0, 0, 0)),
        (["B-PER"], ["B-PER"], (1, 1, 1)),
        (["B-PER"], ["B-ORG"], (0, 0, 0)),
    ],
)
@pytest.mark.parametrize("match", ["exact", "type", "span", "partial"])
def test_degenerate_data_is_scored_without_warnings(predicted, gold, figures, match):
    found, reference = (decode(tags, "IOB2")[0] for tags in (predicted, gold))
    item = Item(Sentence.from_words(["x"] * len(gold), entities=reference))
    study = Study(
        (item,) if gold else (), {"one": (Found(found),) if gold else (), "two": (Found(()),) if gold else ()}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = Scores(tuple(study.rows("one", match)), lengths=(len(gold),) * len(study.items))
        interval, tables = scores.interval(), Tables(study, match)
        intervals, apart = tables.intervals(samples=10), tables.difference("one", "two")
        scores.by_length(), scores.to_dict(), tables.by_label()
    if match in ("exact", "type") or predicted[:1] == gold[:1]:
        assert (scores.overall.precision, scores.overall.recall, scores.overall.f1) == figures
    assert interval.low == interval.high == intervals["one", None].low == tables.overall()["one"].f1 == apart.value
