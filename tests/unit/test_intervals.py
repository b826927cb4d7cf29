"""Intervals of local time: they tile every day of every zone, whatever its clock does."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intervals import INTERVALS, QUARTER_HOUR, interval_starts, local_day, midnight

ZONES = sorted(available_timezones() - {"Factory"})
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def starts(day: date, zone: ZoneInfo, interval: str = "15m") -> list[datetime]:
    return interval_starts(midnight(day, zone), midnight(day + timedelta(days=1), zone), interval, zone)


@pytest.mark.parametrize(
    ("zone", "day", "quarter_hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 92),
        ("Europe/Berlin", date(2026, 10, 25), 100),
        ("Europe/Berlin", date(2026, 10, 26), 96),
        ("America/New_York", date(2026, 3, 8), 92),
        ("America/New_York", date(2026, 11, 1), 100),
        ("Australia/Lord_Howe", date(2026, 4, 5), 98),  # its clock moves by half an hour
        ("Australia/Lord_Howe", date(2026, 10, 4), 94),
        ("Asia/Kathmandu", date(2026, 10, 25), 96),
        ("America/Santiago", date(2026, 9, 6), 92),  # midnight is skipped
        ("America/Havana", date(2025, 11, 2), 100),  # midnight came twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the day that was left out
    ],
)
def test_a_day_has_as_many_quarter_hours_as_its_zone_makes_it(
    zone: str, day: date, quarter_hours: int
) -> None:
    assert len(starts(day, ZoneInfo(zone))) == quarter_hours


@pytest.mark.parametrize(
    ("zone", "day", "first_hours"),
    [
        ("Australia/Lord_Howe", date(2026, 4, 5), ["00:00", "01:00", "01:30", "02:00", "03:00"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["00:00", "01:00", "02:30", "03:00", "04:00"]),
        ("Europe/Berlin", date(2026, 10, 25), ["00:00", "01:00", "02:00", "02:00", "03:00"]),
        ("Europe/Berlin", date(2026, 3, 29), ["00:00", "01:00", "03:00", "04:00", "05:00"]),
        ("America/Santiago", date(2026, 9, 6), ["01:00", "02:00", "03:00", "04:00", "05:00"]),
    ],
)
def test_hours_are_cut_where_the_clock_on_the_wall_shows_full_hours(
    zone: str, day: date, first_hours: list[str]
) -> None:
    found = [f"{at.astimezone(ZoneInfo(zone)):%H:%M}" for at in starts(day, ZoneInfo(zone), "60m")]
    assert found[:5] == first_hours
    assert all(time.endswith(":00") for time in found[5:])


@settings(max_examples=300)
@given(zones, days, st.sampled_from(["30m", "60m"]))
def test_an_interval_begins_at_a_full_one_or_where_the_clock_is_changed(
    zone: ZoneInfo, day: date, interval: str
) -> None:
    step = INTERVALS[interval]
    assert step is not None
    for at in starts(day, zone, interval):
        local, before = at.astimezone(zone), (at - QUARTER_HOUR).astimezone(zone)
        full = timedelta(hours=local.hour, minutes=local.minute) % step == timedelta(0)
        assert full or local.utcoffset() != before.utcoffset()


@settings(max_examples=300)
@given(zones, days)
def test_quarter_hours_tile_every_day_of_every_zone(zone: ZoneInfo, day: date) -> None:
    begin, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    found = starts(day, zone)
    assert len(found) == (end - begin) / QUARTER_HOUR
    assert [*found, end] == [begin + number * QUARTER_HOUR for number in range(len(found) + 1)]
    assert all(local_day(at, zone) == day for at in found)


@settings(max_examples=200)
@given(zones, days, st.sampled_from(sorted(INTERVALS)))
def test_intervals_tile_a_span_of_days(zone: ZoneInfo, day: date, interval: str) -> None:
    last = day + timedelta(days=3)
    span = interval_starts(midnight(day, zone), midnight(last, zone), interval, zone)
    alone = [at for number in range(3) for at in starts(day + timedelta(days=number), zone, interval)]
    assert span == alone
    longest = INTERVALS[interval] or timedelta(hours=27)  # a day of Antarctica/Casey, three times so far
    assert all(timedelta(0) < later - earlier <= longest for earlier, later in pairwise(span))


@given(zones, days, st.integers(-2000, 2000), st.integers(1, 3000))
def test_a_span_holds_the_intervals_that_begin_in_it(
    zone: ZoneInfo, day: date, offset: int, length: int
) -> None:
    start = midnight(day, zone) + timedelta(minutes=offset)
    end = start + timedelta(minutes=length)
    around = interval_starts(start - timedelta(days=1), end + timedelta(days=1), "30m", zone)
    assert interval_starts(start, end, "30m", zone) == [at for at in around if start <= at < end]
