"""Where the stores of these tests are: SQLite files, or databases of a PostgreSQL cluster (see tests/postgres.py)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

CLUSTER = "PROJECTION_TEST_DATABASE"
"""Environment: the address of a PostgreSQL cluster in which databases may be made; without it SQLite is tested."""


@pytest.fixture
def url(tmp_path) -> Iterator[str]:
    """The address of a database that nobody has used, in a folder that is not there yet."""
    cluster = os.environ.get(CLUSTER)
    if not cluster:
        yield f"sqlite:///{tmp_path / 'new folder' / 'corrections.sqlite'}"
        return
    name, engine = f"test_{uuid4().hex}", create_engine(cluster, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(cluster).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
