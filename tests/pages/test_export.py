"""The export page: the real files before the download."""

import re
from dataclasses import replace

from projection.corrections.assignments import Assignments
from projection.corrections.overlaps import Overlaps
from projection.corrections.records import Stamp
from projection.corrections.roles import own_line
from projection.exchange import FORMATS
from projection.types import Entity, Span
from tests.pages.conftest import html, page
from views.resources import store

PAIR = ("Ann met Bob in Berlin .", "Ann traf Bob in Berlin .")
HOSTILE = "<img src=x onerror=alert(1)>"


def choose(app, *formats):
    for name in ("original", *FORMATS):
        boxes = [box for box in app.checkbox if box.key == f"export-format-{name}"]
        if boxes and boxes[0].value != (name in formats):
            boxes[0].set_value(name in formats)
    app.run()
    assert not app.exception


def button(app):
    return app.get("download_button")[0].proto


def decide(number, position, **values):
    stored = store().sentence(number, position)
    edits = replace(stored.edits, **values)
    store().save(stored.id, edits, expected_revision=stored.revision, kind="test", stamp=Stamp("Ana"))


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
    for name in FORMATS:
        choose(app, name)
        assert "cannot be written" not in html(app)
        assert button(app).disabled is False


def test_several_formats_are_one_zip_with_a_tab_each(app, project):
    page(app, "export", project=str(project(PAIR)))
    choose(app, *FORMATS)
    assert button(app).label == "Download ZIP, 15 files"
    assert len(app.tabs) == 15
    assert "README.txt" in html(app)


def test_no_format_is_nothing_to_download(app, project):
    page(app, "export", project=str(project(PAIR)))
    choose(app)
    assert "No format is chosen" in html(app) and button(app).disabled is True


def test_the_preview_has_the_lines_of_the_file_with_columns_that_keep_their_order(app, project):
    page(app, "export", project=str(project(("Ann left .", "\u0622\u0646 \u0630\u0647\u0628\u062a ."))))
    (shown,) = [part for part in html(app).split("\n") if 'class="file"' in part]
    assert shown.count('class="row"') == 4
    assert "<bdi>\u0622\u0646</bdi>\t<bdi><span" in shown and 'dir="ltr"' in shown


def test_what_would_be_lost_is_listed_before_the_download(app, project):
    number = project(PAIR)
    decide(number, 0, note="which Berlin?", flagged=True)
    page(app, "export", project=str(number))
    assert "Lost, as there is no place for it" in html(app) and "notes (1)" in html(app)
    choose(app, "conll2002", "jsonl")
    assert "Kept in JSONL." in html(app)
    choose(app, "jsonl")
    assert "Lost, as there is no place for it" not in html(app)


def test_unchecked_sentences_are_counted_and_can_be_left_out(app, project):
    page(app, "export", project=str(project(PAIR, PAIR)))
    assert "2 of 2 not checked" in html(app)
    app.segmented_control(key="export-scope").set_value("checked").run()
    assert "Nothing to write yet" in html(app)
    assert button(app).disabled is True


def test_what_people_finished_apart_waits_to_be_taken_and_is_not_said_to_be_unchecked(app, project):
    """They agree on sentence 1 and differ on 2; only one of them has finished 3."""
    number = project(*[PAIR] * 4)
    Assignments(store().database).give_apart(number, (0, 1, 2), ("Rui", "Eva"), "Ana")
    for position, person, label in ((0, "Rui", "PER"), (0, "Eva", "PER"), (1, "Rui", "PER"), (1, "Eva", "ORG"),
                                    (2, "Eva", "PER")):  # fmt: skip
        line = own_line(person)
        stored = store().sentence(number, position, line)
        edits = replace(stored.edits, target_entities=(Entity(Span(0, 1), label, origin="manual"),), checked=True)
        store().save(stored.id, edits, expected_revision=stored.revision, kind="check", stamp=Stamp(person), line=line)
    page(app, "export", project=str(number))
    assert "2 of these were checked by people working apart" in html(app) and "not checked by a person" not in html(app)
    overlaps = Overlaps(store().database)
    overlaps.decide_agreed(number, overlaps.sentences(number), "Ana")
    app.run()
    assert "3 of 4 not checked in the project" in html(app) and "1 of these was checked by people" in html(app)
    overlaps.decide(number, overlaps.sentences(number)[1], own_line("Rui"), "Ana")
    app.run()
    assert "2 of 4 not checked by a person" in html(app) and "working apart" not in html(app)


def test_a_sentence_with_a_span_of_an_excluded_state_is_left_out_whole(app, project):
    number = project(PAIR, PAIR)
    decide(number, 1, target_entities=(Entity(Span(2, 3), "PER", origin="manual"),), checked=True)
    page(app, "export", project=str(number))
    app.checkbox(key="export-state-automatic").set_value(False).run()
    shown = html(app)
    assert "1 sentence left out" in shown and "Sentence 1: has a span no person decided on" in shown
    assert button(app).disabled is False
    app.checkbox(key="export-state-manual").set_value(False).run()
    assert button(app).disabled is True and not app.exception
    assert "Sentence 2: has a span that was added by hand" in html(app)


def test_states_have_the_words_and_marks_of_the_legend_under_the_editor(app, project):
    number = project(*[PAIR] * 5)
    for position, origin in enumerate(("accepted", "bulk", "corrected", "manual")):
        decide(number, position, target_entities=(Entity(Span(0, 1), "PER", origin=origin),), checked=True)
    page(app, "export", project=str(number))
    chosen = [box.label for box in app.checkbox if box.key.startswith("export-state-")]
    assert chosen == ["Automatic", "Accepted", "Accepted in bulk", "Corrected", "Added by hand"]
    drawn = re.findall(r'<span class="entity (\w+) swatch"[^>]*>(.*?)</span>', html(app))
    marks = {"corrected": "\u270e", "bulk": "\u2713\u2713"}
    assert drawn == [(state, marks.get(state, "")) for state in ("auto", "accepted", "bulk", "corrected", "manual")]


def test_flagged_sentences_can_be_left_out(app, project):
    number = project(PAIR, PAIR)
    decide(number, 0, flagged=True)
    page(app, "export", project=str(number))
    app.checkbox(key="export-unflagged").set_value(True).run()
    assert "Sentence 1: is flagged" in html(app)


def test_sentences_without_labels_are_left_out_whole_and_named(app, project):
    number = project(PAIR, ("Eve left .", None), translator="given")
    page(app, "export", project=str(number))
    assert "1 sentence left out" in html(app) and "Sentence 2: has no target text" in html(app)


def test_what_cannot_be_written_is_left_out_and_named(app, project):
    number = project(PAIR, PAIR)
    decide(number, 0, target_entities=(Entity(Span(0, 1), "A|B", origin="manual"),))
    page(app, "export", project=str(number))
    choose(app, "conllu", "jsonl")
    assert "Sentence 1: cannot be written as CoNLL-U" in html(app) and button(app).disabled is False


def test_markup_in_names_labels_and_notes_is_text(app, project):
    number = project(PAIR, name=HOSTILE)
    decide(number, 0, target_entities=(Entity(Span(0, 1), HOSTILE, origin="manual"),), note=HOSTILE)
    page(app, "export", project=str(number))
    choose(app, *FORMATS)
    assert "<img" not in html(app) and "&lt;img" in html(app)


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
    assert app.checkbox(key="export-format-original").value is True
    shown = html(app)
    assert "# id 1" in shown and "B-PER" in shown and "B-LOC" not in shown
    app.checkbox(key="export-state-automatic").set_value(False).run()
    assert button(app).disabled is True


def test_sentences_in_two_versions_are_named_before_the_download(app, project):
    number = project(PAIR, PAIR)
    page(app, "export", project=str(number))
    assert "in two versions" not in html(app)
    store().fork(store().sentence(number, 1).id, "~tab", 0, "Ana")
    app.run()
    assert "1 sentence in two versions" in html(app) and "Sentence 2: the stored version" in html(app)
