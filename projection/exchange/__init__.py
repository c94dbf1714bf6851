"""Corrected sentences to files for other programs, and the rules of what a file may hold.

`Corrected` is what leaves the house, `choose` says which sentences do, `check` what a format would
lose or cannot write, `write` gives the bytes of each file and `pack` one ZIP of several.
"""

from projection.exchange.archive import Bundle, pack, readme
from projection.exchange.checks import Loss, Report, check
from projection.exchange.corrected import Corrected, Side
from projection.exchange.formats import FORMATS, ExportFormat, Options, write
from projection.exchange.selection import STATES, Choice, LeftOut, choose, count_states, state_of

__all__ = [
    "FORMATS",
    "STATES",
    "Bundle",
    "Choice",
    "Corrected",
    "ExportFormat",
    "LeftOut",
    "Loss",
    "Options",
    "Report",
    "Side",
    "check",
    "choose",
    "count_states",
    "pack",
    "readme",
    "state_of",
    "write",
]
