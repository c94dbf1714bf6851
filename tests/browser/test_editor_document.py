"""What an edit shows before it is stored: the pure functions of assets/editor_document.js, run in a browser."""

from __future__ import annotations

import copy
import json

import pytest

from tests.browser.editor_harness import ASSETS
from tests.browser.editor_harness.sentences import data, entity, news, row

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def script(chromium):
    """A function that applies operations to a sentence; it fails if the sentence given is changed."""
    tab = chromium.new_page()
    tab.set_content("<p>")
    tab.add_script_tag(content=(ASSETS / "editor_document.js").read_text("utf-8"))

    def apply(value: dict, *operations: dict) -> dict:
        before, after = tab.evaluate(
            "([data, ops]) => { const doc = documentOf(data); const after = ops.reduce(applyOperation, doc);"
            " return [JSON.stringify(documentOf(data)) === JSON.stringify(doc) && doc, after] }",
            [value, list(operations)],
        )
        assert json.dumps(before["target"]) == json.dumps(value["target"])
        return after

    apply.tab = tab
    yield apply
    tab.close()


def brief(doc: dict, side: str = "target") -> list[tuple]:
    return [(item["start"], item["end"], item["label"], item["state"]) for item in doc[side]["entities"]]


BEFORE = [(0, 2, "PER", "accepted"), (4, 6, "PER", "bulk"), (7, 8, "LOC", "corrected"), (12, 15, "ORG", "auto")]


def label(start, end, name, side="target"):
    return {"kind": "label", "side": side, "start": start, "end": end, "label": name}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (label(12, 15, "PER"), [*BEFORE[:3], (12, 15, "PER", "corrected")]),
        (label(13, 15, "ORG"), [*BEFORE[:3], (13, 15, "ORG", "corrected")]),
        (label(9, 10, "MISC"), [*BEFORE[:3], (9, 10, "MISC", "manual"), BEFORE[3]]),
        (label(5, 8, "ORG"), [BEFORE[0], (5, 8, "ORG", "manual"), BEFORE[3]]),
        (label(12, 15, "ORG"), BEFORE),
        (label(14, 99, "ORG"), BEFORE),
        ({"kind": "remove", "side": "target", "start": 4, "end": 6}, [BEFORE[0], *BEFORE[2:]]),
        ({"kind": "remove", "side": "target", "start": 4, "end": 5}, BEFORE),
        (
            {"kind": "move", "side": "target", "start": 12, "end": 15, "to": [13, 15]},
            [*BEFORE[:3], (13, 15, "ORG", "corrected")],
        ),
        ({"kind": "move", "side": "target", "start": 4, "end": 6, "to": [4, 8]}, BEFORE),
        ({"kind": "move", "side": "target", "start": 12, "end": 15, "to": [12, 17]}, BEFORE),
        ({"kind": "confirm", "start": 12, "end": 15}, [*BEFORE[:3], (12, 15, "ORG", "accepted")]),
        ({"kind": "confirm", "start": 0, "end": 2}, BEFORE),
        ({"kind": "check"}, [*BEFORE[:3], (12, 15, "ORG", "accepted")]),
        (
            {"kind": "place", "start": 12, "end": 15, "to": [7, 9], "label": "ORG"},
            [*BEFORE[:2], (7, 9, "ORG", "corrected")],
        ),
        (
            {"kind": "place", "start": None, "end": None, "to": [9, 10], "label": "MISC"},
            [*BEFORE[:3], (9, 10, "MISC", "manual"), BEFORE[3]],
        ),
        ({"kind": "split", "side": "target", "word": 13, "at": 3}, [*BEFORE[:3], (12, 16, "ORG", "auto")]),
        ({"kind": "split", "side": "target", "word": 2, "at": 6},
         [BEFORE[0], (5, 7, "PER", "bulk"), (8, 9, "LOC", "corrected"), (13, 16, "ORG", "auto")]),
        ({"kind": "merge", "side": "target", "word": 12}, [*BEFORE[:3], (12, 14, "ORG", "auto")]),
        ({"kind": "merge", "side": "target", "word": 15}, BEFORE),
        ({"kind": "undo"}, BEFORE),
        ({"kind": "method", "name": "heuristic"}, BEFORE),
        ({"kind": "something new"}, BEFORE),
    ],
)  # fmt: skip
def test_labels_after_one_operation(script, operation, expected):
    assert brief(script(news(), operation)) == expected


def test_pairs_follow_their_labels(script):
    doc = script(news(), label(2, 3, "MISC"), {"kind": "remove", "side": "target", "start": 4, "end": 6})
    assert doc["pairs"] == [[0, 0], [2, 2], [3, 3]]
    doc = script(news(), {"kind": "move", "side": "target", "start": 12, "end": 15, "to": [9, 15]})
    assert doc["pairs"] == [[0, 0], [1, 1], [2, 2], [3, 3]]


def test_candidates_follow_their_source_labels(script):
    doc = script(news(), label(2, 3, "MISC", "source"))
    assert list(doc["candidates"]) == ["4"]
    assert doc["pairs"] == [[0, 0], [2, 1], [3, 2], [4, 3]]
    doc = script(news(), {"kind": "remove", "side": "source", "start": 12, "end": 14})
    assert doc["candidates"] == {}


def test_links_are_added_and_taken_away_once(script):
    on, off = ({"kind": "link", "source": 11, "target": 3, "on": value} for value in (True, False))
    doc = script(news(), on, on)
    assert [link for link in doc["links"] if link[0] == 11] == [[11, 3, 1, "", True]]
    assert doc["source"]["linked"][11]
    assert doc["target"]["linked"][3]
    assert doc["undo"] == 1
    doc = script(news(), on, off)
    assert not doc["source"]["linked"][11]


def test_split_words_keep_links_and_spaces(script):
    doc = script(news(), {"kind": "split", "side": "target", "word": 2, "at": 6})
    assert doc["target"]["words"][1:5] == ["Merkel", "reuniu", "-se", "com"]
    assert doc["target"]["gaps"][1:5] == [True, True, False, True]
    assert sorted(link[1] for link in doc["links"] if link[0] == 2) == [2, 3]
    back = script(
        news(), {"kind": "split", "side": "target", "word": 2, "at": 6}, {"kind": "merge", "side": "target", "word": 2}
    )
    assert {key: back["target"][key] for key in ("words", "gaps", "linked")} == {
        key: news()["target"][key] for key in ("words", "gaps", "linked")
    }
    assert [link[:2] for link in back["links"]] == [link[:2] for link in news()["links"]]
    assert back["candidates"] == news()["candidates"]


def test_offsets_are_code_points(script):
    value = data(row("x", name="A"), row("𝔘😀b", name="B"), [])
    assert script(value, {"kind": "split", "side": "target", "word": 0, "at": 2})["target"]["words"] == ["𝔘😀", "b"]
    assert script(value, {"kind": "split", "side": "target", "word": 0, "at": 3})["target"]["words"] == ["𝔘😀b"]


@pytest.mark.parametrize(
    ("word", "offsets"),
    [
        ("abc", [1, 2]),
        ("a", []),
        ("", []),
        ("😀b", [1]),
        ("a👩‍💻b", [1, 4]),
        ("e\u0301a", [2]),
        ("👍🏽!", [2]),
        ("🇵🇹🇧🇷", [2]),
        ("كِتاب", [2, 3, 4]),
        ("แม่น้ำ", [1, 3]),
        ("ນ້ຳ", []),
        ("क्षेत्र", [4]),
        ("\u1100\u1161\u11a8\u1100\u1161", [3]),
        ("မြန်မာ", [2, 4]),
        ("ပါ", []),
        ("a\u200d\u200db", []),
    ],
)
def test_where_a_word_may_be_split(script, word, offsets):
    assert script.tab.evaluate("splitOffsets", word) == offsets


def test_steps_back_are_counted(script):
    doc = script(news(undo=4, redo=2), label(9, 10, "MISC"), {"kind": "undo"})
    assert (doc["undo"], doc["redo"]) == (4, 0)
    doc = script(news(undo=4, redo=2), label(12, 15, "ORG"))
    assert (doc["undo"], doc["redo"]) == (4, 2), "what changes nothing cannot be undone"


def test_flag_note_and_check(script):
    doc = script(
        news(), {"kind": "flag", "on": True}, {"kind": "note", "text": " a "}, {"kind": "check"}, {"kind": "uncheck"}
    )
    assert (doc["flagged"], doc["note"], doc["checked"]) == (True, "a", False)


def test_no_sentence_is_changed_in_place(script):
    value = news()
    kept = copy.deepcopy(value)
    script(value, label(9, 10, "MISC"), {"kind": "merge", "side": "source", "word": 0}, {"kind": "check"})
    assert value == kept


def test_two_labels_do_not_grow_together(script):
    target = row("a b c", [entity(0, 1, "PER"), entity(1, 2, "LOC")], name="B")
    doc = script(data(row("x", name="A"), target, []), {"kind": "merge", "side": "target", "word": 0})
    assert doc["target"]["words"] == ["a", "b", "c"]
