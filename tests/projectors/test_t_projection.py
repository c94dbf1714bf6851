"""T-Projection with a scripted generator and a table of translation probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import ConfigurationError, ModelUnavailable
from projection.matching.solvers import solve
from projection.projectors.slots import read_slots, type_name, write_prompt, write_slots
from projection.projectors.t_projection import TProjection, taken_before
from projection.protocols import Beam, Generation
from projection.registry import create, find
from projection.text.tokenize import tokenize
from projection.types import Bitext, Entity, Sentence, Span


@dataclass
class Scripted:
    """Answers every request with the given lines, best first."""

    lines: list
    name: str = "scripted"
    signature: str = "scripted"
    asked: list = field(default_factory=list)

    def generate(self, requests, beams):
        found = []
        for request in requests:
            self.asked.append((request, beams))
            names = tuple(type_name(label, dict(request.names)) for label in request.labels)
            answers = [Beam(line, read_slots(line, names), -float(rank)) for rank, line in enumerate(self.lines)]
            found.append(Generation(write_prompt(request.words, names, request.language), names, tuple(answers)))
        return found


@dataclass
class Table:
    """P(b|a) of two tokens by table, .8 for a string and itself, else .1."""

    table: dict
    name: str = "table"
    signature: str = "table"
    asked: list = field(default_factory=list)

    def log_probabilities(self, pairs, source, target):
        self.asked += [(source, target, *pair) for pair in pairs]
        return [np.full(2, math.log(0.8 if a == b else self.table.get((a, b), 0.1))) for a, b in pairs]


class Mute:
    name = signature = "mute"

    def translate(self, texts, source, target):
        raise AssertionError("nothing is translated")


def pair(source, entities, target, language="de"):
    spans = [Entity(Span(start, end), label) for start, end, label in entities]
    return Bitext(Sentence.from_words(source.split(), "en", spans), tokenize(target, language))


def project(bitext, lines, table=(), **settings):
    (projection,) = TProjection(generator=Scripted(list(lines)), translator=Table(dict(table)), **settings).project(
        [bitext]
    )
    return projection


def placed(projection):
    target = projection.bitext.target
    return [(target.text_of(entity.span), entity.label) for entity in projection.entities]


COLOGNE = pair("Anna left Cologne .", [(0, 1, "PER"), (2, 3, "LOC")], "Anna verließ Köln am Rhein.")
LINES = (
    "<Person>Anna</Person><Location>Rhein</Location>",
    "<Person>Anna</Person><Location>Köln</Location>",
    "<Person>Anna</Person><Location>Bonn</Location>",
)
LIKELY = {("Cologne", "Köln"): 0.6, ("Köln", "Cologne"): 0.4}


def test_the_most_probable_translation_wins_not_the_best_beam():
    projection = project(COLOGNE, LINES, LIKELY)
    assert placed(projection) == [("Anna", "PER"), ("Köln", "LOC")]
    scores = {match.entity_index: match.score for match in projection.matches}
    # P(a|b)/P(a|a) both ways by the formula: .8/.8 and 1; .4/.8 and .6/.8
    assert scores[0] == pytest.approx(1.0) and scores[1] == pytest.approx((0.5 + 0.75) / 2)
    (cologne,) = (match for match in projection.matches if match.entity_index == 1)
    assert cologne.parts == {"NMTScore": pytest.approx(0.625), "beams": 1.0}


def test_candidates_stay_within_their_type():
    crossed = ("<Person>Köln</Person><Location>Anna</Location>",)
    projection = project(COLOGNE, crossed, {("Cologne", "Köln"): 0.9, ("Köln", "Cologne"): 0.9})
    assert placed(projection) == [("Anna", "LOC"), ("Köln", "PER")]


def test_one_type_has_one_pool():
    two = pair("Anna met Bo", [(0, 1, "PER"), (2, 3, "PER")], "Bo wurde von Anna besucht")
    projection = project(two, ["<Person>Bo</Person><Person>Anna</Person>"])
    assert [match.span.start for match in sorted(projection.matches, key=lambda one: one.entity_index)] == [3, 0]


def test_steps_tell_what_was_asked_answered_kept_and_invented():
    projection = project(COLOGNE, LINES, LIKELY)
    prompt, answers, strings, candidates, matching = projection.steps
    assert prompt.text == "Anna verließ Köln am Rhein . <Person>None</Person><Location>None</Location>"
    assert [row[2] for row in answers.rows] == list(LINES)
    assert strings.rows == (
        ("Location", "Köln", 1, 1, "exact"),
        ("Location", "Rhein", 1, 1, "exact"),
        ("Location", "Bonn", 1, None, "invented"),
        ("Person", "Anna", 3, 1, "exact"),
    )
    assert strings.note == "4 different strings, 1 of them invented: they are not in the text."
    assert "NMTScore" in candidates.columns and len(candidates.rows) == 3
    assert [row[1] for row in matching.rows] == ["Anna", "Köln"]


def test_what_is_not_placed_says_why():
    projection = project(COLOGNE, ["<Location>Bonn</Location>"])
    assert placed(projection) == []
    assert [loss.reason for loss in projection.unprojected] == [
        "None of 1 beams fills a slot of its type",
        "What the generator wrote is not in the text: “Bonn”",
    ]


def test_every_occurrence_is_a_candidate_and_names_keep_their_order():
    twice = pair("Bonn beats Bonn", [(0, 1, "ORG"), (2, 3, "ORG")], "Bonn schlägt Bonn")
    line = "<Organization>Bonn</Organization><Organization>Bonn</Organization>"
    for solver in ("exact", "greedy", "source order"):
        projection = project(twice, [line], solver=solver)
        assert [(match.entity_index, match.span.start) for match in projection.matches] == [(0, 0), (1, 2)]


def test_of_equal_places_the_one_most_like_that_in_the_source_is_taken():
    late = pair("we left a big Bonn", [(4, 5, "LOC")], "Bonn, ach Bonn, Bonn")
    line = ["<Location>Bonn</Location>"]
    assert [match.span.start for match in project(late, line).matches] == [5]
    assert [match.span.start for match in project(late, line, solver="source order").matches] == [0]


def test_source_order_lets_the_first_entity_choose_and_the_others_weigh_all():
    bitext = pair("the Rhine at Bonn", [(1, 2, "LOC"), (3, 4, "LOC")], "Bonn")
    table = {("Rhine", "Bonn"): 0.2, ("Bonn", "Rhine"): 0.2}
    line = "<Location>Bonn</Location><Location>None</Location>"
    first = project(bitext, [line], table, solver="source order")
    assert [match.entity_index for match in first.matches] == [0]
    assert first.unprojected[0].reason == "Taken by Rhine LOC, which comes first in the source"
    for solver in ("exact", "greedy"):
        assert [match.entity_index for match in project(bitext, [line], table, solver=solver).matches] == [1]


@given(st.data())
def test_source_order_is_what_choosing_one_after_the_other_gives(data):
    places = [(start, end) for start in range(5) for end in range(start + 1, 6)]
    spans = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=6, unique=True).map(sorted))
    rows = data.draw(st.integers(1, 4))
    score = st.sampled_from([0.0, 0.1, 0.3, 0.5, math.nan])
    totals = np.array([[data.draw(score) for _ in spans] for _ in range(rows)])
    array = np.array(spans, np.intp)
    ruled_out = taken_before(totals, array, [str(row) for row in range(rows)], 0.1)
    weights = np.nan_to_num(totals, nan=-np.inf) - 0.1
    for choice in ruled_out:
        weights[choice] = -np.inf
    expected, taken = [], set()
    for row in range(rows):
        free = [(-totals[row, c], end - start, start, c) for c, (start, end) in enumerate(spans)
                if totals[row, c] > 0.1 and not taken & set(range(start, end))]  # fmt: skip
        if free:
            *_, best = min(free)
            expected.append((row, best))
            taken |= set(range(*spans[best]))
    assert sorted(solve(weights, array, solver="greedy")) == expected


def test_agglutinative_words_hold_the_name():
    source = pair("he was in Ankara", [(3, 4, "LOC")], "").source
    ankara = Bitext(source, Sentence.from_words(["dün", "Ankara'daydı", "."], "tr"))
    line = ["<Location>Ankara</Location>"]
    assert placed(project(ankara, line)) == []
    assert placed(project(ankara, line, agglutinative=True)) == [("Ankara'daydı", "LOC")]


def test_the_translator_is_asked_once_for_natural_strings():
    bitext = pair("O'Brien 's Bonn", [(0, 2, "PER"), (2, 3, "LOC")], "O'Briens Bonn")
    table = Table({})
    method = TProjection(
        generator=Scripted(["<Person>O'Briens</Person><Location>Bonn</Location>"] * 3), translator=table
    )
    method.project([bitext, bitext])
    assert ("de", "en", "O'Briens", "O'Brien's") in table.asked
    assert len(table.asked) == len(set(table.asked))


def test_many_pairs_and_empty_ones_are_asked_together():
    generator = Scripted(list(LINES))
    empty = Bitext(COLOGNE.source, Sentence("", (), "de"))
    nothing = pair("It rains", [], "Es regnet")
    method = TProjection(generator=generator, translator=Table(LIKELY), beams=7)
    projections = method.project([COLOGNE, empty, nothing, COLOGNE])
    assert [len(one.entities) for one in projections] == [2, 0, 0, 2]
    assert [loss.reason for loss in projections[1].unprojected] == ["The target has no words"] * 2
    assert len(generator.asked) == 2 and generator.asked[0][1] == 7
    assert projections[1].steps[0].title == "Candidates"


def test_forty_entities():
    words = [f"N{number}" for number in range(40)]
    many = pair(" ".join(words), [(place, place + 1, "PER") for place in range(40)], " ".join(reversed(words)))
    projection = project(many, [write_slots(["Person"] * 40, words)])
    assert [match.span.start for match in sorted(projection.matches, key=lambda one: one.entity_index)] == list(
        range(39, -1, -1)
    )


def test_a_label_that_is_no_word_needs_a_name():
    strange = pair("Anna left", [(0, 1, "X1")], "Anna ging")
    with pytest.raises(ConfigurationError, match=r"The label 'X1' is no word.*names=X1=Person"):
        project(strange, ["<Person>Anna</Person>"])
    assert placed(project(strange, ["<Person>Anna</Person>"], names="X1=Person")) == [("Anna", "X1")]


def test_what_it_needs_is_said():
    with pytest.raises(ModelUnavailable, match=r"needs a generator trained to fill slots .*train-generator.*"
                                               r"--option t-projection.generator=NAME"):  # fmt: skip
        TProjection(translator=Table({})).project([COLOGNE])
    with pytest.raises(ModelUnavailable, match="needs a translator that can tell probabilities"):
        TProjection(generator=Scripted([])).project([COLOGNE])
    with pytest.raises(ModelUnavailable, match="mute cannot tell that: choose nllb"):
        TProjection(generator=Scripted([]), translator=Mute()).project([COLOGNE])


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"solver": "best"}, "solver must be one of greedy, exact, source order"),
        ({"beams": 0}, "beams must be a number at least 1"),
        ({"threshold": math.nan}, "threshold must be a number"),
        ({"names": "X"}, "is not LABEL=Name"),
    ],
)
def test_settings_are_checked(settings, told):
    with pytest.raises(ConfigurationError, match=told):
        TProjection(**settings)


def test_the_setting_of_the_paper_is_a_preset():
    method = create("projector", "t-projection:original")
    assert (method.beams, method.solver) == (100, "source order")
    assert find("generator", "some/model").target.endswith("span_filler:SpanFiller")
