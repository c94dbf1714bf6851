"""The steps of a method as screens: escaped, in the direction of their text, numbers as numbers."""

import pytest

from projection import registry
from projection.matching.explanation import FORCING_LIMIT
from projection.text.tokenize import tokenize
from projection.types import Alignment, Bitext, Entity, Projection, Span, Step, Unprojected
from views import steps, tables

SOURCE = tokenize("Ann met Bob .", "en").with_entities([Entity(Span(0, 1), "PER"), Entity(Span(2, 3), "PER")])
TARGET = tokenize("Ann traf Bob .", "de")
LINKS = Alignment(frozenset({(0, 0), (1, 1), (2, 2), (3, 3)}), 4, 4)


def projected(method, target=TARGET):
    (result,) = registry.create("projector", method).project([Bitext(SOURCE, target, LINKS)])
    return result


def test_source_first_then_the_steps_of_the_method_then_the_result():
    projection = projected("heuristic")
    shown = steps.slides(projection)
    assert [slide.title for slide in shown] == ["Source", *(step.title for step in projection.steps), "Labelled text"]
    assert len(projection.steps) >= 2 and shown[-1].note == "2 spans on the translation."


def test_a_method_that_says_nothing_has_source_and_result():
    empty = Projection(Bitext(SOURCE, TARGET), (), (), (Unprojected(0, "No link"), Unprojected(1, "Lost")), "m", "m")
    shown = steps.slides(empty)
    assert [slide.title for slide in shown] == ["Source", "Labelled text"]
    assert "Ann PER not placed" in shown[1].body and "No link" in shown[1].body


def test_model_transfer_says_that_the_labels_of_the_source_play_no_part():
    own = Projection(Bitext(SOURCE, TARGET), (), (), (), "m", "m", own_entities=(Entity(Span(0, 1), "PER"),))
    assert "play no part" in steps.slides(own)[0].note
    assert steps.slides(own)[-1].note == "1 span on the translation."


def test_tables_and_texts_are_escaped_and_numbers_stand_right():
    step = Step("Marked", text="<b>[ Ann ]</b>", language="ar", columns=("word", "score", "place"),
                rows=(("<i>Ann</i>", 0.5, 3), ("Bob", None, None)))  # fmt: skip
    body = steps.step_body(step)
    assert "<b>" not in body and "&lt;b&gt;[ Ann ]&lt;/b&gt;" in body and 'dir="rtl"' in body
    assert "<i>Ann" not in body and '<bdi class="step-cell">&lt;i&gt;Ann&lt;/i&gt;</bdi>' in body
    assert "<td class=number>.50</td><td class=number>3</td>" in body
    assert "<td class=number></td><td class=number></td>" in body
    assert "<th>Word</th>" in body
    assert "<th>Remark</th>" in steps.step_body(Step("t", columns=("remark",), rows=((None,),)))


def test_a_slide_escapes_title_and_note():
    html = steps.slide_html(steps.Slide("<t>", "<n>", "<p>kept</p>"), 2, 5, large=True)
    assert "&lt;t&gt;" in html and "&lt;n&gt;" in html and "<p>kept</p>" in html and "2 of 5" in html


def test_what_forcing_a_candidate_costs_is_in_the_table():
    """Dice by hand: Ann on 'Ann' 1, on 'Ann traf' 2/3; nobody else wants these words, so forcing costs 1/3."""
    projection = projected("ngram-matching")
    listed = tables.decisions_about(projection, 0, 3)
    table = tables.candidates(projection, listed)
    assert [item.score for item in listed[:2]] == pytest.approx([1, 2 / 3])
    assert "If forced" in table and "\u2212.33" in table and "\u2013" in table
    assert steps.objective(projection).startswith("Sum over all placed entities: ")
    assert "No other choice has a greater sum." in steps.objective(projection)


def test_methods_without_a_matching_have_no_such_column():
    plain = Projection(Bitext(SOURCE, TARGET), (), (), (), "m", "m")
    assert not tables.can_force(plain) and "If forced" not in tables.candidates(plain, [])
    assert "no sum to maximise" in steps.objective(plain)


def test_too_many_candidates_are_not_solved_again(monkeypatch):
    assert FORCING_LIMIT > 10_000
    monkeypatch.setattr(tables, "FORCING_LIMIT", 3)
    projection = projected("ngram-matching")
    assert "If forced" not in tables.candidates(projection, tables.decisions_about(projection, 0, 3))
    assert "Too many candidates" in steps.objective(projection)
