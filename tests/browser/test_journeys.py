"""The app as a new user drives it."""

import pytest

from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.settings import settings
from projection.text.tokenize import tokenize
from tests.browser.waiting import at_rest, becomes, does_not_scroll_sideways, expect, until

pytestmark = [pytest.mark.browser, pytest.mark.model]

ENTITY = ".target .box"
HOSTILE = "<script>alert(1)</script> and <img src=x onerror=alert(2)> met Angela Merkel in Berlin ."


def open_board(page, url):
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_selector(ENTITY)


def spans(page):
    """Return (text, label) of the target's boxes as a person sees them."""
    read = """all => all.map((box) => [
        [...box.querySelectorAll(".word")].map((word) => word.innerText).join(" "),
        box.querySelector(".tag").innerText,
    ])"""
    return [tuple(pair) for pair in page.locator(ENTITY).evaluate_all(read)]


def saved(page):
    """Wait until all that was done is stored; from the moment of a key the line says that it is not."""
    page.locator(".editor .saved.good", has_text="Saved").wait_for()


def test_first_minute_from_the_example_to_conll(page, server, tmp_path):
    """Open, one click, a projected sentence; two keys change a label and accept; one more downloads the file."""
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Import 1 sentence").click()
    page.wait_for_selector(ENTITY)
    until(lambda: {("Angela Merkel", "PER"), ("Berlim", "LOC")} <= set(spans(page)))
    at_rest(page)
    page.get_by_role("option", name="Berlim").click()
    page.wait_for_selector(".target .box.current:has-text('Berlim')")
    page.keyboard.press("m")
    page.wait_for_selector(".target .box.corrected:has-text('MISC')")
    page.keyboard.press("a")
    page.get_by_text("1 of 1 checked").wait_for()
    saved(page)
    at_rest(page)
    page.get_by_role("link", name="Export").click()
    page.get_by_role("button", name="Download").wait_for()
    at_rest(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    started.value.save_as(tmp_path / "out.conll")
    rows = (tmp_path / "out.conll").read_text("utf-8").split("\n")
    assert "Berlim\tB-MISC" in rows
    assert rows[:2] == ["Angela\tB-PER", "Merkel\tI-PER"]


def test_work_survives_reload_and_restart_and_can_be_undone(page, server):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open demo corpus").click()
    page.wait_for_selector(ENTITY)
    at_rest(page)
    before = spans(page)
    without = [pair for pair in before if pair != ("Berlim", "LOC")]
    assert len(without) == len(before) - 1
    page.get_by_role("option", name="Berlim").click()
    page.wait_for_selector(".target .box.current:has-text('Berlim')")
    page.keyboard.press("Delete")
    saved(page)
    page.wait_for_url("**project=*&s=1**")
    address = page.url
    open_board(page, address)
    becomes(lambda: spans(page), without)
    server.stop()
    server.start()
    open_board(page, address)
    becomes(lambda: spans(page), without)
    at_rest(page)
    page.keyboard.press("Control+z")
    becomes(lambda: spans(page), before)


def test_a_server_killed_while_somebody_types_loses_nothing_and_stores_nothing_twice(page, server):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open demo corpus").click()
    page.wait_for_selector(ENTITY)
    page.wait_for_url("**project=*&s=*")
    page.goto(f"{page.url.split('&')[0]}&s=3", wait_until="domcontentloaded")
    page.wait_for_selector(f"{ENTITY}.current")
    at_rest(page)
    store = Store(f"sqlite:///{server.home / 'corrections.sqlite'}")
    number = int(page.url.split("project=")[1].split("&")[0])
    before = store.sentence(number, 2).revision
    keys = "plmo" * 6
    for turn, key in enumerate(keys):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
        if turn == 13:
            server.kill()
    assert store.sentence(number, 2).revision < before + len(keys)
    server.start()
    saved(page)
    stored = store.sentence(number, 2)
    labels = [event.kind.split()[-1] for event in reversed(store.history(stored.id, stored.line))]
    assert "".join(label[0].lower() for label in labels[-len(keys) :]) == keys
    assert stored.revision == before + len(keys)


def test_right_to_left_words_are_picked_and_grown_by_visual_direction(page, server):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open demo corpus").click()
    page.wait_for_selector(ENTITY)
    at_rest(page)
    page.get_by_role("spinbutton").fill("9")
    page.get_by_role("spinbutton").press("Enter")
    page.wait_for_selector(".cells.target[dir=rtl]")
    page.wait_for_selector(ENTITY)
    at_rest(page)
    page.get_by_role("option", name="القاهرة").click()
    page.wait_for_selector(".target .box.current:has-text('القاهرة')")
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_selector(".target .box.current:has-text('يوم')")
    until(lambda: ("القاهرة يوم", "LOC") in spans(page))


def test_text_from_users_is_never_markup(page, server):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("textbox", name="Text").fill(f"{HOSTILE}\t{HOSTILE}")
    page.get_by_role("textbox", name="Text").press("Control+Enter")
    page.get_by_role("button", name="Import 1 sentence").wait_for()
    page.get_by_text("onerror=alert(2)>").first.wait_for()
    at_rest(page)
    page.get_by_role("button", name="Import 1 sentence").click()
    page.wait_for_selector(".target .word")
    expect(page.locator(".cells.target")).to_contain_text("onerror")
    at_rest(page)
    expect(page.locator("img[src='x']")).to_have_count(0)


@pytest.mark.parametrize("width", [700, 1360])
def test_the_page_never_scrolls_sideways(page, server, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open demo corpus").click()
    page.wait_for_selector(ENTITY)
    does_not_scroll_sideways(page)


def test_the_first_address_of_a_new_server_may_be_that_of_a_page(page, server):
    page.goto(server.url, wait_until="domcontentloaded")
    page.get_by_role("button", name="Open demo corpus").click()
    page.wait_for_selector(ENTITY)
    page.wait_for_url("**project=*&s=*")
    address = page.url
    page.goto("about:blank")
    server.stop()
    server.start()
    open_board(page, address)
    page.get_by_role("link", name="Export").wait_for()
    at_rest(page)
    expect(page.locator("[data-testid=stSidebarNav]")).to_have_count(0)
    expect(page).to_have_url(address)


def test_a_sentence_without_labels_and_translation_is_marked_and_translated_by_hand(page, server, monkeypatch):
    """What a stopped run has is on the board; a translation is saved by one click out of its field."""
    monkeypatch.setenv("PROJECTION_HOME", str(server.home))
    task = Task(tokenize("Ann left Rome .", "en"))
    number = Store(settings().database).create_project("By hand", Setup("en", "sw"), [task])
    page.goto(f"{server.url}/inspect?project={number}&s=1", wait_until="domcontentloaded")
    page.get_by_role("option", name="Rome").wait_for()
    at_rest(page)
    page.get_by_role("option", name="Rome").click()
    page.wait_for_selector(".source .word.picked:has-text('Rome')")
    page.keyboard.press("l")
    page.wait_for_selector(".source .box.manual:has-text('Rome')")
    saved(page)
    at_rest(page)
    page.get_by_role("tab", name="Text", exact=True).click()
    page.get_by_role("textbox", name="Swahili translation").fill("Ann aliondoka Roma .")
    page.get_by_role("button", name="Save translation").click()
    becomes(lambda: spans(page), [("Roma", "LOC")])
    expect(page.locator(".of-target small")).to_have_text("your text")
