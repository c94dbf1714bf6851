"""A study as a document: one self-contained page (`html`), a table for a paper (`latex`) or for GitHub (`markdown`)."""

from projection.evaluation.report.page import html
from projection.evaluation.report.text import latex, markdown

__all__ = ["html", "latex", "markdown"]
