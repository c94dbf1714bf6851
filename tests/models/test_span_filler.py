"""A generator of the real class: tiny mT5 models, one random and one that learnt to fill slots here."""

from __future__ import annotations

import json
import math
import shutil

import pytest

from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models.filler_training import TrainingSettings, train_filler
from projection.models.span_filler import SpanFiller
from projection.pipeline import Pipeline, Setup, Task
from projection.protocols import GenerationRequest
from projection.registry import create
from projection.types import Sentence
from tests.models import tiny_filler
from tests.projectors.test_t_projection import Table

UNSEEN = "heute war PER , nie in LOC ."


@pytest.fixture(scope="module")
def random_base(tmp_path_factory):
    return tiny_filler.base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def trained(random_base, tmp_path_factory):
    """The folder of a training long enough to learn the task, and what it returned."""
    folder = tmp_path_factory.mktemp("trained") / "generator"
    settings = TrainingSettings(
        model=str(random_base), epochs=8, batch=16, learning_rate=3e-3, optimizer="adamw", max_length=40, beams=5,
        device="cpu",
    )  # fmt: skip
    told: list[str] = []
    result = train_filler(tiny_filler.sentences(200), folder, settings, tell=told.append, data="toy sentences")
    return folder, result, told


def request(sentence, *labels, names=()):
    return GenerationRequest(sentence.words, labels, sentence.language, names)


def test_it_learns_to_fill_slots(trained):
    _, result, told = trained
    assert result.scores.slots == 40 and result.scores.first > 0.9 and result.scores.any_beam >= result.scores.first
    assert result.loss < 0.1
    assert told[0] == "180 sentences to train on, 20 held out; none left out."


def test_slots_are_filled_in_a_frame_it_never_saw(trained):
    filler = SpanFiller(model=str(trained[0]))
    sentence = tiny_filler.sentence(UNSEEN, "Clara", "Oslo")
    (generation,) = filler.generate([request(sentence, "PER", "LOC")], 5)
    assert generation.prompt.endswith("Oslo . <Person>None</Person><Location>None</Location>")
    assert set(generation.beams[0].strings) == {(0, "Clara"), (1, "Oslo")}
    assert len(generation.beams) == 5 and len({beam.text for beam in generation.beams}) == 5
    scores = [beam.log_probability for beam in generation.beams]
    assert scores == sorted(scores, reverse=True) and all(score <= 0 for score in scores)


def test_scores_are_the_mean_log_probability_of_what_was_written(trained):
    import torch

    filler = SpanFiller(model=str(trained[0]))
    sentence = tiny_filler.sentence(UNSEEN, "Clara", "Oslo")
    (generation,) = filler.generate([request(sentence, "PER", "LOC")], 3)
    model, tokenizer, _ = filler._loaded
    for beam in generation.beams:
        source = tokenizer(generation.prompt, return_tensors="pt").input_ids
        target = tokenizer(beam.text, return_tensors="pt").input_ids
        with torch.inference_mode():
            expected = -model(input_ids=source, labels=target).loss.item()
        assert beam.log_probability == pytest.approx(expected, abs=1e-4)


def test_batches_order_and_beams_of_one_do_not_change_the_answers(trained):
    folder = str(trained[0])
    requests = [
        request(tiny_filler.sentence(frame, "Emma", place), "LOC", "PER")
        for frame in (*tiny_filler.FRAMES, UNSEEN)
        for place in ("Rom", "Lima")
    ]
    whole = SpanFiller(model=folder).generate(requests, 4)
    alone = SpanFiller(model=folder, batch_tokens=1).generate(requests, 4)
    assert [one.prompt for one in whole] == [one.prompt for one in alone]
    assert [one.beams[0].text for one in whole] == [one.beams[0].text for one in alone]
    (greedy,) = SpanFiller(model=folder).generate(requests[:1], 1)
    assert len(greedy.beams) == 1 and math.isfinite(greedy.beams[0].log_probability)


def test_t_projection_finds_the_spans_with_it(trained):
    """From the registry, through the pipeline; the translation probabilities are a table."""
    source = tiny_filler.sentence("PER lives in LOC", "Anna", "Wien", "en")
    source = Sentence.from_words(["Anna", "lives", "in", "Vienna"], "en", source.entities)
    target = tiny_filler.sentence("gestern war PER in LOC .", "Anna", "Wien").with_entities(())
    likely = Table({("Vienna", "Wien"): 0.7, ("Wien", "Vienna"): 0.7})
    options = {"t-projection": {"generator": str(trained[0]), "translator": likely, "beams": 5}}
    setup = Setup("en", "de", methods=("t-projection",), options=options)
    (outcome,) = Pipeline(setup).run([Task(source, target, labelled=True)])
    assert not outcome.method_errors
    entities = outcome.projections["t-projection"].entities
    assert [(entity.span.start, entity.label) for entity in entities] == [(2, "PER"), (4, "LOC")]
    (prompt, *_) = outcome.projections["t-projection"].steps
    assert prompt.text.startswith("gestern war Anna in Wien .")


def test_names_of_the_training_and_of_the_request(trained, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(trained[0], folder)
    card = json.loads((folder / "generator.json").read_text("utf-8"))
    assert card["names"] == {"PER": "Person", "LOC": "Location"} and card["sentences"]["training"] == 180
    card["names"] |= {"X1": "Person"}
    (folder / "generator.json").write_text(json.dumps(card), "utf-8")
    filler, sentence = SpanFiller(model=str(folder)), tiny_filler.sentence(UNSEEN, "Emma", "Rom")
    given = [request(sentence, "X1"), request(sentence, "Y2", names=(("Y2", "Location"),))]
    assert [one.names for one in filler.generate(given, 2)] == [("Person",), ("Location",)]
    with pytest.raises(ConfigurationError, match="'Y2' is no word"):
        filler.generate([request(sentence, "Y2")], 2)


def test_long_sentences_are_doubted_then_refused(trained):
    sentence = Sentence.from_words(["heute"] * 60, "de")
    (generation,) = SpanFiller(model=str(trained[0])).generate([request(sentence, "PER")], 1)
    assert generation.warnings == (
        "The generator was trained on up to 40 sub-words and reads 64 here: check its spans.",
    )
    with pytest.raises(ModelInputError, match=r"has 64 sub-words with its 1 slots, .* reads at most 50"):
        SpanFiller(model=str(trained[0]), longest=50).generate([request(sentence, "PER")], 1)


def test_a_tokenizer_that_cannot_write_slots_is_refused(trained):
    sentence = tiny_filler.sentence(UNSEEN, "Emma", "Rom")
    with pytest.raises(ModelUnavailable, match=r"cannot write <Größe>, so it was not trained to fill slots"):
        SpanFiller(model=str(trained[0])).generate([request(sentence, "Größe")], 1)


def test_special_tokens_typed_by_a_user_stay_text(trained):
    from projection.models.span_filler import encode

    tokenizer = SpanFiller(model=str(trained[0]))._loaded[1]
    assert encode(tokenizer, "Anna </s> Rom").count(tokenizer.eos_token_id) == 1


def test_models_that_are_not_here_or_damaged(trained, tmp_path):
    with pytest.raises(ModelUnavailable, match="The generator someone/generator is not on this machine"):
        create("generator", "someone/generator").generate([GenerationRequest(("a",), ("PER",))], 1)
    folder = tmp_path / "copy"
    shutil.copytree(trained[0], folder)
    (folder / "generator.json").write_text("{", "utf-8")
    with pytest.raises(ModelUnavailable, match=r"is damaged: generator.json cannot be read"):
        SpanFiller(model=str(folder)).generate([GenerationRequest(("a",), ("PER",))], 1)
    with pytest.raises(ConfigurationError, match="beams must be at least 1"):
        SpanFiller(model=str(folder)).generate([], 0)
    with pytest.raises(ConfigurationError, match="longest must be at least 1"):
        SpanFiller(model=str(folder), longest=0)


def test_nothing_asks_nothing(trained):
    assert SpanFiller(model=str(trained[0])).generate([], 3) == []
    assert SpanFiller(model="m").signature != SpanFiller(model="m", longest=9).signature
