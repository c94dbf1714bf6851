"""The start page: type, upload, demo; preview before anything is stored."""

import pytest

from tests.pages.conftest import html
from views import project_panels
from views.resources import store

CONLL = b"EU B-ORG\nrejects O\nGerman B-MISC\ncall O\n\nPeter B-PER\nBlackburn I-PER\n\n"


def test_the_example_is_one_click_away_from_a_project(app):
    app.run()
    assert not app.exception
    assert store().projects() == []
    button = app.button(key="import")
    assert button.label == "Import 1 sentence" and not button.disabled
    button.click().run()
    assert not app.exception
    (project,) = store().projects()
    assert project.sentences == 1
    assert store().sentence(project.id, 0).task.source.text.startswith("Angela Merkel met")


def test_running_text_is_split_and_nothing_is_stored_before_import(app):
    app.run()
    app.text_area(key="typed").set_value("Ann left. Bob stayed.\nHi there.\tHallo.").run()
    assert app.button(key="import").label == "Import 3 sentences"
    assert store().projects() == []


def test_no_text_says_what_to_do(app):
    app.run()
    app.text_area(key="typed").set_value("   ").run()
    assert not app.exception
    assert "Type a sentence above" in html(app)


def test_an_upload_is_previewed_with_format_labels_and_counts(app):
    app.run()
    app.file_uploader(key="main-file").upload("news.conll", CONLL, "text/plain").run()
    assert not app.exception
    shown = html(app)
    assert "Preview of news.conll" in shown and "CoNLL-2002" in shown and "IOB2" in shown
    assert "ORG 1" in shown and "PER 1" in shown
    assert store().projects() == []
    app.button(key="import").click().run()
    (project,) = store().projects()
    assert (project.name, project.sentences) == ("news.conll", 2)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"\x00\x01" * 99, "binary"), ("Müller O\n".encode("latin-1"), "UTF-8")]
)
def test_files_that_cannot_be_read_are_refused_in_one_message(app, content, said):
    app.run()
    app.file_uploader(key="main-file").upload("bad.conll", content, "text/plain").run()
    assert not app.exception
    assert "This cannot be imported" in html(app) and said.lower() in html(app).lower()
    assert app.button(key="import").disabled


def test_repairs_are_shown_with_their_line(app):
    app.run()
    app.file_uploader(key="main-file").upload("r.conll", b"Ann B-PER\nLee I-ORG\nx O\n\n" + CONLL, "text/plain").run()
    assert "Line 2:" in html(app)


def test_hostile_names_and_texts_stay_text(app):
    app.run()
    app.file_uploader(key="main-file").upload("<img src=x>.conll", b"<script> B-<b>\nalert O\n\n", "text/plain").run()
    assert not app.exception
    shown = html(app)
    assert "<script>" not in shown.replace("<style>", "") and "<img" not in shown
    assert "&lt;script&gt;" in shown


def test_an_unknown_language_is_one_message(app, monkeypatch):
    monkeypatch.setattr(project_panels, "language_row", lambda: ("en", "xx-nonsense", "translate-train"))
    app.run()
    assert not app.exception
    assert "This language is not known" in html(app)


def test_the_demo_corpus_opens_and_keeps_its_work(app):
    app.run()
    app.button(key="open-demo").click().run()
    app.switch_page("pages/project.py").run()
    app.button(key="open-demo").click().run()
    assert [project.name for project in store().projects()] == ["Demo corpus"]


def test_a_project_is_renamed_and_deleted_only_when_confirmed(app, project):
    number = project(("Ann left .", "Ann ging ."), name="**Old**")
    app.run()
    assert "\\*\\*Old\\*\\*" in app.button(key=f"open-{number}").label
    app.button(key=f"rename-{number}").click().run()
    app.text_input(key="new-name").set_value("New")
    app.button(key="confirm-rename").click().run()
    assert store().project(number).name == "New"
    app.button(key=f"delete-{number}").click().run()
    assert len(store().projects()) == 1
    app.button(key="confirm-delete").click().run()
    assert not app.exception
    assert store().projects() == []
