"""The heuristic on the constructed cases of the literature's faults, one per rule."""

from __future__ import annotations

import pytest

from projection.errors import ConfigurationError
from projection.projectors.heuristic import Heuristic
from projection.registry import create
from projection.types import Alignment, Bitext, Entity, Sentence, Span


def project(entities, target_words, links, source_words=8, scores=None, **options):
    source = Sentence.from_words([f"s{n}" for n in range(source_words)], "en",
                                 [Entity(Span(start, end), label) for start, end, label in entities])  # fmt: skip
    words = target_words.split() if isinstance(target_words, str) else [f"t{n}" for n in range(target_words)]
    target = Sentence.from_words(words, "de")
    alignment = Alignment(frozenset(links), source_words, len(words), scores or {})
    (result,) = create("projector", "heuristic", **options).project([Bitext(source, target, alignment)])
    return result


def placed(result):
    return [(entity.span.start, entity.span.end, entity.label) for entity in result.entities]


CASES = {
    "one run": ([(0, 2, "PER")], [(0, 3), (1, 4)], {}, [(3, 5, "PER")]),
    "gap of two is merged by default": ([(0, 2, "ORG")], [(0, 1), (1, 4)], {}, [(1, 5, "ORG")]),
    "gap of three is not: the longer run stays": ([(0, 3, "ORG")], [(0, 0), (1, 4), (2, 5)], {}, [(4, 6, "ORG")]),
    "gap 1 merges one word": ([(0, 2, "ORG")], [(0, 1), (1, 3)], {"gap": 1}, [(1, 4, "ORG")]),
    "gap 1 leaves two": ([(0, 3, "ORG")], [(0, 1), (1, 2), (2, 5)], {"gap": 1}, [(1, 3, "ORG")]),
    "gap 0 merges nothing": ([(0, 2, "ORG")], [(0, 1), (1, 3)], {"gap": 0}, [(1, 2, "ORG")]),
    "equal runs: the left one": ([(0, 2, "ORG")], [(0, 6), (1, 1)], {}, [(1, 2, "ORG")]),
    # the thesis code kept the shortest runs
    "keep 1 is the longest": ([(0, 4, "ORG")], [(0, 6), (1, 0), (2, 1), (3, 2)], {}, [(0, 3, "ORG")]),
    "keep 2": ([(0, 3, "ORG")], [(0, 0), (1, 1), (2, 5)], {"keep": 2}, [(0, 2, "ORG"), (5, 6, "ORG")]),
    "keep all": ([(0, 3, "ORG")], [(0, 0), (1, 3), (2, 6)], {"keep": 0, "gap": 0},
                 [(0, 1, "ORG"), (3, 4, "ORG"), (6, 7, "ORG")]),
    "ratio is strict": ([(0, 2, "ORG")], [(0, 3)], {"ratio": 0.5}, []),
    "ratio keeps more": ([(0, 2, "ORG")], [(0, 3)], {"ratio": 0.4}, [(3, 4, "ORG")]),
    "paper: one German compound for two words is lost": ([(0, 2, "ORG")], [(0, 3), (1, 3)], {"preset": "paper"}, []),
    # collisions: the thesis let the shorter source entity win, 2022 compared source neighbours only
    "longer span wins the word": ([(0, 1, "PER"), (1, 4, "ORG")], [(0, 2), (1, 2), (2, 3), (3, 4)], {},
                                  [(2, 5, "ORG")]),
    "inverted order is no collision": ([(0, 1, "PER"), (1, 2, "LOC")], [(0, 5), (1, 0)], {},
                                       [(0, 1, "LOC"), (5, 6, "PER")]),
    "guard: a gap word of another entity is not swallowed": (
        [(0, 2, "ORG"), (2, 3, "LOC")], [(0, 1), (1, 3), (2, 2)], {}, [(1, 2, "ORG"), (2, 3, "LOC")]),
    "without guard the gap is swallowed": (
        [(0, 2, "ORG"), (2, 3, "LOC")], [(0, 1), (1, 3), (2, 2)], {"guard": False}, [(1, 4, "ORG")]),
    "only_i: a run starting at the first word stays apart": (
        [(0, 2, "ORG")], [(1, 1), (0, 3)], {"only_i": True, "keep": 0}, [(1, 2, "ORG"), (3, 4, "ORG")]),
    "only_i merges runs of later words": ([(0, 2, "ORG")], [(0, 1), (1, 3)], {"only_i": True}, [(1, 4, "ORG")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("solver", ["greedy", "exact"])
def test_rule(case, solver):
    entities, links, options, expected = CASES[case]
    assert placed(project(entities, 8, links, **options, solver=solver)) == expected


def test_punctuation_can_be_ignored():
    links = [(0, 0), (0, 1), (1, 2)]
    assert placed(project([(0, 2, "ORG")], "« Le Monde »", links)) == [(0, 3, "ORG")]
    assert placed(project([(0, 2, "ORG")], "« Le Monde »", links, drop_punctuation=True)) == [(1, 3, "ORG")]


def test_exact_covers_more_words_where_the_longest_span_blocks_two():
    # greedy takes the span of 3 first; exact prefers the two of 2 around it
    entities = [(0, 3, "A"), (3, 5, "B"), (5, 7, "C")]
    links = [(0, 2), (1, 3), (2, 4), (3, 1), (4, 2), (5, 4), (6, 5)]
    assert placed(project(entities, 8, links)) == [(2, 5, "A")]
    assert placed(project(entities, 8, links, solver="exact")) == [(1, 3, "B"), (4, 6, "C")]


def test_reasons_and_parts():
    result = project([(0, 3, "ORG"), (4, 5, "LOC"), (6, 7, "PER")], 8, [(0, 0), (1, 4), (2, 5), (4, 5)],
                     scores={(1, 4): 0.5, (2, 5): 0.9})  # fmt: skip
    assert {d.candidate.span: d.reason for d in result.decisions.of(0)} == {
        Span(4, 6): "Chosen",
        Span(0, 1): "Shorter than the longest run",
    }
    assert {missing.entity_index: missing.reason for missing in result.unprojected} == {
        1: "Taken by s0 s1 s2 ORG",
        2: "No link leaves the entity",
    }
    (match,) = result.matches
    assert match.score == pytest.approx(0.7)
    assert match.parts == {"words": 2, "linked": 2, "ratio": pytest.approx(2 / 3), "link score": pytest.approx(0.7)}


def test_settings_are_checked():
    with pytest.raises(ConfigurationError, match="gap must not be negative"):
        create("projector", "heuristic", gap=-1)
    with pytest.raises(ConfigurationError, match=r"no preset 'papr'.*default, paper, original"):
        create("projector", "heuristic", preset="papr")
    assert "gap:1|ratio:0.8|keep:0" in create("projector", "heuristic", preset="paper").signature
    assert "gap:0|ratio:0.8|keep:0" in create("projector", "heuristic", preset="paper", gap=0).signature


def test_a_ratio_that_is_no_number_is_refused():
    with pytest.raises(ConfigurationError, match="ratio must not be negative, but is nan"):
        Heuristic(ratio=float("nan"))


def test_every_stage_is_shown():
    result = project([(0, 3, "ORG"), (4, 5, "LOC")], 8, [(0, 0), (1, 4), (2, 6), (4, 5)], guard=False)
    steps = {step.title: step for step in result.steps}
    assert list(steps) == ["Links of the entities", "Runs of linked words", "Runs left out", "Candidates", "Matching"]
    assert steps["Links of the entities"].rows[0] == ("s0 s1 s2 ORG", "t0 … t4 … t6", 3, None)
    assert steps["Runs of linked words"].rows == (
        ("s0 s1 s2 ORG", "t0 | t4 | t6", "t0 | t4 t5 t6"),
        ("s4 LOC", "t5", "t5"),
    )
    assert steps["Runs left out"].rows == (("s0 s1 s2 ORG", "t0", "Shorter than the longest run"),)
    collision = dict(zip(steps["Matching"].columns, steps["Matching"].rows[1], strict=True))
    assert (collision["placed on"], collision["runner-up"]) == (None, "t5")
    assert collision["why not"] == "Taken by s0 s1 s2 ORG"
    # the run of three with all its words but one linked is worth 3 + 2 / 4, that of one word 1 + 1 / 2
    assert collision["cost of forcing it"] == pytest.approx(3.5 - 1.5)
