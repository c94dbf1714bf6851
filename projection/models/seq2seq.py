"""Translation with transformers' encoder-decoder models: what NLLB, M2M-100 and Marian have in common."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, NamedTuple

from projection.errors import ConfigurationError, ModelInputError
from projection.models import hub
from projection.models.conditional import ConditionalTranslation
from projection.models.doubts import has_words, length_doubt
from projection.models.lazy import loaded_once, shared
from projection.protocols import Option
from projection.text import languages
from projection.text.tokenize import split_sentences
from projection.types import Translation

_ROLE = "translator"
_ROOM, _FACTOR = 50, 3


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model and its tokenizer, shared by all translators made of them; who uses them holds `lock`.

    Tokenizers keep state, and a model uses every core anyway.
    """

    model: Any
    tokenizer: Any
    lock: Lock = field(default_factory=Lock)


class _Input(NamedTuple):
    """One sentence as the encoder reads it; `unknown` counts the sub-words the model has no entry for."""

    text: str
    ids: list[int]
    unknown: int


class _Output(NamedTuple):
    text: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Seq2seqTranslator(ConditionalTranslation):
    """What the three families share: sentences, batches, beam search, limits and doubts.

    `model` is a Hugging Face name or a folder; `tokenizer` names another one for the tokenizer alone
    (fine-tuned NLLB checkpoints need that of the original). Texts are split into sentences, because
    these models drop sentences when they get several, and joined again. `beams` is the beam width (1 is
    greedy). `max_length` is the longest output of a sentence in sub-words, 0 for three times the input
    plus 50; reaching it is a warning. `device` is "auto", "cpu", "cuda" or "mps"; `batch_tokens` bounds
    the padded sub-words of one batch. Safe to call from several threads.
    """

    model: str
    name: str = ""
    tokenizer: str = ""
    beams: int = 4
    max_length: int = 0
    device: str = "auto"
    batch_tokens: int = 1024

    options: ClassVar[tuple[Option, ...]] = (
        Option("tokenizer", "Model whose tokenizer is used; original NLLB for fine-tuned NLLB models."),
        Option("beams", "Beam width; 1 is greedy and fastest.", minimum=1, maximum=16, step=1),
        Option("max_length", "Longest output of a sentence in sub-words; 0 follows the input.", minimum=0,
               maximum=1024, step=1),
        Option("device", "auto takes a GPU when there is one.", choices=hub.DEVICES),
        Option("batch_tokens", "Sub-words translated at once; more needs more memory.", minimum=64, maximum=65536,
               step=64),
    )  # fmt: skip

    def __post_init__(self):
        object.__setattr__(self, "name", self.name or self.model)
        for setting, least in (("beams", 1), ("max_length", 0), ("batch_tokens", 1)):
            if getattr(self, setting) < least:
                raise ConfigurationError(f"{self.name}: {setting} must be at least {least}.")

    @cached_property
    def signature(self) -> str:
        tokenizer = f"|tokenizer:{self.tokenizer}" if self.tokenizer else ""
        which = self.name if self.name == self.model else f"{self.name}:{self.model}"
        return f"{which}{tokenizer}|beams:{self.beams}|max-length:{self.max_length or 'auto'}"

    @loaded_once
    def _loaded(self) -> Loaded:
        return self._load(self.model)

    def _load(self, model: str) -> Loaded:
        """Return the weights of `model` on the device of this translator, loaded unless another one has them."""
        device = hub.choose_device(self.device)
        folders = [hub.model_folder(name, _ROLE) for name in (self.tokenizer or model, model)]

        def load() -> Loaded:
            loaded, tokenizer = hub.load_with_tokenizer("AutoModelForSeq2SeqLM", model, _ROLE, self.tokenizer)
            return Loaded(loaded.to(device), tokenizer)

        return shared((device, *map(_state_of, folders)), load)

    def _for_pair(self, source: str, target: str) -> Loaded:
        return self._loaded

    def _frame(self, tokenizer: Any, source: str, target: str) -> tuple[list[int], list[int], int | None]:
        """Return the ids before and after the text, and the first id the decoder must write (None: free)."""
        raise NotImplementedError

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate each text sentence by sentence.

        Raises ModelInputError for empty texts, for languages the model does not know and for sentences
        beyond its positions; ModelUnavailable when the model is not here.
        """
        for text in texts:
            if not text.strip():
                raise ModelInputError("The text is empty: there is nothing to translate.")
        loaded = self._for_pair(source, target)
        split = [[" ".join(part.split()) for part in split_sentences(text, source)] for text in texts]
        sentences = sorted({sentence for parts in split for sentence in parts})
        outputs = {sentence: _Output(sentence) for sentence in sentences if not has_words(sentence)}
        with loaded.lock:
            before, after, first = self._frame(loaded.tokenizer, source, target)
            inputs = [self._read(loaded, text, before, after) for text in sentences if text not in outputs]
            outputs |= self._generate(loaded, inputs, first)
        return [self._join(parts, outputs, source, target) for parts in split]

    def _read(self, loaded: Loaded, sentence: str, before: list[int], after: list[int]) -> _Input:
        """Encode one sentence; special tokens typed by a user stay text. Raises ModelInputError when too long."""
        tokenizer = loaded.tokenizer
        text = f" {sentence}" if sentence.startswith(">>") else sentence  # Marian's own code comes first only
        ids = tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
        unknown = ids.count(tokenizer.unk_token_id)
        ids = [*before, *ids, *after]
        longest = min(loaded.model.config.max_position_embeddings, tokenizer.model_max_length)
        if len(ids) > longest:
            raise ModelInputError(
                f"A sentence has {len(ids)} sub-words, {self.name} reads at most {longest} "
                f"({sentence[:40]!r}...): split it with full stops or bring its translation."
            )
        return _Input(sentence, ids, unknown)

    def _generate(self, loaded: Loaded, inputs: list[_Input], first: int | None) -> dict[str, _Output]:
        """Run the model over batches of similar length, longest first, and return the outputs by sentence."""
        waiting = sorted(inputs, key=lambda item: len(item.ids), reverse=True)
        outputs: dict[str, _Output] = {}
        while waiting:
            size = max(1, self.batch_tokens // len(waiting[0].ids))
            batch, waiting = waiting[:size], waiting[size:]
            outputs |= zip((item.text for item in batch), self._run(loaded, batch, first), strict=True)
        return outputs

    def _run(self, loaded: Loaded, batch: Sequence[_Input], first: int | None) -> list[_Output]:
        import torch

        model, tokenizer = loaded.model, loaded.tokenizer
        longest = len(batch[0].ids)
        ids = torch.full((len(batch), longest), tokenizer.pad_token_id)
        for row, item in enumerate(batch):
            ids[row, : len(item.ids)] = torch.tensor(item.ids)
        mask = torch.arange(longest) < torch.tensor([[len(item.ids)] for item in batch])
        limit = min(self.max_length or _FACTOR * longest + _ROOM, model.config.max_position_embeddings - 1)
        with torch.inference_mode():
            sequences = model.generate(
                input_ids=ids.to(model.device), attention_mask=mask.long().to(model.device), forced_bos_token_id=first,
                num_beams=self.beams, do_sample=False, max_new_tokens=limit, max_length=None,
            ).tolist()  # fmt: skip
        return [self._write(tokenizer, item, row, first, limit) for item, row in zip(batch, sequences, strict=True)]

    def _write(self, tokenizer: Any, item: _Input, sequence: list[int], first: int | None, limit: int) -> _Output:
        """Decode what lies between the decoder's start token (and forced first one) and its end token."""
        written = sequence[1:]
        end = written.index(tokenizer.eos_token_id) if tokenizer.eos_token_id in written else len(written)
        start = 1 if first is not None and written[:1] == [first] else 0
        warnings = []
        if end >= limit - 1:  # some models are forced to write the end token there
            warnings.append(f"The translation was cut off after {limit} sub-words, please check: {item.text[:60]!r}")
        if item.unknown:
            warnings.append(f"The model does not know every character of its input, please check: {item.text[:60]!r}")
        return _Output(self._decode(tokenizer, written[start:end]).strip(), tuple(warnings))

    def _decode(self, tokenizer: Any, ids: list[int]) -> str:
        return tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def _join(self, parts: list[str], outputs: dict[str, _Output], source: str, target: str) -> Translation:
        found = [outputs[part] for part in parts]
        doubts = [length_doubt(part, output.text, source, target) for part, output in zip(parts, found, strict=True)]
        space = "" if languages.is_unsegmented(target) else " "
        text = space.join(filter(None, (output.text for output in found)))
        if not text:
            raise ModelInputError(f"{self.name} gave an empty translation for {parts[0][:40]!r}: write one yourself.")
        return Translation(text, tuple(filter(None, [*(w for output in found for w in output.warnings), *doubts])))


def _state_of(folder: Path) -> Hashable:
    """Return what tells a folder, and each version of its files, from others."""
    return folder.resolve(), tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()))
