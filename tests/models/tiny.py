"""Builders of tiny model folders, made on the spot: nothing is downloaded and every output is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

BERT_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
NUMBERS = {
    "en": ["one", "two", "three", "four", "five", "six", "seven", "eight"],
    "de": ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"],
    "fr": ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit"],
}
LOUD = 30.0


def bert_classifier(folder: Path, tags: Sequence[str], pieces: Mapping[str, str], positions: int = 40) -> Path:
    """Save a BertForTokenClassification without layers whose tag for a piece is the one given for it.

    Each piece has its own dimension, so the logits of a piece depend on nothing but the piece.
    """
    import torch
    from transformers import BertConfig, BertForTokenClassification, BertTokenizer

    vocabulary = [*BERT_SPECIAL, *pieces]
    BertTokenizer(
        vocab={piece: number for number, piece in enumerate(vocabulary)}, do_lower_case=False
    ).save_pretrained(folder)
    size = len(vocabulary)
    config = BertConfig(
        vocab_size=size, hidden_size=size, num_hidden_layers=0, num_attention_heads=1, intermediate_size=4,
        max_position_embeddings=positions, id2label=dict(enumerate(tags)),
        label2id={tag: number for number, tag in enumerate(tags)},
    )  # fmt: skip
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        model.bert.embeddings.LayerNorm.weight.fill_(1.0)
        model.bert.embeddings.word_embeddings.weight.copy_(LOUD * torch.eye(size))
        for number, piece in enumerate(vocabulary):
            model.classifier.weight[tags.index(pieces.get(piece, tags[0])), number] = 1.0
    model.save_pretrained(folder)
    return folder


def numbers_tokenizer() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return vocabulary and merges of a byte-pair model in which each number word is one piece."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"], vocab_size=500, show_progress=False,
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz.,!"),
    )  # fmt: skip
    tokenizer.train_from_iterator([" ".join(words) for words in NUMBERS.values()], trainer)
    learnt = json.loads(tokenizer.to_str())["model"]
    return learnt["vocab"], [tuple(merge) for merge in learnt["merges"]]


def seq2seq_config(size: int, **settings: object):
    from transformers import M2M100Config

    return M2M100Config(**{
        "vocab_size": size, "d_model": 64, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 4,
        "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 64,
        "dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0, "encoder_layerdrop": 0.0,
        "decoder_layerdrop": 0.0, "decoder_start_token_id": 2, "pad_token_id": 1, "eos_token_id": 2, "bos_token_id": 0,
        **settings,
    })  # fmt: skip


def nllb(folder: Path) -> Path:
    """Save an NLLB-like model that learnt to translate one number word from English to German or French."""
    import torch
    from transformers import M2M100ForConditionalGeneration, NllbTokenizer

    vocabulary, merges = numbers_tokenizer()
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=merges)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    model = M2M100ForConditionalGeneration(seq2seq_config(len(tokenizer)))
    _teach(model, tokenizer, steps=250)
    model.save_pretrained(folder)
    return folder


def _teach(model, tokenizer, steps: int) -> None:
    import torch

    def ids(language: str, code: str, number: int) -> list[int]:
        word = tokenizer(NUMBERS[language][number], add_special_tokens=False)["input_ids"]
        return [tokenizer.convert_tokens_to_ids(code), *word, 2]

    numbers = range(8)
    inputs = torch.tensor([ids("en", "eng_Latn", number) for number in numbers] * 2)
    wanted = [ids("de", "deu_Latn", n) for n in numbers] + [ids("fr", "fra_Latn", n) for n in numbers]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    with one_thread():
        for _ in range(steps):
            loss = model(input_ids=inputs, attention_mask=torch.ones_like(inputs), labels=torch.tensor(wanted)).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: for tiny models that is as fast, and much faster on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def sentencepiece_model(path: Path) -> list[str]:
    """Train a SentencePiece model on the number words, save it and return its pieces."""
    import sentencepiece

    lines = [" ".join(words) for words in NUMBERS.values()] * 20
    with path.open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_writer=file, vocab_size=80, hard_vocab_limit=False, minloglevel=2,
            user_defined_symbols=list(".,!"),
        )  # fmt: skip
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [model.id_to_piece(number) for number in range(model.get_piece_size())]


def m2m100(folder: Path) -> Path:
    """Save an M2M-100 with random weights and its own SentencePiece tokenizer."""
    import torch
    from transformers import M2M100ForConditionalGeneration, M2M100Tokenizer

    pieces = sentencepiece_model(folder / "sentencepiece.bpe.model")
    names = ["<s>", "<pad>", "</s>", "<unk>", *(piece for piece in pieces if piece not in ("<s>", "</s>", "<unk>"))]
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(names)}), "utf-8")
    tokenizer = M2M100Tokenizer(str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    M2M100ForConditionalGeneration(seq2seq_config(len(names) + 108)).save_pretrained(folder)
    return folder


def marian(folder: Path, source: str, target: str, codes: Sequence[str] = ()) -> Path:
    """Save a Marian model with random weights; `codes` are the target languages of a multilingual one."""
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    pieces = sentencepiece_model(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    names = ["</s>", "<unk>", *(piece for piece in pieces if piece not in ("<s>", "</s>", "<unk>"))]
    names += [*(f">>{code}<<" for code in codes), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(names)}), "utf-8")
    tokenizer = MarianTokenizer(
        str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json"), source_lang=source,
        target_lang=target,
    )  # fmt: skip
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    padding = len(names) - 1
    config = MarianConfig(
        vocab_size=len(names), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=32,
        decoder_start_token_id=padding, pad_token_id=padding, eos_token_id=0, forced_eos_token_id=0,
    )  # fmt: skip
    MarianMTModel(config).save_pretrained(folder)
    return folder
