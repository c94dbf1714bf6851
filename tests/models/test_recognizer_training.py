"""Training a recognizer: adapters and whole encoders, what is left out, stopping, the card, the command."""

from __future__ import annotations

import errno
import json
import random
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from projection.cli import app
from projection.errors import Cancelled, ConfigurationError, ModelUnavailable
from projection.models import e5_folder
from projection.models.adapted import CARD, AdaptedRecognizer, recognizer_for, shipped_folder
from projection.models.adapters import AdaptedLayers, merge
from projection.models.embedded import upper_layers
from projection.models.recognizer_data import mentions_of, prepare, recase, swap, tags_of, without
from projection.models.recognizer_training import RecognizerSettings, train_recognizer
from projection.models.token_classifier import TokenClassifier
from projection.models.training import CHECKPOINT
from projection.registry import create
from projection.types import Entity, Sentence, Span
from tests.models import tiny_encoders

PEOPLE, PLACES, REST = ["European", "Parliament"], ["Berlin", "Monday"], ["met", "in", "the", "on"]


def toy(count: int, seed: int = 0) -> list[Sentence]:
    """Sentences in which a word says what it is: two person words stand side by side, one place word alone."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        words, entities = [], []
        for _ in range(draw.randint(1, 3)):
            words += draw.choices(REST, k=draw.randint(1, 3))
            if draw.random() < 0.5:
                entities.append(Entity(Span(len(words), len(words) + 2), "PER"))
                words += draw.choices(PEOPLE, k=2)
            else:
                entities.append(Entity(Span(len(words), len(words) + 1), "LOC"))
                words.append(draw.choice(PLACES))
        found.append(Sentence.from_words(words, "en", entities))
    return found


def stop_at(step: int):
    """A listener that ends the training after this step."""

    def stop(done, total, loss):
        if done == step:
            raise Cancelled("stop")

    return stop


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> str:
    torch.manual_seed(1)
    return str(tiny_encoders.bert(tmp_path_factory.mktemp("base") / "bert"))


def settings(model: str = "e5-small", **values) -> RecognizerSettings:
    return RecognizerSettings(**{"model": model, "epochs": 2, "batch": 8, "device": "cpu", "warm_up": 4, **values})


def test_what_is_held_out_and_left_out():
    sentences = [*toy(20), Sentence.from_words(["x"], "en", [Entity(Span(0, 1), "OTH")]), Sentence.from_words([], "en")]
    found = prepare(sentences, held_out=0.25, labels=["PER", "LOC"], seed=3)
    assert len(found.training) == 16 and len(found.held_out) == 5
    assert found.tags == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER") and found.other_labels == {"OTH": 1}
    assert {entity.label for one in (*found.training, *found.held_out) for entity in one.entities} == {"PER", "LOC"}
    assert prepare(sentences, held_out=0.25, labels=["PER", "LOC"], seed=3).digest == found.digest
    assert prepare(sentences, held_out=0.25, labels=["PER", "LOC"], seed=4).digest != found.digest
    with pytest.raises(ConfigurationError, match="label GPE that is to be learned; there are LOC, OTH, PER"):
        prepare(sentences, held_out=0, labels=["GPE"])
    with pytest.raises(ConfigurationError, match="none has an entity"):
        prepare([Sentence.from_words(["x"], "en")], held_out=0)


def test_copies_in_other_case_have_the_same_labels():
    german = Sentence.from_words(["das", "haus", "von", "anna"], "de", [Entity(Span(3, 4), "PER")])
    draw = random.Random(0)
    copies = [copy for copy in (recase(german, draw) for _ in range(60)) if copy]
    kinds = {" ".join(copy.words) for copy in copies}
    assert "DAS HAUS VON ANNA" in kinds and "das Haus von Anna" in kinds
    assert all(tags_of(copy) == ["O", "O", "O", "B-PER"] for copy in copies)
    assert all(recase(Sentence.from_words(["北京"], "zh"), draw) is None for _ in range(20))
    plain = prepare([german] * 50, held_out=0)
    found = prepare([german] * 50, held_out=0, recased=0.5)
    assert 5 < found.recased < 30 and len(found.training) == 50 + found.recased
    assert found.entities == plain.entities == {"PER": 50}


ANNA = Sentence.from_words(["Anna", "met", "the", "Red", "Cross"], "en",
                           [Entity(Span(0, 1), "PER"), Entity(Span(3, 5), "ORG")])  # fmt: skip


def test_copies_with_other_names_keep_what_stands_around():
    long, short = ("Jean", "de", "La", "Fontaine"), ("FN",)
    mentions = {"PER": {"en": [("Anna",)], "fr": [long] * 20}, "ORG": {"sv": [short] * 20, "en": [("Red", "Cross")]}}
    draw = random.Random(0)
    copies = {copy.words: copy for copy in (swap(ANNA, mentions, draw) for _ in range(60))}
    assert set(copies) == {(*first, "met", "the", *last) for first in (("Anna",), long)
                           for last in (("Red", "Cross"), short)}  # fmt: skip
    copy = copies[(*long, "met", "the", *short)]
    assert tags_of(copy) == ["B-PER", "I-PER", "I-PER", "I-PER", "O", "O", "B-ORG"] and copy.language == "en"


def test_other_names_come_from_every_language_as_often_however_many_it_has():
    own = [Entity(Span(0, 1), "PER")]
    english = [Sentence.from_words([f"E{number}", "came"], "en", own) for number in range(900)]
    others = [Sentence.from_words([word, "kom"], code, own) for word, code in (("S", "sv"), ("H", "hr"))] * 20
    few = [Sentence.from_words(["X", "came"], "und", own)] * 19  # of which one would come again and again
    mentions, draw = mentions_of([*english, *others, *few]), random.Random(1)
    drawn = Counter(swap(sentence, mentions, draw).words[0][0] for sentence in english * 4)
    # a fifth stays and of the rest two fifths are English: .2 + .8 * (.4 + .6 / 3), and .8 * .6 / 3 of each other one
    assert abs(drawn["E"] / 3600 - 0.68) < 0.03
    assert all(abs(drawn[first] / 3600 - 0.16) < 0.03 for first in "SH")
    assert sum(drawn.values()) == drawn["E"] + drawn["S"] + drawn["H"]
    assert {swap(few[0], mentions_of(few), draw).words for _ in range(20)} == {("X", "came")}
    kept = sum(swap(sentence, mentions, draw).words[0] == sentence.words[0] for sentence in english * 4)
    assert abs(kept / 3600 - 0.2) < 0.03


@given(st.integers(1, 30), st.integers(0, 5), st.floats(0, 0.9), st.floats(0, 0.9))
def test_copies_come_after_the_sentences_and_take_nothing_from_those_held_out(count, seed, recased, swapped):
    own = [Entity(Span(0, 1), "PER")]
    people = [Sentence.from_words([f"Person{n}", "came", "again"], "en", own) for n in range(count)]
    aside = [Sentence.from_words(["Secret", "came", "again"], "en", own)]
    plain = Sentence.from_words(["nobody", "came"], "en")
    found = prepare([*people, plain], held_out=aside, recased=recased, swapped=swapped, seed=seed)
    assert found.own == count + 1 and found.training[: found.own] == (*people, plain)
    assert (
        found.training[: found.own + found.recased]
        == prepare([*people, plain], held_out=aside, recased=recased, seed=seed).training
    )  # the same as without swapping
    copies = found.training[found.own + found.recased :]
    assert len(copies) == found.swapped <= count
    for copy in copies:
        assert copy.words[0] in {one.words[0] for one in people} and tags_of(copy) == ["B-PER", "O", "O"]
    assert found.entities == {"PER": count}
    if copies:
        assert f"{found.swapped} copies with other names" in found.description
        shorter = without(found, {0, len(found.training) - 1})
        assert (shorter.own, shorter.recased, shorter.swapped) == (found.own - 1, found.recased, found.swapped - 1)


def test_an_adapter_starts_as_nothing_and_merging_changes_nothing():
    torch.manual_seed(0)
    layers, _ = upper_layers(10)
    frozen, _ = upper_layers(10)
    adapted = AdaptedLayers(layers, 3, rank=4, alpha=8.0, dropout=0.0).eval()
    hidden, mask = torch.randn(2, 5, 384), torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    firsts = torch.tensor([0, 2, 5])

    def through(stack):
        given = hidden
        for layer in stack:
            given = layer(given, attention_mask=mask[:, None, None, :])
        return adapted.head(given.flatten(0, 1)[firsts])

    with torch.inference_mode():
        torch.testing.assert_close(adapted(hidden, mask, firsts), through(frozen))
        for name, values in adapted.named_parameters():
            if name.endswith("up"):
                values.normal_(0, 0.05)
        changed = adapted(hidden, mask, firsts)
        assert (changed - through(frozen)).abs().max() > 0.01
        merge(frozen, adapted.weights())
        torch.testing.assert_close(changed, through(frozen), atol=1e-4, rtol=1e-4)
    trained = {name.rpartition(".")[2] for name, values in adapted.named_parameters() if values.requires_grad}
    assert trained == {"down", "up", "weight", "bias"}
    per_layer = 4 * 4 * (384 + 384) + 2 * 4 * (384 + 1536)  # rank times inputs and outputs of six linear layers
    assert sum(values.numel() for values in adapted.parameters() if values.requires_grad) == 2 * per_layer + 3 * 385


@pytest.mark.model
def test_adapters_learn_and_the_recognizer_says_what_the_network_said(tmp_path):
    trained = train_recognizer(toy(96), tmp_path / "a", settings(rank=4, alpha=8.0, epochs=5), held_out=toy(40, 9))
    assert trained.scores.overall.f1 > 0.9 and trained.steps == 60
    card = json.loads((tmp_path / "a" / "recognizer.json").read_text("utf-8"))
    assert card["tags"] == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"] and card["layer"] == 7
    assert card["scores"]["overall"]["f1"] == trained.scores.overall.f1 and card["sentences"]["held_out"] == 40
    assert not (tmp_path / "a" / CHECKPOINT).exists()
    recognizer = create("recognizer", str(tmp_path / "a"))
    assert isinstance(recognizer, AdaptedRecognizer)
    given = Sentence.from_words(
        ["the", "European", "Parliament", "met", "Parliament", "Parliament", "in", "Berlin"], "en"
    )
    ((entities, probabilities),) = recognizer.recognize_with_probabilities([given])
    assert [(one.span, one.label) for one in entities] == [
        (Span(1, 3), "PER"),
        (Span(4, 6), "PER"),
        (Span(7, 8), "LOC"),
    ]
    assert probabilities.tags == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    assert np.allclose(probabilities.matrix.sum(axis=1), 1, atol=1e-5)
    assert (
        recognizer.recognize([Sentence.from_words(["\x00", "anna", "bob"], "en"), Sentence.from_words([], "en")])[1]
        == ()
    )
    assert np.allclose(recognizer._probabilities([given])[0], by_transformers(tmp_path / "a", given), atol=2e-3)
    renamed = recognizer_for(model=str(tmp_path / "a"), label_map="PER=HUMAN,LOC=O").recognize([given])[0]
    assert {one.label for one in renamed} == {"HUMAN"}
    long = Sentence.from_words([*given.words] * 80, "en")  # beyond one window
    assert sum(one.label == "LOC" for one in recognizer.recognize([long])[0]) == 80


@pytest.mark.model
def test_layers_above_the_last_are_not_run(tmp_path):
    trained = train_recognizer(
        toy(96), tmp_path / "a", settings(rank=4, alpha=8.0, epochs=5, layer=5, last_layer=8), held_out=toy(40, 9)
    )
    assert trained.scores.overall.f1 > 0.9
    assert trained.parameters == 3 * (4 * 4 * (384 + 384) + 2 * 4 * (384 + 1536)) + 5 * 385
    recognizer, given = create("recognizer", str(tmp_path / "a")), toy(1)[0]
    found = recognizer._probabilities([given])[0]
    assert np.allclose(found, by_transformers(tmp_path / "a", given, 5, 8), atol=2e-3)
    assert "layers 6 to 8" in (tmp_path / "a" / "README.md").read_text("utf-8")


@pytest.mark.model
def test_a_recognizer_can_be_trained_on(tmp_path):
    train_recognizer(toy(96), tmp_path / "a", settings(rank=4, epochs=5), held_out=0)
    first, still = str(tmp_path / "a"), {"epochs": 1, "learning_rate": 1e-9, "weight_decay": 0.0}
    wanted = settings(first, **still).resolved()
    assert (wanted.layer, wanted.last_layer, wanted.rank, wanted.alpha) == (7, 12, 4, 8.0)
    train_recognizer(toy(40, 5), tmp_path / "b", settings(first, **still), held_out=0)
    before, after = (create("recognizer", str(tmp_path / name)) for name in "ab")
    for one, other in zip(before._probabilities(toy(6, 3)), after._probabilities(toy(6, 3)), strict=True):
        assert np.allclose(one, other, atol=5e-3)
    card = json.loads((tmp_path / "b" / CARD).read_text("utf-8"))
    assert card["base"] == "e5-small" and card["begun_with"] == "a"
    assert card["settings"]["begun_with"] == before.weights_digest and before.weights_digest in card["signature"]
    assert str(tmp_path) not in (tmp_path / "b" / CARD).read_text("utf-8")
    assert card["licence"] == ""
    assert "begun with those of a (weights" in (tmp_path / "b" / "README.md").read_text("utf-8")
    shorter = train_recognizer(toy(40, 5), tmp_path / "c", settings(first, last_layer=9, epochs=3), held_out=toy(40, 9))
    assert shorter.scores.overall.f1 > 0.9, "the layers below keep what they learned, the head learns anew"


@pytest.mark.model
def test_what_is_trained_on_has_the_shape_of_what_was_trained(tmp_path):
    train_recognizer(toy(8), tmp_path / "a", settings(rank=2, epochs=1), held_out=0)
    for wrong, said in (({"rank": 3}, "have rank 2, not 3"), ({"layer": 8}, "have layer 7, not 8")):
        with pytest.raises(ConfigurationError, match=said):
            train_recognizer(toy(8), tmp_path / "b", settings(str(tmp_path / "a"), **wrong), held_out=0)
    (tmp_path / "a" / "adapter.safetensors").write_bytes(b"no")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        train_recognizer(toy(8), tmp_path / "b", settings(str(tmp_path / "a")), held_out=0)
    assert not (tmp_path / "b").exists()


@pytest.mark.model
def test_a_few_sentences_are_seen_more_often():
    tags = ("O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER")

    def epochs(sentences: int, model: str = "e5-small", known: tuple[str, ...] = tags) -> int:
        return RecognizerSettings(model=model).for_size(sentences, known).epochs

    assert (epochs(5000), epochs(1000), epochs(3)) == (4, 7, 40)  # 400 steps of 16 sentences
    assert (epochs(200, "e5-ner"), epochs(20, "e5-ner")) == (4, 40) and epochs(1000, "e5-ner", tags[:3]) == 7
    assert RecognizerSettings(epochs=2).for_size(3, tags).epochs == 2


@pytest.mark.model
def test_the_shape_of_the_recognizer_in_the_box_is_that_of_its_card():
    shipped = settings("e5-ner").resolved()
    card = json.loads((shipped_folder() / CARD).read_text("utf-8"))
    assert (shipped.layer, shipped.rank, shipped.alpha) == tuple(
        card["settings"][key] for key in ("layer", "rank", "alpha")
    )


@pytest.mark.model
def test_a_card_of_before_last_layer_is_read_as_all_layers(tmp_path):
    train_recognizer(toy(48), tmp_path / "a", settings(rank=2, epochs=1), held_out=0)
    before = create("recognizer", str(tmp_path / "a"))._probabilities(toy(3))
    card = json.loads((tmp_path / "a" / CARD).read_text("utf-8"))
    assert card.pop("last_layer") == 12
    (tmp_path / "a" / CARD).write_text(json.dumps(card), "utf-8")
    after = create("recognizer", str(tmp_path / "a"))._probabilities(toy(3))
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def by_transformers(folder, sentence: Sentence, first: int = 7, last: int = 12) -> np.ndarray:
    """The same probabilities by transformers' own network, the adapters merged into all of it at once."""
    import tokenizers
    from safetensors.torch import load_file
    from transformers import AutoModel

    whole = AutoModel.from_pretrained(e5_folder.obtain(), add_pooling_layer=False).float().eval()
    weights = load_file(folder / "adapter.safetensors")
    merge(whole.encoder.layer[first:last], weights)
    encoded = tokenizers.Tokenizer.from_file(str(e5_folder.obtain() / "tokenizer.json")).encode(
        list(sentence.words), is_pretokenized=True
    )
    firsts = [encoded.word_ids.index(word) for word in range(len(sentence))]
    with torch.inference_mode():
        hidden = whole(torch.tensor([encoded.ids]), output_hidden_states=True).hidden_states[last][0][firsts]
        logits = hidden @ weights["head.weight"].float().T + weights["head.bias"].float()
        return logits.softmax(-1).numpy()


def test_a_whole_encoder_learns_and_is_read_with_valid_tags(base, tmp_path):
    trained = train_recognizer(
        toy(150), tmp_path / "w", settings(base, epochs=12, learning_rate=3e-3), held_out=toy(40, 9)
    )
    assert trained.scores.overall.f1 > 0.9
    recognizer = create("recognizer", str(tmp_path / "w"))
    assert isinstance(recognizer, TokenClassifier) and recognizer.default_label_map == {"LOC": "LOC", "PER": "PER"}
    found = recognizer.recognize([one.with_entities(()) for one in toy(40, 9)])
    assert all(one.origin == "model" and 0 < one.score <= 1 for entities in found for one in entities)
    again = train_recognizer(toy(20), tmp_path / "again", settings(str(tmp_path / "w"), epochs=1), held_out=0)
    assert again.scores is None and again.calibration is None  # a trained recognizer can be trained on
    other = [one.with_entities([Entity(one.entities[0].span, "X")]) for one in toy(20)]
    train_recognizer(other, tmp_path / "other", settings(str(tmp_path / "w"), epochs=1), held_out=0)
    assert create("recognizer", str(tmp_path / "other")).default_label_map == {"X": "X"}


@pytest.mark.parametrize("kind", ["adapter", "whole"])
def test_a_stopped_training_goes_on_to_the_same_weights(kind, base, tmp_path):
    wanted = settings(base if kind == "whole" else "e5-small", rank=2, save_every=2)
    whole = train_recognizer(toy(24), tmp_path / "whole", wanted, held_out=0)
    assert whole.steps == 6

    with pytest.raises(Cancelled):
        train_recognizer(toy(24), tmp_path / "parts", wanted, held_out=0, listener=stop_at(5))
    with pytest.raises(ConfigurationError, match="unfinished training with other settings or sentences"):
        train_recognizer(toy(25), tmp_path / "parts", wanted, held_out=0)
    steps: list[int] = []
    train_recognizer(toy(24), tmp_path / "parts", wanted, held_out=0, listener=lambda done, *_: steps.append(done))
    assert steps == [5, 6]
    name = "adapter.safetensors" if kind == "adapter" else "model.safetensors"
    assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    with pytest.raises(ConfigurationError, match="holds a trained recognizer already"):
        train_recognizer(toy(24), tmp_path / "whole", wanted, held_out=0)


@pytest.mark.parametrize("kind", ["adapter", "whole"])
def test_several_runs_leave_the_mean_of_their_weights(kind, base, tmp_path):
    name = "adapter.safetensors" if kind == "adapter" else "model.safetensors"
    if kind == "adapter":
        train_recognizer(toy(8), tmp_path / "begun", settings(rank=2, epochs=1), held_out=0)
    model = str(tmp_path / "begun") if kind == "adapter" else base
    wanted = settings(model, save_every=2, runs=2)
    seen: list[tuple[int, int]] = []
    both = train_recognizer(toy(24), tmp_path / "both", wanted, held_out=0, listener=lambda *one: seen.append(one[:2]))
    assert both.steps == 12 and seen == [(done, 12) for done in range(1, 13)] and "|runs:2|" in both.signature
    said = (tmp_path / "both" / "README.md").read_text("utf-8")
    assert "the mean of the weights of 2 runs" in said and "Steps: 12 in 2 runs; loss in the last epoch of the" in said
    mean = load_file(tmp_path / "both" / name)
    if kind == "adapter":  # nothing but the order and dropout depends on the seed
        for seed in (0, 1):
            train_recognizer(toy(24), tmp_path / f"run{seed}", settings(model, seed=seed), held_out=0)
        runs = [load_file(tmp_path / f"run{seed}" / name) for seed in (0, 1)]
        assert any(not torch.equal(runs[0][key], runs[1][key]) for key in mean)
        for key, values in mean.items():
            torch.testing.assert_close(values.float(), (runs[0][key].float() + runs[1][key].float()) / 2,
                                       atol=1e-3, rtol=1e-3)  # fmt: skip
    for moment in (3, 6, 7, 11):
        folder = tmp_path / f"stopped{moment}"
        with pytest.raises(Cancelled):
            train_recognizer(toy(24), folder, wanted, held_out=0, listener=stop_at(moment))
        train_recognizer(toy(24), folder, wanted, held_out=0)
        assert (folder / name).read_bytes() == (tmp_path / "both" / name).read_bytes()


@pytest.mark.model
def test_new_adapters_are_not_averaged(tmp_path):
    with pytest.raises(ConfigurationError, match="new adapters cannot be averaged over 2 runs"):
        train_recognizer(toy(8), tmp_path / "x", settings(runs=2), held_out=0)
    train_recognizer(toy(8), tmp_path / "eight", settings(last_layer=8, rank=1, epochs=1), held_out=0)
    with pytest.raises(ConfigurationError, match="new adapters cannot be averaged over 2 runs"):
        settings(str(tmp_path / "eight"), last_layer=12, runs=2).resolved()
    assert settings(str(tmp_path / "eight"), runs=2).resolved().last_layer == 8


def test_runs_go_on_from_one_beginning_even_when_the_model_they_began_with_is_another_now(base, tmp_path):
    copy, wanted = tmp_path / "copy", settings(str(tmp_path / "copy"), save_every=2, runs=2)

    shutil.copytree(base, copy)
    train_recognizer(toy(24), tmp_path / "whole", wanted, held_out=0)
    with pytest.raises(Cancelled):
        train_recognizer(toy(24), tmp_path / "parts", wanted, held_out=0, listener=stop_at(4))
    weights = copy / "model.safetensors"
    save_file({key: values * 1.5 for key, values in load_file(weights).items()}, weights, metadata={"format": "pt"})
    train_recognizer(toy(24), tmp_path / "parts", wanted, held_out=0)
    one, other = (load_file(tmp_path / folder / "model.safetensors") for folder in ("whole", "parts"))
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_checkpoint_of_one_run_holds_what_it_held_before_there_were_runs(base, tmp_path):
    with pytest.raises(Cancelled):
        train_recognizer(toy(24), tmp_path / "x", settings(base, save_every=2), held_out=0, listener=stop_at(4))
    state = torch.load(tmp_path / "x" / CHECKPOINT, weights_only=True)
    assert set(state) == {"signature", "step", "losses", "model", "optimizer", "schedule"}


def test_long_sentences_are_counted_and_left_out(base, tmp_path):
    long = Sentence.from_words(["the"] * 40, "en")
    told: list[str] = []
    trained = train_recognizer(
        [*toy(20), long], tmp_path / "x", settings(base, max_length=30, epochs=1), held_out=0, tell=told.append
    )
    assert trained.material.too_long == 1 and "1 sentences too long" in told[0]
    padded = [Sentence.from_words([*one.words, *["the"] * 20], "en", one.entities) for one in toy(20)]
    with pytest.raises(ConfigurationError, match="all 20 are too long"):
        train_recognizer(padded, tmp_path / "y", settings(base, max_length=10, epochs=1), held_out=0)


@pytest.mark.model
def test_a_sentence_beyond_the_encoder_is_left_out_with_the_long_ones(tmp_path):
    told: list[str] = []
    endless = Sentence.from_words(["the"] * 9000, "en")
    wanted = settings(layer=11, rank=2, epochs=1)
    trained = train_recognizer([*toy(20), endless], tmp_path / "x", wanted, held_out=0, tell=told.append)
    assert trained.material.too_long == 1 and "1 sentences too long" in told[0]


def test_sentences_beyond_what_the_model_reads_are_left_out_whatever_is_allowed(base, tmp_path):
    longer = Sentence.from_words(["the"] * 100, "en")  # the model reads 66
    trained = train_recognizer(
        [*toy(20), longer], tmp_path / "x", settings(base, max_length=4096, epochs=1), held_out=[*toy(4, 1), longer]
    )
    assert trained.material.too_long == 1 and trained.scores.to_dict()["sentences"] == 5


@pytest.mark.parametrize("moment", ["checkpoint", "model"])
def test_a_full_disk_is_said_and_the_training_goes_on_from_its_checkpoint(base, tmp_path, monkeypatch, moment):
    wanted, folder = settings(base, epochs=2, save_every=2), tmp_path / "x"
    save, count = torch.save, iter(range(100))

    def full(state, file, *more):
        if moment == "checkpoint" and next(count) == 1:
            Path(file).write_bytes(b"half")
            raise RuntimeError("[enforce fail at inline_container.cc:862] . PytorchStreamWriter failed writing file")
        save(state, file, *more)

    def none(*_more, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", full)
        if moment == "model":
            patch.setattr("transformers.PreTrainedModel.save_pretrained", none)
        with pytest.raises(ModelUnavailable, match=r"the disk is full.*goes on from the last checkpoint"):
            train_recognizer(toy(24), folder, wanted, held_out=0)
    assert [file.name for file in folder.iterdir()] == [CHECKPOINT]
    told: list[str] = []
    train_recognizer(toy(24), folder, wanted, held_out=0, tell=told.append)
    assert any(one.startswith("Going on after step") for one in told)
    train_recognizer(toy(24), tmp_path / "whole", wanted, held_out=0)
    name = "model.safetensors"
    assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_what_cannot_be(base, tmp_path):
    with pytest.raises(ModelUnavailable, match="base model no/such is not on this machine"):
        train_recognizer(toy(4), tmp_path / "x", settings("no/such"))
    for wrong in ({"epochs": 0}, {"recased": 1.0}, {"swapped": -0.1}, {"learning_rate": -1.0}, {"rank": 0},
                  {"runs": 0}, {"last_layer": 0}, {"layer": 7, "last_layer": 7}, {"last_layer": 13}):  # fmt: skip
        with pytest.raises(ConfigurationError, match="Training:"):
            settings(**wrong)


def change_card(folder, **values) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps({**card, **values}), "utf-8")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: (folder / CARD).write_text("{"), "is damaged .*copy the folder again"),
        (lambda folder: (folder / CARD).write_text('{"tags": ["A"], "layer": 7, "weights": ""}'), "does not fit"),
        (lambda folder: (folder / "adapter.safetensors").write_bytes(b"no"), "cannot be read"),
        (lambda folder: change_card(folder, layer=9), "do not fit together"),
        (lambda folder: change_card(folder, last_layer=10), "do not fit together"),
        (lambda folder: change_card(folder, last_layer="10"), "does not fit"),
    ],
)  # fmt: skip
@pytest.mark.model
def test_a_damaged_adapter_is_said_in_a_sentence(break_it, said, tmp_path):
    train_recognizer(toy(8), tmp_path / "a", settings(rank=1, epochs=1), held_out=0)
    break_it(tmp_path / "a")
    with pytest.raises(ModelUnavailable, match=said):
        create("recognizer", str(tmp_path / "a")).recognize(toy(1))


def conll(sentences) -> str:
    return "".join(
        "".join(f"{word} {tag}\n" for word, tag in zip(one.words, tags_of(one), strict=True)) + "\n"
        for one in sentences
    )


def test_the_command_leaves_a_recognizer_with_a_card(base, tmp_path):
    for name, seed in (("train.conll", 0), ("more.conll", 1), ("dev.conll", 2)):
        (tmp_path / name).write_text(conll(toy(20, seed)), "utf-8")
    arguments = ["train-recognizer", str(tmp_path / "train.conll"), str(tmp_path / "more.conll"), "--model", base,
                 "--validation", str(tmp_path / "dev.conll"), "--output", str(tmp_path / "mine"), "--language", "en",
                 "--device", "cpu", "--licence", "CC0", "--labels", "PER", "--progress"]  # fmt: skip
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.stderr
    assert "40 sentences to train on, 20 held out" in shown.stderr and "steps" in shown.stderr
    assert "signature: model:" in shown.stdout and "held-out sentences" in shown.stdout
    card = json.loads((tmp_path / "mine" / "recognizer.json").read_text("utf-8"))
    assert card["data"] == "train.conll, more.conll; measured on dev.conll" and card["licence"] == "CC0"
    assert card["labels_left_out"]["LOC"] == sum(
        one.label == "LOC" for seed in (0, 1) for s in toy(20, seed) for one in s.entities
    )
    readme = (tmp_path / "mine" / "README.md").read_text("utf-8")
    assert card["signature"] in readme and f"signature: {card['signature']}" in shown.stdout and "CC0" in readme
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2 and "holds a trained recognizer already" in again.stderr
    (tmp_path / "new.txt").write_text("European Parliament met in Berlin\n", "utf-8")
    labelled = CliRunner().invoke(app, ["label", str(tmp_path / "new.txt"), "--language", "en", "--recognizer",
                                        str(tmp_path / "mine"), "--output", str(tmp_path / "new.conll")])  # fmt: skip
    assert labelled.exit_code == 0, labelled.stderr
    assert len((tmp_path / "new.conll").read_text("utf-8").split("\n\n")[0].splitlines()) == 5


def test_each_file_of_the_command_can_have_its_language(base, tmp_path, monkeypatch):
    given: list[Sentence] = []
    aside: list[Sentence] = []
    asked: list[RecognizerSettings] = []

    def train(sentences, output, settings, *, held_out, **_):
        given.extend(sentences)
        aside.extend([] if isinstance(held_out, float) else held_out)
        asked.append(settings)
        raise KeyboardInterrupt

    monkeypatch.setattr("projection.models.recognizer_training.train_recognizer", train)
    for name, seed in (("one.conll", 0), ("two.conll", 1)):
        (tmp_path / name).write_text(conll(toy(3, seed)), "utf-8")
    arguments = ["train-recognizer", str(tmp_path / "one.conll"), str(tmp_path / "two.conll"), "--model", base,
                 "--output", str(tmp_path / "x"), "--runs", "3", "--swapped", "0.4", "--recased", "0.2",
                 "--language"]  # fmt: skip
    assert CliRunner().invoke(app, [*arguments, "en, sv"]).exit_code == 130
    assert (asked[0].runs, asked[0].swapped, asked[0].recased) == (3, 0.4, 0.2)
    assert [sentence.language for sentence in given] == ["en"] * 3 + ["sv"] * 3
    measured = ["--validation", str(tmp_path / "one.conll")]
    assert CliRunner().invoke(app, [*arguments, "en,sv,hr", *measured]).exit_code == 130
    assert [sentence.language for sentence in aside] == ["hr"] * 3
    shown = CliRunner().invoke(app, [*arguments, "en,sv,hr"])
    assert shown.exit_code == 2 and "--language names 3 languages for 2 files" in shown.stderr


def test_an_interrupted_command_says_how_to_go_on(base, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("projection.models.recognizer_training.train_recognizer", interrupted)
    (tmp_path / "train.conll").write_text(conll(toy(5)), "utf-8")
    shown = CliRunner().invoke(
        app, ["train-recognizer", str(tmp_path / "train.conll"), "--model", base, "--output", str(tmp_path / "x")]
    )
    assert shown.exit_code == 130 and "Give the same command again to go on" in shown.stderr
