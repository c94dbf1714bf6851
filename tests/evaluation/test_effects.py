"""Mistakes by kind, stage and label, on cases counted by hand, and sums that hold for any labelling."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given

from projection.evaluation.blame import STAGES, Blame
from projection.evaluation.effects import NONE, Cell, confusion, kinds, stages
from projection.evaluation.errors import KINDS, count_kinds, mistakes
from projection.evaluation.study import Study
from tests.evaluation.studies import WORDS, studies, study

SMALL = study(
    ["0-2 PER, 4-6 ORG", "3-6 ORG", "0-2 PER", "0-2 PER, 10-12 LOC"],
    method=["0-1 PER, 4-6 ORG", "4-6 ORG", "7-9 PER", "0-1 PER, 1-2 PER, 10-12 ORG, 6-7 LOC"],
)


def test_kinds_by_hand():
    found = kinds(SMALL, "method")
    assert list(found.kinds) == list(KINDS)
    assert {kind: cell for kind, cell in found.kinds.items() if cell.count} == {
        "boundary": Cell(2, (0, 1)), "wrong occurrence": Cell(1, (2,)), "split": Cell(1, (3,)),
        "label": Cell(1, (3,)), "spurious": Cell(1, (3,)),
    }  # fmt: skip
    assert found.sides == {"left": Cell(1, (1,)), "right": Cell(1, (0,)), "both": Cell()}
    assert found.extents == {"too long": Cell(), "too short": Cell(2, (0, 1)), "shifted": Cell()}
    assert found.total == 6


@given(studies())
def test_kinds_are_those_of_the_sentences(drawn):
    for method in drawn.methods:
        expected, rows = Counter(), {}
        for row, (item, one) in enumerate(zip(drawn.items, drawn.found[method], strict=True)):
            of_row = count_kinds(mistakes(one.entities or (), item.gold.entities, WORDS))
            expected += of_row
            for kind in of_row:
                rows.setdefault(kind, []).append(row)
        found = kinds(drawn, method)
        assert {kind: cell.count for kind, cell in found.kinds.items() if cell.count} == expected
        assert {kind: list(cell.rows) for kind, cell in found.kinds.items() if cell.rows} == rows
        boundaries = found.kinds["boundary"].count
        assert sum(cell.count for cell in found.sides.values()) == boundaries
        assert sum(cell.count for cell in found.extents.values()) == boundaries


def test_confusion_by_hand():
    found = confusion(SMALL, "method")
    assert found.labels == ("LOC", "ORG", "PER")
    assert found.cells == {
        ("PER", "PER"): Cell(2, (0, 3)), ("ORG", "ORG"): Cell(2, (0, 1)),
        ("PER", NONE): Cell(1, (2,)), (NONE, "PER"): Cell(2, (2, 3)),
        ("LOC", "ORG"): Cell(1, (3,)), (NONE, "LOC"): Cell(1, (3,)),
    }  # fmt: skip
    assert found.count("LOC", "ORG") == 1 and found.count("LOC", "PER") == 0


@given(studies())
def test_each_gold_and_each_predicted_entity_is_in_the_confusion_once(drawn):
    for method in drawn.methods:
        found = confusion(drawn, method)
        gold = Counter(entity.label for item in drawn.items for entity in item.gold.entities)
        predicted = Counter(entity.label for one in drawn.found[method] for entity in one.entities or ())
        for label in found.labels:
            assert sum(found.count(label, other) for other in (*found.labels, NONE)) == gold[label]
            assert sum(found.count(other, label) for other in (*found.labels, NONE)) == predicted[label]
        assert (NONE, NONE) not in found.cells


def test_stages_are_counted_where_somebody_looked():
    assert stages(SMALL, "method") is None
    known = [tuple(Blame(one, "no link") for one in row) for row in SMALL.mistakes("method")]
    blamed = [replace(one, blames=blames) for one, blames in zip(SMALL.found["method"], known, strict=True)]
    found = stages(Study(SMALL.items, {"method": (*blamed[:3], SMALL.found["method"][3])}), "method")
    assert list(found.stages) == list(STAGES)
    assert found.stages["no link"] == Cell(3, (0, 1, 2)) and found.unseen == Cell(3, (3,))
    assert sum(cell.count for cell in found.stages.values()) == 3


@pytest.mark.parametrize("derive", [kinds, stages, confusion])
def test_a_method_that_is_not_there(derive):
    with pytest.raises(KeyError):
        derive(SMALL, "other")


def test_a_study_of_nothing():
    empty = study([], method=[])
    assert kinds(empty, "method").total == 0 and not confusion(empty, "method").cells
