"""What was typed or uploaded, understood and counted before anything is stored."""

import pytest

from views import importing
from views.importing import ReadingOptions, Upload
from views.resources import ASSETS

CONLL = "EU B-ORG\nrejects O\nGerman B-MISC\ncall O\n\nPeter B-PER\nBlackburn I-PER\n\n"


def read(main, other=None, links=None, direction="translate-train", **more):
    uploads = [
        item and Upload(name, item.encode()) for name, item in (("a.conll", main), ("b.txt", other), ("c", links))
    ]
    return importing.file_reading(
        *uploads, source="en", target="de", direction=direction, options=ReadingOptions(**more)
    )


def test_running_text_is_split_and_a_tab_makes_a_pair():
    rows = importing.typed_rows("Ann left. Bob stayed.\nHi there.\tOlá.\n\n", "en")
    assert rows == [("Ann left.", ""), ("Bob stayed.", ""), ("Hi there.", "Olá.")]


def test_typed_sentences_become_tasks_of_the_right_side():
    rows = [("Ana saiu.", "Ann left.")]
    forward = importing.typed_reading(rows, "pt", "en", "translate-train")
    backward = importing.typed_reading(rows, "en", "pt", "translate-test")
    assert [(task.source.text, task.target.text) for task in forward.tasks] == [("Ana saiu.", "Ann left.")]
    assert [(task.source.text, task.target.text) for task in backward.tasks] == [("Ann left.", "Ana saiu.")]
    assert forward.sentences == 1


def test_an_empty_row_is_an_error_with_its_number():
    reading = importing.typed_reading([("Ann left.", ""), ("", "Olá.")], "en", "pt", "translate-train")
    assert reading.errors == ("Sentence 2 is empty. Type its text or remove the row.",)


def test_a_labelled_source_is_counted_and_its_labels_are_used():
    reading = read(CONLL)
    assert (reading.sentences, reading.tokens, dict(reading.labels)) == (2, 6, {"ORG": 1, "MISC": 1, "PER": 1})
    assert reading.facts["Tags"] == "IOB2"
    assert all(task.labelled for task in reading.tasks)
    assert reading.errors == () and reading.document is None


def test_labels_of_a_target_text_are_not_taken_for_source_labels():
    reading = read(CONLL, direction="translate-test")
    task = next(iter(reading.tasks))
    assert task.source is None and not task.labelled
    assert reading.document == Upload("a.conll", CONLL.encode())


def test_source_target_and_links_come_together_from_three_files():
    reading = read(CONLL, "Die EU lehnt ab .\nPeter Blackburn .\n", "0-1 1-2\n0-0 1-1\n")
    assert reading.errors == ()
    first, second = reading.tasks
    assert first.alignment.links == {(0, 1), (1, 2)} and first.target.words[1] == "EU"
    assert second.alignment.links == {(0, 0), (1, 1)}
    assert reading.facts["Linked"] == "2 of 2"


@pytest.mark.parametrize(
    ("other", "links", "said"),
    [
        ("Nur ein Satz .\n", None, "there are 1 sentences, but a.conll has 2"),
        ("Eins .\nZwei .\nDrei .\n", None, "a.conll: there are 2 sentences, but b.txt has 3"),
        ("Eins .\nZwei .\n", "0-0\n", "1 lines of links but there are more pairs"),
        ("Eins .\nZwei .\n", "9-9\n0-0\n", "c:1: Link 9-9 is outside"),
        (None, "0-0\n0-0\n", "links need both texts"),
    ],
)
def test_files_that_do_not_belong_together_are_refused_with_the_place(other, links, said):
    reading = read(CONLL, other, links)
    assert said in reading.errors[0]
    assert list(reading.preview) == []


def test_repairs_are_listed_with_their_lines():
    reading = read("EU B-ORG\nwins O\n\nAnn B-PER\nLee I-ORG\n\n")
    assert [(problem.line, problem.repaired_by) for problem in reading.problems] == [(5, "conlleval")]
    assert reading.facts["Tags"] == "IOB2"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 50, "Müller".encode("latin-1"), b"\n\n\n"])
def test_files_that_hold_no_text_are_refused_in_one_sentence(content):
    reading = importing.file_reading(
        Upload("x.conll", content), None, None, source="en", target="de", direction="translate-train"
    )
    assert len(reading.errors) == 1 and "Traceback" not in reading.errors[0]
    assert reading.sentences == 0


def test_the_demo_corpus_has_labels_on_both_sides_in_many_languages_and_scripts():
    from projection.text.languages import script_of

    demo = ASSETS / "demo" / "demo.jsonl"
    reading = importing.file_reading(
        Upload(demo.name, demo.read_bytes()), None, None, source="en", target="und", direction="translate-train"
    )
    assert reading.problems == [] and reading.errors == ()
    tasks = list(reading.tasks)
    languages = {task.target.language for task in tasks}
    assert len(tasks) >= 20 and len(languages) >= 8
    assert len({script_of(language) for language in languages}) >= 4
    for task in tasks:
        assert task.labelled and task.source.language == "en"
        labels = sorted(entity.label for entity in task.source.entities)
        assert labels and labels == sorted(entity.label for entity in task.target.entities), task.source.id
        assert {*labels} <= {"PER", "ORG", "LOC", "MISC"}


def test_plain_files_side_by_side_are_one_sentence_a_line():
    reading = read("Mr. Smith left. He ran.\nOK.\n", "Herr Smith ging. Er lief.\nOK.\n")
    assert [task.source.text for task in reading.tasks] == ["Mr. Smith left. He ran.", "OK."]
    alone = read("Mr. Smith left. He ran.\n")
    assert alone.sentences == 2


def test_without_a_repair_rule_illegal_labels_stop_the_import_with_their_line():
    reading = read("EU B-ORG\nwins O\n\nAnn B-PER\nLee I-ORG\n\n", repair=None)
    assert "a.conll:5" in reading.errors[0]


def test_the_encoding_can_be_told():
    content = "Müller B-PER\n\n".encode("latin-1")
    upload = Upload("x.conll", content)
    how = {"source": "de", "target": "en", "direction": "translate-train"}
    assert importing.file_reading(upload, None, None, **how).errors
    told = importing.file_reading(upload, None, None, **how, options=ReadingOptions(encoding="latin-1"))
    assert next(iter(told.tasks)).source.words == ("Müller",)


def test_labels_of_a_translation_are_gold_and_said_to_be():
    german = "EU B-ORG\nweist O\nDeutsche B-MISC\nab O\n\nPeter B-PER\nBlackburn I-PER\n\n"
    reading = read(CONLL, german)
    assert [len(task.target.entities) for task in reading.tasks] == [2, 1]
    assert "never see" in reading.facts["Gold"]
    plain = read(CONLL, "EU weist Deutsche ab\nPeter Blackburn\n", units="tokens")
    assert "Gold" not in plain.facts and not any(task.target.entities for task in plain.tasks)
    back = read(german, CONLL, direction="translate-test")
    assert "Gold" not in back.facts and not any(task.source.entities for task in back.tasks)
