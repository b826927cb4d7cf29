"""The hours of the week: how many contacts an hour of each weekday brings on average, by source queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from services.contacts.periods import Period
from services.contacts.table import ContactTable, contact_table
from services.contacts.tally import Tally
from services.system import System, needs

LEAST_DAYS = 28
WEEKS = 8
"""Before the end of a period that is too short to say anything of weekdays."""

DAYS_AT_ONCE = 56
HOURS, WEEKDAYS = 24, 7


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Of the local days from ``first`` to ``last``: contacts and days that had data, [queues, weekdays, hours].

    A day counts in an hour when nothing of that hour is missing; the hour under way does not count yet.
    """

    first: date
    last: date
    queues: tuple[str, ...]
    contacts: np.ndarray
    days: np.ndarray

    @property
    def averages(self) -> np.ndarray:
        """Contacts an hour by queue, NaN where no day had data."""
        return np.where(self.days > 0, self.contacts / np.maximum(self.days, 1), np.nan)

    @property
    def total(self) -> np.ndarray:
        """Contacts an hour of all queues together, [weekdays, hours]; NaN where no day had data."""
        nothing = ~(self.days > 0).any(axis=0)
        return np.where(nothing, np.nan, np.nansum(self.averages, axis=0))

    @property
    def busiest(self) -> tuple[int, int] | None:
        """The weekday and hour with the most contacts; None without any."""
        if not self.contacts.any():
            return None
        weekday, hour = np.unravel_index(np.nanargmax(self.total), self.total.shape)
        return int(weekday), int(hour)

    def ranking(self, weekday: int, hour: int) -> list[tuple[str, float, int]]:
        """Return each queue with its average and days in an hour, the busiest first; without data it is left out."""
        found = [
            (queue, float(self.averages[place, weekday, hour]), int(self.days[place, weekday, hour]))
            for place, queue in enumerate(self.queues)
            if self.days[place, weekday, hour]
        ]
        return sorted(found, key=lambda each: (-each[1], each[0]))


def span_of(period: Period, today: date) -> Period:
    """Return the days to average over: the period's own, or the weeks up to its end where it is short."""
    after = min(period.after, today + timedelta(days=1))
    if period.days >= LEAST_DAYS and (after - period.first).days >= LEAST_DAYS:
        return Period("range", period.first, after)
    return Period("range", after - timedelta(weeks=WEEKS), after)


@needs("supervisor")
def week_hours(
    system: System, integration_id: str, span: Period, queues: Sequence[str], now: datetime
) -> WeekHours:
    """Add up the hours of these days for these queues, one at least. Raises NotFound and StoreUnavailable."""
    integration = system.integration_with_history(integration_id)
    names: list[str] = sorted(queues)
    contacts, days = np.zeros((2, len(names), WEEKDAYS, HOURS))
    tally = Tally(system.database, integration, now, system.writer.refusing_since)
    first = span.first
    while first < span.after:
        after = min(first + timedelta(days=DAYS_AT_ONCE), span.after)
        start, end = Period("range", first, after).span(integration.zone)
        table = contact_table(tally, start=start, end=end, interval="60m", queues=names)
        found = _added_up(table, end, now)
        places = [names.index(queue) for queue in table.queues]
        contacts[places] += found[0]
        days[places] += found[1]
        first = after
    return WeekHours(span.first, span.last, tuple(names), contacts, days)


def _added_up(table: ContactTable, end: datetime, now: datetime) -> tuple[np.ndarray, np.ndarray]:
    """Return contacts and days with data of a table by hour, [queues, weekdays, hours].

    Where the clock shows an hour twice, both are that day's one hour.
    """
    ends = [*table.starts[1:], end]
    over = np.array([at <= now for at in ends])[:, None]
    known = ~np.isnan(table.contacts) & ~table.incomplete & over
    dates = [at.date() for at in table.starts]
    first = dates[0]
    slots = np.array(
        [(day - first).days * HOURS + at.hour for day, at in zip(dates, table.starts, strict=True)]
    )
    length = (max(dates) - first).days + 1
    sums, seen, unknown = np.zeros((3, length * HOURS, len(table.queues)))
    np.add.at(sums, slots, np.where(known, table.contacts, 0))
    np.add.at(seen, slots, known)
    np.add.at(unknown, slots, ~known)
    whole = ((seen > 0) & (unknown == 0)).reshape(length, HOURS, -1)
    sums = np.where(whole, sums.reshape(length, HOURS, -1), 0)
    weekdays = (first.weekday() + np.arange(length)) % WEEKDAYS
    contacts, days = np.zeros((2, WEEKDAYS, HOURS, len(table.queues)))
    np.add.at(contacts, weekdays, sums)
    np.add.at(days, weekdays, whole)
    return contacts.transpose(2, 0, 1), days.transpose(2, 0, 1)
