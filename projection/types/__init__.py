"""The values that walk through the house: immutable, checked when built, standard library only.

Word indices are 0-based and spans half-open `[start, end)`; character offsets count Python code
points. "Source" is always the side the entities come from, "target" the side that receives labels,
whatever the direction of translation.
"""

from projection.types.evidence import Alignment, Bitext, LabelProbabilities, Link, Similarity
from projection.types.projections import Candidate, Decision, DecisionStatus, Match, Projection, Step, Unprojected
from projection.types.sentences import Derivation, Entity, EntityOrigin, Provenance, Sentence, Span, Token, Translation

__all__ = [
    "Alignment",
    "Bitext",
    "Candidate",
    "Decision",
    "DecisionStatus",
    "Derivation",
    "Entity",
    "EntityOrigin",
    "LabelProbabilities",
    "Link",
    "Match",
    "Projection",
    "Provenance",
    "Sentence",
    "Similarity",
    "Span",
    "Step",
    "Token",
    "Translation",
    "Unprojected",
]
