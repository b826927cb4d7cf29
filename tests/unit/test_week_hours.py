"""The hours of the week: averages over days that had data."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from data.integrations import Integration
from data.watch import Incident, save_incident
from services.contacts.periods import Period
from services.contacts.week_hours import WeekHours, span_of, week_hours
from services.system import System

TODAY = date(2026, 3, 3)  # a Tuesday; the clock stands at 10:00 in Berlin
MONDAY, TUESDAY = 0, 1
Resolve = Callable[..., None]


def at(hour: int, minute: int = 0, *, day: date = TODAY) -> datetime:
    """An instant by Berlin's winter time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.fixture
def hours(system: System, integration: Integration) -> Callable[..., WeekHours]:
    def look(*queues: str, span: Period | None = None) -> WeekHours:
        chosen = span or span_of(Period.around("day", TODAY), TODAY)
        return week_hours(system, integration.integration_id, chosen, queues, system.clock())

    return look


def test_the_busiest_queue_on_mondays_at_ten_is_the_first_of_that_hour(
    resolve: Resolve, hours: Callable[..., WeekHours]
) -> None:
    resolve("Support", at(8, day=TODAY - timedelta(weeks=9)))
    for weeks in range(8):
        monday = TODAY - timedelta(days=1, weeks=weeks)
        resolve("Support", at(9, 30, day=monday), 9)
        resolve("Support", at(10, 30, day=monday), 2)
        resolve("Billing", at(10, 15, day=monday), 5)
    found = hours("Support", "Billing")
    assert found.ranking(MONDAY, 10) == [("Billing", 5.0, 8), ("Support", 2.0, 8)]
    assert found.busiest == (MONDAY, 9)
    assert found.total[MONDAY, 10] == 7


def test_it_is_an_average_over_the_days_that_had_data_and_not_over_all(
    system: System, integration: Integration, resolve: Resolve, hours: Callable[..., WeekHours]
) -> None:
    resolve("Support", at(8, day=TODAY - timedelta(weeks=9)))
    for weeks in range(1, 4):
        resolve("Support", at(9, day=TODAY - timedelta(weeks=weeks)), 6)
    broken = TODAY - timedelta(weeks=4)
    outage = Incident(
        integration.integration_id,
        "i",
        at(8, day=broken),
        at(8, day=broken),
        at(9, 20, day=broken),
        "silent",
        "key_revoked",
    )
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    ((queue, average, days),) = hours("Support").ranking(TUESDAY, 9)
    assert (queue, days) == ("Support", 7)  # today's hour is over; half of that other day's hour is missing
    assert average == pytest.approx(18 / 7)


def test_the_hour_under_way_and_what_lies_before_the_first_contact_do_not_count(
    resolve: Resolve, hours: Callable[..., WeekHours]
) -> None:
    resolve("Support", at(9, 10, day=TODAY - timedelta(weeks=2)), 4)
    resolve("Support", at(10, 0), 3)
    found = hours("Support")
    ((_, average, days),) = found.ranking(TUESDAY, 9)
    assert average == pytest.approx(4 / 3)
    assert days == 3
    assert found.ranking(TUESDAY, 10) == [("Support", 0.0, 2)]
    assert np.isnan(hours("Support", span=Period.between(date(2026, 1, 1), date(2026, 1, 30))).total).all()


def test_an_hour_that_the_clock_shows_twice_is_one_hour_of_its_day(
    resolve: Resolve, hours: Callable[..., WeekHours]
) -> None:
    sunday = date(2025, 10, 26)
    resolve("Support", at(8, day=date(2025, 9, 1)))
    resolve("Support", datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 2)
    resolve("Support", datetime(2025, 10, 26, 1, 30, tzinfo=UTC), 3)
    found = hours("Support", span=Period.between(sunday, sunday))
    assert found.ranking(6, 2) == [("Support", 5.0, 1)]
    assert found.ranking(6, 3) == [("Support", 0.0, 1)]


def test_many_weeks_are_added_up_in_parts(resolve: Resolve, hours: Callable[..., WeekHours]) -> None:
    resolve("Support", at(8, day=date(2025, 1, 1)))
    for weeks in range(52):
        resolve("Support", at(9, 30, day=TODAY - timedelta(weeks=weeks)), 2)
    found = hours("Support", span=Period.between(TODAY - timedelta(days=363), TODAY))
    assert found.days[0, TUESDAY, 9] == 52
    assert found.contacts[0, TUESDAY, 9:11].sum() == 104  # in summer an hour later


def test_a_short_period_says_nothing_of_weekdays_so_the_eight_weeks_before_its_end_do() -> None:
    week = span_of(Period.around("week", TODAY), TODAY)
    assert (week.last, week.days) == (TODAY, 56)
    month = span_of(Period.around("month", date(2026, 1, 9)), TODAY)
    assert (month.first, month.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert span_of(Period.around("month", TODAY), TODAY).days == 56
