"""Finding and loading models: never the network, every failure one sentence."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from projection.errors import ConfigurationError, ModelUnavailable
from projection.models import hub
from tests.models import tiny


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("encoder")
    BertTokenizer(vocab={piece: n for n, piece in enumerate(tiny.BERT_SPECIAL)}).save_pretrained(folder)
    BertModel(BertConfig(vocab_size=5, hidden_size=4, num_hidden_layers=1, num_attention_heads=1)).save_pretrained(
        folder
    )
    return folder


@pytest.fixture
def copy(encoder, tmp_path):
    """A copy of the encoder that may be damaged."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in encoder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty Hugging Face cache."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*given, **more):
        pytest.fail(f"the network was used: {given}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def put_in_cache(cache: Path, model: str, files: Path) -> Path:
    """Lay files out as huggingface_hub does: refs/main names a snapshot folder."""
    place = cache / f"models--{model.replace('/', '--')}"
    snapshot = place / "snapshots" / "abc123"
    snapshot.mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc123", "utf-8")
    for file in files.iterdir():
        (snapshot / file.name).write_bytes(file.read_bytes())
    return snapshot


def test_a_folder_loads_without_network(encoder, no_network):
    model, tokenizer = hub.load_with_tokenizer("AutoModel", str(encoder), "encoder")
    assert model.config.hidden_size == 4 and not model.training and len(tokenizer) == 5


def test_a_cached_model_loads_by_name_without_network(encoder, cache, no_network):
    put_in_cache(cache, "some/model", encoder)
    assert hub.is_cached("some/model")
    assert hub.load_pretrained("AutoModel", "some/model", "encoder").config.hidden_size == 4
    assert hub.read_config("some/model", "encoder")["model_type"] == "bert"


def test_old_weight_files_start_no_conversion_on_the_hub(encoder, cache, no_network, monkeypatch):
    """transformers asks the hub for a safetensors version of pytorch_model.bin, in a thread of its own."""
    import torch
    import transformers.modeling_utils
    from safetensors.torch import load_file

    snapshot = put_in_cache(cache, "some/model", encoder)
    torch.save(load_file(snapshot / "model.safetensors"), snapshot / "pytorch_model.bin")
    (snapshot / "model.safetensors").unlink()
    asked = []
    monkeypatch.setattr(transformers.modeling_utils, "auto_conversion", lambda *given, **more: asked.append(given))
    assert hub.load_pretrained("AutoModel", "some/model", "encoder").config.hidden_size == 4
    assert asked == []


def test_a_model_that_is_not_here_says_size_and_remedy(cache, no_network):
    with pytest.raises(ModelUnavailable) as caught:
        hub.load_pretrained("AutoModelForSeq2SeqLM", "facebook/nllb-200-distilled-600M", "translator")
    message = str(caught.value)
    assert message.startswith("The translator facebook/nllb-200-distilled-600M is not on this machine (about 2460 MB)")
    assert "models fetch facebook/nllb-200-distilled-600M" in message


def test_an_interrupted_download_is_noticed(encoder, cache):
    snapshot = put_in_cache(cache, "some/model", encoder)
    (snapshot / "model.safetensors").unlink()
    (snapshot / "model.safetensors").symlink_to(cache / "blobs" / "never finished")
    assert not hub.is_cached("some/model")
    with pytest.raises(ModelUnavailable, match=r"incomplete \(model\.safetensors or pytorch_model\.bin\)"):
        hub.load_pretrained("AutoModel", "some/model", "encoder")


def test_missing_shards_are_named(copy):
    (copy / "model.safetensors").rename(copy / "model-00001-of-00002.safetensors")
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (copy / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}), "utf-8")
    assert hub.missing_from(copy) == "model-00002-of-00002.safetensors"


def remove(name):
    return lambda folder: (folder / name).unlink()


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def change_config(**values):
    def change(folder):
        config = json.loads((folder / "config.json").read_text("utf-8")) | values
        (folder / "config.json").write_text(json.dumps(config), "utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (remove("config.json"), "lacks config.json"),
        (remove("model.safetensors"), "lacks model.safetensors or pytorch_model.bin"),
        (write("model.safetensors", b"garbage" * 99), "is damaged"),
        (write("model.safetensors", b""), "is damaged"),
        (write("model.safetensors", b"version https://git-lfs.github.com/spec/v1"), "is damaged"),
        (write("config.json", b"{"), "is damaged"),
        (write("config.json", b"{}"), "unknown to the installed transformers"),
        (change_config(model_type="zork"), "unknown to the installed transformers"),
        (change_config(hidden_size=8), "do not fit together"),
        (change_config(model_type="zork", auto_map={"AutoConfig": "x.Y", "AutoModel": "x.Z"}), "run code of its own"),
    ],
)
def test_damaged_folders(copy, damage, expected):
    damage(copy)
    with pytest.raises(ModelUnavailable) as caught:
        hub.load_pretrained("AutoModel", str(copy), "encoder")
    message = str(caught.value)
    assert expected in message and str(copy) in message and "\n" not in message


@pytest.mark.parametrize("kept", [(), ("tokenizer_config.json",)])
def test_missing_tokenizer_files_are_not_replaced_by_an_empty_tokenizer(copy, kept):
    for file in copy.glob("*"):
        if file.name not in ("config.json", "model.safetensors", *kept):
            file.unlink()
    with pytest.raises(ModelUnavailable, match="has no tokenizer files"):
        hub.load_pretrained("AutoTokenizer", str(copy), "encoder")


def test_the_wrong_kind_of_model_is_refused(encoder):
    with pytest.raises(ModelUnavailable, match="is not a translator"):
        hub.load_pretrained("AutoModelForSeq2SeqLM", str(encoder), "translator")


def test_weights_that_would_be_random_are_refused(encoder):
    with pytest.raises(ModelUnavailable, match=r"no trained weights for classifier\.bias and 1 more"):
        hub.load_pretrained("AutoModelForTokenClassification", str(encoder), "recognizer")


@pytest.mark.parametrize("model", ["/no/such/folder", "./nothing", "a b", "a/b/c", ""])
def test_what_is_neither_folder_nor_name(model):
    with pytest.raises(ModelUnavailable):
        hub.load_pretrained("AutoModel", model, "encoder")


def test_too_little_memory_is_explained(encoder, monkeypatch):
    from transformers import AutoModel

    def fail(*given, **more):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes")

    monkeypatch.setattr(AutoModel, "from_pretrained", fail)
    with pytest.raises(ModelUnavailable, match="not enough memory"):
        hub.load_pretrained("AutoModel", str(encoder), "encoder")


def test_a_missing_sentencepiece_is_explained(encoder, monkeypatch):
    from transformers import AutoTokenizer

    def fail(*given, **more):
        raise ImportError("M2M100Tokenizer requires the SentencePiece library but it was not found")

    monkeypatch.setattr(AutoTokenizer, "from_pretrained", fail)
    with pytest.raises(ModelUnavailable, match="pip install sentencepiece"):
        hub.load_pretrained("AutoTokenizer", str(encoder), "translator")


def test_missing_torch_is_explained():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from projection.models import hub\n"
        "try: hub._import_transformers('encoder')\n"
        "except hub.ModelUnavailable as problem: print(problem)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "needs the packages torch and transformers" in printed


@pytest.mark.parametrize("device", ["tpu", "cuda:77", "cpu:1", "cuda:x", ""])
def test_devices_that_are_not_here(device):
    with pytest.raises(ConfigurationError, match="choose auto or one of: cpu"):
        hub.choose_device(device)


def test_auto_is_a_device_that_works():
    import torch

    assert torch.zeros(1, device=hub.choose_device("auto")).sum() == 0


def test_telemetry_is_off(encoder):
    from huggingface_hub import constants

    hub.load_pretrained("AutoTokenizer", str(encoder), "encoder")
    assert constants.HF_HUB_DISABLE_TELEMETRY is True
