"""The benchmark of the recognizer in the box runs, and its scores are seqeval's."""

from __future__ import annotations

import json

import pytest
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from bench.recognizer import main, text
from projection.registry import create
from projection.text.documents import read
from tests.bench.conftest import words

PORTUGUESE = "Ana B-PER vive O em O Lisboa B-LOC . O\n\nO O Benfica B-ORG perdeu O com O o O Porto B-OTH . O"


@pytest.fixture
def folder(europarl_folder):
    (europarl_folder / "europarl-ner" / "it.conll02").write_text("niente\tO\n", "utf-8")
    (europarl_folder / "uner").mkdir()
    for name in ("pt_bosque-ud-test", "sv_talbanken-ud-test"):
        text = "\n\n".join(words(block) for block in PORTUGUESE.split("\n\n"))
        (europarl_folder / "uner" / f"{name}.iob2").write_text(f"{text}\n", "utf-8")
    return europarl_folder


@pytest.mark.model
def test_scores_are_those_of_seqeval_and_every_row_is_signed(folder, capsys):
    assert main(["--data", str(folder), "--only", "labels", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["labels"]
    assert [row["corpus"] for row in rows if row["what"] == "spacy-en"] == ["Europarl en"]
    (row,) = [row for row in rows if row["corpus"] == "pt_bosque test"]
    given = list(read(folder / "uner" / "pt_bosque-ud-test.iob2", language="pt").iter_sentences())
    found = create("recognizer", "e5-ner").recognize([one.with_entities(()) for one in given])
    tags = [_tags(len(one), entities) for one, entities in zip(given, found, strict=True)]
    gold = [["B-PER", "O", "O", "B-LOC", "O"], ["O", "B-ORG", "O", "O", "O", "O", "O"]]
    assert row["f1"] == pytest.approx(f1_score(gold, tags, mode="strict", scheme=IOB2)) and row["entities"] == 3
    assert "e5-ner|weights:" in row["signature"] and row["low"] <= row["f1"] <= row["high"]


def _tags(length, entities):
    tags = ["O"] * length
    for entity in entities:
        for word in range(entity.span.start, entity.span.end):
            tags[word] = f"{'B' if word == entity.span.start else 'I'}-{entity.label}"
    return tags


@pytest.mark.model
def test_both_ways_to_label_a_text_stand_side_by_side(folder, capsys):
    assert main(["--data", str(folder), "--only", "transfer", "--limit", "2"]) == 0
    told = capsys.readouterr().out
    for way in ("translate-test: spacy-en in en", "translate-test: e5-ner in en", "translate-test: e5-ner in pt"):
        assert way in told
    assert told.count("model transfer: e5-ner") == 2 and told.count("signature: ") == 5


@pytest.mark.model
def test_what_a_few_sentences_are_worth(folder, capsys):
    assert main(["--data", str(folder), "--only", "few", "--limit", "2", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["few"]
    assert [row["what"].partition(",")[0] for row in rows] == ["e5-ner as it is", "from e5-small", "from e5-ner"]
    assert all("sentences:1" in row["signature"] for row in rows)
    assert "begun_with:" not in rows[1]["signature"] and "begun_with:" in rows[2]["signature"]
    assert text({"few": rows}).count("signature: ") == 3


def test_what_is_not_there_is_said(tmp_path, capsys):
    assert main(["--data", str(tmp_path), "--only", "labels"]) == 2
    assert "pt_bosque-ud-test.iob2" in capsys.readouterr().err
    assert main(["--data", str(tmp_path), "--only", "everything"]) == 2
    assert "there are labels, transfer, speed" in capsys.readouterr().err
