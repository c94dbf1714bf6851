"""The inspect page: results, corrections, undo, messages, address."""

import json

import pytest

from projection.types import Entity, Span
from tests.pages.conftest import html, page
from views import editing
from views.resources import store

PAIR = ("Ann met Bob in Berlin .", "Ann traf Bob in Berlin .")


def select(app, start, end, side="target", count=99):
    """What the board sends when somebody clicks."""
    sent = {"sentence": app.session_state["offered"], "side": side, "start": start, "end": end, "count": count}
    app.session_state["board"] = {"pick": sent}
    return app.run()


def board(app):
    """What the board draws."""
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def translation_area(app):
    return next(area for area in app.text_area if "translation" in area.label)


def save_translation(app, text):
    translation_area(app).set_value(text)
    app.button(key="save-text").click().run()


def target_spans(number, position=0):
    entities = store().sentence(number, position).edits.target_entities
    return entities and [(entity.span.start, entity.span.end, entity.label) for entity in entities]


def test_no_project_shows_the_way_in(app):
    page(app, "inspect")
    assert "No project is open" in html(app)
    assert app.button(key="start").label == "Start a project"


def test_a_project_that_does_not_exist_is_no_stack_trace(app):
    page(app, "inspect", project="4711", s="1")
    assert "No project is open" in html(app)


def test_the_address_opens_project_sentence_and_method(app, project):
    number = project(PAIR, ("Eve left .", "Eva ging ."))
    page(app, "inspect", project=str(number), s="2", m="span-matching")
    assert app.number_input(key="jump").value == 2
    assert app.selectbox(key="m").value == "span-matching"
    assert translation_area(app).value == "Eva ging ."


def test_next_and_jump_walk_through_the_project_and_update_the_address(app, project):
    number = project(PAIR, PAIR, PAIR)
    page(app, "inspect", project=str(number))
    assert app.button(key="previous").disabled
    app.button(key="next").click().run()
    assert app.query_params["s"] == "2"
    app.number_input(key="jump").set_value(3).run()
    assert app.query_params["s"] == "3" and app.button(key="next").disabled


def test_label_grow_drop_delete_and_undo_are_stored(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 4, 5)
    app.button(key="label-LOC").click().run()
    assert (4, 5, "LOC") in target_spans(number)
    app.button(key="grow-left").click().run()
    assert (3, 5, "LOC") in target_spans(number)
    app.button(key="drop-first").click().run()
    assert (4, 5, "LOC") in target_spans(number)
    app.button(key="delete-span").click().run()
    assert (4, 5, "LOC") not in target_spans(number)
    app.button(key="undo").click().run()
    assert (4, 5, "LOC") in target_spans(number)
    app.button(key="redo").click().run()
    assert (4, 5, "LOC") not in target_spans(number)
    assert not app.exception
    assert "Saved" in html(app)


def test_keys_without_a_selection_and_delete_without_a_label_say_what_to_do(app, project):
    page(app, "inspect", project=str(project(("Ann left .", None), translator="given", labelled=False)))
    app.button(key="label-PER").click().run()
    assert "Select words in the board first" in app.toast[0].value
    select(app, 1, 2, side="source")
    app.button(key="delete-span").click().run()
    assert "have no label" in app.toast[0].value and not app.exception


def test_keys_count_for_the_newest_click_and_the_newest_labels(app, project, monkeypatch):
    """Streamlit calls what a button was drawn with, though a click or key came since."""
    number = project(PAIR)
    drawn, original = [], editing.act
    monkeypatch.setattr(editing, "act", lambda desk, *call: (drawn.append(desk), original(drawn[0], *call)))
    page(app, "inspect", project=str(number))
    select(app, 0, 1)
    app.button(key="label-ORG").click().run()
    sent = {"sentence": app.session_state["offered"], "side": "target", "start": 4, "end": 5, "count": 200}
    app.session_state["board"] = {"pick": sent}
    app.button(key="label-LOC").click().run()
    assert drawn[0].stored.revision == 0 and not app.toast
    assert {(0, 1, "ORG"), (4, 5, "LOC")} <= {*target_spans(number)}


def test_a_span_cannot_grow_over_its_neighbour(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 2, 3)
    app.button(key="label-PER").click().run()
    select(app, 3, 4, count=150)
    app.button(key="label-LOC").click().run()
    app.button(key="grow-left").click().run()
    assert {(2, 3, "PER"), (3, 4, "LOC")} <= {*target_spans(number)}
    assert any("PER at words 3" in toast.value for toast in app.toast)


def test_a_source_label_changes_the_projection_downstream(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 4, 5, side="source")
    app.button(key="label-LOC").click().run()
    assert not app.exception
    stored = store().sentence(number, 0)
    assert Entity(Span(4, 5), "LOC", origin="human") in stored.edits.source_entities
    assert "Berlin LOC" in str([pill.options for pill in app.get("button_group")]) or "Berlin" in html(app)


def test_accept_marks_the_sentence_and_goes_on(app, project):
    number = project(PAIR, PAIR)
    page(app, "inspect", project=str(number))
    app.button(key="accept").click().run()
    assert store().sentence(number, 0).edits.checked
    assert app.number_input(key="jump").value == 2
    assert "1 of 2 checked" in html(app)


def test_a_new_translation_is_tokenised_and_projected_again(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    save_translation(app, "Ann hat Bob getroffen .")
    assert not app.exception
    assert store().sentence(number, 0).edits.target.text == "Ann hat Bob getroffen ."


def test_a_selection_ends_when_its_words_change(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 4, 5)
    assert "\u201cBerlin\u201d" in html(app)
    save_translation(app, "Gestern traf in Berlin Ann ihren Bob .")
    assert "\u201cBerlin\u201d" not in html(app) and "\u201cAnn\u201d" not in html(app)
    select(app, 3, 4, count=101)
    assert "\u201cBerlin\u201d" in html(app)


def test_without_translation_or_labels_the_source_can_be_marked(app, project):
    number = project(("Ann left .", None), translator="given", recognizer="given", labelled=False)
    page(app, "inspect", project=str(number))
    assert "Stopped at recognition" in html(app)
    select(app, 0, 1, side="source")
    app.button(key="label-PER").click().run()
    assert "Stopped at translation" in html(app) and not app.exception
    assert store().sentence(number, 0).edits.source_entities == (Entity(Span(0, 1), "PER", origin="human"),)
    save_translation(app, "Ann ging .")
    assert not app.exception and "not carried over" not in html(app)
    assert [item["label"] for item in board(app)["target"]["entities"]] == ["PER"]


def test_labels_that_a_new_text_lost_are_named_until_the_sentence_is_accepted(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 4, 5)
    app.button(key="label-LOC").click().run()
    for text in ("Ann traf Bob daheim .", "Ann traf Bob daheim !"):
        save_translation(app, text)
        assert "1 label of yours not carried over" in html(app) and "Berlin LOC." in html(app)
        assert board(app)["target"]["note"] == "your text"
    app.button(key="undo").click().run()
    assert "not carried over" in html(app)
    app.button(key="undo").click().run()
    assert "not carried over" not in html(app) and board(app)["target"]["note"] == "given"
    app.button(key="redo").click().run()
    app.button(key="accept").click().run()
    assert "not carried over" not in html(app)


def test_a_source_label_that_comes_after_the_corrections_is_said_to_have_no_effect(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 2, 3, side="source")
    app.button(key="label-PER").click().run()
    select(app, 0, 1, count=110)
    app.button(key="label-ORG").click().run()
    assert "newer than your labels" not in html(app)
    select(app, 4, 5, side="source", count=120)
    app.button(key="label-LOC").click().run()
    assert "1 source label newer than your labels" in html(app) and "Berlin LOC." in html(app)
    select(app, 4, 5, count=130)
    app.button(key="label-LOC").click().run()
    assert "newer than your labels" not in html(app)


def test_a_translation_that_is_empty_or_the_same_is_not_stored(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    for text, said in (("  ", "is empty"), (PAIR[1], "the same as before")):
        save_translation(app, text)
        assert said in app.toast[0].value
    assert store().sentence(number, 0).revision == 0


def test_steps_name_what_was_given_and_what_was_computed(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    shown = html(app)
    assert shown.count("given or kept") == 2
    assert shown.index("<td>recognition") < shown.index("<td>translation") < shown.index("computed in")


def test_a_missing_model_is_one_message_and_the_text_is_still_there(app, project):
    number = project(("Ann left .", None), translator="given")
    page(app, "inspect", project=str(number))
    shown = html(app)
    assert "Stopped at translation" in shown and board(app)["source"]["words"] == ["Ann", "left", "."]
    assert "Traceback" not in shown


def test_only_what_the_current_method_has_to_say_stands_under_the_board(app, project):
    number = project(PAIR, methods=("heuristic", "model-transfer"))
    page(app, "inspect", project=str(number), m="heuristic")
    assert "model-transfer failed" not in html(app)
    app.selectbox(key="m").set_value("model-transfer").run()
    assert "model-transfer failed on this sentence" in html(app)


def test_entities_without_a_place_are_explained(app, project):
    number = project(("Ann left .", "Sie ging fort heute morgen ganz leise ."), methods=("heuristic",), aligner="given")
    page(app, "inspect", project=str(number))
    assert "Stopped at alignment" in html(app)


def test_somebody_elses_newer_version_is_not_overwritten(app, project):
    number = project(PAIR)
    page(app, "inspect", project=str(number))
    select(app, 4, 5)
    from dataclasses import replace

    stored = store().sentence(number, 0)
    theirs = replace(stored.edits, target_entities=(Entity(Span(0, 1), "ORG", origin="human"),))
    original = type(store()).save
    calls = []

    def first_somebody_else(self, sentence_id, edits, **how):
        if not calls:
            calls.append(original(self, sentence_id, theirs, expected_revision=stored.revision, kind="theirs"))
        return original(self, sentence_id, edits, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store()), "save", first_somebody_else)
        app.button(key="label-LOC").click().run()
    assert not app.exception
    assert target_spans(number) == [(0, 1, "ORG")]
    assert any(toast.value for toast in app.toast)
