"""Annotation projection: carry entity labels from a sentence onto its translation, and say why.

`import projection` loads the value types and the registry only; models come with their first use.
"""

from projection.types import (
    Alignment,
    Bitext,
    Candidate,
    Decision,
    Entity,
    Match,
    Projection,
    Sentence,
    Similarity,
    Span,
    Token,
    Unprojected,
)

__version__ = "0.1.0"
__all__ = [
    "Alignment",
    "Bitext",
    "Candidate",
    "Decision",
    "Entity",
    "Match",
    "Projection",
    "Sentence",
    "Similarity",
    "Span",
    "Token",
    "Unprojected",
]
