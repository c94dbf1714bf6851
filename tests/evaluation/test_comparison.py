"""Laying predictions beside gold: what is refused, what is counted."""

from __future__ import annotations

import pytest

from projection import Entity, Sentence, Span
from projection.errors import ConfigurationError, FormatError
from projection.evaluation.comparison import compare
from projection.evaluation.counts import Counts
from projection.evaluation.signature import signature
from projection.types import Provenance


def sentence(text, *entities, line=None, path="gold.conll"):
    made = [Entity(Span(start, end), label) for start, end, label in entities]
    return Sentence.from_words(text.split(), entities=made, provenance=Provenance(path, line))


GOLD = [
    sentence("Anna lives in Bern", (0, 1, "PER"), (3, 4, "LOC"), line=1),
    sentence("She works for the EU", (3, 5, "ORG"), line=6),
    sentence("It rains .", line=12),
]


def test_equal_sides_are_perfect():
    scores = compare(GOLD, GOLD)
    assert scores.overall == Counts(found=3)
    assert len(scores.rows) == 3 and scores.missing == 0


def test_left_out_sentences_are_counted_and_their_entities_missed():
    scores = compare([GOLD[0], GOLD[2]], GOLD)
    assert scores.missing == 1 and scores.labels["ORG"] == Counts(missed=1)
    assert compare([], GOLD).missing == 3
    assert compare([], GOLD).overall == Counts(missed=3)


def test_another_tokenisation_is_refused_with_both_places():
    predicted = [GOLD[0], sentence("She works for theEU", line=8, path="ours.conll")]
    with pytest.raises(
        FormatError, match=r"ours\.conll:8: Token 4 is 'theEU' here and 'the' in gold \(gold\.conll:6\)"
    ):
        compare(predicted, GOLD)


def test_a_shorter_sentence_is_refused():
    """The same characters, one token fewer at the end."""
    with pytest.raises(FormatError, match=r"Token 2 is 'rains\.' here and 'rains' in gold"):
        compare([GOLD[0], GOLD[1], sentence("It rains.", line=3)], GOLD)


def test_a_strange_sentence_is_refused():
    with pytest.raises(
        FormatError, match=r"ours:4: The sentence “Something else…” does not come in gold .*gold\.conll:6"
    ):
        compare([GOLD[0], sentence("Something else", line=4, path="ours")], GOLD)


def test_sentences_in_another_order_are_refused():
    with pytest.raises(FormatError, match="sentences in the same order"):
        compare([GOLD[1], GOLD[0]], GOLD)


def test_more_sentences_than_gold_are_refused():
    with pytest.raises(FormatError, match="gold has ended there"):
        compare([*GOLD, GOLD[0]], GOLD)


def test_repeated_sentences_stay_in_order():
    repeated = [GOLD[2], GOLD[2], GOLD[0]]
    assert compare(repeated, repeated).missing == 0


def test_signature_names_settings_match_labels_and_version():
    made = compare(GOLD, GOLD, labels=["PER", "LOC"], settings={"scheme": "IOB2", "repair": None}).signature
    assert made == "scheme:IOB2|repair:none|match:exact|labels:LOC,PER|rules:all|pairs:order|words:equal|v0.1.0"


def test_signature_values_with_bars_are_in_parentheses():
    assert signature({"method": "heuristic|gap:2", "exact": True}) == "method:(heuristic|gap:2)|exact:yes|v0.1.0"
    with pytest.raises(ConfigurationError, match="cannot be a signature key"):
        signature({"a:b": 1})


def test_dictionary_of_scores_is_unrounded():
    made = compare([GOLD[0]], GOLD).to_dict()
    assert made["overall"] == {
        "precision": 1.0, "recall": 2 / 3, "f1": 0.8, "found": 2, "spurious": 0, "missed": 1, "predicted": 2, "gold": 3,
    }  # fmt: skip
    assert made["sentences"] == 3 and made["missing_sentences"] == 2
