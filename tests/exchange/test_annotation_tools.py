"""Label Studio and INCEpTION: by their rules, and read back here."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from projection.exchange import Options, check, write
from projection.text import documents
from projection.types import Entity, Sentence, Span
from tests.exchange.samples import HOSTILE, ITEM, PLAIN, corpora, spans


def offsets(sentence, entity):
    return sentence.tokens[entity.span.start].start, sentence.tokens[entity.span.end - 1].end


@settings(max_examples=40, deadline=None)
@given(corpora())
def test_label_studio_tasks_follow_its_rules(items):
    """Every span names a control and a text of the setup, a label the control has, and its text by code points."""
    tasks, setup = write("labelstudio", items)
    root = ElementTree.fromstring(setup)
    texts = {text.get("name"): text.get("value") for text in root.iter("Text")}
    labels = {
        row.get("name"): (row.get("toName"), {label.get("value") for label in row}) for row in root.iter("Labels")
    }
    for item, task in zip(items, json.loads(tasks), strict=True):
        assert {value.removeprefix("$") for value in texts.values()} <= task["data"].keys()
        (kind,) = {"annotations", "predictions"} & task.keys()
        assert kind == ("annotations" if item.checked else "predictions")
        (one,) = task[kind]
        assert 0 <= one.get("score", 0) <= 1
        assert len({region["id"] for region in one["result"]}) == len(one["result"])
        for region in one["result"]:
            value, (to_name, known) = region["value"], labels[region["from_name"]]
            assert region["type"] == "labels" and region["to_name"] == to_name and set(value["labels"]) <= known
            text = task["data"][texts[to_name].removeprefix("$")]
            assert text[value["start"] : value["end"]] == value["text"]


@settings(max_examples=40, deadline=None)
@given(corpora())
def test_label_studio_tasks_come_back_with_words_links_and_decisions(items):
    back = list(documents.read(write("labelstudio", items)[0]).iter_pairs())
    for item, pair in zip(items, back, strict=True):
        assert (pair.source.tokens, pair.target.tokens) == (item.source.tokens, item.target.tokens)
        assert (pair.source.entities, pair.target.entities) == (item.source.entities, item.target.entities)
        assert [entity.derived for entity in pair.target.entities] == [e.derived for e in item.target.entities]
        assert pair.alignment == item.alignment and pair.source.id == item.id


def test_what_was_changed_in_label_studio_is_new_and_the_rest_as_it_was():
    tasks = json.loads(write("labelstudio", [ITEM])[0])
    tasks[0]["annotations"] = tasks[0].pop("predictions")
    tasks[0]["annotations"][0]["result"][0]["value"]["labels"] = ["ORG"]
    tasks[0]["annotations"][0]["result"].append(
        {"from_name": "label", "to_name": "text", "type": "labels", "value": {"start": 6, "end": 9, "labels": ["X"]}}
    )
    (pair,) = documents.read(json.dumps(tasks).encode()).iter_pairs()
    changed, new, kept = pair.target.entities
    assert (changed.label, changed.origin) == ("ORG", "gold") and (new.label, new.origin) == ("X", "gold")
    assert kept == ITEM.target.entities[1] and kept.derived == ITEM.target.entities[1].derived


def test_the_setup_has_hostile_labels_as_text():
    item = replace(ITEM, target=ITEM.target.with_entities([Entity(Span(0, 1), HOSTILE + "\"'&")]))
    setup = write("labelstudio", [item])[1]
    assert b"<img" not in setup
    assert HOSTILE + "\"'&" in {label.get("value") for label in ElementTree.fromstring(setup).iter("Label")}


@pytest.mark.parametrize("label", ["\x00", "A\x1bB", "A\nB", "\uffff"])
def test_labels_xml_cannot_hold_are_left_out_of_label_studio(label):
    item = replace(ITEM, target=ITEM.target.with_entities([Entity(Span(0, 1), label)]))
    assert "control character" in check([item], ["labelstudio"], Options()).left_out[0].reason


@settings(max_examples=50, deadline=None)
@given(corpora())
def test_webanno_tsv_comes_back(items):
    """Words, spaces between them, ids and labels; offsets of characters above U+FFFF included."""
    document = documents.read(write("webanno", items)[0])
    assert document.format == "webanno" and not document.problems
    for item, sentence in zip(items, document.iter_sentences(), strict=True):
        inner = item.target.text[item.target.tokens[0].start : item.target.tokens[-1].end]
        assert (sentence.text, sentence.words, sentence.id) == (inner, item.target.words, item.id)
        assert spans(sentence) == spans(item.target)


SIMPLE = (
    "Ana",
    "São",
    "北京大学",
    "مرحبا",
    "e\u0301",
    "👩\u200d🔬",
    "𠮷野",
    "-",
    "_",
    "*",
    "a_b",
    "->",
    "[x]",
    "x;",
    "O",
)


@settings(max_examples=30, deadline=None)
@given(items=corpora(labels=("PER", "LOC", HOSTILE), words=SIMPLE))
def test_another_reader_finds_the_same_spans_in_webanno_tsv(items, tmp_path_factory):
    """web-anno-tsv knows no sentence ids and does not undo escapes, so neither is in the file."""
    reader = pytest.importorskip("web_anno_tsv")
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    path.write_bytes(write("webanno", [replace(item, id="") for item in items])[0])
    with reader.open_web_anno_tsv(str(path)) as sentences:
        for item, found in zip(items, sentences, strict=True):
            target = item.target
            begin = target.tokens[0].start
            assert found.text == target.text[begin : target.tokens[-1].end]
            assert [token.text for token in found.tokens] == list(target.words)
            wanted = [(*(place - begin for place in offsets(target, e)), e.label) for e in target.entities]
            assert sorted((a.start, a.stop, a.label) for a in found.annotations) == sorted(wanted)


def test_webanno_tsv_is_laid_out_as_inception_writes_it():
    """Two blank lines after the header, one between sentences, none at the end, a tab at the end of each word."""
    assert write("webanno", [ITEM, PLAIN])[0].decode() == (
        "#FORMAT=WebAnno TSV 3.3\n"
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\n\n"
        "#Sentence.id=news-1\n#Text=Ana 😊 viu Bob Sá .\n"
        "1-1\t0-3\tAna\t*\tPER\t\n1-2\t4-6\t😊\t_\t_\t\n1-3\t7-10\tviu\t_\t_\t\n"
        "1-4\t11-14\tBob\t*[2]\tORG[2]\t\n1-5\t15-17\tSá\t*[2]\tORG[2]\t\n1-6\t18-19\t.\t_\t_\t\n\n"
        "#Sentence.id=news-2\n#Text=Ana 😊 viu Bob Sá .\n"
        "2-1\t20-23\tAna\t*\tPER\t\n2-2\t24-26\t😊\t_\t_\t\n2-3\t27-30\tviu\t_\t_\t\n"
        "2-4\t31-34\tBob\t*[4]\tORG[4]\t\n2-5\t35-37\tSá\t*[4]\tORG[4]\t\n2-6\t38-39\t.\t_\t_\t\n"
    )


def test_line_feeds_between_words_are_kept_in_webanno_and_inside_words_refused():
    from projection.types import Token

    two_lines = Sentence("a\nb", (Token("a", 0, 1), Token("b", 2, 3)), "und", (Entity(Span(0, 2), "X"),))
    (back,) = documents.read(write("webanno", [replace(PLAIN, target=two_lines)])[0]).iter_sentences()
    assert back.text == "a\nb" and spans(back) == [(0, 2, "X")]
    inside = replace(PLAIN, target=Sentence.from_words(["a\nb"], "und"))
    assert "line feed in the word" in check([inside], ["webanno"], Options()).left_out[0].reason
