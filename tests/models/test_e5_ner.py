"""The recognizer that comes with the installation: its file, its card, and what it finds; scores are seqeval's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from projection.models.adapted import CARD, AdaptedRecognizer, shipped_folder
from projection.models.catalogue import availability
from projection.models.recognizer_data import tags_of
from projection.registry import create, find
from projection.text.documents import read

DEMO = Path(__file__).parent.parent.parent / "assets" / "demo" / "demo.jsonl"
TRAINED_ON = {
    "en_ewt-ud-dev.iob2", "en_ewt-ud-test.iob2", "pt_bosque-ud-train.iob2", "sv_talbanken-ud-train.iob2",
    "hr_set-ud-train.iob2", "zh_gsd-ud-train.iob2",
}  # fmt: skip
AT_LEAST = {
    "uner/pt_bosque-ud-test.iob2": 0.85,
    "uner/sv_talbanken-ud-test.iob2": 0.88,
    "europarl-ner/en.conll02": 0.81,
    "europarl-ner/de.conll02": 0.54,
    "europarl-ner/es.conll02": 0.76,
    "europarl-ner/it.conll02": 0.73,
}
"""What the card says, rounded down."""


@pytest.fixture(scope="module")
def recognizer() -> AdaptedRecognizer:
    return create("recognizer", "e5-ner")


@pytest.fixture(scope="module")
def card() -> dict:
    return json.loads((shipped_folder() / CARD).read_text("utf-8"))


def f1(recognizer, sentences, labels=("PER", "ORG", "LOC")) -> float:
    """Return seqeval's strict F1 of what is found on sentences with gold labels, others counting as none."""
    gold = [one.with_entities([entity for entity in one.entities if entity.label in labels]) for one in sentences]
    found = recognizer.recognize([one.with_entities(()) for one in gold])
    predicted = [one.with_entities(entities) for one, entities in zip(gold, found, strict=True)]
    return f1_score([tags_of(one) for one in gold], [tags_of(one) for one in predicted], mode="strict", scheme=IOB2)


def test_the_file_is_small_and_the_one_the_card_describes(card):
    weights = shipped_folder() / "adapter.safetensors"
    assert weights.stat().st_size <= 6_000_000
    assert hashlib.sha256(weights.read_bytes()).hexdigest().startswith(card["weights"]) and len(card["weights"]) == 12


def test_the_card_names_data_licence_and_scores(card):
    trained, _, measured = card["data"].partition("; measured on ")
    assert {*trained.split(", ")} == TRAINED_ON
    assert measured and not {*measured.split(", ")} & TRAINED_ON and "test" not in measured
    assert card["labels_left_out"].keys() == {"OTH"} and card["tags"][0] == "O" and len(card["tags"]) == 7
    assert card["licence"] == find("recognizer", "e5-ner").licence == "CC BY-SA 4.0"
    told = (shipped_folder() / "README.md").read_text("utf-8")
    for needed in ("CC BY-SA 4.0", "Universal NER", "multilingual-e5-small", f"{card['scores']['overall']['f1']:.3f}"):
        assert needed in told


def test_it_is_there_wherever_the_encoder_is():
    assert availability("recognizer", "e5-ner").ready == availability("encoder", "e5-small").ready


@pytest.mark.model
def test_names_of_languages_it_never_saw(recognizer):
    """The hand-made gold of the demo corpus: twelve languages, of which four were trained on."""
    demo = [pair.target for pair in read(DEMO).iter_pairs()]
    assert len({one.language for one in demo}) == 12
    assert f1(recognizer, demo) >= 0.6


@pytest.mark.model
@pytest.mark.data
@pytest.mark.parametrize("file", AT_LEAST)
def test_the_figures_of_the_card_on_files_it_was_not_trained_on(recognizer, data_folder, file):
    language = Path(file).stem.partition("_")[0]
    sentences = list(read(data_folder / file, language=language, repair="conlleval").iter_sentences())
    assert f1(recognizer, sentences) >= AT_LEAST[file]
