"""The values the board component draws."""

import json

from projection.evaluation.agreement import differing_words
from projection.types import Alignment, Bitext, Entity, Match, Projection, Sentence, Span
from views import board

SOURCE = Sentence.from_words(
    ["Ann", "Lee", "left", "Rome"], "en", [Entity(Span(0, 2), "PER"), Entity(Span(3, 4), "LOC")]
)
TARGET = Sentence.from_words(["Ann", "Lee", "deixou", "Roma"], "pt")
LINKS = Alignment(frozenset({(0, 0), (1, 1), (3, 3)}), 4, 4, {(0, 0): 0.9})
PER, LOC = Entity(Span(0, 2), "PER", 0.9, "projected"), Entity(Span(3, 4), "LOC", 0.8, "projected")
PROJECTION = Projection(
    Bitext(SOURCE, TARGET, LINKS), (Match(0, Span(0, 2), 0.9), Match(1, Span(3, 4), 0.8)), (), (), "m", "m"
)


def test_a_row_names_unlinked_words_and_states():
    row = board.row(TARGET, (PER, Entity(Span(3, 4), "LOC", origin="human")), "given", {0, 1, 3}, checked=False)
    assert row["linked"] == [True, True, False, True]
    assert [(item["label"], item["state"], item["score"]) for item in row["entities"]] == [
        ("PER", "auto", ".90"),
        ("LOC", "corrected", ""),
    ]


def test_checked_sentences_have_no_dashed_boxes():
    row = board.row(TARGET, (PER,), "", set(), checked=True)
    assert row["entities"][0]["state"] == "accepted"


def test_links_without_score_have_full_width_and_no_number():
    assert board.links(LINKS) == [[0, 0, 0.9, ".90", False], [1, 1, 1.0, "", False], [3, 3, 1.0, "", False]]


def test_pairs_follow_the_matches_and_for_new_spans_the_links():
    assert board.entity_pairs(SOURCE.entities, (PER, LOC), PROJECTION, LINKS) == [[0, 0], [1, 1]]
    moved = Entity(Span(2, 4), "LOC", origin="human")
    assert board.entity_pairs(SOURCE.entities, (moved,), PROJECTION, LINKS) == [[1, 0]]
    unmatched = Projection(PROJECTION.bitext, (), (), (), "m", "m")
    assert board.entity_pairs(SOURCE.entities, (LOC,), unmatched, LINKS) == [[1, 0]]
    assert board.entity_pairs(SOURCE.entities, (Entity(Span(2, 3), "MISC"),), unmatched, LINKS) == []


def test_words_differ_by_label_and_by_border():
    assert differing_words((PER,), (PER,)) == frozenset()
    assert differing_words((PER,), (Entity(Span(0, 2), "ORG"),)) == {0, 1}
    assert differing_words((PER,), (Entity(Span(1, 2), "PER"),)) == {0, 1}
    longer, shorter = Entity(Span(0, 4), "PER"), Entity(Span(0, 3), "PER")
    assert differing_words((longer,), (shorter,)) == {3}


def test_a_strip_counts_spans_that_are_the_same():
    assert board.strip("other", (PER,), (PER, LOC))["note"] == "1 of 2 same"
    assert board.strip("other", (), ())["note"] == "none"


def test_the_board_is_plain_json_and_explains_only_what_it_shows():
    row = board.row(TARGET, (PER,), "", {0, 1, 2, 3}, checked=False)
    value = board.board(sentence_key="1/0", source=row, target=row, links=[], pairs=[], preview=(Span(0, 1), "#2"))
    assert json.loads(json.dumps(value)) == value
    assert [item[0] for item in value["legend"]] == ["auto"]
    assert value["preview"] == {"start": 0, "end": 1, "text": "#2"}
