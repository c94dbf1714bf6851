"""The scores of a study as a table for a paper (LaTeX) or for GitHub (Markdown)."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from projection.evaluation.counts import ANY, Match
from projection.evaluation.report.figures import Figures, figures
from projection.evaluation.study import Study

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}", "*": "{*}",
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def latex(study: Study, *, match: Match = "exact", baseline: str | None = None) -> str:
    """Return a table of precision, recall, F1 with its 95 % interval, and F1 by label, for `booktabs` and `textcomp`.

    The best value of each column is bold; with a baseline, marks say which methods differ from it. The caption ends
    with the signature. Raises ConfigurationError for a baseline that is none of the methods.
    """
    told = figures(study, match, baseline)
    header, rows = _cells(told, escape_latex, r"\textbf{{{}}}".format, r"\textsuperscript{{{}}}".format)
    lines = [" & ".join(row) + r" \\" for row in rows]
    return "\n".join(
        (
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_caption(told, escape_latex)} Signature: \texttt{{{_breakable(told.signature)}}}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
            r"\toprule",
            " & ".join(header) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        )
    )


def markdown(study: Study, *, match: Match = "exact", baseline: str | None = None) -> str:
    """Return the same table as GitHub writes them, followed by what it means and the signature.

    Raises ConfigurationError for a baseline that is none of the methods.
    """
    told = figures(study, match, baseline)
    header, rows = _cells(told, escape_markdown, "**{}**".format, lambda mark: escape_markdown(mark))
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{_caption(told, escape_markdown)}\n\nSignature: {escape_markdown(told.signature)}\n"


def _cells(
    told: Figures, escape: Callable[[str], str], bold: Callable[[str], str], raised: Callable[[str], str]
) -> tuple[list[str], list[list[str]]]:
    """Return the header and a row for each method; values are compared as they are, not as they are rounded."""
    labels = [label for label in told.tables.labels if label != ANY]
    values = {
        method: (whole.precision, whole.recall, whole.f1, *(told.labels[method, label].f1 for label in labels))
        for method, whole in told.overall.items()
    }
    best = [max(column) for column in zip(*values.values(), strict=True)]
    rows = []
    for method, some in values.items():
        cells = [
            bold(f"{value:.3f}") if value == top else f"{value:.3f}" for value, top in zip(some, best, strict=True)
        ]
        mark, ends = told.mark(method), told.intervals[method, None]
        cells[2] += (raised(mark) if mark else "") + f" [{ends.low:.3f}, {ends.high:.3f}]"
        rows.append([escape(method), *cells])
    return ["Method", "P", "R", f"F1 [95 {escape('%')} interval]", *map(escape, labels)], rows


def _caption(told: Figures, escape: Callable[[str], str]) -> str:
    said = f"Precision, recall and F1 over all labels, and F1 by label, on {len(told.study.items)} sentences "
    said += f"({told.tables.match} match)."
    if told.baseline is not None:
        said += f" Against {told.baseline}: * p < .05, ** p < .01 in paired bootstrap and approximate randomisation, "
        said += "not corrected for several comparisons."
    failed = {method: sum(told.study.failures(method).values()) for method in told.study.methods}
    told_of = ", ".join(f"{method} {count}" for method, count in failed.items() if count)
    return escape(f"{said} Sentences without a result: {told_of}." if told_of else said)


def escape_latex(text: str) -> str:
    """Return a text that LaTeX sets as it is, in math-free text; control characters become spaces.

    >>> escape_latex("a_b & 50 %")
    'a\\\\_b \\\\& 50 \\\\%'
    """
    return "".join(_LATEX.get(character, character) for character in _CONTROL.sub(" ", text)).replace("--", "-{}-")


def _breakable(signature: str) -> str:
    return escape_latex(signature).replace(r"\textbar{}", r"\textbar{}\allowbreak{}")


def escape_markdown(text: str) -> str:
    """Return a text that GitHub shows as it is, in a table too; control characters become spaces.

    >>> escape_markdown("a_b | <c>")
    'a\\\\_b \\\\| \\\\<c\\\\>'
    """
    plain = _CONTROL.sub(" ", text)
    return "".join(f"\\{character}" if character in _MARKS else character for character in plain)


_MARKS = frozenset(string.punctuation) - frozenset(".,:;%/+-='\"?()")
