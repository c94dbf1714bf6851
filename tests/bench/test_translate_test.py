"""The translate-test protocol with stand-ins: a dictionary, word lists and the diagonal, followed by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from seqeval.metrics import f1_score, precision_score

import bench.translate_test_command as command
from bench.corpora import MASAKHANER
from bench.masakhaner import main
from bench.translate_test import Plan, measure
from bench.variants import Variant
from bench.xtreme import main as xtreme
from projection.errors import ModelInputError
from projection.models.stand_ins import DictionaryTranslator

# gold without DATE, and what the heuristic places: word i to word i; the labels of "Monday" are dropped. Of the third
# sentence (2 words, 3 in English) the longer MISC takes both words, and is dropped after that
GOLD = [["B-PER", "O", "B-LOC", "O"], ["B-ORG", "O", "O"], ["O", "B-PER"], ["O"]]
AFTER = [["B-PER", "O", "B-LOC", "O"], ["B-ORG", "O", "B-ORG"], ["O", "O"], ["O"]]
BEFORE = [["B-PER", "O", "B-LOC", "O"], ["B-ORG", "O", "B-ORG"], ["O", "B-PER"], ["O"]]


def run(folder, stand_ins, capsys, *options, program=main):
    code = program(["--data", str(folder), "--languages", "swa", "--methods", "heuristic:paper", *stand_ins, *options])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize(("drop", "predicted"), [("after", AFTER), ("before", BEFORE)])
def test_labels_that_are_not_scored_are_dropped_after_or_before(masakhaner_folder, stand_ins, capsys, drop, predicted):
    code, out, _ = run(masakhaner_folder, stand_ins, capsys, "--drop", drop, "--json")
    told = json.loads(out)
    (result,) = told["results"]
    assert code == 0
    assert result["overall"]["f1"] == pytest.approx(f1_score(GOLD, predicted))
    assert result["overall"]["precision"] == pytest.approx(precision_score(GOLD, predicted))
    assert result["overall"]["gold"] == 4  # DATE is none of them
    assert set(result["labels"]) == {"PER", "LOC", "ORG"}
    assert f"dropped {drop} projection" in result["signature"]
    assert "join_words" in result["signature"] and "translator:(dictionary" in result["signature"]
    assert told["averages"] == [
        {"method": "heuristic:paper", "options": {}, "languages": ["swa"], "f1": result["overall"]["f1"]}
    ]


def test_ratio_counts_scored_labels_only(masakhaner_folder, stand_ins, capsys):
    """Sentences: 2 of 2, 2 of 1, 0 of 1, nothing of nothing."""
    _, out, _ = run(masakhaner_folder, stand_ins, capsys, "--json")
    (result,) = json.loads(out)["results"]
    assert result["projection_ratio"] == pytest.approx((1 + 2 + 0 + 1) / 4)


def test_published_columns_stand_beside(masakhaner_folder, stand_ins, capsys):
    _, out, _ = run(masakhaner_folder, stand_ins, capsys)
    assert "MasakhaNER 2.0, translate-test. Sentences: swa 4." in out
    for part in ("paper: heuristic, SimAlign", "0.805", "thesis: heuristic", "0.792", "quoted: GPT-4", "bbj: Ghomala"):
        assert part in out


def test_a_second_run_translates_nothing(masakhaner_folder, stand_ins, capsys, monkeypatch):
    first = json.loads(run(masakhaner_folder, stand_ins, capsys, "--json")[1])

    def refuse(*_):
        raise AssertionError("translated again")

    monkeypatch.setattr(DictionaryTranslator, "translate", refuse)
    again = json.loads(run(masakhaner_folder, stand_ins, capsys, "--json")[1])
    for one in (first["results"][0], again["results"][0]):
        del one["seconds"]
    assert first["results"] == again["results"]
    assert first["translation_warnings"] == again["translation_warnings"]


def test_one_bad_sentence_is_counted_and_stops_nothing(masakhaner_folder, stand_ins, capsys, monkeypatch):
    honest = DictionaryTranslator.translate

    def translate(self, texts, source, target):
        if any("Siemens" in text for text in texts):
            raise ModelInputError("Too long.")
        return honest(self, texts, source, target)

    monkeypatch.setattr(DictionaryTranslator, "translate", translate)
    code, out, _ = run(masakhaner_folder, stand_ins, capsys, "--json")
    told = json.loads(out)
    (result,) = told["results"]
    predicted = [AFTER[0], ["O", "O", "O"], *AFTER[2:]]
    assert code == 0
    assert result["overall"]["f1"] == pytest.approx(f1_score(GOLD, predicted))
    assert result["failures"] == {"translation: Too long.": 1}
    assert told["lost_sentences"] == {"swa": {"translation: Too long.": 1}}


def test_an_empty_translation_is_a_bad_sentence(masakhaner_folder, tmp_path):
    plan = Plan(
        MASAKHANER, masakhaner_folder, ("swa",), (Variant("heuristic"),),
        {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal"},
        {"translator": {"dictionary": {"hapana": " "}}}, tmp_path / "kept.jsonl",
    )  # fmt: skip
    measured = measure(plan, lambda *_: None)
    assert measured.lost["swa"] == {"translation: The translation is empty.": 1}
    assert measured.results[0].scores.overall.gold == 4


def test_where_no_sentence_can_be_translated_the_reason_is_told(masakhaner_folder, stand_ins, capsys, monkeypatch):
    def translate(*_):
        raise ModelInputError("NLLB-200 does not know this language.")

    monkeypatch.setattr(DictionaryTranslator, "translate", translate)
    code, out, _ = run(masakhaner_folder, stand_ins, capsys)
    assert code == 1
    assert "heuristic:paper (swa): translation: NLLB-200 does not know this language." in out


def test_model_transfer_needs_no_translation(masakhaner_folder, tmp_path, capsys):
    """The translator of the paper is not here, and nothing is said about it."""
    code, out, _ = run(
        masakhaner_folder, ["--translations", str(tmp_path / "kept")], capsys, "--methods", "model-transfer",
        "--target-recognizer", "rules", "--option", "target_recognizer.words=PER=Obama;Merkel,ORG=Siemens", "--json",
    )  # fmt: skip
    (result,) = json.loads(out)["results"]
    predicted = [["B-PER", "O", "O", "O"], ["B-ORG", "O", "O"], ["O", "B-PER"], ["O"]]
    assert code == 0
    assert result["overall"]["f1"] == pytest.approx(f1_score(GOLD, predicted))
    assert result["projection_rate"] is None


def test_a_language_the_aligner_never_saw_is_said(masakhaner_folder, tmp_path, stand_ins, capsys):
    """Links of the embedded encoder: it knows Swahili and not Bambara."""
    (tmp_path / "bam").mkdir()
    (tmp_path / "bam" / "test.txt").write_text("Obama B-PER\n", "utf-8")
    model_transfer = ["--methods", "model-transfer", "--target-recognizer", "rules", "--languages", "swa,bam", "--json"]
    _, out, _ = run(masakhaner_folder, stand_ins, capsys, *model_transfer)
    assert json.loads(out)["doubts"] == []
    _, out, _ = run(masakhaner_folder, stand_ins, capsys, *model_transfer, "--aligner", "e5-small:itermax")
    (doubt,) = json.loads(out)["doubts"]
    assert doubt.startswith("Bambara")


def test_limit_and_languages_without_a_test_set_are_said(masakhaner_folder, stand_ins, capsys):
    _, out, _ = run(masakhaner_folder, stand_ins, capsys, "--languages", "swa,hau", "--limit", "2", "--json")
    told = json.loads(out)
    assert told["sentences"] == {"swa": 2}
    assert told["absent_languages"] == ["hau"]
    assert "sentences:first 2" in told["results"][0]["signature"]


@pytest.mark.parametrize(
    ("program", "parts"),
    [
        (main, ("hau/test.txt", "github.com/masakhane-io/masakhane-ner")),
        (xtreme, ("PAN-X.hau/test*.parquet", "huggingface.co/datasets/google/xtreme")),
    ],
)
def test_a_folder_without_the_data_names_layout_and_source(tmp_path, stand_ins, capsys, program, parts):
    code, out, err = run(tmp_path, stand_ins, capsys, "--languages", "hau", program=program)
    assert code == 2 and not out
    assert all(part in err for part in parts)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--translator", "given"], "needs a translator"),
        (["--recognizer", "given"], "needs a recognizer"),
        (["--translator", "somebody/no-model"], "models fetch somebody/no-model"),
        (["--recognizer", "nobody"], "no recognizer called 'nobody'"),
    ],
)
def test_models_that_cannot_run_are_told_before_the_first_sentence(masakhaner_folder, tmp_path, capsys, options, told):
    code, out, err = run(masakhaner_folder, ["--translations", str(tmp_path / "kept")], capsys, *options)
    assert code == 2 and not out
    assert told in err


def test_the_defaults_are_the_models_of_the_paper(masakhaner_folder, capsys):
    code = main(["--data", str(masakhaner_folder), "--languages", "swa", "--methods", "heuristic:paper"])
    assert code == 2
    assert "facebook/nllb-200-3.3B cannot run here" in capsys.readouterr().err


def test_interrupting_keeps_what_was_translated(masakhaner_folder, stand_ins, capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.Progress, "__call__", interrupt)
    code, _, err = run(masakhaner_folder, stand_ins, capsys)
    kept = Path(stand_ins[stand_ins.index("--translations") + 1])
    assert code == 130 and str(kept) in err
    assert len(kept.read_text("utf-8").splitlines()) == 4


def test_pan_x_words_are_read_without_their_language(tmp_path, stand_ins, capsys):
    (tmp_path / "sw").mkdir()
    lines = ["sw:Obama\tB-PER", "sw:anaishi\tO", "sw:Paris\tB-LOC", "", "sw:Google\tO"]
    (tmp_path / "sw" / "test").write_text("\n".join(lines) + "\n", "utf-8")
    _, out, _ = run(tmp_path, stand_ins, capsys, "--languages", "sw", "--json", program=xtreme)
    (result,) = json.loads(out)["results"]
    gold = [["B-PER", "O", "B-LOC"], ["O"]]
    assert result["overall"]["f1"] == pytest.approx(f1_score(gold, [gold[0], ["B-ORG"]]))
    assert "corpus:xtreme-panx" in result["signature"]
