"""Comparing methods as a person does it: look, click a span, use it, undo; the whole project; stages by keys."""

import pytest

from tests.browser.conftest import PATIENCE
from tests.browser.waiting import at_rest, becomes, does_not_scroll_sideways, expect, until

pytestmark = [pytest.mark.browser, pytest.mark.model]

METHODS = "methods=span-matching&methods=heuristic&methods=heuristic%3Apaper"


def open_demo(page, server):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open demo corpus").wait_for()
    at_rest(page)
    page.get_by_role("button", name="Open demo corpus").click()
    page.wait_for_url("**/inspect?**")
    page.wait_for_selector(".target .box", timeout=2 * PATIENCE)  # a model is loaded for the first time
    page.wait_for_url("**project=**")
    return page.url.partition("project=")[2].partition("&")[0]


def open_compare(page, server, project, sentence, more=""):
    page.goto(f"{server.url}/compare?project={project}&s={sentence}&{METHODS}{more}", wait_until="domcontentloaded")
    page.wait_for_selector(".compare .box")
    at_rest(page)


def test_a_span_of_another_method_is_used_and_undone(page, server):
    """Sentence 9 is Arabic; the heuristic does not find Cairo there, span matching does."""
    project = open_demo(page, server)
    open_compare(page, server, project, 9, "&m=heuristic")
    cairo = page.get_by_role("button", name="القاهرة, LOC").first
    cairo.wait_for()
    expect(page.locator(".compare table")).to_have_attribute("dir", "rtl")
    until(lambda: page.locator(".compare .mark").count() >= 1)
    until(lambda: page.locator(".compare td bdi.differs").count() >= 2)
    names = page.locator(".compare .who").last
    until(lambda: names.bounding_box()["x"] > cairo.bounding_box()["x"])  # right to left: its names on the right
    cairo.evaluate("node => { window.pressed = node }")
    cairo.click()
    page.get_by_text("found by 1 of 3").wait_for()
    at_rest(page)
    assert page.evaluate("pressed.isConnected")  # else a click that this interrupts would be lost
    page.keyboard.press("u")
    page.locator(".compare .who b", has_text="Decided").wait_for()
    decided = page.locator(".compare tbody tr").first
    expect(decided.locator(".box")).to_have_count(4)
    expect(decided.locator(".box").nth(1)).to_contain_text("القاهرة")
    at_rest(page)
    page.get_by_role("button", name="Open in Inspect").click()
    page.wait_for_selector(".target .box.accepted:has-text('القاهرة')")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".target .box.accepted", state="detached")


def test_use_all_takes_the_method_over(page, server):
    project = open_demo(page, server)
    open_compare(page, server, project, 15)
    found = (
        page.locator(".compare tbody tr").filter(has_text="heuristic:paper").locator(".box .words").all_inner_texts()
    )
    page.get_by_title("Take over all spans of heuristic:paper").click()
    page.locator(".compare .who b", has_text="Decided").wait_for()
    decided = page.locator(".compare tbody tr").first
    becomes(lambda: decided.locator(".box .words").all_inner_texts(), found)
    at_rest(page)
    page.get_by_role("button", name="Undo").click()
    page.locator(".compare .who b", has_text="Decided").wait_for(state="detached")


def test_the_whole_project_is_compared_and_a_disputed_sentence_opened(page, server):
    project = open_demo(page, server)
    open_compare(page, server, project, 1)
    page.get_by_role("button", name="Compare the other 23 sentences").click()
    page.get_by_text("of 24 sentences differ").wait_for()
    numbers = page.locator("[data-testid=stPlotlyChart] .annotation-text")
    expect(numbers).to_have_count(9)
    becomes(lambda: numbers.all_text_contents().count("\u2013"), 3)
    rows = page.locator(".disputes tbody tr")
    rows.first.wait_for()
    at_rest(page)
    scores = [float(text) for text in rows.locator(".score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True) and scores[0] > 0
    for number in range(3):  # again and again, with another way of going in between
        row = rows.nth(number)
        place = row.locator(".number").inner_text()
        row.locator("button").click()
        page.wait_for_function(f"new URLSearchParams(location.search).get('s') === '{place}'")
        page.locator(".disputes tr.current .number", has_text=place).wait_for()
        page.wait_for_selector(".compare .mark")
        at_rest(page)
        page.get_by_role("button", name="Next").click()
        page.wait_for_function(f"new URLSearchParams(location.search).get('s') === '{int(place) + 1}'")
        at_rest(page)


def test_stages_turn_by_arrow_keys_and_the_address_keeps_them(page, server):
    project = open_demo(page, server)
    open_compare(page, server, project, 15)
    page.keyboard.press("p")
    title = page.locator(".slide.large .title")
    title.filter(has_text="1 of").wait_for()
    at_rest(page)  # the keys come with the buttons
    for number in (2, 3):
        page.keyboard.press("ArrowRight")
        title.filter(has_text=f"{number} of").wait_for()
        at_rest(page)
    page.keyboard.press("ArrowLeft")
    title.filter(has_text="2 of").wait_for()
    page.wait_for_url("**view=stages**")
    page.reload(wait_until="domcontentloaded")
    title.filter(has_text="1 of").wait_for()


@pytest.mark.parametrize("width", [420, 1360])
def test_the_page_never_scrolls_sideways(page, server, width):
    page.set_viewport_size({"width": width, "height": 900})
    project = open_demo(page, server)
    open_compare(page, server, project, 9)
    does_not_scroll_sideways(page)
