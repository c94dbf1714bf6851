"""Projects, labels and guidelines by real clicks and keys."""

import pytest

from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from tests.browser.conftest import PATIENCE
from tests.browser.waiting import at_rest, expect, two_frames, until
from views import labels

pytestmark = pytest.mark.browser

SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))


@pytest.fixture
def store(server):
    return Store(f"sqlite:///{server.home / 'corrections.sqlite'}")


@pytest.fixture
def project(store):
    """Return a function that stores two sentences with a name and gives the number of the project."""

    def create(name):
        source = tokenize("Ann met Bob .", "en").with_entities([Entity(Span(0, 1), "PER"), Entity(Span(2, 3), "EVENT")])
        return store.create_project(name, SETUP, [Task(source, tokenize("Ann traf Bob .", "de"), labelled=True)] * 2)

    return create


def start(page, server, name):
    """Open the start page with one project searched for, so that other tests' projects do not matter."""
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_text("Your projects").wait_for()
    at_rest(page)
    search = page.get_by_placeholder("Search projects")
    if search.count():
        search.fill(name)
        search.press("Enter")
    page.get_by_role("button", name=name).wait_for()
    at_rest(page)


def tool(page, number, word):
    page.locator(f".st-key-{word}-{number} button").first.click()
    page.get_by_role("dialog").wait_for()
    at_rest(page)


def type_into(page, row, column, text):
    """Type into a cell of the table of labels, which is a canvas: by its place. Rows count from 0 below the head."""
    table = page.locator("[role=dialog] [data-testid=stDataFrame]")
    number, across = {"Label": (1, 0.2), "Key": (2, 0.56)}[column]
    cell = table.get_by_test_id(f"glide-cell-{number}-{row}")  # what a screen reader is told of the canvas
    cell.wait_for(state="attached")
    at_rest(page)
    width = table.locator("canvas").first.bounding_box()["width"]
    table.click(position={"x": width * across, "y": 35 + 34 * row + 17})
    expect(cell).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    field = page.locator("#portal .gdg-input")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    expect(field).to_have_value(text)
    # the grid drops a letter that Enter or a click follows within some 30 ms, which no hand does
    page.wait_for_timeout(60)
    two_frames(page)


def test_a_language_can_be_typed_by_its_name_and_a_wrong_one_loses_nothing(page, server, store):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("textbox", name="Text", exact=True).fill("Bob left Rome.")
    page.locator(".st-key-main-file input[type=file]").set_input_files(
        {"name": "rome.txt", "mimeType": "text/plain", "buffer": b"Ann left Rome.\n"}
    )
    page.get_by_text("Preview of rome").wait_for()
    at_rest(page)
    chosen = page.get_by_role("combobox", name="Labels go to")
    for typed in ("Klingonisch", "german"):
        chosen.click()
        chosen.fill(typed)
        page.get_by_role("option").first.wait_for()
        chosen.press("Enter")
        if typed == "Klingonisch":
            page.get_by_text("This language is not known").wait_for()
            expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value("Bob left Rome.")
        at_rest(page)
    expect(page.get_by_text("This language is not known")).to_have_count(0)
    expect(chosen).to_have_value("German (de)")
    page.get_by_text("Preview of rome").wait_for()
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value("Bob left Rome.")


def test_a_label_gets_a_key_and_it_works_in_the_editor(page, server, store, project):
    number = project("Keys for labels")
    start(page, server, "Keys for labels")
    tool(page, number, "labels")
    page.locator("[role=dialog] .pill:has-text('EVENT')").wait_for()
    type_into(page, 4, "Key", "a")
    page.keyboard.press("Enter")
    page.get_by_text("cannot have the key A").wait_for()
    page.locator("[role=dialog] .st-key-keep-labels button:disabled").wait_for()
    type_into(page, 4, "Key", "b")
    page.keyboard.press("Enter")
    page.locator("[role=dialog] .pill:has-text('EVENT') kbd:has-text('B')").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    page.get_by_text("The labels are kept").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    at_rest(page)
    kept = {item.label: item.key for item in labels.label_set(store.project(number))}
    assert kept == {"PER": "p", "ORG": "o", "LOC": "l", "MISC": "m", "EVENT": "b"}
    page.get_by_role("button", name="Keys for labels").click()
    page.locator(".target .box").first.wait_for()
    at_rest(page)
    page.locator(".target .word:has-text('traf')").click()
    page.locator(".target .word.picked:has-text('traf')").wait_for()
    page.keyboard.press("b")
    page.locator(".target .box:has-text('traf'):has-text('EVENT')").wait_for()


def test_a_cell_that_the_click_on_keep_ends_is_kept_too(page, server, store, project):
    number = project("Last cell")
    start(page, server, "Last cell")
    tool(page, number, "labels")
    page.locator("[role=dialog] .pill:has-text('EVENT')").wait_for()
    type_into(page, 3, "Label", "DATE")
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    page.get_by_text("The labels are kept").wait_for()
    assert [item.label for item in labels.label_set(store.project(number))][3] == "DATE"


def test_guidelines_are_written_and_fetch_nothing(page, server, store, project):
    number = project("With guidelines")
    start(page, server, "With guidelines")
    tool(page, number, "guidelines")
    box = page.get_by_role("textbox", name="Guidelines, in Markdown")
    box.fill("# Titles\n\n<img src=http://example.org/a.png onerror=alert(1)> ![b](http://example.org/b.png)")
    page.get_by_role("tab", name="Read").click()
    page.locator("[role=dialog] .guidelines h1:has-text('Titles')").wait_for()
    expect(page.locator("[role=dialog] .guidelines img")).to_have_count(0)
    at_rest(page)
    page.get_by_role("button", name="Keep").click()
    page.get_by_text("The guidelines are kept").wait_for()
    assert store.guidelines(number).startswith("# Titles")


def test_a_project_is_deleted_by_two_clicks_and_comes_back_after_a_reload(page, server, store, project):
    number = project("To be deleted")
    start(page, server, "To be deleted")
    tool(page, number, "delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_text("Deleted To be deleted").wait_for()
    assert number not in [found.id for found in store.projects()]
    page.reload(wait_until="domcontentloaded")
    page.get_by_text("deleted project").wait_for()
    at_rest(page)
    page.get_by_text("deleted project").click()
    page.locator(f".st-key-restore-{number} button").wait_for()
    at_rest(page)
    page.locator(f".st-key-restore-{number} button").click()
    page.get_by_text("deleted project").wait_for(state="hidden")
    page.get_by_role("button", name="To be deleted").wait_for()
    until(lambda: number in [found.id for found in store.projects()])


def test_dialogs_follow_the_dark_theme(chromium, server, project):
    """They hang on the body, outside of what Streamlit tells its theme."""
    project("Dark")
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    start(page, server, "Dark")
    page.get_by_role("button", name="Labels").first.click()
    expect(page.locator("[role=dialog] .title")).to_have_css("color", "rgb(232, 234, 238)")
    context.close()
