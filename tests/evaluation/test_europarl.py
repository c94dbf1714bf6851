"""Gold files are read as the literature counts them (XLNER protocol; counts of the corpus's authors' files)."""

from __future__ import annotations

from collections import Counter

import pytest

from projection.evaluation.comparison import compare
from projection.text.documents import read

COUNTS = {  # entities and words by language
    "en": ({"ORG": 338, "MISC": 180, "LOC": 100, "PER": 84}, 22_320),
    "de": ({"ORG": 325, "MISC": 191, "LOC": 91, "PER": 86}, 20_187),
    "es": ({"ORG": 328, "MISC": 186, "LOC": 99, "PER": 84}, 23_279),
    "it": ({"ORG": 322, "MISC": 195, "LOC": 94, "PER": 82}, 21_918),
}


@pytest.mark.data
@pytest.mark.parametrize("language", COUNTS)
def test_entities_and_words(data_folder, language):
    sentences = list(read(data_folder / "europarl-ner" / f"{language}.conll02", language=language).iter_sentences())
    labels, words = COUNTS[language]
    assert Counter(entity.label for sentence in sentences for entity in sentence.entities) == labels
    assert sum(map(len, sentences)) == words
    assert len(sentences) == 799


@pytest.mark.data
def test_gold_against_itself_is_perfect_and_seqeval_agrees_on_a_shifted_copy(data_folder):
    """Expected figures by seqeval on the label columns."""
    from seqeval.metrics import f1_score

    path = data_folder / "europarl-ner" / "de.conll02"
    gold = list(read(path, language="de").iter_sentences())
    assert compare(gold, gold).overall.f1 == 1
    fewer = [sentence.with_entities(sentence.entities[:-1]) for sentence in gold]
    columns = [tags(sentence) for sentence in gold], [tags(sentence) for sentence in fewer]
    assert compare(fewer, gold).overall.f1 == pytest.approx(f1_score(*columns))


def tags(sentence):
    made = ["O"] * len(sentence)
    for entity in sentence.entities:
        made[entity.span.start : entity.span.end] = [
            f"B-{entity.label}",
            *[f"I-{entity.label}"] * (len(entity.span) - 1),
        ]
    return made
