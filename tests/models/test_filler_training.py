"""Training a generator: what it is made of, stopping and going on, what is left out and what is refused."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from projection.cli import app
from projection.errors import Cancelled, ConfigurationError, ModelInputError, ModelUnavailable
from projection.models.filler_data import prepare
from projection.models.filler_training import TrainingSettings, grow, train_filler
from projection.models.hub import load_pretrained
from projection.models.training import CHECKPOINT
from projection.types import Entity, Sentence, Span
from tests.models import tiny_filler

SENTENCES = tiny_filler.sentences(12)
CONLL = "".join(
    "".join(
        f"{word} {next((f'B-{one.label}' for one in sentence.entities if place in one.span), 'O')}\n"
        for place, word in enumerate(sentence.words)
    )
    + "\n"
    for sentence in SENTENCES
)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return tiny_filler.base(tmp_path_factory.mktemp("base"), dropout_rate=0.1)


@pytest.fixture(scope="module")
def tokenizer(base):
    from transformers import AutoTokenizer

    return lambda: AutoTokenizer.from_pretrained(base)


def settings(base, **changed):
    return TrainingSettings(**{
        "model": str(base), "epochs": 2, "batch": 4, "max_length": 64, "beams": 2, "device": "cpu", **changed,
    })  # fmt: skip


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


def prepared(tokenizer, sentences, **changed):
    given = {"max_length": 64, "held_out": 0.25, "names": {}, "seed": 0, **changed}
    return prepare(sentences, tokenizer(), **given)


def test_examples_are_prompts_and_filled_slots(tokenizer):
    material = prepared(tokenizer, [tiny_filler.sentence("PER besuchte LOC .", "Anna", "Rom")], held_out=0)
    (example,) = material.training
    assert example.prompt == "Anna besuchte Rom . <Person>None</Person><Location>None</Location>"
    assert example.answer == "<Person>Anna</Person><Location>Rom</Location>"
    assert example.source[-1] == example.target[-1] == tokenizer().eos_token_id


def test_what_is_left_out_is_counted(tokenizer):
    long = Sentence.from_words(["gestern"] * 80, "de", [Entity(Span(0, 1), "PER")])
    empty = Sentence.from_words(["heute"], "de")
    material = prepared(tokenizer, [*SENTENCES, long, empty, empty])
    assert (len(material.training), len(material.held_out)) == (9, 3)
    assert material.description == "9 sentences to train on, 3 held out; left out: 2 without entities, 1 too long."
    assert material.digest == prepared(tokenizer, [*SENTENCES, empty]).digest
    assert material.digest != prepared(tokenizer, SENTENCES, seed=1).digest


def test_sentences_to_measure_on_can_be_given(tokenizer):
    material = prepared(tokenizer, SENTENCES[:8], held_out=[*SENTENCES[8:], Sentence.from_words(["heute"], "de")])
    assert (len(material.training), len(material.held_out)) == (8, 4)


@pytest.mark.parametrize(
    ("sentences", "changed", "told"),
    [
        ([], {}, "no sentence to train on: none has an entity"),
        (SENTENCES, {"max_length": 9}, "no sentence to train on: all 12 are longer than 9 sub-words"),
        ([Sentence.from_words(["a"], "de", [Entity(Span(0, 1), "L1")])], {}, "label 'L1' is no word"),
    ],
)
def test_what_cannot_be_trained_on(tokenizer, sentences, changed, told):
    with pytest.raises(ConfigurationError, match=told):
        prepared(tokenizer, sentences, **changed)


def test_a_tokenizer_without_marks_receives_them():
    from transformers import T5Tokenizer

    pieces = ["▁", "▁Anna", "Anna", "Person", "▁Person", "None", "▁None"]
    vocabulary = [(piece, 0.0) for piece in ("<pad>", "</s>", "<unk>")] + [(piece, -1.0) for piece in pieces]
    poor = T5Tokenizer(vocab=vocabulary, extra_ids=0)
    anna = Sentence.from_words(["Anna"], "de", [Entity(Span(0, 1), "PER")])
    (example,) = prepared(lambda: poor, [anna], held_out=0).training
    assert poor.unk_token_id not in example.source and len(poor) == 13
    with pytest.raises(ModelUnavailable, match=r"no entry for some character of <Größe>: rename the label"):
        prepared(lambda: poor, [Sentence.from_words(["Anna"], "de", [Entity(Span(0, 1), "Größe")])], held_out=0)


def test_a_stopped_training_goes_on_to_the_same_weights(base, tmp_path):
    wanted = settings(base, save_every=2)
    whole = train_filler(SENTENCES, tmp_path / "whole", wanted, held_out=0)
    assert whole.steps == 6 and whole.resumed_at == 0 and whole.scores is None

    def stop(done, total, loss):
        if done == 5:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        train_filler(SENTENCES, tmp_path / "parts", wanted, held_out=0, listener=stop)
    assert (tmp_path / "parts" / CHECKPOINT).is_file()
    with pytest.raises(ConfigurationError, match="unfinished training with other settings or sentences"):
        train_filler(SENTENCES[1:], tmp_path / "parts", wanted, held_out=0)
    with pytest.raises(ConfigurationError, match="unfinished training with other settings"):
        train_filler(SENTENCES, tmp_path / "parts", settings(base, save_every=2, seed=1), held_out=0)
    steps: list[int] = []
    parts = train_filler(
        SENTENCES, tmp_path / "parts", wanted, held_out=0, listener=lambda done, *_: steps.append(done)
    )
    assert parts.resumed_at == 4 and steps == [5, 6] and parts.loss == pytest.approx(whole.loss)
    assert not (tmp_path / "parts" / CHECKPOINT).exists()
    one, other = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert one.keys() == other.keys() and all((one[name] == other[name]).all() for name in one)


def test_seeds_decide(base, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train_filler(SENTENCES[:4], tmp_path / name, settings(base, epochs=1, seed=seed), held_out=0)
    a, b, c = (weights(tmp_path / name) for name in "abc")
    assert all((a[name] == b[name]).all() for name in a) and any((a[name] != c[name]).any() for name in a)


def test_weights_move_as_adamw_and_the_cosine_say(base, tmp_path):
    """One epoch by hand: the same batches, AdamW, warm-up 0, half a cosine, gradients cut at norm 1."""
    import math

    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    plain = tmp_path / "plain"
    plain.mkdir()
    tiny_filler.base(plain)
    chosen = settings(plain, epochs=3, batch=4, optimizer="adamw", learning_rate=1e-3)
    train_filler(SENTENCES[:4], tmp_path / "ours", chosen, held_out=0)
    model, tokens = AutoModelForSeq2SeqLM.from_pretrained(plain), AutoTokenizer.from_pretrained(plain)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    material = prepare(SENTENCES[:4], tokens, max_length=64, held_out=0, names={}, seed=0)
    read = tokens([one.prompt for one in material.training], return_tensors="pt", padding=True)
    labels = tokens([one.answer for one in material.training], return_tensors="pt", padding=True).input_ids
    labels[labels == 0] = -100
    for step in range(3):
        optimizer.param_groups[0]["lr"] = 1e-3 * (1 + math.cos(math.pi * step / 3)) / 2
        optimizer.zero_grad()
        model(**read, labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    ours = weights(tmp_path / "ours")
    for name, value in model.state_dict().items():
        if name in ours:
            assert torch.allclose(ours[name], value, atol=2e-5), name


def test_bfloat16_and_adafactor(base, tmp_path):
    half, full = (
        train_filler(SENTENCES[:4], tmp_path / name, settings(base, epochs=1, precision=name), held_out=0)
        for name in ("bfloat16", "float32")
    )
    assert half.loss != full.loss and half.loss == pytest.approx(full.loss, rel=0.02)
    assert str(weights(tmp_path / "bfloat16")["shared.weight"].dtype) == "torch.float32"


@pytest.fixture(scope="module")
def untied(base, tmp_path_factory):
    """The base with an output layer of its own, as Google's mT5 checkpoints have."""
    import shutil

    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("untied")
    shutil.copytree(base, folder, dirs_exist_ok=True)
    tensors = weights(base)
    tensors["lm_head.weight"] = torch.randn(tensors["shared.weight"].shape, generator=torch.Generator().manual_seed(1))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_an_output_layer_of_its_own_stays_so(untied, tmp_path):
    import torch

    before = weights(untied)["lm_head.weight"]
    train_filler(SENTENCES[:4], tmp_path / "x", settings(untied, epochs=1), held_out=0.25)
    after = weights(tmp_path / "x")
    assert 0 < (after["lm_head.weight"] - before).abs().max() < 0.01
    assert not torch.allclose(after["lm_head.weight"], after["shared.weight"], atol=0.1)
    model = load_pretrained("AutoModelForSeq2SeqLM", str(untied), "base model")
    grow(model, len(before) + 3)
    assert torch.equal(model.lm_head.weight[: len(before)], before) and len(model.shared.weight) == len(before) + 3
    assert torch.allclose(model.lm_head.weight[-1], before.mean(0))
    again = load_pretrained("AutoModelForSeq2SeqLM", str(tmp_path / "x"), "base model")
    assert again.lm_head.weight is not again.shared.weight


def test_a_loss_that_is_no_number(base, tmp_path):
    with pytest.raises(ModelInputError, match=r"loss is no number at step .*lower the learning rate"):
        train_filler(SENTENCES, tmp_path / "x", settings(base, learning_rate=1e30, optimizer="adamw"), held_out=0)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0"),
        ({"optimizer": "sgd"}, "optimizer must be one of adafactor, adamw"),
        ({"precision": "half"}, "precision must be one of"),
    ],
)
def test_settings_are_checked(changed, told):
    with pytest.raises(ConfigurationError, match=told):
        settings("m", **changed)


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["train-generator", *map(str, arguments)])
    assert result.exit_code == code, f"{result.stdout}{result.stderr}{result.exception!r}"
    return result


def test_the_command_leaves_a_generator_with_a_card(base, tmp_path):
    data, folder = tmp_path / "train.conll", tmp_path / "generator"
    data.write_text(CONLL, "utf-8")
    common = (data, "--language", "de", "--model", base, "--output", folder, "--device", "cpu")
    shown = run(*common, "--epochs", "1", "--beams", "2", "--held-out", "0.25", "--names", "LOC=Location")
    assert "9 sentences to train on, 3 held out; none left out." in shown.stderr
    assert "held-out slots" in shown.stdout and "signature: model:" in shown.stdout
    card = json.loads((folder / "generator.json").read_text("utf-8"))
    assert card["data"] == "train.conll" and card["steps"] == 2 and card["scores"]["slots"] == 6
    assert card["settings"]["learning_rate"] == 1e-4 and card["signature"] in shown.stdout
    readme = (folder / "README.md").read_text("utf-8")
    assert "PER as Person, LOC as Location" in readme and "Held out: 3 sentences with 6 slots" in readme
    again = run(*common, code=2)
    assert "holds a trained generator already: name another folder" in again.stderr


def test_the_command_refuses_what_it_cannot_use(base, tmp_path):
    data, plain = tmp_path / "train.conll", tmp_path / "plain.txt"
    data.write_text(CONLL, "utf-8")
    plain.write_text("Anna lives in Bern.\n", "utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("x")
    common = ("--model", base, "--device", "cpu", "--output")
    assert "holds no labels" in run(plain, *common, tmp_path / "a", code=2).stderr
    assert "is not empty: name a new folder" in run(data, *common, tmp_path / "full", code=2).stderr
    assert "is a file: name a new folder" in run(data, *common, data, code=2).stderr
    missing = run(data, "--model", "google/mt5-small", "--output", tmp_path / "b", code=2)
    assert "base model google/mt5-small is not on this machine" in missing.stderr and "models fetch" in missing.stderr
    assert not (tmp_path / "b").exists()


def test_a_damaged_checkpoint_is_said(base, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / CHECKPOINT).write_bytes(b"no")
    with pytest.raises(ModelUnavailable, match=r"training.pt is damaged .*delete it to start anew"):
        train_filler(SENTENCES, tmp_path / "x", settings(base), held_out=0)


def test_an_interrupted_command_says_how_to_go_on(base, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("projection.models.filler_training.train_filler", interrupted)
    (tmp_path / "train.conll").write_text(CONLL, "utf-8")
    shown = run(tmp_path / "train.conll", "--model", base, "--output", tmp_path / "x", code=130)
    assert "Give the same command again to go on" in shown.stderr


def test_memory_that_runs_out_is_said(base, tmp_path, monkeypatch):
    def too_large(*_, **__):
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")

    monkeypatch.setattr("projection.models.training.Loop._learn", too_large)
    with pytest.raises(ModelUnavailable, match=r"not enough memory to train .* batches of 4 .*lower --batch"):
        train_filler(SENTENCES, tmp_path / "x", settings(base), held_out=0)


def test_files_to_measure_on_are_named_in_the_card(base, tmp_path):
    for name in ("train.conll", "dev.conll"):
        (tmp_path / name).write_text(CONLL, "utf-8")
    run(tmp_path / "train.conll", tmp_path / "dev.conll", "--validation", tmp_path / "dev.conll", "--model", base,
        "--output", tmp_path / "x", "--epochs", "1", "--beams", "1", "--device", "cpu", "--progress")  # fmt: skip
    card = json.loads((tmp_path / "x" / "generator.json").read_text("utf-8"))
    assert card["data"] == "train.conll, dev.conll; measured on dev.conll"
    assert card["sentences"]["training"] == 24 and card["scores"]["sentences"] == 12
