"""Doubt on outcomes made by hand, each number worked out beside it."""

import numpy as np
import pytest

from projection.pipeline import Outcome, Pipeline, Setup, StageError, Task
from projection.text.tokenize import tokenize
from projection.triage import KINDS, doubt_about
from projection.types import (
    Alignment,
    Bitext,
    Candidate,
    Decision,
    Entity,
    LabelProbabilities,
    Match,
    Projection,
    Sentence,
    Span,
    Unprojected,
)

SOURCE = Sentence.from_words(
    ["The", "European", "Union", "met", "Merkel", "."], "en", [Entity(Span(1, 3), "ORG"), Entity(Span(4, 5), "PER")]
)
TARGET = Sentence.from_words(["a", "União", "Europeia", "reuniu", "Merkel", "."], "pt")
UNION, MERKEL = Span(1, 3), Span(4, 5)
LINKS = Alignment(frozenset({(1, 2), (2, 1), (3, 3), (4, 4)}), 6, 6)
SURE = (Match(0, UNION, 1.0), Match(1, MERKEL, 1.0))


def decision(entity, span, score, status="lost"):
    return Decision(entity, Candidate(span, "by hand"), score, {}, status, "")


def projection(matches=SURE, decisions=(), unprojected=(), **more):
    bitext = Bitext(SOURCE, TARGET, more.pop("alignment", LINKS), None, more.pop("seen", None), more.pop("tags", None))
    return Projection(bitext, tuple(matches), tuple(decisions), tuple(unprojected), "m", "m", **more)


def outcome(one=None, **others):
    return Outcome(
        Task(SOURCE, TARGET, labelled=True), SOURCE, TARGET, projections={"m": one or projection(), **others}
    )


def doubt(one=None, entities=None, **others):
    return doubt_about(outcome(one, **others), "m", entities)


def said(found, kind):
    return [(round(reason.value, 4), reason.text) for reason in found.reasons if reason.kind == kind]


def test_nothing_to_doubt():
    assert doubt() == doubt_about(outcome(m2=projection()), "m")
    assert doubt().total == 0 and doubt().reasons == ()


def test_low_score_is_one_less_the_score_of_the_best_span():
    found = doubt(projection([Match(0, UNION, 0.7), Match(1, Span(3, 4), 0.2), Match(1, MERKEL, 0.41)]))
    assert said(found, "score") == [(0.59, "Merkel scores .41"), (0.3, "European Union scores .70")]
    assert found.reasons[0].span == MERKEL


def test_a_score_that_is_no_share_says_nothing():
    assert doubt(projection([Match(0, UNION, 3.5), Match(1, MERKEL, -8.1)])).total == 0


@pytest.mark.parametrize(
    "second, span, value, text",
    [
        # closeness 1 - .02 / (.1 * .8) = .75; the rival shares 2 of 3 words: * 1/3
        (0.78, Span(0, 3), 0.25, "Close call: first two candidates .02 apart"),
        (0.78, Span(3, 4), 0.75, "Close call: first two candidates .02 apart"),  # no word shared: in full
        (0.80, Span(3, 4), 1.0, "Close call: first two candidates .00 apart"),
        (0.83, Span(3, 4), 1.0, "Another candidate scores .03 more"),  # lost to another combination
        (0.72, Span(3, 4), None, ""),  # a tenth of the best apart: no close call any more
    ],
)
def test_close_call(second, span, value, text):
    listed = [decision(0, UNION, 0.8, "chosen"), decision(0, span, second)]
    found = doubt(projection([Match(0, UNION, 1.0), SURE[1]], listed))
    assert said(found, "close") == ([] if value is None else [(value, text)])


def test_close_call_reads_totals_of_any_scale():
    """Totals of words: 2.5 and 2.4 are 4 % apart, so 1 - .1 / .25 = .6."""
    listed = [decision(0, UNION, 2.5, "chosen"), decision(0, Span(3, 4), 2.4, "ruled out")]
    assert said(doubt(projection(decisions=listed)), "close") == [(0.6, "Close call: first two candidates .10 apart")]


def test_a_rival_that_is_labelled_alike_disputes_nothing():
    """Two places of one name: each could have gone to the other."""
    source = SOURCE.with_entities([Entity(Span(1, 3), "ORG"), Entity(Span(4, 5), "ORG")])
    listed = [decision(0, UNION, 0.8, "chosen"), decision(0, MERKEL, 0.8)]
    made = Projection(Bitext(source, TARGET), SURE, listed, (), "m", "m")
    assert said(doubt(made), "close") == []


def test_methods_that_differ():
    """F1 of m and other is 2 * 1 / (2 + 2), of m and third 1, of other and third 1/2: the mean of 1 - F1 is 1/3."""
    other = projection([Match(0, Span(0, 3), 1.0), SURE[1]])
    found = doubt(other=other, third=projection())
    assert said(found, "methods") == [(0.3333, "Methods differ on 2 words")]
    assert found.reasons[0].span == Span(0, 1)


def test_a_method_on_its_own_text_does_not_count():
    text = Sentence.from_words(["Merkel"], "pt")
    own = Projection(Bitext(SOURCE, text), (Match(1, Span(0, 1), 1.0),), (), (), "own", "own")
    assert doubt(own=own).total == 0


def test_missing_by_the_best_candidate_there_was():
    lost = [Unprojected(0, "Under threshold .20 (best candidate .15)"), Unprojected(1, "No link leaves the entity")]
    found = doubt(projection((), [decision(0, UNION, 0.15, "ruled out")], lost))
    assert said(found, "missing") == [
        (1.0, "Merkel missing: no link leaves the entity"),
        (0.85, "European Union missing: under threshold .20 (best candidate .15)"),
    ]
    assert [reason.pill for reason in found.reasons] == ["Merkel missing", "European Union missing"]
    assert said(found, "count") == []  # not said twice


def test_counts_of_a_label():
    """Of the five words of European Union and its two places one has no link, too: 1 - (1 - .5) (1 - .2) = .6."""
    split = projection([*SURE, Match(0, Span(3, 4), 1.0)])
    found = doubt(split)
    assert said(found, "count") == [(0.5, "1 ORG in source, 2 here")]
    assert said(found, "unlinked") == [(0.2, "1 word of European Union without link")]
    assert found.total == pytest.approx(0.6)


def test_the_recognizer_says_another_label():
    seen = (Entity(UNION, "LOC", None, "model"), Entity(MERKEL, "PER", 0.9, "model"))
    assert said(doubt(projection(seen=seen)), "model") == [(0.5, "The model says LOC, not ORG")]
    sure = (Entity(Span(1, 2), "LOC", 0.8, "model"), Entity(MERKEL, "PER"))
    assert said(doubt(projection(seen=sure)), "model") == [(0.8, "The model says LOC, not ORG")]


def test_the_recognizer_sees_an_entity_of_its_own():
    seen = (Entity(UNION, "ORG"), Entity(MERKEL, "PER"), Entity(Span(3, 4), "LOC", 0.6, "model"))
    assert said(doubt(projection(seen=seen)), "model") == [(0.6, "The model sees LOC reuniu")]


def test_a_recognizer_is_not_asked_for_labels_it_does_not_know():
    tags = LabelProbabilities(("O", "B-PER", "I-PER"), np.zeros((6, 3), np.float32))
    seen = (Entity(UNION, "PER", 0.8, "model"), Entity(MERKEL, "PER", 0.8, "model"))
    assert said(doubt(projection(seen=seen, tags=tags)), "model") == []
    assert said(doubt(projection(seen=seen)), "model") == [(0.8, "The model says PER, not ORG")]


def test_words_without_link():
    """European Union and União Europeia: one of the four words has no link to the other side."""
    some = Alignment(frozenset({(1, 2), (2, 2), (4, 4)}), 6, 6)
    assert said(doubt(projection(alignment=some)), "unlinked") == [(0.25, "1 word of European Union without link")]
    elsewhere = Alignment(frozenset({(1, 0), (2, 3), (4, 4)}), 6, 6)
    assert said(doubt(projection(alignment=elsewhere)), "unlinked") == [(1.0, "European Union has no link")]


def test_weak_links():
    """The best links of the four words are .4, .6, .6 and .4; the link of Merkel is sure."""
    scores = {(1, 2): 0.4, (2, 1): 0.6, (4, 4): 1.0}
    weak = Alignment(frozenset(scores), 6, 6, scores)
    assert said(doubt(projection(alignment=weak)), "weak") == [(0.5, "Links of European Union .50")]


def test_no_links_no_signal():
    assert doubt(projection(alignment=None)).total == 0


def test_what_a_person_decided_is_not_doubtful():
    shaky = projection([Match(0, UNION, 0.3), Match(1, MERKEL, 0.4)])
    corrected = (Entity(Span(0, 3), "ORG", None, "corrected"), Entity(MERKEL, "PER", 0.4, "projected"))
    assert said(doubt(shaky, corrected), "score") == [(0.6, "Merkel scores .40")]
    accepted = tuple(Entity(entity.span, entity.label, None, "accepted") for entity in shaky.entities)
    assert doubt(shaky, accepted).total == 0


def test_an_entity_that_a_person_found_is_not_missing():
    lost = projection([SURE[0]], (), [Unprojected(1, "No link leaves the entity")])
    assert said(doubt(lost), "missing") == [(1.0, "Merkel missing: no link leaves the entity")]
    found = (*lost.entities, Entity(MERKEL, "PER", None, "manual"))
    assert doubt(lost, found).total == 0


def test_a_method_that_labels_by_itself():
    own = (Entity(UNION, "ORG", 0.8, "model"), Entity(MERKEL, "PER", 0.55, "model"))
    found = doubt(projection((), own_entities=own))
    assert said(found, "score") == [(0.45, "Merkel scores .55"), (0.2, "União Europeia scores .80")]
    assert found.total == pytest.approx(0.45)
    assert said(doubt(projection((), own_entities=own[:1])), "count") == [(1.0, "1 PER in source, 0 here")]


def test_a_failure_is_the_greatest_doubt():
    failed = Outcome(Task(SOURCE), SOURCE, None, error=StageError("translation", "No translator is chosen."))
    found = doubt_about(failed, "m")
    assert (found.total, found.reasons[0].text) == (1.0, "translation: No translator is chosen.")
    assert doubt_about(outcome(), "other").reasons[0].text == "This method was not run."


def test_the_total_joins_the_kinds_and_reasons_are_sorted():
    """Close call .75 / 3, score .2: 1 - (1 - .25) (1 - .2) = .4. The .05 of Merkel is the weaker score."""
    listed = [decision(0, UNION, 0.8, "chosen"), decision(0, Span(0, 3), 0.78)]
    found = doubt(projection([Match(0, UNION, 0.8), Match(1, MERKEL, 0.95)], listed))
    assert [(reason.kind, round(reason.value, 4)) for reason in found.reasons] == [("close", 0.25), ("score", 0.2)]
    assert found.total == pytest.approx(0.4)
    assert all(reason.kind in KINDS for reason in found.reasons)


def test_real_outcomes_of_every_method_of_the_box():
    setup = Setup.for_pair("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal",
                           methods=("heuristic", "span-matching", "ngram-matching", "fusion-matching"))  # fmt: skip
    tasks = [Task(tokenize(text, "en")) for text in ("Maria lives in Berlin .", "Nothing here .", "")]
    for one in Pipeline(setup, also=("alignment",)).run(tasks):
        for method in setup.methods:
            found = doubt_about(one, method)
            assert 0 <= found.total <= 1
            assert all(0 <= reason.value <= 1 and reason.text and reason.pill for reason in found.reasons)
