"""The correction editor by keyboard, in a page of its own: what each key sends and shows."""

from __future__ import annotations

import pytest

from tests.browser.editor_harness import open_editor
from tests.browser.editor_harness.sentences import arabic, chinese, data, entity, news, row
from tests.browser.waiting import becomes, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(chromium):
    yield from open_editor(chromium)


ORG = {"side": "target", "start": 12, "end": 15}


@pytest.mark.parametrize(
    ("keys", "op"),
    [
        (["p"], {"kind": "label", **ORG, "label": "PER"}),
        (["4"], {"kind": "label", **ORG, "label": "MISC"}),
        (["o"], {"kind": "confirm", "start": 12, "end": 15}),
        (["y"], {"kind": "confirm", "start": 12, "end": 15}),
        (["Delete"], {"kind": "remove", **ORG}),
        (["0"], {"kind": "remove", **ORG}),
        (["x"], {"kind": "remove", **ORG}),
        (["["], {"kind": "move", **ORG, "to": [11, 15]}),
        (["Shift+{"], {"kind": "move", **ORG, "to": [13, 15]}),
        (["]"], {"kind": "move", **ORG, "to": [12, 16]}),
        (["Shift+}"], {"kind": "move", **ORG, "to": [12, 14]}),
        (["Alt+ArrowLeft"], {"kind": "move", **ORG, "to": [11, 15]}),
        (["Alt+Shift+ArrowLeft"], {"kind": "move", **ORG, "to": [13, 15]}),
        (["Alt+ArrowRight"], {"kind": "move", **ORG, "to": [12, 16]}),
        (["Alt+Shift+ArrowRight"], {"kind": "move", **ORG, "to": [12, 14]}),
        (["c", "Enter"], {"kind": "place", "start": 12, "end": 15, "to": [13, 15], "label": "ORG"}),
        (["c", "c", "u"], {"kind": "place", "start": 12, "end": 15, "to": [11, 15], "label": "ORG"}),
        (["Shift+C", "u"], {"kind": "place", "start": 12, "end": 15, "to": [11, 15], "label": "ORG"}),
        (["g", "ArrowRight", "g"], {"kind": "link", "source": 13, "target": 12, "on": True}),
        (["g", "Enter"], {"kind": "link", "source": 12, "target": 12, "on": False}),
        (["Shift+ArrowLeft", "m"], {"kind": "label", "side": "target", "start": 11, "end": 15, "label": "MISC"}),
        (["ArrowLeft", "l"], {"kind": "label", "side": "target", "start": 11, "end": 12, "label": "LOC"}),
        (["Space", "l"], {"kind": "label", "side": "target", "start": 12, "end": 13, "label": "LOC"}),
        (["ArrowUp", "p"], {"kind": "label", "side": "source", "start": 12, "end": 14, "label": "PER"}),
        (["f"], {"kind": "flag", "on": True}),
        (["n", "H", "i", "Enter"], {"kind": "note", "text": "Hi"}),
        (["a"], {"kind": "check"}),
        (["t", "ArrowRight", "Enter"], {"kind": "split", "side": "target", "word": 13, "at": 1}),
        (["t", "m"], {"kind": "merge", "side": "target", "word": 12}),
    ],
)
def test_each_key_sends_its_operation(editor, keys, op):
    editor.start(news(), news(sentence="news-013", position=12)).press(*keys)
    assert editor.ops == [op]
    assert editor.text(".saved") == "Saving…"


@pytest.mark.parametrize("key", ["Control+z", "Meta+z"])
def test_undo_and_redo_go_to_the_server_and_only_if_there_is_something(editor, key):
    editor.start(news(undo=1)).press(key, key, key.replace("z", "Shift+Z"))
    assert [op["kind"] for op in editor.ops] == ["undo"]
    assert editor.said == "Nothing to redo."


def test_what_an_operation_carries(editor):
    editor.start(news(line="@ana", revision=7)).press("p")
    (item,) = editor.sent[-1]["ops"]
    names = ("n", "project", "sentence", "position", "line", "base", "method", "settings")
    assert {key: item[key] for key in names} == {
        "n": 1,
        "project": 1,
        "sentence": "news-012",
        "position": 11,
        "line": "@ana",
        "base": 7,
        "method": "span-matching",
        "settings": "a1b2",
    }
    assert 0 <= item["seconds"] < 60


def test_common_repairs_take_three_keys_at_most(editor):
    """Wrong label, boundary off by one, spurious span, missing span: from the span the app preselects."""
    for keys, kind in ((["p"], "label"), (["["], "move"), (["x"], "remove")):
        editor.load()
        editor.start(news()).press(*keys)
        assert [op["kind"] for op in editor.ops] == [kind]
    editor.load()
    target = {**news()["target"], "entities": news()["target"]["entities"][:3]}
    editor.start(
        news(target=target, pairs=[[0, 0], [1, 1], [2, 2]], pick={"side": "source", "start": 12, "end": 14, "n": 1})
    )
    editor.press("c", "Enter")
    assert editor.ops == [{"kind": "place", "start": None, "end": None, "to": [12, 15], "label": "ORG"}]


def test_edits_show_at_once(editor):
    editor.start(news()).press("p")
    assert editor.boxes()[-1] == "PER corrected a União Europeia"
    editor.press("[")
    assert editor.boxes()[-1] == "PER corrected discutir a União Europeia"
    editor.press("Delete")
    assert len(editor.boxes()) == 3
    assert editor.said == "PER taken off ‘discutir a União Europeia’."


def test_a_border_stops_at_the_next_label(editor):
    target = {**news()["target"], "entities": [entity(11, 12, "LOC"), entity(12, 15, "ORG")]}
    editor.start(news(target=target, pairs=[])).press("[")
    assert editor.ops == []
    assert editor.said == "LOC on ‘discutir’ is in the way: shrink or delete it first."


def test_the_last_word_is_not_shrunk_away(editor):
    editor.start(news(pick={"side": "target", "start": 7, "end": 8, "n": 1})).press("Shift+}")
    assert editor.ops == []
    assert editor.said == "One word is left: Delete takes the label off."


def test_tab_goes_through_the_labels_and_out(editor):
    editor.start(news(pick=None)).press("Shift+Tab", "Shift+Tab")
    assert editor.pick == ("target", 4, 6)
    editor.press("Tab", "Tab")
    assert editor.pick == ("target", 12, 15)
    editor.press("Tab")
    assert editor.pick == ("target", 12, 15), "past the last label, Tab leaves the sentence"
    assert not editor.tab.evaluate("harness.home.activeElement?.classList.contains('word')")


def test_arrows_follow_the_screen_in_right_to_left_text(editor):
    editor.start(arabic(pick={"side": "target", "start": 3, "end": 4, "n": 1})).press("ArrowRight")
    assert editor.pick == ("target", 1, 3)
    editor.press("ArrowLeft", "ArrowLeft")
    assert editor.pick == ("target", 4, 5)
    editor.press("Shift+ArrowLeft")
    assert editor.pick == ("target", 4, 6)
    editor.press("ArrowUp")
    assert editor.pick == ("source", 5, 6)
    editor.press("ArrowRight")
    assert editor.pick == ("source", 6, 7)


@pytest.mark.parametrize(
    ("keys", "to"),
    [
        (["Alt+ArrowLeft"], [8, 12]),
        (["Alt+ArrowRight"], [7, 11]),
        (["Alt+Shift+ArrowLeft"], [8, 10]),
        (["Alt+Shift+ArrowRight"], [9, 11]),
        (["["], [7, 11]),
        (["]"], [8, 12]),
    ],
)
def test_borders_follow_the_screen_with_alt_and_the_text_with_brackets(editor, keys, to):
    editor.start(arabic()).press(*keys)
    assert editor.ops == [{"kind": "move", "side": "target", "start": 8, "end": 11, "to": to}]


def test_up_and_down_go_to_the_partner(editor):
    editor.start(news()).press("ArrowUp")
    assert editor.pick == ("source", 12, 14)
    editor.press("ArrowDown")
    assert editor.pick == ("target", 12, 15)


def test_confirming_goes_on_to_the_next_unchecked(editor):
    editor.start(chinese()).press("y")
    assert editor.boxes()[0] == "PER accepted 李 娜"
    assert editor.pick == ("target", 4, 5)
    editor.press("x")
    assert [op["kind"] for op in editor.ops] == ["confirm", "remove"]


def test_no_candidate_is_said_with_what_to_do(editor):
    editor.start(chinese()).press("c")
    assert editor.said == "No candidate for ‘Li Na’. Link its words with G, or select the words yourself."


def test_the_preview_says_rank_score_and_key(editor):
    editor.start(news()).press("c")
    assert editor.text(".ghost span") == "#2 ORG, .79. Enter to use"
    assert editor.view["ghost"] == 1
    editor.press("Escape")
    assert editor.view["ghost"] is None
    assert editor.find(".ghost").count() == 0


def test_link_mode_links_stays_and_leaves(editor):
    editor.start(news(pick={"side": "source", "start": 11, "end": 12, "n": 1})).press("g")
    assert "from the to a word" in editor.text(".mode")
    editor.press("Space", "ArrowRight", "Space", "Escape")
    assert [(op["source"], op["target"], op["on"]) for op in editor.ops] == [(11, 11, True), (11, 12, True)]
    assert editor.find(".mode").is_hidden()


def test_labels_are_not_set_in_other_modes(editor):
    editor.start(news()).press("t", "p", "o", "Delete", "x", "a", "Escape", "g", "p", "0", "Escape")
    assert editor.ops == []


def test_token_mode_counts_code_points(editor):
    source = row("Hi", name="English")
    target = row("😀ab 👩‍💻x é", name="Other")
    editor.start(data(source, target, [])).press("ArrowLeft", "ArrowRight", "ArrowLeft", "t")
    assert editor.find(".caret").count() == 1
    editor.press("Enter")
    assert editor.ops == [{"kind": "split", "side": "target", "word": 0, "at": 1}]
    assert editor.text(".cells.target").split() == ["😀", "ab", "👩‍💻x", "é"]
    editor.press("ArrowRight", "ArrowRight", "Enter")
    assert editor.ops[1:] == [{"kind": "split", "side": "target", "word": 2, "at": 3}], "a woman with a laptop is 3"
    editor.press("ArrowRight", "ArrowRight", "Enter")
    assert len(editor.ops) == 2
    assert editor.said == "‘é’ cannot be split.", "an accent is not torn from its letter"


def test_the_mark_stops_between_whole_thai_letters(editor):
    """The vowel of the last letter is no combining mark, yet nobody reads it as a letter of its own."""
    editor.start(data(row("Hi", name="English"), row("แม่น้ำ x", name="Thai", language="th"), []))
    editor.press("t", "ArrowRight", "Enter", "ArrowRight", "ArrowRight", "Enter")
    assert editor.ops == [{"kind": "split", "side": "target", "word": 0, "at": 3}]
    assert editor.text(".cells.target").split() == ["แม่", "น้ำ", "x"]
    editor.press("ArrowLeft", "Enter")
    assert len(editor.ops) == 1
    assert editor.said == "‘น้ำ’ cannot be split."


def test_two_labels_are_not_joined(editor):
    target = {**news()["target"], "entities": [entity(11, 12, "LOC"), entity(12, 15, "ORG")]}
    editor.start(news(target=target, pairs=[], pick={"side": "target", "start": 11, "end": 12, "n": 1})).press("t", "m")
    assert editor.ops == []
    assert editor.said.startswith("Two labels meet here")


def test_keys_are_the_fields_while_typing(editor):
    editor.start(news())
    editor.find("#elsewhere").click()
    editor.press("p", "a", "Delete", "?")
    assert editor.ops == []
    assert editor.find(".help").is_hidden()
    editor.tab.evaluate("document.activeElement.blur()")
    editor.press("n", "p", "a", "x", "Escape")
    assert editor.ops == []
    assert editor.find("form.note").is_hidden()
    editor.press("p")
    assert len(editor.ops) == 1


def test_keys_wait_for_dialogs(editor):
    editor.start(news())
    editor.tab.evaluate(
        "document.body.append(Object.assign(document.createElement('p'), { role: 'dialog', innerText: 'x' }))"
    )
    editor.press("p", "x")
    assert editor.ops == []


def focused(editor) -> str:
    """Return what has the focus: the id of an element of the page, or the word of the sentence."""
    return editor.tab.evaluate(
        "document.activeElement.id === 'home' ? harness.home.activeElement.textContent : document.activeElement.id"
    )


def test_all_keys_work_from_a_button_but_what_presses_it(editor):
    editor.start(news())
    editor.find("#button").focus()
    editor.press("ArrowLeft", "Enter", "Space", "l")
    assert editor.ops == [{"kind": "label", "side": "target", "start": 11, "end": 12, "label": "LOC"}]
    assert focused(editor) == "button"
    editor.press("Backspace")
    assert editor.ops[1:] == [{"kind": "remove", "side": "target", "start": 11, "end": 12}]


def test_no_key_works_in_a_widget_that_uses_arrows_itself(editor):
    """Else the arrows would turn the widget, and the letter after them change what was not looked at."""
    editor.start(news())
    editor.find("#button").focus()
    editor.press("Tab", "Tab")
    assert focused(editor) == "radio"
    editor.press("ArrowLeft", "p", "x")
    assert editor.ops == []
    assert editor.pick == ("target", 12, 15)


def test_all_keys_work_after_a_click_on_a_tab_or_radio_button(editor):
    editor.start(news())
    editor.find("#radio").click()
    editor.press("ArrowLeft", "l")
    assert editor.ops == [{"kind": "label", "side": "target", "start": 11, "end": 12, "label": "LOC"}]


def test_an_editor_that_has_just_come_takes_the_focus(editor):
    editor.start(news())
    assert focused(editor) == "a"
    editor.load()
    editor.find("#navigation").click()
    editor.start(news())
    assert focused(editor) == "a"
    editor.press("ArrowRight", "Shift+Tab", "m")
    assert editor.ops == [{"kind": "label", "side": "target", "start": 7, "end": 8, "label": "MISC"}]


@pytest.mark.parametrize("busy", ["elsewhere", "button", "radio"])
def test_an_editor_that_has_just_come_leaves_the_focus_where_a_person_is_busy(editor, busy):
    editor.find(f"#{busy}").focus()
    editor.start(news())
    assert focused(editor) == busy
    editor.feed(news(sentence="news-013", position=12))
    assert focused(editor) == busy


def test_an_editor_that_has_just_come_leaves_the_focus_to_a_dialog(editor):
    editor.tab.evaluate(
        "document.body.append(Object.assign(document.createElement('p'), { role: 'dialog', innerText: 'x' }))"
    )
    editor.start(news())
    assert editor.tab.evaluate("document.activeElement === document.body")


def test_all_keys_work_from_a_link_between_pages(editor):
    """Arrows as letters; what follows a link or leaves it stays as it is, until an arrow leads into the sentence."""
    editor.start(news())
    editor.find("#navigation").focus()
    editor.press("Shift+Tab")
    assert focused(editor) == "button"
    editor.press("Tab", "Space", "Enter")
    assert focused(editor) == "navigation"
    editor.tab.wait_for_url("**#here")
    assert editor.ops == []
    editor.press("ArrowLeft")
    assert focused(editor) == "discutir"
    editor.press("Tab", "m")
    assert editor.ops == [{"kind": "label", **ORG, "label": "MISC"}]


def test_keys_are_not_used_while_the_next_sentence_is_on_its_way(editor):
    editor.start(news()).press("s", "p", "x")
    assert editor.ops == []
    assert editor.said == "Sentence 13 is on its way: this key was not used."
    assert editor.sent[-1]["view"]["go"] == 12
    editor.feed(news(revision=4))
    editor.press("p")
    assert editor.ops == [], "an answer to something earlier does not end the wait"
    editor.feed(news(sentence="news-013", position=12))
    editor.press("p")
    assert [op["kind"] for op in editor.ops] == ["label"]
    assert editor.sent[-1]["ops"][0]["position"] == 12
    assert editor.sent[-1]["view"]["go"] is None


def test_accept_goes_on_with_the_sentences_given_to_the_person(editor):
    editor.start(news(following=15)).press("a")
    assert editor.view["go"] == 15
    editor.start(news(sentence="news-016", position=15, following=None)).press("a")
    assert editor.view["go"] is None and editor.said == "Checked. This was the last of your sentences."


def test_why_a_text_is_missing_stands_in_its_place_at_the_top_of_a_long_sentence(editor):
    nothing = row("", name="Portuguese", missing=True, why="A sentence has 310 words, at most 80 are translated.")
    editor.start(data(row("word " * 310, name="English"), nothing, []))
    assert editor.text(".nothing") == "No Portuguese text yet. A sentence has 310 words, at most 80 are translated."
    first, lines = editor.find(".line.of-source").first.bounding_box(), editor.find(".line.of-source").count()
    assert editor.find(".nothing").bounding_box()["y"] < first["y"] + 80
    assert editor.find(".track").bounding_box()["height"] < 80 * (lines + 1), "no room for lines that are not there"


def test_accept_checks_and_goes_on(editor):
    editor.start(news(), news(sentence="news-013", position=12), answering=True).press("a")
    editor.tab.wait_for_function("harness.data.position === 12")
    assert editor.ops == [{"kind": "check"}]
    assert editor.text(".position") == "13 of 200"
    assert editor.text(".saved") == "Saved 14:02:11"


def test_accept_stays_at_the_last_sentence(editor):
    editor.start(news(position=199)).press("a")
    assert editor.ops == [{"kind": "check"}]
    assert editor.said == "Checked. This was the last sentence."


def test_control_arrows_turn_pages(editor):
    editor.start(news()).press("Control+ArrowLeft")
    assert editor.sent[-1]["view"]["go"] == 10
    editor.press("Control+ArrowRight", "Control+ArrowRight")
    assert editor.sent[-1]["view"]["go"] == 12


def test_guidelines_are_asked_for_once(editor):
    editor.start(news()).press("h", "p")
    assert [message["view"]["open"] for message in editor.sent] == ["guidelines", None]


def test_control_s_says_what_is_saved(editor):
    editor.start(news()).press("Control+s")
    assert editor.said == "Everything is saved already."


def test_read_only_says_why(editor):
    why = "You may look at this project, not change it."
    editor.start(news(readonly=why)).press("p", "x", "f", "n", "g", "t", "a")
    assert editor.ops == []
    assert editor.said == why
    assert why in editor.text(".notices")


def test_other_keyboards_count_by_place(editor):
    editor.start(news())
    editor.tab.evaluate("harness.key({ key: 'з', code: 'KeyP' })")
    editor.settle()
    assert editor.ops == [{"kind": "label", **ORG, "label": "PER"}]


def test_a_held_key_is_one_edit(editor):
    editor.start(news())
    editor.tab.evaluate("[false, true, true].forEach(repeat => harness.key({ key: 'f', repeat }))")
    editor.settle()
    assert editor.ops == [{"kind": "flag", "on": True}]


def test_many_labels_are_searched(editor):
    labels = [{"label": f"TYPE-{number}", "key": "", "colour": "label-other-1"} for number in range(10_000)]
    editor.start(news(labels=labels)).press("/")
    editor.tab.keyboard.type("type-777")
    expect(editor.find(".matches button")).to_have_count(6)
    editor.press("Enter")
    assert editor.ops == [{"kind": "label", **ORG, "label": "TYPE-777"}]
    assert editor.find(".hints button").count() < 20


def test_help_lists_keys_and_closes(editor):
    editor.start(news()).press("?")
    assert "accept, on to the next automatic one" in editor.text(".help")
    editor.press("x", "Escape", "x")
    assert [op["kind"] for op in editor.ops] == ["remove"], "no key works under the list"


def test_texts_are_never_markup(editor):
    nasty = '<img src=x onerror="alert(1)">'
    source = row("|".join(["a", "b"]), [entity(0, 1, nasty)], name=nasty, note=nasty)
    target = row("a b", [entity(0, 1, nasty, score=nasty)], name=nasty)
    source["words"][1] = target["words"][1] = nasty
    item = {"start": 0, "end": 2, "label": nasty, "score": nasty, "why": nasty}
    version = [entity(0, 1, nasty)]
    value = data(
        source, target, [[0, 0, 1, nasty, True]], pairs=[[0, 0]], candidates={"0": [item]}, note=nasty, author=nasty,
        labels=[{"label": nasty, "key": "p", "colour": nasty}], doubt=[{"text": nasty, "tone": nasty}],
        title={"id": nasty, "about": nasty}, problems=[{"client": "x", "n": 1, "text": nasty}],
        strips=[{"name": nasty, "entities": version, "differs": [0], "note": nasty}], readonly=False, stale=True,
        conflict={"line": "~x", "author": nasty, "at": nasty, "text": nasty, "mine": version, "theirs": version},
    )  # fmt: skip
    editor.start(value).press(
        "c", "?", "Escape", "g", "Escape", "n", "Escape", "/", "Escape", "t", "Escape", "v", "p", "ArrowRight"
    )
    assert editor.find("img").count() == 0
    assert nasty in editor.text(".notices")


def test_labels_whose_key_is_taken_get_a_digit(editor):
    labels = [
        {"label": name, "key": key, "colour": "label-other-0"}
        for name, key in (("ANIMAL", "a"), ("WORK", "w"), ("X", "1"))
    ]
    editor.start(news(labels=labels))
    assert editor.find(".hints [data-label]").all_inner_texts() == ["ANIMAL", "W\nWORK", "1\nX"]
    editor.press("w", "1")
    assert [op["label"] for op in editor.ops] == ["WORK", "X"]


def test_selected_words_are_copied(editor):
    editor.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor.start(news()).press("Control+c")
    becomes(lambda: editor.tab.evaluate("navigator.clipboard.readText()"), "a União Europeia")
    assert editor.ops == []
