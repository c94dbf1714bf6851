"""The values the component of the compare page draws."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.text.tokenize import tokenize
from projection.types import Entity, Sentence, Span
from views import compare_table
from views.compare_data import Dispute, Found, Row

TARGET = tokenize("Die Bank von England warnte Airbus .", "de")
BANK, LEFT = Entity(Span(1, 4), "ORG", 0.81, "projected"), Entity(Span(0, 4), "ORG", 0.5, "projected")
AIRBUS = Entity(Span(5, 6), "ORG", 0.9, "projected")
OWN = tokenize("Airbus wurde gewarnt .", "de")
ROW = Row(
    TARGET,
    {
        "a": Found((BANK, AIRBUS)),
        "b": Found((LEFT, AIRBUS)),
        "c": Found(None, "It needs a model."),
        "d": Found((Entity(Span(0, 1), "ORG"),), own=OWN),
    },
)


def table(**more):
    values = {"sentence_key": "1/0", "row": ROW, "methods": ["a", "b", "c", "d"], "current": "a"} | more
    data = compare_table.table(**values)
    json.dumps(data)
    return data


def test_words_are_split_where_a_method_splits_them_and_marked_where_methods_differ():
    columns = table()["columns"]
    assert [item["text"] for item in columns] == ["Die", "Bank", "von England", "warnte", "Airbus", "."]
    assert [item["text"] for item in columns if item["differs"]] == ["Die", "Bank"]  # B-ORG is another tag than I-ORG


def test_gold_splits_columns_but_is_not_a_method_that_differs():
    columns = table(gold=(Entity(Span(4, 5), "MISC"),))["columns"]
    assert [item["text"] for item in columns if item["differs"]] == ["Die", "Bank"]
    assert "warnte" in [item["text"] for item in columns]


def test_each_method_has_a_row_of_its_kind():
    rows = {row["name"]: row for row in table()["rows"]}
    assert [row["kind"] for row in rows.values()] == ["spans", "spans", "failed", "own"]
    assert rows["a"]["note"] == "current" and rows["a"]["verdict"]["f1"] == ""
    assert rows["b"]["verdict"] == {"kinds": ["boundary"], "f1": ".50", "same": False}  # 2 * 1 / (2 + 2)
    assert rows["c"]["reason"] == "It needs a model."
    assert [piece["entity"] and piece["entity"]["label"] for piece in rows["d"]["line"]["pieces"]] == ["ORG", None]
    assert rows["b"]["entities"][0] | {"colour": ""} == {
        "start": 0, "end": 4, "label": "ORG", "colour": "", "score": ".50", "state": "auto", "said": "automatic"
    }  # fmt: skip


def test_gold_is_the_reference_where_there_is_any_and_what_a_person_decided_comes_first():
    data = table(gold=(BANK, AIRBUS), decided=(BANK,))
    assert [row["name"] for row in data["rows"]][:2] == ["Decided", "Gold"]
    assert not data["rows"][0]["use"] and data["scored"] == "F1 with gold"
    assert data["rows"][2]["verdict"]["same"]


@pytest.mark.parametrize(
    "sentence, direction, tight",
    [(tokenize("القاهرة جميلة", "ar"), "rtl", False), (tokenize("陈伟搬到上海", "zh"), "ltr", True)],
)
def test_direction_and_scripts_without_spaces(sentence, direction, tight):
    data = table(row=Row(sentence, {"a": Found(())}), methods=["a"])
    assert (data["direction"], data["tight"]) == (direction, tight)


def test_texts_from_outside_stay_values():
    sentence = Sentence.from_words(["<img src=x>", "&amp;"], "en")
    label = Entity(Span(0, 1), "<b>")
    data = table(row=Row(sentence, {"a": Found((label,))}), methods=["a"])
    assert data["columns"][0]["text"] == "<img src=x>" and data["rows"][0]["entities"][0]["label"] == "<b>"
    assert data["rows"][0]["entities"][0]["colour"].startswith("label-")


def test_a_disputed_sentence_lists_its_first_spans_and_says_how_many_more():
    spans = tuple((f"word {number}", "PER", 1) for number in range(6))
    row = compare_table.disputes([Dispute(7, "<b> غادرت", "ar", 0.5, 1, spans, 3)], 7)
    json.dumps(row)
    (first,) = row["rows"]
    assert row["current"] == first["position"] == 7 and first["text"] == "<b> غادرت" and first["direction"] == "rtl"
    assert (first["share"], first["score"], first["words"]) == (0.5, ".50", "1 word labelled differently")
    assert first["spans"][0] | {"colour": ""} == {"text": "word 0", "label": "PER", "colour": "", "found": "1 of 3"}
    assert len(first["spans"]) == 4 and first["more"] == "and 2 more"


@st.composite
def labellings(draw):
    cuts = sorted(draw(st.sets(st.integers(0, 7), max_size=6)))
    return tuple(Entity(Span(*ends), draw(st.sampled_from(["PER", "LOC"])))
                 for ends in zip(cuts[::2], cuts[1::2], strict=False))  # fmt: skip


@given(st.lists(labellings(), min_size=1, max_size=4))
def test_columns_cover_every_word_once_and_no_entity_is_cut(several):
    columns = compare_table.columns(TARGET, several)
    assert [word for item in columns for word in range(item["start"], item["end"])] == list(range(len(TARGET)))
    borders = {item["start"] for item in columns} | {item["end"] for item in columns}
    for entity in (entity for labelling in several for entity in labelling):
        assert {entity.span.start, entity.span.end} <= borders
    joined = "".join(" " * (item["gap"] and index > 0) + item["text"] for index, item in enumerate(columns))
    assert joined == TARGET.text
