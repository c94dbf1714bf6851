"""The line of a threshold: between two scores it stands where the higher one leads."""

from projection.evaluation.report.plots import _steps


def test_between_two_scores_the_higher_one_counts():
    line = _steps([(0.2, 0.667), (0.9, 1.0)])
    assert line == [(0.2, 0.667), (0.2, 1.0), (0.9, 1.0)]
    assert _steps([(0.5, 0.3)]) == [(0.5, 0.3)] and _steps([]) == []
