"""A real login: Streamlit's own OIDC client against a small provider in this process."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from projection.corrections.people import People
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Sentence
from tests.browser.conftest import PATIENCE, Server
from tests.browser.waiting import at_rest, expect

pytestmark = pytest.mark.browser

CLIENT, SECRET = "projection-test", "nothing secret, for a provider that lives as long as this test"


class Provider(BaseHTTPRequestHandler):
    """OpenID Connect without a password: whoever comes is `claims`."""

    claims: dict = {"email": "ana@example.org", "email_verified": True, "name": "Ana"}  # noqa: RUF012
    key = None
    nonces: dict = {}  # noqa: RUF012

    def log_message(self, *_):
        pass

    @property
    def issuer(self):
        return f"http://localhost:{self.server.server_port}"

    def _json(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        address = urlparse(self.path)
        if address.path == "/.well-known/openid-configuration":
            places = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "jwks")}
            self._json({
                "issuer": self.issuer, "authorization_endpoint": places["authorize"],
                "token_endpoint": places["token"], "jwks_uri": places["jwks"],
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        elif address.path == "/jwks":
            self._json({"keys": [Provider.key.as_dict(private=False) | {"use": "sig", "alg": "RS256"}]})
        else:
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            self.nonces["code"] = asked.get("nonce")
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': 'code', 'state': asked['state']})}"
            )
            self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "17", "aud": CLIENT, "iat": now, "exp": now + 600}
        claims |= {"nonce": self.nonces["code"]} | Provider.claims
        token = jwt.encode({"alg": "RS256", "kid": Provider.key.kid}, claims, Provider.key)
        self._json({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """The app with a login, and a project whose curator is ana@example.org."""
    Provider.key = RSAKey.generate_key(2048, {"kid": "k1"})
    provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("guarded")
    server = Server(folder)
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "{server.url}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "http://localhost:{provider.server_port}/.well-known/openid-configuration"\n'
    )
    store = Store(f"sqlite:///{folder / 'corrections.sqlite'}")
    words = Sentence.from_words(["Ann", "wohnt"], "de")
    number = store.create_project("Trial", Setup.for_pair("en", "de"), [Task(words, words)])
    People(store.database).set_member(number, "ana@example.org", "curator", "ana@example.org")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
        server.start()
        yield server, number
        server.stop()
    provider.shutdown()


def test_sign_in_work_and_sign_out(chromium, guarded):
    server, project = guarded
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    context.add_cookies(
        [{"name": "projection_name", "value": "ana%40example.org", "url": server.url}]
    )  # counts nothing
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    for place in ("people", "inspect", "export"):
        tab.goto(f"{server.url}/{place}?project={project}", wait_until="domcontentloaded")
        tab.get_by_role("button", name="Sign in").wait_for()
        at_rest(tab)
        expect(tab.get_by_text("wohnt")).to_have_count(0)
    tab.get_by_role("button", name="Sign in").click()
    corner = tab.locator(".st-key-person-corner button").first
    corner.get_by_text("ana@example.org").wait_for()
    tab.goto(f"{server.url}/people?project={project}", wait_until="domcontentloaded")
    tab.get_by_text("Add somebody").first.wait_for()  # the curator's form
    at_rest(tab)
    corner.click()
    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_role("button", name="Sign in").wait_for()
    context.close()


def test_an_address_that_is_not_verified_is_nobody_elses(chromium, guarded):
    server, project = guarded
    before, Provider.claims = Provider.claims, {"email": "ana@example.org", "email_verified": False, "name": "Eve"}
    context = chromium.new_context(viewport={"width": 1360, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.goto(server.url, wait_until="domcontentloaded")
    tab.get_by_role("button", name="Sign in").wait_for()
    at_rest(tab)
    tab.get_by_role("button", name="Sign in").click()
    tab.locator(".st-key-person-corner button").first.get_by_text("Eve (").wait_for()
    tab.goto(f"{server.url}/people?project={project}", wait_until="domcontentloaded")
    tab.get_by_text("is not among the people of this project").wait_for()
    at_rest(tab)
    for private in ("wohnt", "Trial"):
        expect(tab.get_by_text(private)).to_have_count(0)
    tab.goto(f"{server.url}/inspect?project={project}", wait_until="domcontentloaded")
    tab.get_by_text("is not among the people of this project").wait_for()
    at_rest(tab)
    expect(tab.get_by_text("wohnt")).to_have_count(0)
    context.close()
    Provider.claims = before
