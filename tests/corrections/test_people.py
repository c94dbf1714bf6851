"""Roles, assignments and overlap sets: who may do what, what is kept, and that two curators cannot lock all out."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.corrections import roles
from projection.corrections.assignments import Assignments, Given, Work, read_positions, split_evenly
from projection.corrections.edits import Edits
from projection.corrections.overlaps import Overlaps
from projection.corrections.people import People
from projection.corrections.records import MAIN, Stamp
from projection.corrections.store import Store
from projection.errors import ConflictError, GoneError, StoreError
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span

SETUP = Setup.for_pair("en", "pt")
WORDS = ["A", "Ana", "mora", "em", "Roma", "."]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "عائشة محمد",
    "שרה",
    "O'Brien; DROP TABLE member",
    "%_@~",
    "=1+1",
    "👩‍👩‍👧",
    "x" * 200,
]


@pytest.fixture
def store(url):
    return Store(url)


@pytest.fixture
def people(store):
    return People(store.database)


@pytest.fixture
def assignments(store):
    return Assignments(store.database)


@pytest.fixture
def overlaps(store):
    return Overlaps(store.database)


@pytest.fixture
def project(store):
    return make(store)


def make(store, sentences=6):
    target = Sentence.from_words(WORDS, "pt")
    return store.create_project("p", SETUP, [Task(Sentence.from_words(["Ana"], "en"), target)] * sentences)


def team(people, project):
    """Ana is curator, Rui and Eva correct, Leo looks."""
    people.set_member(project, "Rui", "corrector", "Ana")
    people.set_member(project, "Eva", "corrector", "Ana")
    people.set_member(project, "Leo", "viewer", "Ana")


def finish(store, project, position, person, *spans, line=None, checked=True):
    """Store what a person made of a sentence: complete labels, accepted."""
    line = roles.own_line(person) if line is None else line
    stored = store.sentence(project, position, line)
    entities = tuple(Entity(Span(start, end), label, origin="manual") for start, end, label in spans)
    edits = Edits(target_entities=entities, checked=checked)
    store.save(stored.id, edits, expected_revision=stored.revision, kind="check", stamp=Stamp(person), line=line)


# names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed, name",
    [
        ("  Ana \n Silva\t", "Ana Silva"),
        ("", ""),
        (" \u200b\u202e\u2066 ", ""),  # nothing to see
        ("\u200d\u200c", ""),
        ("Ana\u202egnp.exe", "Anagnp.exe"),  # no override of the direction
        ("Ana\x00\x1b[31m", "Ana[31m"),
        ("A\u0301na", "\u00c1na"),
        ("نگار\u200cمحمدی", "نگار\u200cمحمدی"),  # joiners are part of Persian spelling
        ("\ud800Ana", "Ana"),
        *((name, name) for name in HOSTILE),
    ],
)
def test_names_are_one_visible_line(typed, name):
    assert roles.clean_name(typed) == name


def test_a_name_too_long_is_refused():
    assert len(roles.clean_name("y" * 200)) == 200
    with pytest.raises(StoreError, match="at most 200 characters, this one has 201"):
        roles.clean_name("y" * 201)


@given(st.text(max_size=60))
def test_cleaning_again_changes_nothing(text):
    once = roles.clean_name(text)
    assert roles.clean_name(once) == once


@pytest.mark.parametrize(
    "one, other", [("Ana", "ANA"), ("Straße", "STRASSE"), ("\uff21na", "Ana"), ("نگ\u200cم", "نگم")]
)
def test_ways_to_write_one_name(one, other):
    assert roles.same_person(one, other) and roles.own_line(one) == roles.own_line(other)


def test_lines_of_long_names_are_short_and_their_own():
    lines = {roles.own_line(name) for name in ("ﷺ" * 200, "ﷺ" * 199, "x" * 200, "x" * 199 + "y")}
    assert len(lines) == 4 and all(len(line) <= 120 and line.isprintable() for line in lines)


# roles --------------------------------------------------------------------------------------------------


def test_without_members_a_project_is_open(people, project):
    assert people.members(project) == ()
    assert people.may(project, "", MAIN, 0) == people.may(project, "Anybody", MAIN) == ""
    assert people.may_manage(project, "") == "" and people.role(project, "Ana") is None


def test_who_adds_the_first_person_becomes_curator(people, project):
    with pytest.raises(StoreError, match="Say your own name first"):
        people.set_member(project, "Rui", "corrector", "")
    people.set_member(project, "Rui", "corrector", "Ana")
    assert [(one.person, one.role) for one in people.members(project)] == [("Ana", "curator"), ("Rui", "corrector")]


def test_who_adds_themselves_first_becomes_curator_whatever_they_chose(people, project):
    people.set_member(project, "Ana", "viewer", "ana")
    assert [(one.person, one.role) for one in people.members(project)] == [("ana", "curator")]


def test_only_curators_manage(people, project):
    team(people, project)
    for person in ("Rui", "Leo", "Stranger", ""):
        with pytest.raises(StoreError, match="Only a curator of this project can do that: ask Ana"):
            people.set_member(project, "Max", "corrector", person)
        with pytest.raises(StoreError, match="Only a curator"):
            people.remove_member(project, "Rui", person)
        with pytest.raises(StoreError, match="Only a curator"):
            people.open_to_all(project, person)
        assert people.may_manage(project, person)
    assert people.may_manage(project, "ANA") == ""


def test_names_that_differ_in_case_are_one_person(people, project):
    team(people, project)
    people.set_member(project, "RUI", "curator", "Ana")
    assert [one.person for one in people.members(project)] == ["Ana", "Rui", "Eva", "Leo"]
    assert people.role(project, "rui") == "curator"


def test_the_last_curator_stays(people, project):
    team(people, project)
    with pytest.raises(StoreError, match="Ana is the last curator"):
        people.remove_member(project, "ana", "Ana")
    with pytest.raises(StoreError, match="Ana is the last curator"):
        people.set_member(project, "Ana", "viewer", "Ana")
    people.set_member(project, "Rui", "curator", "Ana")
    people.remove_member(project, "Ana", "Ana")
    assert people.role(project, "Ana") is None
    with pytest.raises(StoreError, match="Rui is the last curator"):
        people.remove_member(project, "Rui", "Rui")


def test_two_curators_that_remove_each_other_at_once(store, project):
    """Whoever is first wins; the other is no curator any more by then."""
    for _ in range(5):
        people = People(store.database)
        number = make(store, 1)
        people.set_member(number, "Rui", "curator", "Ana")
        gate, refused = threading.Barrier(2), []

        def leave(by, other, gate=gate, number=number, refused=refused, people=people):
            gate.wait()
            try:
                people.remove_member(number, other, by)
            except StoreError as problem:
                refused.append(str(problem))

        threads = [threading.Thread(target=leave, args=pair) for pair in (("Ana", "Rui"), ("Rui", "Ana"))]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert [one.role for one in people.members(number)] == ["curator"]
        assert len(refused) == 1 and "Only a curator" in refused[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_people_like_others(people, assignments, store, project, name):
    people.set_member(project, name, "corrector", "Ana")
    assert people.role(project, name) == "corrector"
    assignments.give_apart(project, [0], [name, "Ana"], "Ana")
    line = people.line_for(project, store.sentence(project, 0).id, name)
    assert line.startswith("@") and people.may(project, name, line, 0) == ""
    assert people.may(project, "Ana", line, 0) != ""
    people.remove_member(project, name, "Ana")
    assert people.role(project, name) is None


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "z" * 201])
def test_names_that_are_none_are_refused(people, project, name):
    with pytest.raises(StoreError):
        people.set_member(project, name, "corrector", "Ana")
    assert people.members(project) == ()


def test_unknown_roles_and_projects_are_refused(people):
    with pytest.raises(StoreError, match="no role 'boss'; known are viewer"):
        people.set_member(1, "Ana", "boss", "Ana")
    with pytest.raises(GoneError, match="no project 99"):
        people.set_member(99, "Ana", "curator", "Ana")


def test_opening_a_project_to_all_again(people, project):
    team(people, project)
    people.open_to_all(project, "Ana")
    assert people.members(project) == () and people.may(project, "", MAIN, 0) == ""


def test_roles_are_of_one_project(people, store, project):
    team(people, project)
    other = make(store, 1)
    assert people.members(other) == () and people.may(other, "Leo", MAIN, 0) == ""


# may ----------------------------------------------------------------------------------------------------


def test_what_each_role_may(people, project):
    team(people, project)
    assert people.may(project, "Ana", MAIN, 0) == people.may(project, "Rui", MAIN, 0) == ""
    assert "your role is viewer" in people.may(project, "Leo", MAIN, 0)
    assert "Max is not among the people" in people.may(project, "Max", MAIN, 0)
    assert "say your name first" in people.may(project, "", MAIN, 0)
    assert "your role is viewer" in people.may(project, "Leo")


def test_correctors_edit_what_is_assigned_to_them(people, assignments, project):
    team(people, project)
    assignments.give(project, {"Rui": [0, 1], "Eva": [2]}, "Ana")
    assert people.may(project, "Rui", MAIN, 1) == people.may(project, "rui", MAIN, 0) == ""
    assert people.may(project, "Rui", MAIN, 2) == "Sentence 3 is assigned to Eva."
    assert "not one of the sentences assigned to you" in people.may(project, "Rui", MAIN, 4)
    assert people.may(project, "Ana", MAIN, 2) == people.may(project, "Ana", MAIN, 4) == ""
    people.set_member(project, "Max", "corrector", "Ana")
    assert people.may(project, "Max", MAIN, 4) == ""  # given nothing: whatever is nobody's
    assert people.may(project, "Max", MAIN, 0) == "Sentence 1 is assigned to Rui."


def test_many_at_once_are_the_same_as_one_by_one(store, people, assignments, overlaps):
    project = make(store, 8)
    team(people, project)
    people.set_member(project, "Max", "corrector", "Ana")
    assignments.give(project, {"Rui": [0, 1], "Eva": [2]}, "Ana")
    assignments.give_apart(project, [3, 4], ["Rui", "Eva"], "Ana")
    for person in ("Rui", "Eva"):
        finish(store, project, 3, person)
    overlaps.decide(project, overlaps.sentences(project)[0], "@rui", "Ana")
    for person in ("Ana", "Rui", "RUI", "Eva", "Max", "Leo", "Stranger", ""):
        single = {position for position in range(8) if not people.may(project, person, MAIN, position)}
        assert people.changeable(project, person, range(8)) == single, person


def test_a_line_of_ones_own_is_nobody_elses(people, assignments, project):
    team(people, project)
    assignments.give_apart(project, [0], ["Rui", "Eva"], "Ana")
    assert people.may(project, "Rui", "@rui", 0) == ""
    assert "somebody else's own version" in people.may(project, "Rui", "@eva", 0)
    assert "somebody else's own version" in people.may(project, "Ana", "@eva", 0)
    assert "several people apart" in people.may(project, "Rui", MAIN, 0)
    assert people.may(project, "Ana", MAIN, 0) == ""
    assert "closed" in people.may(project, "Rui", "@rui", 3)  # no line there


def test_in_an_open_project_own_lines_are_guarded_too(people, assignments, project):
    assignments.give_apart(project, [0], ["Rui", "Eva"], "")
    assert people.may(project, "Rui", "@rui", 0) == ""
    assert "somebody else's own version" in people.may(project, "", "@rui", 0)
    assert people.may(project, "Max", MAIN, 0) == ""


# assignments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, positions",
    [("1", [0]), ("2-4", [1, 2, 3]), ("4, 1-2; 2", [0, 1, 3]), ("1 \u2013 3", [0, 1, 2]), (" 5 ,\n 6,", [4, 5])],
)
def test_ranges(text, positions):
    assert read_positions(text, 6) == positions


@pytest.mark.parametrize("text", ["", ",", "0", "7", "3-1", "1-7", "a", "1-", "-1", "1.5", "9" * 5000, "<b>"])
def test_ranges_that_cannot_be_read(text):
    with pytest.raises(StoreError) as caught:
        read_positions(text, 6)
    assert len(str(caught.value)) < 150


@given(st.integers(0, 40), st.integers(1, 7), st.booleans())
def test_splitting_is_even_and_complete(size, people, deal):
    shares = split_evenly(range(size), [f"p{number}" for number in range(people)], deal=deal)
    sizes = [len(share) for share in shares.values()]
    assert sorted(position for share in shares.values() for position in share) == list(range(size))
    assert max(sizes) - min(sizes) <= 1


def test_splitting_keeps_texts_together_unless_dealt():
    assert split_evenly(range(5), ["Ana", "Rui"]) == {"Ana": [0, 1, 2], "Rui": [3, 4]}
    assert split_evenly(range(5), ["Ana", "Rui"], deal=True) == {"Ana": [0, 2, 4], "Rui": [1, 3]}


def test_assigning_and_counting(store, people, assignments, project):
    team(people, project)
    assert assignments.give(project, {"rui": [0, 1, 2], "Eva": [3]}, "Ana") == Given({"Rui": 3, "Eva": 1})
    finish(store, project, 0, "Rui", line=MAIN)
    assert assignments.work(project) == (Work("Eva", 1, 0, 0, 3), Work("Rui", 3, 1, 0, 1))
    assert assignments.positions(project, "RUI") == [0, 1, 2]
    assignments.give(project, {"Eva": [2, 3]}, "Ana")  # takes one over, keeps one
    assert assignments.work(project) == (Work("Eva", 2, 0, 0, 2), Work("Rui", 2, 1, 0, 1))
    assert assignments.take_back(project, [0, 1], "Rui", "Ana") == 1  # what is done stays
    assert assignments.work(project) == (Work("Eva", 2, 0, 0, 2), Work("Rui", 1, 1, 0, None))


def test_who_can_be_given_sentences(people, assignments, project):
    assignments.give(project, {"Anybody": [0]}, "")  # open to all
    team(people, project)
    with pytest.raises(StoreError, match="Leo is a viewer here: make them a corrector first"):
        assignments.give(project, {"Leo": [0]}, "Ana")
    with pytest.raises(StoreError, match="Max is not among the people"):
        assignments.give_apart(project, [0], ["Max", "Rui"], "Ana")
    with pytest.raises(StoreError, match="Only a curator"):
        assignments.give(project, {"Rui": [0]}, "Rui")
    with pytest.raises(StoreError, match="Choose who"):
        assignments.give(project, {" ": [0]}, "Ana")
    assert assignments.work(project) == (Work("Anybody", 1, 0, 0, 0),)


def test_the_next_sentences(store, assignments, project):
    finish(store, project, 1, "Ana", line=MAIN)
    assignments.give(project, {"Rui": [2]}, "")
    assert assignments.free(project, 3) == [0, 3, 4]
    rows = [(0, 0.1), (3, 0.9), (5, None)]
    with store.database.writing() as connection:
        from sqlalchemy import insert

        from projection.corrections.tables import reading

        for position, doubt in rows:
            stored = store.sentence(project, position).id
            place = {"sentence_id": stored, "project_id": project, "settings": "", "revision": 0, "row": ""}
            connection.execute(insert(reading).values(doubt=doubt, **place))
    assert assignments.free(project, 10, "doubt") == [3, 0, 4, 5]


def test_a_removed_person_keeps_what_they_did(store, people, assignments, overlaps, project):
    team(people, project)
    assignments.give(project, {"Rui": [0, 1]}, "Ana")
    assignments.give_apart(project, [2, 3], ["Rui", "Eva"], "Ana")
    finish(store, project, 0, "Rui", (1, 2, "PER"), line=MAIN)
    finish(store, project, 2, "Rui", (1, 2, "PER"))
    finish(store, project, 3, "Rui", (1, 2, "PER"), checked=False)
    people.remove_member(project, "Rui", "Ana")
    assert [event.author for event in store.history(store.sentence(project, 0).id)] == ["Rui"]
    assert assignments.positions(project, "Rui") == [0, 2]
    (second, third) = overlaps.sentences(project)
    assert [version.person for version in second.finished] == ["Rui"]
    assert [version.person for version in third.versions] == ["Eva"]
    assert "not among the people" in people.may(project, "Rui", "@rui", 3)
    assert "Rui" in people.known(project)
    people.set_member(project, "Rui", "corrector", "Ana")
    assignments.give_apart(project, [3], ["Rui"], "Ana")  # and goes on where they were
    assert overlaps.sentences(project)[1].versions[1].revision == 1


# overlap sets -------------------------------------------------------------------------------------------


def apart(store, people, assignments, project, *positions):
    team(people, project)
    assignments.give_apart(project, positions, ["Rui", "Eva"], "Ana")


def test_each_works_on_a_line_of_their_own(store, people, assignments, project):
    apart(store, people, assignments, project, 0, 1)
    sentence = store.sentence(project, 0).id
    assert people.line_for(project, sentence, "Rui") == people.line_for(project, sentence, "RUI") == "@rui"
    assert people.line_for(project, sentence, "Ana") == people.line_for(project, sentence, "") == MAIN
    assert people.line_for(project, store.sentence(project, 3).id, "Rui") == MAIN
    finish(store, project, 0, "Rui", (1, 2, "PER"))
    assert store.sentence(project, 0, "@eva").edits == store.sentence(project, 0).edits == Edits()
    work = {one.person: one for one in assignments.work(project)}
    assert work["Rui"] == Work("Rui", 2, 1, 2, 1) and work["Eva"] == Work("Eva", 2, 0, 2, 0)


def test_two_people_at_least(people, assignments, project):
    team(people, project)
    for names in (["Rui"], ["Rui", "RUI"]):
        with pytest.raises(StoreError, match="choose two or more"):
            assignments.give_apart(project, [0], names, "Ana")
    assignments.give_apart(project, [0], ["Rui", "Eva"], "Ana")
    assignments.give_apart(project, [0], ["Ana"], "Ana")  # a third one joins
    assert [one.person for one in assignments.work(project)] == ["Ana", "Eva", "Rui"]


def test_sentences_done_apart_are_not_assigned_to_one(people, assignments, project):
    team(people, project)
    assignments.give(project, {"Eva": [0]}, "Ana")
    assignments.give_apart(project, [0], ["Rui", "Eva"], "Ana")
    assert assignments.give(project, {"Rui": [0, 1]}, "Ana") == Given({"Rui": 1}, 1)
    assert {one.person: one.apart for one in assignments.work(project)} == {"Eva": 1, "Rui": 1}


def test_lines_begin_without_what_was_decided_but_with_corrected_words(store, people, assignments, project):
    team(people, project)
    words = Sentence.from_words(["Ana", "vive"], "pt")
    label = (Entity(Span(0, 1), "PER", origin="manual"),)
    edits = Edits(target=words, target_entities=label, checked=True, note="look")
    store.save(store.sentence(project, 0).id, edits, expected_revision=0, kind="check", stamp=Stamp("Ana"))
    finish(store, project, 1, "Ana", (1, 2, "PER"), line=MAIN)
    assignments.give_apart(project, [0, 1], ["Rui", "Eva"], "Ana")
    assert store.sentence(project, 0, "@rui").edits == Edits(target=words)
    assert store.sentence(project, 1, "@rui").edits == Edits()
    assert assignments.work(project)[1] == Work("Rui", 2, 0, 2, 0)
    assert store.sentence(project, 0).edits == edits


def test_versions_are_compared_once_two_have_finished(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0, 2)
    finish(store, project, 0, "Rui", (1, 2, "PER"))
    first, second = overlaps.sentences(project)
    assert (first.position, first.waiting, first.is_ready, second.waiting) == (0, ("Eva",), False, ("Eva", "Rui"))
    finish(store, project, 0, "Eva", (1, 2, "PER"), (4, 5, "LOC"))
    first, _ = overlaps.sentences(project)
    assert first.is_ready and not first.decided and first.waiting == ()
    assert {name: [e.label for e in one.entities] for name, one in first.by_person.items()} == {
        "Eva": ["PER", "LOC"],
        "Rui": ["PER"],
    }


def test_a_decision_is_a_revision_of_the_main_line_and_closes_the_others(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    finish(store, project, 0, "Rui", (1, 2, "PER"))
    finish(store, project, 0, "Eva", (4, 5, "LOC"))
    (shown,) = overlaps.sentences(project)
    overlaps.decide(project, shown, "@rui", "Ana")
    stored = store.sentence(project, 0)
    assert [entity.label for entity in stored.edits.target_entities] == ["PER"] and stored.edits.checked
    (event,) = store.history(stored.id)
    assert (event.author, event.kind) == ("Ana", "decided for Rui, against Eva")
    (decided,) = overlaps.sentences(project)
    assert decided.decided and (decided.by, decided.how) == ("Ana", "decided for Rui, against Eva")
    assert decided.by_person == shown.by_person  # agreement is still known
    assert people.line_for(project, stored.id, "Rui") == MAIN
    assert "has been decided about" in people.may(project, "Eva", "@eva", 0)
    assert people.may(project, "Eva", MAIN, 0) == ""
    assert store.history(stored.id, "@eva")[0].author == "Eva"
    with pytest.raises(ConflictError, match="decided about this sentence already"):
        overlaps.decide(project, shown, "@eva", "Ana")
    overlaps.reopen(project, decided, "Ana")
    (again,) = overlaps.sentences(project)
    assert not again.decided and again.revision == 1
    overlaps.decide(project, again, "@eva", "Ana")
    assert [entity.label for entity in store.sentence(project, 0).edits.target_entities] == ["LOC"]
    assert overlaps.sentences(project)[0].how == "decided for Eva, against Rui"


def test_only_curators_decide(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    finish(store, project, 0, "Rui")
    finish(store, project, 0, "Eva")
    (shown,) = overlaps.sentences(project)
    with pytest.raises(StoreError, match="Only a curator"):
        overlaps.decide(project, shown, "@rui", "Rui")
    with pytest.raises(StoreError, match="Only a curator"):
        overlaps.reopen(project, shown, "Rui")
    assert store.history(shown.sentence_id) == []


def test_nothing_is_decided_on_what_was_not_shown(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    finish(store, project, 0, "Rui", (1, 2, "PER"))
    finish(store, project, 0, "Eva", (4, 5, "LOC"))
    (shown,) = overlaps.sentences(project)
    finish(store, project, 0, "Eva", (1, 2, "LOC"))
    with pytest.raises(ConflictError, match="Eva changed their version meanwhile"):
        overlaps.decide(project, shown, "@rui", "Ana")
    (shown,) = overlaps.sentences(project)
    finish(store, project, 0, "Ana", (0, 1, "PER"), line=MAIN)
    with pytest.raises(ConflictError, match="changed in Inspect meanwhile"):
        overlaps.decide(project, shown, "@rui", "Ana")
    assert [event.kind for event in store.history(shown.sentence_id)] == ["check"]


def test_an_unfinished_version_cannot_be_taken(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    finish(store, project, 0, "Rui", (1, 2, "PER"), checked=False)
    (shown,) = overlaps.sentences(project)
    with pytest.raises(StoreError, match="Rui has not finished sentence 1"):
        overlaps.decide(project, shown, "@rui", "Ana")
    with pytest.raises(StoreError, match="not there any more"):
        overlaps.decide(project, shown, "@max", "Ana")
    with pytest.raises(StoreError, match="Accept sentence 1 in Inspect first"):
        overlaps.decide(project, shown, MAIN, "Ana")


def test_deciding_for_what_is_in_inspect(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    finish(store, project, 0, "Ana", (1, 2, "PER"), (4, 5, "LOC"), line=MAIN)
    (shown,) = overlaps.sentences(project)
    overlaps.decide(project, shown, MAIN, "Ana")
    newest, before = store.history(shown.sentence_id)
    assert newest.kind == "decided for what is in Inspect, against Eva and Rui"
    assert newest.edits == before.edits
    assert overlaps.sentences(project)[0].decided


def test_a_decision_can_be_undone_like_any_change(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    finish(store, project, 0, "Rui", (1, 2, "PER"))
    finish(store, project, 0, "Eva")
    overlaps.decide(project, overlaps.sentences(project)[0], "@rui", "Ana")
    assert store.undo(store.sentence(project, 0).id) == Edits()


def test_two_curators_decide_at_once(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    people.set_member(project, "Max", "curator", "Ana")
    finish(store, project, 0, "Rui", (1, 2, "PER"))
    finish(store, project, 0, "Eva", (4, 5, "LOC"))
    (shown,) = overlaps.sentences(project)
    gate, refused = threading.Barrier(2), []

    def decide(line, by):
        gate.wait()
        try:
            overlaps.decide(project, shown, line, by)
        except ConflictError as problem:
            refused.append(str(problem))

    threads = [threading.Thread(target=decide, args=pair) for pair in (("@rui", "Ana"), ("@eva", "Max"))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(refused) == 1 and len(store.history(shown.sentence_id)) == 1


def test_the_version_grows_with_everything_that_is_shown(store, people, assignments, overlaps, project):
    seen = [overlaps.version(project)]
    assignments.give_apart(project, [0], ["Rui", "Eva"], "")
    seen.append(overlaps.version(project))
    finish(store, project, 0, "Rui")
    seen.append(overlaps.version(project))
    finish(store, project, 0, "Eva")
    seen.append(overlaps.version(project))
    overlaps.decide(project, overlaps.sentences(project)[0], "@rui", "")
    seen.append(overlaps.version(project))
    overlaps.reopen(project, overlaps.sentences(project)[0], "")
    seen.append(overlaps.version(project))
    assert len(set(seen)) == len(seen)


def test_what_all_agree_on_is_decided_at_once(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0, 1, 2, 3)
    for person in ("Rui", "Eva"):
        finish(store, project, 0, person, (1, 2, "PER"))
        finish(store, project, 1, person, (1, 2, "PER" if person == "Rui" else "LOC"))
        finish(store, project, 2, person)
    finish(store, project, 3, "Rui")
    shown = overlaps.sentences(project)
    assert [one.is_unanimous for one in shown] == [True, False, True, False]
    finish(store, project, 2, "Eva", (4, 5, "LOC"))  # meanwhile
    with pytest.raises(StoreError, match="Only a curator"):
        overlaps.decide_agreed(project, shown, "Eva")
    assert overlaps.decide_agreed(project, shown, "Ana") == 1
    assert [one.decided for one in overlaps.sentences(project)] == [True, False, False, False]
    assert overlaps.decide_agreed(project, overlaps.sentences(project), "Ana") == 0


def test_other_words_are_no_agreement(store, people, assignments, overlaps, project):
    apart(store, people, assignments, project, 0)
    for person, words in (("Rui", ["Ana", "mora"]), ("Eva", ["Ana", "vive"])):
        edits = Edits(target=Sentence.from_words(words, "pt"), target_entities=(), checked=True)
        line = roles.own_line(person)
        store.save(store.sentence(project, 0).id, edits, expected_revision=0, kind="check", line=line)
    (shown,) = overlaps.sentences(project)
    assert shown.is_ready and not shown.same_words and not shown.is_unanimous


def test_one_person_written_in_two_ways_is_one(store, assignments, overlaps, project):
    """Without members nothing says how a name is written."""
    assignments.give_apart(project, [0], ["Rui", "Eva"], "")
    assignments.give_apart(project, [1], ["RUI", "eva"], "")
    assert [[one.person for one in shown.versions] for shown in overlaps.sentences(project)] == [["Eva", "Rui"]] * 2
    assert [one.person for one in assignments.work(project)] == ["Eva", "Rui"]


def test_conflict_lines_are_no_versions(store, people, assignments, overlaps, project):
    """A line "~client" is kept by the inbox when two tabs meet; it is nobody's version."""
    apart(store, people, assignments, project, 0)
    store.fork(store.sentence(project, 0).id, "~tab", 0, "Rui")
    (shown,) = overlaps.sentences(project)
    assert [version.line for version in shown.versions] == ["@eva", "@rui"]
    finish(store, project, 0, "Rui")
    overlaps.decide(project, overlaps.sentences(project)[0], "@rui", "Ana")
    assert [line.name for line in store.lines(shown.sentence_id)] == ["~tab"]


def test_what_is_left_to_do_alone_and_apart(store, people, assignments, overlaps, project):
    assert assignments.left(project, "Rui") is None
    apart(store, people, assignments, project, 4, 5)
    assignments.give(project, {"Rui": [2, 0, 1]}, "Ana")
    assert assignments.left(project, "RUI") == [0, 1, 2, 4, 5] and assignments.left(project, "Ana") is None
    finish(store, project, 1, "Rui", line=MAIN)
    finish(store, project, 4, "Rui", (1, 2, "PER"))
    assert assignments.left(project, "Rui") == [0, 2, 5] and assignments.left(project, "Eva") == [4, 5]
    finish(store, project, 5, "Eva", (1, 2, "PER"))
    finish(store, project, 5, "Rui", (1, 2, "PER"))
    overlaps.decide(project, overlaps.sentences(project)[1], "@rui", "Ana")
    assert assignments.left(project, "Eva") == [4] and assignments.left(project, "Rui") == [0, 2]


def test_ten_thousand_sentences(store, people, assignments, overlaps):
    project = make(store, 10_000)
    assignments.give_apart(project, range(10_000), ["Rui", "Eva"], "")
    assert len(assignments.free(project, 50, "doubt")) == 0
    assert assignments.work(project)[0] == Work("Eva", 10_000, 0, 10_000, 0)
    assert assignments.left(project, "Eva") == [*range(10_000)]
    assert people.may(project, "Rui", "@rui", 9_999) == ""
