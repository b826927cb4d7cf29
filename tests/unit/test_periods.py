"""Stepping through days, weeks and months of local time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.contacts.periods import LONGEST_DAYS, Against, Period, View

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
@pytest.mark.parametrize("against", ["before", "year"])
def test_longer_periods_are_compared_with_the_same_weekdays(view: View, against: Against) -> None:
    period = Period.around(view, WEDNESDAY)
    (other,) = period.compared_with(against)
    assert other.first.weekday() == period.first.weekday()
    assert other.after - other.first == period.after - period.first


def test_the_week_before_and_the_same_week_last_year_are_those_of_the_calendar() -> None:
    week = Period.around("week", WEDNESDAY)
    assert [other.first for other in week.compared_with("before")] == [date(2026, 2, 23)]
    (last_year,) = week.compared_with("year")
    assert last_year.first.isocalendar()[:2] == (2025, 10)
    assert week.first.isocalendar()[:2] == (2026, 10)


@pytest.mark.parametrize("view", ["week", "month"])
def test_what_is_usual_is_read_from_the_six_weeks_before(view: View) -> None:
    period = Period.around(view, WEDNESDAY)
    weeks = period.compared_with("usual")
    assert len(weeks) == 6
    assert max(week.after for week in weeks) == period.first
    assert {week.days for week in weeks} == {7}


def test_a_year_is_held_against_last_year_and_never_against_the_usual_week() -> None:
    year = Period.around("year", WEDNESDAY)
    assert (year.first, year.last) == (date(2026, 1, 1), date(2026, 12, 31))
    assert year.choices == ("year", "nothing")
    assert year.compared_with("nothing") == []


def test_a_free_span_steps_by_its_own_length_and_has_an_end() -> None:
    span = Period.between(date(2026, 3, 10), date(2026, 3, 1))
    assert (span.first, span.last, span.days) == (date(2026, 3, 1), date(2026, 3, 10), 10)
    assert span.step(-2).first == date(2026, 2, 9)
    assert Period.between(date(2020, 1, 1), WEDNESDAY).days == LONGEST_DAYS
    assert Period.between(date(2020, 1, 1), WEDNESDAY).last == WEDNESDAY


@pytest.mark.parametrize(("days", "usual"), [(1, "15m"), (7, "60m"), (30, "1d"), (200, "1w")])
def test_the_longer_a_free_span_the_coarser_its_usual_interval(days: int, usual: str) -> None:
    assert Period.between(WEDNESDAY - timedelta(days=days - 1), WEDNESDAY).intervals[0] == usual
