"""The weekly report: on Monday morning by its readers' clock, once, with what the week was and what needs a person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data.alerts import STILLWATCH, Alert, save_alert
from data.database import Transaction
from data.integrations import Integration
from data.watch import WATCHER, Incident, StoredVerdict, save_verdicts
from services import integrations
from services.alerting.message import as_text
from services.alerting.sender import Sender
from services.alerting.weekly import weekly_due, weekly_report
from services.notifications import channels
from services.notifications.channels import Channel, ChannelDraft
from services.system import System
from services.watch.incidents import save_incidents
from tests.conftest import Clock
from tests.receivers import Hook
from tests.unit.notifications.people import channel as made_up

MONDAY = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def channel(system: System, hook: Hook) -> Channel:
    return channels.add(system, ChannelDraft("Team", hook.url, language="de", weekly=True))


def turn(system: System, clock: Clock, at: datetime) -> None:
    clock.now = at
    with system.database.transaction() as transaction:
        save_verdicts(transaction, [StoredVerdict(WATCHER, at, "unknown", "none", at)])
    Sender(system).turn()


@pytest.mark.parametrize(
    ("at", "report"),
    [
        (MONDAY - timedelta(minutes=1), None),
        (MONDAY, "weekly-mail-2026-W11"),
        (MONDAY + timedelta(hours=20), "weekly-mail-2026-W11"),
        (MONDAY + DAY, "weekly-mail-2026-W11"),  # when nobody ran on Monday
        (MONDAY + 2 * DAY, None),
        (MONDAY + 7 * DAY, "weekly-mail-2026-W12"),
        (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), "weekly-mail-2026-W14"),  # summer time
    ],
)
def test_it_is_due_on_monday_morning_by_the_readers_clock(at: datetime, report: str | None) -> None:
    assert weekly_due(made_up(weekly=True), BERLIN, at) == report
    assert weekly_due(made_up(weekly=False), BERLIN, at) is None


def test_it_comes_once_and_tells_contacts_against_the_weeks_before_seals_and_incidents(
    system: System,
    clock: Clock,
    integration: Integration,
    resolve: Callable[..., None],
    channel: Channel,
    hook: Hook,
) -> None:
    last_week = MONDAY - 5 * DAY
    resolve("Süd", last_week, 12)
    for weeks in range(1, 5):
        resolve("Süd", last_week - weeks * 7 * DAY, 10)
    clock.now = last_week
    outage: dict[str, Any] = {"missed": 7, "recovered": 0, "queues": ("Süd",)}
    incident = Incident(
        integration.integration_id,
        "i",
        last_week,
        last_week,
        last_week + DAY,
        "silent",
        "key_revoked",
        **outage,
    )
    channels.change(system, channel.channel_id, ChannelDraft("Team", None, "de", ("unknown",), weekly=True))
    save_incidents(system, [incident])
    turn(system, clock, MONDAY)
    (message,) = hook.received
    assert message["title"] == "Woche vom 2. März bis 8. März"
    text = message["message"]
    assert "Süd · 12 · +20\xa0% gegenüber 10" in text
    assert "Besiegelte Tage · 0 von 7" in text
    assert "Vorfälle · 1 · 7 Kontakte verpasst, 0 nachgeholt" in text
    assert "Das braucht einen Menschen:" in text
    for hours in (1, 5, 24):
        turn(system, clock, MONDAY + timedelta(hours=hours))
    assert len(hook.received) == 1
    turn(system, clock, MONDAY + 7 * DAY)
    assert len(hook.received) == 2


def test_a_quiet_week_needs_nobody(
    system: System, clock: Clock, integration: Integration, channel: Channel, hook: Hook
) -> None:
    turn(system, clock, MONDAY)
    (message,) = hook.received
    assert "Nichts braucht einen Menschen." in message["message"]
    assert message["type"] == "info"


def test_without_integrations_it_does_not_say_that_all_is_well(
    system: System, clock: Clock, integration: Integration, channel: Channel, hook: Hook
) -> None:
    integrations.delete(system, integration.integration_id)
    turn(system, clock, MONDAY + timedelta(hours=1))  # by UTC: there is no zone left to go by
    (message,) = hook.received
    assert "Es gibt keine Integration, von der dieser Kanal meldet." in message["message"]
    assert "Nichts braucht einen Menschen" not in message["message"]


def test_it_tells_that_the_monitor_and_another_channel_fail(
    system: System, clock: Clock, integration: Integration, channel: Channel, hook: Hook
) -> None:
    broken = channels.add(system, ChannelDraft("Rufbereitschaft", "json://127.0.0.1:9")).channel_id
    known = Alert(STILLWATCH, "c", "channel", broken, (), MONDAY - DAY, MONDAY - DAY)
    monitor = Alert(STILLWATCH, "m", "monitor", "evaluation_failed", ("unknown",), MONDAY - DAY, MONDAY - DAY)

    def store(transaction: Transaction) -> None:
        save_alert(transaction, known)
        save_alert(transaction, monitor)

    system.writer.write(store)
    clock.now = MONDAY
    text = as_text(weekly_report(system, channel, MONDAY))
    assert "Der Kanal Rufbereitschaft versagt" in text
    assert "Stillwatch: Die Überwachung selbst" in text


def test_it_is_off_by_default(system: System, clock: Clock, integration: Integration, hook: Hook) -> None:
    channels.add(system, ChannelDraft("Team", hook.url))
    turn(system, clock, MONDAY)
    assert hook.received == []
