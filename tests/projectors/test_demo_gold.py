"""The project's own small gold set: the demo corpus, its labels written by hand on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.text.documents import read

DEMO = Path(__file__).parents[2] / "assets" / "demo" / "demo.jsonl"


@pytest.mark.model
def test_methods_on_the_demo_corpus():
    """Twelve languages, eight scripts; what is missed there (a name ICU cuts in two, an article) is known."""
    resources, found = Resources(), {}
    for pair in read(DEMO).iter_pairs():
        setup = Setup.for_pair("en", pair.target.language, methods=("span-matching", "heuristic"))
        (outcome,) = Pipeline(setup, resources).run([Task(pair.source, pair.target, labelled=True)])
        assert outcome.warnings == ()
        gold = {(entity.span, entity.label) for entity in pair.target.entities}
        for method, projection in outcome.projections.items():
            placed = {(entity.span, entity.label) for entity in projection.entities}
            assert placed, f"{method} found nothing in {pair.source.id}"
            counts = found.setdefault(method, [0, 0, 0])
            for index, number in enumerate((len(gold & placed), len(placed - gold), len(gold - placed))):
                counts[index] += number
    scores = {method: 2 * right / (2 * right + wrong + missed) for method, (right, wrong, missed) in found.items()}
    assert scores["span-matching"] >= 0.9, scores
    assert scores["heuristic"] >= 0.85, scores
