"""SimAlign 0.4: our links equal its links, and the backend refuses what it gets wrong silently."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pytest

from projection import registry
from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import simalign_backend
from projection.models.aligners import EmbeddingAligner
from projection.models.embedded import EmbeddedE5
from projection.models.simalign_backend import SimAlignBackend, load_simalign
from projection.text.documents import read
from projection.types import Sentence
from tests.models import tiny_encoders

NAMES = {"argmax": "inter", "itermax": "itermax", "forward": "fwd", "reverse": "rev"}
NEAR = 1e-5
COUNT = 100


def europarl(folder):
    return list(zip(*(list(read(folder / "europarl-ner" / f"{code}.conll02").iter_sentences())[:COUNT]
                      for code in ("en", "de")), strict=True))  # fmt: skip


def gold_set(folder, name):
    document = read(folder / "word-alignment" / f"{name}.src-tgt", format="bars")
    return [(pair.source, pair.target) for pair in document.iter_pairs()][:COUNT]


@pytest.fixture(scope="module")
def pairs(data_folder):
    return {"europarl en-de": europarl(data_folder), "en-fr": gold_set(data_folder, "enfr"),
            "zh-en": gold_set(data_folder, "zhen")}  # fmt: skip


def is_a_near_tie(aligner, similarity, links) -> bool:
    """Say whether moving cosines by at most 1e-5 (so similarities differ by at most 1e-5) gives `links`."""
    random = np.random.default_rng(0)
    for _ in range(100):
        moved = similarity.matrix + random.uniform(-NEAR, NEAR, similarity.matrix.shape).astype(np.float32)
        if aligner.links(replace(similarity, matrix=moved)).links == links:
            return True
    return False


@pytest.mark.model
@pytest.mark.data
def test_links_equal_simaligns(pairs, capsys):
    encoder = EmbeddedE5()
    simalign = load_simalign("e5-small", encoder.layer, tuple(NAMES))
    stack = simalign.embed_loader.emb_model.encoder
    stack.layer = stack.layer[: encoder.layer]  # what lies above does not change hidden state 7; saves time
    for title, chosen in pairs.items():
        assert len(chosen) == COUNT
        similarities = EmbeddingAligner(encoder).similarities(chosen)
        theirs = [simalign.get_word_aligns(list(source.words), list(target.words)) for source, target in chosen]
        different = 0
        for name, key in NAMES.items():
            aligner = EmbeddingAligner(encoder, name)
            for similarity, links in zip(similarities, theirs, strict=True):
                if aligner.links(similarity).links != set(links[key]):
                    different += 1
                    assert is_a_near_tie(aligner, similarity, set(links[key])), (title, name)
        with capsys.disabled():
            print(
                f"\n{title}: {different} of {len(NAMES) * COUNT} alignments differ from SimAlign's, each by a near tie"
            )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return str(tiny_encoders.bert(tmp_path_factory.mktemp("simalign") / "bert"))


def sentence(text: str) -> Sentence:
    return Sentence.from_words(text.split())


@pytest.mark.parametrize("unit", ["subword", "word"])
@pytest.mark.parametrize("extraction", ["argmax", "itermax", "forward", "reverse", "match"])
def test_backend_and_own_aligner_agree(tiny, extraction, unit):
    pairs = [(sentence("the European Parliament met in Berlin"), sentence("in Berlin met unbelievable Parliament")),
             (sentence(""), sentence("in")), (sentence("on Monday"), sentence("on Monday the Parliament"))]  # fmt: skip
    backend = SimAlignBackend(tiny, extraction, unit, layer=2)
    own = EmbeddingAligner(registry.create("encoder", tiny, layer=2), extraction, unit)
    assert [one.links for one in backend.align(pairs)] == [one.links for one in own.align(pairs)]


def test_the_backend_is_quiet(tiny, capfd):
    SimAlignBackend(tiny, layer=1).align([(sentence("in"), sentence("in"))])
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("simalign.simalign").handlers


def test_long_sentences_are_refused_not_cut(tiny):
    backend = SimAlignBackend(tiny, layer=1)
    with pytest.raises(ModelInputError, match="at most 510 sub-words, the target sentence has 511"):
        backend.align([(sentence("in"), sentence("in " * 511))])


def test_words_without_subwords_are_refused_where_simalign_fails(tiny):
    pair = sentence("in \x01"), sentence("in")
    with pytest.raises(ModelInputError, match=r"cannot align '\\x01' \(source word 2\)"):
        SimAlignBackend(tiny, unit="word", layer=1).align([pair])
    assert SimAlignBackend(tiny, layer=1).align([pair])[0].links == {(0, 0)}


def test_settings_are_checked_and_signed(tiny):
    with pytest.raises(ConfigurationError, match="no extraction 'softmax'; choose one of argmax"):
        SimAlignBackend(extraction="softmax")
    with pytest.raises(ConfigurationError, match="no unit 'letter'"):
        SimAlignBackend(unit="letter")
    assert SimAlignBackend().signature == "simalign-0.4|itermax|unit:subword|encoder:e5-small|layer:7"
    assert SimAlignBackend("mbert").signature.endswith("encoder:mbert|layer:8")
    assert SimAlignBackend("nobody/nothing").signature.endswith("layer:8")


def test_what_is_missing_is_named(monkeypatch):
    with pytest.raises(ModelUnavailable, match="not on this machine"):
        load_simalign("nobody/nothing", 8, ["itermax"])
    monkeypatch.setattr(simalign_backend, "_folder_of", lambda encoder: "somewhere")
    monkeypatch.setitem(__import__("sys").modules, "simalign", None)
    with pytest.raises(ModelUnavailable, match=r"pip install simalign==0\.4"):
        load_simalign("e5-small", 7, ["itermax"])
