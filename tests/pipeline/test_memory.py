"""What work takes is measured where the system can say it, and costs nobody anything elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from projection.pipeline import Pipeline, Resources, Setup, Task, memory
from projection.pipeline.memory import Peak
from projection.types import Entity, Sentence, Span

linux = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux says how much was taken")
SETUP = Setup("en", "de", aligner="diagonal", methods=("heuristic",))
TASK = Task(
    Sentence.from_words(["Ana", "."], "en", [Entity(Span(0, 1), "PER")]), Sentence.from_words(["Ana", "."]), True
)


@linux
def test_what_a_block_took_is_found_again_each_time():
    for _ in range(2):  # what was freed is not there for nothing the second time
        with Peak() as peak:
            block = np.ones(6_000_000)
            del block
        assert 40 < peak.megabytes < 120


@linux
def test_a_block_that_takes_nothing_says_so():
    with Peak() as peak:
        pass
    assert peak.megabytes < 20


def test_nobody_asks_unless_it_is_wanted(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_RESET", tmp_path / "nothing" / "here")
    with Peak(False) as unwanted, Peak() as impossible:
        pass
    assert unwanted.megabytes is None and impossible.megabytes is None


@linux
def test_stages_say_it_where_the_resources_ask_for_it():
    asking = Resources()
    asking.measures_memory = True
    (asked,), (plain,) = Pipeline(SETUP, asking).run([TASK]), Pipeline(SETUP).run([TASK])
    assert all(stage.megabytes is not None for stage in asked.stages)
    assert all(stage.megabytes is None for stage in plain.stages)
