"""How probable a given translation is, token by token: the decoder is fed the text instead of its own output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from projection.errors import ModelInputError
from projection.protocols import TokenScores

_WORD_MARK = "\u2581"  # SentencePiece's sign for the space before a word


class Forced(NamedTuple):
    """One question: what the encoder reads, what the decoder is made to write (without end and language code)."""

    source: tuple[int, ...]
    target: tuple[int, ...]


def forced_scores(
    model: Any, questions: Sequence[Forced], first: int | None, end: int, probes: Sequence[int], batch_tokens: int
) -> list[TokenScores]:
    """Return the scores of each question, in order; equal questions are computed once.

    `first` is the id the decoder writes before the text (a language code, not scored), None if there is
    none. Batches hold about `batch_tokens` decoder positions of similar length; each source is encoded
    once per batch.
    """
    waiting = sorted(set(questions), key=lambda question: (len(question.target), question), reverse=True)
    found: dict[Forced, TokenScores] = {}
    while waiting:
        size = max(1, batch_tokens // (len(waiting[0].target) + 2))
        batch, waiting = waiting[:size], waiting[size:]
        found |= zip(batch, _batch(model, batch, first, end, probes), strict=True)
    return [found[question] for question in questions]


def _batch(
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
    wanted, _ = _padded([(*question.target, end) for question in batch], padding, model.device)
    with torch.inference_mode():
        states = model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        logits = model(
            encoder_outputs=BaseModelOutput(last_hidden_state=states[rows]), attention_mask=mask[rows],
            decoder_input_ids=written,
        ).logits[:, len(lead) - 1 :].float()  # fmt: skip
        total = logits.logsumexp(-1, keepdim=True)
        chosen = (logits.gather(-1, wanted[..., None]) - total)[..., 0].double().cpu().numpy()
        probed = (logits[..., list(probes)] - total).double().cpu().numpy()
    return [
        TokenScores(chosen[row, : len(question.target) + 1], probed[row, : len(question.target) + 1])
        for row, question in enumerate(batch)
    ]


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
        with self._lock:
            before, after, first = self._frame(loaded.tokenizer, source, target)
            questions = [
                Forced(
                    tuple(self._read(loaded, text, before, after).ids),
                    tuple(self._fitting(loaded, self._target_ids(loaded.tokenizer, written), written)),
                )
                for text, written in pairs
            ]
            scores = forced_scores(loaded.model, questions, first, loaded.tokenizer.eos_token_id, (), self.batch_tokens)
        return [one.log_probabilities for one in scores]

    def target_pieces(
        self, words: Sequence[str], is_glued: Sequence[bool], source: str, target: str
    ) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """See `protocols.TokenScorer`."""
        loaded = self._for_pair(source, target)
        with self._lock:
            self._frame(loaded.tokenizer, source, target)  # the languages are known
            return [
                (_glued(loaded.tokenizer, ids) if glued else ids, ids)
                for word, glued in zip(words, is_glued, strict=True)
                for ids in [tuple(self._target_ids(loaded.tokenizer, word))]
            ]

    def token_scores(
        self, text: str, targets: Sequence[Sequence[int]], probes: Sequence[int], source: str, target: str
    ) -> list[TokenScores]:
        """See `protocols.TokenScorer`."""
        if not text.strip():
            raise ModelInputError("The source text is empty: nothing is a translation of it.")
        loaded = self._for_pair(source, target)
        with self._lock:
            before, after, first = self._frame(loaded.tokenizer, source, target)
            read = tuple(self._read(loaded, text, before, after).ids)
            questions = [Forced(read, tuple(self._fitting(loaded, ids, text))) for ids in targets]
            return forced_scores(
                loaded.model, questions, first, loaded.tokenizer.eos_token_id, probes, self.batch_tokens
            )

    def _target_ids(self, tokenizer: Any, text: str) -> list[int]:
        """Return the ids of a text as the decoder writes it, without special tokens."""
        return tokenizer(text, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]

    def _fitting(self, loaded: Any, ids: Sequence[int], text: str) -> Sequence[int]:
        longest = loaded.model.config.max_position_embeddings - 2
        if len(ids) > longest:
            raise ModelInputError(
                f"A translation has {len(ids)} sub-words, {self.name} writes at most {longest} ({text[:40]!r}...): "
                "split the sentence."
            )
        return ids


def _glued(tokenizer: Any, ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return the ids of a word that stands right after another, where the vocabulary has them so."""
    if not ids:
        return ids
    head = tokenizer.convert_ids_to_tokens(ids[0])
    if head == _WORD_MARK and len(ids) > 1:
        return ids[1:]
    if not head.startswith(_WORD_MARK):
        return ids
    bare = tokenizer.convert_tokens_to_ids(head.removeprefix(_WORD_MARK))
    return ids if bare is None or bare == tokenizer.unk_token_id else (bare, *ids[1:])
