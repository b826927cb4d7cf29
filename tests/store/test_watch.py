"""The watch on a real store: verdicts, incidents, and the watcher's own sign of life."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.chats import Event
from data.integrations import Integration
from data.watch import WATCHER, incidents, stored_verdicts
from services import ingest, integrations
from services.integrations import Draft
from services.system import System
from services.watch.assessment import assess
from services.watch.data_flow import freshness
from services.watch.incidents import mark_false_alarm
from services.watch.sign_of_life import last_evaluation, watcher_is_late
from services.watch.watcher import Watcher
from tests.conftest import Clock


def push_history(
    system: System,
    integration: Integration,
    *,
    days: int = 35,
    queues: tuple[str, ...] = ("A", "B"),
    ended: timedelta = timedelta(0),
    told_at: datetime | None = None,
) -> None:
    """Push ten contacts an hour and queue on weekdays from 7 to 19 UTC, up to ``ended`` ago.

    Each was told when it was resolved, unless ``told_at`` says when all of them were.
    """
    now = system.clock()
    events = []
    for minute in range(3 + int(ended.total_seconds() // 60), days * 24 * 60, 6):
        at = now - timedelta(minutes=minute)
        if at.weekday() < 5 and 7 <= at.hour < 19:
            events += [(f"{minute}-{queue}", resolved(at, queue, told_at)) for queue in queues]
    for start in range(0, len(events), 500):
        system.writer.submit(
            ingest.record, ingest.Delivery(integration.integration_id, events[start : start + 500])
        ).result()


def resolved(at: datetime, queue: str, told_at: datetime | None = None) -> Event:
    received_at = told_at or at + timedelta(seconds=2)
    return Event("resolved", at, None, None, f"id-{queue}", queue, "app", received_at)


def push_one(system: System, integration: Integration, key_id: str, chat: str, queue: str = "A") -> None:
    now = system.clock()
    delivery = ingest.Delivery(
        integration.integration_id, [(chat, resolved(now - timedelta(seconds=2), queue))]
    )
    system.writer.submit(ingest.record, delivery).result()
    system.activity.note(integration.integration_id, key_id, "events", now)


@pytest.fixture
def key_id(system: System, integration: Integration, key: str) -> str:
    return system.directory.keys_of(integration.integration_id)[0].key_id


def test_a_day_without_contacts_becomes_one_incident_with_its_estimate(
    system: System, integration: Integration, key_id: str, clock: Clock
) -> None:
    push_history(system, integration)
    push_one(system, integration, key_id, "last")
    watcher = Watcher(system)
    watcher.tick()
    assert freshness(system, integration.integration_id).verdict.data_flow == "receiving"
    for _ in range(8):
        clock.advance(minutes=15)
        watcher.tick()
    found = freshness(system, integration.integration_id)
    assert (found.verdict.data_flow, found.verdict.cause) == ("silent", "key_valid_contact_support")
    (incident,) = incidents(system.database, integration.integration_id)
    assert incident.closed_at is None
    assert incident.missed == pytest.approx(40, abs=8)  # two hours of ten an hour in two queues


def test_a_history_that_the_app_brings_is_judged_to_its_end(
    system: System, integration: Integration, clock: Clock
) -> None:
    for ended in (timedelta(days=20), timedelta(minutes=90)):
        push_history(system, integration, ended=ended, told_at=clock.now)
        Watcher(system).tick()
        assert incidents(system.database, integration.integration_id) == []  # it may not have told all yet
    last_contact_at = clock.now - timedelta(minutes=93)
    clock.advance(minutes=2)
    Watcher(system).tick()
    verdict = freshness(system, integration.integration_id).verdict
    assert (verdict.data_flow, verdict.since) == ("silent", last_contact_at)
    (incident,) = incidents(system.database, integration.integration_id)
    assert incident.opened_at == last_contact_at


def test_a_history_from_reports_is_not_held_against_the_app_that_came_later(
    system: System, integration: Integration, key_id: str, clock: Clock, resolve: Callable[..., None]
) -> None:
    for day in range(1, 35):
        for hour in range(7, 19):
            resolve("A", clock.now - timedelta(days=day, hours=9 - hour), 5, reporter="backfill")
    resolve("A", clock.now - timedelta(days=20, minutes=1), received_at=clock.now)  # told late, for once
    clock.advance(minutes=2)
    Watcher(system).tick()
    assert freshness(system, integration.integration_id).verdict.data_flow == "receiving"


def test_a_queue_that_stops_alone_is_its_own_incident(
    system: System, integration: Integration, key_id: str, clock: Clock
) -> None:
    push_history(system, integration)
    watcher = Watcher(system)
    for step in range(30):
        clock.advance(minutes=6)
        push_one(system, integration, key_id, f"only-a-{step}")
        watcher.tick()
    found = freshness(system, integration.integration_id)
    assert (found.verdict.cause, found.verdict.queues) == ("queue_gone", ("B",))
    (incident,) = incidents(system.database, integration.integration_id)
    assert (incident.queues, incident.cause) == (("B",), "queue_gone")


def test_an_incident_by_a_revoked_key_closes_with_the_first_events_of_the_new_one(
    system: System, integration: Integration, key_id: str, clock: Clock, push: Callable[..., Any], key: str
) -> None:
    push_history(system, integration)
    push_one(system, integration, key_id, "last")
    clock.advance(minutes=1)
    new_key, _ = integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))
    stopped_at = clock.now
    clock.advance(minutes=2)
    event = {"chat_id": "lost", "resolved_at": clock.now.isoformat(), "group": {"id": "id-A", "name": "A"}}
    assert push("/events", json=event, key=key).json()["code"] == "revoked_key"
    watcher = Watcher(system)
    watcher.tick()
    found = freshness(system, integration.integration_id)
    assert (found.verdict.data_flow, found.verdict.cause, found.verdict.since) == (
        "silent",
        "key_revoked",
        stopped_at,
    )
    clock.advance(hours=1)
    watcher.tick()
    assert push("/events", json=event, key=new_key).status_code == 202
    mended_at = clock.now
    clock.advance(minutes=1)
    watcher.tick()
    (incident,) = incidents(system.database, integration.integration_id)
    assert (incident.opened_at, incident.closed_at) == (stopped_at, mended_at)
    assert freshness(system, integration.integration_id).verdict.data_flow == "receiving"


def test_a_delivery_that_was_under_way_when_its_key_was_revoked_mends_nothing(
    system: System, integration: Integration, key_id: str, clock: Clock, push: Callable[..., Any]
) -> None:
    push_history(system, integration)
    push_one(system, integration, key_id, "last")
    clock.advance(minutes=1)
    integrations.revoke_key(system, integration.integration_id, key_id)
    watcher = Watcher(system)
    watcher.tick()
    clock.advance(seconds=1)
    system.activity.note(integration.integration_id, key_id, "events", clock.now)
    clock.advance(minutes=1)
    watcher.tick()
    clock.advance(hours=1)
    new_key, _ = integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))
    assert push("/events", json=resolved_now(clock), key=new_key).status_code == 202
    mended_at = clock.now
    clock.advance(minutes=1)
    watcher.tick()
    (incident,) = incidents(system.database, integration.integration_id)
    assert (incident.cause, incident.closed_at) == ("key_revoked", mended_at)
    assert freshness(system, integration.integration_id).verdict.data_flow == "receiving"


def resolved_now(clock: Clock) -> dict[str, Any]:
    return {"chat_id": "new", "resolved_at": clock.now.isoformat(), "group": {"id": "id-A", "name": "A"}}


def test_a_false_alarm_ends_and_does_not_come_back(
    system: System, integration: Integration, key_id: str, clock: Clock
) -> None:
    push_history(system, integration)
    watcher = Watcher(system)
    clock.advance(hours=2)
    watcher.tick()
    (incident,) = incidents(system.database, integration.integration_id)
    mark_false_alarm(system, integration.integration_id, incident.incident_id)
    clock.advance(minutes=1)
    watcher.tick()
    (incident,) = incidents(system.database, integration.integration_id)
    assert incident.false_alarm
    assert incident.closed_at is not None


def test_what_lasted_two_weeks_is_the_new_normal(
    system: System, integration: Integration, key_id: str, clock: Clock
) -> None:
    push_history(system, integration)
    push_one(system, integration, key_id, "last")
    watcher = Watcher(system)
    clock.advance(hours=3)
    watcher.tick()
    (incident,) = incidents(system.database, integration.integration_id)
    assert incident.closed_at is None
    clock.advance(days=15)
    watcher.tick()
    (incident,) = incidents(system.database, integration.integration_id)
    assert (incident.false_alarm, incident.closed_at) == (True, clock.now)


def test_a_night_and_a_weekend_raise_nothing(
    system: System, integration: Integration, key_id: str, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)  # Friday, closing time
    push_history(system, integration)
    push_one(system, integration, key_id, "last")
    watcher = Watcher(system)
    for _ in range(59):  # up to Monday, 6 o'clock
        clock.advance(hours=1)
        watcher.tick()
    assert incidents(system.database, integration.integration_id) == []
    assert freshness(system, integration.integration_id).verdict.data_flow == "nothing_expected"


def test_a_late_watcher_makes_every_verdict_unknown(
    system: System, integration: Integration, key_id: str, clock: Clock
) -> None:
    push_one(system, integration, key_id, "one")
    Watcher(system).tick()
    assert freshness(system, integration.integration_id).verdict.data_flow == "learning"
    clock.advance(minutes=4)
    assert freshness(system, integration.integration_id).verdict.data_flow == "unknown"


def test_an_integration_that_cannot_be_evaluated_stops_no_other(
    system: System, integration: Integration, key_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = integrations.add(system, integrations.Draft("Andere", "other.freshchat.com"))
    push_one(system, integration, key_id, "one")
    push_one(system, other, "", "one")
    real_reading = system.learned.reading

    def failing(which: Integration, *more: Any) -> Any:
        if which.integration_id == integration.integration_id:
            raise ZeroDivisionError
        return real_reading(which, *more)

    monkeypatch.setattr(system.learned, "reading", failing)
    Watcher(system).tick()
    assert freshness(system, other.integration_id).verdict.data_flow == "learning"


def test_in_a_long_turn_verdicts_are_kept_as_they_are_made_and_the_watcher_lives(
    system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a start every model is made in the first turn: with a thousand integrations that takes minutes."""
    monkeypatch.setattr("data.turn.AT_ONCE", 2)
    for name in "ABCDE":
        integrations.add(system, Draft(name, "example.freshchat.com"))
    seen = []
    reading = system.learned.reading

    def slow_reading(*asked: Any) -> Any:
        clock.advance(minutes=2)
        verdicts = stored_verdicts(system.database)
        late = watcher_is_late(system, last_evaluation(system.database), clock())
        seen.append((len(verdicts.keys() - {WATCHER}), late))
        return reading(*asked)

    monkeypatch.setattr(system.learned, "reading", slow_reading)
    Watcher(system).tick()
    assert [kept for kept, _ in seen] == [0, 0, 2, 2, 4]
    assert [late for _, late in seen] == [False, True, False, True, False]
    assert len(stored_verdicts(system.database)) == 6


@pytest.mark.parametrize("before", [1, 2, 3])
def test_few_heartbeats_before_our_own_outage_make_it_no_longer(
    system: System, integration: Integration, key_id: str, clock: Clock, before: int
) -> None:
    for _ in range(before):
        system.activity.note(integration.integration_id, key_id, "heartbeat", clock())
        clock.advance(minutes=15)
    system.away_since = clock()
    clock.advance(minutes=40)
    system.awake_since = clock()
    seen = []
    for minute in range(45):
        if minute % 15 == 3:
            system.activity.note(integration.integration_id, key_id, "heartbeat", clock())
        seen.append(assess(system, integration, clock()).evidence.settling)
        clock.advance(minutes=1)
    assert seen == sorted(seen, reverse=True), "once it has ended it begins again"
    assert sum(seen) <= 15
