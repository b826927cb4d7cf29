"""The OpenAPI document says what the answers hold: each operation is called, and each answer checked against it.

Beyond these, every answer of every test of the API is (see conftest.py).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import fastapi.routing
import pytest
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient

from data.watch import Incident
from services.system import System
from services.watch.incidents import save_incidents
from services.watch.watcher import Watcher
from tests.api.contract import operation_of
from tests.conftest import NOW
from tests.receivers import Hook


@pytest.fixture
def called(api: TestClient) -> Iterator[set[tuple[str, str]]]:
    """The operations that answered well, as (method, address of the document)."""
    document = api.get("/api/openapi.json").json()
    found: set[tuple[str, str]] = set()

    def note(answer: Any) -> None:
        if answer.is_success:
            operation = operation_of(document, answer.request.method, answer.request.url.path)
            if operation is not None:
                found.add(operation)

    api.event_hooks["response"].append(note)
    yield found
    api.event_hooks["response"].remove(note)


def test_every_operation_answers_as_the_document_says(
    api: TestClient,
    admin: Callable[..., Any],
    push: Callable[..., Any],
    webhook: Callable[..., Any],
    system: System,
    integration: Any,
    key: str,
    called: set[tuple[str, str]],
    hook: Hook,
) -> None:
    path = f"/integrations/{integration.integration_id}"
    push(
        "/events", json={"chat_id": "c", "resolved_at": NOW.isoformat(), "group": {"id": "7", "name": "Süd"}}
    )
    push("/events", json={"events": [{"chat_id": "d", "resolved_at": NOW.isoformat()}, {"chat_id": None}]})
    push("/heartbeat", json={"app_version": "1.0"})
    api.get("/api/v1/connection", headers={"Authorization": f"Bearer {key}"})
    webhook({"action": "message_create"})
    Watcher(system).tick()
    outage = Incident(integration.integration_id, "x", NOW - timedelta(hours=1), NOW, None, "silent", "none")
    save_incidents(system, [outage])
    api.get("/api/health")
    admin("GET", "/integrations")
    made = admin("POST", "/integrations", json={"name": "Second", "domain": "second.freshchat.com"}).json()
    admin("PATCH", f"/integrations/{made['id']}", json={"paused": True})
    admin("GET", f"/integrations/{made['id']}")
    admin("DELETE", f"/integrations/{made['id']}")
    spare = admin("POST", f"{path}/keys", json={"overlap_seconds": 60}).json()
    admin("GET", f"{path}/keys")
    admin("DELETE", f"{path}/keys/{spare['id']}")
    admin("POST", f"{path}/check")
    for query in ("", "?interval=1d&from=2026-03-01&to=2026-03-05", "?format=csv"):
        admin("GET", f"{path}/contacts{query}")
    admin("POST", f"{path}/backfill", json={"from": "2026-03-01", "to": "2026-03-03"})
    assert admin("GET", f"{path}/backfill").json()["jobs"]
    assert admin("GET", f"{path}/incidents").json()["incidents"]
    admin("GET", f"{path}/freshness")
    for closing in ({"from": "2026-12-24", "to": "2026-12-25"}, {"repeats": "weekly", "day": "7"}):
        admin("POST", f"{path}/closed", json=closing)
    for closed in (listed := admin("GET", f"{path}/closed").json())["closed"] + listed["recurring"]:
        admin("DELETE", f"{path}/closed/{closed['id']}")
    admin("GET", f"{path}/days?from=2026-03-01&to=2026-03-05")
    channel = admin("POST", "/channels", json={"name": "Hook", "url": hook.url}).json()
    admin("GET", "/channels")
    admin("GET", f"/channels/{channel['id']}")
    admin("PATCH", f"/channels/{channel['id']}", json={"weekly": True})
    admin("POST", f"/channels/{channel['id']}/test")
    admin("DELETE", f"/channels/{channel['id']}")
    admin("GET", "/audit?from=2026-03-01&to=2026-03-05")
    document = api.get("/api/openapi.json").json()
    assert called == {
        (method, address) for address, methods in document["paths"].items() for method in methods
    }


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"integrations": [], "more": 1}, "more"),
        ({}, "required"),
        ({"integrations": [{"id": 5}]}, "required"),
        ({"integrations": None}, "is not of type"),
    ],
)
def test_an_answer_that_differs_from_the_document_is_noticed(
    admin: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, body: dict[str, Any], problem: str
) -> None:
    async def other_than_described(*_: Any, **__: Any) -> Response:
        return JSONResponse(body)

    monkeypatch.setattr(fastapi.routing, "run_endpoint_function", other_than_described)
    with pytest.raises(AssertionError, match=problem):
        admin("GET", "/integrations")
