"""Stepping through days, weeks and months of local time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.contacts.periods import Period, View

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("view", "first", "last"),
    [
        ("day", WEDNESDAY, WEDNESDAY),
        ("week", date(2026, 3, 2), date(2026, 3, 8)),
        ("month", date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_a_period_holds_its_day(view: View, first: date, last: date) -> None:
    period = Period.around(view, WEDNESDAY)
    assert (period.first, period.last) == (first, last)


def test_stepping_back_and_forth_leads_to_the_same_period() -> None:
    month = Period.around("month", date(2026, 1, 31))
    assert month.step(1).first == date(2026, 2, 1)
    assert month.step(1).step(-1) == month


def test_the_day_on_which_summer_time_begins_lasts_23_hours() -> None:
    start, end = Period.around("day", date(2026, 3, 29)).span(BERLIN)
    assert start == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end - start == timedelta(hours=23)


def test_a_day_is_compared_with_the_same_weekday_of_six_weeks() -> None:
    compared = Period.around("day", WEDNESDAY).compared_with()
    assert [period.first for period in compared] == [
        WEDNESDAY - timedelta(weeks=back) for back in range(1, 7)
    ]


@pytest.mark.parametrize("view", ["week", "month"])
def test_longer_periods_are_compared_with_the_same_weekdays(view: View) -> None:
    period = Period.around(view, WEDNESDAY)
    (other,) = period.compared_with()
    assert other.first.weekday() == period.first.weekday()
    assert other.after - other.first == period.after - period.first
