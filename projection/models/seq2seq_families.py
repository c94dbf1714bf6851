"""NLLB-200, M2M-100 and Marian: how each is told the languages, and which one a model folder holds."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.models.seq2seq import Loaded, Seq2seqTranslator
from projection.text import languages

_ROLE = "translator"
_M2M_CODES = {"fil": "tl", "nb": "no", "nn": "no", "nso": "ns"}
_MARIAN_CODES = {"zh": ("cmn_Hans", "cmn"), "zh-Hant": ("cmn_Hant", "cmn"), "no": ("nob",)}
_NLLB_MARK = "eng_Latn"
_SMALL_FILES = ("config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")


@dataclass(frozen=True, kw_only=True, eq=False)
class Nllb(Seq2seqTranslator):
    """NLLB-200: the encoder reads "eng_Latn text </s>", the decoder must begin with "deu_Latn".

    The frame is built here, so tokenizers saved with the older order (code at the end) do no harm.
    """

    name: str = "nllb"
    model: str = "facebook/nllb-200-distilled-600M"

    def _frame(self, tokenizer: Any, source: str, target: str) -> tuple[list[int], list[int], int]:
        ids = []
        for language in (source, target):
            code = languages.to_nllb(language)
            number = tokenizer.convert_tokens_to_ids(code)
            if number is None or number == tokenizer.unk_token_id:
                raise ModelInputError(
                    f"The tokenizer of {self.tokenizer or self.model} has no language {code}: choose another "
                    "translator, or name the original facebook/nllb-200 model with the option tokenizer."
                )
            ids.append(number)
        return [ids[0]], [tokenizer.eos_token_id], ids[1]


@dataclass(frozen=True, kw_only=True, eq=False)
class M2m100(Seq2seqTranslator):
    """M2M-100: the encoder reads "__en__ text </s>", the decoder must begin with "__de__"."""

    name: str = "m2m100"
    model: str = "facebook/m2m100_418M"

    def _frame(self, tokenizer: Any, source: str, target: str) -> tuple[list[int], list[int], int]:
        return [self._number(tokenizer, source)], [tokenizer.eos_token_id], self._number(tokenizer, target)

    def _number(self, tokenizer: Any, language: str) -> int:
        base = languages.base(language)
        code = _M2M_CODES.get(base, base)
        if code not in getattr(tokenizer, "lang_code_to_id", {}):
            raise ModelInputError(
                f"{self.name} does not know {languages.english_name(language)} ({language}): choose another translator."
            )
        return tokenizer.get_lang_id(code)


@dataclass(frozen=True, kw_only=True, eq=False)
class Marian(Seq2seqTranslator):
    """OPUS-MT: one model per pair, "{source}" and "{target}" in its name stand for the languages.

    Models with several target languages read ">>deu<<" before the text; bilingual ones nothing.
    """

    name: str = "marian"
    model: str = "Helsinki-NLP/opus-mt-{source}-{target}"
    _models: dict[str, Loaded] = field(default_factory=dict, init=False, repr=False)

    def model_for(self, source: str, target: str) -> str:
        """Return the name of the model for a pair of BCP-47 codes."""
        return self.model.replace("{source}", languages.base(source)).replace("{target}", languages.base(target))

    def _for_pair(self, source: str, target: str) -> Loaded:
        model = self.model_for(source, target)
        loaded = self._models.get(model) or self._models.setdefault(model, self._load(model))
        self._check_pair(loaded.tokenizer, model, source, target)
        return loaded

    def _load(self, model: str) -> Loaded:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
            return super()._load(model)

    @staticmethod
    def _check_pair(tokenizer: Any, model: str, source: str, target: str) -> None:
        """Refuse a bilingual model of other languages, where its tokenizer says which ones it has."""
        sides = [(tokenizer.source_lang, source)]
        if not tokenizer.supported_language_codes:
            sides.append((tokenizer.target_lang, target))
        for code, wanted in sides:
            try:
                has = languages.base(languages.to_flores(code)) if code else ""
            except ConfigurationError:
                continue  # a family of languages such as "gmw"
            if has and has != languages.base(wanted):
                pair = f"{tokenizer.source_lang} to {tokenizer.target_lang}"
                raise ModelInputError(f"{model} translates {pair}, not {source} to {target}: choose another model.")

    def _frame(self, tokenizer: Any, source: str, target: str) -> tuple[list[int], list[int], None]:
        codes = {token[2:-2] for token in tokenizer.supported_language_codes}
        if not codes:
            return [], [tokenizer.eos_token_id], None
        code = next((code for code in _marian_codes(target) if code in codes), None)
        if code is None:
            raise ModelInputError(
                f"{self.model_for(source, target)} translates into {', '.join(sorted(codes)[:20])}, not into {target}: "
                "choose another model."
            )
        return [tokenizer.convert_tokens_to_ids(f">>{code}<<")], [tokenizer.eos_token_id], None

    def _target_ids(self, tokenizer: Any, texts: list[str]) -> list[list[int]]:
        return tokenizer(text_target=texts, add_special_tokens=False, split_special_tokens=True)["input_ids"]

    def _decode(self, tokenizer: Any, ids: list[int]) -> str:
        return tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False, use_source_tokenizer=False
        )


def _marian_codes(language: str) -> list[str]:
    """Return what OPUS-MT may call a language, the most exact first: "pt-BR" is pt_BR, por_Latn, pt or por."""
    base = languages.base(language)
    codes = [language.replace("-", "_"), *_MARIAN_CODES.get(language, _MARIAN_CODES.get(base, ()))]
    try:
        flores = languages.to_flores(language)
        codes += [flores, base, flores.partition("_")[0]]
    except ConfigurationError:
        codes.append(base)
    return codes


def translator_for(
    *,
    model: str,
    name: str = "",
    tokenizer: str = "",
    beams: int = 4,
    max_length: int = 0,
    device: str = "auto",
    batch_tokens: int = 1024,
) -> Seq2seqTranslator:
    """Return the translator for a Hugging Face name or folder, its family read from config.json.

    Raises ModelUnavailable when the model is not on this machine or of another family.
    """
    family = _family(model, tokenizer)
    return family(
        model=model, name=name or model, tokenizer=tokenizer, beams=beams, max_length=max_length, device=device,
        batch_tokens=batch_tokens,
    )  # fmt: skip


def _family(model: str, tokenizer: str) -> type[Seq2seqTranslator]:
    kind = hub.read_config(model, _ROLE).get("model_type")
    if kind == "marian":
        return Marian
    if kind == "m2m_100":  # NLLB has the architecture of M2M-100, only its tokenizer tells
        folder = hub.model_folder(tokenizer or model, _ROLE)
        return Nllb if any(_mentions(folder / file, _NLLB_MARK) for file in _SMALL_FILES) else M2m100
    raise ModelUnavailable(
        f"{model} is a {kind} model; translators are NLLB, M2M-100 and Marian models: choose one of those."
    )


def _mentions(path: Path, text: str) -> bool:
    return path.is_file() and text in path.read_text("utf-8", errors="replace")
