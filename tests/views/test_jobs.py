"""Runs in the background: results, stop, and failures in one sentence."""

import threading

import pytest

from projection.pipeline import Resources, Setup, Task
from projection.text.tokenize import tokenize
from views.jobs import Job

SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))


def tasks(number):
    return [Task(tokenize(f"Ann met Bob in Berlin {index} .", "en")) for index in range(number)]


def test_a_job_keeps_what_it_is_told_of_every_sentence():
    job = Job(SETUP, tasks(20), Resources(), threading.Lock(), keep=lambda index, outcome: (index, outcome.source.text))
    assert job.wait(20)
    assert job.problem is None and not job.stopped
    assert job.done == job.total == 20
    assert job.results[19] == (19, "Ann met Bob in Berlin 19 .")


def test_a_stopped_job_ends_and_keeps_what_it_has():
    lock = threading.Lock()
    with lock:
        job = Job(SETUP, tasks(20), Resources(), lock)
        assert not job.wait(0.05)
        job.stop()
    assert job.wait(20)
    assert job.stopped and job.results == []


@pytest.mark.parametrize("keep", [lambda index, outcome: 1 / 0])
def test_an_unexpected_failure_becomes_one_sentence(keep):
    job = Job(SETUP, tasks(1), Resources(), threading.Lock(), keep=keep)
    assert job.wait(20)
    assert "ZeroDivisionError" in job.problem and job.results == []
