"""The evaluate page over stand-ins: gold of every kind, results that come by themselves, downloads, what is lacking."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from projection.corrections.edits import Edits
from projection.corrections.gold_files import GoldFiles
from projection.corrections.records import Stamp
from projection.corrections.runs import Runs
from projection.pipeline import Setup, Task
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from tests.pages.conftest import APP, STAND_INS, Editor, html, page
from views import evaluate_report, evaluate_run
from views.chart import Behind
from views.resources import store

PER = Entity(Span(0, 1), "PER")
METHODS = ("heuristic", "span-matching")
GOLD_FILE = b"Ann B-PER\ntraf O\nBob B-PER\n. O\n"


def labelled(count: int = 3, *, gold: Entity = PER, methods=METHODS, **setup) -> int:
    """Store pairs whose first words are names; gold has the first, or another one."""
    tasks = []
    for number in range(count):
        source = tokenize(f"Ann met Bob at {number} .", "en").with_entities([PER])
        target = tokenize(f"Ann traf Bob um {number} .", "de").with_entities([gold])
        tasks.append(Task(source, target, labelled=True))
    return store().create_project("Gold", Setup("en", "de", **(STAND_INS | {"methods": methods} | setup)), tasks)


def evaluated(app, number: int, **address: str):
    """Open the page and wait until there is nothing more to evaluate."""
    page(app, "evaluate", project=str(number), **address)
    for _ in range(600):
        running = [one for one in evaluate_run._running()._known.values() if not one.finished]
        if not running:
            break
        time.sleep(0.1)
    app.run()
    assert not app.exception
    return app


def charts(app) -> list[str]:
    return [element.proto.id.split("-chart-")[-1] for element in app.get("plotly_chart")]


def test_a_small_project_with_gold_is_evaluated_unasked(app):
    number = labelled()
    evaluated(app, number)
    text = html(app)
    assert "Span F1, heuristic" in text and "of 3 sentences" in text
    assert "3 of 3 source labels placed" in text
    (run,) = Runs(store().database).of(number)
    assert len(Runs(store().database).load(run.id)) == 3 and set(run.signatures) == set(METHODS)
    assert "heuristic:(" in app.code[0].value and "match:exact" in app.code[0].value
    for title in ("Kinds of mistakes", "Stage to blame", "Label confusion", "Is the score honest?", "Better and worse",
                  "Languages and methods", "Quality against cost", "Correction effort"):  # fmt: skip
        assert title in text


def test_wrong_labels_are_counted_and_the_baseline_compared(app):
    number = labelled(gold=Entity(Span(2, 3), "LOC"))
    evaluated(app, number)
    text = html(app)
    assert "6 mistakes in 3 sentences" in text
    assert "from span-matching to heuristic, 3 sentences" in text
    assert ">.00</b>" in text


def test_an_evaluation_that_ends_while_the_page_is_drawn_is_shown(app, monkeypatch):
    """The results were read, then it ended, then the page looked whether it goes on: nothing would draw it again."""
    number, real = labelled(), evaluate_run.signatures

    def slow(setup, methods):
        for running in evaluate_run._running()._known.values():
            assert running.wait(30)
        return real(setup, methods)

    monkeypatch.setattr(evaluate_run, "signatures", slow)
    page(app, "evaluate", project=str(number))
    assert not app.exception and "Span F1, heuristic" in html(app)


def test_gold_can_be_what_people_accepted(app, project):
    number = project(("Ann met Bob .", "Ann traf Bob ."), ("Eve slept .", "Eve schlief ."))
    page(app, "evaluate", project=str(number))
    assert "There is nothing to compare with yet" in html(app)
    one = store().sentence(number, 0)
    edits = Edits(target=one.task.target, target_entities=(PER,), checked=True)
    store().save(one.id, edits, expected_revision=0, kind="check", stamp=Stamp("Ann", "tab", 1, seconds=4.0))
    evaluated(app, number)
    text = html(app)
    assert "of 1 sentence" in text and "0 of 1 label (0%) changed by people in 1 sentence; 4.0 s a sentence" in text


def test_a_method_that_fails_is_counted_and_said(app, monkeypatch):
    from projection.projectors.heuristic import Heuristic

    def fails(self, bitexts):
        if any("1" in one.target.words for one in bitexts):
            raise ValueError("out of ideas")
        return works(self, bitexts)

    works = Heuristic.project
    monkeypatch.setattr(Heuristic, "project", fails)
    number = labelled()
    evaluated(app, number)
    text = html(app)
    assert "heuristic failed on 1 sentence" in text and "out of ideas" in text
    assert "The gold labels there count as missed." in text


def test_more_sentences_than_a_handful_wait_for_a_click(app):
    number = labelled(45)
    page(app, "evaluate", project=str(number))
    (button,) = [one for one in app.button if one.label.startswith("Evaluate")]
    assert button.label == "Evaluate 45 sentences" and not Runs(store().database).of(number)
    button.click().run()
    evaluated(app, number)
    assert "of 45 sentences" in html(app)
    assert not [one for one in app.button if one.label.startswith("Evaluate")]


def test_a_mistake_opens_with_its_words_selected_also_further_down_the_list(app):
    """Both methods find Ann; gold has Bob, too, and that is not what is most doubtful."""
    number = labelled(gold=Entity(Span(2, 3), "LOC"))
    evaluated(app, number)
    app.session_state["evaluate-list"] = "heuristic", Behind("missing", (0, 1), _is_missing), None
    app.session_state["sentences"] = {"open": {"position": 0, "mistake": 0}}
    app.run()
    assert not app.exception
    editor = Editor(app)
    assert (editor.data["position"], editor.data["pick"]["start"], editor.data["pick"]["end"]) == (0, 2, 3)
    app.switch_page("pages/inspect.py").run()
    app.button(key="walk-on").click().run()
    assert (editor.data["position"], editor.data["pick"]["start"]) == (1, 2)
    app.switch_page("pages/evaluate.py").run()
    app.session_state["evaluate-list"] = "heuristic", Behind("missing", (0, 1), _is_missing), None
    app.session_state["sentences"] = {"open": {"position": 1, "mistake": 1}}
    app.run()
    assert (editor.data["position"], editor.data["pick"]["start"]) == (1, 0), "the one that was clicked"


def _is_missing(one) -> bool:
    return one.mistake.kind == "missing"


def test_settings_make_another_run_and_the_two_are_compared(app):
    number = labelled()
    evaluated(app, number)
    changed = store().project(number).setup
    store().update_setup(number, Setup.from_dict(changed.to_dict() | {"options": {"heuristic": {"gap": 3}}}))
    evaluated(app, number)
    assert len(Runs(store().database).of(number)) == 2
    (choice,) = [one for one in app.selectbox if one.label == "Compare with an earlier run"]
    assert "heuristic gap none" in choice.options[1]
    choice.select_index(1).run()
    assert not app.exception
    assert "to now, 3 sentences" in html(app)


def accept(number: int, position: int, *labels: Entity) -> None:
    one = store().sentence(number, position)
    edits = Edits(target=one.task.target, target_entities=labels, checked=True)
    store().save(one.id, edits, expected_revision=one.revision, kind="check", stamp=Stamp("Ann", "tab"))


def test_what_is_edited_is_evaluated_again_once_and_shown(app, project):
    """An answer that was cached under its old name made this go on for ever."""
    number = project(("Ann met Bob .", "Ann traf Bob ."), ("Eve slept .", "Eve schlief ."))
    for position in (0, 1):
        accept(number, position, PER)
    evaluated(app, number)
    assert "0 mistakes in 0 sentences" in html(app)
    begun = Runs(store().database).of(number)[0].revision
    accept(number, 0, Entity(Span(2, 3), "PER"))
    evaluated(app, number)
    assert "2 mistakes in 1 sentence" in html(app)
    accept(number, 0, PER)
    evaluated(app, number)
    evaluated(app, number)
    assert "0 mistakes in 0 sentences" in html(app)
    assert Runs(store().database).of(number)[0].revision == begun + 2


def test_what_failed_is_tried_again_on_demand(app, monkeypatch):
    from projection.projectors.heuristic import Heuristic

    works = Heuristic.project

    def fails(self, bitexts):
        if bitexts:
            raise MemoryError("no room")
        return []

    monkeypatch.setattr(Heuristic, "project", fails)
    number = labelled()
    evaluated(app, number)
    assert "heuristic has no score" in html(app) and "no room" in html(app)
    assert "Span F1, span-matching" in html(app)  # 0 would be a score
    monkeypatch.setattr(Heuristic, "project", works)
    evaluated(app, number)
    assert "heuristic has no score" in html(app)  # nothing is done unasked
    (again,) = [one for one in app.button if one.label.startswith("Try 3 sentences again")]
    again.click().run()
    evaluated(app, number)
    (method,) = [one for one in app.selectbox if one.label == "Method"]
    assert "has no score" not in html(app) and "Method: heuristic" in method.options


def test_where_nothing_can_be_stored_it_is_said_and_tried_on_demand_only(app, monkeypatch):
    from projection.errors import StoreError

    tried = []

    def refuses(self, *more):
        tried.append(more)
        raise StoreError("The correction store is read-only.")

    monkeypatch.setattr(Runs, "open", refuses)
    page(app, "evaluate", project=str(labelled()))
    assert "The correction store is read-only." in html(app) and len(tried) <= 2
    assert [one.label for one in app.button if one.label.startswith("Evaluate")] == ["Evaluate 3 sentences"]


def test_results_of_another_program_are_not_mixed_with_new_ones(app, monkeypatch):
    number = labelled(methods=("heuristic",))
    evaluated(app, number)
    known = evaluate_run.signature_of
    monkeypatch.setattr(evaluate_run, "signature_of", lambda pipeline, method: f"{known(pipeline, method)}|retrained")
    evaluated(app, number)
    (run,) = Runs(store().database).of(number)
    assert run.signatures["heuristic"].endswith("retrained")
    assert {one.by["heuristic"] for one in Runs(store().database).load(run.id).values()} == {
        evaluate_run.signature_hash(run.signatures["heuristic"])
    }


def test_a_program_that_nobody_knows_costs_no_results(app, monkeypatch):
    number = labelled()
    evaluated(app, number)
    (run,) = Runs(store().database).of(number)
    monkeypatch.setattr(evaluate_run, "signature_of", lambda pipeline, method: "")
    evaluated(app, number)
    assert "of 3 sentences" in html(app) and Runs(store().database).of(number)[0].revision == run.revision


def test_one_strange_sentence_stops_no_other(app, monkeypatch):
    from projection.pipeline import judging

    real = judging.blames

    def breaks(cases, *more):
        if any("1" in case.gold.words for case in cases):
            raise RuntimeError("strange")
        return real(cases, *more)

    monkeypatch.setattr(judging, "blames", breaks)
    number = labelled(gold=Entity(Span(2, 3), "LOC"))
    evaluated(app, number)
    (run,) = Runs(store().database).of(number)
    blames = [one.found["heuristic"].blames for one in Runs(store().database).load(run.id).values()]
    assert [some is None for some in blames] == [False, True, False]
    assert "6 mistakes in 3 sentences" in html(app)


def test_two_runs_are_compared_as_they_are_now(app):
    """Gold changes after both were evaluated, and each is evaluated again."""
    number = labelled(2)
    first = store().project(number).setup
    second = Setup.from_dict(first.to_dict() | {"options": {"heuristic": {"gap": 3}}})
    for setup in (first, second):
        store().update_setup(number, setup)
        evaluated(app, number)
    (choice,) = [one for one in app.selectbox if one.label == "Compare with an earlier run"]
    choice.select_index(1).run()
    assert "to now, 2 sentences" in html(app)
    one = store().sentence(number, 0)
    moved = Edits(target=tokenize("Ann traf Bob um 0 Uhr .", "de"))
    store().save(one.id, moved, expected_revision=one.revision, kind="text", stamp=Stamp("Ann", "tab"))
    evaluated(app, number)
    assert "to now, 1 sentence:" in html(app)


def test_label_rules_change_what_counts_and_say_so(app):
    number = labelled(gold=Entity(Span(0, 1), "PERSON"))
    evaluated(app, number)
    assert "3 mistakes in 3 sentences" in html(app)
    (renames,) = [one for one in app.text_input if one.label.startswith("Rename")]
    renames.set_value("PERSON=PER").run()
    assert not app.exception
    text = html(app)
    assert "0 mistakes in 0 sentences" in text and "3 PERSON renamed to PER" in text
    assert "PERSON=PER" in app.code[0].value
    (renames,) = [one for one in app.text_input if one.label.startswith("Rename")]
    renames.set_value("PERSON").run()
    assert "These label rules cannot be read" in html(app) and "They are not used." in html(app)


@pytest.mark.parametrize("match", ["type", "span", "partial"])
def test_every_way_to_match_can_be_chosen(app, match):
    number = labelled(gold=Entity(Span(0, 2), "PER"))
    evaluated(app, number, match=match)
    assert f"match {match}" in html(app)
    assert ("Span F1, heuristic</span><b>1.0</b>" in html(app)) == (match == "type")


def test_recognized_source_labels_are_another_run(app):
    number = labelled()
    evaluated(app, number)
    (choice,) = [one for one in app.get("button_group") if one.label == "Source labels"]
    choice.set_value(True).run()
    evaluated(app, number)
    assert {run.settings["source_labels"] for run in Runs(store().database).of(number)} == {"given", "recognized"}


def test_the_counts_of_every_sentence_can_be_taken_away(app, monkeypatch):
    shown = []
    monkeypatch.setattr(evaluate_report, "button", lambda project, results: shown.append(results))
    evaluated(app, labelled(2, gold=Entity(Span(2, 3), "LOC")))
    lines = evaluate_report.counts(shown[-1]).decode().splitlines()
    assert lines[0].startswith("sentence,id,method,label,found,predicted,gold")
    assert len(lines) == 1 + 2 * 2 * 2  # sentences, methods, labels
    assert lines[1].split(",")[2:7] == ["heuristic", "LOC", "0.0", "0.0", "1.0"]


@pytest.mark.parametrize("kind", ["html", "latex", "markdown"])
def test_reports_are_made_of_what_is_shown(app, monkeypatch, kind):
    shown = []
    monkeypatch.setattr(evaluate_report, "button", lambda project, results: shown.append(results))
    evaluated(app, labelled(2))
    more = {"title": "Trip"} if kind == "html" else {}
    made = evaluate_report._made(kind, shown[-1], **more)
    assert "span-matching" in made and "match:exact" in made.replace("\\", "")


def test_without_a_project_the_page_offers_one(app):
    page(app, "evaluate")
    assert "No project is open" in html(app)


def test_a_gold_file_stays_with_the_project_and_one_that_cannot_be_read_takes_nothing(app, project):
    number = project(("Ann met Bob .", "Ann traf Bob ."))
    page(app, "evaluate", project=str(number))
    assert "Or choose a file with labels above." in html(app)
    app.file_uploader(key="gold-file").upload("gold.conll", GOLD_FILE, "text/plain").run()
    evaluated(app, number)
    assert "Span F1, heuristic" in html(app)
    app.file_uploader(key="gold-file").upload("later.conll", b"Ann B-PER\ntraf X-Y-\n\x00", "text/plain").run()
    assert "later.conll" in html(app) and "was not used" in html(app)
    assert "Span F1, heuristic" in html(app)
    another = evaluated(AppTest.from_file(APP, default_timeout=30), number)
    assert "Span F1, heuristic" in html(another) and "later.conll" not in html(another)
    (run,) = Runs(store().database).of(number)
    assert run.settings["gold"].startswith("file gold.conll ")


def test_a_gold_file_that_a_colleague_replaces_meanwhile_is_read_instead(app, project, monkeypatch):
    number = project(("Ann met Bob .", "Ann traf Bob ."))
    content, files = GoldFiles.content, GoldFiles(store().database)
    files.keep(number, "older.conll", GOLD_FILE)

    def replaced_just_before(self, project_id, wanted):
        monkeypatch.setattr(GoldFiles, "content", content)
        files.keep(number, "newer.conll", GOLD_FILE)
        return content(self, project_id, wanted)

    monkeypatch.setattr(GoldFiles, "content", replaced_just_before)
    assert "Span F1, heuristic" in html(evaluated(app, number))
    (run,) = Runs(store().database).of(number)
    assert run.settings["gold"].startswith("file newer.conll ")
