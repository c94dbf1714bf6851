"""From a perfect pair one stage is broken: every mistake that follows names that stage."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from projection.evaluation.blame import STAGES
from projection.evaluation.blaming import Case, blames
from projection.evaluation.errors import mistakes
from projection.projectors.heuristic import Heuristic
from projection.projectors.ner_matching import NerMatching
from projection.projectors.ngram_matching import NgramMatching
from projection.projectors.span_matching import SpanMatching
from projection.types import Alignment, Bitext, Entity, Sentence, Span

LABELS = ("PER", "LOC", "ORG")
METHODS = (Heuristic(), SpanMatching(), NgramMatching())


@dataclass
class Pair:
    """A pair being made: entities and links of both sides, with gold; `plain` are (source, target) of other words."""

    words: tuple[int, int]
    source: list[Entity]
    target: list[Entity]
    links: set[tuple[int, int]]
    plain: list[tuple[int, int]]

    def case(self, method, gold_source):
        here, there = self.words
        bitext = Bitext(
            Sentence.from_words([f"s{number}" for number in range(here)], entities=self.source),
            Sentence.from_words([f"t{number}" for number in range(there)]),
            Alignment(frozenset(self.links), here, there),
        )
        (projection,) = method.project([bitext])
        return Case(projection, bitext.target.with_entities(self.target), tuple(gold_source))


@st.composite
def perfect_pairs(draw):
    """Draw entities and plain words in two orders: entities are linked all with all, plain words one with one.

    There are two plain words at least, and one entity.
    """
    parts = draw(
        st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from(LABELS)), min_size=1, max_size=4)
    )
    parts += [(1, 1, "")] * draw(st.integers(2, 4))
    places = []
    for side in (0, 1):
        start, spans = 0, {}
        for number in draw(st.permutations(range(len(parts)))):
            spans[number] = Span(start, start + parts[number][side])
            start = spans[number].end
        places.append((start, spans))
    (here, sources), (there, targets) = places
    pair = Pair((here, there), [], [], set(), [])
    for number, (_, _, label) in enumerate(parts):
        one, other = sources[number], targets[number]
        pair.links |= {(s, t) for s in range(one.start, one.end) for t in range(other.start, other.end)}
        if label:
            pair.source.append(Entity(one, label))
            pair.target.append(Entity(other, label))
        else:
            pair.plain.append((one.start, other.start))
    return pair


def relabel(pair, number, spare):
    one = pair.source[number]
    pair.source[number] = Entity(one.span, LABELS[(LABELS.index(one.label) + 1) % 3])


def forget(pair, number, spare):
    del pair.source[number]


def invent(pair, number, spare):
    pair.source.append(Entity(Span(spare[0], spare[0] + 1), "LOC"))


def lose(pair, number, spare):
    del pair.target[number]


def add(pair, number, spare):
    pair.target.append(Entity(Span(spare[1], spare[1] + 1), "LOC"))


def unlink(pair, number, spare):
    pair.links = {link for link in pair.links if link[0] not in pair.source[number].span}


def unlink_last_word(pair, number, spare):
    pair.links = {link for link in pair.links if link[1] != pair.target[number].span.end - 1}


def move(pair, number, spare):
    span = pair.source[number].span
    pair.links = {(source, spare[1] if source in span else target) for source, target in pair.links}


BREAKS = {
    relabel: "source recognition", forget: "source recognition", invent: "source recognition",
    lose: "translation", add: "translation",
    unlink: "no link", unlink_last_word: "no link", move: "wrong link",
}  # fmt: skip


@given(perfect_pairs(), st.sampled_from(METHODS))
def test_a_perfect_pair_has_no_mistake(pair, method):
    assert blames([pair.case(method, pair.source)], method.requires, method.project) == [()]


@settings(max_examples=200)
@given(perfect_pairs(), st.sampled_from(METHODS), st.sampled_from(list(BREAKS)), st.booleans(), st.data())
def test_every_mistake_names_the_stage_that_was_broken(pair, method, broken, is_replayed, data):
    gold_source = list(pair.source)
    number = data.draw(st.integers(0, len(pair.source) - 1))
    broken(pair, number, data.draw(st.sampled_from(pair.plain)))
    case = pair.case(method, gold_source)
    (found,) = blames([case], method.requires, method.project if is_replayed else None)
    assert {one.stage for one in found} <= {BREAKS[broken]}
    wrong = mistakes(case.projection.entities, case.gold.entities, case.gold.words)
    assert wrong and [one.mistake for one in found] == wrong


@st.composite
def labelled(draw, words):
    found, start = [], 0
    while start < words:
        end = draw(st.integers(start + 1, words))
        if draw(st.booleans()):
            found.append(Entity(Span(start, end), draw(st.sampled_from(LABELS[:2]))))
        start = end
    return tuple(found)


@settings(max_examples=200)
@given(
    st.data(), st.sampled_from((*METHODS, NerMatching(), NgramMatching(count=2, constraint="at least"))), st.booleans()
)
def test_whatever_is_wrong_each_mistake_has_one_blame(data, method, is_replayed):
    here, there = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    words = st.sampled_from(["one", "two", "three", "."])
    texts = [data.draw(st.lists(words, min_size=size, max_size=size)) for size in (here, there)]
    pairs = st.frozensets(st.tuples(st.integers(0, here - 1), st.integers(0, there - 1)), max_size=10)
    bitext = Bitext(
        Sentence.from_words(texts[0], entities=data.draw(labelled(here))),
        Sentence.from_words(texts[1]),
        Alignment(data.draw(pairs), here, there),
        target_entities=data.draw(labelled(there)),
    )
    (projection,) = method.project([bitext])
    gold = bitext.target.with_entities(data.draw(labelled(there)))
    gold_links = data.draw(st.none() | st.builds(Alignment, pairs, st.just(here), st.just(there)))
    case = Case(projection, gold, data.draw(st.none() | labelled(here)), gold_links)
    replay = method.project if is_replayed else None
    (found,) = blames([case], method.requires, replay)
    assert [one.mistake for one in found] == mistakes(projection.entities, gold.entities, gold.words)
    assert all(one.stage in STAGES and one.reason.endswith(".") for one in found)
    assert blames([case], method.requires, replay) == [found]
