"""Which evidence is gathered for which methods, what methods may hold, and methods that write their own target."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import pytest

from projection import registry
from projection.errors import ConfigurationError, ModelUnavailable
from projection.models.stand_ins import DiagonalAligner, DictionaryTranslator, RuleRecognizer
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.protocols import needed, settings_signature
from projection.text.tokenize import tokenize
from projection.types import Bitext, Projection, Sentence, Step

ENGLISH = "Maria lives in Berlin ."


@dataclass(frozen=True)
class ReadsTarget:
    """Takes over what the recognizer of the target sees."""

    name: str = "reads-target"
    requires: ClassVar[frozenset[str]] = frozenset({"target_entities"})
    reads_source: ClassVar[bool] = False

    @property
    def signature(self):
        return settings_signature(self)

    def project(self, bitexts):
        return [
            Projection(bitext, (), (), (), self.name, self.signature, own_entities=bitext.target_entities)
            for bitext in bitexts
        ]


@dataclass(frozen=True)
class LikesTarget(ReadsTarget):
    """Reads the target's entities where they are to be had."""

    name: str = "likes-target"
    requires: ClassVar[frozenset[str]] = frozenset()
    optional: ClassVar[frozenset[str]] = frozenset({"target_entities"})


@dataclass(frozen=True)
class Writes:
    """Translates by its own translator, with no labels."""

    name: str = "writes"
    translator: Any = None
    shout: bool = False
    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[dict[str, str]] = {"translator": "translator"}
    presets: ClassVar[dict[str, dict]] = {"default": {}, "loud": {"shout": True}}

    @property
    def signature(self):
        return settings_signature(self)

    def write(self, sources, target):
        translator = needed(self.translator, self.name, "translator")
        texts = translator.translate([source.text for source in sources], "en", target)
        return [
            Projection(
                Bitext(source, tokenize(text.text.upper() if self.shout else text.text, target)),
                (), (), (), self.name, self.signature, steps=(Step("Translated", text=text.text),),
            )
            for source, text in zip(sources, texts, strict=True)
        ]  # fmt: skip


READS = registry.Entry("projector", "reads-target", f"{__name__}:ReadsTarget", "Toy.", kind="method")
LIKES = registry.Entry("projector", "likes-target", f"{__name__}:LikesTarget", "Likes.", kind="method")
WRITES = registry.Entry("projector", "writes", f"{__name__}:Writes", "Toy.", kind="method")


@pytest.fixture(autouse=True)
def toy_methods(monkeypatch):
    points = [EntryPoint(name, f"{__name__}:{name}", "projection.projector") for name in ("READS", "LIKES", "WRITES")]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "projection.projector" else [])
    registry._all_entries.cache_clear()
    yield
    monkeypatch.undo()
    registry._all_entries.cache_clear()


def setup(**changes):
    chosen = {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal"}
    chosen |= {"target_recognizer": "given"} | changes
    return Setup.for_pair("en", "de", **chosen)


def run(setup, text=ENGLISH, target=None, **more):
    task = Task(tokenize(text, "en") if text else None, target and tokenize(target, "de"))
    (outcome,) = Pipeline(setup, **more).run([task])
    return outcome


def labels(outcome, method):
    projection = outcome.projections[method]
    return [(projection.bitext.target.text_of(e.span), e.label) for e in projection.entities]


def forbid(monkeypatch, cls, method):
    monkeypatch.setattr(cls, method, lambda *_: pytest.fail(f"{cls.__name__}.{method} ran"))


def test_nothing_is_aligned_for_a_method_that_reads_no_links(monkeypatch):
    forbid(monkeypatch, DiagonalAligner, "align")
    outcome = run(setup(methods=("reads-target",), target_recognizer="rules"))
    assert labels(outcome, "reads-target") == [("Maria", "PER"), ("Berlin", "LOC")]
    assert [stage.name for stage in outcome.stages] == ["translation", "target recognition", "reads-target"]


def test_links_are_there_for_whoever_asks_for_them():
    outcome = run(setup(methods=("reads-target",), target_recognizer="rules"), also={"alignment"})
    assert outcome.alignment is not None


def test_no_source_is_made_for_methods_that_do_not_read_it(monkeypatch):
    forbid(monkeypatch, DictionaryTranslator, "translate")
    backwards = setup(methods=("reads-target",), target_recognizer="rules", direction="translate-test")
    outcome = run(backwards, text="", target="Maria wohnt in Berlin .")
    assert outcome.source is None and outcome.error is None
    assert labels(outcome, "reads-target") == [("Maria", "PER"), ("Berlin", "LOC")]


def test_the_target_is_not_read_for_methods_that_do_not_ask(monkeypatch):
    original = RuleRecognizer.recognize

    def english_only(self, sentences):
        assert {sentence.language for sentence in sentences} == {"en"}
        return original(self, sentences)

    monkeypatch.setattr(RuleRecognizer, "recognize", english_only)
    assert run(setup(methods=("heuristic",), target_recognizer="rules")).error is None


def test_a_missing_target_recognizer_stops_only_the_methods_that_read_it():
    outcome = run(setup(methods=("reads-target", "heuristic"), target_recognizer="given"))
    assert outcome.error is None and labels(outcome, "heuristic") == [("Maria", "PER"), ("Berlin", "LOC")]
    told = "No recognizer for German texts is chosen: name one with --target-recognizer, or choose it in the settings."
    assert outcome.method_errors == {"reads-target": told}
    assert [warning for warning in outcome.warnings if told in warning] == [f"target recognition: {told}"]
    alone = run(setup(methods=("reads-target",)))
    assert str(alone.error) == f"target recognition: {told}"


def test_a_broken_aligner_stops_only_the_methods_that_read_links(monkeypatch):
    def broken(*_):
        raise RuntimeError("no memory")

    monkeypatch.setattr(DiagonalAligner, "align", broken)
    both = run(setup(methods=("reads-target", "heuristic"), target_recognizer="rules"))
    assert both.error is None and list(both.projections) == ["reads-target"]
    assert "no memory" in both.method_errors["heuristic"]


def test_a_preset_is_a_method():
    compared = run(setup(methods=("heuristic", "heuristic:paper")))
    assert list(compared.projections) == ["heuristic", "heuristic:paper"]
    assert compared.projections["heuristic:paper"].signature.startswith("heuristic:paper|gap:1|ratio:0.8|keep:0")
    assert registry.create("projector", "heuristic:paper", gap=3).signature.startswith(
        "heuristic:paper|gap:3|ratio:0.8"
    )
    with pytest.raises(ConfigurationError, match="'heuristic' has no preset 'nope'; it has: default, paper, original"):
        setup(methods=("heuristic:nope",))


def test_a_method_holds_the_translator_of_the_run_or_its_own():
    pipeline = Pipeline(setup(methods=("writes",)))
    assert "translator:(dictionary" in pipeline.signature("writes").rpartition("method:")[2]
    assert isinstance(registry.create("projector", "writes", translator="dictionary").translator, DictionaryTranslator)
    assert registry.create("projector", "writes").translator is None
    with pytest.raises(ConfigurationError, match="no translator called 'nobody'"):
        registry.create("projector", "writes", translator="nobody")
    own = setup(methods=("writes",), translator="given", options={"writes": {"translator": "dictionary"}})
    assert run(own).target.text.startswith("Maria wohnt in Berlin")


def test_components_are_shared_with_the_run():
    resources = Resources()
    pipeline = Pipeline(setup(methods=("writes",)), resources)
    assert pipeline._projector("writes").translator is pipeline._component("translator")


def test_the_first_method_may_write_the_target():
    outcome = run(setup(methods=("writes:loud", "heuristic")))
    assert outcome.target.text.startswith("MARIA WOHNT IN BERLIN")
    assert outcome.projections["heuristic"].bitext.target == outcome.target
    assert [stage.name for stage in outcome.stages] == ["recognition", "writes:loud", "alignment", "heuristic"]


def test_a_further_method_writes_beside_the_translation():
    outcome = run(setup(methods=("heuristic", "writes:loud")))
    assert outcome.target.text.startswith("Maria wohnt")
    assert outcome.projections["writes:loud"].bitext.target.text.startswith("MARIA WOHNT")


def test_a_given_target_is_not_written_over():
    outcome = run(setup(methods=("heuristic", "writes")), target="Maria wohnt in Berlin .")
    assert "writes writes its own translation and cannot label a given one" in outcome.method_errors["writes"]
    assert labels(outcome, "heuristic") == [("Maria", "PER"), ("Berlin", "LOC")]


def test_a_writer_without_a_translator_says_how_to_name_one():
    outcome = run(setup(methods=("writes",), translator="given"))
    assert outcome.error.stage == "translation"
    assert "writes needs a translator: choose one (--option writes.translator=NAME" in outcome.error.message
    with pytest.raises(ModelUnavailable):
        registry.create("projector", "writes").write([Sentence.from_words(["a"], "en")], "de")


def test_optional_evidence_is_gathered_only_where_a_recognizer_is_chosen():
    resources, task = Resources(), Task(tokenize(ENGLISH, "en"), tokenize("Maria wohnt in Berlin .", "de"))
    without = Pipeline(setup(methods=("likes-target",)), resources)
    (outcome,) = without.run([task])
    assert outcome.projections["likes-target"].own_entities is None and not outcome.missing
    assert "target_recognizer" not in without.signature("likes-target")
    chosen = Pipeline(setup(methods=("likes-target",), target_recognizer="rules"), resources)
    (outcome,) = chosen.run([task])
    assert labels(outcome, "likes-target") == [("Maria", "PER"), ("Berlin", "LOC")]
    assert "target_recognizer" in chosen.signature("likes-target")


def test_a_failure_of_optional_evidence_stops_nothing_and_is_forgotten_once_it_works(monkeypatch):
    task = Task(tokenize(ENGLISH, "en"), tokenize("Maria wohnt in Berlin .", "de"))
    pipeline = Pipeline(setup(methods=("likes-target",), target_recognizer="rules"), Resources())
    with monkeypatch.context() as broken:
        broken.setattr(RuleRecognizer, "recognize", lambda *_: 1 / 0)
        (outcome,) = pipeline.run([task])
    assert outcome.projections["likes-target"].own_entities is None
    assert "ZeroDivisionError" in outcome.missing["target recognition"]
    (outcome,) = pipeline.run([task])
    assert labels(outcome, "likes-target") == [("Maria", "PER"), ("Berlin", "LOC")]
