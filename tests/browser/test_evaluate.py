"""Evaluating as a person does it: results come, a bar leads to its sentences, a sentence to the editor."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from projection.corrections.runs import Runs
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Entity, Sentence, Span
from tests.browser.waiting import at_rest, expect, until

pytestmark = pytest.mark.browser

SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal",
              methods=("heuristic", "span-matching"))  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def store(server):
    return Store(f"sqlite:///{server.home / 'corrections.sqlite'}")


def pair(source: str, target: str, given: tuple[int, int, str], gold: tuple[int, int, str], language="de") -> Task:
    sides = (
        Sentence.from_words(text.split(), code, [Entity(Span(start, end), label)])
        for text, code, (start, end, label) in ((source, "en", given), (target, language, gold))
    )
    return Task(*sides, labelled=True)


def project(store, *more: Task, name="Gold") -> int:
    """Two sentences that the diagonal aligner gets right, one whose gold stands elsewhere, one with another label."""
    tasks = [
        pair("Maria met Anna .", "Maria traf Anna .", (0, 1, "PER"), (0, 1, "PER")),
        pair("Berlin is big .", "Berlin ist groß .", (0, 1, "LOC"), (0, 1, "LOC")),
        pair("Yesterday Anna slept .", "Anna schlief gestern .", (1, 2, "PER"), (0, 1, "PER")),
        pair(f"Rome {HOSTILE} was far .", f"Rom {HOSTILE} war weit .", (0, 1, "LOC"), (0, 1, "ORG")),
        *more,
    ]
    return store.create_project(name, SETUP, tasks)


def opened(page, server, number: int, more: str = "") -> None:
    page.goto(f"{server.url}/evaluate?project={number}{more}", wait_until="domcontentloaded")
    page.get_by_text("Wholly right, exactly").wait_for()
    page.locator(".st-key-chart-kinds-of-mistakes .point path, [class*='kinds'] .point path").first.wait_for()
    at_rest(page)


def click_first_bar(page, name: str):
    """Click a bar of a chart, which hears it a little after it is drawn; return the list that opens."""
    bar = page.locator(f"[class*='{name}'] .barlayer .point path").first
    bar.wait_for()
    chart = f"document.querySelector(`[class*='{name}'] .js-plotly-plot`)"
    page.wait_for_function(f"{chart}?._ev?.listeners('plotly_selected').length")
    bar.hover(force=True)
    page.wait_for_function(f"{chart}._hoverdata?.length")  # what a click chooses
    bar.click(force=True)
    return page.get_by_role("dialog")


def walked(page) -> int:
    """The sentence that the page Inspect shows, once it is there."""
    page.wait_for_url("**/inspect?**&s=*")
    page.locator(".target .box").first.wait_for()
    at_rest(page)
    return int(page.url.split("&s=")[1].split("&")[0])


def test_a_bar_leads_to_its_sentences_and_these_to_the_editor(page, server, store):
    number = project(store)
    opened(page, server, number)
    page.get_by_text("50%").wait_for()
    drawer = click_first_bar(page, "chart-stages")
    listed = drawer.locator(".sentences li")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("gold")
    expect(listed).to_contain_text("found")
    at_rest(page)
    listed.locator("button").click()
    assert walked(page) in (3, 4)
    expect(page.get_by_role("combobox", name="Method").first).to_have_value("heuristic")
    page.locator(".target .word", has_text="schlief").or_(page.locator(".target .word", has_text="weit")).wait_for()
    page.get_by_text("1 of 1", exact=True).wait_for()
    page.get_by_role("button", name="Leave the list").click()
    page.get_by_role("button", name="Leave the list").wait_for(state="detached")


def test_the_way_back_of_the_browser_leads_from_a_sentence_to_the_charts(page, server, store):
    number = project(store)
    opened(page, server, number)
    at_rest(page)
    drawer = click_first_bar(page, "chart-stages")
    at_rest(page)
    drawer.locator(".sentences li button").click()
    walked(page)
    for _ in range(3):  # the address of the sentence may have been written in two steps
        if "/evaluate" not in page.url:
            page.go_back()
            page.wait_for_load_state()
            at_rest(page)
    page.wait_for_url("**/evaluate?**")
    page.get_by_text("Wholly right, exactly").wait_for()
    expect(page.get_by_text("No method to evaluate")).to_have_count(0)


def test_an_address_with_an_unknown_method_comes_to_rest_with_those_of_the_project(page, server, store):
    page.goto(f"{server.url}/evaluate?project={project(store)}&methods=no-such", wait_until="domcontentloaded")
    page.get_by_text("Wholly right, exactly").wait_for()
    at_rest(page)
    expect(page.get_by_text("Span F1, heuristic")).to_be_visible()
    assert "no-such" not in page.url


def test_accepting_goes_through_the_list(page, server, store):
    number = project(store)
    opened(page, server, number)
    listed = click_first_bar(page, "chart-kinds").locator(".sentences li button").first
    listed.wait_for()
    at_rest(page)
    listed.click()
    position = walked(page) - 1
    assert not store.sentence(number, position).edits.checked
    page.locator(".target .word").first.click()
    page.keyboard.press("a")
    page.get_by_text("This was the last of the list.").wait_for()
    page.locator(".editor .saved.good", has_text="Saved").wait_for()
    until(lambda: store.sentence(number, position).edits.checked)
    page.get_by_role("button", name="Back to Evaluate").click()
    page.wait_for_url(f"**/evaluate?project={number}&s={position + 1}*")
    page.get_by_text("Wholly right, exactly").wait_for()


def test_rows_of_a_table_lead_there_too_and_texts_stay_texts(page, server, store):
    number = project(store)
    opened(page, server, number)
    panel = page.locator(".st-key-table-label-confusion")
    panel.locator("summary").click()
    table = page.locator(".st-key-rows-label-confusion")
    table.locator("canvas").first.wait_for()
    at_rest(page)
    table.click(position={"x": 18, "y": 35 * 2 + 17})  # the mark of the second row: gold LOC, predicted ORG
    drawer = page.get_by_role("dialog")
    drawer.locator(".sentences li").or_(drawer.get_by_text("No sentence")).first.wait_for()
    expect(drawer).to_contain_text("gold LOC, predicted")


def test_downloads_have_the_figures_of_the_page(page, server, store):
    number = project(store)
    opened(page, server, number)
    page.get_by_role("button", name="Report").click()
    with page.expect_download() as report:
        page.get_by_role("button", name="Report (HTML)").click()
    text = report.value.path().read_text("utf-8")
    assert "Gold, en to de" in text and HOSTILE not in text and "<script" not in text
    with page.expect_download() as counts:
        page.get_by_role("button", name="Counts by sentence (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(counts.value.path().read_text("utf-8"))))
    of_first = [row for row in rows if row["method"] == "heuristic"]
    assert sum(float(row["found"]) for row in of_first) == 2 and sum(float(row["gold"]) for row in of_first) == 4


def test_a_larger_project_is_evaluated_on_demand(page, server, store):
    more = [pair("Maria met Anna .", "Maria traf Anna .", (0, 1, "PER"), (0, 1, "PER")) for _ in range(400)]
    number = project(store, *more, name="Large")
    page.goto(f"{server.url}/evaluate?project={number}", wait_until="domcontentloaded")
    page.get_by_role("button", name="Evaluate 404 sentences").click()
    page.get_by_text("Wholly right, exactly").wait_for(timeout=120_000)
    page.get_by_text("of 404 sentences").first.wait_for(timeout=120_000)
    until(lambda: len(Runs(store.database).of(number)) == 1)
    (run,) = Runs(store.database).of(number)
    assert len(Runs(store.database).load(run.id)) == 404


def test_right_to_left_sentences_are_listed_from_the_right(page, server, store):
    arabic = pair("Berlin is big .", "المدينة الكبيرة برلين .", (0, 1, "LOC"), (2, 3, "LOC"), language="ar")
    setup = replace(SETUP, target_language="ar", methods=("heuristic",))
    number = store.create_project("Arabic", setup, [arabic])
    opened(page, server, number)
    text = click_first_bar(page, "chart-kinds").locator(".sentences li button")
    expect(text).to_have_attribute("dir", "rtl")
