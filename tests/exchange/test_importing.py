"""Files of other tools, and our own, come in again through the upload page and the command line."""

import json

import pytest
from typer.testing import CliRunner

from projection.cli import app
from projection.errors import FormatError
from projection.exchange import Bundle, pack, write
from projection.text import documents
from tests.exchange.samples import ITEM, PLAIN, spans
from views.importing import Upload, file_reading

TASKS = json.dumps(
    [{"id": 1, "data": {"text": "Ana saiu"}, "annotations": [{"result": [
        {"type": "labels", "to_name": "text", "value": {"start": 0, "end": 3, "labels": ["PER"]}}]}]}]
).encode()  # fmt: skip


def read(name, content, target="pt"):
    return file_reading(Upload(name, content), None, None, source="en", target=target, direction="translate-train")


def test_label_studio_s_own_files_can_be_uploaded():
    reading = read("export.json", TASKS)
    assert not reading.errors and reading.facts["Format"] == "Label Studio JSON"
    (task,) = reading.tasks
    assert task.labelled and spans(task.source) == [(0, 1, "PER")] and task.target is None
    assert reading.document is None  # its labels are not edited in place, so it is not offered as it was uploaded


def test_our_label_studio_tasks_are_pairs_with_links_again():
    reading = read("export.json", write("labelstudio", [ITEM, PLAIN])[0])
    first, second = reading.tasks
    assert (first.source.words, first.target.words) == (ITEM.source.words, ITEM.target.words)
    assert first.alignment == ITEM.alignment and second.alignment is None
    assert first.source.entities == ITEM.source.entities and not reading.problems


def test_webanno_tsv_can_be_uploaded():
    reading = read("export.tsv", write("webanno", [ITEM, PLAIN])[0])
    assert reading.facts["Format"] == "WebAnno TSV 3" and reading.sentences == 2
    assert [spans(task.source) for task in reading.tasks] == [spans(ITEM.target)] * 2


def test_our_jsonl_can_be_uploaded_with_links():
    (task,) = read("export.jsonl", write("jsonl", [ITEM])[0]).tasks
    assert task.target.entities == ITEM.target.entities and task.alignment == ITEM.alignment


@pytest.mark.parametrize("name", ["tasks.json", "tasks.tsv"])
def test_convert_reads_both(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    content = TASKS if name.endswith("json") else write("webanno", [PLAIN])[0]
    (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(app, ["convert", name, "--to", "conll2002", "--output", "out.conll"])
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "out.conll").read_text("utf-8").startswith("Ana\tB-PER\n")


def test_a_zip_is_not_opened_but_said_to_be_one():
    """Whatever is in it, and however much it would grow: nothing is unpacked."""
    bomb = pack([Bundle("../../zeros.conll", b"0" * 50_000_000)])
    assert len(bomb) < 100_000
    with pytest.raises(FormatError, match=r"ZIP archive.*Unpack it and choose one of its files"):
        documents.read(bomb, name="corpus.conll")
    assert "Unpack it" in read("corpus.txt", bomb).errors[0]
