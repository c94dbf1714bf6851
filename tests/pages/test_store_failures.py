"""A database that cannot be written, or a project that is gone: one sentence, no stack trace."""

import pytest

from projection.corrections.store import Store, settings_key
from projection.errors import StoreError, StoreUnavailable
from projection.settings import settings
from tests.pages.conftest import Editor, html, page
from views.resources import store

PAIR = ("Ann met Bob in Berlin .", "Ann traf Bob in Berlin .")


@pytest.fixture
def read_only(project, monkeypatch):
    """Return the number of a project in a database that cannot be written."""
    number = project(PAIR, PAIR)
    path = settings().database.removeprefix("sqlite:///")
    monkeypatch.setenv("PROJECTION_DATABASE_URL", f"sqlite:///file:{path}?mode=ro&uri=true")
    return number


def said(app):
    assert not app.exception
    (toast,) = app.toast
    return toast.value.replace("\\", "")


def test_an_edit_that_cannot_be_stored_stays_with_the_editor(app, read_only):
    page(app, "inspect", project=str(read_only))
    here = Editor(app)
    here.do("check")
    assert "is read-only: nothing was stored" in said(app)
    assert here.data["acknowledged"] == {} and not here.data["checked"]


@pytest.mark.parametrize("key", ["automatic", "save-text"])
def test_a_change_that_cannot_be_stored_is_said(app, read_only, key):
    page(app, "inspect", project=str(read_only))
    next(area for area in app.text_area if "translation" in area.label).set_value("Ann .")
    app.button(key=key).click().run()
    assert "is read-only: nothing was stored" in said(app)
    assert store().sentence(read_only, 0).revision == 0


def test_settings_that_cannot_be_stored_are_not_used_and_that_is_said(app, read_only):
    page(app, "inspect", project=str(read_only))
    key = settings_key(store().project(read_only).setup)
    app.segmented_control(key=f"settings-{read_only}-{key}-direction").set_value("translate-test").run()
    assert not app.exception
    assert "could not be stored" in html(app) and "is read-only" in html(app)
    assert Editor(app).data["settings"] == key


@pytest.mark.parametrize(("ask", "confirm"), [("rename", "confirm-rename"), ("delete", "confirm-delete")])
def test_a_project_that_cannot_be_changed_is_said(app, read_only, ask, confirm):
    app.run()
    app.button(key=f"{ask}-{read_only}").click().run()
    app.button(key=confirm).click().run()
    assert "is read-only: nothing was stored" in said(app)
    assert [found.id for found in store().projects()] == [read_only]


def test_a_project_deleted_elsewhere_is_said_and_the_way_on_is_shown(app, project):
    number = project(PAIR, PAIR)
    page(app, "inspect", project=str(number))
    store().delete_project(number)
    app.number_input(key="jump").set_value(2).run()
    assert not app.exception
    assert "That project cannot be opened" in html(app) and "may have been deleted" in html(app)
    assert app.button(key="start").label == "Start a project"
    page(app, "export")
    assert "No project is open" in html(app)


def test_a_database_that_is_busy_leaves_the_address_as_it_is(app, project, monkeypatch):
    number = project(PAIR, PAIR)
    page(app, "inspect", project=str(number))

    def busy(*_):
        raise StoreError("The database is locked by another program.")

    with monkeypatch.context() as moment:
        moment.setattr(Store, "project", busy)
        app.run()
        assert not app.exception and "locked by another program" in html(app)
        assert app.query_params["project"] in (str(number), [str(number)])
    app.run()
    assert not app.exception and "Bob" in html(app)


def test_methods_that_cannot_be_kept_for_the_project_are_said(app, read_only):
    page(app, "compare", project=str(read_only), methods="heuristic")
    app.button(key="keep-methods").click().run()
    assert "is read-only: nothing was stored" in said(app)


def test_a_database_that_fails_under_the_editor_is_one_sentence(app, project, monkeypatch):
    number = project(PAIR, PAIR)
    page(app, "inspect", project=str(number))

    def busy(*_):
        raise StoreUnavailable("The database is locked by another program.")

    with monkeypatch.context() as moment:
        moment.setattr(Store, "sentence", busy)
        app.run()
        assert not app.exception and "locked by another program" in html(app)
    app.run()
    assert Editor(app).spans() == [(0, 1, "PER", "auto")]
