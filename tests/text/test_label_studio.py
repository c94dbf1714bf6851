"""Label Studio's JSON as it exports it, in all the ways tasks can be odd."""

import io
import json

import pytest

from projection.errors import FormatError
from projection.text import documents
from projection.types import Entity, Span


def region(start, end, label, text=None, **others):
    value = {"start": start, "end": end, "labels": [label]} | ({} if text is None else {"text": text})
    return {"id": "r", "from_name": "label", "to_name": "text", "type": "labels", "value": value} | others


def task(text, *regions, **others):
    return {"id": 7, "data": {"text": text}, "annotations": [{"id": 1, "result": list(regions)}]} | others


def read(*tasks, **told):
    return documents.read(json.dumps(list(tasks)).encode(), name="a.json", **told)


def spans(sentence):
    return [(sentence.text_of(entity.span), entity.label) for entity in sentence.entities]


def test_a_task_as_it_is_exported():
    document = read(task("Ana saiu de Lisboa.", region(0, 3, "PER", "Ana"), region(12, 18, "LOC")), language="pt")
    assert document.format == "labelstudio" and not document.problems
    (sentence,) = document.iter_sentences()
    assert sentence.id == "7" and sentence.language == "pt"
    assert spans(sentence) == [("Ana", "PER"), ("Lisboa", "LOC")]
    assert {entity.origin for entity in sentence.entities} == {"gold"}


def test_offsets_count_code_points_and_in_old_files_utf16():
    new, old = region(2, 8, "LOC", "Berlin"), region(3, 9, "LOC", "Berlin")
    for given in (new, old):
        assert spans(next(read(task("😊 Berlin ruft", given)).iter_sentences())) == [("Berlin", "LOC")]


def test_words_are_cut_where_a_span_ends_inside_them():
    (sentence,) = read(task("Berlinreise 2024", region(0, 6, "LOC"))).iter_sentences()
    assert sentence.words == ("Berlin", "reise", "2024") and spans(sentence) == [("Berlin", "LOC")]


def test_a_longer_text_becomes_sentences_that_no_span_crosses():
    text = "Ann left. Bob Lee. He stayed."
    document = read(task(text, region(10, 17, "PER"), region(14, 21, "X")), language="en")
    sentences = list(document.iter_sentences())
    assert [(sentence.id, sentence.text) for sentence in sentences] == [
        ("7.1", "Ann left."),
        ("7.2", "Bob Lee. He stayed."),
    ]
    assert spans(sentences[1]) == [("Bob Lee", "PER")]
    assert document.problems[0].kind == "nested"


def test_predictions_are_taken_where_nobody_annotated():
    predicted = {"data": {"text": "Ana saiu"}, "predictions": [{"result": [region(0, 3, "PER", score=0.5)]}]}
    (sentence,) = read(predicted).iter_sentences()
    assert sentence.entities == (Entity(Span(0, 1), "PER", 0.5, "model"),)


def test_the_annotation_that_counts():
    first, second = {"result": [region(0, 3, "A")]}, {"result": [region(0, 3, "B")]}
    for annotations, label in (
        ([first, second], "B"), ([first | {"ground_truth": True}, second], "A"),
        ([first, second | {"was_cancelled": True}], "A"),
    ):  # fmt: skip
        document = read(task("Ana saiu", annotations=annotations))
        assert spans(next(document.iter_sentences())) == [("Ana", label)]
        assert document.problem_count == sum(not item.get("was_cancelled") for item in annotations) - 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (region(0, 99, "PER"), "no text stands at 0 to 99"),
        (region(3, 4, "PER"), "no text stands at 3 to 4"),
        (region(0, 3, "PER", "Bob"), "'Ana' stands at 0 to 3, not 'Bob'"),
        (region(-3, 2, "PER"), "no text stands at"),
        (region("0", "3", "PER"), "no numbers or label"),
        ({"type": "labels", "to_name": "text", "value": {"start": 0, "end": 3, "labels": []}}, "no numbers or label"),
        ({"type": "choices", "value": {"choices": ["x"]}}, "results of type choices are no spans"),
    ],
)
def test_a_span_that_cannot_be_read_is_left_out_and_reported(bad, said):
    document = read(task("Ana saiu", bad, region(4, 8, "X")))
    assert spans(next(document.iter_sentences())) == [("saiu", "X")]
    assert said in str(document.problems[0]) and "task 1" in str(document.problems[0])


ODD_TASKS = (
    5, None, {}, {"data": 5}, {"data": {"a": 1}}, {"data": {"a": "x", "b": "y"}}, {"data": {"text": "\ud800"}},
    task("Ana", annotations=5), task("Ana", annotations=[{"result": 7}]), task("Ana", {"type": "labels"}),
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD_TASKS)
def test_a_task_that_cannot_be_read_is_left_out_and_reported(odd):
    document = read(task("Ana saiu"), odd)
    assert document.sentence_count == 1 and document.problems[0].repaired_by == "task left out"


def test_another_list_is_refused_with_what_to_do():
    with pytest.raises(FormatError, match="one JSON list"):
        documents.read(b'[{"text": "a"}]')
    with pytest.raises(FormatError, match="no JSON"):
        documents.read(b'[{"data": {"text": "a"}, "annotations": [')


def test_deep_nesting_does_not_crash():
    with pytest.raises(FormatError):
        documents.read(b'[{"data": ' + b"[" * 100_000 + b' "annotations"')


def test_the_file_comes_back_byte_for_byte():
    content = json.dumps([task("Ana saiu", region(0, 3, "PER"))], indent=2).encode()
    document, stream = documents.read(content), io.BytesIO()
    document.write(stream, [None])
    assert stream.getvalue() == content
    with pytest.raises(FormatError, match="not edited in place"):
        document.write(stream, [(Entity(Span(0, 1), "Y"),)])
