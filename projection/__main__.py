"""`python -m projection`."""

import signal
import sys

from projection.cli import app

TERMINATED = 143

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that half-written outputs are removed
    app(prog_name="projection")
