"""The inspect page: what the editor sends is stored and shown, what cannot be done is said; panels; address."""

from dataclasses import replace

import pytest

from projection.corrections.inbox import Inbox
from projection.corrections.records import Stamp
from projection.corrections.store import settings_key
from projection.errors import StoreUnavailable
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span
from tests.pages.conftest import Editor, html, page
from views import editing, people, workbench
from views.resources import store

PAIR = ("Ann met Bob in Berlin .", "Ann traf Bob in Berlin .")


GOLD = Task(
    Sentence.from_words(PAIR[0].split(), "en", [Entity(Span(0, 1), "PER", origin="gold")]),
    Sentence.from_words(PAIR[1].split(), "de", [Entity(Span(0, 1), "PER", origin="gold"), Entity(Span(4, 5), "LOC")]),
    labelled=True,
)


@pytest.fixture
def editor(app, project):
    """Return a function that opens sentences on the inspect page."""

    def open_page(*pairs, position=0, **setup):
        number = project(*(pairs or (PAIR,)), **setup)
        page(app, "inspect", project=str(number), s=str(position + 1))
        return Editor(app)

    return open_page


def stored(editor, position=0):
    return store().sentence(editor.data["project"], position)


def translation_area(app):
    return next(area for area in app.text_area if "translation" in area.label)


def save_translation(app, text):
    translation_area(app).set_value(text)
    app.button(key="save-text").click().run()
    assert not app.exception


def test_no_project_shows_the_way_in(app):
    page(app, "inspect")
    assert "No project is open" in html(app)
    assert app.button(key="start").label == "Start a project"


@pytest.mark.parametrize("number", ["4711", "-1", "9" * 30, "x"])
def test_a_project_that_does_not_exist_is_no_stack_trace(app, number):
    page(app, "inspect", project=number, s="9" * 30)
    assert "No project is open" in html(app)


def test_the_address_opens_project_sentence_and_method(app, project):
    number = project(PAIR, ("Eve left .", "Eva ging ."))
    page(app, "inspect", project=str(number), s="2", m="span-matching")
    assert app.number_input(key="jump").value == 2
    assert app.selectbox(key="m").value == "span-matching"
    assert translation_area(app).value == "Eva ging ."


def test_the_editor_walks_through_the_project_and_the_address_follows(app, editor):
    here = editor(PAIR, PAIR, PAIR)
    here.send(go=1)
    assert app.query_params["s"] == "2" and here.data["position"] == 1
    here.send(go=1)
    assert here.data["position"] == 1, "a wish that was followed once is not followed again"
    app.number_input(key="jump").set_value(3).run()
    assert here.data["position"] == 2 and app.query_params["s"] == "3"


def test_each_edit_is_stored_shown_and_acknowledged(editor):
    here = editor()
    here.do("label", side="target", start=4, end=5, label="LOC")
    assert (4, 5, "LOC", "manual") in here.spans()
    assert here.data["acknowledged"] == {"browser": 1} and here.data["saved"] and here.data["undo"] == 1
    here.do("move", side="target", start=4, end=5, to=[3, 5])
    assert (3, 5, "LOC", "manual") in here.spans()
    here.do("remove", side="target", start=3, end=5)
    assert here.spans() == [(0, 1, "PER", "auto")]
    here.do("undo")
    assert (3, 5, "LOC", "manual") in here.spans() and here.data["redo"] == 1
    here.do("redo")
    assert here.spans() == [(0, 1, "PER", "auto")]
    events = store().history(here.data["sentence"])
    assert [event.kind for event in events[::-1]] == [
        "label Berlin LOC", "move Berlin to in Berlin", "remove in Berlin LOC", "undo", "redo",
    ]  # fmt: skip
    assert {event.seconds for event in events} == {1.5} and {event.client for event in events} == {"browser"}


def test_a_queue_that_comes_twice_is_stored_once(editor):
    here = editor()
    here.do("flag", on=True)
    queue = here.ops
    here.view += 1
    view = {"n": here.view, "sentence": here.data["sentence"], "pick": None, "ghost": None, "go": None, "open": None}
    again = {"client": here.client, "ops": queue, "view": view, "recovered": [{"client": here.client, "ops": queue}]}
    here.app.session_state["editor"] = {"sent": again}
    here.app.run()
    assert stored(here).revision == 1 and stored(here).edits.flagged


def test_what_an_earlier_page_could_not_hand_over_is_stored_now(editor):
    here = editor()
    data = here.data
    names = ("project", "sentence", "position", "line", "method")
    old = {name: data[name] for name in names} | {"n": 7, "base": 0, "op": {"kind": "note", "text": "from before"}}
    here.view += 1
    view = {"n": here.view, "sentence": data["sentence"], "pick": None, "ghost": None, "go": None, "open": None}
    sent = {"client": "new", "ops": [], "view": view, "recovered": [{"client": "old", "ops": [old]}]}
    here.app.session_state["editor"] = {"sent": sent}
    here.app.run()
    assert here.data["note"] == "from before" and here.data["acknowledged"]["old"] == 7


def test_what_cannot_be_done_is_refused_with_a_sentence_and_forgotten_by_the_editor(editor):
    here = editor()
    here.do("label", side="target", start=2, end=3, label="PER")
    here.do("label", side="target", start=3, end=4, label="LOC")
    here.do("move", side="target", start=3, end=4, to=[2, 4])
    assert {(2, 3, "PER", "manual"), (3, 4, "LOC", "manual")} <= {*here.spans()}
    assert here.data["acknowledged"] == {"browser": 3}
    assert [item["n"] for item in here.data["problems"]] == [3]
    assert "PER at words 3 to 3 is there" in here.data["problems"][0]["text"]


def test_a_source_label_changes_the_projection_downstream(editor):
    here = editor()
    here.do("label", side="source", start=4, end=5, label="LOC")
    assert (4, 5, "LOC", "auto") in here.spans()
    assert Entity(Span(4, 5), "LOC", origin="manual") in stored(here).edits.source_entities


def test_links_by_hand_project_anew_and_keep_what_a_person_decided(editor):
    here = editor()
    here.do("label", side="target", start=2, end=3, label="MISC")
    here.do("link", source=0, target=0, on=False)
    here.do("link", source=0, target=4, on=True)
    assert here.spans() == [(2, 3, "MISC", "manual"), (4, 5, "PER", "auto")]
    assert [link for link in here.data["links"] if link[4]]
    here.do("undo")
    here.do("undo")
    assert here.spans() == [(0, 1, "PER", "auto"), (2, 3, "MISC", "manual")]


def test_words_are_split_and_joined_with_labels_and_links(editor):
    here = editor()
    here.do("split", side="target", word=4, at=3)
    assert here.data["target"]["words"] == ["Ann", "traf", "Bob", "in", "Ber", "lin", "."]
    here.do("merge", side="target", word=4)
    assert here.data["target"]["words"][4] == "Berlin" and here.spans() == [(0, 1, "PER", "auto")]


def test_accepting_goes_on_and_keeps_the_labels_whatever_comes(app, editor):
    here = editor(PAIR, PAIR)
    here.do("check", go=1)
    first = stored(here)
    assert first.edits.checked and here.data["position"] == 1 and here.data["progress"] == {"checked": 1, "total": 2}
    (kept,) = first.edits.target_entities
    assert (kept.origin, kept.derived.method, kept.derived.span) == ("accepted", "heuristic", Span(0, 1))
    assert store().setup_of(kept.derived.settings)["aligner"] == "diagonal"
    app.selectbox(key="m").set_value("span-matching").run()
    here.send(go=0)
    assert here.spans() == [(0, 1, "PER", "accepted")]


def test_what_is_accepted_is_what_was_shown_though_somebody_changed_the_settings_meanwhile(app, editor):
    here = editor(methods=("heuristic",))
    number, setup = here.data["project"], store().project(here.data["project"]).setup
    store().update_setup(number, replace(setup, methods=("span-matching",)))
    here.do("check")
    (kept,) = stored(here).edits.target_entities
    assert (kept.derived.method, kept.derived.settings) == ("heuristic", settings_key(setup))
    assert Setup.from_dict(store().setup_of(settings_key(setup))) == setup
    here.send()
    assert here.data["method"] == "span-matching"


def test_given_source_labels_are_not_newer_than_what_was_decided(app, editor):
    """A given label whose place was deleted before accepting is no news."""
    here = editor()
    here.do("remove", side="target", start=0, end=1)
    here.do("check")
    here.send()
    assert "newer than your labels" not in html(app)
    here.do("uncheck")
    here.do("check")
    here.do("label", side="source", start=4, end=5, label="LOC")
    here.send()
    assert "1 source label newer than your labels" in html(app) and "Berlin LOC" in html(app)


def test_gold_goes_along_with_words_and_ends_with_another_text(app, editor):
    here = editor()
    number = store().create_project("gold", store().project(here.data["project"]).setup, [GOLD])
    page(app, "inspect", project=str(number))

    def strip():
        rows = [row["entities"] for row in here.data["strips"] if row["name"] == "gold"]
        return [(one["start"], one["end"], one["label"]) for row in rows for one in row]

    assert strip() == [(0, 1, "PER"), (4, 5, "LOC")]
    here.do("merge", side="target", word=1)
    assert strip() == [(0, 1, "PER"), (3, 4, "LOC")]
    here.send()
    save_translation(app, "Ann ging .")
    assert strip() == [] and "Gold does not fit any more" in html(app)
    page(app, "compare", project=str(number))
    assert "F1 with gold" not in html(app)


def test_a_candidate_names_the_labels_its_choice_would_cost(editor):
    here = editor(methods=("span-matching",))
    here.do("label", side="target", start=1, end=2, label="MISC")
    whys = {(one["start"], one["end"]): one["why"] for one in here.data["candidates"]["0"]}
    costly = {span for span, why in whys.items() if why.endswith("; traf MISC would go")}
    assert costly == {(start, end) for start, end in whys if start <= 1 < end} and costly < whys.keys()


def test_settings_somebody_else_changed_are_used_and_said(app, editor):
    here = editor()
    number, setup = here.data["project"], store().project(here.data["project"]).setup
    store().update_setup(number, replace(setup, methods=("span-matching",)))
    app.run()
    assert "changed by somebody else" in " ".join(toast.value for toast in app.toast)
    assert here.data["method"] == "span-matching"
    assert store().project(number).setup.methods == ("span-matching",), "the widgets do not bring back what they showed"
    app.run()
    assert not app.toast


def test_a_change_of_the_settings_is_stored_and_nobody_elses_news(app, editor):
    here = editor()
    number, setup = here.data["project"], store().project(here.data["project"]).setup
    app.segmented_control(key=f"settings-{number}-{settings_key(setup)}-direction").set_value("translate-test").run()
    assert store().project(number).setup == replace(setup, direction="translate-test") and not app.toast


def test_who_may_not_manage_a_project_leaves_its_settings_alone(app, editor):
    here = editor()
    people.people().set_member(here.data["project"], "Ana", "curator", "Ana")
    people.people().set_member(here.data["project"], "Rui", "corrector", "Ana")
    app.session_state["person"] = "Rui"
    app.run()
    drawn = [one.proto.popover for one in app.get("popover") if one.proto.popover.label == "Settings"]
    assert [one.disabled for one in drawn] == [True] and "curator" in drawn[0].help


def test_labels_seen_under_settings_nobody_knows_are_not_accepted(editor, monkeypatch):
    here = editor()
    with monkeypatch.context() as patch:
        patch.setattr(Editor, "data", {**here.data, "settings": "0123456789ab"})
        here.do("check")
    assert not stored(here).edits.checked
    assert "settings changed after this was shown" in here.data["problems"][0]["text"]


def test_two_tabs_on_one_sentence_keep_both_versions_until_somebody_decides(editor):
    here = editor()
    there = Editor(here.app, "other tab")
    data = here.data
    here.do("label", side="target", start=0, end=1, label="ORG")
    names = ("project", "sentence", "position", "line", "method")
    late = {name: data[name] for name in names} | {"n": 1, "base": 0, "op": {"kind": "label", "side": "target"}}
    late["op"] |= {"start": 0, "end": 1, "label": "LOC"}
    there.ops.append(late)
    there.send()
    assert here.spans() == [(0, 1, "ORG", "corrected")]
    conflict = here.data["conflict"]
    assert [item["label"] for item in conflict["mine"]] == ["LOC"] and "Ann" in conflict["text"]
    assert "both versions are kept" in " ".join(toast.value for toast in here.app.toast)
    there.n = 1
    there.do("resolve", line=conflict["line"], keep=True)
    assert here.spans() == [(0, 1, "LOC", "corrected")] and here.data["conflict"] is None
    there.do("undo")
    assert here.spans() == [(0, 1, "ORG", "corrected")]


def test_somebody_elses_newer_version_is_not_overwritten_by_a_panel(app, editor):
    here = editor()
    number = here.data["sentence"]
    theirs = replace(stored(here).edits, target_entities=(Entity(Span(0, 1), "ORG", origin="manual"),))
    original = type(store()).others_since

    def first_somebody_else(self, sentence_id, base, client, line=""):
        if self.history(sentence_id) == []:
            self.save(number, theirs, expected_revision=0, kind="theirs", stamp=Stamp("Rui"))
        return original(self, sentence_id, base, client, line)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store()), "others_since", first_somebody_else)
        save_translation(app, "Ann hat Bob getroffen .")
    assert stored(here).edits == theirs
    assert "changed by Rui" in " ".join(toast.value for toast in app.toast)
    assert here.data["conflict"]["text"] == "The words of the translation differ."


def test_a_new_translation_is_tokenised_and_projected_again(app, editor):
    here = editor()
    save_translation(app, "Ann hat Bob getroffen .")
    assert stored(here).edits.target.text == "Ann hat Bob getroffen ."
    assert here.data["target"]["note"] == "your text" and here.spans() == [(0, 1, "PER", "auto")]


def test_a_selection_ends_when_its_words_change(app, editor):
    here = editor()
    here.do("label", side="source", start=4, end=5, label="LOC")
    here.send(pick={"side": "target", "start": 4, "end": 5})
    assert app.session_state["evidence"] == 1
    save_translation(app, "Gestern traf Ann ihren Bob .")
    assert not app.exception


def test_without_translation_or_labels_the_source_can_be_marked(app, editor):
    here = editor(("Ann left .", None), translator="given", recognizer="given", labelled=False)
    assert "Stopped at recognition" in html(app) and here.data["target"]["missing"]
    here.do("label", side="source", start=0, end=1, label="PER")
    assert "Stopped at translation" in html(app)
    assert stored(here).edits.source_entities == (Entity(Span(0, 1), "PER", origin="manual"),)
    save_translation(app, "Ann ging .")
    assert "not carried over" not in html(app)
    assert here.spans() == [(0, 1, "PER", "auto")]


def test_labels_that_a_new_text_lost_are_named_until_the_sentence_is_accepted(app, editor):
    here = editor()
    here.do("label", side="target", start=4, end=5, label="LOC")
    for text in ("Ann traf Bob daheim .", "Ann traf Bob daheim !"):
        save_translation(app, text)
        assert "1 label of yours not carried over" in html(app) and "Berlin LOC." in html(app)
        assert here.data["target"]["note"] == "your text"
    here.do("undo")
    assert "not carried over" in html(app)
    here.do("undo")
    assert "not carried over" not in html(app) and here.data["target"]["note"] == "given"
    here.do("redo")
    here.do("check")
    assert "not carried over" not in html(app)


def test_a_source_label_that_comes_after_acceptance_is_said_to_have_no_effect(app, editor):
    here = editor()
    here.do("label", side="source", start=2, end=3, label="PER")
    here.do("check")
    assert "newer than your labels" not in html(app)
    here.do("label", side="source", start=4, end=5, label="LOC")
    assert "1 source label newer than your labels" in html(app) and "Berlin LOC." in html(app)
    here.do("label", side="target", start=4, end=5, label="LOC")
    assert "newer than your labels" not in html(app)


def test_a_translation_that_is_empty_or_the_same_is_not_stored(app, editor):
    here = editor()
    for text, said in (("  ", "is empty"), (PAIR[1], "the same as before")):
        save_translation(app, text)
        assert said in app.toast[0].value
    assert stored(here).revision == 0


def test_back_to_automatic_and_any_older_state(app, editor):
    here = editor()
    here.do("label", side="target", start=4, end=5, label="LOC")
    app.button(key="automatic").click().run()
    assert here.spans() == [(0, 1, "PER", "auto")]
    app.button(key="restore-1").click().run()
    assert (4, 5, "LOC", "manual") in here.spans() and stored(here).revision == 3


def test_a_candidate_and_another_methods_spans_can_be_taken(app, editor):
    here = editor(("Ann met Ann .", "Ann traf Ann ."))
    app.button(key="use-span-matching").click().run()
    assert {state for *_, state in here.spans()} == {"accepted"}
    assert stored(here).edits.target_entities[0].derived.method == "span-matching"


def test_steps_name_what_was_given_and_what_was_computed(app, editor):
    editor()
    shown = html(app)
    assert shown.count("given or kept") == 2
    assert shown.index("<td>recognition") < shown.index("<td>translation") < shown.index("computed in")


def test_a_missing_model_is_one_message_and_the_text_is_still_there(app, editor):
    here = editor(("Ann left .", None), translator="given")
    assert "Stopped at translation" in html(app) and here.data["source"]["words"] == ["Ann", "left", "."]
    assert "Traceback" not in html(app)


def test_why_there_is_no_translation_is_said_where_it_would_stand(app, editor):
    here = editor(("Ann left .", None), translator="given")
    assert here.data["target"]["missing"] and "translat" in here.data["target"]["why"]
    assert here.data["target"]["why"] in html(app), "as it is said under the editor"
    save_translation(app, "Ann ging .")
    assert "why" not in here.data["target"]


def test_accepting_leads_to_the_next_sentence_that_was_given_to_the_person(app, editor):
    here = editor(*[PAIR] * 5, position=1)
    number = here.data["project"]
    assert "following" not in here.data, "nobody was given sentences"
    people.assignments().give(number, {"Bruno": [1, 2, 4], "Eva": [3]}, "")
    app.run()
    assert "following" not in here.data, "somebody else was"
    app.session_state["person"] = "bruno"
    app.run()
    assert here.data["following"] == 2
    here.do("check", go=2)
    assert here.data["position"] == 2 and here.data["following"] == 4
    here.do("check", go=4)
    assert here.data["following"] is None
    here.do("check")
    assert here.data["following"] is None


def test_what_was_passed_over_follows_after_the_last_one(app, editor):
    here = editor(*[PAIR] * 4, position=3)
    people.assignments().give(here.data["project"], {"Bruno": [0, 3]}, "")
    app.session_state["person"] = "Bruno"
    app.run()
    assert here.data["following"] == 0


def test_only_what_the_current_method_has_to_say_stands_under_the_editor(app, project):
    number = project(PAIR, methods=("heuristic", "model-transfer"))
    page(app, "inspect", project=str(number), m="heuristic")
    assert "model-transfer failed" not in html(app)
    app.selectbox(key="m").set_value("model-transfer").run()
    assert "model-transfer failed on this sentence" in html(app)


def test_entities_without_a_place_are_explained(app, editor):
    editor(("Ann left .", "Sie ging fort heute morgen ganz leise ."), methods=("heuristic",), aligner="given")
    assert "Stopped at alignment" in html(app)


def test_every_older_state_can_be_reached(app, editor):
    here = editor()
    for turn in range(25):
        here.do("flag", on=turn % 2 == 0)
    here.send()
    keys = [button.key for button in app.button if str(button.key).startswith("restore-")]
    assert keys[0] == "restore-25" and keys[-1] == "restore-6"
    app.session_state[f"events-{here.data['sentence']}"] = 2
    app.run()
    app.button(key="restore-1").click().run()
    assert here.data["flagged"] and here.data["revision"] == 26


def test_the_token_table_says_what_the_editor_draws(app, editor):
    here = editor()
    here.do("label", side="target", start=4, end=5, label="LOC")
    here.send()
    (frame,) = [table.value for table in app.dataframe if "Token" in table.value]
    assert frame["Tag"].tolist() == ["B-PER", "O", "O", "O", "B-LOC", "O"]
    assert frame["State"].tolist()[::4] == ["automatic", "added by hand"]
    assert frame["Linked to"].tolist() == ["Ann", "met", "Bob", "in", "Berlin", "."]


def test_the_token_table_of_somebody_who_may_not_change_it_is_to_be_read_only(app, editor):
    here = editor()
    people.people().set_member(here.data["project"], "Ana", "curator", "Ana")
    people.people().set_member(here.data["project"], "Rui", "viewer", "Ana")
    assert not [table for table in app.dataframe if table.proto.disabled]
    app.session_state["person"] = "Rui"
    here.send()
    app.run()
    assert [table for table in app.dataframe if table.proto.disabled] and "viewer" in " ".join(
        caption.value for caption in app.caption
    )


def test_a_queue_that_has_to_wait_does_not_hold_up_the_others(editor, monkeypatch):
    here = editor(PAIR, PAIR)
    take = Inbox.take

    def broken(self, client, messages, author=""):
        if client == "old":
            raise StoreUnavailable("The store is busy.")
        return take(self, client, messages, author)

    monkeypatch.setattr(Inbox, "take", broken)
    item = {"n": 1, "project": here.data["project"], "position": 0, "base": 0, "op": {"kind": "flag", "on": True}}
    receipt = workbench.take({"client": "new", "ops": [item], "recovered": [{"client": "old", "ops": [item]}]})
    assert receipt.acknowledged == {"new": 1} and receipt.waiting == "The store is busy."


def test_a_button_that_was_drawn_before_the_last_edit_is_no_second_person(app, editor, monkeypatch):
    """Only the editor is drawn after an edit; the buttons beneath still hold what the page knew before."""
    drawn, original = [], editing.perform
    monkeypatch.setattr(editing, "perform", lambda desk, op: (drawn.append(desk), original(drawn[0], op))[1])
    here = editor()
    app.button(key="automatic").click().run()
    here.do("label", side="source", start=4, end=5, label="LOC")
    here.do("label", side="target", start=2, end=3, label="PER")
    save_translation(app, "Heute traf Ann Bob in Berlin .")
    assert drawn[0].stored.revision < 2 and here.data["conflict"] is None and not app.toast
    assert (3, 4, "PER", "manual") in here.spans() and here.data["target"]["note"] == "your text"


def test_labels_of_the_project_come_with_their_keys_and_colours(editor):
    here = editor()
    labels = '[{"label": "DRUG", "key": "r", "colour": "org"}, {"label": "GENE"}]'
    store().update_labels(here.data["project"], labels)
    here.do("label", side="target", start=4, end=5, label="DRUG")
    assert here.data["labels"][:2] == [
        {"label": "DRUG", "key": "r", "colour": "label-org"},
        {"label": "GENE", "key": "", "colour": here.data["labels"][1]["colour"]},
    ]
    assert [item["label"] for item in here.data["labels"]] == ["DRUG", "GENE", "PER"]
    (drug,) = [item for item in here.data["target"]["entities"] if item["label"] == "DRUG"]
    assert drug["colour"] == "label-org"


def test_guidelines_open_beside_the_sentence(app, editor):
    here = editor()
    assert not here.data["guidelines"]
    store().update_guidelines(here.data["project"], "Titles are **not** part of a name. <img src=x onerror=alert(1)>")
    here.send(open="guidelines")
    assert here.data["guidelines"]
    assert "<strong>not</strong>" in html(app) and "<img" not in html(app)


def test_a_button_about_the_sentence_before_says_where_its_change_went(editor):
    """The page follows the editor a moment later; what is pressed in between counts where it was drawn."""
    here = editor(PAIR, PAIR)
    here.do("label", side="target", start=2, end=3, label="PER")
    here.app.session_state["position"] = 1
    here.app.button(key="automatic").click().run()
    assert stored(here, 0).revision == 2 and stored(here, 1).revision == 0
    assert here.data["position"] == 1
    assert [one.value for one in here.app.toast] == ["That was about sentence 1, and is stored there\\."]
