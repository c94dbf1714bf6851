"""The page People through the whole app: names, roles, sentences to do, agreement, decisions, login."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest
import streamlit as st

from projection.corrections.assignments import Assignments
from projection.corrections.edits import Edits
from projection.corrections.overlaps import Overlaps
from projection.corrections.people import People
from projection.corrections.records import Stamp
from projection.corrections.roles import own_line
from projection.types import Entity, Span
from tests.pages.conftest import html, page
from views import people_corner, queue_scan
from views.resources import store

HOSTILE = "<img src=x onerror=alert(1)>"
ARABIC = "عائشة محمد"


@pytest.fixture
def team():
    """Return a function that gives a project Ana as curator and others as correctors."""

    def create(project_id: int, *others: str) -> None:
        for name in others or ("Rui", "Eva"):
            People(store().database).set_member(project_id, name, "corrector", "Ana")

    return create


def said(app):
    """The message on the page, without the backslashes that keep it from being read as Markdown."""
    return app.toast[0].value.replace("\\", "")


def open_as(app, name, project_id, part="Roles"):
    app.session_state["person"] = name
    return page(app, "people", project=str(project_id), part=part)


def members(project_id):
    return {one.person: one.role for one in People(store().database).members(project_id)}


def finish(project_id, position, person, *spans):
    line = own_line(person)
    stored = store().sentence(project_id, position, line)
    edits = Edits(
        target_entities=tuple(Entity(Span(a, b), label, origin="manual") for a, b, label in spans), checked=True
    )
    store().save(stored.id, edits, expected_revision=stored.revision, kind="check", stamp=Stamp(person), line=line)


def overlap(project_id, *positions, names=("Rui", "Eva")):
    Assignments(store().database).give_apart(project_id, positions, names, "Ana")


PAIR = ("Ann lives in Rome .", "Ann wohnt in Rom .")


# names --------------------------------------------------------------------------------------------------


def test_no_name_is_needed(app, project):
    shown = open_as(app, "", project(PAIR))
    assert "Open to everybody" in html(shown)
    assert "person-typed" not in [field.key for field in shown.text_input]  # until somebody opens the corner


def test_a_name_that_was_given_is_written_to_the_browser(app):
    """The corner itself is used in tests/browser/test_people.py."""
    app.session_state["person"], app.session_state["remember-person"] = "Ana <b>", True
    app.run()
    (cookie,) = app.get("bidi_component")
    assert json.loads(cookie.proto.json) == {"cookie": "projection_name", "name": "Ana <b>"}


@pytest.mark.parametrize(
    "cookie, name", [("Ana%20%3Cb%3E", "Ana <b>"), ("%00%E2%80%AE", ""), ("x" * 5000, ""), ("", "")]
)
def test_the_cookie_is_read_like_any_text(app, project, monkeypatch, cookie, name):
    monkeypatch.setattr(type(st.context), "cookies", property(lambda self: {"projection_name": cookie}))
    number = project(PAIR)
    shown = page(app, "people", project=str(number))
    assert shown.session_state["person"] == name


# roles --------------------------------------------------------------------------------------------------


def add(app, name, role=None):
    app.text_input(key="member-name").set_value(name)
    if role:
        app.segmented_control(key="member-role").set_value(role)
    app.button(key="member-add").click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("name", ["Rui", HOSTILE, ARABIC, "x" * 200, "=1+1", "**bold** [link](x)"])
def test_adding_people(app, project, name):
    number = project(PAIR)
    add(open_as(app, "Ana", number), name)
    assert members(number) == {"Ana": "curator", name: "corrector"}
    assert "<img" not in html(app)


@pytest.mark.parametrize("name", ["", "  ", "\u202e\u200b"])
def test_names_that_are_none(app, project, name):
    number = project(PAIR)
    shown = open_as(app, "Ana", number)
    add(shown, name)
    assert members(number) == {}
    assert shown.toast


def test_without_a_name_of_ones_own_nobody_is_added(app, project):
    number = project(PAIR)
    shown = open_as(app, "", number)
    assert "Say your own name first" in html(shown)
    add(shown, "Rui")
    assert members(number) == {}
    assert "Say your own name first" in said(shown)


def test_a_name_in_another_case_changes_the_role(app, project, team):
    number = project(PAIR)
    team(number, "Rui")
    shown = add(open_as(app, "Ana", number), "RUI", "curator")
    assert members(number) == {"Ana": "curator", "Rui": "curator"}
    shown.selectbox(key="member-chosen").set_value("Rui").run()
    shown.button(key="make-viewer").click().run()
    assert members(number) == {"Ana": "curator", "Rui": "viewer"}


def test_only_curators_see_the_forms(app, project, team):
    number = project(PAIR)
    team(number)
    shown = open_as(app, "Rui", number)
    assert "Only a curator of this project can do that: ask Ana" in html(shown)
    assert not shown.selectbox and "member-add" not in [button.key for button in shown.button]


def test_taking_out_and_the_last_curator(app, project, team):
    number = project(PAIR)
    team(number, "Rui")
    shown = open_as(app, "Ana", number)
    shown.selectbox(key="member-chosen").set_value("Ana").run()
    shown.button(key="member-remove").click().run()
    assert "last curator" in said(shown) and len(members(number)) == 2
    shown.selectbox(key="member-chosen").set_value("Rui").run()
    shown.button(key="member-remove").click().run()
    assert members(number) == {"Ana": "curator"}
    shown.button(key="member-open").click().run()
    assert members(number) == {} and "Open to everybody" in html(shown)


# sentences ----------------------------------------------------------------------------------------------


def test_handing_out_and_taking_back(app, project, team):
    number = project(*[PAIR] * 7)
    team(number)
    shown = open_as(app, "Ana", number, "Sentences")
    shown.number_input(key="give-count").set_value(4)
    shown.multiselect(key="give-people").set_value(["Rui", "Eva"]).run()
    shown.button(key="give").click().run()
    assert not shown.exception and "2 sentences" in said(shown)
    work = {one.person: one.assigned for one in Assignments(store().database).work(number)}
    assert work == {"Rui": 2, "Eva": 2}
    shown.selectbox(key="back-person").set_value("Rui")
    shown.text_input(key="back-numbers").set_value("1-3").run()
    shown.button(key="back").click().run()
    assert sum(one.assigned for one in Assignments(store().database).work(number)) < 4


def test_by_number_and_apart(app, project):
    number = project(*[PAIR] * 5)
    shown = open_as(app, "", number, "Sentences")
    shown.segmented_control(key="give-which").set_value("numbers").run()
    shown.text_input(key="give-numbers").set_value("2-3, 9").run()
    shown.multiselect(key="give-people").set_value([HOSTILE, ARABIC]).run()
    shown.radio(key="give-way").set_value("apart").run()
    shown.button(key="give").click().run()
    assert "'9' is not among the sentences 1 to 5" in said(shown)
    shown.text_input(key="give-numbers").set_value("2-3").run()
    shown.button(key="give").click().run()
    assert not shown.exception
    assert [one.position for one in Overlaps(store().database).sentences(number)] == [1, 2]
    assert "<img" not in html(shown)


def test_nobody_chosen(app, project):
    shown = open_as(app, "", project(PAIR), "Sentences")
    shown.button(key="give").click().run()
    assert "Choose who" in said(shown)


def test_ones_own_sentences(app, project, team):
    number = project(*[PAIR] * 3)
    team(number)
    Assignments(store().database).give(number, {"Rui": [1, 2]}, "Ana")
    shown = open_as(app, "Rui", number, "Sentences")
    assert "give" not in [button.key for button in shown.button]
    shown.button(key="my-next").click().run()
    assert not shown.exception and shown.session_state["position"] == 1


# agreement and decisions --------------------------------------------------------------------------------


def three(project, team, name="Eva"):
    """Two who agree on sentence 1, differ on 2; sentence 3 is finished by one only."""
    number = project(*[PAIR] * 3)
    team(number, "Rui", name)
    overlap(number, 0, 1, 2, names=("Rui", name))
    for person, label in (("Rui", "LOC"), (name, "ORG")):
        finish(number, 0, person, (0, 1, "PER"))
        finish(number, 1, person, (0, 1, "PER"), (3, 4, label))
    finish(number, 2, "Rui")
    return number


def test_nothing_to_compare_yet(app, project):
    for part in ("Agreement", "Decide"):
        assert "Nothing to compare yet" in html(open_as(app, "", project(PAIR), part))


@pytest.mark.parametrize("name", ["Eva", HOSTILE, ARABIC])
def test_agreement(app, project, team, name):
    """3 spans each over two sentences, 2 the same: F1 2/3; labels of the 3 words with one: PER, PER, LOC or ORG."""
    shown = open_as(app, "Ana", three(project, team, name), "Agreement")
    body = html(shown)
    assert '<b class="figure">.67</b>' in body and "<img" not in body
    assert "1 sentence" in body and "Rom" in body
    shown.button(key="go-decide").click().run()
    assert not shown.exception and "Sentence 2" in html(shown)


def test_deciding(app, project, team):
    number = three(project, team)
    shown = open_as(app, "Ana", number, "Decide")
    assert "Sentence 2" in html(shown) and 'class="differs"' in html(shown)
    shown.button(key="take-1-1").click().run()
    stored = store().sentence(number, 1)
    assert [entity.label for entity in stored.edits.target_entities] == ["PER", "LOC"]  # versions are by name
    assert store().history(stored.id)[0].author == "Ana"
    assert "Nothing left here" in html(shown) and "What they agree on counts once it is taken there" in html(shown)
    shown.segmented_control(key="decide-filter").set_value("agree").run()
    shown.button(key="take-agreed").click().run()
    assert not shown.exception and store().sentence(number, 0).edits.checked
    shown.segmented_control(key="decide-filter").set_value("decided").run()
    shown.button(key="decide-next").click().run()
    assert "decided for Rui, against Eva, by Ana" in html(shown)
    shown.button(key="decide-1-again").click().run()
    assert not Overlaps(store().database).sentences(number)[1].decided


def test_a_second_click_takes_nothing_of_the_next_sentence(app, project, team):
    """It comes while the next one is drawn, so it must name what it was made on."""
    shown = open_as(app, "Ana", three(project, team), "Decide")
    before = [button.key for button in shown.button if button.key.startswith("take-1-")]
    shown.segmented_control(key="decide-filter").set_value("agree").run()
    assert "Sentence 1" in html(shown) and len(before) == 2
    assert not set(before) & {button.key for button in shown.button}


def test_the_source_to_decide_on_has_the_labels_given_by_hand_or_with_the_file(app, project, team):
    number = three(project, team)
    assert drawn_source(open_as(app, "Ana", number, "Decide")) == ["Ann PER"]
    edits = Edits(source_entities=(Entity(Span(3, 4), "LOC", origin="manual"),))
    store().save(store().sentence(number, 1).id, edits, expected_revision=0, kind="label Rome")
    assert drawn_source(open_as(app, "Ana", number, "Decide")) == ["Rome LOC"]


def test_the_source_to_decide_on_has_the_labels_that_a_recognizer_found(app, project, team):
    rules = {"recognizer": {"words": "LOC=Rome"}}
    number = three(partial(project, labelled=False, options=rules), team)
    assert drawn_source(open_as(app, "Ana", number, "Decide")) == [], "nobody has read it yet"
    page(app, "queue", project=str(number))
    assert queue_scan.current_scan(store().project(number)).wait(20)
    assert drawn_source(open_as(app, "Ana", number, "Decide")) == ["Rome LOC"]


def drawn_source(app):
    """The boxes of the source, each as its words and its label."""
    source = html(app).partition(">Source</div>")[2].partition('<div class="who">')[0]
    boxes = re.findall(r'class="entity[^>]*>(.*?)<span class="tag">(.*?)</span>', source)
    return [f"{re.sub('<[^>]+>', '', words)} {label}" for words, label in boxes]


def test_a_decision_on_what_changed_meanwhile_is_refused(app, project, team):
    number = three(project, team)
    shown = open_as(app, "Ana", number, "Decide")
    finish(number, 1, "Rui", (0, 1, "PER"))
    shown.button(key="take-1-0").click().run()
    assert "Rui changed their version meanwhile" in said(shown)
    assert store().history(store().sentence(number, 1).id) == []


def test_correctors_look_and_do_not_decide(app, project, team):
    number = three(project, team)
    shown = open_as(app, "Rui", number, "Decide")
    assert "You can look here, not decide" in html(shown)
    assert shown.button(key="take-1-0").disabled


def test_who_has_still_to_do_a_sentence_does_not_see_it(app, project, team):
    number = project(*[PAIR] * 2)
    team(number, "Rui", "Eva", "Max")
    overlap(number, 0, names=("Rui", "Eva", "Max"))
    finish(number, 0, "Rui", (0, 1, "PER"))
    finish(number, 0, "Eva", (0, 1, "LOC"))
    shown = open_as(app, "Max", number, "Decide")
    assert "1 sentence is not shown here" in html(shown) and "Nothing to compare yet" in html(shown)
    app.session_state["person"] = "Ana"
    app.run()
    assert "waiting for Max" in html(app)


def test_opening_in_inspect_shows_what_counts(app, project, team):
    number = three(project, team)
    shown = open_as(app, "Ana", number, "Decide")
    shown.button(key="decide-open").click().run()
    assert not shown.exception
    assert shown.session_state["main-version"] == (number, 1)


# login --------------------------------------------------------------------------------------------------


def signed_in(**claims):
    return {"is_logged_in": True, "iss": "https://id.example", "sub": "17"} | claims


@pytest.mark.parametrize(
    "claims, name",
    [
        ({"email": "ana@example.org", "email_verified": True, "name": "Ana"}, "ana@example.org"),
        ({"email": "ana@example.org", "name": "Ana"}, "ana@example.org"),
        ({"email": "boss@example.org", "email_verified": False, "name": "Ana"}, "Ana (https://id.example#17)"),
        ({"email": "boss@example.org", "email_verified": "false", "name": "boss@example.org"},
         "boss@example.org (https://id.example#17)"),
        ({"name": "Ana"}, "Ana (https://id.example#17)"),
        ({}, "somebody (https://id.example#17)"),
    ],
)  # fmt: skip
def test_who_is_signed_in(app, project, claims, name):
    number = project(PAIR)
    People(store().database).set_member(number, name, "curator", name)
    app.user = signed_in(**claims)
    shown = open_as(app, "a name typed before", number)
    assert "member-add" in [button.key for button in shown.button]  # is the curator


@pytest.mark.parametrize("name", ["people", "inspect", "compare", "queue", "project", "export"])
def test_pages_ask_for_the_login(app, project, monkeypatch, name):
    monkeypatch.setattr(people_corner, "find_spec", lambda name: True)
    app.user = {"is_logged_in": False}
    app.session_state["person"] = "Ana"
    number = project(PAIR)
    shown = page(app, name, project=str(number))
    assert [button.label for button in shown.button] == ["Sign in"]
    assert "Ann" not in html(shown) and not shown.get("bidi_component")


def test_a_login_that_cannot_work_says_what_is_missing(app, monkeypatch):
    monkeypatch.setattr(people_corner, "find_spec", lambda name: None)
    app.user = {"is_logged_in": False}
    app.run()
    assert not app.exception and not app.button
    assert "pip install &quot;Authlib" in html(app)


def test_secrets_that_cannot_be_read_let_nobody_in(app, monkeypatch, tmp_path):
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\n")
    real = people_corner.people.st.get_option
    monkeypatch.setattr(
        people_corner.people.st, "get_option", lambda name: [str(broken)] if name == "secrets.files" else real(name)
    )
    app.run()
    assert "cannot be read as TOML" in html(app) and not app.button


def test_nothing_is_changed_by_somebody_not_signed_in(monkeypatch, project):
    from views import people

    monkeypatch.setattr(people, "login", lambda: "out")
    assert people.author() == ""
    assert people.may(project(PAIR), "", "", 0) == people.SIGN_IN
    assert people.may_manage(1) == people.SIGN_IN


@pytest.mark.parametrize("is_open", [True, False])
def test_with_a_login_a_project_with_members_is_for_them(app, project, team, is_open):
    number = project(PAIR)
    if not is_open:
        team(number, "rui@example.org")
    app.user = signed_in(email="eve@example.org")
    app.query_params["project"] = str(number)
    app.session_state["project"] = number
    app.run()
    assert not app.exception
    assert ("eve@example.org is not among the people of this project" in html(app)) is not is_open
    assert bool(app.query_params.get("project")) is is_open and ("project" in app.session_state) is is_open


@pytest.mark.parametrize("address", ["99999999999999999999", "x", "-1", "²"])
def test_addresses_of_no_project(app, address):
    app.user = signed_in(email="eve@example.org")
    app.query_params["project"] = address
    app.run()
    assert not app.exception


def test_without_a_login_anybody_looks(app, project, team):
    number = project(PAIR)
    team(number)
    assert "Only a curator" in html(open_as(app, "Stranger", number))
