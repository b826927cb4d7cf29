"""When recurring closings fall, and which half days a country is known for."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from data.calendar import ClosedRule
from services.recurrence import half_days, occurrences

BERLIN = ZoneInfo("Europe/Berlin")


def rule(repeats: str, day: str, starts: str, ends: str) -> ClosedRule:
    return ClosedRule("i", "r", repeats, day, starts, ends)  # type: ignore[arg-type]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_half_day_begins_at_13_local_time_every_year() -> None:
    found = occurrences(
        rule("yearly", "12-24", "13:00", "24:00"), BERLIN, date(2025, 12, 1), date(2026, 12, 31)
    )
    assert found == [
        (utc(2025, 12, 24, 12), utc(2025, 12, 24, 23)),
        (utc(2026, 12, 24, 12), utc(2026, 12, 24, 23)),
    ]


def test_every_sunday_by_the_local_clock_whatever_daylight_saving_time_does() -> None:
    found = occurrences(rule("weekly", "7", "02:00", "04:00"), BERLIN, date(2026, 3, 22), date(2026, 4, 5))
    assert found == [
        (utc(2026, 3, 22, 1), utc(2026, 3, 22, 3)),
        (utc(2026, 3, 29, 1), utc(2026, 3, 29, 2)),  # an hour of it never was
        (utc(2026, 4, 5, 0), utc(2026, 4, 5, 2)),
    ]


def test_a_closing_may_reach_into_the_next_day() -> None:
    ((start, end),) = occurrences(
        rule("weekly", "5", "22:00", "06:00"), BERLIN, date(2026, 3, 2), date(2026, 3, 8)
    )
    assert (start, end) == (utc(2026, 3, 6, 21), utc(2026, 3, 7, 5))


def test_the_29_february_comes_every_fourth_year() -> None:
    found = occurrences(
        rule("yearly", "02-29", "00:00", "24:00"), BERLIN, date(2026, 1, 1), date(2028, 12, 31)
    )
    assert [start.date() for start, _ in found] == [date(2028, 2, 28)]


@pytest.mark.parametrize("region", ["DE", "DE-BY", "AT", "CH", "CH-ZH"])
def test_the_eves_are_half_days_where_no_law_says_so(region: str) -> None:
    found = half_days(region, date(2026, 11, 1), date(2026, 12, 31))
    assert [(half.day, half.yearly) for half in found] == [
        (date(2026, 12, 24), True),
        (date(2026, 12, 31), True),
    ]


def test_half_days_that_move_are_offered_for_their_year() -> None:
    found = half_days("TR", date(2026, 3, 1), date(2026, 6, 30))
    assert [half.day for half in found] == [date(2026, 3, 19), date(2026, 5, 26)]
    assert not any(half.yearly for half in found)
    assert all(half.name for half in found)


def test_without_a_country_nothing_is_offered() -> None:
    assert half_days(None, date(2026, 1, 1), date(2026, 12, 31)) == []
