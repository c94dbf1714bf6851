"""Run the tests of the store on PostgreSQL: a cluster of their own, gone afterwards. `make postgres-test`

    python -m tests.postgres [what to give pytest, by default tests/corrections]

The cluster listens on a socket in its folder only. Servers refuse to run as root; then another user does it.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.corrections.conftest import CLUSTER

MISSING = (
    "PostgreSQL is not on this machine: install it (Debian: apt-get install postgresql), or name its programs' folder "
    "in PATH."
)


def programs() -> Path | None:
    """Return the folder with initdb and pg_ctl, None where there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if all((folder / name).exists() for name in ("initdb", "pg_ctl"))), None)


def owner() -> str | None:
    """Return the user who runs the server in place of root, None where nobody has to."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a cluster and give its address; stop and delete it at the end."""
    user, place = owner(), Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(place, user)

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [folder / program, "-D", place / "data", *arguments], user=user, cwd=place, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{program} failed: {done.stdout.strip()}")

    run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={place} -c max_connections=300"
    run("pg_ctl", "-w", "-l", str(place / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://{user or getpass.getuser()}@/postgres?host={place}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(place)


def main(arguments: Sequence[str]) -> int:
    folder = programs()
    if folder is None:
        print(MISSING)
        return 0
    with cluster(folder) as address:
        command = [sys.executable, "-m", "pytest", "-m", "not sqlite", *(arguments or ["tests/corrections"])]
        return subprocess.run(command, env={**os.environ, CLUSTER: address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
