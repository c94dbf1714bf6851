"""The queue as a person works through it: by keys and clicks, one by one, in bulk, name by name."""

from __future__ import annotations

import pytest

from projection.corrections.edits import Edits
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Alignment, Entity, Sentence, Span

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
    page.set_default_timeout(30_000)
    page.goto(f"{server.url}/queue?project={project}", wait_until="domcontentloaded")
    page.locator(".queue tbody tr").nth(rows - 1).wait_for()
    page.get_by_text("Reading the project").wait_for(state="detached")
    page.get_by_text("not read yet").first.wait_for(state="detached")


def selected(page) -> int:
    return int(page.locator(".queue tr[aria-selected=true] .number").inner_text())


def numbers(page) -> list[int]:
    return [int(text) for text in page.locator(".queue tbody .number").all_inner_texts()]


def wait_rows(page, count: int) -> None:
    page.wait_for_function(
        """count => [...document.querySelectorAll('*')].some(
            (node) => node.shadowRoot?.querySelectorAll('.queue tbody tr').length === count)""",
        arg=count,
    )


def saved(page) -> None:
    page.locator(".queue .saved.good", has_text="Saved").wait_for()


def test_worked_through_by_keys(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    doubts = [float(text) for text in page.locator(".queue tbody .doubt").all_inner_texts()]
    assert doubts == sorted(doubts, reverse=True) and doubts[0] > doubts[-1]
    order = numbers(page)
    assert selected(page) == order[0]
    page.keyboard.press("ArrowDown")
    assert selected(page) == order[1]
    page.keyboard.press("s")
    assert selected(page) == order[2]
    page.keyboard.press("a")
    assert selected(page) == order[3]  # accepted, and on to the next at once
    saved(page)
    wait_rows(page, 4)
    assert numbers(page) == [number for number in order if number != order[2]] and selected(page) == order[3]
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
    assert selected(page) == order[2] and not store.sentence(project, order[2] - 1).edits.checked
    assert not store.sentence(project, order[3] - 1).edits.flagged
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/inspect?**s={order[2]}**")
    page.get_by_role("link", name="Queue").click()
    page.locator(".queue tr[aria-selected=true]").wait_for()
    assert selected(page) == order[2]  # back where one was


def test_the_row_that_is_said_is_the_row_that_is_drawn(page, server, store):
    """What is accepted leaves the list of open sentences, so that the rows below it move up."""
    project = small(store)
    open_queue(page, server, project, 5)
    order = numbers(page)
    said = page.locator(".queue .said")
    page.keyboard.press("a")
    wait_rows(page, 4)
    assert said.inner_text() == f"Row 1 of 4: sentence {order[1]}"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+z")
    wait_rows(page, 5)
    assert said.inner_text() == f"Last step on sentence {order[0]} taken back."
    page.keyboard.press("ArrowDown")
    assert said.inner_text() == f"Row 2 of 5: sentence {order[1]}"
    for _ in range(4):
        page.keyboard.press("a")
    wait_rows(page, 1)
    page.keyboard.press("a")
    wait_rows(page, 0)
    assert said.inner_text() in ("", f"Sentence {order[0]} accepted.")


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
    assert selected(page) == numbers(page)[0]


def test_clicks_do_the_same(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    row = page.locator(".queue tbody tr").nth(3)
    number = int(row.locator(".number").inner_text())
    row.locator(".text").click()
    assert selected(page) == number
    page.get_by_role("button", name="Accept A").click()
    saved(page)
    wait_rows(page, 4)
    assert store.sentence(project, number - 1).edits.checked
    page.get_by_role("button", name="Open Enter").click()
    page.wait_for_url("**/inspect?**")


def test_all_keys_work_after_the_page_was_chosen_in_the_menu(page, server, store):
    """The link keeps the focus of the page: dead arrows and a living A would accept what nobody looked at."""
    project = small(store)
    page.goto(f"{server.url}/inspect?project={project}&s=1", wait_until="domcontentloaded")
    page.locator(".target .box").first.wait_for()
    page.get_by_role("link", name="Queue").click()
    page.locator(".queue tbody tr").nth(4).wait_for()
    page.get_by_text("not read yet").first.wait_for(state="detached")
    order = numbers(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert selected(page) == order[2]
    page.get_by_role("link", name="Queue").focus()
    page.keyboard.press("ArrowUp")
    assert selected(page) == order[1]
    page.keyboard.press("a")
    saved(page)
    assert [one.position + 1 for one in store.sentences(project) if one.edits.checked] == [order[1]]
    page.get_by_role("link", name="Inspect").click()
    page.locator(".target .box.current").wait_for()
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
    inside = "document.activeElement.shadowRoot.activeElement"
    for show, back in (
        (lambda: page.keyboard.press("?"), ".queue table"),
        (lambda: page.get_by_role("button", name="Keys, question mark").click(), ".queue .keys"),
    ):
        show()
        keys = page.get_by_role("dialog", name="Keys")
        keys.get_by_text("accept, on to the next open one").wait_for()
        assert page.evaluate(f"{inside}.closest('.help') !== null")
        before = selected(page)
        for key in ("a", "f", "ArrowDown"):
            page.keyboard.press(key)
        assert selected(page) == before
        page.keyboard.press("Escape")
        keys.wait_for(state="hidden")
        assert page.evaluate(f"{inside}.matches('{back}')")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    page.keyboard.press("?")
    assert not page.get_by_role("dialog", name="Keys").is_visible()
    assert not any(one.revision for one in store.sentences(project))


def test_every_key_of_the_list_is_told(page, server, store):
    open_queue(page, server, small(store), 5)
    page.keyboard.press("?")
    told = page.locator(".queue .help kbd").all_inner_texts()
    arrows = ["\u2191 \u2193", "Page \u2191", "Page \u2193"]
    assert set(told) == {*arrows, "Home", "End", "Enter", "A", "S", "F", "Ctrl Z", "?", "Esc"}


def test_a_list_that_has_just_come_leaves_the_focus_where_a_person_types(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.matches('.queue table')")
    find = page.get_by_placeholder("Find a word, name or note")
    find.fill("nothing is like this")
    page.keyboard.press("Enter")
    page.locator(".queue .none", has_text="No sentence is in this list").wait_for()
    find.fill("anna")
    page.keyboard.press("Enter")
    wait_rows(page, 3)
    assert page.evaluate("document.activeElement.tagName") == "INPUT"


def test_all_keys_work_after_a_click_on_a_button(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    page.get_by_text("Corpus order").click()
    page.locator(".queue tbody tr:first-child .number", has_text="1").wait_for()
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
    page.keyboard.type("asf anna")
    assert find.input_value() == "asf anna"
    page.keyboard.press("Enter")
    page.locator(".queue .none", has_text="No sentence is in this list").wait_for()
    assert not any(one.edits.checked or one.edits.flagged for one in store.sentences(project))
    find.fill("anna")
    page.keyboard.press("Enter")
    wait_rows(page, 3)
    assert sorted(numbers(page)) == [1, 4, 5]


def test_filters_and_reasons(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    page.get_by_role("button", name="nothing doubtful 3").click()
    page.get_by_text("filtered from 5").wait_for()
    shown = numbers(page)
    assert 0 < len(shown) < 5
    assert not page.locator(".queue tbody .why .pill").count()
    page.get_by_role("button", name="Show: Open; nothing doubtful").click()
    page.get_by_role("button", name="Reset").click()
    page.keyboard.press("Escape")
    wait_rows(page, 5)
    page.get_by_text("Corpus order").click()
    page.locator(".queue tbody tr:first-child .number", has_text="1").wait_for()
    assert numbers(page) == [1, 2, 3, 4, 5]


def test_pages_turn_by_keys_and_clicks(page, server, store):
    project = many(store)
    open_queue(page, server, project, 25)
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    page.get_by_text("26 to 50 of 60").wait_for()
    assert selected(page) == numbers(page)[0]
    page.get_by_role("button", name="Page 3").click()
    page.get_by_text("51 to 60 of 60").wait_for()
    wait_rows(page, 10)


def test_bulk_says_which_before_and_can_be_taken_back(page, server, store):
    project = small(store)
    open_queue(page, server, project, 5)
    quiet = len(page.locator(".queue tbody tr").filter(has_not=page.locator(".why .pill")).all())
    assert quiet >= 2
    page.get_by_role("button", name="Accept in bulk").click()
    dialog = page.get_by_role("dialog")
    do = dialog.get_by_role("button", name=f"Accept {quiet} sentences")
    do.wait_for()
    assert dialog.locator(".sheet tbody tr").count() == quiet
    do.click()
    page.get_by_text(f"{quiet} sentences accepted in bulk").wait_for()
    wait_rows(page, 5 - quiet)
    bulk = [one for one in store.sentences(project) if one.edits.checked]
    assert len(bulk) == quiet
    assert {entity.origin for one in bulk for entity in one.edits.target_entities} == {"bulk"}
    page.get_by_role("button", name="Accept in bulk").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    page.get_by_text(f"Taken back on {quiet} sentences").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    wait_rows(page, 5)
    assert not any(one.edits.checked for one in store.sentences(project))


def test_the_same_name_elsewhere(page, server, store):
    """Anna is labelled alone in two sentences, within Anna Schmidt in one, and in the last not at all."""
    unlabelled = pair("Then she came .", "Dann kam Anna .")
    project = small(store, unlabelled)
    open_queue(page, server, project, 6)
    page.get_by_text("Corpus order").click()
    page.locator(".queue tbody tr", has_text="Maria traf").click()
    page.locator(".preview button.entity", has_text="Anna").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("4 places").wait_for()
    assert dialog.get_by_label("Name, as it stands in the text").input_value() == "Anna"
    do = dialog.get_by_role("button", name="Label 1 place")
    do.wait_for()
    do.click()
    page.get_by_text("Anna: 1 sentence changed").wait_for()
    labelled = store.sentence(project, 5).edits.placed
    assert [(one.span, one.label, one.origin) for one in labelled] == [(Span(2, 3), "PER", "manual")]
    page.get_by_role("button", name="Same name").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back on 1 sentence").wait_for()
    assert not store.sentence(project, 5).edits.placed


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
    assert f"Note: {HOSTILE}" in page.locator(".preview").inner_text()
    page.locator(".queue tbody tr", has_text="القاهرة").click()
    assert page.locator(".preview .words[dir=rtl] button.entity").count() == 1
    assert page.locator(".queue img").count() == 0


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
