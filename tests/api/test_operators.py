"""What operators ask: health, metrics, and the description of the API."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from data.database import Database, StoreUnavailable
from data.integrations import Integration
from data.seals import Seal, save_seals
from services import integrations
from services.integrations.draft import draft_of
from services.system import System
from services.watch.watcher import Watcher
from tests.conftest import NOW, Clock


def test_health_is_good_while_the_store_answers_and_the_watcher_runs(
    api: TestClient, system: System, clock: Clock
) -> None:
    Watcher(system).tick()
    answer = api.get("/api/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["last_evaluation_at"] == "2026-03-03T09:00:00Z"
    clock.advance(hours=1)
    late = api.get("/api/health")
    assert (late.status_code, late.json()["status"]) == (503, "watcher_late")
    assert late.json()["reason"]


def test_health_is_bad_while_the_store_does_not_answer(
    api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreUnavailable("secret path")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "rows", broken)
        answer = api.get("/api/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "store_unavailable")
    assert answer.json()["reason"]
    assert "secret path" not in answer.text


def test_lost_commits_are_told_with_what_to_do(api: TestClient, system: System) -> None:
    assert api.get("/api/health").json()["lost_commits"] == 0
    assert api.get("/api/health").json()["advice"] is None
    system.database.lost_commits = 3
    system.database.last_commit_at = NOW - timedelta(hours=2)
    told = api.get("/api/health").json()
    assert (told["lost_commits"], told["last_lost_commit_at"]) == (3, "2026-03-03T07:00:00Z")
    assert "backfill" in told["advice"]


def test_health_needs_no_key_and_tells_no_name(api: TestClient, integration: Integration) -> None:
    assert integration.name not in api.get("/api/health").text


def test_metrics_count_contacts_requests_and_the_watcher(
    api: TestClient, push: Callable[..., Any], system: System, integration: Integration, key: str
) -> None:
    push("/events", json={"chat_id": "c", "resolved_at": NOW.isoformat(), "group": {"name": 'Süd "1"'}})
    push("/events", json={"event": "onMessageCreate"})
    api.get("/api/v1/connection", headers={"Authorization": f"Bearer {key[:-1]}"})
    Watcher(system).tick()
    answer = api.get("/metrics")
    assert answer.status_code == 200
    samples = {
        (sample.name, sample.labels.get("queue") or sample.labels.get("kind")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["stillwatch_contacts", 'Süd "1"'] == 1
    assert samples["stillwatch_requests_total", "events"] == 2
    assert samples["stillwatch_requests_total", "malformed_key"] == 1
    assert samples["stillwatch_watcher_last_run_seconds", None] == NOW.timestamp()
    assert samples["stillwatch_lost_commits", None] == 0


def test_metrics_count_by_the_counting_rule_and_by_what_may_fall(
    api: TestClient, push: Callable[..., Any], system: System, integration: Integration
) -> None:
    def contacts() -> dict[str, float]:
        (family,) = [
            family
            for family in text_string_to_metric_families(api.get("/metrics").text)
            if family.name == "stillwatch_contacts"
        ]
        assert family.type == "gauge"
        return {sample.labels["counting"]: sample.value for sample in family.samples}

    for minutes in (50, 10):
        at = NOW - timedelta(minutes=minutes)
        push(
            "/events",
            json={"chat_id": "c", "interaction_id": f"c-{minutes}", "resolved_at": at.isoformat()},
        )
    assert contacts() == {"every_resolution": 2}
    once = replace(draft_of(integration), counting="once_per_chat")
    integrations.change(system, integration.integration_id, once)
    assert contacts() == {"once_per_chat": 1}


def test_metrics_claim_no_state_while_the_monitor_is_late(
    api: TestClient, push: Callable[..., Any], system: System, clock: Clock
) -> None:
    def states() -> set[tuple[str, str]]:
        return {
            (sample.labels["state"], sample.labels["cause"])
            for family in text_string_to_metric_families(api.get("/metrics").text)
            for sample in family.samples
            if family.name == "stillwatch_data_flow"
        }

    push("/events", json={"chat_id": "c", "resolved_at": NOW.isoformat()})
    Watcher(system).tick()
    assert states() == {("learning", "none")}
    clock.advance(hours=1)
    assert states() == {("unknown", "none")}


@pytest.mark.parametrize(
    ("engine_says", "reason"),
    [
        ("IO Error: Could not write file: No space left on device", "the disk is full"),
        ('IO Error: Cannot open file "/secret/x.wal": Permission denied', "its files may not be written"),
        (
            "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2",
            "a part of the database file is damaged",
        ),
        ("Out of Memory Error: failed to allocate data", "there is not enough memory"),
        ("INTERNAL Error: something else", "the database refuses every change"),
    ],
)
def test_a_store_that_keeps_nothing_is_bad_health_and_an_unknown_data_flow(
    api: TestClient,
    admin: Callable[..., Any],
    push: Callable[..., Any],
    system: System,
    integration: Integration,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    engine_says: str,
    reason: str,
) -> None:
    event = {"chat_id": "c", "resolved_at": NOW.isoformat()}
    push("/events", json=event)
    Watcher(system).tick()

    @contextmanager
    def refused(_: Database) -> Iterator[Any]:
        raise StoreUnavailable(engine_says)
        yield

    with monkeypatch.context() as patched:
        patched.setattr(Database, "transaction", refused)
        assert push("/events", json=event).status_code == 503
        answer = api.get("/api/health")
        told = admin("GET", f"/integrations/{integration.integration_id}/freshness").json()
        metrics = api.get("/metrics").text
        clock.advance(
            minutes=30
        )  # what the watcher concludes cannot be kept either: it is late, and why is known
        later = admin("GET", f"/integrations/{integration.integration_id}/freshness").json()
    assert (answer.status_code, answer.json()["status"]) == (503, "store_failing")
    assert reason in answer.json()["reason"]
    assert "secret" not in answer.text
    assert (
        (told["data_flow"], told["cause"])
        == (later["data_flow"], later["cause"])
        == (
            "unknown",
            "store_failing",
        )
    )
    assert told["since"] == "2026-03-03T09:00:00Z"
    assert "disk" in told["advice"]
    assert 'cause="store_failing"' in metrics
    assert push("/events", json=event).status_code == 202
    Watcher(system).tick()
    assert api.get("/api/health").status_code == 200


def test_metrics_count_sealed_days_and_tell_up_to_when_figures_are_complete(
    api: TestClient, system: System, integration: Integration, resolve: Callable[..., None]
) -> None:
    def samples(name: str) -> dict[str, float]:
        return {
            sample.labels.get("state", ""): sample.value
            for family in text_string_to_metric_families(api.get("/metrics").text)
            for sample in family.samples
            if sample.name == name
        }

    resolve("Support", NOW - timedelta(days=2))
    assert samples("stillwatch_sealed_days") == {
        "open": 1,
        "equal": 0,
        "fetched": 0,
        "differs": 0,
        "not_compared": 2,
    }
    assert samples("stillwatch_complete_until_seconds") == {}
    days = [(NOW - timedelta(days=back)).date() for back in (2, 1)]
    seals = [Seal(integration.integration_id, day, "equal", contacts=1, freshchat=1) for day in days]
    system.writer.write(lambda transaction: save_seals(transaction, seals))
    assert samples("stillwatch_sealed_days")["equal"] == 2
    midnight = (NOW - timedelta(hours=10)).timestamp()
    assert samples("stillwatch_complete_until_seconds") == {"": midnight}


def test_metrics_refuse_another_method(api: TestClient) -> None:
    assert api.post("/metrics").status_code == 405


def test_the_description_names_every_address_its_answers_and_who_may_call(api: TestClient) -> None:
    description = api.get("/api/openapi.json").json()
    operations = {
        (method, path): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) >= {
        ("get", "/v1/connection"),
        ("post", "/v1/events"),
        ("post", "/v1/heartbeat"),
        ("post", "/v1/freshchat/webhooks/{integration_id}"),
        ("get", "/v1/integrations"),
        ("post", "/v1/integrations"),
        ("get", "/v1/integrations/{integration_id}"),
        ("patch", "/v1/integrations/{integration_id}"),
        ("delete", "/v1/integrations/{integration_id}"),
        ("get", "/v1/integrations/{integration_id}/incidents"),
        ("post", "/v1/integrations/{integration_id}/check"),
        ("get", "/v1/integrations/{integration_id}/keys"),
        ("post", "/v1/integrations/{integration_id}/keys"),
        ("delete", "/v1/integrations/{integration_id}/keys/{key_id}"),
        ("get", "/v1/integrations/{integration_id}/contacts"),
        ("get", "/v1/integrations/{integration_id}/freshness"),
        ("post", "/v1/integrations/{integration_id}/backfill"),
        ("get", "/v1/integrations/{integration_id}/backfill"),
        ("get", "/health"),
    }
    schemes = description["components"]["securitySchemes"]
    for (method, path), operation in operations.items():
        assert path == "/health" or operation["security"][0].keys() <= schemes.keys(), path
        for status, answer in operation["responses"].items():
            kinds = set(answer.get("content", {}))
            if int(status) >= 400 and path != "/health":
                assert kinds == {"application/problem+json"}, (method, path, status)
        if "requestBody" not in operation:
            assert not {"400", "413", "415"} & operation["responses"].keys(), (method, path)
    assert set(operations["post", "/v1/events"]["responses"]) == {
        *("202", "400", "401", "408", "413", "415", "422", "429", "503")
    }


def test_the_description_lists_what_a_word_may_be(api: TestClient) -> None:
    schemas = api.get("/api/openapi.json").json()["components"]["schemas"]
    wish, freshness = schemas["NewIntegration"]["properties"], schemas["FreshnessBody"]["properties"]
    assert wish["counting"]["enum"] == ["every_resolution", "once_per_chat"]
    assert "unknown" in freshness["data_flow"]["enum"]
    assert "key_not_installed" in freshness["cause"]["enum"]


def test_everything_that_the_description_refers_to_is_in_it(api: TestClient) -> None:
    text = api.get("/api/openapi.json")
    schemas = text.json()["components"]["schemas"]
    references = {part.split('"')[0] for part in text.text.split("#/components/schemas/")[1:]}
    assert references <= schemas.keys()
    assert "HTTPValidationError" not in schemas
