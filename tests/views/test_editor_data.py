"""The values the editor draws."""

import json
import re
from types import SimpleNamespace

from projection.evaluation.agreement import differing_words
from projection.types import Alignment, Bitext, Entity, Match, Projection, Sentence, Span
from views import editor_data, markup
from views.resources import ASSETS

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
    row = editor_data.row(TARGET, (PER, Entity(Span(3, 4), "LOC", origin="human")), "given", {0, 1, 3})
    assert row["linked"] == [True, True, False, True]
    assert [(item["label"], item["state"], item["score"]) for item in row["entities"]] == [
        ("PER", "auto", ".90"),
        ("LOC", "corrected", ""),
    ]


def test_every_origin_has_a_state_of_its_own_and_is_said():
    origins = ("projected", "gold", "accepted", "bulk", "corrected", "manual")
    values = [editor_data.entity_value(Entity(Span(0, 1), "PER", origin=origin)) for origin in origins]
    assert [value["state"] for value in values] == ["auto", "kept", "accepted", "bulk", "corrected", "manual"]
    assert len({value["said"] for value in values}) == 6


def test_pages_say_and_mark_states_as_the_legend_of_the_editor_does():
    legend = (ASSETS / "editor_foot.js").read_text("utf-8").partition("const LEGEND = [")[2].partition("\n]")[0]
    said = dict(re.findall(r'\["(\w+)", "([^"]+)"\]', legend))
    assert said.pop("both") and said == markup.SAID
    marks = re.search(r"const MARKS = (\{.*\})", (ASSETS / "editor_rows.js").read_text("utf-8"))[1]
    assert json.loads(re.sub(r"(\w+): ", r'"\1": ', marks)) == markup.MARKS


def test_links_without_score_have_full_width_and_no_number():
    assert editor_data.links(LINKS) == [[0, 0, 0.9, ".90", False], [1, 1, 1.0, "", False], [3, 3, 1.0, "", False]]


def test_pairs_follow_the_matches_and_for_new_spans_the_links():
    assert editor_data.entity_pairs(SOURCE.entities, (PER, LOC), PROJECTION, LINKS) == [[0, 0], [1, 1]]
    moved = Entity(Span(2, 4), "LOC", origin="human")
    assert editor_data.entity_pairs(SOURCE.entities, (moved,), PROJECTION, LINKS) == [[1, 0]]
    unmatched = Projection(PROJECTION.bitext, (), (), (), "m", "m")
    assert editor_data.entity_pairs(SOURCE.entities, (LOC,), unmatched, LINKS) == [[1, 0]]
    assert editor_data.entity_pairs(SOURCE.entities, (Entity(Span(2, 3), "MISC"),), unmatched, LINKS) == []


def test_words_differ_by_label_and_by_border():
    assert differing_words((PER,), (PER,)) == frozenset()
    assert differing_words((PER,), (Entity(Span(0, 2), "ORG"),)) == {0, 1}
    assert differing_words((PER,), (Entity(Span(1, 2), "PER"),)) == {0, 1}
    longer, shorter = Entity(Span(0, 4), "PER"), Entity(Span(0, 3), "PER")
    assert differing_words((longer,), (shorter,)) == {3}


def test_a_strip_counts_spans_that_are_the_same():
    assert editor_data.strip("other", (PER,), (PER, LOC))["note"] == "1 of 2 same"
    assert editor_data.strip("other", (), ())["note"] == "none"


def test_links_of_a_person_are_marked():
    assert [link[4] for link in editor_data.links(LINKS, frozenset({(1, 1)}))] == [False, True, False]


def test_rows_are_plain_json():
    for row in (editor_data.row(TARGET, (PER,), "", {0}), editor_data.missing_row("ar")):
        assert json.loads(json.dumps(row)) == row
    assert editor_data.missing_row("ar", "too long")["why"] == "too long"
    assert editor_data.missing_row("ar")["missing"] and editor_data.missing_row("ar")["direction"] == "rtl"


def test_a_label_belongs_to_the_source_entity_of_its_kind_before_another_that_only_touches_it():
    """Shanghai has a link to its word; the match of Peking University reaches over it."""
    source = (Entity(Span(0, 2), "ORG"), Entity(Span(3, 4), "LOC"))
    projection = SimpleNamespace(matches=(SimpleNamespace(entity_index=0, span=Span(0, 4)),))
    links = Alignment(frozenset({(0, 0), (3, 3)}), 4, 4)
    chosen = (Entity(Span(0, 2), "ORG"), Entity(Span(3, 4), "LOC"))
    assert editor_data.entity_pairs(source, chosen, projection, links) == [[0, 0], [1, 1]]
    relabelled = (Entity(Span(0, 4), "LOC"),)
    assert editor_data.entity_pairs(source, relabelled, projection, links) == [[0, 0]], "on just the words of a match"
    assert editor_data.entity_pairs(source, (Entity(Span(2, 3), "LOC"),), None, links) == [], "neither match nor link"
