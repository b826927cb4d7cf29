"""Stillwatch asks the simulated account over real HTTP: what it is told equals what really happened."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.integrations import Integration
from data.probes import Probe
from data.watch import Incident
from services import backfill, integrations, probing
from services.asking import configuration, groups
from services.freshchat.errors import RetryLater
from services.freshchat.gate import gate_of
from services.integrations.draft import Draft, draft_of
from services.settings import Settings
from services.system import System
from services.watch.incidents import save_incidents
from tests.simulator.support import DAYS, TOKEN, Running

HISTORY = timedelta(days=DAYS)


@pytest.fixture
def system(tmp_path: Path, account: Running) -> Iterator[System]:
    """A system whose every call to Freshchat goes to the simulated account."""
    gate_of.cache_clear()
    system = System(Settings(database=str(tmp_path / "stillwatch.duckdb"), freshchat_url=account.url))
    yield system
    system.close()


@pytest.fixture
def integration(system: System) -> Integration:
    return integrations.add(system, Draft("Simuliert", "example.freshchat.com", TOKEN))


def fetch(system: System, integration: Integration, **span: datetime) -> backfill.JobStatus:
    """Backfill everything, without waiting for the time between two steps."""
    now = datetime.now(UTC)
    span = {"start": now - HISTORY, "end": now} | span
    job = backfill.request(system, integration.integration_id, reason="requested", **span)
    while True:
        statuses = backfill.status(system, integration.integration_id)
        (status,) = [status for status in statuses if status.job.job_id == job.job_id]
        if status.state in ("done", "failed"):
            return status
        if not backfill.run_due(system, now):
            now = max(now + timedelta(minutes=1), status.next_step_at or now)


def probe(system: System, integration: Integration) -> Probe:
    system.activity.note(integration.integration_id, "key", "events", datetime.now(UTC) - HISTORY)
    found = probing.probe(system, integration, None, datetime.now(UTC), timedelta(0))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("switches", "status"),
    [
        ({}, "operational"),
        ({"old_scopes": True}, "missing_scope"),
        ({"missing_scopes": "dashboard:read"}, "missing_scope"),
        ({"portal_host": True}, "not_freshchat"),
        ({"down": "503"}, "unreachable"),
        ({"down": "closed"}, "unreachable"),
        ({"rate_limited": "without_retry_after"}, "unreachable"),
    ],
)
def test_the_configuration_status_tells_each_trouble_apart(
    system: System, integration: Integration, account: Running, switches: dict[str, Any], status: str
) -> None:
    account.switch(**switches)
    assert configuration.check(system, integration.integration_id).configuration == status


def test_a_regenerated_token_ends_the_old_one(
    system: System, integration: Integration, account: Running
) -> None:
    token = account.control.post("/control/token", json={"action": "regenerate"}).json()["token"]
    integration_id = integration.integration_id
    assert configuration.check(system, integration_id).configuration == "invalid_credentials"
    integrations.change(system, integration_id, replace(draft_of(integration), freshchat_api_key=token))
    assert configuration.check(system, integration_id).configuration == "operational"


def test_a_limited_account_is_left_in_peace(
    system: System, integration: Integration, account: Running
) -> None:
    account.switch(rate_limited="with_retry_after")
    with pytest.raises(RetryLater):
        system.freshchat(integration, attempts=1).groups()
    calls = account.control.get("/control").json()["calls"]["total"]
    with pytest.raises(RetryLater):
        system.freshchat(integration, attempts=1).groups()
    assert account.control.get("/control").json()["calls"]["total"] == calls


@pytest.mark.parametrize("partial", [False, True])
def test_all_groups_are_found(
    system: System, integration: Integration, account: Running, partial: bool
) -> None:
    account.switch(partial_pages=partial)
    listed = {group.group_id: group.name for group in system.freshchat(integration).groups()}
    state = account.control.get("/control").json()
    assert listed == {group["id"]: group["name"] for group in state["groups"]}


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"report_format": "csv", "report_polls": 0},
        {"expired_links": True, "report_polls": 5},
    ],
)
def test_a_backfill_equals_what_was_resolved(
    system: System, integration: Integration, account: Running, switches: dict[str, Any]
) -> None:
    account.switch(**switches)
    status = fetch(system, integration)
    resolved = account.truth()
    assert (status.state, status.unreadable) == ("done", 0)
    assert status.new == resolved["total"] > 0
    counted: Counter[str] = Counter(
        dict(system.database.rows("SELECT queue, sum(contacts)::bigint FROM contact_count GROUP BY 1"))
    )
    assert counted == Counter(
        {told["group"] or "Undefined_Queue": told["resolved"] for told in resolved["groups"]}
    )


@pytest.mark.parametrize("failing", ["report", "link"])
def test_a_failed_report_is_ordered_again(
    system: System, integration: Integration, account: Running, failing: str
) -> None:
    account.switch(report_fails=failing, report_limits=False)
    assert fetch(system, integration).error == "report_failed"
    account.switch(report_fails="off")
    status = fetch(system, integration)
    assert (status.state, status.new) == ("done", account.truth()["total"])


def test_nothing_of_a_person_is_kept(system: System, integration: Integration, account: Running) -> None:
    fetch(system, integration)
    personal = account.control.get("/control/personal-data").json()
    stored = str(system.database.rows("SELECT * FROM contact")) + str(
        system.database.rows("SELECT * FROM chat")
    )
    told = [text for texts in personal.values() for text in texts]
    assert told
    assert not [text for text in told if text in stored]


@pytest.mark.parametrize("decimal", [False, True])
def test_a_probe_sees_what_is_missing(
    system: System, integration: Integration, account: Running, decimal: bool
) -> None:
    account.switch(decimal_values=decimal)
    groups.synchronise(system, integration, system.freshchat(integration), datetime.now(UTC))
    fetch(system, integration)
    now = datetime.now(UTC)
    begin = now - timedelta(days=DAYS + 1)
    over = Incident(
        integration.integration_id,
        "over",
        begin,
        begin,
        now,
        "confirmed_loss",
        "key_valid_contact_support",
    )
    save_incidents(system, [over])
    assert probe(system, integration).total.missing == 0
    name = account.control.get("/control").json()["groups"][0]["name"]
    account.resolve(count=5, group=name, minutes_ago=4, tell=False)
    found = probe(system, integration)
    (lost,) = [queue for queue in found.queues if queue.missing]
    assert (found.total.missing, lost.queue, lost.missing, lost.loss) == (5, name, 5, True)
    assert lost.missing_since is not None
    assert lost.missing_since > datetime.now(UTC) - timedelta(minutes=30)


def test_a_probe_of_an_account_that_is_down_is_no_answer(
    system: System, integration: Integration, account: Running
) -> None:
    system.activity.note(integration.integration_id, "key", "events", datetime.now(UTC) - HISTORY)
    account.switch(down="503")
    client = system.freshchat(integration, attempts=1)
    found = probing.probe(system, integration, client, datetime.now(UTC), timedelta(0))
    assert found is not None
    assert (found.outcome, found.error) == ("unanswerable", "retry_later")
