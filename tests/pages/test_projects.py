"""The stored projects on the start page: search, labels, guidelines, deletion and recovery; and what is refused."""

import json
from dataclasses import replace

import pytest

from projection.corrections.edits import Edits
from projection.corrections.people import People
from projection.errors import StoreError
from projection.pipeline import Setup, Task
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from tests.pages.conftest import STAND_INS, html, page
from views import guidelines, labels, people, project_labels, queue_scan
from views.resources import store

PAIR = ("Ann met Bob .", "Ann traf Bob .")
HOSTILE = "<script>alert(1)</script> ![x](http://example.org/x.png) [go](javascript:alert(2)) <img src=http://x>"


def stay(app, ask, number):
    """Keep a dialog open for the next run: AppTest runs the whole page where a browser runs the dialog alone."""
    app.session_state["project-dialog"] = (ask, store().project(number))
    return app


def names(app):
    return [button.label for button in app.button if button.key.startswith("open-") and button.key[5:].isdigit()]


def test_projects_are_listed_with_their_counts(app, project):
    number = project(PAIR, PAIR, PAIR)
    store().save(store().sentence(number, 0).id, Edits(checked=True, flagged=True), expected_revision=0, kind="check")
    app.run()
    assert not app.exception
    shown = html(app)
    assert "1 project, 3 sentences" in shown and "1 of 3 checked" in shown and "1 flagged" in shown
    assert "English to German" in shown


def test_nothing_is_listed_where_there_is_nothing(app):
    app.run()
    assert "Your projects" not in html(app)


def test_many_projects_are_searched_and_shown_a_few_at_a_time(app, project):
    for number in range(8):
        project(PAIR, name=f"News {number}")
    project(PAIR, name="أخبار ABC")
    app.run()
    assert names(app) == ["أخبار ABC", "News 7", "News 6", "News 5", "News 4"]
    assert app.button(key="more-projects").label == "Show 4 more projects"
    app.text_input(key="project-search").set_value("news 1").run()
    assert names(app) == ["News 1"]
    app.text_input(key="project-search").set_value("nothing like it").run()
    assert names(app) == [] and "No project has that name" in html(app)
    app.text_input(key="project-search").set_value("").run()
    app.button(key="more-projects").click().run()
    assert len(names(app)) == 9


def test_a_deleted_project_is_brought_back_from_the_list_also_later(app, project):
    number = project(PAIR, name="<b>Old</b>")
    app.run()
    app.button(key=f"delete-{number}").click().run()
    assert store().projects() != []
    app.button(key="confirm-delete").click().run()
    assert "Deleted &lt;b&gt;Old" in html(app)
    app.session_state["deleted-projects"] = True
    app.session_state["deleted"] = None  # another day, another tab
    app.run()
    assert not app.exception
    assert "1 deleted project" in [pane.label for pane in app.expander]
    app.button(key=f"restore-{number}").click().run()
    assert [found.id for found in store().projects()] == [number]
    assert not app.exception


def counts(app):
    """Label to what the columns after Key and Colour say; opened with the button of the only project."""
    next(button for button in app.button if button.key.startswith("labels-")).click().run()
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "Label" in frame.value)
    return {row.pop("Label"): [*row.values()][2:] for row in table.to_dict("records")}


def test_what_occurs_is_offered_as_a_label_and_counted(app, project):
    number = project(PAIR, PAIR)
    edits = Edits(target_entities=(project_label("EVENT"),), checked=True)
    store().save(store().sentence(number, 0).id, edits, expected_revision=0, kind="label")
    app.run()
    assert counts(app) == {"PER": [2, 0], "ORG": [0, 0], "LOC": [0, 0], "MISC": [0, 0], "EVENT": [0, 1]}
    assert "automatic labels of 1 sentence are not counted" in html(app), "the other one is decided as a whole"


def test_labels_are_counted_as_they_are_exported_once_the_project_is_read(app, project):
    number = project(PAIR, PAIR, PAIR)
    removed = Edits(removed=(Span(0, 1),), placed=(Entity(Span(2, 3), "LOC", origin="manual"),))
    store().save(store().sentence(number, 1).id, removed, expected_revision=0, kind="label")
    page(app, "queue", project=str(number))
    assert queue_scan.current_scan(store().project(number)).wait(20)
    # a check is no reason to read again, though what was read then has an older revision
    store().save(store().sentence(number, 0).id, Edits(checked=True), expected_revision=0, kind="check")
    app.switch_page("pages/project.py").run()
    assert counts(app) == {"PER": [3, 2], "ORG": [0, 0], "LOC": [0, 1], "MISC": [0, 0]}
    assert "not counted" not in html(app)
    setup = store().project(number).setup
    store().update_setup(number, replace(setup, methods=("span-matching",)))
    assert counts(app)["PER"] == [3, 0] and "labels of 3 sentences are not counted" in html(app)


def test_labels_that_came_with_the_target_are_counted_apart(app):
    target = tokenize("Ann ging .", "de").with_entities([Entity(Span(0, 1), "EVENT")])
    store().create_project("Gold", Setup("en", "de", **STAND_INS), [Task(tokenize("Ann left .", "en"), target)])
    app.run()
    assert counts(app)["EVENT"] == [0, 0, 1]


def test_figures_stay_while_somebody_types(project, monkeypatch):
    state = {}
    monkeypatch.setattr("streamlit.session_state", state)
    here = store().project(project(PAIR))
    before = project_labels.occurring(here)
    state[f"labels-table-{here.id}"] = {"edited_rows": {0: {"Key": "B"}}, "added_rows": [], "deleted_rows": []}
    edits = Edits(target_entities=(project_label("EVENT"),))
    store().save(store().sentence(here.id, 0).id, edits, expected_revision=0, kind="label")
    assert project_labels.occurring(here) is before
    state[f"labels-table-{here.id}"]["edited_rows"] = {}
    assert project_labels.occurring(here).target == {"EVENT": 1}


def test_labels_without_a_result_are_not_counted(app, project):
    number = project(("Ann left .", None), translator="given")
    page(app, "queue", project=str(number))
    assert queue_scan.current_scan(store().project(number)).wait(20)
    app.switch_page("pages/project.py").run()
    assert counts(app)["PER"] == [1, 0] and "labels of 1 sentence are not counted" in html(app)


def project_label(label):
    return Entity(Span(0, 1), label, origin="manual")


def test_labels_are_kept_and_taken_back_to_the_standard_ones(app, project):
    number = project(PAIR)
    app.run()
    app.button(key=f"labels-{number}").click().run()
    assert not app.exception
    assert "PER" in html(app) and app.button(key="standard-labels").disabled
    app.button(key="keep-labels").click()
    stay(app, "labels", number).run()
    assert not app.exception and store().project(number).labels == "", "nothing was changed"
    store().update_labels(number, labels.dump(labels.read_rows([("DATE", "b", "wine"), ("<i>x", "", "mint")])))
    app.button(key=f"labels-{number}").click().run()
    assert "label-other-1" in html(app) and "&lt;i&gt;x" in html(app)
    app.button(key="standard-labels").click()
    stay(app, "labels", number).run()
    assert store().project(number).labels == ""


def test_what_somebody_else_stored_meanwhile_is_not_written_over(project):
    number = project(PAIR)
    mine = labels.read_rows([("A-1", "", "")])
    store().update_labels(number, labels.dump(labels.read_rows([("DATE", "", "")])))
    assert "Somebody else changed the labels" in project_labels._keep(number, mine, "")
    assert json.loads(store().project(number).labels)[0]["label"] == "DATE"


def test_ten_thousand_labels_open_and_are_kept(app, project):
    number = project(PAIR)
    rows = [(f"L{index}", "", "") for index in range(10_000)]
    store().update_labels(number, labels.dump(labels.read_rows(rows)))
    app.run()
    app.button(key=f"labels-{number}").click().run()
    assert not app.exception and "10\u202f001 labels" in html(app)
    app.button(key="keep-labels").click()
    stay(app, "labels", number).run()
    assert len(labels.label_set(store().project(number))) == 10_001


def test_guidelines_are_written_and_read(app, project):
    number = project(PAIR)
    app.run()
    app.button(key=f"guidelines-{number}").click().run()
    app.text_area(key=f"guidelines-text-{number}").set_value("# Names\n\nأسماء **only**")
    stay(app, "guidelines", number).run()
    assert "<strong>only</strong>" in html(app) and store().guidelines(number) == "", "not kept yet"
    app.button(key="keep-guidelines").click()
    stay(app, "guidelines", number).run()
    assert not app.exception and store().guidelines(number).startswith("# Names")


def test_guidelines_that_somebody_else_changed_are_not_written_over(app, project):
    number = project(PAIR)
    app.run()
    app.button(key=f"guidelines-{number}").click().run()
    app.text_area(key=f"guidelines-text-{number}").set_value("mine")
    stay(app, "guidelines", number).run()
    store().update_guidelines(number, "theirs")
    app.button(key="keep-guidelines").click()
    stay(app, "guidelines", number).run()
    assert store().guidelines(number) == "theirs" and "Somebody else changed them" in html(app)
    assert app.text_area(key=f"guidelines-text-{number}").value == "mine"


def test_guidelines_never_fetch_and_never_run_anything():
    shown = guidelines.html(HOSTILE)
    assert "<script" not in shown and "<img" not in shown and 'href="javascript' not in shown
    assert "&lt;script&gt;" in shown and 'rel="noopener noreferrer nofollow"' in shown
    assert 'dir="auto"' in guidelines.html("# عنوان")
    assert "<table" in guidelines.html("| a | b |\n|---|---|\n| 1 | 2 |")


@pytest.mark.parametrize(("ask", "confirm"), [("rename", "confirm-rename"), ("delete", "confirm-delete")])
def test_who_is_no_curator_manages_nothing(app, project, ask, confirm):
    number = project(PAIR, name="Old")
    People(store().database).set_member(number, "Ana", "curator", "Ana")
    app.run()
    app.button(key=f"{ask}-{number}").click().run()
    app.button(key=confirm).click().run()
    assert not app.exception and [toast.value for toast in app.toast]
    assert store().project(number).name == "Old"
    app.button(key=f"labels-{number}").click().run()
    assert app.button(key="keep-labels").disabled
    app.button(key=f"guidelines-{number}").click().run()
    assert app.button(key="keep-guidelines").disabled


def test_a_refusal_while_a_form_is_open_is_said_in_it(app, project, monkeypatch):
    number = project(PAIR)
    app.run()
    app.button(key=f"guidelines-{number}").click().run()
    monkeypatch.setattr(people, "may_manage", _busy)
    assert "busy" in project_labels._keep(number, labels.standard_labels(), "")


def _busy(_):
    raise StoreError("The store is busy.")
