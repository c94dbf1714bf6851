"""Turn the parsed data file into what Hugging Face loads: configuration, tokenizer and BERT weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from projection.models.e5_file import E5File

if TYPE_CHECKING:
    import tokenizers

SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
           "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}  # fmt: skip
_UNKNOWN = 3
# where the published normalisation is not NFKC: character, stand-in of the last private plane, result
_UNLIKE_NFKC = (
    ("\uff5e", "\U0010fff0", "\uff5e"),  # full-width tilde
    ("\uff9e", "\U0010fff1", "\u3099"),  # half-width voiced and semi-voiced marks: not composed
    ("\uff9f", "\U0010fff2", "\u309a"),
    ("\U0001f23b", "\U0010fff3", "\U0001f23b"),  # a square ideograph younger than the published table
)
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def config(file: E5File) -> dict[str, Any]:
    """Return the contents of config.json."""
    shape = file.architecture
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": round(file.epsilon, 15),
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "dtype": "float32",
    }


def tokenizer_config() -> dict[str, Any]:
    """Return the contents of tokenizer_config.json; without it AutoTokenizer takes BERT WordPiece."""
    return {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **SPECIAL}


def tokenizer(file: E5File) -> tokenizers.Tokenizer:
    """Rebuild the XLM-R unigram tokenizer; equal to the published one on NFC text."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces = list(zip(file.pieces, file.scores.astype(float).tolist(), strict=True))
    built = Tokenizer(models.Unigram(pieces, unk_id=_UNKNOWN))
    hide = [normalizers.Replace(text, hidden) for text, hidden, _ in _UNLIKE_NFKC]
    show = [normalizers.Replace(hidden, result) for _, hidden, result in _UNLIKE_NFKC]
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    built.normalizer = normalizers.Sequence([*hide, normalizers.Nmt(), normalizers.NFKC(), *show, spaces])
    built.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    built.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    built.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    built.add_special_tokens(
        [AddedToken(text, normalized=False, special=True) for text in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    )
    return built


def weights(file: E5File) -> Iterator[tuple[str, NDArray[np.float16]]]:
    """Yield the parameters of `BertModel(add_pooling_layer=False)` by name, as f16.

    A 4-bit weight times its f16 scale needs up to three bits more than f16 has; the rounding is far
    below the error of the 4 bits.
    """
    shape = file.architecture
    rows = {"emb.word": shape.vocabulary, "emb.pos": shape.positions, "emb.type": shape.token_types}
    for name in file.names():
        values = file.tensor(name).astype(np.float16)
        if name in _EMBEDDINGS:
            yield _EMBEDDINGS[name], values.reshape(rows[name], -1) if name in rows else values
            continue
        layer, part, kind = name.split(".")
        full = f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"
        if kind == "w" and not part.endswith("ln"):
            values = values.reshape(shape.feed_forward if part == "fi" else shape.hidden, -1)
        yield full, values
