"""A stored row that cannot be read: nobody calls it fine, nobody fails without words, and nothing else suffers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.database import Transaction
from data.integrations import Integration
from data.probes import Probe, save_probe
from data.watch import Incident, save_incident
from services import integrations
from services.integrations import Draft
from services.system import System
from services.watch.watcher import Watcher
from tests.conftest import NOW


def damage(system: System, statement: str) -> None:
    with system.database.transaction() as transaction:
        transaction.run(statement)
    system.change(lambda _: None)  # reads it anew


def time_zone(system: System, integration: Integration) -> None:
    damage(system, f"UPDATE integration SET time_zone = 'Nowhere/Atall' WHERE name = '{integration.name}'")


def incident(system: System, integration: Integration) -> None:
    known = Incident(integration.integration_id, "x", NOW - timedelta(hours=1), NOW, None, "silent", "none")
    system.writer.write(lambda transaction: save_incident(transaction, known))
    damage(system, "UPDATE incident SET queues = '[\"half'")


def probe(system: System, integration: Integration) -> None:
    known = Probe(integration.integration_id, NOW, NOW - timedelta(hours=1), NOW, "compared")
    system.writer.write(lambda transaction: save_probe(transaction, known))
    damage(system, "UPDATE probe SET queues = '['")


@pytest.mark.parametrize("break_it", [time_zone, incident, probe])
def test_a_damaged_row_is_named_by_freshness_and_health_and_costs_the_others_nothing(
    break_it: Callable[[System, Integration], None],
    system: System,
    integration: Integration,
    api: TestClient,
    admin: Callable[..., Any],
) -> None:
    other = integrations.add(system, Draft("Vertrieb", "example.freshchat.com", None))
    Watcher(system).tick()
    assert api.get("/api/health").json()["status"] == "ok"
    break_it(system, integration)
    Watcher(system).tick()
    health = api.get("/api/health")
    assert (health.status_code, health.json()["status"]) == (503, "evaluation_failed")
    assert integration.integration_id in health.json()["reason"]
    assert other.integration_id not in health.json()["reason"]
    told = admin("GET", f"/integrations/{integration.integration_id}/freshness")
    assert (told.status_code, told.json()["code"]) == (503, "damaged_data")
    assert "damaged" in told.json()["detail"] or "choose it anew" in told.json()["detail"]
    assert admin("GET", f"/integrations/{other.integration_id}/freshness").status_code == 200
    assert admin("GET", "/integrations").status_code == 200


def test_events_are_still_accepted_and_choosing_the_time_zone_anew_mends_it(
    system: System,
    integration: Integration,
    api: TestClient,
    admin: Callable[..., Any],
    push: Callable[..., Any],
) -> None:
    time_zone(system, integration)
    event = {"chat_id": "c", "resolved_at": NOW.isoformat()}
    assert push("/events", json=event).status_code == 202
    path = f"/integrations/{integration.integration_id}"
    assert admin("GET", f"{path}/contacts?from=2026-03-03&to=2026-03-04").json()["code"] == "damaged_data"
    assert admin("PATCH", path, json={"time_zone": "Europe/Berlin"}).status_code == 200
    Watcher(system).tick()
    assert admin("GET", f"{path}/freshness").status_code == 200
    assert api.get("/api/health").json()["status"] == "ok"


def test_a_damaged_chat_costs_its_own_events_only(system: System, push: Callable[..., Any]) -> None:
    def send(chat: str, at: datetime = NOW) -> Any:
        return push("/events", json={"chat_id": chat, "resolved_at": at.isoformat()})

    assert send("c").status_code == 202
    assert (
        send("c", NOW - timedelta(hours=2)).status_code == 202
    )  # more than its contact says: it has a history

    def break_it(transaction: Transaction) -> None:
        assert transaction.run("UPDATE chat SET history = '[['") == 1

    system.writer.write(break_it)
    answer = send("c", NOW - timedelta(hours=1))
    assert (answer.status_code, answer.json()["code"]) == (503, "damaged_data")
    assert send("another").status_code == 202
