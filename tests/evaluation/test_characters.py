"""Labels on other words than those of gold, compared by their characters; several predictions beside one gold."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection import Entity, Sentence, Span
from projection.errors import FormatError
from projection.evaluation.comparison import MISSING, lay_beside
from projection.evaluation.counts import Counts, count
from projection.evaluation.label_rules import preset
from projection.text.borders import borders, stretch
from projection.types import Provenance


def sentence(text, *entities, line=1):
    made = [Entity(Span(start, end), label) for start, end, label in entities]
    return Sentence.from_words(text.split(), entities=made, provenance=Provenance("file.conll", line))


GOLD = sentence("Anna lives in Bad-Ems .", (0, 1, "PER"), (3, 4, "LOC"))


def laid(*predicted, gold=GOLD, **options):
    told = lay_beside({"one": predicted}, [gold], by_characters=True, **options)
    return told, told.laid["one"]


@pytest.mark.parametrize(
    ("predicted", "counts", "inside"),
    [  # (words, labels), expected counts, (entities inside gold words, gold entities inside predicted words)
        (("Anna lives in Bad - Ems .", (0, 1, "PER"), (3, 6, "LOC")), Counts(2), (0, 0)),
        (("Anna lives in Bad - Ems .", (0, 1, "PER"), (3, 4, "LOC")), Counts(1, 1, 1), (1, 0)),
        (("Anna lives in Bad - Ems .", (3, 4, "LOC"), (5, 6, "LOC")), Counts(0, 2, 2), (2, 0)),
        (("Anna lives in Bad-Ems.", (0, 1, "PER"), (3, 4, "LOC")), Counts(1, 1, 1), (0, 1)),
        (("Annalives in Bad-Ems.",), Counts(0, 0, 2), (0, 2)),
        (("An na lives in Bad-Ems .", (0, 2, "PER"), (4, 5, "ORG")), Counts(1, 1, 1), (0, 0)),
    ],
)
def test_labels_on_other_words(predicted, counts, inside):
    told, how = laid(sentence(*predicted))
    assert told.scores("one").overall == counts
    assert (how.retokenised, how.inside_gold, how.inside_predicted) == (1, *inside)
    assert "words:by characters" in told.study.signature


def test_a_label_on_a_part_of_a_word_is_on_a_part_of_it_in_the_study():
    told, _ = laid(sentence("Anna lives in Bad - Ems .", (3, 4, "LOC")))
    (item,), (found,) = told.study.items, told.study.found["one"]
    assert item.gold.words == ("Anna", "lives", "in", "Bad", "-Ems", ".")
    assert [one.span for one in item.gold.entities] == [Span(0, 1), Span(3, 5)]
    assert found.entities == (Entity(Span(3, 4), "LOC"),)
    assert told.kinds("one") | {"missing": 1, "boundary": 1} == told.kinds("one")
    assert told.scores("one", "partial").overall == Counts(0.5, 0.5, 1.5)
    assert told.lengths == (5,)


def test_words_that_differ_are_never_matched_unasked():
    with pytest.raises(FormatError, match=r"or match by characters \(--by-characters\)"):
        lay_beside({"one": [sentence("Anna lives in Bad-Ems.")]}, [GOLD])


def test_the_same_words_are_left_alone():
    told, how = laid(GOLD)
    assert told.study.items[0].gold is not None and told.study.items[0].gold == GOLD and how.retokenised == 0
    assert not told.said("one")


def test_a_label_on_spaces_only_is_refused_with_its_place():
    blank = Sentence.from_words(
        ["Anna", "\u00a0", "lives", "in", "Bad-Ems", "."], entities=[Entity(Span(1, 2), "PER")],
        provenance=Provenance("ours.conll", 9),
    )  # fmt: skip
    with pytest.raises(FormatError, match=r"ours\.conll:9: The PER entity on word 2 has only spaces"):
        laid(blank)
    assert laid(blank.with_entities([Entity(Span(0, 2), "PER")]))[0].scores("one").overall == Counts(1, 0, 1)


def test_several_predictions_share_gold_and_each_is_told_of_apart():
    gold = [GOLD, sentence("It rains", line=7)]
    files = {
        "same words": gold,
        "cut": [sentence("Anna lives in Bad - Ems .", (3, 4, "DATE")), gold[1]],
        "half": [gold[1]],
    }
    told = lay_beside(files, gold, by_characters=True, rules=preset("masakhaner"), settings={"set": "test"})
    study = told.study
    assert study.methods == ("same words", "cut", "half") and len(study.items) == 2
    assert [told.scores(name).overall for name in study.methods] == [Counts(2), Counts(0, 1, 2), Counts(0, 0, 2)]
    assert [told.laid[name].missing for name in study.methods] == [0, 0, 1]
    assert study.failures("half") == {MISSING: 1} and study.failures("cut") == {}
    assert [item.position for item in study.items] == [0, 1]
    assert study.signature == (
        "set:test|labels:all|rules:masakhaner[gold DATE=O; predicted MISC=O]|pairs:order|words:by characters|v0.1.0"
    )
    assert told.difference("same words", "cut").value == 1


def test_rules_run_before_labels_and_both_are_counted():
    gold = sentence("Anna lives in Bern since May", (0, 1, "PERSON"), (3, 4, "GPE"), (5, 6, "DATE"))
    ours = sentence("Anna lives in Bern since May", (0, 1, "PER"), (3, 4, "LOC"), (5, 6, "MISC"))
    told = lay_beside({"one": [ours]}, [gold], rules=preset("conll"), labels=["PER", "LOC"])
    assert told.scores("one").overall == Counts(2)
    assert told.said("one") == [
        "labels in gold: 1 GPE renamed to LOC, 1 PERSON renamed to PER, 1 DATE ignored",
        "labels in the prediction: 1 MISC ignored",
    ]
    assert told.to_dict("one")["predicted"]["ignored"] == {"MISC": 1}


@pytest.mark.parametrize("gold", [[], [sentence("")], [sentence("It rains")]])
def test_nothing_to_compare(gold):
    told = lay_beside({"one": gold, "none": []}, gold, by_characters=True)
    assert told.scores("one").overall == told.scores("none").overall == Counts()
    assert told.laid["none"].missing == len(gold) and told.difference("one", "none").value == 0
    assert lay_beside({}, gold).study.methods == ()


@st.composite
def retokenised(draw):
    """Two labelled sentences of the same characters, split into words in two ways."""
    size = draw(st.integers(1, 12))
    sides = []
    for _ in "pg":
        edges = sorted({0, size, *draw(st.sets(st.integers(0, size)))})
        cuts = sorted(draw(st.sets(st.integers(0, len(edges) - 1))))
        entities = [Entity(Span(*pair), draw(st.sampled_from("AB"))) for pair in pairwise(cuts) if draw(st.booleans())]
        words = ["abcdefghijkl"[start:end] for start, end in pairwise(edges)]
        sides.append(Sentence.from_words(words, entities=entities))
    return sides


@given(retokenised())
def test_exact_matches_are_equal_characters_with_equal_labels_and_nothing_is_lost(sides):
    ours, theirs = sides
    told = lay_beside({"one": [ours]}, [theirs], by_characters=True)
    on_characters = [{(stretch(one.span, borders(side)), one.label) for one in side.entities} for side in sides]
    found = len(on_characters[0] & on_characters[1])
    assert told.scores("one").overall == Counts(found, len(ours.entities) - found, len(theirs.entities) - found)
    how = told.laid["one"]
    assert how.inside_gold + found <= len(ours.entities) and how.inside_predicted + found <= len(theirs.entities)


@given(retokenised(), st.sampled_from(["exact", "type", "span", "partial"]))
def test_every_way_to_match_counts_as_if_characters_were_words(sides, match):
    told = lay_beside({"one": [sides[0]]}, [sides[1]], by_characters=True)
    spread = [[Entity(Span(*stretch(one.span, borders(side))), one.label) for one in side.entities] for side in sides]
    assert told.scores("one", match).labels == count(*spread, match=match)
