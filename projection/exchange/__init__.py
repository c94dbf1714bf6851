"""Corrected sentences to files for other programs, and the rules of what a file may hold.

`Corrected` is what leaves the house, `choose` says which sentences do, `check` what a format would
lose or cannot write; `examine` does both for a `Request`. `write` gives the bytes of each file of a
format, `download` the one file or ZIP of a request.
"""

from projection.exchange.archive import Bundle, pack, readme
from projection.exchange.checks import Loss, Report, check
from projection.exchange.corrected import Corrected, Side
from projection.exchange.delivery import SAME_FILE, Origin, Request, bundles, download, download_name, examine
from projection.exchange.formats import FORMATS, ExportFormat, Options, write
from projection.exchange.project import from_stored
from projection.exchange.selection import STATES, Choice, LeftOut, choose, count_states, state_of

__all__ = [
    "FORMATS",
    "SAME_FILE",
    "STATES",
    "Bundle",
    "Choice",
    "Corrected",
    "ExportFormat",
    "LeftOut",
    "Loss",
    "Options",
    "Origin",
    "Report",
    "Request",
    "Side",
    "bundles",
    "check",
    "choose",
    "count_states",
    "download",
    "download_name",
    "examine",
    "from_stored",
    "pack",
    "readme",
    "state_of",
    "write",
]
