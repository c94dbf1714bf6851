"""Which predicted sentence is laid beside which gold one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection import Sentence
from projection.errors import FormatError
from projection.evaluation.pairing import counterparts, pairing
from projection.types import Provenance


def version(*sentences, path="gold.conll"):
    """(id, text) of each sentence, on lines 1, 11, 21, ..."""
    return [
        Sentence.from_words(text.split(), id=name, provenance=Provenance(path, 10 * number + 1))
        for number, (name, text) in enumerate(sentences)
    ]


GOLD = version(("a", "One"), ("b", "Two"), ("c", "Three"))


def test_sentences_with_ids_are_paired_by_them_whatever_the_order():
    ours = version(("c", "Three"), ("a", "One"))
    assert pairing(ours, GOLD) == "ids"
    assert counterparts(ours, GOLD, "ids") == [ours[1], None, ours[0]]


@pytest.mark.parametrize(
    ("predicted", "gold", "by"),
    [
        ([("1", "One"), ("2", "Three")], [("1", "One"), ("2", "Two"), ("3", "Three")], "order"),  # neither has ids
        ([("1", "One"), ("2", "Three")], [("a", "One"), ("b", "Two"), ("c", "Three")], "order"),
        ([("x", "One")], [("a", "One")], "order"),  # ids of another kind
        ([("", "One")], [("", "One")], "order"),
        ([("2", "Two"), ("1", "One")], [("1", "One"), ("2", "Two")], "ids"),  # exchanged
        ([("2", "Two")], [("1", "One"), ("2", "Two")], "ids"),
        ([("1", "Two"), ("2", "One")], [("2", "Two"), ("1", "One")], "order"),  # numbered by the reader
        ([("1", "One"), ("2", "Two")], [("2", "Two"), ("1", "One")], "ids"),
        ([], [("a", "One")], "order"),
    ],
)
def test_numbers_that_readers_gave_are_no_ids(predicted, gold, by):
    assert pairing(version(*predicted), version(*gold)) == by


def test_an_id_that_comes_twice_is_refused_with_file_and_both_lines():
    ours = version(("a", "One"), ("b", "Two"), ("a", "Three"), path="ours.conll")
    assert pairing(ours, GOLD) == "ids"
    with pytest.raises(
        FormatError, match=r"^ours\.conll:21: The id 'a' comes 2 times, first at “One…” \(line 1\)\. .*--pair order"
    ):
        counterparts(ours, GOLD, "ids")
    twice = version(("a", "One"), ("a", "Two"), ("b", "Three"), ("b", "Four"))
    with pytest.raises(FormatError, match=r"^gold\.conll:11: .*; other ids that come more than once: 1\. "):
        counterparts(GOLD, twice, "ids")
    same_order = version(("a", "One"), ("a", "Two"), ("a", "Three"))
    assert counterparts(same_order, GOLD, "order") == same_order


def test_an_id_that_gold_lacks_is_refused():
    ours = version(("a", "One"), ("z", "Zero"), path="ours.conll")
    with pytest.raises(FormatError, match=r"^ours\.conll:11: The sentence with the id 'z' \(“Zero…”\) does not come"):
        counterparts(ours, GOLD, pairing(ours, GOLD))


def test_another_text_under_an_id_is_refused():
    ours = version(("a", "One"), ("b", "Deux"), path="ours.conll")
    with pytest.raises(
        FormatError, match=r"^ours\.conll:11: .* 'b' begins “Deux…” here and “Two…” in gold \(gold\.conll:11\)"
    ):
        counterparts(ours, GOLD, "ids")


@given(st.lists(st.sampled_from("xyz"), max_size=8), st.data())
def test_what_is_left_of_a_text_is_found_in_order(texts, data):
    """Repeated sentences as well: a part in order always fits, and each is beside one with its characters."""
    gold = version(*(("", text) for text in texts))
    kept = [one for one in gold if data.draw(st.booleans())]
    found = counterparts(kept, gold, "order")
    assert [one for one in found if one is not None] == kept
    assert all(one is None or one.characters == other.characters for one, other in zip(found, gold, strict=True))


@given(st.permutations(range(6)), st.integers(0, 6))
def test_any_order_and_any_part_is_found_by_ids(order, size):
    gold = version(*((f"s{number}", "same words") for number in range(6)))
    ours = [gold[number] for number in order[:size]]
    assert counterparts(ours, gold, "ids") == [one if one in ours else None for one in gold]
