"""The compare page: methods side by side, taking over spans, the whole project, stages, address."""

import pytest

from projection.pipeline import Setup
from projection.projectors.heuristic import Heuristic
from projection.types import Entity, Match, Projection, Span
from tests.pages.conftest import html, page
from views import compare_corpus, compare_panels
from views.compare_data import Found, Row, kept_setup
from views.resources import compute_lock, store

PAIR = ("Ann met Bob in Berlin .", "Ann traf Bob in Berlin .")
CROSSED = ("Ann met Bob .", "Gestern traf Ann Bob .")
METHODS = ("heuristic", "span-matching")


def opened(app, project, *pairs, methods=METHODS, **address):
    number = project(*(pairs or (PAIR,)), methods=methods)
    page(app, "compare", project=str(number), **address)
    return number


class Component:
    """Stands for the one in the browser: keeps what it is given to draw, and gives back what is clicked, once."""

    def __init__(self):
        self.data, self.clicked = None, {}

    def __call__(self, *, key, data, **rest):
        self.data = data
        clicked, self.clicked = self.clicked, {}
        return clicked


@pytest.fixture(autouse=True)
def component(monkeypatch):
    component = Component()
    monkeypatch.setattr(compare_panels, "compare_component", lambda: component)
    return component


@pytest.fixture(autouse=True)
def list_component(monkeypatch):
    component = Component()
    monkeypatch.setattr(compare_corpus, "disputes_component", lambda: component)
    return component


def click(app, component, method, start, end):
    """What the component keeps when somebody clicks a box."""
    key = component.data["sentence"]
    app.session_state["compare"] = {"pick": {"sentence": key, "method": method, "start": start, "end": end}}
    return app.run()


def target_spans(number, position=0):
    """What a person decided about the target's labels, None for nothing."""
    edits = store().sentence(number, position).edits
    decided = edits.final_entities(None) if edits.decides_target else None
    return decided and [(entity.span.start, entity.span.end, entity.label) for entity in decided]


def test_no_project_shows_the_way_in(app):
    page(app, "compare")
    assert "No project is open" in html(app)


def test_a_project_that_does_not_exist_is_no_stack_trace(app):
    page(app, "compare", project="4711")
    assert "cannot be opened" in html(app)


def test_the_methods_of_the_project_are_compared_at_first(app, project, component):
    opened(app, project)
    assert app.multiselect(key="methods").value == list(METHODS)
    assert [row["name"] for row in component.data["rows"]] == list(METHODS)
    assert "Ann" in html(app) and app.button(key="undo").disabled


def test_sentence_method_and_methods_come_from_the_address(app, project, component):
    number = project(PAIR, ("Eve left .", "Eva ging ."))
    app.run()
    app.query_params["methods"] = ["heuristic:paper", "span-matching"]
    page(app, "compare", project=str(number), s="2", m="span-matching")
    assert [row["name"] for row in component.data["rows"]] == ["heuristic:paper", "span-matching"]
    assert component.data["current"] == "span-matching"
    assert "".join(item["text"] for item in component.data["columns"]).startswith("Eva")
    app.button(key="previous").click().run()
    assert app.query_params["s"] == "1" and not app.exception


def test_comparing_other_methods_leaves_the_project_as_it_is_until_they_are_kept(app, project):
    number = opened(app, project)
    app.multiselect(key="methods").set_value(["span-matching:exact", "heuristic"]).run()
    assert store().project(number).setup.methods == METHODS
    app.button(key="keep-methods").click().run()
    assert not app.exception
    assert store().project(number).setup.methods == ("span-matching:exact", "heuristic")


def test_what_cannot_run_here_is_listed_with_what_it_needs(app, project, component):
    opened(app, project)
    app.multiselect(key="methods").set_value(["model-transfer", "heuristic"]).run()
    assert "recognizer for German" in html(app) and "model-transfer" in html(app)
    assert [row["name"] for row in component.data["rows"]] == ["heuristic"]
    assert not app.exception


def test_no_method_at_all_is_one_message(app, project):
    opened(app, project)
    app.multiselect(key="methods").set_value([]).run()
    assert not app.exception and "No method to compare" in html(app)


def test_a_span_is_used_stored_and_undone(app, project, component):
    number = opened(app, project)
    row = component.data["rows"][1]
    chosen = row["entities"][0]
    click(app, component, "span-matching", chosen["start"], chosen["end"])
    assert component.data["pick"]["method"] == "span-matching"
    app.button(key="use-span").click().run()
    assert not app.exception
    assert (chosen["start"], chosen["end"], "PER") in target_spans(number)
    (taken,) = store().sentence(number, 0).edits.placed
    assert (taken.origin, taken.derived.method) == ("accepted", "span-matching")
    assert component.data["rows"][0]["name"] == "Decided"
    assert app.button(key="use-span").disabled
    app.button(key="undo").click().run()
    assert target_spans(number) is None and not app.exception


def test_a_span_replaces_where_its_entity_was(app, project, monkeypatch, component):
    """Diagonal links put Ann on the first word; another method's place for Ann takes over, and Ann is there once."""

    def moved(self, bitexts):
        match = Match(0, Span(2, 3), 0.9)
        return [Projection(bitext, (match,), (), (), self.name, self.signature) for bitext in bitexts]

    number = project(CROSSED, methods=("span-matching", "heuristic"))
    monkeypatch.setattr(Heuristic, "project", moved)
    page(app, "compare", project=str(number), m="span-matching")
    assert [item["differs"] for item in component.data["columns"]].count(True) >= 2
    click(app, component, "heuristic", 2, 3)
    app.button(key="use-span").click().run()
    assert target_spans(number) == [(2, 3, "PER")] and not app.exception


def test_everything_of_a_method_is_taken_over_by_its_button(app, project, component):
    number = opened(app, project)
    component.clicked = {"use": {"sentence": component.data["sentence"], "method": "span-matching"}}
    app.run()
    assert not app.exception and target_spans(number)
    assert store().history(store().sentence(number, 0).id)[0].kind == "spans of span-matching"


def test_a_click_meant_for_another_sentence_is_ignored(app, project):
    number = opened(app, project)
    component.clicked = {"use": {"sentence": "1/77/0", "method": "span-matching"}}
    app.run()
    assert target_spans(number) is None and not app.exception


def test_the_whole_project_is_compared_on_request(app, project):
    opened(app, project, PAIR, CROSSED, ("Eve left .", "Eva ging ."))
    assert "1 of 3 sentences" in html(app)
    app.button(key="compare-all").click().run()
    assert not app.exception
    assert "Agreement" in html(app) and "of 3 sentences differ" in html(app)
    assert not [button for button in app.button if button.key == "compare-all"]


def test_a_disputed_sentence_opens_by_a_click(app, project, list_component):
    number = opened(app, project, PAIR, CROSSED, ("Eve left .", "Eva ging ."), PAIR)
    corpus = app.session_state["kept-compare-corpus"][1]
    tasks = [store().sentence(number, position).task for position in range(4)]
    for position, task in enumerate(tasks):  # two methods that differ on the third sentence
        found = {
            name: Found((Entity(Span(0, 1), "PER"),) * (position == 2 and name == "heuristic")) for name in METHODS
        }
        corpus.learn(position, task, Row(task.target, found))
    app.run()
    assert [(row["position"], row["score"], row["text"]) for row in list_component.data["rows"]] == [
        (2, "1.0", "Eva ging .")
    ]
    list_component.clicked = {"open": {"position": 2}}
    app.run()
    assert app.query_params["s"] == "3" and not app.exception


def test_a_comparison_can_be_stopped_and_goes_on_later(app, project):
    opened(app, project, PAIR, CROSSED, ("Eve left .", "Eva ging ."))
    with compute_lock():
        app.button(key="compare-all").click().run()
        app.button(key="stop-job").click().run()
    run = app.session_state["compare-run"]
    assert run.job.wait(20) and run.job.stopped
    app.run()
    assert "1 of 3 sentences" in html(app)
    app.button(key="compare-all").click().run()
    assert "of 3 sentences differ" in html(app) and not app.exception


def test_a_method_more_runs_alone_and_the_rest_is_kept(app, project):
    opened(app, project, PAIR, CROSSED)
    app.button(key="compare-all").click().run()
    app.multiselect(key="methods").set_value([*METHODS, "heuristic:paper"]).run()
    app.button(key="compare-all").click().run()
    assert not app.exception
    corpus = app.session_state["kept-compare-corpus"][1]
    assert all({*METHODS, "heuristic:paper"} <= row.found.keys() for _, row in corpus.rows.values())


def test_stages_of_one_method_one_screen_each(app, project, component):
    number = opened(app, project, view="stages", m="heuristic")
    assert "1 of " in html(app) and app.button(key="stage-back").disabled
    while not app.button(key="stage-next").disabled:
        app.button(key="stage-next").click().run()
        assert not app.exception
    assert "Labelled text" in html(app)
    app.button(key="stage-0").click().run()
    assert "1 of " in html(app)
    app.toggle(key="stage-all").set_value(True).run()
    assert html(app).count('<section class="slide large">') >= 4
    assert "If forced" in html(app)
    app.button(key="view").click().run()
    assert "view" not in app.query_params and component.data["rows"] and number


def test_a_method_that_failed_has_its_reason_for_a_screen(app, project):
    opened(app, project, methods=("easyproject", "heuristic"), view="stages", m="easyproject")
    assert "has no result on this sentence" in html(app) and "writes its own translation" in html(app)


def test_hostile_text_is_escaped(app, project):
    hostile = "<script>alert(1)</script> met Ann ."
    opened(app, project, (hostile, "<img src=x onerror=alert(2)> traf Ann ."))
    assert "<script>alert" not in html(app)
    app.button(key="view").click().run()
    app.toggle(key="stage-all").set_value(True).run()
    assert "<img src=x" not in html(app) and not app.exception


def test_a_missing_model_is_one_message_and_the_page_stays(app, project):
    number = project(("Ann left .", None), translator="given")
    page(app, "compare", project=str(number))
    assert "Stopped at translation" in html(app) and "Traceback" not in html(app)


def test_settings_of_dropped_methods_are_dropped():
    setup = Setup("en", "de", methods=METHODS, options={"heuristic": {"gap": 1}})
    assert kept_setup(setup, ["span-matching"]).options == {}
