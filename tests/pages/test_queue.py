"""The queue through the whole app: reading in the background and what makes it read again, what the list sends."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from projection.corrections import operations
from projection.corrections.records import Stamp
from projection.corrections.store import settings_key
from projection.corrections.wanted import Wanted
from projection.errors import SpanError
from projection.models.stand_ins import DiagonalAligner
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span
from tests.pages.conftest import STAND_INS, Editor, html, page
from views import people, queue_bulk, queue_data, queue_names, queue_panel, queue_scan, queue_steps
from views.resources import compute_lock, resources, store

PAIRS = (
    ("Maria met Anna in Berlin .", "Maria traf Anna in Berlin ."),
    ("Maria works at Siemens .", "Maria arbeitet bei Siemens ."),
    ("Nothing happened today .", "Nichts geschah heute ."),
    ("Maria likes Maria .", "Maria mag Maria ."),
)


def wait_until_read(number: int) -> None:
    """Wait for the scan that the page began."""
    for _ in range(400):
        scan = queue_scan.current_scan(store().project(number))
        if scan is not None and scan.finished:
            assert scan.problem is None
            return
        time.sleep(0.05)
    raise AssertionError("the scan did not end")


def opened(app, number: int):
    page(app, "queue", project=str(number))
    wait_until_read(number)
    app.run()
    assert not app.exception
    return app


def listed(number: int, wanted: Wanted | None = None):
    return queue_panel.queue_of(store().project(number)).page(wanted or Wanted(), 0, 25)


def send(app, client: str, view: int, *ops: dict, **asked):
    """Have the list send a message, as it does after keys and clicks."""
    view = {"n": view, "open": None, "turn": 0, "name": None} | asked
    app.session_state[queue_panel.KEY] = {"sent": {"client": client, "ops": list(ops), "view": view}}
    app.run()
    assert not app.exception


def op(number: int, n: int, position: int, **operation):
    stored = store().sentence(number, position)
    return {"n": n, "project": number, "sentence": stored.id, "position": position, "line": "",
            "base": stored.revision, "method": "heuristic", "seconds": 2.0, "op": operation}  # fmt: skip


def change(number: int, position: int, **edits):
    stored = store().sentence(number, position)
    store().save(stored.id, replace(stored.edits, **edits), expected_revision=stored.revision, kind="test")


# reading ----------------------------------------------------------------------------------------------


def test_no_project(app):
    page(app, "queue")
    assert "No project is open" in html(app)


def test_a_project_is_read_and_listed(app, project):
    number = project(*PAIRS)
    opened(app, number)
    assert "0 of 4 sentences checked" in html(app)
    assert "1 to 4 of 4 sentences. Labels by heuristic" in html(app)
    assert all(row.fresh and row.reading.doubt is not None for row in listed(number))
    assert "Stop" not in [button.label for button in app.button]


def test_a_flag_or_a_check_is_no_reason_to_read_again(app, project):
    number = project(*PAIRS)
    opened(app, number)
    first = queue_scan.current_scan(store().project(number))
    change(number, 0, flagged=True, note="look")
    change(number, 1, checked=True, target_entities=())
    app.run()
    assert all(row.fresh for row in listed(number, Wanted(())))
    assert queue_scan.current_scan(store().project(number)) is first
    change(number, 2, source_entities=(Entity(Span(0, 1), "ORG"),))
    app.run()
    wait_until_read(number)
    app.run()
    assert queue_scan.current_scan(store().project(number)) is not first
    assert all(row.fresh for row in listed(number, Wanted(())))


def test_other_settings_are_read_anew(app, project):
    number = project(*PAIRS)
    opened(app, number)
    setup = store().project(number).setup
    store().update_setup(number, replace(setup, methods=("span-matching", "heuristic"), options={}))
    opened(app, number)
    assert {row.reading.method for row in listed(number)} == {"span-matching"}


def test_one_method_gets_a_quick_second_opinion():
    one = Setup("en", "de", **(STAND_INS | {"methods": ("heuristic:paper",)}))
    assert queue_scan.scan_setup(one).methods == ("heuristic:paper", "span-matching")
    other = replace(one, methods=("ngram-matching",))
    assert queue_scan.scan_setup(other).methods == ("ngram-matching", "heuristic")
    two = replace(one, methods=("heuristic", "span-matching"))
    assert queue_scan.scan_setup(two) is two
    writes = Setup("en", "de", translator="dictionary", methods=("easyproject",))
    assert queue_scan.scan_setup(writes) is writes  # it labels a text of its own, on which no other can be compared


def test_what_costs_is_not_read_unasked(app, project):
    box = Setup("en", "de", **STAND_INS)
    assert queue_scan.begins_by_itself(box)
    assert queue_scan.begins_by_itself(replace(box, methods=("back-translation",)))
    assert not queue_scan.begins_by_itself(replace(box, translator="nllb"))
    chat = replace(box, methods=("clap",), options={"clap": {"chat": "http://localhost:1/v1"}})
    assert not queue_scan.begins_by_itself(chat)
    number = project(*PAIRS, translator="nllb")
    page(app, "queue", project=str(number))
    assert queue_scan.current_scan(store().project(number)) is None
    next(button for button in app.button if button.label == "Read them").click()
    app.run()
    wait_until_read(number)
    assert queue_panel.queue_of(store().project(number)).tally().read == 4  # nothing had to be translated


def test_a_stopped_scan_keeps_what_it_read_and_goes_on_there(app, project, monkeypatch):
    number = project(*((f"Maria met {one} .", f"Maria traf {one} .") for one in range(24)))
    gate, began, aligned = threading.Event(), threading.Event(), []
    align = DiagonalAligner.align

    def slowly(self, pairs):
        aligned.extend(pairs)
        if len(aligned) > queue_scan.CHUNK:
            began.set()
            gate.wait(20)
        return align(self, pairs)

    monkeypatch.setattr(DiagonalAligner, "align", slowly)
    found = store().project(number)
    scan = queue_scan.Scan(found, queue_scan.readings(), resources(), compute_lock(), 24)
    assert began.wait(20)
    scan.stop()
    gate.set()
    assert scan.wait(20) and scan.stopped and scan.problem is None
    tally = queue_panel.queue_of(found).tally()
    assert tally.read == scan.done == queue_scan.CHUNK
    second = queue_scan.Scan(found, queue_scan.readings(), resources(), compute_lock(), 24 - tally.read)
    assert second.wait(20) and second.done == 24 - queue_scan.CHUNK
    assert queue_panel.queue_of(found).tally().read == 24


def test_a_scan_says_what_went_wrong(app, project, monkeypatch):
    number = project(*PAIRS)

    def broken(self, pairs):
        raise RuntimeError("no luck")

    with monkeypatch.context() as patched:
        patched.setattr(DiagonalAligner, "align", broken)
        opened(app, number)
    assert all(row.reading.failed for row in listed(number))
    assert "4 sentences without a result" in html(app)
    next(button for button in app.button if button.label == "Read them again").click()
    app.run()
    wait_until_read(number)
    assert not any(row.reading.failed for row in listed(number))


# what the list sends -----------------------------------------------------------------------------------


def test_an_accepted_sentence_is_stored_once_however_often_it_is_sent(app, project):
    number = project(*PAIRS)
    opened(app, number)
    message = op(number, 1, 0, kind="check")
    send(app, "a", 1, message)
    send(app, "a", 2, message)
    stored = store().sentence(number, 0)
    assert stored.edits.checked and stored.revision == 1
    assert {entity.origin for entity in stored.edits.target_entities} == {"accepted"}
    assert app.session_state["queue-acknowledged"] == {"a": 1}
    assert "1 of 4 sentences checked" in html(app)


def test_what_cannot_be_done_is_refused_with_a_reason(app, project):
    number = project(*PAIRS)
    opened(app, number)
    send(app, "a", 1, op(number, 1, 0, kind="burn"), op(number, 2, 0, kind="flag", on=True))
    assert [one.n for one in app.session_state["queue-problems"]] == [1]
    assert app.session_state["queue-acknowledged"] == {"a": 2}
    assert store().sentence(number, 0).edits.flagged


def test_labels_that_are_not_as_they_were_read_are_not_accepted(app, project):
    number = project(*PAIRS)
    opened(app, number)
    assert operations.check(queue_panel.sheet_of(store().sentence(number, 1), "heuristic", "")).edits.checked
    change(number, 1, source_entities=())
    with pytest.raises(SpanError, match="no labels to accept"):
        operations.check(queue_panel.sheet_of(store().sentence(number, 1), "heuristic", ""))


def test_labels_of_other_settings_than_the_list_showed_are_not_accepted(app, project):
    number = project(*PAIRS)
    opened(app, number)
    found = store().project(number)
    message = op(number, 1, 0, kind="check") | {"settings": settings_key(found.setup)}
    seen = queue_panel.queue_of(found).acceptable(Wanted())
    store().update_setup(number, replace(found.setup, methods=("span-matching",), options={}))
    opened(app, number)
    send(app, "a", 1, message)
    assert "settings changed after the list was drawn" in app.session_state["queue-problems"][0].text
    assert queue_bulk.accept(found, seen) == 0, "they were read anew"
    assert not any(one.edits.checked for one in store().sentences(number))


def test_a_sentence_opened_from_the_list_is_the_one_in_inspect(app, project):
    number = project(*PAIRS)
    opened(app, number)
    send(app, "a", 1, open=2)
    assert app.query_params["s"] == "3" and app.session_state["position"] == 2


def test_a_viewer_changes_nothing(app, project):
    number = project(*PAIRS)
    people.people().set_member(number, "Ana", "curator", "Ana")
    people.people().set_member(number, "Rui", "viewer", "Ana")
    app.session_state["person"] = "Rui"
    opened(app, number)
    send(app, "a", 1, op(number, 1, 0, kind="check"))
    assert "viewer" in app.session_state["queue-problems"][0].text
    assert not store().sentence(number, 0).edits.checked
    buttons = {button.key: button.disabled for button in app.button}
    assert buttons["queue-bulk"] and buttons["queue-names"]


def test_the_list_begins_with_what_was_given_to_the_person(app, project):
    number = project(*PAIRS)
    people.assignments().give(number, {"Rui": [1, 3], "Eva": [2]}, "")
    app.session_state["person"] = "rui"
    opened(app, number)
    assert app.selectbox(key="queue-person").value == "Rui" and "1 to 2 of 2 sentences" in html(app)
    app.button(key="queue-reset").click().run()
    assert "1 to 4 of 4 sentences" in html(app)


def test_somebody_else_begins_with_their_own(app, project):
    number = project(*PAIRS)
    people.assignments().give(number, {"Ana": [0], "Ben": [1, 3]}, "")
    app.session_state["person"] = "Ana"
    opened(app, number)
    app.text_input(key="queue-text").set_value("Berlin").run()
    app.multiselect(key="queue-states").set_value(["flagged"]).run()
    send(app, "a", 1, op(number, 1, 0, kind="flag", on=True))
    assert app.session_state["queue-saved"]
    app.session_state["person"] = "ANA"
    app.run()
    assert app.selectbox(key="queue-person").value == "Ana" and app.text_input(key="queue-text").value == "Berlin"
    app.session_state["person"] = "Ben"
    app.run()
    assert app.selectbox(key="queue-person").value == "Ben" and "1 to 2 of 2 sentences" in html(app)
    assert app.text_input(key="queue-text").value == "" and app.multiselect(key="queue-states").value == ["open"]
    assert "queue-saved" not in app.session_state


def test_a_sentence_done_apart_is_accepted_on_the_line_of_the_person(app, project):
    number = project(*PAIRS)
    people.assignments().give_apart(number, [0], ["Ana", "Rui"], "Ana")
    app.session_state["person"], app.session_state["queue-person"] = "Ana", ""
    opened(app, number)
    (row,) = [row for row in listed(number) if row.stored.position == 0]
    assert row.people == ("Ana", "Rui")
    own = people.people().line_for(number, row.stored.id, "Ana")
    stored = store().sentence(number, 0, own)
    send(app, "a", 1, op(number, 1, 0, kind="check") | {"line": own, "base": stored.revision})
    assert store().sentence(number, 0, own).edits.checked and not store().sentence(number, 0).edits.checked
    assert "1 to 3 of 3 sentences, filtered from 4" in html(app)  # for Ana it is done
    assert 0 not in [position for position, *_ in queue_panel.queue_of(store().project(number)).acceptable(Wanted())]


def test_whoever_works_apart_sees_their_own_progress(app, project):
    number = project(*PAIRS)
    people.assignments().give_apart(number, [0, 1, 2], ["Ana", "Rui"], "Ana")
    app.session_state["person"] = "Ana"
    opened(app, number)
    assert "0 of 3 of your sentences checked" in html(app)
    own = people.people().line_for(number, store().sentence(number, 0).id, "Ana")
    for position in (0, 1, 2):
        base = store().sentence(number, position, own).revision
        message = op(number, position + 1, position, kind="check") | {"line": own, "base": base}
        send(app, "a", position + 1, message)
    assert "3 of 3 of your sentences checked" in html(app) and "about" not in html(app)
    assert Editor(app).data["empty"] == "All of your sentences are checked."
    app.button(key="queue-reset").click().run()
    assert "0 of 4 sentences checked" in html(app) and "about 8 s left" in html(app)


def test_a_search_says_what_the_states_hide(app, project):
    number = project(*PAIRS)
    opened(app, number)
    change(number, 1, checked=True)
    app.text_input(key="queue-text").set_value("siemens").run()
    assert Editor(app).data["empty"] == "1 match among checked sentences. Change the state above to see it."
    app.text_input(key="queue-text").set_value("maria").run()
    assert Editor(app).data["empty"] == "" and Editor(app).data["total"] == 2
    app.multiselect(key="queue-states").set_value(["flagged", "noted"]).run()
    assert Editor(app).data["empty"].startswith("3 matches in sentences of another state.")
    app.text_input(key="queue-text").set_value("zebra").run()
    assert Editor(app).data["empty"].startswith("No sentence is in this list.")


# bulk and names ----------------------------------------------------------------------------------------


def test_bulk_accepts_what_was_seen_and_nothing_that_changed(app, project):
    number = project(*PAIRS)
    opened(app, number)
    found = store().project(number)
    seen = queue_panel.queue_of(found).acceptable(Wanted())
    assert len(seen) == 4
    change(number, 3, note="wait")
    app.session_state["queue-dialog"] = "bulk"
    app.run()
    do = next(button for button in app.button if button.key == "queue-bulk-do")
    assert do.label.startswith("Accept ")
    assert queue_panel.changeable(found, range(4)) == {0, 1, 2, 3}
    say = []
    queue_bulk.say, before = say.append, queue_bulk.say
    try:
        assert queue_bulk.accept(found, seen) == 3
    finally:
        queue_bulk.say = before
    assert "1 sentence changed meanwhile" in say[0]
    assert [one.edits.checked for one in store().sentences(number)] == [True, True, True, False]


def test_a_step_on_many_sentences_is_taken_back_once_and_by_who_may(app, project, monkeypatch):
    number = project(*PAIRS)
    opened(app, number)
    found = store().project(number)
    kept = {}
    monkeypatch.setattr(queue_steps, "_steps", lambda: kept)
    queue_bulk.accept(found, queue_panel.queue_of(found).acceptable(Wanted(text="siemens")))
    places = list(queue_names.find(found, queue_panel.queue_of(found), "Anna", "LOC", ""))
    queue_names.apply(found, places, "Anna", "LOC")
    accepted, labelled = kept
    app.run()
    assert Editor(app).data["steps"] == [accepted, labelled]
    send(app, "a", 1, undo=[labelled])
    assert not store().sentence(number, 0).edits.placed and store().sentence(number, 1).edits.checked
    revision = store().sentence(number, 0).revision
    send(app, "a", 2, undo=[labelled, "bulk-of-others"])
    assert store().sentence(number, 0).revision == revision and Editor(app).data["steps"] == [accepted]
    people.people().set_member(number, "Ana", "curator", "Ana")
    people.people().set_member(number, "Rui", "viewer", "Ana")
    app.session_state["person"] = "Rui"
    send(app, "a", 3, undo=[accepted])
    assert store().sentence(number, 1).edits.checked and Editor(app).data["steps"] == []


def test_places_of_a_name(app, project):
    number = project(*PAIRS, ("Maria", "Die Maria und Maria Maier"), labelled=True)
    opened(app, number)
    found = store().project(number)
    queue = queue_panel.queue_of(found)
    places = list(queue_names.find(found, queue, "Maria", "LOC", ""))
    assert [(one.found.position, one.found.span.start) for one in places][:4] == [(0, 0), (1, 0), (3, 0), (3, 2)]
    change(number, 0, checked=True, target_entities=(Entity(Span(0, 1), "PER", None, "accepted"),))
    app.run()
    places = list(queue_names.find(found, queue, "Maria", "LOC", ""))
    ticked = [one for one in places if queue_names.suggested(one, "LOC")]
    assert 0 not in {one.found.position for one in ticked}  # somebody has decided there
    queue_names.apply(found, [one for one in ticked if one.found.position == 3], "Maria", "LOC")
    third = store().sentence(number, 3).edits
    assert [(one.span, one.label) for one in third.placed] == [(Span(0, 1), "LOC"), (Span(2, 3), "LOC")]
    (batch,) = queue.batches(queue_names.PREFIX)
    assert batch.sentences == batch.standing == 1  # both places of a sentence are one step
    assert store().undo_many(batch.id, Stamp()) == (1, 0)
    assert not store().sentence(number, 3).edits.placed


def test_a_label_can_be_taken_off_everywhere(app, project):
    number = project(*PAIRS)
    opened(app, number)
    found = store().project(number)
    places = list(queue_names.find(found, queue_panel.queue_of(found), "Maria", queue_names.NO_LABEL, ""))
    ticked = [one for one in places if queue_names.suggested(one, queue_names.NO_LABEL)]
    assert ticked and all(one.found.there for one in ticked)
    queue_names.apply(found, ticked, "Maria", queue_names.NO_LABEL)
    assert {store().sentence(number, one.found.position).edits.removed for one in ticked} == {(Span(0, 1),)}


# values for the list -----------------------------------------------------------------------------------


def test_rows_show_what_counts(app, project):
    number = project(*PAIRS)
    opened(app, number)
    change(number, 0, placed=(Entity(Span(2, 3), "LOC", None, "manual"),), flagged=True, note="x")
    app.run()
    wait_until_read(number)
    rows = {row["position"]: row for row in queue_data.rows(listed(number), {})}
    first = rows[0]
    assert {count["text"] for count in first["counts"]} == {"1 PER", "1 LOC"}
    assert [state["text"] for state in first["states"]] == ["Flagged", "Note", "Edited"]
    assert [entity["state"] for entity in first["target"]["entities"]] == ["auto", "manual"]
    assert rows[1]["states"] == [{"text": "Open", "tone": "plain"}] and rows[1]["ready"]


def test_a_sentence_in_two_versions_says_so_and_cannot_be_accepted(app, project):
    number = project(*PAIRS)
    opened(app, number)
    store().fork(store().sentence(number, 0).id, "~tab", 0, "Ana")
    rows = {row["position"]: row for row in queue_data.rows(listed(number), {})}
    assert rows[0]["states"][0] == {"text": "Two versions", "tone": "bad"}
    assert rows[1]["states"] == [{"text": "Open", "tone": "plain"}]
    send(app, "a", 1, op(number, 1, 0, kind="check"))
    assert "in two versions" in app.session_state["queue-problems"][0].text
    assert not store().sentence(number, 0).edits.checked


def test_a_row_that_was_not_read_cannot_be_accepted(project):
    number = project(*PAIRS)
    (row, *_) = queue_data.rows(listed(number), {})
    assert not row["ready"] and row["unread"] == "Not read yet" and row["doubt"] == ""
    assert row["target"]["words"][0] == "Maria" and row["source"]["words"][0] == "Maria"


def test_right_to_left_and_long_texts():
    words = ["القاهرة"] * 80
    number = store().create_project(
        "Long", Setup("en", "ar", **STAND_INS), [Task(target=Sentence.from_words(words, "ar"))]
    )
    (row,) = queue_data.rows(listed(number), {})
    assert row["direction"] == "rtl" and len(row["text"]) < 170 and row["text"].endswith("…")
    assert len(row["target"]["words"]) == 80 and row["source"] is None


def test_durations():
    said = [queue_data.time_left(seconds) for seconds in (None, 0.2, 40, 89, 90, 3000, 9000)]
    assert said == ["", "about 1 s", "about 40 s", "about 89 s", "about 2 min", "about 50 min", "about 2 h"]
