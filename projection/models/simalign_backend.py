"""The SimAlign 0.4 package as an aligner: one pair at a time, links only, for comparison with our own."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from projection import registry
from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models import hub
from projection.protocols import Option
from projection.types import Alignment, Sentence

EXTRACTIONS = {
    "argmax": ("a", "inter"),
    "itermax": ("i", "itermax"),
    "forward": ("f", "fwd"),
    "reverse": ("r", "rev"),
    "match": ("m", "mwmf"),
}
_UNITS = {"subword": "bpe", "word": "word"}
_LONGEST = 510


@dataclass(frozen=True)
class SimAlignBackend:
    """Align with SimAlign (Jalili Sabet et al. 2020) on `encoder`: a registered name, hub name or folder.

    `layer` None takes the layer of the registered encoder, else 8. SimAlign cuts sentences of more than
    510 sub-words without saying so and fails on words without sub-words when `unit` is "word"; such
    pairs raise ModelInputError here. "match" takes minutes on long pairs; our own "match" finds the
    same weight in milliseconds.
    """

    encoder: str = "e5-small"
    extraction: str = "itermax"
    unit: str = "subword"
    layer: int | None = None
    name: str = "simalign"
    _lock: Any = field(default_factory=threading.Lock, init=False, repr=False, compare=False)
    _parts: list = field(default_factory=list, init=False, repr=False, compare=False)

    options: ClassVar[tuple[Option, ...]] = (
        Option("extraction", "How links are read off the similarities.", choices=tuple(EXTRACTIONS)),
        Option("unit", "Compare sub-words, or whole words by their mean.", choices=tuple(_UNITS)),
        Option("layer", "Hidden layer; empty: that of the encoder.", minimum=0, maximum=48, step=1),
    )

    def __post_init__(self):
        for setting, allowed in (("extraction", EXTRACTIONS), ("unit", _UNITS)):
            if getattr(self, setting) not in allowed:
                raise ConfigurationError(
                    f"simalign: there is no {setting} {getattr(self, setting)!r}; choose one of {', '.join(allowed)}."
                )

    @property
    def signature(self) -> str:
        return f"simalign-0.4|{self.extraction}|unit:{self.unit}|encoder:{self.encoder}|layer:{self._chosen_layer}"

    @property
    def _chosen_layer(self) -> int:
        if self.layer is not None:
            return self.layer
        chosen = getattr(registry.create("encoder", self.encoder), "layer", None)
        return 8 if chosen is None else chosen

    def align(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Alignment]:
        return [self._align(source, target) for source, target in pairs]

    def _align(self, source: Sentence, target: Sentence) -> Alignment:
        if not len(source) or not len(target):
            return Alignment(frozenset(), len(source), len(target))
        with self._lock:
            if not self._parts:
                self._parts.append(load_simalign(self.encoder, self._chosen_layer, [self.extraction], self.unit))
            aligner = self._parts[0]
            sides = [[unicodedata.normalize("NFC", word) for word in sentence.words] for sentence in (source, target)]
            for side, words in zip(("source", "target"), sides, strict=True):
                self._check(aligner.embed_loader.tokenizer, side, words)
            links = aligner.get_word_aligns(*sides)[EXTRACTIONS[self.extraction][1]]
        return Alignment(frozenset((int(i), int(j)) for i, j in links), len(source), len(target))

    def _check(self, tokenizer: Any, side: str, words: list[str]) -> None:
        counts = [len(tokenizer.tokenize(word)) for word in words]
        if sum(counts) > _LONGEST:
            raise ModelInputError(
                f"simalign reads at most {_LONGEST} sub-words, the {side} sentence has {sum(counts)}: use the aligner "
                f"{self.encoder}:{self.extraction}, which reads long sentences in windows."
            )
        if not sum(counts) or (self.unit == "word" and 0 in counts):
            raise ModelInputError(
                f"simalign cannot align {words[counts.index(0)]!r} ({side} word {counts.index(0) + 1}), which its "
                f"tokenizer maps to nothing: use the aligner {self.encoder}:{self.extraction}."
            )


def load_simalign(encoder: str, layer: int, extractions: Sequence[str], unit: str = "subword") -> Any:
    """Return simalign's own SentenceAligner on the folder of `encoder`, quiet. Raises ModelUnavailable."""
    folder = _folder_of(encoder)
    try:
        import simalign
        import transformers
    except ImportError as problem:
        raise ModelUnavailable(
            f"The aligner simalign needs the packages simalign 0.4 and transformers 5 ({problem}): run "
            f"`pip install simalign==0.4`, or use {encoder}:{extractions[0]}."
        ) from problem
    transformers.utils.logging.set_verbosity_error()  # it loads an unused pooler, which would be reported
    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("simalign.simalign").handlers.clear()  # it prints DEBUG lines of its own
    logging.getLogger("simalign.simalign").setLevel(logging.WARNING)
    methods = "".join(EXTRACTIONS[extraction][0] for extraction in extractions)
    return simalign.SentenceAligner(model=folder, token_type=_UNITS[unit], matching_methods=methods, layer=layer)


def _folder_of(encoder: str) -> str:
    """Return the model folder SimAlign loads: it knows folders and hub names only."""
    entry = registry.find("encoder", encoder)
    if entry.name == "e5-small":
        from projection.models import e5_folder

        try:
            return str(e5_folder.obtain())
        except e5_folder.CannotStore as problem:
            raise ModelUnavailable(
                f"simalign needs the converted encoder on disk, which cannot be written ({problem}): set "
                "PROJECTION_CACHE to a writable folder."
            ) from problem
    return str(hub.model_folder(entry.model, "encoder"))
