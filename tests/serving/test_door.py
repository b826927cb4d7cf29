"""Nobody comes in who is not signed in, by whatever door; whoever is comes in as who they are, and no longer."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from data.audit import audit_entries
from services.api.app import create_api
from services.serving.front import front
from services.serving.sign_in import door
from services.settings import Settings
from services.signing_in import passwords
from services.signing_in.people import add_person, change_person, first_invitation, invite, remove_person
from services.signing_in.tokens import make_token
from services.system import System
from tests.conftest import ADMIN_TOKEN, NOW, Clock
from tests.store.failing import refusing

HERE = "http://127.0.0.1:8501"
KIM = "kim@example.com"
PASSWORD = "a long sentence is fine"
PAGES = ("contacts", "freshness", "integrations", "people", "audit")
STREAM = "ws://127.0.0.1:8501/_stcore/stream"
HTML = {"Accept": "text/html"}


async def _page(request: Any) -> PlainTextResponse:
    return PlainTextResponse(f"page of {request.headers.get('x-stillwatch-visitor')}")


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_text(f"echo {await websocket.receive_text()}")


INTERFACE = Router(
    [
        WebSocketRoute("/_stcore/stream", _stream),
        Route("/{path:path}", _page, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash that costs little: how dear it is in earnest, a test of its own holds."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "ITERATIONS", 1)
    monkeypatch.setattr(passwords, "_nobody", None)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"sign_in": "accounts,proxy", "first_admin": KIM, "trusted_proxies": "10.0.0.5,10.1.0.0/16"}
    )


@pytest.fixture
def visit(system: System, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    """A browser, at this address: ``visit()``, ``visit("10.0.0.5")``."""
    monkeypatch.setattr(door, "LOOKS_EVERY", 0.02)
    app = front(system, INTERFACE, "<html></html>", PAGES)

    def open_visitor(address: str = "192.0.2.7") -> TestClient:
        return TestClient(
            app, base_url=HERE, follow_redirects=False, client=(address, 50000), raise_server_exceptions=False
        )

    return open_visitor


@pytest.fixture
def visitor(visit: Callable[..., TestClient]) -> TestClient:
    return visit()


@pytest.fixture
def kim(system: System, visitor: TestClient) -> TestClient:
    """The browser of the first admin, who has accepted the invitation."""
    path = first_invitation(system)
    assert path is not None
    answer = visitor.post(path, data={"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return visitor


def sign_in(visitor: TestClient, name: str = KIM, password: str = PASSWORD, way_on: str = "/") -> Any:
    return visitor.post("/sign-in", data={"name": name, "password": password, "next": way_on})


def person_id(system: System, name: str = KIM) -> str:
    stored = system.known.named(name)
    assert stored is not None
    return stored.person_id


def addresses_of_the_interface() -> set[str]:
    from streamlit.web.server.starlette import starlette_app

    prefixes = {
        "/",
        "/index.html",
        "/favicon.png",
        "/static/js/index.js",
        "/media/1f2e.csv",
        "/component/stillwatch/frame.js",
        "/_stcore/health",
        "/_stcore/script-health-check",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/_stcore/upload_file/a/b",
        "/_stcore/bidi-components/x/y.js",
        "/_stcore/agent/mcp",
        "/auth/login",
        "/oauth2callback",
    }
    told = set(re.findall(r"\"(/?_stcore/[a-z_/-]+)\"", open(starlette_app.__file__).read()))  # noqa: SIM115
    return prefixes | {f"/{path.lstrip('/')}" for path in told} | {f"/{page}" for page in PAGES}


def test_a_crawler_without_a_sign_in_finds_the_sign_in_and_nothing_else(
    system: System, visitor: TestClient
) -> None:
    """Every address of the interface, and every one of the API by its own document."""
    closed = addresses_of_the_interface() | {"/metrics", "/api", "/api/", "/api/openapi.json", "/api/nowhere"}
    for path in sorted(closed):
        for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
            answer = visitor.request(method, path)
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
        answer = visitor.get(path, headers=HTML)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in?next=")
    for path, operations in create_api(system).openapi()["paths"].items():
        for method in operations:
            answer = visitor.request(method.upper(), "/api" + re.sub(r"\{[^}]+\}", "x", path))
            if path == "/health":
                assert answer.json()["status"] in ("up", "down")
            else:
                assert answer.status_code in (401, 404), f"{method} {path}: {answer.status_code}"
                assert answer.status_code == 401 or "webhooks" in path


def test_health_says_up_or_down_and_no_reason(visitor: TestClient, clock: Clock) -> None:
    assert visitor.get("/api/health").json()["status"] == "up"
    clock.advance(hours=1)
    answer = visitor.get("/api/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")  # the watcher has not run
    assert not any(value for name, value in answer.json().items() if name != "status")
    told = visitor.get("/api/health", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
    assert "watcher" in told.json()["reason"]


def test_a_websocket_without_a_sign_in_is_refused(visitor: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), visitor.websocket_connect(STREAM):
        pass


def test_metrics_are_for_tokens_and_for_who_is_signed_in(system: System, kim: TestClient, visit: Any) -> None:
    assert kim.get("/metrics").status_code == 200
    scraper = visit()
    assert scraper.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    token = make_token(system, "scraper", "supervisor", timedelta(days=1))
    assert scraper.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_an_invitation_works_once_and_for_a_week(system: System, visit: Any, clock: Clock) -> None:
    path = first_invitation(system)
    assert path is not None
    assert KIM in visit().get(path).text
    assert visit().get(path).status_code == 200, "looking uses nothing up: mail programs look, too"
    assert "differ" in visit().post(path, data={"password": PASSWORD, "again": "another sentence"}).text
    assert visit().post(path, data={"password": "short", "again": "short"}).status_code == 422
    assert visit().post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert visit().post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 404
    late = invite(system, person_id(system))
    clock.advance(days=7)
    assert visit().get(late).status_code == 404


def test_a_newer_invitation_ends_the_earlier_one(system: System, visit: Any) -> None:
    first = first_invitation(system)
    second = first_invitation(system)
    assert visit().get(first).status_code == 404
    assert visit().get(second).status_code == 200


def test_who_signs_in_goes_where_they_wanted_and_nowhere_else(kim: TestClient, visit: Any) -> None:
    for asked, found in {
        "/freshness?integration=x": "/freshness?integration=x",
        "https://evil.example": "/",
        "//evil.example": "/",
        "/\\evil.example": "/",
        "javascript:alert(1)": "/",
        "//[": "/",
        "/\t/evil.example": "/",
        "/\\/evil.example": "/",
        "http:///evil.example": "/",
        "/\N{FULLWIDTH SOLIDUS}evil.example": "/%EF%BC%8Fevil.example",
    }.items():
        assert sign_in(visit(), way_on=asked).headers["location"] == found


def test_the_cookie_is_read_by_no_script_and_sent_by_no_other_site(kim: TestClient, visit: Any) -> None:
    cookie = sign_in(visit()).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_over_tls_browsers_are_told_to_stay_with_it(system: System, visitor: TestClient) -> None:
    assert "strict-transport-security" not in visitor.get("/sign-in").headers
    system.settings = system.settings.model_copy(update={"public_url": "https://stillwatch.example.com"})
    app = front(system, INTERFACE, "<html></html>", PAGES)
    with TestClient(app, base_url="https://stillwatch.example.com") as browser:
        for path in ("/sign-in", "/api/health", "/nothing"):
            assert browser.get(path).headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.usefixtures("kim")
def test_over_tls_the_cookie_is_secure_and_of_this_host_alone(system: System) -> None:
    system.settings = system.settings.model_copy(update={"public_url": "https://s.example.com"})
    app = front(system, INTERFACE, "<html></html>", PAGES)
    visitor = TestClient(app, base_url="https://s.example.com", follow_redirects=False)
    cookie = sign_in(visitor).headers["set-cookie"]
    assert cookie.startswith("__Host-stillwatch=")
    assert "secure" in cookie.lower()
    assert visitor.get("/").status_code == 200


def test_the_store_holds_neither_passwords_nor_secrets_of_cookies_and_links(
    system: System, kim: TestClient
) -> None:
    secret = kim.cookies["stillwatch_session"]
    link = invite(system, person_id(system)).rpartition("/")[2]
    stored = repr(system.known)
    assert not any(hidden in stored for hidden in (PASSWORD, secret, link))


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(kim: TestClient, visit: Any) -> None:
    wrong, unknown = (
        sign_in(visit(), password="another sentence"),
        sign_in(visit("192.0.2.8"), "lee@example.com"),
    )
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(KIM, "") == unknown.text.replace("lee@example.com", "")


def test_who_tries_passwords_waits_and_locks_nobody_else_out(kim: TestClient, visit: Any) -> None:
    attacker = visit("203.0.113.9")
    answers = [sign_in(attacker, password=f"wrong sentence {n}").status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2
    assert sign_in(attacker).status_code == 429, "unheard, also with the right one"
    assert sign_in(visit("192.0.2.99")).status_code == 303


def test_a_store_that_takes_nothing_is_told_in_a_page_wherever_it_is_noticed(
    system: System, kim: TestClient, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    invited = visit()
    path = invite(system, add_person(system, "lee@example.com", "support").person_id)
    told = {"X-Forwarded-User": "new@example.com", "X-Forwarded-Roles": "support"}
    token = make_token(system, "scraper", "support", None)
    with refusing(monkeypatch):
        answers = {
            "signing in": sign_in(visit()),
            "signing out": kim.post("/sign-out"),
            "accepting": invited.post(path, data={"password": PASSWORD, "again": PASSWORD}),
            "a proxy's newcomer": visit("10.0.0.5").get("/contacts", headers=HTML | told),
            "a proxy's newcomer at the sign-in": visit("10.0.0.5").get("/sign-in", headers=HTML | told),
        }
        metrics = visit().get("/metrics", headers={"Authorization": f"Bearer {token}"})
        health = visit().get("/api/health")
    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(answers, 503)
    assert all("The database does not answer" in answer.text for answer in answers.values())
    assert metrics.status_code == 200  # which is when it is needed
    assert health.json()["status"] in ("up", "down")
    assert kim.get("/contacts").status_code == 200  # who was in still is
    assert invited.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 303


def test_a_form_of_too_many_fields_signs_nobody_in(visitor: TestClient) -> None:
    many = {f"field{number}": "x" for number in range(50)}
    assert visitor.post("/sign-in", data=many).status_code == 401
    assert visitor.post("/sign-in", content=b"x" * 30_000).status_code == 401


def test_an_address_that_is_typed_leads_on_and_signs_nobody_out(kim: TestClient) -> None:
    assert kim.get("/sign-out").headers["location"] == "/"
    assert kim.get("/contacts").status_code == 200
    cut_off = kim.get("/invitation/", headers=HTML)
    assert cut_off.status_code == 404
    assert cut_off.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/alerts/_stcore/health",
        "/alerts/%2e%2e/contacts",
        "/alerts/..%2fcontacts",
        "/alerts/x/index.html",
        "/alerts//contacts",
        "/api/v1/%2e%2e/%2e%2e/contacts",
        "/api/v1/..;/contacts",
        "//contacts",
        "/contacts;x",
        "/sign-in/%2e%2e/contacts",
    ],
)
def test_no_way_of_writing_an_address_leads_past_the_door(visitor: TestClient, path: str) -> None:
    for headers in ({}, HTML):
        for method in ("GET", "POST", "PUT"):
            answer = visitor.request(method, path, headers=headers)
            assert "page of" not in answer.text
            assert answer.status_code in (303, 401, 404, 405)


def test_a_link_of_a_message_opens_no_websocket(visitor: TestClient) -> None:
    for path in ("/alerts/_stcore/stream", "/api/v1/_stcore/stream", "/alerts/x"):
        with pytest.raises(WebSocketDisconnect), visitor.websocket_connect(f"ws://127.0.0.1:8501{path}"):
            pass


def test_a_form_of_another_site_signs_nobody_in_or_out(kim: TestClient, visit: Any) -> None:
    other = {"Origin": "https://evil.example"}
    assert (
        visit().post("/sign-in", headers=other, data={"name": KIM, "password": PASSWORD}).status_code == 403
    )
    assert kim.post("/sign-out", headers=other).status_code == 403
    assert kim.get("/").status_code == 200


def test_a_client_cannot_say_who_it_is(kim: TestClient, visit: Any) -> None:
    forged = {"X-Stillwatch-Visitor": "proxy:x", "X-Forwarded-User": KIM, "X-Forwarded-Roles": "admin"}
    assert visit().get("/", headers=forged).status_code == 401
    assert "proxy:x" not in kim.get("/", headers=forged).text


def test_a_session_ends_when_nobody_is_there_and_at_the_latest_in_the_end(
    system: System, kim: TestClient, clock: Clock
) -> None:
    clock.advance(hours=11)
    assert kim.post("/sign-in/still?active=no").status_code == 200, "a page that refreshes is nobody's hand"
    clock.advance(hours=1)
    assert kim.get("/").status_code == 401
    assert sign_in(kim).status_code == 303
    for _ in range(17):
        clock.advance(hours=10)
        kim.post("/sign-in/still?active=yes")
    assert kim.get("/").status_code == 401, "at the latest after a week"


def test_who_has_signed_out_is_told_so_once(kim: TestClient, visit: Any) -> None:
    told = "You are signed out."
    assert kim.post("/sign-out").headers["location"] == "/sign-in"
    assert told in kim.get("/sign-in").text
    assert told not in kim.get("/sign-in").text
    assert told not in visit().get("/sign-in").text


def test_signing_out_ends_every_window_of_the_browser(system: System, kim: TestClient) -> None:
    secret = kim.cookies["stillwatch_session"]
    with kim.websocket_connect(STREAM) as page:
        page.send_text("a")
        assert page.receive_text() == "echo a"
        assert kim.post("/sign-out").headers["location"] == "/sign-in"
        with pytest.raises(WebSocketDisconnect):
            page.receive_text()
    assert "stillwatch_session" not in kim.cookies
    kim.cookies["stillwatch_session"] = secret
    assert kim.get("/").status_code == 401
    assert system.known.sessions == {}


def test_who_is_removed_is_out_at_once_in_open_pages_too(system: System, kim: TestClient, visit: Any) -> None:
    lee = add_person(system, "lee@example.com", "support")
    theirs = visit()
    theirs.post(invite(system, lee.person_id), data={"password": PASSWORD, "again": PASSWORD})
    assert theirs.post("/sign-in/still").text == "support"
    change_person(system, lee.person_id, "supervisor")
    assert theirs.post("/sign-in/still").text == "supervisor"
    with theirs.websocket_connect(STREAM) as page:
        remove_person(system, lee.person_id)
        with pytest.raises(WebSocketDisconnect):
            page.receive_text()
    assert theirs.get("/").status_code == 401
    assert theirs.post("/sign-in/still").status_code == 401
    assert sign_in(theirs, "lee@example.com").status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(system: System, kim: TestClient, visit: Any) -> None:
    again = visit()
    again.post(invite(system, person_id(system)), data={"password": PASSWORD + "!", "again": PASSWORD + "!"})
    assert kim.get("/").status_code == 401
    assert again.get("/").status_code == 200
    assert sign_in(visit(), password=PASSWORD).status_code == 401


def test_a_proxy_that_is_set_is_believed(system: System, visit: Any) -> None:
    proxy = visit("10.0.0.5")
    told = {
        "X-Forwarded-User": "Lee@Example.com",
        "X-Forwarded-Roles": "staff, support",
        "X-Forwarded-For": "192.0.2.50",
    }
    assert proxy.get("/", headers=told).status_code == 200
    lee = system.known.named("lee@example.com")
    assert lee is not None
    assert (lee.role, lee.told_by) == ("support", "provider")
    assert proxy.post("/sign-in/still", headers=told).text == "support"
    fewer = {**told, "X-Forwarded-Roles": "supervisor"}
    assert proxy.post("/sign-in/still", headers=fewer).text == "supervisor"


def test_a_proxy_names_somebody_without_a_role_and_a_page_says_so(system: System, visit: Any) -> None:
    proxy = visit("10.1.2.3")
    told = {"X-Forwarded-User": "lee@example.com", "X-Forwarded-Roles": "staff"}
    answer = proxy.get("/", headers=told | HTML)
    assert answer.status_code == 403
    assert "no role in Stillwatch" in answer.text
    add_person(system, "lee@example.com", "support")
    assert proxy.get("/", headers=told).status_code == 200, "the list says so"


def test_who_loses_the_role_at_the_proxy_is_forgotten(system: System, visit: Any) -> None:
    proxy = visit("10.0.0.5")
    told = {"X-Forwarded-User": "lee@example.com", "X-Forwarded-Roles": "admin"}
    assert proxy.get("/", headers=told).status_code == 200
    assert proxy.get("/", headers=told | {"X-Forwarded-Roles": ""}).status_code == 403
    assert system.known.named("lee@example.com") is None


def test_what_stands_before_the_last_proxy_anybody_can_write(
    system: System, visit: Any, kim: TestClient
) -> None:
    proxy = visit("10.0.0.5")
    proxy.headers["X-Forwarded-For"] = "198.51.100.1, 192.0.2.77, 10.1.0.1"
    assert sign_in(proxy).status_code == 303
    entries = audit_entries(system.database, NOW, NOW + timedelta(days=1), 9)
    assert {(entry.who, entry.address) for entry in entries} == {(KIM, "192.0.2.7"), (KIM, "192.0.2.77")}


def test_two_tabs_of_one_session_see_each_other_out(kim: TestClient) -> None:
    seen = threading.Event()
    with (
        kim.websocket_connect(STREAM) as first,
        kim.websocket_connect(STREAM) as second,
    ):
        kim.post("/sign-out")
        for page in (first, second):
            with pytest.raises(WebSocketDisconnect):
                page.receive_text()
        seen.set()
    assert seen.is_set()


def test_the_page_is_in_the_visitors_language_and_keeps_the_choice(visitor: TestClient) -> None:
    assert "Anmelden" in visitor.get("/sign-in", headers={"Accept-Language": "de-DE,de"}).text
    answer = visitor.get("/sign-in?language=de")
    assert "Anmelden" in answer.text
    assert visitor.cookies["stillwatch_language"] == "de"
    assert visitor.get("/sign-in?next=%22%3E%3Cscript%3E").text.count("<script>") == 0


def test_a_cookie_that_was_there_before_is_not_the_session_of_who_signs_in(
    system: System, kim: TestClient, visit: Any
) -> None:
    """Else whoever planted it would be in, too."""
    planted = visit()
    planted.cookies["stillwatch_session"] = "planted"
    assert sign_in(planted).status_code == 303
    thief = visit()
    thief.cookies["stillwatch_session"] = "planted"
    assert thief.get("/").status_code == 401
    another = visit()
    another.cookies["stillwatch_session"] = kim.cookies["stillwatch_session"]
    sign_in(another)
    assert kim.get("/").status_code == 401, "a session that somebody signs in over has ended"


def test_another_site_accepts_no_invitation(system: System, visit: Any) -> None:
    path = first_invitation(system)
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9000"):
        sent = {"password": PASSWORD, "again": PASSWORD}
        assert visit().post(path, headers={"Origin": origin}, data=sent).status_code == 403
    assert system.known.sessions == {}


@pytest.mark.parametrize(
    "told", ["10.0.0.5, 203.0.113.9", "10.0.0.5", "127.0.0.1", "10.0.0.5:80", "[10.0.0.5]", ","]
)
def test_a_stranger_who_writes_a_proxys_address_is_none(kim: TestClient, visit: Any, told: str) -> None:
    stranger = visit("203.0.113.9")
    forged = {
        "X-Forwarded-For": told,
        "X-Forwarded-User": KIM,
        "X-Forwarded-Roles": "admin",
        "Forwarded": f"for={told}",
    }
    assert stranger.get("/", headers=forged).status_code == 401
    with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(STREAM, headers=forged):
        pass


def test_two_names_in_a_proxys_headers_are_nobodys(kim: TestClient, visit: Any) -> None:
    headers = [
        ("X-Forwarded-User", "lee@example.com"),
        ("X-Forwarded-User", KIM),
        ("X-Forwarded-Roles", "admin"),
    ]
    assert visit("10.0.0.5").get("/", headers=headers).status_code == 401


@pytest.mark.parametrize("name", ["kim@example.com\u202e", "\N{KELVIN SIGN}im@example.com", "k" * 400])
def test_a_proxys_name_that_only_looks_like_one_of_the_list_is_nobodys(
    kim: TestClient, visit: Any, name: str
) -> None:
    told = {"X-Forwarded-User": name.encode(), "X-Forwarded-Roles": b"staff"}
    assert visit("10.0.0.5").get("/", headers=told).status_code == 403


def test_the_focus_is_where_something_is_to_be_typed(kim: TestClient, visit: Any) -> None:
    assert re.search(r'name="name"[^>]*autofocus', visit().get("/sign-in").text)
    assert re.search(r'name="password"[^>]*autofocus', sign_in(visit(), password="wrong").text)


def test_wrong_tokens_of_a_colleague_do_not_stop_a_scraper(system: System, visit: Any) -> None:
    token = make_token(system, "scraper", "supervisor", None)
    scraper = visit()
    for n in range(31):
        assert scraper.get("/metrics", headers={"Authorization": f"Bearer swt_{n}"}).status_code == 401
    assert scraper.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert scraper.get("/metrics", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}).status_code == 401
