"""Which entity each marked string of a translation is: the best assignment, and EasyProject's own rule.

A marked string is compared with the stand-alone translation of each entity and with the entity as it stands
in the source, by the ratio of Ratcliff and Obershelp (difflib), as EasyProject does. Where EasyProject takes
the first hit over the threshold, and published back-translation the last, `assign` maximises the sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

import numpy as np

from projection.matching.decisions import ScoredCandidates
from projection.matching.solvers import solve
from projection.projectors.marking import MarkedString, Recovered, find_words
from projection.types import Sentence, Span

LITERATURE_THRESHOLD = 0.5
_ORDER = 0.01
"""What standing at the other end of the sentence costs: it decides between strings that are much the same."""
_UNMARKED = 0.75
"""The score of an entity's own words where no mark stands beside them."""
_SHORTEST_UNMARKED = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source entity to find again.

    Its text, its translation on its own ("" if there is none), its label, and where it begins in the
    source as a share of the characters.
    """

    text: str
    translation: str
    label: str
    place: float

    @property
    def forms(self) -> tuple[str, ...]:
        """Return its translation and itself, each once, longest first."""
        return tuple(sorted({self.translation, self.text} - {""}, key=lambda form: (-len(form), form)))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why an entity may be at a place; `total` is what counts, the others explain it."""

    total: float
    translation: float
    source: float
    how: Mapping[str, float] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, float]:
        return {"like its translation": self.translation, "like the source": self.source, **self.how}


def likeness(wanted: Wanted, string: str) -> Likeness:
    """Compare an entity with a string, ignoring case; the greater of the two ratios counts."""
    matcher = SequenceMatcher(None, b=string.casefold(), autojunk=False)
    ratios = []
    for form in (wanted.translation, wanted.text):
        matcher.set_seq1(form.casefold())
        ratios.append(matcher.ratio() if form else 0.0)
    return Likeness(max(ratios), *ratios)


def assign(
    wanted: Sequence[Wanted], recovered: Recovered, target: Sentence, *, threshold: float, find_lost: bool
) -> ScoredCandidates:
    """Score the places of all entities in `target`, whose text is that of `recovered`.

    1. Each marked string with each entity: their likeness. With `find_lost`, a string that holds the
       entity's own words and less than as much besides ("do Sri Lanka") is narrowed to them, and those words
       beside a mark without a partner count as marked (so do, where pairs are missing, those at the edge of a
       string like no entity).
    2. Elimination: strings like no entity go to the entities without a place that are like no string, if
       these are as many and of one label (so for one entity and one string, or where all labels are the same).
    3. With `find_lost`, the own words of entities without a place, where no mark stands.
    4. Elimination once more, where there may be fewer strings than entities.
    Ties are told by order. The matching itself is left to `decide`: what a rule adds is out of the way of
    what the rules before it placed, so the best sum over all of them keeps that.
    """
    table = _Table(wanted, recovered, target, threshold, find_lost)
    table.add_marked()
    table.eliminate(as_many=True)
    if find_lost:
        table.add_unmarked()
    table.eliminate(as_many=False)
    return table.scored()


class _Table:
    """What is known of each (entity, words), filled rule by rule."""

    def __init__(
        self, wanted: Sequence[Wanted], recovered: Recovered, target: Sentence, threshold: float, find_lost: bool
    ):
        self._wanted, self._recovered, self._target = wanted, recovered, target
        self._threshold, self._find_lost = threshold, find_lost
        self._cells: dict[tuple[int, Span], Likeness] = {}
        self._like = [[likeness(one, recovered.text_of(string)) for string in recovered.strings] for one in wanted]

    def add_marked(self) -> None:
        for entity in range(len(self._wanted)):
            for number, like in enumerate(self._like[entity]):
                self._offer(entity, self._narrowed(entity, number), like)
        starts, ends = self._halves()
        for entity, place in self._own_words(ignore_case=True) if self._find_lost else ():
            if place.start in starts or place.end in ends:
                self._offer(entity, place, Likeness(1.0, 1.0, 1.0, {"half a pair of marks": 1.0}))

    def _halves(self) -> tuple[set[int], set[int]]:
        """Return where opening and closing marks without a partner stand.

        Where pairs are missing, a string like no entity may lie between two halves, and counts as such.
        """
        starts, ends = set(self._recovered.starts), set(self._recovered.ends)
        if len(self._recovered.strings) < len(self._wanted):
            for number, string in enumerate(self._recovered.strings):
                if self._is_like_none(number):
                    starts.add(string.start)
                    ends.add(string.end)
        return starts, ends

    def _is_like_none(self, number: int) -> bool:
        return all(like[number].total <= self._threshold for like in self._like)

    def add_unmarked(self) -> None:
        placed = self._placed()
        for entity, place in self._own_words(ignore_case=False):
            is_long = place.end - place.start >= _SHORTEST_UNMARKED
            if is_long and entity not in placed and self._is_free(place, placed):
                self._offer(entity, place, Likeness(_UNMARKED, 1.0, 1.0, {"no mark": 1.0}))

    def eliminate(self, as_many: bool) -> None:
        placed = self._placed()
        entities = [
            entity
            for entity, likes in enumerate(self._like)
            if entity not in placed and all(like.total <= self._threshold for like in likes)
        ]
        strings = [
            number
            for number, string in enumerate(self._recovered.strings)
            if self._is_free(string, placed) and self._is_like_none(number)
        ]
        fits = len(strings) == len(entities) if as_many else len(strings) <= len(entities)
        if not fits or len({self._wanted[entity].label for entity in entities}) != 1:
            return
        for entity in entities:
            for number in strings:
                like = self._like[entity][number]
                certain = replace(like, total=1.0 - _ORDER * (1.0 - like.total), how={"by elimination": 1.0})
                self._offer(entity, self._narrowed(entity, number), certain)

    def _narrowed(self, entity: int, number: int) -> MarkedString:
        """Return a marked string, or the entity's own words in it."""
        string = self._recovered.strings[number]
        text = self._recovered.text_of(string)
        for form in self._wanted[entity].forms if self._find_lost else ():
            for inner in find_words(text, form, self._target.language):
                if 2 * (inner.end - inner.start) > len(text):
                    return MarkedString(string.start + inner.start, string.start + inner.end)
        return string

    def _own_words(self, *, ignore_case: bool) -> Iterator[tuple[int, MarkedString]]:
        for entity, one in enumerate(self._wanted):
            for form in one.forms:
                for place in find_words(self._recovered.text, form, self._target.language, ignore_case=ignore_case):
                    yield entity, place

    def _offer(self, entity: int, place: MarkedString, like: Likeness) -> None:
        span = words_of(self._target, place)
        if span is None:
            return
        span = _without_punctuation(span, self._target.words, self._wanted[entity].text)
        shift = self._wanted[entity].place - place.start / len(self._recovered.text)
        total = max(like.total - _ORDER * shift**2, 0.0)
        known = self._cells.get((entity, span))
        if known is None or known.total < total:
            self._cells[entity, span] = replace(like, total=total)

    def _is_free(self, place: MarkedString, placed: Mapping[int, Span]) -> bool:
        span = words_of(self._target, place)
        return span is not None and not any(span.overlaps(taken) for taken in placed.values())

    def _placed(self) -> dict[int, Span]:
        """Return where the rules so far put the entities."""
        scored = self.scored()
        chosen = solve(scored.weights(self._threshold), scored.spans, solver="exact")
        return {entity: Span(*map(int, scored.spans[column])) for entity, column in chosen}

    def scored(self) -> ScoredCandidates:
        return candidates(self._cells, len(self._wanted))


def candidates(cells: Mapping[tuple[int, Span], Likeness], entities: int) -> ScoredCandidates:
    """Return the candidates of `cells`, which hold a Likeness for (entity number, words of the target)."""
    cells = dict(cells)
    spans = sorted({span for _, span in cells})
    columns = {span: column for column, span in enumerate(spans)}
    totals = np.full((entities, len(spans)), np.nan)
    for (entity, span), like in cells.items():
        totals[entity, columns[span]] = like.total
    return ScoredCandidates(
        np.array([(span.start, span.end) for span in spans], dtype=np.intp).reshape(-1, 2),
        totals,
        lambda entity, column: cells[entity, spans[column]].parts,
        "marked string",
        nothing="Nothing in common with the entity",
    )


def keep_or_discard(wanted: Sequence[Wanted], recovered: Recovered, target: Sentence) -> tuple[ScoredCandidates, str]:
    """Apply EasyProject's rule: return the candidates it keeps, or none and why the sentence is discarded.

    As many opening and closing marks and marked strings as entities. One entity, or one label: copied in
    order. Else each string takes the label of the first stand-alone translation equal to it, else the first
    equal source text, else the first translation with a ratio over .5, else the first such source text; a
    single string without a label takes the one that remains. The labels must then be those of the source.
    """
    nothing = candidates({}, len(wanted))
    places = [span for string in recovered.strings if (span := words_of(target, string))]
    if not recovered.opening == recovered.closing == len(places) == len(wanted):
        return nothing, (
            f"{recovered.opening} opening and {recovered.closing} closing marks came back for {len(wanted)} entities"
        )
    if any(left.overlaps(right) for number, left in enumerate(places) for right in places[:number]):
        return nothing, "Two marked strings share a word"
    texts = [recovered.text_of(string) for string in recovered.strings]
    labels = [one.label for one in wanted]
    hits = list(range(len(wanted))) if len(set(labels)) == 1 else [_first_hit(wanted, text) for text in texts]
    if hits.count(None) > 1:
        return nothing, f"{hits.count(None)} marked strings are like no entity"
    found = [None if hit is None else labels[hit] for hit in hits]
    left = Counter(labels) - Counter(found)
    if None in found and left.total() == 1:
        found[found.index(None)] = next(iter(left))
    if Counter(found) != Counter(labels):
        return nothing, "The labels of the marked strings are not those of the source"
    cells, free = {}, list(range(len(wanted)))
    for place, text, hit, label in zip(places, texts, hits, found, strict=True):
        entity = hit if hit in free else next(entity for entity in free if labels[entity] == label)
        free.remove(entity)
        cells[entity, place] = replace(likeness(wanted[entity], text), total=1.0)
    return candidates(cells, len(wanted)), ""


def _first_hit(wanted: Sequence[Wanted], string: str) -> int | None:
    text = string.lower()
    translations, sources = ([getattr(one, form).lower() for one in wanted] for form in ("translation", "text"))
    for forms in (translations, sources):
        if text in forms:
            return forms.index(text)
    for forms in (translations, sources):
        for number, form in enumerate(forms):
            if SequenceMatcher(None, text, form).ratio() > LITERATURE_THRESHOLD:
                return number
    return None


def words_of(sentence: Sentence, string: MarkedString) -> Span | None:
    """Return the words that have a character of `string`, None if there is none."""
    touched = [
        number for number, token in enumerate(sentence.tokens) if token.start < string.end and string.start < token.end
    ]
    return Span(touched[0], touched[-1] + 1) if touched else None


def _without_punctuation(span: Span, words: Sequence[str], entity: str) -> Span:
    """Drop punctuation that slipped between the marks: words without a letter or digit, at an edge where the
    entity itself has one."""
    inner = [number for number in range(span.start, span.end) if any(map(str.isalnum, words[number]))]
    if not inner or not entity:
        return span
    return Span(inner[0] if entity[0].isalnum() else span.start, inner[-1] + 1 if entity[-1].isalnum() else span.end)
