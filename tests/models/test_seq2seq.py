"""NLLB, M2M-100 and Marian: language codes, limits, batches, on tiny models built on the spot."""

from __future__ import annotations

import gc
import json
import os
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.models.seq2seq_families import M2m100, Marian, Nllb, translator_for
from tests.models import tiny


@pytest.fixture(scope="module")
def counting(tmp_path_factory):
    """An NLLB that really learnt to translate the numbers one to eight."""
    return str(tiny.nllb(tmp_path_factory.mktemp("nllb")))


@pytest.fixture(scope="module")
def m2m100(tmp_path_factory):
    return str(tiny.m2m100(tmp_path_factory.mktemp("m2m100")))


@pytest.fixture(scope="module")
def marian(tmp_path_factory):
    return str(tiny.marian(tmp_path_factory.mktemp("marian"), "en", "de"))


@pytest.fixture(scope="module")
def marian_many(tmp_path_factory):
    return str(tiny.marian(tmp_path_factory.mktemp("many"), "en", "gmw", ["deu", "nld", "cmn_Hans", "pt_BR"]))


def heard(monkeypatch, translator, source="en", target="de"):
    """Return the list that collects what `generate` is called with, and its results."""
    loaded = translator._for_pair(source, target)
    calls, generate = [], loaded.model.generate

    def listen(**given):
        result = generate(**given)
        calls.append({**given, "result": result})
        return result

    monkeypatch.setattr(loaded.model, "generate", listen)
    return calls


def texts(translations):
    return [translation.text for translation in translations]


@pytest.mark.parametrize(
    ("target", "expected"),
    [("de", tiny.NUMBERS["de"]), ("fr", tiny.NUMBERS["fr"])],
)
def test_nllb_translates_into_the_language_asked_for(counting, target, expected):
    translations = Nllb(model=counting).translate(tiny.NUMBERS["en"], "en", target)
    assert texts(translations) == expected
    assert not any(translation.warnings for translation in translations)


def test_nllb_greedy_equals_the_taught_answer(counting):
    assert texts(Nllb(model=counting, beams=1).translate(["five"], "en", "de")) == ["fünf"]


def test_nllb_frames_source_and_target_codes(counting, monkeypatch):
    translator = Nllb(model=counting, beams=1)
    calls = heard(monkeypatch, translator)
    translator.translate(["one two"], "en", "fr")
    tokens = translator._loaded.tokenizer.convert_ids_to_tokens(calls[0]["input_ids"][0].tolist())
    assert (tokens[0], tokens[-1]) == ("eng_Latn", "</s>")
    written = translator._loaded.tokenizer.convert_ids_to_tokens(calls[0]["result"][0].tolist())
    assert written[:2] == ["</s>", "fra_Latn"]  # decoder start, then the forced code


def test_a_tokenizer_saved_with_the_old_order_does_no_harm(counting, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(counting, old)
    path = old / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "legacy_behaviour": True}), "utf-8")
    assert texts(Nllb(model=str(old)).translate(["three"], "en", "de")) == ["drei"]


def test_the_tokenizer_can_come_from_another_folder(counting, tmp_path):
    tuned = tmp_path / "tuned"
    tuned.mkdir()
    for file in ("config.json", "generation_config.json", "model.safetensors"):
        shutil.copy(f"{counting}/{file}", tuned / file)
    with pytest.raises(ModelUnavailable, match="no tokenizer files"):
        Nllb(model=str(tuned)).translate(["one"], "en", "de")
    translator = translator_for(model=str(tuned), tokenizer=counting)
    assert isinstance(translator, Nllb)
    assert texts(translator.translate(["one"], "en", "de")) == ["eins"]
    assert counting in translator.signature


def test_sentences_are_translated_one_by_one_and_joined(counting, monkeypatch):
    translator = Nllb(model=counting)
    calls = heard(monkeypatch, translator)
    (translation,) = translator.translate(["three\nfour"], "en", "de")
    assert calls[0]["input_ids"].shape[0] == 2
    assert translation.text == "drei vier"


def test_batches_and_order_do_not_change_the_result(counting, monkeypatch):
    numbers = ["one one one one one", "six", "seven eight", "two", "three one two", "six"]
    small, expected = Nllb(model=counting, batch_tokens=12), Nllb(model=counting).translate(numbers, "en", "de")
    calls = heard(monkeypatch, small)
    assert texts(small.translate(numbers, "en", "de")) == texts(expected)
    lengths = [call["input_ids"].shape[1] for call in calls]
    assert len(calls) > 2 and lengths == sorted(lengths, reverse=True)
    assert all(call["input_ids"].numel() <= 12 for call in calls)
    assert sum(call["input_ids"].shape[0] for call in calls) == 5  # "six" is translated once


def test_special_tokens_typed_by_a_user_stay_text(counting, monkeypatch):
    translator = Nllb(model=counting)
    calls = heard(monkeypatch, translator)
    translator.translate(["one </s> fra_Latn"], "en", "de")
    ids = calls[0]["input_ids"][0].tolist()
    assert ids.count(2) == 1 and translator._loaded.tokenizer.convert_tokens_to_ids("fra_Latn") not in ids


def test_text_without_words_is_copied(counting):
    assert texts(Nllb(model=counting).translate(["…!", "😀"], "en", "de")) == ["…!", "😀"]


def test_unknown_characters_are_reported(counting):
    (translation,) = Nllb(model=counting).translate(["one 😀"], "en", "de")
    assert "does not know every character" in translation.warnings[0]


def test_output_that_reaches_the_limit_is_reported(counting):
    (translation,) = Nllb(model=counting, max_length=3).translate(["one two three four"], "en", "de")
    assert "cut off after 3 sub-words" in translation.warnings[0]


def test_a_sentence_beyond_the_positions_is_refused(counting):
    with pytest.raises(ModelInputError, match=r"72 sub-words.*at most 64"):
        Nllb(model=counting).translate(["one " * 70], "en", "de")


def test_empty_text_is_refused(counting):
    with pytest.raises(ModelInputError, match="empty"):
        Nllb(model=counting).translate(["one", "  "], "en", "de")


def test_a_language_nllb_lacks_is_refused(counting):
    with pytest.raises(ConfigurationError, match="does not know"):
        Nllb(model=counting).translate(["one"], "en", "la")


def test_a_tokenizer_without_the_language_is_refused(tmp_path):
    from transformers import M2M100ForConditionalGeneration, NllbTokenizer

    vocabulary, merges = tiny.numbers_tokenizer()
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=merges, extra_special_tokens=["eng_Latn", "fra_Latn"])
    tokenizer.save_pretrained(tmp_path)
    M2M100ForConditionalGeneration(tiny.seq2seq_config(len(tokenizer))).save_pretrained(tmp_path)
    with pytest.raises(ModelInputError, match=r"no language deu_Latn.*option tokenizer"):
        Nllb(model=str(tmp_path)).translate(["one"], "en", "de")


def test_a_tokenizer_of_another_model_is_refused(counting, m2m100):
    with pytest.raises(ModelUnavailable, match="do not belong together"):
        M2m100(model=m2m100, tokenizer=counting).translate(["one"], "en", "de")


def test_m2m100_frames_source_and_target_codes(m2m100, monkeypatch):
    translator = translator_for(model=m2m100, beams=2, max_length=5)
    assert isinstance(translator, M2m100)
    calls = heard(monkeypatch, translator)
    translator.translate(["one two"], "en-GB", "nb")
    tokenizer = translator._loaded.tokenizer
    given = calls[0]["input_ids"][0].tolist()
    assert (given[0], given[-1]) == (tokenizer.get_lang_id("en"), tokenizer.eos_token_id)
    assert calls[0]["num_beams"] == 2
    assert calls[0]["result"][0, 1] == tokenizer.get_lang_id("no")  # M2M-100 calls Bokmål "no"


def test_a_language_m2m100_lacks_is_refused(m2m100):
    with pytest.raises(ModelInputError, match=r"m2m100 does not know .*\(eo\)"):
        M2m100(model=m2m100).translate(["one"], "eo", "de")


def test_marian_reads_the_text_alone(marian, monkeypatch):
    translator = translator_for(model=marian, max_length=4)
    assert isinstance(translator, Marian)
    calls = heard(monkeypatch, translator)
    translator.translate(["one two"], "en", "de")
    tokenizer = translator._for_pair("en", "de").tokenizer
    assert calls[0]["input_ids"][0].tolist() == tokenizer("one two")["input_ids"]
    assert calls[0]["forced_bos_token_id"] is None


def test_marian_refuses_another_pair(marian):
    with pytest.raises(ModelInputError, match="translates en to de, not en to fr"):
        Marian(model=marian).translate(["one"], "en", "fr")


@pytest.mark.parametrize(
    ("target", "token"), [("de", ">>deu<<"), ("nl", ">>nld<<"), ("zh", ">>cmn_Hans<<"), ("pt-BR", ">>pt_BR<<")]
)
def test_marian_names_the_target_of_multilingual_models(marian_many, monkeypatch, target, token):
    translator = Marian(model=marian_many, max_length=4)
    calls = heard(monkeypatch, translator, target=target)
    translator.translate([">>nld<< one"], "en", target)
    tokenizer = translator._for_pair("en", target).tokenizer
    ids = calls[0]["input_ids"][0].tolist()
    assert tokenizer.convert_ids_to_tokens(ids)[0] == token
    assert sum(tokenizer.convert_tokens_to_ids(code) in ids for code in tokenizer.supported_language_codes) == 1


def test_marian_lists_the_targets_it_has(marian_many):
    with pytest.raises(ModelInputError, match="cmn_Hans, deu, nld, pt_BR, not into sv"):
        Marian(model=marian_many).translate(["one"], "en", "sv")


def test_marian_fills_the_languages_into_the_name(tmp_path, marian):
    shutil.copytree(marian, tmp_path / "opus-en-de")
    translator = Marian(model=f"{tmp_path}/opus-{{source}}-{{target}}", max_length=4)
    assert translator.model_for("en-US", "de") == f"{tmp_path}/opus-en-de"
    assert len(translator.translate(["one", "two"], "en", "de")) == 2
    with pytest.raises(ModelUnavailable, match="opus-en-fr"):
        translator.translate(["one"], "en", "fr")


def test_other_families_are_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "t5"}', "utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelUnavailable, match="is a t5 model; translators are NLLB, M2M-100 and Marian"):
        translator_for(model=str(tmp_path))


@pytest.mark.parametrize("setting", [{"beams": 0}, {"max_length": -1}, {"batch_tokens": 0}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(ConfigurationError, match=next(iter(setting))):
        Nllb(model="some/model", **setting)


def test_an_unknown_device_is_refused(counting):
    with pytest.raises(ConfigurationError, match="cpu"):
        Nllb(model=counting, device="cuda:99").translate(["one"], "en", "de")


def test_options_name_real_parameters():
    assert {option.name for option in Nllb.options} <= set(Nllb.__dataclass_fields__)


def test_translators_of_the_same_weights_share_them(counting, tmp_path):
    one, other = Nllb(model=counting, beams=1), Nllb(model=counting, beams=4, max_length=9)
    assert one._loaded is other._loaded
    copied = shutil.copytree(counting, tmp_path / "copy")
    assert Nllb(model=str(copied))._loaded is not one._loaded
    tuned = Nllb(model=counting, tokenizer=str(copied))
    assert tuned._loaded is not one._loaded


def test_weights_that_changed_on_disk_are_loaded_again(counting, tmp_path):
    folder = shutil.copytree(counting, tmp_path / "changing")
    before = Nllb(model=str(folder))._loaded
    assert Nllb(model=str(folder))._loaded is before
    os.utime(folder / "model.safetensors", (1, 1))
    assert Nllb(model=str(folder))._loaded is not before


def test_weights_nobody_uses_are_let_go(counting):
    gc.collect()  # what the tests before this one used
    translator = Nllb(model=counting, beams=7)
    kept = weakref.ref(translator._loaded.model)
    del translator
    gc.collect()
    assert kept() is None


def test_one_load_serves_threads_that_ask_at_once(counting, monkeypatch):
    loads, load = [], hub.load_with_tokenizer

    def slow(*given):
        loads.append(given)
        return load(*given)

    monkeypatch.setattr(hub, "load_with_tokenizer", slow)
    translators = [Nllb(model=counting, beams=beams) for beams in range(1, 5)]
    with ThreadPoolExecutor(4) as threads:
        loaded = list(threads.map(lambda translator: translator._loaded, translators))
    assert len(set(map(id, loaded))) == 1 and len(loads) <= 1
