"""Which sentences are written: whole ones, so that a missing tag never looks like O."""

from dataclasses import replace

from projection.exchange import STATES, Choice, Options, Request, choose, count_states, examine
from projection.exchange.selection import LeftOut
from projection.types import Entity, Span
from tests.exchange.samples import ITEM, PLAIN


def with_origins(position, *origins, **others):
    entities = [Entity(Span(index, index + 1), "PER", origin=origin) for index, origin in enumerate(origins)]
    return replace(PLAIN, position=position, target=PLAIN.target.with_entities(entities), **others)


def without(*states):
    return Choice(states=frozenset(STATES) - set(states))


def test_everything_is_written_unless_told_otherwise():
    assert choose([ITEM, PLAIN], Choice()) == ([ITEM, PLAIN], [])


def test_a_sentence_with_a_span_of_an_excluded_state_is_left_out_whole():
    automatic, mixed, manual = (
        with_origins(0, "projected"),
        with_origins(1, "manual", "projected"),
        with_origins(2, "manual"),
    )
    kept, left_out = choose([automatic, mixed, manual], without("automatic"))
    assert kept == [manual]
    assert [gone.position for gone in left_out] == [0, 1]
    assert left_out[1].reason == "has a span no person decided on"


def test_each_state_can_be_excluded():
    for state, origins in STATES.items():
        for origin in origins:
            assert choose([with_origins(0, origin)], without(state))[0] == []
            assert choose([with_origins(0, origin)], without(*(set(STATES) - {state})))[1] == []


def test_no_span_at_all_counts_as_automatic_until_somebody_has_checked_it():
    empty, checked = with_origins(0, checked=False), with_origins(1, checked=True)
    kept, left_out = choose([empty, checked], without("automatic"))
    assert kept == [checked] and left_out == [LeftOut(0, "has no span, and no person has checked that", True)]


def test_missing_labels_and_missing_texts_are_left_out_with_their_reason():
    unlabelled = replace(PLAIN, labelled=False, problem="alignment: no model")
    untranslated = replace(PLAIN, target=None)
    left_out = choose([unlabelled, untranslated], Choice())[1]
    assert not any(gone.by_choice for gone in left_out)
    assert [gone.reason for gone in left_out] == ["has no labels yet (alignment: no model)", "has no target text"]
    assert choose([unlabelled, untranslated], Choice(), ("source",))[1] == []


def test_unchecked_and_flagged_sentences_can_be_excluded():
    assert choose([ITEM, PLAIN], Choice(checked_only=True))[0] == [PLAIN]
    assert choose([ITEM, PLAIN], Choice(unflagged_only=True))[0] == [PLAIN]
    assert choose([ITEM, PLAIN], Choice(positions=frozenset({0}))) == ([ITEM], [])


def test_spans_are_counted_by_state():
    counts = count_states([ITEM, with_origins(1, "bulk", "manual", "human", "accepted", "gold")])
    assert counts == {"automatic": 1, "accepted": 1, "bulk": 1, "corrected": 2, "manual": 1, "given": 1}
    assert count_states([ITEM], ("source",))["automatic"] == 1


def test_a_pair_needs_labels_of_both_sides_wherever_both_are_written():
    unlabelled = replace(PLAIN, labelled=False)
    for formats, written in ((("conll2002",), 1), (("conll2002", "jsonl"), 0), (("pharaoh",), 1), (("original",), 0)):
        request = Request(formats, Options(side="source"))
        item = replace(unlabelled, alignment=ITEM.alignment)
        assert len(examine([item], request).items) == written, formats


def test_word_links_alone_ask_for_no_labels():
    assert Request(("pharaoh",)).sides == ()
    assert Request(("pharaoh", "conll2002"), Options(side="source")).sides == ("source",)
    assert Request(("parallel", "conll2002"), Options(side="source")).sides == ("source", "target")
