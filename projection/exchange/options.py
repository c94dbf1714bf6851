"""What can be chosen about a file besides its format."""

from __future__ import annotations

from dataclasses import dataclass

from projection.exchange.corrected import Side


@dataclass(frozen=True, slots=True)
class Options:
    """`scheme` of the labels; `side` of formats that hold one; `comments`: ids and texts in CoNLL-2002/2003 too."""

    scheme: str = "IOB2"
    side: Side = "target"
    comments: bool = False


DEFAULTS = Options()
