"""The real server.js of the app against the real API over HTTP: what happens in Freshchat arrives as contacts."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from data.activity import activity_totals
from data.integrations import Integration
from services import integrations
from services.api.app import create_api
from services.system import System

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests/fixtures/freshchat/fdk-product-events/onConversationUpdate.json"
GROUP = {"id": "g", "name": "Kundensupport"}


@pytest.fixture
def address(system: System) -> Iterator[str]:
    """Serve the API on a free port of the loopback interface."""
    app = Starlette(routes=[Mount("/api", create_api(system))])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def freshchat(address: str, key: str) -> Callable[..., dict[str, Any]]:
    """Let events occur in a Freshchat that has the app installed; return what the platform saw of it."""

    def run(*steps: dict[str, Any], key: str = key) -> dict[str, Any]:
        done = subprocess.run(
            ["node", "injixo_app/test/against_stillwatch.js", address, key],
            cwd=ROOT,
            input=json.dumps(steps),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout)
        return seen

    return run


def update(
    chat: str, at: str, before: str, after: str, group: dict[str, str] | None = GROUP
) -> dict[str, Any]:
    """Return a step: Freshchat's own sample with this chat, time, status change and group."""
    payload = json.loads(SAMPLE.read_bytes())
    payload["timestamp"] = at
    conversation = payload["data"]["conversation"]
    conversation |= {
        "conversation_id": chat,
        "created_time": "2026-03-03T06:00:00.000Z",
        "reopened_time": None,
    }
    conversation["assigned_group_id"] = group["id"] if group else None
    payload["data"]["associations"]["group"] = group
    payload["data"]["changes"] = {"model_changes": {"status": [before, after]}}
    return {"event": "onConversationUpdate", "payload": payload}


def contacts(system: System) -> list[tuple[str, str, str]]:
    rows = system.database.rows(
        "SELECT chat_id, resolved_at, queue FROM contact ORDER BY resolved_at, chat_id"
    )
    return [(chat_id, at.isoformat(timespec="seconds"), queue) for chat_id, at, queue in rows]


def test_what_is_resolved_in_freshchat_becomes_contacts(
    freshchat: Callable[..., Any], system: System, integration: Integration
) -> None:
    seen = freshchat(
        {"event": "onAppInstall", "payload": {}},
        update("chat-1", "2026-03-03T08:00:00Z", "new", "assigned"),
        update("chat-1", "2026-03-03T08:05:00Z", "assigned", "resolved"),
        update("chat-1", "2026-03-03T08:05:00Z", "assigned", "resolved"),  # delivered twice
        update("chat-1", "2026-03-03T08:06:00Z", "resolved", "new"),
        update("chat-1", "2026-03-03T08:06:30Z", "new", "resolved"),
        update("spam-1", "2026-03-03T08:10:00Z", "new", "resolved", None),
        {"event": "onScheduledEvent", "payload": {}},
    )
    assert contacts(system) == [
        ("chat-1", "2026-03-03T08:05:00+00:00", "Kundensupport"),
        ("chat-1", "2026-03-03T08:06:30+00:00", "Kundensupport"),
        ("spam-1", "2026-03-03T08:10:00+00:00", "Undefined_Queue"),
    ]
    assert (seen["log"], seen["rendered"], seen["schedules"]) == ([], ["done"], ["heartbeat"])
    assert {answer["status"] for answer in seen["answers"]} == {202, 204}
    system.activity.flush()
    totals = activity_totals(system.database, integration.integration_id)
    assert {entry.kind: entry.occurrences for entry in totals} == {"heartbeat": 2, "events": 5}


def test_a_revoked_key_is_seen_on_both_sides_also_when_no_chat_is_resolved(
    freshchat: Callable[..., Any], system: System, integration: Integration
) -> None:
    _, other = integrations.generate_key(
        system, integration.integration_id, overlap=timedelta(0), created_by="a colleague"
    )
    seen = freshchat({"event": "onScheduledEvent", "payload": {}})
    assert seen["log"] == ["heartbeat not sent: revoked_key"]
    listed = {item.key.key_id: item for item in integrations.listed_keys(system, integration.integration_id)}
    assert listed.pop(other.key_id).use.refused_count == 0
    (revoked,) = listed.values()
    assert (revoked.ended, revoked.use.refused_count) == ("revoked_key", 1)


def test_installing_with_a_key_of_nobody_is_refused_in_words(freshchat: Callable[..., Any]) -> None:
    seen = freshchat({"event": "onAppInstall", "payload": {}}, key="ijx_nonsense")
    assert seen["rendered"] == ["Stillwatch refuses the injixo API key: malformed_key"]
    assert seen["schedules"] == []


def test_uninstalling_says_good_bye(
    freshchat: Callable[..., Any], system: System, integration: Integration
) -> None:
    seen = freshchat({"event": "onAppInstall", "payload": {}}, {"event": "onAppUninstall", "payload": {}})
    assert seen["schedules"] == []
    system.activity.flush()
    kinds = {entry.kind for entry in activity_totals(system.database, integration.integration_id)}
    assert kinds == {"heartbeat", "goodbye"}
