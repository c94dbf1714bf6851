"""Several people at one project, each in a browser of their own."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from projection.corrections.assignments import Assignments
from projection.corrections.overlaps import Overlaps
from projection.corrections.people import People
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from tests.browser.conftest import PATIENCE
from tests.browser.waiting import at_rest, becomes, does_not_scroll_sideways, expect, until

pytestmark = pytest.mark.browser

ARABIC = "عائشة محمد"
HOSTILE = "<img src=x onerror=alert(1)>"
STAND_INS = {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal", "methods": ("heuristic",)}


@pytest.fixture
def store(server):
    return Store(f"sqlite:///{server.home / 'corrections.sqlite'}")


@pytest.fixture
def project(store):
    """Three sentences whose first word is a PER on both sides."""
    pairs = [("Ann lives in Rome .", "Ann wohnt in Rom ."), ("Max saw Berlin .", "Max sah Berlin .")]
    pairs.append((f"Ann wrote {HOSTILE} .", f"Ann schrieb {HOSTILE} ."))
    tasks = [
        Task(tokenize(source, "en").with_entities([Entity(Span(0, 1), "PER")]), tokenize(target, "de"), labelled=True)
        for source, target in pairs
    ]
    return store.create_project(f"Trial {HOSTILE}", Setup("en", "de", **STAND_INS), tasks)


@pytest.fixture
def browser_of(chromium, server):
    """Return a function that opens a tab of a new browser, whose owner has a name; a script error fails the test."""
    opened, problems = [], []

    def open_tab(name: str = "", **options):
        context = chromium.new_context(viewport={"width": 1360, "height": 1000}, **options)
        if name:
            context.add_cookies([{"name": "projection_name", "value": quote(name), "url": server.url}])
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        tab.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        opened.append(context)
        return tab

    yield open_tab
    for context in opened:
        context.close()
    assert problems == []


def inspect(tab, server, project, sentence):
    tab.goto(f"{server.url}/inspect?project={project}&s={sentence}", wait_until="domcontentloaded")
    tab.wait_for_selector(".target .word")


def part(tab, server, project, name):
    tab.goto(f"{server.url}/people?project={project}&part={name}", wait_until="domcontentloaded")
    tab.get_by_role("heading", name="People").wait_for()


def corner(tab):
    return tab.locator(".st-key-person-corner button").first


def decided_about(tab, sentence):
    """Wait until a sentence can be decided about, also by keys, which come with the buttons below it."""
    tab.get_by_text(f"Sentence {sentence}", exact=True).wait_for()
    tab.get_by_role("button", name="Open in Inspect").wait_for()
    at_rest(tab)


def finished(store, project, position, name):
    return any(line.author == name and line.edits.checked for line in store.lines(store.sentence(project, position).id))


def is_beside_the_menu(box):
    return box and box["x"] + box["width"] > 1100 and box["y"] < 60


def says_that_nothing_waits(tab):
    """Ask the editor, after keys that may change nothing: it has dealt with them, and holds nothing to be stored."""
    tab.keyboard.press("Control+s")
    expect(tab.locator(".editor .said")).to_have_text("Everything is saved already.")


def remembers(tab):
    return any(cookie["name"] == "projection_name" for cookie in tab.context.cookies())


def test_a_name_is_asked_for_in_the_corner_and_remembered(browser_of, server, project):
    tab = browser_of()
    inspect(tab, server, project, 1)
    corner(tab).get_by_text("Your name").wait_for()
    corner(tab).click()
    tab.get_by_role("textbox", name="Your name").fill(f"Ana {HOSTILE}")
    tab.get_by_role("button", name="Remember").click()
    corner(tab).get_by_text("Ana <img").wait_for()
    tab.get_by_role("textbox", name="Your name").wait_for(state="detached")
    until(lambda: remembers(tab))
    tab.reload(wait_until="domcontentloaded")
    corner(tab).get_by_text("Ana <img").wait_for()
    until(lambda: is_beside_the_menu(corner(tab).bounding_box()))
    corner(tab).click()
    tab.get_by_role("button", name="Remember").wait_for()
    tab.get_by_role("textbox", name="Your name").fill("")
    tab.get_by_role("textbox", name="Your name").press("Enter")
    corner(tab).get_by_text("Your name").wait_for()
    until(lambda: not remembers(tab))
    tab.reload(wait_until="domcontentloaded")
    corner(tab).get_by_text("Your name").wait_for()


def test_the_name_stands_beside_changes(browser_of, server, project, store):
    tab = browser_of(ARABIC)
    inspect(tab, server, project, 1)
    corner(tab).get_by_text(ARABIC).wait_for()
    tab.keyboard.press("a")
    tab.get_by_text("1 of 3 checked").wait_for()
    becomes(lambda: [one.author for one in store.history(store.sentence(project, 0).id)[:1]], [ARABIC])


def test_two_people_apart_and_a_third_decides_by_keys(browser_of, server, project, store):
    """Hand out, label blind to each other, see the difference, take one by its number, the other by mouse."""
    ana = browser_of("Ana")
    People(store.database).set_member(project, "Rui", "corrector", "Ana")
    People(store.database).set_member(project, ARABIC, "corrector", "Ana")
    part(ana, server, project, "Sentences")
    ana.get_by_role("radio", name="By number").or_(ana.get_by_role("button", name="By number")).first.click()
    ana.get_by_label("Numbers", exact=True).first.fill("1-2")
    people = ana.get_by_label("People", exact=True).first
    for name in ("Rui", ARABIC):
        people.click()
        people.fill(name)
        ana.get_by_role("option", name=name).click()
        ana.get_by_test_id("stMultiSelect").get_by_text(name).wait_for()
    ana.keyboard.press("Escape")
    expect(ana.get_by_role("option")).to_have_count(0)
    ana.get_by_text("All do the same, apart").click()
    expect(ana.get_by_role("radio", name="All do the same, apart")).to_be_checked()
    at_rest(ana)
    ana.get_by_role("button", name="Hand out").click()
    ana.get_by_text("2 sentences").first.wait_for()
    for name, key in (("Rui", "p"), (ARABIC, "o")):
        tab = browser_of(name)
        for sentence, word in ((1, "Rom"), (2, "Berlin")):
            inspect(tab, server, project, sentence)
            expect(tab.locator(".target .box").first).to_be_visible()
            expect(tab.locator(f".target .box:has-text('{word}')")).to_have_count(0)  # blind to the other
            tab.locator(".target .word", has_text=word).first.click()
            tab.keyboard.press(key)
            tab.wait_for_selector(f".target .box:has-text('{word}')")
            tab.keyboard.press("a")
            until(lambda name=name, at=sentence - 1: finished(store, project, at, name))
    shown = Overlaps(store.database).sentences(project)
    assert [one.is_ready for one in shown] == [True, True]
    assert store.sentence(project, 0).revision == 0
    part(ana, server, project, "Agreement")
    ana.locator(".figure", has_text=".50").first.wait_for()  # PER of the first word is the same, the other is not
    ana.get_by_role("button", name="Decide them one by one").click()
    decided_about(ana, 1)
    ana.keyboard.press("Control+ArrowRight")
    decided_about(ana, 2)
    ana.keyboard.press("2")
    decided_about(ana, 1)
    until(lambda: ana.locator(".versions .differs").count() >= 2)
    ana.get_by_role("button", name="Take \u2068Rui\u2069's").click()
    ana.get_by_text("Nothing left here").wait_for()
    history = [store.history(store.sentence(project, position).id)[0] for position in (0, 1)]
    assert [one.kind for one in history] == [f"decided for Rui, against {ARABIC}", f"decided for {ARABIC}, against Rui"]
    assert {one.author for one in history} == {"Ana"}
    labels = [[e.label for e in store.sentence(project, position).edits.target_entities] for position in (0, 1)]
    assert labels == [["PER", "PER"], ["PER", "ORG"]]


def test_a_viewer_changes_nothing(browser_of, server, project, store):
    People(store.database).set_member(project, "Leo", "viewer", "Ana")
    tab = browser_of("Leo")
    inspect(tab, server, project, 1)
    tab.get_by_text("your role is viewer").locator("visible=true").first.wait_for()
    tab.locator(".target .word", has_text="Rom").first.click()
    for key in ("l", "a"):
        tab.keyboard.press(key)
        expect(tab.locator(".editor .said")).to_contain_text("your role is viewer")
        says_that_nothing_waits(tab)
    assert store.sentence(project, 0).revision == 0


def test_somebody_elses_sentence_is_not_changed(browser_of, server, project, store):
    People(store.database).set_member(project, "Rui", "corrector", "Ana")
    People(store.database).set_member(project, "Eva", "corrector", "Ana")
    Assignments(store.database).give(project, {"Rui": [0], "Eva": [1]}, "Ana")
    tab = browser_of("Rui")
    inspect(tab, server, project, 2)
    tab.get_by_text("Sentence 2 is assigned to Eva").locator("visible=true").first.wait_for()
    tab.keyboard.press("a")
    expect(tab.locator(".editor .said")).to_contain_text("Sentence 2 is assigned to Eva")
    says_that_nothing_waits(tab)
    assert store.sentence(project, 1).revision == 0
    inspect(tab, server, project, 1)
    tab.keyboard.press("a")
    tab.get_by_text("1 of 3 checked").wait_for()


@pytest.mark.parametrize("scheme, width", [("light", 1360), ("dark", 1360), ("light", 420)])
def test_markup_is_text_and_nothing_is_wider_than_the_window(browser_of, server, project, store, scheme, width):
    for name in (HOSTILE, "x" * 200, ARABIC):
        People(store.database).set_member(project, name, "corrector", "Ana")
    tab = browser_of("Ana", color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": 900})
    for name in ("Roles", "Sentences", "Agreement", "Decide"):
        part(tab, server, project, name)
        tab.get_by_text(f"Trial {HOSTILE}").wait_for()
        does_not_scroll_sideways(tab)
