"""CLaP with scripted answers: what counts as a part of the text, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from projection.errors import ModelInputError, ModelUnavailable
from projection.projectors.clap import Clap
from projection.protocols import ChatAnswer
from projection.registry import create
from projection.text.tokenize import tokenize
from projection.types import Bitext, Entity, Sentence, Span


@dataclass
class Scripted:
    """Answers each phrase by table; a list is answered one after the other."""

    table: dict
    where: str = "nowhere"
    signature: str = "scripted"
    asked: list = field(default_factory=list)

    def answer(self, requests):
        answers = []
        for request in requests:
            self.asked.append(request)
            phrase = request.turns[1][1].split("): ")[1].split("\n")[0]
            told = self.table[phrase]
            text = told.pop(0) if isinstance(told, list) else told
            answers.append(ChatAnswer(problem=text[1:]) if text.startswith("!") else ChatAnswer(text))
        return answers


def pair(source, entities, target, language="de"):
    words = source.split()
    spans = [Entity(Span(start, end), label) for start, end, label in entities]
    return Bitext(Sentence.from_words(words, "en", spans), tokenize(target, language))


def project(bitext, table, **settings):
    (projection,) = Clap(chat=Scripted(table), **settings).project([bitext])
    return projection


def placed(projection):
    target = projection.bitext.target
    return [(target.text_of(entity.span), entity.label) for entity in projection.entities]


BERLIN = pair("Anna lives in Berlin .", [(0, 1, "PER"), (3, 4, "LOC")], "In Berlin lebt Anna.")


def test_answers_are_found_in_the_text():
    projection = project(BERLIN, {"Anna": "Anna", "Berlin": "Berlin"})
    assert placed(projection) == [("Berlin", "LOC"), ("Anna", "PER")]
    assert all(match.parts["as answered"] == 1.0 for match in projection.matches)


@pytest.mark.parametrize("answer", ["berlin", " Berlin. ", "„Berlin“", "BERLIN", "Ber lin"])
def test_case_spaces_and_punctuation_do_not_matter(answer):
    projection = project(BERLIN, {"Anna": "Anna", "Berlin": answer})
    assert placed(projection) == [("Berlin", "LOC"), ("Anna", "PER")]


@pytest.mark.parametrize("answer", ["Bonn", "", "Berl", "Berlin Anna", "I cannot help with that."])
def test_what_is_no_part_of_the_text_is_not_placed_and_the_answer_is_quoted(answer):
    projection = project(BERLIN, {"Anna": "Anna", "Berlin": answer})
    assert placed(projection) == [("Anna", "PER")]
    (loss,) = projection.unprojected
    assert loss.entity_index == 1 and loss.reason == f"The answer “{answer}” is no part of the translation"


def test_a_wrong_answer_is_sent_back_once():
    chat = Scripted({"Anna": "Anna", "Berlin": ["Bonn", "Berlin"]})
    (projection,) = Clap(chat=chat).project([BERLIN])
    assert placed(projection) == [("Berlin", "LOC"), ("Anna", "PER")]
    assert [role for role, _ in chat.asked[2].turns] == ["system", "user", "assistant", "user"]
    assert chat.asked[2].turns[2] == ("assistant", "Bonn") and len(chat.asked) == 3
    without = Scripted({"Anna": "Anna", "Berlin": ["Bonn", "Berlin"]})
    (projection,) = create("projector", "clap:one-question", chat=without).project([BERLIN])
    assert placed(projection) == [("Anna", "PER")] and len(without.asked) == 2


def test_two_of_a_name_go_to_two_places_in_order():
    twice = pair("Bonn beats Bonn", [(0, 1, "ORG"), (2, 3, "LOC")], "Bonn schlägt Bonn")
    projection = project(twice, {"Bonn": "Bonn"})
    assert [(entity.span.start, entity.label) for entity in projection.entities] == [(0, "ORG"), (2, "LOC")]


def test_a_repeated_name_goes_to_the_place_most_like_that_in_the_source():
    projection = project(pair("we left a big Bonn", [(4, 5, "LOC")], "Bonn, ach Bonn, Bonn"), {"Bonn": "Bonn"})
    assert [entity.span.start for entity in projection.entities] == [5]


def test_scripts_without_spaces_and_names_of_several_words():
    chinese = pair("the European Union meets", [(1, 3, "ORG")], "欧洲联盟开会", "zh")
    assert placed(project(chinese, {"European Union": "欧洲联盟"})) == [("欧洲联盟", "ORG")]
    arabic = pair("Anna is in New York", [(3, 5, "LOC")], "آنا في نيويورك الآن", "ar")
    assert placed(project(arabic, {"New York": "نيويورك"})) == [("نيويورك", "LOC")]


def test_the_question_holds_both_sentences_and_the_words_of_the_answer():
    chat = Scripted({"Anna": "Anna", "Berlin": "Berlin"})
    (projection,) = Clap(chat=chat).project([BERLIN])
    system, user = (text for _, text in chat.asked[0].turns)
    assert "copied exactly" in system and "answer NONE" in system
    assert user.splitlines() == [
        "English sentence: Anna lives in Berlin.",
        "German translation: In Berlin lebt Anna.",
        "Phrase (PER): Anna",
        "Its words in the translation:",
    ]
    choices = chat.asked[0].choices
    assert len(choices) == 15 and {"In", "Berlin lebt", "Anna.", "In Berlin lebt Anna.", "NONE"} < set(choices)
    first, answers, *_ = projection.steps
    assert first.note == "Sent to nowhere, once for each of 2 entities; here the first." and user in first.text
    assert answers.rows == (("Anna PER", "Anna", None, "as written"), ("Berlin LOC", "Berlin", None, "as written"))


def test_steps_say_what_became_of_odd_answers():
    twice = pair("Anna , Bonn and Rome", [(0, 1, "PER"), (2, 3, "LOC"), (4, 5, "LOC")], "Bonn und BONN, dazu bonn")
    projection = project(twice, {"Anna": "none.", "Bonn": "bonn!", "Rome": ["Rom", "Roma"]})
    outcomes = {row[0]: row[1:] for row in projection.steps[1].rows}
    assert outcomes["Anna PER"] == ("none.", None, "left out")
    assert outcomes["Bonn LOC"][2] == (
        "but for case, spaces and punctuation, 3 times: the place most like that in the source counts"
    )
    assert outcomes["Rome LOC"] == ("Rom", "Roma", "no part of it")
    assert [loss.reason for loss in projection.unprojected] == [
        "The model says that the translation leaves it out",
        "The answer “Roma” is no part of the translation",
    ]


def test_a_long_answer_is_quoted_in_part():
    projection = project(BERLIN, {"Anna": "Anna", "Berlin": "blah " * 100}, retry=False)
    assert len(projection.unprojected[0].reason) < 120 and "…”" in projection.unprojected[0].reason


def test_a_question_that_fails_fails_its_sentence_only():
    from projection.pipeline import Pipeline, Setup, Task

    chat = Scripted({"Anna": "Anna", "Berlin": "Berlin", "Bonn": "!nowhere did not answer."})
    bonn = pair("we left Bonn", [(2, 3, "LOC")], "wir verließen Bonn")
    with pytest.raises(ModelInputError, match="nowhere did not answer"):
        Clap(chat=chat).project([BERLIN, bonn])
    setup = Setup("en", "de", methods=("clap",), options={"clap": {"chat": chat}})
    tasks = [Task(one.source, one.target, labelled=True) for one in (BERLIN, bonn, BERLIN)]
    done = Pipeline(setup).run(tasks)
    assert [outcome.method_errors for outcome in done] == [{}, {"clap": "nowhere did not answer."}, {}]
    assert placed(done[2].projections["clap"]) == [("Berlin", "LOC"), ("Anna", "PER")]


def test_long_sentences_offer_shorter_choices_and_say_so():
    words = " ".join(f"w{number}" for number in range(300))
    long = Bitext(pair("Anna", [(0, 1, "PER")], "").source, Sentence.from_words(words.split(), "de"))
    chat = Scripted({"Anna": "w299"})
    (projection,) = Clap(chat=chat).project([long])
    assert len(chat.asked[0].choices) <= 5001
    assert projection.steps[0].note.endswith("chooses among parts of up to 17 words.")
    assert [entity.span.start for entity in projection.entities] == [299]


def test_several_pairs_are_asked_at_once():
    calls = []

    class Counting(Scripted):
        def answer(self, requests):
            calls.append(len(requests))
            return super().answer(requests)

    nothing = pair("It rains .", [], "Es regnet.")
    chat = Counting({"Anna": "Anna", "Berlin": "Berlin"})
    projections = Clap(chat=chat).project([BERLIN, nothing, BERLIN])
    assert calls == [4] and [len(one.entities) for one in projections] == [2, 0, 2]


def test_an_empty_target_and_many_entities():
    empty = Bitext(BERLIN.source, Sentence("", (), "de"))
    silent = Scripted({})
    (projection,) = Clap(chat=silent).project([empty])
    assert [loss.reason for loss in projection.unprojected] == ["The target has no words"] * 2 and not silent.asked
    assert projection.steps[0].title == "Candidates"
    words = [f"N{number}" for number in range(40)]
    many = pair(" ".join(words), [(number, number + 1, "PER") for number in range(40)], " ".join(reversed(words)))
    projection = project(many, {word: word for word in words})
    assert [entity.span.start for entity in projection.entities] == list(range(40))


def test_without_a_chat_model_it_says_how_to_name_one():
    with pytest.raises(
        ModelUnavailable,
        match=r"clap needs a chat such as http://localhost:11434/v1#MODEL .*nothing is sent .*clap.chat=NAME",
    ):
        Clap().project([BERLIN])
