"""Days that are added up in one go equal the quarter hours they are made of, whatever the clock does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.chats import Event
from data.integrations import Integration
from data.watch import Incident, save_incident
from services import ingest
from services.contacts.table import ContactTable, contact_table
from services.contacts.tally import Tally
from services.ingest.deliveries import Delivery
from services.system import System

HOUR = timedelta(hours=1)
CLOCK_CHANGES = {
    "Europe/Berlin": datetime(2025, 3, 30, tzinfo=UTC),
    "America/New_York": datetime(2025, 11, 2, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2025, 4, 6, tzinfo=UTC),
    "America/Havana": datetime(2025, 3, 9, tzinfo=UTC),
    "Asia/Kathmandu": datetime(2025, 5, 1, tzinfo=UTC),
    "Pacific/Apia": datetime(2011, 12, 30, tzinfo=UTC),
}


def filled(system: System, integration: Integration, zone: str) -> tuple[Integration, datetime]:
    """Give the integration contacts around a change of its zone's clock; return both."""
    at = CLOCK_CHANGES[zone]
    rng = np.random.default_rng(7)
    told = [
        (
            f"{zone} {number}",
            Event.resolution(
                at + timedelta(minutes=int(rng.integers(-6 * 1440, 4 * 1440))),
                reporter="app",
                received_at=at,
                group_name=f"Queue {number % 3}",
            ),
        )
        for number in range(300)
    ]
    system.writer.submit(ingest.record, Delivery(integration.integration_id, told)).result()
    return replace(integration, time_zone=zone), at


def table(
    system: System, integration: Integration, at: datetime, interval: str, tally: Tally | None = None
) -> ContactTable:
    zone = ZoneInfo(integration.time_zone)
    start, end = (
        datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        for day in (at - timedelta(days=9), at + timedelta(days=9))
    )
    return contact_table(
        tally or Tally(system.database, integration, now_of(at)), start=start, end=end, interval=interval
    )


def now_of(at: datetime) -> datetime:
    return at + timedelta(days=4, hours=3)


def added_up(quarters: ContactTable, days: ContactTable) -> np.ndarray:
    """Return the quarter hours' sums by local day and queue; NaN where nothing is known of a day."""
    dates = [start.date() for start in days.starts]
    sums = np.full(days.contacts.shape, np.nan)
    for row, date in enumerate(dates):
        inside = quarters.contacts[[start.date() == date for start in quarters.starts]]
        known = ~np.isnan(inside).all(axis=0)
        sums[row, known] = np.nansum(inside, axis=0)[known]
    return sums


@pytest.mark.parametrize("zone", CLOCK_CHANGES)
@pytest.mark.parametrize("counting", ["every_resolution", "once_per_chat"])
def test_days_equal_the_sums_of_their_quarter_hours(
    system: System, integration: Integration, zone: str, counting: str
) -> None:
    there, at = filled(system, integration, zone)
    there = replace(there, counting=counting)  # type: ignore[arg-type]
    days, quarters = (table(system, there, at, interval) for interval in ("1d", "15m"))
    np.testing.assert_array_equal(days.contacts, added_up(quarters, days))
    assert np.nansum(days.contacts) == 300
    assert np.isnan(days.contacts).any()
    assert not days.incomplete.any()


def test_a_day_with_a_hole_is_incomplete_and_one_that_is_all_hole_has_no_data(
    system: System, integration: Integration
) -> None:
    there, at = filled(system, integration, "Europe/Berlin")
    hole = Incident(
        there.integration_id, "hole", at - 30 * HOUR, at, at + 30 * HOUR, "silent", "none", ("Queue 1",)
    )
    system.writer.write(lambda transaction: save_incident(transaction, hole))
    days, quarters = (table(system, there, at, interval) for interval in ("1d", "15m"))
    np.testing.assert_array_equal(days.contacts, added_up(quarters, days))
    assert days.incomplete[:, 1].any()
    assert not days.incomplete[:, [0, 2]].any()


def test_a_paused_integration_shows_by_day_what_it_had_when_it_was_paused(
    system: System, integration: Integration
) -> None:
    there, at = filled(system, integration, "Europe/Berlin")
    later = Event.resolution(at + HOUR, reporter="app", received_at=at + 2 * HOUR, group_name="Queue 1")
    system.writer.submit(ingest.record, Delivery(there.integration_id, [("later", later)])).result()
    paused = replace(there, paused_at=at + HOUR)
    assert np.nansum(table(system, paused, at, "1d").contacts) == 300
    assert np.nansum(table(system, there, at, "1d").contacts) == 301


@pytest.mark.parametrize("zone", CLOCK_CHANGES)
def test_days_with_holes_equal_those_that_are_made_of_all_their_quarter_hours(
    system: System, integration: Integration, zone: str
) -> None:
    there, at = filled(system, integration, zone)
    rng = np.random.default_rng(11)
    spoilt = 0
    for number in range(12):
        begins = at + timedelta(minutes=int(rng.integers(-10 * 1440, 5 * 1440)))
        lasts = timedelta(minutes=int(rng.integers(1, 4 * 1440)))
        queues = (f"Queue {number % 3}",) if number % 2 else ()
        closed = None if number % 5 == 4 else begins + lasts
        hole = Incident(
            there.integration_id, f"{number}", begins, begins, closed, "silent", "none", queues=queues
        )
        system.writer.write(partial(save_incident, incident=hole))
        days = table(system, there, at, "1d")
        whole = Tally(system.database, there, now_of(at))
        whole.quarter_hours(at - timedelta(days=30), at + timedelta(days=30))
        detailed = table(system, there, at, "1d", whole)
        np.testing.assert_array_equal(days.contacts, detailed.contacts)
        np.testing.assert_array_equal(days.incomplete, detailed.incomplete)
        spoilt += int(days.incomplete.sum())
        over = (
            replace(hole, recovered_at=at) if number % 3 else replace(hole, closed_at=closed or begins + HOUR)
        )
        system.writer.write(partial(save_incident, incident=over))
    assert spoilt
