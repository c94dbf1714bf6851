"""Chat models: a server that behaves in every way servers do, and a tiny model whose answers are guided."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from projection import registry
from projection.errors import ConfigurationError, ModelInputError, ModelUnavailable
from projection.models.catalogue import availability
from projection.models.chat import KEY_VARIABLE, Endpoint, LocalChat
from projection.protocols import ChatRequest

QUESTION = ChatRequest((("system", "Be short."), ("user", "Phrase: Berlin")), ("Anna", " lebt", " in", " Berlin", "."))


@pytest.fixture
def server(monkeypatch):
    """A server on this machine that answers with the given (status, body) one after the other, then the last."""
    monkeypatch.setattr("projection.models.chat.time.sleep", lambda seconds: slept.append(seconds))
    seen, slept, answers = [], [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.path, dict(self.headers), body))
            status, text, headers = answers.pop(0) if len(answers) > 1 else answers[0]
            if text == "slow":
                threading.Event().wait(1)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()

    def say(*given):
        answers[:] = [(status, text, dict(more)) for status, text, *rest in given for more in [rest[0] if rest else {}]]
        return f"http://127.0.0.1:{running.server_port}/v1#tiny"

    say.seen, say.slept = seen, slept
    yield say
    running.shutdown()
    running.server_close()


def content(text):
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]})


def test_the_question_is_asked_as_the_protocol_says(server, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret-key")
    chat = registry.create("chat", server((200, content("Berlin"))))
    assert chat.answer([QUESTION]) == ["Berlin"]
    ((path, headers, body),) = server.seen
    assert path == "/v1/chat/completions" and headers["Authorization"] == "Bearer secret-key"
    assert body["model"] == "tiny" and body["temperature"] == 0
    assert body["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Phrase: Berlin"},
    ]
    assert "secret" not in chat.signature + repr(chat) + chat.where


def test_no_key_is_sent_where_none_is_set(server, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    Endpoint(url=server((200, content("x")))).answer([QUESTION])
    assert "Authorization" not in server.seen[0][1]


def test_answers_come_in_order_and_nothing_asks_nothing(server):
    chat = Endpoint(url=server(*[(200, content(str(number))) for number in range(5)]), workers=1)
    assert chat.answer([]) == [] and server.seen == []
    assert chat.answer([QUESTION] * 5) == ["0", "1", "2", "3", "4"]


def test_a_busy_server_is_asked_again_after_what_it_asks_for(server):
    busy = (429, "slow down", {"Retry-After": "7"})
    chat = Endpoint(url=server(busy, (503, "starting"), (200, content("Berlin"))))
    assert chat.answer([QUESTION]) == ["Berlin"]
    assert server.slept == [7.0, 2.0] and len(server.seen) == 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((500, "boom"), r"127\.0\.0\.1:\d+ failed 2 times \(status 500: boom\)"),
        ((400, "max_tokens"), "failed 1 times .status 400: max_tokens"),
        ((401, ""), f"refuses the key .401.: set {KEY_VARIABLE}"),
        ((404, ""), r"has no model 'tiny' at /v1 \(404\)"),
        ((200, "<html>Welcome</html>"), "does not speak OpenAI's chat protocol .*Welcome.*usually ends in /v1"),
        ((200, '{"choices": []}'), "does not speak OpenAI's chat protocol"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(server, answer, told):
    with pytest.raises(ModelUnavailable, match=told):
        Endpoint(url=server(answer), attempts=2).answer([QUESTION])


def test_a_deaf_server_is_not_waited_for(server):
    begin = time.perf_counter()
    with pytest.raises(ModelUnavailable, match=r"did not answer within 0\.2 s"):
        Endpoint(url=server((200, "slow")), timeout=0.2).answer([QUESTION])
    assert time.perf_counter() - begin < 0.9


def test_a_closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelUnavailable, match=f"127.0.0.1:{port} cannot be reached .*start the server"):
        Endpoint(url=f"http://127.0.0.1:{port}/v1#tiny").answer([QUESTION])


def test_no_content_is_an_empty_answer(server):
    assert Endpoint(url=server((200, content(None)))).answer([QUESTION]) == [""]


def test_names():
    with pytest.raises(ConfigurationError, match="does not name a host and a model: write http"):
        registry.create("chat", "http://localhost/v1")
    with pytest.raises(ConfigurationError, match=r"no chat called 'gpt'; known are .*endpoint such as http"):
        registry.find("chat", "gpt")
    assert availability("chat", "http://localhost/v1#m").ready
    missing = availability("chat", "someone/chat-model")
    assert not missing.ready and "someone/chat-model" in missing.message
    with pytest.raises(ModelUnavailable, match="someone/chat-model is not on this machine"):
        registry.create("chat", "someone/chat-model").answer([QUESTION])
    hidden = Endpoint(url="https://user:pass@host.org/v1#m")
    assert hidden.where == "host.org" and "pass" not in hidden.signature


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
        max_position_embeddings=200, bos_token_id=0, eos_token_id=1, pad_token_id=1, initializer_range=1.0,
    )  # fmt: skip
    place = tmp_path_factory.mktemp("chat")
    LlamaForCausalLM(config).save_pretrained(place)
    fast.save_pretrained(place)
    return place


def runs(pieces):
    return {"".join(pieces[i:j]).strip() for i in range(len(pieces)) for j in range(i + 1, len(pieces) + 1)}


def test_a_guided_answer_is_a_run_of_words_whatever_the_weights(folder):
    chat = registry.create("chat", str(folder))
    texts = (QUESTION.pieces, ("東京", "に", "い", "る"), ("</s>", " is", " text"), ("aa", " aa", " aa", " b"))
    requests = [ChatRequest((("user", f"{number} {text}"),), text) for text in texts for number in range(6)]
    answers = chat.answer(requests)
    for request, answer in zip(requests, answers, strict=True):
        assert answer in runs(request.pieces)
    assert len(set(answers)) > 4  # of 4 texts: the weights, not the guide, choose


def test_a_free_answer_is_not_guided(folder):
    (answer,) = LocalChat(model=str(folder)).answer([ChatRequest((("user", "hi"),))])
    assert isinstance(answer, str) and answer not in runs(QUESTION.pieces)


def test_a_conversation_that_is_too_long(folder):
    with pytest.raises(ModelInputError, match="reads at most 200: split the sentence"):
        LocalChat(model=str(folder)).answer([ChatRequest((("user", "word " * 60),), QUESTION.pieces)])


def test_a_model_that_was_never_taught_to_talk(folder, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "raw")
    (tmp_path / "raw" / "chat_template.jinja").unlink()
    with pytest.raises(ModelUnavailable, match="has no chat template, so it cannot be asked"):
        LocalChat(model=str(tmp_path / "raw")).answer([QUESTION])
