"""The tables of a view are cut from counts that are read once, and equal those that are read alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.integrations import Integration
from services.contacts.coverage import is_known
from services.contacts.periods import Period, View
from services.contacts.table import ContactTable, contact_table
from services.contacts.tally import Tally
from services.contacts.usual import elapsed, lined_up
from services.contacts.view import contact_view, earlier_periods
from services.intervals import interval_starts
from services.system import System
from tests.store.test_daily_sums import CLOCK_CHANGES, filled

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TUESDAY = date(2026, 3, 3)
Resolve = Callable[..., None]


def table_of(tally: Tally, period: Period, interval: str) -> ContactTable:
    start, end = period.span(tally.integration.zone)
    return contact_table(tally, start=start, end=end, interval=interval)


@pytest.mark.parametrize("zone", CLOCK_CHANGES)
def test_what_is_cut_from_a_longer_span_equals_what_is_read_alone(
    system: System, integration: Integration, zone: str
) -> None:
    there, at = filled(system, integration, zone)
    whole = Period("range", at.date() - timedelta(days=8), at.date() + timedelta(days=8))
    now = at + timedelta(days=4, hours=3)
    tally = Tally(system.database, there, now)
    tally.quarter_hours(*whole.span(there.zone))
    for interval in ("15m", "30m", "60m", "1d"):
        counted = 0.0
        for first in range(0, whole.days, 4):
            day = whole.first + timedelta(days=first)
            period = Period("range", day, day + timedelta(days=4))
            cut = table_of(tally, period, interval)
            alone = table_of(Tally(system.database, there, now), period, interval)
            assert cut.starts == alone.starts
            np.testing.assert_array_equal(cut.contacts, alone.contacts)
            counted += np.nansum(cut.contacts)
        assert counted == 300


@pytest.mark.parametrize(("view", "interval"), [("day", "15m"), ("week", "60m"), ("month", "1d")])
def test_the_counts_of_a_view_are_read_once_and_those_before_it_once(
    system: System,
    integration: Integration,
    resolve: Resolve,
    monkeypatch: pytest.MonkeyPatch,
    view: View,
    interval: str,
) -> None:
    for days in range(70):
        resolve("Support", NOW - timedelta(days=days))
    arguments = (
        system,
        integration.integration_id,
        Period.around(view, TUESDAY),
        interval,
        ("Support",),
        NOW,
    )
    asked = Mock(wraps=system.database.frame)
    monkeypatch.setattr(system.database, "frame", asked)
    earlier = earlier_periods(*arguments)
    assert asked.call_count == 1
    shown = contact_view(*arguments, earlier=earlier)
    assert asked.call_count == 2
    assert shown.comparison is not None
    assert shown.comparison.periods == 6


def day_of(zone: str, day: date, interval: str = "60m") -> ContactTable:
    """Return a day that is known, one contact in each interval."""
    start, end = Period.around("day", day).span(ZoneInfo(zone))
    starts = [at.astimezone(ZoneInfo(zone)) for at in interval_starts(start, end, interval, ZoneInfo(zone))]
    ones = np.ones((len(starts), 1))
    return ContactTable(
        zone, interval, "every_resolution", starts, ["Support"], ones, np.zeros(ones.shape, dtype=bool)
    )


def test_the_hour_that_the_clock_shows_twice_is_lined_up_with_the_first_of_them() -> None:
    autumn, usual = day_of("Europe/Berlin", date(2025, 10, 26)), day_of("Europe/Berlin", date(2025, 10, 19))
    spring = day_of("Europe/Berlin", date(2025, 3, 30))
    (twice,), (there,), (skipped,) = (
        lined_up(table, [other], weekly=True)
        for table, other in ((autumn, usual), (usual, autumn), (usual, spring))
    )
    assert list(twice) == [0, 1, 2, 2, *range(3, 24)]
    assert list(there) == [0, 1, 2, *range(4, 25)]
    assert list(skipped) == [0, 1, -1, *range(2, 23)]


@pytest.mark.parametrize(
    ("minutes", "over"),
    [(-1, [0.0, 0.0, 0.0]), (0, [0.0, 0.0, 0.0]), (150, [1.0, 1.0, 0.5]), (210, [1.0, 1.0, 1.0])],
)
def test_the_interval_under_way_is_over_in_part_also_where_the_clock_shows_it_twice(
    minutes: int, over: list[float]
) -> None:
    autumn = day_of("Europe/Berlin", date(2025, 10, 26))
    midnight = datetime(2025, 10, 25, 22, 0, tzinfo=UTC)
    assert list(elapsed(autumn, midnight + timedelta(minutes=minutes))[:3]) == over
    assert list(elapsed(autumn, midnight + timedelta(hours=3, minutes=45))[2:5]) == [1.0, 0.75, 0.0]


def test_the_last_interval_ends_where_the_day_does() -> None:
    autumn = day_of("Europe/Berlin", date(2025, 10, 26), "1d")
    midnight = datetime(2025, 10, 25, 22, 0, tzinfo=UTC)
    assert list(elapsed(autumn, midnight + timedelta(hours=12.5))) == [0.5]
    assert list(elapsed(autumn, midnight + timedelta(hours=99))) == [1.0]


def test_a_table_is_known_when_nothing_is_missing_of_it() -> None:
    whole = day_of("Europe/Berlin", TUESDAY)
    assert is_known(whole)
    lacking = np.where(np.arange(24)[:, None] == 3, np.nan, whole.contacts)
    assert not is_known(replace(whole, contacts=lacking))
    assert not is_known(replace(whole, incomplete=~whole.incomplete))
    assert not is_known(replace(whole, queues=[], contacts=np.ones((24, 0))))
