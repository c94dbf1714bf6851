"""How probable a given translation is, token by token: the decoder is fed the text instead of its own output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from projection.errors import ModelInputError
from projection.models.word_pieces import word_pieces
from projection.protocols import TokenScores
from projection.types import Sentence

_LEAD = 2  # what the decoder reads before the text: its start token and a language code
_MOST_LOGITS = 2**27  # half a gigabyte


class Forced(NamedTuple):
    """One question: what the encoder reads, what the decoder is made to write (without end and language code)."""

    source: tuple[int, ...]
    target: tuple[int, ...]


def forced_scores(
    model: Any, questions: Sequence[Forced], first: int | None, end: int, probes: Sequence[int], batch_tokens: int
) -> list[TokenScores]:
    """Return the scores of each question, in order; equal questions are computed once.

    `first` is the id the decoder writes before the text (a language code, not scored), None if there is
    none. Each source is encoded once per batch.
    """
    found: dict[Forced, TokenScores] = {}
    for batch in _batches(set(questions), batch_tokens, model.config.vocab_size):
        found |= zip(batch, _scores_of(model, batch, first, end, probes), strict=True)
    return [found[question] for question in questions]


def _batches(questions: Iterable[Forced], batch_tokens: int, vocabulary: int) -> Iterator[list[Forced]]:
    """Yield groups of similar length, longest first, that fit `batch_tokens` on either side and `_MOST_LOGITS`."""
    batch: list[Forced] = []
    read = written = 0
    for question in sorted(questions, key=lambda one: (len(one.target), len(one.source), one), reverse=True):
        widest = max(read, len(question.source)), max(written, len(question.target) + _LEAD)
        rows = len(batch) + 1
        fits = rows * max(widest) <= batch_tokens and rows * widest[1] * vocabulary <= _MOST_LOGITS
        if batch and not fits:
            yield batch
            batch, widest = [], (len(question.source), len(question.target) + _LEAD)
        batch.append(question)
        read, written = widest
    if batch:
        yield batch


def _scores_of(
    model: Any, batch: Sequence[Forced], first: int | None, end: int, probes: Sequence[int]
) -> list[TokenScores]:
    import torch
    from transformers.modeling_outputs import BaseModelOutput

    sources = sorted({question.source for question in batch})
    rows = torch.tensor([sources.index(question.source) for question in batch], device=model.device)
    lead = [model.config.decoder_start_token_id, *([] if first is None else [first])]
    padding = model.config.pad_token_id
    ids, mask = _padded(sources, padding, model.device)
    written, _ = _padded([(*lead, *question.target) for question in batch], padding, model.device)
    with torch.inference_mode():
        states = model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        logits = model(
            encoder_outputs=BaseModelOutput(last_hidden_state=states[rows]), attention_mask=mask[rows],
            decoder_input_ids=written,
        ).logits[:, len(lead) - 1 :]  # fmt: skip
        return [
            _read_off(logits[row, : len(question.target) + 1], [*question.target, end], probes)
            for row, question in enumerate(batch)
        ]


def _read_off(logits: Any, written: Sequence[int], probes: Sequence[int]) -> TokenScores:
    """Return the scores of one row from its logits (T + 1, vocabulary)."""
    logits = logits.float()
    total = logits.logsumexp(-1, keepdim=True).cpu().double()
    chosen = logits[range(len(written)), list(written)].cpu().double() - total[:, 0]
    probed = logits[:, list(probes)].cpu().double() - total
    return TokenScores(chosen.numpy(), probed.numpy())


def _padded(sequences: Sequence[Sequence[int]], padding: int, device: Any) -> tuple[Any, Any]:
    import torch

    longest = max(map(len, sequences))
    ids = torch.full((len(sequences), longest), padding)
    mask = torch.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence, dtype=torch.long)
        mask[row, : len(sequence)] = 1
    return ids.to(device), mask.to(device)


class ConditionalTranslation:
    """The part of `Seq2seqTranslator` that scores given translations."""

    def log_probabilities(
        self, pairs: Sequence[tuple[str, str]], source: str, target: str
    ) -> list[NDArray[np.float64]]:
        """See `protocols.ConditionalModel`."""
        if not pairs:
            return []
        for text in (text for pair in pairs for text in pair):
            if not text.strip():
                raise ModelInputError("A text is empty: it has no probability.")
        loaded = self._for_pair(source, target)
        with loaded.lock:
            before, after, first = self._frame(loaded.tokenizer, source, target)
            read = {text: self._read(loaded, text, before, after).ids for text in {text for text, _ in pairs}}
            written = sorted({text for _, text in pairs})
            ids = dict(zip(written, self._target_ids(loaded.tokenizer, written), strict=True))
            questions = [self._forced(loaded, read[given], ids[wanted]) for given, wanted in pairs]
            scores = forced_scores(loaded.model, questions, first, loaded.tokenizer.eos_token_id, (), self.batch_tokens)
        return [one.log_probabilities for one in scores]

    def target_pieces(self, sentence: Sentence, source: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """See `protocols.TokenScorer`."""
        loaded = self._for_pair(source, sentence.language)
        with loaded.lock:
            self._frame(loaded.tokenizer, source, sentence.language)  # raises if the model lacks a language
            return word_pieces(loaded.tokenizer, partial(self._target_ids, loaded.tokenizer), sentence)

    def mark_pieces(self, marks: Sequence[str], source: str, target: str) -> list[tuple[int, ...]]:
        """See `protocols.TokenScorer`."""
        loaded = self._for_pair(source, target)
        with loaded.lock:
            pieces = [tuple(ids) for ids in self._target_ids(loaded.tokenizer, list(marks))]
        for mark, ids in zip(marks, pieces, strict=True):
            if not ids or loaded.tokenizer.unk_token_id in ids:
                raise ModelInputError(
                    f"The tokenizer of {self.name} does not know the mark {mark}: choose another translator."
                )
        return pieces

    def token_scores(
        self, text: str, targets: Sequence[Sequence[int]], probes: Sequence[int], source: str, target: str
    ) -> list[TokenScores]:
        """See `protocols.TokenScorer`."""
        if not text.strip():
            raise ModelInputError("The source text is empty: nothing is a translation of it.")
        loaded = self._for_pair(source, target)
        with loaded.lock:
            before, after, first = self._frame(loaded.tokenizer, source, target)
            read = self._read(loaded, text, before, after).ids
            questions = [self._forced(loaded, read, ids) for ids in targets]
            return forced_scores(
                loaded.model, questions, first, loaded.tokenizer.eos_token_id, probes, self.batch_tokens
            )

    def _target_ids(self, tokenizer: Any, texts: list[str]) -> list[list[int]]:
        """Return the ids of each text as the decoder writes it, without special tokens; what users type stays text."""
        return tokenizer(texts, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]

    def _forced(self, loaded: Any, read: Sequence[int], ids: Sequence[int]) -> Forced:
        longest = loaded.model.config.max_position_embeddings - _LEAD
        if len(ids) > longest:
            raise ModelInputError(
                f"A translation has {len(ids)} sub-words, {self.name} writes at most {longest}: split the sentence."
            )
        return Forced(tuple(read), tuple(ids))
