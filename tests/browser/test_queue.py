"""The queue as a person works through it: by keys and clicks, one by one, in bulk, name by name."""

from __future__ import annotations

import re

import pytest

from projection.corrections.edits import Edits
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Alignment, Entity, Sentence, Span
from tests.browser.waiting import at_rest, becomes, expect

pytestmark = pytest.mark.browser

SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def store(server):
    return Store(f"sqlite:///{server.home / 'corrections.sqlite'}")


def pair(source: str, target: str, *entities: tuple[int, int, str], language="de", links=None) -> Task:
    """`links` are (source word, target word): score; without them the diagonal aligner makes some, all sure."""
    labelled = [Entity(Span(start, end), label) for start, end, label in entities]
    words = Sentence.from_words(source.split(), "en", labelled)
    others = Sentence.from_words(target.split(), language)
    given = Alignment(frozenset(links), len(words), len(others), links) if links else None
    return Task(words, others, labelled=True, alignment=given)


def small(store, *more: Task) -> int:
    """Five sentences: a weak link in the fourth, a word without any in the fifth, nothing to doubt in the others."""
    tasks = [
        pair("Maria met Anna here .", "Maria traf Anna hier .", (0, 1, "PER"), (2, 3, "PER")),
        pair("Berlin is big .", "Berlin ist groß .", (0, 1, "LOC")),
        pair("Nothing happened today .", "Nichts geschah heute ."),
        pair("Yesterday Anna slept .", "Gestern hat Anna geschlafen .", (1, 2, "PER"),
             links={(0, 0): 1.0, (1, 2): 0.4}),
        pair("Anna Schmidt was in Rome .", "Anna Schmidt war in Rom .", (0, 2, "PER"), (4, 5, "LOC"),
             links={(0, 0): 1.0, (4, 4): 1.0}),
        *more,
    ]  # fmt: skip
    return store.create_project("Queue", SETUP, tasks)


def many(store, count: int = 60) -> int:
    tasks = [pair(f"Maria met number {number} .", f"Maria traf Nummer {number} .", (0, 1, "PER"))
             for number in range(count)]  # fmt: skip
    return store.create_project("Many", SETUP, tasks)


def open_queue(page, server, project: int, rows: int):
    page.goto(f"{server.url}/queue?project={project}", wait_until="domcontentloaded")
    wait_read(page, rows)


def wait_read(page, rows: int) -> None:
    """Wait until the project is read, so that its order is the last one."""
    page.locator(".queue tbody tr").nth(rows - 1).wait_for()
    expect(page.get_by_text("not read yet")).to_have_count(0)
    expect(page.get_by_text("Reading the project")).to_have_count(0)
    at_rest(page)


def selects(page, number: int) -> None:
    expect(page.locator(".queue tr[aria-selected=true] .number")).to_have_text(str(number))


def selects_first(page) -> None:
    expect(page.locator(".queue tbody tr:first-child")).to_have_attribute("aria-selected", "true")


def numbers(page) -> list[int]:
    return [int(text) for text in page.locator(".queue tbody .number").all_inner_texts()]


def lists(page, *expected: int) -> None:
    expect(page.locator(".queue tbody .number")).to_have_text([str(number) for number in expected])


def wait_rows(page, count: int) -> None:
    expect(page.locator(".queue tbody tr")).to_have_count(count)


def in_corpus_order(page, rows: int) -> None:
    page.get_by_text("Corpus order").click()
    lists(page, *range(1, rows + 1))
    at_rest(page)


def find_in_texts(page, words: str):
    """Search for words; return the field."""
    find = page.get_by_placeholder("Find a word, name or note")
    find.fill(words)
    find.press("Enter")
    return find


def focuses(page, selector: str) -> None:
    """Wait until the focus within the list is where it should be."""
    page.wait_for_function(
        "selector => document.activeElement.shadowRoot?.activeElement?.matches(selector)", arg=selector
    )


def did_nothing(page) -> None:
    """A step would be on its way or stored: the line below the list says so from the moment of the key."""
    expect(page.locator(".queue .saved")).to_have_text("")


def saved(page) -> None:
    page.locator(".queue .saved.good", has_text="Saved").wait_for()


def test_worked_through_by_keys(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    doubts = [float(text) for text in page.locator(".queue tbody .doubt").all_inner_texts()]
    assert doubts == sorted(doubts, reverse=True) and doubts[0] > doubts[-1]
    order = numbers(page)
    selects(page, order[0])
    page.keyboard.press("ArrowDown")
    selects(page, order[1])
    page.keyboard.press("s")
    selects(page, order[2])
    page.keyboard.press("a")
    selects(page, order[3])  # accepted, and on to the next at once
    saved(page)
    lists(page, *(number for number in order if number != order[2]))
    selects(page, order[3])
    stored = store.sentence(project, order[2] - 1)
    assert stored.edits.checked and {one.origin for one in stored.edits.target_entities} <= {"accepted"}
    assert store.history(stored.id)[0].seconds is not None
    page.keyboard.press("f")
    page.locator(".queue tr[aria-selected=true] .state", has_text="Flagged").wait_for()
    saved(page)
    assert store.sentence(project, order[3] - 1).edits.flagged
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    wait_rows(page, 5)
    saved(page)
    selects(page, order[2])
    assert not store.sentence(project, order[2] - 1).edits.checked
    assert not store.sentence(project, order[3] - 1).edits.flagged
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/inspect?**s={order[2]}**")
    page.locator(".target .word").first.wait_for()
    at_rest(page)
    page.get_by_role("link", name="Queue").click()
    selects(page, order[2])  # back where one was


def test_somebody_else_cannot_take_back_what_was_done_before(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    undo = page.get_by_role("button", name="Undo Ctrl Z")
    page.keyboard.press("f")
    saved(page)
    expect(undo).to_be_enabled()
    page.locator(".st-key-person-corner button").first.click()
    name = page.get_by_role("textbox", name="Your name")
    name.fill("Ben")
    page.get_by_role("button", name="Remember").click()
    name.wait_for(state="detached")
    expect(undo).to_be_disabled()
    did_nothing(page)
    expect(page.locator(".queue .said")).to_have_text("")


def test_the_row_that_is_said_is_the_row_that_is_drawn(page, server, store):
    """What is accepted leaves the list of open sentences, so that the rows below it move up."""
    project = small(store)
    open_queue(page, server, project, 5)
    order = numbers(page)
    said = page.locator(".queue .said")
    page.keyboard.press("a")
    wait_rows(page, 4)
    expect(said).to_have_text(f"Row 1 of 4: sentence {order[1]}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+z")
    wait_rows(page, 5)
    expect(said).to_have_text(f"Last step on sentence {order[0]} taken back.")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text(f"Row 2 of 5: sentence {order[1]}")
    for _ in range(4):
        page.keyboard.press("a")
    wait_rows(page, 1)
    page.keyboard.press("a")
    wait_rows(page, 0)
    expect(said).to_have_text(re.compile(rf"^(Sentence {order[0]} accepted\.)?$"))


def test_quick_keys_are_all_stored(page, server, store):
    project = many(store, 40)
    open_queue(page, server, project, 25)
    order = numbers(page)[:8]
    for _ in range(8):
        page.keyboard.press("a")
    saved(page)
    page.get_by_text("32 sentences").first.wait_for()
    checked = [one.position + 1 for one in store.sentences(project) if one.edits.checked]
    assert checked == sorted(order)
    wait_rows(page, 25)  # others came up from below
    selects_first(page)


def test_clicks_do_the_same(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    row = page.locator(".queue tbody tr").nth(3)
    number = int(row.locator(".number").inner_text())
    row.locator(".text").click()
    selects(page, number)
    page.get_by_role("button", name="Accept A").click()
    saved(page)
    wait_rows(page, 4)
    assert store.sentence(project, number - 1).edits.checked
    page.get_by_role("button", name="Open Enter").click()
    page.wait_for_url("**/inspect?**")


@pytest.mark.parametrize("place", [".queue tbody tr >> nth=3", ".preview button.entity >> nth=0"])
def test_a_click_is_not_lost_when_an_answer_comes_while_the_button_is_down(page, server, store, place):
    open_queue(page, server, small(store), 5)
    clicked = page.locator(place)
    clicked.evaluate("node => node.addEventListener('click', () => (window.wasClicked = true))")
    clicked.hover()
    page.mouse.down()
    page.keyboard.press("f")
    saved(page)
    at_rest(page)
    page.mouse.up()
    page.wait_for_function("window.wasClicked")


def test_all_keys_work_after_the_page_was_chosen_in_the_menu(page, server, store):
    """The link keeps the focus of the page: dead arrows and a living A would accept what nobody looked at."""
    project = small(store)
    page.goto(f"{server.url}/inspect?project={project}&s=1", wait_until="domcontentloaded")
    page.locator(".target .box").first.wait_for()
    at_rest(page)
    page.get_by_role("link", name="Queue").click()
    wait_read(page, 5)
    order = numbers(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    selects(page, order[2])
    page.get_by_role("link", name="Queue").focus()
    page.keyboard.press("ArrowUp")
    selects(page, order[1])
    page.keyboard.press("a")
    saved(page)
    assert [one.position + 1 for one in store.sentences(project) if one.edits.checked] == [order[1]]
    at_rest(page)
    page.get_by_role("link", name="Inspect").click()
    page.locator(".target .box.current").wait_for()
    page.wait_for_url("**/inspect?**&s=*")
    at_rest(page)
    number = int(page.url.split("&s=")[1].split("&")[0])
    page.locator(".target .word:focus").wait_for()
    first = page.locator(".target .word.cursor").get_attribute("data-index")
    page.keyboard.press("ArrowRight")
    moved = page.locator(f".target .word.cursor:not([data-index='{first}'])")  # drawn with the next frame
    word = moved.inner_text()
    page.keyboard.press("m")
    page.locator(".target .box", has_text="MISC").wait_for()
    page.locator(".editor .saved.good", has_text="Saved").wait_for()
    stored = store.sentence(project, number - 1)
    words = stored.task.target.words
    assert [words[one.span.start] for one in stored.edits.placed if one.label == "MISC"] == [word]


def test_the_list_of_keys_opens_by_key_and_button_and_gives_the_focus_back(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    for show, back in (
        (lambda: page.keyboard.press("?"), ".queue table"),
        (lambda: page.get_by_role("button", name="Keys, question mark").click(), ".queue .keys"),
    ):
        show()
        keys = page.get_by_role("dialog", name="Keys")
        keys.get_by_text("accept, on to the next open one").wait_for()
        focuses(page, ".help, .help *")
        for key in ("a", "f", "ArrowDown"):
            page.keyboard.press(key)
        page.keyboard.press("Escape")
        keys.wait_for(state="hidden")
        selects_first(page)
        focuses(page, back)
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    did_nothing(page)
    assert not any(one.revision for one in store.sentences(project))


def test_every_key_of_the_list_is_told(page, server, store):
    open_queue(page, server, small(store), 5)
    page.keyboard.press("?")
    told = page.locator(".queue .help kbd")
    arrows = ["\u2191 \u2193", "Page \u2191", "Page \u2193"]
    expected = {*arrows, "Home", "End", "Enter", "A", "S", "F", "Ctrl Z", "?", "Esc"}
    becomes(lambda: set(told.all_inner_texts()), expected)


def test_a_list_that_has_just_come_leaves_the_focus_where_a_person_types(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    focuses(page, ".queue table")
    find_in_texts(page, "nothing is like this")
    page.locator(".queue .none", has_text="No sentence is in this list").wait_for()
    find = find_in_texts(page, "anna")
    wait_rows(page, 3)
    at_rest(page)
    expect(find).to_be_focused()


def test_all_keys_work_after_a_click_on_a_button(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    in_corpus_order(page, 5)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("f")
    page.locator(".queue tr[aria-selected=true] .state", has_text="Flagged").wait_for()
    saved(page)
    assert [one.position + 1 for one in store.sentences(project) if one.edits.flagged] == [2]


def test_keys_are_letters_where_one_types(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    find = page.get_by_placeholder("Find a word, name or note")
    find.click()
    expect(find).to_be_focused()
    page.keyboard.type("asf anna")
    expect(find).to_have_value("asf anna")
    page.keyboard.press("Enter")
    page.locator(".queue .none", has_text="No sentence is in this list").wait_for()
    did_nothing(page)
    assert not any(one.edits.checked or one.edits.flagged for one in store.sentences(project))
    find_in_texts(page, "anna")
    becomes(lambda: sorted(numbers(page)), [1, 4, 5])


def test_filters_and_reasons(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    page.get_by_role("button", name="nothing doubtful 3").click()
    page.get_by_text("filtered from 5").wait_for()
    wait_rows(page, 3)
    expect(page.locator(".queue tbody .why .pill")).to_have_count(0)
    at_rest(page)
    page.get_by_role("button", name="Show: Open; nothing doubtful").click()
    page.get_by_role("button", name="Reset").click()
    wait_rows(page, 5)
    at_rest(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Reset")).to_be_hidden()
    in_corpus_order(page, 5)


def test_pages_turn_by_keys_and_clicks(page, server, store):
    project = many(store)
    open_queue(page, server, project, 25)
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    page.get_by_text("26 to 50 of 60").wait_for()
    expect(page.locator(".queue tbody tr:first-child .number")).to_have_text("26")
    selects_first(page)
    at_rest(page)
    page.get_by_role("button", name="Page 3").click()
    page.get_by_text("51 to 60 of 60").wait_for()
    wait_rows(page, 10)


def test_bulk_says_which_before_and_can_be_taken_back(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    quiet = page.locator(".queue tbody tr").filter(has_not=page.locator(".why .pill")).count()
    assert quiet >= 2
    page.get_by_role("button", name="Accept in bulk").click()
    dialog = page.get_by_role("dialog")
    do = dialog.get_by_role("button", name=f"Accept {quiet} sentences")
    do.wait_for()
    expect(dialog.locator(".sheet tbody tr")).to_have_count(quiet)
    at_rest(page)
    do.click()
    page.get_by_text(f"{quiet} sentences accepted in bulk").wait_for()
    wait_rows(page, 5 - quiet)
    bulk = [one for one in store.sentences(project) if one.edits.checked]
    assert len(bulk) == quiet
    assert {entity.origin for one in bulk for entity in one.edits.target_entities} == {"bulk"}
    expect(dialog).to_have_count(0)
    at_rest(page)
    page.get_by_role("button", name="Accept in bulk").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    page.get_by_text(f"Taken back on {quiet} sentences").wait_for()
    at_rest(page)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    wait_rows(page, 5)
    assert not any(one.edits.checked for one in store.sentences(project))


def test_the_last_step_taken_back_may_be_one_in_bulk(page, server, store):
    """Undone is what was done last, the whole bulk in one step, and only then what was done before it."""
    project = small(store)
    open_queue(page, server, project, 5)
    first = numbers(page)[0]
    page.keyboard.press("a")
    wait_rows(page, 4)
    saved(page)
    at_rest(page)
    page.get_by_role("button", name="Accept in bulk").click()
    do = page.get_by_role("dialog").get_by_role("button", name=re.compile(r"^Accept \d sentences"))
    do.wait_for()
    at_rest(page)
    do.click()
    page.get_by_text("sentences accepted in bulk").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    at_rest(page)
    bulk = sum(one.edits.checked for one in store.sentences(project)) - 1
    assert bulk >= 2
    wait_rows(page, 4 - bulk)
    page.keyboard.press("Control+z")
    page.get_by_text(f"Taken back on {bulk} sentences.").wait_for()
    wait_rows(page, 4)
    saved(page)
    assert [one.position + 1 for one in store.sentences(project) if one.edits.checked] == [first]
    page.keyboard.press("Control+z")
    wait_rows(page, 5)
    saved(page)
    assert not any(one.edits.checked for one in store.sentences(project))
    page.keyboard.press("Control+z")
    expect(page.locator(".queue .said")).to_have_text("Nothing was done here yet.")


def test_the_same_name_elsewhere(page, server, store):
    """Anna is labelled alone in two sentences, within Anna Schmidt in one, and in the last not at all."""
    unlabelled = pair("Then she came .", "Dann kam Anna .")
    project = small(store, unlabelled)
    open_queue(page, server, project, 6)
    in_corpus_order(page, 6)
    page.locator(".queue tbody tr", has_text="Maria traf").click()
    selects(page, 1)
    page.locator(".preview button.entity", has_text="Anna").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("4 places").wait_for()
    expect(dialog.get_by_label("Name, as it stands in the text")).to_have_value("Anna")
    do = dialog.get_by_role("button", name="Label 1 place")
    do.wait_for()
    at_rest(page)
    do.click()
    page.get_by_text("Anna: 1 sentence changed").wait_for()
    labelled = store.sentence(project, 5).edits.placed
    assert [(one.span, one.label, one.origin) for one in labelled] == [(Span(2, 3), "PER", "manual")]
    expect(dialog).to_have_count(0)
    at_rest(page)
    page.get_by_role("button", name="Same name").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back on 1 sentence").wait_for()
    assert not store.sentence(project, 5).edits.placed
    at_rest(page)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+z")  # it is no step of the list any more
    expect(page.locator(".queue .said")).to_have_text("Nothing was done here yet.")


def test_hostile_texts_are_text(page, server, store):
    """The page fixture fails on any dialog, script error or foreign request."""
    word = HOSTILE.replace(" ", "_")
    hostile = pair(f"Maria says {word} .", f"Maria sagt {word} .", (0, 1, HOSTILE))
    arabic = pair("Cairo is big .", "القاهرة مدينة كبيرة .", (0, 1, "LOC"), language="ar")
    project = store.create_project(HOSTILE, SETUP, [hostile, arabic])
    stored = store.sentence(project, 0)
    store.save(stored.id, Edits(note=HOSTILE), expected_revision=0, kind="note")
    open_queue(page, server, project, 2)
    page.locator(".queue tbody tr", has_text="Maria sagt").click()
    expect(page.locator(".preview")).to_contain_text(f"Note: {HOSTILE}")
    page.locator(".queue tbody tr", has_text="القاهرة").click()
    expect(page.locator(".preview .words[dir=rtl] button.entity")).to_have_count(1)
    expect(page.locator(".queue img")).to_have_count(0)


def test_two_tabs_do_not_overwrite_each_other(page, server, store):
    """What the first tab accepted is gone from the list of the second as soon as that one does something."""
    project = many(store, 30)
    open_queue(page, server, project, 25)
    other = page.context.new_page()
    open_queue(other, server, project, 25)
    order = numbers(page)
    page.keyboard.press("a")
    saved(page)
    other.keyboard.press("f")  # the same sentence, accepted meanwhile by the same person in another tab
    other.keyboard.press("ArrowDown")
    other.keyboard.press("a")
    saved(other)
    first, second = (store.sentence(project, number - 1).edits for number in order[:2])
    assert first.checked and second.checked
    kept = [line.name for line in store.lines(store.sentence(project, order[0] - 1).id)]
    assert first.flagged or kept  # the late flag is in, or kept as a second version
    other.close()


def test_a_step_after_a_restart_of_the_server_is_stored(page, server, store):
    project = many(store, 30)
    open_queue(page, server, project, 25)
    page.locator(".queue button[data-do=accept]:enabled").wait_for()
    order = numbers(page)
    server.stop()
    page.keyboard.press("a")
    page.locator(".queue .saved", has_text="Not saved, 1 step kept here").wait_for()
    server.start()
    page.locator(".queue .saved.good", has_text="Saved").wait_for(timeout=90_000)
    assert store.sentence(project, order[0] - 1).edits.checked
    page.keyboard.press("a")
    page.get_by_text("28 sentences").first.wait_for()
    assert store.sentence(project, order[1] - 1).edits.checked
