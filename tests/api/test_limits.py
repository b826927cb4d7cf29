"""Everything from outside is bounded: in size, number, time and rate; and refused in one form."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import Message

from data import writer
from services.api import body
from services.api.access import RateLimit
from services.api.app import create_api
from services.api.guesses import MOST_CALLERS, Guesses
from services.settings import Settings
from services.system import System
from tests.conftest import ADMIN_TOKEN, NOW
from tests.loops import in_own_loop

MEBIBYTE = 1024 * 1024
WRONG_METHODS = [
    ("GET", "/v1/events", "POST"),
    ("PUT", "/v1/events", "POST"),
    ("OPTIONS", "/v1/events", "POST"),
    ("POST", "/v1/connection", "GET, HEAD"),
    ("GET", "/v1/heartbeat", "POST"),
    ("PUT", "/v1/integrations", "GET, HEAD, POST"),
    ("POST", "/v1/integrations/some-id", "DELETE, GET, HEAD, PATCH"),
    ("PATCH", "/v1/integrations/some-id/keys", "GET, HEAD, POST"),
    ("GET", "/v1/integrations/some-id/keys/k", "DELETE"),
    ("POST", "/v1/integrations/some-id/contacts", "GET, HEAD"),
    ("GET", "/v1/freshchat/webhooks/some-id", "POST"),
    ("POST", "/health", "GET, HEAD"),
    ("POST", "/openapi.json", "GET, HEAD"),
]


def event(number: int, **more: object) -> dict[str, object]:
    return {"chat_id": f"chat-{number}", "resolved_at": NOW.isoformat(), **more}


def contacts(system: System) -> int:
    ((number,),) = system.database.rows("SELECT count(*) FROM contact")
    return int(number)


def test_a_body_of_exactly_one_mebibyte_is_taken(push: Callable[..., Any]) -> None:
    text = json.dumps(event(1, note="")).encode()
    text = text[:-2] + b"x" * (MEBIBYTE - len(text)) + text[-2:]
    assert len(text) == MEBIBYTE
    assert push("/events", content=text).json()["accepted"] == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_one_byte_more_is_too_large_whether_announced_or_not(
    streamed: bool, push: Callable[..., Any], system: System
) -> None:
    text = json.dumps(event(1, note="x" * MEBIBYTE)).encode()

    def chunks() -> Iterator[bytes]:
        yield from (text[start : start + 65_536] for start in range(0, len(text), 65_536))

    answer = push("/events", content=chunks() if streamed else text)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.headers["connection"] == "close"
    assert contacts(system) == 0


def test_five_hundred_events_are_taken_and_one_more_is_too_many(
    push: Callable[..., Any], system: System
) -> None:
    events = [event(number) for number in range(501)]
    assert push("/events", json={"events": events[:500]}).json()["accepted"] == 500
    answer = push("/events", json={"events": events})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert contacts(system) == 500


def test_the_body_of_a_stranger_is_not_read(api: TestClient) -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    for method, path in (("POST", "/api/v1/integrations"), ("POST", "/api/v1/events")):
        answer = api.request(method, path, content=b"{", headers={"Content-Type": "application/json"})
        assert answer.status_code == 401


def test_the_body_of_an_admin_is_bounded_too(admin: Callable[..., Any]) -> None:
    answer = admin("POST", "/integrations", json={"name": "x" * MEBIBYTE, "domain": "example.freshchat.com"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_admin_who_forgets_to_say_that_it_is_json_is_told_so(admin: Callable[..., Any]) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = admin("POST", "/integrations", content=b"{}", more_headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_a_body_that_comes_too_slowly_is_cut_off(
    system: System, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "MOST_SECONDS", 0.01)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    first: Message = {"type": "http.request", "body": b"{", "more_body": True}
    started, answer = in_own_loop(_call(create_api(system), "/v1/events", headers, [first]))
    assert (started["status"], answer["code"]) == (408, "too_slow")
    assert (b"connection", b"close") in started["headers"]


def test_a_body_that_takes_its_time_is_taken(system: System, key: str) -> None:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    text = json.dumps(event(1)).encode()
    parts: list[Message] = [
        {"type": "http.request", "body": text[place : place + 10], "more_body": place + 10 < len(text)}
        for place in range(0, len(text), 10)
    ]
    started, answer = in_own_loop(_call(create_api(system), "/v1/events", headers, parts))
    assert (started["status"], answer["accepted"]) == (202, 1)


def test_the_time_is_that_of_the_whole_body_and_not_of_each_part(
    system: System, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "MOST_SECONDS", 0.05)
    drip: list[Message] = [{"type": "http.request", "body": b" ", "more_body": True}] * 10_000
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    started, answer = in_own_loop(_call(create_api(system), "/v1/events", headers, drip))
    assert (started["status"], answer["code"]) == (408, "too_slow")


def test_a_connection_that_ends_in_mid_body_keeps_nothing(system: System, key: str) -> None:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    messages: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    started, answer = in_own_loop(_call(create_api(system), "/v1/events", headers, messages))
    assert (started["status"], answer["code"]) == (400, "cut_off")
    assert contacts(system) == 0


@pytest.fixture
def seconds() -> list[float]:
    """The clock of the rate limit, in its only entry."""
    return [30.0]


@pytest.fixture
def limit(api: TestClient, seconds: list[float]) -> Callable[[int], None]:
    """Let a key make so many requests a minute: ``limit(2)``."""

    def limit_to(requests: int) -> None:
        _mounted(api).state.rate_limit = RateLimit(requests, lambda: seconds[0])

    return limit_to


def _mounted(api: TestClient) -> Any:
    (mount,) = (route for route in api.app.routes if isinstance(route, Mount))  # type: ignore[attr-defined]
    return mount.app


def test_a_key_that_calls_too_often_is_told_when_to_come_back(
    api: TestClient, key: str, limit: Callable[[int], None], seconds: list[float]
) -> None:
    limit(2)
    headers = {"Authorization": f"Bearer {key}"}
    answers = [api.get("/api/v1/connection", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    pushed = api.post("/api/v1/events", json=event(1), headers=headers)
    for refused in (answers[-1], pushed):
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert refused.headers["retry-after"] == "30"
    seconds[0] += 30
    assert api.get("/api/v1/connection", headers=headers).status_code == 200


def test_a_key_that_calls_too_often_costs_no_other_key_anything(
    api: TestClient, admin: Callable[..., Any], integration: Any, limit: Callable[[int], None]
) -> None:
    limit(1)
    path = f"/integrations/{integration.integration_id}/keys"
    keys = [admin("POST", path, json={"overlap_seconds": 60}).json()["key"] for _ in range(2)]
    for key in keys:
        assert api.get("/api/v1/connection", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_the_rate_limit_is_one_that_a_busy_account_never_meets(settings: Settings) -> None:
    assert settings.requests_per_minute >= 100 * 60


def test_a_wrong_method_is_a_problem_and_names_the_right_ones(api: TestClient) -> None:
    for method, path, allowed in WRONG_METHODS:
        answer = api.request(method, f"/api{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
        assert (answer.json()["code"], answer.json()["status"]) == ("method_not_allowed", 405)
        assert answer.headers["allow"] == allowed, path


def test_an_unknown_address_is_a_problem(api: TestClient) -> None:
    for path in ("", "/", "/v1", "/v1/", "/v2/events", "/v1/events/", "/v1/events/x", "/docs", "/%00"):
        for method in ("GET", "POST"):
            answer = api.request(method, f"/api{path}", follow_redirects=False)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
            assert answer.json()["code"] == "not_found"


def test_head_is_answered_like_get(api: TestClient, key: str) -> None:
    assert api.head("/api/v1/connection", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert api.head("/api/v1/connection").status_code == 401
    assert api.head("/api/health").status_code == 200
    assert api.head("/api/nowhere").status_code == 404


def test_when_the_store_cannot_keep_anything_the_sender_is_told_to_try_again(
    push: Callable[..., Any], system: System
) -> None:
    system.database._engine.writer.connection.close()
    answer = push("/events", json=event(1))
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_when_too_much_waits_to_be_written_the_sender_is_told_to_try_again(
    push: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(writer, "MOST_JOBS_WAITING", 0)
        answer = push("/events", json=event(1))
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")


def test_a_mistake_of_ours_shows_nothing_of_itself(
    admin: Callable[..., Any], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(system.directory), "active", broken)
    answer = admin("GET", "/integrations")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret detail" not in answer.text


def test_the_admin_api_is_off_without_a_token_and_closed_without_the_right_one(
    api: TestClient, system: System
) -> None:
    paths = api.get("/api/openapi.json").json()["paths"]
    operations = [
        (method, path) for path in paths for method in paths[path] if path.startswith("/v1/integrations")
    ]
    assert len(operations) >= 12
    for method, path in operations:
        for token, code in (
            ("", "missing_token"),
            ("Bearer ", "missing_token"),
            ("Bearer ключ", "wrong_token"),
        ):
            answer = api.request(method, f"/api{path}", headers=[(b"Authorization", token.encode())])
            assert (answer.status_code, answer.json()["code"]) == (401, code)
            assert answer.headers["www-authenticate"].startswith("Bearer")
    system.settings = system.settings.model_copy(update={"admin_token": None})
    for method, path in operations:
        answer = api.request(method, f"/api{path}", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "admin_api_off")


def test_a_guesser_of_admin_tokens_is_told_to_wait_and_costs_no_other_caller_anything(
    api: TestClient, seconds: list[float]
) -> None:
    _mounted(api).state.guesses = Guesses(3, lambda: seconds[0])

    def ask(token: str, path: str = "/integrations", address: str = "192.0.2.1") -> Any:
        caller = TestClient(api.app, client=(address, 1))
        return caller.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})

    with structlog.testing.capture_logs() as logs:
        assert [ask(f"guess {number}").status_code for number in range(5)] == [401, 401, 401, 429, 429]
        refused = ask(ADMIN_TOKEN, "/integrations/some-id/keys")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert refused.headers["retry-after"] == "30"
        assert ask(ADMIN_TOKEN, address="192.0.2.2").status_code == 200
        seconds[0] += 30
        assert ask(ADMIN_TOKEN).status_code == 200
        assert ask("another guess").status_code == 401
    logged = [(entry["caller"], entry["count"], entry["has_to_wait"]) for entry in logs]
    assert logged == [("192.0.2.1", 1, False), ("192.0.2.1", 3, True), ("192.0.2.1", 1, False)]
    assert 'stillwatch_unattributed_requests_total{kind="wrong_token"} 4.0' in api.get("/metrics").text


def test_two_thousand_guesses_are_soon_unheard(api: TestClient, seconds: list[float]) -> None:
    _mounted(api).state.guesses = Guesses(monotonic=lambda: seconds[0])
    headers = {"Authorization": "Bearer a wrong one"}
    statuses = [api.get("/api/v1/integrations", headers=headers).status_code for _ in range(2000)]
    assert statuses == [401] * 30 + [429] * 1970


def test_callers_without_end_take_no_memory_without_end() -> None:
    guesses = Guesses(monotonic=lambda: 30.0)
    for number in range(MOST_CALLERS + 1):
        guesses.note(str(number))
    assert len(guesses._wrong) == MOST_CALLERS


def test_a_refused_request_is_put_down_to_its_integration(
    push: Callable[..., Any], admin: Callable[..., Any], system: System, integration: Any
) -> None:
    for _ in range(2):
        push("/events", json={"chat_id": None})
    push("/events", content=b"{")
    push("/events", json=event(1, note="x" * MEBIBYTE))
    system.activity.flush()
    counted = {entry.kind: entry.occurrences for entry in system.activity.totals(integration.integration_id)}
    assert counted == {"bad_event": 2, "bad_json": 1, "too_large": 1}
    (listed,) = admin("GET", f"/integrations/{integration.integration_id}/keys").json()["keys"]
    assert (listed["use_count"], listed["rejected_attempts"]) == (0, 0)  # the key itself is good


@pytest.mark.parametrize(("mebibytes", "left"), [(3, 0), (20, 3)])
def test_a_body_that_is_too_large_is_read_on_so_that_its_sender_sees_the_answer(
    api: TestClient, key: str, mebibytes: int, left: int
) -> None:
    part = b"x" * MEBIBYTE
    messages: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": number < mebibytes}
        for number in range(1, mebibytes + 1)
    ]
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    start, told = in_own_loop(_call(api.app, "/api/v1/events", headers, messages))
    assert (start["status"], told["code"], len(messages)) == (413, "too_large", left)


async def _call(
    app: Callable[..., Awaitable[None]],
    path: str,
    headers: dict[str, str],
    messages: list[MutableMapping[str, Any]],
) -> tuple[MutableMapping[str, Any], dict[str, Any]]:
    """Call an ASGI application with these messages and nothing after them; return its start and its answer."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(0)  # as over a network: the loop has its turn between two parts
        if messages:
            return messages.pop(0)
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await app(scope, receive, send)
    return sent[0], json.loads(b"".join(message.get("body", b"") for message in sent[1:]))
