"""The report of `evaluate`: a page, or a table for a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from projection.cli.outputs import check_outputs, written

if TYPE_CHECKING:
    from projection.evaluation.comparison import Comparison
    from projection.evaluation.counts import Match
    from projection.evaluation.study import Study


def named(comparison: Comparison, paths: Mapping[str, Path]) -> Study:
    """Return the study with predictions named by their files, by whole paths where two files have one name."""
    stems = [path.stem for path in paths.values()]
    names = stems if len(set(stems)) == len(stems) else [str(path) for path in paths.values()]
    if len(set(names)) < len(names):
        names = [f"{name} ({key})" for name, key in zip(names, paths, strict=True)]
    found = comparison.study.found
    return replace(comparison.study, found={name: found[key] for key, name in zip(paths, names, strict=True)})


def write_html(study: Study, gold: Path, match: Match, output: Path, inputs: list[Path]) -> None:
    """Write the report as one page; the second prediction is the baseline. Raises ConfigurationError."""
    from projection.evaluation.report import html

    check_outputs([output], inputs)
    page = html(study, title=f"{study.methods[0]} against {gold.name}", match=match, baseline=_baseline(study))
    with written(output) as file:
        file.write(page.encode("utf-8"))


def table(study: Study, match: Match, kind: str) -> str:
    """Return the table as "latex" or "markdown"."""
    from projection.evaluation import report

    return getattr(report, kind)(study, match=match, baseline=_baseline(study))


def _baseline(study: Study) -> str | None:
    return study.methods[1] if len(study.methods) > 1 else None
