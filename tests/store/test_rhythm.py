"""A new rhythm over the real store: asked from the next day on, one click or five days, and undone by removing it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.chats import Event
from data.integrations import Integration
from data.watch import Incident, incidents, save_incident
from services import closed_days, ingest
from services.system import System
from services.watch.rhythm import asked_since, follow, follow_from
from services.watch.watcher import Watcher
from tests.conftest import Clock

BERLIN = ZoneInfo("Europe/Berlin")
CHANGE = datetime(2026, 2, 23, tzinfo=BERLIN)  # a Monday


@pytest.fixture
def moved(system: System, integration: Integration, clock: Clock) -> Integration:
    """Five weeks of 9 to 15 h with 12 contacts an hour, then a week of 15 to 20 h."""
    events = []
    for day in range(-35, 6):
        at = CHANGE + timedelta(days=day)
        first, last = (9, 15) if day < 0 else (15, 20)
        if at.weekday() < 5:
            for minute in range(first * 60, last * 60, 5):
                when = at + timedelta(minutes=minute)
                events.append((f"c{day}-{minute}", _resolved(when)))
    clock.now = (CHANGE + timedelta(days=1, hours=5)).astimezone(clock.now.tzinfo)
    for start in range(0, len(events), 500):
        delivery = ingest.Delivery(integration.integration_id, events[start : start + 500])
        system.writer.submit(ingest.record, delivery).result()
    return integration


def _resolved(at: datetime) -> Event:
    utc = at.astimezone(ZoneInfo("UTC"))
    return Event("resolved", utc, None, None, "g1", "Sales", "app", utc + timedelta(seconds=2))


def test_it_is_asked_on_the_next_day_and_one_click_answers(system: System, moved: Integration) -> None:
    alarm = Incident(
        moved.integration_id,
        "i1",
        CHANGE + timedelta(hours=9),
        CHANGE + timedelta(hours=10),
        CHANGE + timedelta(hours=16),
        "silent",
        "key_valid_contact_support",
    )
    system.writer.write(lambda transaction: save_incident(transaction, alarm))
    assert asked_since(system, moved.integration_id) == CHANGE
    follow(system, moved.integration_id, CHANGE)
    (span,) = closed_days.spans(system, moved.integration_id)
    assert (span.kind, span.ends_at) == ("rhythm", CHANGE)
    assert asked_since(system, moved.integration_id) is None
    (incident,) = incidents(system.database, moved.integration_id)
    assert incident.false_alarm
    follow_from(system, moved.integration_id, "i1")  # a second click changes nothing
    assert len(closed_days.spans(system, moved.integration_id)) == 1


def test_unanswered_it_is_followed_within_a_week_and_can_be_taken_back(
    system: System, moved: Integration, clock: Clock
) -> None:
    clock.now += timedelta(days=4)
    Watcher(system).tick()
    (span,) = closed_days.spans(system, moved.integration_id)
    assert (span.kind, span.ends_at) == ("rhythm", CHANGE)
    closed_days.reopen(system, moved.integration_id, span.span_id)
    assert asked_since(system, moved.integration_id) == CHANGE
