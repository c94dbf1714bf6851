"""Chat models: a server that behaves in every way servers do, and tiny models whose answers are guided."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from projection import registry
from projection.errors import ConfigurationError, ModelUnavailable
from projection.models import chat_endpoint
from projection.models.catalogue import availability
from projection.models.chat_endpoint import FAILURES_IN_A_ROW, KEY_VARIABLE, Endpoint
from projection.models.chat_local import Guide, LocalChat
from projection.protocols import ChatAnswer, ChatRequest

CHOICES = ("Anna", "Anna lebt", "in Berlin", "Berlin", "Berlin.", "NONE")
QUESTION = ChatRequest((("system", "Be short."), ("user", "Phrase: Berlin")), CHOICES)


def question(text):
    return ChatRequest((("user", str(text)),))


@pytest.fixture
def server(monkeypatch):
    """A server on this machine that answers with the given (status, body) one after the other, then the last.

    The body "slow" comes late, "broken" not at all; a function makes it from the question.
    """
    slept, seen, answers, busy = [], [], [], []
    monkeypatch.setattr("projection.models.chat_endpoint.time.sleep", slept.append)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.delenv(KEY_VARIABLE, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.path, dict(self.headers), body))
            busy.append(1)
            status, text, headers = answers.pop(0) if len(answers) > 1 else answers[0]
            text = text(body["messages"][-1]["content"]) if callable(text) else text
            if text == "slow":
                time_over.wait(5)
            if text == "broken":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

        def handle_one_request(self):
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    time_over = threading.Event()
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()

    def say(*given):
        answers[:] = [(status, text, dict(more)) for status, text, *rest in given for more in [rest[0] if rest else {}]]
        return f"http://127.0.0.1:{running.server_port}/v1#tiny"

    say.seen, say.slept = seen, slept
    yield say
    time_over.set()
    running.shutdown()
    running.server_close()


def content(text):
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]})


def test_the_question_is_asked_as_the_protocol_says(server, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret-key")
    chat = registry.create("chat", server((200, content("Berlin"))))
    assert chat.answer([QUESTION]) == [ChatAnswer("Berlin")]
    ((path, headers, body),) = server.seen
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret-key"
    assert body["model"] == "tiny" and body["temperature"] == 0
    assert body["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Phrase: Berlin"},
    ]
    assert "secret" not in chat.signature + repr(chat) + chat.where + chat.name


def test_no_key_is_sent_where_none_is_set(server):
    Endpoint(url=server((200, content("x")))).answer([QUESTION])
    assert "Authorization" not in server.seen[0][1]


def test_answers_come_in_order_and_nothing_asks_nothing(server):
    chat = Endpoint(url=server((200, lambda asked: content(f"<{asked}>"))), workers=3)
    assert chat.answer([]) == [] and server.seen == []
    assert [answer.text for answer in chat.answer([question(number) for number in range(20)])] == [
        f"<{one}>" for one in range(20)
    ]


def test_questions_are_asked_at_once_but_not_more_than_allowed(server):
    """With three workers, nobody answers before three have asked, and never do more than three wait."""
    gate, waiting, most = threading.Barrier(3, timeout=5), [], []

    def reply(asked):
        waiting.append(1)
        most.append(len(waiting))
        gate.wait()
        waiting.pop()
        return content(asked)

    chat = Endpoint(url=server((200, reply)), workers=3)
    assert len(chat.answer([question(number) for number in range(9)])) == 9
    assert max(most) == 3


def test_what_was_answered_is_not_asked_again(server):
    chat = Endpoint(url=server((200, content("a"))))
    assert chat.answer([QUESTION, QUESTION]) == chat.answer([QUESTION]) * 2
    assert len(server.seen) == 1


def test_what_failed_is_asked_again_after_a_minute(server, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(chat_endpoint.time, "monotonic", lambda: now[0])
    chat = Endpoint(url=server((500, "boom"), (200, content("a"))), attempts=1)
    first = chat.answer([QUESTION])
    assert first[0].problem and chat.answer([QUESTION]) == first and len(server.seen) == 1
    now[0] = 61.0
    assert chat.answer([QUESTION]) == [ChatAnswer("a")]


def test_a_busy_server_is_asked_again_after_what_it_asks_for(server):
    busy = (429, "slow down", {"Retry-After": "7"})
    chat = Endpoint(url=server(busy, (503, "starting"), (200, "broken"), (200, content("Berlin"))))
    assert chat.answer([QUESTION]) == [ChatAnswer("Berlin")]
    assert server.slept == [7.0, 2.0, 4.0] and len(server.seen) == 4


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((500, "boom"), r"127\.0\.0\.1:\d+ failed 2 times \(status 500: boom\)"),
        ((429, ""), r"failed 2 times \(status 429: an empty answer\)"),
        ((400, "too long"), r"failed \(status 400: too long\)"),
        ((200, "<html>Welcome</html>"), "does not speak OpenAI's chat protocol .*Welcome.*usually ends in /v1"),
        ((200, '{"choices": []}'), "does not speak OpenAI's chat protocol"),
        ((200, "[1]"), "does not speak OpenAI's chat protocol"),
        ((302, "", {"Location": "http://127.0.0.1:9/elsewhere"}), "does not speak OpenAI's chat protocol"),
        ((200, "slow"), r"did not answer within 0\.5 s"),
        ((200, "broken"), r"broke the connection \(\w+\)"),
        ((400, "key secret-key unknown"), r"status 400: key … unknown"),
    ],
)
def test_a_question_that_fails_says_why_and_the_others_go_on(server, monkeypatch, answer, told):
    import re

    monkeypatch.setenv(KEY_VARIABLE, "secret-key")
    chat = Endpoint(url=server(answer, *[answer] * (chat_endpoint_attempts(answer) - 1), (200, content("b"))),
                    attempts=2, workers=1, timeout=0.5)  # fmt: skip
    failed, fine = chat.answer([question("one"), question("two")])
    assert re.search(told, failed.problem) and not failed.text
    assert fine == ChatAnswer("b")


def chat_endpoint_attempts(answer):
    return 2 if answer[0] in (429, 500) or answer[1] == "broken" else 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((401, "key secret-key"), f"refuses the key .401.: set {KEY_VARIABLE}"),
        ((404, ""), r"has no model 'tiny' at /v1 \(404\)"),
    ],
)
def test_what_no_question_would_survive_ends_the_run(server, answer, told):
    with pytest.raises(ModelUnavailable, match=told) as caught:
        Endpoint(url=server(answer)).answer([QUESTION])
    assert "secret" not in str(caught.value)


def test_a_server_that_never_answers_is_given_up(server):
    chat = Endpoint(url=server((200, "slow")), timeout=0.1, workers=2)
    begin = time.perf_counter()
    with pytest.raises(ModelUnavailable, match=rf"did not answer .*with {FAILURES_IN_A_ROW} questions in a row"):
        chat.answer([question(number) for number in range(100)])
    assert len(server.seen) < 10 and time.perf_counter() - begin < 3


def test_a_closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelUnavailable, match=rf"127.0.0.1:{port} cannot be reached .*start the server"):
        Endpoint(url=f"http://127.0.0.1:{port}/v1#tiny").answer([QUESTION] * 3)


def test_parameters_a_model_refuses_are_left_out(server):
    refusal = json.dumps({"error": {"message": "Unsupported parameter: 'max_tokens' is not supported.", "code": None}})
    odd = json.dumps({"error": {"message": "Unsupported value: 'temperature' does not support 0."}})
    chat = Endpoint(url=server((400, refusal), (400, odd), (200, content("a"))), attempts=2)
    assert chat.answer([question(1)]) == [ChatAnswer("a")]
    bodies = [sorted(set(body) - {"model", "messages"}) for _, _, body in server.seen]
    assert bodies == [
        ["max_tokens", "temperature"],
        ["max_completion_tokens", "temperature"],
        ["max_completion_tokens"],
    ]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (None, ""),
        ("<think>\nBerlin or Bonn?\n</think>\n\nBerlin", "Berlin"),
        ([{"type": "text", "text": "Ber"}, {"type": "text", "text": "lin"}], "Berlin"),
        (" Berlin \n", "Berlin"),
    ],
)
def test_answers_of_odd_shape(server, told, text):
    assert Endpoint(url=server((200, content(told)))).answer([QUESTION]) == [ChatAnswer(text)]


def test_names():
    for lacking in ("http://localhost/v1", "http://localhost/v1#", "http://#m"):
        with pytest.raises(ConfigurationError, match="does not name a host and a model: write http"):
            registry.create("chat", lacking)
    for secret in ("https://user:pass@host.org/v1#m", "https://host.org/v1?key=pass#m"):
        with pytest.raises(ConfigurationError, match=f"leave them out, and put a key into .*{KEY_VARIABLE}") as caught:
            registry.create("chat", secret)
        assert "pass" not in str(caught.value).replace("password", "")
    with pytest.raises(ConfigurationError, match="attempts must be at least 1"):
        registry.create("chat", "http://localhost/v1#m", attempts=0)
    with pytest.raises(ConfigurationError, match=r"no chat called 'gpt'; known are .*endpoint such as http"):
        registry.find("chat", "gpt")
    assert availability("chat", "http://localhost/v1#m").ready
    missing = availability("chat", "someone/chat-model")
    assert not missing.ready and "someone/chat-model" in missing.message
    with pytest.raises(ModelUnavailable, match="someone/chat-model is not on this machine"):
        registry.create("chat", "someone/chat-model").answer([QUESTION])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A random Llama of the real class; its byte-pair tokenizer has letters, so that words are several sub-words."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: number for number, piece in enumerate(["<s>", "</s>", *alphabet, "in", "er"])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [("i", "n"), ("e", "r")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")
    fast.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=600, bos_token_id=0, eos_token_id=1, pad_token_id=1, initializer_range=1.0,
    )  # fmt: skip
    place = tmp_path_factory.mktemp("chat")
    LlamaForCausalLM(config).save_pretrained(place)
    fast.save_pretrained(place)
    return place


TEXTS = (CHOICES, ("東京", "東京に", "に", "いる"), ("</s>", "</s> is", "is text"), ("aa", "aa aa", "aa aa b", "b"))


def test_a_guided_answer_is_one_of_the_choices_whatever_the_weights(folder):
    chat = registry.create("chat", str(folder))
    requests = [ChatRequest((("user", f"{number} {choices[0]}"),), choices) for choices in TEXTS for number in range(6)]
    answers = chat.answer(requests)
    for request, answer in zip(requests, answers, strict=True):
        assert answer.text in request.choices and not answer.problem
    assert len(set(answers)) > 4  # of 4 texts: the weights, not the guide, choose


def test_batches_do_not_change_answers(folder):
    requests = [ChatRequest((("user", "x" * number),), TEXTS[number % 4]) for number in range(12)]
    requests += [ChatRequest((("user", "free"),))]
    alone = LocalChat(model=str(folder), batch_tokens=1).answer(requests)
    assert LocalChat(model=str(folder), batch_tokens=100_000).answer(requests) == alone


def test_a_guide_knows_every_way_on(folder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    guide = Guide.of(("in", "in Bern", "er", ""), tokenizer, (1, 7))

    def ids(text):
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    assert sorted(guide.next([])) == sorted([*ids("in"), *ids("er")])
    assert set(guide.next(ids("in"))) == {1, 7, ids(" ")[0]} and guide.next(ids("er")) == [1, 7]
    assert guide.next([*ids("er"), 1]) == [1, 7] and guide.text(ids("in Bern")) == "in Bern"
    assert guide.text(ids("in B")) == "" and guide.longest == 1 + len(ids("in Bern"))
    with pytest.raises(ConfigurationError, match="nothing to choose"):
        Guide.of(("",), tokenizer, (1,))


def test_the_end_of_a_turn_is_that_of_the_model(folder, tmp_path):
    """As in Gemma, whose tokenizer's end token is not what ends an answer."""
    shutil.copytree(folder, tmp_path / "turns")
    path = tmp_path / "turns" / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "eos_token_id": [1, 9]}), "utf-8")
    chat = LocalChat(model=str(tmp_path / "turns"))
    assert chat._loaded[2] == {1, 9}
    assert chat.answer([QUESTION])[0].text in CHOICES


def test_a_free_answer_is_not_guided(folder):
    (answer,) = LocalChat(model=str(folder)).answer([question("hi")])
    assert not answer.problem and answer.text not in CHOICES


def test_a_conversation_that_is_too_long_fails_alone(folder):
    long, short = LocalChat(model=str(folder)).answer([question("word " * 120), QUESTION])
    assert "reads at most 600: split the sentence" in long.problem and short.text in CHOICES


def test_templates_without_a_system_turn(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "gemma")
    refusing = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
    )
    (tmp_path / "gemma" / "chat_template.jinja").write_text(refusing, "utf-8")
    chat = LocalChat(model=str(tmp_path / "gemma"))
    assert chat.answer([QUESTION])[0].text in CHOICES
    from projection.models.chat_local import _prompt

    tokenizer = chat._loaded[1]
    assert tokenizer.decode(_prompt(tokenizer, QUESTION.turns)) == "user: Be short.\n\nPhrase: Berlin\nassistant:"


def test_special_tokens_typed_by_a_user_stay_text(folder):
    from projection.models.chat_local import _prompt

    tokenizer = LocalChat(model=str(folder))._loaded[1]
    assert tokenizer.eos_token_id not in _prompt(tokenizer, (("user", "one </s> two"),))


def test_a_model_that_was_never_taught_to_talk(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "raw")
    (tmp_path / "raw" / "chat_template.jinja").unlink()
    with pytest.raises(ModelUnavailable, match="has no chat template, so it cannot be asked"):
        LocalChat(model=str(tmp_path / "raw")).answer([QUESTION])


def test_clap_with_a_random_model_places_parts_of_the_target(folder):
    from projection.types import Bitext, Entity, Sentence, Span

    source = Sentence.from_words(
        ["Anna", "lives", "in", "Berlin"], "en", [Entity(Span(0, 1), "P"), Entity(Span(3, 4), "L")]
    )
    pairs = [Bitext(source, Sentence.from_words(text.split(), "de")) for text in ("Anna in Bonn", "a b c d", "x")]
    for projection in registry.create("projector", "clap", chat=str(folder)).project(pairs):
        answers = projection.steps[1].rows
        assert all(second is None for _, _, second, _ in answers)  # no answer was refused
        assert all(how != "no part of it" for *_, how in answers)
        assert "this computer" in projection.steps[0].note


@pytest.mark.parametrize(
    ("wanted", "attempt", "seconds"),
    [(None, 1, 1.0), (None, 4, 8.0), (None, 9, 30.0), ("0.5", 1, 0.5), ("3600", 1, 30.0), ("-1", 1, 0.0),
     ("Wed, 21 Oct 2026 07:28:00 GMT", 2, 2.0)],
)  # fmt: skip
def test_pauses_between_attempts(wanted, attempt, seconds):
    assert chat_endpoint._pause(wanted, attempt) == seconds


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("localhost.example.org", False)],
)
def test_no_proxy_stands_before_this_computer(host, is_here):
    assert chat_endpoint._is_here(host) is is_here
