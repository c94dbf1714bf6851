"""Encoders on tiny models: vectors equal to a plain forward pass, whatever the batching."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models.encoders import TransformerEncoder
from projection.models.subwords import owned, windows
from projection.types import Sentence
from tests.models import tiny_encoders

BUILDERS = ("bert", "roberta", "xlm_roberta", "distilbert", "modernbert")
SENTENCES = [
    ["the", "European", "Parliament", "met", "in", "Berlin"],
    ["unbelievable"],
    [],
    ["on", "Monday", "the", "Parliament", "met", "the", "unbelievable", "Parliament", "in", "the", "Parliament"],
    ["in", "Berlin"],
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("encoders")
    return {name: str(getattr(tiny_encoders, name)(root / name)) for name in BUILDERS}


def sentences(lists=SENTENCES):
    return [Sentence.from_words(words) for words in lists]


def plain(folder: str, words: list[str], layer: int):
    """Encode one sentence as the documentation of transformers says, all layers run."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, add_prefix_space=True)
    given = tokenizer(words, is_split_into_words=True, return_tensors="pt")
    kept = [position for position, word in enumerate(given.word_ids()) if word is not None]
    given.pop("token_type_ids", None)
    with torch.inference_mode():
        states = AutoModel.from_pretrained(folder).eval()(**given, output_hidden_states=True).hidden_states
    return states[layer][0, kept].numpy(), [given.word_ids()[position] for position in kept]


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("layer", [0, 2])
def test_vectors_are_the_hidden_states_of_the_layer(folders, name, layer):
    encodings = TransformerEncoder(folders[name], layer, batch_tokens=16).encode(sentences())
    for words, encoding in zip(SENTENCES, encodings, strict=True):
        assert encoding.length == len(words)
        if words:
            vectors, owners = plain(folders[name], words, layer)
            assert encoding.words.tolist() == owners
            assert np.allclose(encoding.vectors, vectors, atol=1e-5)
        else:
            assert encoding.vectors.shape[0] == 0


def test_the_default_layer_is_two_thirds_up(folders):
    first, second = (TransformerEncoder(folders["bert"], layer).encode(sentences()) for layer in (None, 3))
    assert np.array_equal(first[0].vectors, second[0].vectors)  # 4 layers: 8 / 3 rounds to 3


@pytest.mark.parametrize("batch_tokens", [None, 1, 1000])
def test_batching_does_not_change_vectors(folders, batch_tokens):
    one_by_one = [TransformerEncoder(folders["bert"], 2).encode([one])[0] for one in sentences()]
    together = TransformerEncoder(folders["bert"], 2, batch_tokens=batch_tokens).encode(sentences())
    for left, right in zip(one_by_one, together, strict=True):
        assert left.vectors.shape == right.vectors.shape or not left.length
        assert np.allclose(left.vectors, right.vectors[:, : left.vectors.shape[1]], atol=1e-5)


def test_byte_level_tokenizers_see_a_space_before_every_word(folders):
    """Without it, the same word at the start and in the middle would be split differently."""
    words = ["met", "the", "met"]
    encoding = TransformerEncoder(folders["roberta"], 0).encode([Sentence.from_words(words)])[0]
    counts = [int((encoding.words == word).sum()) for word in range(3)]
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("name", "typed"), [("xlm_roberta", "</s>"), ("xlm_roberta", "<mask>"), ("xlm_roberta", "a</s>b"),
                        ("xlm_roberta", "<unk>"), ("roberta", "</s>"), ("bert", "[SEP]"), ("bert", "a[CLS]")],
)  # fmt: skip
def test_a_typed_special_token_stays_text(folders, name, typed):
    encoder = TransformerEncoder(folders[name], 0)
    encoding = encoder.encode([Sentence.from_words(["in", typed, "Berlin"])])[0]
    tokenizer, _, _ = encoder._loaded()
    subwords = tokenizer.split([["in", typed, "Berlin"]])[0]
    backend = tokenizer._backend
    special = {number for number, token in backend.get_added_tokens_decoder().items() if token.special}
    unknown = backend.token_to_id("<unk>") if name != "bert" else backend.token_to_id("[UNK]")
    assert not special.intersection(subwords.ids.tolist()) - {unknown}
    assert encoding.words[0] == 0
    assert encoding.words[-1] == 2
    assert (encoding.words == 1).sum() >= len(typed)  # split into characters
    assert sorted(encoding.words) == encoding.words.tolist()


def test_words_are_composed_before_encoding(folders):
    """Byte-level BPE would see other bytes."""
    encoder = TransformerEncoder(folders["roberta"], 2)
    composed, decomposed = encoder.encode(sentences([["caf\u00e9"], ["cafe\u0301"]]))
    assert composed.words.tolist() == decomposed.words.tolist()
    assert np.allclose(composed.vectors, decomposed.vectors, atol=1e-4)


def test_words_without_subwords_have_no_row(folders):
    encoding = TransformerEncoder(folders["bert"], 2).encode(sentences([["in", "\x01", "Berlin"]]))[0]
    assert encoding.words.tolist() == [0, 2]
    assert encoding.length == 3
    empty = TransformerEncoder(folders["bert"], 2).encode(sentences([["\x01"]]))[0]
    assert (empty.vectors.shape, empty.length) == ((0, 24), 1)


def test_long_sentences_are_read_in_windows_and_say_so(folders):
    """66 positions leave room for 64 sub-words; 150 need four windows, and every word keeps its row."""
    words = ["the", "met", "in"] * 50
    encoder = TransformerEncoder(folders["bert"], 2)
    long, short = encoder.encode(sentences([words, words[:64]]))
    assert long.words.tolist() == list(range(150))
    assert long.warnings == (
        "The sentence has 150 sub-words, more than the 64 the encoder reads at once: it was read in 4 overlapping "
        "windows.",
    )
    assert short.warnings == ()
    # the start is taken from the first window, which reads exactly the first 64 words
    assert np.allclose(long.vectors[:48], short.vectors[:48], atol=1e-5)


def test_a_smaller_window_can_be_chosen(folders):
    encoding = TransformerEncoder(folders["bert"], 2, max_subwords=16).encode(sentences([["in"] * 17]))[0]
    assert "more than the 16" in encoding.warnings[0]
    assert encoding.vectors.shape == (17, 24)


@pytest.mark.parametrize(("length", "capacity"), [(1, 4), (4, 4), (5, 4), (9, 4), (101, 10), (11, 5)])
def test_windows_cover_everything_once(length, capacity):
    spans = windows(length, capacity)
    assert all(end - start <= capacity for start, end in spans)
    kept = owned(spans)
    assert [position for start, end in kept for position in range(start, end)] == list(range(length))
    assert all(start <= kept_start and kept_end <= end
               for (start, end), (kept_start, kept_end) in zip(spans, kept, strict=True))  # fmt: skip


@pytest.mark.parametrize(("precision", "name"), [("int8", "bert"), ("bf16", "bert"), ("int8", "distilbert")])
def test_other_precisions_are_close_to_fp32(folders, precision, name):
    exact, fast = (
        TransformerEncoder(folders[name], 2, precision=one).encode(sentences()) for one in ("fp32", precision)
    )
    for left, right in zip(exact, fast, strict=True):
        if left.length:
            lengths = np.linalg.norm(left.vectors, axis=1) * np.linalg.norm(right.vectors, axis=1)
            cosines = (left.vectors * right.vectors).sum(axis=1) / lengths
            assert cosines.min() > 0.97
            assert right.vectors.dtype == np.float32
            assert not np.array_equal(left.vectors, right.vectors)


def test_threads_share_one_loading(folders):
    encoder = TransformerEncoder(folders["bert"], 2)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: encoder.encode(sentences())[0].vectors, range(8)))
    assert all(np.array_equal(results[0], one) for one in results)


def test_encoding_leaves_the_number_of_torch_threads_alone(folders):
    import torch

    before = torch.get_num_threads()
    TransformerEncoder(folders["bert"], 2, batch_tokens=4).encode(sentences())
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == torch.get_num_threads() == before


def test_nothing_is_loaded_by_the_constructor_or_for_empty_input():
    encoder = TransformerEncoder("no/such-model")
    assert [one.length for one in encoder.encode(sentences([[], []]))] == [0, 0]
    assert encoder.notices == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"precision": "fp8"}, "no precision 'fp8'; choose one of fp32, bf16, int8"),
     ({"layer": -1}, "layer must be at least 0, not -1"),
     ({"max_subwords": 1}, "max_subwords must be at least 16, not 1")],
)  # fmt: skip
def test_wrong_settings_are_named(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        TransformerEncoder("mine", **settings)


def test_wrong_settings_that_only_the_model_knows(folders):
    with pytest.raises(ConfigurationError, match="no layer 5; the model has layers 0 to 4"):
        TransformerEncoder(folders["bert"], 5).encode(sentences())
    with pytest.raises(ConfigurationError, match="int8 runs on the processor only, not on 'cuda'"):
        TransformerEncoder(folders["bert"], 2, precision="int8", device="cuda").encode(sentences())
    with pytest.raises(ModelUnavailable, match="not on this machine"):
        TransformerEncoder("nobody/nothing").encode(sentences())


def test_the_signature_names_what_changes_vectors():
    assert TransformerEncoder("a/b", 8, name="mbert").signature == "mbert|model:a/b|layer:8|precision:fp32|window:510"
    assert TransformerEncoder("a/b").signature == "a/b|layer:default|precision:fp32|window:510"


def test_a_sentence_too_long_to_compare_is_refused_before_anything_is_computed(folders, monkeypatch):
    monkeypatch.setattr("projection.models.encoders.LONGEST", 20)
    monkeypatch.setattr("projection.models.layers.HiddenLayer.run", lambda *_: pytest.fail("the network ran"))
    encoder = TransformerEncoder(folders["bert"])
    with pytest.raises(ModelInputError, match=r"21 words \(“the the .*21 sub-words, more than the 20.*: split it"):
        encoder.encode(sentences([["in", "Berlin"], ["the"] * 21]))
