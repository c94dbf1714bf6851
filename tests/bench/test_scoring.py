"""The scoring benchmark on few sentences: every stage and chart is timed, and what is scored is what was made."""

import json

import pytest

from bench.scoring import GOAL_SECONDS, made_up, main
from projection.evaluation.study import Tables

STAGES = ["counts", "intervals", "paired differences"]


def test_the_benchmark_runs_and_signs(capsys):
    assert main(["--sentences", "200", "--methods", "3", "--samples", "50", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said["scoring"]) == STAGES and 0 < said["seconds"] < GOAL_SECONDS
    assert said["chart_sentences"] == 20 and said["gigabytes"] > 0
    assert {"kinds", "stages", "confusion", "reliability", "threshold_curve", "changes"} <= set(said["charts"])
    assert "seed:1" in said["signature"]


def test_the_table_for_people(capsys):
    assert main(["--sentences", "30", "--methods", "2", "--samples", "20"]) == 0
    told = capsys.readouterr().out
    assert "30 sentences, 2 methods" in told and "recall by distance" in told and "signature: " in told


def test_the_same_seed_makes_the_same_study_and_later_methods_are_worse():
    study = made_up(300, 3, 7)
    assert study == made_up(300, 3, 7) and study != made_up(300, 3, 8)
    scores = [counts.f1 for counts in Tables(study).overall().values()]
    assert scores == sorted(scores, reverse=True) and 0.5 < scores[-1] < 1


def test_a_number_that_is_none(capsys):
    with pytest.raises(SystemExit):
        main(["--sentences", "many"])
    assert "not a number" in capsys.readouterr().err
