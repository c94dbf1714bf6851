"""Random entities and files shared by the tests of this folder."""

from itertools import pairwise

from hypothesis import strategies as st

from projection.types import Entity, Span

LABELS = ("PER", "LOC", "ORG-X")


@st.composite
def entity_sets(draw, length: int, labels=LABELS):
    """Disjoint entities over `length` words, adjacent ones included."""
    cuts = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    spans = [Span(start, end) for start, end in pairwise(cuts)]
    kept = [span for span in spans if draw(st.booleans())]
    return tuple(Entity(span, draw(st.sampled_from(labels))) for span in kept)
