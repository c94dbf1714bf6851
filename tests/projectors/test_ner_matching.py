"""Candidates from a recognizer of the target, and its labels taken as they are."""

from __future__ import annotations

import numpy as np
import pytest

from projection.errors import ConfigurationError
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.registry import create
from projection.text.tokenize import tokenize
from projection.types import Alignment, Bitext, Entity, LabelProbabilities, Sentence, Span

SOURCE = Sentence.from_words(["The", "European", "Union", "met", "Merkel"], "en",
                             [Entity(Span(1, 3), "ORG"), Entity(Span(4, 5), "PER")])  # fmt: skip
TARGET = Sentence.from_words(["La", "Unión", "Europea", "se", "reunió", "con", "Merkel"], "es")
LINKS = Alignment(frozenset({(0, 0), (1, 2), (2, 1), (3, 4), (4, 6)}), 5, 7)


def seen(*entities):
    return tuple(Entity(Span(start, end), label, score, "model") for start, end, label, score in entities)


def project(method, target_entities, probabilities=None, **options):
    bitext = Bitext(SOURCE, TARGET, LINKS, None, target_entities, probabilities)
    (result,) = create("projector", method, **options).project([bitext])
    return result


def placed(result):
    return [(entity.span.start, entity.span.end, entity.label) for entity in result.entities]


FOUND = seen((1, 3, "MISC", 0.8), (6, 7, "PER", 0.9))


@pytest.mark.parametrize("preset", ["default", "paper"])
def test_the_recognizer_says_where_and_the_source_what(preset):
    assert placed(project("ner-matching", FOUND, preset=preset)) == [(1, 3, "ORG"), (6, 7, "PER")]


def test_the_label_can_be_asked_for():
    result = project("ner-matching", FOUND, preset="same-label")
    assert placed(result) == [(6, 7, "PER")]
    assert {missing.entity_index: missing.reason for missing in result.unprojected} == {0: "The recognizer says MISC"}


def test_spans_are_taken_whole_and_an_entity_nobody_sees_is_lost():
    result = project("ner-matching", seen((0, 3, "ORG", None)))
    assert placed(result) == [(0, 3, "ORG")]
    assert result.matches[0].parts == {"links": 2.0, "covered": 1.0, "pure": pytest.approx(2 / 3)}
    assert [missing.reason for missing in result.unprojected] == [
        "No candidate holds a word that the entity is linked to"
    ]
    nothing = project("ner-matching", ())
    assert {missing.reason for missing in nothing.unprojected} == {"The recognizer finds nothing in the target"}


def test_parts_and_steps():
    matrix = np.array([[0.8, 0.1, 0.0, 0.1, 0.0]] * 7, np.float32)
    matrix[1] = [0.1, 0.6, 0.0, 0.3, 0.0]
    probabilities = LabelProbabilities(("O", "B-MISC", "I-MISC", "B-ORG", "I-ORG"), matrix)
    result = project("ner-matching", FOUND, probabilities)
    assert result.matches[0].parts["recognizer"] == 0.8
    recognized, links, _, matching = result.steps
    assert recognized.rows[0] == ("Unión Europea", "MISC", 0.8, "ORG .30")
    assert links.rows[0] == ("European Union ORG", "Unión Europea", 2, None)
    assert matching.rows[0][:2] == ("European Union ORG", "Unión Europea")


def test_model_transfer_takes_the_labels_as_they_are():
    result = project("model-transfer", FOUND)
    assert result.entities == FOUND == result.labelled_target.entities
    assert not result.matches and not result.unprojected
    text, recognized = result.steps
    assert text.text == TARGET.text and recognized.rows[1][:3] == ("Merkel", "PER", 0.9)
    assert project("model-transfer", ()).steps[1].note == "The recognizer finds nothing in the target."


@pytest.mark.parametrize("method", ["ner-matching", "model-transfer"])
def test_what_is_missing_is_said(method):
    with pytest.raises(ConfigurationError, match=f"{method} needs a target recognizer"):
        project(method, None)
    with pytest.raises(ConfigurationError, match="needs word links"):
        create("projector", "ner-matching").project([Bitext(SOURCE, TARGET, None, None, ())])


@pytest.mark.parametrize("method", ["ner-matching", "model-transfer", "ner-matching:paper"])
def test_in_the_pipeline_the_recognizer_of_the_target_is_asked(method):
    task = Task(tokenize("Maria lives in Berlin .", "en"), tokenize("Maria wohnt in Berlin .", "de"))
    chosen = {"recognizer": "rules", "aligner": "diagonal", "translator": "given", "methods": (method,)}
    (outcome,) = Pipeline(Setup.for_pair("en", "de", target_recognizer="rules", **chosen), Resources()).run([task])
    found = outcome.projections[method].entities
    assert [(task.target.text_of(entity.span), entity.label) for entity in found] == [
        ("Maria", "PER"), ("Berlin", "LOC")
    ]  # fmt: skip
    (outcome,) = Pipeline(Setup.for_pair("en", "de", target_recognizer="given", **chosen), Resources()).run([task])
    assert "--target-recognizer" in str(outcome.error)
