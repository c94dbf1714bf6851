"""The export page: the real file before the download."""

from tests.pages.conftest import html, page
from views.resources import store

PAIR = ("Ann met Bob in Berlin .", "Ann traf Bob in Berlin .")


def test_no_project_shows_the_way_in(app):
    page(app, "export")
    assert "No project is open" in html(app)


def test_the_preview_is_the_file_with_tags_of_the_scheme(app, project):
    page(app, "export", project=str(project(PAIR)))
    assert "B-PER" in html(app)
    app.segmented_control(key="export-scheme").set_value("BIOES").run()
    assert "S-PER" in html(app) and not app.exception


def test_every_format_can_be_previewed(app, project):
    page(app, "export", project=str(project(PAIR, PAIR)))
    for kind in ("conll2002", "conll2003", "conllu", "uner", "jsonl", "pharaoh"):
        app.radio(key="export-format").set_value(kind).run()
        assert not app.exception
        assert "cannot be written" not in html(app)
        assert app.get("download_button")[0].proto.disabled is False


def test_the_preview_has_the_lines_of_the_file_with_columns_that_keep_their_order(app, project):
    page(app, "export", project=str(project(("Ann left .", "\u0622\u0646 \u0630\u0647\u0628\u062a ."))))
    (shown,) = [part for part in html(app).split("\n") if 'class="file"' in part]
    assert shown.count('class="row"') == 4
    assert "<bdi>\u0622\u0646</bdi>\t<bdi><span" in shown and 'dir="ltr"' in shown


def test_unchecked_sentences_are_counted_and_can_be_left_out(app, project):
    page(app, "export", project=str(project(PAIR, PAIR)))
    assert "2 of 2 not checked" in html(app)
    app.segmented_control(key="export-scope").set_value("checked").run()
    assert "Nothing to write yet" in html(app)
    assert app.get("download_button")[0].proto.disabled is True


def test_sentences_without_labels_are_left_out_whole_and_named(app, project):
    number = project(PAIR, ("Eve left .", None), translator="given")
    page(app, "export", project=str(number))
    assert "1 sentence left out" in html(app) and "Sentence 2." in html(app)


def test_a_target_file_comes_back_as_it_was_but_for_its_labels(app, project):
    """Comments, columns and line ends stay; the labels are the projected ones."""
    from projection.pipeline import Setup
    from tests.pages.conftest import STAND_INS
    from views import importing

    source = importing.Upload("en.conll", b"Ann B-PER\nleft O\n\n")
    target = importing.Upload("de.conll", b"# id 1\r\nAnn\tX\tO\r\nging\tY\tB-LOC\r\n\r\n")
    reading = importing.file_reading(source, target, None, source="en", target="de", direction="translate-train")
    number = store().create_project(
        "Files", Setup("en", "de", **STAND_INS), reading.tasks, document=target.content, document_name=target.name
    )
    page(app, "export", project=str(number))
    assert app.radio(key="export-format").value == "original"
    shown = html(app)
    assert "# id 1" in shown and "B-PER" in shown and "B-LOC" not in shown
