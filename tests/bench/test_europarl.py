"""The Europarl benchmark on a corpus of three sentences; expected scores by seqeval or counted by hand."""

from __future__ import annotations

import json

import pytest
from seqeval.metrics import f1_score

from bench.europarl import main

GERMAN = [["B-PER", "O", "B-LOC"], ["O", "B-ORG", "I-ORG", "O"], ["O"]]
PROJECTED = [["B-PER", "O", "B-LOC"], ["O", "B-ORG", "O", "O"], ["O"]]  # word i to word i

NO_RECOGNIZER = ("--target-recognizer", "given")


def run(folder, capsys, *options):
    code = main(["--data", str(folder), "--aligner", "diagonal", "--languages", "de,es", *options])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_scores_are_those_of_seqeval(europarl_folder, capsys):
    code, out, _ = run(europarl_folder, capsys, "--methods", "heuristic:paper", "--json")
    found = {result["language"]: result for result in json.loads(out)["results"]}
    assert code == 0
    assert found["de"]["overall"]["f1"] == pytest.approx(f1_score(GERMAN, PROJECTED))
    assert found["de"]["labels"]["ORG"]["f1"] == 0
    assert found["es"]["overall"]["f1"] == 1
    assert found["de"]["projection_rate"] == 1
    assert found["de"]["projection_ratio"] == 1
    assert found["de"]["failed_sentences"] == 0


def test_json_names_everything_a_program_needs(europarl_folder, capsys):
    _, out, _ = run(europarl_folder, capsys, "--methods", "heuristic:paper,model-transfer", *NO_RECOGNIZER, "--json")
    told = json.loads(out)
    assert list(told) == [
        "corpus", "sentences", "limit", "entities", "published_entities", "results", "published", "published_means",
        "signs", "not_run", "seconds",
    ]  # fmt: skip
    assert told["entities"] == {"en": 3, "de": 3, "es": 3}
    assert told["published_entities"] == {"en": 702, "de": 693, "es": 697, "it": 693}
    (lacking,) = told["not_run"]
    assert lacking["method"] == "model-transfer"
    assert "--target-recognizer" in lacking["reasons"]["de"]
    signature = told["results"][0]["signature"]
    for part in ("corpus:europarl-ner", "sentences:3", "entities:gold", "diagonal", "gap:1", "target:de"):
        assert part in signature


def test_a_published_setting_stands_beside_its_figures(europarl_folder, capsys):
    _, out, _ = run(europarl_folder, capsys, "--methods", "heuristic")
    assert "heuristic gap=0 keep=1 ratio=0.8 guard=no" in out
    assert "thesis: d=0 k=1 only_i=no thr=.8, AWESoME" in out
    assert "paper: heuristic (gap1, thr .8), SimAlign" in out
    assert "de 3 (published: 693)" in out
    assert "a length ratio of .8 costs German (compounds)" in out


def test_a_quick_look_says_so(europarl_folder, capsys):
    _, out, _ = run(europarl_folder, capsys, "--methods", "heuristic:paper", "--limit", "1", "--json")
    told = json.loads(out)
    assert (told["sentences"], told["limit"]) == (1, 1)
    assert "sentences:first 1" in told["results"][0]["signature"]
    assert told["results"][0]["overall"]["gold"] == 2


def test_what_writes_its_own_target_or_lacks_a_model_is_named(europarl_folder, capsys):
    code, out, _ = run(europarl_folder, capsys, "--methods", "easyproject,model-transfer", *NO_RECOGNIZER)
    assert code == 1
    told = out.partition("Cannot run here")[2]
    assert "easyproject" in told and "cannot label a given one" in told
    assert "model-transfer" in told


def test_a_target_recognizer_is_scored_without_a_projection_rate(europarl_folder, capsys):
    words = "PER=Merkel,LOC=Berlin;Berlín"
    _, out, _ = run(
        europarl_folder, capsys, "--methods", "model-transfer", "--target-recognizer", "rules",
        "--option", f"target_recognizer.words={words}", "--json",
    )  # fmt: skip
    found = {result["language"]: result for result in json.loads(out)["results"]}
    assert found["de"]["overall"]["f1"] == pytest.approx(2 * 2 / (2 + 3))
    assert found["de"]["projection_rate"] is None
    # sentence 1: 2 of 2, sentence 2: 0 of 1, sentence 3: nothing of nothing counts 1
    assert found["de"]["projection_ratio"] == pytest.approx((1 + 0 + 1) / 3)


def test_what_a_method_warns_of_is_counted(europarl_folder, capsys):
    """Without a target recognizer the fusion of scores does without one of them, in each sentence with entities."""
    _, out, _ = run(
        europarl_folder, capsys, "--methods", "fusion-matching:default,heuristic:paper", *NO_RECOGNIZER, "--json"
    )
    warned = {(one["method"], one["language"]): one["warnings"] for one in json.loads(out)["results"]}
    assert warned["heuristic:paper", "de"] == {}
    assert any("--target-recognizer" in message for message in warned["fusion-matching", "de"])
    _, out, _ = run(europarl_folder, capsys, "--methods", "fusion-matching:default", *NO_RECOGNIZER)
    assert "with a warning: Without the ner score" in out.partition("\nWarnings\n")[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--methods", "heuristik"], "heuristik"),
        (["--methods", "heuristic:nothing"], "no preset 'nothing'"),
        (["--aligner", "nothing:argmax"], "no aligner called"),
        (["--option", "heuristic.size=3"], "size"),
        (["--option", "gap=3"], "PLACE.KEY=VALUE"),
        (["--languages", "it"], "it.conll02"),
    ],
)
def test_wrong_use_is_one_sentence(europarl_folder, capsys, options, told):
    code, out, err = run(europarl_folder, capsys, *options)
    assert code == 2 and not out
    (message,) = (line for line in err.splitlines() if line.startswith("Error: "))
    assert told in message


def test_files_that_are_not_parallel_are_refused(europarl_folder, capsys):
    path = europarl_folder / "europarl-ner" / "de.conll02"
    path.write_text(path.read_text("utf-8") + "\nnoch\tO\n", "utf-8")
    code, _, err = run(europarl_folder, capsys)
    assert code == 2
    assert "there are 4 sentences, and 3 in en.conll02" in err


def test_without_a_folder_it_says_what_to_name(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("PROJECTION_DATA", raising=False)
    assert main([]) == 2
    assert "--data" in capsys.readouterr().err
    assert main(["--data", str(tmp_path / "nothing")]) == 2
    assert "is not a folder" in capsys.readouterr().err
