"""The figures of the doubt benchmark, on numbers small enough to count by hand."""

import json

import numpy as np
import pytest

from bench.doubt import auc, main, precision_at

WRONG = np.array([True, False, True, False])


@pytest.mark.parametrize(
    "values, expected",
    [
        ([0.9, 0.1, 0.8, 0.2], 1.0),
        ([0.1, 0.9, 0.2, 0.8], 0.0),
        ([0.5, 0.5, 0.5, 0.5], 0.5),
        ([0.9, 0.5, 0.2, 0.4], 0.5),  # .9 beats both, .2 neither
        ([0.5, 0.5, 0.9, 0.1], 0.875),  # of four pairs three are right and one is a tie
    ],
)
def test_auc_counts_pairs(values, expected):
    assert auc(np.array(values), WRONG) == expected


def test_auc_of_one_kind_only_is_nothing():
    assert np.isnan(auc(np.ones(2), np.array([True, True])))


@pytest.mark.parametrize(
    "values, count, expected",
    [
        ([0.9, 0.1, 0.8, 0.2], 2, 1.0),
        ([0.9, 0.8, 0.1, 0.2], 2, 0.5),
        ([0.9, 0.5, 0.5, 0.5], 2, (1 + 1 / 3) / 2),  # of three alike one is taken, one of them is wrong
        ([0.9, 0.5, 0.4, 0.3], 9, 0.5),  # fewer than asked for
    ],
)
def test_precision_of_the_most_doubtful(values, count, expected):
    assert precision_at(np.array(values), WRONG, count) == pytest.approx(expected)


@pytest.mark.model
@pytest.mark.data
def test_the_benchmark_runs_and_signs(data_folder, capsys):
    arguments = ["--data", str(data_folder), "--languages", "es", "--methods", "heuristic,ngram-matching"]
    assert main([*arguments, "--limit", "12", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {one["pair"] for one in said["figures"]} == {"en-es", "es-en"}
    assert all(0 < one["wrong"] < one["sentences"] or one["auc"] != one["auc"] for one in said["figures"])
    assert all("second opinions:" in one and "aligner:" in one for one in said["signatures"])


def test_a_folder_that_is_not_there(capsys):
    assert main(["--data", "/nowhere"]) == 2
    assert "not a folder" in capsys.readouterr().err
