"""The stage to blame where the truth is known: pairs broken in one stage, by replacement and by rules alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from projection.errors import Cancelled, ModelUnavailable, SpanError
from projection.evaluation.blame import STAGES
from projection.evaluation.blaming import Case, blames
from projection.evaluation.errors import mistakes
from projection.projectors.heuristic import Heuristic
from projection.projectors.model_transfer import ModelTransfer
from projection.projectors.ner_matching import NerMatching
from projection.projectors.ngram_matching import NgramMatching
from projection.projectors.span_matching import SpanMatching
from projection.types import Bitext, Candidate, Decision, Projection, Similarity, Span, Unprojected
from tests.evaluation.pairs import ENGLISH, LINKS, NAMES, SPANISH, entities, links, pair, sentence

METHODS = [Heuristic(), SpanMatching()]
NO_BERLIN = SPANISH.replace("Berlín", "eso")


def case(method, bitext: Bitext, gold: str = NAMES, source: str | None = NAMES, **more) -> Case:
    (projection,) = method.project([bitext])
    known = None if source is None else entities(source)
    return Case(projection, bitext.target.with_entities(entities(gold)), known, **more)


def blamed(method, bitext: Bitext, *, is_replayed: bool = True, **more):
    (found,) = blames([case(method, bitext, **more)], method.requires, method.project if is_replayed else None)
    return found


def stages(found) -> list[tuple[str, str]]:
    return [(one.mistake.kind, one.stage) for one in found]


SOURCE, NONE, WRONG = "source recognition", "no link", "wrong link"
BROKEN = [
    pytest.param({}, {}, [], "", id="nothing"),
    pytest.param({"source": "0-1 PER, 3-5 ORG, 6-7 LOC"}, {}, [("label", SOURCE)],
                 "The source labels “United States” ORG: gold has “United States” LOC.", id="wrong source label"),
    pytest.param({"source": "0-1 PER, 3-5 LOC"}, {}, [("missing", SOURCE)],
                 "The source leaves “Berlin” without a label: gold has LOC.", id="missing source entity"),
    pytest.param({"source": "0-1 PER, 2-5 LOC, 6-7 LOC"}, {}, [("boundary", SOURCE)],
                 "The source labels “the United States” LOC: gold has “United States” LOC.", id="source boundary"),
    pytest.param({"source": f"{NAMES}, 1-2 ORG"}, {}, [("spurious", SOURCE)],
                 "The source labels “visited” ORG: gold does not.", id="spurious source entity"),
    pytest.param({"linked": LINKS.replace("6-6 ", "")}, {}, [("missing", NONE)],
                 "“Berlin” is linked with nothing: gold has “Berlín” LOC.", id="link removed"),
    pytest.param({"linked": LINKS.replace("4-3 ", "")}, {}, [("boundary", NONE)],
                 "“Estados” is linked with nothing: gold has “Estados Unidos” LOC.", id="link of one word removed"),
    pytest.param({"linked": LINKS.replace("6-6", "6-7")}, {}, [("missing", WRONG), ("spurious", WRONG)],
                 "“Berlin” is linked with “.”: gold has “Berlín” LOC.", id="link moved"),
    pytest.param({"spanish": NO_BERLIN}, {"gold": "0-1 PER, 3-5 LOC"}, [("spurious", "translation")],
                 "Gold has no counterpart of “Berlin” LOC.", id="name lost"),
    pytest.param({}, {"gold": f"{NAMES}, 1-2 MISC"}, [("missing", "translation")],
                 "No entity of the source has “visitó” MISC as its counterpart.", id="name added"),
    pytest.param({}, {"gold": "0-1 PER, 3-5 ORG, 6-7 LOC"}, [("label", "translation")],
                 "Gold labels “United States” LOC in the source and “Estados Unidos” ORG here.", id="gold differs"),
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("is_replayed", [True, False], ids=["replayed", "rules"])
@pytest.mark.parametrize(("broken", "gold", "expected", "reason"), BROKEN)
def test_the_stage_that_was_broken_is_to_blame(method, is_replayed, broken, gold, expected, reason):
    found = blamed(method, pair(**broken), is_replayed=is_replayed, **gold)
    assert stages(found) == expected
    if found:
        assert found[0].reason == reason
        is_proved = is_replayed and expected[0][1] != "translation"
        assert {one.by for one in found} == {"replacement" if is_proved else "rule"}


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize(
    ("broken", "gold", "expected"),
    [
        ({"source": "0-1 PER, 3-5 ORG, 6-7 LOC"}, {}, [("label", SOURCE)]),
        ({"source": "0-1 PER, 3-5 LOC"}, {}, [("missing", SOURCE)]),
        ({"linked": LINKS.replace("6-6 ", "")}, {}, [("missing", NONE)]),
        ({"linked": LINKS.replace("6-6", "6-7")}, {}, [("missing", WRONG), ("spurious", WRONG)]),
        ({"source": "0-1 PER, 3-5 LOC", "linked": LINKS.replace("6-6 ", "")}, {}, [("missing", "unknown")]),
        ({"source": f"{NAMES}, 1-2 ORG"}, {}, [("spurious", "unknown")]),
        ({"spanish": NO_BERLIN}, {"gold": "0-1 PER, 3-5 LOC"}, [("spurious", "unknown")]),
    ],
)
def test_where_nobody_has_checked_the_source_less_can_be_said(method, broken, gold, expected):
    assert stages(blamed(method, pair(**broken), source=None, **gold)) == expected


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_an_unchecked_source_entity_is_cut_short_where_words_next_to_it_lead_to_gold(method):
    (one,) = blamed(method, pair("0-1 PER, 4-5 LOC, 6-7 LOC"), source=None)
    assert (one.mistake.kind, one.stage, one.by) == ("boundary", SOURCE, "rule")
    assert one.reason == "The source leaves “United” out of “States” LOC: gold has “Estados Unidos” LOC."
    (far,) = blamed(method, pair("0-1 PER, 4-5 LOC, 6-7 LOC", LINKS.replace("3-4", "1-4")), source=None)
    assert far.stage == WRONG  # "visited" is not next to "States"


def test_a_name_that_stands_in_an_unchecked_source_is_found_by_its_text():
    bitext = pair("0-1 PER, 3-5 LOC", LINKS.replace("6-6 ", ""), SPANISH.replace("Berlín", "Berlin"))
    (one,) = blamed(Heuristic(), bitext, source=None)
    assert (one.stage, one.by) == (SOURCE, "rule")
    assert one.reason == "The source leaves “Berlin” without a label: gold has “Berlin” LOC."


@pytest.mark.parametrize("is_replayed", [True, False])
def test_what_a_wrong_source_entity_took_is_blamed_on_it(is_replayed):
    linked = LINKS.replace("1-1", "1-5 1-6").replace("5-5 ", "")
    (one,) = blamed(Heuristic(), pair(f"{NAMES}, 1-2 ORG", linked), is_replayed=is_replayed)
    assert (one.mistake.kind, one.stage) == ("label and boundary", SOURCE)
    assert one.reason == "The source labels “visited” ORG: gold does not."


def test_a_wrong_place_that_two_source_entities_lead_to():
    """Both are linked with the full stop: without a label on "visited" it is Berlin that takes it."""
    linked = LINKS.replace("1-1", "1-7").replace("6-6", "6-7")
    missing, spurious = blamed(Heuristic(), pair(f"{NAMES}, 1-2 LOC", linked))
    assert (missing.stage, missing.by) == (WRONG, "replacement")
    assert (spurious.stage, spurious.by) == (SOURCE, "replacement")
    assert spurious.reason == "The source labels “visited” LOC: gold does not, and links are wrong too."


@pytest.mark.parametrize(("source", "stage"), [(NAMES, "translation"), (None, SOURCE)])
def test_two_labels_of_one_name_and_a_wrong_link(source, stage):
    bitext = pair(linked=LINKS.replace("6-6", "6-7"), spanish=SPANISH.replace("Berlín", "Berlin"))
    missing, spurious = blamed(Heuristic(), bitext, gold="0-1 PER, 3-5 LOC, 6-7 MISC", source=source)
    assert (missing.stage, spurious.stage) == (stage, stage)
    assert spurious.reason == "The source has “Berlin” LOC: gold has “Berlin” MISC."


def test_words_of_the_source_without_a_link_count_where_gold_links_help():
    (one,) = blamed(NgramMatching(threshold=0.9), pair(linked=LINKS.replace("3-4 4-3", "4-3 4-4")))
    assert (one.stage, one.by) == (NONE, "replacement")
    assert one.reason == "“United” of “United States” is linked with nothing: gold has “Estados Unidos” LOC."


def test_without_links_similarities_are_to_blame():
    astray = similarity(LINKS.replace("6-6", "6-7").replace("7-7", "7-6"))
    found = blamed(SpanMatching(), replace(pair(similarity=astray), alignment=None))
    assert stages(found) == [("missing", WRONG), ("spurious", WRONG)]
    assert found[0].reason == "With gold links “Berlin” comes to “Berlín” LOC."


def test_words_that_do_not_touch_are_told_apart():
    (one,) = blamed(Heuristic(), pair(linked=LINKS.replace("6-6", "6-5 6-7")))
    assert one.reason == "“Berlin” is linked with “y … .”: gold has “Berlín” LOC."


@pytest.mark.parametrize("is_replayed", [True, False])
def test_a_link_too_many_is_a_wrong_one(is_replayed):
    (one,) = blamed(Heuristic(), pair(linked=f"{LINKS} 3-2"), is_replayed=is_replayed)
    assert (one.mistake.kind, one.stage) == ("boundary", WRONG)
    assert one.reason == "“United States” is linked with “los”: gold has “Estados Unidos” LOC."


def test_where_two_stages_are_wrong_the_first_is_to_blame():
    (one,) = blamed(Heuristic(), pair("0-1 PER, 3-5 LOC", LINKS.replace("6-6 ", "")))
    assert (one.stage, one.by) == (SOURCE, "replacement")
    assert one.reason == "The source leaves “Berlin” without a label: gold has LOC, and links are wrong too."


def test_a_span_that_settings_forbid_was_never_considered():
    (one,) = blamed(SpanMatching(longest=1), pair())
    assert (one.mistake.kind, one.stage, one.by) == ("boundary", "candidate", "rule")
    assert one.reason == "“Estados Unidos” was never considered for “United States” LOC."


@pytest.mark.parametrize("is_replayed", [True, False])
def test_a_span_that_settings_rule_out_was_not_chosen(is_replayed):
    found = blamed(Heuristic(ratio=1.0), pair(), is_replayed=is_replayed)
    assert stages(found) == [("missing", "matching")] * 3
    assert found[1].reason == (
        "“Estados Unidos” was considered for “United States” LOC and not chosen: not longer than 1.00 of the entity."
    )


def test_a_second_placement_is_matching_where_links_do_not_explain_it():
    """Asked for two spans of each entity, the method cuts United States in two and finds another place for Berlin."""
    method, bitext = NgramMatching(count=2), pair(linked=f"{LINKS} 6-7")
    found = blamed(method, bitext)
    assert stages(found) == [("split", "matching"), ("spurious", WRONG)]
    (projection,) = method.project([bitext])
    (found,) = blames([Case(projection, sentence(SPANISH), entities(NAMES))])
    assert found[1].reason == "“Berlin” is placed on “Berlín”, and elsewhere too."
    assert found[1].stage == "matching"


def test_a_thief_is_a_collision_for_a_method_that_reads_no_links():
    taking = pair(linked=LINKS.replace("0-0", "0-5 0-6").replace("5-5 ", ""))
    (projection,) = Heuristic().project([taking])
    (found,) = blames([Case(projection, sentence(SPANISH), entities(NAMES))])
    assert stages(found) == [("missing", "candidate"), ("label and boundary", "collision")]
    assert found[1].reason == "“Maria” PER took “y Berlín”: gold has “Berlín” for “Berlin” LOC."
    read = blamed(Heuristic(), taking)  # it does read links, and they are wrong
    assert stages(read) == [("missing", WRONG), ("label and boundary", WRONG)]


def test_plain_decisions_are_read_too():
    bitext = pair(linked="")
    lost = Decision(2, Candidate(Span(6, 7), "toy"), 0.5, {}, "lost", "Taken by Maria PER", (0, Span(5, 7)))
    toy = Projection(bitext, (), (lost,), (Unprojected(2, "Lost"),), "toy", "toy")
    (found,) = blames([Case(toy, sentence(SPANISH), entities(NAMES))])
    assert [one.stage for one in found] == ["candidate", "candidate", "collision"]
    (found,) = blames([Case(replace(toy, decisions=()), sentence(SPANISH), entities(NAMES))])
    assert {one.stage for one in found} == {"unknown"}


def test_a_method_that_labels_the_target_itself_is_its_own_stage():
    bitext = pair("", "", target_entities=entities("0-1 PER, 3-4 LOC, 7-8 ORG"))
    found = blamed(ModelTransfer(), bitext)
    assert stages(found) == [
        ("boundary", "target recognition"), ("missing", "target recognition"), ("spurious", "target recognition"),
    ]  # fmt: skip


@pytest.mark.parametrize("is_replayed", [True, False])
def test_what_the_recognizer_of_the_target_does_not_see_is_its_fault(is_replayed):
    bitext = pair(target_entities=entities("0-1 PER, 3-5 LOC"))
    (one,) = blamed(NerMatching(), bitext, is_replayed=is_replayed)
    assert one.stage == "target recognition"
    assert one.reason == "The recognizer of the target does not see “Berlín”."
    unlinked = pair(linked=LINKS.replace("6-6 ", ""), target_entities=entities(NAMES))
    (one,) = blamed(NerMatching(), unlinked, is_replayed=is_replayed)
    assert one.stage == NONE


def similarity(linked: str) -> Similarity:
    """Return similarities that lead where the links do."""
    matrix = np.full((8, 8), -1, np.float32)
    for here, there in links(linked).links:
        matrix[here, there] = 1
    words, norms = np.arange(8), np.ones(8, np.float32)
    return Similarity(matrix, words, words, 8, 8, norms, norms)


def test_similarities_that_lead_away_are_wrong_links():
    astray = similarity(LINKS.replace("6-6", "6-7").replace("7-7", "7-6"))
    found = blamed(SpanMatching(), pair(similarity=astray))
    assert stages(found) == [("missing", WRONG), ("spurious", WRONG)] and found[0].by == "replacement"
    assert found[0].reason == "“Berlin” is linked with “Berlín” LOC, but similarities lead away."


def test_gold_links_are_used_where_there_are_any():
    broken = pair(linked=LINKS.replace("6-6", "6-7"))
    found = blamed(Heuristic(), broken, links=links(LINKS))
    assert stages(found) == [("missing", WRONG), ("spurious", WRONG)] and found[0].by == "replacement"
    found = blamed(Heuristic(), broken, links=links(LINKS.replace("6-6", "6-7")))
    assert {one.by for one in found} == {"rule"}  # gold links lead there as well


@dataclass
class Failing:
    """Runs the heuristic again, but not on sentences without `allowed` links."""

    calls: list[int] = field(default_factory=list)
    problem: Exception = field(default_factory=lambda: ValueError("no room."))
    bad: str = "María visitó los Estados Unidos y Berlín !"

    def __call__(self, bitexts):
        self.calls.append(len(bitexts))
        if any(bitext.target.text == self.bad for bitext in bitexts):
            raise self.problem
        return Heuristic().project(bitexts)


def two_cases():
    unlinked = LINKS.replace("6-6 ", "")
    return [case(Heuristic(), pair(linked=unlinked, spanish=text)) for text in (SPANISH, Failing().bad)]


def test_a_sentence_that_fails_again_is_judged_by_rules_and_stops_no_other():
    (one,), (other,) = blames(two_cases(), Heuristic.requires, Failing())
    assert (one.stage, one.by) == (NONE, "replacement")
    assert (other.stage, other.by) == (NONE, "rule")
    assert other.reason == (
        "“Berlin” is linked with nothing: gold has “Berlín” LOC (told by rules, as another run failed: no room)."
    )


def test_a_missing_model_is_asked_for_once_and_cancelling_goes_through():
    gone = Failing(problem=ModelUnavailable("not here"))
    found = blames(two_cases(), Heuristic.requires, gone)
    assert [one.by for row in found for one in row] == ["rule", "rule"] and gone.calls == [2]
    with pytest.raises(Cancelled):
        blames(two_cases(), Heuristic.requires, Failing(problem=Cancelled()))


def test_too_few_projections_are_a_failure():
    found = blames(two_cases(), Heuristic.requires, lambda bitexts: [])
    assert {one.by for row in found for one in row} == {"rule"}


def test_only_sentences_with_mistakes_run_again():
    calls = Failing()
    right = case(Heuristic(), pair())
    assert blames([right, right], Heuristic.requires, calls) == [(), ()] and calls.calls == []
    wrong = case(Heuristic(), pair(linked=LINKS.replace("6-6 ", "")))
    blames([right, wrong, right], Heuristic.requires, calls)
    assert calls.calls == [1]
    assert blames([]) == []


def test_each_mistake_has_one_blame():
    bitext = pair("0-2 PER, 3-4 ORG, 6-7 LOC, 7-8 MISC", LINKS.replace("6-6", "6-0"))
    one = case(Heuristic(), bitext)
    (found,) = blames([one], Heuristic.requires, Heuristic().project)
    wrong = mistakes(one.projection.entities, one.gold.entities, one.gold.words)
    assert [blame.mistake for blame in found] == wrong and len(wrong) > 2
    assert all(blame.stage in STAGES and blame.reason.endswith(".") for blame in found)


def test_gold_of_other_words_is_refused():
    (projection,) = Heuristic().project([pair()])
    with pytest.raises(ValueError, match="gold has"):
        Case(projection, sentence(ENGLISH))
    with pytest.raises(ValueError, match="gold links are for"):
        Case(projection, sentence(SPANISH), links=links("0-0", 8, 9))
    with pytest.raises(SpanError):
        Case(projection, sentence(SPANISH), entities("7-9 LOC"))
