"""Reading a model's tags, label maps and trimming."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.models.labels import (
    format_label_map,
    iob2_probabilities,
    likeliest_iob2,
    map_label,
    parse_label_map,
    spans_of,
    trim,
)
from projection.types import Span


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-PER I-PER O B-LOC", [(0, 2, "PER"), (3, 4, "LOC")]),
        ("I-PER I-PER O I-LOC", [(0, 2, "PER"), (3, 4, "LOC")]),
        ("I-PER B-PER I-PER", [(0, 1, "PER"), (1, 3, "PER")]),
        ("B-PER B-PER", [(0, 1, "PER"), (1, 2, "PER")]),
        ("I-PER I-LOC", [(0, 1, "PER"), (1, 2, "LOC")]),
        ("B-PER E-PER S-LOC S-LOC", [(0, 2, "PER"), (2, 3, "LOC"), (3, 4, "LOC")]),
        ("B-PER L-PER U-LOC I-LOC", [(0, 2, "PER"), (2, 3, "LOC"), (3, 4, "LOC")]),
        ("O E-PER I-PER O", [(1, 2, "PER"), (2, 3, "PER")]),
        ("PER PER LOC O", [(0, 2, "PER"), (2, 3, "LOC")]),
        ("B_PER I_PER", [(0, 2, "PER")]),
        ("", []),
    ],
)
def test_spans_of(tags, expected):
    assert [(span.start, span.end, kind) for span, kind in spans_of(tags.split())] == expected


PREFIXES = st.sampled_from(["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "L-B", "U-B", "A"])


@given(st.lists(PREFIXES, max_size=12))
def test_no_tag_is_lost_and_no_outside_word_gained(tags):
    covered = {word for span, _ in spans_of(tags) for word in range(span.start, span.end)}
    assert covered == {word for word, tag in enumerate(tags) if tag != "O"}


@given(st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]), max_size=12))
def test_two_level_tags_read_like_conlleval(tags):
    from seqeval.metrics.sequence_labeling import get_entities  # the reference reading of the field

    expected = [(start, end + 1, kind) for kind, start, end in get_entities(tags)]
    assert [(span.start, span.end, kind) for span, kind in spans_of(tags)] == expected


def test_label_maps_round_trip():
    assert parse_label_map("PERSON=PER, GPE=LOC,") == {"PERSON": "PER", "GPE": "LOC"}
    assert format_label_map(parse_label_map("A=B,C=O")) == "A=B,C=O"


@pytest.mark.parametrize(
    ("label", "label_map", "expected"),
    [
        ("GPE", {"GPE": "LOC"}, "LOC"),
        ("X", {"GPE": "LOC"}, "X"),
        ("X", {"*": "O"}, "O"),
        ("A", {"A": "A", "*": "O"}, "A"),
    ],
)
def test_map_label(label, label_map, expected):
    assert map_label(label, label_map) == expected


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("in the European Parliament", (1, 4), (2, 4)),
        ("The European Parliament", (0, 3), (1, 3)),
        ("in The Hague", (1, 3), (1, 3)),
        ("Germany 's army", (0, 2), (0, 1)),
        ("the the", (0, 2), None),
        ("the", (0, 1), None),
    ],
)
def test_trim(text, span, expected):
    trimmed = trim(text.split(), Span(*span), {"the"}, {"'s"})
    assert (trimmed and (trimmed.start, trimmed.end)) == expected


@pytest.mark.parametrize(
    ("tags", "rows", "expected"),
    [
        # IOB2, certain: nothing changes
        (("O", "B-X", "I-X"), [[0, 1, 0], [0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
        # IO and IOB1: inside after outside starts, inside after its type goes on, B parts neighbours
        (("I-X", "O", "B-X"), [[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]],
         [[0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0]]),
        # BIOES
        (("S-X", "E-X", "B-X", "O", "I-X"), [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]],
         [[0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]),
        # doubt, by hand: before = .6 + .2 = .8, so .5 inside is .5 * .2 = .1 start and .4 inside
        (("O", "B-X", "I-X"), [[0.2, 0.6, 0.2], [0.3, 0.2, 0.5]], [[0.2, 0.8, 0.0], [0.3, 0.3, 0.4]]),
        # no sub-word: outside
        (("O", "B-X", "I-X"), [[0, 0, 0]], [[1, 0, 0]]),
    ],
)  # fmt: skip
def test_probabilities_of_other_schemes_are_read_as_iob2(tags, rows, expected):
    names, matrix = iob2_probabilities(tags, np.array(rows, np.float32), {"X": "X"})
    assert names == ("O", "B-X", "I-X")
    assert matrix == pytest.approx(np.array(expected), abs=1e-6)


def test_probabilities_of_joined_and_dropped_types():
    tags = ("O", "B-GPE", "I-GPE", "B-LOC", "I-LOC", "B-DATE")
    rows = np.array([[0.1, 0.2, 0.0, 0.3, 0.0, 0.4], [0.1, 0.0, 0.2, 0.0, 0.7, 0.0]], np.float32)
    names, matrix = iob2_probabilities(tags, rows, {"GPE": "LOC", "LOC": "LOC", "DATE": "O"})
    assert names == ("O", "B-LOC", "I-LOC")
    # inside counts as a start where the word before is not of the same type of the model: .2 * .8 + .7 * .7
    assert matrix == pytest.approx(np.array([[0.5, 0.5, 0.0], [0.1, 0.65, 0.25]]), abs=1e-6)


TAGS = ["O", "B-A", "I-A", "B-B", "I-B"]


def _is_valid(tags):
    before = "O"
    for tag in tags:
        if tag.startswith("I-") and before not in (tag, f"B-{tag[2:]}"):
            return False
        before = tag
    return True


@given(
    st.lists(st.lists(st.integers(1, 60), min_size=5, max_size=5), max_size=5).map(
        lambda rows: np.array(rows, np.float32).reshape(-1, 5)
    )
)
def test_the_likeliest_valid_tags_are_those_of_a_search_through_all(counts):
    matrix = counts / counts.sum(axis=1, keepdims=True)

    def value(sequence):
        return sum(np.log(float(row[TAGS.index(tag)])) for tag, row in zip(sequence, matrix, strict=True))

    valid = [sequence for sequence in itertools.product(TAGS, repeat=len(matrix)) if _is_valid(sequence)]
    found = likeliest_iob2(TAGS, matrix)
    assert _is_valid(found) and value(found) == pytest.approx(max(map(value, valid)))


def test_a_word_without_a_sub_word_is_outside_and_ends_an_entity():
    sure = np.array([[0, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0.4, 0.1, 0.5, 0, 0]], np.float32)
    assert likeliest_iob2(TAGS, sure) == ["B-A", "O", "O"]
    with pytest.raises(ValueError, match="not the tags of IOB2"):
        likeliest_iob2(["O", "I-A"], np.zeros((1, 2), np.float32))
