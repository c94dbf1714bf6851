"""Tiny encoder folders with random weights: BERT, XLM-R, RoBERTa (byte-level BPE), DistilBERT, ModernBERT."""

from __future__ import annotations

from pathlib import Path

WORDS = ["the", "European", "Parliament", "met", "in", "Berlin", "on", "Monday", "unbelievable", "ness"]
SHAPE = {"hidden_size": 24, "num_attention_heads": 4, "intermediate_size": 40, "max_position_embeddings": 66}


def bert(folder: Path, **settings: object) -> Path:
    """Word pieces, [CLS] ... [SEP]; upper-case words are unknown."""
    from transformers import BertConfig, BertModel

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz[].<>/\\", *WORDS, "##ness"]
    tokenizer = _word_pieces(vocabulary)
    return _save(folder, BertModel, BertConfig(vocab_size=len(vocabulary), num_hidden_layers=4, **SHAPE, **settings),
                 tokenizer)  # fmt: skip


def distilbert(folder: Path) -> Path:
    from transformers import DistilBertConfig, DistilBertModel

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", *WORDS]
    config = DistilBertConfig(vocab_size=len(vocabulary), n_layers=3, dim=24, n_heads=4, hidden_dim=40)
    return _save(folder, DistilBertModel, config, _word_pieces(vocabulary))


def modernbert(folder: Path) -> Path:
    """An architecture with a last normalisation: its layers cannot simply be cut off."""
    from transformers import ModernBertConfig, ModernBertModel

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", *WORDS]
    config = ModernBertConfig(
        vocab_size=len(vocabulary), num_hidden_layers=3, pad_token_id=0, cls_token_id=2, sep_token_id=3,
        attn_implementation="sdpa", **SHAPE,
    )  # fmt: skip
    return _save(folder, ModernBertModel, config, _word_pieces(vocabulary))


def roberta(folder: Path) -> Path:
    """Byte-level BPE without a space before the first word, as roberta-base is published."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaModel, RobertaTokenizer

    learnt = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    learnt.train_from_iterator([" ".join(WORDS)] * 3, vocab_size=400, special_tokens=special, show_progress=False)
    folder.mkdir(parents=True, exist_ok=True)
    learnt.save_model(str(folder))
    tokenizer = RobertaTokenizer.from_pretrained(str(folder))
    config = RobertaConfig(vocab_size=len(tokenizer), num_hidden_layers=4, pad_token_id=1, **SHAPE)
    return _save(folder, RobertaModel, config, tokenizer)


def xlm_roberta(folder: Path) -> Path:
    """SentencePiece unigrams, <s> ... </s>, positions that start after the padding index."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [(piece, 0.0) for piece in special]
    pieces += [(f"▁{word}", -2.0) for word in WORDS] + [(letter, -5.0) for letter in "▁abcdefghijklmnopqrstuvwxyz</>s"]
    backend = Tokenizer(models.Unigram([*dict.fromkeys(pieces), ("<mask>", 0.0)], unk_id=3))
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
        cls_token="<s>", sep_token="</s>", mask_token="<mask>",
    )  # fmt: skip
    config = XLMRobertaConfig(vocab_size=len(tokenizer), num_hidden_layers=4, pad_token_id=1, **SHAPE)
    return _save(folder, XLMRobertaModel, config, tokenizer)


def _word_pieces(vocabulary: list[str]):
    from transformers import BertTokenizer

    return BertTokenizer(vocab={piece: number for number, piece in enumerate(vocabulary)}, do_lower_case=False)


def _save(folder: Path, model_class, config, tokenizer) -> Path:
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = model_class(config)
    with torch.no_grad():
        for values in model.parameters():
            values.mul_(5)  # random weights are so small that all vectors would be alike
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
