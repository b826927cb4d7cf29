"""The days, weeks and months that a reader steps through, and what each is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from services.intervals import local_day, midnight

View = Literal["day", "week", "month"]
VIEWS: tuple[View, ...] = ("day", "week", "month")
INTERVALS_OF: dict[View, tuple[str, ...]] = {
    "day": ("15m", "30m", "60m"),
    "week": ("60m", "15m", "30m", "1d"),
    "month": ("1d",),
}
"""Which intervals a view offers, its usual one first: by interval only up to a week, as planners know it."""

WEEKDAYS_COMPARED = 6


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``first`` to before ``after``: one day, a week from Monday, or a calendar month."""

    view: View
    first: date
    after: date

    @classmethod
    def around(cls, view: View, day: date) -> Self:
        """Return the period of this kind that holds the day."""
        if view == "day":
            return cls(view, day, day + timedelta(days=1))
        if view == "week":
            monday = day - timedelta(days=day.weekday())
            return cls(view, monday, monday + timedelta(days=7))
        first = day.replace(day=1)
        return cls(view, first, (first + timedelta(days=31)).replace(day=1))

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    def step(self, steps: int) -> Self:
        """Return the period that lies so many steps later; earlier when negative."""
        period = self
        for _ in range(abs(steps)):
            period = self.around(self.view, period.after if steps > 0 else period.first - timedelta(days=1))
        return period

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants (UTC) between which the period lies."""
        return midnight(self.first, zone), midnight(self.after, zone)

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        return self.first <= local_day(at, zone) < self.after

    def compared_with(self) -> "Sequence[Period]":
        """Return the earlier periods that it is held against, the nearest first.

        A day is compared with the same weekday of the last six weeks, a week with the one before, and a month
        with the same weekdays four weeks before.
        """
        if self.view == "week":
            return [self.step(-1)]
        if self.view == "month":
            back = timedelta(weeks=4)
            return [replace(self, first=self.first - back, after=self.after - back)]
        weeks = (timedelta(weeks=count) for count in range(1, WEEKDAYS_COMPARED + 1))
        return [self.around("day", self.first - back) for back in weeks]


def today_in(zone: ZoneInfo, now: datetime) -> date:
    return local_day(now, zone)
