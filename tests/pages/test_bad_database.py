"""A database that cannot be used: one sentence on every page, and all is well when it is gone."""

import sqlite3
from pathlib import Path

import pytest
import streamlit as st

from projection.settings import settings
from tests.pages.conftest import html
from views.resources import store

PAGES = ["project", "inspect", "compare", "queue", "people", "export"]
PAIR = ("Ann met Bob .", "Ann traf Bob .")


def restart():
    """Forget the open store, as a new server would."""
    store().database.engine.dispose()
    st.cache_resource.clear()


def newer(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def spoil(file: Path) -> None:
    for ending in ("-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    file.write_bytes(b"this was a database once" * 999)


def folder(file: Path) -> None:
    for ending in ("-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (newer, "written by a newer version"),
        (spoil, "is not a database of this program"),
        (folder, "cannot be kept in"),
    ],
)
def test_every_page_says_it_in_one_sentence_and_recovers(app, project, tmp_path, harm, said, name):
    number = project(PAIR, PAIR)
    file, copy = Path(settings().database.removeprefix("sqlite:///")), tmp_path / "copy"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy.write_bytes(file.read_bytes())
    restart()
    harm(file)
    st.cache_resource.clear()
    app.query_params["project"] = str(number)
    app.run()
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    messages = html(app) + "".join(toast.value for toast in app.toast)
    assert said in messages and "Traceback" not in messages
    for ending in ("-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    file.rmdir() if file.is_dir() else file.unlink()
    file.write_bytes(copy.read_bytes())
    app.run()
    assert not app.exception
    assert said not in html(app)


@pytest.mark.parametrize("name", PAGES)
def test_a_database_damaged_while_the_app_runs_is_said(app, project, name):
    number = project(*[PAIR] * 50)
    app.query_params["project"] = str(number)
    app.run()
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    file = Path(settings().database.removeprefix("sqlite:///"))
    store().database.engine.dispose()
    spoil(file)
    app.run()
    assert not app.exception
    assert "is not a database of this program" in html(app) + "".join(toast.value for toast in app.toast)
