"""What is kept of a comparison: results by sentence, whose text they are on, and the order of disputed sentences."""

from dataclasses import replace

from projection.pipeline import Outcome, Setup, StageError, Task
from projection.text.tokenize import tokenize
from projection.types import Bitext, Entity, Match, Projection, Span
from views.compare_data import Corpus, Found, Row, comparison_setup, disputes, kept_setup, reduce

SOURCE = tokenize("Ann met Bob .", "en").with_entities([Entity(Span(0, 1), "PER"), Entity(Span(2, 3), "PER")])
TARGET = tokenize("Ann traf Bob .", "de")
OTHER = tokenize("Bob wurde von Ann getroffen .", "de")
ANN, BOB = Entity(Span(0, 1), "PER"), Entity(Span(2, 3), "PER")
BASE = Setup("en", "de", methods=("heuristic", "span-matching"), options={"heuristic": {"gap": 1}, "aligner": {}})


def projection(target, *spans):
    matches = tuple(Match(index, span, 0.5) for index, span in enumerate(spans))
    return Projection(Bitext(SOURCE, target), matches, (), (), "m", "m")


def outcome(projections=(), errors=(), error=None, target=TARGET):
    return Outcome(Task(SOURCE, TARGET, True), SOURCE, target, projections=dict(projections),
                   method_errors=dict(errors), error=error)  # fmt: skip


def test_a_method_that_wrote_its_own_text_is_not_compared():
    found = {"a": projection(TARGET, Span(0, 1)), "b": projection(OTHER, Span(3, 4))}
    row = reduce(outcome(found), ["a", "b"])
    assert row.found["b"].own == OTHER and not row.found["b"].compares
    assert list(row.labellings(["a", "b", "unknown"])) == ["a"]


def test_a_failure_is_kept_with_its_sentence():
    row = reduce(outcome({"a": projection(TARGET)}, {"b": "It needs a model."}), ["a", "b", "c"])
    assert row.found["a"] == Found(())
    assert row.found["b"] == Found(None, "It needs a model.")
    assert row.found["c"].reason == "It gave no result."
    stopped = reduce(outcome(error=StageError("translation", "No translator."), target=None), ["a"])
    assert stopped.found["a"].reason == "translation: No translator." and stopped.target is None


def test_the_method_that_may_write_the_text_stays_first_and_foreign_options_go():
    setup = comparison_setup(BASE, ["span-matching:exact", "heuristic"])
    assert setup.methods == ("heuristic", "span-matching:exact")
    assert setup.options == BASE.options
    kept = kept_setup(BASE, ["span-matching:exact"])
    assert kept.methods == ("span-matching:exact",) and "heuristic" not in kept.options


def test_only_what_is_missing_is_computed_again():
    tasks = [Task(SOURCE, TARGET, True), Task(SOURCE, OTHER, True)]
    corpus = Corpus()
    assert corpus.missing(tasks, ["a", "b"]) == ([0, 1], ["a", "b"])
    corpus.learn(0, tasks[0], Row(TARGET, {"a": Found((ANN,))}))
    corpus.learn(1, tasks[1], Row(OTHER, {"a": Found(()), "b": Found(None, "no")}))
    assert corpus.missing(tasks, ["a"]) == ([], [])
    assert corpus.missing(tasks, ["a", "b"]) == ([0], ["b"])
    corpus.learn(0, tasks[0], Row(TARGET, {"b": Found(())}))
    assert corpus.row(0, tasks[0]).found.keys() == {"a", "b"}
    changes = corpus.changes
    corpus.learn(0, tasks[0], Row(TARGET, {"a": Found((ANN,))}))  # nothing new
    assert corpus.changes == changes


def test_a_sentence_that_was_edited_is_unknown_again():
    task = Task(SOURCE, TARGET, True)
    corpus = Corpus()
    corpus.learn(0, task, Row(TARGET, {"a": Found(())}))
    edited = replace(task, target=OTHER)
    assert corpus.row(0, edited) is None
    corpus.learn(0, edited, Row(OTHER, {"b": Found(())}))
    assert corpus.row(0, edited).found.keys() == {"b"}


def test_most_disputed_first_then_more_words_then_in_order():
    """Scores by hand: {A} and {} differ fully (1); {A, B} and {A} by 1 - 2/3."""
    third = Row(TARGET, {"a": Found((ANN, BOB)), "b": Found((ANN,))})
    full = Row(TARGET, {"a": Found((ANN,)), "b": Found(())})
    wide = Row(TARGET, {"a": Found((ANN, BOB)), "b": Found(())})
    same = Row(TARGET, {"a": Found((ANN,)), "b": Found((replace(ANN, score=0.1),))})
    alone = Row(TARGET, {"a": Found((ANN,)), "b": Found((ANN,), own=OTHER)})
    found = disputes(dict(enumerate([third, full, same, wide, full, alone])), ["a", "b"])
    assert [item.position for item in found] == [3, 1, 4, 0]
    assert [round(item.score, 3) for item in found] == [1.0, 1.0, 1.0, 0.333]
    assert found[3].spans == (("Bob", "PER", 1),) and found[3].words == 1 and found[3].methods == 2
