"""Signing in with a provider: against one that runs, and against what a bad one, or somebody between, could send."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from oidc_provider_mock import User, run_server_in_thread
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from services.serving.sign_in.by_provider import STATE_COOKIE
from services.serving.sign_in.routes import SignIn
from services.settings import Settings
from services.signing_in.people import add_person
from services.signing_in.provider import Provider
from services.system import System
from tests.conftest import NOBODY_LISTENS
from tests.patience import PATIENCE

HERE = "http://127.0.0.1:8501"
PEOPLE = (
    User(sub="kim", claims={"email": "Kim@example.com", "email_verified": True, "roles": ["staff", "admin"]}),
    User(sub="lee", claims={"email": "lee@example.com", "roles": "supervisor"}),
    User(sub="pat", claims={"email": "pat@example.com"}),
    User(sub="mallory", claims={"email": "kim@example.com", "email_verified": False}),
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that runs on this computer."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with run_server_in_thread(user_claims=PEOPLE, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


def with_provider(settings: Settings, issuer: str) -> Settings:
    return settings.model_copy(
        update={
            "sign_in": "oidc",
            "oidc_issuer": issuer,
            "oidc_client_id": "stillwatch",
            "oidc_client_secret": SecretStr("a-secret"),
        }
    )


def provider_of(settings: Settings, **how: Any) -> Provider:
    """The one provider of these settings, asked in this way."""
    (only,) = settings.providers
    return Provider(only, settings.own_url, **how)


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    return with_provider(settings, issuer)


@pytest.fixture
def visit(system: System) -> Callable[..., TestClient]:
    """A browser before a door whose provider is asked in this way."""

    def open_visitor(provider: Provider | None = None) -> TestClient:
        door = SignIn(system, {"": provider or provider_of(system.settings)})
        app = Starlette(routes=[Mount("/", door.router)])
        return TestClient(app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False)

    return open_visitor


def sent_back(visitor: TestClient, sub: str, way_on: str = "/") -> str:
    """Go to the provider, say who one is, and return the address to which it sends the browser back."""
    to_provider = visitor.get(f"/sign-in/provider?next={way_on}").headers["location"]
    answer = httpx.post(to_provider, data={"sub": sub}, timeout=PATIENCE)
    assert answer.status_code in (302, 303)
    return str(answer.headers["location"])


def test_who_the_provider_names_comes_in_with_the_role_of_its_claim(system: System, visit: Any) -> None:
    visitor = visit()
    answer = visitor.get(sent_back(visitor, "kim", "/freshness"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/freshness")
    kim = system.known.named("kim@example.com")
    assert kim is not None
    assert (kim.role, kim.told_by) == ("admin", "provider")
    assert visitor.post("/sign-in/still").text == "admin"
    assert visitor.post("/sign-out").status_code == 303
    assert visitor.post("/sign-in/still").status_code == 401


def test_the_list_gives_a_role_where_the_provider_gives_none(system: System, visit: Any) -> None:
    visitor = visit()
    refused = visitor.get(sent_back(visitor, "pat"))
    assert refused.status_code == 403
    assert "pat@example.com" in refused.text
    add_person(system, "pat@example.com", "support")
    assert visitor.get(sent_back(visitor, "pat")).status_code == 303
    assert visitor.post("/sign-in/still").text == "support"


def test_the_first_admin_of_the_settings_is_one_when_the_provider_names_them(
    system: System, visit: Any
) -> None:
    system.settings = system.settings.model_copy(update={"first_admin": "Pat@example.com"})
    visitor = visit()
    assert visitor.get(sent_back(visitor, "pat")).status_code == 303
    assert visitor.post("/sign-in/still").text == "admin"


def test_an_address_that_is_not_confirmed_is_nobodys(system: System, visit: Any) -> None:
    add_person(system, "kim@example.com", "admin")
    visitor = visit()
    assert visitor.get(sent_back(visitor, "mallory")).status_code == 403
    assert system.known.sessions == {}


def test_the_roles_may_be_in_another_claim(system: System, visit: Any) -> None:
    system.settings = system.settings.model_copy(update={"oidc_roles_claim": "groups"})
    visitor = visit()
    assert visitor.get(sent_back(visitor, "lee")).status_code == 403


def test_what_comes_back_twice_or_to_another_browser_lets_nobody_in(visit: Any) -> None:
    provider_of_one = visit()
    address = sent_back(provider_of_one, "kim")
    assert TestClient(provider_of_one.app, base_url=HERE).get(address).status_code == 400, "another browser"
    assert provider_of_one.get(address).status_code == 303
    provider_of_one.post("/sign-out")
    again = provider_of_one.get(address)
    assert again.status_code == 400
    assert "proves nobody" in again.text


def test_who_turns_back_at_the_provider_is_told_so(visit: Any) -> None:
    visitor = visit()
    state = parse_qs(urlsplit(visitor.get("/sign-in/provider").headers["location"]).query)["state"][0]
    answer = visitor.get(f"/sign-in/back?state={state}&error=access_denied")
    assert answer.status_code == 400
    assert "or you turned back there" in answer.text
    assert "proves nobody" not in answer.text
    again = visitor.get(f"/sign-in/back?state={state}&code=x")
    assert "proves nobody" in again.text, "the state is used up"


def test_a_made_up_state_or_code_lets_nobody_in(visit: Any) -> None:
    visitor = visit()
    address = sent_back(visitor, "kim")
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert visitor.get("/sign-in/back?state=made-up&code=x").status_code == 400
    assert visitor.get("/sign-in/back").status_code == 400
    assert visitor.get(f"/sign-in/back?state={state}&code=made-up").status_code == 400
    assert visitor.get(address).status_code == 400, "the state is used up"


def test_a_sign_in_that_took_too_long_begins_again(system: System, visit: Any) -> None:
    now = [time.time()]
    visitor = visit(provider_of(system.settings, clock=lambda: now[0]))
    address = sent_back(visitor, "kim")
    now[0] += 601
    assert visitor.get(address).status_code == 400


def test_a_provider_that_is_down_is_told_in_a_page(system: System, visit: Any) -> None:
    visitor = visit(provider_of(with_provider(system.settings, NOBODY_LISTENS)))
    answer = visitor.get("/sign-in/provider", headers={"Accept-Language": "de"})
    assert answer.status_code == 503
    assert "antwortet gerade nicht" in answer.text


def test_no_more_than_a_thousand_sign_ins_are_remembered(
    system: System, visit: Any, monkeypatch: Any
) -> None:
    from services.signing_in import provider as module

    monkeypatch.setattr(module, "MOST_BEGUN", 2)
    provider = provider_of(system.settings)
    visitor = visit(provider)
    first = sent_back(visitor, "kim")
    for _ in range(2):
        visitor.get("/sign-in/provider")
    assert visitor.get(first).status_code == 400


class Forger:
    """Between us and a provider: answers with this id token and, if any, these keys."""

    def __init__(self, issuer: str) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "theirs"})
        self.shown: list[Any] = [self.key]
        self.issuer = issuer
        self.nonce = ""
        self.token = ""
        self.down = False
        self.userinfo: dict[str, Any] | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(502, text="<html>")
        if request.url.path.endswith("openid-configuration"):
            places = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/a",
                "token_endpoint": f"{self.issuer}/t",
                "jwks_uri": f"{self.issuer}/k",
            } | ({"userinfo_endpoint": f"{self.issuer}/u"} if self.userinfo is not None else {})
            return httpx.Response(200, json=places)
        if request.url.path == "/k":
            return httpx.Response(200, json=KeySet(self.shown).as_dict(private=False))
        if request.url.path == "/u":
            known = request.headers.get("Authorization") == "Bearer x"
            return httpx.Response(200 if known else 401, json=self.userinfo)
        return httpx.Response(200, json={"id_token": self.token, "access_token": "x", "token_type": "Bearer"})

    def sign(self, key: Any = None, alg: str = "RS256", **changed: Any) -> None:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "stillwatch",
            "sub": "kim",
            "email": "kim@example.com",
            "roles": ["admin"],
            "iat": now,
            "exp": now + 600,
            "nonce": self.nonce,
        } | changed
        claims = {name: value for name, value in claims.items() if value is not None}
        signer = key or self.key
        self.token = jwt.encode({"alg": alg, "kid": "theirs"}, claims, signer, algorithms=[alg])


@pytest.fixture
def forger(system: System, issuer: str) -> Forger:
    return Forger(issuer)


@pytest.fixture
def come_back(system: System, visit: Any, forger: Forger) -> Callable[..., Any]:
    """Sign in with an id token like this: ``come_back(exp=0)``."""

    def come_back(**how: Any) -> Any:
        http = httpx.AsyncClient(transport=httpx.MockTransport(forger))
        visitor = visit(provider_of(system.settings, http=http))
        asked = parse_qs(urlsplit(visitor.get("/sign-in/provider").headers["location"]).query)
        forger.nonce = asked["nonce"][0]
        forger.sign(**how)
        return visitor.get(f"/sign-in/back?state={asked['state'][0]}&code=c")

    return come_back


def test_a_token_as_it_should_be_lets_in(come_back: Any) -> None:
    assert come_back().status_code == 303


def test_what_is_not_in_the_token_is_asked_of_the_provider(
    system: System, come_back: Any, forger: Forger
) -> None:
    forger.userinfo = {"sub": "kim", "email": "kim@example.com", "email_verified": True, "roles": ["support"]}
    assert come_back(email=None, roles=None).status_code == 303
    kim = system.known.named("kim@example.com")
    assert kim is not None
    assert kim.role == "support"


def test_what_the_token_says_counts_before_what_is_told_besides(
    system: System, come_back: Any, forger: Forger
) -> None:
    forger.userinfo = {"sub": "kim", "email": "other@example.com", "roles": ["admin"]}
    assert come_back(roles=None).status_code == 303
    assert [person.name for person in system.known.people.values()] == ["kim@example.com"]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"sub": "mallory", "email": "kim@example.com", "roles": ["admin"]}, 400),
        ({"email": "kim@example.com", "roles": ["admin"]}, 400),
        ({"sub": "kim", "email": "kim@example.com", "email_verified": False}, 403),
        ({"sub": "kim"}, 403),
    ],
)
def test_what_is_told_of_somebody_else_or_unconfirmed_lets_nobody_in(
    system: System, come_back: Any, forger: Forger, told: dict[str, Any], status: int
) -> None:
    forger.userinfo = told
    assert come_back(email=None, roles=None).status_code == status
    assert system.known.people == {}


NOW_IS = int(time.time())


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": NOW_IS - 3600, "iat": NOW_IS - 7200},
        {"exp": None},
        {"iat": NOW_IS + 3600, "exp": NOW_IS + 7200},
        {"aud": "another-app"},
        {"aud": ["stillwatch", "another-app"], "azp": "another-app"},
        {"iss": "https://evil.example"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"key": RSAKey.generate_key(2048, {"kid": "theirs"})},
    ],
    ids=lambda wrong: ",".join(wrong),
)
def test_a_token_that_is_wrong_lets_nobody_in_and_says_so_in_a_page(
    system: System, come_back: Any, wrong: dict[str, Any]
) -> None:
    answer = come_back(**wrong)
    assert answer.status_code == 400
    assert "proves nobody" in answer.text
    assert "Traceback" not in answer.text
    assert system.known.sessions == {}


def test_a_token_signed_by_what_everybody_has_lets_nobody_in(come_back: Any, forger: Forger) -> None:
    public = OctKey.import_key(json.dumps(forger.key.as_dict(private=False)))
    assert come_back(key=public, alg="HS256").status_code == 400


def test_a_token_without_a_signature_lets_nobody_in(come_back: Any, forger: Forger) -> None:
    sign = forger.sign

    def unsigned(**how: Any) -> None:
        sign(**how)
        _, body, _ = forger.token.split(".")
        forger.token = f"eyJhbGciOiJub25lIn0.{body}."

    forger.sign = unsigned  # type: ignore[assignment, method-assign]
    assert come_back().status_code == 400


def test_clocks_that_differ_by_less_than_a_minute_are_forgiven(come_back: Any) -> None:
    now = int(time.time())
    assert come_back(exp=now - 30, iat=now - 630).status_code == 303
    assert come_back(iat=now + 30, exp=now + 630).status_code == 303


def test_keys_that_the_provider_replaced_are_fetched_anew(system: System, visit: Any, forger: Forger) -> None:
    visitor = visit(
        provider_of(system.settings, http=httpx.AsyncClient(transport=httpx.MockTransport(forger)))
    )
    for _ in range(2):
        asked = parse_qs(urlsplit(visitor.get("/sign-in/provider").headers["location"]).query)
        forger.nonce = asked["nonce"][0]
        forger.sign()
        assert visitor.get(f"/sign-in/back?state={asked['state'][0]}&code=c").status_code == 303
        visitor.post("/sign-out")
        forger.key = RSAKey.generate_key(2048, {"kid": "theirs"})
        forger.shown = [forger.key]


def test_a_provider_that_breaks_down_on_the_way_back_is_told_in_a_page(
    system: System, visit: Any, forger: Forger
) -> None:
    visitor = visit(
        provider_of(system.settings, http=httpx.AsyncClient(transport=httpx.MockTransport(forger)))
    )
    asked = parse_qs(urlsplit(visitor.get("/sign-in/provider").headers["location"]).query)
    forger.down = True
    answer = visitor.get(f"/sign-in/back?state={asked['state'][0]}&code=c")
    assert answer.status_code == 503
    assert "does not answer now" in answer.text


def test_what_the_provider_is_sent_is_bound_to_this_browser(visit: Any) -> None:
    visitor = visit()
    answer = visitor.get("/sign-in/provider")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{HERE}/sign-in/back"]
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{STATE_COOKIE}={asked['state'][0]}".lower())
    assert "httponly" in cookie
