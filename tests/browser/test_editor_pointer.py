"""The editor by mouse and touch: drags, handles, lines, buttons; long, narrow and dark pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.editor_harness import open_editor
from tests.browser.editor_harness.sentences import arabic, chinese, data, entity, long, news, row
from tests.browser.waiting import becomes, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(chromium):
    yield from open_editor(chromium)


@pytest.fixture
def phone(chromium):
    yield from open_editor(chromium, has_touch=True)


def middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(editor, start: tuple[float, float], end: tuple[float, float]) -> None:
    mouse = editor.tab.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    mouse.move(*end)
    mouse.up()
    editor.settle()


def swipe(phone, start: tuple[float, float], end: tuple[float, float]) -> None:
    (x1, y1), (x2, y2) = start, end
    session = phone.tab.context.new_cdp_session(phone.tab)
    for kind, points in (
        ("touchStart", [(x1, y1)]),
        ("touchMove", [((x1 + x2) / 2, (y1 + y2) / 2)]),
        ("touchMove", [(x2, y2)]),
        ("touchEnd", []),
    ):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
    phone.settle()


def test_click_selects_a_label_then_one_word_of_it(editor):
    editor.start(news())
    editor.word("target", 5).click()
    editor.settle()
    assert editor.pick == ("target", 4, 6)
    editor.word("target", 5).click()
    editor.settle()
    assert editor.pick == ("target", 5, 6)


@pytest.mark.parametrize(("start", "end"), [(8, 10), (10, 8)])
def test_drag_selects_words(editor, start, end):
    editor.start(news())
    drag(editor, middle(editor.word("target", start)), middle(editor.word("target", end)))
    assert editor.pick == ("target", 8, 11)
    editor.press("l")
    assert editor.ops == [{"kind": "label", "side": "target", "start": 8, "end": 11, "label": "LOC"}]


def test_a_drag_that_ends_outside_still_ends(editor):
    editor.start(news())
    drag(editor, middle(editor.word("target", 8)), (5, 5))
    assert editor.pick[0] == "target"
    assert editor.pick[2] == 9
    editor.tab.mouse.move(400, 300)
    editor.settle()
    assert editor.tab.evaluate("harness.home.querySelector('.editor').editor.drag") is None


def test_shift_click_extends(editor):
    editor.start(news(pick={"side": "target", "start": 8, "end": 9, "n": 1}))
    editor.word("target", 10).click(modifiers=["Shift"])
    editor.settle()
    assert editor.pick == ("target", 8, 11)


@pytest.mark.parametrize(
    ("make", "handle", "word", "op"),
    [
        (news, "left", 13, {"start": 12, "end": 15, "to": [13, 15]}),
        (news, "right", 15, {"start": 12, "end": 15, "to": [12, 16]}),
        (arabic, "left", 11, {"start": 8, "end": 11, "to": [8, 12]}),
        (arabic, "right", 6, {"start": 8, "end": 11, "to": [6, 11]}),
    ],
)
def test_handles_move_borders(editor, make, handle, word, op):
    editor.start(make())
    x, y = middle(editor.word("target", word))
    drag(editor, middle(editor.find(f".handle.{handle}")), (x + (8 if handle == "right" else -8), y))
    assert editor.ops == [{"kind": "move", "side": "target", **op}]


def test_a_handle_stops_at_the_next_label(editor):
    editor.start(news(pick={"side": "target", "start": 7, "end": 8, "n": 1}))
    drag(editor, middle(editor.find(".handle.left")), middle(editor.word("target", 1)))
    assert editor.ops == [{"kind": "move", "side": "target", "start": 7, "end": 8, "to": [6, 8]}]


def test_two_clicks_in_link_mode_link(editor):
    editor.start(news(pick=None))
    for place in (
        editor.word("source", 11),
        editor.find('.hints [data-command="link"]'),
        editor.word("target", 3),
        editor.word("target", 3),
    ):
        place.click()
        editor.settle()
    assert editor.ops == [{"kind": "link", "source": 11, "target": 3, "on": on} for on in (True, False)]
    editor.find('.mode [data-command="leave"]').click()
    editor.settle()
    assert editor.find(".mode").is_hidden()


def test_a_click_on_a_line_chooses_it_and_another_takes_it_away(editor):
    editor.start(news(pick=None))
    (x1, y1), (x2, y2) = middle(editor.word("source", 0)), middle(editor.word("target", 0))
    for _ in range(2):
        editor.tab.mouse.click((x1 + x2) / 2, (y1 + y2) / 2 + 8)
        editor.settle()
    assert editor.ops == [{"kind": "link", "source": 0, "target": 0, "on": False}]


def test_a_click_on_a_ribbon_chooses_its_label(editor):
    editor.start(news(pick=None))
    (x1, y1), (x2, _) = middle(editor.word("source", 0)), middle(editor.word("source", 1))
    editor.tab.mouse.click((x1 + x2) / 2, y1 + 70)
    editor.settle()
    assert editor.pick == ("target", 0, 2)


def test_hovering_shows_links_and_says_them(editor):
    editor.start(news())
    before = editor.find(".link.free").count()
    editor.word("source", 2).hover()
    expect(editor.find(".link.free")).to_have_count(before + 1)
    becomes(lambda: editor.text(".reading").replace("\u2068", "").replace("\u2069", ""), "met → reuniu-se .62")
    expect(editor.find(".word.hot")).to_have_text(["met", "reuniu-se"])


def test_the_mark_goes_where_a_word_is_clicked(editor):
    editor.start(news(pick=None)).press("t")
    box = editor.word("target", 2).bounding_box()
    editor.tab.mouse.click(box["x"] + box["width"] - 8, box["y"] + 20)
    editor.settle()
    editor.find('.mode [data-command="split"]').click()
    editor.settle()
    assert editor.ops == [{"kind": "split", "side": "target", "word": 2, "at": 8}]


@pytest.mark.parametrize(
    ("selector", "kind"),
    [
        ('.hints [data-label="LOC"]', "label"),
        ('.hints [data-command="confirm"]', "confirm"),
        ('.hints [data-command="reject"]', "remove"),
        ('.hints [data-command="startOut"]', "move"),
        ('.bar [data-command="flag"]', "flag"),
        ('.bar [data-command="accept"]', "check"),
        ('.tools [data-command="undo"]', "undo"),
    ],
)
def test_everything_has_a_button(editor, selector, kind):
    editor.start(news(undo=1))
    editor.find(selector).click()
    editor.settle()
    assert [op["kind"] for op in editor.ops] == [kind]


def test_a_check_is_taken_back_by_its_pill(editor):
    editor.start(news(checked=True))
    editor.find('.about [data-command="uncheck"]').click()
    editor.settle()
    assert editor.ops == [{"kind": "uncheck"}]


def test_touch_selects_and_labels(phone):
    phone.resize(420, 900)
    phone.start(news(pick=None))
    phone.word("target", 2).tap()
    becomes(lambda: phone.pick, ("target", 2, 3))
    phone.settle()
    phone.find('.hints [data-label="LOC"]').tap()  # the click comes a little after the finger
    becomes(lambda: phone.ops, [{"kind": "label", "side": "target", "start": 2, "end": 3, "label": "LOC"}])


def test_a_finger_drags_over_words(phone):
    phone.start(news(pick=None))
    swipe(phone, middle(phone.word("target", 8)), middle(phone.word("target", 10)))
    becomes(lambda: phone.pick, ("target", 8, 11))


def test_a_finger_moves_a_border(phone):
    phone.start(news())
    swipe(phone, middle(phone.find(".handle.left")), middle(phone.word("target", 13)))
    becomes(lambda: phone.ops, [{"kind": "move", "side": "target", "start": 12, "end": 15, "to": [13, 15]}])


def test_a_finger_that_scrolls_selects_nothing(phone):
    phone.resize(420, 500)
    phone.start(news(pick=None))
    x, y = middle(phone.word("source", 0))
    swipe(phone, (x, y), (x, y - 200))
    phone.tab.wait_for_function("scrollY > 0")
    assert phone.pick in (None, ("target", 12, 15))


@pytest.mark.parametrize("make", [news, arabic, chinese])
def test_nothing_runs_out_of_the_window(editor, make):
    """Also 200 % zoom: that is half the width."""
    editor.start(make()).press("c")
    for width in (1360, 900, 680, 420, 360):
        editor.resize(width, 800)
        assert editor.tab.evaluate("document.documentElement.scrollWidth") <= width
        left, right, first, last = editor.tab.evaluate("harness.extent()")
        assert left - 1 <= first < last <= right + 1


def test_long_pairs_are_cut_where_no_link_is_torn(editor):
    editor.start(long(300))
    bands = editor.tab.evaluate("harness.home.querySelector('.editor').editor.bands")
    assert len(bands) > 10
    assert editor.find(".stub").count() == 0
    assert bands[-1]["source"][1] == 300 - 30, "270 pieces: 30 labels of two words"
    editor.press("w")
    editor.tab.wait_for_function("harness.home.querySelector('.editor').editor.bands.length === 1")


QUOTED = row('"|I never met Mr. Rossi|,|" said Anna Weber|, "|but Google|\'s lawyers in Dublin did|.|"', name="English")
SPACED = row('" I never met Rossi , " said Anna Weber , " but lawyers in ( old ) Dublin did . "', name="English")
GERMAN = row(
    "„|Ich traf Herrn Rossi nie|“|, sagte Anna Weber|, „|aber die Anwälte (|fast alle|) trafen ihn|.|“", name="German"
)
GERMAN_SPACED = row("„ Ich traf Herrn Rossi nie “ , sagte Anna Weber , „ aber die Anwälte trafen . “", name="German")
FRENCH = row("« Je ne connais pas Rossi » , dit Anna Weber : « les avocats , si ! »", name="French")
TIGHT = row("“|陈|伟|搬到|上海|”|之前|，|曾|在|《|北京|大学|》|学习|！|。", name="Chinese", language="zh", tight=True)
ARABIC = row("قال «|ليلى حداد|» ، غادرت القاهرة يوم الاثنين (|أمس|)|؛ هل تعود|؟", name="Arabic", direction="rtl")


@pytest.mark.parametrize("text", [QUOTED, SPACED, GERMAN, GERMAN_SPACED, FRENCH, TIGHT, ARABIC])
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(editor, text):
    """Whatever the width: every place where the text could be cut is tried."""
    words = len(text["words"])
    opening, closing = (
        ("“", "《") if text is TIGHT else ("«", "„", "("),
        ("”", "》") if text is TIGHT else ("»", "“", ")"),
    )
    quotes = [at for at, word in enumerate(text["words"]) if word == '"']
    editor.start(data(text, text, [(at, at, 1, "", False) for at in range(words)]))
    lines = 0
    for width in range(330, 1000, 30):
        editor.resize(width, 800)
        bands = editor.tab.evaluate("harness.home.querySelector('.editor').editor.bands")
        lines = max(lines, len(bands))
        for band in bands:
            for start, end in (band["source"], band["target"]):
                first, last = text["words"][start], text["words"][end - 1]
                assert start == 0 or first not in (*".,;:!?…。，！؟؛،", "'s", *closing), (width, bands)
                assert start not in quotes[1::2] and end - 1 not in quotes[::2], (width, bands)
                assert last not in opening, (width, bands)
    assert lines > 1


def test_a_mark_stays_with_a_word_that_has_no_room_for_it(editor):
    """The word is broken inside, also in a box; a row of dots that has no room either is cut."""
    editor.resize(420, 800)
    monster = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    long = row(f"a {monster}|.|”", name="German")
    editor.start(data(long, {**long, "entities": [entity(1, 2, "MISC")]}, []))
    bands = editor.tab.evaluate("harness.home.querySelector('.editor').editor.bands")
    assert [band["source"] for band in bands] == [band["target"] for band in bands] == [[0, 1], [1, 4]]
    left, right, first, last = editor.tab.evaluate("harness.extent()")
    assert left - 1 <= first < last <= right + 1
    dots = row("|".join("." * 80), name="English")
    editor.start(data(dots, dots, []))
    left, right, first, last = editor.tab.evaluate("harness.extent()")
    assert left - 1 <= first < last <= right + 1


def test_a_word_longer_than_the_window_is_broken(editor):
    editor.resize(420, 800)
    monster = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 2
    editor.start(
        data(row(f"a {monster}", name="German"), row(f"{monster} b", [entity(0, 1, "MISC")], name="German"), [])
    )
    assert editor.tab.evaluate("document.documentElement.scrollWidth") <= 420


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_enough_contrast(editor, theme):
    """WCAG 2.2 AA: 4.5 to 1 for every text of the editor, on the background behind it."""
    doubt = [{"text": tone, "tone": tone} for tone in ("warn", "bad", "good", "neutral")]
    value = news(doubt=doubt, note="a note", checked=True, flagged=True, undo=1, saved="14:02:11")
    editor.start(value, theme=theme).press("c")
    weak = editor.tab.evaluate((Path(__file__).parent / "editor_harness" / "contrast.js").read_text("utf-8"))
    assert weak == []


@pytest.mark.parametrize("make", [news, arabic])
def test_targets_are_large_enough(editor, make):
    editor.start(make())
    for button in editor.find(".editor button:visible").all():
        assert button.bounding_box()["height"] >= 28, button.inner_text()
    for word in editor.find(".word").all():
        assert word.bounding_box()["height"] >= 28


def test_roles_and_names(editor):
    editor.start(news())
    words = editor.tab.get_by_role("option")
    assert words.count() == 31
    assert editor.word("target", 12).get_attribute("aria-label") == "word 13, a, ORG, automatic, score .81"
    assert editor.word("target", 3).get_attribute("aria-label") == "word 4, com, no link"
    assert editor.find('.word[tabindex="0"]').count() == 1
    assert editor.find('.cells.target [aria-selected="true"]').count() == 3
    assert editor.tab.get_by_role("listbox").count() == 2
    assert editor.tab.get_by_role("button", name="Accept & next").count() == 1
    assert editor.find(".said").get_attribute("aria-live") == "polite"


def test_missing_text_is_said(editor):
    editor.start(data(news()["source"], row("", name="Portuguese", missing=True), []))
    assert "No Portuguese text yet." in editor.text(".cells.target")
    assert editor.find('.bar [data-command="accept"]').get_attribute("aria-disabled") == "true"
    editor.press("ArrowDown", "ArrowRight", "o", "g", "Escape")
    assert editor.ops[0]["side"] == "source"
