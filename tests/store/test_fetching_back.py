"""What is fetched back by itself: the history once for each integration, and the holes of incidents."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.backfill import Job, Reason, parts, save_job, save_parts
from data.database import Transaction
from data.integrations import Integration
from data.watch import Incident, incidents
from services import backfill, integrations
from services.api.backfill_routes import MOST_LISTED
from services.backfill.jobs import MOST_UNFINISHED
from services.system import System
from services.watch.fetching_back import AGAIN_AFTER_FAILURE, MARGIN, keep_recovered
from services.watch.history import fetching
from services.watch.incidents import save_incidents
from tests.conftest import NOW, Clock
from tests.store.account import FreshchatAccount

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def connected(system: System, integration: Integration) -> Integration:
    """The integration, with credentials that work."""
    return integrations.note_configuration(system, integration.integration_id, "operational", "")


def jobs(system: System, integration: Integration, reason: str) -> list[backfill.JobStatus]:
    known = backfill.status(system, integration.integration_id)
    return [status for status in known if status.job.reason == reason]


def ended_at(known: backfill.JobStatus) -> datetime:
    assert known.state == "failed"
    assert known.job.finished_at is not None
    return known.job.finished_at


def outage(integration: Integration, *, false_alarm: bool = False) -> Incident:
    opened_at, closed_at = NOW - 5 * HOUR, NOW - 2 * HOUR
    return Incident(
        integration.integration_id,
        "one",
        opened_at,
        opened_at,
        closed_at,
        "silent",
        "key_revoked",
        false_alarm=false_alarm,
    )


def test_the_history_is_fetched_once_whatever_else_was_asked_for(
    system: System, connected: Integration
) -> None:
    backfill.request(system, connected.integration_id, NOW - 3 * HOUR, NOW, "requested")
    for _ in range(2):
        keep_recovered(system, connected, NOW)
    assert len(jobs(system, connected, "history")) == 1


def test_what_was_fetched_long_ago_is_remembered_behind_any_number_of_newer_jobs(
    system: System, connected: Integration
) -> None:
    save_incidents(system, [outage(connected)])
    keep_recovered(system, connected, NOW)
    known = {fetched.job.job_id for fetched in backfill.status(system, connected.integration_id)}
    newer = [
        Job(
            connected.integration_id,
            f"n{number}",
            "requested",
            NOW - HOUR,
            NOW,
            NOW + SECOND,
            finished_at=NOW,
        )
        for number in range(2 * MOST_LISTED)
    ]

    def note(transaction: Transaction) -> None:
        for job in newer:
            save_job(transaction, job)

    system.writer.write(note)
    keep_recovered(system, connected, NOW)
    asked = {fetched.job.job_id for fetched in backfill.status(system, connected.integration_id)}
    assert asked - {job.job_id for job in newer} == known


def test_what_was_lost_takes_the_last_room_before_the_history_does(
    system: System, connected: Integration
) -> None:
    for number in range(MOST_UNFINISHED - 1):
        backfill.request(system, connected.integration_id, NOW - 3 * HOUR, NOW - number * SECOND, "requested")
    save_incidents(system, [outage(connected)])
    keep_recovered(system, connected, NOW)
    assert [len(jobs(system, connected, reason)) for reason in ("incident", "history")] == [1, 0]


def test_without_credentials_that_work_nothing_is_asked_for(system: System, integration: Integration) -> None:
    save_incidents(system, [outage(integration)])
    keep_recovered(system, integration, NOW)
    assert backfill.status(system, integration.integration_id) == []


def test_a_key_that_lacks_a_permission_is_asked_with_as_reports_may_not_need_it(
    system: System, integration: Integration
) -> None:
    old = integrations.note_configuration(system, integration.integration_id, "missing_scope", "")
    save_incidents(system, [outage(old)])
    keep_recovered(system, old, NOW)
    assert [len(jobs(system, old, reason)) for reason in ("incident", "history")] == [1, 1]


def test_the_hole_of_an_incident_is_fetched_once_with_its_edges(
    system: System, connected: Integration
) -> None:
    save_incidents(system, [outage(connected)])
    for _ in range(2):
        keep_recovered(system, connected, NOW)
    (fetched,) = jobs(system, connected, "incident")
    hole = (fetched.job.span_start, fetched.job.span_end)
    assert hole == (NOW - 5 * HOUR - MARGIN, NOW - 2 * HOUR + MARGIN)


def test_a_false_alarm_left_no_hole(system: System, connected: Integration) -> None:
    save_incidents(system, [outage(connected, false_alarm=True)])
    keep_recovered(system, connected, NOW)
    assert jobs(system, connected, "incident") == []


def test_what_failed_is_asked_for_again_after_a_while(
    system: System, connected: Integration, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    FreshchatAccount(status=403).install(monkeypatch)
    save_incidents(system, [outage(connected)])
    keep_recovered(system, connected, clock())
    while any(known.state == "running" for known in backfill.status(system, connected.integration_id)):
        backfill.run_due(system, clock.advance(minutes=1))
    first, last = sorted(backfill.status(system, connected.integration_id), key=ended_at)
    asked = []
    for at in (
        ended_at(last),
        ended_at(first) + AGAIN_AFTER_FAILURE - SECOND,
        ended_at(last) + AGAIN_AFTER_FAILURE,
    ):
        clock.now = at
        keep_recovered(system, connected, clock())
        asked.append((len(jobs(system, connected, "history")), len(jobs(system, connected, "incident"))))
    assert asked == [(1, 1), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("reason", "told"), [("requested", "under_way"), ("incident", "under_way"), ("history", "possible")]
)
def test_what_is_missing_can_be_fetched_at_once_beside_a_long_history(
    system: System, connected: Integration, reason: Reason, told: str
) -> None:
    backfill.request(system, connected.integration_id, NOW - 9 * HOUR, NOW, reason)
    assert fetching(system, connected.integration_id, NOW - HOUR) == told
    assert fetching(system, connected.integration_id, NOW) == "possible"
    assert fetching(system, connected.integration_id, NOW - 10 * HOUR) == "possible"


def test_of_two_outages_one_after_the_other_each_counts_what_it_cost(
    system: System, integration: Integration, resolve: Callable[..., None]
) -> None:
    first = replace(outage(integration), opened_at=NOW - HOUR, closed_at=NOW - HOUR + 8 * SECOND)
    second = replace(
        first, incident_id="two", opened_at=NOW - HOUR + 25 * SECOND, closed_at=NOW - HOUR + 108 * SECOND
    )
    for seconds in (-30, 2, 4, 6, 40, 50):  # the first one was on its way when the outage began
        resolve("Kundensupport", NOW - HOUR + seconds * SECOND, reporter="backfill")
    save_incidents(system, [first, second])
    keep_recovered(system, integration, NOW)
    found = {one.incident_id: one.recovered for one in incidents(system.database, integration.integration_id)}
    assert found == {"one": 4, "two": 2}


@pytest.mark.parametrize(("back", "reason"), [(0, "unreachable"), (8, "unreachable"), (9, None)])
def test_where_figures_may_not_be_asked_for_a_report_that_lags_is_not_all_of_it(
    system: System,
    connected: Integration,
    resolve: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    back: int,
    reason: str | None,
) -> None:
    FreshchatAccount(status=403).install(monkeypatch)
    hole = replace(outage(connected), missed=9, missed_low=9, missed_high=9)
    save_incidents(system, [hole])
    if back:
        resolve("Kundensupport", NOW - 4 * HOUR, back, reporter="backfill")
    job_id = backfill.request(system, connected.integration_id, NOW - 6 * HOUR, NOW, "incident").job_id
    read = [
        replace(part, state="done", reported_at=NOW, fetched=20)
        for part in parts(system.database, connected.integration_id)
        if part.job_id == job_id
    ]
    system.writer.write(lambda transaction: save_parts(transaction, read))
    keep_recovered(system, connected, NOW)
    (known,) = incidents(system.database, connected.integration_id)
    assert (known.not_recovered, known.missed, known.recovered) == (reason, 9, back)
    assert (known.recovered_at is not None) == (reason is None)
