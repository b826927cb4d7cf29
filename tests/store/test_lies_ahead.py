"""Our clock was two days ahead and is right again: nothing stored meanwhile holds anything up, or is believed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from data import backfill as parts
from data.alerts import (
    Alert,
    Notification,
    open_alerts,
    save_alert,
    save_notifications,
    unfinished_notifications,
)
from data.backfill import Job, Part, ReportOrder
from data.database import Transaction
from data.integrations import Integration
from data.probes import Comparison, Probe, latest_probe, save_probe
from data.seals import QueueFigures, Seal, save_seals
from data.watch import Incident, incidents, save_incident
from services import integrations
from services.asking.groups import is_due, synchronise
from services.backfill.plan import next_order_at
from services.sealing.days import days
from services.sealing.seals import keep_sealed
from services.system import System
from services.trust import trust_in
from services.watch.data_flow import freshness
from services.watch.lies_ahead import drop_what_lies_ahead
from services.watch.own_clock import OwnClock
from services.watch.watcher import Watcher
from tests.conftest import NOW, Clock
from tests.store.account import FreshchatAccount

AHEAD, DAY, HOUR = timedelta(days=2), timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def connected(
    system: System,
    integration: Integration,
    monkeypatch: pytest.MonkeyPatch,
    resolve: Callable[..., None],
) -> Integration:
    """An integration with contacts and a Freshchat API key, whose account has resolved a chat more than arrived."""
    FreshchatAccount().install(monkeypatch)
    resolve("Support", NOW - HOUR, 3)
    draft = replace(integrations.draft_of(integration), freshchat_api_key="freshchat-key")
    return integrations.change(system, integration.integration_id, draft)


@pytest.fixture
def was_ahead(system: System, connected: Integration, clock: Clock) -> None:
    """What was done in the five minutes in which the clock was ahead, and that it is right again."""
    ident, then = connected.integration_id, NOW + AHEAD
    watcher = Watcher(system, OwnClock(timedelta(minutes=1), lambda: 0.0))
    watcher.tick()
    clock.now = then
    watcher.tick()
    synchronise(system, connected, system.freshchat(connected), then)
    today = then.astimezone(connected.zone).date()
    equal = (QueueFigures("Support", 3, 3),)
    sealed = [
        Seal(ident, today - back * DAY, "equal", None, 3, 3, 0, then - back * DAY, then, 0, None, equal)
        for back in (1, 2)
    ]
    probe = Probe(ident, then, then - HOUR, then, "compared", Comparison(freshchat=0))
    order = ReportOrder(ident, then, connected.domain, "Conversation-Resolved")
    job = Job(ident, "j", "incident", NOW - 2 * DAY, NOW - DAY, then)
    part = Part(ident, "j", 0, job.span_start, job.span_end, "pending", then)
    incident = Incident(ident, "i", then - HOUR, then, None, "silent", "key_valid_contact_support")

    def store(transaction: Transaction) -> None:
        save_seals(transaction, sealed)
        save_probe(transaction, probe)
        parts.save_report_order(transaction, order, forget_before=NOW)
        parts.save_job(transaction, job)
        parts.save_parts(transaction, [part])
        save_incident(transaction, incident)

    system.writer.write(store)
    clock.now = NOW + timedelta(minutes=5)
    watcher.tick()


@pytest.mark.usefixtures("was_ahead")
def test_nothing_waits_for_the_clock_to_get_there(
    system: System, connected: Integration, clock: Clock
) -> None:
    ident = connected.integration_id
    assert is_due(system.database, ident, clock.now)
    assert latest_probe(system.database, ident) is None
    assert next_order_at(parts.report_orders(system.database, NOW - DAY)) is None
    assert [
        part.due_at <= clock.now + timedelta(seconds=5) for part, _ in parts.unfinished(system.database)
    ] == [True]


@pytest.fixture
def told_ahead(system: System, connected: Integration) -> None:
    """Messages and a silence of the time in which the clock was ahead, and a message that failed then."""
    then = NOW + AHEAD
    known = Alert(connected.integration_id, "a", "incident", "silent/none", ("silent",), NOW, NOW)
    waiting = Notification(
        connected.integration_id, "w", "a", "c", "reminder", 1, "waiting", "", then, then + HOUR
    )
    failed = replace(waiting, notification_id="f", state="failed", created_at=NOW, tries=3)

    def store(transaction: Transaction) -> None:
        save_alert(transaction, replace(known, silenced_until=then + 7 * DAY))
        save_notifications(transaction, [waiting, failed])

    system.writer.write(store)


@pytest.mark.usefixtures("told_ahead", "was_ahead")
def test_no_message_waits_for_the_clock_to_get_there_and_no_silence_lasts_until_then(
    system: System, connected: Integration, clock: Clock
) -> None:
    due_at = {one.notification_id: one.next_try_at for one in unfinished_notifications(system.database)}
    assert due_at.keys() == {"w", "f"}
    assert max(due_at.values()) <= clock.now + timedelta(minutes=5)
    (known,) = [one for one in open_alerts(system.database) if one.alert_id == "a"]
    assert known.silenced_until is None


@pytest.mark.usefixtures("was_ahead")
def test_nothing_that_was_concluded_is_believed(system: System, connected: Integration, clock: Clock) -> None:
    ident = connected.integration_id
    today = NOW.astimezone(connected.zone).date()
    assert {seal.state for seal in days(system, connected, today, today + 2 * DAY, clock.now)} == {"open"}
    (incident,) = incidents(system.database, ident)
    assert incident.false_alarm
    assert incident.closed_at is not None
    assert incident.closed_at <= clock.now
    trust = trust_in(system, freshness(system, ident), NOW - 2 * HOUR, NOW + DAY)
    assert trust.kind != "complete"


@pytest.mark.usefixtures("was_ahead")
def test_the_day_is_compared_again(system: System, connected: Integration, clock: Clock) -> None:
    keep_sealed(system, system.integration(connected.integration_id), clock.now)
    today = NOW.astimezone(connected.zone).date()
    (seal,) = days(system, connected, today, today, clock.now)
    assert (seal.state, seal.contacts, seal.freshchat) == ("open", 3, 0)


@pytest.mark.parametrize(("began", "left"), [(-HOUR, 1), (HOUR, 0)])
def test_of_an_outage_of_our_own_what_lies_before_now_stays(
    system: System, connected: Integration, began: timedelta, left: int
) -> None:
    """A start with the clock ahead: that nobody was here before it is true all the same."""
    ident, then = connected.integration_id, NOW + AHEAD
    own = Incident(ident, "own", NOW + began, then, then, "unknown", "own_outage")
    system.writer.write(lambda transaction: save_incident(transaction, own))
    drop_what_lies_ahead(system, NOW)
    (incident,) = incidents(system.database, ident)
    assert (incident.false_alarm, incident.closed_at, incident.detected_at) == (not left, NOW, NOW)
