"""Recall by what makes an entity hard, counted by hand."""

import numpy as np
import pytest
from hypothesis import given

from projection.evaluation.recalls import EFFECTS, NO_COUNTERPART, Recall, distances, recalls
from projection.evaluation.study import Found, Item, Study
from tests.evaluation.studies import entities, sentence, studies, study

SMALL = study(
    ["0-2 PER, 4-6 ORG", "7-9 PER, 9-10 LOC", "0-2 ORG, 2-6 MISC"],
    one=["0-2 PER, 4-5 ORG", "7-9 PER", None],
)


def test_by_length_of_the_entity():
    found = recalls(SMALL, "entity length")["one"]
    assert found == {"1": Recall(0, 1, (1,)), "2": Recall(2, 4, (0, 2)), "3": Recall(0, 0), "4+": Recall(0, 1, (2,))}
    assert found["2"].recall == 0.5 and found["3"].recall == 0


def test_by_length_of_the_sentence():
    short = study([""], one=[""])
    words = Item(sentence("0-1 PER", words=["w"] * 10)), Item(sentence("0-1 PER", words=["w"] * 11))
    mixed = Study((*SMALL.items, *words), {"one": (*SMALL.found["one"], Found(entities("0-1 PER")), Found(()))})
    found = recalls(mixed, "sentence length")["one"]
    assert found == {
        "1-10": Recall(1, 1),
        "11-20": Recall(2, 7, (0, 1, 2, 4)),
        "21-40": Recall(0, 0),
        "41+": Recall(0, 0),
    }
    assert recalls(short, "sentence length")["one"]["11-20"] == Recall(0, 0)


def test_by_frequency_case_does_not_matter_and_the_label_does():
    """Ann Lee and ann lee are PER twice; Ann Lee is ORG once."""
    found = recalls(SMALL, "frequency")["one"]
    assert found == {"1": Recall(0, 4, (0, 1, 2)), "2-4": Recall(2, 2), "5-9": Recall(0, 0), "10+": Recall(0, 0)}
    often = study(["0-1 PER"] * 10, one=["0-1 PER"] * 10)
    assert recalls(often, "frequency")["one"]["10+"] == Recall(10, 10)


def test_distances_pair_so_that_the_sum_is_least():
    source = sentence("0-1 PER, 4-5 PER, 8-9 LOC", words=["w"] * 10)
    gold = sentence("0-1 PER, 8-10 PER, 2-3 ORG, 4-5 LOC", words=["w"] * 20)
    found = distances(Item(gold, source))  # gold in order: PER at .025, ORG, LOC at .225, PER at .45
    assert found[[0, 2, 3]] == pytest.approx([0.05 - 0.025, 0.85 - 0.225, 0.45 - 0.45])
    assert np.isnan(found[1])
    assert np.isnan(distances(Item(gold))).all()


def test_of_two_gold_entities_the_nearer_has_the_counterpart():
    source, gold = (sentence(text, words=["w"] * 10) for text in ("5-6 PER", "0-1 PER, 6-7 PER"))
    found = distances(Item(gold, source))
    assert np.isnan(found[0]) and found[1] == pytest.approx(0.1)


def test_by_distance():
    source, gold = (sentence(text, words=["w"] * 10) for text in ("5-6 PER", "0-1 PER, 9-10 PER"))
    moved = Study((Item(gold, source),), {"one": (Found(entities("9-10 PER")),)})
    found = recalls(moved, "distance")["one"]
    assert list(found) == ["0-0.05", "0.05-0.1", "0.1-0.2", "over 0.2", NO_COUNTERPART]
    assert found["over 0.2"] == Recall(1, 1) and found[NO_COUNTERPART] == Recall(0, 1, (0,))


def test_without_sources_nothing_is_said_of_distance():
    assert recalls(SMALL, "distance") == {"one": {}}


@pytest.mark.parametrize("effect", EFFECTS)
@given(drawn=studies())
def test_groups_add_up_to_the_recall_of_all(effect, drawn):
    mirrored = Study(tuple(Item(item.gold, item.gold) for item in drawn.items), drawn.found)
    for method, groups in recalls(mirrored, effect).items():
        counted = (sum(one.found for one in groups.values()), sum(one.gold for one in groups.values()))
        assert counted == (drawn.hits(method).sum(), len(drawn.gold))


def test_an_effect_that_is_not_there():
    with pytest.raises(KeyError):
        recalls(SMALL, "weather")
