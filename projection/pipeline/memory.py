"""How much memory a piece of work takes while it runs, where the system can say it (Linux)."""

from __future__ import annotations

import ctypes
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PEAK, _NOW = "VmHWM:", "VmRSS:"


class Peak:
    """Measures the block it surrounds: `megabytes` is how far the memory of the process rose above what it was.

    None before the end, where nobody wants to know, and where the system does not say. What other threads take in the
    meantime is counted too. Buffers that a model keeps for its next batch count once, when they are made.
    """

    def __init__(self, wanted: bool = True):
        self.megabytes: float | None = None
        self._wanted, self._before = wanted, None

    def __enter__(self) -> Peak:
        if self._wanted:
            try:
                _give_back()
                _RESET.write_text("5")  # from here on the kernel looks for a new peak (proc(5))
                self._before = _read(_NOW)
            except OSError:
                self._before = None
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            peak = _read(_PEAK)
            self.megabytes = max(0.0, peak - self._before) if peak is not None else None


def _give_back() -> None:
    """Let the C library return what was freed: memory it keeps for later would not have to rise again."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # glibc has it
        trim(0)


def _read(name: str) -> float | None:
    """Return a figure of the process in megabytes."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1e6
    return None
