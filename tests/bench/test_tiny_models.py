"""The whole protocol on real model classes: an NLLB, a token classifier and an encoder, tiny ones made here."""

from __future__ import annotations

import json

import pytest

from bench.masakhaner import main
from tests.models import tiny, tiny_encoders

NAMES = {"one": "B-PER", "two": "B-LOC", "three": "B-MISC"}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """An NLLB that learnt to translate the Swahili "eins", "zwei", ... to English, and who labels that."""
    folder = tmp_path_factory.mktemp("models")
    pieces = {word: NAMES.get(word, "O") for word in tiny.NUMBERS["en"]}
    for name in ("nllb", "labels", "encoder"):
        (folder / name).mkdir()
    teach_swahili(folder / "nllb")
    tiny.bert_classifier(folder / "labels", ["O", *NAMES.values()], pieces)
    tiny_encoders.bert(folder / "encoder")
    return folder


def teach_swahili(folder):
    import torch
    from transformers import M2M100ForConditionalGeneration, NllbTokenizer

    vocabulary, merges = tiny.numbers_tokenizer()
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=merges)
    tokenizer.save_pretrained(folder)

    def ids(code, word):
        pieces = tokenizer(word, add_special_tokens=False)["input_ids"]
        return [tokenizer.convert_tokens_to_ids(code), *pieces, tokenizer.eos_token_id]

    inputs = torch.tensor([ids("swh_Latn", word) for word in tiny.NUMBERS["de"]])
    wanted = torch.tensor([ids("eng_Latn", word) for word in tiny.NUMBERS["en"]])
    torch.manual_seed(0)
    model = M2M100ForConditionalGeneration(tiny.seq2seq_config(len(tokenizer)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(150):
        loss = model(input_ids=inputs, attention_mask=torch.ones_like(inputs), labels=wanted).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)


@pytest.mark.model
def test_translate_label_align_and_project(models, tmp_path, capsys):
    """swa is swh_Latn to NLLB; "zwei" is LOC in English; MISC is dropped; a wrong gold label is missed."""
    (tmp_path / "swa").mkdir()
    gold = ["eins B-PER", "", "zwei B-LOC", "", "drei O", "", "vier B-LOC"]
    (tmp_path / "swa" / "test.txt").write_text("\n".join(gold) + "\n", "utf-8")
    code = main([
        "--data", str(tmp_path), "--languages", "swa", "--methods", "heuristic:paper,ngram-matching:paper", "--json",
        "--translator", str(models / "nllb"), "--recognizer", str(models / "labels"), "--aligner",
        f"{models / 'encoder'}:argmax", "--translations", str(tmp_path / "kept.jsonl"),
    ])  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    kept = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text("utf-8").splitlines()]
    assert [row["translation"] for row in kept] == ["one", "two", "three", "four"]
    assert {row["language"] for row in kept} == {"swa"}
    assert all("beams:1" in row["translator"] for row in kept)  # greedy, as published
    for result in told["results"]:
        assert (result["overall"]["found"], result["overall"]["spurious"], result["overall"]["missed"]) == (2, 0, 1)
