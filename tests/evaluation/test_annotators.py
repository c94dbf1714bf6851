"""Agreement of people: cases counted by hand; the oracles are scikit-learn (kappa) and seqeval (F1)."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score
from sklearn.metrics import cohen_kappa_score

from projection.evaluation import annotators
from projection.evaluation.annotators import Agreement, agreements, cohen_kappa, overlapping, tags_of
from projection.types import Entity, Sentence, Span

WORDS = [f"w{number}" for number in range(12)]


def sentence(*spans, words=WORDS):
    return Sentence.from_words(words, "pt", [Entity(Span(start, end), label) for start, end, label in spans])


@st.composite
def labelled(draw, words=WORDS):
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=8)))
    spans = [(start, end) for start, end in pairwise(cuts) if draw(st.booleans())]
    return sentence(*((start, end, draw(st.sampled_from(["PER", "LOC"]))) for start, end in spans))


corpora = st.lists(st.tuples(labelled(), labelled()), min_size=1, max_size=6)


def test_kappa_by_hand():
    """Cohen's own layout: 20 of 50 both yes, 15 both no, 5 and 10 differ; p = .7, e = .5, kappa = .4."""
    one = ["yes"] * 25 + ["no"] * 25
    other = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(one, other) == pytest.approx(0.4)


def test_kappa_where_it_is_not_defined():
    assert cohen_kappa([], []) is None
    assert cohen_kappa(["O", "O"], ["O", "O"]) is None  # scikit-learn: nan
    assert cohen_kappa(["O", "O"], ["O", "B-PER"]) == 0.0
    with pytest.raises(ValueError):
        cohen_kappa(["O"], ["O", "O"])


@given(st.lists(st.tuples(*[st.sampled_from(["O", "B-PER", "I-PER", "B-LOC"])] * 2), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(pairs):
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    ours = cohen_kappa(one, other)
    if len({*one, *other}) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(cohen_kappa_score(one, other))


@given(corpora)
def test_figures_of_a_corpus_are_those_of_scikit_learn_and_seqeval(pairs):
    found = Agreement("Ana", "Rui", tuple(pairs))
    left, right = ([tags_of(pair[side]) for pair in pairs] for side in (0, 1))
    if any(tag != "O" for tags in left for tag in tags) or any(tag != "O" for tags in right for tag in tags):
        assert found.f1 == pytest.approx(f1_score(right, left, zero_division=0))
    else:
        assert found.f1 == 1.0
    flat = [[tag for tags in side for tag in tags] for side in (left, right)]
    _same(found.kappa, flat)
    named = [pair for pair in zip(*flat, strict=True) if pair != ("O", "O")]
    _same(found.kappa_names, [[pair[side] for pair in named] for side in (0, 1)])
    for one in found.labels():
        _same(one.kappa, [[tag.endswith(f"-{one.label}") for tag in side] for side in flat])


def _same(ours, sides):
    if ours is None:
        assert len({*sides[0], *sides[1]}) <= 1
    else:
        assert ours == pytest.approx(cohen_kappa_score(*sides))


def test_the_trap_of_the_o_class():
    """One name each in 12 words, never the same one: kappa of all words is far above that of the names."""
    pairs = tuple((sentence((0, 1, "PER")), sentence((6, 7, "PER"))) for _ in range(10))
    found = Agreement("Ana", "Rui", pairs)
    assert found.f1 == 0.0
    assert found.kappa == pytest.approx(1 - (2 / 12) / (2 * 11 / 144))  # p = 10/12, e = (121 + 1)/144
    assert found.kappa_names == pytest.approx(-1.0)
    longer = tuple((sentence((0, 1, "PER"), (2, 3, "LOC")), sentence((0, 1, "PER"), (4, 5, "LOC"))) for _ in range(10))
    found = Agreement("Ana", "Rui", longer)
    assert found.kappa > 0.4 and found.f1 == 0.5 and found.kappa_names < 0.2


@given(corpora)
def test_it_does_not_matter_who_comes_first(pairs):
    there = Agreement("Ana", "Rui", tuple(pairs))
    back = Agreement("Rui", "Ana", tuple((right, left) for left, right in pairs))
    for figure in ("f1", "partial", "kappa", "kappa_names"):
        mine, theirs = getattr(there, figure), getattr(back, figure)
        assert mine == theirs or mine == pytest.approx(theirs)


@pytest.mark.parametrize(
    "one, other, shared",
    [
        ([], [], 0),
        ([(0, 3, "PER")], [(1, 2, "PER")], 1),
        ([(0, 3, "PER")], [(1, 2, "LOC")], 0),
        ([(0, 3, "PER")], [(3, 4, "PER")], 0),  # borders that touch share no word
        ([(0, 6, "PER")], [(0, 2, "PER"), (3, 5, "PER")], 1),  # each span once
        ([(0, 3, "PER"), (3, 6, "PER")], [(2, 4, "PER"), (5, 6, "PER")], 2),
    ],
)
def test_overlapping_spans(one, other, shared):
    assert overlapping(sentence(*one).entities, sentence(*other).entities) == shared


@given(labelled(), labelled())
def test_overlapping_finds_the_most_pairs(one, other):
    short, long = sorted((one.entities, other.entities), key=len)
    best = max(
        sum(a.label == b.label and a.span.overlaps(b.span) for a, b in zip(short, order, strict=False))
        for order in permutations(long, len(short))
    )
    assert overlapping(one.entities, other.entities) == best


def test_per_label():
    found = Agreement("Ana", "Rui", ((sentence((0, 2, "PER"), (4, 5, "LOC")), sentence((0, 2, "PER"), (4, 6, "LOC"))),))
    by_label = {one.label: one for one in found.labels()}
    assert list(by_label) == ["LOC", "PER"]
    assert by_label["PER"].counts.f1 == 1.0 and by_label["PER"].kappa == 1.0
    assert by_label["LOC"].counts.f1 == 0.0
    # 11 of 12 words the same; by chance 1/12 * 2/12 + 11/12 * 10/12 = 112/144
    assert by_label["LOC"].kappa == pytest.approx((11 / 12 - 112 / 144) / (1 - 112 / 144))
    assert [one.label for one in found.labels(1)] == ["LOC"]
    assert found.partial == 1.0 and found.f1 == 0.5


def test_every_two_people_on_what_both_finished():
    mine, same, other = sentence((0, 1, "PER")), sentence((0, 1, "PER")), sentence((3, 4, "LOC"))
    joined = sentence((0, 1, "PER"), words=["w0w1", *WORDS[2:]])
    rows = [
        {"Ana": mine, "Rui": same, "Eva": other},
        {"Ana": mine, "Rui": joined},
        {"Ana": mine},
        {"Eva": other, "Nobody": mine},
    ]
    found = agreements(rows, ["Rui", "Ana", "Eva"])
    assert [(one.one, one.other, one.sentences, one.reworded) for one in found] == [
        ("Rui", "Ana", 1, 1),
        ("Rui", "Eva", 1, 0),
        ("Ana", "Eva", 1, 0),
    ]
    assert [one.f1 for one in found] == [1.0, 0.0, 0.0]
    assert annotators.mean(found, "f1") == pytest.approx(1 / 3)
    assert agreements([], ["Ana", "Rui"]) == [] and annotators.mean([], "kappa") is None


def test_nothing_but_other_words_gives_no_figure():
    (found,) = agreements([{"Ana": sentence(), "Rui": sentence(words=["x"])}], ["Ana", "Rui"])
    assert (found.sentences, found.reworded) == (0, 1)
    assert found.f1 is found.partial is found.kappa is found.kappa_names is None
    assert all(found.interval(figure) is None for figure in ("f1", "partial", "kappa", "kappa_names"))


FIGURES = ("f1", "partial", "kappa", "kappa_names")


@pytest.mark.parametrize("figure", FIGURES)
def test_intervals_are_those_of_drawing_sentences_again(figure):
    """The oracle draws the same sentences and computes the figure anew, as the definition says."""
    generator = np.random.default_rng(3)
    kinds = [
        (sentence((0, 2, "PER")), sentence((0, 2, "PER"))),
        (sentence((0, 2, "PER"), (5, 6, "LOC")), sentence((0, 1, "PER"))),
        (sentence(), sentence((7, 8, "LOC"))),
        (sentence(), sentence()),
    ]
    pairs = tuple(kinds[number] for number in generator.integers(4, size=20))
    found = Agreement("Ana", "Rui", pairs)
    interval = found.interval(figure, samples=60, seed=7)
    draws = np.random.default_rng(7).multinomial(20, np.full(20, 1 / 20), size=60)
    again = []
    for draw in draws:
        sample = tuple(pair for pair, times in zip(pairs, draw, strict=True) for _ in range(times))
        value = getattr(Agreement("Ana", "Rui", sample), figure)
        again += [] if value is None else [value]
    low, high = np.quantile(again, [0.025, 0.975])
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))
    assert interval.low <= getattr(found, figure) <= interval.high
    assert interval == found.interval(figure, samples=60, seed=7)


def test_intervals_of_too_little():
    one = Agreement("Ana", "Rui", ((sentence((0, 1, "PER")), sentence((0, 1, "PER"))),))
    assert one.interval("f1") is None
    empty = Agreement("Ana", "Rui", ((sentence(), sentence()),) * 3)
    assert empty.kappa is None and empty.interval("kappa") is None and empty.interval("kappa_names") is None
    assert (empty.interval("f1").low, empty.f1) == (1.0, 1.0)
    with pytest.raises(ValueError, match="speed"):
        empty.interval("speed")


def test_labels_no_column_could_hold_and_sentences_without_words():
    strange = sentence((0, 2, "a label"), (3, 4, "\tx"))
    assert Agreement("Ana", "Rui", ((strange, strange),)).kappa == 1.0
    nothing = sentence(words=[])
    found = Agreement("Ana", "Rui", ((nothing, nothing), (nothing, nothing)))
    assert found.kappa is None and found.interval("kappa") is None and found.f1 == 1.0
