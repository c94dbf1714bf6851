"""Token classification on given words, with models whose tags are known by construction."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from math import exp, sqrt

import numpy as np
import pytest

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models.token_classifier import TokenClassifier
from projection.protocols import ProbabilisticRecognizer
from projection.types import Sentence, Span
from tests.models import tiny

PIECES = {
    "Ada": "B-PER", "Love": "I-PER", "##lace": "O", "Alan": "B-PER", "Turing": "I-PER", "Berlin": "B-LOC",
    "met": "O", "in": "O", ".": "O", "Paris": "I-LOC", "ACM": "I-ORG", "##x": "B-LOC",
}  # fmt: skip
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "I-ORG")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return str(tiny.bert_classifier(tmp_path_factory.mktemp("bert"), TAGS, PIECES))


def spans(model, *texts):
    sentences = [Sentence.from_words(text.split(" "), "en") for text in texts]
    return [[(e.span.start, e.span.end, e.label) for e in found] for found in model.recognize(sentences)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Lovelace met Alan Turing in Berlin .", [(0, 2, "PER"), (3, 5, "PER"), (6, 7, "LOC")]),
        ("Ada Lovelace Alan Turing Berlin", [(0, 2, "PER"), (2, 4, "PER"), (4, 5, "LOC")]),
        ("Paris ACM met", [(0, 1, "LOC"), (1, 2, "ORG")]),
        ("Lovelace met", [(0, 1, "PER")]),
        ("met in .", []),
    ],
    ids=["plain", "adjacent", "inside after outside starts a span", "IOB1", "nothing"],
)
def test_tags_become_spans(folder, text, expected):
    assert spans(TokenClassifier(model=folder), text) == [expected]


def test_the_first_sub_word_decides(folder):
    # "metx" is met + ##x: its second piece alone would be B-LOC
    assert spans(TokenClassifier(model=folder), "metx Berlin") == [[(1, 2, "LOC")]]


def test_closing_tags_end_a_span(tmp_path):
    pieces = {"Ada": "B-PER", "King": "I-PER", "Lovelace": "E-PER", "Turing": "S-PER", "met": "O"}
    folder = tiny.bert_classifier(tmp_path, ("O", "B-PER", "I-PER", "E-PER", "S-PER"), pieces)
    found = spans(TokenClassifier(model=str(folder)), "Ada King Lovelace Turing Turing met Ada Lovelace")
    assert found == [[(0, 3, "PER"), (3, 4, "PER"), (4, 5, "PER"), (6, 8, "PER")]]


def test_labels_without_prefix_are_read(tmp_path):
    folder = tiny.bert_classifier(tmp_path, ("O", "PER", "LOC"), {"Ada": "PER", "Rome": "LOC", "in": "O"})
    assert spans(TokenClassifier(model=str(folder)), "Ada Ada Rome in") == [[(0, 2, "PER"), (2, 3, "LOC")]]


def test_the_score_is_the_softmax_probability_of_the_tag(folder):
    # a one-hot vector of length n after layer norm: (1 - 1/n) / deviation, deviation = sqrt((n - 1) / n²)
    size = len(tiny.BERT_SPECIAL) + len(PIECES)
    hot = (1 - 1 / size) / sqrt((size - 1) / size**2)
    cold = -(1 / size) / sqrt((size - 1) / size**2)
    pieces_of = {tag: sum(given == tag for given in PIECES.values()) for tag in TAGS}
    pieces_of["O"] += len(tiny.BERT_SPECIAL)

    def probability(tag):
        logits = {other: cold * pieces_of[other] + (hot - cold if other == tag else 0) for other in TAGS}
        return exp(logits[tag]) / sum(map(exp, logits.values()))

    (entity,) = TokenClassifier(model=folder).recognize([Sentence.from_words(["Ada", "Lovelace", "met"])])[0]
    assert entity.score == pytest.approx((probability("B-PER") + probability("I-PER")) / 2, abs=1e-3)
    assert entity.origin == "model"


def test_probabilities_are_those_the_entities_come_from(folder):
    model = TokenClassifier(model=folder)
    assert isinstance(model, ProbabilisticRecognizer)
    sentences = [Sentence.from_words(["\x01", "Ada", "Lovelace", "met", "Berlin"]), Sentence.from_words([])]
    (entities, probabilities), (nothing, empty) = model.recognize_with_probabilities(sentences)
    assert [entities, nothing] == model.recognize(sentences)
    assert probabilities.tags == ("O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER")
    assert probabilities.matrix.shape == (5, 7) and empty.matrix.shape == (0, 7)
    assert probabilities.matrix.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-6)
    assert probabilities.matrix[0].tolist() == [1, 0, 0, 0, 0, 0, 0]  # a word without a sub-word
    likeliest = [probabilities.tags[tag] for tag in probabilities.matrix.argmax(axis=1)]
    assert likeliest == ["O", "B-PER", "I-PER", "O", "B-LOC"]
    # the type as a whole keeps its probability; the first word's is that of B-PER and I-PER, which follows outside
    chosen = probabilities.matrix[1, 5:].sum(), probabilities.matrix[2, 5:].sum()
    assert sum(chosen) / 2 >= entities[0].score > 0.5


def test_probabilities_follow_the_label_map(folder):
    model = TokenClassifier(model=folder, label_map="PER=LOC,ORG=O")
    plain = TokenClassifier(model=folder)
    sentence = Sentence.from_words(["Ada", "met", "ACM", "Berlin"])
    (_, mapped), (_, before) = (one.recognize_with_probabilities([sentence])[0] for one in (model, plain))
    assert mapped.tags == ("O", "B-LOC", "I-LOC")
    assert mapped.matrix[:, 1:].sum(axis=1) == pytest.approx(before.matrix[:, [1, 2, 5, 6]].sum(axis=1), abs=1e-6)
    assert mapped.matrix[2, 0] == pytest.approx(before.matrix[2, [0, 3, 4]].sum(), abs=1e-6)


def test_words_without_a_sub_word_are_outside_and_shift_nothing(folder):
    words = ["\x01", "Ada", "\u200d\x02", "Berlin", "\x01"]
    (found,) = TokenClassifier(model=folder).recognize([Sentence.from_words(words)])
    assert [(e.span, e.label) for e in found] == [(Span(1, 2), "PER"), (Span(3, 4), "LOC")]


def test_special_tokens_typed_by_a_user_stay_text(folder):
    model = TokenClassifier(model=folder)
    words = ["[SEP]", "Ada", "[PAD]", "Berlin", "[CLS]", "[MASK]"]
    tokens = model._tokenize([words], special=True).tokens(0)
    assert [tokens.count(special) for special in ("[CLS]", "[SEP]", "[PAD]", "[MASK]")] == [1, 1, 0, 0]
    assert spans(model, " ".join(words)) == [[(1, 2, "PER"), (3, 4, "LOC")]]


def test_long_sentences_are_read_to_the_end(folder):
    words = ["met"] * 1000
    places = [0, 37, 38, 39, 500, 750, 999]  # 38 sub-words fit beside [CLS] and [SEP]
    for place in places:
        words[place] = "Berlin"
    (found,) = TokenClassifier(model=folder).recognize([Sentence.from_words(words)])
    assert [(e.span.start, e.span.end) for e in found] == [(place, place + 1) for place in places]


def test_every_word_is_judged_in_the_window_where_it_is_most_central(folder):
    class Doubtful(TokenClassifier):
        """Is wrong about the words near a cut."""

        def _classify(self, batch, words):
            for window, word, probabilities in super()._classify(batch, words):
                context = window.context_of(word, len(words[window.sentence]))
                yield window, word, probabilities if context >= 9 else np.eye(len(TAGS))[0]  # a quarter of a window

    expected = [(word, word + 1, "LOC") for word in range(100)]
    assert spans(Doubtful(model=folder), " ".join(["Berlin"] * 100)) == [expected]


def test_a_word_longer_than_the_model_is_refused(folder):
    with pytest.raises(ModelInputError, match=r"Word 2 .* has 4\d sub-words.*at most 38"):
        spans(TokenClassifier(model=folder), "met met" + "x" * 40)


def test_batches_do_not_change_the_result(folder):
    texts = ["Ada", "met in Berlin . " * 9 + ".", "", "Alan Turing", ". Paris ."] * 5
    sentences = [Sentence.from_words(text.split()) for text in texts]
    together = TokenClassifier(model=folder, batch_tokens=64).recognize(sentences)
    alone = [TokenClassifier(model=folder).recognize([sentence])[0] for sentence in sentences]
    assert [[(e.span, e.label) for e in found] for found in together] == [
        [(e.span, e.label) for e in found] for found in alone
    ]


def test_several_threads_share_one_model(folder):
    model = TokenClassifier(model=folder)
    texts = [f"Ada {'met ' * count}Berlin" for count in range(1, 20)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: spans(model, text)[0], texts))
    assert found == [[(0, 1, "PER"), (count + 1, count + 2, "LOC")] for count in range(1, 20)]


@pytest.mark.parametrize("label_map", ["PER=PERSON,LOC=O", {"PER": "PERSON", "LOC": "O"}])
def test_label_map_renames_and_drops(folder, label_map):
    model = TokenClassifier(model=folder, label_map=label_map)
    assert spans(model, "Ada met ACM Berlin") == [[(0, 1, "PERSON"), (2, 3, "ORG")]]
    assert "PER=PERSON" in model.signature


def test_star_stands_for_all_other_labels(folder):
    assert spans(TokenClassifier(model=folder, label_map="PER=PER,*=O"), "Ada met ACM Berlin") == [[(0, 1, "PER")]]


def test_default_label_map_reads_only_the_configuration(folder):
    assert TokenClassifier(model=folder).default_label_map == {"LOC": "LOC", "ORG": "ORG", "PER": "PER"}


def test_nameless_labels_are_explained_and_can_be_named(tmp_path):
    folder = str(tiny.bert_classifier(tmp_path, ("LABEL_0", "LABEL_1"), {"Ada": "LABEL_1", "met": "LABEL_0"}))
    with pytest.raises(ConfigurationError, match=r"LABEL_0, LABEL_1.*label_map"):
        spans(TokenClassifier(model=folder), "Ada met")
    assert spans(TokenClassifier(model=folder, label_map="LABEL_0=O,LABEL_1=B-PER"), "Ada met") == [[(0, 1, "PER")]]


def test_a_label_map_that_cannot_be_read_says_how(folder):
    with pytest.raises(ConfigurationError, match="KEY=VALUE"):
        TokenClassifier(model=folder, label_map="PER")


def test_an_encoder_without_trained_head_is_refused(tmp_path):
    from transformers import BertConfig, BertModel, BertTokenizer

    BertTokenizer(vocab={piece: n for n, piece in enumerate(tiny.BERT_SPECIAL)}).save_pretrained(tmp_path)
    BertModel(BertConfig(vocab_size=5, hidden_size=4, num_hidden_layers=1, num_attention_heads=1)).save_pretrained(
        tmp_path
    )
    with pytest.raises(ModelUnavailable, match=r"no trained weights for classifier\.bias"):
        spans(TokenClassifier(model=str(tmp_path)), "Ada")


def test_byte_level_tokenizers_see_words_with_a_space_before(tmp_path):
    import torch
    from transformers import RobertaConfig, RobertaForTokenClassification, RobertaTokenizer

    pieces = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "A", "Ġ", "ĠA"]
    RobertaTokenizer(vocab={piece: n for n, piece in enumerate(pieces)}, merges=[("Ġ", "A")]).save_pretrained(tmp_path)
    tags = ["O", "I-PER"]
    model = RobertaForTokenClassification(
        RobertaConfig(
            vocab_size=8,
            hidden_size=8,
            num_hidden_layers=0,
            num_attention_heads=1,
            max_position_embeddings=12,
            id2label=dict(enumerate(tags)),
            label2id={"O": 0, "I-PER": 1},
            pad_token_id=1,
        )
    )
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        model.roberta.embeddings.LayerNorm.weight.fill_(1.0)
        model.roberta.embeddings.word_embeddings.weight.copy_(torch.eye(8))
        model.classifier.weight[1, pieces.index("ĠA")] = 10.0
    model.save_pretrained(tmp_path)
    found = spans(TokenClassifier(model=str(tmp_path)), "A A " + "A " * 30 + "A")
    assert found == [[(0, 33, "PER")]]  # 33 words through a model of 10 positions


def test_options_name_real_parameters(folder):
    assert {option.name for option in TokenClassifier.options} <= set(TokenClassifier.__dataclass_fields__)


def test_a_damaged_configuration_is_explained(tmp_path, folder):
    (tmp_path / "config.json").write_text(json.dumps([1]), "utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelUnavailable, match="not a JSON object"):
        _ = TokenClassifier(model=str(tmp_path)).default_label_map
