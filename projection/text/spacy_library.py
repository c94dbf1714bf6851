"""spaCy, imported by one thread at a time.

Its compiled modules import each other in a circle: of two threads that import it at once, each may find it half there.
"""

from __future__ import annotations

from threading import RLock
from typing import Any

LOADING = RLock()
"""Held while spaCy, or a part of it such as a language, is imported."""


def spacy_library() -> Any:
    """Return the module, whole, with `tokens` and `vocab`."""
    with LOADING:
        import spacy
        import spacy.tokens
        import spacy.vocab

        return spacy
