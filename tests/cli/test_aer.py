"""`aer`: figures counted by hand, files that do not belong together, counting from 0 and from 1."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from projection.cli import app

LINKS = "0-0 1-1 2-2\n0-0\n\n"
GOLD = "0-0 1-1 2p2 2-3\n0p1\n0-0\n"


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["aer", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def files(tmp_path):
    def write(links=LINKS, gold=GOLD):
        for name, text in (("out", links), ("gold", gold)):
            (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / "out", tmp_path / "gold"

    return write


def test_figures_are_those_counted_by_hand(files):
    """4 links and 4 sure ones: 2 of the links are sure, 1 more is possible, so AER is 1 - (2 + 3) / 8."""
    told = json.loads(run(*files(), "--json").stdout)
    assert told["alignment_error_rate"] == pytest.approx(1 - 5 / 8)
    assert (told["precision"], told["recall"]) == (pytest.approx(3 / 4), pytest.approx(2 / 4))
    assert told["interval"]["low"] <= 3 / 8 <= told["interval"]["high"]
    text = run(*files()).stdout
    assert "0.3750" in text and "signature: metric:aer|pairs:3|links:from 0|gold:from 0" in text


def test_gold_that_counts_from_one(files):
    given = files(gold="1-1 2-2 3p3 3-4\n1p2\n1-1\n")
    assert json.loads(run(*given, "--one-indexed", "--json").stdout)["alignment_error_rate"] == pytest.approx(3 / 8)
    result = run(*files(), "--one-indexed", code=2)
    assert "'0-0' has a word number below 1" in result.stderr and "gold" in result.stderr


def test_files_that_seem_to_count_differently_are_said(files):
    result = run(*files("0-0 1-1\n" * 20, "1-1 2-2\n" * 20))
    assert "No link of GOLD has a word 0" in result.stderr and "--one-indexed" in result.stderr
    result = run(*files("1-1 2-2\n" * 20, "0-0 1-1\n" * 20))
    assert "No link of LINKS has a word 0" in result.stderr
    assert "No link" not in run(*files()).stderr


@pytest.mark.parametrize(("links", "gold", "short"), [("0-0\n", GOLD, "out"), (LINKS, "0-0\n", "gold")])
def test_files_of_different_length_are_refused(files, links, gold, short):
    told = " ".join(run(*files(links, gold), code=2).stderr.split())
    assert f"{short}:2: there is no such line" in told and "has 3 lines" in told and "an empty one" in told


def test_lines_that_are_no_links_are_named(files):
    result = run(*files(links="0-0\n0_0\n\n"), code=2)
    assert "out:2:" in result.stderr and "'0_0' is no link" in result.stderr


def test_nothing_predicted_and_nothing_to_find(files):
    told = json.loads(run(*files("\n\n", "\n\n"), "--json").stdout)
    assert told["alignment_error_rate"] == 0 and told["interval"] == {"low": 0, "high": 0, "level": 0.95}
