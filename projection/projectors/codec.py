"""CODEC: put the marks of the marked source into the given translation where the translator finds them likeliest.

Le et al., "Constrained Decoding for Cross-lingual Label Projection", ICLR 2024. The text of the target is never
changed. Their depth-first search with look-ahead bounds is replaced by an exact best-first one (`marker_search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from projection.errors import ConfigurationError, ModelUnavailable
from projection.matching.decisions import ScoredCandidates, decide
from projection.projectors.marker_search import Found, Marks, Pieces, search
from projection.projectors.marking import mark
from projection.projectors.matching_settings import SOLVER, check_choice
from projection.protocols import ConditionalModel, Option, TokenScorer, needed, settings_signature
from projection.text.joining import natural
from projection.types import Bitext, Projection, Sentence, Span, Step

_OPEN, _CLOSE = "[", "]"
_CHANGED, _NEAR, _NEARLY_CHANGED = 0.5, 5, 0.1
"""Openings are tried at tokens whose log probability the marks change by .5, or by .1 within 5 tokens of these."""
_WHY = "that can score a given translation, such as nllb, m2m100 or marian; best one trained to keep marks"


@dataclass(frozen=True)
class Codec:
    """Search, entity by entity, the most probable marked target of the source with that entity marked.

    The score of a span is its share of the probability of the `best` hypotheses found: they have the same
    tokens, so no length is normalised away. All entities then go through one matching, so that none
    overlap. With `prune`, opening marks are only tried where the marks in the source change the log
    probability of the target, as published. With `rerank`, a span inside the best hypothesis takes its
    place if the entity is more probable as a translation of it (published for given targets).
    `longest` bounds spans in words (0: any), `limit` the texts scored per entity (0: none; a stop is
    reported).
    """

    name: str = "codec"
    translator: Any = None
    best: int = 5
    longest: int = 0
    prune: bool = False
    rerank: bool = False
    limit: int = 2000
    batch: int = 16
    solver: str = "exact"

    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[Mapping[str, str]] = {"translator": "translator"}
    options: ClassVar[tuple[Option, ...]] = (
        Option("best", "Hypotheses kept for each entity.", minimum=1, maximum=50, step=1),
        Option("longest", "Longest span in words; 0 for any.", minimum=0, maximum=100, step=1),
        Option("prune", "Try opening marks only where the marked source changes the target's probability."),
        Option("rerank", "Prefer a part of the best span from which the entity is more probable."),
        Option("limit", "Most texts scored for an entity; 0 for no limit.", minimum=0, maximum=100_000, step=100),
        Option("batch", "Texts scored at a time.", minimum=1, maximum=256, step=1),
        SOLVER,
    )
    presets: ClassVar[Mapping[str, Mapping]] = {"default": {}, "paper": {"prune": True, "rerank": True}}

    def __post_init__(self):
        check_choice(self, "solver", ("greedy", "exact"))
        for setting, least in (("best", 1), ("batch", 1), ("longest", 0), ("limit", 0)):
            if getattr(self, setting) < least:
                raise ConfigurationError(f"{self.name}: {setting} must be at least {least}.")

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        """Raises ModelUnavailable without a translator that scores, ModelInputError for texts it refuses."""
        translator = needed(self.translator, self.name, "translator", _WHY)
        if not isinstance(translator, TokenScorer):
            raise ModelUnavailable(
                f"{self.name}: the translator {translator.name} cannot score a given translation; choose nllb, m2m100, "
                f"marian or another such model (--option {self.name}.translator=NAME)."
            )
        return [self._project(bitext, translator) for bitext in bitexts]

    def _project(self, bitext: Bitext, translator: TokenScorer) -> Projection:
        source, entities = natural(bitext.source), bitext.source.entities
        marked = [mark(source.with_entities((entity,))).text for entity in entities]
        found = [Found()] * len(entities)
        if entities and len(bitext.target):
            template = _Template.of(bitext.source.language, natural(bitext.target), translator)
            found = [self._search(template, source.text, text) for text in marked]
        shares = [_shares(one) for one in found]
        backwards = [self._backwards(bitext, entity, one, translator) for entity, one in enumerate(found)]
        for entity, scores in enumerate(backwards):
            _promote(shares[entity], found[entity], scores)
        spans = sorted({span for one in shares for span in one})
        column = {span: number for number, span in enumerate(spans)}
        totals = np.full((len(entities), len(spans)), np.nan)
        logs = [{span: log for log, span in one.hypotheses} for one in found]
        for entity, one in enumerate(shares):
            for span, share in one.items():
                totals[entity, column[span]] = share

        def parts(entity: int, candidate: int) -> dict[str, float]:
            span = spans[candidate]
            backward = backwards[entity].get(span)
            return {
                "log probability": logs[entity][span],
                **({} if backward is None else {"entity from span": backward}),
            }

        return decide(
            bitext,
            ScoredCandidates(
                np.array([(span.start, span.end) for span in spans], np.intp).reshape(-1, 2), totals, parts, "marked"
            ),
            method=self.name,
            signature=self.signature,
            solver=self.solver,
            missing=lambda entity: "The target has no word" if not len(bitext.target) else "No place was found",
            warnings=tuple(self._stopped(bitext, found)),
            steps=lambda: _steps(bitext, marked, found, backwards),
        )

    def _search(self, template: _Template, plain: str, marked: str) -> Found:
        return search(
            template.pieces,
            template.marks,
            lambda texts: template.score(marked, texts),
            best=self.best,
            batch=self.batch,
            longest=self.longest,
            limit=self.limit,
            places=template.changed(plain, marked) if self.prune else None,
        )

    def _backwards(self, bitext: Bitext, entity: int, found: Found, translator: ConditionalModel) -> dict[Span, float]:
        """Return the log probability of the entity as a translation of each span, where that is asked for."""
        if not self.rerank or len(found.hypotheses) < 2:
            return {}
        name = bitext.source.text_of(bitext.source.entities[entity].span)
        spans = [span for _, span in found.hypotheses]
        pairs = [(bitext.target.text_of(span), name) for span in spans]
        scores = translator.log_probabilities(pairs, bitext.target.language, bitext.source.language)
        return {span: float(score.sum()) for span, score in zip(spans, scores, strict=True)}

    def _stopped(self, bitext: Bitext, found: Sequence[Found]) -> Iterator[str]:
        for entity, one in zip(bitext.source.entities, found, strict=True):
            if not one.is_exact:
                yield (
                    f"The search for “{bitext.source.text_of(entity.span)}” stopped after {one.scored} texts (option "
                    "limit): a better place may exist."
                )


@dataclass(frozen=True)
class _Template:
    """The given target as tokens, and the translator that scores it."""

    pieces: Pieces
    marks: Marks
    translator: TokenScorer
    languages: tuple[str, str]

    @classmethod
    def of(cls, source_language: str, target: Sentence, translator: TokenScorer) -> _Template:
        """Raises ModelInputError if the translator does not know the marks."""
        languages = source_language, target.language
        marks = Marks(*translator.mark_pieces((_OPEN, _CLOSE), *languages))
        return cls(translator.target_pieces(target, source_language), marks, translator, languages)

    def score(self, marked: str, texts: Sequence[Sequence[int]]) -> list:
        probes = (self.marks.opening[0], self.marks.closing[0])
        return self.translator.token_scores(marked, texts, probes, *self.languages)

    def changed(self, plain: str, marked: str) -> set[int]:
        """Return the words before which an opening mark is tried when pruning: all, if none would be left."""
        tokens = [token for as_is, _ in self.pieces for token in as_is]
        without, with_marks = (self.score(text, [tokens])[0].log_probabilities[:-1] for text in (plain, marked))
        change = np.abs(with_marks - without)
        strong = np.nonzero(change >= _CHANGED)[0]
        kept = set(strong.tolist())
        kept |= {
            token for token in np.nonzero(change >= _NEARLY_CHANGED)[0].tolist()
            if len(strong) and np.abs(strong - token).min() <= _NEAR
        }  # fmt: skip
        starts = np.cumsum([0, *(len(as_is) for as_is, _ in self.pieces[:-1])]).tolist()
        words = {word for word, start in enumerate(starts) if kept & {*range(start, start + len(self.pieces[word][0]))}}
        return words or set(range(len(self.pieces)))


def _shares(found: Found) -> dict[Span, float]:
    """Return each hypothesis's share of the probability of all that were kept."""
    if not found.hypotheses:
        return {}
    logs = np.array([log for log, _ in found.hypotheses])
    weights = np.exp(logs - logs.max())
    return {span: float(share) for (_, span), share in zip(found.hypotheses, weights / weights.sum(), strict=True)}


def _promote(shares: dict[Span, float], found: Found, backwards: Mapping[Span, float]) -> None:
    """Let the most probable part of the best span change places with it, where the entity follows from it better."""
    if not backwards:
        return
    _, top = found.hypotheses[0]
    inside = [span for span in backwards if span != top and top.contains(span) and backwards[span] > backwards[top]]
    if inside:
        chosen = max(inside, key=lambda span: backwards[span])
        shares[top], shares[chosen] = shares[chosen], shares[top]


def _steps(
    bitext: Bitext, marked: Sequence[str], found: Sequence[Found], backwards: Sequence[Mapping[Span, float]]
) -> Iterator[Step]:
    names = [f"{bitext.source.text_of(entity.span)} {entity.label}" for entity in bitext.source.entities]
    rows = tuple(zip(names, marked, strict=True))
    yield Step("Marked source", "One entity at a time.", columns=("entity", "text"), rows=rows)
    rows = tuple(
        (name, *(f"{bitext.target.words[word]} ({bound:.1f})" for bound, word in one.openings[:5]))
        for name, one in zip(names, found, strict=True)
    )
    columns = ("entity", *(f"{number}." for number in range(1, max(map(len, rows), default=1))))
    rows = tuple((*row, *[None] * (len(columns) - len(row))) for row in rows)
    yield Step("Openings", "Words before which the mark may open, with the upper bound of what can follow.",
               columns=columns, rows=rows)  # fmt: skip
    rows = tuple(
        (name, _with_marks(bitext.target, span), log, backward.get(span))
        for name, one, backward in zip(names, found, backwards, strict=True)
        for log, span in one.hypotheses
    )
    told = "; ".join(f"{name}: {one.scored} texts scored for {one.possible} pairs of places"
                     for name, one in zip(names, found, strict=True))  # fmt: skip
    yield Step("Hypotheses", told, columns=("entity", "target", "log probability", "entity from span"), rows=rows)


def _with_marks(target: Sentence, span: Span) -> str:
    start, end = target.tokens[span.start].start, target.tokens[span.end - 1].end
    return f"{target.text[:start]}{_OPEN} {target.text[start:end]} {_CLOSE}{target.text[end:]}"
