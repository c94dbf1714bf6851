"""Word links in Pharaoh format: sure `i-j`, possible `ipj`, from 0, a line per sentence."""

from __future__ import annotations

from collections.abc import Sequence

from projection.exchange.corrected import Corrected
from projection.exchange.options import Options
from projection.text.pharaoh import format_line


def write(items: Sequence[Corrected], options: Options) -> tuple[bytes, ...]:
    return ("".join(f"{format_line(item.alignment)}\n" for item in items).encode(),)


def fault(item: Corrected, options: Options) -> str:
    return "" if item.alignment is not None else "its words are not linked yet"
