"""The editor loses nothing: bursts, late, missing and overtaking answers, reloads, refusals, conflicts."""

from __future__ import annotations

import copy

import pytest

from tests.browser.editor_harness import open_editor
from tests.browser.editor_harness.sentences import entity, news

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(chromium):
    yield from open_editor(chromium)


def as_stored(item: dict, client: str, n: int, revision: int, label: str = "PER") -> dict:
    """Return the sentence after the server stored a new label on its last entity, as operation `n`."""
    item = copy.deepcopy(item)
    item["target"]["entities"][-1].update(label=label, state="corrected", colour="label-per")
    return {**item, "acknowledged": {client: n}, "revision": revision, "saved": "14:02:11"}


def test_a_burst_in_one_tick_arrives_whole_and_in_order(editor):
    keys = ["p", "o", "l", "m"] * 5
    editor.start(news(), answering=True).burst(*keys)
    editor.tab.wait_for_function("harness.data.saved")
    labels = {"p": "PER", "o": "ORG", "l": "LOC", "m": "MISC"}
    assert [op["label"] for op in editor.ops] == [labels[key] for key in keys]
    assert [item["n"] for item in editor.sent[0]["ops"]] == list(range(1, 21)), "one message has them all"
    assert editor.boxes()[-1] == "MISC corrected a União Europeia"
    assert editor.queue["ops"] == []


def test_messages_that_replace_one_another_lose_nothing(editor):
    """Only the newest of several messages reaches the server, as when the page is busy."""
    editor.start(news()).press("p", "[", "]", "f")
    last = editor.sent[-1]
    assert [item["op"]["kind"] for item in last["ops"]] == ["label", "move", "move", "flag"]
    editor.tab.evaluate("message => harness.answer(message)", last)
    assert editor.queue["ops"] == []
    assert editor.text(".saved") == "Saved 14:02:11"


def test_saved_is_said_only_when_all_is_stored(editor):
    first = news(saved="13:00:00")
    editor.start(first)
    assert editor.text(".saved") == "Saved 13:00:00"
    editor.press("p", "f")
    client = editor.sent[-1]["client"]
    editor.feed(as_stored(first, client, 1, 4))
    assert editor.text(".saved") == "Saving…"
    editor.feed({**as_stored(first, client, 2, 5), "flagged": True})
    assert editor.text(".saved") == "Saved 14:02:11"


def test_what_is_unanswered_is_sent_again(editor):
    editor.start(news()).press("p")
    sent = editor.sent
    editor.tab.wait_for_function(f"harness.sent.length > {len(sent)}")
    again = editor.sent[-1]
    assert again["ops"] == sent[-1]["ops"]
    assert again["view"]["n"] > sent[-1]["view"]["n"], "the state must change for Streamlit to pass it on"
    editor.tab.wait_for_function("harness.home.querySelector('.saved').textContent.includes('kept here')")
    assert editor.text(".saved") == "Not saved, 1 edit kept here. Reconnecting."


def test_offline_is_said(editor):
    editor.start(news())
    editor.tab.context.set_offline(True)
    editor.press("p", "f", "[")
    editor.tab.wait_for_function("harness.home.querySelector('.saved').textContent.startsWith('Not saved, 3 edits')")
    assert [item["op"]["kind"] for item in editor.sent[-1]["ops"]] == ["label", "flag", "move"]
    editor.tab.context.set_offline(False)


def test_edits_survive_a_reload_and_are_handed_over_once(editor):
    editor.start(news()).press("p", "f")
    client = editor.sent[-1]["client"]
    editor.load()
    editor.start(news())
    editor.tab.wait_for_function("harness.sent.length")
    (recovered,) = editor.sent[0]["recovered"]
    assert recovered["client"] == client
    assert [(item["n"], item["op"]["kind"]) for item in recovered["ops"]] == [(1, "label"), (2, "flag")]
    assert editor.sent[0]["client"] != client
    assert editor.sent[0]["ops"] == []
    assert editor.text(".saved") == "Saving…"
    editor.feed(news(acknowledged={client: 1}, revision=4))
    assert [item["n"] for item in editor.queue["recovered"][0]["ops"]] == [2]
    editor.feed(news(acknowledged={client: 2}, revision=5, saved="14:05:00"))
    assert editor.text(".saved") == "Saved 14:05:00"
    editor.load()
    editor.start(news())
    editor.tab.evaluate("dispatchEvent(new Event('online'))")  # what waits would be sent at once
    editor.settle()
    assert editor.sent == []


def test_junk_in_the_browser_storage_does_no_harm(editor):
    junk = ["", "{", "null", "[1, null]", '[{"n": 1}]', '{"n": 1}']
    editor.tab.evaluate(
        "junk => junk.forEach((text, index) => localStorage.setItem('projection-unsaved:' + index, text))", junk
    )
    editor.load()
    editor.start(news()).press("p")
    assert editor.queue["recovered"] == []
    assert len(editor.ops) == 1


def test_without_storage_the_page_says_not_to_close_it(editor):
    editor.tab.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full') } }")
    editor.start(news()).press("p")
    editor.tab.wait_for_function("harness.home.querySelector('.saved').textContent.includes('do not close')")
    assert "kept here" not in editor.text(".saved")
    editor.tab.evaluate("harness.answer(harness.sent.at(-1))")  # else the page asks before it is closed


def test_a_late_answer_never_takes_an_edit_back(editor):
    first = news()
    editor.start(first).press("p", "m")
    client = editor.sent[-1]["client"]
    editor.feed(first)  # a rerun that has not seen the edits
    assert editor.boxes()[-1].startswith("MISC corrected")
    editor.feed(as_stored(first, client, 1, 4))  # stored up to the first
    assert editor.boxes()[-1].startswith("MISC corrected")
    editor.feed(as_stored(first, client, 2, 5, "MISC"))
    assert editor.boxes()[-1].startswith("MISC corrected")
    editor.feed(as_stored(first, client, 1, 4))  # overtaken on the way
    assert editor.boxes()[-1].startswith("MISC corrected")
    assert editor.queue["acknowledged"] == 2


def test_the_page_never_starts_over(editor):
    editor.start(news()).press("ArrowLeft", "v")
    editor.tab.evaluate("window.node = harness.home.querySelector('.word[data-index=\"11\"]'); 0")
    editor.feed(news(revision=4, flagged=True))
    assert editor.pick == ("target", 11, 12)
    assert editor.tab.evaluate("node.isConnected && node.parentNode.getRootNode().activeElement !== null")
    assert editor.find('.tools [data-command="links"]').get_attribute("aria-pressed") == "true"


def test_leaving_the_page_stops_the_keys_and_coming_back_starts_them(editor):
    editor.start(news())
    editor.tab.evaluate("harness.cleanup()")
    editor.press("p")
    assert editor.ops == []
    editor.feed(news())
    editor.press("p")
    assert len(editor.ops) == 1


def test_a_refusal_is_shown_and_its_effect_goes(editor):
    editor.start(news()).press("p")
    client = editor.sent[-1]["client"]
    problem = {"client": client, "n": 1, "text": "There is no label at words 13 to 15 any more: choose it again."}
    editor.feed(news(acknowledged={client: 1}, revision=3, problems=[problem]))
    assert editor.boxes()[-1].startswith("ORG auto")
    assert problem["text"] in editor.text(".notices")
    editor.find(".notice button").click()
    editor.feed(news(acknowledged={client: 1}, revision=4, problems=[problem]))
    assert editor.find(".notice").count() == 0, "once read, it does not come back"


@pytest.mark.parametrize(("button", "keep"), [("Keep mine", True), ("Keep stored", False)])
def test_a_conflict_shows_both_versions(editor, button, keep):
    mine, theirs = [entity(0, 2, "PER", "manual")], [entity(12, 15, "ORG", "corrected")]
    conflict = {"line": "~x", "author": "Omar", "at": "14:01", "text": "ORG differs.", "mine": mine, "theirs": theirs}
    editor.start(news(conflict=conflict)).press("a")
    assert editor.ops == [], "nothing is accepted before one version is chosen"
    assert [text.split("\n")[0] for text in editor.find(".version").all_inner_texts()] == [
        "Yours",
        "Stored, Omar, 14:01",
    ]
    editor.tab.get_by_text(button).click()
    editor.settle()
    assert editor.ops == [{"kind": "resolve", "line": "~x", "keep": keep}]
    assert editor.find(".conflict").count() == 0


def labelled(label: str, **more) -> dict:
    """Return the sentence as another person has made it: another label on its last entity."""
    value = news(revision=5, **more)
    value["target"]["entities"][-1].update(label=label, state="corrected")
    return value


def test_what_is_said_is_not_of_a_label_that_somebody_else_has_replaced(editor):
    editor.start(news()).press("p")
    assert editor.said == "PER on ‘a União Europeia’."
    acknowledged = {editor.sent[-1]["client"]: 1}
    conflict = {"line": "~x", "author": "Omar", "at": "14:01", "text": "", "mine": [], "theirs": []}
    editor.feed(labelled("LOC", acknowledged=acknowledged, conflict=conflict))
    assert editor.boxes()[-1].startswith("LOC")
    assert editor.said == "There are two versions of this sentence: choose one above."
    editor.tab.get_by_text("Keep stored").click()
    assert editor.said == "The stored version stays."
    editor.feed(labelled("LOC", acknowledged={editor.sent[-1]["client"]: 2}))
    editor.press("l")
    assert editor.said == "‘a União Europeia’ is LOC already."
    editor.feed({**labelled("PER"), "revision": 6})  # another tab has kept its own version
    assert editor.said == ""


@pytest.mark.parametrize(
    ("keys", "change", "said"),
    [
        (["x"], {"revision": 4}, ""),
        (["y"], {"revision": 4}, ""),
        (["["], {"revision": 4}, ""),
        (["f"], {"revision": 4}, ""),
        (["f"], {"revision": 4, "flagged": True, "note": "seen"}, "Flagged."),
        (["t", "m"], {"revision": 4}, ""),
        (["c"], {"revision": 4, "candidates": {}}, ""),
        (["p"], {"sentence": "news-013", "position": 12}, ""),
        (["g", "Enter"], {"revision": 4, "links": []}, "‘European’ and ‘a’ not linked any more."),
        (["g", "Enter"], {"revision": 4}, ""),
        (["Control+s"], {"revision": 4, "flagged": True}, "Everything is saved already."),
    ],
)
def test_what_is_said_stays_while_it_is_so(editor, keys, change, said):
    """The answer says that all is stored; what it shows is as another person has left it."""
    editor.start(news()).press(*keys)
    assert editor.said != ""
    client, count = editor.queue["client"], editor.queue["count"]
    editor.feed(news(acknowledged={client: count}, **change))
    assert editor.said == said


@pytest.mark.parametrize(
    "keys", [["p"], ["x"], ["y"], ["["], ["c", "Enter"], ["t", "m"], ["g", "Enter"], ["n", "H", "Enter"]]
)
def test_what_is_said_stays_when_it_is_stored(editor, keys):
    editor.start(news(), answering=True).press(*keys)
    said = editor.said
    editor.tab.wait_for_function("harness.data.saved")
    editor.settle()
    assert editor.said == said != ""


def test_the_server_may_choose_a_span_until_the_person_moves_on(editor):
    editor.start(news()).press("ArrowLeft")
    n = editor.view["n"]
    editor.feed(news(pick={"side": "target", "start": 0, "end": 2, "n": n}))
    assert editor.pick == ("target", 11, 12)
    editor.feed(news(pick={"side": "target", "start": 12, "end": 15, "n": n + 1}, ghost=2))
    assert editor.pick == ("target", 12, 15)
    assert editor.text(".ghost span") == "#3 ORG, .49. Enter to use"


def test_edits_before_turning_stay_with_their_sentence(editor):
    editor.start(news(), news(sentence="news-013", position=12)).burst("p", "a")
    message = editor.sent[-1]
    assert [(item["sentence"], item["op"]["kind"]) for item in message["ops"]] == [
        ("news-012", "label"),
        ("news-012", "check"),
    ]
    editor.feed(news(sentence="news-013", position=12))
    assert editor.boxes()[-1].startswith("ORG auto"), "the edits of the other sentence do not show here"
    editor.press("m")
    assert [item["sentence"] for item in editor.sent[-1]["ops"]] == ["news-012", "news-012", "news-013"]


def test_looking_around_is_told_after_a_rest(editor):
    editor.start(news()).burst(*["ArrowLeft"] * 8)
    editor.tab.wait_for_function("harness.sent.length")
    assert [message["view"]["pick"] for message in editor.sent] == [{"side": "target", "start": 4, "end": 6}]


def test_the_selection_follows_a_label_the_server_moved(editor):
    editor.start(news())
    moved = news(revision=4)
    moved["target"]["entities"][-1].update(start=13)
    editor.feed(moved)
    assert editor.pick == ("target", 13, 15)


def test_turning_by_another_part_of_the_page_ends_what_was_asked_here(editor):
    editor.start(news(), news(sentence="news-013", position=12)).press("s")
    editor.feed(news(sentence="news-013", position=12))
    editor.feed(news())
    editor.tab.wait_for_function("harness.sent.at(-1).view.go === null")
    editor.press("s")
    assert editor.sent[-1]["view"]["go"] == 12


def test_the_focus_is_not_taken_back(editor):
    editor.start(news()).press("ArrowLeft")
    editor.find("#elsewhere").click()
    editor.feed(news(revision=4))
    assert editor.tab.evaluate("document.activeElement.id") == "elsewhere"
    editor.tab.mouse.click(5, 5)
    editor.feed(news(revision=5))
    assert editor.tab.evaluate("document.activeElement === document.body")


def test_what_is_shown_stays_as_chosen(editor):
    editor.start(news()).press("v", "d")
    editor.load()
    editor.start(news())
    pressed = {
        name: editor.find(f'.tools [data-command="{name}"]').get_attribute("aria-pressed")
        for name in ("links", "methods")
    }
    assert pressed == {"links": "true", "methods": "false"}
