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
    _tell(system, integration, events)
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
    assert asked_since(system, moved.integration_id) == {None: CHANGE}
    follow(system, moved.integration_id, CHANGE)
    (span,) = closed_days.spans(system, moved.integration_id)
    assert (span.kind, span.ends_at) == ("rhythm", CHANGE)
    assert asked_since(system, moved.integration_id) == {}
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
    assert asked_since(system, moved.integration_id) == {None: CHANGE}


RATES = {"Calls": 14, "Claims": 12, "Sales": 6}  # contacts an hour


def contacts_of(hour: datetime, moved: tuple[str, ...]) -> list[tuple[str, Event]]:
    """Return an hour's contacts: 8 to 16 h, and from the change on 11 to 19 h in the queues that moved."""
    events = []
    for queue, rate in RATES.items():
        first = 11 if queue in moved and hour >= CHANGE else 8
        for number in range(rate if first <= hour.hour < first + 8 and hour.weekday() < 5 else 0):
            utc = (hour + timedelta(minutes=60 / rate * number)).astimezone(ZoneInfo("UTC"))
            told = Event("resolved", utc, None, None, queue, queue, "app", utc + timedelta(seconds=2))
            events.append((f"{queue}-{utc:%m%d%H}-{number}", told))
    return events


def test_a_queue_that_moves_is_one_incident_and_is_followed_alone(
    system: System, integration: Integration, clock: Clock
) -> None:
    """Sixteen working days, looked at three times a day, without a probe."""
    hours = [CHANGE + timedelta(hours=number) for number in range(-35 * 24, 22 * 24)]
    gathered: list[tuple[str, Event]] = []
    for hour in hours:
        gathered += contacts_of(hour, ("Claims",))
        if hour >= CHANGE and hour.weekday() < 5 and hour.hour in (9, 13, 19):
            _tell(system, integration, gathered)
            gathered = []
            clock.now = (hour + timedelta(hours=1)).astimezone(ZoneInfo("UTC"))
            Watcher(system).tick()
    (incident,) = incidents(system.database, integration.integration_id)
    assert incident.queues == ("Claims",)
    assert incident.opened_at < CHANGE  # the Friday before: nothing came since
    assert incident.closed_at is not None
    assert incident.false_alarm  # once it was followed
    (span,) = closed_days.spans(system, integration.integration_id)
    assert (span.kind, span.ends_at, span.queue) == ("rhythm", CHANGE, "Claims")
    assert asked_since(system, integration.integration_id) == {}


def _tell(system: System, integration: Integration, events: list[tuple[str, Event]]) -> None:
    for start in range(0, len(events), 500):
        delivery = ingest.Delivery(integration.integration_id, events[start : start + 500])
        system.writer.submit(ingest.record, delivery).result()
