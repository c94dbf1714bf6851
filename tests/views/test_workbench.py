"""What the server remembers of sentences it has computed."""

from __future__ import annotations

from types import SimpleNamespace

from projection.pipeline import Outcome, Setup, StageError, Task
from projection.types import Sentence
from views import workbench
from views.workbench import Outcomes

TASK = Task(Sentence.from_words(["Ann"], "en"), Sentence.from_words(["Ann"], "de"), True)
SETUP = Setup("en", "de", aligner="diagonal", methods=("heuristic",))
STORED = SimpleNamespace(id=1, line="")


def test_a_failed_result_counts_for_a_moment_only(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(workbench, "monotonic", lambda: now[0])
    known, well = Outcomes(), Outcome(TASK, TASK.source, TASK.target)
    for failed in (
        Outcome(TASK, TASK.source, None, error=StageError("translation", "Nobody answers.")),
        Outcome(TASK, TASK.source, TASK.target, missing={"alignment": "No model."}),
        Outcome(TASK, TASK.source, TASK.target, method_errors={"heuristic": "Broken."}),
    ):
        known.keep(STORED, SETUP, TASK, failed)
        assert known.find(STORED, SETUP, TASK) is failed
        now[0] += workbench.FAILED_FOR + 1
        assert known.find(STORED, SETUP, TASK) is None and known.last(STORED, SETUP) is failed
    known.keep(STORED, SETUP, TASK, well)
    now[0] += 1e9
    assert known.find(STORED, SETUP, TASK) is well


def test_the_oldest_sentences_go_first():
    known = Outcomes(size=2)
    for number in (1, 2, 1, 3):
        known.keep(SimpleNamespace(id=number, line=""), SETUP, TASK, Outcome(TASK, TASK.source, TASK.target))
    found = [known.find(SimpleNamespace(id=number, line=""), SETUP, TASK) is not None for number in (1, 2, 3)]
    assert found == [True, False, True]
