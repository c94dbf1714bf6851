"""Label rules: what each preset does to each side, in which order, and what is said of it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError
from projection.evaluation.label_rules import PRESETS, Changes, LabelRules, SideRules, preset
from projection.types import Entity, Span

LABELS = ["PER", "ORG", "LOC", "MISC", "DATE", "OTH", "PERSON", "GPE"]
ENTITIES = [Entity(Span(place, place + 1), label, 0.5, "projected") for place, label in enumerate(LABELS)]


def labels_of(entities):
    return [entity.label for entity in entities]


@pytest.mark.parametrize(
    ("name", "predicted", "gold"),
    [
        ("all", LABELS, LABELS),
        ("europarl", LABELS, LABELS),
        ("masakhaner", [one for one in LABELS if one != "MISC"], [one for one in LABELS if one != "DATE"]),
        ("uner", ["PER", "ORG", "LOC"], ["PER", "ORG", "LOC"]),
        ("conll", ["PER", "ORG", "LOC", "MISC", "PER", "LOC"], ["PER", "ORG", "LOC", "MISC", "PER", "LOC"]),
    ],
)
def test_what_each_preset_does(name, predicted, gold):
    rules = preset(name)
    assert labels_of(rules.predicted.apply(ENTITIES)) == predicted
    assert labels_of(rules.gold.apply(ENTITIES)) == gold
    assert rules.name == name and PRESETS[name] is rules


def test_an_unknown_preset_is_refused_with_those_there_are():
    with pytest.raises(ConfigurationError, match="'ontonotes'; known are all, europarl, masakhaner, uner, conll"):
        preset("ontonotes")


def test_words_scores_and_origins_stay_and_what_is_not_renamed_is_the_same_entity():
    (kept, *_), renamed = preset("conll").gold.apply(ENTITIES), preset("conll").gold.apply(ENTITIES)[4]
    assert kept is ENTITIES[0]
    assert renamed == Entity(Span(6, 7), "PER", 0.5, "projected")


def test_names_given_run_before_those_of_the_preset_and_labels_are_ignored_by_their_new_names():
    rules = preset("conll").extended({"HUMAN": "PERSON", "GPE": "ORG"}, ["MISC"])
    side = rules.gold
    assert [side.label(one) for one in ("HUMAN", "GPE", "LOCATION", "MISCELLANEOUS", "DATE")] == [
        "PER", "ORG", "LOC", None, None,
    ]  # fmt: skip
    assert SideRules({"A": "B", "B": "A"}).label("A") == "B"  # once, so that names can be exchanged


def test_labels_that_are_scored_are_only_ever_fewer():
    rules = preset("uner").restricted(["PER", "MISC"])
    assert rules.gold.only == rules.predicted.only == {"PER"}
    assert labels_of(LabelRules().restricted(["PER"]).gold.apply(ENTITIES)) == ["PER"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (preset("all"), "all"),
        (preset("europarl"), "europarl"),
        (preset("masakhaner"), "masakhaner[gold DATE=O; predicted MISC=O]"),
        (preset("uner"), "uner[only LOC+ORG+PER]"),
        (preset("all").extended({"GPE": "LOC", "X": "X"}, ["DATE"]), "all[GPE=LOC DATE=O]"),
        (preset("masakhaner").extended(ignore=["DATE"]), "masakhaner[gold DATE=O; predicted DATE=O MISC=O]"),
        (preset("all").restricted([]), "all[only none]"),
    ],
)
def test_the_signature_says_everything_that_is_done(rules, said):
    assert str(rules) == said


def test_changes_are_counted_by_the_label_of_the_file():
    changes = preset("conll").gold.changes([*ENTITIES, *ENTITIES[4:]])
    assert changes == Changes(Counter({("PERSON", "PER"): 2, ("GPE", "LOC"): 2}), Counter(DATE=2, OTH=2))
    assert str(changes) == "2 GPE renamed to LOC, 2 PERSON renamed to PER, 2 DATE ignored, 2 OTH ignored"
    assert (changes + changes).to_dict()["ignored"] == {"DATE": 4, "OTH": 4}
    assert not Changes() and str(Changes()) == "nothing changed"


@given(
    st.dictionaries(st.sampled_from(LABELS), st.sampled_from(LABELS)),
    st.sets(st.sampled_from(LABELS)),
    st.none() | st.frozensets(st.sampled_from(LABELS)),
    st.lists(st.sampled_from(ENTITIES)),
)
def test_no_entity_is_lost_without_being_counted(rename, ignore, only, entities):
    side = SideRules(rename, frozenset(ignore), only)
    kept, changes = side.apply(entities), side.changes(entities)
    assert len(kept) + changes.ignored.total() == len(entities)
    before = Counter(labels_of(entities)) - changes.ignored
    for (old, new), count in changes.renamed.items():
        before[old] -= count
        before[new] += count
    assert +before == Counter(labels_of(kept))
