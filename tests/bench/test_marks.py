"""The projection rate benchmark counts what a translator kept."""

from __future__ import annotations

from bench.marks import rates, sentences
from projection.registry import create
from projection.types import Entity, Sentence, Span
from tests.projectors.scripted import Scripted


def test_rates():
    whole = Sentence.from_words(["Ana", "saw", "Rome"], "en", [Entity(Span(0, 1), "PER"), Entity(Span(2, 3), "LOC")])
    script = {"[ Ana ] saw [ Rome ]": "[ Ana ] viu-a", "[ Ana ] slept": "[ Ana ] dormiu"}
    other = Sentence.from_words(["Ana", "slept"], "en", [Entity(Span(0, 1), "PER")])
    results = create("projector", "easyproject", translator=Scripted(script)).write([whole, other], "pt")
    assert rates(results) == {"sentences": 2, "complete": 1, "entities": 3, "placed": 2, "projection_rate": 2 / 3}


def test_sentences_with_entities_up_to_a_limit(tmp_path):
    lines = ["Ana B-PER", "", "nobody O", "", "Rome B-LOC", ""]
    (tmp_path / "en.conll02").write_text("\n".join(lines), "utf-8")
    assert [one.text for one in sentences(tmp_path, 0)] == ["Ana", "Rome"]
    assert [one.text for one in sentences(tmp_path, 1)] == ["Ana"]
