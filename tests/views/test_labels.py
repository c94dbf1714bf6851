"""Label sets: standard and own ones, keys, colours, and what is wrong with what somebody typed."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.corrections.records import ProjectSummary
from views import labels
from views.labels import FREE_KEYS, LabelChoice
from views.palette import NAMES
from views.resources import ASSETS

PROJECT = ProjectSummary(1, "p", datetime.now(UTC), 1, 0, None)


def with_labels(chosen):
    return replace(PROJECT, labels=labels.dump(chosen))


def test_a_project_without_labels_has_the_standard_ones():
    found = [(item.label, item.key, item.colour) for item in labels.label_set(PROJECT)]
    assert found == [
        ("PER", "p", "label-per"), ("ORG", "o", "label-org"), ("LOC", "l", "label-loc"), ("MISC", "m", "label-misc")
    ]  # fmt: skip
    assert labels.colours(PROJECT) == {} and labels.dump(labels.standard_labels()) == ""


def test_own_labels_come_back_in_their_order_with_key_and_colour():
    chosen = labels.read_rows([("DATE", "B", "wine"), (" <b> x ", "", "mint"), ("", "q", ""), ("PER", "1", None)])
    assert [(item.label, item.key) for item in chosen] == [("DATE", "b"), ("<b> x", ""), ("PER", "1")]
    assert labels.label_set(with_labels(chosen)) == chosen
    assert labels.colours(with_labels(chosen)) == {"DATE": "other-1", "<b> x": "other-3", "PER": "per"}


def test_labels_that_occur_are_there_too_with_a_digit_that_is_left():
    chosen = (LabelChoice("DATE", "1", "label-per"), LabelChoice("TIME", "b", "label-org"))
    found = labels.label_set(with_labels(chosen), ["TIME", "GPE", "GPE", "X"])
    assert [(item.label, item.key) for item in found] == [("DATE", "1"), ("TIME", "b"), ("GPE", "2"), ("X", "3")]


def test_a_colour_this_version_does_not_know_is_the_usual_one():
    project = replace(PROJECT, labels='[{"label": "PER", "colour": "ultraviolet"}]')
    assert labels.label_set(project) == (LabelChoice("PER", "", "label-per"),)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "needs one label"),
        ([("PER", "", ""), ("PER", "", "")], "PER stands there twice"),
        ([("PER", "p", ""), ("POS", "P", "")], "key P belongs to 2 labels"),
        ([("ACT", "a", "")], "ACT cannot have the key A"),
        ([("ACT", "0", "")], "cannot have the key 0"),
        ([("ACT", "ö", "")], "cannot have the key Ö"),
        ([("ACT", "xy", "")], "cannot have the key XY"),
        ([("O", "", "")], "O cannot be a label"),
        ([("x" * 101, "", "")], "longer than 100"),
        ([("a\u202eb", "", "")], "cannot be seen"),
        ([(f"L{number}", "", "") for number in range(20_001)], "at most 20000"),
    ],
)
def test_what_is_wrong_is_said(rows, said):
    (problem,) = labels.problems(labels.read_rows(rows))
    assert said in problem


@pytest.mark.parametrize(
    "label", ["<img src=x onerror=alert(1)>", "اسم", "日付", "B-PER", "👩‍👩‍👧".replace("\u200d", "")]
)
def test_any_name_can_be_a_label(label):
    assert labels.problems(labels.read_rows([(label, "b", "mint")])) == []


def test_ten_thousand_labels_are_checked_and_read_at_once():
    chosen = labels.read_rows([(f"L{number}", "", "") for number in range(10_000)])
    assert labels.problems(chosen) == []
    assert len(labels.label_set(with_labels(chosen), ["L9", "new"])) == 10_001


def test_no_key_of_the_editor_is_free():
    """A label's key would be lost on it: the editor asks its own commands first, except for W."""
    script = (ASSETS / "editor_keys.js").read_text("utf-8")
    edit = re.search(r"const GOING = \{(.*?)\}.*?const EDIT_KEYS = \{(.*?)\n\}", script, re.DOTALL)
    used = set(re.findall(r"[\s{,]\"?(\w)\"?: \"", edit[1] + edit[2])) - {"w"}
    assert {"a", "0", "x", "v"} <= used and not used & set(FREE_KEYS)


@given(st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["", *FREE_KEYS]), st.sampled_from([*NAMES.values()]))))
def test_a_set_without_problems_comes_back_as_it_was(rows):
    chosen = labels.read_rows(rows)
    if not labels.problems(chosen):
        assert labels.label_set(with_labels(chosen)) == chosen
